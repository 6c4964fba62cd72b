package postgres

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

// Payment implements [store.Payments].
func (t *tx) Payment(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.objectOf("payments", "version", mode, id)
}

// PaymentsByID implements [store.Payments].
func (t *tx) PaymentsByID(mode clientele.Mode, ids []string) (map[string]store.Record, error) {
	recs, err := t.records(`SELECT id, seq, version, 0::bigint, doc FROM payments
		WHERE id = ANY($1) AND livemode = $2`, ids, mode)
	return byID(recs), err
}

// DuplicatePayment implements [store.Payments].
func (t *tx) DuplicatePayment(p *clientele.Payment) (id string, err error) {
	err = t.each(into(&id), `SELECT id FROM payments WHERE customer_id = $1 AND reference = $2 AND reference <> ''
		AND currency_id = $3 AND amount = $4 AND status = 'succeeded' ORDER BY seq LIMIT 1`, p.CustomerID,
		fold.Reference(p.Reference), p.CurrencyID, p.Amount.String())
	return id, err
}

// SavePayment implements [store.Payments].
func (t *tx) SavePayment(rec store.Record, p *clientele.Payment) error {
	columns := []any{
		p.CustomerID, rec.Seq, rec.Version, string(p.Status), p.UpdatedAt.UnixMilli(), fold.Reference(p.Reference),
		p.Amount.String(), p.AmountUnallocated.String(), rec.JSON,
	}
	t.saveText("payment_texts", p.CustomerID, rec.Seq, p.Livemode, store.PaymentText(p))
	if rec.Version != 1 {
		t.mustChange(fmt.Errorf("payment %s was not at version %d", p.ID, rec.Version-1),
			`UPDATE payments SET version = $3, status = $4, updated_at = $5, reference = $6, amount = $7, unallocated = $8,
				doc = $9 WHERE customer_id = $1 AND seq = $2 AND version = $3 - 1`, columns...)
		return nil
	}
	t.run(`INSERT INTO payments (customer_id, seq, version, status, updated_at, reference, amount, unallocated, doc, id,
		livemode, currency_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		append(columns, p.ID, p.Livemode, p.CurrencyID)...)
	t.register(store.KindPayment, p.ID, p.CustomerID, rec.Seq)
	t.countBelonging(p.CustomerID, 0, 1)
	t.countRow("payments", p.CurrencyID, p.Livemode, rec.Seq, 1)
	t.saveMetadata("payment_metadata", p.CustomerID, rec.Seq, p.Livemode, nil, p.Metadata)
	return nil
}

// saveText makes an object findable by a text.
func (t *tx) saveText(table, customerID string, seq int64, mode clientele.Mode, text string) {
	t.run(`INSERT INTO `+table+` AS t (customer_id, seq, livemode, text) VALUES ($1, $2, $3, $4)
		ON CONFLICT (customer_id, seq) DO UPDATE SET text = excluded.text WHERE t.text <> excluded.text`,
		customerID, seq, mode, text)
}

// CustomerPayments implements [store.Payments].
func (t *tx) CustomerPayments(customerID string) ([][]byte, error) {
	return t.documents("SELECT doc FROM payments WHERE customer_id = $1 ORDER BY seq DESC", customerID)
}

// InvoicePayments implements [store.Payments].
func (t *tx) InvoicePayments(invoiceID string) (ids []string, err error) {
	var w where
	w.add("invoice_id = ? AND invoice_id <> '' AND payment_id <> ''", invoiceID)
	if err := t.addCustomerOf(&w, invoiceID); err != nil {
		return nil, err
	}
	err = t.each(appendTo(&ids), "SELECT DISTINCT payment_id FROM ledger WHERE "+w.String()+" ORDER BY payment_id",
		w.args...)
	return ids, err
}

// LastPayments implements [store.Payments].
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

// ListPayments implements [store.Payments].
func (t *tx) ListPayments(f store.PaymentFilter) (docs [][]byte, count int64, err error) {
	l := listing{
		table: "payments", mode: f.Livemode, customerID: f.CustomerID, currencyID: f.CurrencyID, order: f.Order,
		Window: f.Window,
	}
	w := &l.where
	w.add("livemode = ?", f.Livemode)
	w.equal("customer_id", f.CustomerID)
	w.equal("currency_id", f.CurrencyID)
	w.equal("status", string(f.Status))
	if f.InvoiceID != "" {
		w.add(`(customer_id, id) IN (SELECT customer_id, payment_id FROM ledger
			WHERE invoice_id = ? AND invoice_id <> '')`, f.InvoiceID)
		if err := t.addCustomerOf(w, f.InvoiceID); err != nil {
			return nil, 0, err
		}
	}
	if f.From != 0 {
		w.add("seq >= ?", f.From<<16)
	}
	if f.To != 0 {
		w.add("seq < ?", f.To<<16)
	}
	if f.Unapplied {
		w.add("unallocated <> 0")
	}
	w.addMetadata("payment_metadata", f.Livemode, f.Metadata)
	l.whole = l.selectsAll()
	return t.listDocuments(l)
}

// CreditNote implements [store.CreditNotes].
func (t *tx) CreditNote(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.objectOf("credit_notes", "1::bigint", mode, id)
}

// AddCreditNote implements [store.CreditNotes].
func (t *tx) AddCreditNote(rec store.Record, n clientele.CreditNote) error {
	t.register(store.KindCreditNote, n.ID, n.CustomerID, rec.Seq)
	t.run(`INSERT INTO credit_notes (seq, id, livemode, customer_id, invoice_id, doc)
		VALUES ($1, $2, $3, $4, $5, $6)`, rec.Seq, n.ID, n.Livemode, n.CustomerID, n.InvoiceID, rec.JSON)
	return nil
}

// CreditNotes implements [store.CreditNotes].
func (t *tx) CreditNotes(invoiceID string) ([][]byte, error) {
	var w where
	w.add("invoice_id = ?", invoiceID)
	if err := t.addCustomerOf(&w, invoiceID); err != nil {
		return nil, err
	}
	return t.documents("SELECT doc FROM credit_notes WHERE "+w.String()+" ORDER BY seq", w.args...)
}

// ListCreditNotes implements [store.CreditNotes].
func (t *tx) ListCreditNotes(f store.CreditNoteFilter) (docs [][]byte, count int64, err error) {
	l := listing{table: "credit_notes", mode: f.Livemode, customerID: f.CustomerID, Window: f.Window}
	w := &l.where
	w.add("livemode = ?", f.Livemode)
	w.equal("customer_id", f.CustomerID)
	w.equal("invoice_id", f.InvoiceID)
	if f.InvoiceID != "" {
		if err := t.addCustomerOf(w, f.InvoiceID); err != nil {
			return nil, 0, err
		}
	}
	return t.listDocuments(l)
}

// Refund implements [store.Refunds].
func (t *tx) Refund(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.objectOf("refunds", "1::bigint", mode, id)
}

// AddRefund implements [store.Refunds].
func (t *tx) AddRefund(rec store.Record, r clientele.Refund) error {
	t.register(store.KindRefund, r.ID, r.CustomerID, rec.Seq)
	t.saveText("refund_texts", r.CustomerID, rec.Seq, r.Livemode, store.RefundText(&r))
	t.countRow("refunds", r.CurrencyID, r.Livemode, rec.Seq, 1)
	t.run(`INSERT INTO refunds (seq, id, livemode, customer_id, currency_id, payment_id, invoice_id, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, rec.Seq, r.ID, r.Livemode, r.CustomerID, r.CurrencyID,
		r.PaymentIntentID, r.InvoiceID, rec.JSON)
	return nil
}

// ListRefunds implements [store.Refunds].
func (t *tx) ListRefunds(f store.RefundFilter) (docs [][]byte, count int64, err error) {
	l := listing{
		table: "refunds", mode: f.Livemode, customerID: f.CustomerID, currencyID: f.CurrencyID, order: f.Order,
		Window: f.Window,
	}
	w := &l.where
	w.add("livemode = ?", f.Livemode)
	w.equal("customer_id", f.CustomerID)
	w.equal("currency_id", f.CurrencyID)
	for _, of := range []struct{ column, id string }{{"payment_id", f.PaymentID}, {"invoice_id", f.InvoiceID}} {
		if of.id == "" {
			continue
		}
		w.add(of.column+" = ? AND "+of.column+" <> ''", of.id)
		if err := t.addCustomerOf(w, of.id); err != nil {
			return nil, 0, err
		}
	}
	l.whole = l.selectsAll()
	return t.listDocuments(l)
}
