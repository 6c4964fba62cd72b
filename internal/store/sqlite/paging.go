package sqlite

import (
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// counted are the tables whose rows are counted in row_counts, with the column that says in which mode's list a row is.
var counted = map[string]string{
	"customers": "listed_mode", "invoices": "livemode", "payments": "livemode", "refunds": "livemode",
}

// whole is all of a mode that a table has, or all in a currency unless that is "": how many there are is kept.
type whole struct {
	table    string
	mode     clientele.Mode
	currency string
}

func (a whole) kind() string { return store.CountedKind(a.table, a.currency) }

// listAll answers the positions of a page of all by time of creation, and how many there are.
func (t *tx) listAll(a whole, order []store.Order, page store.Window) (seqs []int64, count int64, err error) {
	if count, err = t.countAll(a); err != nil {
		return nil, 0, err
	}
	desc := len(order) == 0 || order[0].Desc
	from, skip := int64(0), page.Offset
	if desc {
		from = 1<<63 - 1
	}
	backwards := page.Before != ""
	const short = 100 // rows that are walked sooner than found in the counts
	switch {
	case page.After != "" || backwards:
		if from, err = t.seqOf(a.table, a.mode, page); err != nil {
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
	seqs, err = t.walk(a, from, desc, page.Limit, skip)
	if backwards {
		slices.Reverse(seqs)
	}
	return seqs, count, err
}

// countAll is how many there are, from the counts that are kept.
func (t *tx) countAll(a whole) (count int64, err error) {
	err = t.each(`SELECT coalesce(sum(count), 0) FROM row_counts WHERE kind = $1 AND livemode = $2 AND bits = $3`,
		func(r row) error { count = r.int(0); return nil }, a.kind(), a.mode, store.CountLevels[0])
	return count, err
}

// walk reads positions from one on, itself included.
func (t *tx) walk(a whole, from int64, desc bool, limit, skip int64) (seqs []int64, err error) {
	order := " AND seq >= $2 ORDER BY seq ASC LIMIT $3 OFFSET $4"
	if desc {
		order = " AND seq <= $2 ORDER BY seq DESC LIMIT $3 OFFSET $4"
	}
	args := []any{a.mode, from, limit, skip}
	if a.currency != "" {
		order, args = " AND currency_id = $5"+order, append(args, a.currency)
	}
	err = t.each("SELECT seq FROM "+a.table+" WHERE "+counted[a.table]+" = $1"+order, func(r row) error {
		seqs = append(seqs, r.int(0))
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
		return t.each(query, read, a.kind(), a.mode, bits, first, last)
	}
}
