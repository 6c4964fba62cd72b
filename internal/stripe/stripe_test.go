package stripe

import (
	"os"
	"path/filepath"
	"testing"

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
