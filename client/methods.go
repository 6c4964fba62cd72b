package client

import (
	"context"

	"clientele.dev"
)

// PaymentMethods are the payment methods of the key's mode.
type PaymentMethods struct{ c *Client }

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
	ctx context.Context, p clientele.MethodParams, opts ...CallOption,
) (*clientele.PaymentMethod, error) {
	return fetch[clientele.PaymentMethod](ctx, s.c, opts, request{route: "POST /api/payment-methods", body: p})
}
