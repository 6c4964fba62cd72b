package sqlite

import (
	"fmt"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// unmovedRefunds are the refunds that no movement, or one of another amount, is about.
const unmovedRefunds = `SELECT id FROM refunds r WHERE NOT EXISTS (SELECT 1 FROM ledger l
	WHERE l.customer_id = r.customer_id AND l.refund_id = r.id AND l.reason = 'refund'
		AND '-' || (r.doc ->> '$.amount') IN (l.credit, l.unapplied))`

// BooksOf implements [store.Verified]. To read several customers at once would save nothing.
func (t *tx) BooksOf(mode clientele.Mode, customerIDs []string) ([]store.Books, error) {
	id := customerIDs[0]
	b := store.Books{Events: map[string][]store.EventRecord{}}
	var err error
	if b.Invoices, err = t.Select(store.Invoices.Kind, store.Of(mode, id)); err != nil {
		return nil, err
	}
	if b.Payments, err = t.Select(store.Payments.Kind, store.Of(mode, id)); err != nil {
		return nil, err
	}
	err = t.Movements(store.MovementFilter{CustomerID: id}, func(m store.Movement) error {
		b.Movements = append(b.Movements, m)
		return nil
	})
	if err != nil {
		return nil, err
	}
	events, err := t.eventRecords(" WHERE customer_id = $1 AND customer_id <> '' ORDER BY object_version", id)
	for _, e := range events {
		b.Events[e.ObjectID] = append(b.Events[e.ObjectID], e)
	}
	return []store.Books{b}, err
}

// Contradictions implements [store.Verified].
func (t *tx) Contradictions(fn func(id, text string)) error {
	return t.scan(func() error {
		for _, check := range append(sql.Checks(), sql.Check{
			Query: unmovedRefunds, Text: "the ledger does not have it",
		}) {
			if err := t.report(check, fn); err != nil {
				return err
			}
		}
		for _, k := range store.Kinds {
			if k.Counted {
				if err := t.report(miscounted(k), fn); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// miscounted finds a kind whose counts are not how many there are.
func miscounted(k *store.Kind) sql.Check {
	is := "SELECT kind, livemode, bits, bucket, count FROM row_counts WHERE count <> 0 AND (kind = '" + k.Table +
		"' OR kind GLOB '" + k.Table + " *')"
	listed := "true"
	if k.Restorable {
		listed = "deleted_at IS NULL"
	}
	all := ", livemode, column1, seq >> 16 >> column1, count(*) FROM " + k.Table +
		" JOIN (VALUES (36), (28), (20), (12)) WHERE " + listed + " GROUP BY 1, 2, 3, 4"
	must := "SELECT '" + k.Table + "'" + all
	if k.HasCurrency() { // in which each is counted too
		must = "SELECT * FROM (" + must + " UNION ALL SELECT '" + k.Table + " ' || currency_id" + all + ")"
	}
	return sql.Miscounted(k, is, must)
}

func (t *tx) report(check sql.Check, fn func(id, text string)) error {
	err := t.eachVariant(check.Query, func(r row) error { fn(r.text(0), check.Text); return nil })
	if err != nil {
		return fmt.Errorf("%s: %w", check.Text, err)
	}
	return nil
}
