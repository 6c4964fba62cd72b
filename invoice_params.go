package clientele

// InvoiceParams are what a request says about a new invoice.
type InvoiceParams struct {
	// Whom to invoice: an id or a DID.
	CustomerID string `json:"customer_id"`
	// The currency of every amount.
	CurrencyID string `json:"currency_id"`
	// Whether to finalize it at once.
	Finalize bool `json:"finalize,omitempty"`
	InvoiceContent
}

// InvoiceContent is what a draft may say. What is absent stays as it is.
type InvoiceContent struct {
	// What to charge for, 1 to 250 lines.
	Lines []LineParams `json:"lines,omitempty"`
	// When payment is due: a day, such as 2026-01-31, or a moment in unix seconds; on receipt when absent. The invoice is
	// late from the day after, where the business is.
	DueDate *DueDate `json:"due_date,omitempty"`
	// The printed number of an invoice that was issued elsewhere, which no other invoice has; the next of the customer's
	// own when absent.
	Number *string `json:"number,omitempty"`
	// The date of issue of an invoice that was issued elsewhere, in unix seconds; when it is finalized when absent.
	EffectiveAt *int64 `json:"effective_at,omitempty"`
	// In place of effective_at: the day of issue, such as 2026-01-31, at most a year ahead. The books count the invoice
	// from that day on.
	Date *Day `json:"date,omitempty"`
	// Free text shown on the invoice.
	Description *string `json:"description,omitempty"`
	// What appears on the customer's bank statement, at most 64 characters.
	StatementDescriptor *string `json:"statement_descriptor,omitempty"`
	// Printed at the foot; what the customer's invoice_settings say when absent.
	Footer *string `json:"footer,omitempty"`
	// The period the invoice is for, in unix seconds.
	PeriodStart *int64 `json:"period_start,omitempty"`
	PeriodEnd   *int64 `json:"period_end,omitempty"`
	// Labelled lines shown on the invoice, at most 10; what the customer's invoice_settings say when absent.
	CustomFields *[]CustomField `json:"custom_fields,omitempty"`
	// As on a customer.
	Metadata any `json:"metadata,omitempty"`
}

// LineParams are one line of an invoice.
type LineParams struct {
	// What it is, at most 1000 characters.
	Description string `json:"description,omitempty"`
	// How many, at least 1; 1 when absent.
	Quantity *int64 `json:"quantity,omitempty"`
	// What one costs, in the currency's smallest unit; negative for a discount, as long as the total is not.
	UnitAmount *Amount `json:"unit_amount"`
	// Tax on the whole line, in the currency's smallest unit; negative where a discount lowers it.
	TaxAmount *Amount `json:"tax_amount,omitempty"`
}

// WriteOffParams say how much of an invoice is written off as bad debt.
type WriteOffParams struct {
	// How much, in the currency's smallest unit; all that is left to pay when absent.
	Amount *Amount `json:"amount,omitempty"`
	// Free text: the customer is insolvent.
	Reason string `json:"reason,omitempty"`
	// The day from which on the books count it, such as 2026-01-31; today when absent.
	Date *Day `json:"date,omitempty"`
}

// VoidParams say when an invoice is taken back.
type VoidParams struct {
	// The day from which on the books count it, such as 2026-01-31; today when absent.
	Date *Day `json:"date,omitempty"`
}

// HoldParams say why an invoice is not to be marked uncollectible by itself, and until when.
type HoldParams struct {
	// Until when, in unix seconds.
	Until int64 `json:"until"`
	// Why: a promise to pay, a dispute.
	Reason string `json:"reason"`
}

// CreditNoteParams are what a request says about a new credit note. Without amount and lines it takes back all that no
// other has.
type CreditNoteParams struct {
	// How much of the invoice to take back, in the currency's smallest unit.
	Amount *Amount `json:"amount,omitempty"`
	// In place of amount: what to take back of which lines.
	Lines *[]CreditNoteLineParams `json:"lines,omitempty"`
	// Whether what had been paid is sent back, in place of becoming credit.
	Refund bool `json:"refund,omitempty"`
	// duplicate, fraudulent, order_change or product_unsatisfactory.
	Reason string `json:"reason,omitempty"`
	// Free text for the customer.
	Memo string `json:"memo,omitempty"`
	// The day of issue, from which on the books count it, such as 2026-01-31; today when absent.
	Date *Day `json:"date,omitempty"`
	// As on a customer.
	Metadata any `json:"metadata,omitempty"`
}

// CreditNoteLineParams are what a request says about a line of an invoice. Without quantity and amount it takes back
// all that no other credit note has.
type CreditNoteLineParams struct {
	// The invoice's line.
	InvoiceLineID string `json:"invoice_line_id"`
	// How many of it, with their tax.
	Quantity *int64 `json:"quantity,omitempty"`
	// In place of quantity: how much of it, with tax.
	Amount *Amount `json:"amount,omitempty"`
}

// InvoiceListParams says which invoices to list, which part of them, and in which order. The zero value is the first
// page of all, newest first.
type InvoiceListParams struct {
	Window
	// What to sort by, such as updated_at:ASC; newest first when absent.
	Order []string `query:"order,o"`
	// Only objects whose metadata has this value: metadata.plan=gold. At most 10.
	Metadata map[string]string `query:"metadata.,metadata"`
	// Only invoices in these states, separated by commas.
	Status []InvoiceStatus `query:"status"`
	// Only invoices of this customer, by id or DID.
	CustomerID string `query:"customer_id"`
	// Only invoices of the customer with this DID.
	CustomerDID string `query:"customer_did"`
	// Selects nothing: there are no subscriptions.
	_ string `query:"subscription_id"`
	// Only invoices in this currency.
	CurrencyID string `query:"currency_id"`
	// Leave out invoices over nothing (true).
	IgnoreZero bool `query:"ignore_zero"`
	// Only invoices created in a range, as of customers.
	CreatedAt TimeRange `query:"created_at"`
	// Only invoices due in a range: due_date[gte], [gt], [lt] or [lte], as created_at.
	DueDate TimeRange `query:"due_date"`
	// none leaves out the objects that each invoice refers to.
	Expand string `query:"expand"`
}

// InvoiceSearchParams says which invoices to search for.
type InvoiceSearchParams struct {
	PageParams
	// What to sort by, such as updated_at:ASC.
	Order []string `query:"order,o"`
	// Required. Words and "phrases" that must all occur in the number, the id, the description or the customer as
	// printed.
	Query string `query:"query"`
	// none leaves out the objects that each invoice refers to.
	Expand string `query:"expand"`
}

// CreditNoteListParams says which credit notes to list.
type CreditNoteListParams struct {
	Window
	// Only credit notes of this invoice.
	InvoiceID string `query:"invoice_id"`
	// Only credit notes of this customer, by id or DID.
	CustomerID string `query:"customer_id"`
	// Only credit notes of the customer with this DID.
	CustomerDID string `query:"customer_did"`
}
