package billing

import (
	"cmp"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// openAllBooks writes the ledgers and payments of a database whose invoices are older than ledgers are. Such an invoice
// was paid in whole or not at all, and no customer had credit.
func openAllBooks(tx store.Tx) error {
	s := New(nil)
	for seq := int64(0); ; {
		recs, err := tx.CustomersAfter(seq, 200)
		if err != nil || len(recs) == 0 {
			return err
		}
		for _, rec := range recs {
			if err := s.openBooks(tx, rec); err != nil {
				return err
			}
			seq = rec.Seq
		}
	}
}

func (s *core) openBooks(tx store.Tx, rec store.Record) error {
	c, err := decodeCustomer(rec)
	if err != nil {
		return err
	}
	docs, err := tx.CustomerInvoices(c.ID)
	if err != nil {
		return err
	}
	a := &account{
		s: s, tx: tx, call: Call{Livemode: c.Livemode, Actor: "system"}, rec: rec, before: c, customer: cloneCustomer(c),
		ends: map[string]*store.LedgerEnd{}, sums: sums{}, // the sums are made when all books are open
	}
	var moves []pastMove
	for _, doc := range docs {
		var invoice clientele.Invoice
		if err := json.Unmarshal(doc, &invoice); err != nil {
			return err
		}
		stored, _, err := tx.Invoice(c.Livemode, invoice.ID)
		if err != nil {
			return err
		}
		h, err := hold(stored)
		if err != nil {
			return err
		}
		moves = append(moves, a.pastOf(h)...)
	}
	// A ledger is written in the order of time.
	slices.SortStableFunc(moves, func(a, b pastMove) int { return cmp.Compare(a.at, b.at) })
	for _, move := range moves {
		a.now = time.Unix(move.at, 0)
		if err := move.do(); err != nil {
			return err
		}
	}
	return a.write()
}

// pastMove is something that happened to an invoice, in unix seconds.
type pastMove struct {
	at int64
	do func() error
}

// pastOf lists what happened to an invoice; the last of it writes the invoice.
func (a *account) pastOf(h *held) (moves []pastMove) {
	zero, then := clientele.Zero(h.CurrencyID), h.StatusTransitions
	if h.Status == clientele.InvoiceDraft {
		return []pastMove{{h.CreatedAt.Unix(), func() error { return a.saveUpgraded(h) }}}
	}
	moves = append(moves, pastMove{then.FinalizedAt, func() error {
		return a.movePast(h, clientele.ReasonInvoiceFinalized, h.Total)
	}})
	switch {
	case h.Status == clientele.InvoicePaid:
		moves = append(moves, pastMove{then.PaidAt, func() error { return a.payPast(h) }})
	case h.Status == clientele.InvoiceVoid:
		h.AmountRemaining, h.AmountWrittenOff = zero, h.Total
		moves = append(moves, pastMove{then.VoidedAt, func() error {
			return a.movePast(h, clientele.ReasonInvoiceVoided, h.Total.Neg())
		}})
	case h.Total.Sign() == 0: // nothing was to be paid: it is paid
		h.Status, h.Paid, h.StatusTransitions.PaidAt = clientele.InvoicePaid, true, then.FinalizedAt
	}
	return append(moves, pastMove{moves[len(moves)-1].at, func() error { return a.saveUpgraded(h) }})
}

func (a *account) movePast(h *held, reason clientele.BalanceReason, owed clientele.Amount) error {
	_, err := a.postOn(h, clientele.BalanceTransaction{Reason: reason, Receivable: owed})
	return err
}

// payPast records the payment that paid an invoice.
func (a *account) payPast(h *held) error {
	if h.Total.Sign() == 0 {
		return nil
	}
	money, err := moneyOf(a.tx, a.call.Livemode)
	if err != nil {
		return err
	}
	pay, err := a.receive(money.currencies[h.CurrencyID], PaymentParams{Amount: &h.Total, InvoiceID: h.ID})
	if err != nil {
		return err
	}
	pay.move(h.ID, h.Total)
	_, err = a.postOn(h, clientele.BalanceTransaction{
		Reason: clientele.ReasonAllocated, Receivable: h.Total.Neg(), Unapplied: h.Total.Neg(), PaymentID: pay.ID,
	})
	if err != nil {
		return err
	}
	return a.savePayment(pay, clientele.EventPaymentSucceeded)
}

// saveUpgraded writes an invoice with the fields it has now. Of an old one no text was indexed.
func (a *account) saveUpgraded(h *held) error {
	h.before = clientele.Invoice{Number: h.before.Number, Metadata: h.before.Metadata}
	return a.s.saveInvoice(a.tx, a.call, clientele.EventInvoiceUpdated, h)
}
