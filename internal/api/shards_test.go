package api_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"clientele.dev/internal/apptest"
	"clientele.dev/internal/pgtest"
)

// mayAskAll are the statements that ask every shard, and why. All others ask one, or as many as customers are named.
var mayAskAll = []excuse{
	{"SELECT bucket, sum(count)", "counts of everybody, in their parts"},
	{"SELECT count(*) FROM", "a filtered list of everybody's"},
	{"SELECT seq FROM", "a filtered list of everybody's"},
	{"ORDER BY seq DESC LIMIT $3 OFFSET $4", "a list of everybody's"},
	{"ORDER BY seq ASC LIMIT $3 OFFSET $4", "a list of everybody's"},
	{"WITH matches AS MATERIALIZED", "a search among everybody's"},
	{"WHERE seq = ANY($1)", "what is on a page of a list or a search"},
	{"FROM customers c CROSS JOIN LATERAL", "what belongs to the customers of a page"},
	{"FROM events WHERE seq > $1 ORDER BY seq LIMIT", "a page of the feed"},
	{"WHERE seq > $1 ORDER BY seq LIMIT $2", "a page of everybody, to verify them"},
	{"DELETE FROM answers WHERE (actor, key) IN", "old answers"},
	{"settled_at", "reports over what a whole mode owes"},
	{"sum(amount)", "sums of everybody, in their parts"},
	{"sum(change)", "sums of everybody, in their parts"},
	{"SELECT DISTINCT customer_id FROM payments WHERE livemode", "those that have something left"},
	{"FROM payments WHERE id = ANY($1)", "the payments of a page of refunds"},
	{"i.status = 'open' AND i.due_date <", "the late ones of everybody's"},
	{"SELECT 1 FROM row_count_changes", "whether there is any"},
	{"SELECT count(*) FROM gone", "what is summed up"},
}

var taskCount = regexp.MustCompile(`Task Count: (\d+)`)

// checkShards asks Citus how many shards each statement is for.
func checkShards(statements map[string]bool) (errs []string) {
	ctx := context.Background()
	url, drop, err := pgtest.CitusDatabase(apptest.Distribute)
	if err != nil {
		return []string{err.Error()}
	}
	defer func() { _ = drop() }()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return []string{err.Error()}
	}
	defer func() { _ = c.Close(ctx) }()
	const settings = "SET plan_cache_mode = force_custom_plan; SET citus.explain_all_tasks = off"
	if _, err := c.Exec(ctx, settings); err != nil {
		return []string{err.Error()}
	}
	var list []string
	for query := range statements {
		flat := strings.TrimSpace(blank.ReplaceAllString(query, " "))
		first, _, _ := strings.Cut(flat, " ")
		if !slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}, first) {
			continue
		}
		shards, err := shardsOf(ctx, c, query)
		if err != nil {
			errs = append(errs, fmt.Sprintf("%.300s\n\t%s", flat, err))
			continue
		}
		list = append(list, fmt.Sprintf("%2d  %.200s", shards, flat))
		excused := slices.ContainsFunc(slices.Concat(mayAskAll, verifying), func(m excuse) bool {
			return strings.Contains(flat, m.statement) && !strings.Contains(flat, "customer_id = $") // one customer's
		})
		if shards > 1 && !excused {
			errs = append(errs, fmt.Sprintf("%.300s\n\task %d shards", flat, shards))
		}
	}
	slices.Sort(list)
	if testing.Verbose() {
		fmt.Println(strings.Join(list, "\n"))
	}
	if len(list) < 100 {
		errs = append(errs, fmt.Sprintf("only %d statements ran", len(list)))
	}
	slices.Sort(errs)
	return errs
}

// shardsOf is how many shards a statement is for that names one customer.
func shardsOf(ctx context.Context, c *pgx.Conn, query string) (shards int, err error) {
	described, err := c.Prepare(ctx, "explained", query)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Deallocate(ctx, "explained") }()
	var values []string
	for _, oid := range described.ParamOIDs {
		values = append(values, someValue(oid))
	}
	explain := "EXPLAIN EXECUTE explained"
	if len(values) > 0 {
		explain += "(" + strings.Join(values, ", ") + ")"
	}
	rows, err := c.Query(ctx, explain, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return 0, err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, line := range lines {
		if count := taskCount.FindStringSubmatch(line); count != nil {
			n, _ := strconv.Atoi(count[1])
			shards = max(shards, n)
		}
	}
	return shards, err
}

// someValue writes a value of a type.
func someValue(oid uint32) string {
	switch oid {
	case pgtype.BoolOID:
		return "false"
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID, pgtype.NumericOID:
		return "1"
	case pgtype.TextArrayOID:
		return "'{x}'"
	case pgtype.Int8ArrayOID:
		return "'{1}'"
	}
	return "'x'"
}
