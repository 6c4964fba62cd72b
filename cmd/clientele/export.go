package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/move"
)

type exportCommand struct {
	JSONL exportJSONL `cmd:"" name:"jsonl" help:"Everything as lines of JSON."`
	CSV   exportCSV   `cmd:"" name:"csv" help:"Spreadsheets of customers, invoices, payments, credit notes, refunds and the ledger."`

	Stripe exportStripe `cmd:"" name:"stripe" help:"Everything as objects of Stripe's API."`
}

type exportJSONL struct {
	Mode     string `enum:"test,live,both" default:"both" help:"Which mode: test, live or both (${default})."`
	Customer string `help:"Only this customer and what belongs to it, by id or DID, of one mode." placeholder:"CUSTOMER"`
	AsOf     string `help:"Export the state at the end of this day in the business's time zone, or at a moment with its zone; the present state when absent." placeholder:"DAY"`
	Out      string `short:"o" help:"Write to this file, which must not be there; to standard output when absent." placeholder:"FILE"`
}

// Help is shown by clientele export jsonl --help.
func (exportJSONL) Help() string {
	return `Everything that the API answers, a line each: customers, invoices, payments, credit notes, refunds,
currencies, payment methods, settings, closings and subscriptions that moved in, each in the order in which they were
created, then every movement of every ledger, and every event. Each line says what it is in object; amounts are in the
smallest unit of their currency. API keys, applications and sessions are left out.

clientele import jsonl makes an equal server of it, on either database: everything is of one moment, and what the API
does not answer is in stored, and in lines of objects of its own (deleted_customer, name, sum, closing_digest). The last
line says how many there are, and their SHA-256. A server may run meanwhile.

With --customer, one customer as the API answers it and what belongs to it, and no more. With --as-of, each object as
the API answered it at the end of that day, and the movements recorded by then; what was recorded later is left out,
whatever its date, and drafts that were deleted since are too. Neither makes an equal server.

Examples:
  clientele export jsonl --mode live -o everything.jsonl
  clientele export jsonl | grep '"object":"invoice"' | wc -l
  clientele export jsonl --mode live --customer z1h1ECUxiXEaGRuLsbnxKMD8zjxDtBFEot3
  clientele export jsonl --mode live --as-of 2026-03-31`
}

// Run exports.
func (c exportJSONL) Run(a *app) error {
	if c.Customer != "" && c.Mode == "both" {
		return errors.New("--customer is of one mode: say --mode test or --mode live")
	}
	at, err := parseMoment("--as-of", c.AsOf)
	if err != nil {
		return err
	}
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	f := billing.ExportFilter{Customer: c.Customer, AsOf: at}
	if c.Mode != "both" {
		f.Modes = []clientele.Mode{c.Mode == "live"}
	}
	return a.toFile(c.Out, func(to io.Writer) error {
		if c.Customer == "" && at.IsZero() {
			if len(f.Modes) == 0 {
				f.Modes = []clientele.Mode{clientele.Test, clientele.Live}
			}
			return move.Export(a.ctx, db, f.Modes, to)
		}
		return writeLines(to, func(line func([]byte) error) error {
			service := billing.New(db, billing.WithScanTimeout(commandTimeout))
			return service.Export(a.ctx, f, line)
		})
	})
}

// exportOfMode says what is exported of one mode.
type exportOfMode struct {
	Mode     string `enum:"test,live" default:"live" help:"Which mode: test or live (${default})."`
	Customer string `help:"Only this customer and what belongs to it, by id or DID." placeholder:"CUSTOMER"`
	AsOf     string `help:"Export the state at the end of this day in the business's time zone, or at a moment with its zone; the present state when absent." placeholder:"DAY"`
}

// read reads what is to be exported, and the currencies of its mode.
func (e exportOfMode) read(
	a *app, service *billing.Service,
) (f billing.ExportFilter, currencies []clientele.PaymentCurrency, err error) {
	mode := clientele.Mode(e.Mode == "live")
	f = billing.ExportFilter{Modes: []clientele.Mode{mode}, Customer: e.Customer}
	if f.AsOf, err = parseMoment("--as-of", e.AsOf); err != nil {
		return f, nil, err
	}
	currencies, err = service.PaymentCurrencies.List(a.ctx, mode)
	return f, currencies, err
}

// toFile calls write with a new file, which its owner alone may read, or with standard output when path is "".
func (a *app) toFile(path string, write func(to io.Writer) error) error {
	if path == "" {
		return write(a.stdout)
	}
	const onlyOurs = 0o600
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, onlyOurs)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already: name another file with -o, or remove it", path)
	}
	if err != nil {
		return err
	}
	if err = errors.Join(write(file), file.Close()); err != nil { // none that ends in the middle is left
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// writeLines writes what each is called with as a line.
func writeLines(to io.Writer, each func(line func([]byte) error) error) error {
	w := bufio.NewWriterSize(to, 1<<16)
	err := each(func(doc []byte) error {
		_, err := w.Write(append(doc, '\n'))
		return err
	})
	return errors.Join(err, w.Flush())
}
