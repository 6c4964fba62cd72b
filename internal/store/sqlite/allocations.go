package sqlite

import (
	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

// InvoiceByNumber implements [store.Allocations].
func (t *tx) InvoiceByNumber(mode clientele.Mode, number string) (store.Record, bool, error) {
	return t.record(`SELECT id, seq, version, 0, doc FROM invoices
		WHERE livemode = $1 AND number_key = $2 AND number_key <> '' ORDER BY number <> $3, seq LIMIT 1`, mode,
		fold.Label(number), number)
}

// LastPayments implements [store.Allocations].
func (t *tx) LastPayments(_, invoiceIDs []string) (map[string]string, error) {
	last := map[string]string{}
	for _, id := range invoiceIDs {
		err := t.each(`SELECT payment_id FROM ledger WHERE invoice_id = $1 AND invoice_id <> '' AND payment_id <> ''
			AND receivable < '0' ORDER BY seq DESC LIMIT 1`, func(r row) error { last[id] = r.text(0); return nil }, id)
		if err != nil {
			return nil, err
		}
	}
	return last, nil
}

// PayableInvoices implements [store.Allocations]. fn may change what the statement walks over, so positions are read
// first.
func (t *tx) PayableInvoices(
	customerID, currencyID string, fn func(store.Record) (more bool, err error),
) error {
	var seqs []store.Position
	read := func(r row) error { seqs = append(seqs, r.seq(0)); return nil }
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

// LateInvoices implements [store.Allocations].
func (t *tx) LateInvoices(
	mode clientele.Mode, now int64, today clientele.Day, days, limit int64,
) ([]store.Record, error) {
	own, err := t.records(`SELECT i.id, i.seq, i.version, 0, i.doc
		FROM customers c CROSS JOIN invoices i ON i.customer_id = c.id
		WHERE c.livemode = $1 AND c.uncollectible_after >= 0 AND i.status = 'open'
			AND i.due_day < $4 - c.uncollectible_after
			AND i.held_until <= $2
		LIMIT $3`, mode, now, limit, int64(today))
	if err != nil || days < 0 || int64(len(own)) == limit {
		return own, err
	}
	others, err := t.records(`SELECT i.id, i.seq, i.version, 0, i.doc FROM invoices i
		WHERE i.status = 'open' AND i.due_day < $1 AND i.livemode = $2 AND i.held_until <= $4
			AND i.customer_id NOT IN (SELECT id FROM customers WHERE uncollectible_after IS NOT NULL)
		ORDER BY i.due_day LIMIT $3`, int64(today)-days, mode, limit-int64(len(own)), now)
	return append(own, others...), err
}
