package sqlite

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// busyTimeout is how long a writer waits for another process that writes, such as a command beside the server.
const busyTimeout = 10 * time.Second

// conn is one connection to SQLite. Statements are written with parameters $1, $2, …
type conn struct {
	*sqlite.Conn

	patience time.Duration // how long it waits for another that writes
	prepared map[string]*sqlite.Stmt
	variants map[string]*variant // of statements, by their text
	count    uint64              // of uses of variants
	later    *deferred           // nil where nothing is left for later
	// fail makes a statement fail, in tests alone: nil otherwise.
	fail func(query string) error
}

// parameter is a numbered parameter; SQLite's own form of it is ?1.
var parameter = regexp.MustCompile(`\$(\d+)`)

func sqliteForm(query string) string { return parameter.ReplaceAllString(query, "?$1") }

// createFile makes a new database readable by its owner alone: it holds personal data.
func createFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("the database cannot be opened: %w", err)
	}
	return f.Close()
}

func openConn(path string, pragmas ...string) (*conn, error) {
	return openAs(sqlite.OpenReadWrite|sqlite.OpenCreate|sqlite.OpenWAL, path, pragmas...)
}

// openToRead is openConn for a database that must be there.
func openToRead(path string, pragmas ...string) (*conn, error) {
	return openAs(sqlite.OpenReadWrite, path, pragmas...)
}

func openAs(flags sqlite.OpenFlags, path string, pragmas ...string) (*conn, error) {
	c, err := sqlite.OpenConn(path, flags)
	if err != nil {
		return nil, fmt.Errorf("the database %s cannot be opened: %w", path, err)
	}
	c.SetBusyTimeout(busyTimeout)
	for _, pragma := range append([]string{
		"synchronous = FULL",            // a commit returns when it is on the disk
		"foreign_keys = ON",             //
		"trusted_schema = OFF",          // a doctored file cannot run functions
		"cache_size = -16384",           // 16 MiB a connection
		"wal_autocheckpoint = 4000",     // 16 MiB of log between checkpoints, so that few writers wait for one
		"journal_size_limit = 67108864", // a log that grew under load shrinks again
		"temp_store = MEMORY",
	}, pragmas...) {
		if err := sqlitex.ExecuteTransient(c, "PRAGMA "+pragma, nil); err != nil {
			return nil, errors.Join(fmt.Errorf("the database %s: PRAGMA %s: %w", path, pragma, err), c.Close())
		}
	}
	return &conn{
		Conn: c, patience: busyTimeout, prepared: map[string]*sqlite.Stmt{}, variants: map[string]*variant{},
	}, nil
}

// Close closes the connection with its statements.
func (c *conn) Close() error {
	for _, v := range c.variants {
		_ = v.Finalize() // it repeats the error of the last step
	}
	clear(c.variants)
	return c.Conn.Close()
}

// wait sets how long the connection waits for another that writes.
func (c *conn) wait(patience time.Duration) {
	c.patience = patience
	c.SetBusyTimeout(patience)
}

// run executes a statement that returns nothing of interest.
func (c *conn) run(query string, args ...any) error {
	return c.each(query, nil, args...)
}

// exec executes a statement and says how many rows it changed.
func (c *conn) exec(query string, args ...any) (int64, error) {
	err := c.each(query, nil, args...)
	return int64(c.Changes()), err
}

// traced is told every statement that is prepared, unless it is nil.
var traced atomic.Pointer[func(query string)]

// TraceStatements tells fn every statement that any store prepares from now on. Tests look at their plans.
func TraceStatements(fn func(query string)) { traced.Store(&fn) }

func trace(query string) {
	if fn := traced.Load(); fn != nil {
		(*fn)(query)
	}
}

// each calls fn on every row. The statement is kept prepared.
func (c *conn) each(query string, fn func(row) error, args ...any) error {
	if c.fail != nil {
		if err := c.fail(query); err != nil {
			return err
		}
	}
	stmt := c.prepared[query]
	if stmt == nil {
		trace(query)
		var err error
		if stmt, err = c.Prepare(sqliteForm(query)); err != nil {
			return err
		}
		c.prepared[query] = stmt
	}
	defer stmt.Reset() //nolint:errcheck // it repeats the error of the last step
	return step(stmt, fn, args)
}

func step(stmt *sqlite.Stmt, fn func(row) error, args []any) error {
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			stmt.BindText(i+1, v)
		case int64:
			stmt.BindInt64(i+1, v)
		case store.Position:
			stmt.BindInt64(i+1, int64(v))
		case bool:
			stmt.BindBool(i+1, v)
		case clientele.Mode:
			stmt.BindBool(i+1, bool(v))
		case []byte:
			stmt.BindBytes(i+1, v)
		case nil:
			stmt.BindNull(i + 1)
		default:
			return fmt.Errorf("store: parameter $%d is a %T", i+1, arg)
		}
	}
	for {
		more, err := stmt.Step()
		if err != nil || !more {
			return err
		}
		if fn != nil {
			if err := fn(row{stmt}); err != nil {
				return err
			}
		}
	}
}

// row is a row of a result; columns count from 0.
type row struct{ stmt *sqlite.Stmt }

func (r row) text(i int) string        { return r.stmt.ColumnText(i) }
func (r row) int(i int) int64          { return r.stmt.ColumnInt64(i) }
func (r row) seq(i int) store.Position { return store.Position(r.int(i)) }
func (r row) null(i int) bool          { return r.stmt.ColumnType(i) == sqlite.TypeNull }

func (r row) bytes(i int) []byte {
	b := make([]byte, r.stmt.ColumnLen(i))
	r.stmt.ColumnBytes(i, b)
	return b
}

// scan reads the columns of a row.
func (r row) scan(targets ...any) error {
	for i, target := range targets {
		switch to := target.(type) {
		case *string:
			*to = r.text(i)
		case *int64:
			*to = r.int(i)
		case *bool:
			*to = r.int(i) == 1
		case *[]byte:
			*to = r.bytes(i)
		default:
			return fmt.Errorf("store: column %d is read into a %T", i, target)
		}
	}
	return nil
}

// savepoint runs fn so that its changes are undone when it fails.
func (c *conn) savepoint(name string, fn func() error) (err error) {
	if err := c.run("SAVEPOINT " + name); err != nil {
		return err
	}
	if err := fn(); err != nil {
		if c.AutocommitEnabled() { // SQLite has undone the whole transaction, this with it
			return err
		}
		if undo := c.run("ROLLBACK TO " + name); undo != nil {
			return undo
		}
		if undo := c.run("RELEASE " + name); undo != nil {
			return undo
		}
		return err
	}
	return c.run("RELEASE " + name)
}
