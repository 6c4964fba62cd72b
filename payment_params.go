package clientele

// PaymentParams are what a request says about money received.
type PaymentParams struct {
	// Who paid: an id or a DID.
	CustomerID string `json:"customer_id"`
	// The currency of the money.
	CurrencyID string `json:"currency_id"`
	// How much, in the currency's smallest unit.
	Amount *Amount `json:"amount"`
	// The invoice it is for. When neither it nor allocations are given, the oldest due are paid first.
	InvoiceID string `json:"invoice_id,omitempty"`
	// What it is for, when that is several invoices, or none: [].
	Allocations *[]AllocationParams `json:"allocations,omitempty"`
	Receipt
	// Free text.
	Description string `json:"description,omitempty"`
	// As on a customer.
	Metadata any `json:"metadata,omitempty"`
	// Whether to answer what would become of the payment, and do nothing.
	Preview bool `json:"preview,omitempty"`
}

// AllocationParams say how much of an invoice to pay.
type AllocationParams struct {
	// The invoice.
	InvoiceID string `json:"invoice_id"`
	// How much; as much as there is when absent.
	Amount *Amount `json:"amount,omitempty"`
}

// Receipt is how money came.
type Receipt struct {
	// bank_transfer, cash, cheque, card, or any word of the business's own.
	Method string `json:"method,omitempty"`
	// What the payer or the bank calls it.
	Reference string `json:"reference,omitempty"`
	// When it came, in unix seconds; now when absent. The books count it from the day of that on, which is not after
	// today.
	ReceivedAt int64 `json:"received_at,omitempty"`
	// In place of received_at: the day it came, such as 2026-01-31.
	Date *Day `json:"date,omitempty"`
}

// AllocateParams say how much of what a payment has left is to pay what.
type AllocateParams struct {
	// The invoice to pay. When neither it nor allocations are given, the oldest due are paid first.
	InvoiceID string `json:"invoice_id,omitempty"`
	// How much; as much as there is when absent.
	Amount *Amount `json:"amount,omitempty"`
	// In place of the others: what to pay, of several invoices.
	Allocations *[]AllocationParams `json:"allocations,omitempty"`
}

// UnallocateParams say what a payment is to take back.
type UnallocateParams struct {
	// The invoice that it paid; all that it paid when absent.
	InvoiceID string `json:"invoice_id,omitempty"`
	// With invoice_id: how much of that; all when absent.
	Amount *Amount `json:"amount,omitempty"`
	// The day from which on it is taken back, such as 2026-01-31; today when absent.
	Date *Day `json:"date,omitempty"`
}

// RestParams say how much of what a payment has left something is done with.
type RestParams struct {
	// How much; all that is left when absent.
	Amount *Amount `json:"amount,omitempty"`
}

// ReverseParams say why a payment is reversed.
type ReverseParams struct {
	// Free text: a bounced cheque.
	Reason string `json:"reason,omitempty"`
	// The day it bounced, from which on the books count it, such as 2026-01-31; today when absent.
	Date *Day `json:"date,omitempty"`
}

// RefundParams say what is sent back of a payment.
type RefundParams struct {
	RestParams
	// duplicate, fraudulent, requested_by_customer or requested_by_admin.
	Reason string `json:"reason,omitempty"`
	// Free text.
	Description string `json:"description,omitempty"`
	// The day it was sent, from which on the books count it, such as 2026-01-31; today when absent.
	Date *Day `json:"date,omitempty"`
	// As on a customer.
	Metadata any `json:"metadata,omitempty"`
}

// PaymentListParams says which payments to list, which part of them, and in which order. The zero value is the first
// page of all, newest first.
type PaymentListParams struct {
	Window
	// What to sort by, such as updated_at:ASC; newest first when absent.
	Order []string `query:"order,o"`
	// Only objects whose metadata has this value: metadata.plan=gold. At most 10.
	Metadata map[string]string `query:"metadata.,metadata"`
	// Only payments of this customer, by id or DID.
	CustomerID string `query:"customer_id"`
	// Only payments of the customer with this DID.
	CustomerDID string `query:"customer_did"`
	// Only payments that paid a part of this invoice.
	InvoiceID string `query:"invoice_id"`
	// Only payments in this currency.
	CurrencyID string `query:"currency_id"`
	// succeeded, or canceled for those that were reversed.
	Status PaymentStatus `query:"status"`
	// Only payments recorded in a range, as of customers.
	CreatedAt TimeRange `query:"created_at"`
	// Only payments that have something left that is not applied (true).
	Unapplied bool `query:"unapplied"`
}

// PaymentSearchParams says which payments to search for.
type PaymentSearchParams struct {
	PageParams
	// What to sort by, such as updated_at:ASC.
	Order []string `query:"order,o"`
	// Required. Words and "phrases" that must all occur in the id, reference, method or description.
	Query string `query:"query"`
}

// RefundListParams says which refunds to list, which part of them, and in which order.
type RefundListParams struct {
	Window
	// What to sort by, such as updated_at:ASC.
	Order []string `query:"order,o"`
	// Only refunds of this payment.
	PaymentID string `query:"payment_intent_id"`
	// Only refunds that came of this invoice.
	InvoiceID string `query:"invoice_id"`
	// Only refunds in this currency.
	CurrencyID string `query:"currency_id"`
	// succeeded: there are no others.
	_ string `query:"status"`
	// Only refunds of this customer, by id or DID.
	CustomerID string `query:"customer_id"`
	// Only refunds of the customer with this DID.
	CustomerDID string `query:"customer_did"`
	// Selects nothing: there are no subscriptions.
	_ string `query:"subscription_id"`
}

// RefundSearchParams says which refunds to search for.
type RefundSearchParams struct {
	PageParams
	// What to sort by, such as updated_at:ASC.
	Order []string `query:"order,o"`
	// Required. Words and "phrases" that must all occur in the id, the payment's or invoice's id, the reason or the
	// description.
	Query string `query:"query"`
}
