package sqlite

import (
	"context"
	"fmt"

	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// Feed implements [store.Events].
func (t *tx) Feed(q store.FeedQuery) ([]store.EventRecord, error) {
	if q.Unplaced {
		return nil, nil
	}
	w := sql.FeedWhere(q, "seq", "+")
	args, limit := w.With(q.Limit)
	return t.eventRecords(fmt.Sprintf(" WHERE %s ORDER BY seq LIMIT $%d", &w, limit), args...)
}

// FeedEnd implements [store.Events].
func (t *tx) FeedEnd() (end store.FeedEnd, err error) {
	err = t.each("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", func(r row) error {
		if end.Seq = r.int(0); !r.null(1) {
			end.Hash = r.bytes(1)
		}
		return nil
	})
	return end, err
}

// PlaceEvents implements [store.Store]: it gives hashes to the events of before they had any.
func (s *Store) PlaceEvents(ctx context.Context) error {
	for placed := 1; placed > 0; {
		err := s.View(ctx, func(t store.Tx) (err error) {
			placed, err = t.(*tx).withoutHash()
			return err
		})
		if err != nil || placed == 0 {
			return err
		}
		if err := s.Update(ctx, func(t store.Tx) error { return t.(*tx).addHashes() }); err != nil {
			return err
		}
	}
	return nil
}

// withoutHash says whether there is an event without a hash, as a number.
func (t *tx) withoutHash() (some int, err error) {
	err = t.each("SELECT 1 FROM events WHERE hash IS NULL LIMIT 1", func(row) error { some = 1; return nil })
	return some, err
}

// addHashes gives hashes to the first events that have none.
func (t *tx) addHashes() error {
	const some = 500 // what others wait for
	events, err := t.eventRecords(" WHERE hash IS NULL ORDER BY seq LIMIT $1", int64(some))
	if err != nil || len(events) == 0 {
		return err
	}
	var hash []byte
	err = t.each("SELECT hash FROM events WHERE seq < $1 ORDER BY seq DESC LIMIT 1", func(r row) error {
		hash = r.bytes(0)
		return nil
	}, events[0].Seq)
	for _, e := range events {
		if hash = e.HashAfter(hash); err == nil {
			err = t.run("UPDATE events SET hash = $2 WHERE seq = $1", e.Seq, hash)
		}
	}
	return err
}
