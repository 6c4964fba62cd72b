package main

import (
	"errors"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/stripe"
)

type importStripe struct {
	importOptions
	Mode  string   `enum:"test,live" default:"live" help:"Which mode rows belong to that do not say it: test or live (${default}). API objects say it in livemode."`
	Files []string `arg:"" name:"file" help:"The files, of one account, in any order."`
}

// Help is shown by clientele import stripe --help.
func (importStripe) Help() string {
	return `Takes in the customers of a Stripe account with their invoices, lines, charges, refunds and credit balances,
from any of these, all files of the account at once:

  API objects as JSON: one on each line, lists as the API answers them, or an array. Taken are customer, invoice,
  line_item, invoiceitem, invoice_payment, charge, payment_intent, refund, customer_balance_transaction and
  customer_cash_balance_transaction, of which what is left is a payment that is not applied.
  Spreadsheets of the dashboard (Customers, Invoices, Payments, Refunds ... > Export, with their id columns).

Ids, numbers, amounts, states and times stay what they were. A charge is called as its payment intent, where it has one.
A charge without an invoice gets one, which it pays. Amounts are in Stripe's smallest units in JSON and in the whole in
spreadsheets, also of currencies with none or three decimals; currencies that are not there are added. Invoices of
customers who are not in the files are taken when the customer is here already.

Each customer is taken in whole, in one transaction; Ctrl-C stops between two, and running it again goes on and changes
nothing that is there. What cannot be taken is told in the first FILE.refused.csv, by object, id, field and reason. The
exit code is 1 when anything was refused. A server may run meanwhile.

Examples:
  stripe customers list --limit 100 --live > customers.json
  clientele import stripe customers.json invoices.json charges.json --dry-run
  clientele import stripe customers.csv invoices.csv unified_payments.csv --mode live`
}

// Run imports the files.
func (c importStripe) Run(a *app) (err error) {
	files, err := stripe.Read(c.Files, c.Mode == "live")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	return importInto(a, c.importOptions, c.Files[0], func(i *importer) error {
		if i.total, err = files.Count(); err != nil {
			return err
		}
		return i.stripe(files)
	})
}

// stripe imports files of Stripe.
func (i *importer) stripe(files *stripe.Files) error {
	if !i.options.DryRun || i.fresh {
		if err := i.service.Seed(i.ctx); err != nil {
			return err
		}
	}
	money := map[clientele.Mode]map[string]clientele.PaymentCurrency{}
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		var err error
		if money[mode], err = i.currenciesOf(mode, files.Codes(mode)); err != nil {
			return err
		}
	}
	find := func(mode clientele.Mode, code string) clientele.PaymentCurrency { return money[mode][code] }
	err := i.each(func(add func(func() error) error) error {
		return files.Customers(find, func(found billing.Found) error {
			return add(func() error { return i.customer(found) })
		})
	})
	for what, n := range files.Unkept() {
		i.unkept[what] += n
	}
	return err
}

// currenciesOf finds the currencies with some codes (ISO 4217), and adds those that are not there.
func (i *importer) currenciesOf(
	mode clientele.Mode, codes []string,
) (of map[string]clientele.PaymentCurrency, err error) {
	of = map[string]clientele.PaymentCurrency{}
	for _, code := range codes {
		c, told, err := i.service.Imports.Money(i.ctx, mode, code, i.options.DryRun)
		if err != nil {
			return nil, err
		}
		switch told.Outcome {
		case billing.OutcomeNew:
			i.currencies = append(i.currencies, c)
		case billing.OutcomeRefused:
			c = clientele.PaymentCurrency{}
		}
		if told.Outcome != "" {
			if err := i.note(told); err != nil {
				return nil, err
			}
		}
		of[code] = c
	}
	return of, nil
}
