package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"clientele.dev/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is the advisory lock that whoever migrates holds.
const migrationLock = "SELECT pg_advisory_xact_lock(hashtextextended('clientele schema', 0))"

// steps are the steps of the schema.
var steps = store.StepsIn(migrations)

// migrate brings the schema up to date, in one transaction that other servers wait for.
func migrate(ctx context.Context, pool *pgxpool.Pool, applying func(step store.Step, of int)) error {
	if applied, err := appliedSteps(ctx, pool); err != nil || store.CheckCurrent(applied) == nil {
		return err
	}
	return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(db pgx.Tx) error {
		if _, err := db.Exec(ctx, migrationLock); err != nil {
			return err
		}
		const table = `CREATE TABLE IF NOT EXISTS schema_migrations (
			version bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL)`
		_, err := db.Exec(ctx, table+"; LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE") // see [tx.checkSchema]
		if err != nil {
			return err
		}
		if err := checkEncoding(ctx, db); err != nil {
			return err
		}
		applied, err := appliedSteps(ctx, db)
		for _, step := range applied {
			if err != nil || step.Applied {
				continue
			}
			if applying != nil {
				applying(step, len(applied))
			}
			err = applyStep(ctx, db, step)
		}
		return err
	})
}

// checkEncoding refuses a database that cannot hold every text.
func checkEncoding(ctx context.Context, db querier) error {
	var encoding string
	err := db.QueryRow(ctx, "SELECT current_setting('server_encoding')").Scan(&encoding)
	if err == nil && encoding != "UTF8" {
		err = fmt.Errorf("its encoding is %s: make a new one with CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0",
			encoding)
	}
	return err
}

// Steps are the steps of the schema, and which of them the database that a URL names has.
func Steps(ctx context.Context, url string) ([]store.Step, error) {
	config, err := configOf(url)
	if err != nil {
		return nil, err
	}
	c, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return nil, fmt.Errorf("the database %s: %w", nameOf(config), err)
	}
	defer c.Close(ctx) //nolint:errcheck // it only read
	applied, err := appliedSteps(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("the database %s: %w", nameOf(config), err)
	}
	return applied, nil
}

// appliedSteps are the steps of the schema, and which of them the database has. One that knows no steps has had none;
// one that keeps no checksums is none of this program's.
func appliedSteps(ctx context.Context, db querier) ([]store.Step, error) {
	var checksums []string
	read := func(column string) error {
		return db.QueryRow(ctx, "SELECT coalesce(array_agg("+column+" ORDER BY version), '{}') FROM schema_migrations").
			Scan(&checksums)
	}
	err := read("checksum")
	if isCode(err, undefinedColumn) {
		err = read("''::text")
	}
	if isCode(err, undefinedTable) {
		return steps, nil
	}
	if err != nil {
		return nil, err
	}
	var oldest int64
	const query = `SELECT coalesce(max(coalesce(nullif((to_jsonb(m) ->> 'oldest')::bigint, 0), version)), 0)
		FROM schema_migrations m` // as a JSON, which has no such member before the sixth step
	if err := db.QueryRow(ctx, query).Scan(&oldest); err != nil {
		return nil, err
	}
	return store.Applied(steps, checksums, oldest)
}

// oldestProgram is how many steps a program must know to work on the database.
const oldestProgram = "max(CASE oldest WHEN 0 THEN version ELSE oldest END)"

// checkSchema queues the refusal to go on when a newer program has changed the schema meanwhile so that this one
// cannot. Whoever changes it
// waits for the transactions that have looked, and the others for that one.
func (t *tx) checkSchema() {
	t.run("LOCK TABLE schema_migrations IN ACCESS SHARE MODE")
	t.queued = append(t.queued, statement{
		query: "SELECT 1 / (" + oldestProgram + " <= $1)::int FROM schema_migrations", args: []any{len(steps)},
		stale: store.ErrNewerSchema,
	})
}

// querier is a connection, a transaction or a pool.
type querier interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

func applyStep(ctx context.Context, db pgx.Tx, step store.Step) error {
	_, err := db.Exec(ctx, step.Script)
	if isCode(err, undefinedFile) {
		return errors.Join(errors.New("the extension pg_trgm is missing: install PostgreSQL's contrib modules"), err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", step.File, err)
	}
	_, err = db.Exec(ctx, "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)", step.Version,
		step.File, step.Checksum())
	if err == nil && step.Oldest != 0 {
		_, err = db.Exec(ctx, "UPDATE schema_migrations SET oldest = $1 WHERE version = $2", step.Oldest, step.Version)
	}
	return err
}
