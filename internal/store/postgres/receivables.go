package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// Outstanding implements [store.Receivables]. An invoice that has long been settled is not looked at.
func (t *tx) Outstanding(f store.OutstandingFilter, fn func(store.UnpaidAmount)) error {
	var w sql.Where
	w.Add("i.livemode = ?", f.Livemode)
	w.Add("i.settled_at > ?", f.SettledAfter)
	w.Add("i.seq < ?", f.Until)
	w.Add("i.date <= ?", int64(f.Day))
	w.Given("i.customer_id", f.CustomerID)
	w.Given("i.currency_id", f.CurrencyID)
	w.Add("l.seq < ?", f.Until)
	w.Add("l.date <= ?", int64(f.Day))
	return t.eachUnprepared(func(r pgx.Rows) error { return scanUnpaid(r, fn) },
		`SELECT i.customer_id, CASE WHEN count(*) FILTER (WHERE l.reason = 'marked_uncollectible')
				> count(*) FILTER (WHERE l.reason = 'reopened') THEN 'uncollectible' ELSE 'open' END,
			i.due_date, i.due_day, i.currency_id, sum(l.receivable)::text
		FROM invoices i
			JOIN ledger l ON l.customer_id = i.customer_id AND l.invoice_id = i.id AND l.invoice_id <> '' WHERE `+w.String()+
			" GROUP BY i.seq, i.customer_id, i.currency_id, i.due_date, i.due_day HAVING sum(l.receivable) <> 0", w.Args...)
}

func scanUnpaid(r pgx.Rows, fn func(store.UnpaidAmount)) error {
	var o store.UnpaidAmount
	var currency, units string
	err := r.Scan(&o.CustomerID, (*string)(&o.Status), &o.DueDate, &o.DueDay, &currency, &units)
	if err == nil {
		o.Left, err = store.StoredAmount(currency, units)
	}
	fn(o)
	return err
}

// UnappliedCustomers implements [store.Receivables].
func (t *tx) UnappliedCustomers(f store.OutstandingFilter) (ids []string, err error) {
	query, args := "SELECT DISTINCT customer_id FROM payments WHERE livemode = $1 AND ", []any{f.Livemode}
	if f.Now {
		query += "unallocated <> 0"
	} else {
		query += "seq < $2 AND (unallocated <> 0 OR updated_at > $3)"
		args = append(args, f.Until, f.SettledAfter)
	}
	t.read(appendTo(&ids), query, args...)
	err = t.each(appendTo(&ids), `SELECT DISTINCT customer_id FROM ledger WHERE livemode = $1 AND date > $2
		AND date > recorded_day`, f.Livemode, int64(f.Day))
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// UnpaidAmounts implements [store.Receivables].
func (t *tx) UnpaidAmounts(f store.UnpaidFilter, fn func(store.UnpaidAmount)) error {
	var w sql.Where
	w.Add("livemode = ? AND settled_at = ?", f.Livemode, store.Unsettled)
	w.Given("customer_id", f.CustomerID)
	w.Given("currency_id", f.CurrencyID)
	w.Add("date <= ?", int64(f.Issued))
	return t.eachUnprepared(func(r pgx.Rows) error { return scanUnpaid(r, fn) },
		`SELECT customer_id, status, due_date, due_day, currency_id, remaining::text FROM invoices
		WHERE `+w.String(), w.Args...)
}

// UnpaidInvoices implements [store.Receivables].
func (t *tx) UnpaidInvoices(
	customerID string, status clientele.InvoiceStatus,
) (list []store.UnpaidInvoice, err error) {
	err = t.each(func(r pgx.Rows) error {
		var i store.UnpaidInvoice
		var currency, units string
		err := r.Scan(&i.DueDay, &currency, &units, &i.JSON)
		if err == nil {
			i.Left, err = store.StoredAmount(currency, units)
		}
		list = append(list, i)
		return err
	}, `SELECT due_day, currency_id, remaining::text, doc FROM invoices
		WHERE customer_id = $1 AND status = $2 AND remaining <> 0 ORDER BY seq`, customerID, string(status))
	return list, err
}
