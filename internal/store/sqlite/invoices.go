package sqlite

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

// Invoice implements [store.Tx].
func (t *tx) Invoice(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.record("SELECT id, seq, version, 0, doc FROM invoices WHERE id = $1 AND livemode = $2", id, mode)
}

// InvoiceByNumber implements [store.Tx].
func (t *tx) InvoiceByNumber(mode clientele.Mode, number string) (store.Record, bool, error) {
	return t.record(`SELECT id, seq, version, 0, doc FROM invoices
		WHERE livemode = $1 AND number_key = $2 AND number_key <> '' ORDER BY number <> $3, seq LIMIT 1`, mode,
		fold.Label(number), number)
}

// SaveInvoice implements [store.Tx].
func (t *tx) SaveInvoice(rec store.Record, before, i *clientele.Invoice) error {
	columns := []any{
		rec.Seq, rec.Version, string(i.Status), i.Number, i.DueDate, i.UpdatedAt.UnixMilli(), i.Total.Sign() == 0,
		i.AmountRemaining.String(), store.SettledAt(i), store.HeldUntil(i), string(rec.JSON), int64(i.Due()),
		fold.Label(i.Number),
	}
	if err := t.indexInvoice(rec.Seq, before, i); err != nil {
		return err
	}
	if before == nil {
		if err := t.countBelonging(i.CustomerID, "invoices", 1); err != nil {
			return err
		}
		if err := t.countRow(whole{"invoices", i.Livemode, i.CurrencyID}, rec.Seq, 1); err != nil {
			return err
		}
		return t.run(`INSERT INTO invoices (seq, version, status, number, due_date, updated_at, total_is_zero, remaining,
			settled_at, held_until, doc, due_day, number_key, id, livemode, customer_id, currency_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
			append(columns, i.ID, i.Livemode, i.CustomerID, i.CurrencyID)...)
	}
	changed, err := t.exec(`UPDATE invoices SET version = $2, status = $3, number = $4, due_date = $5, updated_at = $6,
		total_is_zero = $7, remaining = $8, settled_at = $9, held_until = $10, doc = $11, due_day = $12, number_key = $13
		WHERE seq = $1 AND version = $2 - 1`, columns...)
	if err == nil && changed != 1 {
		err = fmt.Errorf("invoice %s was not at version %d", i.ID, rec.Version-1)
	}
	return err
}

// indexInvoice makes an invoice findable as it is now.
func (t *tx) indexInvoice(seq int64, before, after *clientele.Invoice) error {
	var metadata clientele.Metadata
	if before != nil {
		metadata = before.Metadata
	}
	if err := t.reindexMetadata("invoice_metadata", seq, after.Livemode, metadata, after.Metadata); err != nil {
		return err
	}
	if !store.HasNewInvoiceText(before, after) {
		return nil
	}
	return t.reindexText(searchedInvoices, seq, after.Livemode, store.InvoiceText(after))
}

// DeleteInvoice implements [store.Tx].
func (t *tx) DeleteInvoice(rec store.Record, i *clientele.Invoice) error {
	if err := t.reindexMetadata("invoice_metadata", rec.Seq, i.Livemode, i.Metadata, nil); err != nil {
		return err
	}
	if err := t.countBelonging(i.CustomerID, "invoices", -1); err != nil {
		return err
	}
	if err := t.countRow(whole{"invoices", i.Livemode, i.CurrencyID}, rec.Seq, -1); err != nil {
		return err
	}
	if err := t.reindexText(searchedInvoices, rec.Seq, i.Livemode, ""); err != nil {
		return err
	}
	n, err := t.exec("DELETE FROM invoices WHERE seq = $1 AND version = $2 AND status = 'draft'", rec.Seq, rec.Version)
	if err == nil && n != 1 {
		err = fmt.Errorf("invoice %s was not a draft at version %d", rec.ID, rec.Version)
	}
	return err
}

// CustomerInvoices implements [store.Tx].
func (t *tx) CustomerInvoices(customerID string, states ...clientele.InvoiceStatus) (docs [][]byte, err error) {
	read := func(r row) error { docs = append(docs, r.bytes(0)); return nil }
	if len(states) == 0 {
		err = t.each("SELECT doc FROM invoices WHERE customer_id = $1 ORDER BY seq DESC", read, customerID)
	}
	for _, state := range states {
		err = t.each("SELECT doc FROM invoices WHERE customer_id = $1 AND status = $2 ORDER BY seq DESC", read,
			customerID, string(state))
		if err != nil {
			break
		}
	}
	return docs, err
}

// PaymentCurrency implements [store.Tx]. One that is committed is remembered: none ever changes or goes.
func (t *tx) PaymentCurrency(mode clientele.Mode, id string) (c clientele.PaymentCurrency, found bool, err error) {
	if t.store == nil { // it is being brought up to date
		return paymentCurrency(t.conn, mode, id)
	}
	type key struct {
		mode clientele.Mode
		id   string
	}
	if known, found := t.store.currencies.Load(key{mode, id}); found {
		return known.(clientele.PaymentCurrency), true, nil
	}
	err = t.store.lookups.read(t.ctx, func(committed *conn) error {
		c, found, err = paymentCurrency(committed, mode, id)
		return err
	})
	if err != nil || !found {
		return paymentCurrency(t.conn, mode, id)
	}
	t.store.currencies.Store(key{mode, id}, c)
	return c, true, nil
}

func paymentCurrency(from *conn, mode clientele.Mode, id string) (c clientele.PaymentCurrency, found bool, err error) {
	query := "SELECT doc FROM payment_currencies WHERE livemode = $1 AND id = $2"
	if id == "" {
		query = "SELECT doc FROM payment_currencies WHERE livemode = $1 AND $2 = '' AND doc ->> '$.is_base_currency'"
	}
	err = from.each(query, func(r row) error {
		found = true
		return json.Unmarshal(r.bytes(0), &c)
	}, mode, id)
	return c, found, err
}

// PaymentCurrencies implements [store.Tx].
func (t *tx) PaymentCurrencies(mode clientele.Mode) (all []clientele.PaymentCurrency, err error) {
	return allOf[clientele.PaymentCurrency](t, "payment_currencies", mode)
}

// PaymentMethods implements [store.Tx].
func (t *tx) PaymentMethods(mode clientele.Mode) (all []clientele.PaymentMethod, err error) {
	return allOf[clientele.PaymentMethod](t, "payment_methods", mode)
}

func allOf[T any](t *tx, table string, mode clientele.Mode) (all []T, err error) {
	err = t.each("SELECT doc FROM "+table+" WHERE livemode = $1 ORDER BY seq", func(r row) error {
		var one T
		if err := json.Unmarshal(r.bytes(0), &one); err != nil {
			return err
		}
		all = append(all, one)
		return nil
	}, mode)
	return all, err
}

// AddPaymentCurrency implements [store.Tx].
func (t *tx) AddPaymentCurrency(c clientele.PaymentCurrency) error {
	return t.addSmall("payment_currencies", c.ID, c.Livemode, c)
}

// AddPaymentMethod implements [store.Tx].
func (t *tx) AddPaymentMethod(m clientele.PaymentMethod) error {
	return t.addSmall("payment_methods", m.ID, m.Livemode, m)
}

// addSmall writes an object of a small table that is read whole.
func (t *tx) addSmall(table, id string, mode clientele.Mode, object any) error {
	doc, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return t.run("INSERT INTO "+table+" (id, livemode, doc) VALUES ($1, $2, $3)", id, mode, string(doc))
}
