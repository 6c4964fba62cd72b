package sqlite

import (
	"clientele.dev"
	"clientele.dev/internal/store"
)

// ClosedThrough implements [store.ClosedDays]. Writers come one after the other.
func (t *tx) ClosedThrough(mode clientele.Mode) (day clientele.Day, err error) {
	err = t.each("SELECT coalesce(max(through), 0) FROM closings WHERE livemode = $1 AND closed",
		func(r row) error { day = clientele.Day(r.int(0)); return nil }, mode)
	return day, err
}

// SaveClosingDigests implements [store.ClosedDays].
func (t *tx) SaveClosingDigests(digests []store.ClosingDigest) error {
	for _, d := range digests {
		err := t.run(`INSERT INTO closing_digests (customer_id, closing_id, currency_id, digest, name, account)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, d.CustomerID, d.ClosingID, d.CurrencyID, d.Digest[:],
			d.Name, d.Account)
		if err != nil {
			return err
		}
	}
	return nil
}

// ClosingDigests implements [store.ClosedDays].
func (t *tx) ClosingDigests(closingID string, customerIDs []string, fn func(store.ClosingDigest)) error {
	query, args := "closing_id = $1", []any{closingID}
	if customerIDs != nil {
		query, args = query+" AND customer_id IN (SELECT value FROM json_each($2))", append(args, jsonList(customerIDs))
	}
	return t.each("SELECT customer_id, currency_id, digest, name, account FROM closing_digests WHERE "+query+
		" ORDER BY customer_id, currency_id", func(r row) error {
		d := store.ClosingDigest{
			ClosingID: closingID, CustomerID: r.text(0), CurrencyID: r.text(1), Name: r.text(3), Account: r.text(4),
		}
		copy(d.Digest[:], r.bytes(2))
		fn(d)
		return nil
	}, args...)
}
