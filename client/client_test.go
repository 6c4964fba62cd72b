package client_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"clientele.dev/client"
)

// try is what a server saw of one try.
type try struct {
	method, path, query, body string
	header                    http.Header
}

// server answers each try in turn by the next handler, the last one again and again, and remembers what it saw.
type server struct {
	mu       sync.Mutex
	handlers []http.HandlerFunc
	tries    []try
	slept    []time.Duration
}

// serve starts a server and makes a client of it that does not wait between tries but notes how long it would have.
func serve(t *testing.T, handlers []http.HandlerFunc, opts ...client.Option) (*client.Client, *server) {
	t.Helper()
	s := &server{handlers: handlers}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	opts = append([]client.Option{client.WithHTTPClient(h.Client()), client.WithSleep(s.sleep)}, opts...)
	return client.New(h.URL+"/", "sk_test_1\n", opts...), s
}

func (s *server) sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slept = append(s.slept, d)
	return ctx.Err()
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	n := min(len(s.tries), len(s.handlers)-1)
	s.tries = append(s.tries, try{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header})
	s.mu.Unlock()
	s.handlers[n](w, r)
}

// status answers with a status and a body.
func status(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// hangUp breaks the connection without an answer, or in the middle of one.
func hangUp(sent string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if sent != "" {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, sent)
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

func answers(h ...http.HandlerFunc) []http.HandlerFunc { return h }

const ada = `{"id":"cus_1","object":"customer","name":"Ada"}`
