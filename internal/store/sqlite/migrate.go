package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// fills are what steps do that SQL cannot say. They run in this order once every step's tables are there, as they use
// the tables as they are now: the books are opened with events, so the old events are read first.
var fills = []struct {
	version int64
	fill    func(*tx, options) error
}{
	{6, func(t *tx, _ options) error { return t.splitEvents() }},
	{5, func(t *tx, _ options) error { return t.mendMetadata() }},
	{5, openBooks},
	{11, func(t *tx, _ options) error { return t.fillBalances() }},
	{16, sumLedger},
}

// migrate brings the schema up to date, in one transaction that other processes wait for. A file of migrations/ is a
// step; its number is the schema's version after it.
func migrate(c *conn, o options) (err error) {
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	newest := int64(len(steps))
	// A look before writing: a database that is up to date can be opened on a full disk.
	if current, err := schemaVersion(c); err == nil && current == newest {
		return checkSteps(c, steps)
	}
	if err := c.run("BEGIN IMMEDIATE"); err != nil {
		return faultOf(err)
	}
	defer func() {
		if err != nil {
			c.run("ROLLBACK") //nolint:errcheck // the first error is the one to tell
		}
	}()
	err = c.run("CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL)")
	if err != nil {
		return err
	}
	current, err := schemaVersion(c)
	if err != nil {
		return err
	}
	if current > newest {
		return store.CheckSchema(current, newest)
	}
	for i, step := range store.StepsOf(steps, current) {
		if step.Applied {
			continue
		}
		if o.Applying != nil {
			o.Applying(step, len(steps))
		}
		if err := applyStep(c, steps[i]); err != nil {
			return fmt.Errorf("%s: %w", steps[i], err)
		}
	}
	if err := keepChecksums(c, steps); err != nil {
		return err
	}
	for _, f := range fills {
		if f.version > current {
			if err := f.fill(&tx{conn: c, ctx: context.Background()}, o); err != nil {
				return fmt.Errorf("filling the tables of step %d: %w", f.version, err)
			}
		}
	}
	return c.run("COMMIT")
}

// Steps are the steps of the schema, and which of them the database that a URL names has.
func Steps(url string) ([]store.Step, error) {
	path, _ := strings.CutPrefix(url, "sqlite:")
	c, err := openToRead(path)
	if err != nil {
		return nil, err
	}
	defer c.Close()                //nolint:errcheck // it only read
	current, _ := schemaVersion(c) // one that knows no steps has had none
	files, err := fs.Glob(migrations, "migrations/*.sql")
	return store.StepsOf(files, current), err
}

// checkSteps refuses a database whose steps were applied with other scripts.
func checkSteps(c *conn, steps []string) error {
	applied := map[int64]string{}
	read := func(r row) error { applied[r.int(0)] = r.text(1); return nil }
	if err := c.each("SELECT version, checksum FROM schema_migrations", read); err != nil {
		return err
	}
	for i, step := range steps {
		script, err := migrations.ReadFile(step)
		if err == nil {
			err = store.CheckStep(step, applied[int64(i)+1], script)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepChecksums notes which script each step was applied with, where that is not known.
func keepChecksums(c *conn, steps []string) error {
	for i, step := range steps {
		script, err := migrations.ReadFile(step)
		if err != nil {
			return err
		}
		err = c.run("UPDATE schema_migrations SET checksum = $1 WHERE version = $2 AND checksum = ''",
			store.Checksum(script), int64(i)+1)
		if err != nil {
			return err
		}
	}
	return checkSteps(c, steps)
}

// schemaVersion is the number of the last step that was applied.
func schemaVersion(c *conn) (version int64, err error) {
	read := func(r row) error { version = r.int(0); return nil }
	err = c.each("SELECT coalesce(max(version), 0) FROM schema_migrations", read)
	return version, err
}

func applyStep(c *conn, step string) error {
	script, err := migrations.ReadFile(step)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(strings.TrimPrefix(step, "migrations/"), ".sql")
	number, _, _ := strings.Cut(name, "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return err
	}
	if err := sqlitex.ExecuteScript(c.Conn, string(script), nil); err != nil {
		return err
	}
	return c.run("INSERT INTO schema_migrations (version, name) VALUES ($1, $2)", version, name)
}

// openBooks lets the rules write the ledgers of a database that is older than ledgers are. A new one has nobody yet.
func openBooks(t *tx, o options) error {
	first, err := t.CustomersAfter(0, 1)
	if err != nil || len(first) == 0 {
		return err
	}
	return o.OpenBooks(t)
}

// sumLedger lets the rules sum up the ledgers of a database that is older than sums are.
func sumLedger(t *tx, o options) error {
	first, err := t.CustomersAfter(0, 1)
	if err != nil || len(first) == 0 {
		return err
	}
	if err := t.run("DELETE FROM ledger_sums"); err != nil {
		return err
	}
	return o.UpdateBooks(t)
}
