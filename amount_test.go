package clientele_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"clientele.dev"
)

func TestParseAmount(t *testing.T) {
	t.Parallel()
	sixty, longest := strings.Repeat("7", 60), strings.Repeat("9", clientele.MaxAmountDigits)
	for _, s := range []string{"0", "1", "-1", "2500", "9223372036854775807", "9223372036854775808", sixty, longest,
		"-" + longest} {
		a, err := clientele.ParseAmount("curr_x", s)
		if err != nil || a.String() != s || a.Currency() != "curr_x" {
			t.Errorf("ParseAmount(%q) = %s of %q, %v", s, a, a.Currency(), err)
		}
	}
	for _, s := range []string{"", "-", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1.0", "1e3", "0x10", "1_000", "1,000",
		"１", "٣", "NaN", "--1", "1\x00", longest + "0"} {
		if a, err := clientele.ParseAmount("", s); err == nil {
			t.Errorf("ParseAmount(%q) = %s", s, a)
		}
	}
}

func TestAmountJSON(t *testing.T) {
	t.Parallel()
	var a clientele.Amount
	tooLong := `"` + strings.Repeat("9", 97) + `"`
	for _, refused := range []string{`1`, `1.5`, `"1e3"`, `"01"`, `null`, `true`, `["1"]`, tooLong} {
		if err := json.Unmarshal([]byte(refused), &a); err == nil {
			t.Errorf("%s became %s", refused, a)
		}
	}
	sum := `"` + strings.Repeat("9", 90) + `"`
	if err := json.Unmarshal([]byte(sum), &a); err != nil {
		t.Error(err)
	}
	if out, err := json.Marshal(a); err != nil || string(out) != sum {
		t.Errorf("%s became %s, %v", sum, out, err)
	}
	if out, _ := json.Marshal(clientele.Amount{}); string(out) != `"0"` {
		t.Errorf("nothing is %s", out)
	}
}

func TestAmountDecimal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		units    string
		decimals int
		want     string
	}{
		{"10000", 2, "100.00"}, {"0", 2, "0.00"}, {"5", 2, "0.05"}, {"-5", 2, "-0.05"}, {"-12345", 2, "-123.45"},
		{"1500", 0, "1500"}, {"1", 18, "0.000000000000000001"}, {"1000000000000000000", 18, "1.000000000000000000"},
	} {
		a, err := clientele.ParseAmount("", c.units)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Decimal(c.decimals); got != c.want {
			t.Errorf("%s with %d decimals is %s, want %s", c.units, c.decimals, got, c.want)
		}
	}
}

func TestAmountsOfTwoCurrenciesDoNotMix(t *testing.T) {
	t.Parallel()
	usd, eur := clientele.Zero("usd"), clientele.Zero("eur")
	_, added := usd.Add(eur)
	_, subtracted := usd.Sub(eur)
	_, compared := usd.Cmp(eur)
	for _, err := range []error{added, subtracted, compared} {
		if !errors.Is(err, clientele.ErrCurrencyMismatch) {
			t.Errorf("mixing currencies: %v", err)
		}
	}
	if usd.Equal(eur) {
		t.Error("nothing in dollars equals nothing in euros")
	}
}

// TestAmountArithmetic compares with math/big over random amounts of any size, and that nothing changes its operands.
func TestAmountArithmetic(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2))
	random := func() (clientele.Amount, *big.Int) {
		digits := []byte{byte('1' + dice.IntN(9))}
		for range dice.IntN(70) {
			digits = append(digits, byte('0'+dice.IntN(10)))
		}
		text := string(digits)
		if dice.IntN(3) == 0 {
			text = "-" + text
		}
		a, err := clientele.ParseAmount("usd", text)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := new(big.Int).SetString(text, 10)
		return a, n
	}
	for range 2000 {
		a, x := random()
		b, y := random()
		times := dice.Int64N(1 << 40)
		sum, _ := a.Add(b)
		difference, _ := a.Sub(b)
		order, _ := a.Cmp(b)
		for what, is := range map[string][2]string{
			"sum":        {sum.String(), new(big.Int).Add(x, y).String()},
			"difference": {difference.String(), new(big.Int).Sub(x, y).String()},
			"product":    {a.Times(times).String(), new(big.Int).Mul(x, big.NewInt(times)).String()},
			"negative":   {a.Neg().String(), new(big.Int).Neg(x).String()},
			"operand":    {a.String() + " " + b.String(), x.String() + " " + y.String()},
		} {
			if is[0] != is[1] {
				t.Fatalf("the %s of %s and %s is %s, want %s", what, x, y, is[0], is[1])
			}
		}
		if order != x.Cmp(y) || a.Sign() != x.Sign() || a.Digits() != len(new(big.Int).Abs(x).String()) {
			t.Fatalf("%s against %s: order %d, sign %d, %d digits", x, y, order, a.Sign(), a.Digits())
		}
		if back, _ := difference.Add(b); !back.Equal(a) {
			t.Fatalf("%s - %s + %s is %s", a, b, b, back)
		}
	}
}

func FuzzAmount(f *testing.F) {
	for _, s := range []string{"0", "-1", "2500", "-0", "01", "1e3", "１", strings.Repeat("9", 79)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := clientele.ParseAmount("x", s)
		if err == nil && a.String() != s {
			t.Errorf("%q was read as %s", s, a)
		}
	})
}

func TestInvoiceAmountsKnowTheirCurrency(t *testing.T) {
	t.Parallel()
	var invoice clientele.InvoiceExpanded
	err := json.Unmarshal([]byte(`{"currency_id":"curr_a","total":"5","lines":[{"amount":"5","unit_amount":"5"}],
		"customer":{"token_balance":{"curr_b":"7"}},
		"paymentCurrency":{"id":"curr_a","minimum_payment_amount":"1"}}`), &invoice)
	if err != nil {
		t.Fatal(err)
	}
	for want, a := range map[string]clientele.Amount{
		"curr_a 5": invoice.Total, "curr_a 5 ": invoice.Lines[0].Amount,
		"curr_a 1": invoice.PaymentCurrency.MinimumPaymentAmount,
		"curr_b 7": invoice.Customer.TokenBalance["curr_b"],
	} {
		if got := a.Currency() + " " + a.String(); got != strings.TrimSpace(want) {
			t.Errorf("read %s, want %s", got, want)
		}
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"2023-10-27T10:00:00.000Z"`:       `"2023-10-27T10:00:00.000Z"`,
		`"2023-10-27T12:00:00+02:00"`:      `"2023-10-27T10:00:00.000Z"`,
		`"2023-10-27T10:00:00.123456789Z"`: `"2023-10-27T10:00:00.123Z"`,
		`"1969-12-31T23:59:59.9999-01:00"`: `"1970-01-01T00:59:59.999Z"`,
	} {
		var at clientele.Time
		if err := json.Unmarshal([]byte(in), &at); err != nil {
			t.Fatal(err)
		}
		if out, err := json.Marshal(at); err != nil || string(out) != want {
			t.Errorf("%s became %s, %v; want %s", in, out, err, want)
		}
	}
}
