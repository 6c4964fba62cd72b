package console

import (
	"errors"
	"iter"
	"net/http"
	"strconv"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/sheet"
	"clientele.dev/internal/store"
)

var customerSorting = sorting{"name": true, "email": true, "created_at": true, "updated_at": true}

// customersFilter reads the filters of the list of customers from an address.
func customersFilter(v *visit) (f store.CustomerFilter, search string) {
	q := v.URL.Query()
	f = store.CustomerFilter{Livemode: v.Mode, Order: customerSorting.order(q.Get("sort"))}
	switch q.Get("show") {
	case "delinquent":
		f.Delinquent = new(true)
	case "good":
		f.Delinquent = new(false)
	case "deleted":
		f.Deleted = true
	}
	return f, strings.TrimSpace(q.Get("q"))
}

// customers is the list of customers, or those that a search finds, best first.
func (s *console) customers(v *visit) (page, error) {
	var docs [][]byte
	var count int64
	var err error
	w := window(pageOf(v.Request))
	if f, search := customersFilter(v); search != "" {
		docs, count, err = s.service.Customers.Search(v.Context(), v.Mode, search, w.Limit, w.Offset, false)
	} else {
		f.Window = w
		docs, count, err = s.service.Customers.List(v.Context(), f, false)
	}
	p := page{template: "customers", title: "Customers"}
	if message := searchError(err); message != "" {
		p.data = struct {
			list[clientele.CustomerExpanded]
			Error string
		}{list[clientele.CustomerExpanded]{Filter: v.URL.Query(), path: v.URL.Path}, message}
		return p, nil
	}
	if err != nil {
		return page{}, err
	}
	l, err := newList[clientele.CustomerExpanded](v, docs, count)
	p.data = struct {
		list[clientele.CustomerExpanded]
		Error string
	}{l, ""}
	return p, err
}

// searchError is what is wrong with a search, or "".
func searchError(err error) string {
	var e *clientele.Error
	if errors.As(err, &e) && e.Code == clientele.ErrorCodeInvalid {
		return sentence(strings.TrimPrefix(e.Message, "query: "))
	}
	return ""
}

// customersCSV is all customers that match, as a file that is written while it is read.
func (s *console) customersCSV(v *visit) (page, error) {
	return page{write: func(w http.ResponseWriter) error {
		header := w.Header()
		header.Set("Content-Type", "text/csv; charset=utf-8")
		header.Set("Content-Disposition", `attachment; filename="customers.csv"`)
		return sheet.Write(w, func(yield func([]string) bool) {
			more := yield([]string{"id", "name", "email", "phone", "external_id", "did", "delinquent", "created_at"})
			for doc, err := range s.eachCustomer(v) {
				c, err := decode[clientele.Customer](store.Document{JSON: doc}, err)
				if err != nil {
					s.log.Error("csv was cut short", "request_id", v.id, "error", err)
					panic(http.ErrAbortHandler) // whoever reads it must see that it is not whole
				}
				more = more && yield([]string{
					c.ID, c.Name, c.Email, c.Phone, c.ExternalID, c.DID, strconv.FormatBool(c.Delinquent), c.CreatedAt.String(),
				})
				if !more {
					return
				}
			}
		})
	}}, nil
}

// eachCustomer reads the customers that the list shows, on all its pages.
func (s *console) eachCustomer(v *visit) iter.Seq2[[]byte, error] {
	const many = 100
	f, search := customersFilter(v)
	f.Window = store.Window{Limit: many}
	return func(yield func([]byte, error) bool) {
		for {
			var docs [][]byte
			var err error
			if search != "" {
				docs, _, err = s.service.Customers.Search(v.Context(), v.Mode, search, many, f.Offset, false)
			} else {
				docs, _, err = s.service.Customers.List(v.Context(), f, false)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, doc := range docs {
				if !yield(doc, nil) {
					return
				}
			}
			if len(docs) < many {
				return
			}
			f.Offset += many
			if search == "" && len(f.Order) == 0 {
				last, err := decode[clientele.Customer](store.Document{JSON: docs[many-1]}, nil)
				if err != nil {
					yield(nil, err)
					return
				}
				f.Window = store.Window{Limit: many, After: last.ID}
			}
		}
	}
}

// customerPage is what the page of a customer shows.
type customerPage struct {
	Customer clientele.CustomerExpanded
	Aging    clientele.Aging
	Owes     []string // the ids of the currencies that there is anything in
	Ledger   list[clientele.BalanceTransaction]
}

func (s *console) customer(v *visit) (page, error) {
	id := v.PathValue("id")
	c, err := decode[clientele.CustomerExpanded](s.service.Customers.Retrieve(v.Context(), v.Mode, id))
	if err != nil {
		return page{}, err
	}
	return page{template: "customer", title: c.Name, data: customerPage{Customer: c}}, nil
}
