package ledger

import (
	"fmt"
	"math/big"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Account is what a part of an entry is booked on.
type Account int

// The accounts.
const (
	Receivable Account = iota
	Credit
	Prepayments
	Revenue
	Tax
	Cash
	BadDebt
	BadDebtRecovered
	CreditGranted
)

// Posting is a part of an entry: above nothing on the left side of its account (debit), below on the right (credit).
type Posting struct {
	Account Account
	Amount  clientele.Amount
}

// others are the accounts on which what moves no other balance of the customer is booked.
var others = map[clientele.BalanceReason]Account{
	clientele.ReasonInvoiceFinalized: Revenue,
	clientele.ReasonInvoiceVoided:    Revenue,
	clientele.ReasonCreditNote:       Revenue,
	clientele.ReasonPayment:          Cash,
	clientele.ReasonPaymentReversed:  Cash,
	clientele.ReasonRefund:           Cash,
	clientele.ReasonWrittenOff:       BadDebt,
	clientele.ReasonRecovered:        BadDebtRecovered,
	clientele.ReasonAdjustment:       CreditGranted,
}

// Entry is a movement as double entry, which comes to nothing: what the customer owes against its credit and the money
// that is not applied, and what is left over against another account. tax is the part of that which is tax.
func Entry(m store.Movement, tax clientele.Amount) (entry []Posting, err error) {
	add := func(account Account, amount clientele.Amount) {
		if amount.Sign() != 0 {
			entry = append(entry, Posting{account, amount})
		}
	}
	add(Receivable, m.Receivable)
	add(Credit, m.Amount.Neg())
	add(Prepayments, m.Unapplied.Neg())
	rest := Charged(m).Neg()
	other, known := others[m.Reason]
	if rest.Sign() != 0 && !known {
		return nil, fmt.Errorf("the movement %s is no double entry: %s moves %s", m.ID, m.Reason, rest)
	}
	if other == Revenue {
		if m.Reason == clientele.ReasonInvoiceFinalized {
			tax = tax.Neg()
		}
		add(Revenue, Minus(rest, tax))
		add(Tax, tax)
		return entry, nil
	}
	add(other, rest)
	return entry, nil
}

// TaxTakenBack is how much tax is in what each credit note of an invoice took back, by the credit note's id, and how
// much in what none has: all together that is the invoice's tax. What is taken back of a line has that line's tax in
// proportion, what is taken back of no line that of all that is left. The credit notes come oldest first.
func TaxTakenBack(
	invoice *clientele.Invoice, notes []clientele.CreditNote,
) (taken map[string]clientele.Amount, left clientele.Amount) {
	taken, left = map[string]clientele.Amount{}, invoice.Tax
	total, ofLines := invoice.Total, map[string]clientele.Amount{}
	for _, note := range notes {
		part := share(left, note.Amount, total)
		if len(note.Lines) > 0 && !total.Equal(note.Amount) {
			part = between(left, taxOfLines(invoice, note, ofLines))
		}
		taken[note.ID], left, total = part, Minus(left, part), Minus(total, note.Amount)
	}
	return taken, left
}

// taxOfLines is the tax in what a credit note takes back of lines, of which so much was taken back before.
func taxOfLines(
	invoice *clientele.Invoice, note clientele.CreditNote, before map[string]clientele.Amount,
) clientele.Amount {
	sum := clientele.Zero(invoice.CurrencyID)
	for _, line := range note.Lines {
		for _, of := range invoice.Lines {
			if of.ID != line.InvoiceLineID {
				continue
			}
			whole, earlier := Plus(of.Amount, of.TaxAmount), before[of.ID].In(invoice.CurrencyID)
			now := Plus(earlier, line.Amount)
			sum = Plus(sum, Minus(share(of.TaxAmount, now, whole), share(of.TaxAmount, earlier, whole)))
			before[of.ID] = now
		}
	}
	return sum
}

// share is the part of an amount that a part of a whole has of it, rounded half away from nothing; all of it where the
// whole is nothing.
func share(of, part, whole clientele.Amount) clientele.Amount {
	if whole.Sign() == 0 || part.Equal(whole) {
		return of
	}
	product := new(big.Int).Mul(Number(of), Number(part))
	half := new(big.Int).Abs(Number(whole))
	twice := new(big.Int).Lsh(product.Abs(product), 1)
	rounded := twice.Add(twice, half).Quo(twice, half.Lsh(half, 1))
	if of.Sign()*part.Sign()*whole.Sign() < 0 {
		rounded.Neg(rounded)
	}
	amount, _ := store.StoredAmount(of.Currency(), rounded.String()) // of digits
	return amount
}

// between is an amount, but at most all of another and at least nothing of it.
func between(most, amount clientele.Amount) clientele.Amount {
	switch {
	case amount.Sign() != most.Sign():
		return clientele.Zero(most.Currency())
	case Minus(amount, most).Sign() == most.Sign():
		return most
	}
	return amount
}
