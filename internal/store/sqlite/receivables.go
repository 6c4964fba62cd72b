package sqlite

import (
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// NextLedgerSeq implements [store.Tx].
func (t *tx) NextLedgerSeq(customerID string, at time.Time) (seq int64, err error) {
	read := func(r row) error { seq = r.int(0) + 1; return nil }
	err = t.each("SELECT coalesce(max(seq), 0) FROM ledger WHERE customer_id = $1", read, customerID)
	return max(seq, store.SeqAt(at)), err
}

// AddBalanceTransaction implements [store.Tx].
func (t *tx) AddBalanceTransaction(rec store.Record, b clientele.BalanceTransaction) error {
	return t.run(`INSERT INTO ledger
		(customer_id, seq, id, livemode, currency_id, invoice_id, payment_id, amount, receivable, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		b.CustomerID, rec.Seq, b.ID, b.Livemode, b.CurrencyID, b.InvoiceID, b.PaymentID, b.Amount.String(),
		b.Receivable.String(), string(rec.JSON))
}

// Ledger implements [store.Tx].
func (t *tx) Ledger(customerID string, until int64, fn func(doc []byte) error) error {
	return t.interruptible(func() error {
		return t.each("SELECT doc FROM ledger WHERE customer_id = $1 AND seq < $2 ORDER BY seq",
			func(r row) error { return fn(r.bytes(0)) }, customerID, store.SeqAfter(until))
	})
}

// ListLedger implements [store.Tx].
func (t *tx) ListLedger(f store.LedgerFilter) (docs [][]byte, count int64, err error) {
	var w where
	w.add("customer_id = ?", f.CustomerID)
	if f.CurrencyID != "" {
		w.add("currency_id = ?", f.CurrencyID)
	}
	if f.Credit {
		w.add("amount <> '0'")
	}
	err = t.interruptible(func() error {
		read := func(r row) error { count = r.int(0); return nil }
		if err := t.eachOnce("SELECT count(*) FROM ledger WHERE "+w.String(), read, w.args...); err != nil {
			return err
		}
		direction := "DESC"
		if f.After != "" || f.Before != "" {
			seq, err := t.seqOf("ledger", f.Livemode, f.Window)
			if err != nil {
				return err
			}
			if f.After != "" {
				w.add("seq < ?", seq)
			} else {
				w.add("seq > ?", seq)
				direction = "ASC"
			}
		}
		args, _ := w.with(f.Limit, f.Offset)
		query := "SELECT doc FROM ledger WHERE " + w.String() + " ORDER BY seq " + direction + " LIMIT ? OFFSET ?"
		docs, err = t.pageOf(query, direction == "ASC", args)
		return err
	})
	return docs, count, err
}

// Outstanding implements [store.Tx]. An invoice that has long been settled is not looked at: whatever was left to pay
// on it at the moment is nothing.
func (t *tx) Outstanding(f store.OutstandingFilter, fn func(due int64, part clientele.Amount)) error {
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
		return t.eachOnce(`SELECT i.currency_id, i.due_date, l.receivable
			FROM invoices i JOIN ledger l ON l.invoice_id = i.id AND l.invoice_id <> '' WHERE `+w.String(),
			func(r row) error {
				part, err := store.StoredAmount(r.text(0), r.text(2))
				if err == nil {
					fn(r.int(1), part)
				}
				return err
			}, w.args...)
	})
}

// Owed implements [store.Tx].
func (t *tx) Owed(mode clientele.Mode, currencyID string, fn func(store.Owed)) error {
	return t.interruptible(func() error {
		return t.each(`SELECT customer_id, status, due_date, currency_id, remaining FROM invoices
			WHERE livemode = $1 AND settled_at = $2 AND ($3 = '' OR currency_id = $3)`,
			func(r row) error {
				left, err := store.StoredAmount(r.text(3), r.text(4))
				if err == nil {
					fn(store.Owed{
						CustomerID: r.text(0), Status: clientele.InvoiceStatus(r.text(1)), DueDate: r.int(2), Left: left,
					})
				}
				return err
			}, mode, store.Unsettled, currencyID)
	})
}

// CreditMovements implements [store.Tx].
func (t *tx) CreditMovements(mode clientele.Mode, fn func(clientele.Amount)) error {
	return t.interruptible(func() error {
		return t.each("SELECT currency_id, amount FROM ledger WHERE livemode = $1 AND amount <> '0'", func(r row) error {
			a, err := store.StoredAmount(r.text(0), r.text(1))
			if err == nil {
				fn(a)
			}
			return err
		}, mode)
	})
}

// HasOverdueInvoice implements [store.Tx].
func (t *tx) HasOverdueInvoice(customerID string) (has bool, err error) {
	read := func(row) error { has = true; return nil }
	err = t.each(`SELECT 1 FROM invoices WHERE customer_id = $1 AND status = 'uncollectible' AND remaining <> '0'
		LIMIT 1`, read, customerID)
	return has, err
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
func (t *tx) LateInvoices(mode clientele.Mode, now, days, limit int64) ([]store.Record, error) {
	own, err := t.records(`SELECT i.id, i.seq, i.version, 0, i.doc
		FROM customer_policies p JOIN invoices i ON i.customer_id = p.customer_id
		WHERE p.livemode = $1 AND p.days >= 0 AND i.status = 'open' AND i.due_date < $2 - p.days * 86400
		LIMIT $3`, mode, now, limit)
	if err != nil || days < 0 || int64(len(own)) == limit {
		return own, err
	}
	others, err := t.records(`SELECT i.id, i.seq, i.version, 0, i.doc FROM invoices i
		WHERE i.status = 'open' AND i.due_date < $1 AND i.livemode = $2
			AND i.customer_id NOT IN (SELECT customer_id FROM customer_policies)
		ORDER BY i.due_date LIMIT $3`, now-days*86400, mode, limit-int64(len(own)))
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
