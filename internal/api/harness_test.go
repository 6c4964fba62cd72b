package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/store"
)

var epoch = apptest.Epoch

// DIDs of the protocol, and an Ethereum address with its checksum (EIP-55's own first example).
const (
	didAccount = "z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE"
	didApp     = "zNKhmN1i3zutBkzMHrcSv8onT6CSitbVQhRk"
	didSecp    = "z1EKJe5owVVovvmgr7FxYNBAKNbGadwB7gdS"
	didEther   = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
)

// server is a running server.
type server struct{ *apptest.Server }

// start starts a server that the test's end stops.
func start(t testing.TB) *server {
	t.Helper()
	return &server{apptest.New(t)}
}

// reply is an answer as it stood on the wire.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request with the test-mode key, unless headers (name, value, …) say otherwise; a value "" leaves a
// header out.
func (s *server) send(t testing.TB, method, target, body string, headers ...string) reply {
	t.Helper()
	return s.sendReader(t, method, target, strings.NewReader(body), headers...)
}

func (s *server) sendReader(t testing.TB, method, target string, body io.Reader, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+target, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.TestKey)
	if r.ContentLength != 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Add(headers[i], headers[i+1])
		}
	}
	resp, err := direct.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, got}
}

// direct follows no redirect: the API gives none.
var direct = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
}

// must is a reply that must have the status.
func (r reply) must(t testing.TB, status int) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("answered %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// members are the members of the object that a reply is.
func (r reply) members(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(r.body, &m); err != nil {
		t.Fatalf("not a JSON object: %v: %s", err, r.body)
	}
	return m
}

// customer decodes the customer that a reply is.
// text is a member of an object that is a string.
func (r reply) text(t testing.TB, name string) (text string) {
	t.Helper()
	if err := json.Unmarshal(r.members(t)[name], &text); err != nil {
		t.Errorf("%s: %v in %s", name, err, r.body)
	}
	return text
}

func (r reply) customer(t testing.TB) clientele.CustomerExpanded {
	t.Helper()
	return decoded[clientele.CustomerExpanded](t, r)
}

func decoded[T any](t testing.TB, r reply) (v T) {
	t.Helper()
	if r.status >= 300 {
		t.Fatalf("answered %d: %s", r.status, r.body)
	}
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	return v
}

// refused checks that a reply is an error of a status about a field: a JSON object whose error is a text for people.
func (r reply) refused(t testing.TB, status int, field string) clientele.Error {
	t.Helper()
	var e clientele.Error
	var message struct {
		Error any `json:"error"`
	}
	switch err := json.Unmarshal(r.body, &e); {
	case r.status != status:
		t.Errorf("answered %d, want %d: %s", r.status, status, r.body)
	case err != nil || json.Unmarshal(r.body, &message) != nil:
		t.Errorf("the error is not JSON: %s", r.body)
	case r.header.Get("Content-Type") != "application/json; charset=utf-8":
		t.Errorf("Content-Type is %q", r.header.Get("Content-Type"))
	case e.Message == "" || message.Error != e.Message:
		t.Errorf("error is not a text: %s", r.body)
	case e.Field != field:
		t.Errorf("names %q, want %q: %s", e.Field, field, r.body)
	case e.RequestID == "" || e.RequestID != r.header.Get("X-Request-Id"):
		t.Errorf("request_id %q is not the header's %q", e.RequestID, r.header.Get("X-Request-Id"))
	case statusOf[e.Code] != status:
		t.Errorf("code %q does not go with %d", e.Code, status)
	}
	return e
}

// statusOf says which status each code stands for, as the words' documentation does.
var statusOf = map[clientele.ErrorCode]int{
	clientele.ErrorCodeInvalid: 400, clientele.ErrorCodeUnauthorized: 401, clientele.ErrorCodeForbidden: 403,
	clientele.ErrorCodeNotFound: 404, clientele.ErrorCodeNotSupported: 404,
	clientele.ErrorCodeMethodNotAllowed: 405, clientele.ErrorCodeConflict: 409,
	clientele.ErrorCodePreconditionFailed: 412, clientele.ErrorCodeTooLarge: 413,
	clientele.ErrorCodeUnavailable: 503, clientele.ErrorCodeUnsupportedMedia: 415,
	clientele.ErrorCodeIdempotencyReused: 422,
}

// events are all events, or those of an object.
func (s *server) events(t testing.TB, objectID string) (all []clientele.Event) {
	t.Helper()
	for _, e := range apptest.Events(t, s.DB) {
		if objectID == "" || e.ObjectID == objectID {
			all = append(all, e)
		}
	}
	return all
}

// state is everything that a request could change, but for kept answers: the whole of the tables.
func (s *server) state(t testing.TB) string {
	t.Helper()
	holder, counts := "seq", "SELECT kind, livemode, bits, bucket, count FROM row_counts WHERE count <> 0"
	if apptest.OnPostgres() {
		holder, counts = "customer_id", `SELECT kind, livemode, bits, bucket, sum(count) FROM (
				SELECT part, kind, livemode, bits, bucket, count FROM row_counts
				UNION ALL SELECT part, kind, livemode, 36, ms >> 36, change FROM row_count_changes
			) n WHERE bits = 36 GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0`
	}
	var b bytes.Buffer
	for _, query := range []string{
		"SELECT id, version, deleted_at, updated_at, doc FROM customers ORDER BY 1",
		"SELECT id, version, status, doc FROM invoices ORDER BY 1",
		"SELECT id, version, doc FROM payments ORDER BY 1",
		"SELECT doc FROM credit_notes ORDER BY 1",
		"SELECT doc FROM refunds ORDER BY 1",
		"SELECT id, receivable, credit, unapplied FROM ledger ORDER BY 1",
		"SELECT livemode, kind, name, " + holder + " FROM customer_names ORDER BY 1, 2, 3",
		"SELECT doc FROM payment_currencies ORDER BY 1",
		"SELECT doc FROM payment_methods ORDER BY 1",
		counts + " ORDER BY 1, 2, 3, 4",
		"SELECT count(*), max(seq) FROM events",
	} {
		for _, row := range s.query(t, query) {
			b.WriteString(strings.Join(row, " ") + "\n")
		}
	}
	return b.String()
}

// query reads the database beside the server.
func (s *server) query(t testing.TB, query string) (rows [][]string) {
	t.Helper()
	return ok(s.Rows(t.Context(), query))(t)
}

// copyInvoice adds copies of an invoice to the database beside the server, each with an id of its own.
func (s *server) copyInvoice(t testing.TB, id string, times int, change func(*clientele.Invoice)) {
	t.Helper()
	err := s.DB.Update(t.Context(), func(tx store.Tx) error {
		rec, _, err := tx.Get(store.Invoices.Kind, false, id)
		if err != nil {
			return err
		}
		for n := range times {
			var i clientele.Invoice
			if err := json.Unmarshal(rec.JSON, &i); err != nil {
				return err
			}
			i.ID += strconv.Itoa(n)
			change(&i)
			doc, err := json.Marshal(i)
			if err != nil {
				return err
			}
			copied := store.Record{ID: i.ID, Seq: rec.Seq - store.Position(n) - 1, Version: 1, JSON: doc}
			if err := store.Invoices.Save(tx, copied, nil, &i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// create makes a customer by the SDK.
func create(t testing.TB, payment *client.Client, p clientele.CustomerParams) *clientele.Customer {
	t.Helper()
	return ok(payment.Customers.Create(t.Context(), p))(t)
}

// ok is a result that must come without an error: ok(f())(t).
func ok[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func quoted(s string) string { b, _ := json.Marshal(s); return string(b) }

// post creates a customer by a body.
func (s *server) post(t testing.TB, body string) clientele.CustomerExpanded {
	t.Helper()
	return s.send(t, "POST", "/api/customers", body).must(t, 201).customer(t)
}

func (s *server) etag(t testing.TB, ref string) int64 {
	t.Helper()
	tag := s.send(t, "GET", "/api/customers/"+ref, "").must(t, 200).header.Get("ETag")
	n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil {
		t.Fatalf("ETag %q: %v", tag, err)
	}
	return n
}

// error decodes the error that a reply is.
func (r reply) error(t testing.TB) (e clientele.Error) {
	t.Helper()
	if err := json.Unmarshal(r.body, &e); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	return e
}
