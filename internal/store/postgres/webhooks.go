package postgres

import (
	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// Webhooks implements [store.Tx].
func (t *tx) Webhooks() store.Webhooks { return sql.Webhooks{Runner: runner{t}} }

// Pruning implements [store.Tx].
func (t *tx) Pruning() store.Pruning { return t.pruning() }

func (t *tx) pruning() sql.Pruning { return sql.Pruning{Runner: runner{t}} }

// runner implements [sql.Runner].
type runner struct{ t *tx }

// Exec implements [sql.Runner]. The statement is sent with the next that answers something.
func (r runner) Exec(query string, args ...any) error {
	r.t.run(query, args...)
	return nil
}

// Query implements [sql.Runner].
func (r runner) Query(query string, fn func(scan func(...any) error) error, args ...any) error {
	return r.t.each(func(rows pgx.Rows) error { return fn(rows.Scan) }, query, args...)
}

// List implements [sql.Runner].
func (r runner) List(parameter string, texts []string) (rows string, arg any) {
	return "unnest(" + parameter + "::text[]) l(value)", texts
}
