package console

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/paper"
	"clientele.dev/internal/tables"
	"clientele.dev/internal/web"
)

// statementPage is a customer's account in a time.
type statementPage struct {
	Statement      clientele.Statement
	From, To       string
	KnownAt        string // the day on whose end it is shown as it was known, or ""
	Error          string
	Print          string // the address of the printed one
	PDF, CSV       string
	Earlier, Later string // the addresses of the parts beside the one shown
}

// linesPerPage is how many movements a page has.
const linesPerPage = 100

// statementOf reads the part of a statement that an address asks for: all of it without a first and a last day.
func (s *console) statementOf(v *visit, lines billing.LinesWindow) (st clientele.Statement, err error) {
	q := v.URL.Query()
	for name := range q {
		if !slices.Contains([]string{"from", "to", "known_at", "after", "before"}, name) {
			return st, invalid(name, "a statement has from, to and known_at, which are days, and no %s", name)
		}
	}
	from, err := dayIn("from", q.Get("from"))
	if err != nil {
		return st, err
	}
	to, err := dayIn("to", q.Get("to"))
	if err != nil {
		return st, err
	}
	if from != 0 && to != 0 && to < from {
		return st, invalid("to", "the last day is before the first")
	}
	known, err := dayIn("known_at", q.Get("known_at"))
	if err != nil {
		return st, err
	}
	return s.service.Customers.Statement(v.Context(), v.Mode, v.PathValue("id"), billing.StatementFilter{
		From: clientele.OnDay(from), To: clientele.OnDay(to), KnownAt: clientele.OnDay(known), Lines: lines,
	})
}

// statement shows a part of a statement, the last one unless the address says otherwise, without movements that changed
// nothing of what is owed.
func (s *console) statement(v *visit) (page, error) {
	q := v.URL.Query()
	data := statementPage{From: q.Get("from"), To: q.Get("to"), KnownAt: q.Get("known_at")}
	part := billing.LinesWindow{
		Limit: linesPerPage, After: q.Get("after"), Before: q.Get("before"), Last: q.Get("after") == "", Charges: true,
	}
	st, err := s.statementOf(v, part)
	if data.Error = searchError(err); data.Error != "" {
		c, _, findErr := s.service.Customers.Find(v.Context(), v.Mode, v.PathValue("id"))
		st.Customer, err = c.Customer, findErr
	}
	data.Statement = st
	data.Earlier = besideStatement(v.URL, "before", st.Previous)
	data.Later = besideStatement(v.URL, "after", st.Next)
	base, query := v.Path("customers", st.Customer.ID, "statement"), ""
	if v.customer != nil {
		base = v.Root() + "/customer/statement"
	}
	if len(q) > 0 {
		values := url.Values{"from": {data.From}, "to": {data.To}}
		if data.KnownAt != "" {
			values.Set("known_at", data.KnownAt)
		}
		query = "?" + values.Encode()
	}
	data.Print, data.PDF, data.CSV = base+"/page"+query, base+"/pdf"+query, base+".csv"+query
	return page{template: "statement", title: "Statement of " + nameOf(st.Customer), data: data}, err
}

// besideStatement is the address of a part of a statement beside the one that an address shows, "" where there is none:
// that which a parameter asks for by a line.
func besideStatement(address *url.URL, name, line string) string {
	if line == "" {
		return ""
	}
	q := address.Query()
	q.Del("after")
	q.Del("before")
	q.Set(name, line)
	return address.Path + "?" + q.Encode()
}

// printed answers with what is printed: a page, or a PDF that is called name.
func (s *console) printed(v *visit, media, name string, write func(io.Writer) error) (page, error) {
	var b bytes.Buffer
	err := s.drawing.Do(v.Context(), v.Caller.ID, func() error { return write(&b) })
	if err != nil {
		return page{}, err
	}
	return page{write: func(w http.ResponseWriter) error {
		header := w.Header()
		header.Set("Content-Type", media)
		header.Set("Content-Security-Policy", web.StylePolicy(b.Bytes()))
		if name != "" {
			header.Set("Content-Disposition", `inline; filename="`+name+`.pdf"`)
		}
		_, _ = w.Write(b.Bytes()) // a browser that went away cannot be told
		return nil
	}}, nil
}

const (
	mediaHTML = "text/html; charset=utf-8"
	mediaPDF  = "application/pdf"
)

// statementCSV is the statement that an address asks for as a file for a spreadsheet.
func (s *console) statementCSV(v *visit) (page, error) {
	st, err := s.statementOf(v, billing.LinesWindow{})
	if err != nil {
		return page{}, err
	}
	return page{write: func(w http.ResponseWriter) error { return writeCSV(w, "statement", tables.Statement(st)) }}, nil
}

func (s *console) statementPrinted(media string, write func(io.Writer, paper.Statement) error) handler {
	return func(v *visit) (page, error) {
		st, err := s.statementOf(v, billing.LinesWindow{})
		if err != nil {
			return page{}, err
		}
		return s.printed(v, media, nameIf(media, "statement"), func(w io.Writer) error {
			return write(w, paper.Statement{Statement: st, Settings: v.settings})
		})
	}
}

func (s *console) invoicePrinted(media string, write func(io.Writer, paper.Invoice) error) handler {
	return func(v *visit) (page, error) {
		p, err := s.service.Invoices.Printable(v.Context(), v.Mode, v.PathValue("id"))
		if err != nil {
			return page{}, err
		}
		return s.printed(v, media, nameIf(media, first(fileName(p.Invoice.Number), "draft")), func(w io.Writer) error {
			return write(w, paper.Invoice{
				Invoice: p.Invoice, Currency: p.Currency, Settings: p.Settings, CreditNotes: p.CreditNotes, Today: p.Today,
			})
		})
	}
}

// nameIf is the name of a file, for a PDF.
func nameIf(media, name string) string {
	if media == mediaPDF {
		return name
	}
	return ""
}

// fileName is an invoice's number as a file can be called.
func fileName(number string) string {
	if plainID.MatchString(number) {
		return number
	}
	return ""
}
