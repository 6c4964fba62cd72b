package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestABodyThatReadersWouldDifferAboutIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	nested := func(levels int) string { // the body is the first level, metadata the second
		n := levels - 2
		return `{"metadata":{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}}`
	}
	for _, c := range []struct{ name, body, field string }{
		{"32 levels", nested(32), nothing},
		{"33 levels", nested(33), "metadata.a" + strings.Repeat("[0]", 30)},
		{"10,000 levels", nested(10000), "metadata.a" + strings.Repeat("[0]", 30)},
		{"spaces around", " \r\n\t{ \"name\" : \"a\" } \n", nothing},
		{"escapes", `{"n\u0061me":"\u00e9\ud83d\ude00\/"}`, nothing},
		{"NUL", `{"name":"a\u0000b"}`, "name"},
		{"NUL in metadata", `{"metadata":{"k":["a",{"b":"\u0000"}]}}`, "metadata.k[1].b"},
		{"NUL in a key", `{"metadata":{"a\u0000":1}}`, `metadata.a\u0000`},
		{"raw NUL", "{\"name\":\"a\x00b\"}", "name"},
		{"raw line feed", "{\"name\":\"a\nb\"}", "name"},
		{"invalid UTF-8", "{\"name\":\"a\xffb\"}", "name"},
		{"overlong UTF-8", "{\"name\":\"\xc0\xaf\"}", "name"},
		{"UTF-8 of a surrogate", "{\"name\":\"\xed\xa0\x80\"}", "name"},
		{"lone high surrogate", `{"name":"\ud83d"}`, "name"},
		{"lone low surrogate", `{"name":"\ude00"}`, "name"},
		{"surrogates the wrong way round", `{"name":"\ude00\ud83d"}`, "name"},
		{"lone surrogate in an address", `{"address":{"city":"\ud800x"}}`, "address.city"},
		{"duplicate name", `{"name":"a","name":"b"}`, "name"},
		{"duplicate by escape", `{"name":"a","n\u0061me":"b"}`, "name"},
		{"duplicate in the address", `{"address":{"city":"a","city":"b"}}`, "address.city"},
		{"duplicate deep in metadata", `{"metadata":{"k":[0,{"x":1,"y":2,"x":3}]}}`, "metadata.k[1].x"},
		{"something after", `{"name":"a"}{}`, ""},
		{"a letter after", `{"name":"a"} x`, ""},
		{"a NUL after", "{\"name\":\"a\"}\x00", ""},
		{"a list", `[]`, ""},
		{"a list of customers", `[{"name":"a"}]`, ""},
		{"a string", `"a"`, ""},
		{"a number", `1`, ""},
		{"null", `null`, ""},
		{"true", `true`, ""},
		{"unfinished", `{"name":"a"`, ""},
		{"spaces only", `   `, ""},
		{"byte order mark", "\ufeff{}", ""},
		{"a comment", `{/* */"name":"a"}`, ""},
		{"a comma too many", `{"name":"a",}`, ""},
		{"single quotes", `{'name':'a'}`, ""},
		{"NaN", `{"metadata":{"a":NaN}}`, "metadata.a"},
		{"leading zero", `{"metadata":{"a":01}}`, "metadata"},
		{"plus", `{"metadata":{"a":+1}}`, "metadata.a"},
		{"a dot and no digit", `{"metadata":{"a":1.}}`, "metadata.a"},
		{"a number past any double", `{"metadata":{"a":1e999}}`, "metadata.a"},
		{"form", `name=Ada`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.field == nothing {
				s.tries(t, c.body, c.field, 400)
				return
			}
			other := s.post(t, `{"name":""}`)
			before := s.state(t)
			for _, r := range []reply{
				s.send(t, "POST", "/api/customers", c.body),
				s.send(t, "PUT", "/api/customers/"+other.ID, c.body),
				s.send(t, "PUT", "/api/customers/external/x", c.body),
			} {
				r.refused(t, 400, c.field)
			}
			if s.state(t) != before {
				t.Error("a refused request changed something")
			}
		})
	}
}

func TestBodiesAreBoundedAndJSON(t *testing.T) {
	t.Parallel()
	s := start(t)
	const limit = 1 << 20
	pad := func(n int) string { return `{"name":"a"}` + strings.Repeat(" ", n-len(`{"name":"a"}`)) }
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(w, `{"name":"a"}`)
	_ = w.Close()
	type tried struct {
		name, body string
		headers    []string
		chunked    bool
		status     int
		field      string
	}
	contentType := func(v string) []string { return []string{"Content-Type", v} }
	for _, c := range []tried{
		{name: "exactly 1 MiB", body: pad(limit), status: 201},
		{name: "exactly 1 MiB in chunks", body: pad(limit), chunked: true, status: 201},
		{name: "1 MiB and a byte", body: pad(limit + 1), status: 413},
		{name: "1 MiB and a byte in chunks", body: pad(limit + 1), chunked: true, status: 413},
		{name: "5 MiB in chunks", body: pad(5 * limit), chunked: true, status: 413},
		{name: "no body", body: "", status: 400},
		{name: "no body in chunks", body: "", chunked: true, status: 400},
		{name: "no body, of a form", body: "", headers: contentType("application/x-www-form-urlencoded"), status: 400},
		{name: "charset", body: `{"name":""}`, headers: contentType("application/json; charset=utf-8"), status: 201},
		{name: "charset in capitals", body: `{"name":""}`, headers: contentType(`Application/JSON; Charset="UTF-8"`),
			status: 201},
		{name: "another charset", body: `{}`, headers: contentType("application/json; charset=latin1"),
			status: 415, field: "Content-Type"},
		{name: "no content type", body: `{}`, headers: contentType(""), status: 415, field: "Content-Type"},
		{name: "text", body: `{}`, headers: contentType("text/plain"), status: 415, field: "Content-Type"},
		{name: "a form", body: `name=Ada`, headers: contentType("application/x-www-form-urlencoded"),
			status: 415, field: "Content-Type"},
		{name: "several parts", body: `--x--`, headers: contentType("multipart/form-data; boundary=x"),
			status: 415, field: "Content-Type"},
		{name: "a patch", body: `{}`, headers: contentType("application/merge-patch+json"), status: 415,
			field: "Content-Type"},
		{name: "garbage", body: `{}`, headers: contentType(";;;"), status: 415, field: "Content-Type"},
		{name: "gzip", body: zipped.String(), headers: []string{"Content-Encoding", "gzip"},
			status: 415, field: "Content-Encoding"},
		{name: "said to be gzip", body: `{}`, headers: []string{"Content-Encoding", "gzip"},
			status: 415, field: "Content-Encoding"},
		{name: "identity", body: `{"name":""}`, headers: []string{"Content-Encoding", "identity"}, status: 201},
	} {
		t.Run(c.name, func(t *testing.T) {
			var body io.Reader = strings.NewReader(c.body)
			headers := c.headers
			if c.chunked {
				body = io.MultiReader(body)
				headers = append([]string{"Content-Type", "application/json"}, headers...)
			}
			before := s.state(t)
			got := s.sendReader(t, "POST", "/api/customers", body, headers...)
			if c.status == 201 {
				got.must(t, 201)
				return
			}
			got.refused(t, c.status, c.field)
			if s.state(t) != before {
				t.Error("a refused request changed something")
			}
		})
	}
}

func TestABodyWhereNoneBelongsIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":""}`)
	before := s.state(t)
	for _, route := range []string{
		"DELETE /api/customers/" + c.ID, "POST /api/customers/" + c.ID + "/restore", "GET /api/customers",
		"GET /api/customers/search", "GET /api/invoices", "POST /api/invoices/in_x/finalize", "GET /healthz",
	} {
		method, path, _ := strings.Cut(route, " ")
		field := "force"
		if path == "/healthz" { // which reads no body at all
			field = ""
		}
		s.send(t, method, path, `{"force":true}`).refused(t, 400, field)
		s.send(t, method, path, `[]`).refused(t, 400, "")
	}
	if s.state(t) != before {
		t.Error("a refused request changed something")
	}
	s.send(t, "DELETE", "/api/customers/"+c.ID, `{}`).must(t, 200)
}

// A client that sends all of a body before it looks for an answer finds one, though the body is too large.
func TestATooLargeBodyIsAnswered(t *testing.T) {
	t.Parallel()
	s := start(t)
	host := strings.TrimPrefix(s.URL, "http://")
	const size = 9 << 20
	for name, send := range map[string]func(w io.Writer) error{
		"of a known size": func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "Content-Length: %d\r\n\r\n", size)
			if err == nil {
				_, err = w.Write(bytes.Repeat([]byte(" "), size))
			}
			return err
		},
		"in chunks": func(w io.Writer) error {
			_, err := io.WriteString(w, "Transfer-Encoding: chunked\r\n\r\n")
			for range size >> 16 {
				if err == nil {
					_, err = fmt.Fprintf(w, "10000\r\n%s\r\n", bytes.Repeat([]byte(" "), 1<<16))
				}
			}
			if err == nil {
				_, err = io.WriteString(w, "0\r\n\r\n")
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", host)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			_, err = fmt.Fprintf(c, "POST /api/customers HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"+
				"Content-Type: application/json\r\n", host, s.TestKey)
			if err = errors.Join(err, send(c)); err != nil {
				t.Fatalf("the body could not be sent: %v", err)
			}
			got, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = got.Body.Close() }()
			body, err := io.ReadAll(got.Body)
			if err != nil || got.StatusCode != http.StatusRequestEntityTooLarge ||
				!strings.Contains(string(body), `"error":`) {
				t.Errorf("%d %s %v", got.StatusCode, body, err)
			}
		})
	}
}
