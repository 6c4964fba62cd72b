// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"
	"iter"

	"clientele.dev"
)

// List sends GET /api/refunds. List refunds, newest first, each with what it refers to, and count all that match.
func (s *Refunds) List(
	ctx context.Context, p clientele.RefundListParams, opts ...CallOption,
) (*clientele.Page[clientele.RefundExpanded], error) {
	return fetch[clientele.Page[clientele.RefundExpanded]](ctx, s.c, opts, request{route: "GET /api/refunds", query: p})
}

// All walks all pages of List, 100 objects a request. In another order than that of creation, and in a search, pages
// are by number: what changes meanwhile may be met twice or missed. Of the paging parameters only StartingAfter
// counts. It ends after the first error.
func (s *Refunds) All(
	ctx context.Context, p clientele.RefundListParams, opts ...CallOption,
) iter.Seq2[clientele.RefundExpanded, error] {
	return walkList(ctx, s.c, opts, "GET /api/refunds", p.Window, p.Order,
		func(of *clientele.RefundExpanded) string { return of.ID },
		func(window clientele.Window) any {
			p := p
			p.Window = window
			return p
		})
}

// Search sends GET /api/refunds/search. Search refunds, newest first, each with what it refers to, and count all that
// match.
func (s *Refunds) Search(
	ctx context.Context, p clientele.RefundSearchParams, opts ...CallOption,
) (*clientele.Page[clientele.RefundExpanded], error) {
	return fetch[clientele.Page[clientele.RefundExpanded]](ctx, s.c, opts,
		request{route: "GET /api/refunds/search", query: p})
}

// SearchAll walks all pages of Search, 100 objects a request. In another order than that of creation, and in a search,
// pages are by number: what changes meanwhile may be met twice or missed. Of the paging parameters only StartingAfter
// counts. It ends after the first error.
func (s *Refunds) SearchAll(
	ctx context.Context, p clientele.RefundSearchParams, opts ...CallOption,
) iter.Seq2[clientele.RefundExpanded, error] {
	return walkSearch[clientele.RefundExpanded](ctx, s.c, opts,
		"GET /api/refunds/search", func(page clientele.PageParams) any {
			p := p
			p.PageParams = page
			return p
		})
}

// Retrieve sends GET /api/refunds/{id}. Retrieve a refund with its customer, currency and payment method.
func (s *Refunds) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.RefundExpanded, error) {
	return fetch[clientele.RefundExpanded](ctx, s.c, opts, request{route: "GET /api/refunds/{id}", ref: id})
}
