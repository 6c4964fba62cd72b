package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/pgtest"
)

// What undoes the steps of the schemas of oldBooks from the one on that says whose every event is.
const (
	undoneOnSQLite = `ALTER TABLE events DROP COLUMN customer_id;
		ALTER TABLE customers RENAME COLUMN listed_mode TO shown; ALTER TABLE invoices RENAME COLUMN total_is_zero TO zero; DELETE FROM schema_migrations WHERE version > 8`
	undoneOnPostgres = `ALTER TABLE events DROP COLUMN customer_id; ALTER TABLE row_counts DROP COLUMN part;
		ALTER TABLE row_counts ADD CONSTRAINT row_counts_pkey PRIMARY KEY (kind, livemode, bits, bucket);
		ALTER TABLE row_count_changes DROP COLUMN part; DELETE FROM schema_migrations WHERE version > 1`
)

// oldBooks makes of an empty database one from before ledgers were rows and events said whose they are, with payments
// that left something, which was credit then, in all ways: used, refunded, reversed, void.
func oldBooks(t *testing.T, url string) {
	t.Helper()
	path, isFile := strings.CutPrefix(url, "sqlite:")
	if isFile {
		if err := os.WriteFile(path, unpacked(t, "testdata/sqlite_step10.db.gz"), 0o600); err != nil {
			t.Fatal(err)
		}
		runSQL(t, url, undoneOnSQLite)
		return
	}
	runSQL(t, url, string(unpacked(t, "testdata/postgres_step3.sql.gz"))+undoneOnPostgres)
}

// unpacked is what a file holds that is packed.
func unpacked(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	packed, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestMigrateOldBooks shows that old books are right after the steps, and as they were: what is owed, credit, and what
// payments left.
func TestMigrateOldBooks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, url string
		steps     int
	}{
		{"SQLite", "sqlite:" + filepath.Join(t.TempDir(), "clientele.db"), 12},
		{"PostgreSQL", pgtest.URL(t, nil), 12},
	} {
		t.Run(test.name, func(t *testing.T) {
			oldBooks(t, test.url)
			out, code := runCommand("migrate", "--show", "--db", test.url)
			if code != 0 || strings.Count(out, "missing") != test.steps {
				t.Errorf("exit %d: %s", code, out)
			}
			want := fmt.Sprintf("\n%d applied.\n", test.steps)
			if out, code = runCommand("migrate", "--db", test.url); code != 0 || !strings.HasSuffix(out, want) {
				t.Errorf("exit %d: %s", code, out)
			}
			if out, code = runCommand("verify", "--db", test.url); out != "The books of 4 customers are right.\n" {
				t.Errorf("exit %d: %s", code, out)
			}
			settleOldBooks(t, test.url)
			if out, code = runCommand("verify", "--db", test.url); out != "The books of 4 customers are right.\n" {
				t.Errorf("once everything is taken back, exit %d: %s", code, out)
			}
		})
	}
}

// settleOldBooks takes back all that old payments paid and became.
func settleOldBooks(t *testing.T, url string) {
	t.Helper()
	s, err := apptest.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sums, err := s.Test().Receivables.Summary(t.Context(), client.SummaryParams{})
	if err != nil {
		t.Fatal(err)
	}
	got := sums.Currencies["curr_test_usd"]
	if got.Outstanding.String() != "785" || got.Credit.String() != "5184" || got.Unapplied.Sign() != 0 ||
		got.Overdue.String() != "600" || got.Collected.String() != "1100" || got.Invoices != 3 {
		t.Errorf("the old books come to %+v", got)
	}
	for pay, err := range s.Test().Payments.All(t.Context(), client.PaymentListParams{Status: "succeeded"}) {
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Test().Customers.MoveCredit(t.Context(), pay.CustomerID,
			client.CreditParams{CurrencyID: pay.CurrencyID, Amount: clientele.NewAmount("", 100)}) // some was refunded
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Test().Payments.Reverse(t.Context(), pay.ID, "all of it"); err != nil {
			t.Errorf("%+v: %v", pay, err)
		}
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
