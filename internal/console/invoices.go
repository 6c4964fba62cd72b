package console

import (
	"iter"
	"net/http"
	"strings"

	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/sheet"
	"clientele.dev/internal/store"
)

var invoiceSorting = sorting{"created_at": true, "due_date": true}

// searched is a list, and what is wrong with the search.
type searched[T any] struct {
	list[T]
	Error      string
	Currencies []clientele.PaymentCurrency
}

// invoicesFilter reads the filters of the list of invoices from an address.
func (s *console) invoicesFilter(v *visit) (f store.InvoiceFilter, search string) {
	q := v.URL.Query()
	f = store.InvoiceFilter{
		Livemode: v.Mode, CurrencyID: q.Get("currency"), Order: invoiceSorting.order(q.Get("sort")),
	}
	switch state := clientele.InvoiceStatus(q.Get("show")); state {
	case clientele.InvoiceDraft, clientele.InvoiceOpen, clientele.InvoicePaid, clientele.InvoiceUncollectible,
		clientele.InvoiceVoid:
		f.States = []clientele.InvoiceStatus{state}
	case "late":
		f.States, f.DueTo = []clientele.InvoiceStatus{clientele.InvoiceOpen}, s.now().Unix()
	}
	return f, strings.TrimSpace(q.Get("q"))
}

// listInvoices reads a part of the invoices that an address asks for.
func (s *console) listInvoices(v *visit, w store.Window) ([][]byte, int64, error) {
	f, search := s.invoicesFilter(v)
	if search != "" {
		return s.service.Invoices.Search(v.Context(), v.Mode, search, w.Limit, w.Offset, true)
	}
	f.Window = w
	return s.service.Invoices.List(v.Context(), v.URL.Query().Get("customer"), f, true)
}

// invoices is the list of invoices, or those that a search finds.
func (s *console) invoices(v *visit) (page, error) {
	docs, count, err := s.listInvoices(v, window(pageOf(v.Request)))
	return searchedPage[clientele.InvoiceExpanded](v, "invoices", "Invoices", docs, count, err)
}

// searchedPage is the page of a list, also of one that was not understood.
func searchedPage[T any](v *visit, template, title string, docs [][]byte, count int64, err error) (page, error) {
	p := page{template: template, title: title}
	if message := searchError(err); message != "" {
		p.data = searched[T]{list[T]{Filter: v.URL.Query(), path: v.URL.Path}, message, v.currencies}
		return p, nil
	}
	if err != nil {
		return page{}, err
	}
	l, err := newList[T](v, docs, count)
	p.data = searched[T]{l, "", v.currencies}
	return p, err
}

// csvPage answers with a file that is written while it is read.
func (s *console) csvPage(v *visit, name string, rows iter.Seq2[[]string, error]) page {
	return page{write: func(w http.ResponseWriter) error {
		header := w.Header()
		header.Set("Content-Type", "text/csv; charset=utf-8")
		header.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
		return sheet.Write(w, func(yield func([]string) bool) {
			for row, err := range rows {
				if err != nil {
					s.log.Error("csv was cut short", "request_id", v.id, "error", err)
					panic(http.ErrAbortHandler) // whoever reads it must see that it is not whole
				}
				if !yield(row) {
					return
				}
			}
		})
	}}
}

// eachOf reads all pages of a list.
func eachOf[T any](read func(store.Window) ([][]byte, int64, error)) iter.Seq2[T, error] {
	const many = 100
	return func(yield func(T, error) bool) {
		for w := (store.Window{Limit: many}); ; w.Offset += many {
			docs, _, err := read(w)
			rows, decodeErr := decodeAll[T](docs)
			if err == nil {
				err = decodeErr
			}
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if len(rows) < many {
				return
			}
		}
	}
}

// invoicesCSV is all invoices that match, with amounts in the main unit of their currency.
func (s *console) invoicesCSV(v *visit) (page, error) {
	return s.csvPage(v, "invoices", func(yield func([]string, error) bool) {
		more := yield([]string{"id", "number", "status", "customer_id", "customer", "currency", "total", "amount_paid",
			"amount_remaining", "due_date", "created_at"}, nil)
		each := eachOf[clientele.InvoiceExpanded](func(w store.Window) ([][]byte, int64, error) {
			return s.listInvoices(v, w)
		})
		for i, err := range each {
			c := v.currency(i.CurrencyID)
			more = more && yield([]string{
				i.ID, i.Number, string(i.Status), i.CustomerID, i.Customer.Name, c.Symbol, i.Total.Decimal(c.Decimal),
				i.AmountPaid.Decimal(c.Decimal), i.AmountRemaining.Decimal(c.Decimal), view{}.Day(i.DueDate),
				i.CreatedAt.String(),
			}, err)
		}
	}), nil
}

// invoicePage is what the page of an invoice shows.
type invoicePage struct {
	Invoice     clientele.InvoiceExpanded
	Payments    todo[clientele.Payment]
	CreditNotes todo[clientele.CreditNote]
	Changes     []change
	Late        int64 // how many days it is past due; 0 when it is not
}

// Open says whether something is left to pay.
func (p invoicePage) Open() bool {
	return p.Invoice.Status == clientele.InvoiceOpen || p.Invoice.Status == clientele.InvoiceUncollectible
}

func (s *console) invoice(v *visit) (page, error) {
	i, err := decode[clientele.InvoiceExpanded](s.service.Invoices.Retrieve(v.Context(), v.Mode, v.PathValue("id")))
	if err != nil {
		return page{}, err
	}
	data := invoicePage{Invoice: i}
	if late := s.now().Unix() - i.DueDate; i.Status == clientele.InvoiceOpen && i.DueDate > 0 && late > 0 {
		data.Late = 1 + late/(24*60*60)
	}
	all, ctx := errgroup.WithContext(v.Context())
	many := store.Window{Limit: 100}
	all.Go(func() (err error) {
		f := store.PaymentFilter{Livemode: v.Mode, InvoiceID: i.ID, Window: many}
		data.Payments, err = todoOf[clientele.Payment](s.service.Payments.List(ctx, i.CustomerID, f, false))
		return err
	})
	all.Go(func() (err error) {
		f := store.CreditNoteFilter{Livemode: v.Mode, InvoiceID: i.ID, Window: many}
		data.CreditNotes, err = todoOf[clientele.CreditNote](s.service.CreditNotes.List(ctx, i.CustomerID, f))
		return err
	})
	all.Go(func() error {
		events, err := s.service.Invoices.History(ctx, v.Mode, i.ID)
		if err == nil {
			data.Changes, err = s.changesOf(v, events)
		}
		return err
	})
	if err := all.Wait(); err != nil {
		return page{}, err
	}
	return page{template: "invoice", title: "Invoice " + first(i.Number, "draft"), data: data}, nil
}
