// What the published types promise of each call, in the form of the wire: dates are strings, objects have no methods, and
// what names an object's kind is any string, as in a literal.
import type payment from '@blocklet/payment-js';
import type {
  TInvoice,
  TInvoiceExpanded,
  TPaymentCurrency,
  TPaymentIntentExpanded,
  TPaymentMethod,
  TRefundExpanded,
} from '@blocklet/payment-types';

type Primitive = string | number | boolean | null | undefined;
type Method = (...args: any[]) => unknown;
type Wire<T> = T extends Primitive
  ? T
  : T extends Date
    ? string
    : T extends (infer Item)[]
      ? Wire<Item>[]
      : { [Key in keyof T as T[Key] extends Method ? never : Key]: Key extends 'object' ? string : Wire<T[Key]> };

type Answer<Call extends (...args: any[]) => Promise<unknown>> = Wire<Awaited<ReturnType<Call>>>;
type Page<T> = { count: number; list: T[]; paging: { page: number; pageSize: number } };
type Customers = (typeof payment)['customers'];

export type Retrieved = Answer<Customers['retrieve']>;
export type Updated = Answer<Customers['update']>;
export type Listed = Page<Retrieved>;
export type Overdue = Answer<Customers['overdueInvoices']>;
// The published type has no invoice that nobody paid yet.
export type Invoice = Omit<Wire<TInvoiceExpanded>, 'paymentIntent'> & {
  paymentIntent: Wire<TInvoiceExpanded>['paymentIntent'] | null;
};
export type PaidInvoice = Wire<TInvoiceExpanded>;
export type InvoicesListed = Page<Invoice>;
export type InvoiceUpdated = Wire<TInvoice>;
export type Currencies = Wire<TPaymentCurrency>[];
export type Methods = Wire<TPaymentMethod>[];
export type OneMethod = Wire<TPaymentMethod>;
export type PaymentIntent = Wire<TPaymentIntentExpanded>;
export type PaymentIntents = Page<PaymentIntent>;
export type Refund = Wire<TRefundExpanded>;
export type Refunds = Page<Refund>;
