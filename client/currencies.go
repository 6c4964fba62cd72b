package client

import (
	"context"

	"clientele.dev"
)

// PaymentCurrencies are the currencies of the key's mode.
type PaymentCurrencies struct{ c *Client }

// PaymentCurrencyParams describes a new currency.
type PaymentCurrencyParams struct {
	// The payment method it belongs to; "" is the manual one.
	PaymentMethodID string `json:"payment_method_id,omitempty"`
	// US Dollar.
	Name string `json:"name"`
	// USD.
	Symbol string `json:"symbol"`
	// How many decimals the main unit has: 2 for USD, 0 for JPY, 18 for ABT.
	Decimal int `json:"decimal"`
	// How many decimals people are shown; as many as Decimal when nil.
	MaximumPrecision *int `json:"maximum_precision,omitempty"`
	// The smallest and largest payment, in the smallest unit; no bound when nil.
	MinimumPaymentAmount *clientele.Amount `json:"minimum_payment_amount,omitempty"`
	MaximumPaymentAmount *clientele.Amount `json:"maximum_payment_amount,omitempty"`
	// Whether new invoices may use it; true when nil.
	Active *bool `json:"active,omitempty"`
	// Free text.
	Description string `json:"description,omitempty"`
	// A picture's address.
	Logo string `json:"logo,omitempty"`
	// The token contract's address, for a token.
	Contract string `json:"contract,omitempty"`
	// As on a customer.
	Metadata map[string]any `json:"metadata,omitempty"`
}

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
	ctx context.Context, p PaymentCurrencyParams, opts ...CallOption,
) (*clientele.PaymentCurrency, error) {
	return fetch[clientele.PaymentCurrency](ctx, s.c, opts, request{route: "POST /api/payment-currencies", body: p})
}
