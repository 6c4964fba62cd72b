// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"
	"iter"

	"clientele.dev"
)

// Create sends POST /api/payments. Record money received: it pays what it is for, or the oldest due first; the rest is
// not applied yet.
func (s *Payments) Create(
	ctx context.Context, p clientele.PaymentParams, opts ...CallOption,
) (*clientele.Payment, error) {
	return fetch[clientele.Payment](ctx, s.c, opts, request{route: "POST /api/payments", body: p})
}

// List sends GET /api/payments. List payments, and count all that match.
func (s *Payments) List(
	ctx context.Context, p clientele.PaymentListParams, opts ...CallOption,
) (*clientele.Page[clientele.Payment], error) {
	return fetch[clientele.Page[clientele.Payment]](ctx, s.c, opts, request{route: "GET /api/payments", query: p})
}

// All walks all pages of List, 100 objects a request. In another order than that of creation, and in a search, pages
// are by number: what changes meanwhile may be met twice or missed. Of the paging parameters only StartingAfter
// counts. It ends after the first error.
func (s *Payments) All(
	ctx context.Context, p clientele.PaymentListParams, opts ...CallOption,
) iter.Seq2[clientele.Payment, error] {
	return walkList(ctx, s.c, opts, "GET /api/payments", p.Window, p.Order,
		func(of *clientele.Payment) string { return of.ID },
		func(window clientele.Window) any {
			p := p
			p.Window = window
			return p
		})
}

// Retrieve sends GET /api/payments/{id}. Retrieve a payment with its customer, currency, payment method and invoice.
func (s *Payments) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.PaymentExpanded, error) {
	return fetch[clientele.PaymentExpanded](ctx, s.c, opts, request{route: "GET /api/payments/{id}", ref: id})
}

// History sends GET /api/payments/{id}/history. List who changed what of a payment and when, newest first.
func (s *Payments) History(
	ctx context.Context, id string, p clientele.HistoryParams, opts ...CallOption,
) (*clientele.Page[clientele.Change], error) {
	return fetch[clientele.Page[clientele.Change]](ctx, s.c, opts,
		request{route: "GET /api/payments/{id}/history", ref: id, query: p})
}

// Allocate sends POST /api/payments/{id}/allocate. Pay invoices with what a payment has left.
func (s *Payments) Allocate(
	ctx context.Context, id string, p clientele.AllocateParams, opts ...CallOption,
) (*clientele.Payment, error) {
	return fetch[clientele.Payment](ctx, s.c, opts,
		request{route: "POST /api/payments/{id}/allocate", ref: id, body: p})
}

// Unallocate sends POST /api/payments/{id}/unallocate. Take back what a payment paid: it has that left again.
func (s *Payments) Unallocate(
	ctx context.Context, id string, p clientele.UnallocateParams, opts ...CallOption,
) (*clientele.Payment, error) {
	return fetch[clientele.Payment](ctx, s.c, opts,
		request{route: "POST /api/payments/{id}/unallocate", ref: id, body: p})
}

// Credit sends POST /api/payments/{id}/credit. Make what a payment has left the customer's credit.
func (s *Payments) Credit(
	ctx context.Context, id string, p clientele.RestParams, opts ...CallOption,
) (*clientele.Payment, error) {
	return fetch[clientele.Payment](ctx, s.c, opts, request{route: "POST /api/payments/{id}/credit", ref: id, body: p})
}

// Refund sends POST /api/payments/{id}/refund. Record that what a payment has left was sent back.
func (s *Payments) Refund(
	ctx context.Context, id string, p clientele.RefundParams, opts ...CallOption,
) (*clientele.Refund, error) {
	return fetch[clientele.Refund](ctx, s.c, opts, request{route: "POST /api/payments/{id}/refund", ref: id, body: p})
}

// Search sends GET /api/payments/search. Search payments, newest first, and count all that match.
func (s *Payments) Search(
	ctx context.Context, p clientele.PaymentSearchParams, opts ...CallOption,
) (*clientele.Page[clientele.Payment], error) {
	return fetch[clientele.Page[clientele.Payment]](ctx, s.c, opts,
		request{route: "GET /api/payments/search", query: p})
}

// SearchAll walks all pages of Search, 100 objects a request. In another order than that of creation, and in a search,
// pages are by number: what changes meanwhile may be met twice or missed. Of the paging parameters only StartingAfter
// counts. It ends after the first error.
func (s *Payments) SearchAll(
	ctx context.Context, p clientele.PaymentSearchParams, opts ...CallOption,
) iter.Seq2[clientele.Payment, error] {
	return walkSearch[clientele.Payment](ctx, s.c, opts,
		"GET /api/payments/search", func(page clientele.PageParams) any {
			p := p
			p.PageParams = page
			return p
		})
}

// Reverse sends POST /api/payments/{id}/reverse. Take a payment back: the money did not come after all.
func (s *Payments) Reverse(
	ctx context.Context, id string, p clientele.ReverseParams, opts ...CallOption,
) (*clientele.Payment, error) {
	return fetch[clientele.Payment](ctx, s.c, opts, request{route: "POST /api/payments/{id}/reverse", ref: id, body: p})
}
