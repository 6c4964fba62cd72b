package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/stripe"
)

type exportStripe struct {
	Mode     string `enum:"test,live" default:"live" help:"Which mode: test or live (${default})."`
	Customer string `help:"Only this customer and what belongs to it, by id or DID." placeholder:"CUSTOMER"`
	AsOf     string `help:"As everything was at the end of this day, where the business is, or at a moment; as it is now when absent." placeholder:"DAY"`
	Out      string `short:"o" help:"Write to this file, which must not be there; to standard output when absent." placeholder:"FILE"`
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
	at, err := parseMoment("--as-of", c.AsOf)
	if err != nil {
		return err
	}
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	service, mode := billing.New(db, billing.WithScanTimeout(commandTimeout)), clientele.Mode(c.Mode == "live")
	currencies, err := service.PaymentCurrencies.List(a.ctx, mode)
	if err != nil {
		return err
	}
	f := billing.ExportFilter{Modes: []clientele.Mode{mode}, Customer: c.Customer, AsOf: at}
	var w *stripe.Writer
	err = a.toFile(c.Out, func(to io.Writer) error {
		return writeLines(to, func(line func([]byte) error) error {
			w = stripe.NewWriter(currencies, line)
			return service.ExportCustomers(a.ctx, f, w.Customer)
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
