package billing

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
)

// Limits of an invoice.
const (
	maxLines     = 250
	maxLineText  = 1000
	maxUnixTime  = 253402300799 // 9999-12-31T23:59:59Z
	maxStatement = 64

	maxCustomFields = 10
	maxNumber       = 64
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
		lines = invalid("lines", "lines is required: an invoice has 1 to %d lines", maxLines)
	}
	return clientele.JoinInvalid(
		checkGiven("customer_id", p.CustomerID, "a customer's id or DID"),
		checkGiven("currency_id", p.CurrencyID, "a payment currency's id"), lines, p.InvoiceContent.check())
}

// checkGiven refuses a field that is empty.
func checkGiven(field, value, what string) error {
	if value == "" {
		return invalid(field, "%s is required: %s", field, what)
	}
	return nil
}

func (c InvoiceContent) check() error {
	var errs []error
	if c.Lines != nil && (len(c.Lines) == 0 || len(c.Lines) > maxLines) {
		errs = append(errs, invalid("lines", "an invoice has 1 to %d lines", maxLines))
	}
	for i, line := range c.Lines {
		errs = append(errs, line.check(fmt.Sprintf("lines[%d].", i)))
	}
	return clientele.JoinInvalid(append(errs,
		c.DueDate.check("due_date"), checkNumber("number", c.Number),
		checkUnixTime("effective_at", c.EffectiveAt, 0), checkText("description", c.Description, maxText),
		checkText("statement_descriptor", c.StatementDescriptor, maxStatement), checkText("footer", c.Footer, maxText),
		checkUnixTime("period_start", c.PeriodStart, 0), checkUnixTime("period_end", c.PeriodEnd, 0),
		checkCustomFields("custom_fields", c.CustomFields), checkMetadata(c.Metadata))...)
}

// checkUnixTime bounds a moment in unix seconds.
func checkUnixTime(field string, at *int64, least int64) error {
	if at != nil && (*at < least || *at > maxUnixTime) {
		return invalid(field, "%s is a moment in unix seconds, such as 1767225600 for 2026-01-01, from %d to %d", field,
			least,
			int64(maxUnixTime))
	}
	return nil
}

// checkText bounds a text that may be absent.
func checkText(field string, s *string, max int) error {
	if s == nil {
		return nil
	}
	return checkLength(field, *s, max)
}

// checkNumber refuses what cannot be the number of an invoice.
func checkNumber(field string, number *string) error {
	if number == nil || *number == "" {
		return nil
	}
	n := *number
	bad := strings.TrimSpace(n) != n || strings.HasPrefix(n, "in_") || strings.ContainsFunc(n, unicode.IsControl)
	if bad || utf8.RuneCountInString(n) > maxNumber {
		return invalid(field, "%s has 1 to %d printable characters, no space at its ends and not the form of an id", field,
			maxNumber)
	}
	return nil
}

func checkCustomFields(at string, fields *[]clientele.CustomField) error {
	if fields == nil {
		return nil
	}
	if len(*fields) > maxCustomFields {
		return invalid(at, "%s has at most %d entries", at, maxCustomFields)
	}
	var errs []error
	for i, f := range *fields {
		one := fmt.Sprintf("%s[%d].", at, i)
		errs = append(errs, checkLength(one+"name", f.Name, maxName), checkLength(one+"value", f.Value, maxName))
	}
	return clientele.JoinInvalid(errs...)
}

// check checks a line, which stands at a place like lines[0].
func (line LineParams) check(at string) error {
	errs := []error{checkLength(at+"description", line.Description, maxLineText)}
	if line.Quantity != nil && *line.Quantity < 1 {
		errs = append(errs, invalid(at+"quantity", "%squantity is at least 1", at))
	}
	if line.UnitAmount == nil {
		errs = append(errs,
			invalid(at+"unit_amount", "%sunit_amount is required: a string of digits in the smallest unit", at))
	}
	return clientele.JoinInvalid(append(errs,
		checkDigits(at+"unit_amount", line.UnitAmount), checkDigits(at+"tax_amount", line.TaxAmount))...)
}

// checkDigits bounds an amount that may be absent.
func checkDigits(field string, a *clientele.Amount) error {
	if a != nil && a.Digits() > clientele.MaxAmountDigits {
		return invalid(field, "%s has at most %d digits", field, clientele.MaxAmountDigits)
	}
	return nil
}
