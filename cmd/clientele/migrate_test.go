package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev/internal/pgtest"
)

// What undoes the steps of a schema from the one on that says whose every event is.
const (
	undoneOnSQLite = `ALTER TABLE events DROP COLUMN customer_id;
		ALTER TABLE customers RENAME COLUMN listed_mode TO shown; ALTER TABLE invoices RENAME COLUMN total_is_zero TO zero; DELETE FROM schema_migrations WHERE version > 8`
	undoneOnPostgres = `ALTER TABLE events DROP COLUMN customer_id; ALTER TABLE row_counts DROP COLUMN part;
		ALTER TABLE row_counts ADD CONSTRAINT row_counts_pkey PRIMARY KEY (kind, livemode, bits, bucket);
		ALTER TABLE row_count_changes DROP COLUMN part; DELETE FROM schema_migrations WHERE version > 1`
)

// TestMigrateGivesEventsTheirCustomers shows that events from before they said whose they are say so after the step, of
// objects of every kind and of an invoice that is gone.
func TestMigrateGivesEventsTheirCustomers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, url, undone string
		steps             int
	}{
		{"SQLite", "sqlite:" + filepath.Join(t.TempDir(), "clientele.db"), undoneOnSQLite, 2},
		{"PostgreSQL", pgtest.URL(t, nil), undoneOnPostgres, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			url := test.url
			makeBooks(t, url)
			runSQL(t, url, test.undone)
			out, code := runCommand("migrate", "--show", "--db", url)
			if code != 0 || strings.Count(out, "missing") != test.steps {
				t.Errorf("exit %d: %s", code, out)
			}
			want := fmt.Sprintf("\n%d applied.\n", test.steps)
			if out, code = runCommand("migrate", "--db", url); code != 0 || !strings.HasSuffix(out, want) {
				t.Errorf("exit %d: %s", code, out)
			}
			if out, code = runCommand("verify", "--db", url); out != "The books of 2 customers are right.\n" {
				t.Errorf("exit %d: %s", code, out)
			}
		})
	}
}

// runCommand runs the program and answers what it printed.
func runCommand(args ...string) (stdout string, code int) {
	var out, log bytes.Buffer
	code = run(context.Background(), args, &out, &log)
	return out.String(), code
}

// runSQL does something to a database behind the program's back.
func runSQL(t *testing.T, url, script string) {
	t.Helper()
	path, isFile := strings.CutPrefix(url, "sqlite:")
	if !isFile {
		c, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(t.Context())
		if _, err := c.Exec(t.Context(), script); err != nil {
			t.Fatal(err)
		}
		return
	}
	c, err := sqlite.OpenConn(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlitex.ExecuteScript(c, script, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}
