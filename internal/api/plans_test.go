package api_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"zombiezen.com/go/sqlite"

	"clientele.dev/internal/apptest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/postgres"
	embedded "clientele.dev/internal/store/sqlite"
)

// TestMain looks, when all tests have passed, at the plan of every statement that ran under them: none may cost more
// because others have more rows.
func TestMain(m *testing.M) {
	flag.Parse()
	var mu sync.Mutex
	statements := map[string]bool{}
	note := func(query string) {
		mu.Lock()
		defer mu.Unlock()
		statements[query] = true
	}
	embedded.TraceStatements(note)
	postgres.TraceStatements(note)
	code := apptest.RunOnAll(m.Run)
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.list").Value.String() == ""
	if code == 0 && whole {
		check := checkPlans
		switch {
		case apptest.OnCitus():
			check = checkShards
		case apptest.OnPostgres():
			check = checkPostgresPlans
		}
		if errs := check(statements); len(errs) > 0 {
			fmt.Println("FAIL: statements that cost more because others have more rows:")
			for _, err := range errs {
				fmt.Println(err)
			}
			code = 1
		}
	}
	os.Exit(code)
}

var (
	blank = regexp.MustCompile(`\s+`)
	// A step that walks a table, or all of a mode's rows.
	walk = regexp.MustCompile(`^SCAN (\w+)|^SEARCH (\w+) USING (?:COVERING )?INDEX \w+ ` +
		`\(livemode=\?(?: AND (?:seq|due_date|updated_at)[<>]\?)*\)`)
	// A list of a whole mode, of which a page is read in order.
	wholeList = regexp.MustCompile(`^SELECT seq FROM \w+ WHERE livemode = \$1 (?:AND deleted_at IS NULL )?` +
		`ORDER BY \w+ \w+(, seq \w+)* LIMIT`)
	// How many there are of a whole mode, or in a currency.
	keptCount = regexp.MustCompile(`^SELECT count\(\*\) FROM (` + strings.Join(countedTables(), "|") +
		`) WHERE livemode = \$1( AND currency_id = \$2)?$`)
	// Whatever is small, or walked once for each row that is asked for.
	small = regexp.MustCompile(`^(payment_currencies|payment_methods|settings|api_keys|apps|sessions|closings|` +
		`webhook_endpoints|` +
		`customer_numbers|schema_migrations|sqlite_\w+|ids|p|j|CONSTANT)$`)
)

// excuse is a statement that may do what others must not, and why.
type excuse struct{ statement, why string }

// verifying are the statements of verify, which reads everything, on any database.
var verifying = []excuse{
	{"WHERE EXISTS (SELECT kind, livemode, bits", "counts against rows"},
	{"WHERE NOT EXISTS (SELECT 1 FROM customers WHERE id = o.customer_id)", "whose customer is gone"},
	{"FROM refunds r WHERE NOT EXISTS (SELECT 1 FROM ledger", "refunds against the ledger"},
	{"FROM events e WHERE type = ", "what is gone"},
	{"IS DISTINCT FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM pruned_events)", "versions against events"},
	{"SELECT livemode, level, bucket, second", "all sums"},
	{"SELECT count(*) FROM customers", "how many there are to verify"},
}

// mayWalk are the statements that walk on purpose, and why.
var mayWalk = []excuse{
	{"SELECT max(seq) FROM", "a range of one millisecond"},
	{"deleted_at IS NULL AND seq <= $2 ORDER BY seq DESC LIMIT", "a page: it walks only what it skips, at most 500"},
	{"deleted_at IS NULL AND seq >= $2 ORDER BY seq ASC LIMIT", "a page: it walks only what it skips, at most 500"},
	{"INSERT INTO row_counts", "the four levels of counts"},
	{"EXISTS (SELECT 1 FROM customers WHERE livemode = $2 AND deleted_at IS NULL AND seq > $3", "whether there is any"},
	{"instr(t.", "words of one or two letters, for which there is no index, read the narrow table of texts"},
	{"instr(iif(folded", "a part of a metadata value reads the values of one key"},
	{"SELECT count(*) FROM customers WHERE livemode = $1 AND deleted_at IS NULL", "exact counts read a narrow index"},
	{"SELECT count(*) FROM customers WHERE livemode = $1 AND deleted_at IS NOT NULL", "the deleted ones alone"},
	{"SELECT seq FROM customers WHERE livemode = $1 AND deleted_at IS NOT NULL", "the deleted ones alone"},
	{"SELECT seq FROM customers WHERE livemode = $1 AND deleted_at IS NULL", "a list of a whole mode"},
	{"FROM customer_texts t WHERE t.livemode = $1 AND", "short words again, by rank"},
	{"INDEXED BY invoices_unpaid WHERE status", "reports over what a whole mode owes, from one narrow index"},
	{"WHERE livemode = $1 AND recorded_day BETWEEN", "a part of a day, for what was known at a moment of it"},
	{"settled_at", "reports over what a whole mode owes"},
	{"SELECT DISTINCT customer_id FROM payments WHERE livemode", "those that have something left alone"},
	{"FROM answers WHERE answered_at", "a bounded number of the oldest"},
	{"NOT IN (SELECT id FROM customers WHERE uncollectible_after", "those that have a time of their own alone"},
	{"FROM events WHERE hash IS NULL", "those of before there were hashes alone, so many at once"},
	{"SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", "the last"},
	{"FROM events WHERE livemode = $1 ORDER BY seq DESC LIMIT $2", "so many of the last"},
	{"FROM events WHERE seq > $1 AND livemode = $2 ORDER BY seq LIMIT $3", "a part of the feed"},
	{"FROM events WHERE seq > $1 ORDER BY seq LIMIT $2", "a part of the feed of both modes"},
}

// countedTables are the tables of customers' objects of which it is kept how many there are.
func countedTables() (tables []string) {
	for _, k := range store.Kinds {
		if k.Owned && k.Counted {
			tables = append(tables, k.Table)
		}
	}
	return tables
}

// mayWalkLists are the lists of a whole mode, and the counts of those that are filtered.
func mayWalkLists() (all []excuse) {
	for _, k := range store.Kinds {
		if k.Owned {
			from := " FROM " + k.Table + " WHERE livemode = $1"
			all = append(all, excuse{"SELECT count(*)" + from, "exact counts of a whole mode"},
				excuse{"SELECT seq" + from, "a list of a whole mode: it walks what it skips"})
		}
	}
	return all
}

// checkPlans asks SQLite how it answers each statement.
func checkPlans(statements map[string]bool) (errs []string) {
	dir, err := os.MkdirTemp("", "plans")
	if err != nil {
		return []string{err.Error()}
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "plans.db")
	db, err := embedded.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		return []string{err.Error()}
	}
	defer func() { _ = db.Close() }()
	c, err := sqlite.OpenConn(path, sqlite.OpenReadOnly)
	if err != nil {
		return []string{err.Error()}
	}
	defer func() { _ = c.Close() }()
	checked := 0
	for query := range statements {
		flat := strings.TrimSpace(blank.ReplaceAllString(query, " "))
		first, _, _ := strings.Cut(flat, " ")
		if !slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}, first) ||
			strings.Contains(flat, "FROM whole_events") { // a migration's, which drops that table
			continue
		}
		if keptCount.MatchString(flat) {
			errs = append(errs, flat+"\n\tthis count is kept")
		}
		excused := slices.ContainsFunc(slices.Concat(mayWalk, mayWalkLists(), verifying), func(w excuse) bool {
			return strings.Contains(flat, w.statement) && !strings.Contains(flat, "customer_id = $") // one customer's
		})
		explain := "EXPLAIN QUERY PLAN " + regexp.MustCompile(`\$(\d+)`).ReplaceAllString(query, "?$1")
		for _, step := range planOf(c, explain) {
			if wholeList.MatchString(flat) && step == "USE TEMP B-TREE FOR ORDER BY" {
				errs = append(errs, fmt.Sprintf("%.300s\n\t%s: a whole mode is sorted", flat, step))
			}
			if strings.Contains(flat, "ORDER BY seq DESC LIMIT 1") && step == "USE TEMP B-TREE FOR ORDER BY" {
				errs = append(errs, fmt.Sprintf("%.300s\n\t%s: all are sorted to find the last", flat, step))
			}
			found := walk.FindStringSubmatch(step)
			if found == nil || excused || strings.Contains(step, "VIRTUAL TABLE") || small.MatchString(found[1]+found[2]) {
				continue
			}
			errs = append(errs, fmt.Sprintf("%.300s\n\t%s", flat, step))
		}
		checked++
	}
	if checked < 100 {
		errs = append(errs, fmt.Sprintf("only %d statements ran", checked))
	}
	slices.Sort(errs)
	return errs
}

// planOf are the steps of a plan, or the error as one that is never excused.
func planOf(c *sqlite.Conn, explain string) (steps []string) {
	stmt, _, err := c.PrepareTransient(explain)
	if err != nil {
		return []string{"SCAN error " + err.Error()}
	}
	defer func() { _ = stmt.Finalize() }()
	for {
		more, err := stmt.Step() // parameters are not needed
		if err != nil {
			return append(steps, "SCAN error "+err.Error())
		}
		if !more {
			return steps
		}
		steps = append(steps, stmt.ColumnText(3))
	}
}
