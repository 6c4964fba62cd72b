package ledger

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func units(n int64) clientele.Amount { return clientele.NewAmount("usd", n) }

// movement is a movement with its changes.
func movement(reason clientele.BalanceReason, receivable, credit, unapplied int64) store.Movement {
	return store.Movement{BalanceTransaction: clientele.BalanceTransaction{
		CustomerID: "cus_1", CurrencyID: "usd", Reason: reason, Receivable: units(receivable), Amount: units(credit),
		Unapplied: units(unapplied),
	}}
}

func TestPost(t *testing.T) {
	t.Parallel()
	end := store.LedgerEnd{Receivable: units(5), Credit: units(3), Unapplied: units(2)}
	first := store.PositionAt(noon)
	for name, test := range map[string]struct {
		m       store.Movement
		last    store.Position
		want    string // receivable credit unapplied position
		refused string
	}{
		"the first":                 {movement("x", 7, 0, 0), 0, fmt.Sprint("12 3 2 ", first), ""},
		"the next of a millisecond": {movement("x", 0, 1, 0), first, fmt.Sprint("5 4 2 ", first+1), ""},
		"after a clock that went":   {movement("x", 0, 0, 1), first + 1<<20, fmt.Sprint("5 3 3 ", first+1<<20+1), ""},
		"all that there is":         {movement("x", -5, -3, -2), 0, fmt.Sprint("0 0 0 ", first), ""},
		"more credit than is there": {movement("x", 0, -4, 0), 0, "", "a credit of 3 is less than 4"},
		"more than is owed":         {movement("x", -6, 0, 0), 0, "", "would leave -1 receivable"},
		"more than is not applied":  {movement("x", 0, 0, -3), 0, "", "-1 unapplied"},
	} {
		after, m := end, test.m
		err := Post(&after, test.last, noon, time.UTC, &m)
		got := fmt.Sprint(after.Receivable, " ", after.Credit, " ", after.Unapplied, " ", int64(m.Seq))
		switch {
		case test.refused != "":
			var overdrawn *OverdrawnError
			if err == nil || errors.As(err, &overdrawn) != (test.m.Amount.Sign() < 0) || after != end {
				t.Errorf("%s: %v, and the end is %s; want %q, and the end as it was", name, err, got, test.refused)
			}
		case err != nil || got != test.want:
			t.Errorf("%s leaves %s, %v; want %s", name, got, err, test.want)
		case !m.EndingReceivable.Equal(after.Receivable) || !m.EndingBalance.Equal(after.Credit) ||
			!m.EndingUnapplied.Equal(after.Unapplied) || !m.CreatedAt.Equal(m.Seq.Time()):
			t.Errorf("%s says %+v", name, m)
		}
	}
}

// history posts movements at random: invoices, payments, allocations, credit and what takes them back.
func history(random *rand.Rand, n int) (all []store.Movement, replay func(differ func(id, text string)) *Replay) {
	end, last, now := store.LedgerEnd{}, store.Beginning, noon
	end.Receivable, end.Credit, end.Unapplied = units(0), units(0), units(0)
	reasons := []clientele.BalanceReason{
		clientele.ReasonInvoiceFinalized, clientele.ReasonPayment, clientele.ReasonAllocated, clientele.ReasonUnallocated,
		clientele.ReasonAdjustment, clientele.ReasonCreditApplied, clientele.ReasonInvoiceVoided,
	}
	for len(all) < n {
		part := 1 + random.Int64N(9)
		m := movement(reasons[random.IntN(len(reasons))], 0, 0, 0)
		switch m.Reason {
		case clientele.ReasonInvoiceFinalized:
			m.Receivable, m.InvoiceID = units(part), "in_1"
		case clientele.ReasonInvoiceVoided:
			m.Receivable, m.InvoiceID = units(-part), "in_1"
		case clientele.ReasonPayment:
			m.Unapplied, m.PaymentID = units(part), "pi_1"
		case clientele.ReasonAllocated:
			m.Receivable, m.Unapplied, m.InvoiceID, m.PaymentID = units(-part), units(-part), "in_1", "pi_1"
		case clientele.ReasonUnallocated:
			m.Receivable, m.Unapplied, m.InvoiceID, m.PaymentID = units(part), units(part), "in_1", "pi_1"
		case clientele.ReasonCreditApplied:
			m.Receivable, m.Amount, m.InvoiceID = units(-part), units(-part), "in_1"
		default:
			m.Amount = units(part - 3)
		}
		now = now.Add(time.Duration(random.IntN(40)) * time.Hour)
		if Post(&end, last, now, time.UTC, &m) != nil { // there is not as much: nothing has changed
			continue
		}
		m.ID, last = fmt.Sprint("txn_", len(all)), m.Seq
		all = append(all, m)
	}
	return all, func(differ func(id, text string)) *Replay {
		r := NewReplay(differ)
		r.AddInvoice("in_1", 0, 0)
		r.AddPayment("pi_1", 0)
		for _, m := range all {
			r.Add(m)
		}
		r.End()
		return r
	}
}

// TestReplayProvesWhatWasPosted replays random histories: they differ in nothing, and what was paid, credited and
// written off is what was invoiced less what is left.
func TestReplayProvesWhatWasPosted(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		all, replay := history(rand.New(rand.NewPCG(seed, 1)), 60)
		r := replay(func(id, text string) { t.Errorf("seed %d: %s: %s", seed, id, text) })
		last := all[len(all)-1]
		if end := r.Ends["usd"]; !end.Receivable.Equal(last.EndingReceivable) || !end.Credit.Equal(last.EndingBalance) ||
			!end.Unapplied.Equal(last.EndingUnapplied) {
			t.Errorf("seed %d: it ends with %+v, want what the last movement says", seed, end)
		}
		i := r.Invoices["in_1"]
		gone := Plus(Plus(i.Paid.In("usd"), i.Credited.In("usd")), i.WrittenOff.In("usd"))
		if !Minus(i.Total.In("usd"), gone).Equal(i.Remaining.In("usd")) {
			t.Errorf("seed %d: of %s, %s is gone and %s is left", seed, i.Total, gone, i.Remaining)
		}
		p := r.Payments["pi_1"]
		allocated := p.Allocated["in_1"].In("usd")
		if !p.Left.In("usd").Equal(last.EndingUnapplied) || !allocated.Equal(i.Paid.In("usd")) {
			t.Errorf("seed %d: the payment has %s left and %s allocated", seed, p.Left, allocated)
		}
	}
}

// TestReplayNoticesAChange changes an amount of one movement, or leaves one out.
func TestReplayNoticesAChange(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 2))
		all, replay := history(random, 30)
		n := 1 + random.IntN(len(all)-1)
		kept := all[n]
		for name, change := range map[string]func(m *store.Movement){
			"what is owed":        func(m *store.Movement) { m.Receivable = Plus(m.Receivable, units(1)) },
			"credit":              func(m *store.Movement) { m.Amount = Plus(m.Amount, units(1)) },
			"what is not applied": func(m *store.Movement) { m.Unapplied = Plus(m.Unapplied, units(1)) },
			"a balance":           func(m *store.Movement) { m.EndingBalance = Plus(m.EndingBalance, units(1)) },
			"the invoice":         func(m *store.Movement) { m.InvoiceID = "in_2" },
			"the payment":         func(m *store.Movement) { m.PaymentID = "pi_2" },
			"its date":            func(m *store.Movement) { m.Date = -1 },
			"the last date":       func(m *store.Movement) { m.LastDate++ },
			"what it reverses":    func(m *store.Movement) { m.Reverses = "txn_none" },
		} {
			change(&all[n])
			differences := 0
			replay(func(string, string) { differences++ })
			if all[n] = kept; differences == 0 {
				t.Errorf("seed %d: %s of movement %d is another, and nothing differs", seed, name, n)
			}
		}
	}
}
