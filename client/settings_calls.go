// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"

	"clientele.dev"
)

// Retrieve sends GET /api/settings. What the business has decided for all its customers.
func (s *Settings) Retrieve(ctx context.Context, opts ...CallOption) (*clientele.Settings, error) {
	return fetch[clientele.Settings](ctx, s.c, opts, request{route: "GET /api/settings"})
}

// Update sends PUT /api/settings. Update what is sent of the settings.
func (s *Settings) Update(
	ctx context.Context, p clientele.SettingsParams, opts ...CallOption,
) (*clientele.Settings, error) {
	return fetch[clientele.Settings](ctx, s.c, opts, request{route: "PUT /api/settings", body: p})
}

// Account sends GET /api/account. Who issues the invoices: the settings' business, alone.
func (s *Settings) Account(ctx context.Context, opts ...CallOption) (*clientele.Business, error) {
	return fetch[clientele.Business](ctx, s.c, opts, request{route: "GET /api/account"})
}

// UpdateAccount sends PUT /api/account. Update what is sent of it.
func (s *Settings) UpdateAccount(
	ctx context.Context, p clientele.AccountParams, opts ...CallOption,
) (*clientele.Business, error) {
	return fetch[clientele.Business](ctx, s.c, opts, request{route: "PUT /api/account", body: p})
}
