// Package locale writes amounts and dates as the people of a locale do, and reads amounts that they typed.
package locale

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bojanz/currency"

	"clientele.dev"
)

// tokenDecimals is where a currency's decimals stop being all written: 1.5 of an 18-decimal token is 1.50, and only a
// finer amount has more.
const (
	tokenDecimals = 4
	fewDecimals   = 2
)

// Money writes the amounts of one currency for people.
type Money struct {
	numerals
	symbol   string
	decimals int
}

// MoneyOf writes amounts of c as a locale does. A symbol that is an ISO code is written as people of the locale do: $
// for USD; any other as it is.
func MoneyOf(locale string, c clientele.PaymentCurrency) Money {
	tag := currency.NewLocale(locale)
	m := Money{symbol: strings.TrimSpace(c.Symbol), decimals: c.Decimal}
	if symbol, known := currency.GetSymbol(m.symbol, tag); known {
		m.symbol = symbol
	}
	var known bool
	if m.numerals, known = numeralsOf(tag); !known {
		m.numerals, _ = numeralsOf(currency.NewLocale("en"))
	}
	return m
}

// FormatAmount writes an amount of a currency for people, as a locale does (a BCP 47 language tag): never rounded, and
// never to be read back by a program. Patterns and symbols are the CLDR's.
func FormatAmount(locale string, c clientele.PaymentCurrency, a clientele.Amount) string {
	return MoneyOf(locale, c).Format(a)
}

// Format writes an amount exactly: never rounded, without the zeros that nobody needs at the end of a token's decimals.
func (m Money) Format(a clientele.Amount) string {
	pattern, number := m.positive, a.Decimal(m.decimals)
	if a.Sign() < 0 {
		pattern, number = m.negative, number[1:]
	}
	whole, fraction, _ := strings.Cut(number, ".")
	if m.decimals > tokenDecimals {
		fraction = fraction[:fewDecimals] + strings.TrimRight(fraction[fewDecimals:], "0")
	}
	number = m.group(whole)
	if fraction != "" {
		number += m.point + m.digits(fraction)
	}
	return m.place(pattern, number)
}

// Short writes an amount for where there is little room: exactly when it is short, else rounded to three digits, as
// $1.85M.
func (m Money) Short(a clientele.Amount) string {
	const fits, group = 7, 3
	exactly := m.Format(a)
	if utf8.RuneCountInString(exactly) <= fits {
		return exactly
	}
	pattern := m.positive
	if a.Sign() < 0 {
		pattern = m.negative
	}
	whole, _, _ := strings.Cut(strings.TrimPrefix(a.Decimal(m.decimals), "-"), ".")
	whole = rounded(whole, group)
	names := []string{"", "k", "M", "bn", "tn"}
	thousands := min((len(whole)-1)/group, len(names)-1)
	lead := len(whole) - thousands*group
	number := m.group(whole[:lead])
	if thousands > 0 && lead < group {
		number += m.point + m.digits(whole[lead:group])
	}
	return m.place(pattern, number+names[thousands])
}

// rounded is a whole number rounded to so many digits, half up.
func rounded(whole string, digits int) string {
	if len(whole) <= digits {
		return whole
	}
	n, _ := new(big.Int).SetString(whole, 10) // it is a number
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(whole)-digits)), nil)
	n.Add(n, new(big.Int).Rsh(unit, 1)).Div(n, unit)
	return n.Mul(n, unit).String()
}

// place puts a number and the currency's symbol into a pattern. A letter next to a digit gets a space between, as the
// CLDR has it: 10 ABT, but $10.
func (m Money) place(pattern, number string) string {
	symbol := m.symbol
	if symbol == "" {
		pattern = strings.TrimFunc(strings.ReplaceAll(pattern, "¤", ""), unicode.IsSpace)
	}
	if last, _ := utf8.DecodeLastRuneInString(symbol); strings.Contains(pattern, "¤0") && unicode.IsLetter(last) {
		symbol += "\u00a0"
	}
	if first, _ := utf8.DecodeRuneInString(symbol); strings.Contains(pattern, "0¤") && unicode.IsLetter(first) {
		symbol = "\u00a0" + symbol
	}
	return strings.NewReplacer("¤", symbol, "0", number).Replace(pattern)
}

// numerals are how a locale writes numbers and amounts. The library knows that for numbers of up to 39 digits, so its
// way of writing three constants is taken over for all.
type numerals struct {
	zero               rune   // the digit; the others follow it
	point, comma       string // between whole and fraction, between groups of digits
	primary, secondary int    // the sizes of the last group of digits and of the others; 0 for no groups
	minimum            int    // how many digits before the last group make a group
	positive, negative string // 0 for the number, ¤ for the symbol
}

// numeralsOf says false when the library does not know how.
func numeralsOf(locale currency.Locale) (numerals, bool) {
	f := currency.NewFormatter(locale)
	f.MinDigits = 0
	f.SymbolMap["USD"] = "¤"
	write := func(constant string) string {
		a, _ := currency.NewAmount(constant, "USD") // no constant below is refused
		return f.Format(a)
	}
	one := strings.IndexFunc(write("1"), unicode.IsDigit)
	if one < 0 {
		return numerals{}, false
	}
	digit, _ := utf8.DecodeRuneInString(write("1")[one:])
	n := numerals{zero: digit - 1, minimum: 1}
	n.positive = strings.Replace(write("1"), string(digit), "0", 1)
	n.negative = strings.Replace(write("-1"), string(digit), "0", 1)

	f.CurrencyDisplay = currency.DisplayNone
	n.point = strings.Join(between(write("0.1")), "")
	for i, separator := range between(write("1111111111")) { // ten digits: places from the right are 9-i
		if separator != "" {
			n.comma, n.secondary, n.primary = separator, n.primary, 9-i
		}
	}
	// The loop saw the groups from the left: the last two boundaries are left.
	if n.secondary = n.secondary - n.primary; n.secondary <= 0 {
		n.secondary = n.primary
	}
	if strings.Join(between(write("1111")), "") == "" {
		n.minimum = 2
	}
	return n, true
}

// between is what stands after each digit of a written number but the last.
func between(number string) []string {
	var gaps []string
	gap, started := "", false
	for _, r := range number {
		if !unicode.IsDigit(r) {
			gap += string(r)
			continue
		}
		if started {
			gaps = append(gaps, gap)
		}
		gap, started = "", true
	}
	return gaps
}

// group writes the digits of a whole number in the locale's groups.
func (n numerals) group(whole string) string {
	if n.primary == 0 || len(whole) < n.primary+n.minimum {
		return n.digits(whole)
	}
	at := len(whole) - n.primary
	text := n.digits(whole[at:])
	for at > 0 {
		from := max(0, at-n.secondary)
		text = n.digits(whole[from:at]) + n.comma + text
		at = from
	}
	return text
}

// digits writes each digit of a text as the locale does.
func (n numerals) digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return n.zero + r - '0'
		}
		return r
	}, text)
}

// Count writes a count in the locale's digits.
func (m Money) Count(n int64) string {
	digits, negative := strings.CutPrefix(strconv.FormatInt(n, 10), "-")
	if negative {
		return "-" + m.group(digits)
	}
	return m.group(digits)
}
