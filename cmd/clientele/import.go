package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/paymentkit"
	"clientele.dev/internal/rows"
	"clientele.dev/internal/store/sqlite"
	"clientele.dev/internal/tables"
)

type importCommand struct {
	PaymentKit importPaymentKit `cmd:"" name:"paymentkit" help:"Move in from a database file of PaymentKit."`
	Stripe     importStripe     `cmd:"" name:"stripe" help:"Move in from Stripe: API objects as JSON, spreadsheets of the dashboard."`
	CSV        importCSV        `cmd:"" name:"csv" help:"Take in customers, invoices or payments from a spreadsheet."`
	JSONL      importJSONL      `cmd:"" name:"jsonl" help:"Take in customers, invoices or payments from lines of JSON."`
}

// importOptions are what all imports take.
type importOptions struct {
	FirstDate  string `help:"The earliest day that anything may be dated (${default}), as of serve." default:"1990-01-01" placeholder:"DAY" env:"CLIENTELE_FIRST_DATE"`
	DryRun     bool   `help:"Say what would become of everything, and change nothing."`
	OnConflict string `enum:"refuse,update,skip" default:"refuse" help:"What becomes of a customer who is there and is not the same: refuse, update or skip (${default}). Invoices, payments and refunds that are there are never changed."`
}

type importPaymentKit struct {
	importOptions
	File string `arg:"" help:"The file, such as payment-kit.db. Nothing is changed in it; copy it together with its -wal file, or stop what writes to it."`
}

// Help is shown by clientele import paymentkit --help.
func (importPaymentKit) Help() string {
	return `Takes in the customers of a PaymentKit database (SQLite) with their invoices, payments, refunds and balances,
and its currencies and payment methods. Ids, DIDs, numbers, amounts, states and times stay what they were, so that
applications find everybody by the names they know. Rows of test mode go into test mode, those of live mode into live
mode. What happened is dated as it was there, and was recorded today.

Each customer is taken in whole, in one transaction; Ctrl-C stops between two, and running it again goes on and changes
nothing that is there. What cannot be taken is told in FILE.refused.csv, by row, field and reason: mend the rows and run
it again. Contact details that are no valid email, phone number or address are kept in the customer's metadata, under
imported. The exit code is 1 when anything was refused. A server may run meanwhile.

Examples:
  clientele import paymentkit payment-kit.db --dry-run
  clientele import paymentkit payment-kit.db
  clientele import paymentkit payment-kit.db --db postgres://clientele@localhost/clientele`
}

// Run imports the file.
func (c importPaymentKit) Run(a *app) error {
	file, err := paymentkit.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	all, err := file.Count()
	if err != nil {
		return err
	}
	return importInto(a, c.importOptions, c.File, func(i *importer) error {
		i.total = all
		return i.paymentKit(file)
	})
}

// importInto opens the database and imports a file into it. One that is not there is made; for a dry run one that is
// gone afterwards.
func importInto(a *app, o importOptions, file string, do func(*importer) error) error {
	fresh := false
	if a.checkFile() != nil {
		fresh = o.DryRun
		path := strings.TrimPrefix(a.db, "sqlite:")
		if o.DryRun {
			folder, err := os.MkdirTemp("", "clientele-import-*")
			if err != nil {
				return err
			}
			defer func() { _ = os.RemoveAll(folder) }() // which nobody needs
			fmt.Fprintf(a.stderr, "clientele: there is no database %s yet\n", path)
			a.db = "sqlite:" + filepath.Join(folder, "clientele.db")
		} else {
			fmt.Fprintf(a.stderr, "clientele: making the database %s\n", path)
		}
	}
	db, err := a.open(sqlite.WithPatience(commandPatience), sqlite.WithPauses())
	if err != nil {
		return err
	}
	defer db.Close()
	first, err := clientele.ParseDay(o.FirstDate)
	if err != nil || first <= 0 {
		return fmt.Errorf("--first-date must be a day after 1970-01-01, such as 1980-01-01, not %q", o.FirstDate)
	}
	i := newImporter(a, billing.New(db, billing.WithFirstDate(first)), o, file)
	i.fresh = fresh
	return i.run(func() error { return do(i) })
}

// importer takes in what a file has, and counts what becomes of it.
type importer struct {
	*app
	service *billing.Service
	options importOptions
	refused string // the file with what is refused
	things  string // that are counted
	total   int64

	counting sync.Mutex // of what follows
	done     int64
	counts   map[string]map[billing.Outcome]int64 // by object
	kept     int64                                // objects of which something is kept elsewhere
	unkept   map[string]int64                     // what nothing moves in of
	bar      *progress
	// The currencies of the file, which a dry run does not add.
	currencies []clientele.PaymentCurrency
	out        *os.File // of refused, once there is one
	table      tables.Writer
	// Of rows.
	rowName      string // what one is called
	writeRefused func(rows.Row, []billing.Mistake) error
	fresh        bool // whether the database was made for a dry run
}

func newImporter(a *app, service *billing.Service, o importOptions, file string) *importer {
	i := &importer{
		app: a, service: service, options: o, refused: file + ".refused.csv",
		counts: map[string]map[billing.Outcome]int64{}, unkept: map[string]int64{},
	}
	i.name("customers")
	return i
}

// name says what is counted.
func (i *importer) name(things string) { i.things, i.bar = things, newProgress(i.stderr, things) }

// run imports, and says in the end what became of everything.
func (i *importer) run(do func() error) error {
	began := time.Now()
	err := do()
	i.bar.clear()
	if i.out != nil {
		err = errors.Join(err, i.flushRefused())
	}
	if err != nil && i.ctx.Err() == nil {
		return err
	}
	if i.out == nil && i.ctx.Err() == nil { // nothing is refused any more
		if err := os.Remove(i.refused); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if e := i.report(time.Since(began)); e != nil {
		return e
	}
	refused := i.sum(billing.OutcomeRefused)
	switch {
	case i.ctx.Err() != nil:
		return fmt.Errorf("stopped after %d of %d %s; run it again to go on", i.done, i.total, i.things)
	case refused == 1:
		return fmt.Errorf("1 was refused: %s says why", i.refused)
	case refused > 0:
		return fmt.Errorf("%d were refused: %s says why", refused, i.refused)
	}
	return nil
}

// flushRefused writes what is not written yet, and gives the file its name in place of an earlier one.
func (i *importer) flushRefused() error {
	var err error
	if i.table != (tables.Writer{}) {
		err = i.table.Flush()
	}
	return errors.Join(err, i.out.Close(), os.Rename(i.out.Name(), i.refused))
}

func (i *importer) sum(outcome billing.Outcome) (n int64) {
	for _, of := range i.counts {
		n += of[outcome]
	}
	return n
}

// report says what became of everything.
func (i *importer) report(took time.Duration) error {
	w := tabwriter.NewWriter(i.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	outcomes := []billing.Outcome{
		billing.OutcomeNew, billing.OutcomeChanged, billing.OutcomeEqual, billing.OutcomeSkipped, billing.OutcomeRefused,
	}
	fmt.Fprintf(w, "\tNEW\tCHANGED\tEQUAL\tSKIPPED\tREFUSED\t\n")
	for _, object := range []string{
		"payment_method", "payment_currency", "customer", "invoice", "payment", "refund", "credit", "balance",
		"subscription",
	} {
		if i.counts[object] == nil {
			continue
		}
		fmt.Fprintf(w, "%ss\t", strings.ReplaceAll(strings.TrimSuffix(object, "y"), "payment_currenc", "payment_currencie"))
		for _, outcome := range outcomes {
			fmt.Fprintf(w, "%d\t", i.counts[object][outcome])
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if i.kept > 0 {
		fmt.Fprintf(i.stdout, "Of %d customers a contact detail is kept in the metadata, under imported.\n", i.kept)
	}
	if len(i.unkept) > 0 {
		fmt.Fprintln(i.stdout, "Nothing moves in of:")
		for _, name := range slices.Sorted(maps.Keys(i.unkept)) {
			fmt.Fprintf(i.stdout, "  %d  %s\n", i.unkept[name], name)
		}
	}
	done := "Imported"
	if i.options.DryRun {
		done = "Nothing was changed. Read"
	}
	_, err := fmt.Fprintf(i.stdout, "%s %d %s in %s.\n", done, i.done, i.things, took.Round(time.Millisecond))
	return err
}

// count counts what became of an object.
func (i *importer) count(of billing.Arrived) {
	if i.counts[of.Object] == nil {
		i.counts[of.Object] = map[billing.Outcome]int64{}
	}
	i.counts[of.Object][of.Outcome]++
	if of.Outcome != billing.OutcomeRefused && len(of.Mistakes) > 0 {
		i.kept++
	}
}

// note counts what became of an object, and writes what is wrong with it.
func (i *importer) note(of billing.Arrived) error {
	if i.count(of); of.Outcome != billing.OutcomeRefused {
		return nil
	}
	if i.out == nil {
		if err := i.createRefused(); err != nil {
			return err
		}
		i.table = tables.NewWriter(i.out)
		if err := i.table.Row([]string{"object", "id", "field", "reason"}); err != nil {
			return err
		}
	}
	for _, m := range of.Mistakes {
		if err := i.table.Row([]string{of.Object, of.ID, m.Field, m.Reason}); err != nil {
			return err
		}
	}
	return nil
}

// createRefused begins the file with what is refused.
func (i *importer) createRefused() (err error) {
	const onlyOurs = 0o600
	i.out, err = os.OpenFile(i.refused+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, onlyOurs)
	return err
}

// atOnce is how many customers are taken in at the same time, which share what a commit costs.
const atOnce = 16

// each calls read with a function that has work done, some at a time, and waits for all of it.
func (i *importer) each(read func(add func(func() error) error) error) error {
	working, ctx := errgroup.WithContext(i.ctx)
	working.SetLimit(atOnce)
	err := read(func(work func() error) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		working.Go(work)
		return nil
	})
	return cmp.Or(working.Wait(), err)
}

// paymentKit imports a file of PaymentKit.
func (i *importer) paymentKit(file *paymentkit.File) error {
	if err := i.moneyOf(file); err != nil {
		return err
	}
	err := i.each(func(add func(func() error) error) error {
		return file.Customers(func(found billing.Found) error {
			return add(func() error { return i.customer(found) })
		})
	})
	if err != nil {
		return err
	}
	rows, err := file.Unkept()
	for table, n := range rows {
		i.unkept[table] += n
	}
	return err
}

// moneyOf imports payment methods and currencies. A new database begins with those of the file, and gets its own unless
// the file has a base currency.
func (i *importer) moneyOf(file *paymentkit.File) error {
	based := map[clientele.Mode]bool{}
	err := file.Currencies(func(c clientele.PaymentCurrency, mistakes []billing.Mistake) error {
		based[c.Livemode] = based[c.Livemode] || c.IsBaseCurrency && len(mistakes) == 0
		return nil
	})
	if err != nil {
		return err
	}
	if !i.options.DryRun {
		if err := i.service.SeedModes(i.ctx, func(mode clientele.Mode) bool { return !based[mode] }); err != nil {
			return err
		}
	}
	err = file.Methods(func(m clientele.PaymentMethod, mistakes []billing.Mistake) error {
		return i.add(billing.Arrived{Object: "payment_method", ID: m.ID}, mistakes, func() (billing.Arrived, error) {
			return i.service.Imports.AddMethod(i.ctx, m, i.options.DryRun)
		})
	})
	if err != nil {
		return err
	}
	return file.Currencies(func(c clientele.PaymentCurrency, mistakes []billing.Mistake) error {
		return i.add(billing.Arrived{Object: "payment_currency", ID: c.ID}, mistakes, func() (billing.Arrived, error) {
			of, err := i.service.Imports.AddCurrency(i.ctx, c, i.options.DryRun)
			if of.Outcome == billing.OutcomeNew {
				i.currencies = append(i.currencies, c)
			}
			return of, err
		})
	})
}

// add adds an object that can be read.
func (i *importer) add(of billing.Arrived, mistakes []billing.Mistake, do func() (billing.Arrived, error)) error {
	if of.Outcome, of.Mistakes = billing.OutcomeRefused, mistakes; len(mistakes) == 0 {
		var err error
		if of, err = do(); err != nil {
			return err
		}
	}
	return i.note(of)
}

// customer imports a customer of the file.
func (i *importer) customer(found billing.Found) error {
	id, outcomes := found.Arrival.Customer.ID, found.Refused
	refused := func(of billing.Arrived) bool { return of.Object == "customer" }
	switch {
	case found.Arrival.Customer.Fields == nil && !found.Arrival.Customer.Known: // what belongs to nobody
		return i.customerDone(0, found.Unkept, outcomes)
	case slices.ContainsFunc(found.Refused, refused):
		return i.customerDone(1, found.Unkept, append(outcomes, found.Arrival.WithoutCustomer()...))
	}
	if i.options.DryRun {
		found.Arrival.Currencies = i.currencies
	}
	taken, err := i.service.Imports.Add(i.ctx, found.Mode, found.Arrival, billing.OnConflict(i.options.OnConflict),
		i.options.DryRun)
	if err != nil {
		return fmt.Errorf("customer %s: %w", id, err)
	}
	return i.customerDone(1, found.Unkept, append(outcomes, taken...))
}

// customerDone counts what became of so many customers, one or none, and of what belongs to them.
func (i *importer) customerDone(customers int64, unkept map[string]int64, outcomes []billing.Arrived) error {
	i.counting.Lock()
	defer i.counting.Unlock()
	for what, n := range unkept {
		i.unkept[what] += n
	}
	i.done += customers
	i.bar.show(i.done, i.total)
	for _, of := range outcomes {
		if err := i.note(of); err != nil {
			return err
		}
	}
	return nil
}
