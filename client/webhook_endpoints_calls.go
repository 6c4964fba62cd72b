// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"

	"clientele.dev"
)

// Create sends POST /api/webhook-endpoints. Have an address told of events. The answer has the secret that signs them,
// this once.
func (s *WebhookEndpoints) Create(
	ctx context.Context, p clientele.WebhookEndpointParams, opts ...CallOption,
) (*clientele.WebhookEndpoint, error) {
	return fetch[clientele.WebhookEndpoint](ctx, s.c, opts, request{route: "POST /api/webhook-endpoints", body: p})
}

// List sends GET /api/webhook-endpoints. List the webhook endpoints, newest first, each with the last attempts.
func (s *WebhookEndpoints) List(
	ctx context.Context, p clientele.PageParams, opts ...CallOption,
) (*clientele.Page[clientele.WebhookEndpointExpanded], error) {
	return fetch[clientele.Page[clientele.WebhookEndpointExpanded]](ctx, s.c, opts,
		request{route: "GET /api/webhook-endpoints", query: p})
}

// Retrieve sends GET /api/webhook-endpoints/{id}. Retrieve a webhook endpoint, with the last attempts.
func (s *WebhookEndpoints) Retrieve(
	ctx context.Context, id string, opts ...CallOption,
) (*clientele.WebhookEndpointExpanded, error) {
	return fetch[clientele.WebhookEndpointExpanded](ctx, s.c, opts,
		request{route: "GET /api/webhook-endpoints/{id}", ref: id})
}

// Update sends PUT /api/webhook-endpoints/{id}. Update what is sent. One that is enabled again is told of what waits,
// not of what happened meanwhile.
func (s *WebhookEndpoints) Update(
	ctx context.Context, id string, p clientele.WebhookEndpointParams, opts ...CallOption,
) (*clientele.WebhookEndpoint, error) {
	return fetch[clientele.WebhookEndpoint](ctx, s.c, opts,
		request{route: "PUT /api/webhook-endpoints/{id}", ref: id, body: p})
}

// Delete sends DELETE /api/webhook-endpoints/{id}. Delete a webhook endpoint; the answer is what it was.
func (s *WebhookEndpoints) Delete(
	ctx context.Context, id string, opts ...CallOption,
) (*clientele.WebhookEndpoint, error) {
	return fetch[clientele.WebhookEndpoint](ctx, s.c, opts,
		request{route: "DELETE /api/webhook-endpoints/{id}", ref: id})
}

// Attempts sends GET /api/webhook-endpoints/{id}/attempts. List what was sent to a webhook endpoint in the last 30
// days, and what it answered, newest first.
func (s *WebhookEndpoints) Attempts(
	ctx context.Context, id string, p clientele.PageParams, opts ...CallOption,
) (*clientele.Page[clientele.WebhookAttempt], error) {
	return fetch[clientele.Page[clientele.WebhookAttempt]](ctx, s.c, opts,
		request{route: "GET /api/webhook-endpoints/{id}/attempts", ref: id, query: p})
}

// Rotate sends POST /api/webhook-endpoints/{id}/rotate. Make a new secret, which the answer has, this once. The former
// signs beside it for a day.
func (s *WebhookEndpoints) Rotate(
	ctx context.Context, id string, opts ...CallOption,
) (*clientele.WebhookEndpoint, error) {
	return fetch[clientele.WebhookEndpoint](ctx, s.c, opts,
		request{route: "POST /api/webhook-endpoints/{id}/rotate", ref: id})
}

// Ping sends POST /api/webhook-endpoints/{id}/ping. Have an event, webhook_endpoint.pinged, sent to a webhook
// endpoint, to try it.
func (s *WebhookEndpoints) Ping(
	ctx context.Context, id string, opts ...CallOption,
) (*clientele.WebhookEndpoint, error) {
	return fetch[clientele.WebhookEndpoint](ctx, s.c, opts,
		request{route: "POST /api/webhook-endpoints/{id}/ping", ref: id})
}

// Resend sends POST /api/webhook-endpoints/{id}/resend. Send an event to a webhook endpoint again, whatever types it
// is told of.
func (s *WebhookEndpoints) Resend(
	ctx context.Context, id string, p clientele.WebhookEventParams, opts ...CallOption,
) (*clientele.WebhookQueued, error) {
	return fetch[clientele.WebhookQueued](ctx, s.c, opts,
		request{route: "POST /api/webhook-endpoints/{id}/resend", ref: id, body: p})
}

// Replay sends POST /api/webhook-endpoints/{id}/replay. Send the events after one to a webhook endpoint again: up to
// 10,000, of the types it is told of.
func (s *WebhookEndpoints) Replay(
	ctx context.Context, id string, p clientele.WebhookReplayParams, opts ...CallOption,
) (*clientele.WebhookQueued, error) {
	return fetch[clientele.WebhookQueued](ctx, s.c, opts,
		request{route: "POST /api/webhook-endpoints/{id}/replay", ref: id, body: p})
}
