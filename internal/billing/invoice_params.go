package billing

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/check"
)

// Limits of an invoice.
const (
	maxLines    = 250
	maxLineText = 1000
)

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
	CustomFields *[]clientele.CustomField `json:"custom_fields,omitempty"`
	// As on a customer.
	Metadata jsontext.Value `json:"metadata,omitempty"`
}

// LineParams are one line of an invoice.
type LineParams struct {
	// What it is, at most 1000 characters.
	Description string `json:"description,omitempty"`
	// How many, at least 1; 1 when absent.
	Quantity *int64 `json:"quantity,omitempty"`
	// What one costs, in the currency's smallest unit; negative for a discount, as long as the total is not.
	UnitAmount *clientele.Amount `json:"unit_amount"`
	// Tax on the whole line, in the currency's smallest unit; negative where a discount lowers it.
	TaxAmount *clientele.Amount `json:"tax_amount,omitempty"`
}

func (p InvoiceParams) check() error {
	var lines error
	if p.Lines == nil {
		lines = check.Invalid("lines", "lines is required: an invoice has 1 to %d lines", maxLines)
	}
	return clientele.JoinInvalid(
		check.Given("customer_id", p.CustomerID, "a customer's id or DID"),
		check.Given("currency_id", p.CurrencyID, "a payment currency's id"), lines, p.InvoiceContent.check())
}

func (c InvoiceContent) check() error {
	var errs []error
	if c.Lines != nil && (len(c.Lines) == 0 || len(c.Lines) > maxLines) {
		errs = append(errs, check.Invalid("lines", "an invoice has 1 to %d lines", maxLines))
	}
	for i, line := range c.Lines {
		errs = append(errs, line.check(fmt.Sprintf("lines[%d].", i)))
	}
	return clientele.JoinInvalid(append(errs,
		c.DueDate.check("due_date"), check.InvoiceNumber("number", c.Number),
		check.UnixTime("effective_at", c.EffectiveAt, 0), check.OptionalText("description", c.Description, check.MaxText),
		check.OptionalText("statement_descriptor", c.StatementDescriptor, check.MaxStatement),
		check.OptionalText("footer", c.Footer, check.MaxText),
		check.UnixTime("period_start", c.PeriodStart, 0), check.UnixTime("period_end", c.PeriodEnd, 0),
		check.CustomFields("custom_fields", c.CustomFields), check.Metadata(c.Metadata))...)
}

// check checks a line, which stands at a place like lines[0].
func (line LineParams) check(at string) error {
	errs := []error{check.Length(at+"description", line.Description, maxLineText)}
	if line.Quantity != nil && *line.Quantity < 1 {
		errs = append(errs, check.Invalid(at+"quantity", "%squantity is at least 1", at))
	}
	if line.UnitAmount == nil {
		errs = append(errs,
			check.Invalid(at+"unit_amount", "%sunit_amount is required: a string of digits in the smallest unit", at))
	}
	return clientele.JoinInvalid(append(errs,
		check.Digits(at+"unit_amount", line.UnitAmount), check.Digits(at+"tax_amount", line.TaxAmount))...)
}
