package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"clientele.dev/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is the advisory lock that whoever migrates holds.
const migrationLock = "SELECT pg_advisory_xact_lock(hashtextextended('clientele schema', 0))"

// migrate brings the schema up to date, in one transaction that other servers wait for. A file of migrations/ is a
// step; its number is the schema's version after it.
func migrate(ctx context.Context, pool *pgxpool.Pool, o options) error {
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	if current, err := schemaVersion(ctx, pool); err == nil && current == len(steps) {
		return checkSteps(ctx, pool, steps)
	}
	return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(db pgx.Tx) error {
		if _, err := db.Exec(ctx, migrationLock); err != nil {
			return err
		}
		const table = "CREATE TABLE IF NOT EXISTS schema_migrations (version bigint PRIMARY KEY, name text NOT NULL)"
		_, err := db.Exec(ctx, table+"; LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE") // see [tx.checkSchema]
		if err != nil {
			return err
		}
		current, err := schemaVersion(ctx, db)
		if err != nil {
			return err
		}
		if current > len(steps) {
			return store.CheckSchema(int64(current), int64(len(steps)))
		}
		if err := checkEncoding(ctx, db); err != nil {
			return err
		}
		for i, step := range store.StepsOf(steps, int64(current)) {
			if step.Applied {
				continue
			}
			if o.Applying != nil {
				o.Applying(step, len(steps))
			}
			if err := applyStep(ctx, db, i+1, steps[i]); err != nil {
				return fmt.Errorf("%s: %w", steps[i], err)
			}
		}
		if err := keepChecksums(ctx, db, steps); err != nil {
			return err
		}
		if current < stepOfSums {
			return sumLedger(ctx, db, o)
		}
		return nil
	})
}

// stepOfSums is the step of the schema that has the sums of ledgers as they are.
const stepOfSums = 9

// sumLedger lets the rules sum up the ledgers of a database that is older than sums are. A new one has nobody yet.
func sumLedger(ctx context.Context, db pgx.Tx, o options) error {
	t := &tx{ctx: ctx, store: &Store{}, conn: db.Conn(), begin: beginWriting, writing: true}
	first, err := t.CustomersAfter(0, 1)
	if err != nil || len(first) == 0 {
		return err
	}
	t.run("DELETE FROM ledger_sums")
	t.run("DELETE FROM ledger_sum_changes")
	if err := o.UpdateBooks(t); err != nil {
		return err
	}
	return t.send()
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
	current, err := schemaVersion(ctx, c)
	if err != nil && !isCode(err, undefinedTable) {
		return nil, err
	}
	files, err := fs.Glob(migrations, "migrations/*.sql")
	return store.StepsOf(files, int64(current)), err
}

// checkSteps refuses a database whose steps were applied with other scripts.
func checkSteps(ctx context.Context, db querier, steps []string) error {
	for i, step := range steps {
		script, err := migrations.ReadFile(step)
		if err != nil {
			return err
		}
		var applied string
		err = db.QueryRow(ctx, "SELECT checksum FROM schema_migrations WHERE version = $1", i+1).Scan(&applied)
		if err == nil {
			err = store.CheckStep(step, applied, script)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepChecksums notes which script each step was applied with, where that is not known.
func keepChecksums(ctx context.Context, db pgx.Tx, steps []string) error {
	for i, step := range steps {
		script, err := migrations.ReadFile(step)
		if err != nil {
			return err
		}
		_, err = db.Exec(ctx, "UPDATE schema_migrations SET checksum = $1 WHERE version = $2 AND checksum = ''",
			store.Checksum(script), i+1)
		if err != nil {
			return err
		}
	}
	return checkSteps(ctx, db, steps)
}

// newest is the version of the schema that this program knows.
var newest = func() int {
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is wrong
	}
	return len(steps)
}()

// checkSchema queues the refusal to go on when a newer program has changed the schema meanwhile. Whoever changes it
// waits for the transactions that have looked, and the others for that one.
func (t *tx) checkSchema() {
	t.run("LOCK TABLE schema_migrations IN ACCESS SHARE MODE")
	t.queued = append(t.queued, statement{
		query: "SELECT 1 / (max(version) = $1)::int FROM schema_migrations", args: []any{newest},
		stale: store.ErrNewerSchema,
	})
}

// querier is a connection, a transaction or a pool.
type querier interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

// schemaVersion is the number of the last step that was applied.
func schemaVersion(ctx context.Context, db querier) (version int, err error) {
	err = db.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM schema_migrations").Scan(&version)
	return version, err
}

func applyStep(ctx context.Context, db pgx.Tx, version int, step string) error {
	script, err := migrations.ReadFile(step)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, string(script))
	if isCode(err, undefinedFile) {
		return errors.Join(errors.New("the extension pg_trgm is missing: install PostgreSQL's contrib modules"), err)
	}
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(strings.TrimPrefix(step, "migrations/"), ".sql")
	_, err = db.Exec(ctx, "INSERT INTO schema_migrations (version, name) VALUES ($1, $2)", version, name)
	return err
}
