package postgres

import (
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

const selectInvoices = "SELECT id, seq, version, 0::bigint, doc FROM invoices"

// Invoice implements [store.Invoices].
func (t *tx) Invoice(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.objectOf("invoices", "version", mode, id)
}

// InvoiceByNumber implements [store.Invoices].
func (t *tx) InvoiceByNumber(mode clientele.Mode, number string) (store.Record, bool, error) {
	var w where
	key := fold.Label(number)
	w.add("livemode = ? AND number_key = ? AND number_key <> ''", mode, key)
	if t.store.distributed {
		customerID, err := t.holderOf(mode, nameInvoiceNumber, key)
		if err != nil {
			return store.Record{}, false, err
		}
		w.add("customer_id = ?", customerID)
		t.lockCustomer(customerID)
	} else if t.writing {
		t.run(`SELECT 1 FROM customers WHERE id =
			(SELECT customer_id FROM invoices WHERE livemode = $1 AND number_key = $2 AND number_key <> '') FOR UPDATE`,
			mode, key)
	}
	return t.record(selectInvoices+" WHERE "+w.String(), w.args...)
}

// SaveInvoice implements [store.Invoices].
func (t *tx) SaveInvoice(rec store.Record, before, i *clientele.Invoice) error {
	columns := []any{
		i.CustomerID, rec.Seq, rec.Version, string(i.Status), i.Number, i.DueDate, i.UpdatedAt.UnixMilli(),
		i.Total.String(), i.AmountRemaining.String(), i.AmountCredited.String(), store.SettledAt(i),
		store.HeldUntil(i), rec.JSON, int64(i.Due()), fold.Label(i.Number),
	}
	if before == nil {
		t.register(store.KindInvoice, i.ID, i.CustomerID, rec.Seq)
		t.countBelonging(i.CustomerID, 1, 0)
		t.countRow("invoices", i.CurrencyID, i.Livemode, rec.Seq, 1)
		t.run(`INSERT INTO invoices (customer_id, seq, version, status, number, due_date, updated_at, total, remaining,
			credited, settled_at, held_until, doc, due_day, number_key, id, livemode, currency_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
			append(columns, i.ID, i.Livemode, i.CurrencyID)...)
	} else {
		t.mustChange(fmt.Errorf("invoice %s was not at version %d", i.ID, rec.Version-1),
			`UPDATE invoices SET version = $3, status = $4, number = $5, due_date = $6, updated_at = $7, total = $8,
				remaining = $9, credited = $10, settled_at = $11, held_until = $12, doc = $13, due_day = $14, number_key = $15
			WHERE customer_id = $1 AND seq = $2 AND version = $3 - 1`, columns...)
	}
	if store.HasNewInvoiceText(before, i) {
		t.saveText("invoice_texts", i.CustomerID, rec.Seq, i.Livemode, store.InvoiceText(i))
	}
	if before == nil {
		before = new(clientele.Invoice)
	}
	t.saveNumber(i, before.Number, i.Number)
	t.saveMetadata("invoice_metadata", i.CustomerID, rec.Seq, i.Livemode, before.Metadata, i.Metadata)
	return nil
}

// DeleteInvoice implements [store.Invoices].
func (t *tx) DeleteInvoice(rec store.Record, i *clientele.Invoice) error {
	t.saveMetadata("invoice_metadata", i.CustomerID, rec.Seq, i.Livemode, i.Metadata, nil)
	t.countBelonging(i.CustomerID, -1, 0)
	t.countRow("invoices", i.CurrencyID, i.Livemode, rec.Seq, -1)
	t.saveNumber(i, i.Number, "")
	t.run("DELETE FROM invoice_texts WHERE customer_id = $1 AND seq = $2", i.CustomerID, rec.Seq)
	t.mustChange(fmt.Errorf("invoice %s was not a draft at version %d", rec.ID, rec.Version),
		"DELETE FROM invoices WHERE customer_id = $1 AND seq = $2 AND version = $3 AND status = 'draft'",
		i.CustomerID, rec.Seq, rec.Version)
	return nil
}

// CustomerInvoices implements [store.Invoices].
func (t *tx) CustomerInvoices(customerID string, states ...clientele.InvoiceStatus) (docs [][]byte, err error) {
	if len(states) == 0 {
		return t.documents("SELECT doc FROM invoices WHERE customer_id = $1 ORDER BY seq DESC", customerID)
	}
	for _, state := range states {
		t.read(appendTo(&docs), "SELECT doc FROM invoices WHERE customer_id = $1 AND status = $2 ORDER BY seq DESC",
			customerID, string(state))
	}
	err = t.send()
	return docs, err
}

// PayableInvoices implements [store.Invoices]. A few are read at a time: most payments pay one.
func (t *tx) PayableInvoices(
	customerID, currencyID string, fn func(store.Record) (more bool, err error),
) error {
	const some = 20
	due, seq := int64(-1), int64(0)
	for {
		var recs []store.Record
		err := t.each(func(r pgx.Rows) error {
			var rec store.Record
			err := r.Scan(&due, &rec.ID, &rec.Seq, &rec.Version, &rec.DeletedAt, &rec.JSON)
			seq, recs = rec.Seq, append(recs, rec)
			return err
		}, `SELECT due_date, id, seq, version, 0::bigint, doc FROM invoices
			WHERE customer_id = $1 AND status IN ('open', 'uncollectible') AND currency_id = $2 AND remaining <> 0
				AND (due_date, seq) > ($3, $4) ORDER BY due_date, seq LIMIT $5`, customerID, currencyID, due, seq, some)
		if err != nil {
			return err
		}
		for _, rec := range recs {
			if more, err := fn(rec); err != nil || !more {
				return err
			}
		}
		if len(recs) < some {
			return nil
		}
	}
}

// CreditedInvoices implements [store.Invoices].
func (t *tx) CreditedInvoices(customerID, currencyID string) ([]store.Record, error) {
	return t.records(selectInvoices+` WHERE customer_id = $1 AND currency_id = $2 AND status <> 'draft' AND credited <> 0
		ORDER BY seq DESC`, customerID, currencyID)
}

// LateInvoices implements [store.Invoices]. In a transaction that writes, their customers are locked, in one order, and
// it is looked again: what was late may have been paid meanwhile.
func (t *tx) LateInvoices(
	mode clientele.Mode, now int64, today clientele.Day, days, limit int64,
) ([]store.Record, error) {
	late, err := t.lateInvoices(mode, now, today, days, limit)
	if err != nil || !t.writing || len(late) == 0 {
		return recordsOf(late), err
	}
	var ids []string
	customers := map[string]bool{}
	for _, i := range late {
		ids = append(ids, i.ID)
		customers[i.customerID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(customers)) {
		t.lockCustomer(id)
	}
	again, err := t.lateInvoices(mode, now, today, days, limit)
	late = slices.DeleteFunc(again, func(i lateInvoice) bool { return !slices.Contains(ids, i.ID) })
	return recordsOf(late), err
}

// lateInvoice is one that is past due for long, with whose it is.
type lateInvoice struct {
	store.Record
	customerID string
}

func recordsOf(late []lateInvoice) (recs []store.Record) {
	for _, i := range late {
		recs = append(recs, i.Record)
	}
	return recs
}

func (t *tx) lateInvoices(
	mode clientele.Mode, now int64, today clientele.Day, days, limit int64,
) (late []lateInvoice, err error) {
	read := func(r pgx.Rows) error {
		var i lateInvoice
		err := r.Scan(&i.ID, &i.Seq, &i.Version, &i.JSON, &i.customerID)
		late = append(late, i)
		return err
	}
	err = t.each(read, `SELECT i.id, i.seq, i.version, i.doc, i.customer_id
		FROM customer_policies p JOIN invoices i ON i.customer_id = p.customer_id
		WHERE p.livemode = $1 AND p.days >= 0 AND i.status = 'open' AND i.due_day < $4 - p.days
			AND i.held_until <= $2
		LIMIT $3`, mode, now, limit, int64(today))
	if err != nil || days < 0 || int64(len(late)) == limit {
		return late, err
	}
	err = t.each(read, `SELECT i.id, i.seq, i.version, i.doc, i.customer_id FROM invoices i
		WHERE i.livemode = $2 AND i.status = 'open' AND i.due_day < $1 AND i.held_until <= $4
			AND NOT EXISTS (SELECT 1 FROM customer_policies p WHERE p.customer_id = i.customer_id)
		ORDER BY i.due_day LIMIT $3`, int64(today)-days, mode, limit-int64(len(late)), now)
	return late, err
}

// ListInvoices implements [store.Invoices].
func (t *tx) ListInvoices(f store.InvoiceFilter) (docs [][]byte, count int64, err error) {
	l := listing{
		table: "invoices", mode: f.Livemode, customerID: f.CustomerID, currencyID: f.CurrencyID, order: f.Order,
		Window: f.Window,
	}
	w := &l.where
	w.add("livemode = ?", f.Livemode)
	w.equal("customer_id", f.CustomerID)
	w.equal("currency_id", f.CurrencyID)
	if f.From != 0 {
		w.add("seq >= ?", f.From<<16)
	}
	if f.To != 0 {
		w.add("seq < ?", f.To<<16)
	}
	if f.DueFrom != 0 {
		w.add("due_date >= ?", f.DueFrom)
	}
	if f.DueTo != 0 {
		w.add("due_date < ? AND due_date <> 0", f.DueTo)
	}
	if len(f.States) > 0 {
		var states []string
		for _, state := range f.States {
			states = append(states, string(state))
		}
		w.add("status = ANY(?)", states)
	}
	if f.IgnoreZero {
		w.add("total <> 0")
	}
	w.addMetadata("invoice_metadata", f.Livemode, f.Metadata)
	l.whole = l.selectsAll()
	return t.listDocuments(l)
}
