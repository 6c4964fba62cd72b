package billing

import (
	"clientele.dev"
	"clientele.dev/internal/store"
)

// replay adds up the ledger.
func (b *books) replay() error {
	movements := map[string]store.Movement{}
	return b.tx.Movements(store.MovementFilter{CustomerID: b.customer.ID}, func(m store.Movement) error {
		end := b.ends[m.CurrencyID]
		if end == nil {
			end = &store.LedgerEnd{}
			b.ends[m.CurrencyID] = end
		}
		for _, balance := range []struct {
			name          string
			sum           *clientele.Amount
			change, after clientele.Amount
		}{
			{"what is owed", &end.Receivable, m.Receivable, m.EndingReceivable},
			{"the credit", &end.Credit, m.Amount, m.EndingBalance},
			{"what is not applied", &end.Unapplied, m.Unapplied, m.EndingUnapplied},
		} {
			addTo(balance.sum, balance.change)
			if !balance.sum.Equal(balance.after) || balance.sum.Sign() < 0 {
				b.differ(m.ID, "%s after it is %s, not %s", balance.name, balance.sum, balance.after)
			}
		}
		b.replayReversal(m, movements)
		b.replayInvoice(m)
		b.replayPayment(m.BalanceTransaction)
		if m.Reason == clientele.ReasonRefund && m.RefundID != "" {
			b.refunds = append(b.refunds, m.RefundID)
		}
		return nil
	})
}

// replayReversal wants a movement that reverses another to be the first to do so, and as much.
func (b *books) replayReversal(m store.Movement, movements map[string]store.Movement) {
	movements[m.ID] = m
	if m.Reverses == "" {
		return
	}
	of, known := movements[m.Reverses]
	if !known || !of.Receivable.Equal(m.Receivable.Neg()) || of.InvoiceID != m.InvoiceID || of.PaymentID != m.PaymentID {
		b.differ(m.ID, "it does not reverse %s", m.Reverses)
	}
}

func (b *books) replayInvoice(t store.Movement) {
	if t.InvoiceID == "" {
		return
	}
	if invoice := b.invoices[t.InvoiceID]; invoice != nil && int64(invoice.Due()) != t.DueDay {
		b.differ(t.ID, "it is due on %s, and the invoice on %s", clientele.Day(t.DueDay), invoice.Due())
	}
	i, known := b.invoiced[t.InvoiceID]
	if !known {
		b.differ(t.ID, "the customer has no invoice %s", t.InvoiceID)
		return
	}
	addTo(&i.remaining, t.Receivable)
	switch t.Reason {
	case clientele.ReasonInvoiceFinalized:
		addTo(&i.total, t.Receivable)
		i.starting = t.EndingBalance
	case clientele.ReasonDebit:
		addTo(&i.total, t.Receivable)
		i.starting = minus(t.EndingBalance, t.Amount)
	case clientele.ReasonCreditNoteMoved:
		addTo(&i.moved, t.Amount.Neg())
		addTo(&i.pre, t.Receivable.Neg())
		addTo(&i.post, t.Amount)
	case clientele.ReasonInvoiceVoided, clientele.ReasonWrittenOff, clientele.ReasonRecovered:
		addTo(&i.writtenOff, t.Receivable.Neg())
	case clientele.ReasonCreditApplied, clientele.ReasonCreditUnapplied:
		addTo(&i.credited, t.Receivable.Neg())
	case clientele.ReasonCreditNote:
		addTo(&i.pre, t.Receivable.Neg())
		addTo(&i.post, t.Amount)
	case clientele.ReasonPayment, clientele.ReasonAllocated, clientele.ReasonUnallocated, clientele.ReasonPaymentReversed:
		addTo(&i.paid, t.Receivable.Neg())
	}
}

func (b *books) replayPayment(t clientele.BalanceTransaction) {
	if t.PaymentID == "" {
		return
	}
	p, known := b.paid[t.PaymentID]
	if !known {
		b.differ(t.ID, "the customer has no payment %s", t.PaymentID)
		return
	}
	addTo(&p.left, t.Unapplied)
	switch t.Reason {
	case clientele.ReasonRefund:
		addTo(&p.refunded, plus(t.Amount, t.Unapplied).Neg())
		addTo(&p.credited, t.Amount) // of an old refund
	case clientele.ReasonRefundCovered:
	default:
		addTo(&p.credited, t.Amount)
	}
	if t.InvoiceID != "" {
		part := p.allocated[t.InvoiceID]
		addTo(&part, t.Receivable.Neg())
		p.allocated[t.InvoiceID] = part
	}
}
