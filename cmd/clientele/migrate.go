package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"clientele.dev/internal/store"
	"clientele.dev/internal/store/postgres"
)

type migrateCommand struct {
	Show       bool `xor:"what" help:"Only show the steps of the schema, and which of them are applied."`
	Distribute bool `xor:"what" help:"Distribute the tables over the machines of a Citus cluster; there is no way back."`
}

// Help is shown by clientele migrate --help.
func (migrateCommand) Help() string {
	return `The server brings the schema of its database up to date when it starts, as does every command that changes
something. This does nothing else: run it before a new version's servers start, so that none of them has to wait, and
before commands that only read (aging, statement, verify, keys list, apps list), which never do. All steps are applied
in one transaction, while others wait, or none is. A program that is older than the schema refuses to work.

With --distribute it spreads the customers of a PostgreSQL database over the workers of the Citus cluster whose
coordinator it is. Stop all servers first. It says what it does; when it is ended, it goes on from there the next time.

Examples:
  clientele migrate --show
  clientele migrate --db postgres://clientele@db.example.com/clientele
  clientele migrate --distribute --db postgres://clientele@coordinator.example.com/clientele`
}

// Run shows the steps, and applies those that are missing.
func (m migrateCommand) Run(a *app) error {
	if m.Distribute && strings.HasPrefix(a.db, "sqlite:") {
		return errors.New("--distribute is for PostgreSQL: --db must be postgres://USER@HOST/NAME, the coordinator of a " +
			"Citus cluster")
	}
	if err := a.checkFile(); err != nil {
		return err
	}
	steps, err := a.steps()
	if err != nil {
		return err
	}
	missing := 0
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STEP\tNAME\tSTATE")
	for _, s := range steps {
		fmt.Fprintf(w, "%d\t%s\t%s\n", s.Version, s.Name, stateOfStep(s))
		if !s.Applied {
			missing++
		}
	}
	if err := w.Flush(); err != nil || m.Show {
		return err
	}
	switch {
	case m.Distribute:
		return m.distribute(a)
	}
	return m.apply(a, missing)
}

func (m migrateCommand) apply(a *app, missing int) error {
	db, err := a.open()
	if err != nil {
		return err
	}
	if a.ctx.Err() != nil { // Ctrl-C while the ledger was being dated
		return errors.Join(errors.New("stopped; what is done stays, and the next run goes on"), db.Close())
	}
	if missing > 0 {
		fmt.Fprintf(a.stdout, "%d applied.\n", missing)
	}
	return db.Close()
}

// distribute tells each step on a line of its own: one may take minutes.
func (m migrateCommand) distribute(a *app) error {
	err := postgres.Distribute(a.ctx, a.db, func(step string, done, all int) {
		fmt.Fprintf(a.stdout, "%2d of %d  %s\n", done+1, all, step)
	})
	if err == nil {
		fmt.Fprintln(a.stdout, "The tables are distributed.")
	}
	return err
}

func stateOfStep(s store.Step) string {
	if s.Applied {
		return "applied"
	}
	return "missing"
}
