// What the published types promise of each call, in the form of the wire: dates are strings, objects have no methods.
import type payment from '@blocklet/payment-js';
import type { TCustomer, TInvoice, TPaymentCurrency, TPaymentMethod } from '@blocklet/payment-types';

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
type Page<T> = { count: number; list: Wire<T>[]; paging: { page: number; pageSize: number } };

// The published type says that an expanded customer's object is 'subscription', a slip.
export type Retrieved = Omit<Answer<Customers['retrieve']>, 'object'> & { object: string };
export type Updated = Answer<Customers['update']>;
export type Listed = Page<TCustomer>;
export type Overdue = Answer<Customers['overdueInvoices']>;
export type Invoice = Wire<TInvoice>;
export type Currencies = Wire<TPaymentCurrency>[];
export type Methods = Wire<TPaymentMethod>[];
