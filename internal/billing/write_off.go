package billing

import (
	"context"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

func checkWriteOff(p clientele.WriteOffParams) error {
	return clientele.JoinInvalid(checkPart(p.Amount), check.Length("reason", p.Reason, check.MaxText))
}

// WriteOff writes what is left to pay on an invoice off as bad debt, or a part of it. What was paid stays. With nothing
// left the invoice is uncollectible, and nobody owes anything on it.
func (s Invoices) WriteOff(
	ctx context.Context, call Call, id string, p clientele.WriteOffParams,
) (store.Document, error) {
	if err := checkWriteOff(p); err != nil {
		return store.Document{}, err
	}
	return s.changeInvoice(ctx, call, id, func(tx store.Tx, h *invoice) error {
		if !payable(h) || h.AmountRemaining.Sign() == 0 {
			return conflict("status", "%s is %s with %s left to pay: there is nothing to write off", h.called(), h.state(),
				h.AmountRemaining)
		}
		part := h.AmountRemaining
		if p.Amount != nil {
			part = p.Amount.In(h.CurrencyID)
		}
		if ledger.Minus(h.AmountRemaining, part).Sign() < 0 {
			return conflict("amount", "%s has %s left to pay, which is less than %s", h.called(), h.AmountRemaining, part)
		}
		a, err := s.openOn(tx, call, h.CustomerID, p.Date)
		if err != nil {
			return err
		}
		day, err := a.dateOff(part, h.Issued(), h.called(), a.ofInvoice(h))
		if err != nil {
			return err
		}
		h.AmountWrittenOff = ledger.Plus(h.AmountWrittenOff, part)
		_, err = a.postOn(h, clientele.BalanceTransaction{
			Reason: clientele.ReasonWrittenOff, Receivable: part.Neg(), Description: p.Reason, Date: day,
		})
		if err != nil {
			return err
		}
		if err := a.save(h); err != nil {
			return err
		}
		return a.close()
	})
}

// Reopen opens an uncollectible invoice again, and takes back what was written off of it as bad debt.
func (s Invoices) Reopen(ctx context.Context, call Call, id string) (store.Document, error) {
	return s.changeInvoice(ctx, call, id, func(tx store.Tx, h *invoice) error {
		wasWrittenOff := h.Status == clientele.InvoiceOpen && h.AmountWrittenOff.Sign() > 0
		if h.Status != clientele.InvoiceUncollectible && !wasWrittenOff {
			return conflict("status",
				"%s is %s: only an uncollectible invoice, or one that was written off in part, is opened again", h.called(),
				h.state())
		}
		a, err := s.open(tx, call, h.CustomerID)
		if err != nil {
			return err
		}
		if err := a.recover(h, h.AmountWrittenOff, 0); err != nil {
			return err
		}
		if h.StatusTransitions.MarkedUncollectibleAt != 0 {
			if _, err := a.postOn(h, clientele.BalanceTransaction{Reason: clientele.ReasonReopened}); err != nil {
				return err
			}
		}
		h.Status, h.StatusTransitions.MarkedUncollectibleAt = clientele.InvoiceOpen, 0
		if err := a.save(h); err != nil {
			return err
		}
		return a.close()
	})
}

// recover takes back up to a part of what was written off of an invoice as bad debt: it is left to pay again, which
// whoever asks settles. It does so from a day on, 0 being that of what is done, but not before it was written off.
func (a *customerAccount) recover(h *invoice, part clientele.Amount, day clientele.Day) error {
	if part = ledger.Least(part, h.AmountWrittenOff); part.Sign() <= 0 || !payable(h) {
		return nil
	}
	var err error
	if day == 0 {
		if day, err = a.date(h.Issued()); err != nil {
			return err
		}
	}
	open, err := a.firstOpen()
	if err != nil {
		return err
	}
	day = max(day, open)
	later, err := a.later(h.CurrencyID, day)
	if err != nil {
		return err
	}
	for _, m := range later {
		if m.InvoiceID == h.ID && m.Reason == clientele.ReasonWrittenOff {
			day = m.Date
		}
	}
	h.AmountWrittenOff, h.AmountRemaining = ledger.Minus(h.AmountWrittenOff, part), ledger.Plus(h.AmountRemaining, part)
	_, err = a.postOn(h, clientele.BalanceTransaction{Reason: clientele.ReasonRecovered, Receivable: part, Date: day})
	return err
}

// owing is what can be paid on an invoice: what is left, and what was written off of it as bad debt.
func owing(h *invoice) clientele.Amount {
	if !payable(h) {
		return h.AmountRemaining
	}
	return ledger.Plus(h.AmountRemaining, h.AmountWrittenOff)
}
