package client

import (
	"context"
	"time"

	"clientele.dev"
)

// Receivables are what all customers of the key's mode owe.
type Receivables struct{ c *Client }

// AgingParams says what to age. The zero value is everything, now.
type AgingParams struct {
	// The moment; now when zero. What was recorded later does not count.
	AsOf time.Time
	// Only this currency.
	CurrencyID string
	// Only this customer, by id or DID.
	CustomerID string
}

func (p AgingParams) query() query {
	q := query{}
	q.moment("as_of", p.AsOf)
	q.text("currency_id", p.CurrencyID)
	q.text("customer_id", p.CustomerID)
	return q
}

// Aging answers what was outstanding at a moment, per currency, by how long it had been due.
//
//clientele:operation GET /api/receivables/aging
func (s *Receivables) Aging(ctx context.Context, p AgingParams, opts ...CallOption) (*clientele.Aging, error) {
	return fetch[clientele.Aging](ctx, s.c, opts, request{route: "GET /api/receivables/aging", query: p.query()})
}

// AgingByCustomer is Aging with one page of the customers who owed or had money that was not applied, each with its own
// sums; 20 a page unless told, at most 100.
//
//clientele:operation GET /api/receivables/aging
func (s *Receivables) AgingByCustomer(
	ctx context.Context, p AgingParams, page, pageSize int, opts ...CallOption,
) (*clientele.Aging, error) {
	q := p.query()
	q.text("group_by", "customer")
	q.number("page", page)
	q.number("pageSize", pageSize)
	return fetch[clientele.Aging](ctx, s.c, opts, request{route: "GET /api/receivables/aging", query: q})
}

// SummaryParams bounds the time that a summary tells of. Zero moments are no bound.
type SummaryParams struct{ From, To time.Time }

// Summary answers what all customers owe and have as credit now, and what happened in a time, per currency.
//
//clientele:operation GET /api/receivables/summary
func (s *Receivables) Summary(
	ctx context.Context, p SummaryParams, opts ...CallOption,
) (*clientele.ReceivablesSummary, error) {
	q := query{}
	q.moment("from", p.From)
	q.moment("to", p.To)
	return fetch[clientele.ReceivablesSummary](ctx, s.c, opts,
		request{route: "GET /api/receivables/summary", query: q})
}

// DebtorListParams says which late customers to list, and which page of them.
type DebtorListParams struct {
	// Which page, counting from 1, and how many a page holds: 20 unless told, at most 100.
	Page, PageSize int
	// Only this currency.
	CurrencyID string
}

// Overdue answers one page of the customers who are late, per currency, who owes most first.
//
//clientele:operation GET /api/receivables/overdue
func (s *Receivables) Overdue(
	ctx context.Context, p DebtorListParams, opts ...CallOption,
) (*clientele.Page[clientele.Debtor], error) {
	q := query{}
	q.number("page", p.Page)
	q.number("pageSize", p.PageSize)
	q.text("currency_id", p.CurrencyID)
	return fetch[clientele.Page[clientele.Debtor]](ctx, s.c, opts,
		request{route: "GET /api/receivables/overdue", query: q})
}

// Settings are what the business has decided for all its customers, in the key's mode.
type Settings struct{ c *Client }

// Retrieve answers the settings.
//
//clientele:operation GET /api/settings
func (s *Settings) Retrieve(ctx context.Context, opts ...CallOption) (*clientele.Settings, error) {
	return fetch[clientele.Settings](ctx, s.c, opts, request{route: "GET /api/settings"})
}

// Account answers who issues the invoices: the settings' business, alone.
//
//clientele:operation GET /api/account
func (s *Settings) Account(ctx context.Context, opts ...CallOption) (*clientele.Business, error) {
	return fetch[clientele.Business](ctx, s.c, opts, request{route: "GET /api/account"})
}

// UpdateAccount sets what is given of who issues the invoices.
//
//clientele:operation PUT /api/account
func (s *Settings) UpdateAccount(
	ctx context.Context, p clientele.AccountParams, opts ...CallOption,
) (*clientele.Business, error) {
	return fetch[clientele.Business](ctx, s.c, opts, request{route: "PUT /api/account", body: p})
}

// Update sets what is given.
//
//clientele:operation PUT /api/settings
func (s *Settings) Update(
	ctx context.Context, p clientele.SettingsParams, opts ...CallOption,
) (*clientele.Settings, error) {
	return fetch[clientele.Settings](ctx, s.c, opts, request{route: "PUT /api/settings", body: p})
}
