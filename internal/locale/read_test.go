package locale

import (
	"math/big"
	"strings"
	"testing"
	"testing/quick"

	"clientele.dev"
)

// What is typed in a locale, what it is in the smallest unit, and what it could mean where it is not written so.
func TestReadAmount(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		locale, text string
		decimals     int
		want         string // of the amount, or "? " and of the readings; "" is not understood
	}{
		{"en", "12.5", 2, "1250"}, {"en", "12.50", 2, "1250"}, {"en", "0", 2, "0"}, {"en", "0.00", 2, "0"},
		{"en", "-1.01", 2, "-101"}, {"en", "−1.01", 2, "-101"}, {"en", "-$1.01", 2, "-101"}, {"en", "$-1.01", 2, "-101"},
		{"en", "007", 0, "7"}, {"en", "5", 18, "5000000000000000000"}, {"en", " 1 ", 0, "1"}, {"en", "$5", 2, "500"},
		{"en", "1,234.56", 2, "123456"}, {"en", "1234.56", 2, "123456"}, {"en", "12,345,678", 0, "12345678"},
		{"en", "123456789012345678901234567890.01", 2, "12345678901234567890123456789001"},
		{"en", "0.000000000000000001", 18, "1"}, {"en", "1.234", 3, "1234"},
		{"de", "1.000", 2, "100000"}, {"de", "1.234,56", 2, "123456"}, {"de", "12,50", 2, "1250"},
		{"de", "12,5", 2, "1250"},
		{"de", "1.234.567", 2, "123456700"}, {"de", "1.234,56 €", 2, "123456"}, {"de", "1.234,56\u00a0€", 2, "123456"},
		{"de", "-0,01", 2, "-1"}, {"de", "1.234", 18, "1234000000000000000000"},
		{"es", "1.000", 2, "100000"}, {"it", "1.000", 2, "100000"}, {"nl", "1.000,5", 2, "100050"},
		{"pt-BR", "1.234,56", 2, "123456"}, {"tr", "1.234,56", 2, "123456"}, {"id", "1.000", 2, "100000"},
		{"fr", "1 234,56", 2, "123456"}, {"fr", "1\u00a0234,56", 2, "123456"}, {"fr", "1\u202f234,56", 2, "123456"},
		{"pl", "1 234,56", 2, "123456"}, {"sv", "−1 234,56", 2, "-123456"}, {"cs", "12 345 678,90", 2, "1234567890"},
		{"de-CH", "1'234.50", 2, "123450"}, {"de-CH", "1’234.50", 2, "123450"}, {"de-CH", "1'234.50 CHF", 2, "123450"},
		{"de-AT", "12,50", 2, "1250"}, {"en-IN", "1,23,456.78", 2, "12345678"}, {"hi", "12,34,567", 2, "123456700"},
		{"ja", "1,234", 0, "1234"}, {"ar-EG", "١٬٢٣٤٫٥٦", 2, "123456"}, {"fa", "۱۲٫۵", 2, "1250"},
		{"bn", "১,২৩৪.৫", 2, "123450"},

		{"en", "1.000", 2, "? 100 100000"}, {"en", "12.500", 2, "? 1250 1250000"}, {"en", "1,5", 2, "? 150"},
		{"en", "1.234,56", 2, "? 123456"}, {"en", "1 000", 2, "? 100000"}, {"en", "1.234.567", 2, "? 123456700"},
		{"en", "12.345", 2, "? 1234500"}, {"en", "12.500000", 2, "? 1250"}, {"en", "1.000", 0, "? 1 1000"},
		{"de", "12.50", 2, "? 1250"}, {"de", "1,000", 2, "? 100 100000"}, {"de", "1,234.56", 2, "? 123456"},
		{"de", "0.500", 2, "? 50"}, {"de", "1,000.00", 2, "? 100000"}, {"de", "-1,000", 2, "? -100 -100000"},
		{"fr", "1.000", 2, "? 100 100000"}, {"fr", "12.50", 2, "? 1250"}, {"de-CH", "1.000", 2, "? 100 100000"},
		{"en-IN", "123,456", 2, "? 12345600"},

		{"en", "1.001", 2, "? 100100"}, {"en", "1.5", 0, ""}, {"en", "0.001", 2, ""}, {"en", "1.23456", 2, ""},
		{"en", ".5", 2, ""}, {"en", "5.", 2, ""}, {"en", "1e3", 2, ""}, {"en", "+5", 2, ""}, {"en", "--5", 2, ""},
		{"en", "$$5", 2, ""}, {"en", "€5", 2, ""}, {"en", "٥", 2, ""}, {"en", "0x10", 2, ""}, {"en", "5 %", 2, ""},
		{"en", strings.Repeat("9", 100), 2, ""}, {"en", "1,,234", 2, ""}, {"en", "1,23,45", 2, ""}, {"en", "1.2.3", 2, ""},
		{"en", "1,2345.6", 2, ""}, {"en", "", 2, ""}, {"en", "-", 2, ""}, {"en", "$", 2, ""}, {"de", "1.23.456,7", 2, ""},
		{"de", ",5", 2, ""}, {"de", "1..000", 2, ""}, {"de", "1 234'567", 2, ""},
	} {
		symbol := map[string]string{"en": "USD", "de-CH": "CHF"}[test.locale]
		if symbol == "" {
			symbol = "EUR"
		}
		c := clientele.PaymentCurrency{ID: "curr", Symbol: symbol, Decimal: test.decimals}
		a, readings, ok := ReadAmount(test.locale, c, test.text)
		got := ""
		if ok {
			got = a.String()
		}
		for i, reading := range readings {
			if got += " " + reading.String(); i == 0 {
				got = "? " + reading.String()
			}
		}
		if got != test.want || ok && a.Currency() != "curr" {
			t.Errorf("%q in %s with %d decimals is %q, not %q", test.text, test.locale, test.decimals, got, test.want)
		}
	}
}

// everyLocale is one of each way to write numbers.
var everyLocale = []string{
	"en", "de", "de-AT", "de-CH", "es", "fr", "it", "nl", "pt", "pt-PT", "sv", "nb", "fi", "da", "pl", "cs", "hu", "tr",
	"ru", "uk", "el", "ar-EG", "ar", "fa", "he", "hi", "bn", "ta", "en-IN", "mr", "th", "vi", "id", "ja", "ko", "zh",
	"zh-Hant", "sl", "hr", "sk", "lt", "lv", "et", "ro", "bg", "sr", "ca", "gl", "eu", "is", "ga", "cy", "sw",
	"my", "ne", "ur",
}

// Whatever a page prints is read back as what it is, in every locale; so is what stands in a field.
func TestWrittenAmountsAreReadBack(t *testing.T) {
	t.Parallel()
	check := func(units []byte, negative bool, decimals, which, symbol uint8) bool {
		locale := everyLocale[int(which)%len(everyLocale)]
		c := clientele.PaymentCurrency{ID: "curr", Decimal: int(decimals % 19)}
		c.Symbol = []string{"USD", "EUR", "JPY", "CHF", "ABT", "", "kr.", "₿"}[symbol%8]
		n := new(big.Int).SetBytes(units[:min(len(units), 16)])
		if negative {
			n.Neg(n)
		}
		a, err := clientele.ParseAmount(c.ID, n.String())
		if err != nil {
			return false
		}
		for _, text := range []string{FormatAmount(locale, c, a), PlainAmount(locale, c, a)} {
			if got, readings, ok := ReadAmount(locale, c, text); !ok || !got.Equal(a) {
				t.Logf("%s of %d decimals in %s is written %q, and that is %s, %v, %v", a, c.Decimal, locale, text, got, ok,
					readings)
				return false
			}
		}
		return true
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 5000}); err != nil {
		t.Error(err)
	}
}

// No text makes an amount that drops a digit of it, or that is not read from its own writing.
func FuzzReadAmount(f *testing.F) {
	for _, text := range []string{
		"1.50", "-0,1", "0", "1e9", "９", "", "1.", "00.10", "1.000", "1'234.50 CHF", "١٢٫٥", "1 234,5",
	} {
		f.Add(text, uint8(2), uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, decimals, which uint8) {
		locale := everyLocale[int(which)%len(everyLocale)]
		c := clientele.PaymentCurrency{ID: "curr", Symbol: "CHF", Decimal: int(decimals % 19)}
		a, readings, ok := ReadAmount(locale, c, text)
		if ok {
			readings = append(readings, a)
		}
		m := MoneyOf(locale, c)
		significant := func(s string) string { // digits, without the zeros that are at an end
			s = strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, m.ascii(s))
			return strings.Trim(s, "0")
		}
		for _, reading := range readings {
			if significant(reading.String()) != significant(text) {
				t.Errorf("%q is read as %s", text, reading)
			}
			plain := PlainAmount(locale, c, reading)
			if again, _, ok := ReadAmount(locale, c, plain); !ok || !again.Equal(reading) {
				t.Errorf("%q is %s, and %q is %v", text, reading, plain, again)
			}
		}
	})
}
