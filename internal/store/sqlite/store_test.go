package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/store"
)

func open(t *testing.T) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "test.db"))
}

func openAt(t *testing.T, path string, opts ...Option) *Store {
	t.Helper()
	s, err := Open(t.Context(), "sqlite:"+path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestSharedCommit shows that transactions which share a commit do not share their failures.
func TestSharedCommit(t *testing.T) {
	t.Parallel()
	s := open(t)
	refused := errors.New("refused")
	const n = 200
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("%v", p)
				}
			}()
			errs[i] = s.writer.do(t.Context(), func(c *conn) error {
				insert := "INSERT INTO customer_names VALUES (0, 'test', $1, 1)"
				if err := c.run(insert, fmt.Sprint(i)); err != nil {
					return err
				}
				switch i % 4 {
				case 1:
					return refused
				case 2:
					panic("panicked")
				case 3:
					return c.run(insert, fmt.Sprint(i)) // breaks the primary key
				}
				return nil
			})
		})
	}
	wg.Wait()
	for i, err := range errs {
		ok := [...]bool{err == nil, errors.Is(err, refused), err != nil && strings.HasPrefix(err.Error(), "panicked"),
			err != nil && strings.Contains(err.Error(), "UNIQUE")}[i%4]
		if !ok {
			t.Errorf("transaction %d returned %v", i, err)
		}
	}
	var names []string
	err := s.readers.read(t.Context(), func(c *conn) error {
		return c.each("SELECT name FROM customer_names", func(r row) error {
			names = append(names, r.text(0))
			return nil
		})
	})
	if err != nil || len(names) != n/4 {
		t.Errorf("%d transactions left something, want %d: %v", len(names), n/4, err)
	}
}

func TestGivenUpBeforeItsTurn(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.writer.do(ctx, func(*conn) error { t.Error("ran"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAfterClose(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.writer.do(t.Context(), func(*conn) error { return nil }); !errors.Is(err, errClosed) {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                      "sqlite:PATH",
		"clientele.db":          "sqlite:PATH",
		"sqlite:":               "sqlite:PATH",
		"sqlite::memory:":       "sqlite:PATH",
		"postgres://x":          "sqlite:PATH",
		"sqlite:/nowhere/at/":   "cannot be opened",
		"sqlite:" + t.TempDir(): "cannot be opened",
	} {
		if _, err := Open(t.Context(), url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q) = %v, want %q", url, err, want)
		}
	}
}

func TestMigrateTwiceAndFromTheFuture(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	for range 2 {
		s, err := Open(t.Context(), "sqlite:"+path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	c, err := openConn(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.run("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'future', '')"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), "sqlite:"+path); err == nil || !strings.Contains(err.Error(), "newer Clientele") {
		t.Error(err)
	}
}

// TestSQLiteVersion holds the line that SQLite's own notes draw: before 3.51.3 a reset of the log could lose commits.
// A server stops when a newer program changes the schema: it neither writes nor says that it is ready.
func TestAnOldServerStops(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clientele.db")
	s := openAt(t, path)
	c, err := openConn(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	change := func(sql string) {
		t.Helper()
		if err := c.run(sql); err != nil {
			t.Fatal(err)
		}
	}
	write := func() error {
		return s.Update(t.Context(), func(tx store.Tx) error {
			return store.Settings.Save(tx, store.Record{Version: 1, JSON: []byte("{}")}, nil, &clientele.Settings{})
		})
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	change("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'future', '')")
	change("ALTER TABLE settings RENAME COLUMN doc TO later")
	if err := s.Ready(t.Context()); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("it is ready: %v", err)
	}
	if err := write(); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("it writes: %v", err)
	}
	err = s.View(t.Context(), func(tx store.Tx) error {
		_, _, err := tx.Get(store.Settings.Kind, clientele.Test, store.SettingsID(clientele.Test))
		return err
	})
	if !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("what is not there any more is read: %v", err)
	}
	change("DELETE FROM schema_migrations WHERE version = 9999")
	change("ALTER TABLE settings RENAME COLUMN later TO doc")
	if err := errors.Join(write(), s.Ready(t.Context())); err != nil {
		t.Error(err)
	}
	change("UPDATE schema_migrations SET checksum = 'x' WHERE version = 2")
	for _, open := range []func() (*Store, error){
		func() (*Store, error) { return Open(t.Context(), "sqlite:"+path) },
		func() (*Store, error) { return OpenReadOnly(t.Context(), "sqlite:"+path) },
	} {
		if _, err := open(); err == nil || !strings.Contains(err.Error(), "0002_counts_by_currency") {
			t.Errorf("a step that was exchanged: %v", err)
		}
	}
}

func TestSQLiteVersion(t *testing.T) {
	t.Parallel()
	s := open(t)
	err := s.readers.read(t.Context(), func(c *conn) error {
		return c.each("SELECT sqlite_version()", func(r row) error {
			var major, minor, patch int
			if _, err := fmt.Sscanf(r.text(0), "%d.%d.%d", &major, &minor, &patch); err != nil {
				return err
			}
			if major*1_000_000+minor*1_000+patch < 3_051_003 {
				t.Errorf("SQLite %s", r.text(0))
			}
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}
