package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/postgres"
	"clientele.dev/internal/store/sqlite"
)

// commandPatience is how long a command waits for a server that writes for long, as when it makes its demo.
const commandPatience = 10 * time.Minute

// open opens the database that --db names, and makes what it needs when it is new.
func (a *app) open(opts ...sqlite.Option) (store.Store, error) {
	isNew := false
	applying := func(step store.Step, of int) {
		if isNew = isNew || step.Version == 1; !isNew {
			fmt.Fprintf(a.stderr, "clientele: applying step %d of %d of the schema: %s\n", step.Version, of, step.Name)
		}
	}
	switch scheme, _, _ := strings.Cut(a.db, ":"); scheme {
	case "sqlite":
		return a.upToDate(opened(sqlite.Open(a.ctx, a.db, append(opts, sqlite.WithProgress(applying))...)))
	case "postgres", "postgresql":
		return a.upToDate(opened(postgres.Open(a.ctx, a.db, postgres.WithProgress(applying))))
	}
	return nil, fmt.Errorf("--db must be sqlite:PATH, such as sqlite:clientele.db, or postgres://USER@HOST/NAME, not %q",
		a.db)
}

// upToDate is a database whose ledger is dated and whose events have hashes, which takes a while for one of before they
// were.
func (a *app) upToDate(db store.Store, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	err = billing.New(db).DateLedger(a.ctx, func(customers int) {
		if customers%10_000 < 50 {
			fmt.Fprintf(a.stderr, "clientele: dated the ledgers of %d customers by their documents\n", customers)
		}
	})
	if err == nil {
		err = db.PlaceEvents(a.ctx)
	}
	if err != nil && a.ctx.Err() == nil { // who ends the command is told by it
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// datedToRead refuses a database whose ledger is not dated.
func (a *app) datedToRead(db store.Store, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	dated, err := billing.New(db).LedgerIsDated(a.ctx)
	if err == nil && !dated {
		err = errors.New("its ledger has movements without dates: bring it up to date with clientele migrate, or by " +
			"starting this version's server")
	}
	if err != nil && a.ctx.Err() == nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// steps are the steps of the schema of the database that --db names.
func (a *app) steps() ([]store.Step, error) {
	if strings.HasPrefix(a.db, "sqlite:") {
		return sqlite.Steps(a.db)
	}
	return postgres.Steps(a.ctx, a.db)
}

// opened is a database as the contract has it.
func opened[S store.Store](s S, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// openToRead opens the database for a command that changes nothing: not its schema either.
func (a *app) openToRead() (store.Store, error) {
	if err := a.checkFile(); err != nil {
		return nil, err
	}
	switch scheme, _, _ := strings.Cut(a.db, ":"); scheme {
	case "sqlite":
		return a.datedToRead(opened(sqlite.OpenReadOnly(a.ctx, a.db)))
	case "postgres", "postgresql":
		return a.datedToRead(opened(postgres.OpenReadOnly(a.ctx, a.db)))
	}
	return a.open() // which says what the matter is
}

// openExisting opens the database for a command that makes no sense on a new one.
func (a *app) openExisting() (store.Store, error) {
	if err := a.checkFile(); err != nil {
		return nil, err
	}
	return a.open(sqlite.WithPatience(commandPatience), sqlite.WithPauses())
}

// checkFile refuses a database whose file is not there: only the server makes one, so that a mistyped path is told and
// not filled.
func (a *app) checkFile() error {
	path, isFile := strings.CutPrefix(a.db, "sqlite:")
	if !isFile {
		return nil
	}
	_, err := os.Stat(path)
	if err == nil {
		return nil
	}
	if full, e := filepath.Abs(path); e == nil {
		path = full
	}
	return fmt.Errorf("there is no database at %s: start the server once to make it, or say with --db "+
		"sqlite:PATH (or CLIENTELE_DB) where it is", path)
}

// keysFile is where the first keys of a new database go when there is no terminal to show them on.
func (a *app) keysFile() string {
	if path, isFile := strings.CutPrefix(a.db, "sqlite:"); isFile {
		return path + ".keys"
	}
	return "clientele.keys"
}
