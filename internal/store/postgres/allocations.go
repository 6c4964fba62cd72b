package postgres

import (
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// InvoiceByNumber implements [store.Allocations].
func (t *tx) InvoiceByNumber(mode clientele.Mode, number string) (store.Record, bool, error) {
	var w sql.Where
	key := fold.Label(number)
	w.Add("livemode = ? AND number_key = ? AND number_key <> ''", mode, key)
	if t.store.distributed {
		customerID, err := t.holderOf(mode, nameInvoiceNumber, key)
		if err != nil {
			return store.Record{}, false, err
		}
		w.Add("customer_id = ?", customerID)
		t.lockCustomer(customerID)
	} else if t.writing {
		t.run(`SELECT 1 FROM customers WHERE id =
			(SELECT customer_id FROM invoices WHERE livemode = $1 AND number_key = $2 AND number_key <> '') FOR UPDATE`,
			mode, key)
	}
	return t.record(sql.SelectRecords(store.Invoices.Kind)+" WHERE "+w.String(), w.Args...)
}

// LastPayments implements [store.Allocations].
func (t *tx) LastPayments(customerIDs, invoiceIDs []string) (map[string]string, error) {
	last := map[string]string{}
	err := t.each(func(r pgx.Rows) error {
		var invoice, payment string
		err := r.Scan(&invoice, &payment)
		last[invoice] = payment
		return err
	}, `SELECT DISTINCT ON (customer_id, invoice_id) invoice_id, payment_id FROM ledger WHERE customer_id = ANY($1)
		AND invoice_id = ANY($2) AND invoice_id <> '' AND payment_id <> '' AND receivable < 0
		ORDER BY customer_id, invoice_id, seq DESC`, customerIDs, invoiceIDs)
	return last, err
}

// PayableInvoices implements [store.Allocations]. A few are read at a time: most payments pay one.
func (t *tx) PayableInvoices(
	customerID, currencyID string, fn func(store.Record) (more bool, err error),
) error {
	const some = 20
	due, seq := int64(-1), store.Beginning
	for {
		var recs []store.Record
		err := t.each(func(r pgx.Rows) error {
			var rec store.Record
			err := r.Scan(&due, &rec.ID, &rec.Seq, &rec.Version, &rec.DeletedAt, &rec.JSON)
			seq, recs = rec.Seq, append(recs, rec)
			return err
		}, `SELECT due_date, id, seq, version, 0::bigint, doc FROM invoices
			WHERE customer_id = $1 AND status IN ('open', 'uncollectible') AND currency_id = $2 AND remaining <> 0
				AND (due_date, seq) > ($3, $4) ORDER BY due_date, seq LIMIT $5`, customerID, currencyID, due, seq, some)
		if err != nil {
			return err
		}
		for _, rec := range recs {
			if more, err := fn(rec); err != nil || !more {
				return err
			}
		}
		if len(recs) < some {
			return nil
		}
	}
}

// LateInvoices implements [store.Allocations]. In a transaction that writes, their customers are locked, in one order,
// and it is looked again: what was late may have been paid meanwhile.
func (t *tx) LateInvoices(
	mode clientele.Mode, now int64, today clientele.Day, days, limit int64,
) ([]store.Record, error) {
	late, err := t.lateInvoices(mode, now, today, days, limit)
	if err != nil || !t.writing || len(late) == 0 {
		return recordsOf(late), err
	}
	var ids []string
	customers := map[string]bool{}
	for _, i := range late {
		ids = append(ids, i.ID)
		customers[i.customerID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(customers)) {
		t.lockCustomer(id)
	}
	again, err := t.lateInvoices(mode, now, today, days, limit)
	late = slices.DeleteFunc(again, func(i lateInvoice) bool { return !slices.Contains(ids, i.ID) })
	return recordsOf(late), err
}

// lateInvoice is one that is past due for long, with whose it is.
type lateInvoice struct {
	store.Record
	customerID string
}

func recordsOf(late []lateInvoice) (recs []store.Record) {
	for _, i := range late {
		recs = append(recs, i.Record)
	}
	return recs
}

func (t *tx) lateInvoices(
	mode clientele.Mode, now int64, today clientele.Day, days, limit int64,
) (late []lateInvoice, err error) {
	read := func(r pgx.Rows) error {
		var i lateInvoice
		err := r.Scan(&i.ID, &i.Seq, &i.Version, &i.JSON, &i.customerID)
		late = append(late, i)
		return err
	}
	err = t.each(read, `SELECT i.id, i.seq, i.version, i.doc, i.customer_id
		FROM customers c JOIN invoices i ON i.customer_id = c.id
		WHERE c.livemode = $1 AND c.uncollectible_after >= 0 AND i.status = 'open'
			AND i.due_day < $4 - c.uncollectible_after
			AND i.held_until <= $2
		LIMIT $3`, mode, now, limit, int64(today))
	if err != nil || days < 0 || int64(len(late)) == limit {
		return late, err
	}
	err = t.each(read, `SELECT i.id, i.seq, i.version, i.doc, i.customer_id FROM invoices i
		WHERE i.livemode = $2 AND i.status = 'open' AND i.due_day < $1 AND i.held_until <= $4
			AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = i.customer_id AND c.uncollectible_after IS NOT NULL)
		ORDER BY i.due_day LIMIT $3`, int64(today)-days, mode, limit-int64(len(late)), now)
	return late, err
}
