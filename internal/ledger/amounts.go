// Package ledger is what the movements of customers come to: the balances after one, what it adds to the sums of all
// customers, aging, statement and summary, and the replay that proves what is stored beside them. It asks no database
// and changes nothing.
package ledger

import "clientele.dev"

// Plus and Minus are for amounts of one currency, which the callers have seen to; anything else is a mistake of ours.
func Plus(a, b clientele.Amount) clientele.Amount {
	sum, err := a.Add(b)
	if err != nil {
		panic(err)
	}
	return sum
}

// Minus is a less b, as [Plus].
func Minus(a, b clientele.Amount) clientele.Amount { return Plus(a, b.Neg()) }

// Least is the smallest of amounts of one currency.
func Least(a clientele.Amount, others ...clientele.Amount) clientele.Amount {
	for _, b := range others {
		if Minus(b, a).Sign() < 0 {
			a = b
		}
	}
	return a
}

// AddTo adds an amount to a sum, which has no currency while it is new.
func AddTo(sum *clientele.Amount, a clientele.Amount) { *sum = Plus(sum.In(a.Currency()), a) }
