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

// breaking is a server whose statements can be made to fail.
type breaking struct {
	*testing.T
	store   *Store
	now     time.Time
	billing *billing.Service
	left    int // statements until one fails; none does while it is negative
	changes int
}

func newBreaking(t *testing.T) *breaking {
	b := &breaking{
		T: t, store: openAt(t, filepath.Join(t.TempDir(), "test.db")), left: -1,
		now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	b.billing = billing.New(b.store, billing.WithClock(func() time.Time { return b.now }))
	if err := b.billing.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.store.writer.conn.fail = b.fail
	open := b.store.readers.open
	b.store.readers.open = func(path string, pragmas ...string) (*conn, error) {
		c, err := open(path, pragmas...)
		if err == nil {
			c.fail = b.fail
		}
		return c, err
	}
	return b
}

func (b *breaking) fail(query string) error {
	if aroundTransactions.MatchString(query) || b.left < 0 {
		return nil
	}
	if b.left--; b.left < 0 {
		return errBroken
	}
	return nil
}

// read reads something with each of its statements failing, and then well.
func (b *breaking) read(name string, do func() error) {
	b.Helper()
	for n := 0; ; n++ {
		b.left = n
		err := do()
		broke := b.left < 0
		b.left = -1
		switch {
		case broke && !errors.Is(err, errBroken):
			b.Fatalf("%s: statement %d failed, and what was told is: %v", name, n, err)
		case broke:
			continue
		case err != nil:
			b.Fatalf("%s: %v", name, err)
		}
		return
	}
}

// change makes a change with each of its statements failing, and then well; it answers the object's id. Every other
// one has a key under which its answer is kept.
func (b *breaking) change(name string, do func(billing.Call) (store.Document, error)) string {
	b.Helper()
	call := billing.Call{Actor: "test"}
	if b.changes++; b.changes%2 == 0 {
		call.Repeat.Key = fmt.Sprint(name, b.changes)
	}
	for n := 0; ; n++ {
		before := dump(b.T, b.store)
		b.left = n
		doc, err := do(call)
		broke := b.left < 0
		b.left = -1
		switch {
		case broke && err == nil:
			b.Fatalf("%s: statement %d failed, and nobody was told", name, n)
		case broke:
			if after := dump(b.T, b.store); after != before {
				b.Fatalf("%s: statement %d failed, and something was changed", name, n)
			}
			continue
		case err != nil:
			b.Fatalf("%s: %v", name, err)
		}
		if call.Repeat.Key != "" {
			b.replay(name, call, doc, do)
		}
		var object struct{ ID string }
		if err := json.Unmarshal(doc.JSON, &object); err != nil {
			b.Fatal(err)
		}
		return object.ID
	}
}

// replay sends a change again under its key: it gets the same answer, or is told what failed.
func (b *breaking) replay(
	name string, call billing.Call, first store.Document, do func(billing.Call) (store.Document, error),
) {
	b.Helper()
	b.read(name+" again", func() error {
		again, err := do(call)
		if err == nil && string(again.JSON) != string(first.JSON) {
			b.Errorf("%s again: got %s, want %s", name, again.JSON, first.JSON)
		}
		return err
	})
}

func (b *breaking) on(name, id string, do func(call billing.Call, id string) (store.Document, error)) string {
	b.Helper()
	return b.change(name, func(call billing.Call) (store.Document, error) { return do(call, id) })
}

func (b *breaking) fields(text string) (f billing.Fields) {
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		b.Fatal(err)
	}
	return f
}

func usd(n int64) *clientele.Amount { return new(clientele.NewAmount("curr_test_usd", n)) }

func (b *breaking) invoice(customer string, price int64, days int) string {
	b.Helper()
	return b.change("invoice", func(call billing.Call) (store.Document, error) {
		return b.billing.Invoices.Create(b.Context(), call, billing.InvoiceParams{
			CustomerID: customer, CurrencyID: "curr_test_usd", Finalize: true,
			InvoiceContent: billing.InvoiceContent{
				DueDate: billing.DueAt(b.now.AddDate(0, 0, days).Unix()),
				Lines:   []billing.LineParams{{Description: "work", UnitAmount: usd(price)}},
			},
		})
	})
}

func (b *breaking) pay(customer string, amount int64, invoice string) string {
	b.Helper()
	return b.change("payment", func(call billing.Call) (store.Document, error) {
		return b.billing.Payments.Create(b.Context(), call, billing.PaymentParams{
			CustomerID: customer, CurrencyID: "curr_test_usd", Amount: usd(amount), InvoiceID: invoice,
			Metadata: jsontext.Value(`{"x":1}`),
		})
	})
}

func (b *breaking) moveCredit(name, customer string, p billing.CreditParams) {
	b.Helper()
	p.CurrencyID = "curr_test_usd"
	b.change(name, func(call billing.Call) (store.Document, error) {
		return b.billing.Customers.MoveCredit(b.Context(), call, customer, p)
	})
}

func (b *breaking) verify() {
	b.Helper()
	err := b.billing.Verify(b.Context(), func(int64, int64) {}, func(d billing.Difference) {
		b.Errorf("%s: %s", d.ID, d.Text)
	})
	if err != nil {
		b.Error(err)
	}
}

// TestAnyStatementMayFail lets each statement of each change fail, one after the other. Whichever it is, the error is
// told and nothing is changed, so that the same change can be made once it does not fail any more.
func TestAnyStatementMayFail(t *testing.T) {
	t.Parallel()
	b := newBreaking(t)
	ctx, customers, invoices, payments := t.Context(), b.billing.Customers, b.billing.Invoices, b.billing.Payments
	customer := b.change("create", func(call billing.Call) (store.Document, error) {
		return customers.Create(ctx, call, b.fields(`{"name":"Ada","external_id":"E1","metadata":{"a":1}}`))
	})
	b.change("update", func(call billing.Call) (store.Document, error) {
		return customers.Update(ctx, call, customer, b.fields(`{"name":"Ada King","metadata":{"a":null,"b":2}}`))
	})
	b.change("replace", func(call billing.Call) (store.Document, error) {
		return customers.UpsertExternal(ctx, call, "E1", b.fields(`{"name":"Ada King","metadata":{"b":2}}`))
	})
	first, second := b.invoice(customer, 100, 1), b.invoice(customer, 50, 2)
	third, fourth := b.invoice(customer, 30, -40), b.invoice(customer, 70, -3)
	b.on("hold", first, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Hold(ctx, call, id, billing.HoldParams{Until: b.now.AddDate(1, 0, 0).Unix(), Reason: "x"})
	})
	b.on("release", first, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Release(ctx, call, id)
	})
	b.on("uncollectible", third, func(call billing.Call, id string) (store.Document, error) {
		return invoices.MarkUncollectible(ctx, call, id)
	})
	b.on("write off a part", fourth, func(call billing.Call, id string) (store.Document, error) {
		return invoices.WriteOff(ctx, call, id, billing.WriteOffParams{Amount: usd(30)})
	})
	b.on("write off the rest", fourth, func(call billing.Call, id string) (store.Document, error) {
		return invoices.WriteOff(ctx, call, id, billing.WriteOffParams{})
	})
	b.pay(customer, 10, fourth) // a recovery
	b.on("reopen", fourth, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Reopen(ctx, call, id)
	})
	b.on("credit note", second, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Credit(ctx, call, id, billing.CreditNoteParams{Amount: usd(5)})
	})
	payment := b.pay(customer, 120, "")
	b.on("unallocate", payment, func(call billing.Call, id string) (store.Document, error) {
		return payments.Unallocate(ctx, call, id, billing.UnallocateParams{})
	})
	b.on("allocate", payment, func(call billing.Call, id string) (store.Document, error) {
		return payments.Allocate(ctx, call, id, billing.AllocateParams{Amount: usd(40)})
	})
	b.on("keep as credit", payment, func(call billing.Call, id string) (store.Document, error) {
		return payments.Credit(ctx, call, id, billing.RestParams{Amount: usd(20)})
	})
	b.moveCredit("use the credit", customer, billing.CreditParams{
		Amount: usd(-20), Reason: clientele.ReasonCreditApplied, InvoiceID: first,
	})
	b.on("refund", payment, func(call billing.Call, id string) (store.Document, error) {
		return payments.Refund(ctx, call, id, billing.RefundParams{RestParams: billing.RestParams{Amount: usd(15)}})
	})
	b.on("reverse", payment, func(call billing.Call, id string) (store.Document, error) {
		return payments.Reverse(ctx, call, id, billing.ReverseParams{Reason: "it bounced"})
	})
	b.on("pay", first, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Pay(ctx, call, id, billing.Receipt{})
	})
	b.on("credit note of what was paid", first, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Credit(ctx, call, id, billing.CreditNoteParams{Amount: usd(30)})
	})
	b.moveCredit("pay credit out", customer, billing.CreditParams{Amount: usd(-1), Reason: clientele.ReasonRefund})
	b.on("void", second, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Void(ctx, call, id)
	})
	b.on("void", third, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Void(ctx, call, id)
	})
	b.settingsAndAccount()
	b.policy(customer)
	b.draft(customer)
	b.currencies()
	b.verify()
}

func (b *breaking) settingsAndAccount() {
	b.change("settings", func(call billing.Call) (store.Document, error) {
		return b.billing.Settings.Update(b.Context(), call, billing.SettingsParams{UncollectibleAfterDays: new(int64(9))})
	})
	b.change("account", func(call billing.Call) (store.Document, error) {
		return b.billing.Settings.UpdateAccount(b.Context(), call, billing.AccountParams{Name: new("King & Co")})
	})
}

// policy lets the policy give up an invoice that is late.
func (b *breaking) policy(customer string) {
	id := b.invoice(customer, 25, -30)
	given := 0 // in all tries: one may fail after a mode is done
	b.read("policy", func() error {
		more, err := b.billing.ApplyPolicy(b.Context())
		given += more
		return err
	})
	doc, err := b.billing.Invoices.Retrieve(b.Context(), clientele.Test, id)
	if given != 1 || err != nil || !strings.Contains(string(doc.JSON), `"status":"uncollectible"`) {
		b.Errorf("the policy gave up %d invoices, want 1; %s %v", given, doc.JSON, err)
	}
}

// draft makes a draft, changes it and drops it, and deletes and restores a customer who owes nothing.
func (b *breaking) draft(customer string) {
	ctx, invoices, customers := b.Context(), b.billing.Invoices, b.billing.Customers
	lines := func(price int64) billing.InvoiceContent {
		return billing.InvoiceContent{Lines: []billing.LineParams{{Description: "work", UnitAmount: usd(price)}}}
	}
	draft := b.change("draft", func(call billing.Call) (store.Document, error) {
		return invoices.Create(ctx, call, billing.InvoiceParams{
			CustomerID: customer, CurrencyID: "curr_test_usd", InvoiceContent: lines(1),
		})
	})
	b.on("change a draft", draft, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Update(ctx, call, id, lines(2))
	})
	b.on("drop a draft", draft, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Delete(ctx, call, id)
	})
	draft = b.change("draft", func(call billing.Call) (store.Document, error) {
		return invoices.Create(ctx, call, billing.InvoiceParams{
			CustomerID: customer, CurrencyID: "curr_test_usd", InvoiceContent: lines(3),
		})
	})
	b.on("finalize", draft, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Finalize(ctx, call, id)
	})
	eve := b.change("somebody else", func(call billing.Call) (store.Document, error) {
		return customers.Create(ctx, call, b.fields(`{"did":"z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE"}`))
	})
	b.on("delete", eve, func(call billing.Call, id string) (store.Document, error) {
		return customers.Delete(ctx, call, id)
	})
	b.on("restore", eve, func(call billing.Call, id string) (store.Document, error) {
		return customers.Restore(ctx, call, id)
	})
}

func (b *breaking) currencies() {
	method := b.change("method", func(call billing.Call) (store.Document, error) {
		return b.billing.PaymentMethods.Create(b.Context(), call, billing.MethodParams{Type: "manual", Name: "Bank"})
	})
	b.change("currency", func(call billing.Call) (store.Document, error) {
		return b.billing.PaymentCurrencies.Create(b.Context(), call, billing.CurrencyParams{
			PaymentMethodID: method, Name: "Euro", Symbol: "EUR", Decimal: new(int64(2)),
		})
	})
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
