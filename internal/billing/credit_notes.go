package billing

import (
	"context"
	"fmt"
	"math/big"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// CreditNotes is the part of [Service] about credit notes; they are made by [Invoices.Credit].
type CreditNotes struct{ *core }

func checkCreditNote(p clientele.CreditNoteParams) error {
	switch p.Reason {
	case "", "duplicate", "fraudulent", "order_change", "product_unsatisfactory":
	default:
		return check.Invalid("reason", "reason must be duplicate, fraudulent, order_change or product_unsatisfactory")
	}
	err := clientele.JoinInvalid(checkPart(p.Amount), check.Length("memo", p.Memo, check.MaxText),
		check.Metadata(p.Metadata))
	if err != nil || p.Lines == nil {
		return err
	}
	if p.Amount != nil {
		return check.Invalid("lines", "give amount or lines, not both")
	}
	return checkCreditNoteLines(*p.Lines)
}

func checkCreditNoteLines(lines []clientele.CreditNoteLineParams) error {
	if len(lines) == 0 {
		return check.Invalid("lines", "lines has at least one entry")
	}
	seen := map[string]bool{}
	for i, l := range lines {
		at := fmt.Sprintf("lines[%d]", i)
		switch {
		case l.InvoiceLineID == "":
			return check.Invalid(at+".invoice_line_id", "%s.invoice_line_id is required: a line of the invoice", at)
		case seen[l.InvoiceLineID]:
			return check.Invalid(at+".invoice_line_id", "%s.invoice_line_id is in lines twice", at)
		case l.Quantity != nil && l.Amount != nil:
			return check.Invalid(at+".amount", "give %s.quantity or %s.amount, not both", at, at)
		case l.Quantity != nil && *l.Quantity < 1:
			return check.Invalid(at+".quantity", "%s.quantity must be 1 or more", at)
		}
		seen[l.InvoiceLineID] = true
		if l.Amount != nil {
			if err := check.Positive(at+".amount", *l.Amount); err != nil {
				return err
			}
		}
	}
	return nil
}

// Credit takes back a part of a finalized invoice, or the whole: first of what is left to pay, then of what was paid,
// which becomes the customer's credit or is sent back.
func (s Invoices) Credit(
	ctx context.Context, call Call, invoiceID string, p clientele.CreditNoteParams,
) (store.Document, error) {
	if err := checkCreditNote(p); err != nil {
		return store.Document{}, err
	}
	return s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
		h, err := loadInvoice(tx, call.Livemode, invoiceID)
		if err != nil {
			return store.Document{}, err
		}
		if !payable(h) && h.Status != clientele.InvoicePaid {
			return store.Document{}, conflict("status",
				"%s is %s: credit notes are for open, uncollectible and paid invoices", h.called(), h.state())
		}
		a, err := s.openOn(tx, call, h.CustomerID, p.Date)
		if err != nil {
			return store.Document{}, err
		}
		doc, err := a.creditNote(h, p)
		if err != nil {
			return store.Document{}, err
		}
		return store.Document{JSON: doc, Created: true}, a.close()
	})
}

func (a *customerAccount) creditNote(h *invoice, p clientele.CreditNoteParams) ([]byte, error) {
	earlier, err := creditNotesOf(a.tx, h.Livemode, h.ID)
	if err != nil {
		return nil, err
	}
	note := clientele.CreditNote{
		Object: "credit_note", Livemode: a.call.Livemode, Number: creditNoteNumber(h.Number, len(earlier)+1),
		InvoiceID: h.ID, CustomerID: h.CustomerID, CurrencyID: h.CurrencyID, Reason: p.Reason, Memo: p.Memo,
		Lines: []clientele.CreditNoteLine{}, Metadata: clientele.Metadata{}, CreatedAt: clientele.At(a.now),
	}
	if err := check.FillMetadata(&note.Metadata, p.Metadata); err != nil {
		return nil, err
	}
	if err := takeBack(&note, h, earlier, p); err != nil {
		return nil, err
	}
	return a.issue(h, note, earlier, p.Refund)
}

// creditNotesOf are an invoice's credit notes, oldest first.
func creditNotesOf(tx store.Tx, mode clientele.Mode, invoiceID string) ([]clientele.CreditNote, error) {
	return store.CreditNotes.Select(tx, creditNotesQuery(mode, invoiceID))
}

func creditNotesQuery(mode clientele.Mode, invoiceID string) store.Query {
	return store.Query{
		Mode: mode, Where: []store.Condition{store.Equal("invoice_id", invoiceID)}, Order: store.OldestFirst,
	}
}

// takeBack writes how much a credit note takes back.
func takeBack(
	note *clientele.CreditNote, h *invoice, earlier []clientele.CreditNote, p clientele.CreditNoteParams,
) error {
	left := ledger.Minus(ledger.Minus(h.Total, h.PrePaymentCreditNotesAmount), h.PostPaymentCreditNotesAmount)
	note.Amount = left
	switch {
	case p.Lines != nil:
		note.Amount = clientele.Zero(h.CurrencyID)
		for i, l := range *p.Lines {
			line, err := takeBackLine(h, earlier, l, fmt.Sprintf("lines[%d]", i))
			if err != nil {
				return err
			}
			note.Lines, note.Amount = append(note.Lines, line), ledger.Plus(note.Amount, line.Amount)
		}
	case p.Amount != nil:
		note.Amount = p.Amount.In(h.CurrencyID)
	}
	if note.Amount.Sign() <= 0 || ledger.Minus(left, note.Amount).Sign() < 0 {
		return conflict("amount", "%s has %s that no credit note has taken back yet", h.called(), left)
	}
	return nil
}

// takeBackLine says how much of a line is taken back; at is where a request says so.
func takeBackLine(
	h *invoice, earlier []clientele.CreditNote, p clientele.CreditNoteLineParams, at string,
) (line clientele.CreditNoteLine, err error) {
	var of *clientele.InvoiceLine
	for i := range h.Lines {
		if h.Lines[i].ID == p.InvoiceLineID {
			of = &h.Lines[i]
		}
	}
	if of == nil {
		return line, check.Invalid(at+".invoice_line_id", "the invoice has no line %q", p.InvoiceLineID)
	}
	left, taken := ledger.Plus(of.Amount, of.TaxAmount), int64(0)
	for _, note := range earlier {
		for _, l := range note.Lines {
			if l.InvoiceLineID == of.ID {
				left, taken = ledger.Minus(left, l.Amount), taken+l.Quantity
			}
		}
	}
	line = clientele.CreditNoteLine{InvoiceLineID: of.ID, Description: of.Description, Amount: left}
	switch {
	case p.Quantity != nil:
		line.Quantity = *p.Quantity
		if line.Quantity > of.Quantity-taken {
			return line, clientele.Errorf(clientele.ErrorCodeConflict, at+".quantity",
				"the line has %d that no credit note has taken back yet", of.Quantity-taken)
		}
		if line.Amount, err = priceOf(of, taken, line.Quantity); err != nil {
			return line, err
		}
	case p.Amount != nil:
		line.Amount = p.Amount.In(h.CurrencyID)
	}
	rest := ledger.Minus(left, line.Amount) // of a discount all is below nothing
	if line.Amount.Sign() != left.Sign() || left.Sign() == 0 || rest.Sign() == -left.Sign() {
		return line, conflict(at+".amount", "the line has %s that no credit note has taken back yet", left)
	}
	return line, nil
}

// priceOf is what so many of a line cost with tax, after so many others were taken back. Tax that does not divide is
// split so that all of them come to the line's tax exactly: each has the difference of two rounded sums.
func priceOf(line *clientele.InvoiceLine, taken, quantity int64) (clientele.Amount, error) {
	tax := new(big.Int).Sub(taxOn(line, taken+quantity), taxOn(line, taken))
	share, err := store.StoredAmount(line.CurrencyID, tax.String())
	if err != nil {
		return line.Amount, err
	}
	return ledger.Plus(line.UnitAmount.Times(quantity).In(line.CurrencyID), share), nil
}

// taxOn is the tax on the first so many of a line, rounded down.
func taxOn(line *clientele.InvoiceLine, quantity int64) *big.Int {
	return new(big.Int).Div(ledger.Number(line.TaxAmount.Times(quantity)), big.NewInt(max(line.Quantity, 1)))
}

// issue writes a credit note and does what it says.
func (a *customerAccount) issue(
	h *invoice, note clientele.CreditNote, earlier []clientele.CreditNote, refund bool,
) ([]byte, error) {
	seq, err := a.tx.NextSeq(store.CreditNotes.Kind, a.now)
	if err != nil {
		return nil, err
	}
	if note.ID, err = a.s.seqID(store.CreditNotes.Prefix, seq); err != nil {
		return nil, err
	}
	if err := a.recover(h, ledger.Minus(note.Amount, h.AmountRemaining), 0); err != nil {
		return nil, err
	}
	note.AmountOff = ledger.Least(note.Amount, h.AmountRemaining)
	paid := ledger.Minus(note.Amount, note.AmountOff)
	note.AmountCredited, note.AmountRefunded = paid, clientele.Zero(h.CurrencyID)
	if note.Date, err = a.dateOff(note.AmountOff, h.Issued(), h.called(), a.ofInvoice(h)); err != nil {
		return nil, err
	}
	_, err = a.postOn(h, clientele.BalanceTransaction{
		Reason: clientele.ReasonCreditNote, Amount: paid, Receivable: note.AmountOff.Neg(), CreditNoteID: note.ID,
		Date: note.Date,
	})
	if err != nil {
		return nil, err
	}
	if money := ledger.Least(paid, moneyIn(h, earlier)); refund && money.Sign() > 0 {
		note.AmountCredited, note.AmountRefunded = ledger.Minus(paid, money), money
		doc, _, err := a.refund(clientele.Refund{
			Amount: money, CurrencyID: h.CurrencyID, PaymentMethodID: h.DefaultPaymentMethodID, InvoiceID: h.ID,
			CreditNoteID: note.ID, Metadata: clientele.Metadata{}, Date: note.Date,
		}, true)
		if err != nil {
			return nil, err
		}
		note.RefundID = doc.ID
	}
	doc, err := encodeObject(note)
	if err != nil {
		return nil, err
	}
	rec := store.Record{ID: note.ID, Seq: seq, Version: 1, JSON: doc}
	if err := store.CreditNotes.Save(a.tx, rec, nil, &note); err != nil {
		return nil, err
	}
	err = a.s.record(a.tx, a.call, clientele.EventCreditNoteCreated,
		changed{id: note.ID, customerID: note.CustomerID, version: 1, after: doc})
	if err != nil {
		return nil, err
	}
	h.PrePaymentCreditNotesAmount = ledger.Plus(h.PrePaymentCreditNotesAmount, note.AmountOff)
	h.PostPaymentCreditNotesAmount = ledger.Plus(h.PostPaymentCreditNotesAmount, paid)
	return doc, a.save(h)
}

// moneyIn is the money that is in an invoice: what has been paid with money, less what earlier credit notes gave back.
// They give credit that paid the invoice back first: that was never received, so it is not refunded.
func moneyIn(h *invoice, earlier []clientele.CreditNote) clientele.Amount {
	given, refunded := h.PostPaymentCreditNotesAmount, clientele.Zero(h.CurrencyID)
	for _, note := range earlier {
		refunded = ledger.Plus(refunded, note.AmountRefunded)
	}
	refunded = ledger.Least(refunded, given)
	credit := ledger.Minus(h.AmountCredited, ledger.Minus(given, refunded))
	return ledger.Plus(ledger.Minus(h.AmountPaid, refunded), ledger.Least(credit, clientele.Zero(h.CurrencyID)))
}

func creditNoteNumber(invoice string, n int) string { return fmt.Sprintf("%s-CN-%02d", invoice, n) }

// Retrieve answers a credit note.
func (s CreditNotes) Retrieve(ctx context.Context, mode clientele.Mode, id string) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, found, err := tx.Get(store.CreditNotes.Kind, mode, id)
		if err == nil && !found {
			err = clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no credit note %q in this mode", id)
		}
		doc.JSON = rec.JSON
		return err
	})
	return doc, err
}

// List answers a page of credit notes and the exact count of all that match. customer, unless empty, is an
// id or DID; an unknown one has none.
func (s CreditNotes) List(
	ctx context.Context, customer string, q store.Query,
) (docs [][]byte, count int64, err error) {
	return s.list(ctx, store.CreditNotes.Kind, customer, q, nil)
}
