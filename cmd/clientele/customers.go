package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// atTheShell are what commands for a person at the shell take.
type atTheShell struct {
	Mode string `enum:"test,live" default:"test" help:"Which mode: test or live (${default})."`
	JSON bool   `name:"json" help:"Print JSON, as the API answers it."`
}

func (o atTheShell) mode() clientele.Mode { return o.Mode == "live" }

type customersCommand struct {
	Search customersSearch `cmd:"" help:"Find customers by what they are called."`
	Show   customersShow   `cmd:"" help:"Show a customer, and what belongs to it."`
	Update customersUpdate `cmd:"" help:"Change a customer."`
}

// Help is shown by clientele customers --help.
func (customersCommand) Help() string {
	return `For a person at the shell: tables, or with --json what the API answers, a line for each. In test mode unless
--mode says live. A server may run meanwhile.

Examples:
  clientele customers search "ada lovelace" --mode live
  clientele customers show z1h1ECUxiXEaGRuLsbnxKMD8zjxDtBFEot3 --json
  clientele customers update cus_06frf6tgeo000nr5he4ko7n5lk name="Ada Lovelace" address.city=London metadata.plan=gold`
}

type customersSearch struct {
	atTheShell
	Query string `arg:"" optional:"" help:"Words, as GET /api/customers/search takes them; everybody when absent."`
	Limit int64  `default:"20" help:"How many (${default})."`
}

// Run prints who is found.
func (c customersSearch) Run(a *app) error {
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	docs, count, err := billing.New(db).Customers.Search(a.ctx, billing.Search{
		Livemode: c.mode(), Query: c.Query, Limit: c.Limit, Plain: true,
	})
	if err != nil || c.JSON {
		return printDocuments(a, docs, err)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tEMAIL\tBALANCE\tCREATED\tSTATE")
	for _, doc := range docs {
		var customer clientele.Customer
		if err := json.Unmarshal(doc, &customer); err != nil {
			return err
		}
		state := map[bool]string{true: "delinquent", false: "-"}[customer.Delinquent]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", customer.ID, oneLine(customer.Name), oneLine(customer.Email),
			customer.Balance, customer.CreatedAt.UTC().Format("2006-01-02"), state)
	}
	return finishTable(a, w, int64(len(docs)), count)
}

// finishTable writes a table, and of how many rows these are.
func finishTable(a *app, w *tabwriter.Writer, shown, count int64) error {
	if err := w.Flush(); err != nil || shown == count {
		return err
	}
	_, err := fmt.Fprintf(a.stdout, "%d of %d; --limit shows more.\n", shown, count)
	return err
}

// oneLine is a text of a customer's own on one line, "-" when it is empty.
func oneLine(text string) string {
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		return "-"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 { // which a terminal would act on
			return -1
		}
		return r
	}, text)
}

// printDocuments prints objects, one on each line.
func printDocuments(a *app, docs [][]byte, err error) error {
	for _, doc := range docs {
		if err == nil {
			_, err = fmt.Fprintf(a.stdout, "%s\n", doc)
		}
	}
	return err
}

type customersShow struct {
	atTheShell
	Customer string `arg:"" help:"The customer's id or DID."`
}

// Run prints a customer.
func (c customersShow) Run(a *app) error {
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	doc, err := billing.New(db).Customers.Retrieve(a.ctx, c.mode(), c.Customer)
	if err != nil {
		return err
	}
	if c.JSON {
		return printDocuments(a, [][]byte{doc.JSON}, nil)
	}
	return printObject(a, doc.JSON)
}

// printObject prints an object for people: its members, and how many there are of what belongs to it.
func printObject(a *app, doc []byte) error {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(doc, &members); err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		var text string
		var list []jsontext.Value
		value := members[name]
		switch {
		case json.Unmarshal(value, &text) == nil:
			text = oneLine(text)
		case json.Unmarshal(value, &list) == nil && len(list) > 0 && list[0].Kind() == '{':
			text = fmt.Sprintf("%d, see --json", len(list))
		default:
			text = oneLine(string(value))
		}
		fmt.Fprintf(w, "%s\t%s\n", name, text)
	}
	return w.Flush()
}

type customersUpdate struct {
	atTheShell
	Customer string            `arg:"" help:"The customer's id or DID."`
	Fields   map[string]string `arg:"" help:"What to change: name=Ada, email=ada@example.com, address.city=London, metadata.plan=gold. An empty value clears it." placeholder:"FIELD=VALUE"`
}

// Run changes a customer, as PUT /api/customers/{id} does.
func (c customersUpdate) Run(a *app) error {
	fields, parts := billing.Fields{}, map[string]map[string]jsontext.Value{}
	for name, value := range c.Fields {
		if of, part, isPart := strings.Cut(name, "."); isPart {
			if parts[of] == nil {
				parts[of] = map[string]jsontext.Value{}
			}
			if parts[of][part] = billing.Text(value); value == "" && of == "metadata" {
				parts[of][part] = jsontext.Value("null")
			}
			continue
		}
		fields[name] = billing.Text(value)
	}
	for name, of := range parts {
		var err error
		if fields[name], err = json.Marshal(of); err != nil {
			return err
		}
	}
	db, err := a.openExisting()
	if err != nil {
		return err
	}
	defer db.Close()
	call := billing.Call{Livemode: c.mode(), Actor: store.CommandLine}
	doc, err := billing.New(db).Customers.Update(a.ctx, call, c.Customer, fields)
	if err != nil {
		return err
	}
	if c.JSON {
		return printDocuments(a, [][]byte{doc.JSON}, nil)
	}
	return printObject(a, doc.JSON)
}

type invoicesCommand struct {
	List invoicesList `cmd:"" help:"List invoices, the newest first."`
	Show invoicesShow `cmd:"" help:"Show an invoice."`
}

// Help is shown by clientele invoices --help.
func (invoicesCommand) Help() string {
	return `For a person at the shell: tables, or with --json what the API answers, a line for each. In test mode unless
--mode says live. A server may run meanwhile.

Examples:
  clientele invoices list --status open,uncollectible --mode live
  clientele invoices show QSLUDSW7-0011`
}

type invoicesList struct {
	atTheShell
	Customer string   `help:"Only this customer's, by id or DID." placeholder:"CUSTOMER"`
	Status   []string `enum:"draft,open,paid,void,uncollectible" help:"Only in these states: draft, open, paid, void or uncollectible." placeholder:"STATE,..."`
	Limit    int64    `default:"20" help:"How many (${default})."`
}

// Run prints invoices.
func (c invoicesList) Run(a *app) error {
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	service := billing.New(db)
	q := store.Query{Mode: c.mode(), Window: store.Window{Limit: c.Limit}}
	if len(c.Status) > 0 {
		q.Where = append(q.Where, store.OneOf("status", c.Status...))
	}
	docs, count, err := service.Invoices.List(a.ctx, c.Customer, q, false)
	if err != nil || c.JSON {
		return printDocuments(a, docs, err)
	}
	m, err := readMoney(a, service, c.mode())
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NUMBER\tID\tCUSTOMER\tISSUED\tDUE\tSTATE\tTOTAL\tLEFT TO PAY")
	for _, doc := range docs {
		var i clientele.Invoice
		if err := json.Unmarshal(doc, &i); err != nil {
			return err
		}
		day := func(d clientele.Day) string {
			if d == 0 {
				return "-"
			}
			return d.String()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", oneLine(i.Number), i.ID, oneLine(i.CustomerName), day(i.Date),
			day(i.DueDay), i.Status, m.write(i.Total), m.write(i.AmountRemaining))
	}
	return finishTable(a, w, int64(len(docs)), count)
}

type invoicesShow struct {
	atTheShell
	Invoice string `arg:"" help:"The invoice's id or number."`
}

// Run prints an invoice.
func (c invoicesShow) Run(a *app) error {
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	doc, err := billing.New(db).Invoices.Retrieve(a.ctx, c.mode(), c.Invoice)
	if err != nil {
		return err
	}
	if c.JSON {
		return printDocuments(a, [][]byte{doc.JSON}, nil)
	}
	return printObject(a, doc.JSON)
}
