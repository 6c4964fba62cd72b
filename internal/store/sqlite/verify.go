package sqlite

import (
	"fmt"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// CustomersAfter implements [store.Tx].
func (t *tx) CustomersAfter(seq, limit int64) ([]store.Record, error) {
	return t.records(`SELECT id, seq, version, coalesce(deleted_at, 0), doc FROM customers
		WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, limit)
}

// CountCustomers implements [store.Tx].
func (t *tx) CountCustomers() (count int64, err error) {
	read := func(r row) error { count = r.int(0); return nil }
	err = t.each("SELECT count(*) FROM customers", read)
	return count, err
}

// The columns of a row repeat what its document says, so that lists and sums need not read documents.
var columnsOf = map[string]string{
	"customers": `livemode IS DISTINCT FROM doc ->> '$.livemode' OR delinquent IS DISTINCT FROM doc ->> '$.delinquent'
		OR (listed_mode IS NULL) <> (deleted_at IS NOT NULL)`,
	"invoices": `livemode IS DISTINCT FROM doc ->> '$.livemode' OR customer_id IS DISTINCT FROM doc ->> '$.customer_id'
		OR currency_id IS DISTINCT FROM doc ->> '$.currency_id' OR status IS DISTINCT FROM doc ->> '$.status'
		OR number IS DISTINCT FROM doc ->> '$.number' OR due_date <> coalesce(doc ->> '$.due_date', 0)
		OR due_day IS DISTINCT FROM coalesce(unixepoch(doc ->> '$.due_day'), doc ->> '$.due_date', 0) / 86400
		OR total_is_zero <> (doc ->> '$.total' = '0') OR remaining IS DISTINCT FROM doc ->> '$.amount_remaining'
		OR (settled_at = 0) <> (status = 'draft') OR held_until <> coalesce(doc ->> '$.hold.until', 0)
		OR (settled_at = 9223372036854775807) <> (status IN ('open', 'uncollectible') AND remaining <> '0')`,
	"payments": `livemode IS DISTINCT FROM doc ->> '$.livemode' OR customer_id IS DISTINCT FROM doc ->> '$.customer_id'
		OR currency_id IS DISTINCT FROM doc ->> '$.currency_id' OR status IS DISTINCT FROM doc ->> '$.status'
		OR amount IS DISTINCT FROM doc ->> '$.amount'
		OR unallocated IS DISTINCT FROM doc ->> '$.amount_unallocated'`,
	"refunds": `livemode IS DISTINCT FROM doc ->> '$.livemode' OR customer_id IS DISTINCT FROM doc ->> '$.customer_id'
		OR currency_id IS DISTINCT FROM doc ->> '$.currency_id' OR payment_id IS DISTINCT FROM doc ->> '$.payment_intent_id'
		OR invoice_id <> coalesce(doc ->> '$.invoice_id', '')`,
	"credit_notes": `livemode IS DISTINCT FROM doc ->> '$.livemode'
		OR customer_id IS DISTINCT FROM doc ->> '$.customer_id' OR invoice_id IS DISTINCT FROM doc ->> '$.invoice_id'`,
}

// unmovedRefunds are the refunds that no movement, or one of another amount, is about.
const unmovedRefunds = `SELECT id FROM refunds r WHERE NOT EXISTS (SELECT 1 FROM ledger l
	WHERE l.customer_id = r.customer_id AND l.refund_id = r.id AND l.reason = 'refund'
		AND '-' || (r.doc ->> '$.amount') IN (l.credit, l.unapplied))`

// Contradictions implements [store.Tx].
func (t *tx) Contradictions(fn func(id, text string)) error {
	return t.scan(func() error {
		for table, differ := range columnsOf {
			query := "SELECT id FROM " + table +
				" WHERE CASE WHEN json_valid(doc) THEN id IS DISTINCT FROM doc ->> '$.id' OR " +
				differ + " ELSE 1 END"
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
			err := t.report("SELECT id FROM "+table+" WHERE customer_id NOT IN (SELECT id FROM customers)",
				"its customer is gone", fn)
			if err != nil {
				return err
			}
		}
		if err := t.report(unmovedRefunds, "the ledger does not have it", fn); err != nil {
			return err
		}
		for table, mode := range counted {
			is := "SELECT kind, livemode, bits, bucket, count FROM row_counts WHERE count <> 0 AND (kind = '" + table +
				"' OR kind GLOB '" + table + " *')"
			all := " FROM " + table + " JOIN (VALUES (36), (28), (20), (12)) WHERE " + mode + " IS NOT NULL" +
				" GROUP BY 1, 2, 3, 4"
			must := "SELECT '" + table + "', " + mode + ", column1, seq >> 16 >> column1, count(*)" + all
			if table != "customers" { // the others are counted in each currency too
				must = "SELECT * FROM (" + must + " UNION ALL SELECT '" + table + " ' || currency_id, " + mode +
					", column1, seq >> 16 >> column1, count(*)" + all + ")"
			}
			query := "SELECT '" + table + "' WHERE EXISTS (" + is + " EXCEPT " + must + ")" +
				" OR EXISTS (" + must + " EXCEPT " + is + ")"
			if err := t.report(query, "their number is not how many there are", fn); err != nil {
				return err
			}
		}
		return nil
	})
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
	err := t.eachUnprepared(query, func(r row) error { fn(r.text(0), text); return nil })
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}
