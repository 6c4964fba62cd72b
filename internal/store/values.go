package store

import (
	"strconv"

	"clientele.dev"
)

// Unsettled stands for the moment since when nothing is left to pay while something is: later than any.
const Unsettled int64 = 1<<63 - 1

// SettledAt is since when nothing is left to pay on an invoice, in unix milliseconds: [Unsettled] while something is, 0
// for a draft.
func SettledAt(i *clientele.Invoice) int64 {
	switch {
	case i.Status == clientele.InvoiceDraft:
		return 0
	case i.AmountRemaining.Sign() > 0:
		return Unsettled
	}
	return i.UpdatedAt.UnixMilli()
}

// HeldUntil is until when an invoice is not marked uncollectible by itself, in unix seconds; 0 when nothing holds it.
func HeldUntil(i *clientele.Invoice) int64 {
	if i.Hold == nil {
		return 0
	}
	return i.Hold.Until
}

// StoredAmount reads an amount of a currency's smallest unit that a database kept. A sum may have more digits than a
// request's amount.
func StoredAmount(currency, units string) (a clientele.Amount, err error) {
	const few = 18 // digits that an int64 holds, which are nearly all amounts
	if len(units) <= few {
		if n, err := strconv.ParseInt(units, 10, 64); err == nil && strconv.FormatInt(n, 10) == units {
			return clientele.NewAmount(currency, n), nil
		}
	}
	err = a.UnmarshalJSON([]byte(`"` + units + `"`))
	return a.In(currency), err
}
