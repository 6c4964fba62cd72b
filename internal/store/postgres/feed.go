package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// Feed implements [store.Events]. Of both modes each is read in the order of its index.
func (t *tx) Feed(q store.FeedQuery) ([]store.EventRecord, error) {
	if q.Unplaced {
		return t.eventRecords(" WHERE hash IS NULL AND position IS NULL ORDER BY seq")
	}
	if !q.BothModes {
		w := sql.FeedWhere(q, "position", "")
		args, limit := w.With(q.Limit)
		return t.eventRecords(fmt.Sprintf(" WHERE %s ORDER BY position LIMIT $%d", &w, limit), args...)
	}
	const ofMode = "(" + selectEvents + " WHERE livemode = %s AND position > $1 ORDER BY position LIMIT $2)"
	var events []store.EventRecord
	err := t.each(func(r pgx.Rows) error {
		e, err := scanEvent(r)
		events = append(events, e)
		return err
	}, fmt.Sprintf("("+ofMode+" UNION ALL "+ofMode+") ORDER BY 1 LIMIT $2", "false", "true"), q.After, q.Limit)
	return events, err
}

// FeedEnd implements [store.Events].
func (t *tx) FeedEnd() (end store.FeedEnd, err error) {
	err = t.each(into(&end.Seq, &end.Hash), selectFeedEnd)
	return end, err
}

// selectFeedEnd reads the last position, and the hash there.
const selectFeedEnd = `SELECT coalesce(max(position), 0), (array_agg(hash ORDER BY position DESC))[1] FROM (
	(SELECT position, hash FROM events WHERE livemode AND position > 0 ORDER BY position DESC LIMIT 1) UNION ALL
	(SELECT position, hash FROM events WHERE NOT livemode AND position > 0 ORDER BY position DESC LIMIT 1)) ends`

const (
	placeInterval = 50 * time.Millisecond // between two looks for events without positions
	placeAtOnce   = int64(1000)           // events
)

// placeEventsRegularly gives events their positions until the context ends.
func (s *Store) placeEventsRegularly(ctx context.Context) {
	ticker := time.NewTicker(placeInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		_ = s.placeAll(ctx, tryToPlace) // what fails here has changed nothing, and is tried again
	}
}

// PlaceEvents implements [store.Store].
func (s *Store) PlaceEvents(ctx context.Context) error { return s.placeAll(ctx, waitToPlace) }

// One server at a time gives positions. The end of its connection lets another do it, and that of a server that is gone
// without a word is ended after a few seconds. Whoever wants the table for itself, as for a new schema, waits for the
// whole or goes first.
const (
	placingLock  = "hashtextextended('clientele positions of events', 0))"
	tryToPlace   = "SELECT pg_try_advisory_xact_lock(" + placingLock
	waitToPlace  = "SELECT true FROM pg_advisory_xact_lock(" + placingLock
	placingTime  = "SET LOCAL idle_in_transaction_session_timeout = '3s'"
	placingTable = "LOCK TABLE events IN ROW EXCLUSIVE MODE"
)

// placeAll gives positions until no event is without, or another server does it.
func (s *Store) placeAll(ctx context.Context, lock string) error {
	for {
		var some bool
		err := s.View(ctx, func(t store.Tx) error {
			return t.(*tx).each(into(&some), "SELECT EXISTS (SELECT 1 FROM events WHERE hash IS NULL)")
		})
		if err != nil || !some {
			return err
		}
		var placed int
		err = s.Update(ctx, func(t store.Tx) (err error) {
			placed, err = t.(*tx).placeEvents(lock)
			return err
		})
		if err != nil || placed == 0 {
			return err
		}
	}
}

// unplaced is an event without a hash, and what its row is found by.
type unplaced struct {
	store.EventRecord
	seq int64
}

// placeEvents gives positions and hashes to the first events without, after all that have them. The statement that
// reads them sees what was committed before it began, so also what whoever had the lock before has done; an event of an
// object has been written after the one before it was seen, so they are in order.
func (t *tx) placeEvents(lock string) (placed int, err error) {
	var mine bool
	t.run(placingTime)
	t.run(placingTable)
	if err := t.each(into(&mine), lock); err != nil || !mine {
		return 0, err
	}
	events, err := t.withoutHash()
	if err != nil || len(events) == 0 {
		return 0, err
	}
	var end store.FeedEnd
	if err := t.each(into(&end.Seq, &end.Hash), feedEndBefore, events[0].Seq); err != nil {
		return 0, err
	}
	for _, e := range events {
		if e.Seq != 0 { // of another database
			if end.Hash, err = t.pruning().HashBefore(end, e.Seq); err != nil {
				return 0, err
			}
			end.Seq = e.Seq - 1
		}
		end.Seq++
		end.Hash = e.HashAfter(end.Hash)
		t.run("UPDATE events SET position = $3, hash = $4 WHERE customer_id = $1 AND seq = $2", e.CustomerID, e.seq,
			end.Seq, end.Hash)
	}
	return len(events), nil
}

// withoutHash are the first events that have no hash: those that came with a position, and then the others.
func (t *tx) withoutHash() (events []unplaced, err error) {
	err = t.each(func(r pgx.Rows) (err error) {
		var e unplaced
		e.EventRecord, err = scanEvent(r, &e.seq)
		events = append(events, e)
		return err
	}, "SELECT "+eventColumns+", seq FROM events WHERE hash IS NULL ORDER BY position, seq LIMIT $1", placeAtOnce)
	return events, err
}

// feedEndBefore reads the last position that has a hash before another, or of all before 0.
const feedEndBefore = `SELECT coalesce(max(position), 0), (array_agg(hash ORDER BY position DESC))[1] FROM (
	(SELECT position, hash FROM events WHERE livemode AND position > 0
		AND ($1::bigint = 0 OR position < $1) ORDER BY position DESC LIMIT 1) UNION ALL
	(SELECT position, hash FROM events WHERE NOT livemode AND position > 0
		AND ($1::bigint = 0 OR position < $1) ORDER BY position DESC LIMIT 1)) ends`
