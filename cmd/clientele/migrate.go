package main

import (
	"fmt"
	"text/tabwriter"

	"clientele.dev/internal/store"
)

type migrateCommand struct {
	Show bool `help:"Only show the steps of the schema, and which of them are applied."`
}

// Help is shown by clientele migrate --help.
func (migrateCommand) Help() string {
	return `Every command that works on a database brings its schema up to date first, as the server does when it starts.
This does nothing else: run it before a new version's servers start, so that none of them has to wait. All steps are
applied in one transaction, while others wait, or none is. A program that is older than the schema refuses to work.

Examples:
  clientele migrate --show
  clientele migrate --db postgres://clientele@db.example.com/clientele`
}

// Run shows the steps, and applies those that are missing.
func (m migrateCommand) Run(a *app) error {
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
	if err := w.Flush(); err != nil || m.Show || missing == 0 {
		return err
	}
	db, err := a.open()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%d applied.\n", missing)
	return db.Close()
}

func stateOfStep(s store.Step) string {
	if s.Applied {
		return "applied"
	}
	return "missing"
}
