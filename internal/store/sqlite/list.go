package sqlite

import (
	"fmt"
	"slices"
	"strings"

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

// mode, which comes first, restricts to a mode, and to a customer's objects unless that is empty. A customer has few of
// them: the + keeps the planner from walking the whole mode's.
func (w *where) mode(mode clientele.Mode, customerID string) {
	if customerID == "" {
		w.args = append(w.args, mode)
		w.conditions = append(w.conditions, "livemode = $1")
		return
	}
	w.add("customer_id = ?", customerID)
	w.add("+livemode = ?", mode)
}

// modeOf is mode for a list that may be restricted to what belongs to one object: there is little of it.
func (w *where) modeOf(column, id string, mode clientele.Mode, customerID string) {
	if id == "" {
		w.mode(mode, customerID)
		return
	}
	w.add(column+" = ? AND "+column+" <> ''", id)
	w.add("+livemode = ?", mode)
	if customerID != "" {
		w.add("+customer_id = ?", customerID)
	}
}

func (w *where) String() string { return strings.Join(w.conditions, " AND ") }

// with returns the parameters followed by more, and the number of the first of those.
func (w *where) with(more ...any) (args []any, first int) {
	return append(slices.Clone(w.args), more...), len(w.args) + 1
}

// ListCustomers implements [store.Tx].
func (t *tx) ListCustomers(f store.CustomerFilter) (page []store.Record, count int64, err error) {
	var w where
	if f.Deleted {
		w.add("livemode = ? AND deleted_at IS NOT NULL", f.Livemode)
	} else {
		w.add("listed_mode = ?", f.Livemode)
	}
	plain := len(w.conditions)
	for _, name := range f.Names {
		if f.Deleted { // their names are free
			w.add("doc ->> ? = ?", "$."+string(name.Kind), name.Name)
			continue
		}
		w.add("seq = (SELECT seq FROM customer_names WHERE livemode = ? AND kind = ? AND name = ?)",
			f.Livemode, string(name.Kind), name.Name)
	}
	if f.Email != "" {
		w.add("email = ?", f.Email)
	}
	if f.Delinquent != nil {
		w.add("delinquent = ?", *f.Delinquent)
	}
	if f.From != 0 {
		w.add("seq >= ?", f.From<<16)
	}
	if f.To != 0 {
		w.add("seq < ?", f.To<<16)
	}
	w.addMetadata("customer_metadata", f.Livemode, f.Metadata)
	err = t.scan(func() (err error) {
		var seqs []int64
		kept := len(w.conditions) == plain && !f.Deleted
		seqs, count, err = t.list(whole{table: "customers", mode: f.Livemode}, w, kept, f.Order, f.Window)
		if err == nil {
			page, err = t.customersAt(seqs)
		}
		return err
	})
	return page, count, err
}

// customersAt reads the customers at positions, in their order.
func (t *tx) customersAt(seqs []int64) (recs []store.Record, err error) {
	for _, seq := range seqs {
		rec, _, err := t.record("SELECT id, seq, version, coalesce(deleted_at, 0), doc FROM customers WHERE seq = $1", seq)
		if err != nil {
			return nil, err
		}
		recs = append(recs, rec)
	}
	return recs, nil
}

// ListInvoices implements [store.Tx].
func (t *tx) ListInvoices(f store.InvoiceFilter) (docs [][]byte, count int64, err error) {
	var w where
	w.mode(f.Livemode, f.CustomerID)
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
		var args []any
		for _, state := range f.States {
			args = append(args, string(state))
		}
		w.add("status IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
	}
	if f.IgnoreZero {
		w.add("total_is_zero = 0")
	}
	w.addMetadata("invoice_metadata", f.Livemode, f.Metadata)
	return t.listOf(whole{"invoices", f.Livemode, f.CurrencyID}, w, f.Order, f.Window)
}

// byTime says whether an order is that of creation, either way.
func byTime(order []store.Order) bool {
	return len(order) == 0 || len(order) == 1 && order[0].Field == "created_at"
}

// list answers the positions of the page of what the conditions select of all, and how many they select. When that is
// all, the count is kept.
func (t *tx) list(
	a whole, w where, kept bool, order []store.Order, page store.Window,
) (seqs []int64, count int64, err error) {
	switch read := func(r row) error { count = r.int(0); return nil }; {
	case kept && byTime(order):
		return t.listAll(a, order, page)
	case kept:
		count, err = t.countAll(a)
	default:
		err = t.eachUnprepared("SELECT count(*) FROM "+a.table+" WHERE "+w.String(), read, w.args...)
	}
	if err != nil {
		return nil, 0, err
	}
	seqs, err = t.positions(a.table, a.mode, w, order, page)
	return seqs, count, err
}

// positions answers the positions of the page of a table's rows that the conditions select.
func (t *tx) positions(
	table string, mode clientele.Mode, w where, order []store.Order, page store.Window,
) (seqs []int64, err error) {
	orderBy, backwards := orderBy(order), page.Before != ""
	if page.After != "" || backwards {
		past := "seq < ?"
		if desc := len(order) == 0 || order[0].Desc; desc == backwards {
			past = "seq > ?"
		}
		seq, err := t.seqOf(table, mode, page)
		if err != nil {
			return nil, err
		}
		w.add(past, seq)
		if backwards {
			orderBy = reversed(orderBy)
		}
	}
	args, n := w.with(page.Limit, page.Offset)
	seqs, err = t.seqs(fmt.Sprintf("SELECT seq FROM %s WHERE %s ORDER BY %s LIMIT $%d OFFSET $%d",
		table, w.String(), orderBy, n, n+1), args)
	if backwards {
		slices.Reverse(seqs)
	}
	return seqs, err
}

// orderBy writes a sort order, the newest first unless it says otherwise. Equal rows are ordered by time, so that an
// order is always whole and pages never overlap.
func orderBy(order []store.Order) string { return orderOf("", order) }

// orderOf is orderBy for a table with another name in the statement, that ends in a dot.
func orderOf(table string, order []store.Order) string {
	if len(order) == 0 {
		return table + "seq DESC"
	}
	direction := map[bool]string{true: " DESC", false: " ASC"}
	var terms []string
	for _, o := range order {
		column := o.Field
		if column == "created_at" {
			column = "seq"
		}
		terms = append(terms, table+column+direction[o.Desc])
	}
	return strings.Join(append(terms, table+"seq"+direction[order[0].Desc]), ", ")
}

func reversed(orderBy string) string {
	return strings.NewReplacer("DESC", "ASC", "ASC", "DESC").Replace(orderBy)
}

// seqOf is the position of the object that a page stands beside, deleted or not.
func (t *tx) seqOf(table string, mode clientele.Mode, page store.Window) (seq int64, err error) {
	id, parameter := page.After, "starting_after"
	if page.Before != "" {
		id, parameter = page.Before, "ending_before"
	}
	read := func(r row) error { seq = r.int(0); return nil }
	if err := t.each("SELECT seq FROM "+table+" WHERE id = $1 AND livemode = $2", read, id, mode); err != nil {
		return 0, err
	}
	if seq == 0 {
		return 0, clientele.Errorf(clientele.ErrorCodeInvalid, parameter, "%s names no object: %q", parameter, id)
	}
	return seq, nil
}

func (t *tx) seqs(query string, args []any) (seqs []int64, err error) {
	err = t.eachUnprepared(query, func(r row) error {
		seqs = append(seqs, r.int(0))
		return nil
	}, args...)
	return seqs, err
}

// docs reads the documents at positions, in their order. Reading them one by one keeps the search for the page in
// narrow indexes and costs microseconds.
func (t *tx) docs(table string, seqs []int64) (docs [][]byte, err error) {
	for _, seq := range seqs {
		read := func(r row) error { docs = append(docs, r.bytes(0)); return nil }
		if err := t.each("SELECT doc FROM "+table+" WHERE seq = $1", read, seq); err != nil {
			return nil, err
		}
	}
	return docs, nil
}
