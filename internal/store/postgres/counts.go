package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"clientele.dev"

	"clientele.dev/internal/store"
)

// countRow counts a new row of a table, or one that is gone: among all, and among those in its currency unless that is
// "". It only notes the change: a row that all count in would be
// locked by each of them until its commit.
func (t *tx) countRow(table, currencyID string, mode clientele.Mode, seq store.Position, by int64) {
	query := "INSERT INTO row_count_changes (part, kind, livemode, ms, change) VALUES ($1, $2, $3, $4, $5)"
	args := []any{t.store.countPart(seq), table, mode, seq.Milliseconds(), by}
	if currencyID != "" {
		query, args = query+", ($1, $6, $3, $4, $5)", append(args, store.CountedKind(table, currencyID))
	}
	t.run(query, args...)
}

// summing moves the noted changes into the counts, and says how many. Whoever reads meanwhile sees each in one place or
// the other.
const summing = `WITH gone AS (DELETE FROM row_count_changes RETURNING part, kind, livemode, ms, change), summed AS (
		INSERT INTO row_counts AS n (part, kind, livemode, bits, bucket, count)
		SELECT part, kind, livemode, bits, ms >> bits::int, sum(change)
			FROM gone CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
		ON CONFLICT (part, kind, livemode, bits, bucket) DO UPDATE SET count = n.count + excluded.count
	) SELECT count(*) FROM gone`

// sumCountsRegularly sums up until the context ends.
func (s *Store) sumCountsRegularly(ctx context.Context) {
	const many = 1000 // rows whose place is worth freeing under load
	ticker := time.NewTicker(sumInterval)
	defer ticker.Stop()
	var moved int64
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		// What fails here has changed nothing, and is tried again.
		n, _ := s.sumCounts(ctx)
		if moved += n; moved >= many || moved > 0 && n == 0 {
			_, _ = s.pool.Exec(ctx, "VACUUM row_count_changes, ledger_sum_changes", pgx.QueryExecModeSimpleProtocol)
			moved = 0
		}
	}
}

// sumCounts sums up, unless there is nothing to sum up or another server does, and says how many changes it moved.
func (s *Store) sumCounts(ctx context.Context) (moved int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var some bool
	err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM row_count_changes)
		OR EXISTS (SELECT 1 FROM ledger_sum_changes)`).Scan(&some)
	if err != nil || !some {
		return 0, err
	}
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(db pgx.Tx) error {
		var mine bool
		const lock = "SELECT pg_try_advisory_xact_lock(hashtextextended('clientele counts', 0))"
		if err := db.QueryRow(ctx, lock).Scan(&mine); err != nil || !mine {
			return err
		}
		var sums int64
		if err := db.QueryRow(ctx, summingLedger).Scan(&sums); err != nil {
			return err
		}
		err := db.QueryRow(ctx, summing).Scan(&moved)
		moved += sums
		return err
	})
	return moved, err
}

// countedBuckets are the buckets of a level ($3) from one ($4) to another ($5), which are the milliseconds from $6 to
// $7, with what was noted since.
const countedBuckets = `SELECT bucket, sum(count)::bigint FROM (
		SELECT part, bucket, count FROM row_counts
			WHERE kind = $1 AND livemode = $2 AND bits = $3 AND bucket BETWEEN $4 AND $5
		UNION ALL
		SELECT part, ms >> $3::int, change FROM row_count_changes
			WHERE kind = $1 AND livemode = $2 AND ms BETWEEN $6 AND $7
	) counted GROUP BY bucket`

// bucket counts the rows of a moment of some length.
type bucket struct{ number, count int64 }

// readBuckets queues the reading of buckets.
func (t *tx) readBuckets(all *[]bucket, kind string, mode clientele.Mode, bits, first, last int64) {
	read := func(r pgx.Rows) error {
		var b bucket
		err := r.Scan(&b.number, &b.count)
		*all = append(*all, b)
		return err
	}
	end := int64(1<<63 - 1)
	if last < end>>bits {
		end = (last+1)<<bits - 1
	}
	t.read(read, countedBuckets, kind, mode, bits, first, last, first<<bits, end)
}

// listAll reads a page of all of a mode by time of creation, and answers how many there are. The first pages are one
// message, the last ones two.
func (t *tx) listAll(l listing) (page []store.Record, count int64, err error) {
	const short = 100 // rows that are walked sooner than found in the counts
	if l.After != "" || l.Before != "" || l.Offset > short {
		if err := t.severalMessages(); err != nil {
			return nil, 0, err
		}
	}
	var all []bucket
	t.readBuckets(&all, l.key(), l.Mode, store.CountLevels[0], 0, 1<<62)
	w := walk{desc: l.Descends(), limit: l.Limit, skip: l.Offset, from: beginning(l.Descends())}
	switch {
	case l.After != "" || l.Before != "":
		w.backwards = l.Before != ""
		w.desc = w.desc != w.backwards
		if w.from, err = t.beside(l); err != nil {
			return nil, 0, err
		}
		if w.desc {
			w.from--
		} else {
			w.from++
		}
	case w.skip > short:
		if err := t.send(); err != nil {
			return nil, 0, err
		}
		rest := rowsIn(all) - w.skip
		if rest <= 0 {
			return nil, rowsIn(all), nil
		}
		if rest <= short { // the other end is nearer
			w.desc, w.backwards = !w.desc, true
			w.limit = min(w.limit, rest)
			w.skip, w.from = rest-w.limit, beginning(w.desc)
			break
		}
		var found bool
		w.from, w.skip, found, err = store.SkipTo(w.skip, w.desc, t.buckets(l, &all))
		if err != nil || !found {
			return nil, rowsIn(all), err
		}
	}
	where, args := " WHERE livemode = $1", []any{l.Mode, w.from, w.limit, w.skip}
	if l.currency != "" {
		where, args = where+" AND currency_id = $5", append(args, l.currency)
	}
	if l.Restorable {
		where += " AND deleted_at IS NULL"
	}
	err = t.each(t.readerOf(l.Kind, &page), selectOf(l.Kind)+where+w.order(), args...)
	if w.backwards {
		slices.Reverse(page)
	}
	return page, rowsIn(all), err
}

// walk is how a page is read.
type walk struct {
	desc, backwards bool
	from            store.Position // the position from which on
	skip, limit     int64
}

func (w walk) order() string {
	if w.desc {
		return " AND seq <= $2 ORDER BY seq DESC LIMIT $3 OFFSET $4"
	}
	return " AND seq >= $2 ORDER BY seq ASC LIMIT $3 OFFSET $4"
}

// beginning is the position before which a list has nothing.
func beginning(desc bool) store.Position {
	if desc {
		return store.Forever
	}
	return store.Beginning
}

// rowsIn sums buckets.
func rowsIn(all []bucket) (count int64) {
	for _, b := range all {
		count += b.count
	}
	return count
}

// buckets implements [store.CountedBuckets] for a list. The coarsest are those that its total comes from.
func (t *tx) buckets(l listing, coarsest *[]bucket) store.CountedBuckets {
	return func(bits, first, last int64, fn func(bucket, count int64)) error {
		found := coarsest
		if bits != store.CountLevels[0] {
			found = new([]bucket)
			t.readBuckets(found, l.key(), l.Mode, bits, first, last)
		}
		if err := t.send(); err != nil {
			return err
		}
		slices.SortFunc(*found, func(a, b bucket) int { return cmp.Compare(a.number, b.number) })
		if l.Descends() {
			slices.Reverse(*found)
		}
		for _, b := range *found {
			fn(b.number, b.count)
		}
		return nil
	}
}
