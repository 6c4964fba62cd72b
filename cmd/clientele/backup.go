package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"clientele.dev/internal/billing"
	"clientele.dev/internal/store/sqlite"
)

type backupCommand struct {
	To    string        `arg:"" help:"The file to make, or with --every the folder for the files." placeholder:"FILE"`
	Every time.Duration `help:"Go on, and make one after each such time: 1h, 15m." placeholder:"TIME"`
	Keep  int           `help:"With --every: remove the oldest when there are more (${default})." default:"48"`
}

// Help is shown by clientele backup --help.
func (backupCommand) Help() string {
	return `Copies the database to a file, as it is at one moment, while servers read and write it. The copy is read back
before it has its name, only you can read it, and nothing is overwritten. Copying a database's file with cp while a
server runs loses what is in its -wal file: use this instead.

A PostgreSQL database is copied by its own tools: pg_dump for one file, pgbackrest or another that archives the log for
every moment.

Examples:
  clientele backup /backup/clientele.db
  clientele backup /backup --every 1h --keep 48
  clientele restore /backup/clientele.db --db sqlite:restored.db`
}

// Run makes one backup, or one after the other.
func (c backupCommand) Run(a *app) error {
	if !strings.HasPrefix(a.db, "sqlite:") {
		return errors.New("a PostgreSQL database is copied by its own tools: pg_dump --format=custom --file=FILE URL for " +
			"one file, and pgbackrest or another that archives the log for every moment. Afterwards clientele verify and " +
			"clientele hash say whether what was restored is right")
	}
	if err := a.checkFile(); err != nil {
		return err
	}
	if c.Every == 0 {
		return c.backUp(a, c.To)
	}
	if c.Every < time.Second || c.Keep < 1 {
		return errors.New("--every is a second or more, and --keep is 1 or more")
	}
	ticker := time.NewTicker(c.Every)
	defer ticker.Stop()
	for {
		done, err := backUpInto(a.ctx, a.db, c.To, c.Keep)
		switch {
		case a.ctx.Err() != nil:
			return nil
		case err != nil:
			fmt.Fprintln(a.stderr, "clientele: the backup failed; it is tried again:", err)
		default:
			fmt.Fprintln(a.stdout, done)
		}
		select {
		case <-ticker.C:
		case <-a.ctx.Done():
			return nil
		}
	}
}

// backUpInto makes a backup in a folder, and removes the oldest when there are more than so many. It says what it did.
func backUpInto(ctx context.Context, db, folder string, keep int) (done string, err error) {
	const onlyOurs = 0o700
	if err := os.MkdirAll(folder, onlyOurs); err != nil {
		return "", err
	}
	began := time.Now()
	path := filepath.Join(folder, backupPrefix+began.UTC().Format("20060102T150405.000Z")+".db")
	if err := sqlite.Copy(ctx, db, path, nil); err != nil {
		return "", err
	}
	all, err := filepath.Glob(filepath.Join(folder, backupPrefix+"*.db"))
	if err != nil {
		return "", err
	}
	slices.Sort(all) // by their times
	old := all[:max(0, len(all)-keep)]
	for _, one := range old {
		if err := os.Remove(one); err != nil {
			return "", err
		}
	}
	done = fmt.Sprintf("backed up to %s in %s, and read back", path, time.Since(began).Round(time.Millisecond))
	if len(old) > 0 {
		done += fmt.Sprintf("; removed %d older", len(old))
	}
	return done, nil
}

// backupPrefix is how the names of backups in a folder begin.
const backupPrefix = "clientele-"

// backUp makes a backup.
func (c backupCommand) backUp(a *app, path string) error {
	bar := newProgress(a.stderr, "pages")
	defer bar.clear()
	began := time.Now()
	if err := sqlite.Copy(a.ctx, a.db, path, bar.show); err != nil {
		return err
	}
	bar.clear()
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s: %d MB in %s, read back.\n", path, (info.Size()+1<<19)>>20,
		time.Since(began).Round(time.Millisecond))
	return err
}

type restoreCommand struct {
	File string `arg:"" help:"The backup." placeholder:"FILE"`
}

// Help is shown by clientele restore --help.
func (restoreCommand) Help() string {
	return `Makes the database that --db names of a backup, which is read first. A database that is there is never
overwritten: move it away, or restore to another name and start the server with that.

Examples:
  clientele restore /backup/clientele.db --db sqlite:restored.db
  clientele verify --db sqlite:restored.db`
}

// Run restores.
func (c restoreCommand) Run(a *app) error {
	path, isFile := strings.CutPrefix(a.db, "sqlite:")
	if !isFile {
		return errors.New("a PostgreSQL database is restored by its own tools: pg_restore --create --dbname=URL FILE")
	}
	if err := sqlite.Check(a.ctx, c.File); err != nil {
		return err
	}
	bar := newProgress(a.stderr, "pages")
	defer bar.clear()
	if err := sqlite.Copy(a.ctx, "sqlite:"+c.File, path, bar.show); err != nil {
		return err
	}
	bar.clear()
	_, err := fmt.Fprintf(a.stdout, "%s is as %s was. clientele verify proves its books.\n", path, c.File)
	return err
}

type hashCommand struct{}

// Help is shown by clientele hash --help.
func (hashCommand) Help() string {
	return `One hash over all objects and ledgers of both modes, which SQLite and PostgreSQL answer alike: two databases
with the same hash have the same content. Events, keys and sessions are left out. A server may run meanwhile.

Example:
  clientele hash --db sqlite:clientele.db`
}

// Run prints the hash.
func (hashCommand) Run(a *app) error {
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	hash, err := billing.New(db).Hash(a.ctx)
	if err == nil {
		_, err = fmt.Fprintln(a.stdout, hash)
	}
	return err
}
