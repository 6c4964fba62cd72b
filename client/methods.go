package client

import (
	"context"

	"clientele.dev"
)

// PaymentMethods are the payment methods of the key's mode.
type PaymentMethods struct{ c *Client }

// PaymentMethodParams describes a new payment method.
type PaymentMethodParams struct {
	// manual, or one of the published types: stripe, arcblock, ethereum, bitcoin, base.
	Type string `json:"type"`
	// Bank transfer.
	Name string `json:"name"`
	// Whether it can be used; true when nil.
	Active *bool `json:"active,omitempty"`
	// How a payment is confirmed; immediate when nil.
	Confirmation *clientele.Confirmation `json:"confirmation,omitempty"`
	// What the method can do; nothing when nil.
	Features *clientele.MethodFeatures `json:"features,omitempty"`
	// Free text.
	Description string `json:"description,omitempty"`
	// A picture's address.
	Logo string `json:"logo,omitempty"`
	// Settings by type, such as arcblock, without secrets.
	Settings map[string]any `json:"settings,omitempty"`
	// Whether it can be removed.
	Locked bool `json:"locked,omitempty"`
	// As on a customer.
	Metadata map[string]any `json:"metadata,omitempty"`
}

// List answers every payment method.
//
//clientele:operation GET /api/payment-methods
func (s *PaymentMethods) List(ctx context.Context, opts ...CallOption) ([]clientele.PaymentMethod, error) {
	list, err := fetch[[]clientele.PaymentMethod](ctx, s.c, opts, request{route: "GET /api/payment-methods"})
	if err != nil {
		return nil, err
	}
	return *list, nil
}

// Retrieve answers one payment method.
//
//clientele:operation GET /api/payment-methods/{id}
func (s *PaymentMethods) Retrieve(
	ctx context.Context, id string, opts ...CallOption,
) (*clientele.PaymentMethod, error) {
	return fetch[clientele.PaymentMethod](ctx, s.c, opts, request{route: "GET /api/payment-methods/{id}", ref: id})
}

// Create adds a payment method.
//
//clientele:operation POST /api/payment-methods
func (s *PaymentMethods) Create(
	ctx context.Context, p PaymentMethodParams, opts ...CallOption,
) (*clientele.PaymentMethod, error) {
	return fetch[clientele.PaymentMethod](ctx, s.c, opts, request{route: "POST /api/payment-methods", body: p})
}
