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

// Aging answers what was outstanding at a moment, per currency, by how long it had been due.
//
//clientele:operation GET /api/receivables/aging
func (s *Receivables) Aging(ctx context.Context, p AgingParams, opts ...CallOption) (*clientele.Aging, error) {
	q := query{}
	q.moment("as_of", p.AsOf)
	q.text("currency_id", p.CurrencyID)
	q.text("customer_id", p.CustomerID)
	return fetch[clientele.Aging](ctx, s.c, opts, request{route: "GET /api/receivables/aging", query: q})
}

// Summary answers what all customers owe and have as credit, per currency.
//
//clientele:operation GET /api/receivables/summary
func (s *Receivables) Summary(ctx context.Context, opts ...CallOption) (*clientele.ReceivablesSummary, error) {
	return fetch[clientele.ReceivablesSummary](ctx, s.c, opts, request{route: "GET /api/receivables/summary"})
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

// SettingsParams says what to set. What is nil is not sent, and stays as it is.
type SettingsParams struct {
	// Who issues the invoices, replaced as a whole.
	Business *clientele.Business `json:"business,omitempty"`
	// How amounts and dates are written for people: a BCP 47 language tag.
	Locale *string `json:"locale,omitempty"`
	// After how many days past due an open invoice becomes uncollectible, or -1 for never.
	UncollectibleAfterDays *int64 `json:"uncollectible_after_days,omitempty"`
}

// Retrieve answers the settings.
//
//clientele:operation GET /api/settings
func (s *Settings) Retrieve(ctx context.Context, opts ...CallOption) (*clientele.Settings, error) {
	return fetch[clientele.Settings](ctx, s.c, opts, request{route: "GET /api/settings"})
}

// Update sets what is given.
//
//clientele:operation PUT /api/settings
func (s *Settings) Update(ctx context.Context, p SettingsParams, opts ...CallOption) (*clientele.Settings, error) {
	return fetch[clientele.Settings](ctx, s.c, opts, request{route: "PUT /api/settings", body: p})
}
