package sqlite

import (
	"context"
	"errors"

	"zombiezen.com/go/sqlite"

	"clientele.dev/internal/store"
)

// tx is a transaction, or a snapshot, on one connection.
type tx struct {
	*conn
	store *Store
	ctx   context.Context
}

// Nested implements [store.Tx].
func (t *tx) Nested(fn func() error) error { return t.inside("nested", t.later, fn) }

// record reads one object: id, seq, version, deleted_at, doc.
func (t *tx) record(query string, args ...any) (rec store.Record, found bool, err error) {
	err = t.each(query, func(r row) error {
		rec, found = r.record(), true
		return nil
	}, args...)
	return rec, found, err
}

// records reads objects.
func (t *tx) records(query string, args ...any) (recs []store.Record, err error) {
	err = t.each(query, func(r row) error {
		recs = append(recs, r.record())
		return nil
	}, args...)
	return recs, err
}

func (r row) record() store.Record {
	return store.Record{ID: r.text(0), Seq: r.seq(1), Version: r.int(2), DeletedAt: r.int(3), JSON: r.bytes(4)}
}

// interruptible runs fn, which may take long, so that a request that gives up ends it.
func (t *tx) interruptible(fn func() error) error {
	defer t.SetInterrupt(t.SetInterrupt(t.ctx.Done()))
	err := fn()
	if t.ctx.Err() != nil && sqlite.ErrCode(err) == sqlite.ResultInterrupt {
		return t.ctx.Err()
	}
	return err
}

// scan is interruptible for what reads sums, counts or indexes of texts, which a transaction that writes does not see.
func (t *tx) scan(fn func() error) error {
	if t.later != nil {
		return errors.New("store: lists, searches and sums are read in a View or Scan")
	}
	return t.interruptible(fn)
}
