package ledger

import (
	"cmp"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Later are a customer's movements in a currency that are dated after a day, in the order of the books.
type Later []store.Movement

// InOrder is the order of the books: by date and, of one date, in that of the ledger.
func InOrder(a, b store.Movement) int {
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Seq, b.Seq))
}

// After are those of them that are dated after a later day.
func (l Later) After(day clientele.Day) Later {
	for i, m := range l {
		if m.Date > day {
			return l[i:]
		}
	}
	return nil
}

// Balance is what an amount is taken off: what is left of it after all movements, and how one changes it.
type Balance struct {
	End    clientele.Amount
	Change func(store.Movement) clientele.Amount
}

// OfInvoice is what is left to pay on an invoice.
func OfInvoice(id string, left clientele.Amount) Balance {
	return Balance{left, func(m store.Movement) clientele.Amount { return onlyIf(m.InvoiceID == id, m.Receivable) }}
}

// OfPayment is what is left of a payment.
func OfPayment(id string, left clientele.Amount) Balance {
	return Balance{left, func(m store.Movement) clientele.Amount { return onlyIf(m.PaymentID == id, m.Unapplied) }}
}

// OfCredit is a customer's credit.
func OfCredit(credit clientele.Amount) Balance {
	return Balance{credit, func(m store.Movement) clientele.Amount { return m.Amount }}
}

func onlyIf(it bool, a clientele.Amount) clientele.Amount {
	if !it {
		return clientele.Zero(a.Currency())
	}
	return a
}

// Part is a part of an amount, and the day it counts from.
type Part struct {
	Date   clientele.Day
	Amount clientele.Amount
}

// Split dates an amount that is taken off balances, so that none of them is below nothing on any day: as much of it as
// there is counts from the day on, and the rest from the days that free it. later are the movements dated after the
// day.
func Split(amount clientele.Amount, day clientele.Day, later Later, of ...Balance) (parts []Part) {
	days := []clientele.Day{day}
	for _, m := range later {
		if m.Date != days[len(days)-1] {
			days = append(days, m.Date)
		}
	}
	free := make([]clientele.Amount, len(days)) // how much of the amount is there from each day on
	for i := range free {
		free[i] = amount
	}
	for _, b := range of {
		balance, least, next := b.End, b.End, len(later)
		for i, day := range slices.Backward(days) {
			least = Least(least, balance)
			free[i] = Least(free[i], least)
			for ; next > 0 && later[next-1].Date == day; next-- {
				balance = Minus(balance, b.Change(later[next-1]))
			}
		}
	}
	free[len(free)-1] = amount // where it is too much, the end of the ledger refuses it
	taken := clientele.Zero(amount.Currency())
	for i, day := range days {
		if part := Minus(free[i], taken); part.Sign() > 0 {
			parts = append(parts, Part{day, part})
			taken = free[i]
		}
	}
	return parts
}
