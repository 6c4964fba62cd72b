package ledger

import (
	"clientele.dev"
	"clientele.dev/internal/store"
)

// InvoiceState is where an invoice stands after some of its movements.
type InvoiceState struct {
	Issued clientele.Day
	Debit  bool // it is a debit

	Left          clientele.Amount // to pay
	Money         clientele.Amount // that paid it
	Off           clientele.Amount // what was written off, by voiding too
	Uncollectible bool
}

// StateOf is where an invoice stands after all of its movements.
func StateOf(i *clientele.Invoice) InvoiceState {
	s := InvoiceState{Issued: i.Issued(), Debit: i.BillingReason == clientele.BillingReasonDebit}
	zero := clientele.Zero(i.CurrencyID)
	s.Left, s.Money, s.Off = zero, zero, zero
	if i.Status != clientele.InvoiceDraft {
		s.Left, s.Money, s.Off = i.AmountRemaining, i.AmountPaid, i.AmountWrittenOff
		s.Uncollectible = i.StatusTransitions.MarkedUncollectibleAt != 0
	}
	return s
}

// After is where the invoice stands after another movement.
func (s InvoiceState) After(m store.Movement) InvoiceState {
	s.Left = Plus(s.Left, m.Receivable)
	switch m.Reason {
	case clientele.ReasonAllocated, clientele.ReasonUnallocated:
		s.Money = Minus(s.Money, m.Receivable)
	case clientele.ReasonInvoiceVoided, clientele.ReasonWrittenOff, clientele.ReasonRecovered:
		s.Off = Minus(s.Off, m.Receivable)
	case clientele.ReasonUncollectible:
		s.Uncollectible = true
	case clientele.ReasonReopened:
		s.Uncollectible = false
	}
	return s
}
