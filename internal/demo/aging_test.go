package demo_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/move"
	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/postgres"
)

// TestAgingOfEveryDay asks what was outstanding on each of 400 days, at its end or some moment of it, and compares with
// a slow answer that replays the events, which know nothing of the ledger. Then money comes in for all that is owed,
// and every answer is the same.
func TestAgingOfEveryDay(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		service, db := filled(t)
		ageEveryDay(t, service, db, 1)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		db, err := postgres.Open(t.Context(), pgtest.URL(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		_, from := filled(t)
		if err := move.All(t.Context(), from, db, "the demo", func(string, int64) {}); err != nil {
			t.Fatal(err)
		}
		ageEveryDay(t, billing.New(db), db, 5)
	})
}

// ageEveryDay asks for every so many days of 400: by turns for a moment of one, and for the last of one.
func ageEveryDay(t *testing.T, service *billing.Service, db store.Store, step int) {
	t.Helper()
	replay := newReplay(t, db)
	var moments []time.Time
	for day := 0; day < 400; day += step {
		at := until.Truncate(24*time.Hour).AddDate(0, 0, day-397).Add(-time.Millisecond)
		if day%2 == 0 {
			at = at.Add(-time.Duration(rand.Int64N(24*60*60*1000)) * time.Millisecond)
		}
		moments = append(moments, at)
	}
	ask := func() (answers []string) {
		for i, at := range moments {
			f := billing.AgingFilter{AsOf: billing.AsOf{Day: clientele.AtTime(at), KnownAt: clientele.AtTime(at)}}
			aging, err := service.Receivables.Aging(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if i%20 == 0 { // what each customer owed comes to the same
				byCustomer, err := service.Receivables.AgingByCustomer(t.Context(), f, store.Window{Limit: 1 << 40})
				if err != nil || written(byCustomer.Currencies) != written(aging.Currencies) {
					t.Errorf("at %v the customers' sums are %s, and all are %s (%v)", at, written(byCustomer.Currencies),
						written(aging.Currencies), err)
				}
			}
			answers = append(answers, written(aging.Currencies))
		}
		return answers
	}
	before := ask()
	some := 0
	for i, at := range moments {
		want := replay.until(at)
		if before[i] != want {
			t.Fatalf("at %v\n%s was outstanding; the events say\n%s", at, before[i], want)
		}
		if want != "" {
			some++
		}
	}
	if some < len(moments)*7/8 {
		t.Errorf("on %d of %d moments something was outstanding", some, len(moments))
	}
	payEverything(t, service)
	for i, answer := range ask() {
		if answer != before[i] {
			t.Fatalf("at %v\n%s was outstanding; now it is said to have been\n%s", moments[i], before[i], answer)
		}
	}
	now, err := service.Receivables.Aging(t.Context(), billing.AgingFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for currency, b := range now.Currencies {
		if b.Total.Sign() != 0 {
			t.Errorf("%s is outstanding in %s, and all is paid", b.Total, currency)
		}
	}
}

// written writes buckets in one way.
func written(currencies map[string]clientele.AgingBuckets) (text string) {
	for _, id := range slices.Sorted(maps.Keys(currencies)) {
		b := currencies[id]
		text += fmt.Sprintln(id, b.NotDue, b.Days1To30, b.Days31To60, b.Days61To90, b.DaysOver90, b.Total, b.Unapplied)
	}
	return text
}

// payEverything records money for all that anybody owes.
func payEverything(t *testing.T, service *billing.Service) {
	t.Helper()
	invoices, _ := allInvoices(t, service, clientele.Test)
	call := billing.Call{Actor: "test"}
	for _, i := range invoices {
		if i.Status == clientele.InvoiceOpen || i.Status == clientele.InvoiceUncollectible {
			if _, err := service.Invoices.Pay(t.Context(), call, i.ID, clientele.Receipt{}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// replay goes through the events in the order of time.
type replay struct {
	events   []clientele.Event
	invoices map[string]clientele.Invoice
	payments map[string]clientele.Payment
}

func newReplay(t *testing.T, db store.Store) *replay {
	t.Helper()
	events := apptest.Events(t, db)
	slices.SortStableFunc(events, func(a, b clientele.Event) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt.Time), cmp.Compare(a.ObjectVersion, b.ObjectVersion))
	})
	return &replay{events, map[string]clientele.Invoice{}, map[string]clientele.Payment{}}
}

// until goes on to a moment and adds up what the invoices had left to pay by how long they had been due.
func (r *replay) until(at time.Time) string {
	for len(r.events) > 0 && !r.events[0].CreatedAt.After(at) {
		e := r.events[0]
		r.events = r.events[1:]
		switch {
		case bool(e.Livemode):
		case e.ObjectType == "invoice":
			var i clientele.Invoice
			if err := json.Unmarshal(e.Data.Object, &i); err != nil {
				panic(err)
			}
			r.invoices[i.ID] = i
		case e.ObjectType == "payment_intent":
			var p clientele.Payment
			if err := json.Unmarshal(e.Data.Object, &p); err != nil {
				panic(err)
			}
			r.payments[p.ID] = p
		}
	}
	sums := map[string]clientele.AgingBuckets{}
	for _, i := range r.invoices {
		if i.Status != clientele.InvoiceOpen && i.Status != clientele.InvoiceUncollectible {
			continue
		}
		b := sums[i.CurrencyID]
		late := at.Truncate(24*time.Hour).Sub(time.Unix(i.DueDate, 0).UTC().Truncate(24*time.Hour)) / (24 * time.Hour)
		bucket := &b.NotDue
		for _, edge := range []struct {
			days time.Duration
			to   *clientele.Amount
		}{{1, &b.Days1To30}, {31, &b.Days31To60}, {61, &b.Days61To90}, {91, &b.DaysOver90}} {
			if late >= edge.days {
				bucket = edge.to
			}
		}
		*bucket, b.Total = sum(*bucket, i.AmountRemaining), sum(b.Total, i.AmountRemaining)
		sums[i.CurrencyID] = b
	}
	for _, p := range r.payments {
		if p.AmountUnallocated.Sign() != 0 {
			b := sums[p.CurrencyID]
			b.Unapplied = sum(b.Unapplied, p.AmountUnallocated)
			sums[p.CurrencyID] = b
		}
	}
	return written(sums)
}

func sum(a, b clientele.Amount) clientele.Amount {
	both, err := a.In(b.Currency()).Add(b)
	if err != nil {
		panic(err)
	}
	return both
}
