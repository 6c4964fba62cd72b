package ledger

import (
	"clientele.dev"
	"clientele.dev/internal/store"
)

// InvoiceState is where an invoice stands after some of its movements.
type InvoiceState struct {
	Issued clientele.Day
	Debit  bool // it is a debit

	Left  clientele.Amount // to pay
	Money clientele.Amount // that paid it
	Off   clientele.Amount // what was written off, by voiding too
	Marks int              // how often it was marked uncollectible more than opened again
}

// StateOf is where an invoice stands after all of its movements.
func StateOf(i *clientele.Invoice) InvoiceState {
	s := InvoiceState{Issued: i.Issued(), Debit: i.BillingReason == clientele.BillingReasonDebit}
	zero := clientele.Zero(i.CurrencyID)
	s.Left, s.Money, s.Off = zero, zero, zero
	if i.Status != clientele.InvoiceDraft {
		s.Left, s.Money, s.Off = i.AmountRemaining, i.AmountPaid, i.AmountWrittenOff
		if i.StatusTransitions.MarkedUncollectibleAt != 0 {
			s.Marks = 1
		}
	}
	return s
}

// paid says whether it is paid, with money: one over nothing is not, nor one that was credited.
func (s InvoiceState) paid() bool {
	return s.Left.Sign() == 0 && s.Money.Sign() > 0 && s.Off.Sign() == 0 && !s.Debit
}

// uncollectible is what is left to pay, if it is uncollectible.
func (s InvoiceState) uncollectible() clientele.Amount {
	if s.Marks <= 0 {
		return clientele.Zero(s.Left.Currency())
	}
	return s.Left
}

// unissued is where an invoice stands before its first movement.
func unissued(currency string) InvoiceState {
	zero := clientele.Zero(currency)
	return InvoiceState{Left: zero, Money: zero, Off: zero}
}

// StateBefore is where the invoice of a movement stands after those movements of it that were recorded before.
func StateBefore(m store.Movement, earlier []store.Movement) InvoiceState {
	s := unissued(m.CurrencyID)
	for _, e := range earlier {
		s = s.issuedBy(e).After(e)
	}
	return s.issuedBy(m)
}

// issuedBy is the state of an invoice that a movement may issue.
func (s InvoiceState) issuedBy(m store.Movement) InvoiceState {
	switch m.Reason {
	case clientele.ReasonInvoiceFinalized:
		s.Issued = m.Date
	case clientele.ReasonDebit:
		s.Issued, s.Debit = m.Date, true
	}
	return s
}

// After is where the invoice stands after another movement.
func (s InvoiceState) After(m store.Movement) InvoiceState { return s.move(m, m.Receivable, 1) }

// Before is where the invoice stood before a movement that it stands after.
func (s InvoiceState) Before(m store.Movement) InvoiceState { return s.move(m, m.Receivable.Neg(), -1) }

func (s InvoiceState) move(m store.Movement, part clientele.Amount, times int) InvoiceState {
	s.Left = Plus(s.Left, part)
	switch m.Reason {
	case clientele.ReasonAllocated, clientele.ReasonUnallocated:
		s.Money = Minus(s.Money, part)
	case clientele.ReasonInvoiceVoided, clientele.ReasonWrittenOff, clientele.ReasonRecovered:
		s.Off = Minus(s.Off, part)
	case clientele.ReasonUncollectible:
		s.Marks += times
	case clientele.ReasonReopened:
		s.Marks -= times
	}
	return s
}
