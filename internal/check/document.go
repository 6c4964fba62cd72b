package check

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/did"
)

// InvoiceNumber refuses what cannot be the number of an invoice.
func InvoiceNumber(field string, number *string) error {
	if number == nil || *number == "" {
		return nil
	}
	n := *number
	bad := strings.TrimSpace(n) != n || strings.HasPrefix(n, "in_") || strings.ContainsFunc(n, unicode.IsControl)
	if bad || utf8.RuneCountInString(n) > MaxNumber {
		return Invalid(field, "%s has 1 to %d printable characters, no space at its ends and not the form of an id", field,
			MaxNumber)
	}
	return nil
}

// CustomFields refuses too many labelled lines, or too long ones.
func CustomFields(at string, fields *[]clientele.CustomField) error {
	if fields == nil {
		return nil
	}
	if len(*fields) > MaxCustomFields {
		return Invalid(at, "%s has at most %d entries", at, MaxCustomFields)
	}
	var errs []error
	for i, f := range *fields {
		one := fmt.Sprintf("%s[%d].", at, i)
		errs = append(errs, Length(one+"name", f.Name, MaxName), Length(one+"value", f.Value, MaxName))
	}
	return clientele.JoinInvalid(errs...)
}

// UncollectibleAfter bounds after how many days past due an invoice becomes uncollectible.
func UncollectibleAfter(field string, days int64) error {
	if days < clientele.NeverUncollectible || days > MaxUncollectibleAfter {
		return Invalid(field, "%s is 0 to %d days, or %d for never", field, MaxUncollectibleAfter,
			clientele.NeverUncollectible)
	}
	return nil
}

// ExternalID refuses what cannot stand in a path.
func ExternalID(field, s string) (string, error) {
	if s == "." || s == ".." || strings.TrimSpace(s) != s {
		return "", Invalid(field, "%s cannot be . or .. nor start or end with a space", field)
	}
	return s, nil
}

// InvoicePrefix refuses what the numbers of invoices cannot begin with.
func InvoicePrefix(field, s string) (string, error) {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return "", Invalid(field, "%s is made of capitals A to Z and digits", field)
		}
	}
	if len(s) < 3 || len(s) > 12 {
		return "", Invalid(field, "%s has 3 to 12 characters", field)
	}
	return s, nil
}

// DID reads a DID and returns it in its canonical form; null is none.
func DID(field string, raw jsontext.Value) (string, error) {
	s, err := String(field, raw, MaxText)
	if err != nil || s == "" {
		return "", err
	}
	did, err := did.Parse(s)
	if err != nil {
		return "", Invalid(field, "%s is not a DID: %s", field, err)
	}
	return did, nil
}
