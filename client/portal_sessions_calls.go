// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"

	"clientele.dev"
)

// End sends DELETE /api/portal-sessions/{id}. End an address at which a customer sees what is their own, before its
// time is over.
func (s *PortalSessions) End(ctx context.Context, id string, opts ...CallOption) (*clientele.PortalSession, error) {
	return fetch[clientele.PortalSession](ctx, s.c, opts, request{route: "DELETE /api/portal-sessions/{id}", ref: id})
}

// Create sends POST /api/portal-sessions. Make an address, good for an hour, at which a customer sees what is due and
// edits contact details.
func (s *PortalSessions) Create(
	ctx context.Context, p clientele.PortalParams, opts ...CallOption,
) (*clientele.PortalSession, error) {
	return fetch[clientele.PortalSession](ctx, s.c, opts, request{route: "POST /api/portal-sessions", body: p})
}
