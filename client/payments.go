package client

import (
	"context"
	"iter"

	"clientele.dev"
)

// Payments are the money received from the customers of the key's mode.
type Payments struct{ c *Client }

// PaymentListParams says which payments to list, which page of them, and in which order. The zero value is the first
// page of all, newest first.
type PaymentListParams struct {
	Window
	// Only those of a customer, by id or by DID.
	CustomerID, CustomerDID string
	// Only those that paid a part of this invoice.
	InvoiceID string
	// Only those in this currency.
	CurrencyID string
	// Only those in this state.
	Status clientele.PaymentStatus
	// Only those that have something left that is not applied.
	Unapplied bool
	// Only those recorded within.
	CreatedAt TimeRange
	// Only those whose metadata has all these values.
	Metadata map[string]string
	// What to sort by, such as "updated_at:ASC".
	Order []string
}

func (p PaymentListParams) query() query {
	q := query{}
	q.window(p.Window)
	q.text("customer_id", p.CustomerID)
	q.text("customer_did", p.CustomerDID)
	q.text("invoice_id", p.InvoiceID)
	q.text("currency_id", p.CurrencyID)
	q.text("status", string(p.Status))
	q.yes("unapplied", p.Unapplied)
	q.within("created_at", p.CreatedAt)
	q.metadata(p.Metadata)
	q.order(p.Order)
	return q
}

// Create records money received: it pays what it is for, or the oldest due first. What is left is not applied until
// somebody says to what.
//
//clientele:operation POST /api/payments
func (s *Payments) Create(
	ctx context.Context, p clientele.PaymentParams, opts ...CallOption,
) (*clientele.Payment, error) {
	return fetch[clientele.Payment](ctx, s.c, opts, request{route: "POST /api/payments", body: p})
}

// Retrieve answers one payment with its customer, currency, payment method and invoice.
//
//clientele:operation GET /api/payment-intents/{id}
//clientele:operation GET /api/payments/{id}
func (s *Payments) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.PaymentExpanded, error) {
	return fetch[clientele.PaymentExpanded](ctx, s.c, opts, request{route: "GET /api/payments/{id}", ref: id})
}

// List answers one page of payments and how many there are in all.
//
//clientele:operation GET /api/payment-intents
//clientele:operation GET /api/payments
func (s *Payments) List(
	ctx context.Context, p PaymentListParams, opts ...CallOption,
) (*clientele.Page[clientele.Payment], error) {
	return fetch[clientele.Page[clientele.Payment]](ctx, s.c, opts,
		request{route: "GET /api/payments", query: p.query()})
}

// All walks every payment of the list, 100 a request. Of the paging parameters only StartingAfter counts.
// In an order other than that of creation these are numbered pages. It ends after the first error.
//
//clientele:operation GET /api/payments
func (s *Payments) All(
	ctx context.Context, p PaymentListParams, opts ...CallOption,
) iter.Seq2[clientele.Payment, error] {
	p.Window = Window{Limit: walkSize, StartingAfter: p.StartingAfter}
	return walk(func(number int, last *clientele.Payment) (*clientele.Page[clientele.Payment], error) {
		p := p
		if last != nil {
			p.Page, p.StartingAfter = nextPage(p.Order, number, last.ID)
		}
		return s.List(ctx, p, opts...)
	})
}

// Search answers one page of the payments that have all words of a query in their id, reference, method or description,
// and how many there are in all.
//
//clientele:operation GET /api/payment-intents/search
//clientele:operation GET /api/payments/search
func (s *Payments) Search(
	ctx context.Context, p SearchParams, opts ...CallOption,
) (*clientele.Page[clientele.Payment], error) {
	return fetch[clientele.Page[clientele.Payment]](ctx, s.c, opts,
		request{route: "GET /api/payments/search", query: p.query()})
}

// Allocate pays invoices with what a payment has left.
//
//clientele:operation POST /api/payments/{id}/allocate
func (s *Payments) Allocate(
	ctx context.Context, id string, p clientele.AllocateParams, opts ...CallOption,
) (*clientele.Payment, error) {
	return fetch[clientele.Payment](ctx, s.c, opts, request{route: "POST /api/payments/{id}/allocate", ref: id, body: p})
}

// Unallocate takes back what a payment paid: it has that left again.
//
//clientele:operation POST /api/payments/{id}/unallocate
func (s *Payments) Unallocate(
	ctx context.Context, id string, p clientele.UnallocateParams, opts ...CallOption,
) (*clientele.Payment, error) {
	return fetch[clientele.Payment](ctx, s.c, opts,
		request{route: "POST /api/payments/{id}/unallocate", ref: id, body: p})
}

// Credit makes what a payment has left the customer's credit: an amount, or all when it is zero.
//
//clientele:operation POST /api/payments/{id}/credit
func (s *Payments) Credit(
	ctx context.Context, id string, p clientele.RestParams, opts ...CallOption,
) (*clientele.Payment, error) {
	return fetch[clientele.Payment](ctx, s.c, opts, request{route: "POST /api/payments/{id}/credit", ref: id, body: p})
}

// Refund records that what a payment has left was sent back, or a part of it.
//
//clientele:operation POST /api/payments/{id}/refund
func (s *Payments) Refund(
	ctx context.Context, id string, p clientele.RefundParams, opts ...CallOption,
) (*clientele.Refund, error) {
	return fetch[clientele.Refund](ctx, s.c, opts, request{route: "POST /api/payments/{id}/refund", ref: id, body: p})
}

// Reverse takes a payment back, the money not having come after all. The reason is free text.
//
//clientele:operation POST /api/payments/{id}/reverse
func (s *Payments) Reverse(
	ctx context.Context, id string, p clientele.ReverseParams, opts ...CallOption,
) (*clientele.Payment, error) {
	return fetch[clientele.Payment](ctx, s.c, opts,
		request{route: "POST /api/payments/{id}/reverse", ref: id, body: p})
}

// Refunds are what was sent back; [Payments.Refund], [Customers.MoveCredit] and [Invoices.Credit] record it.
type Refunds struct{ c *Client }

// RefundListParams says which refunds to list, and which page of them.
type RefundListParams struct {
	Window
	// Only those of a payment, of an invoice, or of a customer by id or by DID.
	PaymentID, InvoiceID, CustomerID, CustomerDID string
	// Only those in this currency.
	CurrencyID string
	// What to sort by, such as "created_at:ASC".
	Order []string
}

// Retrieve answers one refund with its customer, currency and payment method.
//
//clientele:operation GET /api/refunds/{id}
func (s *Refunds) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.RefundExpanded, error) {
	return fetch[clientele.RefundExpanded](ctx, s.c, opts, request{route: "GET /api/refunds/{id}", ref: id})
}

// List answers one page of refunds, newest first, and how many there are in all.
//
//clientele:operation GET /api/refunds
func (s *Refunds) List(
	ctx context.Context, p RefundListParams, opts ...CallOption,
) (*clientele.Page[clientele.RefundExpanded], error) {
	q := query{}
	q.window(p.Window)
	q.text("payment_intent_id", p.PaymentID)
	q.text("invoice_id", p.InvoiceID)
	q.text("currency_id", p.CurrencyID)
	q.text("customer_id", p.CustomerID)
	q.text("customer_did", p.CustomerDID)
	q.order(p.Order)
	return fetch[clientele.Page[clientele.RefundExpanded]](ctx, s.c, opts, request{route: "GET /api/refunds", query: q})
}

// Search answers one page of the refunds that have all words of a query in their id, that of their payment or invoice,
// reason or description, newest first, and how many there are in all.
//
//clientele:operation GET /api/refunds/search
func (s *Refunds) Search(
	ctx context.Context, p SearchParams, opts ...CallOption,
) (*clientele.Page[clientele.RefundExpanded], error) {
	return fetch[clientele.Page[clientele.RefundExpanded]](ctx, s.c, opts,
		request{route: "GET /api/refunds/search", query: p.query()})
}

// CreditNotes are what was taken back of invoices; [Invoices.Credit] makes them.
type CreditNotes struct{ c *Client }

// CreditNoteListParams says which credit notes to list, and which page of them.
type CreditNoteListParams struct {
	Window
	// Only those of an invoice, or of a customer by id or by DID.
	InvoiceID, CustomerID, CustomerDID string
}

// Retrieve answers one credit note.
//
//clientele:operation GET /api/credit-notes/{id}
func (s *CreditNotes) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.CreditNote, error) {
	return fetch[clientele.CreditNote](ctx, s.c, opts, request{route: "GET /api/credit-notes/{id}", ref: id})
}

// List answers one page of credit notes, newest first, and how many there are in all.
//
//clientele:operation GET /api/credit-notes
func (s *CreditNotes) List(
	ctx context.Context, p CreditNoteListParams, opts ...CallOption,
) (*clientele.Page[clientele.CreditNote], error) {
	q := query{}
	q.window(p.Window)
	q.text("invoice_id", p.InvoiceID)
	q.text("customer_id", p.CustomerID)
	q.text("customer_did", p.CustomerDID)
	return fetch[clientele.Page[clientele.CreditNote]](ctx, s.c, opts,
		request{route: "GET /api/credit-notes", query: q})
}
