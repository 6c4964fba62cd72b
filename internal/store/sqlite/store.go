package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"

	"clientele.dev/internal/store"
)

// Store is an open database.
type Store struct {
	path     string
	readers  *pool         // for snapshots
	lookups  *pool         // for what is quick and must never wait: keys and applications, whether the database answers
	scanning chan struct{} // a place for each scan that may run
	writer   *writer       // nil when it was opened to be read
	kept     *kept
	// last is closed last when there is no writer: the files of the log go with a connection that might have written.
	// Left behind by another user, they would keep the server out.
	last *conn

	currencies sync.Map // those that were found, by mode and id
	unmap      func()   // ends the use of the log's index
}

// errReadOnly is what a change of a database gets that was opened to be read.
var errReadOnly = errors.New("store: the database is open for reading")

// OpenReadOnly opens the database that a URL names, sqlite:PATH, and can change nothing of it. It must be there, with
// the schema that this program knows.
func OpenReadOnly(_ context.Context, url string) (*Store, error) {
	path, _ := strings.CutPrefix(url, "sqlite:")
	last, err := openToRead(path)
	if err != nil {
		return nil, err
	}
	s := newStore(path, openToRead)
	s.last = last
	applied, err := appliedSteps(last)
	if err == nil {
		err = store.CheckCurrent(applied)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", path, err), s.Close())
	}
	return s, nil
}

// newStore is a store without a writer.
func newStore(path string, open func(path string, pragmas ...string) (*conn, error)) *Store {
	n := max(8, 4*runtime.GOMAXPROCS(0)) // more than can run: who waits for a connection also waits to be woken
	return &Store{
		path: path,
		// Reading pages in place is a third faster for whole objects in a large file. But the mapping is dropped whenever
		// something was written, which costs more than the look-up of a key does.
		readers:  newPool(path, n/2+scans(), open, "mmap_size = 1073741824"),
		lookups:  newPool(path, n, open, "cache_size = -256"),
		scanning: make(chan struct{}, scans()),
		kept:     newKept(nil),
		unmap:    func() {},
	}
}

// Option changes how a database is opened.
type Option func(*options)

type options struct {
	patience time.Duration
	applying func(step store.Step, of int)
	pauses   bool
}

// WithPatience is how long to wait for another process that writes, in place of ten seconds.
func WithPatience(d time.Duration) Option { return func(o *options) { o.patience = d } }

// WithPauses has a process that writes much let others write now and then: a command beside a server.
func WithPauses() Option { return func(o *options) { o.pauses = true } }

// WithProgress tells fn of each step of the schema before it is applied, and how many there are.
func WithProgress(fn func(step store.Step, of int)) Option {
	return func(o *options) { o.applying = fn }
}

// Open opens the database that a URL names, sqlite:PATH, creates it if need be and brings its schema up to date.
func Open(_ context.Context, url string, opts ...Option) (*Store, error) {
	o := options{patience: busyTimeout}
	for _, set := range opts {
		set(&o)
	}
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok || path == "" || strings.HasPrefix(path, ":") {
		return nil, fmt.Errorf("the database must be sqlite:PATH, such as sqlite:clientele.db, not %q", url)
	}
	if err := createFile(path); err != nil {
		return nil, err
	}
	c, err := openConn(path)
	if err != nil {
		return nil, err
	}
	c.wait(o.patience)
	if err := migrate(c, o.applying); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", path, err), c.Close())
	}
	s := newStore(path, openConn)
	var index *walIndex
	index, s.unmap = openWALIndex(path)
	s.kept = newKept(index)
	s.writer = newWriter(c, path, s.kept)
	s.writer.turn.pauses = o.pauses
	go s.writer.loop()
	return s, nil
}

// Close waits for the transactions under way and closes the database.
func (s *Store) Close() error {
	var err error
	if s.writer != nil {
		err = s.writer.close()
	}
	s.kept.head.Store(nil) // others may write, and nobody would hear of it
	err = errors.Join(err, s.readers.close(), s.lookups.close())
	if s.last != nil {
		err = errors.Join(err, s.last.Close())
	}
	s.unmap()
	return err
}

// Ready says whether the database answers and, when the last write failed for a reason that lasts, whether it can be
// written to again.
func (s *Store) Ready(ctx context.Context) error {
	if s.writer.failing.Load() {
		if err := s.tryWriting(ctx); err != nil {
			return err
		}
	}
	return s.lookups.read(ctx, checkSchema)
}

// Figures implements [store.Store].
func (s *Store) Figures(context.Context) (f store.Figures, err error) {
	for _, file := range []struct {
		path string
		size *int64
	}{{s.path, &f.Bytes}, {s.path + "-wal", &f.LogBytes}} {
		info, err := os.Stat(file.path)
		if err == nil {
			*file.size = info.Size()
		} else if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	for _, p := range []*pool{s.readers, s.lookups} {
		f.Connections += int64(cap(p.conns))
		f.Used += int64(cap(p.conns) - len(p.conns))
	}
	return f, nil
}

// tryWriting writes more than one request does, and removes it. A small write would find a place on a full disk, in the
// log that is there, when the next one would not.
func (s *Store) tryWriting(ctx context.Context) error {
	const room = 256 << 10 // bytes
	for _, statement := range []string{
		fmt.Sprintf(`INSERT OR REPLACE INTO answers
			(actor, key, fingerprint, answered_at, object_type, object_id, object_version, created, doc, refusal)
			VALUES ('', 'room', x'', 0, '', '', 0, 0, hex(zeroblob(%d)), '')`, room/2),
		"DELETE FROM answers WHERE actor = '' AND key = 'room'",
	} {
		if err := s.writer.do(ctx, func(c *conn) error { return c.run(statement) }); err != nil {
			return err
		}
	}
	return nil
}

// View implements [store.Transactions].
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	return s.readers.read(ctx, func(c *conn) error {
		if err := c.run("BEGIN"); err != nil {
			return err
		}
		defer c.run("ROLLBACK") //nolint:errcheck // nothing was written
		err := fn(&tx{conn: c, store: s, ctx: ctx})
		if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultError { // what was asked for may be there no longer
			err = cmp.Or(checkSchema(c), err)
		}
		return err
	})
}

// Scan implements [store.Transactions].
func (s *Store) Scan(ctx context.Context, fn func(store.Tx) error) error {
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.View(ctx, fn)
}

// Update implements [store.Transactions].
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	if s.writer == nil {
		return errReadOnly
	}
	return s.writer.do(ctx, func(c *conn) error { return fn(&tx{conn: c, store: s, ctx: ctx}) })
}
