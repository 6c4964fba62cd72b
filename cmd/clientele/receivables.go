package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/locale"
	"clientele.dev/internal/store"
)

type agingCommand struct {
	AsOf       string `help:"The day to tell of, where the business is: 2026-03-31, or a moment with its zone; today when absent." placeholder:"DAY"`
	KnownAt    string `help:"Leave out what was recorded after the end of this day, or after this moment with its zone; nothing is when absent." placeholder:"DAY"`
	Currency   string `help:"Only this currency, by id." placeholder:"ID"`
	Customer   string `help:"Only this customer, by id or DID." placeholder:"CUSTOMER"`
	ByCustomer bool   `help:"A row for each customer and currency."`
	Mode       string `enum:"test,live" default:"live" help:"Which mode: test or live (${default})."`
	JSON       bool   `name:"json" help:"Print JSON, as the API answers it, with amounts in the currency's smallest unit."`
}

// Help is shown by clientele aging --help.
func (agingCommand) Help() string {
	return `What customers owed on a day, per currency, by how many days it had been due, and the money received that was
not applied yet. Everything counts from its date on: an invoice from its date of issue, a payment from the day it came,
whenever it was recorded. With --known-at what was recorded later does not count, so that the answer never changes. A
server may run meanwhile.

Examples:
  clientele aging
  clientele aging --as-of 2026-03-31 --by-customer
  clientele aging --as-of 2026-03-31 --known-at 2026-04-05
  clientele aging --mode test --json`
}

// Run prints the aging.
func (c agingCommand) Run(a *app) error {
	at, err := parseMoment("--as-of", c.AsOf)
	if err != nil {
		return err
	}
	known, err := parseMoment("--known-at", c.KnownAt)
	if err != nil {
		return err
	}
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	service := billing.New(db, billing.WithScanTimeout(commandTimeout))
	f := billing.AgingFilter{
		Livemode: c.Mode == "live", AsOf: billing.AsOf{Day: at, KnownAt: known}, CurrencyID: c.Currency,
		Customer: c.Customer,
	}
	var aging clientele.Aging
	if c.ByCustomer {
		aging, err = service.Receivables.AgingByCustomer(a.ctx, f, store.Window{Limit: everything})
	} else {
		aging, err = service.Receivables.Aging(a.ctx, f)
	}
	if err != nil || c.JSON {
		return printJSON(a.stdout, aging, err)
	}
	m, err := readMoney(a, service, f.Livemode)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "What was owed at %s, in %s mode", aging.AsOf.UTC().Format(time.RFC3339), c.Mode)
	if aging.KnownAt != nil {
		fmt.Fprintf(a.stdout, ", as known at %s", aging.KnownAt.UTC().Format(time.RFC3339))
	}
	fmt.Fprintln(a.stdout)
	if len(aging.Currencies) == 0 {
		_, err = fmt.Fprintln(a.stdout, "Nothing.")
		return err
	}
	return m.printAging(a.stdout, aging, c.ByCustomer)
}

// How long a command may read, and how much it prints: as long and as much as it takes.
const (
	commandTimeout = 24 * time.Hour
	everything     = 1 << 40
)

// money writes amounts for people, and days.
type money struct {
	locale     string
	zone       *time.Location // where the business is
	currencies map[string]clientele.PaymentCurrency
}

func readMoney(a *app, service *billing.Service, mode clientele.Mode) (m money, err error) {
	settings, err := service.Settings.Of(a.ctx, mode)
	if err != nil {
		return m, err
	}
	m = money{settings.Locale, settings.Zone(), map[string]clientele.PaymentCurrency{}}
	all, err := service.PaymentCurrencies.List(a.ctx, mode)
	for _, c := range all {
		m.currencies[c.ID] = c
	}
	return m, err
}

func (m money) write(a clientele.Amount) string {
	return locale.FormatAmount(m.locale, m.currencies[a.Currency()], a)
}

// day is the day of a moment where the business is.
func (m money) day(t clientele.Time) string { return clientele.DayIn(t.Time, m.zone).String() }

func (m money) printAging(out io.Writer, aging clientele.Aging, byCustomer bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name, currency string, b clientele.AgingBuckets) {
		if byCustomer {
			fmt.Fprintf(w, "%s\t", name)
		}
		fmt.Fprintf(w, "%s\t", m.currencies[currency].Symbol)
		for _, a := range []clientele.Amount{
			b.NotDue, b.Days1To30, b.Days31To60, b.Days61To90, b.DaysOver90, b.Total, b.Unapplied,
		} {
			fmt.Fprintf(w, "%s\t", m.write(a))
		}
		fmt.Fprintln(w)
	}
	if byCustomer {
		fmt.Fprintf(w, "CUSTOMER\t")
	}
	fmt.Fprintln(w, "CURRENCY\tNOT DUE\t1-30 DAYS\t31-60 DAYS\t61-90 DAYS\tOVER 90\tTOTAL\tNOT APPLIED\t")
	for _, c := range aging.List {
		name := c.Name
		if name == "" {
			name = c.CustomerID
		}
		for _, currency := range slices.Sorted(maps.Keys(c.Currencies)) {
			row(name, currency, c.Currencies[currency])
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(aging.Currencies)) {
		row("ALL", currency, aging.Currencies[currency])
	}
	return w.Flush()
}

type statementCommand struct {
	Customer string `arg:"" help:"The customer's id or DID."`
	From     string `help:"The first day, 2026-01-01 where the business is, or a moment with its zone; the first movement when absent." placeholder:"DAY"`
	To       string `help:"The last day, or a moment; now when absent." placeholder:"DAY"`
	KnownAt  string `help:"Leave out what was recorded after the end of this day, or after this moment with its zone; nothing is when absent." placeholder:"DAY"`
	Mode     string `enum:"test,live" default:"live" help:"Which mode: test or live (${default})."`
	JSON     bool   `name:"json" help:"Print JSON, as the API answers it, with amounts in the currency's smallest unit."`
}

// Help is shown by clientele statement --help.
func (statementCommand) Help() string {
	return `A customer's account per currency: what was owed before, every movement by its date and what was owed after
it, what was owed in the end. An amount below nothing is what the business owes the customer.

Examples:
  clientele statement z1h1ECUxiXEaGRuLsbnxKMD8zjxDtBFEot3 --mode test
  clientele statement z1h1ECUxiXEaGRuLsbnxKMD8zjxDtBFEot3 --from 2026-01-01 --to 2026-03-31 --json`
}

// Run prints the statement.
func (c statementCommand) Run(a *app) error {
	from, err := parseMoment("--from", c.From)
	if err != nil {
		return err
	}
	to, err := parseMoment("--to", c.To)
	if err != nil {
		return err
	}
	known, err := parseMoment("--known-at", c.KnownAt)
	if err != nil {
		return err
	}
	if to.Before(from) {
		return fmt.Errorf("--to %s is before --from %s", c.To, c.From)
	}
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	service := billing.New(db, billing.WithScanTimeout(commandTimeout))
	mode := clientele.Mode(c.Mode == "live")
	st, err := service.Customers.Statement(a.ctx, mode, c.Customer, billing.StatementFilter{
		From: from, To: to, KnownAt: known,
	})
	if err != nil || c.JSON {
		return printJSON(a.stdout, st, err)
	}
	m, err := readMoney(a, service, mode)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s  %s\n%s to %s, in %s mode\n", st.Customer.ID, st.Customer.Name,
		st.From.UTC().Format(time.RFC3339), st.To.UTC().Format(time.RFC3339), c.Mode)
	if len(st.Currencies) == 0 {
		_, err = fmt.Fprintln(a.stdout, "Nothing happened, and nothing is owed.")
		return err
	}
	return m.printAccounts(a.stdout, st)
}

func (m money) printAccounts(out io.Writer, st clientele.Statement) error {
	for _, id := range slices.Sorted(maps.Keys(st.Currencies)) {
		account := st.Currencies[id]
		fmt.Fprintf(out, "\n%s\n", account.Currency.Symbol)
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		amounts, balances := []string{"AMOUNT", ""}, []string{"BALANCE", m.write(account.OpeningBalance)}
		for _, l := range account.Lines {
			amounts, balances = append(amounts, m.write(l.Amount)), append(balances, m.write(l.Balance))
		}
		amounts = alignRight(append(amounts, ""))
		balances = alignRight(append(balances, m.write(account.ClosingBalance)))
		row := func(n int, date, what, invoice string) {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", date, what, invoice, amounts[n], balances[n])
		}
		row(0, "DATE", "DESCRIPTION", "INVOICE")
		row(1, m.day(st.From), "Opening balance", "")
		for n, l := range account.Lines {
			what := l.Description
			if l.EnteredLater {
				what += " (entered " + m.day(l.At) + ")"
			}
			row(n+2, l.Date.String(), what, l.InvoiceNumber)
		}
		row(len(amounts)-1, m.day(st.To), "Closing balance", "")
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// alignRight pads texts on the left to the width of the longest.
func alignRight(texts []string) []string {
	width := 0
	for _, text := range texts {
		width = max(width, utf8.RuneCountInString(text))
	}
	for i, text := range texts {
		texts[i] = strings.Repeat(" ", width-utf8.RuneCountInString(text)) + text
	}
	return texts
}

// parseMoment reads an option that is a day, or a moment with its zone; zero when it is not given.
func parseMoment(option, text string) (clientele.Moment, error) {
	if text == "" {
		return clientele.Moment{}, nil
	}
	if day, err := clientele.ParseDay(text); err == nil && day > 0 {
		return clientele.Moment{Day: day}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		err = fmt.Errorf("%s must be a day such as 2026-03-31, or a moment such as 2026-03-31T12:00:00Z, not %q", option,
			text)
	}
	return clientele.Moment{At: at}, err
}

// printJSON prints a value for programs.
func printJSON(out io.Writer, v any, err error) error {
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
