package store

import (
	"context"
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"

	"clientele.dev"
)

// maxBatch bounds how many transactions share one commit.
const maxBatch = 128

// errClosed is what a transaction gets after Close.
var errClosed = clientele.Errorf(clientele.ErrorCodeUnavailable, "", "the server is stopping")

// errUndone is what the transactions of a batch get that SQLite has undone.
var errUndone = errors.New("the database undid the transaction: its disk may be full or failing")

// writer runs all transactions of this process on one connection. Those that arrive while one commit is being synced
// share the next: durability is paid once for all of them, and nobody waits for company.
type writer struct {
	conn *conn
	jobs chan *job
	quit chan struct{}
	done chan struct{}
}

type job struct {
	ctx      context.Context
	fn       func(*conn) error
	err      error
	panicked any
	finished chan struct{}
}

func newWriter(c *conn) *writer {
	return &writer{conn: c, jobs: make(chan *job, maxBatch), quit: make(chan struct{}), done: make(chan struct{})}
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
	return j.err
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
	err := w.conn.run("BEGIN IMMEDIATE")
	if err == nil {
		w.runOne(first)
	drain:
		for len(ran) < maxBatch && !w.conn.AutocommitEnabled() {
			select {
			case j := <-w.jobs:
				w.runOne(j)
				ran = append(ran, j)
			default:
				break drain
			}
		}
		err = w.commit()
	}
	for _, j := range ran {
		if err != nil && j.err == nil {
			j.err = busyOr(err)
		}
		close(j.finished)
	}
}

// commit makes a batch durable. Whatever fails, nothing of the batch stays.
func (w *writer) commit() error {
	if w.conn.AutocommitEnabled() { // SQLite itself has undone it all, the disk being full or failing
		return errUndone
	}
	err := w.conn.run("COMMIT")
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
	j.err = w.conn.savepoint("job", func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				j.panicked, err = p, fmt.Errorf("panic in a transaction: %v", p)
			}
		}()
		return j.fn(w.conn)
	})
}

// busyOr makes an error that will pass one that says so.
func busyOr(err error) error {
	if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultBusy {
		return clientele.Errorf(clientele.ErrorCodeUnavailable, "", "the database is busy; try again in a moment")
	}
	return err
}
