package client

import (
	"context"

	"clientele.dev"
)

// Keys are the API keys of the mode. They need a key of scope admin.
type Keys struct{ c *Client }

// List lists the keys, revoked ones too, newest first: a page of them, by its number and size.
//
//clientele:operation GET /api/keys
func (s *Keys) List(
	ctx context.Context, page, pageSize int, opts ...CallOption,
) (*clientele.Page[clientele.APIKey], error) {
	q := query{}
	q.number("page", page)
	q.number("pageSize", pageSize)
	return fetch[clientele.Page[clientele.APIKey]](ctx, s.c, opts, request{route: "GET /api/keys", query: q})
}

// Create makes a key and answers it with its secret, which is shown this once.
//
//clientele:operation POST /api/keys
func (s *Keys) Create(
	ctx context.Context, p clientele.KeyParams, opts ...CallOption,
) (*clientele.APIKeyCreated, error) {
	return fetch[clientele.APIKeyCreated](ctx, s.c, opts, request{route: "POST /api/keys", body: p})
}

// Revoke ends a key, which is refused from the next request on; also the keys that it made, and that these made, when
// made is true.
//
//clientele:operation DELETE /api/keys/{id}
func (s *Keys) Revoke(ctx context.Context, id string, made bool, opts ...CallOption) (*clientele.APIKey, error) {
	q := query{}
	q.yes("made", made)
	return fetch[clientele.APIKey](ctx, s.c, opts, request{route: "DELETE /api/keys/{id}", ref: id, query: q})
}
