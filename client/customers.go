package client

import (
	"context"
	"iter"
	"strconv"
	"time"

	"clientele.dev"
)

// Customers are the customers of the key's mode. A ref is a customer's id or its DID: zX, did:abt:zX or 0x….
type Customers struct{ c *Client }

// CustomerListParams says which customers to list, which page of them, and in which order. The zero value is the
// first page of all, newest first.
type CustomerListParams struct {
	// Which page, counting from 1, and how many a page holds: 20 unless told, at most 100.
	Page, PageSize int
	// The other way to page: at most Limit customers after or before the one of an id.
	Limit                       int
	StartingAfter, EndingBefore string
	// Only those with this DID, email (in any case) or external id.
	DID, Email, ExternalID string
	// Only those who have an overdue payment, or only the others.
	Delinquent *bool
	// Only those created within.
	CreatedAt TimeRange
	// Only those whose metadata has all these values.
	Metadata map[string]string
	// Those who are deleted, in place of those who are not.
	Deleted bool
	// What to sort by, such as "updated_at:ASC".
	Order []string
	// "none" leaves out what belongs to each customer.
	Expand string
}

func (p CustomerListParams) query() query {
	q := query{}
	q.number("page", p.Page)
	q.number("pageSize", p.PageSize)
	q.number("limit", p.Limit)
	q.text("starting_after", p.StartingAfter)
	q.text("ending_before", p.EndingBefore)
	q.text("did", p.DID)
	q.text("email", p.Email)
	q.text("external_id", p.ExternalID)
	if p.Delinquent != nil {
		q.text("delinquent", strconv.FormatBool(*p.Delinquent))
	}
	q.within("created_at", p.CreatedAt)
	q.metadata(p.Metadata)
	q.yes("deleted", p.Deleted)
	q.order(p.Order)
	q.text("expand", p.Expand)
	return q
}

// SearchParams says what to search for, and which page of what is found.
type SearchParams struct {
	// Words that must all occur in a customer's name, email, phone, DID, id or external id, in any case and with or
	// without accents. Quotes make a phrase; email:x and metadata.key:x look in one place.
	Query string
	// Which page, counting from 1, and how many a page holds: 20 unless told, at most 100.
	Page, PageSize int
	// What to sort by in place of the usual, such as "created_at:ASC".
	Order []string
	// "none" leaves out what belongs to each object.
	Expand string
}

func (p SearchParams) query() query {
	q := query{"query": {p.Query}}
	q.text("expand", p.Expand)
	q.number("page", p.Page)
	q.number("pageSize", p.PageSize)
	q.order(p.Order)
	return q
}

// Retrieve answers one customer with its payments and invoices.
//
//clientele:operation GET /api/customers/{id}
func (s *Customers) Retrieve(ctx context.Context, ref string, opts ...CallOption) (*clientele.CustomerExpanded, error) {
	return fetch[clientele.CustomerExpanded](ctx, s.c, opts, request{route: "GET /api/customers/{id}", ref: ref})
}

// RetrieveOrCreate answers the customer with the DID, and creates it when there is none. However many ask at once,
// there is one customer.
//
//clientele:operation GET /api/customers/{id}
func (s *Customers) RetrieveOrCreate(
	ctx context.Context, did string, opts ...CallOption,
) (*clientele.CustomerExpanded, error) {
	return fetch[clientele.CustomerExpanded](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}", ref: did, body: map[string]bool{"create": true}})
}

// Explain answers the customer as Retrieve does, with the invoices that make it delinquent.
//
//clientele:operation GET /api/customers/{id}
func (s *Customers) Explain(
	ctx context.Context, ref string, opts ...CallOption,
) (*clientele.CustomerExpanded, error) {
	return fetch[clientele.CustomerExpanded](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}", ref: ref, query: query{"explain": {"1"}}})
}

// Create creates a customer.
//
//clientele:operation POST /api/customers
func (s *Customers) Create(
	ctx context.Context, p clientele.CustomerParams, opts ...CallOption,
) (*clientele.Customer, error) {
	return fetch[clientele.Customer](ctx, s.c, opts, request{route: "POST /api/customers", body: p})
}

// Update changes what is set in p and nothing else. With [IfMatch] it changes nothing if somebody else did.
//
//clientele:operation PUT /api/customers/{id}
func (s *Customers) Update(
	ctx context.Context, ref string, p clientele.CustomerParams, opts ...CallOption,
) (*clientele.Customer, error) {
	return fetch[clientele.Customer](ctx, s.c, opts, request{route: "PUT /api/customers/{id}", ref: ref, body: p})
}

// UpsertExternal updates the customer with the external id, and creates it when there is none.
//
//clientele:operation PUT /api/customers/external/{external_id}
func (s *Customers) UpsertExternal(
	ctx context.Context, externalID string, p clientele.CustomerParams, opts ...CallOption,
) (*clientele.Customer, error) {
	return fetch[clientele.Customer](ctx, s.c, opts,
		request{route: "PUT /api/customers/external/{external_id}", ref: externalID, body: p})
}

// List answers one page of customers, each with the newest of what belongs to it, and how many there are in all.
//
//clientele:operation GET /api/customers
func (s *Customers) List(
	ctx context.Context, p CustomerListParams, opts ...CallOption,
) (*clientele.Page[clientele.CustomerExpanded], error) {
	return fetch[clientele.Page[clientele.CustomerExpanded]](ctx, s.c, opts,
		request{route: "GET /api/customers", query: p.query()})
}

// All walks every customer of the list, 100 a request, without what belongs to each. Of the paging parameters only
// StartingAfter counts. In an order other than that of creation these are numbered pages: a customer who changes
// meanwhile may be met twice or missed. It ends after the first error.
//
//clientele:operation GET /api/customers
func (s *Customers) All(
	ctx context.Context, p CustomerListParams, opts ...CallOption,
) iter.Seq2[clientele.Customer, error] {
	p.Page, p.PageSize, p.Limit, p.EndingBefore, p.Expand = 0, 0, walkSize, "", "none"
	return walk(func(number int, last *clientele.Customer) (*clientele.Page[clientele.Customer], error) {
		p := p
		if last != nil {
			p.Page, p.StartingAfter = nextPage(p.Order, number, last.ID)
		}
		return fetch[clientele.Page[clientele.Customer]](ctx, s.c, opts,
			request{route: "GET /api/customers", query: p.query()})
	})
}

// Search answers one page of the customers found, the best first, each with the newest of what belongs to it, and how
// many were found in all.
//
//clientele:operation GET /api/customers/search
func (s *Customers) Search(
	ctx context.Context, p SearchParams, opts ...CallOption,
) (*clientele.Page[clientele.CustomerExpanded], error) {
	return fetch[clientele.Page[clientele.CustomerExpanded]](ctx, s.c, opts,
		request{route: "GET /api/customers/search", query: p.query()})
}

// SearchAll walks every customer found, 100 a request, without what belongs to each. As these are numbered pages, a
// customer who changes meanwhile may be met twice or missed. It ends after the first error.
//
//clientele:operation GET /api/customers/search
func (s *Customers) SearchAll(
	ctx context.Context, p SearchParams, opts ...CallOption,
) iter.Seq2[clientele.Customer, error] {
	return walk(func(number int, _ *clientele.Customer) (*clientele.Page[clientele.Customer], error) {
		p.Page, p.PageSize, p.Expand = number, walkSize, "none"
		return fetch[clientele.Page[clientele.Customer]](ctx, s.c, opts,
			request{route: "GET /api/customers/search", query: p.query()})
	})
}

// OverdueInvoices answers a customer's uncollectible invoices and their sums per currency.
//
//clientele:operation GET /api/customers/{id}/overdue/invoices
func (s *Customers) OverdueInvoices(
	ctx context.Context, ref string, opts ...CallOption,
) (*clientele.OverdueInvoices, error) {
	return fetch[clientele.OverdueInvoices](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}/overdue/invoices", ref: ref})
}

// Delete hides a customer and frees its DID and external id. A customer who owes anything is refused.
//
//clientele:operation DELETE /api/customers/{id}
func (s *Customers) Delete(ctx context.Context, ref string, opts ...CallOption) (*clientele.Deleted, error) {
	return fetch[clientele.Deleted](ctx, s.c, opts, request{route: "DELETE /api/customers/{id}", ref: ref})
}

// Restore brings a deleted customer back, or says which of its DID and external id is now taken.
//
//clientele:operation POST /api/customers/{id}/restore
func (s *Customers) Restore(ctx context.Context, id string, opts ...CallOption) (*clientele.Customer, error) {
	return fetch[clientele.Customer](ctx, s.c, opts, request{route: "POST /api/customers/{id}/restore", ref: id})
}

// MoveCredit gives a customer credit, or uses it; below nothing it is refused.
//
//clientele:operation POST /api/customers/{id}/balance_transactions
func (s *Customers) MoveCredit(
	ctx context.Context, ref string, p clientele.CreditParams, opts ...CallOption,
) (*clientele.BalanceTransaction, error) {
	return fetch[clientele.BalanceTransaction](ctx, s.c, opts,
		request{route: "POST /api/customers/{id}/balance_transactions", ref: ref, body: p})
}

// LedgerParams says which movements to list, and which page of them. The zero value is the first page of all.
type LedgerParams struct {
	Window
	// Only those in this currency.
	CurrencyID string
	// Only those that changed the credit.
	Credit bool
}

// BalanceTransactions answers one page of a customer's ledger, newest first.
//
//clientele:operation GET /api/customers/{id}/balance_transactions
func (s *Customers) BalanceTransactions(
	ctx context.Context, ref string, p LedgerParams, opts ...CallOption,
) (*clientele.Page[clientele.BalanceTransaction], error) {
	q := query{}
	q.window(p.Window)
	q.text("currency_id", p.CurrencyID)
	q.yes("credit", p.Credit)
	return fetch[clientele.Page[clientele.BalanceTransaction]](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}/balance_transactions", ref: ref, query: q})
}

// Statement answers a customer's account from one moment to another; zero ones are the first movement and now.
//
//clientele:operation GET /api/customers/{id}/statement
func (s *Customers) Statement(
	ctx context.Context, ref string, from, to time.Time, opts ...CallOption,
) (*clientele.Statement, error) {
	q := query{}
	q.moment("from", from)
	q.moment("to", to)
	return fetch[clientele.Statement](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}/statement", ref: ref, query: q})
}

// StatementHTML returns a statement as a page to print.
//
//clientele:operation GET /api/customers/{id}/statement/page
func (s *Customers) StatementHTML(
	ctx context.Context, ref string, from, to time.Time, opts ...CallOption,
) ([]byte, error) {
	q := query{}
	q.moment("from", from)
	q.moment("to", to)
	return fetchFile(ctx, s.c, opts,
		request{route: "GET /api/customers/{id}/statement/page", ref: ref, query: q})
}

// StatementPDF returns a statement as PDF.
//
//clientele:operation GET /api/customers/{id}/statement/pdf
func (s *Customers) StatementPDF(
	ctx context.Context, ref string, from, to time.Time, opts ...CallOption,
) ([]byte, error) {
	q := query{}
	q.moment("from", from)
	q.moment("to", to)
	return fetchFile(ctx, s.c, opts,
		request{route: "GET /api/customers/{id}/statement/pdf", ref: ref, query: q})
}
