package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"clientele.dev/internal/billing"
)

// Store is an open database.
type Store struct {
	readers chan *conn // for snapshots
	lookups chan *conn // for keys and applications, which every request asks for
	writer  *writer
	marks   [2]marks // per mode, see paging.go
}

// Open opens the database that a URL names, sqlite:PATH, creates it if need be and brings its schema up to date.
func Open(ctx context.Context, url string) (*Store, error) {
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
	if err := migrate(c); err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	s := &Store{writer: newWriter(c)}
	n := max(8, 4*runtime.GOMAXPROCS(0)) // more than can run: who waits for a connection also waits to be woken
	// Reading pages in place is a third faster for whole objects in a large file. But the mapping is dropped whenever
	// something was written, which costs more than the look-up of a key does.
	if s.readers, err = openReaders(path, n, "mmap_size = 1073741824"); err != nil {
		return nil, err
	}
	if s.lookups, err = openReaders(path, n, "cache_size = -256"); err != nil {
		return nil, err
	}
	go s.writer.loop()
	return s, nil
}

// openReaders opens connections that read.
func openReaders(path string, n int, pragmas ...string) (chan *conn, error) {
	readers := make(chan *conn, n)
	for range n {
		r, err := openConn(path, append(pragmas, "query_only = 1")...)
		if err != nil {
			return nil, err
		}
		readers <- r
	}
	return readers, nil
}

// Close waits for the transactions under way and closes the database.
func (s *Store) Close() error {
	err := s.writer.close()
	for _, readers := range []chan *conn{s.readers, s.lookups} {
		for range cap(readers) {
			err = errors.Join(err, (<-readers).Close())
		}
	}
	return err
}

// Ready says whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	return read(ctx, s.readers, func(c *conn) error { return c.run("SELECT 1 FROM customer_totals") })
}

// View implements [billing.Store].
func (s *Store) View(ctx context.Context, fn func(billing.Tx) error) error {
	return read(ctx, s.readers, func(c *conn) error {
		if err := c.run("BEGIN"); err != nil {
			return err
		}
		defer c.run("ROLLBACK") //nolint:errcheck // nothing was written
		return fn(&tx{conn: c, store: s, ctx: ctx})
	})
}

// Update implements [billing.Store].
func (s *Store) Update(ctx context.Context, fn func(billing.Tx) error) error {
	return s.writer.do(ctx, func(c *conn) error { return fn(&tx{conn: c, store: s, ctx: ctx}) })
}

// read runs fn with a connection that reads.
func read(ctx context.Context, readers chan *conn, fn func(*conn) error) error {
	select {
	case c := <-readers:
		defer func() { readers <- c }()
		return fn(c)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tx is a transaction, or a snapshot, on one connection.
type tx struct {
	*conn
	store *Store
	ctx   context.Context
}

// Nested implements [billing.Tx].
func (t *tx) Nested(fn func() error) error { return t.savepoint("nested", fn) }
