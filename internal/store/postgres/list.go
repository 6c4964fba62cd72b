package postgres

import (
	"slices"

	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// listing is what a list of a kind is asked for.
type listing struct {
	*store.Kind
	store.Query
	whole    bool   // all of the mode, or all in the currency: nothing else restricts, and how many there are is kept
	currency string // in which alone they are, or ""
}

func listingOf(k *store.Kind, q store.Query) listing {
	currency, whole := q.WholeMode()
	return listing{k, q, whole && k.Counted, currency}
}

// key is the name under which the whole is counted.
func (l listing) key() string { return store.CountedKind(l.Table, l.currency) }

// List implements [store.Described].
func (t *tx) List(k *store.Kind, q store.Query) (page []store.Record, count int64, err error) {
	l := listingOf(k, q)
	if l.whole && l.ByTime() {
		return t.listAll(l)
	}
	seqs, count, err := t.page(l)
	if err != nil || len(seqs) == 0 {
		return nil, count, err
	}
	page, err = t.recordsAt(k, q.CustomerID(), seqs)
	return page, count, err
}

// recordsAt reads the objects at positions, in their order: all of one customer's, or of anybody's when it is "".
func (t *tx) recordsAt(k *store.Kind, customerID string, seqs []store.Position) ([]store.Record, error) {
	var w sql.Where
	w.Add("seq = ANY(?)", seqs)
	w.Given("customer_id", customerID)
	recs, err := t.recordsOf(k, " WHERE "+w.String(), w.Args...)
	return inOrderOf(seqs, recs, func(rec store.Record) store.Position { return rec.Seq }), err
}

// inOrderOf puts what was read by position into the order of the positions.
func inOrderOf[T any](seqs []store.Position, all []T, seqOf func(T) store.Position) []T {
	place := make(map[store.Position]int, len(seqs))
	for i, seq := range seqs {
		place[seq] = i
	}
	slices.SortFunc(all, func(a, b T) int { return place[seqOf(a)] - place[seqOf(b)] })
	return all
}

// Select implements [store.Described].
func (t *tx) Select(k *store.Kind, q store.Query) (recs []store.Record, err error) {
	query, args, err := sql.Select(t, k, q)
	if err != nil {
		return nil, err
	}
	if k.Small {
		t.lockAll(k)
	}
	err = t.each(readRecords(&recs), query, args...)
	return recs, err
}

// Count implements [store.Described].
func (t *tx) Count(k *store.Kind, q store.Query) (count int64, err error) {
	w, err := sql.Conditions(t, k, q)
	if err == nil {
		err = t.each(into(&count), "SELECT count(*) FROM "+k.Table+" WHERE "+w.String(), w.Args...)
	}
	return count, err
}

// page answers the positions of a page, and how many there are in all.
func (t *tx) page(l listing) (seqs []store.Position, count int64, err error) {
	w, err := sql.Conditions(t, l.Kind, l.Query)
	if err != nil {
		return nil, 0, err
	}
	if l.whole {
		count, err = t.countAll(l)
	} else {
		err = t.eachUnprepared(into(&count), "SELECT count(*) FROM "+l.Table+" WHERE "+w.String(), w.Args...)
	}
	if err != nil {
		return nil, 0, err
	}
	beside, err := t.beside(l)
	if err != nil {
		return nil, 0, err
	}
	query, args := sql.Page(t, l.Kind, w, l.Query, beside)
	err = t.eachUnprepared(appendTo(&seqs), query, args...)
	if l.Before != "" {
		slices.Reverse(seqs)
	}
	return seqs, count, err
}

// countAll is how many there are of what is counted.
func (t *tx) countAll(l listing) (count int64, err error) {
	if err := t.severalMessages(); err != nil {
		return 0, err
	}
	var all []bucket
	t.readBuckets(&all, l.key(), l.Mode, store.CountLevels[0], 0, 1<<62)
	err = t.send()
	return rowsIn(all), err
}

// beside is the position of the object that a page stands beside, deleted or not; 0 when it stands beside none.
func (t *tx) beside(l listing) (seq store.Position, err error) {
	id, _ := sql.Beside(l.Window)
	if id == "" {
		return 0, nil
	}
	var w sql.Where
	w.Add("id = ? AND livemode = ?", id, l.Mode)
	if l.Owned {
		if err := t.addCustomerOf(&w, id); err != nil {
			return 0, err
		}
	}
	err = t.each(into(&seq), "SELECT seq FROM "+l.Table+" WHERE "+w.String(), w.Args...)
	if err == nil && seq == 0 {
		err = sql.NoObject(l.Window)
	}
	return seq, err
}
