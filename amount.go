package clientele

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// MaxAmountDigits bounds an amount: the decimal digits of 2^256, the largest integer a token contract can hold.
const MaxAmountDigits = 78

// ErrCurrencyMismatch is returned by arithmetic on amounts of two currencies.
var ErrCurrencyMismatch = errors.New("amounts of different currencies cannot be combined")

// Amount is an exact sum of money: a whole number, of any size, of the smallest unit of one currency (cents for USD,
// wei-like units for an 18-decimal token). The zero value is zero of no currency. Amounts are immutable.
//
// On the wire an amount is a string of decimal digits ("2500"); the currency stands beside it as currency_id, so an
// amount decoded on its own has no currency until [Amount.In] gives it one.
type Amount struct {
	units    *big.Int // nil is zero
	currency string
}

// ParseAmount reads units as the wire writes them: decimal digits with an optional leading minus, no sign on zero, no
// leading zeros, no spaces, no exponent, at most [MaxAmountDigits] digits. currency is a currency id.
func ParseAmount(currency, units string) (Amount, error) {
	return parseAmount(currency, units, MaxAmountDigits)
}

// maxSumDigits bounds what is decoded: a sum of very many of the largest amounts.
const maxSumDigits = MaxAmountDigits + 18

func parseAmount(currency, units string, maxDigits int) (Amount, error) {
	digits := units
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	switch {
	case digits == "":
		return Amount{}, errors.New("an amount is a string of digits in the currency's smallest unit")
	case len(digits) > maxDigits:
		return Amount{}, fmt.Errorf("an amount has at most %d digits", maxDigits)
	case digits[0] == '0' && units != "0":
		return Amount{}, errors.New("an amount has no leading zeros and zero has no sign")
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return Amount{}, errors.New("an amount is a string of digits in the currency's smallest unit")
		}
	}
	n, _ := new(big.Int).SetString(units, 10)
	return Amount{units: n, currency: currency}, nil
}

// NewAmount is so many units of a currency, which is named by its id.
func NewAmount(currency string, units int64) Amount {
	return Amount{units: big.NewInt(units), currency: currency}
}

// Zero is nothing, of a currency.
func Zero(currency string) Amount { return Amount{currency: currency} }

// In returns the same units as an amount of the currency. It converts nothing: it says which currency the units are of.
func (a Amount) In(currency string) Amount { return Amount{units: a.units, currency: currency} }

// Currency is the currency's id, or "" for an amount that was decoded without one.
func (a Amount) Currency() string { return a.currency }

// String writes the units as decimal digits, the form of the wire.
func (a Amount) String() string { return a.big().String() }

// Digits is how many decimal digits the units have.
func (a Amount) Digits() int { return len(new(big.Int).Abs(a.big()).String()) }

// Sign is -1, 0 or 1.
func (a Amount) Sign() int { return a.big().Sign() }

// Add returns a+b, or ErrCurrencyMismatch.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.currency != b.currency {
		return Amount{}, ErrCurrencyMismatch
	}
	return Amount{units: new(big.Int).Add(a.big(), b.big()), currency: a.currency}, nil
}

// Sub returns a-b, or ErrCurrencyMismatch.
func (a Amount) Sub(b Amount) (Amount, error) { return a.Add(b.Neg()) }

// Neg returns -a.
func (a Amount) Neg() Amount { return Amount{units: new(big.Int).Neg(a.big()), currency: a.currency} }

// Times returns a taken n times.
func (a Amount) Times(n int64) Amount {
	return Amount{units: new(big.Int).Mul(a.big(), big.NewInt(n)), currency: a.currency}
}

// Cmp compares a and b: -1, 0 or 1, or ErrCurrencyMismatch.
func (a Amount) Cmp(b Amount) (int, error) {
	if a.currency != b.currency {
		return 0, ErrCurrencyMismatch
	}
	return a.big().Cmp(b.big()), nil
}

// Equal says whether a and b are the same units of the same currency.
func (a Amount) Equal(b Amount) bool { return a.currency == b.currency && a.big().Cmp(b.big()) == 0 }

// Decimal writes the amount in the currency's main unit with exactly the given decimals: 10000 with 2 is "100.00".
func (a Amount) Decimal(decimals int) string {
	n := a.big()
	digits := new(big.Int).Abs(n).String()
	for len(digits) <= decimals {
		digits = "0" + digits
	}
	if decimals > 0 {
		digits = digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
	}
	if n.Sign() < 0 {
		return "-" + digits
	}
	return digits
}

// MarshalJSON writes the units as a string of digits.
func (a Amount) MarshalJSON() ([]byte, error) { return []byte(`"` + a.String() + `"`), nil }

// UnmarshalJSON reads a string of digits, strictly; a JSON number is refused because its digits may already be rounded.
// A sum may have more digits than one amount: [Amount.Digits] says how many.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var units string
	if err := json.Unmarshal(data, &units); err != nil {
		return errors.New("an amount is a string of digits in the currency's smallest unit")
	}
	parsed, err := parseAmount(a.currency, units, maxSumDigits)
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

var zero = new(big.Int)

func (a Amount) big() *big.Int {
	if a.units == nil {
		return zero
	}
	return a.units
}
