package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// there is, of the tables whose rows are counted, the condition that a row is in its mode's list.
var there = map[string]string{"customers": " AND deleted_at IS NULL", "invoices": "", "payments": ""}

// countRow counts a new row of a table, or one that is gone. It only notes the change: a row that all count in would be
// locked by each of them until its commit.
func (t *tx) countRow(table string, live bool, seq, by int64) {
	t.run("INSERT INTO row_count_changes (kind, livemode, ms, change) VALUES ($1, $2, $3, $4)", table, live, seq>>16, by)
}

// summing moves the noted changes into the counts, and says how many. Whoever reads meanwhile sees each in one place or
// the other.
const summing = `WITH gone AS (DELETE FROM row_count_changes RETURNING kind, livemode, ms, change), summed AS (
		INSERT INTO row_counts AS n (kind, livemode, bits, bucket, count)
		SELECT kind, livemode, bits, ms >> bits::int, sum(change)
			FROM gone CROSS JOIN unnest(ARRAY[36, 28, 20, 12]::bigint[]) bits GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
		ON CONFLICT (kind, livemode, bits, bucket) DO UPDATE SET count = n.count + excluded.count
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
			_, _ = s.pool.Exec(ctx, "VACUUM row_count_changes", pgx.QueryExecModeSimpleProtocol)
			moved = 0
		}
	}
}

// sumCounts sums up, unless there is nothing to sum up or another server does, and says how many changes it moved.
func (s *Store) sumCounts(ctx context.Context) (moved int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var some bool
	err = s.pool.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM row_count_changes)").Scan(&some)
	if err != nil || !some {
		return 0, err
	}
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(db pgx.Tx) error {
		var mine bool
		const lock = "SELECT pg_try_advisory_xact_lock(hashtextextended('clientele counts', 0))"
		if err := db.QueryRow(ctx, lock).Scan(&mine); err != nil || !mine {
			return err
		}
		return db.QueryRow(ctx, summing).Scan(&moved)
	})
	return moved, err
}

const total = `SELECT (
		coalesce((SELECT sum(count) FROM row_counts WHERE kind = $1 AND livemode = $2 AND bits = 36), 0) +
		coalesce((SELECT sum(change) FROM row_count_changes WHERE kind = $1 AND livemode = $2), 0)
	)::bigint`

// listAll reads a page of all of a mode by time of creation, and answers how many there are, in one message.
func listAll[T any](t *tx, l listing, rows *[]T, read func(pgx.Rows) error) (count int64, err error) {
	t.read(into(&count), total, l.table, l.live)
	const short = 100 // rows that are walked sooner than found in the counts
	desc, backwards := l.desc(), l.Before != ""
	if l.After == "" && !backwards && l.Offset > short {
		err := t.each(read, l.pageByCounts(), l.table, l.live, l.Offset, l.Limit)
		return count, err
	}
	from := int64(0)
	if desc {
		from = 1<<63 - 1
	}
	if l.After != "" || backwards {
		if from, err = t.seqOf(l); err != nil {
			return 0, err
		}
		if desc = desc != backwards; desc {
			from--
		} else {
			from++
		}
	}
	order := " AND seq >= $2 ORDER BY seq ASC LIMIT $3 OFFSET $4"
	if desc {
		order = " AND seq <= $2 ORDER BY seq DESC LIMIT $3 OFFSET $4"
	}
	err = t.each(read, l.columns+" WHERE livemode = $1"+there[l.table]+order, l.live, from, l.Limit, l.Offset)
	if backwards {
		slices.Reverse(*rows)
	}
	return count, err
}

// pageByCounts writes the page after so many rows ($3): the counts say, level by level, in which bucket it starts and
// how many of the bucket's rows come before it. Once a bucket has few rows, they are walked.
func (l listing) pageByCounts() string {
	const few = "500"
	order, inside := "ASC", "seq >= (SELECT bucket << bits + 16 FROM place)" // 16 bits of a position in its millisecond
	if l.desc() {
		order, inside = "DESC", "seq < (SELECT bucket + 1 << bits + 16 FROM place)"
	}
	levels := []string{"start AS (SELECT 0::bigint AS bucket, 46 AS bits, $3::bigint AS skip, 1::bigint << 62 AS count)"}
	var places []string
	outer := "start"
	for _, bits := range []int{36, 28, 20, 12} {
		level := fmt.Sprint("level", bits)
		levels = append(levels, fmt.Sprintf(`%[1]s AS (
			SELECT b.bucket, %[2]d AS bits, o.skip - b.before AS skip, b.count FROM %[3]s o CROSS JOIN LATERAL (
				SELECT bucket, count, sum(count) OVER (ORDER BY bucket %[4]s)::bigint - count AS before FROM (
					SELECT bucket, sum(count)::bigint AS count FROM (
						SELECT bucket, count FROM row_counts WHERE kind = $1 AND livemode = $2 AND bits = %[2]d
							AND bucket >= o.bucket << o.bits - %[2]d AND bucket < o.bucket + 1 << o.bits - %[2]d
						UNION ALL
						SELECT ms >> %[2]d, change FROM row_count_changes WHERE kind = $1 AND livemode = $2
							AND ms >= o.bucket << o.bits AND ms < o.bucket + 1 << o.bits
					) noted GROUP BY bucket
				) summed
			) b WHERE o.count > %[5]s AND o.skip >= b.before AND o.skip < b.before + b.count)`,
			level, bits, outer, order, few))
		places = append(places, "SELECT bucket, bits, skip FROM "+level+" WHERE count <= "+few)
		outer = level
	}
	places[len(places)-1] = "SELECT bucket, bits, skip FROM " + outer // there is no finer one
	levels = append(levels, "place AS ("+strings.Join(places, " UNION ALL ")+")")
	return "WITH " + strings.Join(levels, ", ") + " " + l.columns + " WHERE livemode = $2" + there[l.table] +
		" AND " + inside + " ORDER BY seq " + order + " LIMIT $4 OFFSET (SELECT skip FROM place)"
}
