package stripe

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// TestUnitsOf reads amounts as the dashboard writes them.
func TestUnitsOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ cell, code, want string }{
		{"12.34", "usd", "1234"}, {"1,234.56", "usd", "123456"}, {"-5.00", "eur", "-500"}, {"5000", "jpy", "5000"},
		{"5,000", "jpy", "5000"}, {"1.234", "kwd", "1234"}, {"12,34", "eur", "1234"}, {"1,234", "usd", "123400"},
		{"0", "usd", "0"}, {"99999999999999999999.99", "usd", "9999999999999999999999"},
		// What is none stays as it is, to be told.
		{"12.345", "usd", "12.345"}, {"5.5", "jpy", "5.5"}, {"12a", "usd", "12a"}, {"1e3", "usd", "1e3"},
	} {
		if got := unitsOf(c.cell, c.code); got != c.want {
			t.Errorf("%s %s is %s, want %s", c.cell, c.code, got, c.want)
		}
	}
}

// TestTakeCash takes in what is left of a cash balance: the latest money that came.
func TestTakeCash(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		movements []int64 // what came in the order of time, and below 0 what was used
		want      string
	}{
		"all":          {[]int64{100, 50}, "1:50 0:100 "},
		"some":         {[]int64{100, -60, 50}, "2:50 0:40 "},
		"the first":    {[]int64{100, -100, 50}, "2:50 "},
		"nothing":      {[]int64{100, 50, -150}, ""},
		"more than is": {[]int64{100, -150}, ""},
	} {
		a := &arriving{}
		for n, units := range c.movements {
			m := cashMovement{amount: clientele.NewAmount("eur", units)}
			if at := time.Unix(int64(n), 0); units > 0 {
				m.payment = &billing.ArrivingPayment{ID: strconv.Itoa(n), CreatedAt: at}
			}
			a.cash = append(a.cash, m)
		}
		a.takeCash()
		got := ""
		for _, p := range a.Arrival.Payments {
			got += p.ID + ":" + p.Amount.String() + " "
		}
		if got != c.want {
			t.Errorf("of %s %v is left %q, want %q", name, c.movements, got, c.want)
		}
	}
}

// TestWrittenAmounts are in the smallest unit that Stripe counts in, or are none that it can say.
func TestWrittenAmounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		symbol   string
		decimals int
		units    string
		want     string // "" for what cannot be said
	}{
		{"USD", 2, "12345678901234567890123", "12345678901234567890123"}, {"USD", 4, "12300", "123"},
		{"USD", 4, "12345", ""}, {"JPY", 0, "-5", "-5"}, {"KWD", 3, "1234", "1234"}, {"ISK", 0, "7", "700"},
		{"ABT", 18, "1000000000000000000", ""}, {"EUR", 2, "0", "0"},
	} {
		amount, err := clientele.ParseAmount("c", c.units)
		if err != nil {
			t.Fatal(err)
		}
		w := NewWriter([]clientele.PaymentCurrency{{ID: "c", Symbol: c.symbol, Decimal: c.decimals}}, nil)
		o := object{Writer: w}
		o.money("c")
		if got := string(o.amount(amount)); (o.unsaid == "") != (c.want != "") || c.want != "" && got != c.want {
			t.Errorf("%s of %s with %d decimals is %s (cannot say: %q), want %q", c.units, c.symbol, c.decimals, got,
				o.unsaid, c.want)
		}
	}
}

// FuzzRead reads whatever there is: it is read, or refused, and what is read can be told by customers.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"id":"cus_1","object":"customer","balance":-5,"currency":"usd","address":{"city":1}}`))
	f.Add([]byte(`[{"id":"in_1","object":"invoice","customer":"cus_1","total":"7","lines":{"data":[{}]}}]`))
	f.Add([]byte(`{"object":"list","data":[{"id":"re_1","object":"refund","charge":{"id":"ch_1"},"amount":1}]}`))
	f.Add([]byte("id,Amount,Currency,Customer ID,Status\nch_1,1.50,usd,cus_1,Paid\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		files, err := Read([]string{path}, clientele.Test)
		if err != nil {
			return
		}
		defer func() { _ = files.Close() }()
		err = files.Customers(func(_ clientele.Mode, code string) clientele.PaymentCurrency {
			return clientele.PaymentCurrency{ID: "curr_" + code, Symbol: code, Decimal: 2}
		}, func(found billing.Found) error {
			for _, i := range found.Arrival.Invoices {
				if len(i.Content.Lines) == 0 || len(i.LineIDs) != len(i.Content.Lines) {
					t.Errorf("%s has %d lines with %d ids", i.ID, len(i.Content.Lines), len(i.LineIDs))
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("what was read cannot be told: %v", err)
		}
	})
}
