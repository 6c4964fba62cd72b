package billing

import (
	"cmp"
	"context"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

func checkCredit(p clientele.CreditParams) error {
	switch {
	case p.CurrencyID == "":
		return check.Invalid("currency_id", "currency_id is required: a payment currency's id")
	case p.Amount == nil:
		return check.Invalid("amount",
			"amount is required: a string of digits in the currency's smallest unit, with a minus to use credit")
	case p.Amount.Sign() == 0:
		return check.Invalid("amount", "amount must not be 0")
	case p.Amount.Digits() > clientele.MaxAmountDigits:
		return check.Invalid("amount", "amount has at most %d digits", clientele.MaxAmountDigits)
	}
	switch p.Reason {
	case "", clientele.ReasonAdjustment:
	case clientele.ReasonRefund, clientele.ReasonCreditApplied:
		if p.Amount.Sign() > 0 {
			return check.Invalid("amount", "amount must be negative for the reason %s", p.Reason)
		}
	case clientele.ReasonCreditUnapplied:
		if p.Amount.Sign() < 0 {
			return check.Invalid("amount", "amount must be positive for the reason %s", p.Reason)
		}
	default:
		return check.Invalid("reason", "reason must be adjustment, refund, applied_to_invoice or unapplied_from_invoice")
	}
	if p.InvoiceID == "" && (p.Reason == clientele.ReasonCreditApplied || p.Reason == clientele.ReasonCreditUnapplied) {
		return check.Invalid("invoice_id", "invoice_id is required for the reason %s", p.Reason)
	}
	return clientele.JoinInvalid(check.Length("description", p.Description, check.MaxText), check.Metadata(p.Metadata))
}

// MoveCredit gives a customer credit or uses it.
func (s Customers) MoveCredit(
	ctx context.Context, call Call, customer string, p clientele.CreditParams,
) (store.Document, error) {
	if err := checkCredit(p); err != nil {
		return store.Document{}, err
	}
	return s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
		a, err := s.openAny(tx, call, customer)
		if err == nil {
			err = cmp.Or(a.checkNotDeleted("id"), a.dateFrom(p.Date))
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
			Description: p.Description, Metadata: clientele.Metadata{},
		}
		if t.Reason == "" {
			t.Reason = clientele.ReasonAdjustment
		}
		if err := check.FillMetadata(&t.Metadata, p.Metadata); err != nil {
			return store.Document{}, err
		}
		if t, err = a.moveCredit(currency, t); err != nil {
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
func (a *customerAccount) moveCredit(
	currency clientele.PaymentCurrency, t clientele.BalanceTransaction,
) (clientele.BalanceTransaction, error) {
	if t.Reason == clientele.ReasonRefund {
		_, t, err := a.refund(clientele.Refund{
			Amount: t.Amount.Neg(), CurrencyID: t.CurrencyID, PaymentMethodID: currency.PaymentMethodID,
			InvoiceID: t.InvoiceID, Description: t.Description, Metadata: t.Metadata,
		}, true)
		return t, err
	}
	var err error
	if t.Amount.Sign() < 0 && t.Reason != clientele.ReasonCreditApplied {
		t.Date, err = a.dateOff(t.Amount.Neg(), 0, "the customer's credit", ledger.OfCredit(a.credit(t.CurrencyID)))
		if err != nil {
			return t, err
		}
	}
	if t.InvoiceID == "" {
		return a.post(t)
	}
	h, err := a.own("invoice_id", t.CurrencyID, t.InvoiceID)
	if err != nil {
		return t, err
	}
	switch t.Reason {
	case clientele.ReasonCreditApplied:
		return a.applyCredit(h, t)
	case clientele.ReasonCreditUnapplied:
		return a.giveBackCredit(h, t)
	}
	return a.postOn(h, t)
}

// applyCredit pays a part of an invoice with the customer's credit.
func (a *customerAccount) applyCredit(
	h *invoice, t clientele.BalanceTransaction,
) (clientele.BalanceTransaction, error) {
	if err := checkPayable(h); err != nil {
		return t, err
	}
	part := t.Amount.Neg()
	if ledger.Minus(owing(h), part).Sign() < 0 {
		return t, conflict("amount", "%s has %s left to pay, which is less than %s", h.called(), owing(h), part)
	}
	if err := a.recover(h, ledger.Minus(part, h.AmountRemaining), 0); err != nil {
		return t, err
	}
	t, err := a.useCredit(h, part, t)
	if err != nil {
		return t, err
	}
	return t, a.save(h)
}

// giveBackCredit takes back a part of the credit that paid an invoice, and answers the last movement of that.
func (a *customerAccount) giveBackCredit(
	h *invoice, t clientele.BalanceTransaction,
) (clientele.BalanceTransaction, error) {
	if h.Status == clientele.InvoiceVoid || ledger.Minus(h.AmountCredited, t.Amount).Sign() < 0 {
		return t, conflict("amount", "credit has paid %s of %s", h.AmountCredited, h.called())
	}
	if err := a.unapply(h, t.Amount); err != nil {
		return t, err
	}
	return a.movements[len(a.movements)-1].BalanceTransaction, a.save(h)
}

// unapplyCredit gives back credit that paid invoices, the newest first, until an amount is had or none is left.
func (a *customerAccount) unapplyCredit(wanted clientele.Amount) error {
	if wanted.Sign() <= 0 {
		return nil
	}
	recs, err := a.tx.Select(store.Invoices.Kind, store.Of(a.call.Livemode, a.customer.ID,
		store.Equal("currency_id", wanted.Currency()), store.NotZero("credited")))
	if err != nil {
		return err
	}
	for _, rec := range recs {
		h, err := readInvoice(rec)
		if err != nil {
			return err
		}
		if h.Status == clientele.InvoiceVoid || a.working[h.ID] {
			continue
		}
		part := ledger.Least(wanted, h.AmountCredited)
		if err := a.unapply(h, part); err != nil {
			return err
		}
		if err := a.save(h); err != nil {
			return err
		}
		if wanted = ledger.Minus(wanted, part); wanted.Sign() == 0 {
			break
		}
	}
	return nil
}

// unapply takes back a part of the credit that paid an invoice: it reverses what paid it, the newest first, and pays
// again what that is too much.
func (a *customerAccount) unapply(h *invoice, part clientele.Amount) error {
	applied, err := a.unreversed(store.MovementFilter{InvoiceID: h.ID}, func(m store.Movement) bool {
		return m.Reason == clientele.ReasonCreditApplied
	})
	if err != nil {
		return err
	}
	for _, m := range applied {
		if part.Sign() <= 0 {
			break
		}
		day, err := a.date(m.Date)
		if err != nil {
			return err
		}
		h.AmountCredited = ledger.Plus(h.AmountCredited, m.Receivable)
		_, err = a.postOn(h, clientele.BalanceTransaction{
			Reason: clientele.ReasonCreditUnapplied, Amount: m.Receivable.Neg(), Receivable: m.Receivable.Neg(),
			Reverses: m.ID, Date: day,
		})
		if err != nil {
			return err
		}
		part = ledger.Plus(part, m.Receivable)
	}
	if part.Sign() < 0 {
		_, err = a.useCredit(h, part.Neg(), clientele.BalanceTransaction{})
	}
	return err
}

// useCredit pays a part of an invoice with the customer's credit and answers the last movement of that; t says what
// else there is to say of it. It counts from the date of t on, or from when both have so much.
func (a *customerAccount) useCredit(
	h *invoice, part clientele.Amount, t clientele.BalanceTransaction,
) (_ clientele.BalanceTransaction, err error) {
	if t.Date == 0 {
		if t.Date, err = a.date(h.Issued()); err != nil {
			return t, err
		}
	}
	parts, err := a.split(part, t.Date, a.ofInvoice(h), ledger.OfCredit(a.credit(h.CurrencyID)))
	if err != nil {
		return t, err
	}
	h.AmountCredited = ledger.Plus(h.AmountCredited, part)
	of := t
	for _, p := range parts {
		t = of
		t.Reason, t.Amount, t.Receivable, t.Date = clientele.ReasonCreditApplied, p.Amount.Neg(), p.Amount.Neg(), p.Date
		if t, err = a.postOn(h, t); err != nil {
			return t, err
		}
	}
	return t, nil
}

// BalanceTransactions answers a page of a customer's ledger, newest first, and how long it is.
func (s Customers) BalanceTransactions(
	ctx context.Context, customer string, q store.Query,
) (docs [][]byte, count int64, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, err := findCustomerOrDeleted(tx, q.Mode, customer)
		if err != nil {
			return err
		}
		q := q // this may run again
		q.Where = append(slices.Clone(q.Where), store.Equal("customer_id", rec.ID))
		page, n, err := tx.ListLedger(q)
		if err != nil {
			return err
		}
		docs, count = make([][]byte, len(page)), n
		for i, m := range page {
			if docs[i], err = encodeObject(m.BalanceTransaction); err != nil {
				return err
			}
		}
		return nil
	})
	return docs, count, err
}
