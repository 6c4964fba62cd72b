// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"
	"iter"

	"clientele.dev"
)

// Create sends POST /api/customers. Create a customer.
func (s *Customers) Create(
	ctx context.Context, p clientele.CustomerParams, opts ...CallOption,
) (*clientele.Customer, error) {
	return fetch[clientele.Customer](ctx, s.c, opts, request{route: "POST /api/customers", body: p})
}

// List sends GET /api/customers. List customers, and count all that match.
func (s *Customers) List(
	ctx context.Context, p clientele.CustomerListParams, opts ...CallOption,
) (*clientele.Page[clientele.CustomerExpanded], error) {
	return fetch[clientele.Page[clientele.CustomerExpanded]](ctx, s.c, opts,
		request{route: "GET /api/customers", query: p})
}

// All walks all pages of List, 100 objects a request, without what each refers to. In another order than that of
// creation, and in a search, pages are by number: what changes meanwhile may be met twice or missed. Of the paging
// parameters only StartingAfter counts. It ends after the first error.
func (s *Customers) All(
	ctx context.Context, p clientele.CustomerListParams, opts ...CallOption,
) iter.Seq2[clientele.Customer, error] {
	return walkList(ctx, s.c, opts, "GET /api/customers", p.Window, p.Order,
		func(of *clientele.Customer) string { return of.ID },
		func(window clientele.Window) any {
			p := p
			p.Window = window
			p.Expand = "none"
			return p
		})
}

// Search sends GET /api/customers/search. Search customers, best matches first unless an order is given, and count all
// that match.
func (s *Customers) Search(
	ctx context.Context, p clientele.CustomerSearchParams, opts ...CallOption,
) (*clientele.Page[clientele.CustomerExpanded], error) {
	return fetch[clientele.Page[clientele.CustomerExpanded]](ctx, s.c, opts,
		request{route: "GET /api/customers/search", query: p})
}

// SearchAll walks all pages of Search, 100 objects a request, without what each refers to. In another order than that
// of creation, and in a search, pages are by number: what changes meanwhile may be met twice or missed. Of the paging
// parameters only StartingAfter counts. It ends after the first error.
func (s *Customers) SearchAll(
	ctx context.Context, p clientele.CustomerSearchParams, opts ...CallOption,
) iter.Seq2[clientele.Customer, error] {
	return walkSearch[clientele.Customer](ctx, s.c, opts,
		"GET /api/customers/search", func(page clientele.PageParams) any {
			p := p
			p.PageParams = page
			p.Expand = "none"
			return p
		})
}

// Retrieve sends GET /api/customers/{id}. Retrieve a customer by id or DID, with its invoices; {"create":true} creates
// one for a new DID.
func (s *Customers) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.CustomerExpanded, error) {
	return fetch[clientele.CustomerExpanded](ctx, s.c, opts, request{route: "GET /api/customers/{id}", ref: id})
}

// Update sends PUT /api/customers/{id}. Update the fields sent; metadata, address and shipping merge by key, and null
// clears.
func (s *Customers) Update(
	ctx context.Context, id string, p clientele.CustomerParams, opts ...CallOption,
) (*clientele.Customer, error) {
	return fetch[clientele.Customer](ctx, s.c, opts, request{route: "PUT /api/customers/{id}", ref: id, body: p})
}

// Delete sends DELETE /api/customers/{id}. Delete a customer who owes nothing, freeing its DID and external id.
func (s *Customers) Delete(ctx context.Context, id string, opts ...CallOption) (*clientele.Deleted, error) {
	return fetch[clientele.Deleted](ctx, s.c, opts, request{route: "DELETE /api/customers/{id}", ref: id})
}

// Restore sends POST /api/customers/{id}/restore. Bring a deleted customer back.
func (s *Customers) Restore(ctx context.Context, id string, opts ...CallOption) (*clientele.Customer, error) {
	return fetch[clientele.Customer](ctx, s.c, opts, request{route: "POST /api/customers/{id}/restore", ref: id})
}

// History sends GET /api/customers/{id}/history. List who changed what of a customer and when, newest first; of a
// deleted one too.
func (s *Customers) History(
	ctx context.Context, id string, p clientele.HistoryParams, opts ...CallOption,
) (*clientele.Page[clientele.Change], error) {
	return fetch[clientele.Page[clientele.Change]](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}/history", ref: id, query: p})
}

// OverdueInvoices sends GET /api/customers/{id}/overdue/invoices. List a customer's uncollectible invoices and their
// sums per currency.
func (s *Customers) OverdueInvoices(
	ctx context.Context, id string, opts ...CallOption,
) (*clientele.OverdueInvoices, error) {
	return fetch[clientele.OverdueInvoices](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}/overdue/invoices", ref: id})
}

// UpsertExternal sends PUT /api/customers/external/{external_id}. Create or update the customer with an external id:
// 201 when it is new, else 200.
func (s *Customers) UpsertExternal(
	ctx context.Context, externalID string, p clientele.CustomerParams, opts ...CallOption,
) (*clientele.Customer, error) {
	return fetch[clientele.Customer](ctx, s.c, opts,
		request{route: "PUT /api/customers/external/{external_id}", ref: externalID, body: p})
}

// BalanceTransactions sends GET /api/customers/{id}/balance_transactions. List a customer's ledger, newest first:
// every change of its credit and of what it owes.
func (s *Customers) BalanceTransactions(
	ctx context.Context, id string, p clientele.LedgerParams, opts ...CallOption,
) (*clientele.Page[clientele.BalanceTransaction], error) {
	return fetch[clientele.Page[clientele.BalanceTransaction]](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}/balance_transactions", ref: id, query: p})
}

// MoveCredit sends POST /api/customers/{id}/balance_transactions. Give a customer credit, or use, refund or apply it;
// never below nothing.
func (s *Customers) MoveCredit(
	ctx context.Context, id string, p clientele.CreditParams, opts ...CallOption,
) (*clientele.BalanceTransaction, error) {
	return fetch[clientele.BalanceTransaction](ctx, s.c, opts,
		request{route: "POST /api/customers/{id}/balance_transactions", ref: id, body: p})
}

// Statement sends GET /api/customers/{id}/statement. A customer's account per currency: opening balance, every
// movement, closing balance.
func (s *Customers) Statement(
	ctx context.Context, id string, p clientele.StatementParams, opts ...CallOption,
) (*clientele.Statement, error) {
	return fetch[clientele.Statement](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}/statement", ref: id, query: p})
}

// StatementHTML sends GET /api/customers/{id}/statement/page. A statement as a page to print.
func (s *Customers) StatementHTML(
	ctx context.Context, id string, p clientele.StatementPrintParams, opts ...CallOption,
) ([]byte, error) {
	return fetchFile(ctx, s.c, opts, request{route: "GET /api/customers/{id}/statement/page", ref: id, query: p})
}

// StatementPDF sends GET /api/customers/{id}/statement/pdf. A statement as PDF.
func (s *Customers) StatementPDF(
	ctx context.Context, id string, p clientele.StatementPrintParams, opts ...CallOption,
) ([]byte, error) {
	return fetchFile(ctx, s.c, opts, request{route: "GET /api/customers/{id}/statement/pdf", ref: id, query: p})
}
