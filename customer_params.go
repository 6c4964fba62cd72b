package clientele

import "time"

// CustomerParams are the fields of a customer that a request may set. Those not sent stay as they are; null clears.
type CustomerParams struct {
	// Only when creating: a Decentralized Identifier that no other customer has.
	DID *string `json:"did,omitempty"`
	// Only when creating: when the customer was created elsewhere, an ISO-8601 moment with its zone, not later than now.
	CreatedAt *time.Time `json:"created_at,omitempty"`
	// The application's own name for the customer, which no other customer has; at most 255 characters.
	ExternalID *string `json:"external_id,omitempty"`
	// Full name, at most 512 characters.
	Name *string `json:"name,omitempty"`
	// Free text, at most 5000 characters.
	Description *string `json:"description,omitempty"`
	// One email address.
	Email *string `json:"email,omitempty"`
	// Phone number with its country code, however it is spaced; kept in E.164 form.
	Phone *string `json:"phone,omitempty"`
	// Parts to change.
	Address *AddressParams `json:"address,omitempty"`
	// Parts to change.
	Shipping *ShippingParams `json:"shipping,omitempty"`
	// Keys to change; null deletes a key. At most 50 keys of at most 64 characters, with any JSON of at most 4 KiB.
	Metadata any `json:"metadata,omitempty"`
	// The currency that balance is written in.
	CurrencyID *string `json:"currency_id,omitempty"`
	// What the numbers of the customer's invoices start with: 3 to 12 capitals and digits.
	InvoicePrefix *string `json:"invoice_prefix,omitempty"`
	// Defaults for the customer's invoices, replaced as a whole.
	InvoiceSettings *InvoiceSettings `json:"invoice_settings,omitempty"`
	// The customer's preferences, any object of at most 4 KiB, replaced as a whole.
	Preference any `json:"preference,omitempty"`
}

// CreditParams are what a request says about a customer's credit.
type CreditParams struct {
	// The currency of the amount.
	CurrencyID string `json:"currency_id"`
	// By how much the credit changes, in the currency's smallest unit: positive gives credit, negative uses it.
	Amount *Amount `json:"amount"`
	// adjustment when absent; refund: the credit was sent back; applied_to_invoice: it pays invoice_id; all but the first
	// are negative. unapplied_from_invoice takes the latter back, and is positive.
	Reason BalanceReason `json:"reason,omitempty"`
	// The invoice it is about.
	InvoiceID string `json:"invoice_id,omitempty"`
	// Free text.
	Description string `json:"description,omitempty"`
	// The day from which on the books count it, such as 2026-01-31; today when absent.
	Date *Day `json:"date,omitempty"`
	// As on a customer.
	Metadata any `json:"metadata,omitempty"`
}

// PortalParams say whose portal a session opens.
type PortalParams struct {
	// Whose: an id or a DID.
	CustomerID string `json:"customer_id"`
}

// AddressParams says which parts of an address to set: nil keeps a part, "" clears it.
type AddressParams struct {
	// ISO 3166-1 alpha-2 country code, in capitals.
	Country *string `json:"country,omitempty"`
	// State, province, prefecture or region.
	State *string `json:"state,omitempty"`
	// City, district, suburb, town or village.
	City *string `json:"city,omitempty"`
	// Street, PO box or company name.
	Line1 *string `json:"line1,omitempty"`
	// Apartment, suite, unit or building.
	Line2 *string `json:"line2,omitempty"`
	// ZIP or postal code.
	PostalCode *string `json:"postal_code,omitempty"`
}

// ShippingParams says what to set of where goods go: nil keeps, "" clears.
type ShippingParams struct {
	// Where to.
	Address *AddressParams `json:"address,omitempty"`
	// The recipient's name.
	Name *string `json:"name,omitempty"`
	// The recipient's phone number in E.164 form.
	Phone *string `json:"phone,omitempty"`
}

// RetrieveOptions is what the body of a retrieve may say; the published client sends it with a GET.
type RetrieveOptions struct {
	// Create the customer when nobody has this DID.
	Create bool `json:"create,omitempty"`
}

// CustomerListParams says which customers to list, which part of them, and in which order. The zero value is the first
// page of all, newest first.
type CustomerListParams struct {
	Window
	// What to sort by, such as updated_at:ASC; newest first when absent.
	Order []string `query:"order,o"`
	// Only objects whose metadata has this value: metadata.plan=gold. At most 10.
	Metadata map[string]string `query:"metadata.,metadata"`
	// Only the customer with this DID, in any of its forms.
	DID string `query:"did"`
	// Only customers with this email address, in any case.
	Email string `query:"email"`
	// Only the customer with this external id.
	ExternalID string `query:"external_id"`
	// Only customers that are delinquent (true) or are not (false).
	Delinquent *bool `query:"delinquent"`
	// Only customers created in a range: created_at[gte], [gt], [lt] or [lte], each a date, an ISO-8601 moment with its
	// zone, or unix seconds.
	CreatedAt TimeRange `query:"created_at"`
	// The customers who are deleted (true), in place of those who are not.
	Deleted bool `query:"deleted"`
	// none leaves out what belongs to each customer.
	Expand string `query:"expand"`
}

// CustomerSearchParams says which customers to search for.
type CustomerSearchParams struct {
	PageParams
	// What to sort by, such as updated_at:ASC.
	Order []string `query:"order,o"`
	// Required. Words that must all occur, "phrases", email:part, metadata.key:part.
	Query string `query:"query"`
	// none leaves out what belongs to each customer.
	Expand string `query:"expand"`
}

// LedgerParams says which movements of a customer's to list.
type LedgerParams struct {
	Window
	// Only movements in this currency.
	CurrencyID string `query:"currency_id"`
	// Only movements that changed the customer's credit (true).
	Credit bool `query:"credit"`
}

// StatementParams bounds a statement, and says which part of its lines is asked for: all without a limit.
type StatementParams struct {
	// The first day where the business is, or a moment, of which that is the day; that of the first movement when absent.
	From Moment `query:"from"`
	// The last day, or a moment, of which that is the day; today when absent.
	To Moment `query:"to"`
	// A moment, or a day, of which that is the end: what was recorded later does not count; now when absent.
	KnownAt Moment `query:"known_at"`
	// How many lines at most, 1 to 1000, the earliest first; all when absent. Balances are those before the first line
	// and after the last.
	Limit int64 `query:"limit"`
	// The lines after the one with this id.
	StartingAfter string `query:"starting_after"`
	// The lines before the one with this id: with limit the last of them.
	EndingBefore string `query:"ending_before"`
}

// StatementPrintParams bounds a statement that is printed, which is whole.
type StatementPrintParams struct {
	// The first day where the business is, or a moment, of which that is the day; that of the first movement when absent.
	From Moment `query:"from"`
	// The last day, or a moment, of which that is the day; today when absent.
	To Moment `query:"to"`
	// A moment, or a day, of which that is the end: what was recorded later does not count; now when absent.
	KnownAt Moment `query:"known_at"`
}
