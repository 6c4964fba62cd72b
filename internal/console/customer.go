package console

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// shown is how many of a customer's newest invoices, payments and movements its page has.
const shown = 8

// customerPage is what the page of a customer shows.
type customerPage struct {
	Customer clientele.CustomerExpanded
	Owes     []currencyOwed
	Invoices todo[clientele.Invoice]
	Payments todo[clientele.Payment]
	Credit   todo[clientele.BalanceTransaction]
	Changes  []change
	Links    int // to the customer's portal, that are open
}

// currencyOwed is where a customer stands in one currency.
type currencyOwed struct {
	Currency clientele.PaymentCurrency
	Aging    agingBars
	Credit   clientele.Amount
}

// customer is the page of a customer. What it shows is read at once.
func (s *console) customer(v *visit) (page, error) {
	c, _, err := s.service.Customers.Find(v.Context(), v.Mode, v.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	data := customerPage{Customer: c}
	p := page{template: "customer", title: nameOf(c.Customer)}
	var aging clientele.Aging
	all, ctx := errgroup.WithContext(v.Context())
	all.Go(func() error {
		events, err := s.service.Customers.History(ctx, v.Mode, c.ID)
		if err == nil {
			data.Changes, err = s.changesOf(v, events)
		}
		return err
	})
	all.Go(func() error {
		links, err := s.auth.PortalLinks(ctx, c.ID)
		data.Links = len(links)
		return err
	})
	if !c.Deleted {
		few := store.Window{Limit: shown}
		all.Go(func() (err error) {
			aging, err = s.service.Receivables.Aging(ctx, billing.AgingFilter{Livemode: v.Mode, Customer: c.ID})
			return err
		})
		all.Go(func() (err error) {
			f := store.InvoiceFilter{Livemode: v.Mode, Window: few}
			data.Invoices, err = todoOf[clientele.Invoice](s.service.Invoices.List(ctx, c.ID, f, false))
			return err
		})
		all.Go(func() (err error) {
			f := store.PaymentFilter{Livemode: v.Mode, Window: few}
			data.Payments, err = todoOf[clientele.Payment](s.service.Payments.List(ctx, c.ID, f, false))
			return err
		})
		all.Go(func() (err error) {
			f := store.LedgerFilter{Livemode: v.Mode, Credit: true, Window: few}
			data.Credit, err = todoOf[clientele.BalanceTransaction](s.service.Customers.BalanceTransactions(ctx, c.ID, f))
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return page{}, err
	}
	for _, currency := range v.currencies {
		buckets, owes := aging.Currencies[currency.ID]
		credit := c.TokenBalance[currency.ID].In(currency.ID)
		if owes || credit.Sign() != 0 {
			data.Owes = append(data.Owes, currencyOwed{currency, barsOfAging(buckets, currency.ID), credit})
		}
	}
	p.data = data
	return p, nil
}

func todoOf[T any](docs [][]byte, count int64, err error) (todo[T], error) {
	if err != nil {
		return todo[T]{}, err
	}
	rows, err := decodeAll[T](docs)
	return todo[T]{rows, count}, err
}

// change is a change of an object, for people.
type change struct {
	What, Who string
	At        clientele.Time
	Request   string
	Fields    []changedField
}

// changedField is a field of an object, before and after.
type changedField struct{ Name, From, To string }

// changesOf are changes in words, as many as people read.
func (s *console) changesOf(v *visit, events []clientele.Event) (all []change, err error) {
	const many = 30
	names, err := s.namesOfCallers(v)
	if err != nil {
		return nil, err
	}
	for _, e := range events[:min(many, len(events))] {
		c := change{What: inPlainWords(e.Type), Who: names.of(e.Request.RequestedBy),
			At: e.CreatedAt, Request: e.Request.ID}
		var after map[string]json.RawMessage
		_ = json.Unmarshal(e.Data.Object, &after) // an object of ours is one
		currency := valueInWords(after["currency_id"])
		for _, name := range slices.Sorted(maps.Keys(e.Data.PreviousAttributes)) {
			from, to := valueInWords(e.Data.PreviousAttributes[name]), valueInWords(after[name])
			if e.ObjectType == string(store.TypeInvoice) && isAmount(name) {
				from, to = v.inMainUnit(from, currency), v.inMainUnit(to, currency)
			}
			c.Fields = append(c.Fields, changedField{strings.ReplaceAll(name, "_", " "), from, to})
		}
		all = append(all, c)
	}
	return all, nil
}

// callers are what people call those who can have asked for a change, by their ids.
type callers map[string]string

// of is what somebody is called.
func (c callers) of(id string) string {
	if opened, ok := auth.LinkOpened(id); ok {
		return "link of " + opened.Format("2006-01-02 15:04")
	}
	if strings.HasPrefix(id, "cus_") {
		return "the customer"
	}
	return first(c[id], id)
}

// namesOfCallers names the keys and applications, and who has the database.
func (s *console) namesOfCallers(v *visit) (callers, error) {
	keys, err := s.access.Keys(v.Context())
	if err != nil {
		return nil, err
	}
	apps, err := s.access.Apps(v.Context())
	names := callers{"system": "the server itself", store.CommandLine: "the command line", "operator": "a link"}
	for _, k := range keys {
		names[k.ID] = "key " + k.Name
	}
	for _, a := range apps {
		names[a.ID] = "application " + a.Name
	}
	return names, err
}

// isAmount says whether a field of an invoice is an amount.
func isAmount(name string) bool {
	return strings.HasPrefix(name, "amount_") || strings.HasPrefix(name, "subtotal") ||
		strings.HasSuffix(name, "_amount") || name == "total" || name == "tax" ||
		name == "starting_balance" || name == "ending_balance"
}

// inMainUnit writes units of a currency as people do.
func (v *visit) inMainUnit(units string, currency string) string {
	a, err := clientele.ParseAmount(currency, units)
	if err != nil {
		return units
	}
	return v.money(a)
}

// inPlainWords is what a type of event is called: invoice.marked_uncollectible is marked uncollectible.
func inPlainWords(kind string) string {
	_, what, _ := strings.Cut(kind, ".")
	what = strings.ReplaceAll(what, "_", " ")
	return strings.ToUpper(what[:1]) + what[1:]
}

// valueInWords is a value of JSON as people read it: a text without quotes, nothing as —.
func valueInWords(value json.RawMessage) string {
	var text string
	switch err := json.Unmarshal(value, &text); {
	case err != nil:
		text = string(value)
	}
	const long = 300
	if runes := []rune(text); len(runes) > long {
		text = string(runes[:long]) + "…"
	}
	if text == "" || text == "null" || text == "{}" || text == "[]" {
		return "—"
	}
	return text
}
