package ledger

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// randomBooks records movements about two invoices of a customer, each on a day or the next after the one before, and
// dated on it, before it or after it.
func randomBooks(random *rand.Rand, n int) (all []store.Movement) {
	day, owed := clientele.Day(100), units(0)
	reasons := []clientele.BalanceReason{
		clientele.ReasonInvoiceFinalized, clientele.ReasonAllocated, clientele.ReasonUnallocated,
		clientele.ReasonWrittenOff,
		clientele.ReasonRecovered, clientele.ReasonUncollectible, clientele.ReasonReopened, clientele.ReasonPayment,
		clientele.ReasonAdjustment, clientele.ReasonInvoiceVoided,
	}
	for seq := range n {
		day += clientele.Day(random.IntN(3))
		part := 1 + random.Int64N(5)
		m := movement(reasons[random.IntN(len(reasons))], 0, 0, 0)
		m.InvoiceID, m.DueDay = []string{"in_1", "in_2"}[random.IntN(2)], 7
		switch m.Reason {
		case clientele.ReasonInvoiceFinalized, clientele.ReasonRecovered:
			m.Receivable = units(part)
		case clientele.ReasonAllocated:
			m.Receivable, m.Unapplied = units(-part), units(-part)
		case clientele.ReasonUnallocated:
			m.Receivable, m.Unapplied = units(part), units(part)
		case clientele.ReasonWrittenOff, clientele.ReasonInvoiceVoided:
			m.Receivable = units(-part)
		case clientele.ReasonUncollectible, clientele.ReasonReopened:
		default:
			m.InvoiceID, m.DueDay, m.Unapplied, m.Amount = "", 0, units(part), units(part-2)
		}
		owed = Plus(owed, m.Receivable)
		m.Seq, m.RecordedDay, m.EndingReceivable = store.Position(seq+1), day, owed
		m.Date = max(100, day+clientele.Day(random.IntN(12)-8))
		all = append(all, m)
	}
	return all
}

// figuresOf are what figures come to of movements of before a day, one after the other in the order of the books: the
// slow way, which knows nothing of what was recorded when.
func figuresOf(all []store.Movement) map[store.Figure]int64 {
	f := map[store.Figure]int64{}
	states := map[string]InvoiceState{}
	owed := units(0)
	books := slices.SortedFunc(slices.Values(all), InOrder)
	for _, m := range books {
		f[store.FigureReceivable] += Number(m.Receivable).Int64()
		f[store.FigureCredit] += Number(m.Amount).Int64()
		f[store.FigureUnapplied] += Number(m.Unapplied).Int64()
		owed = Plus(owed, m.Receivable)
		if m.Reason == clientele.ReasonInvoiceFinalized {
			f[store.FigureInvoiced] += Number(m.Receivable).Int64()
		}
		if m.InvoiceID == "" {
			continue
		}
		before, known := states[m.InvoiceID]
		if !known {
			before = InvoiceState{Left: units(0), Money: units(0), Off: units(0)}
		}
		after := before.After(m)
		states[m.InvoiceID] = after
		paid := func(s InvoiceState) bool { return s.Left.Sign() == 0 && s.Money.Sign() > 0 && s.Off.Sign() == 0 }
		if paid(after) && !paid(before) {
			f[store.FigurePaid]++
		} else if paid(before) && !paid(after) {
			f[store.FigureReopened]++
		}
	}
	f[store.FigureDebtors] = oneIf(owed.Sign() > 0)
	for _, s := range states {
		f[store.FigureUnpaid] += oneIf(s.Left.Sign() > 0)
		if s.Marks > 0 {
			f[store.FigureUncollectible] += Number(s.Left).Int64()
		}
	}
	return f
}

// TestSumsOfEveryDayAsKnownOnEach adds random books, and compares the sums up to each date, of what was recorded up to
// each day, with what those movements come to one after the other; at every level that sums are kept at.
func TestSumsOfEveryDayAsKnownOnEach(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		all := randomBooks(rand.New(rand.NewPCG(seed, 5)), 30)
		books := NewReplayed(Sums{})
		for _, m := range all {
			books.Add(m)
		}
		for day := clientele.Day(98); day < 180; day += 3 {
			for known := clientele.Day(98); known < 180; known += 7 {
				then := slices.DeleteFunc(slices.Clone(all), func(m store.Movement) bool {
					return m.Date > day || m.RecordedDay > known
				})
				got, want := map[store.Figure]int64{}, figuresOf(then)
				for _, p := range books.Sums.Parts() {
					if p.Day <= int64(day) && p.Recorded <= int64(known) {
						got[p.Figure] += Number(p.Amount).Int64()
					}
				}
				for figure := range want {
					if got[figure] != want[figure] {
						t.Fatalf("seed %d: on day %d, as known on %d, %s is %d, want %d", seed, day, known, figure, got[figure],
							want[figure])
					}
				}
			}
		}
	}
}

// TestAtLevel adds up what was recorded on its day and what was not.
func TestAtLevel(t *testing.T) {
	t.Parallel()
	sums := Sums{}
	sums.Add(SumKey{Figure: "x", Day: 40, Recorded: 40, Currency: "usd"}, units(1))
	sums.Add(SumKey{Figure: "x", Day: 41, Recorded: 70, Currency: "usd"}, units(20))
	sums.Add(SumKey{Figure: "x", Day: 70, Recorded: 41, Currency: "usd"}, units(300))
	for level, want := range []string{
		"{0 40 0} 1;{0 41 0} 20;{0 70 0} 300;", "{1 1 0} 21;{1 2 0} 300;", "{2 41 70} 20;{2 70 41} 300;",
		"{3 1 2} 20;{3 2 1} 300;", "{4 41 2} 300;{4 70 1} 20;",
	} {
		got, cells := "", AtLevel(sums, level)
		for _, k := range cells.Keys() {
			got += fmt.Sprint(k.Cell, " ", cells[k], ";")
		}
		if got != want {
			t.Errorf("level %d has %q, want %q", level, got, want)
		}
	}
}

// TestDaysToPay counts from the date of issue to the day when an invoice was paid, whenever that was recorded.
func TestDaysToPay(t *testing.T) {
	t.Parallel()
	issued := dated(10, 1, 100, 0, 0)
	issued.Reason, issued.RecordedDay = clientele.ReasonInvoiceFinalized, 30
	paid := dated(14, 2, -100, 0, -100)
	paid.Reason, paid.RecordedDay = clientele.ReasonAllocated, 31
	bounced := dated(32, 3, 100, 0, 100)
	bounced.Reason, bounced.RecordedDay = clientele.ReasonUnallocated, 32
	earlier := dated(11, 4, -100, 0, 0) // a credit note of before it was paid: nothing is left then, and no money came
	earlier.Reason, earlier.RecordedDay = clientele.ReasonCreditNote, 33
	for name, test := range map[string]struct {
		movements []store.Movement
		want      string
	}{
		"paid":             {[]store.Movement{issued, paid}, "days_to_pay 4 on 14;paid 1 on 14;"},
		"not after all":    {[]store.Movement{issued, paid, bounced}, "days_to_pay 4 on 14;paid 1 on 14;reopened 1 on 32;"},
		"credited earlier": {[]store.Movement{issued, earlier}, ""},
		"it was paid, as is known later": {
			[]store.Movement{issued, bounced, paid}, "days_to_pay 4 on 14;paid 1 on 14;reopened 1 on 32;",
		},
	} {
		books := NewReplayed(Sums{})
		owed := units(0)
		for i, m := range test.movements {
			owed = Plus(owed, m.Receivable)
			m.EndingReceivable, m.Seq = owed, store.Position(i+1)
			books.Add(m)
		}
		got := ""
		for _, p := range books.Sums.Parts() {
			switch p.Figure {
			case store.FigurePaid, store.FigureDaysToPay, store.FigureReopened:
				got += fmt.Sprint(p.Figure, " ", p.Amount, " on ", p.Day, ";")
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
