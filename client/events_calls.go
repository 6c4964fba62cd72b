// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"

	"clientele.dev"
)

// List sends GET /api/events. List the events of the mode after one, oldest first; or follow them, as server-sent
// events.
func (s *Events) List(
	ctx context.Context, p clientele.EventListParams, opts ...CallOption,
) (*clientele.EventList, error) {
	return fetch[clientele.EventList](ctx, s.c, opts, request{route: "GET /api/events", query: p})
}

// Head sends GET /api/events/head. The last event, with a hash that stands for all up to it: kept elsewhere, it proves
// them.
func (s *Events) Head(ctx context.Context, opts ...CallOption) (*clientele.EventHead, error) {
	return fetch[clientele.EventHead](ctx, s.c, opts, request{route: "GET /api/events/head"})
}

// Retrieve sends GET /api/events/{id}. Retrieve an event, with its object as the change left it.
func (s *Events) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.Event, error) {
	return fetch[clientele.Event](ctx, s.c, opts, request{route: "GET /api/events/{id}", ref: id})
}
