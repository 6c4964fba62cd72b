package sqlite

import (
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// counted are the tables whose rows are counted in row_counts, with the column that says in which mode's list a row is.
var counted = map[string]string{"customers": "listed_mode", "invoices": "livemode", "payments": "livemode"}

// listAll answers the positions of a page of all of a mode by time of creation, and how many there are.
func (t *tx) listAll(
	table string, mode clientele.Mode, order []store.Order, page store.Window,
) (seqs []int64, count int64, err error) {
	if count, err = t.countAll(table, mode); err != nil {
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
		if from, err = t.seqOf(table, mode, page); err != nil {
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
		from, skip, found, err = store.SkipTo(skip, desc, t.buckets(table, mode, desc))
		if err != nil || !found {
			return nil, count, err
		}
	}
	seqs, err = t.walk(table, mode, from, desc, page.Limit, skip)
	if backwards {
		slices.Reverse(seqs)
	}
	return seqs, count, err
}

// countAll is how many rows of a mode a table has, from the counts that are kept.
func (t *tx) countAll(table string, mode clientele.Mode) (count int64, err error) {
	err = t.each(`SELECT coalesce(sum(count), 0) FROM row_counts WHERE kind = $1 AND livemode = $2 AND bits = $3`,
		func(r row) error { count = r.int(0); return nil }, table, mode, store.CountLevels[0])
	return count, err
}

// walk reads positions from one on, itself included.
func (t *tx) walk(
	table string, mode clientele.Mode, from int64, desc bool, limit, skip int64,
) (seqs []int64, err error) {
	order := " AND seq >= $2 ORDER BY seq ASC LIMIT $3 OFFSET $4"
	if desc {
		order = " AND seq <= $2 ORDER BY seq DESC LIMIT $3 OFFSET $4"
	}
	err = t.each("SELECT seq FROM "+table+" WHERE "+counted[table]+" = $1"+order, func(r row) error {
		seqs = append(seqs, r.int(0))
		return nil
	}, mode, from, limit, skip)
	return seqs, err
}

// buckets implements [store.CountedBuckets] for a table's list.
func (t *tx) buckets(table string, mode clientele.Mode, desc bool) store.CountedBuckets {
	query := `SELECT bucket, count FROM row_counts
		WHERE kind = $1 AND livemode = $2 AND bits = $3 AND bucket BETWEEN $4 AND $5 ORDER BY bucket`
	if desc {
		query += " DESC"
	}
	return func(bits, first, last int64, fn func(bucket, count int64)) error {
		read := func(r row) error { fn(r.int(0), r.int(1)); return nil }
		return t.each(query, read, table, mode, bits, first, last)
	}
}
