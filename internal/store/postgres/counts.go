package postgres

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// counted are the tables whose rows are counted, with the condition that a row of them is in its mode's list.
var counted = map[string]string{
	"customers": "livemode = $1 AND deleted_at IS NULL", "invoices": "livemode = $1", "payments": "livemode = $1",
}

// levels are the bits by which buckets of row_counts are coarser than a millisecond, the coarsest first: each bucket
// has at most 256 of the next level.
var levels = [...]int64{36, 28, 20, 12}

// countRow counts a new row of a table, or one that is gone. It only notes the change: a row that all count in would be
// locked by each of them until its commit.
func (t *tx) countRow(table string, live bool, seq, by int64) {
	t.run("INSERT INTO row_count_changes (kind, livemode, ms, change) VALUES ($1, $2, $3, $4)", table, live, seq>>16, by)
}

// sumCounts moves the noted changes into the counts. Whoever reads meanwhile sees them in one place or the other.
const sumCounts = `WITH gone AS (DELETE FROM row_count_changes RETURNING kind, livemode, ms, change)
	INSERT INTO row_counts AS n (kind, livemode, bits, bucket, count)
	SELECT kind, livemode, bits, ms >> bits::int, sum(change)
		FROM gone CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
	ON CONFLICT (kind, livemode, bits, bucket) DO UPDATE SET count = n.count + excluded.count`

// sumCountsRegularly sums up until stop is called.
func (s *Store) sumCountsRegularly() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		ticker := time.NewTicker(sumInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				// What fails here has changed nothing, and is tried again.
				_ = s.sumCounts(ctx)
			case <-ctx.Done():
				return
			}
		}
	})
	return func() {
		cancel()
		all.Wait()
	}
}

// sumCounts sums up, unless there is nothing to sum up or another server does.
func (s *Store) sumCounts(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var some bool
	err := s.pool.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM row_count_changes)").Scan(&some)
	if err != nil || !some {
		return err
	}
	return pgx.BeginFunc(ctx, s.pool, func(db pgx.Tx) error {
		var mine bool
		const lock = "SELECT pg_try_advisory_xact_lock(hashtextextended('clientele counts', 0))"
		if err := db.QueryRow(ctx, lock).Scan(&mine); err != nil || !mine {
			return err
		}
		_, err := db.Exec(ctx, sumCounts)
		return err
	})
}

// buckets are the counts of a level, of what is summed up and what is not.
const buckets = `SELECT bucket, sum(count)::bigint FROM (
		SELECT bucket, count FROM row_counts WHERE kind = $1 AND livemode = $2 AND bits = $3 AND bucket BETWEEN $4 AND $5
		UNION ALL
		SELECT ms >> $3::int, change FROM row_count_changes
			WHERE kind = $1 AND livemode = $2 AND ms BETWEEN $4 << $3::int AND (($5 + 1) << $3::int) - 1
	) b GROUP BY bucket ORDER BY bucket`

const total = `SELECT (
		coalesce((SELECT sum(count) FROM row_counts WHERE kind = $1 AND livemode = $2 AND bits = 36), 0) +
		coalesce((SELECT sum(change) FROM row_count_changes WHERE kind = $1 AND livemode = $2), 0)
	)::bigint`

// listAll answers the positions of a page of all of a mode by time of creation, and how many there are.
func (t *tx) listAll(l listing) (seqs []int64, count int64, err error) {
	t.read(into(&count), total, l.table, l.live)
	const short = 100 // rows that are walked sooner than found in the counts
	desc, skip, backwards := l.desc(), l.Offset, l.Before != ""
	from := int64(0)
	if desc {
		from = 1<<63 - 1
	}
	switch {
	case l.After != "" || backwards:
		if from, err = t.seqOf(l); err != nil {
			return nil, 0, err
		}
		if desc = desc != backwards; desc {
			from--
		} else {
			from++
		}
	case skip > short:
		if err := t.send(); err != nil || skip >= count {
			return nil, count, err
		}
		if from, skip, err = t.skipTo(l, desc); err != nil {
			return nil, 0, err
		}
	}
	order := " AND seq >= $2 ORDER BY seq ASC LIMIT $3 OFFSET $4"
	if desc {
		order = " AND seq <= $2 ORDER BY seq DESC LIMIT $3 OFFSET $4"
	}
	err = t.each(appendTo(&seqs), "SELECT seq FROM "+l.table+" WHERE "+counted[l.table]+order,
		l.live, from, l.Limit, skip)
	if backwards {
		slices.Reverse(seqs)
	}
	return seqs, count, err
}

// skipTo returns where to start walking to the row that the offset's others stand before, and how many to skip from
// there.
func (t *tx) skipTo(l listing, desc bool) (from, skip int64, err error) {
	query := buckets
	if desc {
		query += " DESC"
	}
	bucket, skip := int64(0), l.Offset
	first, last := int64(0), int64(1<<62)>>levels[0]
	for i, bits := range levels {
		if i > 0 { // those of the bucket that was found
			finer := levels[i-1] - bits
			first, last = bucket<<finer, (bucket+1)<<finer-1
		}
		found := false
		err := t.each(func(r pgx.Rows) error {
			var next, count int64
			err := r.Scan(&next, &count)
			switch {
			case found:
			case skip < count:
				found, bucket = true, next
			default:
				skip -= count
			}
			return err
		}, query, l.table, l.live, bits, first, last)
		if err != nil {
			return 0, 0, err
		}
		if !found {
			return 0, 0, fmt.Errorf("the counts of %s do not add up", l.table)
		}
	}
	width := levels[len(levels)-1] + 16 // bits of a position within the bucket
	if desc {
		return (bucket+1)<<width - 1, skip, nil
	}
	return bucket << width, skip, nil
}
