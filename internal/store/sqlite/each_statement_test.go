package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// errBroken is what a statement fails with in a test.
var errBroken = errors.New("the statement broke")

// aroundTransactions are the statements around a transaction, which do not fail by themselves.
var aroundTransactions = regexp.MustCompile(`^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)`)

// TestAnyStatementMayFail lets each statement of each change fail, one after the other. Whichever it is, the error is
// told and nothing is changed, so that the same change can be made once it does not fail any more.
func TestAnyStatementMayFail(t *testing.T) {
	t.Parallel()
	s := openAt(t, filepath.Join(t.TempDir(), "test.db"))
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	service := billing.New(s, billing.WithClock(func() time.Time { return now }))
	if err := service.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left int // statements until one fails; none does while it is negative
	s.writer.conn.fail = func(query string) error {
		if aroundTransactions.MatchString(query) || left < 0 {
			return nil
		}
		if left--; left < 0 {
			return errBroken
		}
		return nil
	}
	left = -1
	// change makes a change with each of its statements failing, and then well; it answers the object's id. Every other
	// one has a key under which its answer is kept.
	changes := 0
	change := func(name string, do func(billing.Call) (store.Document, error)) string {
		t.Helper()
		call := billing.Call{Actor: "test"}
		if changes++; changes%2 == 0 {
			call.Repeat.Key = fmt.Sprint(name, changes)
		}
		for n := 0; ; n++ {
			before := dump(t, s)
			left = n
			doc, err := do(call)
			broke := left < 0
			left = -1
			switch {
			case broke && err == nil:
				t.Fatalf("%s: statement %d failed, and nobody was told", name, n)
			case broke:
				if after := dump(t, s); after != before {
					t.Fatalf("%s: statement %d failed, and something was changed", name, n)
				}
				continue
			case err != nil:
				t.Fatalf("%s: %v", name, err)
			}
			var object struct{ ID string }
			if err := json.Unmarshal(doc.JSON, &object); err != nil {
				t.Fatal(err)
			}
			return object.ID
		}
	}
	amount := func(n int64) *clientele.Amount { return new(clientele.NewAmount("curr_test_usd", n)) }
	fields := func(text string) (f billing.Fields) {
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			t.Fatal(err)
		}
		return f
	}
	ctx := t.Context()
	customer := change("create", func(call billing.Call) (store.Document, error) {
		return service.Customers.Create(ctx, call, fields(`{"name":"Ada","external_id":"E1","metadata":{"a":1}}`))
	})
	change("update", func(call billing.Call) (store.Document, error) {
		return service.Customers.Update(ctx, call, customer, fields(`{"name":"Ada King","metadata":{"a":null,"b":2}}`))
	})
	invoice := func(price int64, days int) string {
		return change("invoice", func(call billing.Call) (store.Document, error) {
			return service.Invoices.Create(ctx, call, billing.InvoiceParams{
				CustomerID: customer, CurrencyID: "curr_test_usd", Finalize: true,
				InvoiceContent: billing.InvoiceContent{
					DueDate: billing.DueAt(now.AddDate(0, 0, days).Unix()),
					Lines:   []billing.LineParams{{Description: "work", UnitAmount: amount(price)}},
				},
			})
		})
	}
	first, second, third := invoice(100, 1), invoice(50, 2), invoice(30, -40)
	on := func(name, id string, do func(billing.Call, string) (store.Document, error)) {
		t.Helper()
		change(name, func(call billing.Call) (store.Document, error) { return do(call, id) })
	}
	on("hold", first, func(call billing.Call, id string) (store.Document, error) {
		return service.Invoices.Hold(ctx, call, id, billing.HoldParams{Until: now.AddDate(1, 0, 0).Unix(), Reason: "x"})
	})
	on("release", first, func(call billing.Call, id string) (store.Document, error) {
		return service.Invoices.Release(ctx, call, id)
	})
	on("uncollectible", third, func(call billing.Call, id string) (store.Document, error) {
		return service.Invoices.MarkUncollectible(ctx, call, id)
	})
	on("credit note", second, func(call billing.Call, id string) (store.Document, error) {
		return service.Invoices.Credit(ctx, call, id, billing.CreditNoteParams{Amount: amount(5)})
	})
	payment := change("payment", func(call billing.Call) (store.Document, error) {
		return service.Payments.Create(ctx, call, billing.PaymentParams{
			CustomerID: customer, CurrencyID: "curr_test_usd", Amount: amount(120), Metadata: jsontext.Value(`{"x":1}`),
		})
	})
	on("unallocate", payment, func(call billing.Call, id string) (store.Document, error) {
		return service.Payments.Unallocate(ctx, call, id, billing.UnallocateParams{})
	})
	on("allocate", payment, func(call billing.Call, id string) (store.Document, error) {
		return service.Payments.Allocate(ctx, call, id, billing.AllocateParams{Amount: amount(40)})
	})
	on("keep as credit", payment, func(call billing.Call, id string) (store.Document, error) {
		return service.Payments.Credit(ctx, call, id, billing.RestParams{Amount: amount(20)})
	})
	change("use the credit", func(call billing.Call) (store.Document, error) {
		return service.Customers.MoveCredit(ctx, call, customer, billing.CreditParams{
			CurrencyID: "curr_test_usd", Amount: amount(-20), Reason: clientele.ReasonCreditApplied, InvoiceID: first,
		})
	})
	on("reverse", payment, func(call billing.Call, id string) (store.Document, error) {
		return service.Payments.Reverse(ctx, call, id, billing.ReverseParams{Reason: "it bounced"})
	})
	on("pay", first, func(call billing.Call, id string) (store.Document, error) {
		return service.Invoices.Pay(ctx, call, id, billing.Receipt{})
	})
	on("void", second, func(call billing.Call, id string) (store.Document, error) {
		return service.Invoices.Void(ctx, call, id)
	})
	on("void", third, func(call billing.Call, id string) (store.Document, error) {
		return service.Invoices.Void(ctx, call, id)
	})
	change("settings", func(call billing.Call) (store.Document, error) {
		return service.Settings.Update(ctx, call, billing.SettingsParams{UncollectibleAfterDays: new(int64(9))})
	})
	err := service.Verify(ctx, func(int64, int64) {}, func(d billing.Difference) { t.Errorf("%s: %s", d.ID, d.Text) })
	if err != nil {
		t.Error(err)
	}
}

// dump is all that a change may change but for kept answers.
func dump(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	for _, query := range []string{
		"SELECT doc FROM customers", "SELECT doc FROM invoices", "SELECT doc FROM payments", "SELECT doc FROM credit_notes",
		"SELECT doc FROM refunds", "SELECT doc FROM settings", "SELECT name FROM customer_names",
		"SELECT id FROM ledger", "SELECT figure || bucket || due_day || amount FROM ledger_sums ORDER BY 1",
		"SELECT kind || bits || bucket || count FROM row_counts ORDER BY 1", "SELECT count(*) || '' FROM events",
		"SELECT count(*) || '' FROM answers", "SELECT value FROM customer_metadata", "SELECT text FROM invoice_texts",
	} {
		err := s.readers.read(t.Context(), func(c *conn) error {
			return c.each(query, func(r row) error { fmt.Fprintln(&b, r.text(0)); return nil })
		})
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	return b.String()
}
