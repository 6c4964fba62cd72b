package billing

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// CreditNotes is the part of [Service] about credit notes; they are made by [Invoices.Credit].
type CreditNotes struct{ *core }

// CreditParams are what a request says about a customer's credit.
type CreditParams struct {
	// The currency of the amount.
	CurrencyID string `json:"currency_id"`
	// By how much the credit changes, in the currency's smallest unit: positive gives credit, negative uses it.
	Amount *clientele.Amount `json:"amount"`
	// adjustment when absent; refund: the credit was sent back; applied_to_invoice: it pays invoice_id. The last two
	// are negative.
	Reason clientele.BalanceReason `json:"reason,omitempty"`
	// The invoice it is about.
	InvoiceID string `json:"invoice_id,omitempty"`
	// The payment it is about: a refund of a payment is of what that payment left as credit.
	PaymentID string `json:"payment_id,omitempty"`
	// Free text.
	Description string `json:"description,omitempty"`
	// As on a customer.
	Metadata jsontext.Value `json:"metadata,omitempty"`
}

func (p CreditParams) check() error {
	switch {
	case p.CurrencyID == "":
		return invalid("currency_id", "currency_id is required: a payment currency's id")
	case p.Amount == nil:
		return invalid("amount",
			"amount is required: a string of digits in the currency's smallest unit, with a minus to use credit")
	case p.Amount.Sign() == 0:
		return invalid("amount", "amount must not be 0")
	case p.Amount.Digits() > clientele.MaxAmountDigits:
		return invalid("amount", "amount has at most %d digits", clientele.MaxAmountDigits)
	}
	switch p.Reason {
	case "", clientele.ReasonAdjustment:
	case clientele.ReasonRefund, clientele.ReasonCreditApplied:
		if p.Amount.Sign() > 0 {
			return invalid("amount", "amount must be negative for the reason %s", p.Reason)
		}
		if p.Reason == clientele.ReasonCreditApplied && p.InvoiceID == "" {
			return invalid("invoice_id", "invoice_id is required for the reason %s", p.Reason)
		}
	default:
		return invalid("reason", "reason must be adjustment, refund or applied_to_invoice")
	}
	return clientele.JoinInvalid(checkLength("description", p.Description, maxText), checkMetadata(p.Metadata))
}

// MoveCredit gives a customer credit or uses it.
func (s Customers) MoveCredit(ctx context.Context, call Call, customer string, p CreditParams) (store.Document, error) {
	if err := p.check(); err != nil {
		return store.Document{}, err
	}
	return s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
		a, err := s.open(tx, call, customer)
		if err == nil {
			err = a.checkNotDeleted("id")
		}
		if err != nil {
			return store.Document{}, err
		}
		currency, err := usableCurrency(tx, call.Livemode, p.CurrencyID)
		if err != nil {
			return store.Document{}, err
		}
		t := clientele.BalanceTransaction{
			CurrencyID: currency.ID, Reason: p.Reason, Amount: p.Amount.In(currency.ID), InvoiceID: p.InvoiceID,
			PaymentID: p.PaymentID, Description: p.Description, Metadata: clientele.Metadata{},
		}
		if t.Reason == "" {
			t.Reason = clientele.ReasonAdjustment
		}
		if err := fillMetadata(&t.Metadata, p.Metadata); err != nil {
			return store.Document{}, err
		}
		if t, err = a.moveCredit(t); err != nil {
			return store.Document{}, err
		}
		doc, err := encodeObject(t)
		if err != nil {
			return store.Document{}, err
		}
		return store.Document{JSON: doc, Created: true}, a.close()
	})
}

// moveCredit posts a movement of credit and does what its reason says.
func (a *account) moveCredit(t clientele.BalanceTransaction) (clientele.BalanceTransaction, error) {
	if t.InvoiceID != "" {
		h, err := a.own(t.CurrencyID, t.InvoiceID)
		if err != nil {
			return t, err
		}
		if t.Reason == clientele.ReasonCreditApplied {
			if err := checkPayable(h); err != nil {
				return t, err
			}
			part := t.Amount.Neg()
			if minus(h.AmountRemaining, part).Sign() < 0 {
				return t, clientele.Errorf(clientele.ErrorCodeConflict, "amount", "the invoice has %s left to pay",
					h.AmountRemaining)
			}
			return a.applyCredit(h, part, t)
		}
	}
	if t.PaymentID != "" {
		pay, err := a.ownPayment(t.CurrencyID, t.PaymentID)
		if err != nil {
			return t, err
		}
		if t.Reason == clientele.ReasonRefund {
			if err := a.refund(pay, t.Amount.Neg()); err != nil {
				return t, err
			}
		}
	}
	return a.post(t)
}

// ownPayment finds one of the customer's payments that a movement of credit is about.
func (a *account) ownPayment(currency, id string) (*payment, error) {
	pay, err := holdPayment(a.tx, a.call.Livemode, id)
	switch {
	case isCode(err, clientele.ErrorCodeNotFound):
		return nil, invalid("payment_id", "no payment %q in this mode", id)
	case err != nil:
		return nil, err
	case pay.CustomerID != a.customer.ID:
		return nil, invalid("payment_id", "the payment %s is another customer's", id)
	case pay.CurrencyID != currency:
		return nil, invalid("currency_id", "the payment %s is in %s", id, pay.CurrencyID)
	}
	return pay, nil
}

// refund counts a part of what a payment left as sent back.
func (a *account) refund(pay *payment, part clientele.Amount) error {
	if minus(pay.AmountUnallocated, part).Sign() < 0 {
		return clientele.Errorf(clientele.ErrorCodeConflict, "amount", "the payment has %s left to refund",
			pay.AmountUnallocated)
	}
	pay.AmountUnallocated, pay.AmountRefunded = minus(pay.AmountUnallocated, part), plus(pay.AmountRefunded, part)
	return a.savePayment(pay, clientele.EventPaymentUpdated)
}

// BalanceTransactions answers a page of a customer's ledger, newest first, and how long it is.
func (s Customers) BalanceTransactions(
	ctx context.Context, customer string, f store.LedgerFilter,
) (docs [][]byte, count int64, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, err := findCustomer(tx, f.Livemode, customer)
		if err != nil {
			return err
		}
		f.CustomerID = rec.ID
		docs, count, err = tx.ListLedger(f)
		return err
	})
	return docs, count, err
}

// CreditNoteParams are what a request says about a new credit note.
type CreditNoteParams struct {
	// How much of the invoice to take back, in the currency's smallest unit.
	Amount *clientele.Amount `json:"amount"`
	// duplicate, fraudulent, order_change or product_unsatisfactory.
	Reason string `json:"reason,omitempty"`
	// Free text for the customer.
	Memo string `json:"memo,omitempty"`
	// As on a customer.
	Metadata jsontext.Value `json:"metadata,omitempty"`
}

func (p CreditNoteParams) check() error {
	if p.Amount == nil {
		return invalid("amount", "amount is required: a string of digits in the currency's smallest unit")
	}
	switch p.Reason {
	case "", "duplicate", "fraudulent", "order_change", "product_unsatisfactory":
	default:
		return invalid("reason", "reason must be duplicate, fraudulent, order_change or product_unsatisfactory")
	}
	return clientele.JoinInvalid(checkPositive("amount", *p.Amount), checkLength("memo", p.Memo, maxText),
		checkMetadata(p.Metadata))
}

// Credit takes back a part of a finalized invoice: first of what is left to pay, then of what was paid, which
// becomes the customer's credit.
func (s Invoices) Credit(
	ctx context.Context, call Call, invoiceID string, p CreditNoteParams,
) (store.Document, error) {
	if err := p.check(); err != nil {
		return store.Document{}, err
	}
	return s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
		h, err := holdInvoice(tx, call.Livemode, invoiceID)
		if err != nil {
			return store.Document{}, err
		}
		if !payable(h) && h.Status != clientele.InvoicePaid {
			return store.Document{}, clientele.Errorf(clientele.ErrorCodeConflict, "status",
				"the invoice is %s; credit notes are for open, uncollectible and paid ones", h.Status)
		}
		amount := p.Amount.In(h.CurrencyID)
		left := minus(minus(h.Total, h.PrePaymentCreditNotesAmount), h.PostPaymentCreditNotesAmount)
		if minus(left, amount).Sign() < 0 {
			return store.Document{}, clientele.Errorf(clientele.ErrorCodeConflict, "amount",
				"the invoice has %s that no credit note has taken back yet", left)
		}
		a, err := s.open(tx, call, h.CustomerID)
		if err != nil {
			return store.Document{}, err
		}
		doc, err := a.creditNote(h, amount, p)
		if err != nil {
			return store.Document{}, err
		}
		return store.Document{JSON: doc, Created: true}, a.close()
	})
}

func (a *account) creditNote(h *held, amount clientele.Amount, p CreditNoteParams) ([]byte, error) {
	seq, err := a.tx.NextSeq(store.KindCreditNote, a.now)
	if err != nil {
		return nil, err
	}
	id, err := a.s.seqID("cn_", seq)
	if err != nil {
		return nil, err
	}
	earlier, err := a.tx.CreditNotes(h.ID)
	if err != nil {
		return nil, err
	}
	off := least(amount, h.AmountRemaining)
	note := clientele.CreditNote{
		ID: id, Object: "credit_note", Livemode: a.call.Livemode,
		Number:    creditNoteNumber(h.Number, len(earlier)+1),
		InvoiceID: h.ID, CustomerID: h.CustomerID, CurrencyID: h.CurrencyID, Amount: amount, AmountOff: off,
		AmountCredited: minus(amount, off), Reason: p.Reason, Memo: p.Memo, Metadata: clientele.Metadata{},
		CreatedAt: clientele.At(a.now),
	}
	if err := fillMetadata(&note.Metadata, p.Metadata); err != nil {
		return nil, err
	}
	doc, err := encodeObject(note)
	if err != nil {
		return nil, err
	}
	if err := a.tx.AddCreditNote(store.Record{ID: id, Seq: seq, Version: 1, JSON: doc}, note); err != nil {
		return nil, err
	}
	err = a.s.record(a.tx, a.call, clientele.EventCreditNoteCreated,
		changed{id: id, customerID: note.CustomerID, version: 1, after: doc})
	if err != nil {
		return nil, err
	}
	_, err = a.post(clientele.BalanceTransaction{
		CurrencyID: h.CurrencyID, Reason: clientele.ReasonCreditNote, Amount: note.AmountCredited, Receivable: off.Neg(),
		InvoiceID: h.ID, CreditNoteID: id,
	})
	if err != nil {
		return nil, err
	}
	h.PrePaymentCreditNotesAmount = plus(h.PrePaymentCreditNotesAmount, off)
	h.PostPaymentCreditNotesAmount = plus(h.PostPaymentCreditNotesAmount, note.AmountCredited)
	return doc, a.save(h)
}

func creditNoteNumber(invoice string, n int) string { return fmt.Sprintf("%s-CN-%02d", invoice, n) }

// Retrieve answers a credit note.
func (s CreditNotes) Retrieve(ctx context.Context, mode clientele.Mode, id string) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, found, err := tx.CreditNote(mode, id)
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
	ctx context.Context, customer string, f store.CreditNoteFilter,
) (docs [][]byte, count int64, err error) {
	err = s.scanOf(ctx, f.Livemode, customer, func(tx store.Tx, id string) error {
		f.CustomerID = id
		docs, count, err = tx.ListCreditNotes(f)
		return err
	})
	return docs, count, err
}
