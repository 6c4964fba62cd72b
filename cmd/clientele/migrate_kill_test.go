package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/pgtest"
)

// TestMigrationsSurviveKills kills migrations of old databases at any moment. Each time the database is as it was, and
// in the end all that it held is there and right. CLIENTELE_KILLS=50 kills so often, over 100,000 rows.
func TestMigrationsSurviveKills(t *testing.T) {
	t.Parallel()
	kills, rows := 3, 1_500
	if text := os.Getenv("CLIENTELE_KILLS"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
		rows = 100_000
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		old, customers := oldSQLite(t, rows)
		surviveKills(t, kills, customers, func() string {
			data, err := os.ReadFile(old)
			path := filepath.Join(filepath.Dir(old), fmt.Sprint(rand.Int64(), ".db"))
			if err == nil {
				err = os.WriteFile(path, data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			return "sqlite:" + path
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server, err := pgtest.Start()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := server.Stop(); err != nil {
				t.Error(err)
			}
		})
		customers, last := 0, ""
		surviveKills(t, kills, func() int { return customers }, func() string {
			if last != "" {
				if err := server.Run("DROP DATABASE " + last + " WITH (FORCE)"); err != nil {
					t.Fatal(err)
				}
			}
			last, err = server.Database(func(url string) error {
				customers = oldPostgres(t, url, rows)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return server.URL(last)
		})
	})
}

// surviveKills kills the migration of old databases, of which fresh makes another.
func surviveKills(t *testing.T, kills int, customers func() int, fresh func() string) {
	t.Helper()
	began := time.Now()
	url := fresh()
	before := output(t, url, "migrate", "--show")
	output(t, url, "migrate")
	took := time.Since(began)
	right := func() {
		t.Helper()
		want := fmt.Sprintf("The books of %d customers are right.\n", customers())
		if got := output(t, url, "verify"); got != want {
			t.Fatalf("verify says %s, want %s", got, want)
		}
	}
	right()
	url = fresh()
	for killed := 0; killed < kills; {
		wasKilled, err := killAfter(command(url, "migrate"), time.Duration(rand.Int64N(int64(took))))
		if wasKilled {
			killed++
		} else if err != nil {
			t.Fatal(err)
		}
		switch shown := output(t, url, "migrate", "--show"); {
		case !strings.Contains(shown, "missing"): // it has ended
			url = fresh()
		case shown != before:
			t.Fatalf("a part of the steps is applied: %s", shown)
		}
	}
	output(t, url, "migrate")
	right()
	t.Logf("%d kills within %v", kills, took)
}

// killAfter runs a command, and kills it when it takes longer.
func killAfter(c *exec.Cmd, longest time.Duration) (killed bool, err error) {
	if err := c.Start(); err != nil {
		return false, err
	}
	killing := time.AfterFunc(longest, func() { _ = c.Process.Kill() })
	defer killing.Stop()
	err = c.Wait()
	return err != nil && !c.ProcessState.Exited(), err
}

// oldSQLite makes a database of the schema's fourth step, which had invoices and no ledger, with so many rows.
func oldSQLite(t *testing.T, rows int) (path string, customers func() int) {
	t.Helper()
	const folder = "../../internal/store/sqlite/"
	path = filepath.Join(t.TempDir(), "old.db")
	script := "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL);"
	for i, step := range []string{"0001_customers", "0002_invoices", "0003_events", "0004_access"} {
		script += readFile(t, folder+"migrations/"+step+".sql") +
			fmt.Sprintf("INSERT INTO schema_migrations VALUES (%d, '%s');", i+1, step)
	}
	one := readFile(t, folder+"testdata/before_receivables.sql")
	runSQL(t, "sqlite:"+path, script+one)
	// Another copy of all that belongs to customers, at other positions, with other ids and numbers.
	var lines []string
	for line := range strings.Lines(one) {
		if !strings.HasPrefix(line, "INSERT INTO payment_") {
			lines = append(lines, line)
		}
	}
	one = strings.Join(lines, "")
	position, event := regexp.MustCompile(`\b117669417\d{9}\b`), regexp.MustCompile(`(INSERT INTO events VALUES\()(\d+)`)
	copies := rows / len(lines)
	for first := 1; first <= copies; first += 100 {
		var b strings.Builder
		for n := first; n < first+100 && n <= copies; n++ {
			one := position.ReplaceAllStringFunc(one, func(seq string) string { return shifted(t, seq, int64(n)<<24) })
			one = event.ReplaceAllStringFunc(one, func(start string) string {
				head, seq, _ := strings.Cut(start, "(")
				return head + "(" + shifted(t, seq, int64(n)*100)
			})
			b.WriteString(strings.NewReplacer("06h0ndh", fmt.Sprintf("%07d", n), "06H0NDH", fmt.Sprintf("%07d", n),
				"R2EEM257", fmt.Sprintf("R%07d", n), "SJFUTJ49", fmt.Sprintf("S%07d", n)).Replace(one))
		}
		runSQL(t, "sqlite:"+path, b.String())
	}
	return path, func() int { return 2 * (copies + 1) }
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func shifted(t *testing.T, number string, by int64) string {
	t.Helper()
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.FormatInt(n+by, 10)
}

// oldPostgres makes of a database one of the schema's first step with so many rows, and returns how many customers it
// has.
func oldPostgres(t *testing.T, url string, rows int) (customers int) {
	t.Helper()
	oldBooks(t, url)
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	tables := []string{
		"customers", "customer_names", "customer_metadata", "customer_texts", "invoices", "invoice_metadata",
		"invoice_texts", "payments", "payment_metadata", "credit_notes", "ledger", "events",
	}
	var all int
	var prefixes []string
	err = c.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM "+strings.Join(tables, ") + (SELECT count(*) FROM ")+"),"+
		" (SELECT array_agg(name ORDER BY customer_id) FROM customer_names WHERE kind = 'invoice_prefix')").
		Scan(&all, &prefixes)
	if err != nil {
		t.Fatal(err)
	}
	copies := rows / all
	const start = "06dnpacf5o" // of all ids, as they are made at one moment
	for _, table := range tables {
		var columns string
		err := c.QueryRow(t.Context(), `SELECT string_agg(column_name, ', ' ORDER BY ordinal_position)
			FROM information_schema.columns WHERE table_name = $1 AND is_identity = 'NO'`, table).Scan(&columns)
		if err != nil {
			t.Fatal(err)
		}
		position := "'{}'"
		if strings.Contains(", "+columns+",", ", seq,") {
			position = "jsonb_build_object('seq', o.seq + (n::bigint << 24))"
		}
		other := "to_jsonb(o)::text"
		other = fmt.Sprintf("replace(%s, '%s', lpad(n::text, 10, '0'))", other, start)
		for i, prefix := range prefixes {
			other = fmt.Sprintf("replace(%s, '%s', '%c' || lpad(n::text, 7, '0'))", other, prefix, 'A'+i)
		}
		_, err = c.Exec(t.Context(), fmt.Sprintf(`INSERT INTO %[1]s (%[2]s) SELECT %[2]s FROM (
			SELECT (jsonb_populate_record(NULL::%[1]s, %[3]s::jsonb || %[4]s)).*
			FROM %[1]s o CROSS JOIN generate_series(1, %[5]d) n WHERE to_jsonb(o)::text LIKE '%%%[6]s%%') others`,
			table, columns, other, position, copies, start))
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	// What follows from other ids: the digests, and how many there are.
	script := "DELETE FROM row_counts; DELETE FROM row_count_changes;"
	for _, table := range []string{"customers", "invoices", "payments"} {
		script += fmt.Sprintf(`UPDATE events e SET digest = substring(sha256(convert_to(doc, 'UTF8')) FOR 16)
			FROM %[1]s o WHERE e.object_id = o.id AND e.object_version = o.version;
			INSERT INTO row_count_changes SELECT '%[1]s', livemode, seq >> 16, 1 FROM %[1]s;`, table)
	}
	script += `UPDATE events e SET digest = substring(sha256(convert_to(doc, 'UTF8')) FOR 16)
		FROM credit_notes o WHERE e.object_id = o.id; ANALYZE`
	if _, err := c.Exec(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	return len(prefixes) * (copies + 1)
}
