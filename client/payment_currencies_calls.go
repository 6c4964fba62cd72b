// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

import (
	"context"

	"clientele.dev"
)

// Create sends POST /api/payment-currencies. Add a currency.
func (s *PaymentCurrencies) Create(
	ctx context.Context, p clientele.CurrencyParams, opts ...CallOption,
) (*clientele.PaymentCurrency, error) {
	return fetch[clientele.PaymentCurrency](ctx, s.c, opts, request{route: "POST /api/payment-currencies", body: p})
}

// List sends GET /api/payment-currencies. List all currencies.
func (s *PaymentCurrencies) List(ctx context.Context, opts ...CallOption) ([]clientele.PaymentCurrency, error) {
	return fetchList[clientele.PaymentCurrency](ctx, s.c, opts, request{route: "GET /api/payment-currencies"})
}

// Retrieve sends GET /api/payment-currencies/{id}. Retrieve a currency.
func (s *PaymentCurrencies) Retrieve(
	ctx context.Context, id string, opts ...CallOption,
) (*clientele.PaymentCurrency, error) {
	return fetch[clientele.PaymentCurrency](ctx, s.c, opts, request{route: "GET /api/payment-currencies/{id}", ref: id})
}
