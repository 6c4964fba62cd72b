package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Copy copies the database that a URL names, as it is at one moment, to a file that is not there yet: also while others
// read and write it. What comes of it is read back before it has its name. progress, unless nil, is told how many pages
// of how many are there.
func Copy(ctx context.Context, url, path string, progress func(done, all int64)) (err error) {
	from, _ := strings.CutPrefix(url, "sqlite:")
	if _, err := os.Stat(from); err != nil {
		return err
	}
	if err := mustBeFree(path); err != nil {
		return err
	}
	part := path + ".part"
	if err := errors.Join(removeAll(part), createFile(part)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, removeAll(part)) }()
	if err := copyPages(ctx, from, part, progress); err != nil {
		return err
	}
	if err := checkCopy(ctx, part); err != nil {
		return err
	}
	if err := syncFile(part); err != nil {
		return err
	}
	if err := mustBeFree(path); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncFile(filepath.Dir(path))
}

// mustBeFree refuses a path at which there is something, or what belongs to a database.
func mustBeFree(path string) error {
	for _, of := range []string{path, path + "-wal", path + "-journal"} {
		if _, err := os.Lstat(of); !errors.Is(err, os.ErrNotExist) {
			if err == nil {
				err = fmt.Errorf("%s is there already: nothing is overwritten", of)
			}
			return err
		}
	}
	return nil
}

// removeAll removes a database that is not needed.
func removeAll(path string) (err error) {
	for _, of := range []string{path, path + "-wal", path + "-shm", path + "-journal"} {
		if e := os.Remove(of); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// copyPages copies a database page by page. A transaction of the source's own keeps it as it is at one moment, without
// which every change by another would begin the copy anew.
func copyPages(ctx context.Context, from, to string, progress func(done, all int64)) (err error) {
	const step = 512 // pages, between which it can be stopped
	source, err := openToRead(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := sqlite.OpenConn(to, sqlite.OpenReadWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	for _, statement := range []string{"BEGIN", "SELECT count(*) FROM sqlite_schema"} { // which begins to read
		if err := sqlitex.ExecuteTransient(source.Conn, statement, nil); err != nil {
			return err
		}
	}
	backup, err := sqlite.NewBackup(target, "main", source.Conn, "main")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, backup.Close()) }()
	for more := true; more && err == nil; {
		if err = ctx.Err(); err == nil {
			more, err = backup.Step(step)
		}
		if progress != nil {
			progress(int64(backup.PageCount()-backup.Remaining()), int64(backup.PageCount()))
		}
	}
	return err
}

// checkCopy reads a copy back: its pages are whole, and its schema is one of Clientele.
func checkCopy(ctx context.Context, path string) (err error) {
	c, err := openToRead(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	c.SetInterrupt(ctx.Done())
	var found []string
	err = sqlitex.ExecuteTransient(c.Conn, "PRAGMA quick_check(5)", &sqlitex.ExecOptions{
		ResultFunc: func(s *sqlite.Stmt) error { found = append(found, s.ColumnText(0)); return nil },
	})
	if err == nil && strings.Join(found, "") != "ok" {
		err = fmt.Errorf("it is damaged: %s", strings.Join(found, "; "))
	}
	if err != nil {
		return err
	}
	ours := false
	err = c.each("SELECT count(*) FROM pragma_table_info('schema_migrations')",
		func(r row) error { ours = r.int(0) > 0; return nil })
	if err == nil && !ours {
		err = errors.New("it is no database of Clientele")
	}
	return err
}

// Check says whether a file is a database of Clientele whose pages are whole.
func Check(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	if err := checkCopy(ctx, path); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
