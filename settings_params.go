package clientele

// SettingsParams are what a request says about the settings. What is absent stays as it is.
type SettingsParams struct {
	// Who issues the invoices; replaced as a whole.
	Business *Business `json:"business,omitempty"`
	// How amounts and dates are written for people: a BCP 47 language tag.
	Locale *string `json:"locale,omitempty"`
	// Where the business is, which says when its days begin: a name of the IANA time zone database, such as
	// Europe/Berlin. Invoices that were issued keep their due day.
	TimeZone *string `json:"time_zone,omitempty"`
	// After how many days past due an open invoice becomes uncollectible: 0 to 3650, or -1 for never.
	UncollectibleAfterDays *int64 `json:"uncollectible_after_days,omitempty"`
	// Onto which accounts the journal books; replaced as a whole. Closed days keep those that there were.
	Accounting *Accounting `json:"accounting,omitempty"`
}

// AccountParams are what a request says about who issues the invoices. What is absent stays as it is.
type AccountParams struct {
	// The name.
	Name *string `json:"name,omitempty"`
	// The postal address; replaced as a whole.
	Address *Address `json:"address,omitempty"`
	// Where customers write to.
	Email *string `json:"email,omitempty"`
	// The phone number, as it is to be printed.
	Phone *string `json:"phone,omitempty"`
	// The tax or registration number, as it is to be printed.
	TaxID *string `json:"tax_id,omitempty"`
	// How to pay, printed on every invoice: a bank account, for instance.
	PaymentInstructions *string `json:"payment_instructions,omitempty"`
	// A picture: a data: URL of a PNG or JPEG, at most 64 KiB and 1,000 pixels either way.
	Logo *string `json:"logo,omitempty"`
	// Printed at the foot of every invoice and statement.
	Footer *string `json:"footer,omitempty"`
}

// CurrencyParams are what a request says about a new payment currency.
type CurrencyParams struct {
	// The payment method it belongs to; the manual one when absent.
	PaymentMethodID string `json:"payment_method_id,omitempty"`
	// US Dollar.
	Name string `json:"name"`
	// USD.
	Symbol string `json:"symbol"`
	// How many decimals the main unit has, 0 to 18.
	Decimal *int64 `json:"decimal"`
	// Free text.
	Description string `json:"description,omitempty"`
	// A picture's address.
	Logo string `json:"logo,omitempty"`
	// The token contract's address, for a token.
	Contract string `json:"contract,omitempty"`
	// How many decimals people are shown; decimal when absent.
	MaximumPrecision *int64 `json:"maximum_precision,omitempty"`
	// The smallest and largest payment, in the smallest unit; 0, for no bound, when absent.
	MinimumPaymentAmount *Amount `json:"minimum_payment_amount,omitempty"`
	MaximumPaymentAmount *Amount `json:"maximum_payment_amount,omitempty"`
	// Whether new invoices may use it; true when absent.
	Active *bool `json:"active,omitempty"`
	// As on a customer.
	Metadata any `json:"metadata,omitempty"`
}

// MethodParams are what a request says about a new payment method.
type MethodParams struct {
	// manual, stripe, arcblock, ethereum, bitcoin or base.
	Type string `json:"type"`
	// Bank transfer.
	Name string `json:"name"`
	// Free text.
	Description string `json:"description,omitempty"`
	// A picture's address.
	Logo string `json:"logo,omitempty"`
	// Whether it can be used; true when absent.
	Active *bool `json:"active,omitempty"`
	// How a payment is confirmed; immediate when absent.
	Confirmation *Confirmation `json:"confirmation,omitempty"`
	// What the method can do; nothing when absent.
	Features *MethodFeatures `json:"features,omitempty"`
	// Settings of the method's type, such as arcblock.api_host, an object of at most 4 KiB; secrets are refused.
	Settings any `json:"settings,omitempty"`
	// Whether it can be removed; false when absent.
	Locked bool `json:"locked,omitempty"`
	// The mode of the request, which can be left out.
	Livemode *Mode `json:"livemode,omitempty"`
	// As on a customer.
	Metadata any `json:"metadata,omitempty"`
}

// KeyParams say what a new key is.
type KeyParams struct {
	// What the key is for, in up to 255 characters.
	Name string `json:"name"`
	// What it allows: metrics (GET /metrics alone), read, write, or admin, which also makes and revokes keys.
	Scope string `json:"scope"`
	// When it ends by itself, in the future; absent when it does not.
	ExpiresAt *Time `json:"expires_at,omitempty"`
}

// RevokeParams says what ends together with a key.
type RevokeParams struct {
	// true also revokes the keys that it made, and those that they made.
	Made bool `query:"made"`
}
