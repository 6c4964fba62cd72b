package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev/internal/billing"
)

// TestOpenBooks shows that a database from before there were ledgers, with an invoice in every state, has right books
// once it is opened: what is owed, and what had been paid when.
func TestOpenBooks(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "old.db")
	c, err := openConn(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.run("CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL)"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"0001_customers", "0002_invoices", "0003_events", "0004_access"} {
		if err := applyStep(c, "migrations/"+step+".sql"); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := os.ReadFile("testdata/before_receivables.sql")
	if err != nil {
		t.Fatal(err)
	}
	rows = append(rows, "UPDATE customer_totals SET count = (SELECT count(*) FROM customers) WHERE livemode = 0;"...)
	if err := sqlitex.ExecuteScript(c.Conn, string(rows), nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	service := billing.New(s)
	err = service.Verify(t.Context(), func(int64, int64) {},
		func(d billing.Difference) { t.Errorf("%s: %s", d.ID, d.Text) })
	if err != nil {
		t.Fatal(err)
	}
	sums, err := service.Receivables(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if got := sums.Currencies["curr_test_usd"]; got.PastDue.String() != "6001" || got.Overdue.String() != "901" {
		t.Errorf("past due and overdue are %s and %s, want 6001 and 901", got.PastDue, got.Overdue)
	}
	aging, err := service.Aging(t.Context(), billing.AgingFilter{AsOf: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil || len(aging.Currencies) != 0 {
		t.Errorf("before the first invoice %v was outstanding (%v)", aging.Currencies, err)
	}
	docs, count, err := service.ListPayments(t.Context(), "", billing.PaymentFilter{
		Window: billing.Window{Limit: 10}, CurrencyID: "curr_test_eur",
	})
	if err != nil || count != 1 {
		t.Fatalf("%d payments in euros (%v), want 1", count, err)
	}
	if want := `"amount":"27670116110564327425"`; !strings.Contains(string(docs[0]), want) {
		t.Errorf("the payment is %s, want %s", docs[0], want)
	}
	_, found, err := service.SearchInvoices(t.Context(), false, "silva", 10, 0, true)
	if err != nil || found != 3 {
		t.Errorf("a search finds %d invoices (%v), want 3", found, err)
	}
}
