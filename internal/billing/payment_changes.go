package billing

import (
	"context"
	"fmt"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// changePayment finds a payment that was not reversed, opens its customer's account, and saves what fn does to both.
func (s *core) changePayment(
	ctx context.Context, call Call, id, event string, fn func(*customerAccount, *payment) error,
) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		pay, err := s.updatePayment(tx, call, id, event, fn)
		if err != nil {
			return store.Document{}, err
		}
		return paymentDocument(pay, false), nil
	})
}

func (s *core) updatePayment(
	tx store.Tx, call Call, id, event string, fn func(*customerAccount, *payment) error,
) (*payment, error) {
	pay, err := loadPayment(tx, call.Livemode, id)
	if err != nil {
		return nil, err
	}
	if err := call.checkVersion(pay.rec); err != nil {
		return nil, err
	}
	if pay.Status == clientele.PaymentCanceled {
		return nil, clientele.Errorf(clientele.ErrorCodeConflict, "status", "the payment %s was reversed", id)
	}
	a, err := s.open(tx, call, pay.CustomerID)
	if err != nil {
		return nil, err
	}
	if err := fn(a, pay); err != nil {
		return nil, err
	}
	if err := a.savePayment(pay, event); err != nil {
		return nil, err
	}
	return pay, a.close()
}

func paymentDocument(pay *payment, created bool) store.Document {
	return store.Document{
		JSON: pay.rec.JSON, Of: store.TypePayment, ID: pay.ID, Version: pay.rec.Version, Created: created,
	}
}

// Allocate pays invoices with what a payment has left.
func (s Payments) Allocate(
	ctx context.Context, call Call, id string, p clientele.AllocateParams,
) (store.Document, error) {
	if err := checkAllocate(p); err != nil {
		return store.Document{}, err
	}
	return s.changePayment(ctx, call, id, clientele.EventPaymentUpdated, func(a *customerAccount, pay *payment) error {
		if pay.AmountUnallocated.Sign() == 0 {
			return clientele.Errorf(clientele.ErrorCodeConflict, "amount", "the payment has nothing left to allocate")
		}
		before := pay.AmountAllocated
		var err error
		switch {
		case p.Allocations != nil:
			err = a.allocateTo(pay, *p.Allocations)
		case p.InvoiceID != "":
			err = a.allocateOne(pay, clientele.AllocationParams{InvoiceID: p.InvoiceID, Amount: p.Amount}, "")
		default:
			upTo, e := pay.left(p.Amount)
			if e != nil {
				return e
			}
			err = a.allocateOldest(pay, upTo)
		}
		if err == nil && pay.AmountAllocated.Equal(before) {
			err = clientele.Errorf(clientele.ErrorCodeConflict, "", "there is nothing to pay")
		}
		return err
	})
}

func checkAllocate(p clientele.AllocateParams) error {
	if p.Allocations != nil {
		if p.InvoiceID != "" || p.Amount != nil {
			return check.Invalid("allocations", "give allocations, or invoice_id and amount")
		}
		return checkAllocations(*p.Allocations)
	}
	return checkPart(p.Amount)
}

// checkPart bounds a part that may be left out.
func checkPart(amount *clientele.Amount) error {
	if amount == nil {
		return nil
	}
	return check.Positive("amount", *amount)
}

// left is a part of what a payment has left, or all of it.
func (p *payment) left(part *clientele.Amount) (clientele.Amount, error) {
	if part == nil {
		return p.AmountUnallocated, nil
	}
	if ledger.Minus(p.AmountUnallocated, part.In(p.CurrencyID)).Sign() < 0 {
		return p.AmountUnallocated, conflict("amount", "the payment has %s left, which is less than %s",
			p.AmountUnallocated, part.In(p.CurrencyID))
	}
	return part.In(p.CurrencyID), nil
}

// allocateTo pays what a request says.
func (a *customerAccount) allocateTo(pay *payment, list []clientele.AllocationParams) error {
	for i, l := range list {
		if err := a.allocateOne(pay, l, fmt.Sprintf("allocations[%d].", i)); err != nil {
			return err
		}
	}
	return nil
}

// allocateOne pays what a request says of one invoice; at is where its fields are.
func (a *customerAccount) allocateOne(pay *payment, l clientele.AllocationParams, at string) error {
	h, err := a.own(at+"invoice_id", pay.CurrencyID, l.InvoiceID)
	if err != nil {
		return err
	}
	if err := checkPayable(h); err != nil {
		return err
	}
	part := ledger.Least(pay.AmountUnallocated, owing(h))
	if l.Amount != nil {
		part = l.Amount.In(pay.CurrencyID)
		switch {
		case ledger.Minus(owing(h), part).Sign() < 0:
			return conflict(at+"amount", "%s has %s left to pay, which is less than %s", h.called(), owing(h), part)
		case ledger.Minus(pay.AmountUnallocated, part).Sign() < 0:
			return conflict(at+"amount", "the payment has %s left, which is less than %s", pay.AmountUnallocated, part)
		}
	}
	return a.payInvoice(pay, part, h)
}

// allocateOldest pays the oldest due first with up to an amount of what a payment has left.
func (a *customerAccount) allocateOldest(pay *payment, upTo clientele.Amount) error {
	return a.tx.PayableInvoices(a.customer.ID, pay.CurrencyID, func(rec store.Record) (more bool, err error) {
		h, err := readInvoice(rec)
		if err != nil {
			return false, err
		}
		part := ledger.Least(upTo, h.AmountRemaining)
		upTo = ledger.Minus(upTo, part)
		return upTo.Sign() > 0, a.payInvoice(pay, part, h)
	})
}

// payInvoice pays a part of an invoice with a part of what a payment has left.
func (a *customerAccount) payInvoice(pay *payment, part clientele.Amount, h *invoice) error {
	if part.Sign() == 0 {
		return nil
	}
	if err := a.recover(h, ledger.Minus(part, h.AmountRemaining), max(pay.Received(), h.Issued())); err != nil {
		return err
	}
	if err := a.allocate(pay, h, part, 0); err != nil {
		return err
	}
	h.Attempted, h.AttemptCount = true, h.AttemptCount+1
	return a.save(h)
}

// allocate moves a part of what a payment has left to an invoice. It counts from the later of their dates on, or from
// when both have so much, but not before another day.
func (a *customerAccount) allocate(pay *payment, h *invoice, part clientele.Amount, notBefore clientele.Day) error {
	parts, err := a.split(part, max(pay.Received(), h.Issued(), notBefore), a.ofInvoice(h),
		ledger.OfPayment(pay.ID, pay.AmountUnallocated))
	if err != nil {
		return err
	}
	for _, p := range parts {
		err := a.moveAllocation(pay, h, clientele.BalanceTransaction{
			Reason: clientele.ReasonAllocated, Receivable: p.Amount.Neg(), Date: p.Date,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// moveAllocation posts a movement between what a payment has left and an invoice.
func (a *customerAccount) moveAllocation(pay *payment, h *invoice, t clientele.BalanceTransaction) error {
	part := t.Receivable.Neg()
	pay.move(h.ID, part)
	h.AmountPaid = ledger.Plus(h.AmountPaid, part)
	t.PaymentID, t.Unapplied = pay.ID, t.Receivable
	_, err := a.postOn(h, t)
	return err
}

// unallocate takes back a part of what a payment paid of an invoice: it reverses what paid it, the newest first, and
// pays again what that is too much.
func (a *customerAccount) unallocate(pay *payment, h *invoice, part clientele.Amount) error {
	paid, err := a.unreversed(store.MovementFilter{InvoiceID: h.ID}, func(m store.Movement) bool {
		return m.PaymentID == pay.ID && m.Receivable.Sign() < 0
	})
	if err != nil {
		return err
	}
	for _, m := range paid {
		if part.Sign() <= 0 {
			break
		}
		day, err := a.date(m.Date)
		if err != nil {
			return err
		}
		err = a.moveAllocation(pay, h, clientele.BalanceTransaction{
			Reason: clientele.ReasonUnallocated, Receivable: m.Receivable.Neg(), Reverses: m.ID, Date: day,
		})
		if err != nil {
			return err
		}
		part = ledger.Plus(part, m.Receivable)
	}
	if part.Sign() >= 0 {
		return nil
	}
	day, err := a.date()
	if err != nil {
		return err
	}
	return a.allocate(pay, h, part.Neg(), day)
}

// unreversed are the movements that match and that no other has reversed, newest first.
func (a *customerAccount) unreversed(
	f store.MovementFilter, match func(store.Movement) bool,
) ([]store.Movement, error) {
	all, err := a.movementsOf(f)
	if err != nil {
		return nil, err
	}
	reversed := map[string]bool{}
	for _, m := range all {
		reversed[m.Reverses] = true
	}
	all = slices.DeleteFunc(all, func(m store.Movement) bool { return reversed[m.ID] || !match(m) })
	slices.Reverse(all)
	return all, nil
}

// Unallocate takes back what a payment paid: it has that left again.
func (s Payments) Unallocate(
	ctx context.Context, call Call, id string, p clientele.UnallocateParams,
) (store.Document, error) {
	if err := checkPart(p.Amount); err != nil {
		return store.Document{}, err
	}
	if p.Amount != nil && p.InvoiceID == "" {
		return store.Document{}, check.Invalid("invoice_id",
			"invoice_id is required beside amount: what to take it back from")
	}
	return s.changePayment(ctx, call, id, clientele.EventPaymentUpdated, func(a *customerAccount, pay *payment) error {
		if err := a.dateFrom(p.Date); err != nil {
			return err
		}
		if p.InvoiceID == "" {
			if err := a.unallocateAll(pay); err != nil {
				return err
			}
			return a.settleWith(pay)
		}
		i := slices.IndexFunc(pay.Allocations, func(l clientele.Allocation) bool { return l.InvoiceID == p.InvoiceID })
		if i < 0 {
			return check.Invalid("invoice_id", "the payment has paid nothing of an invoice %q", p.InvoiceID)
		}
		part := pay.Allocations[i].Amount
		if p.Amount != nil {
			if ledger.Minus(part, p.Amount.In(pay.CurrencyID)).Sign() < 0 {
				return conflict("amount", "the payment has paid %s of the invoice, which is less than %s", part,
					p.Amount.In(pay.CurrencyID))
			}
			part = p.Amount.In(pay.CurrencyID)
		}
		if err := a.unallocateFrom(pay, p.InvoiceID, part); err != nil {
			return err
		}
		return a.settleWith(pay)
	})
}

func (a *customerAccount) unallocateAll(pay *payment) error {
	for _, l := range slices.Clone(pay.Allocations) {
		if err := a.unallocateFrom(pay, l.InvoiceID, l.Amount); err != nil {
			return err
		}
	}
	return nil
}

func (a *customerAccount) unallocateFrom(pay *payment, invoiceID string, part clientele.Amount) error {
	h, err := loadInvoice(a.tx, a.call.Livemode, invoiceID)
	if err != nil {
		return err
	}
	if err := a.unallocate(pay, h, part); err != nil {
		return err
	}
	return a.save(h)
}

// Credit makes what a payment has left the customer's credit.
func (s Payments) Credit(ctx context.Context, call Call, id string, p clientele.RestParams) (store.Document, error) {
	if err := checkPart(p.Amount); err != nil {
		return store.Document{}, err
	}
	return s.changePayment(ctx, call, id, clientele.EventPaymentUpdated, func(a *customerAccount, pay *payment) error {
		part, err := pay.some(p.Amount)
		if err != nil {
			return err
		}
		day, err := a.dateOff(part, pay.Received(), "the payment", ledger.OfPayment(pay.ID, pay.AmountUnallocated))
		if err != nil {
			return err
		}
		return a.makeCredit(pay, part, clientele.BalanceTransaction{Reason: clientele.ReasonCredited, Date: day})
	})
}

// some is a part of what the payment has left: all of it when none is named. Nothing is a conflict.
func (p *payment) some(part *clientele.Amount) (clientele.Amount, error) {
	if p.AmountUnallocated.Sign() == 0 {
		return p.AmountUnallocated, conflict("amount",
			"the payment has nothing left; take back what it paid first")
	}
	return p.left(part)
}

// makeCredit makes a part of what a payment has left credit, or the other way when it is negative; t says why and when.
func (a *customerAccount) makeCredit(pay *payment, part clientele.Amount, t clientele.BalanceTransaction) error {
	pay.AmountUnallocated, pay.AmountCredited = ledger.Minus(pay.AmountUnallocated, part),
		ledger.Plus(pay.AmountCredited, part)
	t.CurrencyID, t.PaymentID, t.Amount, t.Unapplied = pay.CurrencyID, pay.ID, part, part.Neg()
	_, err := a.post(t)
	return err
}

// Reverse takes a payment back, the money not having come after all: what it paid is owed again, and what it left is
// gone. Where that had become credit and the credit paid invoices, they are owed again too, the newest first. What was
// refunded, or is no longer there, the customer owes as a debit.
func (s Payments) Reverse(
	ctx context.Context, call Call, id string, p clientele.ReverseParams,
) (store.Document, error) {
	if err := check.Length("reason", p.Reason, check.MaxText); err != nil {
		return store.Document{}, err
	}
	return s.changePayment(ctx, call, id, clientele.EventPaymentCanceled, func(a *customerAccount, pay *payment) error {
		if err := a.dateFrom(p.Date); err != nil {
			return err
		}
		if a.given != 0 && a.given < pay.Received() {
			return conflict("date", "on %s the payment had not been received: that was on %s", a.given, pay.Received())
		}
		if err := a.unallocateAll(pay); err != nil {
			return err
		}
		if err := a.takeBackCredit(pay); err != nil {
			return err
		}
		received, err := a.unreversed(store.MovementFilter{PaymentID: pay.ID}, func(m store.Movement) bool {
			return m.Reason == clientele.ReasonPayment && m.Unapplied.Equal(pay.Amount)
		})
		if err != nil {
			return err
		}
		t := clientele.BalanceTransaction{
			CurrencyID: pay.CurrencyID, Reason: clientele.ReasonPaymentReversed, Unapplied: pay.Amount.Neg(),
			PaymentID: pay.ID,
		}
		if len(received) == 1 { // by which it came
			t.Reverses = received[0].ID
		}
		t.Date, err = a.dateOff(pay.Amount, pay.Received(), "the payment", ledger.OfPayment(pay.ID, pay.Amount))
		if err != nil {
			return err
		}
		if _, err := a.post(t); err != nil {
			return err
		}
		if err := a.settleWithOthers(pay); err != nil {
			return err
		}
		zero := clientele.Zero(pay.CurrencyID)
		pay.AmountReceived, pay.AmountUnallocated, pay.AmountCredited = zero, zero, zero
		pay.Status, pay.CanceledAt, pay.CancellationReason = clientele.PaymentCanceled, a.now.Unix(), p.Reason
		return nil
	})
}

// takeBackCredit takes what became credit of a payment back from the credit, and what was refunded of it too.
func (a *customerAccount) takeBackCredit(pay *payment) error {
	wanted := ledger.Plus(pay.AmountCredited, pay.AmountRefunded)
	if wanted.Sign() == 0 {
		return nil
	}
	why := fmt.Sprintf("Payment %s was refunded or became credit, and did not come after all", pay.ID)
	if err := a.needCredit(wanted, why); err != nil {
		return err
	}
	credited, err := a.unreversed(store.MovementFilter{PaymentID: pay.ID}, func(m store.Movement) bool {
		return m.Amount.Sign() > 0 && m.InvoiceID == ""
	})
	if err != nil {
		return err
	}
	for _, m := range credited {
		day, err := a.firstDateOff(m.Amount, m.Date, ledger.OfCredit(a.credit(m.CurrencyID)))
		if err != nil {
			return err
		}
		t := clientele.BalanceTransaction{Reason: clientele.ReasonUncredited, Reverses: m.ID, Date: day}
		if err := a.makeCredit(pay, m.Amount.Neg(), t); err != nil {
			return err
		}
	}
	if pay.AmountRefunded.Sign() == 0 {
		return nil
	}
	day, err := a.firstDateOff(pay.AmountRefunded, 0, ledger.OfCredit(a.credit(pay.CurrencyID)))
	if err != nil {
		return err
	}
	_, err = a.post(clientele.BalanceTransaction{
		CurrencyID: pay.CurrencyID, Reason: clientele.ReasonRefundCovered, Amount: pay.AmountRefunded.Neg(),
		Unapplied: pay.AmountRefunded, PaymentID: pay.ID, Date: day,
	})
	return err
}
