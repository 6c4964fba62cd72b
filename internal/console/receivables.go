package console

import (
	"net/http"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
	"clientele.dev/internal/tables"
)

// receivablesPage is what was outstanding on a day.
type receivablesPage struct {
	AsOf    string // the day that was asked for, or ""
	KnownAt string // the day on whose end it is shown as it was known, or ""
	Error   string
	// Show is what is shown of it: "" for everybody's, customers, or late.
	Show       string
	Currencies []currencyAging
	All        []clientele.PaymentCurrency // to choose one from
	Currency   string                      // that alone is shown, or ""
	Customers  list[customerOwed]
	Total      clientele.AgingBuckets // of all customers, in the currency that is shown
	Late       list[clientele.Debtor]
}

// customerOwed is what a customer owes in the currency that is shown.
type customerOwed struct {
	clientele.CustomerAging
	Owes clientele.AgingBuckets
}

// ageByCustomer fills in what each customer owes in one currency, who owes most first. Without a choice it is the first
// in which anybody owes anything.
func (s *console) ageByCustomer(v *visit, data *receivablesPage, f billing.AgingFilter) (clientele.Aging, error) {
	all, err := s.service.Receivables.Aging(v.Context(), f)
	if err != nil {
		return all, err
	}
	for _, c := range v.currencies {
		if _, owed := all.Currencies[c.ID]; data.Currency == "" && owed {
			data.Currency = c.ID
		}
	}
	f.CurrencyID = data.Currency
	aging, err := s.service.Receivables.AgingByCustomer(v.Context(), f, window(pageOf(v.Request)))
	if err != nil {
		return aging, err
	}
	var rows []customerOwed
	for _, c := range aging.List {
		rows = append(rows, customerOwed{c, c.Currencies[data.Currency]})
	}
	data.Customers, data.Total = listOf(v, rows, *aging.Count), aging.Currencies[data.Currency]
	return aging, nil
}

// currencyAging is what was outstanding in one currency.
type currencyAging struct {
	Currency clientele.PaymentCurrency
	Aging    agingBars
}

// asOf reads the days that an address asks for: the one that it is of, and the one on which it was known so.
func asOf(v *visit) (of billing.AsOf, err error) {
	if of.Day.Day, err = dayIn("as_of", v.URL.Query().Get("as_of")); err == nil {
		of.KnownAt.Day, err = dayIn("known_at", v.URL.Query().Get("known_at"))
	}
	return of, err
}

func (s *console) receivables(v *visit) (page, error) {
	of, err := asOf(v)
	q := v.URL.Query()
	data := receivablesPage{
		AsOf: q.Get("as_of"), KnownAt: q.Get("known_at"), Show: q.Get("show"), All: v.currencies,
		Currency: q.Get("currency"),
	}
	p := page{template: "receivables", title: "Receivables"}
	if message := searchError(err); message != "" {
		data.Error = message
		p.data = data
		return p, nil
	}
	f := billing.AgingFilter{Livemode: v.Mode, AsOf: of}
	var aging clientele.Aging
	switch data.Show {
	case "customers":
		aging, err = s.ageByCustomer(v, &data, f)
	case "late":
		var late []clientele.Debtor
		var count int64
		late, count, err = s.service.Receivables.Overdue(v.Context(), v.Mode, of, data.Currency,
			window(pageOf(v.Request)))
		data.Late = listOf(v, late, count)
	default:
		data.Show = ""
		aging, err = s.service.Receivables.Aging(v.Context(), f)
	}
	if err != nil {
		return page{}, err
	}
	for _, c := range v.currencies {
		if buckets, some := aging.Currencies[c.ID]; some {
			data.Currencies = append(data.Currencies, currencyAging{c, barsOfAging(buckets, c.ID)})
		}
	}
	p.data = data
	return p, nil
}

// receivablesCSV is the aging of each customer on a day, with amounts in the main unit of their currency.
func (s *console) receivablesCSV(v *visit) (page, error) {
	of, err := asOf(v)
	if err != nil {
		return page{}, err
	}
	const everybody = 1 << 40
	f := billing.AgingFilter{Livemode: v.Mode, AsOf: of}
	aging, err := s.service.Receivables.AgingByCustomer(v.Context(), f, store.Window{Limit: everybody})
	if err != nil {
		return page{}, err
	}
	return page{write: func(w http.ResponseWriter) error {
		return writeCSV(w, "receivables", tables.AgingByCustomer(aging, tables.ByID(v.currencies)))
	}}, nil
}
