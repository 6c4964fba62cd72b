package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/journal"
)

type journalCommand struct {
	From     string `help:"The first day, where the business is: 2026-10-01; the first there is when absent." placeholder:"DAY"`
	To       string `help:"The last day; today when absent." placeholder:"DAY"`
	Format   string `enum:"csv,hledger,beancount,datev" default:"csv" help:"csv, hledger, beancount or datev (${default})."`
	Currency string `help:"Only this currency, by id." placeholder:"ID"`
	Out      string `short:"o" help:"Write to this file, which must not be there; to standard output when absent." placeholder:"FILE"`
	Mode     string `enum:"test,live" default:"live" help:"Which mode: test or live (${default})."`
}

// Help is shown by clientele journal --help.
func (journalCommand) Help() string {
	return `Every movement of the days as double entry: what each customer owes, revenue and tax, cash, credit and money
that is not applied, bad debt and what was recovered of it. Every entry comes to zero. The accounts are those of the
settings' accounting. What is closed (see docs/api.md) is written with the names and accounts of then, so that the file
of a closed month is always the same, byte for byte. A server may run meanwhile.

Examples:
  clientele journal --from 2026-10-01 --to 2026-10-31 -o october.csv
  clientele journal --format hledger | hledger -f - balance
  clientele journal --format beancount -o books.beancount && bean-check books.beancount
  clientele journal --format datev --from 2026-10-01 --to 2026-10-31 -o EXTF_october.csv`
}

// Run writes the journal.
func (c journalCommand) Run(a *app) (err error) {
	from, err := parseMoment("--from", c.From)
	if err != nil {
		return err
	}
	to, err := parseMoment("--to", c.To)
	if err != nil {
		return err
	}
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	service := billing.New(db, billing.WithScanTimeout(commandTimeout))
	format, _ := journal.Named(c.Format)
	file, err := format.Write(func(w journal.Writer) error {
		return service.Receivables.Journal(a.ctx, clientele.Mode(c.Mode == "live"),
			billing.JournalFilter{From: from, To: to, CurrencyID: c.Currency}, w)
	})
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	if c.Out == "" {
		_, err = io.Copy(a.stdout, file)
		return err
	}
	return writeNew(c.Out, file)
}

// writeNew writes a file that is not there yet.
func writeNew(path string, from io.Reader) (err error) {
	const onlyOurs = 0o600
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, onlyOurs)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already: name another file with -o, or remove it", path)
	}
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, from); err != nil {
		return errors.Join(err, out.Close(), os.Remove(path))
	}
	return out.Close()
}
