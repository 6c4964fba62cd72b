// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"
	"iter"

	"clientele.dev"
)

// Create sends POST /api/invoices. Draft an invoice, or with finalize issue it at once.
func (s *Invoices) Create(
	ctx context.Context, p clientele.InvoiceParams, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices", body: p})
}

// List sends GET /api/invoices. List invoices, and count all that match.
func (s *Invoices) List(
	ctx context.Context, p clientele.InvoiceListParams, opts ...CallOption,
) (*clientele.Page[clientele.InvoiceExpanded], error) {
	return fetch[clientele.Page[clientele.InvoiceExpanded]](ctx, s.c, opts,
		request{route: "GET /api/invoices", query: p})
}

// All walks all pages of List, 100 objects a request, without what each refers to. In another order than that of
// creation, and in a search, pages are by number: what changes meanwhile may be met twice or missed. Of the paging
// parameters only StartingAfter counts. It ends after the first error.
func (s *Invoices) All(
	ctx context.Context, p clientele.InvoiceListParams, opts ...CallOption,
) iter.Seq2[clientele.Invoice, error] {
	return walkList(ctx, s.c, opts, "GET /api/invoices", p.Window, p.Order,
		func(of *clientele.Invoice) string { return of.ID },
		func(window clientele.Window) any {
			p := p
			p.Window = window
			p.Expand = "none"
			return p
		})
}

// Search sends GET /api/invoices/search. Search invoices, newest first, and count all that match.
func (s *Invoices) Search(
	ctx context.Context, p clientele.InvoiceSearchParams, opts ...CallOption,
) (*clientele.Page[clientele.InvoiceExpanded], error) {
	return fetch[clientele.Page[clientele.InvoiceExpanded]](ctx, s.c, opts,
		request{route: "GET /api/invoices/search", query: p})
}

// SearchAll walks all pages of Search, 100 objects a request, without what each refers to. In another order than that
// of creation, and in a search, pages are by number: what changes meanwhile may be met twice or missed. Of the paging
// parameters only StartingAfter counts. It ends after the first error.
func (s *Invoices) SearchAll(
	ctx context.Context, p clientele.InvoiceSearchParams, opts ...CallOption,
) iter.Seq2[clientele.Invoice, error] {
	return walkSearch[clientele.Invoice](ctx, s.c, opts,
		"GET /api/invoices/search", func(page clientele.PageParams) any {
			p := p
			p.PageParams = page
			p.Expand = "none"
			return p
		})
}

// Retrieve sends GET /api/invoices/{id}. Retrieve an invoice, by id or number, with its customer, currency and payment
// method.
func (s *Invoices) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.InvoiceExpanded, error) {
	return fetch[clientele.InvoiceExpanded](ctx, s.c, opts, request{route: "GET /api/invoices/{id}", ref: id})
}

// History sends GET /api/invoices/{id}/history. List who changed what of an invoice and when, newest first.
func (s *Invoices) History(
	ctx context.Context, id string, p clientele.HistoryParams, opts ...CallOption,
) (*clientele.Page[clientele.Change], error) {
	return fetch[clientele.Page[clientele.Change]](ctx, s.c, opts,
		request{route: "GET /api/invoices/{id}/history", ref: id, query: p})
}

// Update sends PUT /api/invoices/{id}. Update what is sent of a draft; of a finalized invoice, only metadata.
func (s *Invoices) Update(
	ctx context.Context, id string, p clientele.InvoiceContent, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "PUT /api/invoices/{id}", ref: id, body: p})
}

// Delete sends DELETE /api/invoices/{id}. Delete a draft.
func (s *Invoices) Delete(ctx context.Context, id string, opts ...CallOption) (*clientele.Deleted, error) {
	return fetch[clientele.Deleted](ctx, s.c, opts, request{route: "DELETE /api/invoices/{id}", ref: id})
}

// Finalize sends POST /api/invoices/{id}/finalize. Open a draft: it gets its number.
func (s *Invoices) Finalize(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/finalize", ref: id})
}

// Pay sends POST /api/invoices/{id}/pay. Record a payment of all that is left to pay on an invoice.
func (s *Invoices) Pay(
	ctx context.Context, id string, p clientele.Receipt, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/pay", ref: id, body: p})
}

// Void sends POST /api/invoices/{id}/void. Take an invoice back: nothing is owed on it, and what was paid becomes the
// customer's credit.
func (s *Invoices) Void(
	ctx context.Context, id string, p clientele.VoidParams, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/void", ref: id, body: p})
}

// MarkUncollectible sends POST /api/invoices/{id}/mark_uncollectible. Give an open invoice up: it counts as overdue.
func (s *Invoices) MarkUncollectible(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts,
		request{route: "POST /api/invoices/{id}/mark_uncollectible", ref: id})
}

// WriteOff sends POST /api/invoices/{id}/write_off. Write what is left to pay, or a part of it, off as bad debt: what
// was paid stays.
func (s *Invoices) WriteOff(
	ctx context.Context, id string, p clientele.WriteOffParams, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts,
		request{route: "POST /api/invoices/{id}/write_off", ref: id, body: p})
}

// Reopen sends POST /api/invoices/{id}/reopen. Open an uncollectible invoice again, and take back what was written off
// of it as bad debt.
func (s *Invoices) Reopen(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/reopen", ref: id})
}

// Hold sends POST /api/invoices/{id}/hold. Keep an open invoice from being marked uncollectible by itself until a day,
// and say why.
func (s *Invoices) Hold(
	ctx context.Context, id string, p clientele.HoldParams, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/hold", ref: id, body: p})
}

// Release sends DELETE /api/invoices/{id}/hold. End a hold.
func (s *Invoices) Release(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "DELETE /api/invoices/{id}/hold", ref: id})
}

// HTML sends GET /api/invoices/{id}/page. An invoice as a page to print.
func (s *Invoices) HTML(ctx context.Context, id string, opts ...CallOption) ([]byte, error) {
	return fetchFile(ctx, s.c, opts, request{route: "GET /api/invoices/{id}/page", ref: id})
}

// PDF sends GET /api/invoices/{id}/pdf. An invoice as PDF.
func (s *Invoices) PDF(ctx context.Context, id string, opts ...CallOption) ([]byte, error) {
	return fetchFile(ctx, s.c, opts, request{route: "GET /api/invoices/{id}/pdf", ref: id})
}

// Credit sends POST /api/invoices/{id}/credit_notes. Take back a part of a finalized invoice or all: off what is left
// to pay, then as credit or refund.
func (s *Invoices) Credit(
	ctx context.Context, id string, p clientele.CreditNoteParams, opts ...CallOption,
) (*clientele.CreditNote, error) {
	return fetch[clientele.CreditNote](ctx, s.c, opts,
		request{route: "POST /api/invoices/{id}/credit_notes", ref: id, body: p})
}
