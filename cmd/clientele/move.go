package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"clientele.dev/internal/billing"
	"clientele.dev/internal/move"
	"clientele.dev/internal/store"
)

type moveCommand struct {
	From string `required:"" help:"The database to move: sqlite:PATH or postgres://USER@HOST/NAME." placeholder:"URL"`
	To   string `required:"" help:"The database to move it to, which is empty." placeholder:"URL"`
}

// Help is shown by clientele move --help.
func (moveCommand) Help() string {
	return `Copies everything from one database to another, such as from SQLite to PostgreSQL when one machine is not
enough, or back: customers, invoices, payments, ledgers, history, settings, API keys, applications, and the answers to
requests that may be sent again. Browsers sign in again. Afterwards it proves that both have the same content (clientele
hash) and that the books of the new one are right (clientele verify). Nothing is changed in the database that is moved.

Stop the servers first: what changes meanwhile may be missing, which is told. The new database is empty, or has what a
move of the same began; Ctrl-C or a kill stops it, and running it again goes on.

Examples:
  clientele move --from sqlite:clientele.db --to postgres://clientele@localhost/clientele
  clientele move --from postgres://clientele@localhost/clientele --to sqlite:clientele.db`
}

// Run moves.
func (c moveCommand) Run(a *app) error {
	source, target := *a, *a
	source.db, target.db = c.From, c.To
	from, err := source.openToRead()
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := target.open()
	if err != nil {
		return err
	}
	defer to.Close()
	counts := newMoved(a)
	err = move.All(a.ctx, from, to, c.From, counts.show)
	counts.bar.clear()
	switch {
	case errors.Is(err, move.ErrNotEmpty):
		if prove(a, from, to) == nil {
			_, err = fmt.Fprintf(a.stdout, "There is nothing to move: %s has it already.\n", withoutPassword(c.To))
			return err
		}
		return fmt.Errorf("%s is not empty, and nothing was changed: move to a new database", withoutPassword(c.To))
	case err != nil && a.ctx.Err() != nil:
		return errors.New("stopped; run it again to go on")
	case err != nil:
		return err
	}
	if err := counts.write(a.stdout); err != nil {
		return err
	}
	if err := prove(a, from, to); err != nil {
		return err
	}
	if err := move.Finish(a.ctx, to, c.From); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "Moved in %s. Start the servers with --db %s.\n",
		time.Since(counts.began).Round(time.Millisecond), withoutPassword(c.To))
	return err
}

// moved counts what is moved, by what it is.
type moved struct {
	began  time.Time
	bar    *progress
	counts map[string]int64
	order  []string
}

func newMoved(a *app) *moved {
	return &moved{time.Now(), newProgress(a.stderr, "objects"), map[string]int64{}, nil}
}

// show draws how far the move is.
func (m *moved) show(what string, done int64) {
	if _, known := m.counts[what]; !known {
		m.order = append(m.order, what)
	}
	m.counts[what] = done
	m.bar.show(done, done)
}

// write says how much was moved.
func (m *moved) write(to io.Writer) error {
	for _, what := range m.order {
		if _, err := fmt.Fprintf(to, "%d %s\n", m.counts[what], what); err != nil {
			return err
		}
	}
	return nil
}

// prove compares what two databases have, and verifies the books of the second.
func prove(a *app, from, to store.Store) error {
	hashes := [2]string{}
	for i, db := range []store.Store{from, to} {
		var err error
		if hashes[i], err = billing.New(db, billing.WithScanTimeout(commandTimeout)).Hash(a.ctx); err != nil {
			return err
		}
	}
	if hashes[0] != hashes[1] {
		return errors.New("the databases have different content: what is moved has changed meanwhile. Stop its servers, " +
			"remove the new database, and move again")
	}
	err := proveBooks(a, to)
	if err == nil {
		_, err = fmt.Fprintf(a.stdout, "Both have the hash %s, and the books are right.\n", hashes[0])
	}
	return err
}

// withoutPassword is an address as it may be shown.
func withoutPassword(url string) string {
	scheme, rest, isAddress := strings.Cut(url, "://")
	user, host, hasUser := strings.Cut(rest, "@")
	if name, _, hasPassword := strings.Cut(user, ":"); isAddress && hasUser && hasPassword {
		return scheme + "://" + name + "@" + host
	}
	return url
}
