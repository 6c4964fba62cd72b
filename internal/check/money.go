package check

import (
	"clientele.dev"
)

// Digits bounds an amount that may be absent.
func Digits(field string, a *clientele.Amount) error {
	if a != nil && a.Digits() > clientele.MaxAmountDigits {
		return Invalid(field, "%s has at most %d digits", field, clientele.MaxAmountDigits)
	}
	return nil
}

// NotNegative refuses an amount below 0, or of too many digits.
func NotNegative(field string, a *clientele.Amount) error {
	if a != nil && (a.Sign() < 0 || a.Digits() > clientele.MaxAmountDigits) {
		return Invalid(field, "%s is not negative and has at most %d digits", field, clientele.MaxAmountDigits)
	}
	return nil
}

// Positive bounds an amount that is given or taken.
func Positive(field string, a clientele.Amount) error {
	switch {
	case a.Sign() <= 0:
		return Invalid(field, "%s must be more than 0", field)
	case a.Digits() > clientele.MaxAmountDigits:
		return Invalid(field, "%s has at most %d digits", field, clientele.MaxAmountDigits)
	}
	return nil
}
