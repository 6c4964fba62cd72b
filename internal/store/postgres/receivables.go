package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// NextLedgerSeq implements [store.Ledger].
func (t *tx) NextLedgerSeq(customerID string, at time.Time) (seq int64, err error) {
	err = t.each(into(&seq), "SELECT coalesce(max(seq), 0) + 1 FROM ledger WHERE customer_id = $1", customerID)
	return max(seq, store.SeqAt(at)), err
}

// AddBalanceTransaction implements [store.Ledger].
func (t *tx) AddBalanceTransaction(rec store.Record, b clientele.BalanceTransaction) error {
	t.run(`INSERT INTO ledger
		(customer_id, seq, id, livemode, currency_id, invoice_id, payment_id, amount, receivable, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		b.CustomerID, rec.Seq, b.ID, b.Livemode, b.CurrencyID, b.InvoiceID, b.PaymentID, b.Amount.String(),
		b.Receivable.String(), rec.JSON)
	return nil
}

// Ledger implements [store.Ledger].
func (t *tx) Ledger(customerID string, until int64, fn func(doc []byte) error) error {
	return t.each(func(r pgx.Rows) error {
		var doc []byte
		if err := r.Scan(&doc); err != nil {
			return err
		}
		return fn(doc)
	}, "SELECT doc FROM ledger WHERE customer_id = $1 AND seq < $2 ORDER BY seq",
		customerID, store.SeqAfter(until))
}

// ListLedger implements [store.Ledger].
func (t *tx) ListLedger(f store.LedgerFilter) (docs [][]byte, count int64, err error) {
	l := listing{table: "ledger", mode: f.Livemode, Window: f.Window}
	l.where.add("customer_id = ?", f.CustomerID)
	l.where.equal("currency_id", f.CurrencyID)
	if f.Credit {
		l.where.add("amount <> 0")
	}
	seqs, count, err := t.list(l)
	if err != nil || len(seqs) == 0 {
		return nil, count, err
	}
	docs, err = t.documents(`SELECT doc FROM unnest($2::bigint[]) WITH ORDINALITY p(seq, place)
		JOIN ledger l ON l.customer_id = $1 AND l.seq = p.seq ORDER BY p.place`, f.CustomerID, seqs)
	return docs, count, err
}

// Outstanding implements [store.Receivables]. An invoice that has long been settled is not looked at: whatever was left
// to pay on it at the moment is nothing.
func (t *tx) Outstanding(f store.OutstandingFilter, fn func(due int64, part clientele.Amount)) error {
	var w where
	w.add("i.livemode = ?", f.Livemode)
	w.add("i.settled_at > ?", f.Until)
	w.add("i.seq < ?", store.SeqAfter(f.Until))
	w.equal("i.customer_id", f.CustomerID)
	w.equal("i.currency_id", f.CurrencyID)
	w.add("l.seq < ?", store.SeqAfter(f.Until))
	return t.eachOnce(func(r pgx.Rows) error {
		var currency, units string
		var due int64
		if err := r.Scan(&currency, &due, &units); err != nil {
			return err
		}
		part, err := store.StoredAmount(currency, units)
		fn(due, part)
		return err
	}, `SELECT i.currency_id, i.due_date, sum(l.receivable)::text
		FROM invoices i
			JOIN ledger l ON l.customer_id = i.customer_id AND l.invoice_id = i.id AND l.invoice_id <> '' WHERE `+w.String()+
		" GROUP BY i.currency_id, i.due_date", w.args...)
}

// Owed implements [store.Receivables].
func (t *tx) Owed(mode clientele.Mode, currencyID string, fn func(store.Owed)) error {
	return t.each(func(r pgx.Rows) error {
		var o store.Owed
		var currency, units string
		err := r.Scan(&o.CustomerID, (*string)(&o.Status), &o.DueDate, &currency, &units)
		if err == nil {
			o.Left, err = store.StoredAmount(currency, units)
		}
		fn(o)
		return err
	}, `SELECT customer_id, status, due_date, currency_id, remaining::text FROM invoices
		WHERE livemode = $1 AND settled_at = $2 AND ($3 = '' OR currency_id = $3)`, mode, store.Unsettled, currencyID)
}

// CreditMovements implements [store.Receivables].
func (t *tx) CreditMovements(mode clientele.Mode, fn func(clientele.Amount)) error {
	return t.each(func(r pgx.Rows) error {
		var currency, units string
		if err := r.Scan(&currency, &units); err != nil {
			return err
		}
		a, err := store.StoredAmount(currency, units)
		fn(a)
		return err
	}, "SELECT currency_id, sum(amount)::text FROM ledger WHERE livemode = $1 AND amount <> 0 GROUP BY currency_id", mode)
}

// HasOverdueInvoice implements [store.Receivables].
func (t *tx) HasOverdueInvoice(customerID string) (has bool, err error) {
	err = t.each(into(&has), `SELECT EXISTS (SELECT 1 FROM invoices
		WHERE customer_id = $1 AND status = 'uncollectible' AND remaining <> 0)`, customerID)
	return has, err
}

// CountUnpaidInvoices implements [store.Receivables].
func (t *tx) CountUnpaidInvoices(customerID string) (count int64, err error) {
	err = t.each(into(&count), `SELECT count(*) FROM invoices
		WHERE customer_id = $1 AND status IN ('open', 'uncollectible') AND remaining <> 0`, customerID)
	return count, err
}
