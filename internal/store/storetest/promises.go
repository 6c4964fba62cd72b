package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

var someDay = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// customer is a new customer, and its record.
func customer(n int64) (store.Record, *clientele.Customer) {
	c := &clientele.Customer{ID: fmt.Sprint("cus_", n), Name: fmt.Sprint("name ", n), Metadata: clientele.Metadata{}}
	doc := fmt.Sprintf(`{"id":%q,"livemode":false,"delinquent":false,"metadata":{}}`, c.ID)
	return store.Record{ID: c.ID, Seq: store.PositionAt(someDay) + store.Position(n), Version: 1, JSON: []byte(doc)}, c
}

// holder says who has a name.
func holder(t *testing.T, s store.Store, name string) (id string) {
	t.Helper()
	err := s.View(t.Context(), func(tx store.Tx) error {
		rec, _, err := tx.Customer(false, store.Ref{Kind: store.NameExternalID, Name: name})
		id = rec.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// named saves a new customer with a name, in steps.
func named(tx store.Tx, n int64, name string) error {
	rec, c := customer(n)
	c.ExternalID = name
	if _, err := tx.ClaimName(false, store.NameExternalID, name, rec); err != nil {
		return err
	}
	return store.Customers.Save(tx, rec, nil, c)
}

func nestedUndoes(t *testing.T, s, _ store.Store) {
	refused := errors.New("refused")
	err := s.Update(t.Context(), func(tx store.Tx) error {
		if err := named(tx, 1, "before"); err != nil {
			return err
		}
		err := tx.Nested(func() error {
			if err := named(tx, 2, "inside"); err != nil {
				return err
			}
			// What is looked up is there inside, and gone with the step.
			if _, found, err := tx.Customer(false, store.Ref{ID: "cus_2"}); err != nil || !found {
				return fmt.Errorf("the step does not see what it wrote: %v, %w", found, err)
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Errorf("the nested step ended with %v", err)
		}
		return named(tx, 3, "after")
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := holder(t, s, "before") + holder(t, s, "inside") + holder(t, s, "after"); got != "cus_1cus_3" {
		t.Errorf("the names are %q's", got)
	}
}

// whatWasLookedUpStays looks at a customer's invoices again and again while another server adds one.
func whatWasLookedUpStays(t *testing.T, s, other store.Store) {
	if err := s.Update(t.Context(), func(tx store.Tx) error { return named(tx, 1, "one") }); err != nil {
		t.Fatal(err)
	}
	added := make(chan error, 1)
	var once sync.Once
	add := func() {
		added <- other.Update(t.Context(), func(tx store.Tx) error {
			if _, _, err := tx.Customer(false, store.Ref{ID: "cus_1"}); err != nil {
				return err
			}
			i := &clientele.Invoice{
				ID: "in_1", CustomerID: "cus_1", Status: clientele.InvoiceOpen, Metadata: clientele.Metadata{},
				AmountRemaining: clientele.NewAmount("", 1),
			}
			rec := store.Record{ID: i.ID, Seq: 1, Version: 1, JSON: []byte(`{"metadata":{}}`)}
			return store.Invoices.Save(tx, rec, nil, i)
		})
	}
	err := s.Update(t.Context(), func(tx store.Tx) error {
		if _, _, err := tx.Customer(false, store.Ref{ID: "cus_1"}); err != nil {
			return err
		}
		once.Do(func() { go add() })
		for range 300 { // long enough for the other, if it did not wait
			n, err := tx.Count(store.Invoices.Kind, store.Of(false, "cus_1", store.NotZero("remaining")))
			if err != nil || n != 0 {
				return fmt.Errorf("there are %d invoices by now: %w", n, err)
			}
		}
		return nil
	})
	if err := errors.Join(err, <-added); err != nil {
		t.Error(err)
	}
}

func updateUndoes(t *testing.T, s, other store.Store) {
	refused := errors.New("refused")
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(named(tx, 1, "one"), refused)
	})
	if !errors.Is(err, refused) || holder(t, s, "one") != "" {
		t.Errorf("it ended with %v, and the name is %q's", err, holder(t, s, "one"))
	}
	err = other.View(t.Context(), func(tx store.Tx) error {
		_, count, err := tx.List(store.Customers.Kind, store.Query{Window: store.Window{Limit: 1}})
		if count != 0 {
			t.Errorf("%d customers are left of it", count)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func callsEnd(t *testing.T, s, _ store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func(context.Context, func(store.Tx) error) error{
		"View": s.View, "Scan": s.Scan, "Update": s.Update,
	} {
		err := call(ctx, func(tx store.Tx) error {
			_, _, err := tx.SearchCustomers(store.CustomerSearch{
				Terms: []store.Term{{Text: "a"}}, Limit: 1,
			})
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s that was given up before ended with %v", name, err)
		}
	}
}

// selectFindsWhatIsStored asks as rules do, of a customer too, which lists read in a form of their own.
func selectFindsWhatIsStored(t *testing.T, s, _ store.Store) {
	rec, c := customer(1)
	c.Email = "ada@example.com"
	err := s.Update(t.Context(), func(tx store.Tx) error { return store.Customers.Save(tx, rec, nil, c) })
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx store.Tx) error {
		found, err := tx.Select(store.Customers.Kind, store.Query{
			Where: []store.Condition{store.Equal("email", "ada@example.com")},
		})
		if is := fmt.Sprintf("%+v", found); err == nil && is != fmt.Sprintf("%+v", []store.Record{rec}) {
			t.Errorf("found is %s", is)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func savesAreOfTheNextVersion(t *testing.T, s, _ store.Store) {
	_, c := customer(1)
	changed := *c
	changed.Name = "Ada"
	i := &clientele.Invoice{ID: "in_1", CustomerID: "cus_1", Metadata: clientele.Metadata{}}
	p := &clientele.Payment{ID: "pi_1", CustomerID: "cus_1", Metadata: clientele.Metadata{}}
	rec := func(version int64) store.Record {
		return store.Record{ID: "x", Seq: 1, Version: version, JSON: []byte(`{"metadata":{}}`)}
	}
	saves := map[string]func(tx store.Tx, version int64) error{
		"customer": func(tx store.Tx, v int64) error {
			if v == 1 {
				return store.Customers.Save(tx, rec(v), nil, c)
			}
			return store.Customers.Save(tx, rec(v), c, c)
		},
		"customer of another name": func(tx store.Tx, v int64) error {
			if v == 1 {
				return store.Customers.Save(tx, rec(v), nil, c)
			}
			return store.Customers.Save(tx, rec(v), c, &changed)
		},
		"invoice": func(tx store.Tx, v int64) error {
			if v == 1 {
				return store.Invoices.Save(tx, rec(v), nil, i)
			}
			return store.Invoices.Save(tx, rec(v), i, i)
		},
		"payment": func(tx store.Tx, v int64) error {
			if v == 1 {
				return store.Payments.Save(tx, rec(v), nil, p)
			}
			return store.Payments.Save(tx, rec(v), p, p)
		},
		"settings": func(tx store.Tx, v int64) error {
			settings, saved := &clientele.Settings{}, rec(v)
			if v == 1 {
				return store.Settings.Save(tx, saved, nil, settings)
			}
			stored, _, err := tx.Get(store.Settings.Kind, clientele.Test, store.SettingsID(clientele.Test))
			saved.Seq = stored.Seq
			return errors.Join(err, store.Settings.Save(tx, saved, settings, settings))
		},
	}
	undo := errors.New("for the next")
	for name, save := range saves {
		for version, want := range map[int64]string{2: "for the next", 3: "at version", 4: "at version"} {
			err := s.Update(t.Context(), func(tx store.Tx) error {
				if err := save(tx, 1); err != nil {
					return err
				}
				if err := save(tx, version); err != nil || version != 2 {
					return err // a database may notice only when the transaction ends
				}
				return undo
			})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: version %d after 1: %v, want %q", name, version, err, want)
			}
		}
	}
}

func positionsRise(t *testing.T, s, _ store.Store) {
	err := s.Update(t.Context(), func(tx store.Tx) error {
		var last store.Position
		for n := range int64(5) {
			seq, err := tx.NextSeq(store.Customers.Kind, someDay)
			if err != nil {
				return err
			}
			if seq <= last || seq < store.PositionAt(someDay) || seq >= store.PositionAt(someDay.Add(time.Millisecond)) {
				t.Errorf("position %d comes after %d", seq, last)
			}
			last = seq
			rec, c := customer(n)
			rec.Seq = seq
			if err := store.Customers.Save(tx, rec, nil, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func answersAreForgotten(t *testing.T, s, _ store.Store) {
	var kept []string
	err := s.Update(t.Context(), func(tx store.Tx) error {
		for i, key := range []string{"a", "b", "c", "d"} {
			at := someDay.Add(time.Duration(i) * time.Hour)
			if err := tx.SaveAnswer("actor", key, store.Answer{At: at}); err != nil {
				return err
			}
		}
		for _, want := range []int64{2, 1, 0} {
			if n, err := tx.ForgetAnswers(someDay.Add(2*time.Hour), 2); n != want || err != nil {
				t.Errorf("forgot %d, want %d: %v", n, want, err)
			}
		}
		for _, key := range []string{"a", "b", "c", "d"} {
			if _, found, err := tx.ClaimAnswer("actor", key, time.Time{}); err != nil {
				return err
			} else if found {
				kept = append(kept, key)
			}
		}
		return nil
	})
	if err != nil || strings.Join(kept, "") != "d" {
		t.Errorf("kept %v, %v", kept, err)
	}
}

// sumsAreOfTheirDays adds to sums on two servers in turns and reads stretches of dates of any length, and of what was
// recorded on other days.
func sumsAreOfTheirDays(t *testing.T, first, second store.Store) {
	const start, days = 20_000, 150
	must := map[[2]int64]int64{} // by date and the day when it was recorded
	r := rand.New(rand.NewPCG(1, 2))
	for n := range int64(240) {
		day, recorded, amount := start+r.Int64N(days), start+r.Int64N(days), r.Int64N(1000)-300
		if n%2 == 0 {
			recorded = day
		}
		must[[2]int64{day, recorded}] += amount
		err := [...]store.Store{first, second}[n%2].Update(t.Context(), func(tx store.Tx) error {
			part := store.SumPart{Figure: store.FigureReceivable, Day: day, Recorded: recorded, DueDay: n % 3}
			part.Amount = clientele.NewAmount("c", amount)
			other := store.SumPart{Figure: store.FigureCredit, Day: day, Amount: clientele.NewAmount("c", 1)}
			return tx.AddToSums(clientele.Test, []store.SumPart{part, other})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stretch := func() store.Days {
		from := start - 5 + r.Int64N(days)
		return store.Days{First: from, Last: from + r.Int64N(days)}
	}
	for range 200 {
		dates, recorded := stretch(), stretch()
		all, late := int64(0), int64(0)
		for of, amount := range must {
			if dates.First > of[0] || of[0] > dates.Last {
				continue
			}
			all += amount
			if of[0] != of[1] && recorded.First <= of[1] && of[1] <= recorded.Last {
				late += amount
			}
		}
		figures := []store.Figure{store.FigureReceivable}
		var got, gotLate clientele.Amount
		err := second.View(t.Context(), func(tx store.Tx) error {
			got, gotLate = clientele.Zero("c"), clientele.Zero("c")
			add := func(to *clientele.Amount) func(store.SumPart) {
				return func(p store.SumPart) { *to, _ = to.Add(p.Amount) }
			}
			err := tx.Sums(clientele.Test, figures, dates, add(&got))
			if err == nil {
				err = tx.LateSums(clientele.Test, figures, dates, recorded, add(&gotLate))
			}
			return err
		})
		if err != nil || got.String() != fmt.Sprint(all) || gotLate.String() != fmt.Sprint(late) {
			t.Errorf("dates %v come to %s, want %d; recorded on other days %v to %s, want %d (%v)", dates, got, all, recorded,
				gotLate, late, err)
		}
	}
}

// lastTextsAreFound changes searched texts several times in one transaction, each in a step, with a step between that
// is undone: the last that stayed is found, and none of those before.
func lastTextsAreFound(t *testing.T, s, other store.Store) {
	rec, c := customer(1)
	payment := func(reference string) *clientele.Payment {
		return &clientele.Payment{
			ID: "pi_1", CustomerID: c.ID, CurrencyID: "c", Reference: reference, Metadata: clientele.Metadata{},
			Amount: clientele.NewAmount("c", 1), AmountUnallocated: clientele.NewAmount("c", 1),
		}
	}
	invoice := func(description string) *clientele.Invoice {
		return &clientele.Invoice{
			ID: "in_1", CustomerID: c.ID, CurrencyID: "c", Description: description, Metadata: clientele.Metadata{},
			Status: clientele.InvoiceDraft, Total: clientele.NewAmount("c", 1), AmountRemaining: clientele.NewAmount("c", 1),
		}
	}
	version := int64(0)
	var before *clientele.Invoice
	var paidBefore *clientele.Payment
	change := func(tx store.Tx, text string) error {
		version++
		seq := store.PositionAt(someDay) + 7
		after, paid := invoice(text), payment(text)
		in := store.Record{ID: "in_1", Seq: seq, Version: version, JSON: []byte(`{"id":"in_1"}`)}
		pi := store.Record{ID: "pi_1", Seq: seq, Version: version, JSON: []byte(`{"id":"pi_1"}`)}
		err := errors.Join(store.Invoices.Save(tx, in, before, after), store.Payments.Save(tx, pi, paidBefore, paid))
		before, paidBefore = after, paid
		return err
	}
	undone := errors.New("undone")
	for round, texts := range [][]string{
		{"alpha", "bravo", "charlie"}, {"delta", "alpha"}, {"bravo", "bravo", "echo", "charlie"},
	} {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			if round == 0 {
				if err := store.Customers.Save(tx, rec, nil, c); err != nil {
					return err
				}
			}
			for _, text := range texts {
				if err := tx.Nested(func() error { return change(tx, text) }); err != nil {
					return err
				}
				kept, was, wasPaid := version, before, paidBefore
				err := tx.Nested(func() error { return errors.Join(change(tx, "foxtrot"), undone) })
				if version, before, paidBefore = kept, was, wasPaid; !errors.Is(err, undone) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"alpha", "bravo", "charlie", "delta", "echo", "foxtrot"} {
			want := int64(0)
			if text == texts[len(texts)-1] {
				want = 1
			}
			var payments, invoices int64
			err := other.View(t.Context(), func(tx store.Tx) (err error) {
				search := store.TextSearch{Terms: [][]string{{text}}, Limit: 10}
				if _, payments, err = tx.Search(store.Payments.Kind, search); err == nil {
					_, invoices, err = tx.Search(store.Invoices.Kind, search)
				}
				return err
			})
			if err != nil || payments != want || invoices != want {
				t.Errorf("after %v, %s is in %d payments and %d invoices (%v), want %d", texts, text, payments, invoices, err,
					want)
			}
		}
	}
}
