package console

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/paper"
	"clientele.dev/internal/tables"
	"clientele.dev/internal/web"
)

// statementPage is a customer's account in a time.
type statementPage struct {
	Statement clientele.Statement
	From, To  string
	KnownAt   string // the day on whose end it is shown as it was known, or ""
	Error     string
	Print     string // the address of the printed one
	PDF, CSV  string
	Lines     statementLines
}

// statementLines are the movements that a page of a statement shows. The first page has the latest of each currency.
type statementLines struct {
	Count          int64 // of the currency that has most
	From, To       int64 // which of them, from 1 for the earliest
	Previous, Next string
}

// linesPerPage is how many movements of a currency a page has.
const linesPerPage = 200

// statementOf reads the statement that an address asks for: all of it without a first and a last day.
func (s *console) statementOf(v *visit) (st clientele.Statement, err error) {
	q := v.URL.Query()
	for name := range q {
		if name != "from" && name != "to" && name != "known_at" && name != "page" {
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
		From: clientele.OnDay(from), To: clientele.OnDay(to), KnownAt: clientele.OnDay(known),
	})
}

func (s *console) statement(v *visit) (page, error) {
	q := v.URL.Query()
	data := statementPage{From: q.Get("from"), To: q.Get("to"), KnownAt: q.Get("known_at")}
	st, err := s.statementOf(v)
	if data.Error = searchError(err); data.Error != "" {
		c, _, findErr := s.service.Customers.Find(v.Context(), v.Mode, v.PathValue("id"))
		st.Customer, err = c.Customer, findErr
	}
	data.Statement, data.Lines = pageOfStatement(st, pageOf(v.Request), v.URL)
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

// pageOfStatement is a page of a statement, without movements that changed nothing of what is owed. What came before
// and comes after it is in its opening and closing balances.
func pageOfStatement(
	st clientele.Statement, number int64, address *url.URL,
) (shown clientele.Statement, lines statementLines) {
	shown = st
	shown.Currencies = map[string]clientele.StatementAccount{}
	for id, a := range st.Currencies {
		a.Lines = slices.DeleteFunc(slices.Clone(a.Lines), func(l clientele.StatementLine) bool {
			return l.Amount.Sign() == 0
		})
		shown.Currencies[id] = a
		lines.Count = max(lines.Count, int64(len(a.Lines)))
	}
	pages := max(1, (lines.Count+linesPerPage-1)/linesPerPage)
	number = min(number, pages)
	for id, a := range shown.Currencies {
		n := int64(len(a.Lines))
		to := max(0, n-(number-1)*linesPerPage)
		from := max(0, to-linesPerPage)
		if to < n {
			a.ClosingBalance = ledger.Minus(a.Lines[to].Balance, a.Lines[to].Amount)
		}
		if from > 0 {
			a.OpeningBalance = a.Lines[from-1].Balance
		}
		if n == lines.Count && n > 0 {
			lines.From, lines.To = from+1, to
		}
		a.Lines = a.Lines[from:to]
		shown.Currencies[id] = a
	}
	at := func(number int64) string {
		q := address.Query()
		q.Set("page", strconv.FormatInt(number, 10))
		return address.Path + "?" + q.Encode()
	}
	if number < pages {
		lines.Previous = at(number + 1)
	}
	if number > 1 {
		lines.Next = at(number - 1)
	}
	return shown, lines
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
	st, err := s.statementOf(v)
	if err != nil {
		return page{}, err
	}
	return page{write: func(w http.ResponseWriter) error { return writeCSV(w, "statement", tables.Statement(st)) }}, nil
}

func (s *console) statementPrinted(media string, write func(io.Writer, paper.Statement) error) handler {
	return func(v *visit) (page, error) {
		st, err := s.statementOf(v)
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
