package postgres

import (
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
)

// The columns of a row repeat what its document says, so that lists and sums need not read documents.
var columnsOf = map[string]string{
	"customers": `livemode::text IS DISTINCT FROM d ->> 'livemode' OR delinquent::text IS DISTINCT FROM d ->> 'delinquent'
		OR did IS DISTINCT FROM d ->> 'did' OR external_id IS DISTINCT FROM coalesce(d ->> 'external_id', '')`,
	"invoices": `livemode::text IS DISTINCT FROM d ->> 'livemode' OR customer_id IS DISTINCT FROM d ->> 'customer_id'
		OR currency_id IS DISTINCT FROM d ->> 'currency_id' OR status IS DISTINCT FROM d ->> 'status'
		OR number IS DISTINCT FROM d ->> 'number' OR due_date::text <> coalesce(d ->> 'due_date', '0')
		OR (date '1970-01-01' + due_day::int)::text <>
			coalesce(d ->> 'due_day', (date '1970-01-01' + (due_date / 86400)::int)::text)
		OR total::text IS DISTINCT FROM d ->> 'total' OR remaining::text IS DISTINCT FROM d ->> 'amount_remaining'
		OR credited::text IS DISTINCT FROM d ->> 'amount_credited' OR (settled_at = 0) <> (status = 'draft')
		OR held_until::text <> coalesce(d -> 'hold' ->> 'until', '0')
		OR (settled_at = 9223372036854775807) <> (status IN ('open', 'uncollectible') AND remaining <> 0)`,
	"payments": `livemode::text IS DISTINCT FROM d ->> 'livemode' OR customer_id IS DISTINCT FROM d ->> 'customer_id'
		OR currency_id IS DISTINCT FROM d ->> 'currency_id' OR status IS DISTINCT FROM d ->> 'status'
		OR amount::text IS DISTINCT FROM d ->> 'amount'
		OR unallocated::text IS DISTINCT FROM d ->> 'amount_unallocated'`,
	"refunds": `livemode::text IS DISTINCT FROM d ->> 'livemode' OR customer_id IS DISTINCT FROM d ->> 'customer_id'
		OR currency_id IS DISTINCT FROM d ->> 'currency_id' OR payment_id IS DISTINCT FROM d ->> 'payment_intent_id'
		OR invoice_id <> coalesce(d ->> 'invoice_id', '')`,
	"credit_notes": `livemode::text IS DISTINCT FROM d ->> 'livemode'
		OR customer_id IS DISTINCT FROM d ->> 'customer_id' OR invoice_id IS DISTINCT FROM d ->> 'invoice_id'`,
}

// unmovedRefunds are the refunds that no movement, or one of another amount, is about.
const unmovedRefunds = `SELECT id FROM refunds r WHERE NOT EXISTS (SELECT 1 FROM ledger l
	WHERE l.customer_id = r.customer_id AND l.refund_id = r.id AND l.reason = 'refund'
		AND -(r.doc::json ->> 'amount')::numeric IN (l.credit, l.unapplied))`

// Contradictions implements [store.Tx].
func (t *tx) Contradictions(fn func(id, text string)) error {
	for _, table := range slices.Sorted(maps.Keys(columnsOf)) {
		query := "SELECT id FROM " + table + " CROSS JOIN LATERAL (SELECT doc::json AS d) d" +
			" WHERE id IS DISTINCT FROM d ->> 'id' OR " + columnsOf[table]
		if err := t.report(query, "the row in "+table+" does not repeat its document", fn); err != nil {
			return err
		}
	}
	for table, created := range map[string]string{
		"customers": clientele.EventCustomerCreated, "invoices": clientele.EventInvoiceCreated,
		"payments": clientele.EventPaymentSucceeded, "credit_notes": clientele.EventCreditNoteCreated,
		"refunds": clientele.EventRefundCreated,
	} {
		if err := t.missing(table, created, fn); err != nil {
			return err
		}
	}
	for _, table := range []string{"invoices", "payments", "credit_notes", "refunds", "ledger"} {
		err := t.report("SELECT id FROM "+table+" o WHERE NOT EXISTS (SELECT 1 FROM customers WHERE id = o.customer_id)",
			"its customer is gone", fn)
		if err != nil {
			return err
		}
	}
	if err := t.report(unmovedRefunds, "the ledger does not have it", fn); err != nil {
		return err
	}
	for table := range there {
		if err := t.miscounted(table, fn); err != nil {
			return err
		}
	}
	return nil
}

// miscounted reports a table whose counts are not how many there are.
func (t *tx) miscounted(table string, fn func(id, text string)) error {
	which := " WHERE (kind = '" + table + "' OR kind LIKE '" + table + " %')"
	is := "SELECT kind, livemode, bits, bucket, sum(count) FROM (" +
		" SELECT kind, livemode, bits, bucket, count FROM row_counts" + which + " UNION ALL" +
		" SELECT kind, livemode, bits, ms >> bits::int, change FROM row_count_changes" +
		" CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits" + which + ") n" +
		" GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0"
	all := ", livemode, bits, seq >> 16 >> bits::int, count(*)::numeric FROM " + table +
		" CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits WHERE true" + there[table] + " GROUP BY 1, 2, 3, 4"
	must := "SELECT '" + table + "'" + all
	if table != "customers" { // the others are counted in each currency too
		must = "(" + must + " UNION ALL SELECT '" + table + " ' || currency_id" + all + ")"
	}
	query := "SELECT '" + table + "' WHERE EXISTS (" + is + " EXCEPT " + must + ")" +
		" OR EXISTS (" + must + " EXCEPT " + is + ")"
	return t.report(query, "their number is not how many there are", fn)
}

// missing reports what was created and is gone, and what does not have an event of its customer for each version.
func (t *tx) missing(table, created string, fn func(id, text string)) error {
	customer := "o.customer_id"
	if table == "customers" {
		customer = "o.id"
	}
	err := t.report(`SELECT object_id FROM events e WHERE type = '`+created+`' AND object_version = 1
		AND NOT EXISTS (SELECT 1 FROM `+table+` o WHERE o.id = e.object_id AND `+customer+` = e.customer_id)
		AND NOT EXISTS (SELECT 1 FROM events d WHERE d.customer_id = e.customer_id AND d.object_id = e.object_id
			AND d.type = 'invoice.deleted')`,
		"was created, and is gone from "+table, fn)
	if err != nil || table == "credit_notes" || table == "refunds" { // which never change
		return err
	}
	return t.report(`SELECT id FROM `+table+` o WHERE version IS DISTINCT FROM
		(SELECT count(*) FROM events WHERE object_id = o.id AND customer_id = `+customer+`)`,
		"does not have an event for each of its versions", fn)
}

func (t *tx) report(query, text string, fn func(id, text string)) error {
	err := t.eachUnprepared(func(r pgx.Rows) error {
		var id string
		err := r.Scan(&id)
		fn(id, text)
		return err
	}, query)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}
