package main

import (
	"errors"
	"fmt"

	"clientele.dev/internal/billing"
)

type verifyCommand struct {
	Customer string `help:"Only this customer: an id or DID." placeholder:"ID"`
	Head     string `help:"Also compare with what was kept elsewhere of the last event of some time, as GET /api/events/head has it: its id, a colon and its hash." placeholder:"ID:HASH"`
	Mode     string `enum:"test,live" default:"live" help:"With --customer, of which mode: test or live (${default})."`
}

// Help is shown by clientele verify --help.
func (verifyCommand) Help() string {
	return `Every customer's ledger is replayed and compared with what is stored: credit, what is left to pay and every
other amount, whether the customer is delinquent, the invoices' numbers, what was printed on them; and every object with
its last event. Then every event is compared with its hash, which is over the one before too: one that was edited is
named, and of one that was removed, inserted or moved its neighbour. Each difference is a line on standard output. The
exit code is 0 when there is none and 1 otherwise. Nothing is changed, not the schema either; a server may run
meanwhile.

Examples:
  clientele verify --db sqlite:/var/lib/clientele/clientele.db
  clientele verify --head evt_cus_06dnpacf5o003mmr3f5ha119q0_1:806da0cbe2…
  clientele verify --customer z1h1ECUxiXEaGRuLsbnxKMD8zjxDtBFEot3 --mode test`
}

// Run compares.
func (c verifyCommand) Run(a *app) error {
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	bar := newProgress(a.stderr, "customers")
	var looked, all, differences int64
	differs := func(d billing.Difference) {
		differences++
		bar.clear()
		fmt.Fprintf(a.stdout, "%s: %s\n", d.ID, d.Text)
	}
	service := billing.New(db, billing.WithScanTimeout(commandTimeout))
	var proof billing.Proof
	if c.Customer != "" {
		err = service.VerifyCustomer(a.ctx, c.Mode == "live", c.Customer, differs)
	} else {
		err = service.Verify(a.ctx, func(done, total int64) {
			looked, all = done, total
			bar.show(done, total)
		}, differs)
		if err == nil {
			proof, err = service.VerifyEvents(a.ctx, c.Head, differs)
		}
	}
	bar.clear()
	switch {
	case err != nil && a.ctx.Err() != nil:
		return fmt.Errorf("stopped after %d of %d looks at a customer, with %d differences; nothing was changed", looked,
			all, differences)
	case err != nil:
		return err
	case differences == 1:
		return errors.New("1 difference found; the books are not as they must be")
	case differences > 1:
		return fmt.Errorf("%d differences found; the books are not as they must be", differences)
	}
	of := fmt.Sprintf("%d customers", all/2) // of which each was looked at twice
	if c.Customer != "" {
		of = "the customer"
	}
	fmt.Fprintf(a.stdout, "The books of %s are right.\n", of)
	if c.Customer == "" {
		fmt.Fprintf(a.stdout, "%d events are as they were written.\n", proof.Proven)
	}
	if proof.Unproven > 0 {
		fmt.Fprintf(a.stdout, "%d events have no place among them yet, and are unproven.\n", proof.Unproven)
	}
	return nil
}
