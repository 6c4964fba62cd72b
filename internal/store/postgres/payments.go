package postgres

import (
	"fmt"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Payment implements [store.Payments].
func (t *tx) Payment(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.objectOf("payments", "version", mode, id)
}

// SavePayment implements [store.Payments].
func (t *tx) SavePayment(rec store.Record, p *clientele.Payment) error {
	columns := []any{p.CustomerID, rec.Seq, rec.Version, string(p.Status), p.UpdatedAt.UnixMilli(), rec.JSON}
	if rec.Version != 1 {
		t.mustChange(fmt.Errorf("payment %s was not at version %d", p.ID, rec.Version-1),
			`UPDATE payments SET version = $3, status = $4, updated_at = $5, doc = $6
			WHERE customer_id = $1 AND seq = $2 AND version = $3 - 1`, columns...)
		return nil
	}
	t.run(`INSERT INTO payments (customer_id, seq, version, status, updated_at, doc, id, livemode, currency_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, append(columns, p.ID, p.Livemode, p.CurrencyID)...)
	t.register(store.KindPayment, p.ID, p.CustomerID, rec.Seq)
	t.countBelonging(p.CustomerID, 0, 1)
	t.countRow("payments", p.Livemode, rec.Seq, 1)
	t.saveMetadata("payment_metadata", p.CustomerID, rec.Seq, p.Livemode, nil, p.Metadata)
	return nil
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

// ListPayments implements [store.Payments].
func (t *tx) ListPayments(f store.PaymentFilter) (docs [][]byte, count int64, err error) {
	l := listing{
		table: "payments", mode: f.Livemode, customerID: f.CustomerID, order: f.Order, Window: f.Window,
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
	w.addMetadata("payment_metadata", f.Livemode, f.Metadata)
	l.whole = len(w.conditions) == 1
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
