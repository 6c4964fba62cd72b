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
			if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
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

// TestLargeAnswersAreBounded shows that clients who do not read what they asked for cost little memory: the answers of
// only so many are kept, others are refused, and small ones are answered all the while.
func TestLargeAnswersAreBounded(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Big"}`)
	one := draft(t, s.Test(), c.ID, "curr_test_usd", "5")
	s.copyInvoice(t, one.ID, 999, func(i *clientele.Invoice) { i.Footer = strings.Repeat("x", 20_000) })
	const clients = 8
	for range clients {
		conn := s.connect(t)
		fmt.Fprintf(conn, "GET /api/customers/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", c.ID, s.TestKey)
		if _, err := conn.Read(make([]byte, 1)); err != nil { // the answer has begun, and is not read any further
			t.Fatal(err)
		}
	}
	refusal := s.send(t, "GET", "/api/customers/"+c.ID, "").refused(t, 503, "")
	if !strings.Contains(refusal.Message, "large answers") {
		t.Error(refusal.Message)
	}
	s.send(t, "GET", "/api/customers?expand=none", "").must(t, 200)
}

// TestManyLargeBodiesAreBounded shows that requests which take their time wait for memory rather than take it all.
func TestManyLargeBodiesAreBounded(t *testing.T) {
	t.Parallel()
	s := start(t)
	const size = 1 << 20
	var wg sync.WaitGroup
	conns := make([]net.Conn, 64)
	for i := range conns {
		conns[i] = s.connect(t)
		wg.Go(func() {
			fmt.Fprintf(conns[i], "POST /api/customers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+
				"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n{", s.TestKey, size)
		})
	}
	wg.Wait()
	refused := false
	// A busy machine takes its time until the server has begun to read them all.
	for patience := time.Now().Add(10 * time.Second); time.Now().Before(patience); {
		if got := s.send(t, "POST", "/api/customers", `{"name":"x"}`); got.status == 503 {
			refused = true
			break
		}
	}
	if !refused {
		t.Error("a body was read beside 64 MiB of others")
	}
	s.send(t, "GET", "/api/customers", "").must(t, 200) // needs none
	for _, c := range conns {
		_ = c.Close()
	}
	for range 100 {
		if got := s.send(t, "POST", "/api/customers", `{"name":"x"}`); got.status == 201 {
			return
		}
	}
	t.Error("the memory of bodies that never came was not given back")
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
