package client

import (
	"context"

	"clientele.dev"
)

// PortalSessions let customers see what is their own.
type PortalSessions struct{ c *Client }

// Create makes an address, good for an hour, at which a customer sees what is due and edits contact details.
//
//clientele:operation POST /api/portal-sessions
func (s *PortalSessions) Create(
	ctx context.Context, p clientele.PortalParams, opts ...CallOption,
) (*clientele.PortalSession, error) {
	return fetch[clientele.PortalSession](ctx, s.c, opts, request{route: "POST /api/portal-sessions", body: p})
}

// End ends a session, by its id, before its time is over: the address opens nothing from then on. An unknown one, and
// one that has ended, is [clientele.ErrorCodeNotFound].
//
//clientele:operation DELETE /api/portal-sessions/{id}
func (s *PortalSessions) End(ctx context.Context, id string, opts ...CallOption) (*clientele.PortalSession, error) {
	return fetch[clientele.PortalSession](ctx, s.c, opts, request{route: "DELETE /api/portal-sessions/{id}", ref: id})
}
