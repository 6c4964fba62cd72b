package sqlite

import (
	"embed"
	"fmt"
	"strings"

	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// steps are the steps of the schema. Each is a transaction's part: all are applied, or none is.
var steps = store.StepsIn(migrations)

// migrate brings the schema up to date, in one transaction that other processes wait for.
func migrate(c *conn, applying func(step store.Step, of int)) (err error) {
	// A look before writing: a database that is up to date can be opened on a full disk.
	if applied, err := appliedSteps(c); err != nil || store.CheckCurrent(applied) == nil {
		return err
	}
	if err := c.run("BEGIN IMMEDIATE"); err != nil {
		return faultOf(err)
	}
	defer func() {
		if err != nil {
			c.run("ROLLBACK") //nolint:errcheck // the first error is the one to tell
		}
	}()
	err = c.run(`CREATE TABLE IF NOT EXISTS schema_migrations (
		version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)`)
	if err != nil {
		return err
	}
	applied, err := appliedSteps(c)
	if err != nil {
		return err
	}
	for _, step := range applied {
		if step.Applied {
			continue
		}
		if applying != nil {
			applying(step, len(applied))
		}
		if err := applyStep(c, step); err != nil {
			return fmt.Errorf("%s: %w", step.File, err)
		}
	}
	return c.run("COMMIT")
}

func applyStep(c *conn, step store.Step) error {
	if err := sqlitex.ExecuteScript(c.Conn, step.Script, nil); err != nil {
		return err
	}
	err := c.run("INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)", step.Version, step.File,
		step.Checksum())
	if err == nil && step.Oldest != 0 {
		err = c.run("UPDATE schema_migrations SET oldest = $1 WHERE version = $2", step.Oldest, step.Version)
	}
	return err
}

// Steps are the steps of the schema, and which of them the database that a URL names has.
func Steps(url string) ([]store.Step, error) {
	path, _ := strings.CutPrefix(url, "sqlite:")
	c, err := openToRead(path)
	if err != nil {
		return nil, err
	}
	defer c.Close() //nolint:errcheck // it only read
	applied, err := appliedSteps(c)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	return applied, nil
}

// appliedSteps are the steps of the schema, and which of them the database has. One that knows no steps has had none;
// one that keeps no checksums is none of this program's.
func appliedSteps(c *conn) ([]store.Step, error) {
	var known int64
	read := func(r row) error { known = r.int(0); return nil }
	err := c.each("SELECT count(*) FROM pragma_table_info('schema_migrations')", read)
	if err != nil || known == 0 {
		return steps, err
	}
	var checksums []string
	column := "''"
	if known > 2 {
		column = "checksum"
	}
	err = c.each("SELECT "+column+" FROM schema_migrations ORDER BY version",
		func(r row) error { checksums = append(checksums, r.text(0)); return nil })
	if err != nil {
		return nil, err
	}
	var oldest int64
	if known > 3 {
		if oldest, err = oldestProgram(c); err != nil {
			return nil, err
		}
	}
	return store.Applied(steps, checksums, oldest)
}

// oldestProgram is how many steps a program must know to work on the database.
func oldestProgram(c *conn) (oldest int64, err error) {
	err = c.each("SELECT max(CASE oldest WHEN 0 THEN version ELSE oldest END) FROM schema_migrations",
		func(r row) error { oldest = r.int(0); return nil })
	return oldest, err
}

// checkSchema refuses to go on when a newer program has changed the schema meanwhile so that this one cannot.
func checkSchema(c *conn) error {
	oldest, err := oldestProgram(c)
	if err == nil && oldest > int64(len(steps)) {
		err = store.ErrNewerSchema
	}
	return err
}
