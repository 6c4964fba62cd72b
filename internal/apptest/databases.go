package apptest

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/postgres"
	"clientele.dev/internal/store/sqlite"
)

// variable says which database the tests of a process run on.
const variable = "CLIENTELE_TEST_DATABASE"

// OnPostgres says whether the tests of this process run on PostgreSQL, one machine or several, not on SQLite.
func OnPostgres() bool { return os.Getenv(variable) == "postgres" || OnCitus() }

// OnCitus says whether the tests of this process run on several machines.
func OnCitus() bool { return os.Getenv(variable) == "citus" }

// OnAll says whether tests shall run on every database, as make test runs them.
func OnAll() bool { return os.Getenv(variable) == "all" }

// RunOnAll runs a package's tests on SQLite or on what CLIENTELE_TEST_DATABASE names: sqlite, postgres, citus, or all,
// which is on SQLite in this process and, at the same time, on PostgreSQL in another, and then on Citus where
// CLIENTELE_CITUS_URL names a cluster. make test runs on all. It returns the exit code.
func RunOnAll(run func() int) int {
	flag.Parse()
	debug.SetGCPercent(400) // there is memory enough, and little of what a test makes lives long
	if !OnAll() || flag.Lookup("test.fuzz").Value.String() != "" {
		return run()
	}
	wait := startOn("postgres")
	code := max(run(), wait())
	if os.Getenv(pgtest.CitusVariable) != "" {
		code = max(code, startOn("citus")())
	}
	return code
}

// startOn starts the same tests on another database. wait waits for their end and returns their exit code.
func startOn(database string) (wait func() int) {
	var out bytes.Buffer
	other := exec.Command(os.Args[0], os.Args[1:]...)
	other.Env = append(os.Environ(), variable+"="+database)
	other.Stdout, other.Stderr = &out, &out
	err := other.Start()
	return func() int {
		if err == nil {
			err = other.Wait()
		}
		if err != nil || testing.Verbose() {
			fmt.Printf("=== The same on %s\n%s", database, &out)
		}
		if err != nil {
			fmt.Printf("FAIL: on %s: %v\n", database, err)
			return 1
		}
		return 0
	}
}

// Folder is a folder for a test's databases, which the test's end removes: in memory where there is plenty, so that no
// test waits for a disk that it does not need.
func Folder(t testing.TB) string {
	t.Helper()
	if pgtest.Memory() == "" {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(pgtest.Memory(), "clientele-test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// database is an open database.
type database struct {
	store.Store
	url string

	asking sync.Mutex
	conn   *pgx.Conn       // into PostgreSQL, beside the server: nil before it is needed
	file   *zombiezen.Conn // into the file, as above
}

// ask calls fn with a connection to PostgreSQL that stays as long as the database.
func (d *database) ask(ctx context.Context, fn func(*pgx.Conn) error) (err error) {
	d.asking.Lock()
	defer d.asking.Unlock()
	if d.conn == nil {
		if d.conn, err = pgx.Connect(ctx, d.url); err != nil {
			return err
		}
	}
	return fn(d.conn)
}

// Close implements [store.Store].
func (d *database) Close() error {
	if d.conn != nil {
		_ = d.conn.Close(context.Background())
	}
	if d.file != nil {
		_ = d.file.Close()
	}
	return d.Store.Close()
}

// rows answers a query as texts.
func (d *database) rows(ctx context.Context, query string) (rows [][]string, err error) {
	if path, isFile := strings.CutPrefix(d.url, "sqlite:"); isFile {
		return d.rowsOfFile(path, query)
	}
	err = d.ask(ctx, func(c *pgx.Conn) error {
		results, err := c.PgConn().Exec(ctx, query).ReadAll()
		if err != nil {
			return err
		}
		for _, row := range results[0].Rows {
			var texts []string
			for _, column := range row {
				texts = append(texts, string(column))
			}
			rows = append(rows, texts)
		}
		return nil
	})
	return rows, err
}

func (d *database) rowsOfFile(path, query string) (rows [][]string, err error) {
	d.asking.Lock()
	defer d.asking.Unlock()
	if d.file == nil {
		if d.file, err = zombiezen.OpenConn(path, zombiezen.OpenReadOnly); err != nil {
			return nil, err
		}
	}
	err = sqlitex.Execute(d.file, query, &sqlitex.ExecOptions{ResultFunc: func(row *zombiezen.Stmt) error {
		var texts []string
		for i := range row.ColumnCount() {
			texts = append(texts, row.ColumnText(i))
		}
		rows = append(rows, texts)
		return nil
	}})
	return rows, err
}

// newDatabase opens an empty database for a test. done is called at the test's end.
func newDatabase(t testing.TB) (db *database, done func() error) {
	t.Helper()
	var err error
	switch os.Getenv(variable) {
	case "postgres":
		if db, err = kept.take(); err == nil {
			return db, func() error { return kept.giveBack(db) }
		}
	case "citus":
		db, err = open(pgtest.CitusURL(t, Distribute))
	default:
		db, err = newFile(Folder(t))
	}
	if err != nil {
		t.Fatal(err)
	}
	return db, db.Close
}

// emptyFile is a SQLite database of the newest schema, made once: others are copies of it.
var emptyFile = sync.OnceValues(func() (content []byte, err error) {
	dir, err := os.MkdirTemp(pgtest.Memory(), "clientele-empty")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "empty.db")
	db, err := sqlite.Open(context.Background(), "sqlite:"+path)
	if err == nil {
		err = db.Close()
	}
	if err == nil {
		content, err = os.ReadFile(path)
	}
	return content, errors.Join(err, os.RemoveAll(dir))
})

// newFile opens an empty SQLite database in a folder.
func newFile(dir string) (*database, error) {
	path := filepath.Join(dir, "clientele.db")
	content, err := emptyFile()
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		return nil, err
	}
	return open("sqlite:" + path)
}

// keptDatabases are databases of PostgreSQL that no test uses at the moment. They are emptied and used again with their
// connections: a process of the server's begins with each connection, which is what tests wait for most.
type keptDatabases struct {
	mu   sync.Mutex
	free []*database
}

var kept keptDatabases

// take returns an open, empty database.
func (k *keptDatabases) take() (*database, error) {
	k.mu.Lock()
	if last := len(k.free) - 1; last >= 0 {
		db := k.free[last]
		k.free = k.free[:last]
		k.mu.Unlock()
		return db, nil
	}
	k.mu.Unlock()
	url, err := pgtest.New(prepare)
	if err != nil {
		return nil, err
	}
	return open(url)
}

// giveBack empties a database and keeps it.
func (k *keptDatabases) giveBack(db *database) error {
	if err := db.empty(); err != nil {
		return errors.Join(err, db.Close())
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.free = append(k.free, db)
	return nil
}

// empty removes all rows and starts all sequences again. Deleting a few rows is quicker than giving every table a new
// file.
func (d *database) empty() error {
	ctx := context.Background()
	return d.ask(ctx, func(c *pgx.Conn) error {
		// The lock is that of who sums up counts meanwhile.
		_, err := c.Exec(ctx, `DO $$ DECLARE name text; BEGIN
			PERFORM pg_advisory_xact_lock(hashtextextended('clientele counts', 0));
			FOR name IN SELECT oid::regclass FROM pg_class
				WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations'
			LOOP
				EXECUTE CASE WHEN pg_table_size(name) > 200000 THEN 'TRUNCATE ' ELSE 'DELETE FROM ' END || name;
			END LOOP;
			PERFORM setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S';
		END $$`)
		return err
	})
}

// prepare brings the schema of a new database up to date.
func prepare(url string) error {
	s, err := postgres.Open(context.Background(), url)
	if err != nil {
		return err
	}
	return s.Close()
}

// Distribute makes the tables of a new database and distributes them.
func Distribute(url string) error {
	if err := prepare(url); err != nil {
		return err
	}
	return postgres.Distribute(context.Background(), url, func(string, int, int) {})
}

func open(url string) (*database, error) {
	db, err := openStore(context.Background(), url)
	return &database{Store: db, url: url}, err
}

func openStore(ctx context.Context, url string) (store.Store, error) {
	if strings.HasPrefix(url, "sqlite:") {
		return sqlite.Open(ctx, url)
	}
	return postgres.Open(ctx, url)
}
