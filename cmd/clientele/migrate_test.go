package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
)

// undone is what undoes all steps of a schema but the first: the indexes, tables and columns that they add, and the
// counts by currency that the second writes.
func undone(t *testing.T, database string) (script string, steps int) {
	t.Helper()
	files, err := filepath.Glob("../../internal/store/" + database + "/migrations/*.sql")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	created := regexp.MustCompile(`CREATE (?:UNIQUE |VIRTUAL )?(TABLE|INDEX) (\w+)`)
	added := regexp.MustCompile(`ALTER TABLE (\w+) ADD COLUMN (\w+)`)
	first, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files[1:] {
		step, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range created.FindAllStringSubmatch(string(step), -1) {
			script = "DROP " + m[1] + " IF EXISTS " + m[2] + ";" + script
			if m[1] == "TABLE" { // one that the first step makes in another form
				script += regexp.MustCompile(`(?s)CREATE TABLE ` + m[2] + ` \(.*?\n\)[^;]*;`).FindString(string(first))
			}
		}
		for _, m := range added.FindAllStringSubmatch(string(step), -1) {
			if strings.Contains(script, "DROP TABLE IF EXISTS "+m[1]+";") {
				continue
			}
			script += "ALTER TABLE " + m[1] + " DROP COLUMN " + m[2] + ";"
		}
	}
	counts := []string{"row_counts"}
	if database == "postgres" {
		counts = append(counts, "row_count_changes")
	}
	for _, table := range counts {
		script += "DELETE FROM " + table + " WHERE kind LIKE '% %' OR kind = 'refunds';"
	}
	return script + "DELETE FROM schema_migrations WHERE version > 1", len(files) - 1
}

// booksOfBefore makes of an empty database one of the schema's first step, with so many customers who each have an
// invoice, a payment and a refund. It returns how many steps it lacks.
func booksOfBefore(t *testing.T, url string, customers int) int {
	t.Helper()
	s, err := apptest.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	for i := range customers {
		bookOf(t, s.Test(), fmt.Sprint("Customer ", i), []string{"curr_test_usd", "curr_test_eur"}[i%2])
	}
	s.Close()
	database, _, _ := strings.Cut(url, ":")
	script, steps := undone(t, database)
	runSQL(t, url, script)
	return steps
}

// bookOf makes a customer who pays a part of an invoice, and is sent a part of that back.
func bookOf(t *testing.T, c *client.Client, name, currency string) {
	t.Helper()
	ctx := t.Context()
	customer, err := c.Customers.Create(ctx, clientele.CustomerParams{Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	cents := func(n int64) clientele.Amount { return clientele.NewAmount(currency, n) }
	invoice, err := c.Invoices.Create(ctx, clientele.InvoiceParams{
		CustomerID: customer.ID, CurrencyID: currency, Finalize: true,
		InvoiceContent: clientele.InvoiceContent{
			Lines: []clientele.LineParams{{Description: "work", UnitAmount: new(cents(500))}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	pay, err := c.Payments.Create(ctx, clientele.PaymentParams{
		CustomerID: customer.ID, CurrencyID: currency, Amount: new(cents(700)),
		InvoiceID: invoice.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	part := clientele.RefundParams{RestParams: clientele.RestParams{Amount: new(cents(20))}}
	if _, err := c.Payments.Refund(ctx, pay.ID, part); err != nil {
		t.Fatal(err)
	}
}

// emptyDatabases are the addresses of an empty one of each kind, by what they are called.
func emptyDatabases(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"SQLite": newDatabase(t), "PostgreSQL": pgtest.URL(t, nil)}
}

// TestMigrate applies a step to a database that has rows, and says so.
func TestMigrate(t *testing.T) {
	t.Parallel()
	for name, url := range emptyDatabases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps := booksOfBefore(t, url, 3)
			appsOfBefore(t, url)
			out, code := runCommand("migrate", "--show", "--db", url)
			if code != 0 || strings.Count(out, "missing") != steps {
				t.Errorf("exit %d: %s", code, out)
			}
			applied := fmt.Sprintf("\n%d applied.\n", steps)
			if out, code = runCommand("migrate", "--db", url); code != 0 || !strings.HasSuffix(out, applied) {
				t.Errorf("exit %d: %s", code, out)
			}
			out, code = runCommand("verify", "--db", url)
			if !strings.HasPrefix(out, "The books of 3 customers are right.\n") || strings.Contains(out, "unproven") {
				t.Errorf("exit %d: %s", code, out)
			}
			s, err := apptest.Open(url)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			page, err := s.Test().Payments.List(t.Context(), clientele.PaymentListParams{CurrencyID: "curr_test_usd"})
			if err != nil || page.Count != 2 {
				t.Errorf("%+v, %v: want 2 payments in dollars", page, err)
			}
			wantAppsOfBefore(t, s.DB)
			runSQL(t, url, "DELETE FROM apps WHERE id = 'app_1'; UPDATE apps SET doc = ''") // as a server of before writes
			if out, code := runCommand("apps", "revoke", "app_0", "--db", url); code != 0 {
				t.Errorf("an application without a document is revoked with exit %d: %s", code, out)
			}
			if apps, err := s.DB.Apps(t.Context()); err != nil || len(apps) != 1 || apps[0].RevokedAt.IsZero() {
				t.Errorf("the applications are %+v, %v", apps, err)
			}
			wantRight(t, url, "3")
		})
	}
}

// appsOfBefore adds applications as they were when they had no documents.
func appsOfBefore(t *testing.T, url string) {
	t.Helper()
	key := "unhex(replace(printf('%%32s', ''), ' ', '0%d'))"
	if strings.HasPrefix(url, "postgres") {
		key = "decode(repeat('0%d', 32), 'hex')"
	}
	script := "INSERT INTO apps (id, name, public_key, created_at, revoked_at) VALUES "
	for i, rest := range []string{"1769999999007, NULL", "1769999999123, 1770000000000"} {
		script += fmt.Sprintf("('app_%d', 'the \"Shop\" é \\ 東', "+key+", %s),", i, i, rest)
	}
	runSQL(t, url, strings.TrimSuffix(script, ","))
}

// wantAppsOfBefore wants their documents to be those that are written today.
func wantAppsOfBefore(t *testing.T, db store.Store) {
	t.Helper()
	err := db.View(t.Context(), func(tx store.Tx) error {
		apps, stored, err := store.SelectApps(tx)
		for i, app := range apps {
			if want, err := app.MarshalJSON(); err != nil || string(stored[i].JSON) != string(want) {
				t.Errorf("the document of %s is %s, want %s (%v)", app.ID, stored[i].JSON, want, err)
			}
		}
		if len(apps) != 2 || apps[0].Name != `the "Shop" é \ 東` || !apps[0].RevokedAt.IsZero() ||
			apps[1].RevokedAt.UnixMilli() != 1770000000000 {
			t.Errorf("the applications are %+v", apps)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestALedgerOfBeforeIsDated brings a database up to date whose movements have no dates: what was typed in later counts
// from its document's day on, and is known from when it was recorded on, as before.
func TestALedgerOfBeforeIsDated(t *testing.T) {
	t.Parallel()
	for name, url := range emptyDatabases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := apptest.Open(url) // it is 2026-01-02
			if err != nil {
				t.Fatal(err)
			}
			customer := oldBook(t, s.Test())
			s.Close()
			database, _, _ := strings.Cut(url, ":")
			script, _ := undone(t, database)
			runSQL(t, url, script+"; DELETE FROM ledger WHERE reason = 'marked_uncollectible'")
			if out, code := runCommand("migrate", "--db", url); code != 0 {
				t.Fatalf("exit %d: %s", code, out)
			}
			out, code := runCommand("verify", "--db", url)
			if !strings.HasPrefix(out, "The books of 1 customers are right.\n") || strings.Contains(out, "unproven") {
				t.Errorf("exit %d: %s", code, out)
			}
			for args, want := range map[string]string{
				"--as-of 2025-11-30": "", "--as-of 2025-12-01": "100 0", "--as-of 2025-12-09": "100 0",
				"--as-of 2025-12-10": "60 0", "--as-of 2025-12-20": "60 30", "--as-of 2026-01-02": "60 30",
				"--as-of 2025-12-20 --known-at 2026-01-01": "", "--as-of 2026-01-02 --known-at 2026-01-02": "60 30",
			} {
				command := []string{"aging", "--mode", "test", "--json", "--db", url, "--customer", customer}
				out, code := runCommand(append(command, strings.Fields(args)...)...)
				var aging clientele.Aging
				if err := json.Unmarshal([]byte(out), &aging); err != nil || code != 0 {
					t.Fatalf("exit %d, %v: %s", code, err, out)
				}
				got := ""
				if b, some := aging.Currencies["curr_test_usd"]; some {
					got = fmt.Sprint(b.Total, " ", b.Unapplied)
				}
				if got != want {
					t.Errorf("%s: %q is outstanding and not applied, want %q", args, got, want)
				}
			}
		})
	}
}

// oldBook makes a customer of whom an invoice and payments of December were typed in, and the invoice given up.
func oldBook(t *testing.T, c *client.Client) (customerID string) {
	t.Helper()
	ctx := t.Context()
	customer, err := c.Customers.Create(ctx, clientele.CustomerParams{Name: new("Ada")})
	if err != nil {
		t.Fatal(err)
	}
	day := func(text string) *clientele.Day {
		day, err := clientele.ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		return &day
	}
	cents := func(n int64) *clientele.Amount { return new(clientele.NewAmount("curr_test_usd", n)) }
	invoice, err := c.Invoices.Create(ctx, clientele.InvoiceParams{
		CustomerID: customer.ID, CurrencyID: "curr_test_usd", Finalize: true, InvoiceContent: clientele.InvoiceContent{
			Date: day("2025-12-01"), Lines: []clientele.LineParams{{UnitAmount: cents(100)}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []clientele.PaymentParams{
		{Amount: cents(40), InvoiceID: invoice.ID, Receipt: clientele.Receipt{Date: day("2025-12-10")}},
		{
			Amount: cents(30), Allocations: &[]clientele.AllocationParams{},
			Receipt: clientele.Receipt{Date: day("2025-12-20")},
		},
	} {
		p.CustomerID, p.CurrencyID = customer.ID, "curr_test_usd"
		if _, err := c.Payments.Create(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Invoices.MarkUncollectible(ctx, invoice.ID); err != nil {
		t.Fatal(err)
	}
	return customer.ID
}

// TestADatabaseOfBeforeIsRefused shows that what was made before the first release is left alone, with a sentence.
func TestADatabaseOfBeforeIsRefused(t *testing.T) {
	t.Parallel()
	for name, url := range emptyDatabases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := "CREATE TABLE schema_migrations (version integer PRIMARY KEY, name text NOT NULL);"
			for version := 1; version <= 20; version++ {
				script += fmt.Sprintf("INSERT INTO schema_migrations VALUES (%d, 'x');", version)
			}
			runSQL(t, url, script)
			refused := func() {
				t.Helper()
				for _, command := range [][]string{
					{"serve", "--addr", "127.0.0.1:0"}, {"migrate"}, {"migrate", "--show"}, {"verify"},
				} {
					var all bytes.Buffer
					code := run(t.Context(), append(command, "--db", url), &all, &all)
					if code != 1 || !strings.Contains(all.String(), "another build of Clientele") {
						t.Errorf("%v: exit %d: %s", command, code, all.String())
					}
				}
			}
			refused()
			runSQL(t, url, "ALTER TABLE schema_migrations ADD COLUMN checksum text NOT NULL DEFAULT ''")
			refused()
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
