package sqlite

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

// NextSeq implements [store.Tx].
func (t *tx) NextSeq(kind store.Kind, at time.Time) (seq int64, err error) {
	first := store.SeqAt(at)
	seq = first
	err = t.each("SELECT max(seq) FROM "+string(kind)+" WHERE seq >= $1 AND seq < $2", func(r row) error {
		seq = max(first, r.int(0)+1)
		return nil
	}, first, store.SeqAt(at.Add(time.Millisecond)))
	return seq, err
}

// Customer implements [store.Tx].
func (t *tx) Customer(mode clientele.Mode, ref store.Ref) (store.Record, bool, error) {
	if ref.ID != "" {
		return t.record("SELECT id, seq, version, 0, doc FROM customers WHERE id = $1 AND listed_mode = $2", ref.ID, mode)
	}
	return t.record(`SELECT c.id, c.seq, c.version, 0, c.doc
		FROM customer_names n JOIN customers c ON c.seq = n.seq
		WHERE n.livemode = $1 AND n.kind = $2 AND n.name = $3 AND c.listed_mode IS NOT NULL`,
		mode, string(ref.Kind), ref.Name)
}

// DeletedCustomer implements [store.Tx].
func (t *tx) DeletedCustomer(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.record(`SELECT id, seq, version, deleted_at, doc FROM customers
		WHERE id = $1 AND livemode = $2 AND deleted_at IS NOT NULL`, id, mode)
}

// record reads one object: id, seq, version, deleted_at, doc.
func (t *tx) record(query string, args ...any) (rec store.Record, found bool, err error) {
	err = t.each(query, func(r row) error {
		rec = store.Record{ID: r.text(0), Seq: r.int(1), Version: r.int(2), DeletedAt: r.int(3), JSON: r.bytes(4)}
		found = true
		return nil
	}, args...)
	return rec, found, err
}

// SaveCustomer implements [store.Tx].
func (t *tx) SaveCustomer(rec store.Record, before, after *clientele.Customer) error {
	if err := t.savePolicy(before, after); err != nil {
		return err
	}
	if before == nil {
		return t.addCustomer(rec, after)
	}
	var wasDeleted bool
	at := position{seq: rec.Seq}
	read := func(r row) error { wasDeleted, at.number = r.int(0) == 1, r.int(1); return nil }
	if err := t.each("SELECT listed_mode IS NULL, number FROM customers WHERE seq = $1", read, rec.Seq); err != nil {
		return err
	}
	isDeleted := rec.DeletedAt != 0
	if err := t.updateCustomer(rec, before, after, wasDeleted != isDeleted); err != nil {
		return err
	}
	switch {
	case isDeleted && !wasDeleted:
		if err := t.countRow(whole{table: "customers", mode: after.Livemode}, rec.Seq, -1); err != nil {
			return err
		}
		return t.unindex(at, before)
	case wasDeleted && !isDeleted:
		if err := t.countRow(whole{table: "customers", mode: after.Livemode}, rec.Seq, 1); err != nil {
			return err
		}
		return t.index(at, after)
	case isDeleted:
		return nil
	}
	return t.reindex(at, before, after)
}

// savePolicy keeps the time that a customer has of its own until an invoice becomes uncollectible.
func (t *tx) savePolicy(before, after *clientele.Customer) error {
	was, is := store.PolicyOf(before), store.PolicyOf(after)
	switch {
	case is == nil && was == nil, is != nil && was != nil && *is == *was:
		return nil
	case is == nil:
		return t.run("DELETE FROM customer_policies WHERE customer_id = $1", after.ID)
	}
	return t.run(`INSERT INTO customer_policies (customer_id, livemode, days) VALUES ($1, $2, $3)
		ON CONFLICT (customer_id) DO UPDATE SET days = excluded.days`, after.ID, after.Livemode, *is)
}

func (t *tx) addCustomer(rec store.Record, c *clientele.Customer) error {
	if err := t.countRow(whole{table: "customers", mode: c.Livemode}, rec.Seq, 1); err != nil {
		return err
	}
	number, err := t.nextNumber(c.Livemode, rec.Seq)
	if err != nil {
		return err
	}
	err = t.run(`INSERT INTO customers
		(seq, id, livemode, listed_mode, version, updated_at, delinquent, email, name, doc, number)
		VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10)`,
		rec.Seq, c.ID, c.Livemode, rec.Version, c.UpdatedAt.UnixMilli(), c.Delinquent, strings.ToLower(c.Email),
		fold.Text(c.Name), string(rec.JSON), number)
	if err != nil {
		return err
	}
	return t.index(position{rec.Seq, number}, c)
}

// position is where a customer stands in time, and its number: how many had come when it did.
type position struct{ seq, number int64 }

// nextNumber numbers a new customer, and notes when it is older than one that was there.
func (t *tx) nextNumber(mode clientele.Mode, seq int64) (number int64, err error) {
	read := func(r row) error { number = r.int(0) + 1; return nil }
	if err := t.each("SELECT max(last_number) FROM customer_numbers", read); err != nil {
		return 0, err
	}
	return number, t.run(`UPDATE customer_numbers SET last_number = $1, in_order = in_order
			AND NOT EXISTS (SELECT 1 FROM customers WHERE listed_mode = $2 AND seq > $3)
			AND NOT EXISTS (SELECT 1 FROM customers WHERE livemode = $2 AND deleted_at IS NOT NULL AND seq > $3)
		WHERE livemode = $2`, number, mode, seq)
}

// updateCustomer writes the row. A column that is set has its indexes written anew, changed or not, so those that lists
// are sorted and filtered by are set only when one of them changed.
func (t *tx) updateCustomer(rec store.Record, before, after *clientele.Customer, turned bool) error {
	var changed int64
	var err error
	at, doc := after.UpdatedAt.UnixMilli(), string(rec.JSON)
	if !turned && before.Email == after.Email && before.Name == after.Name && before.Delinquent == after.Delinquent {
		changed, err = t.exec(`UPDATE customers SET version = $2, updated_at = $3, doc = $4
			WHERE seq = $1 AND version = $2 - 1`, rec.Seq, rec.Version, at, doc)
	} else {
		var listed, deleted any = after.Livemode, nil
		if rec.DeletedAt != 0 {
			listed, deleted = nil, rec.DeletedAt
		}
		changed, err = t.exec(`UPDATE customers SET version = $2, updated_at = $3, doc = $4, listed_mode = $5,
			deleted_at = $6, delinquent = $7, email = $8, name = $9 WHERE seq = $1 AND version = $2 - 1`,
			rec.Seq, rec.Version, at, doc, listed, deleted, after.Delinquent, strings.ToLower(after.Email),
			fold.Text(after.Name))
	}
	if err == nil && changed != 1 {
		err = fmt.Errorf("customer %s was not at version %d", after.ID, rec.Version-1)
	}
	return err
}

// index makes a customer findable.
func (t *tx) index(at position, c *clientele.Customer) error {
	if err := t.indexTexts(at, c); err != nil {
		return err
	}
	return t.reindexMetadata("customer_metadata", at.seq, c.Livemode, nil, c.Metadata)
}

func (t *tx) indexTexts(at position, c *clientele.Customer) error {
	texts := store.SearchTexts(c)
	columns, lines := []any{at.number, at.seq, c.Livemode}, framing
	for _, text := range texts {
		columns = append(columns, text)
		if text != "" {
			lines += text + framing
		}
	}
	err := t.run(`INSERT INTO customer_texts (number, seq, livemode, name, email, phone, did, id, external_id,
		german_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, columns...)
	if err != nil {
		return err
	}
	return t.indexText(searchTable(c.Livemode), at.number, lines)
}

func (t *tx) unindex(at position, c *clientele.Customer) error {
	if err := t.unindexTexts(at.number, c.Livemode); err != nil {
		return err
	}
	return t.reindexMetadata("customer_metadata", at.seq, c.Livemode, c.Metadata, nil)
}

func (t *tx) unindexTexts(number int64, mode clientele.Mode) error {
	if err := t.run("DELETE FROM customer_texts WHERE number = $1", number); err != nil {
		return err
	}
	return t.indexText(searchTable(mode), number, "")
}

// reindex follows a change, doing only what it calls for: indexing a text costs more than all else in an update.
func (t *tx) reindex(at position, before, after *clientele.Customer) error {
	if store.Searched(before) != store.Searched(after) {
		if err := t.unindexTexts(at.number, after.Livemode); err != nil {
			return err
		}
		if err := t.indexTexts(at, after); err != nil {
			return err
		}
	}
	return t.reindexMetadata("customer_metadata", at.seq, after.Livemode, before.Metadata, after.Metadata)
}

// ClaimName implements [store.Tx].
func (t *tx) ClaimName(
	mode clientele.Mode, kind store.NameKind, name string, customer store.Record,
) (holder string, err error) {
	n, err := t.exec(`INSERT INTO customer_names (livemode, kind, name, seq) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, mode, string(kind), name, customer.Seq)
	if err != nil || n == 1 {
		return "", err
	}
	read := func(r row) error { holder = r.text(0); return nil }
	err = t.each(`SELECT c.id FROM customer_names n JOIN customers c ON c.seq = n.seq
		WHERE n.livemode = $1 AND n.kind = $2 AND n.name = $3 AND n.seq <> $4`, read,
		mode, string(kind), name, customer.Seq)
	return holder, err
}

// ReleaseName implements [store.Tx].
func (t *tx) ReleaseName(mode clientele.Mode, kind store.NameKind, name string) error {
	return t.run("DELETE FROM customer_names WHERE livemode = $1 AND kind = $2 AND name = $3", mode, string(kind), name)
}

// CustomersByID implements [store.Tx].
func (t *tx) CustomersByID(mode clientele.Mode, ids []string) (map[string]store.Record, error) {
	recs, err := t.records(`SELECT c.id, c.seq, c.version, coalesce(c.deleted_at, 0), c.doc
		FROM json_each($1) ids CROSS JOIN customers c ON c.id = ids.value WHERE c.livemode = $2`, jsonList(ids), mode)
	return byID(recs), err
}

func byID(recs []store.Record) map[string]store.Record {
	all := make(map[string]store.Record, len(recs))
	for _, rec := range recs {
		all[rec.ID] = rec
	}
	return all
}

// CustomerDocuments implements [store.Tx].
func (t *tx) CustomerDocuments(customerIDs []string, limit int64) (map[string]store.CustomerDocuments, error) {
	of := make(map[string]store.CustomerDocuments, len(customerIDs))
	var invoices, payments int64
	read := func(r row) error {
		of[r.text(0)] = store.CustomerDocuments{InvoiceCount: r.int(1), PaymentCount: r.int(2)}
		invoices, payments = invoices+r.int(1), payments+r.int(2)
		return nil
	}
	if len(customerIDs) == 1 { // the commonest, and most have nothing
		const counts = "SELECT customer_id, invoices, payments FROM customer_counts WHERE customer_id = $1"
		if err := t.each(counts, read, customerIDs[0]); err != nil || invoices+payments == 0 {
			return of, err
		}
	}
	ids := jsonList(customerIDs)
	var err error
	if len(customerIDs) > 1 {
		err = t.each(`SELECT n.customer_id, n.invoices, n.payments
			FROM json_each($1) ids CROSS JOIN customer_counts n ON n.customer_id = ids.value`, read, ids)
	}
	if err == nil && invoices > 0 {
		err = t.newestOf("invoices", ids, limit, func(id string, doc []byte) {
			b := of[id]
			b.Invoices = append(b.Invoices, doc)
			of[id] = b
		})
	}
	if err == nil && payments > 0 {
		err = t.newestOf("payments", ids, limit, func(id string, doc []byte) {
			b := of[id]
			b.Payments = append(b.Payments, doc)
			of[id] = b
		})
	}
	return of, err
}

// newestOf reads the newest of what customers have in a table, in one statement.
func (t *tx) newestOf(table, customerIDs string, limit int64, fn func(customerID string, doc []byte)) error {
	return t.each(`SELECT o.customer_id, o.doc FROM json_each($1) ids CROSS JOIN `+table+` o
		ON o.seq IN (SELECT seq FROM `+table+` WHERE customer_id = ids.value ORDER BY seq DESC LIMIT $2)
		ORDER BY ids.key, o.seq DESC`, func(r row) error {
		fn(r.text(0), r.bytes(1))
		return nil
	}, customerIDs, limit)
}

// countBelonging counts something new of a customer, or something gone.
func (t *tx) countBelonging(customerID, column string, by int64) error {
	return t.run(`INSERT INTO customer_counts (customer_id, invoices, payments)
		VALUES ($1, iif($2 = 'invoices', $3, 0), iif($2 = 'payments', $3, 0))
		ON CONFLICT DO UPDATE SET invoices = invoices + excluded.invoices, payments = payments + excluded.payments`,
		customerID, column, by)
}

// jsonList is a list of texts as a parameter.
func jsonList(texts []string) string {
	b, err := json.Marshal(texts)
	if err != nil {
		panic(err) // texts of ours, or checked to be UTF-8
	}
	return string(b)
}
