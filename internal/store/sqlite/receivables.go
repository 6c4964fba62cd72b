package sqlite

import (
	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// Outstanding implements [store.Tx]. An invoice that has long been settled is not looked at: whatever was left to pay
// on it at the moment is nothing.
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
	return t.interruptible(func() error {
		return t.eachUnprepared(`SELECT i.currency_id, i.customer_id, i.due_day, l.receivable
			FROM invoices i JOIN ledger l ON l.invoice_id = i.id AND l.invoice_id <> ''
			WHERE `+w.String()+" ORDER BY i.customer_id",
			func(r row) error {
				part, err := store.StoredAmount(r.text(0), r.text(3))
				if err == nil {
					fn(r.text(1), clientele.Day(r.int(2)), part)
				}
				return err
			}, w.Args...)
	})
}

// UnappliedCustomers implements [store.Tx].
func (t *tx) UnappliedCustomers(mode clientele.Mode, customerID string, at int64, now bool) (ids []string, err error) {
	if customerID != "" {
		return []string{customerID}, nil
	}
	query := "SELECT DISTINCT customer_id FROM payments WHERE livemode = $1 AND "
	args := []any{mode}
	if now {
		query += "unallocated <> '0'"
	} else {
		query += "seq < $2 AND (unallocated <> '0' OR updated_at > $3)"
		args = append(args, store.PositionAfter(at), at)
	}
	err = t.interruptible(func() error {
		return t.each(query, func(r row) error { ids = append(ids, r.text(0)); return nil }, args...)
	})
	return ids, err
}

// UnpaidAmounts implements [store.Tx].
func (t *tx) UnpaidAmounts(f store.UnpaidFilter, fn func(store.UnpaidAmount)) error {
	var w sql.Where
	w.Given("customer_id", f.CustomerID)
	w.Add("status IN ('open', 'uncollectible') AND remaining <> '0'")
	w.Add("+livemode = ?", f.Livemode)
	w.Given("currency_id", f.CurrencyID)
	return t.interruptible(func() error {
		// The index has all that is asked for.
		return t.eachUnprepared(`SELECT customer_id, status, due_date, due_day, currency_id, remaining
			FROM invoices INDEXED BY invoices_unpaid WHERE `+w.String(), func(r row) error {
			left, err := store.StoredAmount(r.text(4), r.text(5))
			if err == nil {
				fn(store.UnpaidAmount{
					CustomerID: r.text(0), Status: clientele.InvoiceStatus(r.text(1)), DueDate: r.int(2),
					DueDay: clientele.Day(r.int(3)), Left: left,
				})
			}
			return err
		}, w.Args...)
	})
}

// UnpaidInvoices implements [store.Tx].
func (t *tx) UnpaidInvoices(
	customerID string, status clientele.InvoiceStatus,
) (list []store.UnpaidInvoice, err error) {
	err = t.each(`SELECT due_day, currency_id, remaining, doc FROM invoices
		WHERE customer_id = $1 AND status = $2 AND remaining <> '0' ORDER BY seq`, func(r row) error {
		i := store.UnpaidInvoice{DueDay: clientele.Day(r.int(0)), JSON: r.bytes(3)}
		err := r.amounts(2, r.text(1), &i.Left)
		list = append(list, i)
		return err
	}, customerID, string(status))
	return list, err
}
