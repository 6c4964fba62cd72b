// What the published types promise of each call, in the form of the wire: dates are strings, objects have no methods.
import type payment from '@blocklet/payment-js';
import type {
  TInvoice,
  TInvoiceExpanded,
  TInvoiceItem,
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
      : { [Key in keyof T as T[Key] extends Method ? never : Key]: Wire<T[Key]> };

type Answer<Call extends (...args: any[]) => Promise<unknown>> = Wire<Awaited<ReturnType<Call>>>;
type Customers = (typeof payment)['customers'];

// The published type says that an expanded customer's object is 'subscription', a slip.
export type Retrieved = Omit<Answer<Customers['retrieve']>, 'object'> & { object: string };
export type Updated = Answer<Customers['update']>;
export type Listed = { count: number; list: Retrieved[]; paging: { page: number; pageSize: number } };
export type Overdue = Answer<Customers['overdueInvoices']>;
// Clientele has no prices of products, and payments are received apart from invoices. A literal's object is any string.
type Line = Pick<Wire<TInvoiceItem>, 'id' | 'amount' | 'quantity' | 'description'>;
type Expanded = Omit<Wire<TInvoiceExpanded>, 'lines' | 'paymentIntent' | 'object'> & { object: string; lines: Line[] };
export type Invoice = Expanded;
export type InvoicesListed = { count: number; list: Expanded[]; paging: { page: number; pageSize: number } };
export type InvoiceUpdated = Wire<TInvoice>;
export type Currencies = Wire<TPaymentCurrency>[];
export type Methods = Wire<TPaymentMethod>[];
// The published type says how an invoice's lines are there where a payment has its invoice, which a literal cannot.
export type PaymentIntent = Omit<Wire<TPaymentIntentExpanded>, 'object' | 'invoice'> & { object: string };
export type PaymentIntents = { count: number; list: PaymentIntent[]; paging: { page: number; pageSize: number } };
export type Refund = Omit<Wire<TRefundExpanded>, 'object'> & { object: string };
export type Refunds = { count: number; list: Refund[]; paging: { page: number; pageSize: number } };
