package postgres

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/store"
)

// BeginLoads implements [store.Loads]: what search finds texts by is made afterwards, in half the time.
func (s *Store) BeginLoads(ctx context.Context) error {
	return s.ofTexts(ctx, func(texts string) string { return "DROP INDEX IF EXISTS " + texts + "_by_piece" })
}

// EndLoads implements [store.Loads].
func (s *Store) EndLoads(ctx context.Context) error {
	return s.ofTexts(ctx, func(texts string) string {
		return "CREATE INDEX IF NOT EXISTS " + texts + "_by_piece ON " + texts + " USING gin (text gin_trgm_ops)"
	})
}

// ofTexts runs a statement for each table of texts.
func (s *Store) ofTexts(ctx context.Context, statement func(texts string) string) error {
	for _, k := range store.Kinds {
		if k.Search == store.SearchNothing {
			continue
		}
		if _, err := s.pool.Exec(ctx, statement(k.Texts()), pgx.QueryExecModeSimpleProtocol); err != nil {
			return faultOf(ctx, err, false)
		}
	}
	return nil
}

// Load implements [store.Loads]: rows are written by COPY, those of each table at once.
func (s *Store) Load(ctx context.Context, fn func(store.Tx) error) error {
	return s.transaction(ctx, beginWriting, true, fn)
}

// loading are the new rows of a transaction that were not sent yet.
type loading struct {
	tables []*tableRows
	of     map[string]*insertion // by statement; nil for one that is no plain insertion
}

// tableRows are new rows of some columns of a table.
type tableRows struct {
	table   string
	columns []string
	rows    [][]any
}

// insertion is a statement that inserts rows, and nothing else: of each row the numbers of its parameters.
type insertion struct {
	to     *tableRows
	values [][]int
}

// take takes over a statement that inserts rows, and says whether it did.
func (l *loading) take(query string, args []any) bool {
	of, known := l.of[query]
	if !known {
		of = l.parse(query)
		l.of[query] = of
	}
	if of == nil {
		return false
	}
	for _, numbers := range of.values {
		row := make([]any, len(numbers))
		for i, n := range numbers {
			row[i] = args[n-1]
		}
		of.to.rows = append(of.to.rows, row)
	}
	return true
}

// plainInsert is a statement that inserts rows of parameters.
var plainInsert = regexp.MustCompile(
	`^INSERT INTO (\w+)\s*\(([\w,\s]+)\)\s*(?:OVERRIDING SYSTEM VALUE )?VALUES ((?:\((?:\$\d+,?\s*)+\)(?:, )?)+)$`)

// parse reads a statement; nil when it is no plain insertion.
func (l *loading) parse(query string) *insertion {
	parts := plainInsert.FindStringSubmatch(query)
	if parts == nil {
		return nil
	}
	split := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",() \t\n", r) })
	}
	to := &tableRows{table: parts[1], columns: split(parts[2])}
	same := func(other *tableRows) bool { return other.table == to.table && slices.Equal(other.columns, to.columns) }
	if i := slices.IndexFunc(l.tables, same); i >= 0 {
		to = l.tables[i]
	} else {
		l.tables = append(l.tables, to)
	}
	is := &insertion{to: to}
	var numbers []int
	for _, parameter := range split(parts[3]) {
		n, err := strconv.Atoi(strings.TrimPrefix(parameter, "$"))
		if err != nil {
			return nil
		}
		if numbers = append(numbers, n); len(numbers) == len(to.columns) {
			is.values, numbers = append(is.values, numbers), nil
		}
	}
	return is
}

// copyRows sends the rows that were not sent yet, before the statements that are queued, which may be about them.
func (t *tx) copyRows() error {
	if t.loading == nil || !slices.ContainsFunc(t.loading.tables, func(r *tableRows) bool { return len(r.rows) > 0 }) {
		return nil
	}
	tables, rest := t.loading.tables, t.queued
	t.loading = &loading{of: map[string]*insertion{}}
	if t.sent == 0 {
		t.queued, rest = rest[:t.opening:t.opening], rest[t.opening:]
		if err := t.send(); err != nil {
			return err
		}
	}
	for _, to := range tables {
		if len(to.rows) == 0 {
			continue
		}
		_, err := t.conn.CopyFrom(t.ctx, pgx.Identifier{to.table}, to.columns, pgx.CopyFromRows(to.rows))
		if err != nil {
			return t.failed("COPY "+to.table, err)
		}
	}
	t.queued = rest
	return nil
}
