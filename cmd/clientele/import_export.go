package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"clientele.dev/internal/billing"
	"clientele.dev/internal/move"
	"clientele.dev/internal/store"
)

// importExport makes a database of a whole export.
func (c importJSONL) importExport(a *app, file *os.File) error {
	lines, name, err := move.CheckExport(file)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("%s: %w: export it again, or remove its first line to take in customers, invoices and payments "+
			"alone", c.File, err)
	}
	if a.checkFile() != nil {
		fmt.Fprintf(a.stderr, "clientele: making the database %s\n", strings.TrimPrefix(a.db, "sqlite:"))
	}
	if c.DryRun {
		_, err := fmt.Fprintf(a.stdout, "Nothing was changed. It is a whole export of %d lines.\n", lines)
		return err
	}
	to, err := a.open()
	if err != nil {
		return err
	}
	defer to.Close()
	counts := newMoved(a)
	err = move.Import(a.ctx, file, to, name, counts.show)
	counts.bar.clear()
	switch {
	case errors.Is(err, move.ErrNotEmpty):
		if has, err := hasExport(a, file, to, name); has || err != nil {
			return err
		}
		return fmt.Errorf("%s is not empty, and nothing was changed: a whole export makes a new database. To take in its "+
			"customers, invoices and payments alone, remove its first line", withoutPassword(a.db))
	case err != nil && a.ctx.Err() != nil:
		return errors.New("stopped; run it again to go on")
	case err != nil:
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if err := counts.write(a.stdout); err != nil {
		return err
	}
	hash, err := billing.New(to, billing.WithScanTimeout(commandTimeout)).Hash(a.ctx)
	if err == nil {
		err = proveBooks(a, to)
	}
	if err == nil {
		err = move.Finish(a.ctx, to, name)
	}
	if err == nil {
		_, err = fmt.Fprintf(a.stdout, "The hash is %s, and the books are right.\nImported in %s.\n", hash,
			time.Since(counts.began).Round(time.Millisecond))
	}
	return err
}

// hasExport says whether a database has what an export has, and tells.
func hasExport(a *app, file *os.File, db store.Store, name string) (bool, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	has, err := move.HasExport(a.ctx, file, db, name)
	if has {
		_, err = fmt.Fprintf(a.stdout, "There is nothing to import: %s has it already.\n", withoutPassword(a.db))
	}
	return has, err
}

// proveBooks verifies a database, and tells what is wrong with it.
func proveBooks(a *app, db store.Store) error {
	differences := 0
	err := billing.New(db, billing.WithScanTimeout(commandTimeout)).Verify(a.ctx, func(int64, int64) {},
		func(d billing.Difference) {
			differences++
			fmt.Fprintf(a.stdout, "%s: %s\n", d.ID, d.Text)
		})
	if err == nil && differences > 0 {
		err = fmt.Errorf("%d differences found in the books of the new database", differences)
	}
	return err
}
