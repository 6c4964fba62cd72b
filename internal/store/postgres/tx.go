package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"clientele.dev"

	"clientele.dev/internal/store"
)

// tx is a transaction, or a snapshot, on one connection.
type tx struct {
	ctx     context.Context
	store   *Store
	conn    *pgx.Conn
	begin   string // what it begins with
	writing bool
	again   bool // a former attempt failed for the sake of others

	queued  []statement // what is sent with the next statement that answers something, or with the commit
	opening int         // how many of the first it begins with
	sent    int         // how often something was sent
	loading *loading    // the new rows of one that loads; nil of others

	// How it ended.
	committing  bool
	lost        bool              // the connection is gone
	pid         uint32            // of the process that worked on it
	event       store.EventRecord // the first that it wrote: proof that it was committed
	outcomeOpen bool              // nobody can say whether it was committed

	// What it has seen.
	owners         map[string]string                  // the customers that objects belong to, see [tx.customerOf]
	absent         []claim                            // names that were looked up and that nobody had
	deleted        map[string]bool                    // of the customers that were looked up, by id
	numbers        map[string]store.CustomerDocuments // how many documents the customers have that were read
	addsCurrencies bool                               // which others do not see yet
	reserved       []moment                           // in which positions were given to this transaction
}

// statement is one that was not sent yet.
type statement struct {
	query string
	args  []any
	read  func(pgx.Rows) error // nil when nothing is of interest
	stale error                // what a division by zero in it means, see [tx.mustChange]
}

// claim is a name of a mode.
type claim struct {
	mode clientele.Mode
	kind store.NameKind
	name string
}

// run queues a statement that answers nothing of interest.
func (t *tx) run(query string, args ...any) {
	if t.loading != nil && t.loading.take(query, args) {
		return
	}
	t.queued = append(t.queued, statement{query: query, args: args})
}

// runLast queues a statement of which the last counts when it is queued again and again.
func (t *tx) runLast(query string, args ...any) {
	if n := len(t.queued); n > 0 && t.queued[n-1].query == query {
		t.queued = t.queued[:n-1]
	}
	t.run(query, args...)
}

// mustChange queues a statement that must change one row; when it does not, the transaction fails with the error. As
// the commit may travel with it, the database itself must notice: it divides by the number of rows.
func (t *tx) mustChange(stale error, query string, args ...any) {
	query = "WITH changed AS (" + query + " RETURNING 1) SELECT 1 / count(*) FROM changed"
	t.queued = append(t.queued, statement{query: query, args: args, stale: stale})
}

// read queues a statement and calls fn with every row it answers, once it is sent.
func (t *tx) read(fn func(pgx.Rows) error, query string, args ...any) {
	t.queued = append(t.queued, statement{query: query, args: args, read: fn})
}

// each sends a statement, after what is queued, and calls fn with every row it answers. fn asks the database nothing.
func (t *tx) each(fn func(pgx.Rows) error, query string, args ...any) error {
	t.read(fn, query, args...)
	return t.send()
}

// eachUnprepared is each for a statement of many variants, which the database plans for its parameters and does not
// keep.
func (t *tx) eachUnprepared(fn func(pgx.Rows) error, query string, args ...any) error {
	if err := t.send(); err != nil {
		return err
	}
	if t.begin == beginNothing {
		if t.sent > 0 {
			return errSecondMessage
		}
		t.sent++
	}
	trace(query)
	rows, err := t.conn.Query(t.ctx, query, slices.Concat([]any{pgx.QueryExecModeExec}, args)...)
	if err != nil {
		return t.failed(query, err)
	}
	return t.failed(query, readAll(rows, fn))
}

// readAll calls fn with every row.
func readAll(rows pgx.Rows, fn func(pgx.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if fn == nil {
			continue
		}
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// send sends what is queued and reads the answers.
func (t *tx) send() error {
	if err := t.copyRows(); err != nil {
		return err
	}
	if len(t.queued) == 0 {
		return nil
	}
	if t.begin == beginNothing && (t.sent > 0 || t.store.distributed && len(t.queued) > 1) {
		return errSecondMessage
	}
	queued := t.queued
	t.queued = nil
	t.sent++
	batch := &pgx.Batch{}
	for _, s := range queued {
		trace(s.query)
		batch.Queue(s.query, s.args...)
	}
	results := t.conn.SendBatch(t.ctx, batch)
	for _, s := range queued {
		rows, err := results.Query()
		if err == nil {
			err = readAll(rows, s.read)
		}
		if s.stale != nil && isCode(err, divisionByZero) {
			if err = s.stale; !errors.Is(err, store.ErrNewerSchema) { // which no second try changes
				err = errors.Join(err, errStale)
			}
		}
		if err != nil {
			results.Close() //nolint:errcheck // the first error is the one to tell
			return t.failed(s.query, err)
		}
	}
	return t.failed(queued[len(queued)-1].query, results.Close())
}

// severalMessages is called by what is more than one message, before the first: a view needs a transaction for it.
func (t *tx) severalMessages() error {
	if t.begin == beginNothing {
		return errSecondMessage
	}
	return nil
}

// failed adds to an error which statement failed.
func (t *tx) failed(query string, err error) error {
	if err == nil {
		return nil
	}
	words := strings.Fields(query)
	return fmt.Errorf("postgres: %s: %w", strings.Join(words[:min(len(words), 6)], " "), err)
}

// commit makes the transaction durable. A client who goes meanwhile does not leave the outcome open.
func (t *tx) commit() error {
	if t.begin == beginNothing {
		return t.send()
	}
	if t.sent == 0 && len(t.queued) == 1 { // nothing was asked
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), commitTimeout)
	defer cancel()
	t.ctx, t.committing, t.pid = ctx, true, t.conn.PgConn().PID()
	t.run("commit")
	err := t.send()
	if err != nil && !t.conn.IsClosed() {
		t.committing = false // the database says that it did not
		t.rollback()
	}
	return err
}

// rollback undoes the transaction. When it cannot, the connection is closed, which does.
func (t *tx) rollback() {
	if t.sent == 0 || t.begin == beginNothing || t.conn.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), time.Second)
	defer cancel()
	t.conn.Exec(ctx, "rollback") //nolint:errcheck // a connection that cannot is closed, which undoes it too
}

// Nested implements [store.Tx].
func (t *tx) Nested(fn func() error) error {
	sent, before, event := t.sent, len(t.queued), t.event
	t.run("savepoint nested")
	err := fn()
	if err == nil {
		t.run("release savepoint nested")
		return nil
	}
	t.event = event
	if t.sent == sent { // the database knows nothing of it
		t.queued = t.queued[:before]
	} else {
		t.queued = nil
		t.run("rollback to savepoint nested")
		t.run("release savepoint nested")
	}
	return err
}

// record reads one object: id, seq, version, deleted_at, doc.
func (t *tx) record(query string, args ...any) (rec store.Record, found bool, err error) {
	err = t.each(func(r pgx.Rows) error {
		found = true
		return scanRecord(r, &rec)
	}, query, args...)
	return rec, found, err
}

func scanRecord(r pgx.Rows, rec *store.Record) error {
	return r.Scan(&rec.ID, &rec.Seq, &rec.Version, &rec.DeletedAt, &rec.JSON)
}

// appendTo appends a statement's one column to a list.
func appendTo[T any](list *[]T) func(pgx.Rows) error {
	return func(r pgx.Rows) error {
		var one T
		err := r.Scan(&one)
		*list = append(*list, one)
		return err
	}
}

// into reads a statement's one row.
func into(targets ...any) func(pgx.Rows) error {
	return func(r pgx.Rows) error { return r.Scan(targets...) }
}
