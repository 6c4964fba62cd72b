// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"

	"clientele.dev"
)

// Aging sends GET /api/receivables/aging. What was outstanding on a day, per currency, by how long it had been due.
func (s *Receivables) Aging(
	ctx context.Context, p clientele.AgingParams, opts ...CallOption,
) (*clientele.Aging, error) {
	return fetch[clientele.Aging](ctx, s.c, opts, request{route: "GET /api/receivables/aging", query: p})
}

// Summary sends GET /api/receivables/summary. What all customers owe and have as credit now, and what happened in a
// time, per currency.
func (s *Receivables) Summary(
	ctx context.Context, p clientele.SummaryParams, opts ...CallOption,
) (*clientele.ReceivablesSummary, error) {
	return fetch[clientele.ReceivablesSummary](ctx, s.c, opts, request{route: "GET /api/receivables/summary", query: p})
}

// Overdue sends GET /api/receivables/overdue. The customers who are late, per currency, who owes most first.
func (s *Receivables) Overdue(
	ctx context.Context, p clientele.DebtorListParams, opts ...CallOption,
) (*clientele.Page[clientele.Debtor], error) {
	return fetch[clientele.Page[clientele.Debtor]](ctx, s.c, opts,
		request{route: "GET /api/receivables/overdue", query: p})
}

// Journal sends GET /api/receivables/journal. Every movement of the days as double entry, for accounting programs.
func (s *Receivables) Journal(ctx context.Context, p clientele.JournalParams, opts ...CallOption) ([]byte, error) {
	return fetchFile(ctx, s.c, opts, request{route: "GET /api/receivables/journal", query: p})
}
