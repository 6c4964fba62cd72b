package storetest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// Breaking is a store whose statements can be made to fail. What it does by itself has ended: all its statements are
// those of a test.
type Breaking struct {
	Store store.Store
	Fault *Fault // which the store's statements meet
	// Is says whether an error is the one that the statement failed with.
	Is func(error) bool
	// Kept is all that the database has.
	Kept func() string
	// Exec changes the database past the store.
	Exec func(statement string)
}

// OpenBreaking opens a new, empty database. The test's end closes it.
type OpenBreaking func(t *testing.T) Breaking

// aroundTransactions are the statements around a transaction, which do not fail by themselves.
var aroundTransactions = regexp.MustCompile(`(?i)^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|SET LOCAL)`)

// Fault lets one statement fail.
type Fault struct {
	mu     sync.Mutex
	armed  bool
	before int // how many statements are well before it
}

// after lets a statement fail after so many that are well.
func (f *Fault) after(statements int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed, f.before = true, statements
}

// disarm lets all statements be well again, and says whether one had failed.
func (f *Fault) disarm() (failed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	failed, f.armed = !f.armed, false
	return failed
}

// Meets says whether a statement that is about to run fails.
func (f *Fault) Meets(statement string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.armed || aroundTransactions.MatchString(statement) {
		return false
	}
	f.before--
	f.armed = f.before >= 0
	return !f.armed
}

// RunBreaking lets every statement fail once, one after the other.
func RunBreaking(t *testing.T, open OpenBreaking) {
	for name, test := range map[string]func(*breaking){
		"any statement of a change may fail": anyChangeMayFail,
		"any statement of access may fail":   anyAccessMayFail,
		"any read may fail":                  anyReadMayFail,
		"a broken document is told":          brokenDocumentsAreTold,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newBreaking(t, open(t)))
		})
	}
}

// breaking is a server whose statements can be made to fail.
type breaking struct {
	*testing.T
	Breaking
	now     time.Time
	billing *billing.Service
	changes int
}

func newBreaking(t *testing.T, store Breaking) *breaking {
	t.Helper()
	b := &breaking{T: t, Breaking: store, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	b.billing = billing.New(b.Store, billing.WithClock(func() time.Time { return b.now }))
	if err := b.billing.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// read reads something with each of its statements failing, and then well.
func (b *breaking) read(name string, do func() error) {
	b.Helper()
	for n := 0; ; n++ {
		b.Fault.after(n)
		err := do()
		broke := b.Fault.disarm()
		switch {
		case broke && !b.Is(err):
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
	before := b.Kept()
	for n := 0; ; n++ {
		b.Fault.after(n)
		doc, err := do(call)
		broke := b.Fault.disarm()
		switch {
		case broke && !b.Is(err):
			b.Fatalf("%s: statement %d failed, and what was told is: %v", name, n, err)
		case broke:
			if after := b.Kept(); after != before {
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

func cents(n int64) *clientele.Amount { return new(clientele.NewAmount(usd, n)) }

func (b *breaking) invoice(customer string, price int64, days int) string {
	b.Helper()
	return b.change("invoice", func(call billing.Call) (store.Document, error) {
		return b.billing.Invoices.Create(b.Context(), call, clientele.InvoiceParams{
			CustomerID: customer, CurrencyID: usd, Finalize: true,
			InvoiceContent: clientele.InvoiceContent{
				DueDate: clientele.DueAt(b.now.AddDate(0, 0, days).Unix()),
				Lines:   []clientele.LineParams{{Description: "work", UnitAmount: cents(price)}},
			},
		})
	})
}

func (b *breaking) pay(customer string, amount int64, invoice string) string {
	b.Helper()
	return b.change("payment", func(call billing.Call) (store.Document, error) {
		return b.billing.Payments.Create(b.Context(), call, clientele.PaymentParams{
			CustomerID: customer, CurrencyID: usd, Amount: cents(amount), InvoiceID: invoice,
			Metadata: jsontext.Value(`{"x":1}`),
		})
	})
}

func (b *breaking) moveCredit(name, customer string, p clientele.CreditParams) {
	b.Helper()
	p.CurrencyID = usd
	b.change(name, func(call billing.Call) (store.Document, error) {
		return b.billing.Customers.MoveCredit(b.Context(), call, customer, p)
	})
}
