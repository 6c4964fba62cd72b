// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"

	"clientele.dev"
)

// List sends GET /api/keys. List the API keys of the mode, revoked ones too, newest first. It needs a key of scope
// admin.
func (s *Keys) List(
	ctx context.Context, p clientele.PageParams, opts ...CallOption,
) (*clientele.Page[clientele.APIKey], error) {
	return fetch[clientele.Page[clientele.APIKey]](ctx, s.c, opts, request{route: "GET /api/keys", query: p})
}

// Create sends POST /api/keys. Make an API key of the mode, and show its secret, this once. It needs a key of scope
// admin.
func (s *Keys) Create(
	ctx context.Context, p clientele.KeyParams, opts ...CallOption,
) (*clientele.APIKeyCreated, error) {
	return fetch[clientele.APIKeyCreated](ctx, s.c, opts, request{route: "POST /api/keys", body: p})
}

// Revoke sends DELETE /api/keys/{id}. Revoke an API key: it is refused from the next request on. It needs a key of
// scope admin.
func (s *Keys) Revoke(
	ctx context.Context, id string, p clientele.RevokeParams, opts ...CallOption,
) (*clientele.APIKey, error) {
	return fetch[clientele.APIKey](ctx, s.c, opts, request{route: "DELETE /api/keys/{id}", ref: id, query: p})
}
