package postgres

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/pgtest"
)

// TestPlainInsertions are told from statements that do more than insert rows of parameters.
func TestPlainInsertions(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"INSERT INTO a (b, c) VALUES ($1, $2)":                                    "a [b c] [[x y]]",
		"INSERT INTO a\n\t\t(b,\n\t\tc)\n\t\tVALUES ($2, $1)":                     "a [b c] [[y x]]",
		"INSERT INTO a (b, c) VALUES ($1, $2), ($1, $3)":                          "a [b c] [[x y] [x z]]",
		"INSERT INTO a (b, c) OVERRIDING SYSTEM VALUE VALUES ($3, $3)":            "a [b c] [[z z]]",
		"INSERT INTO a (b, c) VALUES ($1, $2) ON CONFLICT DO NOTHING":             "",
		"INSERT INTO a (b, c) VALUES ($1, now())":                                 "",
		"INSERT INTO a (b, c) VALUES ($1, 7)":                                     "",
		"INSERT INTO a (b) SELECT $1":                                             "",
		"UPDATE a SET b = $1":                                                     "",
		"WITH x AS (INSERT INTO a (b) VALUES ($1) RETURNING 1) SELECT 1 FROM x":   "",
		"INSERT INTO a (b, c) VALUES ($1, $2) RETURNING b":                        "",
		"SELECT setval(pg_get_serial_sequence('events', 'seq'), $1)":              "",
		"INSERT INTO a (b, c) VALUES ($1, $2); DELETE FROM a":                     "",
		"INSERT INTO a (b, c) VALUES ($1, coalesce($2, $3))":                      "",
		"INSERT INTO a (b, c) VALUES ($1, $2)\n\t\tON CONFLICT (b) DO UPDATE SET": "",
	} {
		l := &loading{of: map[string]*insertion{}}
		got := ""
		if l.take(query, []any{"x", "y", "z"}) {
			got = fmt.Sprintf("%s %v %v", l.tables[0].table, l.tables[0].columns, l.tables[0].rows)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", query, got, want)
		}
	}
}

// TestLoadsLeaveNoTrace begins and ends loads, and finds the same indexes as before, also when they are ended again.
func TestLoadsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, nil)
	s, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	indexes := func() (all []string) {
		rows, err := s.pool.Query(t.Context(), "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
		if err == nil {
			all, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	was := indexes()
	if err := s.BeginLoads(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(indexes()); n != len(was)-4 {
		t.Errorf("while it is loaded it has %d indexes of %d", n, len(was))
	}
	for range 2 {
		if err := s.EndLoads(t.Context()); err != nil {
			t.Fatal(err)
		}
		if now := indexes(); !slices.Equal(now, was) {
			t.Errorf("afterwards it has the indexes %q, and had %q", now, was)
		}
	}
}
