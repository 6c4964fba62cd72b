// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"

	"clientele.dev"
)

// Create sends POST /api/payment-methods. Add a payment method.
func (s *PaymentMethods) Create(
	ctx context.Context, p clientele.MethodParams, opts ...CallOption,
) (*clientele.PaymentMethod, error) {
	return fetch[clientele.PaymentMethod](ctx, s.c, opts, request{route: "POST /api/payment-methods", body: p})
}

// List sends GET /api/payment-methods. List all payment methods.
func (s *PaymentMethods) List(ctx context.Context, opts ...CallOption) ([]clientele.PaymentMethod, error) {
	return fetchList[clientele.PaymentMethod](ctx, s.c, opts, request{route: "GET /api/payment-methods"})
}

// Retrieve sends GET /api/payment-methods/{id}. Retrieve a payment method.
func (s *PaymentMethods) Retrieve(
	ctx context.Context, id string, opts ...CallOption,
) (*clientele.PaymentMethod, error) {
	return fetch[clientele.PaymentMethod](ctx, s.c, opts, request{route: "GET /api/payment-methods/{id}", ref: id})
}
