package clientele

import "encoding/json"

// PaymentCurrency is a currency invoices may be written in, with the fields of the published types.
type PaymentCurrency struct {
	// Unique identifier, starting with curr_.
	ID string `json:"id"`
	// Always "payment_currency".
	Object string `json:"object"`
	// The payment method the currency belongs to.
	PaymentMethodID string `json:"payment_method_id"`
	// Whether new invoices may use it.
	Active bool `json:"active"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// Whether it can be removed.
	Locked bool `json:"locked"`
	// Whether a customer without a currency_id has its balance written in this one.
	IsBaseCurrency bool `json:"is_base_currency"`
	// US Dollar.
	Name string `json:"name"`
	// Free text.
	Description string `json:"description"`
	// A picture's address.
	Logo string `json:"logo"`
	// USD.
	Symbol string `json:"symbol"`
	// How many decimals the main unit has: 2 for USD, 0 for JPY, 18 for ABT. At most 18.
	Decimal int `json:"decimal"`
	// How many decimals people are shown.
	MaximumPrecision int `json:"maximum_precision"`
	// The smallest and largest payment, in the smallest unit.
	MinimumPaymentAmount Amount `json:"minimum_payment_amount"`
	MaximumPaymentAmount Amount `json:"maximum_payment_amount"`
	// The token contract's address, for a token.
	Contract string `json:"contract,omitempty"`
	// standard, or credit.
	Type string `json:"type"`
	// As on a customer.
	Metadata Metadata `json:"metadata"`
	// ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
	UpdatedAt Time `json:"updated_at"`
}

// UnmarshalJSON decodes a currency and gives its amounts this currency.
func (c *PaymentCurrency) UnmarshalJSON(data []byte) error {
	type plain PaymentCurrency
	if err := json.Unmarshal(data, (*plain)(c)); err != nil {
		return err
	}
	c.MinimumPaymentAmount, c.MaximumPaymentAmount = c.MinimumPaymentAmount.In(c.ID), c.MaximumPaymentAmount.In(c.ID)
	return nil
}

// PaymentMethod is a way money arrives, with the fields of the published types.
type PaymentMethod struct {
	// Unique identifier, starting with pm_.
	ID string `json:"id"`
	// Always "payment_method".
	Object string `json:"object"`
	// Whether it can be used.
	Active bool `json:"active"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// Whether it can be removed.
	Locked bool `json:"locked"`
	// manual, or one of the published types: stripe, arcblock, ethereum, bitcoin, base.
	Type string `json:"type"`
	// Bank transfer.
	Name string `json:"name"`
	// Free text.
	Description string `json:"description"`
	// A picture's address.
	Logo string `json:"logo"`
	// The currency used when none is named.
	DefaultCurrencyID string `json:"default_currency_id,omitempty"`
	// How a payment is confirmed.
	Confirmation Confirmation `json:"confirmation"`
	// Settings of the method's type, without secrets.
	Settings json.RawMessage `json:"settings"`
	// What the method can do.
	Features MethodFeatures `json:"features"`
	// As on a customer.
	Metadata Metadata `json:"metadata"`
	// ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
	UpdatedAt Time `json:"updated_at"`
}

// Confirmation says when a payment counts as received.
type Confirmation struct {
	// immediate, callback or block.
	Type string `json:"type"`
	// How many blocks, for block.
	Block int64 `json:"block,omitzero"`
}

// MethodFeatures says what a payment method can do.
type MethodFeatures struct {
	// Whether it can be charged again and again.
	Recurring bool `json:"recurring"`
	// Whether money can be sent back.
	Refund bool `json:"refund"`
	// Whether a payment can be disputed.
	Dispute bool `json:"dispute"`
}
