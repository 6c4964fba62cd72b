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
	Figure      store.Figure
	Day, DueDay int64 // days since 1970; of the movement, and of the invoice where the figure is by due day
	Currency    string
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
	for _, k := range slices.SortedFunc(maps.Keys(s), func(a, b SumKey) int {
		return cmp.Or(cmp.Compare(a.Figure, b.Figure), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Currency, b.Currency),
			cmp.Compare(a.DueDay, b.DueDay))
	}) {
		if s[k].Sign() != 0 {
			all = append(all, store.SumPart{Figure: k.Figure, Day: k.Day, DueDay: k.DueDay, Amount: s[k]})
		}
	}
	return all
}

// AddMovement adds what a movement changes.
func (s Sums) AddMovement(m store.Movement) {
	day := store.DayOf(m.Seq.Milliseconds() / 1000)
	key := func(f store.Figure) SumKey { return SumKey{Figure: f, Day: day, Currency: m.CurrencyID} }
	due := key(store.FigureReceivable)
	due.DueDay = m.DueDay
	s.Add(due, m.Receivable)
	s.Add(key(store.FigureCredit), m.Amount)
	s.Add(key(store.FigureUnapplied), m.Unapplied)
	s.count(key(store.FigureDebtors), signChange(Minus(m.EndingReceivable, m.Receivable), m.EndingReceivable))
	switch m.Reason {
	case clientele.ReasonInvoiceFinalized:
		s.Add(key(store.FigureInvoiced), m.Receivable)
	case clientele.ReasonInvoiceVoided:
		s.Add(key(store.FigureWrittenOff), m.Receivable.Neg())
	case clientele.ReasonWrittenOff, clientele.ReasonRecovered:
		s.Add(key(store.FigureBadDebt), m.Receivable.Neg())
	case clientele.ReasonCreditNote:
		s.Add(key(store.FigureCreditNotes), Minus(m.Amount, m.Receivable))
	case clientele.ReasonRefund:
		s.Add(key(store.FigureRefunded), Plus(m.Amount, m.Unapplied).Neg())
	case clientele.ReasonPayment, clientele.ReasonPaymentReversed:
		s.Add(key(store.FigureCollected), Minus(Plus(m.Amount, m.Unapplied), m.Receivable))
	}
}

// AddInvoice adds what a change of an invoice changes.
func (s Sums) AddInvoice(day int64, before, after *clientele.Invoice) {
	key := SumKey{Day: day, Currency: after.CurrencyID}
	left := func(i *clientele.Invoice) clientele.Amount {
		if i.Status == clientele.InvoiceDraft {
			return clientele.Zero(i.CurrencyID)
		}
		return i.AmountRemaining
	}
	of := func(f store.Figure) SumKey { k := key; k.Figure = f; return k }
	s.count(of(store.FigureUnpaid), signChange(left(before), left(after)))
	for i, sign := range map[*clientele.Invoice]int64{before: -1, after: 1} {
		if i.Status == clientele.InvoiceUncollectible {
			k := of(store.FigureUncollectible)
			k.DueDay = int64(i.Due())
			s.Add(k, i.AmountRemaining.Times(sign))
		}
	}
	if was, is := wasPaid(before), wasPaid(after); is && !was {
		s.count(of(store.FigurePaid), 1)
		s.count(of(store.FigureDaysToPay), daysToPay(after))
	} else if was && !is { // what was told of the day it had been paid stays
		s.count(of(store.FigureReopened), 1)
		s.count(of(store.FigureDaysReopened), daysToPay(before))
	}
}

// wasPaid says whether an invoice was paid with money: one over nothing was not, nor one that was credited.
func wasPaid(i *clientele.Invoice) bool {
	return i.Paid && i.AmountPaid.Sign() > 0 && i.BillingReason != clientele.BillingReasonDebit
}

// signChange is 1 when what was nothing is something, -1 the other way, and else 0.
func signChange(before, after clientele.Amount) int64 { return int64(after.Sign() - before.Sign()) }

// daysToPay are the calendar days (UTC) from when a paid invoice was finalized to when it was paid.
func daysToPay(i *clientele.Invoice) int64 {
	return store.DayOf(i.StatusTransitions.PaidAt) - store.DayOf(i.StatusTransitions.FinalizedAt)
}

// DayOfState is the day when an invoice entered its state.
func DayOfState(i *clientele.Invoice) int64 {
	t := i.StatusTransitions
	return store.DayOf(max(t.FinalizedAt, t.MarkedUncollectibleAt, t.PaidAt, t.VoidedAt))
}

// ofInvoices are the figures that come of the states of invoices: of their days the invoices of today tell nothing.
var ofInvoices = []store.Figure{
	store.FigureUncollectible, store.FigureUnpaid, store.FigurePaid, store.FigureDaysToPay,
}

// takenOff are the figures that are taken off others.
var takenOff = map[store.Figure]store.Figure{
	store.FigureReopened: store.FigurePaid, store.FigureDaysReopened: store.FigureDaysToPay,
}

// AtLevel adds up the sums of days to those of a level's spans, or of all time where the days cannot be told.
func AtLevel(days Sums, level int) Sums {
	spans := Sums{}
	for k, a := range days {
		k.Day >>= level * store.SpanBits
		if from, off := takenOff[k.Figure]; off {
			k.Figure, a = from, a.Neg()
		}
		if slices.Contains(ofInvoices, k.Figure) {
			k.Day = 0
		}
		spans.Add(k, a)
	}
	return spans
}
