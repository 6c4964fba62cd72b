package ledger

import (
	"cmp"
	"maps"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Sums are changes of what the ledgers of all customers come to.
type Sums map[SumKey]clientele.Amount

// SumKey says which sum.
type SumKey struct {
	Figure   store.Figure
	Cell     store.SumCell // of stored sums
	Day      int64         // days since 1970: the date of the movement
	Recorded int64         // when it was recorded
	DueDay   int64         // of the invoice, where the figure is by due day
	Currency string
}

// Add adds an amount to a sum.
func (s Sums) Add(k SumKey, a clientele.Amount) {
	if a.Sign() != 0 {
		s[k] = Plus(s[k].In(k.Currency), a.In(k.Currency))
	}
}

func (s Sums) count(k SumKey, n int64) { s.Add(k, clientele.NewAmount(k.Currency, n)) }

// Parts are the changes that are not nothing, in the order of their keys: two transactions touch them in one order.
func (s Sums) Parts() (all []store.SumPart) {
	for _, k := range s.Keys() {
		all = append(all, store.SumPart{
			Figure: k.Figure, Day: k.Day, Recorded: k.Recorded, DueDay: k.DueDay, Amount: s[k],
		})
	}
	return all
}

// Keys are those of what is not nothing, in their order.
func (s Sums) Keys() []SumKey {
	keys := slices.SortedFunc(maps.Keys(s), func(a, b SumKey) int {
		return cmp.Or(cmp.Compare(a.Figure, b.Figure), cmp.Compare(a.Cell.Level, b.Cell.Level),
			cmp.Compare(a.Cell.Bucket, b.Cell.Bucket), cmp.Compare(a.Cell.Second, b.Cell.Second), cmp.Compare(a.Day, b.Day),
			cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.DueDay, b.DueDay), cmp.Compare(a.Recorded, b.Recorded))
	})
	return slices.DeleteFunc(keys, func(k SumKey) bool { return s[k].Sign() == 0 })
}

// AddMovement adds what a movement changes. before is where its invoice, if it has one, stands after all of its other
// movements; later are those of the customer in the currency that are dated after it. What comes of how an invoice or a
// customer stands on a day, such as whether something is left to pay, changes on their days too.
func (s Sums) AddMovement(m store.Movement, before InvoiceState, later Later) {
	s.AddAmounts(m)
	s.addDebtors(m, later)
	if m.InvoiceID != "" {
		s.addInvoice(m, before, later)
	}
}

// AddAmounts adds what a movement changes by its amounts alone: all figures but [OfStates].
func (s Sums) AddAmounts(m store.Movement) {
	key := keyOf(m)
	of := func(f store.Figure) SumKey { k := key; k.Figure = f; return k }
	due := of(store.FigureReceivable)
	due.DueDay = m.DueDay
	s.Add(due, m.Receivable)
	s.Add(of(store.FigureCredit), m.Amount)
	s.Add(of(store.FigureUnapplied), m.Unapplied)
	switch m.Reason {
	case clientele.ReasonInvoiceFinalized:
		s.Add(of(store.FigureInvoiced), m.Receivable)
	case clientele.ReasonInvoiceVoided:
		s.Add(of(store.FigureWrittenOff), m.Receivable.Neg())
	case clientele.ReasonWrittenOff, clientele.ReasonRecovered:
		s.Add(of(store.FigureBadDebt), m.Receivable.Neg())
	case clientele.ReasonCreditNote:
		s.Add(of(store.FigureCreditNotes), Minus(m.Amount, m.Receivable))
	case clientele.ReasonRefund:
		s.Add(of(store.FigureRefunded), Plus(m.Amount, m.Unapplied).Neg())
	case clientele.ReasonPayment, clientele.ReasonPaymentReversed:
		s.Add(of(store.FigureCollected), Minus(Plus(m.Amount, m.Unapplied), m.Receivable))
	}
}

// OfStates are the figures that come of how an invoice or a customer stands on a day.
var OfStates = []store.Figure{
	store.FigureDebtors, store.FigureUnpaid, store.FigureUncollectible, store.FigurePaid, store.FigureReopened,
	store.FigureDaysToPay,
}

// keyOf is the key of what a movement changes on its day.
func keyOf(m store.Movement) SumKey {
	return SumKey{Day: int64(m.Date), Recorded: int64(m.RecordedDay), Currency: m.CurrencyID}
}

// addDebtors counts on which days the customer becomes one who owes, and on which no longer.
func (s Sums) addDebtors(m store.Movement, later Later) {
	if m.Receivable.Sign() == 0 {
		return
	}
	without := Minus(m.EndingReceivable, m.Receivable)
	for _, l := range later {
		without = Minus(without, l.Receivable)
	}
	key := keyOf(m)
	key.Figure = store.FigureDebtors
	change := int64(0) // that was counted
	for i := -1; ; i++ {
		now := oneIf(Plus(without, m.Receivable).Sign() > 0) - oneIf(without.Sign() > 0)
		s.count(key, now-change)
		if change = now; i+1 == len(later) {
			return
		}
		key.Day = int64(later[i+1].Date)
		without = Plus(without, later[i+1].Receivable)
	}
}

// addInvoice adds what comes of how the invoice of a movement stands from its day on, less what came of it before.
func (s Sums) addInvoice(m store.Movement, end InvoiceState, later Later) {
	var own Later
	for _, l := range later {
		if l.InvoiceID == m.InvoiceID {
			own = append(own, l)
		}
	}
	without := end
	for _, l := range slices.Backward(own) {
		without = without.Before(l)
	}
	key := keyOf(m)
	with := without.After(m)
	s.addStep(key, m.DueDay, without, with, 1)
	for _, l := range own {
		key.Day = int64(l.Date)
		next, nextWith := without.After(l), with.After(l)
		s.addStep(key, m.DueDay, without, next, -1)
		s.addStep(key, m.DueDay, with, nextWith, 1)
		without, with = next, nextWith
	}
}

// addStep adds, so many times, what comes of an invoice's step from one state to another.
func (s Sums) addStep(key SumKey, dueDay int64, from, to InvoiceState, times int64) {
	of := func(f store.Figure) SumKey { k := key; k.Figure = f; return k }
	s.count(of(store.FigureUnpaid), times*(oneIf(to.Left.Sign() > 0)-oneIf(from.Left.Sign() > 0)))
	due := of(store.FigureUncollectible)
	due.DueDay = dueDay
	s.Add(due, Minus(to.uncollectible(), from.uncollectible()).Times(times))
	switch was, is := from.paid(), to.paid(); {
	case is && !was:
		s.count(of(store.FigurePaid), times)
		s.count(of(store.FigureDaysToPay), times*(key.Day-int64(to.Issued)))
	case was && !is: // what was told of the day when it had been paid stays
		s.count(of(store.FigureReopened), times)
	}
}

func oneIf(it bool) int64 {
	if it {
		return 1
	}
	return 0
}

// Replayed adds up the movements of one customer, in the order in which they were recorded.
type Replayed struct {
	Sums Sums

	dated    map[string]Later // by currency, in the order of the books
	invoices map[string]InvoiceState
}

// NewReplayed begins to add to sums.
func NewReplayed(sums Sums) *Replayed {
	return &Replayed{sums, map[string]Later{}, map[string]InvoiceState{}}
}

// Add adds the next movement.
func (r *Replayed) Add(m store.Movement) {
	before, known := r.invoices[m.InvoiceID]
	if !known {
		before = unissued(m.CurrencyID)
	}
	if m.InvoiceID != "" {
		before = before.issuedBy(m)
		r.invoices[m.InvoiceID] = before.After(m)
	}
	at, _ := slices.BinarySearchFunc(r.dated[m.CurrencyID], m, InOrder)
	r.Sums.AddMovement(m, before, r.dated[m.CurrencyID][at:])
	r.dated[m.CurrencyID] = slices.Insert(r.dated[m.CurrencyID], at, m)
}

// AtLevel adds up sums of days to those of a level.
func AtLevel(days Sums, level int) Sums {
	cells := Sums{}
	for k, a := range days {
		part := store.SumPart{Day: k.Day, Recorded: k.Recorded}
		for _, cell := range part.Cells() {
			if cell.Level == level {
				cells.Add(SumKey{Figure: k.Figure, Cell: cell, DueDay: k.DueDay, Currency: k.Currency}, a)
			}
		}
	}
	return cells
}
