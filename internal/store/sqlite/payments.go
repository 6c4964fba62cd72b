package sqlite

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

// Payment implements [store.Tx].
func (t *tx) Payment(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.record("SELECT id, seq, version, 0, doc FROM payments WHERE id = $1 AND livemode = $2", id, mode)
}

// PaymentsByID implements [store.Tx].
func (t *tx) PaymentsByID(mode clientele.Mode, ids []string) (map[string]store.Record, error) {
	recs, err := t.records(`SELECT p.id, p.seq, p.version, 0, p.doc
		FROM json_each($1) ids CROSS JOIN payments p ON p.id = ids.value WHERE p.livemode = $2`, jsonList(ids), mode)
	return byID(recs), err
}

// DuplicatePayment implements [store.Tx].
func (t *tx) DuplicatePayment(p *clientele.Payment) (id string, err error) {
	read := func(r row) error { id = r.text(0); return nil }
	err = t.each(`SELECT id FROM payments WHERE customer_id = $1 AND reference = $2 AND reference <> ''
		AND currency_id = $3 AND amount = $4 AND status = 'succeeded' ORDER BY seq LIMIT 1`, read, p.CustomerID,
		fold.Reference(p.Reference), p.CurrencyID, p.Amount.String())
	return id, err
}

// SavePayment implements [store.Tx].
func (t *tx) SavePayment(rec store.Record, p *clientele.Payment) error {
	if err := t.reindexText(searchedPayments, rec.Seq, p.Livemode, store.PaymentText(p)); err != nil {
		return err
	}
	columns := []any{
		rec.Seq, rec.Version, string(p.Status), p.UpdatedAt.UnixMilli(), fold.Reference(p.Reference), p.Amount.String(),
		p.AmountUnallocated.String(), string(rec.JSON),
	}
	if rec.Version == 1 {
		err := t.run(`INSERT INTO payments (seq, version, status, updated_at, reference, amount, unallocated, doc, id,
				livemode, customer_id, currency_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			append(columns, p.ID, p.Livemode, p.CustomerID, p.CurrencyID)...)
		if err != nil {
			return err
		}
		if err := t.countBelonging(p.CustomerID, "payments", 1); err != nil {
			return err
		}
		if err := t.countRow(whole{"payments", p.Livemode, p.CurrencyID}, rec.Seq, 1); err != nil {
			return err
		}
		return t.reindexMetadata("payment_metadata", rec.Seq, p.Livemode, nil, p.Metadata)
	}
	changed, err := t.exec(`UPDATE payments SET version = $2, status = $3, updated_at = $4, reference = $5, amount = $6,
		unallocated = $7, doc = $8 WHERE seq = $1 AND version = $2 - 1`, columns...)
	if err == nil && changed != 1 {
		err = fmt.Errorf("payment %s was not at version %d", p.ID, rec.Version-1)
	}
	return err
}

// CustomerPayments implements [store.Tx].
func (t *tx) CustomerPayments(customerID string) (docs [][]byte, err error) {
	read := func(r row) error { docs = append(docs, r.bytes(0)); return nil }
	err = t.each("SELECT doc FROM payments WHERE customer_id = $1 ORDER BY seq DESC", read, customerID)
	return docs, err
}

// InvoicePayments implements [store.Tx].
func (t *tx) InvoicePayments(invoiceID string) (ids []string, err error) {
	read := func(r row) error { ids = append(ids, r.text(0)); return nil }
	err = t.each(`SELECT DISTINCT payment_id FROM ledger WHERE invoice_id = $1 AND invoice_id <> '' AND payment_id <> ''
		ORDER BY payment_id`, read, invoiceID)
	return ids, err
}

// LastPayments implements [store.Tx].
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

// ListPayments implements [store.Tx].
func (t *tx) ListPayments(f store.PaymentFilter) (docs [][]byte, count int64, err error) {
	var w where
	w.mode(f.Livemode, f.CustomerID)
	w.equal("currency_id", f.CurrencyID)
	w.equal("status", string(f.Status))
	if f.InvoiceID != "" {
		w.add("id IN (SELECT payment_id FROM ledger WHERE invoice_id = ? AND invoice_id <> '')", f.InvoiceID)
	}
	if f.From != 0 {
		w.add("seq >= ?", f.From<<16)
	}
	if f.To != 0 {
		w.add("seq < ?", f.To<<16)
	}
	if f.Unapplied {
		w.add("unallocated <> '0'")
	}
	w.addMetadata("payment_metadata", f.Livemode, f.Metadata)
	return t.listOf(whole{"payments", f.Livemode, f.CurrencyID}, w, f.Order, f.Window)
}

// listOf is list for a request that may give up. The conditions are the mode, the currency if there is one, and others.
func (t *tx) listOf(
	a whole, w where, order []store.Order, page store.Window,
) (docs [][]byte, count int64, err error) {
	others := len(w.conditions) - 1
	if a.currency != "" {
		others--
	}
	err = t.scan(func() error {
		var seqs []int64
		seqs, count, err = t.list(a, w, others == 0 && counted[a.table] != "", order, page)
		if err == nil {
			docs, err = t.docs(a.table, seqs)
		}
		return err
	})
	return docs, count, err
}

// CreditNote implements [store.Tx].
func (t *tx) CreditNote(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.record("SELECT id, seq, 1, 0, doc FROM credit_notes WHERE id = $1 AND livemode = $2", id, mode)
}

// AddCreditNote implements [store.Tx].
func (t *tx) AddCreditNote(rec store.Record, n clientele.CreditNote) error {
	return t.run(`INSERT INTO credit_notes (seq, id, livemode, customer_id, invoice_id, doc)
		VALUES ($1, $2, $3, $4, $5, $6)`, rec.Seq, n.ID, n.Livemode, n.CustomerID, n.InvoiceID, string(rec.JSON))
}

// CreditNotes implements [store.Tx].
func (t *tx) CreditNotes(invoiceID string) (docs [][]byte, err error) {
	read := func(r row) error { docs = append(docs, r.bytes(0)); return nil }
	err = t.each("SELECT doc FROM credit_notes WHERE invoice_id = $1 ORDER BY seq", read, invoiceID)
	return docs, err
}

// ListCreditNotes implements [store.Tx].
func (t *tx) ListCreditNotes(f store.CreditNoteFilter) (docs [][]byte, count int64, err error) {
	var w where
	w.modeOf("invoice_id", f.InvoiceID, f.Livemode, f.CustomerID)
	return t.listOf(whole{table: "credit_notes", mode: f.Livemode}, w, nil, f.Window)
}

// Refund implements [store.Tx].
func (t *tx) Refund(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.record("SELECT id, seq, 1, 0, doc FROM refunds WHERE id = $1 AND livemode = $2", id, mode)
}

// AddRefund implements [store.Tx].
func (t *tx) AddRefund(rec store.Record, r clientele.Refund) error {
	if err := t.reindexText(searchedRefunds, rec.Seq, r.Livemode, store.RefundText(&r)); err != nil {
		return err
	}
	if err := t.countRow(whole{"refunds", r.Livemode, r.CurrencyID}, rec.Seq, 1); err != nil {
		return err
	}
	return t.run(`INSERT INTO refunds (seq, id, livemode, customer_id, currency_id, payment_id, invoice_id, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, rec.Seq, r.ID, r.Livemode, r.CustomerID, r.CurrencyID,
		r.PaymentIntentID, r.InvoiceID, string(rec.JSON))
}

// ListRefunds implements [store.Tx].
func (t *tx) ListRefunds(f store.RefundFilter) (docs [][]byte, count int64, err error) {
	var w where
	if f.PaymentID != "" {
		w.modeOf("payment_id", f.PaymentID, f.Livemode, f.CustomerID)
		w.equal("invoice_id", f.InvoiceID)
	} else {
		w.modeOf("invoice_id", f.InvoiceID, f.Livemode, f.CustomerID)
	}
	w.equal("currency_id", f.CurrencyID)
	return t.listOf(whole{"refunds", f.Livemode, f.CurrencyID}, w, f.Order, f.Window)
}

// Settings implements [store.Tx].
func (t *tx) Settings(mode clientele.Mode) (settings clientele.Settings, version int64, err error) {
	err = t.each("SELECT version, doc FROM settings WHERE livemode = $1", func(r row) error {
		version = r.int(0)
		return json.Unmarshal(r.bytes(1), &settings)
	}, mode)
	return settings, version, err
}

// SettingsAt implements [store.Tx].
func (t *tx) SettingsAt(mode clientele.Mode, version int64) (settings clientele.Settings, found bool, err error) {
	err = t.each("SELECT doc FROM settings_versions WHERE livemode = $1 AND version = $2", func(r row) error {
		found = true
		return json.Unmarshal(r.bytes(0), &settings)
	}, mode, version)
	return settings, found, err
}

// SaveSettings implements [store.Tx].
func (t *tx) SaveSettings(rec store.Record, s clientele.Settings) error {
	n, err := t.exec(`INSERT INTO settings (livemode, version, doc) VALUES ($1, $2, $3)
		ON CONFLICT (livemode) DO UPDATE SET version = excluded.version, doc = excluded.doc
		WHERE settings.version = excluded.version - 1`, s.Livemode, rec.Version, string(rec.JSON))
	if err == nil && n != 1 {
		err = fmt.Errorf("the settings were not at version %d", rec.Version-1)
	}
	if err != nil {
		return err
	}
	return t.run("INSERT INTO settings_versions (livemode, version, doc) VALUES ($1, $2, $3)", s.Livemode, rec.Version,
		string(rec.JSON))
}
