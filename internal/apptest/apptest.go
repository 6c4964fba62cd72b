// Package apptest runs the whole server in one process, for tests and examples: a real database, the real handler, keys
// for both modes, a clock that the test sets, and the Go SDK to talk to it. Every answer is held to openapi.yaml.
package apptest

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/api"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/console"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/storetest"
	"clientele.dev/internal/web"
)

// Epoch is when a server's clock starts.
var Epoch = time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)

// Server is a running server.
type Server struct {
	URL     string
	DB      store.Store
	DBURL   string           // the address of the database
	Service *billing.Service // for what a server does by itself: policies
	Keys    auth.Keys
	TestKey string // a secret key of test mode that may write
	LiveKey string // a secret key of live mode that may write

	http     *httptest.Server
	database *database
	closeDB  func() error
	clock    atomic.Int64

	mu         sync.Mutex
	violations []error // of openapi.yaml
}

// New starts a server that the test's end stops.
func New(t testing.TB) *Server {
	t.Helper()
	s, err := serve(newDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Open starts a server on the database that a URL names; Close stops it.
func Open(url string) (*Server, error) {
	db, err := open(url)
	if err != nil {
		return nil, err
	}
	return serve(db, db.Close)
}

// byTest is who makes keys in tests.
var byTest = store.By{Actor: "test", At: Epoch}

// serve starts a server on a database; when the server stops, done is called.
func serve(db *database, done func() error) (s *Server, err error) {
	ctx := context.Background()
	s = &Server{DB: db.Store, DBURL: db.url, database: db, closeDB: done}
	s.clock.Store(Epoch.UnixMilli())
	s.Service = billing.New(storetest.Twice{Store: s.DB}, billing.WithClock(s.Now))
	if err := s.Service.Seed(ctx); err != nil {
		return nil, err
	}
	s.Keys = auth.NewKeys(s.DB, s.Now)
	if s.TestKey, err = s.NewKey(clientele.Test, store.ScopeAdmin); err != nil {
		return nil, err
	}
	if s.LiveKey, err = s.NewKey(clientele.Live, store.ScopeAdmin); err != nil {
		return nil, err
	}
	access, log := auth.New(s.DB, s.Now), slog.New(slog.DiscardHandler)
	handler := api.New(api.Config{
		Service: s.Service, Auth: access, Keys: s.Keys, Feed: events.NewFeed(s.DB), Check: s.DB.Ready, Log: log,
		Now:   time.Now,
		Pages: console.New(console.Config{Service: s.Service, Auth: access, Access: s.DB, Log: log, Now: s.Now}),
	})
	base := web.Base{}.Trusting(web.LocalProxies)
	s.http = httptest.NewUnstartedServer(base.Handler(theContract().hold(handler, s.violated)))
	s.http.Listener = api.GuardFraming(s.http.Config, s.http.Listener)
	s.http.Start()
	s.URL = s.http.URL
	return s, nil
}

// Close stops the server. It panics when an answer was not as openapi.yaml says.
func (s *Server) Close() {
	if err := s.stop(); err != nil {
		panic(err)
	}
}

func (s *Server) stop() error {
	s.http.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(append(s.violations, s.closeDB())...)
}

// violated remembers an answer that was not as openapi.yaml says.
func (s *Server) violated(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, err)
}

// Now is what time it is on the server's clock. It passes only when Advance says so.
func (s *Server) Now() time.Time { return time.UnixMilli(s.clock.Load()).UTC() }

// Advance lets time pass.
func (s *Server) Advance(d time.Duration) { s.clock.Add(d.Milliseconds()) }

// NewKey makes another key and returns its secret.
func (s *Server) NewKey(mode clientele.Mode, scope store.Scope) (secret string, err error) {
	_, secret,
		err = s.Keys.Create(context.Background(), byTest, mode, clientele.KeyParams{Name: "apptest", Scope: string(scope)})
	return secret, err
}

// Rows reads the database beside the server.
func (s *Server) Rows(ctx context.Context, query string) ([][]string, error) {
	return s.database.rows(ctx, query)
}

// Test is an SDK client of test mode. It does not retry, so that a test sees every error.
func (s *Server) Test() *client.Client { return client.New(s.URL, s.TestKey, client.WithMaxRetries(0)) }

// Live is an SDK client of live mode, which does not retry either.
func (s *Server) Live() *client.Client { return client.New(s.URL, s.LiveKey, client.WithMaxRetries(0)) }
