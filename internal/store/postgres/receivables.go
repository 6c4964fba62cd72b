package postgres

import (
	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Outstanding implements [store.Receivables]. An invoice that has long been settled is not looked at: whatever was left
// to pay on it at the moment is nothing.
func (t *tx) Outstanding(
	f store.OutstandingFilter, fn func(customerID string, due clientele.Day, part clientele.Amount),
) error {
	var w where
	w.add("i.livemode = ?", f.Livemode)
	w.add("i.settled_at > ?", f.Until)
	w.add("i.seq < ?", store.SeqAfter(f.Until))
	w.equal("i.customer_id", f.CustomerID)
	w.equal("i.currency_id", f.CurrencyID)
	w.add("l.seq < ?", store.SeqAfter(f.Until))
	return t.eachUnprepared(func(r pgx.Rows) error {
		var customerID, currency, units string
		var due clientele.Day
		if err := r.Scan(&customerID, &currency, &due, &units); err != nil {
			return err
		}
		part, err := store.StoredAmount(currency, units)
		fn(customerID, due, part)
		return err
	}, `SELECT i.customer_id, i.currency_id, i.due_day, sum(l.receivable)::text
		FROM invoices i
			JOIN ledger l ON l.customer_id = i.customer_id AND l.invoice_id = i.id AND l.invoice_id <> '' WHERE `+w.String()+
		" GROUP BY i.customer_id, i.currency_id, i.due_day ORDER BY i.customer_id", w.args...)
}

// UnappliedCustomers implements [store.Receivables].
func (t *tx) UnappliedCustomers(mode clientele.Mode, customerID string, at int64, now bool) (ids []string, err error) {
	if customerID != "" {
		return []string{customerID}, nil
	}
	query := "SELECT DISTINCT customer_id FROM payments WHERE livemode = $1 AND "
	args := []any{mode}
	if now {
		query += "unallocated <> 0"
	} else {
		query += "seq < $2 AND (unallocated <> 0 OR updated_at > $3)"
		args = append(args, store.SeqAfter(at), at)
	}
	err = t.each(appendTo(&ids), query, args...)
	return ids, err
}

// UnpaidAmounts implements [store.Receivables].
func (t *tx) UnpaidAmounts(f store.UnpaidFilter, fn func(store.UnpaidAmount)) error {
	var w where
	w.add("livemode = ? AND settled_at = ?", f.Livemode, store.Unsettled)
	w.equal("customer_id", f.CustomerID)
	w.equal("currency_id", f.CurrencyID)
	return t.eachUnprepared(func(r pgx.Rows) error {
		var o store.UnpaidAmount
		var currency, units string
		err := r.Scan(&o.CustomerID, (*string)(&o.Status), &o.DueDate, &o.DueDay, &currency, &units)
		if err == nil {
			o.Left, err = store.StoredAmount(currency, units)
		}
		fn(o)
		return err
	}, `SELECT customer_id, status, due_date, due_day, currency_id, remaining::text FROM invoices
		WHERE `+w.String(), w.args...)
}

// HasOverdueInvoice implements [store.Receivables].
func (t *tx) HasOverdueInvoice(customerID string) (has bool, err error) {
	err = t.each(into(&has), `SELECT EXISTS (SELECT 1 FROM invoices
		WHERE customer_id = $1 AND status = 'uncollectible' AND remaining <> 0)`, customerID)
	return has, err
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

// ChangedOverdueInvoices implements [store.Receivables].
func (t *tx) ChangedOverdueInvoices(mode clientele.Mode, since, limit int64) (docs [][]byte, err error) {
	err = t.each(appendTo(&docs), `SELECT doc FROM invoices
		WHERE livemode = $1 AND status = 'uncollectible' AND remaining <> 0 AND updated_at >= $2
		ORDER BY updated_at DESC LIMIT $3`, bool(mode), since, limit)
	return docs, err
}

// CountUnpaidInvoices implements [store.Receivables].
func (t *tx) CountUnpaidInvoices(customerID string) (count int64, err error) {
	err = t.each(into(&count), `SELECT count(*) FROM invoices
		WHERE customer_id = $1 AND status IN ('open', 'uncollectible') AND remaining <> 0`, customerID)
	return count, err
}
