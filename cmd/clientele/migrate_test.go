package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev/internal/pgtest"
)

// withoutEventCustomers undoes the step that says whose every event is.
const withoutEventCustomers = "ALTER TABLE events DROP COLUMN customer_id;" +
	" DELETE FROM schema_migrations WHERE name LIKE '%_event_customers'"

// TestMigrateGivesEventsTheirCustomers shows that events from before they said whose they are say so after the step, of
// objects of every kind and of an invoice that is gone.
func TestMigrateGivesEventsTheirCustomers(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"SQLite":     "sqlite:" + filepath.Join(t.TempDir(), "clientele.db"),
		"PostgreSQL": pgtest.URL(t, nil),
	} {
		t.Run(name, func(t *testing.T) {
			makeBooks(t, url)
			runSQL(t, url, withoutEventCustomers)
			out, code := runCommand("migrate", "--show", "--db", url)
			if code != 0 || strings.Count(out, "missing") != 1 {
				t.Errorf("exit %d: %s", code, out)
			}
			if out, code = runCommand("migrate", "--db", url); code != 0 || !strings.HasSuffix(out, "\n1 applied.\n") {
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
		defer c.Close(t.Context()) //nolint:errcheck // the test has ended
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
