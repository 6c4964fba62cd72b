package clientele

import (
	"encoding/json"
	"time"
)

// Customer is somebody the business serves: the customer object of the protocol page, with the further fields of the
// published types (@blocklet/payment-types) and external_id, Clientele's own.
type Customer struct {
	// Unique identifier, starting with cus_. Imported ids are kept as they are.
	ID string `json:"id"`
	// Always "customer".
	Object string `json:"object"`
	// True in live mode, false in test mode: two worlds that never see each other.
	Livemode Mode `json:"livemode"`
	// Decentralized Identifier without its did:abt: prefix, or 0x and 40 hex digits; empty when the customer has none.
	DID string `json:"did"`
	// The application's own name for the customer, unique per mode; empty when there is none.
	ExternalID string `json:"external_id"`
	// Full name, at most 512 characters; empty when unknown.
	Name string `json:"name"`
	// Free text for the business, at most 5000 characters.
	Description string `json:"description"`
	// Email address as it was typed, matched without regard to case; empty when unknown.
	Email string `json:"email"`
	// Phone number in E.164 form; empty when unknown.
	Phone string `json:"phone"`
	// Billing address; {} when unknown.
	Address Address `json:"address"`
	// Where goods go; absent when unknown.
	Shipping *Shipping `json:"shipping,omitempty"`
	// Credit balance in the customer's currency (currency_id, or else the base currency), written with that
	// currency's decimals: "100.00". The exact units of every currency are in token_balance.
	Balance string `json:"balance"`
	// Credit per currency id in the currency's smallest unit.
	TokenBalance Balances `json:"token_balance"`
	// The currency of balance; absent when the base currency is meant.
	CurrencyID string `json:"currency_id,omitempty"`
	// Whether the customer has an overdue payment: an uncollectible invoice.
	Delinquent bool `json:"delinquent"`
	// At most 50 keys of at most 64 characters; values are any JSON of at most 4 KiB each.
	Metadata Metadata `json:"metadata"`
	// What the numbers of this customer's invoices start with.
	InvoicePrefix string `json:"invoice_prefix"`
	// Defaults for this customer's invoices; absent when there are none.
	InvoiceSettings *InvoiceSettings `json:"invoice_settings,omitempty"`
	// The sequence number of the customer's next invoice.
	NextInvoiceSequence int64 `json:"next_invoice_sequence"`
	// The customer's preferences, kept as sent; absent when there are none.
	Preference json.RawMessage `json:"preference,omitempty"`
	// When the customer was created: ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
	// When the customer last changed: ISO-8601 UTC with milliseconds.
	UpdatedAt Time `json:"updated_at"`
}

// Balances are amounts by the id of their currency.
type Balances map[string]Amount

// UnmarshalJSON decodes the amounts and gives each its currency.
func (b *Balances) UnmarshalJSON(data []byte) error {
	var amounts map[string]Amount
	if err := json.Unmarshal(data, &amounts); err != nil {
		return err
	}
	for currency, a := range amounts {
		amounts[currency] = a.In(currency)
	}
	*b = amounts
	return nil
}

// CustomerExpanded is a customer and the newest of what belongs to it: up to 1,000 payments and invoices when it is
// retrieved, up to 10 in a list, and none of the fields here with expand=none.
type CustomerExpanded struct {
	Customer
	// Payments received from the customer, newest first.
	Payments []Payment `json:"payments,omitzero"`
	// Subscriptions that the customer had elsewhere and that moved in, newest first: nothing renews them here.
	Subscriptions []json.RawMessage `json:"subscriptions,omitzero"`
	// Invoices of the customer, newest first.
	Invoices []Invoice `json:"invoices,omitzero"`
	// How many payments and invoices the customer has in all.
	PaymentCount int64 `json:"payment_count,omitzero"`
	InvoiceCount int64 `json:"invoice_count,omitzero"`
	// True for a customer who is deleted, who is found in the list of those only.
	Deleted bool `json:"deleted,omitzero"`
	// The uncollectible invoices that make the customer delinquent; only when asked for.
	DelinquentBecause []Invoice `json:"delinquent_because,omitempty"`
}

// Address is a postal address. Absent parts are left out.
type Address struct {
	// ISO 3166-1 alpha-2 country code, in capitals.
	Country string `json:"country,omitempty"`
	// State, province, prefecture or region.
	State string `json:"state,omitempty"`
	// City, district, suburb, town or village.
	City string `json:"city,omitempty"`
	// Street, PO box or company name.
	Line1 string `json:"line1,omitempty"`
	// Apartment, suite, unit or building.
	Line2 string `json:"line2,omitempty"`
	// ZIP or postal code.
	PostalCode string `json:"postal_code,omitempty"`
}

// Shipping says where goods for a customer go, and to whom.
type Shipping struct {
	// Where to.
	Address Address `json:"address"`
	// The recipient's name.
	Name string `json:"name"`
	// The recipient's phone number in E.164 form.
	Phone string `json:"phone"`
}

// InvoiceSettings are a customer's defaults for new invoices.
type InvoiceSettings struct {
	// Shown on every invoice.
	CustomFields []CustomField `json:"custom_fields,omitempty"`
	// A payment method's id.
	DefaultPaymentMethod string `json:"default_payment_method,omitempty"`
	// Printed at the foot of every invoice.
	Footer string `json:"footer,omitempty"`
	// Whether the customer's credit pays an invoice, as far as it goes, when the invoice is finalized.
	ApplyCredit bool `json:"apply_credit,omitzero"`
	// In place of the settings' uncollectible_after_days for this customer; -1 for never.
	UncollectibleAfterDays *int64 `json:"uncollectible_after_days,omitempty"`
}

// CustomField is a labelled line on an invoice.
type CustomField struct {
	// The label.
	Name string `json:"name"`
	// The text beside it.
	Value string `json:"value"`
}

// Metadata is what an application attaches to an object: keys with any JSON, kept exactly as sent (a number keeps its
// digits).
type Metadata map[string]json.RawMessage

// String returns the key's value when it is a JSON string, and "" otherwise.
func (m Metadata) String(key string) string {
	var s string
	if json.Unmarshal(m[key], &s) != nil {
		return ""
	}
	return s
}

// Time is a moment on the wire: ISO-8601 in UTC with exactly three decimals of a second.
type Time struct{ time.Time }

const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// At is t as the wire has it: in UTC, cut to the millisecond.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// String writes the moment as the wire does.
func (t Time) String() string { return t.UTC().Format(timeLayout) }

// MarshalJSON writes the moment as a string.
func (t Time) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// UnmarshalJSON reads any RFC 3339 moment.
func (t *Time) UnmarshalJSON(data []byte) error {
	var plain time.Time
	if err := plain.UnmarshalJSON(data); err != nil {
		return err
	}
	*t = At(plain)
	return nil
}

// Deleted says that an object was deleted.
type Deleted struct {
	// The object's id.
	ID string `json:"id"`
	// The object's kind.
	Object string `json:"object"`
	// Always true.
	Deleted bool `json:"deleted"`
}
