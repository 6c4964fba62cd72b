package console

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/locale"
	"clientele.dev/internal/web"
)

// handler answers a request of somebody who has signed in.
type handler func(*visit) (page, error)

// page is what a handler answers with.
type page struct {
	template string
	title    string
	data     any
	status   int                             // 200 when 0
	goTo     string                          // a path to go to instead
	write    func(http.ResponseWriter) error // writes the answer instead, whole
}

// visit is a request of somebody who has signed in, in one mode.
type visit struct {
	*http.Request
	Mode       clientele.Mode
	Caller     auth.Caller
	visitor    auth.Visitor
	id         string              // of the request
	answer     http.ResponseWriter // to it
	whole      io.Reader           // its body, however large
	customer   *clientele.Customer // whose portal it is; nil in the console
	settings   clientele.Settings
	today      clientele.Day // where the business is
	closed     clientele.Day // the last closed day; 0 when none is
	currencies []clientele.PaymentCurrency
	written    map[string]locale.Money // how amounts are, by currency
	readings   map[string][]option     // what typed amounts can mean, by the field's name
}

// Path is the path of a page in the visit's mode. Its parts are escaped.
func (v *visit) Path(parts ...string) string {
	p := v.Root() + "/" + v.Mode.String()
	for _, part := range parts {
		p += "/" + url.PathEscape(part)
	}
	return p
}

// Root is what the paths of all pages begin with.
func (v *visit) Root() string { return web.Root(v.Request) }

// currency is the currency with an id, or one that says what it is called.
func (v *visit) currency(id string) clientele.PaymentCurrency {
	for _, c := range v.currencies {
		if c.ID == id {
			return c
		}
	}
	return clientele.PaymentCurrency{ID: id, Symbol: id}
}

// serve makes the handler of a page of a mode.
func (s *console) serve(mode clientele.Mode, handle handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		visitor, err := s.visitor(r)
		if err != nil {
			s.fail(w, &visit{Request: r, Mode: mode}, err)
			return
		}
		caller := visitor.In(mode)
		if caller == nil {
			s.askToSignIn(w, r, mode)
			return
		}
		sayCaller(w, caller.ID)
		v := &visit{
			Request: r, Mode: mode, Caller: *caller, visitor: visitor, id: requestID(w), answer: w,
			whole: r.Body,
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		var p page
		if err = s.prepare(v); err == nil {
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

// prepare reads what every page shows.
func (s *console) prepare(v *visit) (err error) {
	v.written, v.readings = map[string]locale.Money{}, map[string][]option{}
	if v.settings, err = s.service.Settings.Of(v.Context(), v.Mode); err != nil {
		return err
	}
	v.today = clientele.DayIn(s.now(), v.settings.Zone())
	if v.closed, err = s.service.Closings.Through(v.Context(), v.Mode); err != nil {
		return err
	}
	v.currencies, err = s.service.PaymentCurrencies.List(v.Context(), v.Mode)
	return err
}

// requestID is the id of the request that is answered.
func requestID(w http.ResponseWriter) string { return w.Header().Get("X-Request-Id") }

// sayCaller tells the log of the server who is asking.
func sayCaller(w http.ResponseWriter, id string) {
	if named, ok := w.(interface{ SetCaller(string) }); ok {
		named.SetCaller(id)
	}
}

func (s *console) write(w http.ResponseWriter, v *visit, p page) error {
	switch {
	case p.write != nil:
		return p.write(w)
	case p.goTo != "":
		http.Redirect(w, v.Request, p.goTo, http.StatusSeeOther)
		return nil
	}
	return s.render(w, p, newView(s, v, p))
}

// withToken are the pages that hold a token or a secret.
var withToken = map[string]bool{"form": true, "secret": true, "sign-in": true}

// render writes a page, once it is made whole.
func (s *console) render(w http.ResponseWriter, p page, v view) error {
	var b bytes.Buffer
	if err := s.templates.execute(&b, p.template, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if withToken[p.template] {
		web.KeepWhole(w)
	}
	if p.status != 0 {
		w.WriteHeader(p.status)
	}
	_, _ = w.Write(b.Bytes()) // a browser that went away cannot be told
	return nil
}

// fail answers with the page of an error.
func (s *console) fail(w http.ResponseWriter, v *visit, err error) {
	status, message := http.StatusInternalServerError, "Something went wrong. The server's log has the details."
	var known *clientele.Error
	switch {
	case errors.As(err, &known):
		status, message = web.Statuses[known.Code], sentence(known.Message)
	case errors.Is(err, context.Canceled): // the browser went on to something else
		return
	case errors.Is(err, context.DeadlineExceeded):
		status, message = http.StatusServiceUnavailable, "It took too long. Ask for less, or try again in a moment."
	default:
		s.log.Error("failed", "request_id", requestID(w), "error", err)
	}
	p := page{template: "error", title: titleOf(status), status: status, data: message}
	if s.render(w, p, newView(s, v, p)) != nil {
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
	}
}

func titleOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "Not found"
	case http.StatusForbidden:
		return "Not allowed"
	case http.StatusInternalServerError:
		return "Something went wrong"
	}
	return http.StatusText(status)
}

// sentence is a message of the service as people write: with a capital and a full stop.
func sentence(message string) string {
	if message == "" {
		return ""
	}
	return strings.ToUpper(message[:1]) + strings.TrimSuffix(message[1:], ".") + "."
}

// contentPolicy lets a page load what is the console's own and nothing else.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard sets what every page is guarded by, and answers a failure of our own with a page.
func (s *console) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		web.Guard(header, contentPolicy)
		defer web.AnswerPanic(s.log, requestID(w), func(err error) { s.fail(w, &visit{Request: r}, err) })
		next.ServeHTTP(w, r)
	})
}

// unknown answers requests that no page matches. A program that mistook the address of the API is told as by the API.
func (s *console) unknown(w http.ResponseWriter, r *http.Request) {
	err := clientele.Errorf(clientele.ErrorCodeNotFound, "", "there is nothing at this path; see /docs")
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		s.fail(w, &visit{Request: r}, err)
		return
	}
	err.RequestID = requestID(w)
	w.Header().Del("Content-Security-Policy")
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_ = json.NewEncoder(w).Encode(err) // a client that went away cannot be told
}

func (s *console) refuseForeign(w http.ResponseWriter, r *http.Request) {
	s.fail(w, &visit{Request: r}, clientele.Errorf(clientele.ErrorCodeForbidden, "",
		"This form was sent from another site. Open the console and try again"))
}

//go:embed assets templates
var files embed.FS

// serveAsset answers with a file of the console, which a browser may keep: its address changes when it does.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.PathValue("name"))
	content, err := fs.ReadFile(files, "assets/"+name)
	if err != nil || r.PathValue("version") != assetsVersion {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Content-Type", map[string]string{
		".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	}[path.Ext(name)])
	_, _ = w.Write(content)
}

// view is what a template is given.
type view struct {
	*visit
	Title   string
	Data    any
	Section string // of the navigation
	Done    done
	Assets  string
	Version string
	Modes   []modeLink
	printer *message.Printer
}

// modeLink leads to the same section of a mode.
type modeLink struct {
	Mode    clientele.Mode
	Path    string
	Current bool
}

func newView(s *console, v *visit, p page) view {
	w := view{
		visit: v, Title: p.title, Data: p.data, Assets: v.Root() + "/assets/" + assetsVersion, Version: s.version,
		Done:    doneIn(v),
		printer: message.NewPrinter(language.Make(v.settings.Locale)),
	}
	rest := strings.TrimPrefix(v.URL.Path, "/"+v.Mode.String())
	w.Section, _, _ = strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	if w.Section == "closings" { // which are reached from there
		w.Section = "receivables"
	}
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		to := v.Root() + "/" + mode.String()
		if sections[w.Section] {
			to += "/" + w.Section
		}
		w.Modes = append(w.Modes, modeLink{mode, to, mode == v.Mode})
	}
	return w
}

// sections are the parts of the console that both modes have under the same address.
var sections = map[string]bool{
	"customers": true, "invoices": true, "payments": true, "receivables": true, "developers": true, "settings": true,
}

// SignedIn says whether the page is shown to somebody who has signed in.
func (w view) SignedIn() bool { return w.Caller.ID != "" && w.customer == nil }

// InPortal says whether the page is shown to a customer.
func (w view) InPortal() bool { return w.customer != nil }

// OfCustomers says whether the address is one for customers.
func (w view) OfCustomers() bool {
	return w.URL.Path == "/customer" || strings.HasPrefix(w.URL.Path, "/customer/") ||
		strings.HasPrefix(w.URL.Path, "/portal/")
}

// HowToPay is what the business says about that.
func (w view) HowToPay() string { return w.settings.Business.PaymentInstructions }

// Business is what the business is called.
func (w view) Business() string { return w.settings.Business.Name }

// Money is an amount as people of the settings' locale write it, exactly.
func (w view) Money(a clientele.Amount) string { return w.money(a) }

// Short is an amount for a bar of a chart, whose table has it exactly.
func (w view) Short(a clientele.Amount) string { return w.moneyIn(a.Currency()).Short(a) }

func (v *visit) money(a clientele.Amount) string { return v.moneyIn(a.Currency()).Format(a) }

// moneyIn is how amounts of a currency are written.
func (v *visit) moneyIn(currency string) locale.Money {
	m, known := v.written[currency]
	if !known {
		m = locale.MoneyOf(v.settings.Locale, v.currency(currency))
		v.written[currency] = m
	}
	return m
}

// Symbol is what a currency is called.
func (w view) Symbol(currencyID string) string { return w.currency(currencyID).Symbol }

// Count is a number as people of the settings' locale write it.
func (w view) Count(n int64) string { return w.printer.Sprintf("%d", n) }

// Many is a number of things: 1 invoice, 2 invoices.
func (w view) Many(n int64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return w.Count(n) + " " + thing
}

// Day is the day of a moment in unix seconds where the business is, in the one form that nobody reads wrongly.
func (v *visit) Day(unix int64) string {
	if unix == 0 {
		return ""
	}
	return clientele.DayIn(time.Unix(unix, 0), v.settings.Zone()).String()
}

// Moment is a moment to the minute, in UTC.
func (w view) Moment(t clientele.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// Clock is a moment of a server's clock, to the second, in UTC.
func (v *visit) Clock(t time.Time) string { return t.UTC().Format(time.DateTime) }

// MayWrite says whether the visitor may change anything.
func (w view) MayWrite() bool { return w.Caller.Scope.Writes() }

// MayMakeKeys says whether the visitor may make and revoke keys.
func (w view) MayMakeKeys() bool { return w.Caller.Scope.Administers() }
