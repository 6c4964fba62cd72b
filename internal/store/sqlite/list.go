package sqlite

import (
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// List implements [store.Described].
func (t *tx) List(k *store.Kind, q store.Query) (page []store.Record, count int64, err error) {
	err = t.scan(func() error {
		var seqs []store.Position
		if seqs, count, err = t.page(k, q); err != nil {
			return err
		}
		page, err = t.recordsAt(k, seqs)
		return err
	})
	return page, count, err
}

// recordsAt reads the objects at positions, in their order. Reading them one by one keeps the search for the page in
// narrow indexes and costs microseconds.
func (t *tx) recordsAt(k *store.Kind, seqs []store.Position) (recs []store.Record, err error) {
	query := sql.SelectRecords(k) + " WHERE seq = $1"
	read := func(r row) error { recs = append(recs, r.record()); return nil }
	for _, seq := range seqs {
		if err := t.each(query, read, seq); err != nil {
			return nil, err
		}
	}
	return recs, nil
}

// Select implements [store.Described].
func (t *tx) Select(k *store.Kind, q store.Query) ([]store.Record, error) {
	query, args, err := sql.Select(t, k, q)
	if err != nil {
		return nil, err
	}
	return t.records(query, args...)
}

// Count implements [store.Described].
func (t *tx) Count(k *store.Kind, q store.Query) (count int64, err error) {
	w, err := sql.Conditions(t, k, q)
	if err == nil {
		err = t.each("SELECT count(*) FROM "+k.Table+" WHERE "+w.String(), into(&count), w.Args...)
	}
	return count, err
}

// into reads a number.
func into(n *int64) func(row) error { return func(r row) error { *n = r.int(0); return nil } }

// whole is all of a mode that a kind has, or all in a currency unless that is "": how many there are is kept.
type whole struct {
	*store.Kind
	mode     clientele.Mode
	currency string
}

func (a whole) key() string { return store.CountedKind(a.Table, a.currency) }

// page answers the positions of a page, and how many there are in all.
func (t *tx) page(k *store.Kind, q store.Query) (seqs []store.Position, count int64, err error) {
	currency, all := q.WholeMode()
	if all = all && k.Counted; all && q.ByTime() {
		return t.pageOfAll(whole{k, q.Mode, currency}, q)
	}
	w, err := sql.Conditions(t, k, q)
	switch {
	case err != nil:
	case all:
		count, err = t.countAll(whole{k, q.Mode, currency})
	default:
		err = t.eachVariant("SELECT count(*) FROM "+k.Table+" WHERE "+w.String(), into(&count), w.Args...)
	}
	if err != nil {
		return nil, 0, err
	}
	beside, err := t.beside(k, q)
	if err != nil {
		return nil, 0, err
	}
	query, args := sql.Page(t, k, w, q, beside)
	seqs, err = numbers[store.Position](t, query, args)
	if q.Before != "" {
		slices.Reverse(seqs)
	}
	return seqs, count, err
}

// beside is the position of the object that a page stands beside, deleted or not; 0 when it stands beside none.
func (t *tx) beside(k *store.Kind, q store.Query) (seq store.Position, err error) {
	id, _ := sql.Beside(q.Window)
	if id == "" {
		return 0, nil
	}
	read := func(r row) error { seq = r.seq(0); return nil }
	err = t.each("SELECT seq FROM "+k.Table+" WHERE id = $1 AND livemode = $2", read, id, q.Mode)
	if err == nil && seq == 0 {
		err = sql.NoObject(q.Window)
	}
	return seq, err
}

// numbers reads a statement's one column of numbers, or of positions.
func numbers[T ~int64](t *tx, query string, args []any) (all []T, err error) {
	err = t.eachVariant(query, func(r row) error {
		all = append(all, T(r.int(0)))
		return nil
	}, args...)
	return all, err
}

// pageOfAll answers the positions of a page of all by time of creation, and how many there are.
func (t *tx) pageOfAll(a whole, q store.Query) (seqs []store.Position, count int64, err error) {
	if count, err = t.countAll(a); err != nil {
		return nil, 0, err
	}
	desc, backwards := q.Descends(), q.Before != ""
	from, skip := store.Beginning, q.Offset
	if desc {
		from = store.Forever
	}
	const short = 100 // rows that are walked sooner than found in the counts
	switch {
	case q.After != "" || backwards:
		if from, err = t.beside(a.Kind, q); err != nil {
			return nil, 0, err
		}
		desc = desc != backwards
		if desc {
			from--
		} else {
			from++
		}
	case skip > short:
		var found bool
		from, skip, found, err = store.SkipTo(skip, desc, t.buckets(a, desc))
		if err != nil || !found {
			return nil, count, err
		}
	}
	seqs, err = t.walk(a, from, desc, q.Limit, skip)
	if backwards {
		slices.Reverse(seqs)
	}
	return seqs, count, err
}

// countAll is how many there are, from the counts that are kept.
func (t *tx) countAll(a whole) (count int64, err error) {
	err = t.each(`SELECT coalesce(sum(count), 0) FROM row_counts WHERE kind = $1 AND livemode = $2 AND bits = $3`,
		into(&count), a.key(), a.mode, store.CountLevels[0])
	return count, err
}

// walk reads positions from one on, itself included.
func (t *tx) walk(a whole, from store.Position, desc bool, limit, skip int64) (seqs []store.Position, err error) {
	order := " AND seq >= $2 ORDER BY seq ASC LIMIT $3 OFFSET $4"
	if desc {
		order = " AND seq <= $2 ORDER BY seq DESC LIMIT $3 OFFSET $4"
	}
	args := []any{a.mode, from, limit, skip}
	if a.currency != "" {
		order, args = " AND currency_id = $5"+order, append(args, a.currency)
	}
	if a.Restorable {
		order = " AND deleted_at IS NULL" + order
	}
	err = t.each("SELECT seq FROM "+a.Table+" WHERE livemode = $1"+order, func(r row) error {
		seqs = append(seqs, r.seq(0))
		return nil
	}, args...)
	return seqs, err
}

// buckets implements [store.CountedBuckets].
func (t *tx) buckets(a whole, desc bool) store.CountedBuckets {
	query := `SELECT bucket, count FROM row_counts
		WHERE kind = $1 AND livemode = $2 AND bits = $3 AND bucket BETWEEN $4 AND $5 ORDER BY bucket`
	if desc {
		query += " DESC"
	}
	return func(bits, first, last int64, fn func(bucket, count int64)) error {
		read := func(r row) error { fn(r.int(0), r.int(1)); return nil }
		return t.each(query, read, a.key(), a.mode, bits, first, last)
	}
}
