package billing

import (
	"fmt"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// A debit is what a customer owes who got money or credit back for a payment that then did not come after all: an
// invoice with a number of its own, due at once, that the next payment or credit settles.

// needCredit sees to it that the customer has at least so much credit, which is about to be taken: it takes credit back
// from the invoices that it paid, the newest first; what is missing then the customer owes as a debit.
func (a *customerAccount) needCredit(wanted clientele.Amount, why string) error {
	currency := wanted.Currency()
	if err := a.unapplyCredit(ledger.Minus(wanted, a.credit(currency))); err != nil {
		return err
	}
	if missing := ledger.Minus(wanted, a.credit(currency)); missing.Sign() > 0 {
		return a.debit(missing, why)
	}
	return nil
}

// debit makes the customer owe an amount, which becomes credit.
func (a *customerAccount) debit(amount clientele.Amount, why string) error {
	number, err := a.nextDebitNumber()
	if err != nil {
		return err
	}
	currency, _, err := a.tx.PaymentCurrency(a.call.Livemode, amount.Currency())
	if err != nil {
		return err
	}
	content := clientele.InvoiceContent{
		Number: &number, Description: &why, Lines: []clientele.LineParams{{Description: why, UnitAmount: &amount}},
	}
	if a.given != 0 { // of the day of what makes it
		content.Date = &a.given
	}
	h, err := a.draft(currency, content, clientele.BillingReasonDebit)
	if err != nil {
		return err
	}
	a.debited = true
	return a.finalizeAs(h, clientele.BalanceTransaction{
		Reason: clientele.ReasonDebit, Receivable: amount, Amount: amount,
	})
}

// debitNumber is the number of a customer's nth debit.
func debitNumber(prefix string, n int) string { return fmt.Sprintf("%s-DN-%02d", prefix, n) }

// nextDebitNumber is the number of the customer's next debit.
func (a *customerAccount) nextDebitNumber() (string, error) {
	for n := 1; ; n++ {
		number := debitNumber(a.customer.InvoicePrefix, n)
		if _, taken, err := a.tx.InvoiceByNumber(a.call.Livemode, number); err != nil || !taken {
			return number, err
		}
	}
}

// debits are the customer's debits, oldest first.
func (a *customerAccount) debits() (all []*invoice, err error) {
	for n := 1; ; n++ {
		rec, found, err := a.tx.InvoiceByNumber(a.call.Livemode, debitNumber(a.customer.InvoicePrefix, n))
		if err != nil || !found {
			return all, err
		}
		h, err := readInvoice(rec)
		if err != nil {
			return nil, err
		}
		if h.BillingReason == clientele.BillingReasonDebit {
			all = append(all, h)
		}
	}
}

// settleDebits pays the customer's debits with credit that was given.
func (a *customerAccount) settleDebits() error {
	credited := a.credited
	a.credited = false
	if !credited {
		return nil
	}
	debits, err := a.debits()
	if err != nil {
		return err
	}
	for _, h := range debits {
		part := ledger.Least(h.AmountRemaining, a.credit(h.CurrencyID))
		if part.Sign() <= 0 || !payable(h) {
			continue
		}
		if _, err := a.useCredit(h, part, clientele.BalanceTransaction{}); err != nil {
			return err
		}
		if err := a.save(h); err != nil {
			return err
		}
	}
	return nil
}

// settleWith pays the debits that were just made with what a payment has left.
func (a *customerAccount) settleWith(pay *payment) error {
	return a.eachNewDebit(pay.CurrencyID, func(h *invoice) error {
		return a.payInvoice(pay, ledger.Least(pay.AmountUnallocated, h.AmountRemaining), h)
	})
}

// eachNewDebit calls fn with the customer's unpaid debits in a currency, if one was just made.
func (a *customerAccount) eachNewDebit(currency string, fn func(*invoice) error) error {
	if !a.debited {
		return nil
	}
	debits, err := a.debits()
	if err != nil {
		return err
	}
	for _, h := range debits {
		if h.CurrencyID == currency && payable(h) && h.AmountRemaining.Sign() > 0 {
			if err := fn(h); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleWithOthers pays the debits that were just made with money that other payments have left, the oldest first.
func (a *customerAccount) settleWithOthers(than *payment) error {
	return a.eachNewDebit(than.CurrencyID, func(h *invoice) error {
		payments, err := store.Payments.Select(a.tx, store.Of(a.call.Livemode, a.customer.ID))
		if err != nil {
			return err
		}
		for _, other := range slices.Backward(payments) {
			if other.ID == than.ID || other.CurrencyID != h.CurrencyID || h.AmountRemaining.Sign() == 0 {
				continue
			}
			if err := a.payWith(other.ID, h); err != nil {
				return err
			}
		}
		return nil
	})
}

// payWith pays an invoice with what a payment has left.
func (a *customerAccount) payWith(paymentID string, h *invoice) error {
	pay, err := loadPayment(a.tx, a.call.Livemode, paymentID)
	if err != nil {
		return err
	}
	part := ledger.Least(pay.AmountUnallocated, h.AmountRemaining)
	if part.Sign() <= 0 {
		return nil
	}
	if err := a.payInvoice(pay, part, h); err != nil {
		return err
	}
	return a.savePayment(pay, clientele.EventPaymentUpdated)
}

// keepCredited lets credit notes that gave back what had been paid take off what is left to pay again: what they gave
// back is taken from the customer's credit, or is a debit.
func (a *customerAccount) keepCredited(h *invoice) error {
	part := ledger.Least(h.AmountRemaining, h.PostPaymentCreditNotesAmount)
	if part.Sign() <= 0 || !payable(h) && h.Status != clientele.InvoicePaid {
		return nil
	}
	h.PostPaymentCreditNotesAmount = ledger.Minus(h.PostPaymentCreditNotesAmount, part)
	h.PrePaymentCreditNotesAmount = ledger.Plus(h.PrePaymentCreditNotesAmount, part)
	a.working[h.ID] = true
	defer delete(a.working, h.ID)
	why := fmt.Sprintf("Credit notes of invoice %s had given back what was not paid after all", h.Number)
	if err := a.needCredit(part, why); err != nil {
		return err
	}
	day, err := a.firstDateOff(part, h.Issued(), a.ofInvoice(h), ledger.OfCredit(a.credit(h.CurrencyID)))
	if err != nil {
		return err
	}
	_, err = a.postOn(h, clientele.BalanceTransaction{
		Reason: clientele.ReasonCreditNoteMoved, Amount: part.Neg(), Receivable: part.Neg(), Date: day,
	})
	return err
}
