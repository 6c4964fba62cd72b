package console

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/paper"
	"clientele.dev/internal/store"
	"clientele.dev/internal/web"
)

// The portal is where a customer sees what is their own: what is due, invoices, statements; and edits their contact
// details. Its addresses are those that the vendor's components make.

// addPortal adds the pages of the portal.
func (s *console) addPortal(mux *http.ServeMux) {
	mux.HandleFunc("GET /portal/{token}", s.enterPortal)
	for path, handle := range map[string]handler{
		"/customer":                   s.ownOverview,
		"/customer/invoice/past-due":  s.ownLate,
		"/customer/invoice/{id}":      s.ownInvoice,
		"/customer/invoice/{id}/page": s.ownInvoicePrinted(mediaHTML, paper.InvoiceHTML),
		"/customer/invoice/{id}/pdf":  s.ownInvoicePrinted(mediaPDF, paper.InvoicePDF),
		"/customer/statement":         s.ownStatement,
		"/customer/statement.csv":     s.ownStatementCSV,
		"/customer/statement/page":    s.ownStatementPrinted(mediaHTML, paper.StatementHTML),
		"/customer/statement/pdf":     s.ownStatementPrinted(mediaPDF, paper.StatementPDF),
	} {
		mux.Handle("GET "+path, s.servePortal(handle))
	}
	mux.HandleFunc("POST /customer/sign-out", s.leavePortal)
	details := s.ownDetails()
	mux.Handle("GET /customer/details", s.servePortal(details.show))
	mux.Handle("POST /customer/details", s.servePortal(details.send))
}

// portalCookie is the cookie's name.
func portalCookie(r *http.Request) string { return sessionCookie(r) + "-portal" }

var errNoPortal = clientele.Errorf(clientele.ErrorCodeUnauthorized, "",
	"this link is no longer good, or none was opened in this browser; ask whoever sent it for a new one")

// enterPortal opens the portal of a link, which stays good until its time is over.
func (s *console) enterPortal(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	customerID, _, err := s.auth.Portal(r.Context(), token)
	if err == nil && customerID == "" {
		err = errNoPortal
	}
	if err != nil {
		s.fail(w, &visit{Request: r}, err)
		return
	}
	setCookie(w, r, portalCookie(r), token, auth.PortalLasts)
	http.Redirect(w, r, web.Root(r)+"/customer", http.StatusSeeOther)
}

// leavePortal ends the portal of a browser, and its link with it.
func (s *console) leavePortal(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie(portalCookie(r))
	if err == nil {
		err = s.auth.SignOut(r.Context(), cookie.Value)
	}
	if err != nil && !errors.Is(err, http.ErrNoCookie) {
		s.fail(w, &visit{Request: r}, err)
		return
	}
	setCookie(w, r, portalCookie(r), "", 0)
	v := &visit{Request: r}
	p := page{template: "error", title: "Signed out", data: "The link is ended too. Ask whoever sent it for a new one."}
	if err := s.render(w, p, newView(s, v, p)); err != nil {
		s.fail(w, v, err)
	}
}

// servePortal makes the handler of a page of the portal.
func (s *console) servePortal(handle handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Request: r, id: requestID(w), answer: w, whole: r.Body}
		err := s.enter(v)
		var p page
		if err == nil {
			sayCaller(w, v.Caller.ID)
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			p, err = handle(v)
		}
		if err == nil {
			err = s.write(w, v, p)
		}
		if err != nil {
			s.fail(w, v, err)
		}
	})
}

// enter finds out which customer a visit is of.
func (s *console) enter(v *visit) error {
	cookie, err := v.Cookie(portalCookie(v.Request))
	if err != nil {
		return errNoPortal
	}
	id, mode, err := s.auth.Portal(v.Context(), cookie.Value)
	if err == nil && id == "" {
		err = errNoPortal
	}
	if err != nil {
		return err
	}
	c, _, err := s.service.Customers.Find(v.Context(), mode, id)
	if err != nil {
		return err
	}
	if c.Deleted {
		return errNoPortal
	}
	v.Mode, v.customer = mode, &c.Customer
	v.Caller = auth.Caller{ID: c.ID, Livemode: mode, Scope: store.ScopeWrite}
	return s.prepare(v)
}

// ownPage is what a customer sees first.
type ownPage struct {
	Owes     []currencyOwed
	Invoices list[clientele.Invoice]
	Late     bool // whether only what is past due is shown
}

// finalized are the states of invoices that customers see.
var finalized = []clientele.InvoiceStatus{
	clientele.InvoiceOpen, clientele.InvoicePaid, clientele.InvoiceUncollectible, clientele.InvoiceVoid,
}

func (s *console) ownOverview(v *visit) (page, error) {
	aging, err := s.service.Receivables.Aging(v.Context(), billing.AgingFilter{Livemode: v.Mode, Customer: v.customer.ID})
	if err != nil {
		return page{}, err
	}
	var data ownPage
	for _, c := range v.currencies {
		buckets, owes := aging.Currencies[c.ID]
		credit := v.customer.TokenBalance[c.ID].In(c.ID)
		if owes || credit.Sign() != 0 {
			data.Owes = append(data.Owes, currencyOwed{c, barsOfAging(buckets, c.ID), credit})
		}
	}
	docs, count, err := s.service.Invoices.List(v.Context(), v.customer.ID, store.Query{
		Mode: v.Mode, Where: []store.Condition{store.OneOf("status", finalized...)}, Window: window(pageOf(v.Request)),
	}, false)
	if err != nil {
		return page{}, err
	}
	data.Invoices, err = newList[clientele.Invoice](v, docs, count)
	return page{template: "own", title: "Your account", data: data}, err
}

// ownLate is what a customer should have paid already.
func (s *console) ownLate(v *visit) (page, error) {
	doc, err := s.service.Customers.OverdueInvoices(v.Context(), v.Mode, v.customer.ID)
	overdue, err := decode[clientele.OverdueInvoices](doc, err)
	rows := append(overdue.Invoices, overdue.PastDue.Invoices...)
	l := listOf(v, rows, int64(len(rows)))
	l.Page = 1
	return page{template: "own", title: "Past due", data: ownPage{Invoices: l, Late: true}}, err
}

// ownInvoiceOf finds an invoice of the customer; that of another is not there, nor is a draft.
func (s *console) ownInvoiceOf(v *visit) (clientele.InvoiceExpanded, error) {
	i, err := decode[clientele.InvoiceExpanded](s.service.Invoices.Retrieve(v.Context(), v.Mode, v.PathValue("id")))
	var none clientele.InvoiceExpanded
	if err == nil && (i.CustomerID != v.customer.ID || i.Status == clientele.InvoiceDraft) {
		return none, clientele.Errorf(clientele.ErrorCodeNotFound, "", "you have no such invoice")
	}
	return i, err
}

func (s *console) ownInvoice(v *visit) (page, error) {
	i, err := s.ownInvoiceOf(v)
	data := invoicePage{Invoice: i, Late: i.DaysPastDue(v.today)}
	return page{template: "own-invoice", title: "Invoice " + i.Number, data: data}, err
}

func (s *console) ownInvoicePrinted(media string, write func(io.Writer, paper.Invoice) error) handler {
	printed := s.invoicePrinted(media, write)
	return func(v *visit) (page, error) {
		if _, err := s.ownInvoiceOf(v); err != nil {
			return page{}, err
		}
		return printed(v)
	}
}

func (s *console) ownStatement(v *visit) (page, error) {
	v.SetPathValue("id", v.customer.ID)
	p, err := s.statement(v)
	p.template = "own-statement"
	return p, err
}

func (s *console) ownStatementCSV(v *visit) (page, error) {
	v.SetPathValue("id", v.customer.ID)
	return s.statementCSV(v)
}

func (s *console) ownStatementPrinted(media string, write func(io.Writer, paper.Statement) error) handler {
	printed := s.statementPrinted(media, write)
	return func(v *visit) (page, error) {
		v.SetPathValue("id", v.customer.ID)
		return printed(v)
	}
}

// ownDetails is the form for how a customer is reached.
func (s *console) ownDetails() action {
	own := map[string]bool{"name": true, "email": true, "phone": true}
	for _, part := range addressParts {
		own["address."+part] = true
	}
	return action{
		form: func(v *visit) (form, error) {
			c, version, err := s.service.Customers.Find(v.Context(), v.Mode, v.customer.ID)
			f := form{
				Title: "Your details", Submit: "Save", Version: version, Cancel: v.Root() + "/customer", Back: "Overview",
			}
			for _, field := range customerFields(v, c.Customer) {
				if own[field.Name] {
					f.Fields = append(f.Fields, field)
				}
			}
			return f, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			if strings.TrimSpace(sent.Get("name")) == "" && strings.TrimSpace(sent.Get("email")) == "" {
				return "", invalid("name", "leave a name or an email address: nobody would know whose account this is")
			}
			fields := customerSent(v, sent)
			for name := range fields {
				if !own[name] && name != "address" {
					delete(fields, name)
				}
			}
			_, err := s.service.Customers.Update(v.Context(), v.call(), v.customer.ID, fields)
			return after(v.Root()+"/customer", "saved", ""), err
		},
	}
}
