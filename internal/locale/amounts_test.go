package locale

import (
	"testing"

	"clientele.dev"
)

// TestShortAmounts writes amounts where there is little room.
func TestShortAmounts(t *testing.T) {
	t.Parallel()
	dollar := clientele.PaymentCurrency{ID: "c", Symbol: "USD", Decimal: 2}
	token := clientele.PaymentCurrency{ID: "c", Symbol: "ABT", Decimal: 18}
	yen := clientele.PaymentCurrency{ID: "c", Symbol: "JPY"}
	for _, test := range []struct {
		locale   string
		currency clientele.PaymentCurrency
		units    string
		want     string
	}{
		{"en", dollar, "0", "$0.00"}, {"en", dollar, "12345", "$123.45"}, {"en", dollar, "123456", "$1.23k"},
		{"en", dollar, "123500", "$1.24k"}, {"en", dollar, "123499", "$1.23k"}, {"en", dollar, "99999999", "$1.00M"},
		{"en", dollar, "68381304", "$684k"}, {"en", dollar, "-68381304", "-$684k"}, {"en", dollar, "186", "$1.86"},
		{"en", dollar, "1234567890123456789", "$12,300tn"}, {"en", dollar, "123456789000", "$1.23bn"},
		{"de", dollar, "186000000", "1,86M\u00a0$"}, {"en", yen, "98765", "¥98,765"}, {"en", yen, "980917", "¥981k"},
		{"en", token, "2197684347766790366141316", "ABT\u00a02.20M"},
		{"en", token, "477312500000012257385", "ABT\u00a0477"},
	} {
		a, err := clientele.ParseAmount("c", test.units)
		if err != nil {
			t.Fatal(err)
		}
		if got := MoneyOf(test.locale, test.currency).Short(a); got != test.want {
			t.Errorf("%s of %s in %s is %q, want %q", test.units, test.currency.Symbol, test.locale, got, test.want)
		}
	}
}
