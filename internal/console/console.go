// Package console is what people see in a browser: pages made on the server, which ask the service for everything, as
// the API does. They work without the script, which only makes them quicker.
//
// console.go has the table of the pages; sign_in.go is who is looking; page.go is how a page is written, form.go how
// something is done; portal.go is what customers see of their own; the other files are one page each.
package console

import (
	"log/slog"
	"net/http"
	"time"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/jobs"
	"clientele.dev/internal/paper"
	"clientele.dev/internal/store"
	"clientele.dev/internal/web"
)

// Config is what a console is made of.
type Config struct {
	Service *billing.Service
	Auth    *auth.Authenticator
	Access  store.Access // the API keys and applications
	// Failures are the requests that the API failed; none are shown when it is nil.
	Failures *Failures
	Jobs     func() []jobs.Status // what the server does by itself; nil for nothing
	Log      *slog.Logger
	Now      func() time.Time
	Version  string // of the program
	Drawing  *web.Queue
}

// console answers with pages.
type console struct {
	service   *billing.Service
	auth      *auth.Authenticator
	keys      auth.Keys
	apps      auth.Apps
	failures  *Failures
	jobs      func() []jobs.Status
	log       *slog.Logger
	now       func() time.Time
	version   string
	templates templates
	refusals  refusals
	drawing   *web.Queue
}

// New makes the handler of every page.
func New(c Config) http.Handler {
	s := &console{
		service: c.Service, auth: c.Auth, keys: auth.NewKeys(c.Access, c.Now),
		apps: auth.NewApps(c.Access, c.Now), failures: c.Failures, jobs: c.Jobs, log: c.Log,
		now: c.Now, version: c.Version, templates: parsedTemplates(),
		refusals: refusals{now: c.Now}, drawing: c.Drawing,
	}
	if s.drawing == nil {
		s.drawing = web.NewQueue()
	}
	if s.failures == nil {
		s.failures = new(Failures)
	}
	if s.jobs == nil {
		s.jobs = func() []jobs.Status { return nil }
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{version}/{name}", serveAsset)
	mux.HandleFunc("GET /{$}", s.start)
	mux.HandleFunc("GET /sign-in", s.showSignIn)
	mux.HandleFunc("POST /sign-in", s.signIn)
	mux.HandleFunc("POST /sign-out", s.signOut)
	mux.HandleFunc("GET /link/{token}", s.openLink)
	s.addPortal(mux)
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		for path, handle := range s.pages() {
			mux.Handle("GET /"+mode.String()+path, s.serve(mode, handle))
		}
		for path, action := range s.actions() {
			mux.Handle("GET /"+mode.String()+path, s.serve(mode, action.show))
			mux.Handle("POST /"+mode.String()+path, s.serve(mode, action.send))
		}
	}
	mux.HandleFunc("/", s.unknown)
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(s.refuseForeign))
	return s.guard(protection.Handler(mux))
}

// pages are the pages of a mode, by path.
func (s *console) pages() map[string]handler {
	return map[string]handler{
		"":                s.overview,
		"/customers":      s.customers,
		"/customers.csv":  s.customersCSV,
		"/customers/{id}": s.customer,

		"/customers/{id}/statement":      s.statement,
		"/customers/{id}/statement.csv":  s.statementCSV,
		"/customers/{id}/statement/page": s.statementPrinted(mediaHTML, paper.StatementHTML),
		"/customers/{id}/statement/pdf":  s.statementPrinted(mediaPDF, paper.StatementPDF),

		"/invoices":           s.invoices,
		"/invoices.csv":       s.invoicesCSV,
		"/invoices/{id}":      s.invoice,
		"/invoices/{id}/page": s.invoicePrinted(mediaHTML, paper.InvoiceHTML),
		"/invoices/{id}/pdf":  s.invoicePrinted(mediaPDF, paper.InvoicePDF),

		"/payments":      s.payments,
		"/payments.csv":  s.paymentsCSV,
		"/payments/{id}": s.payment,

		"/receivables":     s.receivables,
		"/receivables.csv": s.receivablesCSV,
		"/closings":        s.closings,
		"/journal":         s.journalFile,
		"/find":            s.find,
		"/developers":      s.developers,
	}
}

// shownAndSent is a page with a form, which is sent to the same path.
type shownAndSent interface {
	show(*visit) (page, error)
	send(*visit) (page, error)
}

// actions are what can be done in a mode, by the path of the form.
func (s *console) actions() map[string]shownAndSent {
	return map[string]shownAndSent{
		"/import": sheetImport{s},

		"/customers/new":          s.createCustomer(),
		"/customers/{id}/edit":    s.editCustomer(),
		"/customers/{id}/delete":  s.deleteCustomer(),
		"/customers/{id}/restore": s.restoreCustomer(),
		"/customers/{id}/credit":  s.moveCredit(),
		"/customers/{id}/portal":  s.openPortal(),
		"/customers/{id}/close":   s.closePortal(),

		"/invoices/new":                s.createInvoice(),
		"/invoices/{id}/edit":          s.editInvoice(),
		"/invoices/{id}/delete":        s.deleteDraft(),
		"/invoices/{id}/finalize":      s.finalizeInvoice(),
		"/invoices/{id}/void":          s.voidInvoice(),
		"/invoices/{id}/uncollectible": s.markInvoiceUncollectible(),
		"/invoices/{id}/write-off":     s.writeOffInvoice(),
		"/invoices/{id}/reopen":        s.reopenInvoice(),
		"/invoices/{id}/hold":          s.holdInvoice(),
		"/invoices/{id}/release":       s.releaseInvoice(),
		"/invoices/{id}/credit-note":   s.creditInvoice(),
		"/invoices/{id}/apply-credit":  s.applyCredit(),

		"/payments/new":             s.recordPayment(),
		"/payments/{id}/allocate":   s.allocatePayment(),
		"/payments/{id}/unallocate": s.unallocatePayment(),
		"/payments/{id}/reverse":    s.reversePayment(),
		"/payments/{id}/refund":     s.refundPayment(),
		"/payments/{id}/credit":     s.creditPayment(),

		"/closings/new":         s.closeBooks(),
		"/closings/{id}/reopen": s.reopenBooks(),

		"/developers/keys/new":         s.createKey(),
		"/developers/keys/{id}/revoke": s.revokeKey(),
		"/developers/apps/new":         s.createApp(),
		"/developers/apps/{id}/revoke": s.revokeApp(),

		"/settings":            s.changeSettings(),
		"/settings/accounting": s.changeAccounting(),
	}
}
