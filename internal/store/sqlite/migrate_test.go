package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// oldDatabase makes a database as it was before there were ledgers, with some rows, and returns where it is.
func oldDatabase(t *testing.T, rows string) string {
	t.Helper()
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
	if err := sqlitex.ExecuteScript(c.Conn, rows, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOldMetadataIsMended shows that values which were indexed as they were sent are found as they are answered once a
// database is opened, that rows nobody could find any more are gone, and that others are left alone.
func TestOldMetadataIsMended(t *testing.T) {
	t.Parallel()
	path := oldDatabase(t, `
		INSERT INTO customers (seq, id, livemode, shown, version, updated_at, delinquent, email, name, doc) VALUES
			(1, 'cus_1', 0, 0, 1, 0, 0, '', '',
				'{"id":"cus_1","livemode":false,"invoice_prefix":"A","metadata":{"tags":["é"],"n":1}}'),
			(2, 'cus_2', 0, 0, 1, 0, 0, '', '',
				'{"id":"cus_2","livemode":false,"invoice_prefix":"A","metadata":{"plain":"x"}}');
		INSERT INTO customer_metadata (livemode, key, value, seq, folded) VALUES
			(0, 'tags', '["\u00e9"]', 1, '["\u00e9"]'), (0, 'tags', '["\u00e8"]', 1, ''), (0, 'n', '1', 1, '1'),
			(0, 'plain', 'x', 2, 'x');`)
	s, err := Open(t.Context(), "sqlite:"+path, WithUpgrades(billing.Upgrades))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var got []string
	err = s.lookups.read(t.Context(), func(c *conn) error {
		return c.each("SELECT seq || ' ' || key || ' ' || value || ' ' || folded FROM customer_metadata ORDER BY seq, key",
			func(r row) error { got = append(got, r.text(0)); return nil })
	})
	if want := `1 n 1 , 1 tags ["é"] ["e"], 2 plain x `; err != nil || strings.Join(got, ", ") != want {
		t.Errorf("the index holds %s, %v; want %s", strings.Join(got, ", "), err, want)
	}
	// Of two who shared an invoice prefix the older has it.
	var holder string
	err = s.lookups.read(t.Context(), func(c *conn) error {
		return c.each(`SELECT c.id FROM customer_names n JOIN customers c USING (seq)
			WHERE kind = 'invoice_prefix' AND n.name = 'A'`,
			func(r row) error { holder += r.text(0); return nil })
	})
	if err != nil || holder != "cus_1" {
		t.Errorf("the prefix is %q's, %v", holder, err)
	}
}

// TestOpenBooks shows that a database from before there were ledgers, with an invoice in every state, has right books
// once it is opened: what is owed, and what had been paid when.
func TestOpenBooks(t *testing.T) {
	t.Parallel()
	rows, err := os.ReadFile("testdata/before_receivables.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := oldDatabase(t, string(rows))
	s, err := Open(t.Context(), "sqlite:"+path, WithUpgrades(billing.Upgrades))
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
	events, _, err := service.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if previous := e.Data.PreviousAttributes; (e.ObjectVersion == 1) != (previous == nil) {
			t.Errorf("%s, %s, says that %v was before", e.ID, e.Type, previous)
		}
	}
	sums, err := service.Receivables.Summary(t.Context(), false, time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if got := sums.Currencies["curr_test_usd"]; got.PastDue.String() != "6001" || got.Overdue.String() != "901" {
		t.Errorf("past due and overdue are %s and %s, want 6001 and 901", got.PastDue, got.Overdue)
	}
	early := billing.AgingFilter{AsOf: billing.Moment{At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}}
	aging, err := service.Receivables.Aging(t.Context(), early)
	if err != nil || len(aging.Currencies) != 0 {
		t.Errorf("before the first invoice %v was outstanding (%v)", aging.Currencies, err)
	}
	docs, count, err := service.Payments.List(t.Context(), "", store.PaymentFilter{
		Window: store.Window{Limit: 10}, CurrencyID: "curr_test_eur",
	}, false)
	if err != nil || count != 1 {
		t.Fatalf("%d payments in euros (%v), want 1", count, err)
	}
	if want := `"amount":"27670116110564327425"`; !strings.Contains(string(docs[0]), want) {
		t.Errorf("the payment is %s, want %s", docs[0], want)
	}
	_, found, err := service.Invoices.Search(t.Context(), billing.Search{Query: "silva", Limit: 10})
	if err != nil || found != 3 {
		t.Errorf("a search finds %d invoices (%v), want 3", found, err)
	}
}

// TestRefundsOfBeforeAreFound searches for a refund that was there before refunds were searched.
func TestRefundsOfBeforeAreFound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "before.db")
	open := func() (*Store, *billing.Service) {
		s, err := Open(t.Context(), "sqlite:"+path, WithUpgrades(billing.Upgrades))
		if err != nil {
			t.Fatal(err)
		}
		return s, billing.New(s)
	}
	s, service := open()
	if err := service.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	call, amount := billing.Call{Actor: "test"}, clientele.NewAmount("curr_test_usd", 100)
	c, err := service.Customers.Create(t.Context(), call, billing.Fields{"name": []byte(`"Ada"`)})
	if err != nil {
		t.Fatal(err)
	}
	pay, err := service.Payments.Create(t.Context(), call, billing.PaymentParams{
		CustomerID: c.ID, CurrencyID: "curr_test_usd", Amount: &amount,
	})
	if err != nil {
		t.Fatal(err)
	}
	refund, err := service.Payments.Refund(t.Context(), call, pay.ID, billing.RefundParams{Description: "Sent BACK"})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	raw, err := openConn(path)
	if err != nil {
		t.Fatal(err)
	}
	err = sqlitex.ExecuteScript(raw.Conn, `DROP TABLE refund_texts; DROP TABLE refund_search_test;
		DROP TABLE refund_search_live; ALTER TABLE customer_texts DROP COLUMN german_name;
		DROP INDEX invoices_by_currency; DROP INDEX payments_by_currency; DROP INDEX refunds_by_currency;
		DELETE FROM row_counts WHERE kind GLOB '* *' OR kind = 'refunds';
		DELETE FROM schema_migrations WHERE version >= 19;`, nil)
	if err = errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
	s, service = open()
	defer s.Close()
	for _, query := range []string{refund.ID, pay.ID, "sent back"} {
		docs, count, err := service.Refunds.Search(t.Context(), billing.Search{Query: query, Limit: 10})
		if err != nil || count != 1 || !strings.Contains(string(docs[0]), `"id":"`+refund.ID+`"`) {
			t.Errorf("%q finds %d %s (%v), want %s", query, count, docs, err, refund.ID)
		}
	}
}
