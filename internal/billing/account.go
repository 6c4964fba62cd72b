package billing

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// account is a customer's money while a transaction works on it. Every change of what is owed goes through post, which
// appends it to the customer's ledger; close writes what became of the customer.
type account struct {
	s        *core
	tx       store.Tx
	call     Call
	now      time.Time
	rec      store.Record
	before   *clientele.Customer
	customer *clientele.Customer
}

// open starts work on a customer's account. That of a deleted customer can still be settled.
func (s *core) open(tx store.Tx, call Call, customer string) (*account, error) {
	rec, err := findCustomerOrDeleted(tx, call.Livemode, customer)
	if err != nil {
		return nil, err
	}
	before, err := decodeCustomer(rec)
	if err != nil {
		return nil, err
	}
	a := &account{s: s, tx: tx, call: call, now: s.now(), rec: rec, before: before, customer: cloneCustomer(before)}
	return a, nil
}

// checkNotDeleted refuses what is not possible for a deleted customer.
func (a *account) checkNotDeleted(field string) error {
	if a.rec.DeletedAt == 0 {
		return nil
	}
	return clientele.Errorf(clientele.ErrorCodeConflict, field, "the customer %s is deleted; restore it first", a.rec.ID)
}

// credit is what the customer has in a currency.
func (a *account) credit(currency string) clientele.Amount {
	return a.customer.TokenBalance[currency].In(currency)
}

// post appends a movement to the ledger. Credit cannot fall below nothing.
func (a *account) post(t clientele.BalanceTransaction) (clientele.BalanceTransaction, error) {
	t.Amount, t.Receivable = t.Amount.In(t.CurrencyID), t.Receivable.In(t.CurrencyID)
	t.EndingBalance = plus(a.credit(t.CurrencyID), t.Amount)
	if t.EndingBalance.Sign() < 0 {
		return t, clientele.Errorf(clientele.ErrorCodeConflict, "amount",
			"the customer has a credit of %s in %s, which is less than %s", a.credit(t.CurrencyID), t.CurrencyID,
			t.Amount.Neg())
	}
	seq, err := a.tx.NextLedgerSeq(a.customer.ID, a.now)
	if err != nil {
		return t, err
	}
	if t.ID, err = a.s.seqID("txn_", seq); err != nil {
		return t, err
	}
	if t.Metadata == nil {
		t.Metadata = clientele.Metadata{}
	}
	t.Object, t.Livemode, t.CustomerID = "balance_transaction", a.call.Livemode, a.customer.ID
	t.RequestedBy, t.CreatedAt = a.call.Actor, clientele.At(time.UnixMilli(seq>>16))
	doc, err := encodeObject(t)
	if err != nil {
		return t, err
	}
	if t.Amount.Sign() != 0 {
		a.customer.TokenBalance[t.CurrencyID] = t.EndingBalance
	}
	return t, a.tx.AddBalanceTransaction(store.Record{ID: t.ID, Seq: seq, Version: 1, JSON: doc}, t)
}

// close writes the customer, if it changed: its balance, whether it is delinquent, its next invoice's number.
func (a *account) close() error {
	overdue, err := a.tx.HasOverdueInvoice(a.customer.ID)
	if err != nil {
		return err
	}
	a.customer.Delinquent = overdue
	if err := fillBalance(a.tx, a.customer); err != nil {
		return err
	}
	a.rec, err = a.s.replaceCustomer(a.tx, a.call, a.rec, a.before, a.customer)
	return err
}

// held is an invoice while a transaction works on it.
type held struct {
	*clientele.Invoice
	rec store.Record
}

func hold(rec store.Record) (*held, error) {
	h := &held{Invoice: new(clientele.Invoice), rec: rec}
	return h, json.Unmarshal(rec.JSON, h.Invoice)
}

// holdInvoice finds an invoice to work on.
func holdInvoice(tx store.Tx, mode clientele.Mode, id string) (*held, error) {
	rec, err := findInvoice(tx, mode, id)
	if err != nil {
		return nil, err
	}
	return hold(rec)
}

// own finds one of the customer's invoices that a payment, credit or credit note of a currency is for.
func (a *account) own(currency, id string) (*held, error) {
	h, err := holdInvoice(a.tx, a.call.Livemode, id)
	switch {
	case isCode(err, clientele.ErrorCodeNotFound), err == nil && h.ID != id: // a number is not an id
		return nil, invalid("invoice_id", "no invoice %q in this mode", id)
	case err != nil:
		return nil, err
	case h.CustomerID != a.customer.ID:
		return nil, invalid("invoice_id", "the invoice %s is another customer's", id)
	case h.CurrencyID != currency:
		return nil, invalid("currency_id", "the invoice %s is in %s", id, h.CurrencyID)
	}
	return h, nil
}

// save writes an invoice after a change of what was paid on it, and moves it to the state that follows.
func (a *account) save(h *held) error {
	h.AmountDue = minus(minus(h.Total, h.AmountCredited), h.PrePaymentCreditNotesAmount)
	h.AmountRemaining = minus(minus(h.AmountDue, h.AmountPaid), h.AmountWrittenOff)
	event := clientele.EventInvoiceUpdated
	switch {
	case h.AmountRemaining.Sign() < 0:
		return fmt.Errorf("invoice %s: %s left to pay", h.ID, h.AmountRemaining)
	case h.AmountRemaining.Sign() == 0 && payable(h):
		event = clientele.EventInvoicePaid
		h.Status, h.Paid, h.StatusTransitions.PaidAt = clientele.InvoicePaid, true, a.now.Unix()
		h.PaidOutOfBand = h.AmountPaid.Sign() > 0
	case h.AmountRemaining.Sign() > 0 && h.Status == clientele.InvoicePaid:
		h.Status, h.Paid, h.PaidOutOfBand, h.StatusTransitions.PaidAt = clientele.InvoiceOpen, false, false, 0
		if h.StatusTransitions.MarkedUncollectibleAt != 0 {
			h.Status = clientele.InvoiceUncollectible
		}
	}
	return a.saveAs(h, event)
}

// saveAs writes an invoice and the event that says what happened to it.
func (a *account) saveAs(h *held, event string) (err error) {
	h.UpdatedAt = clientele.At(a.now)
	h.rec, err = a.s.saveInvoice(a.tx, a.call, event, h.rec, h.Invoice)
	return err
}

// payable says whether money is still expected for an invoice.
func payable(h *held) bool {
	return h.Status == clientele.InvoiceOpen || h.Status == clientele.InvoiceUncollectible
}

// checkPayable refuses an invoice on which no money is expected.
func checkPayable(h *held) error {
	if payable(h) {
		return nil
	}
	return clientele.Errorf(clientele.ErrorCodeConflict, "status", "the invoice %s is %s: nothing can be paid on it",
		h.ID,
		h.Status)
}

// plus and minus are for amounts of one currency, which the callers have seen to; anything else is a mistake of ours.
func plus(a, b clientele.Amount) clientele.Amount {
	sum, err := a.Add(b)
	if err != nil {
		panic(err)
	}
	return sum
}

func minus(a, b clientele.Amount) clientele.Amount { return plus(a, b.Neg()) }

// least is the smallest of amounts of one currency.
func least(a clientele.Amount, others ...clientele.Amount) clientele.Amount {
	for _, b := range others {
		if minus(b, a).Sign() < 0 {
			a = b
		}
	}
	return a
}
