package sqlite

import (
	"github.com/go-json-experiment/json"

	"cmp"
	"fmt"
	"slices"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// NextSeq implements [store.Described].
func (t *tx) NextSeq(k *store.Kind, at time.Time) (seq store.Position, err error) {
	first := store.PositionAt(at)
	seq = first
	err = t.each("SELECT max(seq) FROM "+k.Table+" WHERE seq >= $1 AND seq < $2", func(r row) error {
		seq = max(first, r.seq(0)+1)
		return nil
	}, first, store.PositionAt(at.Add(time.Millisecond)))
	return seq, err
}

// Get implements [store.Described].
func (t *tx) Get(k *store.Kind, mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.record(sql.SelectRecords(k)+" WHERE id = $1 AND livemode = $2", id, mode)
}

// GetAll implements [store.Described].
func (t *tx) GetAll(k *store.Kind, mode clientele.Mode, ids []string) (map[string]store.Record, error) {
	recs, err := t.records("SELECT "+sql.RecordsOf(k, "o")+" FROM json_each($1) ids CROSS JOIN "+k.Table+
		" o ON o.id = ids.value WHERE o.livemode = $2", jsonList(ids), mode)
	all := make(map[string]store.Record, len(recs))
	for _, rec := range recs {
		all[rec.ID] = rec
	}
	return all, err
}

// RowsAfter implements [store.Described].
func (t *tx) RowsAfter(k *store.Kind, seq store.Position, limit int64) (rows []store.StoredRow, err error) {
	err = t.each(sql.SelectRows(k, ""), func(r row) error {
		s := store.StoredRow{Record: r.record(), Livemode: r.int(5) == 1, CustomerID: r.text(6)}
		for i, c := range k.Columns {
			s.Values = append(s.Values, r.value(7+i, c.Type))
		}
		rows = append(rows, s)
		return nil
	}, seq, limit)
	return rows, err
}

// value reads a column as package store has its values.
func (r row) value(i int, of store.ColumnType) any {
	switch {
	case r.null(i):
		return nil
	case of == store.Integer:
		return r.int(i)
	case of == store.Boolean:
		return r.int(i) == 1
	case of == store.Bytes:
		return r.bytes(i)
	}
	return r.text(i)
}

// Save implements [store.Described].
func (t *tx) Save(k *store.Kind, rec store.Record, before, after *store.Row) error {
	t.later.change(k, after)
	if before == nil {
		return t.add(k, rec, after)
	}
	at, wasDeleted := place{seq: rec.Seq}, false
	if k.Restorable {
		read := func(r row) error { wasDeleted, at.number = r.int(0) == 1, r.int(1); return nil }
		err := t.each("SELECT deleted_at IS NOT NULL, number FROM "+k.Table+" WHERE seq = $1", read, rec.Seq)
		if err != nil {
			return err
		}
	}
	var deletion []sql.Setting
	isDeleted := rec.DeletedAt != 0
	switch {
	case isDeleted && !wasDeleted:
		deletion = []sql.Setting{{Column: "deleted_at", Value: rec.DeletedAt}}
	case wasDeleted && !isDeleted:
		deletion = []sql.Setting{{Column: "deleted_at"}}
	}
	query, args := sql.Update(k, rec, before, after, true, deletion...)
	changed, err := t.exec(query, args...)
	if err == nil && changed != 1 {
		err = fmt.Errorf("%s %s was not at version %d", k.Name, rec.ID, rec.Version-1)
	}
	if err != nil || isDeleted && wasDeleted {
		return err
	}
	if wasDeleted {
		before = nil
	}
	if isDeleted {
		after = nil
	}
	return t.follow(k, at, before, after)
}

// add writes a new object.
func (t *tx) add(k *store.Kind, rec store.Record, row *store.Row) (err error) {
	at := place{seq: rec.Seq}
	var number []sql.Setting
	if k.Search == store.SearchRanked {
		if at.number, err = t.nextNumber(row.Livemode, rec.Seq); err != nil {
			return err
		}
		number = []sql.Setting{{Column: "number", Value: at.number}}
	}
	query, args := sql.Insert(k, rec, row, number...)
	if err := t.run(query, args...); err != nil {
		return err
	}
	if k.Embedded {
		if err := t.countDocument(k, row.CustomerID, 1); err != nil {
			return err
		}
	}
	return t.follow(k, at, nil, row)
}

// Delete implements [store.Described].
func (t *tx) Delete(k *store.Kind, rec store.Record, row *store.Row) error {
	t.later.change(k, row)
	n, err := t.exec("DELETE FROM "+k.Table+" WHERE seq = $1 AND version = $2", rec.Seq, rec.Version)
	if err == nil && n != 1 {
		err = fmt.Errorf("%s %s was not at version %d", k.Name, rec.ID, rec.Version)
	}
	if err == nil && k.Embedded {
		err = t.countDocument(k, row.CustomerID, -1)
	}
	if err != nil {
		return err
	}
	return t.follow(k, place{seq: rec.Seq}, row, nil)
}

// place is where an object stands in time and, of what is ranked, its number: how many had come when it did.
type place struct {
	seq    store.Position
	number int64
}

// follow brings what an object is found and counted by up to date; nil is one that lists do not have.
func (t *tx) follow(k *store.Kind, at place, before, after *store.Row) error {
	one, was, is := cmp.Or(after, before), cmp.Or(before, &store.Row{}), cmp.Or(after, &store.Row{})
	if k.Counted && (before == nil || after == nil) {
		by := int64(1)
		if after == nil {
			by = -1
		}
		if err := t.countRow(whole{k, one.Livemode, k.Currency(one)}, at.seq, by); err != nil {
			return err
		}
	}
	if k.HasMetadata {
		if err := t.saveMetadata(k.Metadata(), at.seq, one.Livemode, was.Metadata, is.Metadata); err != nil {
			return err
		}
	}
	if k.Search == store.SearchNothing || slices.Equal(was.Texts, is.Texts) {
		return nil
	}
	if before != nil {
		if err := t.removeTexts(k, at, one.Livemode); err != nil {
			return err
		}
	}
	if after == nil {
		return nil
	}
	return t.saveTexts(k, at, one.Livemode, after.Texts)
}

// saveTexts makes an object findable by its texts.
func (t *tx) saveTexts(k *store.Kind, at place, mode clientele.Mode, texts []string) error {
	if k.Search == store.SearchText {
		text := store.SearchLines(texts...)
		err := t.run("INSERT INTO "+k.Texts()+" (seq, livemode, text) VALUES ($1, $2, $3)", at.seq, mode, text)
		if err != nil {
			return err
		}
		return t.indexText(searchIndex(k, mode), int64(at.seq), text)
	}
	columns, lines := []any{at.number, at.seq, mode}, framing
	for _, text := range store.SearchTexts(texts) {
		columns = append(columns, text)
		if text != "" {
			lines += text + framing
		}
	}
	err := t.run("INSERT INTO "+k.Texts()+` (number, seq, livemode, name, email, phone, did, id, external_id,
		german_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, columns...)
	if err != nil {
		return err
	}
	return t.indexText(searchIndex(k, mode), at.number, lines)
}

// removeTexts makes an object not findable by its texts any more.
func (t *tx) removeTexts(k *store.Kind, at place, mode clientele.Mode) error {
	key, row := "seq", int64(at.seq)
	if k.Search == store.SearchRanked {
		key, row = "number", at.number
	}
	if err := t.run("DELETE FROM "+k.Texts()+" WHERE "+key+" = $1", row); err != nil {
		return err
	}
	return t.indexText(searchIndex(k, mode), row, "")
}

// searchIndex is the index of the three-letter pieces of a kind's texts, one a mode.
func searchIndex(k *store.Kind, mode clientele.Mode) string {
	if mode {
		return k.Name + "_search_live"
	}
	return k.Name + "_search_test"
}

// Scope implements [sql.Writer]. What is few is found by the index of that: the + keeps the planner from walking a
// whole mode's, or all of a customer's.
func (t *tx) Scope(w *sql.Where, mode clientele.Mode, customerID string, few bool) {
	unindexed := map[bool]string{true: "+"}
	if customerID != "" {
		w.Add(unindexed[few]+"customer_id = ?", customerID)
	}
	w.Add(unindexed[few || customerID != ""]+"livemode = ?", mode)
}

// Metadata implements [sql.Writer].
func (t *tx) Metadata(w *sql.Where, k *store.Kind, mode clientele.Mode, key, value string) {
	w.Add("seq IN (SELECT seq FROM "+k.Metadata()+" WHERE livemode = ? AND key = ? AND value = ?)", mode, key,
		store.MetadataKey(value))
}

// Name implements [sql.Writer].
func (t *tx) Name(w *sql.Where, mode clientele.Mode, kind store.NameKind, name string, deleted bool) error {
	if deleted { // their names are free
		w.Add("doc ->> ? = ?", "$."+string(kind), name)
		return nil
	}
	w.Add("seq = (SELECT seq FROM customer_names WHERE livemode = ? AND kind = ? AND name = ?)", mode, string(kind), name)
	return nil
}

// PaidInvoice implements [sql.Writer].
func (t *tx) PaidInvoice(w *sql.Where, invoiceID string) error {
	w.Add("id IN (SELECT payment_id FROM ledger WHERE invoice_id = ? AND invoice_id <> '')", invoiceID)
	return nil
}

// Refers implements [sql.Writer].
func (t *tx) Refers(*sql.Where, string) error { return nil }

// Sorted implements [sql.Writer].
func (t *tx) Sorted(column string, _ *store.Column) []string { return []string{column} }

// jsonList is a list of texts as a parameter.
func jsonList(texts []string) string {
	b, err := json.Marshal(texts)
	if err != nil {
		panic(err) // texts of ours, or checked to be UTF-8
	}
	return string(b)
}
