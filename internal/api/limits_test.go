package api_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/api"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
)

// connect opens a connection of its own to the server.
func (s *server) connect(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestABodyWithoutCredentialsIsNotRead shows that who has no good key, nor a signature that may be good, is refused
// before the body has come.
func TestABodyWithoutCredentialsIsNotRead(t *testing.T) {
	t.Parallel()
	s := start(t)
	expired := fmt.Sprint(s.Now().Add(-time.Hour).Unix())
	for name, headers := range map[string]string{
		"nothing":   "",
		"a bad key": "Authorization: Bearer sk_test_x\r\n",
		"an old signature": "X-Component-Sig: 0x" + strings.Repeat("a", 128) + "\r\nX-Component-Sig-Version: 1\r\n" +
			"X-Component-Sig-Iat: " + expired + "\r\nX-Component-Sig-Exp: " + expired + "\r\n",
		"half a signature": "X-Component-Sig: 0x1\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := s.connect(t)
			fmt.Fprintf(c, "POST /api/customers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s"+
				"Content-Length: 1000000\r\n\r\n{", headers)
			if err := c.SetReadDeadline(time.Now().Add(5 * time.Minute)); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatalf("no answer before the body came: %v", err)
			}
			defer func() { _ = resp.Body.Close() }()
			if resp.StatusCode != 401 {
				t.Errorf("answered %d", resp.StatusCode)
			}
		})
	}
}

// slowReader is a client that takes nothing of its answer until it is released.
type slowReader struct {
	header    http.Header
	began     sync.Once
	beginning chan struct{} // closed when the answer has begun
	release   chan struct{}
	deadlines atomic.Int64 // how often the server said until when a part must be taken
	parts     atomic.Int64
}

func newSlowReader() *slowReader {
	return &slowReader{header: http.Header{}, beginning: make(chan struct{}), release: make(chan struct{})}
}

func (s *slowReader) Header() http.Header { return s.header }

func (s *slowReader) WriteHeader(int) {}

// Write implements [http.ResponseWriter].
func (s *slowReader) Write(part []byte) (int, error) {
	s.began.Do(func() { close(s.beginning) })
	s.parts.Add(1)
	<-s.release
	return len(part), nil
}

// SetWriteDeadline is what an [http.ResponseController] calls.
func (s *slowReader) SetWriteDeadline(until time.Time) error {
	if !until.IsZero() {
		s.deadlines.Add(1)
	}
	return nil
}

// handler answers as the server does, in this goroutine: no kernel's buffer stands between it and a slow client.
func (s *server) handler() *api.API {
	return api.New(api.Config{
		Service: s.Service, Auth: auth.New(s.DB, s.Now), Check: s.DB.Ready, Log: slog.New(slog.DiscardHandler),
		Now: time.Now,
	})
}

func (s *server) request(t *testing.T, method, path string, body io.Reader) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, body)
	r.Header.Set("Authorization", "Bearer "+s.TestKey)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// status answers a request without a client and returns the status and the body.
func status(handler http.Handler, r *http.Request) (int, string) {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestLargeAnswersAreBounded shows that clients who do not read what they asked for cost little memory: the answers of
// only so many are kept, others are refused, and small ones are answered all the while.
func TestLargeAnswersAreBounded(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Big"}`)
	one := draft(t, s.Test(), c.ID, "curr_test_usd", "5")
	s.copyInvoice(t, one.ID, 999, func(i *clientele.Invoice) { i.Footer = strings.Repeat("x", 20_000) }) // 20 MB in all
	handler, path := s.handler(), "/api/customers/"+c.ID
	var answering sync.WaitGroup
	var readers []*slowReader
	for range 3 { // of 64 MiB, three answers leave too little for a fourth
		reader := newSlowReader()
		readers = append(readers, reader)
		answering.Go(func() { handler.ServeHTTP(reader, s.request(t, "GET", path, nil)) })
		<-reader.beginning
	}
	code, body := status(handler, s.request(t, "GET", path, nil))
	if code != 503 || !strings.Contains(body, "too many large answers") {
		t.Errorf("a fourth large answer is %d %.200s, want 503", code, body)
	}
	if code, body = status(handler, s.request(t, "GET", "/api/customers?expand=none", nil)); code != 200 {
		t.Errorf("a small answer beside them is %d %s, want 200", code, body)
	}
	for _, reader := range readers {
		close(reader.release)
	}
	answering.Wait()
	for _, reader := range readers { // who does not take a part within a while is hung up on
		if deadlines, parts := reader.deadlines.Load(), reader.parts.Load(); deadlines != parts || parts < 100 {
			t.Errorf("%d of %d parts of an answer had a deadline, want all of more than 100", deadlines, parts)
		}
	}
	if code, body = status(handler, s.request(t, "GET", path, nil)); code != 200 {
		t.Errorf("when they have ended, a large answer is %d %.200s, want 200", code, body)
	}
}

// stalledBody is a body of which nothing comes until it is released.
type stalledBody struct {
	reading chan<- struct{}
	release <-chan struct{}
}

// Read implements [io.Reader].
func (b stalledBody) Read([]byte) (int, error) {
	b.reading <- struct{}{}
	<-b.release
	return 0, io.ErrUnexpectedEOF
}

// TestManyLargeBodiesAreBounded shows that requests which take their time wait for memory rather than take it all.
func TestManyLargeBodiesAreBounded(t *testing.T) {
	t.Parallel()
	s := start(t)
	handler := s.handler()
	reading, release := make(chan struct{}, 256), make(chan struct{})
	var answering sync.WaitGroup
	for range 64 { // a MiB each of 64
		r := s.request(t, "POST", "/api/customers", stalledBody{reading, release})
		r.ContentLength = 1 << 20
		answering.Go(func() { status(handler, r) })
	}
	for range 64 {
		<-reading
	}
	create := func() *http.Request { return s.request(t, "POST", "/api/customers", strings.NewReader(`{"name":"x"}`)) }
	if code, body := status(handler, create()); code != 503 {
		t.Errorf("a body beside 64 MiB of others is answered %d %s, want 503", code, body)
	}
	if code, body := status(handler, s.request(t, "GET", "/api/customers", nil)); code != 200 {
		t.Errorf("a request without a body beside them is answered %d %s, want 200", code, body)
	}
	close(release)
	answering.Wait()
	if code, body := status(handler, create()); code != 201 {
		t.Errorf("when their clients are gone, a body is answered %d %s, want 201", code, body)
	}
}

// TestAScanHasADeadline shows that a read which takes too long is refused as something to try again.
func TestAScanHasADeadline(t *testing.T) {
	t.Parallel()
	s := start(t)
	hurried := billing.New(s.DB, billing.WithClock(s.Now), billing.WithScanTimeout(time.Nanosecond))
	handler := api.New(api.Config{
		Service: hurried, Auth: auth.New(s.DB, s.Now), Check: s.DB.Ready, Log: slog.New(slog.DiscardHandler),
		Now: time.Now,
	})
	for _, path := range []string{"/api/customers/search?query=a", "/api/customers?email=x", "/api/receivables/aging"} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
		r.Header.Set("Authorization", "Bearer "+s.TestKey)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "took too long") {
			t.Errorf("%s answered %d %s", path, w.Code, w.Body)
		}
	}
}

// TestARequestOfTwoLengthsIsRefused is about requests whose end two servers might see at different places (RFC 9112,
// 6.3).
func TestARequestOfTwoLengthsIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	const chunked = "c\r\n{\"name\":\"x\"}\r\n0\r\n\r\n"
	for name, c := range map[string]struct {
		headers, body string
		want          int
	}{
		"both":          {"Content-Length: 12\r\nTransfer-Encoding: chunked\r\n", chunked, 400},
		"both, turned":  {"transfer-encoding: chunked\r\ncontent-length:12\r\n", chunked, 400},
		"a length":      {"Content-Length: 12\r\n", `{"name":"x"}`, 201},
		"chunks":        {"Transfer-Encoding: chunked\r\n", chunked, 201},
		"a length in a": {"X: Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunked, 201},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := s.connect(t)
			in := bufio.NewReader(conn)
			for range 2 { // the second request of a connection is looked at too
				fmt.Fprintf(conn, "POST /api/customers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+
					"Authorization: Bearer %s\r\n%s\r\n%s", s.TestKey, c.headers, c.body)
				resp, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, resp.Body); err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if resp.StatusCode != c.want {
					t.Fatalf("answered %d, want %d", resp.StatusCode, c.want)
				}
				if c.want == 400 {
					if !resp.Close {
						t.Error("the connection stays open")
					}
					return
				}
			}
		})
	}
}
