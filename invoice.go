package clientele

import "encoding/json"

// InvoiceStatus is where an invoice is in its life.
type InvoiceStatus string

// The states of an invoice. A draft may change; finalizing opens it; the others end it, though an uncollectible
// invoice may still be paid or voided.
const (
	InvoiceDraft         InvoiceStatus = "draft"
	InvoiceOpen          InvoiceStatus = "open"
	InvoicePaid          InvoiceStatus = "paid"
	InvoiceUncollectible InvoiceStatus = "uncollectible"
	InvoiceVoid          InvoiceStatus = "void"
)

// Why an invoice exists.
const (
	BillingReasonManual = "manual"
	BillingReasonDebit  = "debit"
)

// Invoice is what a customer is asked to pay, with the fields of the published types. All amounts are of one currency,
// currency_id, in its smallest unit.
type Invoice struct {
	// Unique identifier, starting with in_.
	ID string `json:"id"`
	// Always "invoice".
	Object string `json:"object"`
	// The printed number, given at finalization; empty for a draft.
	Number string `json:"number"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// Free text shown on the invoice.
	Description string `json:"description,omitempty"`
	// What appears on the customer's bank statement.
	StatementDescriptor string `json:"statement_descriptor"`
	// Start and end of the period the invoice is for, in unix seconds.
	PeriodStart int64 `json:"period_start"`
	PeriodEnd   int64 `json:"period_end"`
	// Whether the server moves the invoice along by itself.
	AutoAdvance bool `json:"auto_advance"`
	// Whether status is paid.
	Paid bool `json:"paid"`
	// Whether it was paid outside Clientele.
	PaidOutOfBand bool `json:"paid_out_of_band"`
	// One of draft, open, paid, uncollectible, void.
	Status InvoiceStatus `json:"status"`
	// How money is collected; always send_invoice.
	CollectionMethod string `json:"collection_method"`
	// Why the invoice exists: manual, or debit, when money or credit was given back for a payment that did not come after
	// all.
	BillingReason string `json:"billing_reason"`
	// The currency of every amount here.
	CurrencyID string `json:"currency_id"`
	// Who is asked to pay.
	CustomerID string `json:"customer_id"`
	// The sum of the lines.
	Subtotal Amount `json:"subtotal"`
	// The sum of the lines without tax.
	SubtotalExcludingTax Amount `json:"subtotal_excluding_tax"`
	// The sum of the lines' tax.
	Tax Amount `json:"tax"`
	// Subtotal and tax. Always amount_paid + amount_credited + pre_payment_credit_notes_amount + amount_written_off +
	// amount_remaining.
	Total Amount `json:"total"`
	// What is to be paid with money: the total less amount_credited and pre_payment_credit_notes_amount.
	AmountDue Amount `json:"amount_due"`
	// What has been paid with money.
	AmountPaid Amount `json:"amount_paid"`
	// What has been paid with the customer's credit.
	AmountCredited Amount `json:"amount_credited"`
	// What is left to pay.
	AmountRemaining Amount `json:"amount_remaining"`
	// What is no longer owed because the invoice was voided, or was written off as bad debt.
	AmountWrittenOff Amount `json:"amount_written_off"`
	// What credit notes took off what was left to pay.
	PrePaymentCreditNotesAmount Amount `json:"pre_payment_credit_notes_amount"`
	// What credit notes gave back as credit or money, having been paid already.
	PostPaymentCreditNotesAmount Amount `json:"post_payment_credit_notes_amount"`
	// Shipping.
	AmountShipping Amount `json:"amount_shipping"`
	// The customer's credit in this currency before the invoice was finalized.
	StartingBalance Amount `json:"starting_balance"`
	// The customer's credit in this currency after the invoice was finalized.
	EndingBalance Amount `json:"ending_balance"`
	// The customer's credit per currency id before and after the invoice was finalized; absent for a draft.
	StartingTokenBalance Balances `json:"starting_token_balance,omitempty"`
	EndingTokenBalance   Balances `json:"ending_token_balance,omitempty"`
	// How often payment was attempted.
	AttemptCount int64 `json:"attempt_count"`
	// Whether payment was attempted.
	Attempted bool `json:"attempted"`
	// Labelled lines shown on the invoice.
	CustomFields []CustomField `json:"custom_fields"`
	// The customer as printed on a finalized invoice.
	CustomerAddress *Address `json:"customer_address,omitempty"`
	CustomerEmail   string   `json:"customer_email,omitempty"`
	CustomerName    string   `json:"customer_name,omitempty"`
	CustomerPhone   string   `json:"customer_phone,omitempty"`
	// When payment is due, in unix seconds; absent when it is due on receipt.
	DueDate int64 `json:"due_date,omitzero"`
	// The calendar day of due_date where the business is, by the time_zone of the settings when due_date was set or the
	// invoice was finalized. It is late from the day after. Absent for a draft that is due on receipt.
	DueDay Day `json:"due_day,omitzero"`
	// When the invoice took effect, in unix seconds; absent for a draft.
	EffectiveAt int64 `json:"effective_at,omitzero"`
	// The day of issue where the business is, from which on the books count the invoice: that of effective_at. Absent for
	// a draft that has none yet.
	Date Day `json:"date,omitzero"`
	// Printed at the foot.
	Footer string `json:"footer,omitempty"`
	// The payment method its currency belongs to.
	DefaultPaymentMethodID string `json:"default_payment_method_id"`
	// Why the invoice is not to be marked uncollectible by itself, and until when; absent when nothing holds it.
	Hold *InvoiceHold `json:"hold,omitempty"`
	// The version of the settings that it was issued with, and is printed with: who issues it, in which language; absent
	// for a draft, and when the settings had not been touched.
	SettingsVersion int64 `json:"settings_version,omitzero"`
	// When the invoice entered each state, in unix seconds.
	StatusTransitions StatusTransitions `json:"status_transitions"`
	// As on a customer.
	Metadata Metadata `json:"metadata"`
	// What is charged for.
	Lines []InvoiceLine `json:"lines"`
	// When the invoice was created: ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
	// When the invoice last changed: ISO-8601 UTC with milliseconds.
	UpdatedAt Time `json:"updated_at"`
}

// InvoiceHold keeps an open invoice from being marked uncollectible by itself: a promise to pay, a dispute.
type InvoiceHold struct {
	// Until when, in unix seconds.
	Until int64 `json:"until"`
	// Why.
	Reason string `json:"reason"`
}

// InvoiceLine is one thing an invoice charges for.
type InvoiceLine struct {
	// Unique identifier, starting with ii_.
	ID string `json:"id"`
	// Always "invoice_item".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// Quantity times unit_amount.
	Amount Amount `json:"amount"`
	// How many.
	Quantity int64 `json:"quantity"`
	// What one costs.
	UnitAmount Amount `json:"unit_amount"`
	// Tax on the whole line, beside amount.
	TaxAmount Amount `json:"tax_amount"`
	// What it is.
	Description string `json:"description"`
	// The invoice's currency.
	CurrencyID string `json:"currency_id"`
	// The invoice's customer.
	CustomerID string `json:"customer_id"`
	// The invoice.
	InvoiceID string `json:"invoice_id"`
}

// InvoiceLineExpanded is a line with the fields of the published types that applications read and Clientele has nothing
// to say in: it has no products, prices, discounts or subscriptions. They are made of the line.
type InvoiceLineExpanded struct {
	InvoiceLine
	// Always empty.
	PriceID string `json:"price_id"`
	// What one costs, as if it had a price.
	Price LinePrice `json:"price"`
	// Always false.
	Discountable bool `json:"discountable"`
	// Always empty.
	Discounts []string `json:"discounts"`
	// Always empty.
	DiscountAmounts []json.RawMessage `json:"discount_amounts"`
	// Always false.
	Proration bool `json:"proration"`
	// Always empty.
	ProrationDetails struct{} `json:"proration_details"`
	// Always empty.
	Metadata Metadata `json:"metadata"`
	// The invoice's.
	CreatedAt Time `json:"created_at"`
	UpdatedAt Time `json:"updated_at"`
}

// LinePrice is what one of a line costs, in the form of the published types' price.
type LinePrice struct {
	// Always empty.
	ID string `json:"id"`
	// Always "price".
	Object string `json:"object"`
	// Always empty.
	ProductID string `json:"product_id"`
	// What the line is, as if it were a product.
	Product LineProduct `json:"product"`
	// Always null.
	Nickname json.RawMessage `json:"nickname"`
	// Always true.
	Active bool `json:"active"`
	// The invoice's.
	Livemode Mode `json:"livemode"`
	// Always false.
	Locked bool `json:"locked"`
	// Always "one_time".
	Type string `json:"type"`
	// Always "per_unit".
	BillingScheme string `json:"billing_scheme"`
	// The line's.
	UnitAmount Amount `json:"unit_amount"`
	// The invoice's.
	CurrencyID string `json:"currency_id"`
	// The invoice's.
	Currency PaymentCurrency `json:"currency"`
	// Always empty.
	CurrencyOptions []json.RawMessage `json:"currency_options"`
	// Always null.
	Recurring        json.RawMessage `json:"recurring"`
	TiersMode        json.RawMessage `json:"tiers_mode"`
	Tiers            json.RawMessage `json:"tiers"`
	CustomUnitAmount json.RawMessage `json:"custom_unit_amount"`
	// Always null.
	LookupKey         json.RawMessage `json:"lookup_key"`
	TransformQuantity json.RawMessage `json:"transform_quantity"`
	// Always 0: there is no limit.
	QuantityAvailable        int64 `json:"quantity_available"`
	QuantitySold             int64 `json:"quantity_sold"`
	QuantityLimitPerCheckout int64 `json:"quantity_limit_per_checkout"`
	// Always "fixed".
	PricingType string `json:"pricing_type"`
	// Always null.
	BaseCurrency         json.RawMessage `json:"base_currency"`
	BaseAmount           json.RawMessage `json:"base_amount"`
	DynamicPricingConfig json.RawMessage `json:"dynamic_pricing_config"`
	// Always empty.
	Metadata Metadata `json:"metadata"`
	// Always "api".
	CreatedVia string `json:"created_via"`
	// The invoice's.
	CreatedAt Time `json:"created_at"`
	UpdatedAt Time `json:"updated_at"`
}

// LineProduct is what a line is, in the form of the published types' product.
type LineProduct struct {
	// Always empty.
	ID string `json:"id"`
	// Always true.
	Active bool `json:"active"`
	// The invoice's.
	Livemode Mode `json:"livemode"`
	// Always false.
	Locked bool `json:"locked"`
	// Always "service".
	Type string `json:"type"`
	// The line's description.
	Name string `json:"name"`
	// Always empty.
	Description string `json:"description"`
	// Always empty.
	Images []json.RawMessage `json:"images"`
	// Always empty.
	Features []json.RawMessage `json:"features"`
	// Always empty.
	Metadata Metadata `json:"metadata"`
	// Always "api".
	CreatedVia string `json:"created_via"`
	// The invoice's.
	CreatedAt Time `json:"created_at"`
	UpdatedAt Time `json:"updated_at"`
}

// StatusTransitions are the moments an invoice entered its states, in unix seconds; absent for states not entered.
type StatusTransitions struct {
	// When it was opened.
	FinalizedAt int64 `json:"finalized_at,omitzero"`
	// When it was marked uncollectible.
	MarkedUncollectibleAt int64 `json:"marked_uncollectible_at,omitzero"`
	// When it was paid.
	PaidAt int64 `json:"paid_at,omitzero"`
	// When it was taken back.
	VoidedAt int64 `json:"voided_at,omitzero"`
}

// UnmarshalJSON decodes an invoice and gives all its amounts the invoice's currency.
func (i *Invoice) UnmarshalJSON(data []byte) error {
	type plain Invoice
	if err := json.Unmarshal(data, (*plain)(i)); err != nil {
		return err
	}
	for _, a := range []*Amount{
		&i.Subtotal, &i.SubtotalExcludingTax, &i.Tax, &i.Total, &i.AmountDue, &i.AmountPaid, &i.AmountRemaining,
		&i.AmountShipping, &i.StartingBalance, &i.EndingBalance, &i.AmountCredited, &i.AmountWrittenOff,
		&i.PrePaymentCreditNotesAmount, &i.PostPaymentCreditNotesAmount,
	} {
		*a = a.In(i.CurrencyID)
	}
	for n := range i.Lines {
		line := &i.Lines[n]
		for _, a := range []*Amount{&line.Amount, &line.UnitAmount, &line.TaxAmount} {
			*a = a.In(i.CurrencyID)
		}
	}
	return nil
}

// InvoiceExpanded is an invoice and the objects it refers to, which expand=none leaves out of lists.
type InvoiceExpanded struct {
	Invoice
	// What is charged for, with the fields of the published types that Clientele has nothing to say in.
	Lines []InvoiceLineExpanded `json:"lines"`
	// Who is asked to pay, as it is today.
	Customer Customer `json:"customer,omitzero"`
	// The currency of its amounts.
	PaymentCurrency PaymentCurrency `json:"paymentCurrency,omitzero"`
	// The payment method the currency belongs to.
	PaymentMethod PaymentMethod `json:"paymentMethod,omitzero"`
	// The last payment that paid a part of it, even one that was reversed since; null when nothing of it is paid with
	// money.
	PaymentIntent *Payment `json:"paymentIntent" jsonschema:"nullable"`
}

// UnmarshalJSON decodes the invoice and the objects beside it.
func (e *InvoiceExpanded) UnmarshalJSON(data []byte) error {
	if err := e.Invoice.UnmarshalJSON(data); err != nil {
		return err
	}
	var beside struct {
		Customer        Customer        `json:"customer"`
		PaymentCurrency PaymentCurrency `json:"paymentCurrency"`
		PaymentMethod   PaymentMethod   `json:"paymentMethod"`
		PaymentIntent   *Payment        `json:"paymentIntent"`

		Lines []InvoiceLineExpanded `json:"lines"`
	}
	if err := json.Unmarshal(data, &beside); err != nil {
		return err
	}
	for n := range beside.Lines {
		beside.Lines[n].InvoiceLine = e.Invoice.Lines[n]
		beside.Lines[n].Price.UnitAmount = beside.Lines[n].Price.UnitAmount.In(e.CurrencyID)
	}
	e.Lines, e.PaymentIntent = beside.Lines, beside.PaymentIntent
	e.Customer, e.PaymentCurrency, e.PaymentMethod = beside.Customer, beside.PaymentCurrency, beside.PaymentMethod
	return nil
}
