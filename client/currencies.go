package client

import (
	"context"

	"clientele.dev"
)

// PaymentCurrencies are the currencies of the key's mode.
type PaymentCurrencies struct{ c *Client }

// List answers every currency.
//
//clientele:operation GET /api/payment-currencies
func (s *PaymentCurrencies) List(ctx context.Context, opts ...CallOption) ([]clientele.PaymentCurrency, error) {
	list, err := fetch[[]clientele.PaymentCurrency](ctx, s.c, opts, request{route: "GET /api/payment-currencies"})
	if err != nil {
		return nil, err
	}
	return *list, nil
}

// Retrieve answers one currency.
//
//clientele:operation GET /api/payment-currencies/{id}
func (s *PaymentCurrencies) Retrieve(
	ctx context.Context, id string, opts ...CallOption,
) (*clientele.PaymentCurrency, error) {
	return fetch[clientele.PaymentCurrency](ctx, s.c, opts, request{route: "GET /api/payment-currencies/{id}", ref: id})
}

// Create adds a currency.
//
//clientele:operation POST /api/payment-currencies
func (s *PaymentCurrencies) Create(
	ctx context.Context, p clientele.CurrencyParams, opts ...CallOption,
) (*clientele.PaymentCurrency, error) {
	return fetch[clientele.PaymentCurrency](ctx, s.c, opts, request{route: "POST /api/payment-currencies", body: p})
}
