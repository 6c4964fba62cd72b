package postgres

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// unmovedRefunds are the refunds that no movement, or one of another amount, is about.
const unmovedRefunds = `SELECT id FROM refunds r WHERE NOT EXISTS (SELECT 1 FROM ledger l
	WHERE l.customer_id = r.customer_id AND l.refund_id = r.id AND l.reason = 'refund'
		AND -(r.doc::json ->> 'amount')::numeric IN (l.credit, l.unapplied))`

// BooksOf implements [store.Verified]: of customers who have few documents it reads several in one message.
func (t *tx) BooksOf(mode clientele.Mode, customerIDs []string) ([]store.Books, error) {
	const most = 2000 // documents
	numbers, err := t.CustomerDocuments(customerIDs, 0)
	if err != nil {
		return nil, err
	}
	count, all := int64(0), 0
	for _, id := range customerIDs {
		count += numbers[id].InvoiceCount + numbers[id].PaymentCount
		if all++; count >= most {
			break
		}
	}
	ids := customerIDs[:all]
	books, of := make([]store.Books, all), map[string]*store.Books{}
	for i, id := range ids {
		books[i].Events = map[string][]store.EventRecord{}
		of[id] = &books[i]
	}
	documents := func(k *store.Kind, list func(*store.Books) *[]store.Record) {
		t.read(func(r pgx.Rows) error {
			var rec store.Record
			var id string
			err := r.Scan(&rec.ID, &rec.Seq, &rec.Version, &rec.DeletedAt, &rec.JSON, &id)
			to := list(of[id])
			*to = append(*to, rec)
			return err
		}, strings.Replace(sql.SelectRecords(k), " FROM", ", customer_id FROM", 1)+
			" WHERE livemode = $1 AND customer_id = ANY($2) ORDER BY seq DESC", mode, ids)
	}
	documents(store.Invoices.Kind, func(b *store.Books) *[]store.Record { return &b.Invoices })
	documents(store.Payments.Kind, func(b *store.Books) *[]store.Record { return &b.Payments })
	t.read(func(r pgx.Rows) error {
		m, err := scanMovement(r)
		if err == nil {
			of[m.CustomerID].Movements = append(of[m.CustomerID].Movements, m)
		}
		return err
	}, selectMovements+"customer_id = ANY($1) ORDER BY seq", ids)
	err = t.each(func(r pgx.Rows) error {
		e, err := scanEvent(r)
		if err == nil {
			events := of[e.CustomerID].Events
			events[e.ObjectID] = append(events[e.ObjectID], e)
		}
		return err
	}, selectEvents+" WHERE customer_id = ANY($1) AND customer_id <> '' ORDER BY object_version", ids)
	return books, err
}

// Contradictions implements [store.Verified].
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
