package billing

import (
	"cmp"
	"maps"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// sums are changes of what the ledgers of all customers come to.
type sums map[sumKey]clientele.Amount

// sumKey says which sum.
type sumKey struct {
	figure      store.Figure
	day, dueDay int64
	currency    string
}

func (s sums) add(k sumKey, a clientele.Amount) {
	if a.Sign() != 0 {
		s[k] = plus(s[k].In(k.currency), a.In(k.currency))
	}
}

func (s sums) count(k sumKey, n int64) { s.add(k, clientele.NewAmount(k.currency, n)) }

// parts are the changes that are not nothing, in the order of their keys: two transactions touch them in one order.
func (s sums) parts() (all []store.SumPart) {
	for _, k := range slices.SortedFunc(maps.Keys(s), func(a, b sumKey) int {
		return cmp.Or(cmp.Compare(a.figure, b.figure), cmp.Compare(a.day, b.day), cmp.Compare(a.currency, b.currency),
			cmp.Compare(a.dueDay, b.dueDay))
	}) {
		if s[k].Sign() != 0 {
			all = append(all, store.SumPart{Figure: k.figure, Day: k.day, DueDay: k.dueDay, Amount: s[k]})
		}
	}
	return all
}

// addMovement adds what a movement changes.
func (s sums) addMovement(m store.Movement) {
	day := store.DayOf(m.Seq.Milliseconds() / 1000)
	key := func(f store.Figure) sumKey { return sumKey{figure: f, day: day, currency: m.CurrencyID} }
	due := key(store.FigureReceivable)
	due.dueDay = m.DueDay
	s.add(due, m.Receivable)
	s.add(key(store.FigureCredit), m.Amount)
	s.add(key(store.FigureUnapplied), m.Unapplied)
	s.count(key(store.FigureDebtors), signChange(minus(m.EndingReceivable, m.Receivable), m.EndingReceivable))
	switch m.Reason {
	case clientele.ReasonInvoiceFinalized:
		s.add(key(store.FigureInvoiced), m.Receivable)
	case clientele.ReasonInvoiceVoided:
		s.add(key(store.FigureWrittenOff), m.Receivable.Neg())
	case clientele.ReasonWrittenOff, clientele.ReasonRecovered:
		s.add(key(store.FigureBadDebt), m.Receivable.Neg())
	case clientele.ReasonCreditNote:
		s.add(key(store.FigureCreditNotes), minus(m.Amount, m.Receivable))
	case clientele.ReasonRefund:
		s.add(key(store.FigureRefunded), plus(m.Amount, m.Unapplied).Neg())
	case clientele.ReasonPayment, clientele.ReasonPaymentReversed:
		s.add(key(store.FigureCollected), minus(plus(m.Amount, m.Unapplied), m.Receivable))
	}
}

// addInvoice adds what a change of an invoice changes.
func (s sums) addInvoice(day int64, before, after *clientele.Invoice) {
	key := sumKey{day: day, currency: after.CurrencyID}
	left := func(i *clientele.Invoice) clientele.Amount {
		if i.Status == clientele.InvoiceDraft {
			return clientele.Zero(i.CurrencyID)
		}
		return i.AmountRemaining
	}
	of := func(f store.Figure) sumKey { k := key; k.figure = f; return k }
	s.count(of(store.FigureUnpaid), signChange(left(before), left(after)))
	for i, sign := range map[*clientele.Invoice]int64{before: -1, after: 1} {
		if i.Status == clientele.InvoiceUncollectible {
			k := of(store.FigureUncollectible)
			k.dueDay = int64(i.Due())
			s.add(k, i.AmountRemaining.Times(sign))
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

// turned is 1 when what was nothing is something, -1 the other way, and else 0.
func signChange(before, after clientele.Amount) int64 { return int64(after.Sign() - before.Sign()) }

// daysToPay are the calendar days (UTC) from when a paid invoice was finalized to when it was paid.
func daysToPay(i *clientele.Invoice) int64 {
	return store.DayOf(i.StatusTransitions.PaidAt) - store.DayOf(i.StatusTransitions.FinalizedAt)
}

// sumBooksOf adds what a customer's ledger and invoices come to.
func sumBooksOf(tx store.Tx, c *clientele.Customer, s sums) error {
	err := tx.Movements(store.MovementFilter{CustomerID: c.ID}, func(m store.Movement) error {
		s.addMovement(m)
		return nil
	})
	if err != nil {
		return err
	}
	return eachInvoice(tx, c, func(i *clientele.Invoice) {
		s.addInvoice(dayOfState(i), &clientele.Invoice{}, i)
	})
}

// dayOfState is the day when an invoice entered its state.
func dayOfState(i *clientele.Invoice) int64 {
	t := i.StatusTransitions
	return store.DayOf(max(t.FinalizedAt, t.MarkedUncollectibleAt, t.PaidAt, t.VoidedAt))
}

// eachInvoice calls fn with every invoice of a customer, newest first.
func eachInvoice(tx store.Tx, c *clientele.Customer, fn func(*clientele.Invoice)) error {
	invoices, err := store.Invoices.Select(tx, store.Of(c.Livemode, c.ID))
	for i := range invoices {
		fn(&invoices[i])
	}
	return err
}
