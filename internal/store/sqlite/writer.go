package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"

	"clientele.dev"
)

// maxBatch bounds how many transactions share one commit.
const maxBatch = 128

// errClosed is what a transaction gets after Close.
var errClosed = clientele.Errorf(clientele.ErrorCodeUnavailable, "", "the server is stopping")

// writer runs all transactions of this process on one connection. Those that arrive while one commit is being synced
// share the next: durability is paid once for all of them, and nobody waits for company.
type writer struct {
	conn    *conn
	log     writeAheadLog
	jobs    chan *job
	quit    chan struct{}
	done    chan struct{}
	fault   error // why SQLite undid the batch under way, if it did
	kept    *kept
	later   *deferred   // what the batch under way leaves to be written before its commit
	failing atomic.Bool // the last batch failed for a reason that lasts
	turn    turn
}

type job struct {
	ctx      context.Context
	fn       func(*conn) error
	err      error
	panicked any // nil unless it did
	finished chan struct{}
}

func newWriter(c *conn, path string, k *kept) *writer {
	return &writer{conn: c, kept: k, log: writeAheadLog{path: path + "-wal"}, jobs: make(chan *job, maxBatch),
		quit: make(chan struct{}), done: make(chan struct{})}
}

// do runs fn in a transaction and returns when its commit is durable, or nothing of it remains.
func (w *writer) do(ctx context.Context, fn func(*conn) error) error {
	j := &job{ctx: ctx, fn: fn, finished: make(chan struct{})}
	select {
	case w.jobs <- j:
	case <-w.quit:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-j.finished:
	case <-w.done: // the loop ended; it answers whatever it took
		select {
		case <-j.finished:
		default:
			return errClosed
		}
	}
	if j.panicked != nil {
		panic(j.panicked)
	}
	return faultOf(j.err)
}

// close finishes the transactions under way.
func (w *writer) close() error {
	close(w.quit)
	<-w.done
	return w.conn.Close()
}

func (w *writer) loop() {
	defer close(w.done)
	for {
		select {
		case j := <-w.jobs:
			w.batch(j)
		case <-w.quit:
			for {
				select {
				case j := <-w.jobs:
					w.batch(j)
				default:
					return
				}
			}
		}
	}
}

// batch runs a transaction and those that wait behind it, and commits them together.
func (w *writer) batch(first *job) {
	ran := []*job{first}
	w.fault, w.later = nil, newDeferred(nil)
	w.turn.begin()
	err := w.begin()
	if err == nil {
		w.runOne(first)
		for len(ran) < maxBatch && !w.conn.AutocommitEnabled() {
			j := w.next()
			if j == nil {
				break
			}
			w.runOne(j)
			ran = append(ran, j)
		}
		err = w.commit()
		w.turn.end()
	} else { // nobody behind would fare better, and each would wait as long again
		for j := w.next(); j != nil; j = w.next() {
			ran = append(ran, j)
		}
	}
	w.failing.Store(lasting(err) || lasting(w.fault))
	for _, j := range ran {
		if err != nil && j.err == nil {
			j.err = err
		}
		close(j.finished)
	}
	if err == nil && w.log.bound(w.conn) {
		w.kept.rewound()
	}
}

// begin starts a batch, unless a newer program has changed the schema.
func (w *writer) begin() error {
	if err := w.conn.beginImmediate(); err != nil {
		return err
	}
	w.kept.begun()
	err := cmp.Or(w.turn.begun(w.conn), checkSchema(w.conn))
	if err != nil {
		err = errors.Join(err, w.conn.run("ROLLBACK"))
	}
	return err
}

// next takes a transaction that waits, or returns nil.
func (w *writer) next() *job {
	select {
	case j := <-w.jobs:
		return j
	default:
		return nil
	}
}

// commit makes a batch durable. Whatever fails, nothing of the batch stays.
func (w *writer) commit() error {
	if w.conn.AutocommitEnabled() { // SQLite itself has undone it all
		return cmp.Or(w.fault, errUndone)
	}
	err := w.later.write(w.conn)
	if err == nil {
		committed := w.kept.committing(w.later.customers, w.later.keys)
		err = w.conn.run("COMMIT")
		committed(err == nil)
	}
	if err != nil && !w.conn.AutocommitEnabled() {
		err = errors.Join(err, w.conn.run("ROLLBACK"))
	}
	return err
}

// runOne runs a transaction inside the batch's: when it fails, it alone is undone.
func (w *writer) runOne(j *job) {
	if j.err = j.ctx.Err(); j.err != nil {
		return
	}
	j.err = w.conn.inside("job", w.later, func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				j.panicked, err = panicked{p, debug.Stack()}, fmt.Errorf("panic in a transaction: %v", p)
			}
		}()
		return j.fn(w.conn)
	})
	if lasting(j.err) {
		w.fault = j.err
	}
}

// panicked is what a transaction panicked with, and where: the goroutine that hears of it is another one.
type panicked struct {
	value any
	stack []byte
}

// String says both.
func (p panicked) String() string {
	return fmt.Sprintf("%v\n\nin the transaction:\n%s", p.value, p.stack)
}
