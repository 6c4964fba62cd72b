package postgres

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// NextSeq implements [store.Described].
func (t *tx) NextSeq(k *store.Kind, at time.Time) (store.Position, error) {
	m := moment{k.Table, at.UnixMilli()}
	t.store.positions.enter(m)
	t.reserved = append(t.reserved, m)
	first := store.PositionAt(at)
	last, err := t.lastSeq(m)
	if err != nil {
		return 0, err
	}
	if last != nil {
		first = *last + 1
	}
	return t.store.positions.next(m, first), nil
}

// lastSeq is the last position of a moment that an object has.
func (t *tx) lastSeq(m moment) (last *store.Position, err error) {
	if t.store.distributed {
		err = t.each(into(&last), "SELECT max(seq) FROM positions WHERE kind = $1 AND ms = $2", m.table, m.ms)
		return last, err
	}
	err = t.each(into(&last), "SELECT max(seq) FROM "+m.table+" WHERE seq >= $1 AND seq < $2", store.PositionOf(m.ms),
		store.PositionOf(m.ms+1))
	return last, err
}

// Get implements [store.Described]. What it reads is locked when the transaction writes: the customer itself, or before
// it the customer that the object belongs to.
func (t *tx) Get(k *store.Kind, mode clientele.Mode, id string) (rec store.Record, found bool, err error) {
	if k.Restorable {
		return t.customer(" WHERE id = $1 AND livemode = $2", id, mode)
	}
	var w sql.Where
	w.Add("id = ? AND livemode = ?", id, mode)
	switch {
	case !k.Owned:
	case t.store.distributed:
		customerID, err := t.customerOf(id)
		if err != nil {
			return rec, false, err
		}
		w.Add("customer_id = ?", customerID)
		t.lockCustomer(customerID)
	case t.writing:
		t.run("SELECT 1 FROM customers WHERE id = (SELECT customer_id FROM "+k.Table+
			" WHERE id = $1 AND livemode = $2) FOR UPDATE", id, mode)
	}
	return t.record(sql.SelectRecords(k)+" WHERE "+w.String(), w.Args...)
}

// GetAll implements [store.Described].
func (t *tx) GetAll(k *store.Kind, mode clientele.Mode, ids []string) (map[string]store.Record, error) {
	recs, err := t.recordsOf(k, " WHERE id = ANY($1) AND livemode = $2", ids, mode)
	all := make(map[string]store.Record, len(recs))
	for _, rec := range recs {
		all[rec.ID] = rec
	}
	return all, err
}

// selectOf selects what [tx.readerOf] reads of a kind.
func selectOf(k *store.Kind) string {
	if k == store.Customers.Kind {
		return selectCustomers
	}
	return sql.SelectRecords(k)
}

// readerOf appends rows to a list.
func (t *tx) readerOf(k *store.Kind, recs *[]store.Record) func(pgx.Rows) error {
	if k == store.Customers.Kind {
		return t.readCustomers(recs)
	}
	return readRecords(recs)
}

// readRecords appends the rows of [sql.SelectRecords] to a list.
func readRecords(recs *[]store.Record) func(pgx.Rows) error {
	return func(r pgx.Rows) error {
		var rec store.Record
		err := scanRecord(r, &rec)
		*recs = append(*recs, rec)
		return err
	}
}

// recordsOf reads objects of a kind.
func (t *tx) recordsOf(k *store.Kind, conditions string, args ...any) (recs []store.Record, err error) {
	err = t.each(t.readerOf(k, &recs), selectOf(k)+conditions, args...)
	return recs, err
}

// RowsAfter implements [store.Described].
func (t *tx) RowsAfter(k *store.Kind, seq store.Position, limit int64) (rows []store.StoredRow, err error) {
	err = t.each(func(r pgx.Rows) error {
		var s store.StoredRow
		values := make([]any, len(k.Columns))
		targets := []any{&s.ID, &s.Seq, &s.Version, &s.DeletedAt, &s.JSON, &s.Livemode, &s.CustomerID}
		for i := range values {
			targets = append(targets, &values[i])
		}
		err := r.Scan(targets...)
		s.Values = values
		rows = append(rows, s)
		return err
	}, sql.SelectRows(k, "::text"), seq, limit)
	return rows, err
}

// Save implements [store.Described].
func (t *tx) Save(k *store.Kind, rec store.Record, before, after *store.Row) error {
	if before == nil {
		t.add(k, rec, after)
		return nil
	}
	wasDeleted, isDeleted := false, rec.DeletedAt != 0
	var deletion []sql.Setting
	if k.Restorable {
		known := false
		if wasDeleted, known = t.deleted[after.ID]; !known {
			err := t.each(into(&wasDeleted), "SELECT deleted_at IS NOT NULL FROM customers WHERE id = $1", after.ID)
			if err != nil {
				return err
			}
		}
		t.note(after.ID, isDeleted)
		deletion = []sql.Setting{{Column: "deleted_at"}}
		if isDeleted {
			deletion[0].Value = rec.DeletedAt
		}
	}
	query, args := sql.Update(k, rec, before, after, false, deletion...)
	t.mustChange(fmt.Errorf("%s %s was not at version %d", k.Name, rec.ID, rec.Version-1), query, args...)
	if wasDeleted && isDeleted {
		return nil
	}
	if wasDeleted {
		before = nil
	}
	if isDeleted {
		after = nil
	}
	t.follow(k, rec.Seq, before, after)
	return nil
}

// add writes a new object.
func (t *tx) add(k *store.Kind, rec store.Record, row *store.Row) {
	t.addsCurrencies = t.addsCurrencies || k == store.PaymentCurrencies.Kind
	query, args := sql.Insert(k, rec, row)
	t.run(query, args...)
	if !k.Small {
		t.register(k, row, rec.Seq)
	}
	if k.Embedded {
		t.countDocument(k, row.CustomerID, 1)
	}
	t.follow(k, rec.Seq, nil, row)
}

// Delete implements [store.Described].
func (t *tx) Delete(k *store.Kind, rec store.Record, row *store.Row) error {
	t.mustChange(fmt.Errorf("%s %s was not at version %d", k.Name, rec.ID, rec.Version),
		"DELETE FROM "+k.Table+" WHERE seq = $1 AND version = $2 AND "+k.Owner()+" = $3", rec.Seq, rec.Version, row.Owner())
	if k.Embedded {
		t.countDocument(k, row.CustomerID, -1)
	}
	t.follow(k, rec.Seq, row, nil)
	return nil
}

// follow brings what an object is found and counted by up to date; nil is one that lists do not have.
func (t *tx) follow(k *store.Kind, seq store.Position, before, after *store.Row) {
	one, was, is := cmp.Or(after, before), cmp.Or(before, &store.Row{}), cmp.Or(after, &store.Row{})
	if k.Counted && (before == nil || after == nil) {
		by := int64(1)
		if after == nil {
			by = -1
		}
		t.countRow(k.Table, k.Currency(one), one.Livemode, seq, by)
	}
	if k == store.Invoices.Kind {
		t.saveNumber(one, before, after)
	}
	if k.HasMetadata {
		t.saveMetadata(k.Metadata(), one.Owner(), seq, one.Livemode, was.Metadata, is.Metadata)
	}
	switch {
	case k.Search == store.SearchNothing || slices.Equal(was.Texts, is.Texts):
	case after == nil:
		t.run("DELETE FROM "+k.Texts()+" WHERE customer_id = $1 AND seq = $2", one.Owner(), seq)
	case before == nil:
		t.run("INSERT INTO "+k.Texts()+" (customer_id, seq, livemode, text) VALUES ($1, $2, $3, $4)",
			one.Owner(), seq, one.Livemode, textOf(k, after.Texts))
	default:
		t.run("INSERT INTO "+k.Texts()+` (customer_id, seq, livemode, text) VALUES ($1, $2, $3, $4)
			ON CONFLICT (customer_id, seq) DO UPDATE SET text = excluded.text`,
			one.Owner(), seq, one.Livemode, textOf(k, after.Texts))
	}
}

// textOf is what search looks into: of what is ranked, every field in a line of its own.
func textOf(k *store.Kind, texts []string) string {
	if k.Search == store.SearchText {
		return store.SearchLines(texts...)
	}
	lines := store.SearchTexts(texts)
	return lineFeed + strings.Join(lines[:], lineFeed) + lineFeed
}

// countDocument counts a new document of a customer, or one that is gone.
func (t *tx) countDocument(k *store.Kind, customerID string, by int64) {
	t.run("UPDATE customers SET "+k.Table+" = "+k.Table+" + $2 WHERE id = $1", customerID, by)
}

// Scope implements [sql.Writer].
func (t *tx) Scope(w *sql.Where, mode clientele.Mode, customerID string, _ bool) {
	w.Add("livemode = ?", mode)
	w.Given("customer_id", customerID)
}

// Metadata implements [sql.Writer].
func (t *tx) Metadata(w *sql.Where, k *store.Kind, mode clientele.Mode, key, value string) {
	w.Add("("+k.Owner()+", seq) IN (SELECT customer_id, seq FROM "+k.Metadata()+
		" WHERE livemode = ? AND key = ? AND value = ?)", mode, key, store.MetadataKey(value))
}

// Name implements [sql.Writer].
func (t *tx) Name(w *sql.Where, mode clientele.Mode, kind store.NameKind, name string, deleted bool) error {
	if deleted { // their names are free
		w.Add("doc::json ->> '"+string(kind)+"' = ?", name)
		return nil
	}
	return t.addHolder(w, mode, kind, name)
}

// PaidInvoice implements [sql.Writer].
func (t *tx) PaidInvoice(w *sql.Where, invoiceID string) error {
	w.Add(`(customer_id, id) IN (SELECT customer_id, payment_id FROM ledger
		WHERE invoice_id = ? AND invoice_id <> '')`, invoiceID)
	return t.addCustomerOf(w, invoiceID)
}

// Refers implements [sql.Writer]: what refers to an object is on the machine of its customer.
func (t *tx) Refers(w *sql.Where, id string) error { return t.addCustomerOf(w, id) }

// Sorted implements [sql.Writer]: an index has the first letters of a long text.
func (t *tx) Sorted(column string, c *store.Column) []string {
	if c != nil && c.Long {
		return []string{"left(" + column + ", 256)", column}
	}
	return []string{column}
}
