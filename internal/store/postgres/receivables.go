package postgres

import (
	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// Outstanding implements [store.Receivables]. An invoice that has long been settled is not looked at: whatever was left
// to pay on it at the moment is nothing.
func (t *tx) Outstanding(
	f store.OutstandingFilter, fn func(customerID string, due clientele.Day, part clientele.Amount),
) error {
	var w sql.Where
	w.Add("i.livemode = ?", f.Livemode)
	w.Add("i.settled_at > ?", f.Until)
	w.Add("i.seq < ?", store.PositionAfter(f.Until))
	w.Given("i.customer_id", f.CustomerID)
	w.Given("i.currency_id", f.CurrencyID)
	w.Add("l.seq < ?", store.PositionAfter(f.Until))
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
		" GROUP BY i.customer_id, i.currency_id, i.due_day ORDER BY i.customer_id", w.Args...)
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
		args = append(args, store.PositionAfter(at), at)
	}
	err = t.each(appendTo(&ids), query, args...)
	return ids, err
}

// UnpaidAmounts implements [store.Receivables].
func (t *tx) UnpaidAmounts(f store.UnpaidFilter, fn func(store.UnpaidAmount)) error {
	var w sql.Where
	w.Add("livemode = ? AND settled_at = ?", f.Livemode, store.Unsettled)
	w.Given("customer_id", f.CustomerID)
	w.Given("currency_id", f.CurrencyID)
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
