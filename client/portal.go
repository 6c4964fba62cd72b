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
	ctx context.Context, customerID string, opts ...CallOption,
) (*clientele.PortalSession, error) {
	body := struct {
		CustomerID string `json:"customer_id"`
	}{customerID}
	return fetch[clientele.PortalSession](ctx, s.c, opts, request{route: "POST /api/portal-sessions", body: body})
}
