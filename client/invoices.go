package client

import (
	"context"
	"iter"
	"strings"

	"clientele.dev"
)

// Invoices are the invoices of the key's mode.
type Invoices struct{ c *Client }

// InvoiceListParams says which invoices to list, which page of them, and in which order. The zero value is the first
// page of all, newest first.
type InvoiceListParams struct {
	// Which page, counting from 1, and how many a page holds: 20 unless told, at most 100.
	Page, PageSize int
	// The other way to page: at most Limit invoices after or before the one of an id.
	Limit                       int
	StartingAfter, EndingBefore string
	// Only those of a customer, by id or by DID.
	CustomerID, CustomerDID string
	// Only those in this currency.
	CurrencyID string
	// Leave out those over nothing.
	IgnoreZero bool
	// Only those in one of these states.
	Status []clientele.InvoiceStatus
	// Only those created, or due, within.
	CreatedAt, DueDate TimeRange
	// Only those whose metadata has all these values.
	Metadata map[string]string
	// What to sort by, such as "updated_at:ASC".
	Order []string
	// "none" leaves out the objects that each invoice refers to.
	Expand string
}

func (p InvoiceListParams) query() query {
	q := query{}
	q.number("page", p.Page)
	q.number("pageSize", p.PageSize)
	q.number("limit", p.Limit)
	q.text("starting_after", p.StartingAfter)
	q.text("ending_before", p.EndingBefore)
	q.text("customer_id", p.CustomerID)
	q.text("customer_did", p.CustomerDID)
	q.text("currency_id", p.CurrencyID)
	q.yes("ignore_zero", p.IgnoreZero)
	states := make([]string, len(p.Status))
	for i, status := range p.Status {
		states[i] = string(status)
	}
	q.text("status", strings.Join(states, ","))
	q.within("created_at", p.CreatedAt)
	q.within("due_date", p.DueDate)
	q.text("expand", p.Expand)
	q.metadata(p.Metadata)
	q.order(p.Order)
	return q
}

// Create writes a draft, or an invoice that is finalized at once.
//
//clientele:operation POST /api/invoices
func (s *Invoices) Create(
	ctx context.Context, p clientele.InvoiceParams, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices", body: p})
}

// Retrieve answers one invoice, by id or printed number, with its customer, currency and payment method.
//
//clientele:operation GET /api/invoices/{id}
func (s *Invoices) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.InvoiceExpanded, error) {
	return fetch[clientele.InvoiceExpanded](ctx, s.c, opts, request{route: "GET /api/invoices/{id}", ref: id})
}

// List answers one page of invoices, each with the objects it refers to, and how many there are in all.
//
//clientele:operation GET /api/invoices
func (s *Invoices) List(
	ctx context.Context, p InvoiceListParams, opts ...CallOption,
) (*clientele.Page[clientele.InvoiceExpanded], error) {
	return fetch[clientele.Page[clientele.InvoiceExpanded]](ctx, s.c, opts,
		request{route: "GET /api/invoices", query: p.query()})
}

// All walks every invoice of the list, 100 a request, without the objects each refers to. Of the paging parameters only
// StartingAfter counts. In an order other than that of creation these are numbered pages: an invoice that changes
// meanwhile may be met twice or missed. It ends after the first error.
//
//clientele:operation GET /api/invoices
func (s *Invoices) All(
	ctx context.Context, p InvoiceListParams, opts ...CallOption,
) iter.Seq2[clientele.Invoice, error] {
	p.Page, p.PageSize, p.Limit, p.EndingBefore, p.Expand = 0, 0, walkSize, "", "none"
	return walk(func(number int, last *clientele.Invoice) (*clientele.Page[clientele.Invoice], error) {
		p := p
		if last != nil {
			p.Page, p.StartingAfter = nextPage(p.Order, number, last.ID)
		}
		return fetch[clientele.Page[clientele.Invoice]](ctx, s.c, opts,
			request{route: "GET /api/invoices", query: p.query()})
	})
}

// Search answers one page of the invoices in which every word occurs, newest first, each with the objects it refers to,
// and how many there are in all.
//
//clientele:operation GET /api/invoices/search
func (s *Invoices) Search(
	ctx context.Context, p SearchParams, opts ...CallOption,
) (*clientele.Page[clientele.InvoiceExpanded], error) {
	return fetch[clientele.Page[clientele.InvoiceExpanded]](ctx, s.c, opts,
		request{route: "GET /api/invoices/search", query: p.query()})
}

// SearchAll walks every invoice found, 100 a request, without the objects each refers to. It ends after the first
// error.
//
//clientele:operation GET /api/invoices/search
func (s *Invoices) SearchAll(
	ctx context.Context, p SearchParams, opts ...CallOption,
) iter.Seq2[clientele.Invoice, error] {
	return walk(func(number int, _ *clientele.Invoice) (*clientele.Page[clientele.Invoice], error) {
		p.Page, p.PageSize, p.Expand = number, walkSize, "none"
		return fetch[clientele.Page[clientele.Invoice]](ctx, s.c, opts,
			request{route: "GET /api/invoices/search", query: p.query()})
	})
}

// Update sets what is given of a draft; of a finalized invoice, metadata.
//
//clientele:operation PUT /api/invoices/{id}
func (s *Invoices) Update(
	ctx context.Context, id string, p clientele.InvoiceContent, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "PUT /api/invoices/{id}", ref: id, body: p})
}

// Delete deletes a draft.
//
//clientele:operation DELETE /api/invoices/{id}
func (s *Invoices) Delete(ctx context.Context, id string, opts ...CallOption) (*clientele.Deleted, error) {
	return fetch[clientele.Deleted](ctx, s.c, opts, request{route: "DELETE /api/invoices/{id}", ref: id})
}

// Finalize opens a draft: it gets its number, and may be paid.
//
//clientele:operation POST /api/invoices/{id}/finalize
func (s *Invoices) Finalize(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts,
		request{route: "POST /api/invoices/{id}/finalize", ref: id})
}

// Pay records a payment of all that is left to pay on an invoice.
//
//clientele:operation POST /api/invoices/{id}/pay
func (s *Invoices) Pay(
	ctx context.Context, id string, r clientele.Receipt, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/pay", ref: id, body: r})
}

// Void takes an invoice back: it keeps its number, and nothing is owed on it.
//
//clientele:operation POST /api/invoices/{id}/void
func (s *Invoices) Void(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/void", ref: id})
}

// WriteOff writes what is left to pay on an invoice, or a part of it, off as bad debt. What was paid stays.
//
//clientele:operation POST /api/invoices/{id}/write_off
func (s *Invoices) WriteOff(
	ctx context.Context, id string, p clientele.WriteOffParams, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/write_off", ref: id, body: p})
}

// Reopen opens an uncollectible invoice again, and takes back what was written off of it as bad debt.
//
//clientele:operation POST /api/invoices/{id}/reopen
func (s *Invoices) Reopen(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/reopen", ref: id})
}

// MarkUncollectible gives an open invoice up, which makes it overdue and its customer delinquent.
//
//clientele:operation POST /api/invoices/{id}/mark_uncollectible
func (s *Invoices) MarkUncollectible(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts,
		request{route: "POST /api/invoices/{id}/mark_uncollectible", ref: id})
}

// Hold keeps an open invoice from being marked uncollectible by itself until a moment, to the second: a promise to pay,
// a dispute.
//
//clientele:operation POST /api/invoices/{id}/hold
func (s *Invoices) Hold(
	ctx context.Context, id string, p clientele.HoldParams, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/hold", ref: id, body: p})
}

// Release ends a hold.
//
//clientele:operation DELETE /api/invoices/{id}/hold
func (s *Invoices) Release(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "DELETE /api/invoices/{id}/hold", ref: id})
}

// HTML returns the invoice as a page to print.
//
//clientele:operation GET /api/invoices/{id}/page
func (s *Invoices) HTML(ctx context.Context, id string, opts ...CallOption) ([]byte, error) {
	return fetchFile(ctx, s.c, opts, request{route: "GET /api/invoices/{id}/page", ref: id})
}

// PDF returns the invoice as PDF.
//
//clientele:operation GET /api/invoices/{id}/pdf
func (s *Invoices) PDF(ctx context.Context, id string, opts ...CallOption) ([]byte, error) {
	return fetchFile(ctx, s.c, opts, request{route: "GET /api/invoices/{id}/pdf", ref: id})
}

// Credit takes back a part of a finalized invoice, or the whole: first of what is left to pay, then of what was paid,
// which becomes the customer's credit or is sent back.
//
//clientele:operation POST /api/invoices/{id}/credit_notes
func (s *Invoices) Credit(
	ctx context.Context, id string, p clientele.CreditNoteParams, opts ...CallOption,
) (*clientele.CreditNote, error) {
	return fetch[clientele.CreditNote](ctx, s.c, opts,
		request{route: "POST /api/invoices/{id}/credit_notes", ref: id, body: p})
}
