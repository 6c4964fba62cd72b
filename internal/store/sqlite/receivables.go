package sqlite

import (
	"clientele.dev"
	"clientele.dev/internal/store"
)

// Outstanding implements [store.Tx]. An invoice that has long been settled is not looked at: whatever was left to pay
// on it at the moment is nothing.
func (t *tx) Outstanding(
	f store.OutstandingFilter, fn func(customerID string, due clientele.Day, part clientele.Amount),
) error {
	var w where
	w.add("i.livemode = ?", f.Livemode)
	w.add("i.settled_at > ?", f.Until)
	w.add("i.seq < ?", store.SeqAfter(f.Until))
	if f.CustomerID != "" {
		w.add("i.customer_id = ?", f.CustomerID)
	}
	if f.CurrencyID != "" {
		w.add("i.currency_id = ?", f.CurrencyID)
	}
	w.add("l.seq < ?", store.SeqAfter(f.Until))
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
			}, w.args...)
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
		args = append(args, store.SeqAfter(at), at)
	}
	err = t.interruptible(func() error {
		return t.each(query, func(r row) error { ids = append(ids, r.text(0)); return nil }, args...)
	})
	return ids, err
}

// UnpaidAmounts implements [store.Tx].
func (t *tx) UnpaidAmounts(f store.UnpaidFilter, fn func(store.UnpaidAmount)) error {
	var w where
	w.equal("customer_id", f.CustomerID)
	w.add("status IN ('open', 'uncollectible') AND remaining <> '0'")
	w.add("+livemode = ?", f.Livemode)
	w.equal("currency_id", f.CurrencyID)
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
		}, w.args...)
	})
}

// HasOverdueInvoice implements [store.Tx].
func (t *tx) HasOverdueInvoice(customerID string) (has bool, err error) {
	read := func(row) error { has = true; return nil }
	err = t.each(`SELECT 1 FROM invoices WHERE customer_id = $1 AND status = 'uncollectible' AND remaining <> '0'
		LIMIT 1`, read, customerID)
	return has, err
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

// ChangedOverdueInvoices implements [store.Tx].
func (t *tx) ChangedOverdueInvoices(mode clientele.Mode, since, limit int64) (docs [][]byte, err error) {
	err = t.each(`SELECT doc FROM invoices
		WHERE livemode = $1 AND status = 'uncollectible' AND remaining <> '0' AND updated_at >= $2
		ORDER BY updated_at DESC LIMIT $3`, func(r row) error {
		docs = append(docs, r.bytes(0))
		return nil
	}, bool(mode), since, limit)
	return docs, err
}

// CountUnpaidInvoices implements [store.Tx].
func (t *tx) CountUnpaidInvoices(customerID string) (count int64, err error) {
	read := func(r row) error { count = r.int(0); return nil }
	err = t.each(`SELECT count(*) FROM invoices
		WHERE customer_id = $1 AND status IN ('open', 'uncollectible') AND remaining <> '0'`, read, customerID)
	return count, err
}

// PayableInvoices implements [store.Tx]. fn may change what the statement walks over, so positions are read first.
func (t *tx) PayableInvoices(
	customerID, currencyID string, fn func(store.Record) (more bool, err error),
) error {
	var seqs []int64
	read := func(r row) error { seqs = append(seqs, r.int(0)); return nil }
	err := t.each(`SELECT seq FROM invoices
		WHERE customer_id = $1 AND status IN ('open', 'uncollectible') AND currency_id = $2 AND remaining <> '0'
		ORDER BY due_date, seq`, read, customerID, currencyID)
	for _, seq := range seqs {
		if err != nil {
			break
		}
		var rec store.Record
		if rec, _, err = t.record("SELECT id, seq, version, 0, doc FROM invoices WHERE seq = $1", seq); err != nil {
			break
		}
		var more bool
		if more, err = fn(rec); !more {
			break
		}
	}
	return err
}

// CreditedInvoices implements [store.Tx].
func (t *tx) CreditedInvoices(customerID, currencyID string) ([]store.Record, error) {
	return t.records(`SELECT id, seq, version, 0, doc FROM invoices
		WHERE customer_id = $1 AND currency_id = $2 AND status <> 'draft' AND doc ->> '$.amount_credited' <> '0'
		ORDER BY seq DESC`, customerID, currencyID)
}

// LateInvoices implements [store.Tx].
func (t *tx) LateInvoices(
	mode clientele.Mode, now int64, today clientele.Day, days, limit int64,
) ([]store.Record, error) {
	own, err := t.records(`SELECT i.id, i.seq, i.version, 0, i.doc
		FROM customer_policies p CROSS JOIN invoices i ON i.customer_id = p.customer_id
		WHERE p.livemode = $1 AND p.days >= 0 AND i.status = 'open' AND i.due_day < $4 - p.days
			AND i.held_until <= $2
		LIMIT $3`, mode, now, limit, int64(today))
	if err != nil || days < 0 || int64(len(own)) == limit {
		return own, err
	}
	others, err := t.records(`SELECT i.id, i.seq, i.version, 0, i.doc FROM invoices i
		WHERE i.status = 'open' AND i.due_day < $1 AND i.livemode = $2 AND i.held_until <= $4
			AND i.customer_id NOT IN (SELECT customer_id FROM customer_policies)
		ORDER BY i.due_day LIMIT $3`, int64(today)-days, mode, limit-int64(len(own)), now)
	return append(own, others...), err
}

// records reads objects: id, seq, version, deleted_at, doc.
func (t *tx) records(query string, args ...any) (recs []store.Record, err error) {
	err = t.each(query, func(r row) error {
		recs = append(recs, store.Record{
			ID: r.text(0), Seq: r.int(1), Version: r.int(2), DeletedAt: r.int(3), JSON: r.bytes(4),
		})
		return nil
	}, args...)
	return recs, err
}
