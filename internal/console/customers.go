package console

import (
	"errors"
	"iter"
	"strconv"
	"strings"

	"clientele.dev"
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
	return searchedPage[clientele.CustomerExpanded](v, "customers", "Customers", docs, count, err)
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
	return s.csvPage(v, "customers", func(yield func([]string, error) bool) {
		more := yield([]string{"id", "name", "email", "phone", "external_id", "did", "delinquent", "created_at"}, nil)
		for doc, err := range s.eachCustomer(v) {
			c, err := decode[clientele.Customer](store.Document{JSON: doc}, err)
			more = more && yield([]string{
				c.ID, c.Name, c.Email, c.Phone, c.ExternalID, c.DID, strconv.FormatBool(c.Delinquent), c.CreatedAt.String(),
			}, err)
			if !more {
				return
			}
		}
	}), nil
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
