package stripe

import (
	"cmp"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// cashMovement is a movement of a customer's cash balance: money that came and paid nothing yet, or was used.
type cashMovement struct {
	amount  clientele.Amount
	payment *billing.ArrivingPayment // of money that came; nil of what was used
}

// readCash reads a movement of the cash balance.
func (a *arriving) readCash(r *record) {
	currency := a.currency(r)
	m := cashMovement{amount: r.amount("net_amount", currency)}
	if r.text("type") == "funded" {
		came := r.created()
		m.payment = &billing.ArrivingPayment{
			ID: r.text("id"), CurrencyID: currency.ID, CreatedAt: came, UpdatedAt: came, Receipt: clientele.Receipt{
				ReceivedAt: came.Unix(), Method: "bank_transfer",
				Reference: r.part("funded").part("bank_transfer").text("reference"),
			},
		}
	}
	if a.takes("payment", r) {
		a.cash = append(a.cash, m)
	}
}

// takeCash takes what is left of the cash balance as payments that paid nothing: the latest that came, since what came
// first is used first.
func (a *arriving) takeCash() {
	left := map[string]clientele.Amount{}
	for _, m := range a.cash {
		left[m.amount.Currency()] = plus(left[m.amount.Currency()], m.amount)
	}
	came := slices.DeleteFunc(a.cash, func(m cashMovement) bool { return m.payment == nil })
	slices.SortFunc(came, func(x, y cashMovement) int {
		return cmp.Or(y.payment.CreatedAt.Compare(x.payment.CreatedAt), cmp.Compare(x.payment.ID, y.payment.ID))
	})
	for _, m := range came {
		rest := left[m.amount.Currency()]
		if rest.Sign() <= 0 {
			continue
		}
		m.payment.Amount = rest
		if minus(rest, m.amount).Sign() > 0 {
			m.payment.Amount = m.amount
		}
		left[m.amount.Currency()] = minus(rest, m.payment.Amount)
		a.Arrival.Payments = append(a.Arrival.Payments, m.payment)
	}
}
