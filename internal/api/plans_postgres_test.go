package api_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/postgres"
)

// plan is a node of a plan of PostgreSQL.
type plan struct {
	Type      string `json:"Node Type"`
	Relation  string `json:"Relation Name"`
	Index     string `json:"Index Name"`
	IndexCond string `json:"Index Cond"`
	Plans     []plan
}

var (
	// The parts of an index condition that select a mode, or a stretch of time of it.
	ofMode = regexp.MustCompile(`livemode = [$]\d+|NOT livemode|livemode|(?:seq|due_date|updated_at) [<>]=? [^()]+`)
	// What is small, or walked by the statement's own rows.
	smallTables = regexp.MustCompile(`^(payment_currencies|payment_methods|settings|api_keys|apps|sessions|closings|` +
		`webhook_endpoints|` +
		`schema_migrations|row_count_changes|ledger_sum_changes|)$`)
)

// mayWalkPostgres are the statements that walk on purpose, and why.
var mayWalkPostgres = []excuse{
	{"SELECT max(seq) FROM", "a range of one millisecond"},
	{"AND seq <= $2 ORDER BY seq DESC LIMIT", "a page: it walks only what it skips, at most one bucket"},
	{"AND seq >= $2 ORDER BY seq ASC LIMIT", "a page: it walks only what it skips, at most one bucket"},
	{"SELECT count(*) FROM", "exact counts of a filtered list read an index"},
	{"SELECT seq FROM", "a filtered list of a whole mode: it walks what it skips"},
	{"WITH matches AS MATERIALIZED", "words of one or two letters, for which there is no index, read the texts"},
	{"SELECT 1 FROM row_count", "whether there is any"},
	{"WHERE livemode = $1 AND recorded_day BETWEEN", "a part of a day, for what was known at a moment of it"},
	{"settled_at", "reports over what a whole mode owes"},
	{"sum(amount)", "a report over a whole mode"},
	{"SELECT DISTINCT customer_id FROM payments WHERE livemode", "those that have something left alone"},
	{"FROM answers WHERE answered_at", "a bounded number of the oldest"},
	{"FROM invoices i WHERE i.livemode = $2 AND i.status = 'open' AND i.due_day < $1", "those that are late alone"},
	{"FROM events WHERE hash IS NULL", "those that have come lately alone, so many at once"},
	{"FROM events WHERE livemode = $1 ORDER BY position DESC, seq DESC LIMIT $2", "so many of the last"},
	{"FROM events WHERE position > $1 AND livemode = $2 ORDER BY position LIMIT $3", "a part of the feed"},
	{"AND position > $1 ORDER BY position LIMIT $2", "a part of the feed of both modes"},
	{"AND position > 0 ORDER BY position DESC LIMIT 1", "the last"},
	{"< $1) ORDER BY position DESC LIMIT 1", "the last before another"},
	{"WHERE seq > $1 ORDER BY seq LIMIT $2", "a page of everybody"},
	{"version IS DISTINCT FROM (SELECT CASE", "a verification of everybody"},
}

// manyRows fills the tables, so that the planner has something to choose by.
const manyRows = `
	INSERT INTO customers SELECT 'cus_' || n, n << 16, false, CASE WHEN n % 20 = 0 THEN n END, 1, n, n % 50 = 0,
		n || '@x', 'name ' || n, CASE WHEN n % 100 = 0 THEN 5 END, 0, 0, '{}' FROM generate_series(1, 20000) n;
	INSERT INTO customer_names SELECT false, 'did', 'd' || n, 'cus_' || n FROM generate_series(1, 20000) n;
	INSERT INTO customer_metadata SELECT false, 'k', 'v' || n % 1000, 'cus_' || n, n << 16
		FROM generate_series(1, 20000) n;
	INSERT INTO customer_texts SELECT 'cus_' || n, n << 16, false, md5(n::text) FROM generate_series(1, 20000) n;
	INSERT INTO invoices SELECT 'cus_' || n / 2, n << 16, 'in_' || n, false, 1, 'c' || n % 4,
		(ARRAY['open', 'paid', 'paid', 'uncollectible'])[1 + n % 4], 'N' || n, n, n, 5, n % 3, 0, n, '{}',
		0, n / 86400, 'n' || n
		FROM generate_series(1, 20000) n;
	INSERT INTO invoice_metadata SELECT false, 'k', 'v' || n % 1000, 'cus_' || n / 2, n << 16
		FROM generate_series(1, 20000) n;
	INSERT INTO invoice_texts SELECT 'cus_' || n / 2, n << 16, false, md5(n::text) FROM generate_series(1, 20000) n;
	INSERT INTO payments SELECT 'cus_' || n / 2, n << 16, 'pi_' || n, false, 1, 'c', 'succeeded', n, '{}', '', 5, n % 2
		FROM generate_series(1, 20000) n;
	INSERT INTO payment_metadata SELECT false, 'k', 'v' || n % 1000, 'cus_' || n / 2, n << 16
		FROM generate_series(1, 20000) n;
	INSERT INTO payment_texts SELECT 'cus_' || n / 2, n << 16, false, md5(n::text) FROM generate_series(1, 20000) n;
	INSERT INTO ledger SELECT 'cus_' || n / 2, n << 16, 'txn_' || n, false, 'c', 'in_' || n, 'pi_' || n, 1, n % 2,
		'payment', '', '', '', 0, 0, 0, 0, 0, '', '{}', 'key' FROM generate_series(1, 20000) n;
	INSERT INTO ledger_sums SELECT 0, false, 'receivable', 0, n / 30, 'c', n % 30, 1 FROM generate_series(1, 20000) n;
	INSERT INTO events
		(livemode, type, customer_id, object_id, object_version, created_at, request_id, idempotency_key, actor, digest,
			position, hash)
		SELECT false, 'x', 'cus_' || n, 'cus_' || n, 1, n, '', '', '', '', n, '' FROM generate_series(1, 20000) n;
	INSERT INTO answers SELECT 'a', 'k' || n, '', n, '', '', 1, true, '', '' FROM generate_series(1, 20000) n;
	INSERT INTO row_counts SELECT 'customers', false, 12, n, 1, 0 FROM generate_series(1, 20000) n;`

// manyRowsOf fills the tables of a kind that manyRows does not name.
func manyRowsOf(k *store.Kind) string {
	if k.Small || strings.Contains(manyRows, "INTO "+k.Table+" ") {
		return ""
	}
	names, values := "seq, id, livemode, doc", "n << 16, '"+k.Prefix+"' || n, false, '{}'"
	if k.Versioned {
		names, values = names+", version", values+", 1"
	}
	if k.Owned {
		names, values = names+", customer_id", values+", 'cus_' || n / 2"
	}
	for _, c := range k.Columns {
		of := map[store.ColumnType]string{store.Text: "'x' || n", store.Boolean: "n % 2 = 0", store.Bytes: "''"}[c.Type]
		names, values = names+", "+c.Name, values+", "+cmp.Or(of, "n")
	}
	const from = " FROM generate_series(1, 20000) n;"
	script := "INSERT INTO " + k.Table + " (" + names + ") SELECT " + values + from
	if k.HasMetadata {
		script += "INSERT INTO " + k.Metadata() + " SELECT false, 'k', 'v' || n % 1000, 'cus_' || n / 2, n << 16" + from
	}
	if k.Search != store.SearchNothing {
		script += "INSERT INTO " + k.Texts() + " SELECT 'cus_' || n / 2, n << 16, false, md5(n::text)" + from
	}
	return script
}

// checkPostgresPlans asks PostgreSQL how it answers each statement when it has no parameters to look at.
func checkPostgresPlans(statements map[string]bool) (errs []string) {
	ctx := context.Background()
	server, err := pgtest.Start()
	if err != nil {
		return []string{err.Error()}
	}
	defer func() { _ = server.Stop() }()
	name, err := server.Database(nil)
	if err != nil {
		return []string{err.Error()}
	}
	db, err := postgres.Open(ctx, server.URL(name))
	if err != nil {
		return []string{err.Error()}
	}
	defer func() { _ = db.Close() }()
	c, err := pgx.Connect(ctx, server.URL(name))
	if err != nil {
		return []string{err.Error()}
	}
	defer func() { _ = c.Close(ctx) }()
	script := manyRows
	for _, k := range store.Kinds {
		script += manyRowsOf(k)
	}
	const settings = "ANALYZE; SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan"
	if _, err := c.Exec(ctx, script+settings); err != nil {
		return []string{err.Error()}
	}
	checked := 0
	for query := range statements {
		flat := strings.TrimSpace(blank.ReplaceAllString(query, " "))
		if keptCount.MatchString(flat) {
			errs = append(errs, flat+"\n\tthis count is kept")
		}
		first, _, _ := strings.Cut(flat, " ")
		if !slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}, first) {
			continue
		}
		checked++
		excused := slices.ContainsFunc(slices.Concat(mayWalkPostgres, verifying), func(w excuse) bool {
			return strings.Contains(flat, w.statement) && !strings.Contains(flat, "customer_id = $") // one customer's
		})
		root, err := postgresPlan(ctx, c, query)
		if err != nil {
			errs = append(errs, fmt.Sprintf("%.300s\n\t%s", flat, err))
			continue
		}
		for _, step := range walks(root) {
			if !excused {
				errs = append(errs, fmt.Sprintf("%.300s\n\t%s", flat, step))
			}
		}
	}
	if checked < 100 {
		errs = append(errs, fmt.Sprintf("only %d statements ran", checked))
	}
	slices.Sort(errs)
	return errs
}

func postgresPlan(ctx context.Context, c *pgx.Conn, query string) (plan, error) {
	described, err := c.Prepare(ctx, "explained", query)
	if err != nil {
		return plan{}, err
	}
	nulls := strings.TrimSuffix(strings.Repeat("NULL, ", len(described.ParamOIDs)), ", ")
	if nulls != "" {
		nulls = "(" + nulls + ")"
	}
	var text string
	err = c.QueryRow(ctx, "EXPLAIN (FORMAT JSON) EXECUTE explained"+nulls, pgx.QueryExecModeSimpleProtocol).Scan(&text)
	if err != nil {
		return plan{}, err
	}
	if err := c.Deallocate(ctx, "explained"); err != nil {
		return plan{}, err
	}
	var explained []struct{ Plan plan }
	err = json.Unmarshal([]byte(text), &explained)
	return explained[0].Plan, err
}

// walks are the steps of a plan that read a table, or all of a mode's rows in an index.
func walks(p plan) (steps []string) {
	of := p.Relation + p.Index
	switch {
	case smallTables.MatchString(p.Relation) && p.Relation != "":
	case p.Type == "Seq Scan",
		strings.Contains(p.Type, "Index") && strings.Trim(ofMode.ReplaceAllString(p.IndexCond, ""), "() AND") == "":
		steps = append(steps, p.Type+" "+of+" "+p.IndexCond)
	}
	for _, inner := range p.Plans {
		steps = append(steps, walks(inner)...)
	}
	return steps
}
