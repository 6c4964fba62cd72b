package billing

import (
	"fmt"

	"clientele.dev"
	"clientele.dev/internal/check"
)

// Limits of an invoice.
const (
	maxLines    = 250
	maxLineText = 1000
)

func checkNewInvoice(p clientele.InvoiceParams) error {
	var lines error
	if p.Lines == nil {
		lines = check.Invalid("lines", "lines is required: an invoice has 1 to %d lines", maxLines)
	}
	return clientele.JoinInvalid(
		check.Given("customer_id", p.CustomerID, "a customer's id or DID"),
		check.Given("currency_id", p.CurrencyID, "a payment currency's id"), lines, checkContent(p.InvoiceContent))
}

func checkContent(c clientele.InvoiceContent) error {
	var errs []error
	if c.Lines != nil && (len(c.Lines) == 0 || len(c.Lines) > maxLines) {
		errs = append(errs, check.Invalid("lines", "an invoice has 1 to %d lines", maxLines))
	}
	for i, line := range c.Lines {
		errs = append(errs, checkLine(line, fmt.Sprintf("lines[%d].", i)))
	}
	if c.EffectiveAt != nil && c.Date != nil {
		errs = append(errs, check.Invalid("date", "give effective_at or date, not both"))
	}
	return clientele.JoinInvalid(append(errs,
		checkDue("due_date", c.DueDate), check.InvoiceNumber("number", c.Number),
		check.UnixTime("effective_at", c.EffectiveAt, 0), check.OptionalText("description", c.Description, check.MaxText),
		check.OptionalText("statement_descriptor", c.StatementDescriptor, check.MaxStatement),
		check.OptionalText("footer", c.Footer, check.MaxText),
		check.UnixTime("period_start", c.PeriodStart, 0), check.UnixTime("period_end", c.PeriodEnd, 0),
		check.CustomFields("custom_fields", c.CustomFields), check.Metadata(c.Metadata))...)
}

// checkLine checks a line, which stands at a place like lines[0].
func checkLine(line clientele.LineParams, at string) error {
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
