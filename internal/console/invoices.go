package console

import (
	"io"
	"iter"
	"net/http"
	"strings"

	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
	"clientele.dev/internal/tables"
)

var invoiceSorting = sorting{"created_at": true, "due_date": true}

// searched is a list, and what is wrong with the search.
type searched[T any] struct {
	list[T]
	Error      string
	Currencies []clientele.PaymentCurrency
}

// invoicesQuery reads what the list of invoices is asked for from an address.
func (s *console) invoicesQuery(v *visit) (all store.Query, search string, err error) {
	q := v.URL.Query()
	within, err := v.madeWithin()
	all = store.Query{
		Mode: v.Mode, Order: invoiceSorting.order(q.Get("sort")),
		Where: append(within, store.Given("currency_id", q.Get("currency"))),
	}
	switch state := clientele.InvoiceStatus(q.Get("show")); state {
	case clientele.InvoiceDraft, clientele.InvoiceOpen, clientele.InvoicePaid, clientele.InvoiceUncollectible,
		clientele.InvoiceVoid:
		all.Where = append(all.Where, store.OneOf("status", state))
	case "late":
		all.Where = append(all.Where, store.OneOf("status", clientele.InvoiceOpen),
			store.Below("due_day", int64(v.today))) // late from the day after
	}
	return all, strings.TrimSpace(q.Get("q")), err
}

// madeWithin reads the first and the last day, where the business is, of which an address asks for what was made.
func (v *visit) madeWithin() ([]store.Condition, error) {
	q, zone := v.URL.Query(), v.settings.Zone()
	first, err := dayIn("from", q.Get("from"))
	if err != nil {
		return nil, err
	}
	last, err := dayIn("to", q.Get("to"))
	switch {
	case err != nil:
		return nil, err
	case first != 0 && last != 0 && last < first:
		return nil, invalid("to", "the last day is before the first")
	}
	var from, to int64 // unix milliseconds; 0 is open
	if first != 0 {
		from = max(first.Begin(zone).UnixMilli(), 1)
	}
	if last != 0 {
		to = max((last + 1).Begin(zone).UnixMilli(), 1)
	}
	return []store.Condition{store.AtLeast("created_at", from), store.Below("created_at", to)}, nil
}

// listInvoices reads a part of the invoices that an address asks for.
func (s *console) listInvoices(v *visit, w store.Window) ([][]byte, int64, error) {
	all, search, err := s.invoicesQuery(v)
	if err != nil {
		return nil, 0, err
	}
	if search != "" {
		return s.service.Invoices.Search(v.Context(), billing.Search{
			Livemode: v.Mode, Query: search, Limit: w.Limit, Offset: w.Offset,
		})
	}
	all.Window = w
	return s.service.Invoices.List(v.Context(), v.URL.Query().Get("customer"), all, true)
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

// csvPage answers with a file that is written while it is read. What is wrong with the request is told before.
func csvPage[T any](
	s *console, v *visit, name string, head []string, all iter.Seq2[T, error], cells func(T) []string,
) (page, error) {
	next, stop := iter.Pull2(all)
	row, err, more := next()
	if err != nil {
		stop()
		return page{}, err
	}
	return page{write: func(w http.ResponseWriter) error {
		defer stop()
		return writeCSV(w, name, func(yield func([]string) bool) {
			for ok := yield(head); ok && more; row, err, more = next() {
				if err != nil {
					s.log.Error("csv was cut short", "request_id", v.id, "error", err)
					panic(http.ErrAbortHandler) // whoever reads it must see that it is not whole
				}
				ok = yield(cells(row))
			}
		})
	}}, nil
}

// writeCSV answers with a file for a spreadsheet.
func writeCSV(w http.ResponseWriter, name string, rows iter.Seq[[]string]) error {
	header := w.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	if _, err := io.WriteString(w, tables.ByteOrderMark); err != nil {
		return err
	}
	return tables.Write(w, rows)
}

// eachOf reads all that an address asks for, part by part. In the order of time it goes on after the last row, so that
// what comes meanwhile neither repeats a row nor hides one.
func eachOf[T any](
	v *visit, id func(T) string, read func(*visit, store.Window) ([][]byte, int64, error),
) iter.Seq2[T, error] {
	q := v.URL.Query()
	byTime := strings.TrimSpace(q.Get("q")) == "" && q.Get("sort") == ""
	return func(yield func(T, error) bool) {
		for w := (store.Window{Limit: perPart}); ; {
			docs, _, err := read(v, w)
			var rows []T
			if err == nil {
				rows, err = decodeAll[T](docs)
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
			if len(rows) < perPart {
				return
			}
			if w.Offset += perPart; byTime {
				w = store.Window{Limit: perPart, After: id(rows[perPart-1])}
			}
		}
	}
}

// perPart is how many rows of a file are read at once.
const perPart = 1000

// invoicesCSV is all invoices that match, with amounts in the main unit of their currency.
func (s *console) invoicesCSV(v *visit) (page, error) {
	head := append([]string{
		"id", "number", "status", "customer_id", "customer", "email", "currency", "subtotal", "tax", "total",
		"amount_paid", "amount_credited", "balance", "date_of_issue", "due_date", "paid_date", "created_at", "description",
	}, addressHead...)
	id := func(i clientele.InvoiceExpanded) string { return i.ID }
	return csvPage(s, v, "invoices", head, eachOf(v, id, s.listInvoices), func(i clientele.InvoiceExpanded) []string {
		c := v.currency(i.CurrencyID)
		address := i.Customer.Address
		if i.CustomerAddress != nil { // as it was printed
			address = *i.CustomerAddress
		}
		return append([]string{
			i.ID, i.Number, string(i.Status), i.CustomerID, first(i.CustomerName, i.Customer.Name),
			first(i.CustomerEmail, i.Customer.Email), c.Symbol, i.Subtotal.Decimal(c.Decimal), i.Tax.Decimal(c.Decimal),
			i.Total.Decimal(c.Decimal), i.AmountPaid.Decimal(c.Decimal), i.AmountCredited.Decimal(c.Decimal),
			i.AmountRemaining.Decimal(c.Decimal), issueDay(v, i.Invoice), dueDay(i.Invoice),
			v.Day(i.StatusTransitions.PaidAt), i.CreatedAt.String(), i.Description,
		}, addressCells(address)...)
	})
}

var addressHead = []string{"address_line1", "address_line2", "postal_code", "city", "state", "country"}

func addressCells(a clientele.Address) []string {
	return []string{a.Line1, a.Line2, a.PostalCode, a.City, a.State, a.Country}
}

// invoicePage is what the page of an invoice shows.
type invoicePage struct {
	Invoice     clientele.InvoiceExpanded
	Payments    todo[clientele.Payment]
	CreditNotes todo[clientele.CreditNote]
	Changes     []change
	Late        int64 // for how many days it is past due; 0 when it is not
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
	data := invoicePage{Invoice: i, Late: i.DaysPastDue(v.today)}
	all, ctx := errgroup.WithContext(v.Context())
	many := store.Window{Limit: 100}
	all.Go(func() (err error) {
		q := store.Query{Mode: v.Mode, Where: []store.Condition{store.PaidInvoice(i.ID)}, Window: many}
		data.Payments, err = todoOf[clientele.Payment](s.service.Payments.List(ctx, i.CustomerID, q, false))
		return err
	})
	all.Go(func() (err error) {
		q := store.Query{Mode: v.Mode, Where: []store.Condition{store.Equal("invoice_id", i.ID)}, Window: many}
		data.CreditNotes, err = todoOf[clientele.CreditNote](s.service.CreditNotes.List(ctx, i.CustomerID, q))
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
