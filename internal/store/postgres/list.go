package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// where collects the conditions of a statement and their parameters. A condition's ? become numbered parameters.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, args ...any) {
	for _, arg := range args {
		w.args = append(w.args, arg)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.conditions = append(w.conditions, condition)
}

// equal restricts a column to a value, unless that is empty.
func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

// addMetadata adds the filters by metadata to the conditions of a list.
func (w *where) addMetadata(table string, mode clientele.Mode, matches []store.MetadataMatch) {
	customer := "customer_id"
	if table == "customer_metadata" {
		customer = "id"
	}
	for _, m := range matches {
		w.add("("+customer+", seq) IN (SELECT customer_id, seq FROM "+table+
			" WHERE livemode = ? AND key = ? AND value = ?)", mode, m.Key, store.MetadataKey(m.Value))
	}
}

func (w *where) String() string { return strings.Join(w.conditions, " AND ") }

// listing is what a list of a table is asked for.
type listing struct {
	table   string
	columns string // a statement up to its WHERE
	mode    clientele.Mode
	where   where
	whole   bool // all of the mode, or all in the currency: nothing else restricts
	// customerID is the customer whose objects alone are listed, or "".
	customerID string
	currencyID string // in which alone they are, or ""
	order      []store.Order
	store.Window
}

// kind is the name under which the whole is counted.
func (l listing) kind() string { return store.CountedKind(l.table, l.currencyID) }

// selectsAll says whether the conditions are the mode and the currency alone.
func (l listing) selectsAll() bool {
	others := len(l.where.conditions) - 1
	if l.currencyID != "" {
		others--
	}
	return others == 0
}

// byTime says whether the order is that of creation, either way.
func (l listing) byTime() bool { return byTime(l.order) }

func byTime(order []store.Order) bool {
	return len(order) == 0 || len(order) == 1 && order[0].Field == "created_at"
}

// desc says whether the first key of the order falls.
func (l listing) desc() bool { return len(l.order) == 0 || l.order[0].Desc }

// ListCustomers implements [store.Customers].
func (t *tx) ListCustomers(f store.CustomerFilter) (page []store.Record, count int64, err error) {
	l := listing{table: "customers", columns: selectCustomers, mode: f.Livemode, order: f.Order, Window: f.Window}
	w := &l.where
	w.add("livemode = ?", f.Livemode)
	if f.Deleted {
		w.add("deleted_at IS NOT NULL")
	} else {
		w.add("deleted_at IS NULL")
	}
	plain := len(w.conditions)
	for _, name := range f.Names {
		if f.Deleted { // their names are free
			w.add(string(name.Kind)+" = ?", name.Name)
			continue
		}
		if err := t.addHolder(w, f.Livemode, name.Kind, name.Name); err != nil {
			return nil, 0, err
		}
	}
	w.equal("email", f.Email)
	switch {
	case f.Delinquent == nil:
	case *f.Delinquent:
		w.add("delinquent")
	default:
		w.add("NOT delinquent")
	}
	if f.From != 0 {
		w.add("seq >= ?", f.From<<16)
	}
	if f.To != 0 {
		w.add("seq < ?", f.To<<16)
	}
	w.addMetadata("customer_metadata", f.Livemode, f.Metadata)
	l.whole = len(w.conditions) == plain && !f.Deleted
	if l.whole && l.byTime() {
		count, err = listAll(t, l, &page, t.readCustomers(&page))
		return page, count, err
	}
	seqs, count, err := t.list(l)
	if err != nil || len(seqs) == 0 {
		return nil, count, err
	}
	page, err = t.customers(" WHERE seq = ANY($1)", seqs)
	return inOrderOf(seqs, page, func(rec store.Record) int64 { return rec.Seq }), count, err
}

// inOrderOf puts what was read by position into the order of the positions.
func inOrderOf[T any](seqs []int64, all []T, seqOf func(T) int64) []T {
	place := make(map[int64]int, len(seqs))
	for i, seq := range seqs {
		place[seq] = i
	}
	slices.SortFunc(all, func(a, b T) int { return place[seqOf(a)] - place[seqOf(b)] })
	return all
}

// listDocuments answers the documents of a page, and how many there are in all.
func (t *tx) listDocuments(l listing) (docs [][]byte, count int64, err error) {
	if l.whole && l.byTime() {
		l.columns = "SELECT doc FROM " + l.table
		count, err = listAll(t, l, &docs, appendTo(&docs))
		return docs, count, err
	}
	seqs, count, err := t.list(l)
	if err != nil || len(seqs) == 0 {
		return nil, count, err
	}
	docs, err = t.documentsAt(l.table, l.customerID, seqs)
	return docs, count, err
}

// documentsAt reads the documents at positions, in their order: all of one customer's, or of anybody's when it is "".
func (t *tx) documentsAt(table, customerID string, seqs []int64) ([][]byte, error) {
	var found []placed
	var w where
	w.add("seq = ANY(?)", seqs)
	w.equal("customer_id", customerID)
	err := t.each(func(r pgx.Rows) error {
		var p placed
		err := r.Scan(&p.seq, &p.doc)
		found = append(found, p)
		return err
	}, "SELECT seq, doc FROM "+table+" WHERE "+w.String(), w.args...)
	var docs [][]byte
	for _, p := range inOrderOf(seqs, found, func(p placed) int64 { return p.seq }) {
		docs = append(docs, p.doc)
	}
	return docs, err
}

// placed is a document at a position.
type placed struct {
	seq int64
	doc []byte
}

// list answers the positions of a page, and how many there are in all.
func (t *tx) list(l listing) (seqs []int64, count int64, err error) {
	if count, err = t.count(l); err != nil {
		return nil, 0, err
	}
	orderBy, backwards := l.orderBy(), l.Before != ""
	w := l.where
	if l.After != "" || backwards {
		seq, err := t.seqOf(l)
		if err != nil {
			return nil, 0, err
		}
		if l.desc() == backwards {
			w.add("seq > ?", seq)
		} else {
			w.add("seq < ?", seq)
		}
		if backwards {
			orderBy = strings.NewReplacer("DESC", "ASC", "ASC", "DESC").Replace(orderBy)
		}
	}
	n := len(w.args)
	err = t.eachUnprepared(appendTo(&seqs), fmt.Sprintf("SELECT seq FROM %s WHERE %s ORDER BY %s LIMIT $%d OFFSET $%d",
		l.table, w.String(), orderBy, n+1, n+2), append(slices.Clone(w.args), l.Limit, l.Offset)...)
	if backwards {
		slices.Reverse(seqs)
	}
	return seqs, count, err
}

// count is how many there are in all: it is kept of the whole.
func (t *tx) count(l listing) (count int64, err error) {
	if !l.whole {
		err = t.eachUnprepared(into(&count), "SELECT count(*) FROM "+l.table+" WHERE "+l.where.String(), l.where.args...)
		return count, err
	}
	if err := t.severalMessages(); err != nil {
		return 0, err
	}
	var all []bucket
	t.readBuckets(&all, l.kind(), l.mode, store.CountLevels[0], 0, 1<<62)
	err = t.send()
	return rowsIn(all), err
}

// orderBy writes the order, the newest first unless it says otherwise. Equal rows are ordered by time, so that an order
// is always whole and pages never overlap.
func (l listing) orderBy() string { return orderOf("", l.order) }

// orderOf is [listing.orderBy] for a table with another name in the statement, that ends in a dot.
func orderOf(table string, order []store.Order) string {
	direction := map[bool]string{true: " DESC", false: " ASC"}
	var terms []string
	for _, o := range order {
		column := table + o.Field
		switch o.Field {
		case "created_at":
			column = table + "seq"
		case "name": // as its index has it
			terms = append(terms, "left("+column+", 256)"+direction[o.Desc])
		}
		terms = append(terms, column+direction[o.Desc])
	}
	desc := len(order) == 0 || order[0].Desc
	return strings.Join(append(terms, table+"seq"+direction[desc]), ", ")
}

// seqOf is the position of the object that a page stands beside, deleted or not.
func (t *tx) seqOf(l listing) (seq int64, err error) {
	id, parameter := l.After, "starting_after"
	if l.Before != "" {
		id, parameter = l.Before, "ending_before"
	}
	var w where
	w.add("id = ? AND livemode = ?", id, l.mode)
	if l.table != "customers" {
		if err := t.addCustomerOf(&w, id); err != nil {
			return 0, err
		}
	}
	err = t.each(into(&seq), "SELECT seq FROM "+l.table+" WHERE "+w.String(), w.args...)
	if err == nil && seq == 0 {
		err = clientele.Errorf(clientele.ErrorCodeInvalid, parameter, "%s names no object: %q", parameter, id)
	}
	return seq, err
}
