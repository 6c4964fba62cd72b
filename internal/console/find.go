package console

import (
	"strings"

	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// finding is something that the finder found.
type finding struct{ Name, What, Path string }

// findPage is what the finder found.
type findPage struct {
	Query string
	Found []finding
}

// find finds customers, invoices, payments and pages by a few letters. Its page is also what the finder shows.
func (s *console) find(v *visit) (page, error) {
	data := findPage{Query: strings.TrimSpace(v.URL.Query().Get("q"))}
	for _, one := range pagesToFind(v) {
		if data.Query == "" || strings.Contains(strings.ToLower(one.Name), strings.ToLower(data.Query)) {
			data.Found = append(data.Found, one)
		}
	}
	p := page{template: "find", title: "Find anything"}
	if data.Query == "" {
		p.data = data
		return p, nil
	}
	search := billing.Search{Livemode: v.Mode, Query: data.Query, Limit: 6, Plain: true}
	var customers, invoices, payments []finding
	all, ctx := errgroup.WithContext(v.Context())
	all.Go(func() error {
		docs, _, err := s.service.Customers.Search(ctx, search)
		rows, err := found[clientele.Customer](docs, err)
		for _, c := range rows {
			what := "customer"
			if c.Name != "" && c.Email != "" {
				what = c.Email
			}
			customers = append(customers, finding{nameOf(c), what, v.Path("customers", c.ID)})
		}
		return err
	})
	all.Go(func() error {
		docs, _, err := s.service.Invoices.Search(ctx, search)
		rows, err := found[clientele.Invoice](docs, err)
		for _, i := range rows {
			name := strings.TrimSpace(first(i.Number, "Draft") + " " + i.CustomerName)
			invoices = append(invoices, finding{name, "invoice, " + string(i.Status), v.Path("invoices", i.ID)})
		}
		return err
	})
	all.Go(func() error {
		docs, _, err := s.service.Payments.Search(ctx, search)
		rows, err := found[clientele.Payment](docs, err)
		for _, p := range rows {
			payments = append(payments, finding{first(p.Reference, p.Description, p.ID), "payment", v.Path("payments", p.ID)})
		}
		return err
	})
	if err := all.Wait(); err != nil {
		return page{}, err
	}
	data.Found = append(append(append(data.Found, customers...), invoices...), payments...)
	p.data = data
	return p, nil
}

// found are the objects that a search found; none when it was not understood.
func found[T any](docs [][]byte, err error) ([]T, error) {
	if searchError(err) != "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeAll[T](docs)
}

// pagesToFind are the pages that the finder leads to.
func pagesToFind(v *visit) []finding {
	all := []finding{
		{"Overview", "page", v.Path()}, {"Customers", "page", v.Path("customers")},
		{"Invoices", "page", v.Path("invoices")},
		{"Payments", "page", v.Path("payments")}, {"Receivables: aging", "page", v.Path("receivables")},
		{"Receivables: who is late", "page", v.Path("receivables") + "?show=late"},
		{"Developers", "page", v.Path("developers")}, {"Settings", "page", v.Path("settings")},
	}
	if v.Caller.Scope.Writes() {
		all = append(all, finding{"New customer", "do", v.Path("customers", "new")},
			finding{"New invoice", "do", v.Path("invoices", "new")},
			finding{"Record a payment", "do", v.Path("payments", "new")})
	}
	return all
}

// choosePage asks for a customer first.
type choosePage struct {
	Query string
	For   string // what is to be done
	Rows  []clientele.Customer
	path  string
}

// To is the address of what is to be done, for a customer.
func (p choosePage) To(id string) string { return p.path + "?customer=" + id }

// chooseCustomer asks which customer something is for.
func (s *console) chooseCustomer(v *visit, what string) (page, error) {
	data := choosePage{Query: strings.TrimSpace(v.URL.Query().Get("q")), For: what, path: v.URL.Path}
	var docs [][]byte
	var err error
	const few = 12
	if data.Query == "" {
		q := store.Query{Mode: v.Mode, Window: store.Window{Limit: few}}
		docs, _, err = s.service.Customers.List(v.Context(), q, false)
	} else {
		docs, _, err = s.service.Customers.Search(v.Context(), billing.Search{
			Livemode: v.Mode, Query: data.Query, Limit: few, Plain: true,
		})
	}
	data.Rows, err = found[clientele.Customer](docs, err)
	return page{template: "choose", title: what, data: data}, err
}
