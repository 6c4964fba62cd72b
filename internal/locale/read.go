package locale

import (
	"slices"
	"strings"
	"unicode"

	"clientele.dev"
)

// ReadAmount reads an amount that a person typed as [FormatAmount] writes it in the locale, 1.234,56 € in German, with
// or without groups of digits and symbol. When the text is not written so, ok is false, and readings are what it
// could mean elsewhere, each with all of its digits: 1.00 and 1,000.00 for 1.000 in English.
func ReadAmount(locale string, c clientele.PaymentCurrency, text string) (
	a clientele.Amount, readings []clientele.Amount, ok bool,
) {
	m := MoneyOf(locale, c)
	number, negative := m.bare(text, c.Symbol)
	if decimal, ok := m.asWritten(number); ok {
		a, ok = amountOf(c, decimal, negative)
		return a, nil, ok
	}
	for _, decimal := range asWrittenElsewhere(number, m.sizes()) {
		if a, ok := amountOf(c, decimal, negative); ok && !slices.ContainsFunc(readings, a.Equal) {
			readings = append(readings, a)
		}
	}
	return clientele.Zero(c.ID), readings, false
}

// PlainAmount writes an amount as [ReadAmount] reads it, without symbol and groups, for a field in which it can be
// changed.
func PlainAmount(locale string, c clientele.PaymentCurrency, a clientele.Amount) string {
	m := MoneyOf(locale, c)
	m.symbol, m.primary = "", 0
	return m.Format(a)
}

// bare takes the symbol and the sign from a number.
func (m Money) bare(text, symbol string) (number string, negative bool) {
	number = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r): // some locales write them around the sign
			return -1
		case r == '−':
			return '-'
		}
		return r
	}, text)
	ends := []string{m.symbol, strings.TrimSpace(symbol), "-"}
	for again := true; again; {
		again = false
		number = strings.TrimSpace(number)
		for i, end := range ends {
			rest, cut := strings.CutPrefix(number, end)
			if !cut {
				rest, cut = strings.CutSuffix(number, end)
			}
			if cut && end != "" {
				number, again, negative = rest, true, negative || end == "-"
				ends = slices.Delete(slices.Clone(ends), i, i+1)
				break
			}
		}
	}
	return number, negative
}

// asWritten is the number that the locale writes so, with a point before the decimals.
func (m Money) asWritten(number string) (decimal string, ok bool) {
	whole, fraction, found := strings.Cut(m.ascii(number), sameSeparator(m.point))
	if found && (!isDigits(fraction) || len(fraction) > m.decimals) {
		return "", false
	}
	digits, ok := ungrouped(whole, sameSeparator(m.comma), [][2]int{{m.primary, m.secondary}})
	return digits + "." + fraction, ok
}

// sizes are how long groups are, in the locale and in most.
func (m Money) sizes() [][2]int { return [][2]int{{m.primary, m.secondary}, {3, 3}} }

// asWrittenElsewhere are the numbers that could be written so: with the last separator before the decimals, or with no
// decimals.
func asWrittenElsewhere(number string, sizes [][2]int) (decimals []string) {
	number = (numerals{zero: '0'}).ascii(number)
	at := strings.LastIndexFunc(number, func(r rune) bool { return !unicode.IsDigit(r) })
	if at < 0 { // it is written so everywhere
		return nil
	}
	whole, rest := number[:at], number[at:]
	separator := separatorIn(rest)
	if !strings.Contains(".,' ", separator) {
		return nil
	}
	fraction, isPoint := strings.TrimPrefix(rest, separator), separator == "." || separator == ","
	if isPoint && isDigits(fraction) && !strings.Contains(whole, separator) {
		if digits, ok := ungrouped(whole, separatorIn(whole), sizes); ok {
			decimals = append(decimals, digits+"."+fraction)
		}
	}
	if digits, ok := ungrouped(number, separator, sizes); ok {
		decimals = append(decimals, digits+".")
	}
	return decimals
}

// separatorIn is the first separator in a number.
func separatorIn(number string) string {
	if i := strings.IndexFunc(number, func(r rune) bool { return !unicode.IsDigit(r) }); i >= 0 {
		return string([]rune(number[i:])[:1])
	}
	return ""
}

// ungrouped takes the groups of a whole number apart, which must be whole ones of one of the sizes: of the last group,
// and of the others.
func ungrouped(number, separator string, sizes [][2]int) (digits string, ok bool) {
	if isDigits(number) {
		return number, true
	}
	if separator == "" {
		return "", false
	}
	groups := strings.Split(number, separator)
	for _, size := range sizes {
		if ok = size[0] > 0 && groups[0] != "" && groups[0][0] != '0'; !ok {
			continue
		}
		for i, group := range groups {
			want := size[1]
			if i == len(groups)-1 {
				want = size[0]
			}
			first := i == 0 && len(groups) > 1 && len(group) <= want
			ok = ok && isDigits(group) && (first || len(group) == want)
		}
		if ok {
			return strings.Join(groups, ""), true
		}
	}
	return "", false
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// ascii writes the digits of the locale as those of ASCII, and separators that look alike as one.
func (n numerals) ascii(number string) string {
	return sameSeparator(strings.Map(func(r rune) rune {
		if r >= n.zero && r <= n.zero+9 {
			return '0' + r - n.zero
		}
		return r
	}, number))
}

// sameSeparator writes separators that look alike as one: a keyboard has no narrow space.
func sameSeparator(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune("’ʼ‘`´", r):
			return '\''
		}
		return r
	}, s)
}

// amountOf is a number in a currency's smallest unit, if that has all of its digits.
func amountOf(c clientele.PaymentCurrency, decimal string, negative bool) (a clientele.Amount, ok bool) {
	whole, fraction, _ := strings.Cut(decimal, ".")
	if len(fraction) > c.Decimal {
		if strings.Trim(fraction[c.Decimal:], "0") != "" {
			return a, false
		}
		fraction = fraction[:c.Decimal]
	}
	digits := strings.TrimLeft(whole+fraction+strings.Repeat("0", c.Decimal-len(fraction)), "0")
	switch {
	case digits == "":
		digits = "0"
	case negative:
		digits = "-" + digits
	}
	a, err := clientele.ParseAmount(c.ID, digits)
	return a, err == nil
}
