package ledger

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"

	"clientele.dev/internal/store"
)

// Digests are over the movements of each customer and currency, in the order of the books.
type Digests struct {
	all map[[2]string][32]byte // by customer and currency
}

// NewDigests begins with none.
func NewDigests() Digests { return Digests{map[[2]string][32]byte{}} }

// Add adds the customer's next movement in its currency.
func (d Digests) Add(m store.Movement) {
	key := [2]string{m.CustomerID, m.CurrencyID}
	before := d.all[key]
	text := fmt.Appendf(before[:], "%s %s %s %s %s %s %s %s", m.Date, m.ID, m.Reason, m.Receivable, m.Amount, m.Unapplied,
		m.InvoiceID, m.PaymentID)
	d.all[key] = sha256.Sum256(text)
}

// Of are the digests as a closing keeps them, by customer and currency.
func (d Digests) Of(closingID string) (all []store.ClosingDigest) {
	for key, digest := range d.all {
		all = append(all, store.ClosingDigest{
			ClosingID: closingID, CustomerID: key[0], CurrencyID: key[1], Digest: digest,
		})
	}
	slices.SortFunc(all, func(a, b store.ClosingDigest) int {
		return cmp.Or(cmp.Compare(a.CustomerID, b.CustomerID), cmp.Compare(a.CurrencyID, b.CurrencyID))
	})
	return all
}

// DigestsOf are the digests of the customer's movements that are dated on days, as a closing keeps them.
func (r *Replay) DigestsOf(closingID string, days store.Days) []store.ClosingDigest {
	digests := NewDigests()
	for _, books := range r.dated {
		for _, m := range books {
			if days.First <= int64(m.Date) && int64(m.Date) <= days.Last {
				digests.Add(m)
			}
		}
	}
	return digests.Of(closingID)
}
