package console

import (
	"errors"
	"strconv"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

var customerSorting = sorting{"name": true, "email": true, "created_at": true, "updated_at": true}

// customersQuery reads what the list of customers is asked for from an address.
func customersQuery(v *visit) (all store.Query, search string) {
	q := v.URL.Query()
	all = store.Query{Mode: v.Mode, Order: customerSorting.order(q.Get("sort"))}
	switch q.Get("show") {
	case "delinquent":
		all.Where = []store.Condition{store.Equal("delinquent", true)}
	case "good":
		all.Where = []store.Condition{store.Equal("delinquent", false)}
	case "deleted":
		all.Deleted = true
	}
	return all, strings.TrimSpace(q.Get("q"))
}

// listCustomers reads a part of the customers that an address asks for.
func (s *console) listCustomers(v *visit, w store.Window) ([][]byte, int64, error) {
	all, search := customersQuery(v)
	if search != "" {
		return s.service.Customers.Search(v.Context(), billing.Search{
			Livemode: v.Mode, Query: search, Limit: w.Limit, Offset: w.Offset, Plain: true,
		})
	}
	all.Window = w
	return s.service.Customers.List(v.Context(), all, false)
}

// customers is the list of customers, or those that a search finds, best first.
func (s *console) customers(v *visit) (page, error) {
	docs, count, err := s.listCustomers(v, window(pageOf(v.Request)))
	p, err := searchedPage[customerRow](v, "customers", "Customers", docs, count, err)
	if err != nil {
		return p, err
	}
	rows := p.data.(searched[customerRow]).Rows
	var ids []string
	for _, c := range rows {
		ids = append(ids, c.ID)
	}
	owed, err := s.service.Receivables.OwedBy(v.Context(), v.Mode, ids)
	for i := range rows {
		rows[i].Owes = owed[rows[i].ID]
	}
	return p, err
}

// customerRow is a customer, and what they owe in each currency.
type customerRow struct {
	clientele.CustomerExpanded
	Owes []clientele.Amount `json:"-"`
}

// searchError is what is wrong with a search, or "".
func searchError(err error) string {
	var e *clientele.Error
	if errors.As(err, &e) && e.Code == clientele.ErrorCodeInvalid {
		return sentence(strings.TrimPrefix(e.Message, "query: "))
	}
	return ""
}

// customersCSV is all customers that match.
func (s *console) customersCSV(v *visit) (page, error) {
	head := append([]string{"id", "name", "email", "phone", "external_id", "did", "delinquent", "created_at"},
		addressHead...)
	id := func(c clientele.Customer) string { return c.ID }
	return csvPage(s, v, "customers", head, eachOf(v, id, s.listCustomers), func(c clientele.Customer) []string {
		return append([]string{
			c.ID, c.Name, c.Email, c.Phone, c.ExternalID, c.DID, strconv.FormatBool(c.Delinquent), c.CreatedAt.String(),
		}, addressCells(c.Address)...)
	})
}
