package sqlite

import (
	"slices"

	"clientele.dev/internal/store"
)

// counted are the tables whose rows are counted in row_counts, with the column that says in which mode's list a row is.
var counted = map[string]string{"customers": "shown", "invoices": "livemode", "payments": "livemode"}

// levels are the bits by which buckets of row_counts are coarser than a millisecond, the coarsest first: each bucket
// has at most 256 of the next level.
var levels = [...]int64{36, 28, 20, 12}

// countRow counts a new row of a table, or one that is gone.
func (t *tx) countRow(table string, live bool, seq, by int64) error {
	return t.run(`INSERT INTO row_counts (kind, livemode, bits, bucket, count)
		SELECT $1, $2, column1, $3 >> column1, $4 FROM (VALUES (36), (28), (20), (12)) WHERE true
		ON CONFLICT DO UPDATE SET count = count + excluded.count`, table, live, seq>>16, by)
}

// listAll answers the positions of a page of all of a mode by time of creation, and how many there are.
func (t *tx) listAll(
	table string, live bool, order []store.Order, page store.Window,
) (seqs []int64, count int64, err error) {
	read := func(r row) error { count = r.int(0); return nil }
	const total = `SELECT coalesce(sum(count), 0) FROM row_counts WHERE kind = $1 AND livemode = $2 AND bits = $3`
	if err := t.each(total, read, table, live, levels[0]); err != nil {
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
		if from, err = t.seqOf(table, live, page); err != nil {
			return nil, 0, err
		}
		desc = desc != backwards
		if desc {
			from--
		} else {
			from++
		}
	case skip >= count:
		return nil, count, nil
	case skip > short:
		if from, skip, err = t.skipTo(table, live, skip, desc); err != nil {
			return nil, 0, err
		}
	}
	seqs, err = t.walk(table, live, from, desc, page.Limit, skip)
	if backwards {
		slices.Reverse(seqs)
	}
	return seqs, count, err
}

// walk reads positions from one on, itself included.
func (t *tx) walk(table string, live bool, from int64, desc bool, limit, skip int64) (seqs []int64, err error) {
	order := " AND seq >= $2 ORDER BY seq ASC LIMIT $3 OFFSET $4"
	if desc {
		order = " AND seq <= $2 ORDER BY seq DESC LIMIT $3 OFFSET $4"
	}
	err = t.each("SELECT seq FROM "+table+" WHERE "+counted[table]+" = $1"+order, func(r row) error {
		seqs = append(seqs, r.int(0))
		return nil
	}, live, from, limit, skip)
	return seqs, err
}

// skipTo returns where to start walking to the row that offset others stand before, and how many to skip from there.
func (t *tx) skipTo(table string, live bool, offset int64, desc bool) (from, skip int64, err error) {
	query := `SELECT bucket, count FROM row_counts
		WHERE kind = $1 AND livemode = $2 AND bits = $3 AND bucket BETWEEN $4 AND $5 ORDER BY bucket`
	if desc {
		query += " DESC"
	}
	bucket, skip := int64(0), offset
	first, last := int64(0), int64(1<<62)
	for i, bits := range levels {
		if i > 0 { // those of the bucket that was found
			finer := levels[i-1] - bits
			first, last = bucket<<finer, (bucket+1)<<finer-1
		}
		found := false
		err := t.each(query, func(r row) error {
			switch count := r.int(1); {
			case found:
			case skip < count:
				found, bucket = true, r.int(0)
			default:
				skip -= count
			}
			return nil
		}, table, live, bits, first, last)
		if err != nil {
			return 0, 0, err
		}
	}
	width := levels[len(levels)-1] + 16 // bits of a position within the bucket
	if desc {
		return (bucket+1)<<width - 1, skip, nil
	}
	return bucket << width, skip, nil
}
