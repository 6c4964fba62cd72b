package postgres

import (
	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// ClosedThrough implements [store.ClosedDays]. Who closes locks what [tx.lockAll] does.
func (t *tx) ClosedThrough(mode clientele.Mode) (day clientele.Day, err error) {
	if t.writing {
		t.run("SELECT pg_advisory_xact_lock_shared(hashtextextended('clientele ' || $1, 0))", store.Closings.Table)
	}
	err = t.each(into(&day), "SELECT coalesce(max(through), 0) FROM closings WHERE livemode = $1 AND closed", mode)
	return day, err
}

// SaveClosingDigests implements [store.ClosedDays].
func (t *tx) SaveClosingDigests(digests []store.ClosingDigest) error {
	for _, d := range digests {
		t.run(`INSERT INTO closing_digests (customer_id, closing_id, currency_id, digest, name, account)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, d.CustomerID, d.ClosingID, d.CurrencyID, d.Digest[:],
			d.Name, d.Account)
	}
	return nil
}

// ClosingDigests implements [store.ClosedDays].
func (t *tx) ClosingDigests(closingID string, customerIDs []string, fn func(store.ClosingDigest)) error {
	query, args := "closing_id = $1", []any{closingID}
	if customerIDs != nil {
		query, args = query+" AND customer_id = ANY($2)", append(args, customerIDs)
	}
	return t.each(func(r pgx.Rows) error {
		d, digest := store.ClosingDigest{ClosingID: closingID}, []byte(nil)
		err := r.Scan(&d.CustomerID, &d.CurrencyID, &digest, &d.Name, &d.Account)
		copy(d.Digest[:], digest)
		fn(d)
		return err
	}, "SELECT customer_id, currency_id, digest, name, account FROM closing_digests WHERE "+query+
		" ORDER BY customer_id, currency_id", args...)
}
