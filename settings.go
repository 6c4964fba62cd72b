package clientele

// NeverUncollectible in place of a number of days leaves unpaid invoices open for ever.
const NeverUncollectible = -1

// Settings are what a business decides once for all its customers, per mode.
type Settings struct {
	// Always "settings".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// Who issues the invoices, as printed on them.
	Business Business `json:"business"`
	// How amounts and dates are written for people: a BCP 47 language tag, "en" at first.
	Locale string `json:"locale"`
	// After how many days past due an open invoice becomes uncollectible: 0 to 3650, 30 at first, or -1 for never. A
	// customer's invoice_settings may say otherwise.
	UncollectibleAfterDays int64 `json:"uncollectible_after_days"`
	// When the settings last changed: ISO-8601 UTC with milliseconds.
	UpdatedAt Time `json:"updated_at"`
}

// Business says who issues invoices.
type Business struct {
	// The name.
	Name string `json:"name"`
	// The postal address.
	Address Address `json:"address"`
	// Where customers write to.
	Email string `json:"email"`
	// The phone number, as it is to be printed.
	Phone string `json:"phone"`
	// The tax or registration number, as it is to be printed.
	TaxID string `json:"tax_id"`
	// How to pay, printed on every invoice: a bank account, for instance.
	PaymentInstructions string `json:"payment_instructions"`
	// A picture printed at the head: a data: URL of a PNG or JPEG in base64, at most 64 KiB and 1,000 pixels either way;
	// empty when there is none.
	Logo string `json:"logo"`
	// Printed at the foot of every invoice and statement: a registration, say.
	Footer string `json:"footer"`
}
