// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"

	"clientele.dev"
)

// Create sends POST /api/closings. Close the books up to a day: nothing dated on it or before is recorded from then
// on. It needs a key of scope admin.
func (s *Closings) Create(
	ctx context.Context, p clientele.ClosingParams, opts ...CallOption,
) (*clientele.Closing, error) {
	return fetch[clientele.Closing](ctx, s.c, opts, request{route: "POST /api/closings", body: p})
}

// List sends GET /api/closings. List the closings, newest first.
func (s *Closings) List(
	ctx context.Context, p clientele.PageParams, opts ...CallOption,
) (*clientele.Page[clientele.Closing], error) {
	return fetch[clientele.Page[clientele.Closing]](ctx, s.c, opts, request{route: "GET /api/closings", query: p})
}

// Retrieve sends GET /api/closings/{id}. Retrieve a closing.
func (s *Closings) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.Closing, error) {
	return fetch[clientele.Closing](ctx, s.c, opts, request{route: "GET /api/closings/{id}", ref: id})
}

// Reopen sends POST /api/closings/{id}/reopen. Take the last closing back, and say why. It needs a key of scope admin.
func (s *Closings) Reopen(
	ctx context.Context, id string, p clientele.ClosingReopenParams, opts ...CallOption,
) (*clientele.Closing, error) {
	return fetch[clientele.Closing](ctx, s.c, opts, request{route: "POST /api/closings/{id}/reopen", ref: id, body: p})
}
