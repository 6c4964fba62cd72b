package main

import (
	"errors"
	"fmt"

	"clientele.dev/internal/billing"
)

type verifyCommand struct{}

// Help is shown by clientele verify --help.
func (verifyCommand) Help() string {
	return `Every customer's ledger is replayed and compared with what is stored: credit, what is left to pay and every
other amount, whether the customer is delinquent, the invoices' numbers, what was printed on them; and every object with
its last event. Each difference is a line on standard output. The exit code is 0 when there is none and 1 otherwise.
Nothing is changed; a server may run meanwhile.

Example:
  clientele verify --db sqlite:/var/lib/clientele/clientele.db`
}

// Run compares.
func (verifyCommand) Run(a *app) error {
	db, err := a.openExisting()
	if err != nil {
		return err
	}
	defer db.Close()
	bar := newProgress(a.stderr, "customers")
	var customers, differences int64
	err = billing.New(db).Verify(a.ctx, func(done, total int64) {
		customers = done
		bar.show(done, total)
	}, func(d billing.Difference) {
		differences++
		bar.clear()
		fmt.Fprintf(a.stdout, "%s: %s\n", d.ID, d.Text)
	})
	bar.clear()
	switch {
	case err != nil:
		return err
	case differences == 1:
		return errors.New("1 difference found; the books are not as they must be")
	case differences > 1:
		return fmt.Errorf("%d differences found; the books are not as they must be", differences)
	}
	_, err = fmt.Fprintf(a.stdout, "The books of %d customers are right.\n", customers)
	return err
}
