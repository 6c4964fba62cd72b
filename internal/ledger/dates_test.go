package ledger

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// dated is a movement of a day about an invoice and a payment.
func dated(day clientele.Day, seq store.Position, receivable, credit, unapplied int64) store.Movement {
	m := movement("x", receivable, credit, unapplied)
	m.Date, m.Seq, m.InvoiceID, m.PaymentID = day, seq, "in_1", "pi_1"
	return m
}

// TestSplit dates what is taken off balances that had less on some days.
func TestSplit(t *testing.T) {
	t.Parallel()
	bounced := Later{dated(20, 2, -60, 0, 0), dated(40, 3, 60, 0, 0)} // 60 of 100 were paid for a while
	left := func(n int64) Balance { return OfInvoice("in_1", units(n)) }
	for name, test := range map[string]struct {
		amount int64
		later  Later
		of     []Balance
		want   string
	}{
		"nothing is later":       {100, nil, []Balance{left(100)}, "100 on 10;"},
		"there is enough":        {40, bounced, []Balance{left(100)}, "40 on 10;"},
		"the rest waits":         {100, bounced, []Balance{left(100)}, "40 on 10;60 on 40;"},
		"of another invoice":     {100, bounced, []Balance{OfInvoice("in_2", units(100))}, "100 on 10;"},
		"more than there is":     {100, bounced, []Balance{left(90)}, "30 on 10;70 on 40;"},
		"nothing at all":         {0, bounced, []Balance{left(90)}, ""},
		"none until another day": {10, Later{dated(20, 1, 100, 0, 0)}, []Balance{left(100)}, "10 on 20;"},
		"two movements of one day": {
			100, Later{dated(20, 1, -60, 0, 0), dated(20, 2, 60, 0, 0)}, []Balance{left(100)}, "100 on 10;",
		},
		"the payment has less": {
			50, Later{dated(30, 1, 0, 0, 45)}, []Balance{OfPayment("pi_1", units(50))}, "5 on 10;45 on 30;",
		},
		"the least of both": {
			100, append(slices.Clone(bounced), dated(50, 4, 0, 90, 0)), []Balance{left(100), OfCredit(units(100))},
			"10 on 10;90 on 50;",
		},
	} {
		got := ""
		for _, p := range Split(units(test.amount), 10, test.later, test.of...) {
			got += fmt.Sprint(p.Amount, " on ", int64(p.Date), ";")
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestSplitLeavesNothingBelowNothing dates amounts in random books: no balance is below nothing on any day, the parts
// come to the amount, and none of them could count earlier.
func TestSplitLeavesNothingBelowNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 4))
		var all Later
		days := map[clientele.Day]int64{}
		for seq := range 12 {
			change := random.Int64N(40) - 15
			day := clientele.Day(10 + random.IntN(8))
			all = append(all, dated(day, store.Position(seq), change, 0, 0))
			days[day] += change
		}
		slices.SortFunc(all, InOrder)
		low, sum := int64(0), int64(0)
		for day := clientele.Day(10); day < 18; day++ {
			sum += days[day]
			low = min(low, sum)
		}
		days[9] = -low // what there was before, so that nothing is below nothing
		balance := units(sum - low)
		if balance.Sign() == 0 {
			continue
		}
		amount := 1 + random.Int64N(Number(balance).Int64())
		begin := clientele.Day(9 + random.IntN(8))
		for _, p := range Split(units(amount), begin, all.After(begin), OfInvoice("in_1", balance)) {
			part := Number(p.Amount).Int64()
			amount -= part
			days[p.Date] -= part
			if earlier := p.Date - 1; p.Date > begin && freeFrom(days, earlier) > 0 {
				t.Errorf("seed %d: %d could count from day %d on, not %d", seed, part, earlier, p.Date)
			}
		}
		if amount != 0 || freeFrom(days, 9) < 0 {
			t.Errorf("seed %d: %d is not dated, and a balance is %d", seed, amount, freeFrom(days, 9))
		}
	}
}

// freeFrom is the least that there is on a day and each later one.
func freeFrom(days map[clientele.Day]int64, from clientele.Day) int64 {
	least, sum := int64(1)<<62, int64(0)
	for day := clientele.Day(9); day < 18; day++ {
		if sum += days[day]; day >= from {
			least = min(least, sum)
		}
	}
	return least
}

// TestDateAll dates random histories by documents of before they were recorded: nothing is left below nothing on any
// day, and what its documents say is as early as it can be.
func TestDateAll(t *testing.T) {
	t.Parallel()
	early := 0
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 6))
		all, _ := history(random, 60)
		issued := all[0].RecordedDay - clientele.Day(random.IntN(100))
		received := all[0].RecordedDay - clientele.Day(random.IntN(100))
		DateAll(all, func(m store.Movement) clientele.Day {
			switch m.Reason {
			case clientele.ReasonInvoiceFinalized:
				return issued
			case clientele.ReasonPayment:
				return received
			case clientele.ReasonAllocated:
				return max(issued, received)
			}
			return max(m.RecordedDay, issued, received)
		})
		r := NewReplay(func(id, text string) { t.Errorf("seed %d: %s: %s", seed, id, text) })
		r.AddInvoice("in_1", 0, issued)
		r.AddPayment("pi_1", received)
		for _, m := range all {
			r.Add(m)
			if m.Reason == clientele.ReasonAllocated && m.Date == max(issued, received) {
				early++
			}
		}
		r.End()
	}
	if early < 100 {
		t.Errorf("%d allocations are dated as their documents", early)
	}
}
