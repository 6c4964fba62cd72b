package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"clientele.dev/internal/billing"
	"clientele.dev/internal/stripe"
)

type exportStripe struct {
	exportOfMode

	Out string `short:"o" help:"Write to this file, which must not be there; to standard output when absent." placeholder:"FILE"`
}

// Help is shown by clientele export stripe --help.
func (exportStripe) Help() string {
	return `Everything as the objects that Stripe's API answers, one on each line, for whatever reads those: customer,
invoice with its lines, charge, refund, credit_note, customer_balance_transaction and, for money that is not applied,
customer_cash_balance_transaction. Ids stay; amounts are in Stripe's smallest units. clientele import stripe takes it in
again, with the same balances.

Stripe's charge pays one invoice: a payment of several is a charge of each. What was written off of an invoice that is
not void is told as a credit note's. DIDs, external ids and references are in the metadata. Left out, and told at the
end, are payments that were taken back, currencies that are no money (ISO 4217), and amounts that Stripe cannot say.
Deleted customers are left out.

Examples:
  clientele export stripe -o stripe.jsonl
  clientele export stripe --mode test --customer z1h1ECUxiXEaGRuLsbnxKMD8zjxDtBFEot3`
}

// Run exports.
func (c exportStripe) Run(a *app) error {
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	service := billing.New(db, billing.WithScanTimeout(commandTimeout))
	filter, currencies, err := c.read(a, service)
	if err != nil {
		return err
	}
	var w *stripe.Writer
	err = a.toFile(c.Out, func(to io.Writer) error {
		return writeLines(to, func(line func([]byte) error) error {
			w = stripe.NewWriter(currencies, line)
			return service.ExportCustomers(a.ctx, filter, w.Customer)
		})
	})
	if err != nil {
		return err
	}
	for _, what := range slices.Sorted(maps.Keys(w.Left)) {
		fmt.Fprintf(a.stderr, "Left out: %d %s\n", w.Left[what], what)
	}
	return nil
}
