// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"
	"iter"

	"clientele.dev"
)

// List sends GET /api/credit-notes. List credit notes, and count all that match.
func (s *CreditNotes) List(
	ctx context.Context, p clientele.CreditNoteListParams, opts ...CallOption,
) (*clientele.Page[clientele.CreditNote], error) {
	return fetch[clientele.Page[clientele.CreditNote]](ctx, s.c, opts,
		request{route: "GET /api/credit-notes", query: p})
}

// All walks all pages of List, 100 objects a request. In another order than that of creation, and in a search, pages
// are by number: what changes meanwhile may be met twice or missed. Of the paging parameters only StartingAfter
// counts. It ends after the first error.
func (s *CreditNotes) All(
	ctx context.Context, p clientele.CreditNoteListParams, opts ...CallOption,
) iter.Seq2[clientele.CreditNote, error] {
	return walkList(ctx, s.c, opts, "GET /api/credit-notes", p.Window, nil,
		func(of *clientele.CreditNote) string { return of.ID },
		func(window clientele.Window) any {
			p := p
			p.Window = window
			return p
		})
}

// Retrieve sends GET /api/credit-notes/{id}. Retrieve a credit note.
func (s *CreditNotes) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.CreditNote, error) {
	return fetch[clientele.CreditNote](ctx, s.c, opts, request{route: "GET /api/credit-notes/{id}", ref: id})
}
