package api

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/events"
	"clientele.dev/internal/web"
	"clientele.dev/internal/wire"
)

// API answers HTTP requests.
type API struct {
	service  *billing.Service
	auth     *auth.Authenticator
	keys     auth.Keys
	check    func(context.Context) error // whether the database answers
	log      *slog.Logger
	metrics  *metrics
	failed   func(Failure)
	mux      *http.ServeMux
	stopping atomic.Bool
	running  context.Context // ends when the server stops
	end      context.CancelFunc
	feed     *events.Feed
	now      func() time.Time
	names    map[string]bool // of fields, for the log

	drawing *web.Queue
	bodies  *semaphore.Weighted // bytes of requests being answered
	answers *semaphore.Weighted // bytes of large answers being sent
}

// Limits of what one caller can cost the others.
const (
	maxBodies    = 64 << 20        // bytes of all bodies that are in memory at once
	maxAnswers   = 64 << 20        // bytes of all large answers that are in memory at once
	bodyPatience = 2 * time.Second // how long a body waits for memory
)

// Config is what an API is made of.
type Config struct {
	Service *billing.Service
	Auth    *auth.Authenticator
	Keys    auth.Keys
	Feed    *events.Feed
	Check   func(context.Context) error
	Log     *slog.Logger
	Now     func() time.Time
	Drawing *web.Queue    // where pages and PDFs wait for their turn
	Failed  func(Failure) // is told of every request that is not answered well, unless it is nil
	Pages   http.Handler  // of the console: whatever the API does not answer
	// Figures are shown by /metrics beside those of requests.
	Figures []prometheus.Collector
}

// New makes the handler of every route.
func New(c Config) *API {
	a := &API{
		service: c.Service, auth: c.Auth, keys: c.Keys, check: c.Check, log: c.Log, now: c.Now, failed: c.Failed,
		metrics: newMetrics(c.Figures), mux: http.NewServeMux(),
		bodies:  semaphore.NewWeighted(maxBodies),
		answers: semaphore.NewWeighted(maxAnswers), feed: c.Feed,
	}
	a.running, a.end = context.WithCancel(context.Background())
	if a.drawing = c.Drawing; a.drawing == nil {
		a.drawing = web.NewQueue()
	}
	a.names = vocabulary(a.routes())
	for _, r := range a.routes() {
		a.mux.Handle(r.pattern, a.serve(r))
	}
	nothing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { a.fail(w.(*recorder), errNoPath) })
	a.mux.Handle("/api", nothing)
	a.mux.Handle("/api/", a.notBuilt(a.orOtherMethod(nothing)))
	pages := nothing
	if c.Pages != nil {
		pages = func(w http.ResponseWriter, r *http.Request) { c.Pages.ServeHTTP(patient{w.(*recorder)}, r) }
	}
	a.mux.Handle("/", a.orOtherMethod(pages))
	return a
}

// Stop makes /readyz fail, so that whoever sends requests here goes elsewhere before the server stops, and ends what
// waits for events.
func (a *API) Stop() {
	a.stopping.Store(true)
	a.end()
}

// ServeHTTP implements http.Handler: it answers, and writes one line to the log.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := a.now()
	out := &recorder{ResponseWriter: w, id: "req_" + strings.ToLower(rand.Text()), status: http.StatusOK}
	header := w.Header()
	header.Set("X-Request-Id", out.id)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if a.stopping.Load() {
		header.Set("Connection", "close") // the next request of this connection goes elsewhere
	}
	defer func() {
		took := a.now().Sub(start)
		a.metrics.observe(r.Method, r.Pattern, out.status, took)
		a.logRequest(r, out, took)
	}()
	defer web.AnswerPanic(a.log, out.id, func(err error) {
		if !out.wrote {
			a.fail(out, err)
		}
	})
	if err := checkFraming(r); err != nil {
		header.Set("Connection", "close") // nobody knows where the next request begins
		a.fail(out, err)
		return
	}
	// The mux would redirect, which clients do not expect. A slash that is escaped is a part of a name.
	if escaped := r.URL.EscapedPath(); path.Clean(escaped) != escaped {
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") { // a person typed it
			header.Set("Content-Security-Policy", "default-src 'none'")
			r.URL.RawPath, r.URL.Path = "", path.Clean(r.URL.Path)
			http.Redirect(out, r, r.URL.RequestURI(), http.StatusSeeOther)
			return
		}
		a.fail(out, errNoPath)
		return
	}
	a.mux.ServeHTTP(out, r)
}

// logRequest writes the line of a request: of a refused one also why, and of a good health check only for debugging.
func (a *API) logRequest(r *http.Request, out *recorder, took time.Duration) {
	level := slog.LevelInfo
	if out.status == http.StatusOK && (r.Pattern == "GET /healthz" || r.Pattern == "GET /readyz") {
		level = slog.LevelDebug
	}
	attrs := [10]slog.Attr{
		slog.String("request_id", out.id), slog.String("method", r.Method), slog.String("route", r.Pattern),
		slog.Int("status", out.status), slog.Float64("duration_ms", float64(took.Microseconds())/1000),
		slog.String("caller", out.caller), slog.String("code", string(out.code)), slog.String("field", out.field),
	}
	shown := attrs[:6]
	if out.code != "" {
		shown = attrs[:8]
		if a.failed != nil {
			a.failed(Failure{out.id, r.Method, r.Pattern, out.status, out.code, out.field, out.caller, a.now()})
		}
	}
	if id := printableID.FindString(r.Header.Get("X-Request-Id")); id != "" {
		shown = append(shown, slog.String("client_request_id", id))
	}
	trace := traceParent.FindStringSubmatch(r.Header.Get("Traceparent"))
	if trace != nil && trace[1] != noTrace && !strings.HasPrefix(trace[0], "ff") {
		shown = append(shown, slog.String("trace_id", trace[1]))
	}
	a.log.LogAttrs(r.Context(), level, "request", shown...)
}

// printableID is what a caller's own id of a request may be in the log.
var printableID = regexp.MustCompile(`^[!-~]{1,128}$`)

// traceParent is the header of a trace (W3C Trace Context, 3.2), whose id cannot be all zeros.
var traceParent = regexp.MustCompile(`^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$`)

const noTrace = "00000000000000000000000000000000"

// Failure is a request that was refused or failed: what the log says of it.
type Failure struct {
	RequestID, Method, Route string
	Status                   int
	Code                     clientele.ErrorCode
	Field, Caller            string
	At                       time.Time
}

// recorder remembers what the log line says of a request.
type recorder struct {
	http.ResponseWriter
	id, caller string
	status     int
	code       clientele.ErrorCode // of a refusal, and the field at fault
	field      string
	wrote      bool
	release    func() // gives back the memory of the body
}

func (w *recorder) releaseBody() {
	if w.release != nil {
		w.release()
	}
}

// Unwrap is for [http.ResponseController].
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// SetCaller is for pages, which find out themselves who is asking.
func (w *recorder) SetCaller(id string) { w.caller = id }

// WriteHeader implements [http.ResponseWriter].
func (w *recorder) WriteHeader(status int) {
	w.status, w.wrote = status, true
	w.ResponseWriter.WriteHeader(status)
}

// serve makes the handler of a route.
func (a *API) serve(route route) http.Handler {
	known := map[string]bool{"livemode": route.access != public}
	var families []string
	for _, name := range route.parameters() {
		if strings.HasSuffix(name, ".") {
			families = append(families, name)
		} else {
			known[name] = true
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, httpRequest *http.Request) {
		out := w.(*recorder)
		defer out.releaseBody()
		r, err := a.read(out, httpRequest, route)
		if err == nil {
			err = onlyKnown(r.query, known, families)
		}
		if err == nil && route.body == nil {
			err = noBody(r)
		}
		var ans answer
		if err == nil {
			ans, err = route.handle(r)
		}
		if err != nil {
			if ans.replayed {
				w.Header().Set("Idempotent-Replayed", "true")
			}
			a.fail(out, err)
			return
		}
		if err := a.send(out, httpRequest, ans); err != nil {
			a.fail(out, err)
		}
	})
}

// read reads a request and finds out who is asking. The body of one whose credentials are not good stays unread.
func (a *API) read(out *recorder, httpRequest *http.Request, route route) (*request, error) {
	r := &request{Request: httpRequest, id: out.id, sorts: route.sorts}
	var err error
	if r.query, err = wire.ParseQuery(httpRequest.URL.RawQuery); err != nil {
		return nil, err
	}
	if route.access == public {
		if httpRequest.ContentLength != 0 {
			err = invalid("", "this request has no body")
		}
		return r, err
	}
	body := noBytes
	if httpRequest.ContentLength != 0 {
		body = sync.OnceValues(func() ([]byte, error) { return a.readBody(out, httpRequest) })
	}
	if r.caller, err = a.auth.Authenticate(httpRequest.Context(), httpRequest, r.query, body); err != nil {
		return nil, err
	}
	out.caller = r.caller.ID
	if err := checkID(httpRequest.PathValue("id")); err != nil {
		return nil, err
	}
	if route.access == authenticated && !r.caller.Scope.Reads() {
		return nil, clientele.Errorf(clientele.ErrorCodeForbidden, "",
			"this API key opens /metrics and nothing else; use one with read or write scope")
	}
	r.body, err = body()
	return r, err
}

// neverSet are what ids are in a client whose variable was never set.
var neverSet = map[string]bool{"undefined": true, "null": true, "NaN": true, "[object Object]": true}

// checkID refuses what is the id of nothing, and says what it was.
func checkID(id string) error {
	if neverSet[id] {
		return invalid("id", "the id is %q: the variable that holds it was never set", id)
	}
	return nil
}

func noBytes() ([]byte, error) { return nil, nil }

// onlyKnown refuses parameters that a route does not have: a filter misspelt would otherwise answer with everything.
func onlyKnown(query *wire.Query, known map[string]bool, families []string) error {
	var errs []error
	for _, name := range query.Names() {
		inFamily := slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(name, f) && name != f })
		if !known[name] && !inFamily && !ignored(name) {
			errs = append(errs, invalid(name, "%s is not a parameter of this request%s", name,
				wire.DidYouMean(name, sortedKeys(known))))
		}
	}
	return clientele.JoinInvalid(errs...)
}

// ignored says whether a parameter is one that the vendor's clients send with many requests and that changes nothing
// here: the language of texts, and what kinds of invoices to include that there are none of.
func ignored(name string) bool { return name == "locale" || strings.HasPrefix(name, "include_") }

// fail answers with an error.
func (a *API) fail(out *recorder, err error) {
	status, e := visible(err, out.id)
	out.code, out.field = e.Code, a.loggable(e.Field)
	a.metrics.refusals.WithLabelValues(string(e.Code)).Inc()
	if status >= http.StatusInternalServerError {
		a.log.Error("failed", "request_id", out.id, "error", err)
	}
	switch status {
	case http.StatusUnauthorized:
		out.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		out.Header().Set("Retry-After", "1")
	}
	ans, encodeErr := encoded(status, e)
	if encodeErr != nil { // an error's text is not valid UTF-8
		e = clientele.Error{Code: e.Code, Message: strings.ToValidUTF8(e.Message, "?"), RequestID: out.id}
		ans, _ = encoded(status, e)
	}
	ans.write(out)
}

// vocabulary are the names of every parameter and field that requests may have.
func vocabulary(routes []route) map[string]bool {
	names := map[string]bool{"id": true, "external_id": true, "livemode": true, "Idempotency-Key": true, "If-Match": true,
		"Content-Type": true, "Content-Encoding": true, "status": true}
	for _, r := range routes {
		for _, name := range r.parameters() {
			names[strings.TrimSuffix(name, ".")] = true
		}
		if r.body != nil {
			for _, name := range wire.NamesOf(reflect.TypeOf(r.body)) {
				names[name] = true
			}
		}
	}
	return names
}

// loggable is the first name of a field's path, if it is one of ours: what a caller made up may be personal.
func (a *API) loggable(field string) string {
	name, _, _ := strings.Cut(field, ".")
	name, _, _ = strings.Cut(name, "[")
	if a.names[name] {
		return name
	}
	return ""
}

var errNoPath = clientele.Errorf(clientele.ErrorCodeNotFound, "", "there is nothing at this path; see /docs")

// orOtherMethod answers requests that no route matches: it says which methods there are for the path, if any, and
// leaves the others to next.
func (a *API) orOtherMethod(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			try := r.Clone(r.Context())
			try.Method = method
			if _, pattern := a.mux.Handler(try); strings.HasPrefix(pattern, method+" ") {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) == 0 {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		a.fail(w.(*recorder), clientele.Errorf(clientele.ErrorCodeMethodNotAllowed, "",
			"%s is not possible here, only %s", r.Method, strings.Join(allowed, ", ")))
	})
}
