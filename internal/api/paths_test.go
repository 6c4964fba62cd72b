package api_test

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestAnotherMethodIsAnsweredWithThoseThatArePossible(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, allow := range map[string]string{
		"/api/customers": "GET, POST", "/api/customers/cus_x": "GET, PUT, DELETE",
		"/api/customers/search":        "GET, PUT, DELETE",
		"/api/customers/cus_x/restore": "POST", "/api/customers/cus_x/overdue/invoices": "GET",
		"/api/customers/external/x": "PUT",
		"/api/invoices":             "GET, POST", "/api/invoices/in_x": "GET, PUT, DELETE",
		"/api/invoices/in_x/finalize":           "POST",
		"/api/invoices/in_x/mark_uncollectible": "POST", "/api/payment-currencies": "GET, POST",
		"/api/payment-currencies/x": "GET",
		"/api/payment-methods":      "GET, POST", "/api/payment-methods/x": "GET", "/healthz": "GET", "/readyz": "GET",
		"/metrics":      "GET",
		"/openapi.json": "GET", "/docs": "GET",
	} {
		for _, method := range []string{"PATCH", "OPTIONS", "TRACE", "FOO", "GET", "POST", "PUT", "DELETE"} {
			if strings.Contains(allow, method) {
				continue
			}
			got := s.send(t, method, path, "")
			if method == "PUT" && strings.Contains(path, "/api/payment-") && strings.HasSuffix(path, "/x") {
				got.refused(t, 404, "") // which the vendor has, see TestWhatIsNotBuiltSaysSo
				continue
			}
			got.refused(t, 405, "")
			if got.header.Get("Allow") != allow {
				t.Errorf("%s %s: Allow is %q, want %q", method, path, got.header.Get("Allow"), allow)
			}
		}
	}
}

func TestUnknownAndUncleanPathsAreNotFound(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, path := range []string{
		"/api", "/api/", "/api/customer", "/api/customers/", "//api/customers", "/api//customers", "/api/./customers",
		"/api/x/../customers", "/../api/customers", "/api/customers/cus_x/", "/api/customers/cus_x/invoices",
		"/API/customers",
		"/api/customers/external/", "/api/customers/external/a/b", "/api/customers//overdue/invoices", "/index.html",
		"/.env",
		"/api/customers/cus_x/overdue", "/healthz/", "/api/customers;x=1", "/payment/api/customers",
	} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH"} {
			got := s.send(t, method, path, "")
			want := 404
			if path == "/api/customers/cus_x/overdue" || got.status == 405 && path == "/api/customers/external/a/b" {
				want = got.status
			}
			if got.status != want || got.header.Get("Location") != "" {
				t.Errorf("%s %s answered %d %s", method, path, got.status, got.body)
				continue
			}
			got.refused(t, want, "")
		}
	}
}

func TestHeadAnswersAsGetWithoutTheBody(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	for path, status := range map[string]int{
		"/api/customers": 200, "/api/customers/" + c.ID: 200, "/api/customers/cus_nobody": 404,
		"/api/customers?page=0": 400,
		"/healthz":              200, "/nowhere": 404, "/api/customers/search?query=ada": 200,
	} {
		get, head := s.send(t, "GET", path, ""), s.send(t, "HEAD", path, "")
		if head.status != status || len(head.body) != 0 {
			t.Errorf("%s answered %d with %d bytes", path, head.status, len(head.body))
		}
		for _, name := range []string{"ETag", "Content-Type", "Content-Length", "Cache-Control"} {
			if head.header.Get(name) != get.header.Get(name) {
				t.Errorf("%s: %s is %q, by GET %q", path, name, head.header.Get(name), get.header.Get(name))
			}
		}
	}
	s.send(t, "HEAD", "/api/customers/cus_x/restore", "").must(t, 405)
}

func TestEveryAnswerHasARequestIDOfItsOwn(t *testing.T) {
	t.Parallel()
	s := start(t)
	seen := map[string]bool{}
	for range 3 {
		for _, path := range []string{"/healthz", "/api/customers", "/nowhere", "/api/customers?page=0", "/metrics",
			"/docs"} {
			id := s.send(t, "GET", path, "", "X-Request-Id", "mine").header.Get("X-Request-Id")
			if !strings.HasPrefix(id, "req_") || seen[id] {
				t.Errorf("%s: the request's id is %q", path, id)
			}
			seen[id] = true
		}
	}
}

func TestThePublicPages(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := s.send(t, "GET", path, ""); string(got.body) != `{"status":"ok"}` {
			t.Errorf("%s answered %s", path, got.body)
		}
	}
	var document map[string]any
	if err := json.Unmarshal(s.send(t, "GET", "/openapi.json", "").must(t, 200).body, &document); err != nil {
		t.Error(err)
	}
	if got := s.send(t, "GET", "/docs", ""); !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Errorf("/docs is %s", got.header.Get("Content-Type"))
	}
	if got := s.send(t, "GET", "/metrics", ""); !strings.Contains(string(got.body),
		`clientele_http_requests_total{method="GET"`) {
		t.Errorf("/metrics is %.300s", got.body)
	}
	s.send(t, "GET", "/healthz?x=1", "").refused(t, 400, "x")
}

func TestRequestsThatNoClientLibrarySends(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	before := s.state(t)
	key := "Authorization: Bearer " + s.TestKey + "\r\n"
	for name, r := range map[string]struct {
		raw    string
		status int
	}{
		"a body that ends early": {"PUT /api/customers/" + c.ID + " HTTP/1.1\r\nHost: x\r\n" + key +
			"Content-Type: application/json\r\nContent-Length: 99\r\n\r\n" + `{"name":"Eve"}`, 400},
		"a broken chunk": {"PUT /api/customers/" + c.ID + " HTTP/1.1\r\nHost: x\r\n" + key +
			"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + `{"name":"Eve"}`, 400},
		"two idempotency keys": {"PUT /api/customers/" + c.ID + " HTTP/1.1\r\nHost: x\r\n" + key +
			"Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 0\r\n\r\n", 400},
		"two keys": {"GET /api/customers HTTP/1.1\r\nHost: x\r\n" + key + key + "\r\n", 401},
		"a body announced as too large": {"POST /api/customers HTTP/1.1\r\nHost: x\r\n" + key +
			"Content-Type: application/json\r\nContent-Length: 1048577\r\n\r\n", 413},
		"absolute form": {"GET http://x/api/customers HTTP/1.1\r\nHost: x\r\n" + key + "\r\n", 200},
		"HTTP/1.0":      {"GET /api/customers HTTP/1.0\r\n" + key + "\r\n", 200},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if _, err := conn.Write([]byte(r.raw)); err != nil {
				t.Fatal(err)
			}
			if name == "a body that ends early" { // what is still missing will not come
				_ = conn.(*net.TCPConn).CloseWrite()
			}
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			if resp.StatusCode != r.status {
				t.Errorf("answered %d, want %d", resp.StatusCode, r.status)
			}
		})
	}
	if s.state(t) != before {
		t.Error("a broken request changed something")
	}
}

// TestDocsAreSearched asks as people do, and as those who want to break it.
func TestDocsAreSearched(t *testing.T) {
	t.Parallel()
	s := start(t)
	titles := regexp.MustCompile(`<li><a href="([^"]+)"><code>([^<]+)</code></a>`)
	for query, want := range map[string]string{
		"customer":            "?section=objects#Customer Customer",
		"DUE_DATE":            "?section=objects#Invoice.due_date Invoice.due_date",
		"restore customer":    "?section=customers#restoreCustomer POST /api/customers/{id}/restore",
		"post /credit-notes":  "?section=credit-notes#createCreditNote POST /api/invoices/{id}/credit_notes",
		"409":                 "?section=reference#error-409 409 Conflict",
		"idempotent-replayed": "?section=reference#headers Idempotent-Replayed",
	} {
		page := string(s.send(t, "GET", "/docs?q="+strings.ReplaceAll(query, " ", "+"), "").must(t, 200).body)
		m := titles.FindStringSubmatch(page)
		if m == nil || m[1]+" "+m[2] != want {
			t.Errorf("%s: first is %q, want %s", query, m, want)
		}
	}
	page := string(s.send(t, "GET", "/docs?q=%3Cscript%3Ex", "").must(t, 200).body)
	if strings.Contains(page, "<script") || !strings.Contains(page, "Nothing has all of these words") {
		t.Errorf("a search for a script answered %.400s", page)
	}
	if page := string(s.send(t, "GET", "/docs?q=e", "").must(t, 200).body); len(titles.FindAllString(page, -1)) != 50 ||
		!strings.Contains(page, "more: add a word") {
		t.Errorf("a search for e found %d of 50", len(titles.FindAllString(page, -1)))
	}
	s.send(t, "GET", "/docs?q="+strings.Repeat("%C3%BC", 100), "").must(t, 200)
	s.send(t, "GET", "/docs?q="+strings.Repeat("a", 101), "").refused(t, 400, "q")
	s.send(t, "GET", "/docs?section=coupons", "").refused(t, 400, "section")
	s.send(t, "GET", "/docs?q=a&q=b", "").refused(t, 400, "q")
}
