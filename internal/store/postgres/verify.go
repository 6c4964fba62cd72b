package postgres

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// unmovedRefunds are the refunds that no movement, or one of another amount, is about.
const unmovedRefunds = `SELECT id FROM refunds r WHERE NOT EXISTS (SELECT 1 FROM ledger l
	WHERE l.customer_id = r.customer_id AND l.refund_id = r.id AND l.reason = 'refund'
		AND -(r.doc::json ->> 'amount')::numeric IN (l.credit, l.unapplied))`

// Contradictions implements [store.Tx].
func (t *tx) Contradictions(fn func(id, text string)) error {
	checks := append(sql.Checks(), sql.Check{Query: unmovedRefunds, Text: "the ledger does not have it"})
	for _, k := range store.Kinds {
		if k.Counted {
			checks = append(checks, miscounted(k))
		}
	}
	for _, check := range checks {
		err := t.eachUnprepared(func(r pgx.Rows) error {
			var id string
			err := r.Scan(&id)
			fn(id, check.Text)
			return err
		}, check.Query)
		if err != nil {
			return fmt.Errorf("%s: %w", check.Text, err)
		}
	}
	return nil
}

// miscounted finds a kind whose counts are not how many there are.
func miscounted(k *store.Kind) sql.Check {
	which := " WHERE (kind = '" + k.Table + "' OR kind LIKE '" + k.Table + " %')"
	is := "SELECT kind, livemode, bits, bucket, sum(count) FROM (" +
		" SELECT kind, livemode, bits, bucket, count FROM row_counts" + which + " UNION ALL" +
		" SELECT kind, livemode, bits, ms >> bits::int, change FROM row_count_changes" +
		" CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits" + which + ") n" +
		" GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0"
	listed := "true"
	if k.Restorable {
		listed = "deleted_at IS NULL"
	}
	all := ", livemode, bits, seq >> 16 >> bits::int, count(*)::numeric FROM " + k.Table +
		" CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits WHERE " + listed + " GROUP BY 1, 2, 3, 4"
	must := "SELECT '" + k.Table + "'" + all
	if k.HasCurrency() { // in which each is counted too
		must = "(" + must + " UNION ALL SELECT '" + k.Table + " ' || currency_id" + all + ")"
	}
	return sql.Miscounted(k, is, must)
}
