package apptest_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev/internal/api"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/events"
	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/postgres"
	"clientele.dev/internal/store/sqlite"
)

// TestBothDatabasesAnswerAlike sends the same requests, made at random, to a server on each database, with the same
// clock and the same ids, and compares the answers byte by byte.
func TestBothDatabasesAnswerAlike(t *testing.T) {
	t.Parallel()
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := func() time.Time { return clock }
	sides := []*side{newSide(t, reopenSQLite(t)(), now), newSide(t, reopenPostgres(t)(), now)}
	w := &writer{Rand: rand.New(rand.NewPCG(1, 2))}
	refused := 0
	requests := 2_000
	if apptest.OnAll() {
		requests = 4_000
	}
	for n := range requests {
		clock = clock.Add(time.Duration(w.IntN(3)) * 400 * time.Millisecond)
		if w.IntN(200) == 0 {
			clock = clock.AddDate(0, 0, w.IntN(20))
			for _, s := range sides {
				s.applyPolicy(t)
			}
		}
		method, target, body := w.request()
		first, second := sides[0].send(method, target, body), sides[1].send(method, target, body)
		if first != second {
			t.Fatalf("request %d, %s %s %s\nanswered on SQLite\n%s\non PostgreSQL\n%s",
				n, method, target, body, first, second)
		}
		if strings.HasPrefix(first, "5") {
			t.Fatalf("request %d, %s %s %s\nanswered %s", n, method, target, body, first)
		}
		if !strings.HasPrefix(first, "2") {
			refused++
		}
		w.learn(first)
	}
	if refused > requests/4 {
		t.Errorf("%d requests were refused", refused)
	}
	compareHashes(t, sides)
	for _, s := range sides {
		err := s.service.Verify(t.Context(), func(int64, int64) {}, func(d billing.Difference) {
			t.Errorf("%s: %s", d.ID, d.Text)
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// reopenSQLite makes a database, which each call opens once more.
func reopenSQLite(t *testing.T) func() store.Store {
	t.Helper()
	url := "sqlite:" + filepath.Join(apptest.Folder(t), "test.db")
	return func() store.Store {
		db, err := sqlite.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
}

func reopenPostgres(t *testing.T) func() store.Store {
	t.Helper()
	url := pgtest.URL(t, nil)
	return func() store.Store {
		db, err := postgres.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
}

// compareHashes compares the content of both databases by one hash.
func compareHashes(t *testing.T, sides []*side) {
	t.Helper()
	hashes := map[string]bool{}
	for _, s := range sides {
		hash, err := s.service.Hash(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		hashes[hash] = true
	}
	if len(hashes) == 1 {
		return
	}
	t.Errorf("the databases have the hashes %v", hashes)
	var lines [2][]string
	for i, s := range sides {
		err := s.service.Export(t.Context(), billing.ExportFilter{}, func(doc []byte) error {
			lines[i] = append(lines[i], own.ReplaceAllString(string(doc), "$1"))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(lines[i])
	}
	for n, line := range lines[0] {
		if n >= len(lines[1]) || lines[1][n] != line {
			t.Fatalf("of %d and %d objects and movements the first that differs is\n%s\nand\n%s", len(lines[0]),
				len(lines[1]), line, append(lines[1], make([]string, len(lines[0]))...)[n])
		}
	}
}

// side is a server on one of the databases.
type side struct {
	service *billing.Service
	handler http.Handler
	key     string

	requests uint64 // so far
	policy   uint64 // how often random bytes were read since the policy is applied; 0 when it is not
}

// applyPolicy marks invoices uncollectible, many at once, each with ids of its own.
func (s *side) applyPolicy(t *testing.T) {
	t.Helper()
	s.requests++
	s.policy = 1
	defer func() { s.policy = 0 }()
	if _, err := s.service.ApplyPolicy(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func newSide(t *testing.T, db store.Store, now func() time.Time) *side {
	t.Helper()
	t.Cleanup(func() { _ = db.Close() })
	s := &side{}
	s.service = billing.New(db, billing.WithClock(now), billing.WithRandom(s))
	if err := s.service.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	key, secret := auth.NewKey("test", false, store.ScopeWrite, now())
	key.ID = "key_of_both" // which movements say asked for them
	keys := auth.NewKeys(db, now)
	s.key = secret
	if err := keys.Add(context.Background(), store.By{}, key); err != nil {
		t.Fatal(err)
	}
	s.handler = api.New(api.Config{
		Service: s.service, Auth: auth.New(db, now), Keys: keys, Feed: events.NewFeed(db), Check: db.Ready,
		Log: slog.New(slog.DiscardHandler), Now: now,
	})
	return s
}

// Read is what a side has for random bytes: always the same during a request, so that which ids it gives does not
// depend on how often its transaction ran.
func (s *side) Read(b []byte) (int, error) {
	var seed [32]byte
	binary.BigEndian.PutUint64(seed[:], s.requests)
	if s.policy > 0 {
		s.policy++
		binary.BigEndian.PutUint64(seed[8:], s.policy)
	}
	return rand.NewChaCha8(seed).Read(b)
}

// own is what differs between two servers: the ids of requests and keys.
var own = regexp.MustCompile(`(req|key)_[0-9a-z]+`)

// send sends a request and returns the status, version and body of the answer.
func (s *side) send(method, target, body string) string {
	s.requests++
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.key)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	var all bytes.Buffer
	fmt.Fprintln(&all, w.Code, w.Header().Get("ETag"))
	_, _ = io.Copy(&all, w.Body)
	return own.ReplaceAllString(all.String(), "$1")
}

// writer makes requests at random, about what there is by now.
type writer struct {
	*rand.Rand
	customers, invoices, payments []string
}

// learn remembers the objects of an answer.
func (w *writer) learn(answer string) {
	for _, id := range regexp.MustCompile(`"id":"(cus|in|pi)_[0-9a-v]+"`).FindAllString(answer, 3) {
		id = strings.TrimSuffix(strings.TrimPrefix(id, `"id":"`), `"`)
		kind, _, _ := strings.Cut(id, "_")
		list := map[string]*[]string{"cus": &w.customers, "in": &w.invoices, "pi": &w.payments}[kind]
		if len(*list) < 300 {
			*list = append(*list, id)
		} else {
			(*list)[w.IntN(300)] = id
		}
	}
}

func (w *writer) one(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return list[w.IntN(len(list))]
}

// names are of many scripts, with what search and sorting have to get right.
var names = []string{
	"José García", "Jose Garcia", "Łukasz Żółć", "Straße & Söhne", "STRASSE", "İstanbul Ltd", "ıstanbul", "Zoë Lovelace",
	"O'Brien", `back\slash`, "100% _wool_", `"quoted"`, "Œuvre", "ﬁne ligature", "Ｆｕｌｌ ｗｉｄｔｈ", "Наталья Соколова", "Ёлка",
	"Ελένη Παπαδοπούλου", "ΣΊΣΥΦΟΣ", "فاطمة السيد", "مُحَمَّد", "שלום כהן", "नमस्ते दुनिया", "สมชาย ใจดี", "王小明",
	"株式会社さくら", "김민수", "ქართული", "Հայկ", "ꮳꮃꭹ", "😀 Smile", "👩‍👩‍👧 family", "é", "e\u0301",
	"A", "aa", "Ab", "a b", "a  b\tc", "ﷺ", "ﬀ",
	"", "ñandú", "Ñ", "z", "~", "!", "0815", "+49 176", "x@y",
}

func (w *writer) name() string {
	name := names[w.IntN(len(names))]
	switch w.IntN(4) {
	case 0:
		name += " " + names[w.IntN(len(names))]
	case 1:
		name += fmt.Sprint(w.IntN(50))
	}
	return name
}

// part is a part of a name.
func (w *writer) part() string {
	runes := []rune(w.name())
	if len(runes) == 0 || w.IntN(3) == 0 {
		return string(runes)
	}
	from := w.IntN(len(runes))
	return string(runes[from:min(len(runes), from+1+w.IntN(6))])
}

func (w *writer) request() (method, target, body string) {
	switch n := w.IntN(100); {
	case n < 45:
		return w.write()
	case n < 70:
		return "GET", w.list(), ""
	case n < 88:
		return "GET", w.search(), ""
	}
	customer, invoice := w.one(w.customers), w.one(w.invoices)
	return "GET", []string{
		"/api/customers/" + customer, "/api/customers/" + customer + "/overdue/invoices",
		"/api/customers/" + customer + "/balance_transactions", "/api/customers/" + customer + "/statement",
		"/api/invoices/" + invoice, "/api/payments/" + w.one(w.payments), "/api/receivables/aging",
		"/api/receivables/aging?as_of=" + time.Date(2026, 1, 1+w.IntN(90), 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
		"/api/receivables/summary", "/api/receivables/overdue", "/api/credit-notes", "/api/settings",
		"/api/receivables/aging?group_by=customer&pageSize=50&as_of=" +
			time.Date(2026, 1, 1+w.IntN(90), w.IntN(24), 0, 0, 0, time.UTC).Format(time.RFC3339),
		"/api/receivables/summary?from=2026-01-10&to=2026-02-2" + fmt.Sprint(w.IntN(9)),
		"/api/refunds", "/api/payments?unapplied=true", "/api/payments/search?query=r" + fmt.Sprint(w.IntN(9)),
		"/api/customers/" + customer + "/statement?from=2026-01-20&to=2026-03-01",
	}[w.IntN(18)], ""
}

func (w *writer) write() (method, target, body string) {
	customer, invoice, payment := w.one(w.customers), w.one(w.invoices), w.one(w.payments)
	currency := []string{"curr_test_usd", "curr_test_eur", "curr_test_jpy", "curr_test_eth"}[w.IntN(4)]
	amount := fmt.Sprint(1 + w.IntN(500))
	if w.IntN(10) == 0 {
		amount = strings.Repeat("9", 1+w.IntN(70))
	}
	ref := "/api/customers/" + customer
	switch w.IntN(20) {
	case 0, 1, 2, 3, 4:
		return "POST", "/api/customers", w.customer(true)
	case 5, 6, 7:
		return "PUT", ref, w.customer(false)
	case 8:
		return "DELETE", ref, ""
	case 9:
		return "POST", ref + "/restore", ""
	case 10:
		return "PUT", "/api/customers/external/e" + fmt.Sprint(w.IntN(40)), fmt.Sprintf(`{"name":%q}`, "ext")
	case 11, 12, 13:
		return "POST", "/api/invoices", fmt.Sprintf(`{"customer_id":%q,"currency_id":%q,"finalize":%t,"metadata":{"k":"%d"},
			"due_date":%d,"description":"%d","lines":[{"description":"x","quantity":%d,"unit_amount":%q}]}`,
			customer, currency, w.IntN(4) > 0, w.IntN(5), 1767323045+w.IntN(90)*86400, w.IntN(99), 1+w.IntN(3), amount)
	case 14:
		return "POST", "/api/payments", fmt.Sprintf(`{"customer_id":%q,"currency_id":%q,"amount":%q,"reference":"r%d"}`,
			customer, currency, amount, w.IntN(9))
	case 15:
		return "POST", ref + "/balance_transactions", strings.NewReplacer("CURRENCY", currency, "AMOUNT", amount,
			"INVOICE", invoice).Replace([]string{
			`{"currency_id":"CURRENCY","amount":"AMOUNT"}`, `{"currency_id":"CURRENCY","amount":"-AMOUNT","reason":"refund"}`,
			`{"currency_id":"CURRENCY","amount":"-AMOUNT","reason":"applied_to_invoice","invoice_id":"INVOICE"}`,
			`{"currency_id":"CURRENCY","amount":"AMOUNT","reason":"unapplied_from_invoice","invoice_id":"INVOICE"}`,
		}[w.IntN(4)])
	case 16:
		return "POST", "/api/payments/" + payment + []string{
			"/allocate", "/reverse", "/unallocate", "/credit", "/refund",
		}[w.IntN(5)], `{}`
	case 17:
		return "POST", "/api/invoices/" + invoice + "/credit_notes",
			[]string{`{"amount":"` + amount + `"}`, `{"refund":true}`, `{}`}[w.IntN(3)]
	case 18:
		return "DELETE", "/api/invoices/" + invoice, ""
	default:
		return "POST", "/api/invoices/" + invoice + []string{
			"/finalize", "/pay", "/void", "/mark_uncollectible",
		}[w.IntN(4)], ""
	}
}

// customer is the body of one that is made or changed.
func (w *writer) customer(made bool) string {
	fields := []string{fmt.Sprintf(`"name":%s`, quote(w.name()))}
	if w.IntN(2) == 0 {
		host := []string{"gmail", "Mail", "x"}[w.IntN(3)]
		fields = append(fields, fmt.Sprintf(`"email":"user%d@%s.example"`, w.IntN(60), host))
	}
	if w.IntN(3) == 0 {
		fields = append(fields, fmt.Sprintf(`"phone":"+4917671%06d"`, w.IntN(1000)))
	}
	if w.IntN(2) == 0 {
		fields = append(fields, fmt.Sprintf(`"metadata":{%s:%s,"n":%d}`, quote([]string{"plan", "Größe", "k.k"}[w.IntN(3)]),
			quote(w.name()), w.IntN(4)))
	}
	if w.IntN(4) == 0 {
		fields = append(fields, fmt.Sprintf(`"external_id":"e%d"`, w.IntN(40)))
	}
	if made && w.IntN(4) == 0 {
		at := time.Date(2025, 1, 1, 0, 0, w.IntN(300*86400), 0, time.UTC)
		fields = append(fields, fmt.Sprintf(`"created_at":%q`, at.Format("2006-01-02T15:04:05.000Z")))
	}
	if made && w.IntN(3) == 0 {
		fields = append(fields, fmt.Sprintf(`"did":"0x%040x"`, w.IntN(200)))
	}
	return "{" + strings.Join(fields, ",") + "}"
}

// quote writes a text as JSON.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`).Replace(s) + `"`
}

func (w *writer) list() string {
	q := url.Values{}
	path := []string{"customers", "customers", "customers", "invoices", "payments"}[w.IntN(5)]
	orders := map[string][]string{
		"customers": {"name:ASC", "name:DESC", "email:ASC,name:DESC", "updated_at:DESC", "created_at:ASC", "id:ASC"},
		"invoices":  {"due_date:ASC", "updated_at:DESC", "created_at:ASC"},
		"payments":  {"created_at:ASC", "created_at:DESC"},
	}[path]
	if w.IntN(2) == 0 {
		q.Set("order", orders[w.IntN(len(orders))])
	}
	switch {
	case w.IntN(4) > 0 || path != "customers":
		q.Set("page", fmt.Sprint(1+w.IntN(60)))
		q.Set("pageSize", fmt.Sprint(1+w.IntN(12)))
	default:
		q.Set("limit", "5")
		q.Set([]string{"starting_after", "ending_before"}[w.IntN(2)], w.one(w.customers))
	}
	filters := map[string][]string{
		"customers": {
			"delinquent=true", "delinquent=false", "deleted=true", "email=USER7@gmail.example", "metadata.n=2",
			"metadata.plan=A", "external_id=e7", "created_at[gte]=2025-06-01", "created_at[lt]=2025-03-01",
		},
		"invoices": {"status=open", "status=paid,void", "metadata.k=3", "ignore_zero=true", "due_date[gte]=2026-02-01"},
		"payments": {"status=succeeded", "status=canceled", "customer_id=" + w.one(w.customers)},
	}[path]
	for range w.IntN(3) {
		name, value, _ := strings.Cut(filters[w.IntN(len(filters))], "=")
		q.Set(name, value)
	}
	return "/api/" + path + "?" + q.Encode()
}

func (w *writer) search() string {
	if w.IntN(6) == 0 {
		return "/api/invoices/search?pageSize=5&query=" + url.QueryEscape(w.part())
	}
	query := w.part()
	switch w.IntN(8) {
	case 0:
		query += " " + w.part()
	case 1:
		query = "email:gma " + query
	case 2:
		query = "name:" + query
	case 3:
		query = "metadata.plan:" + query
	case 4:
		query = `"` + query + `"`
	case 5:
		query = fmt.Sprintf("0176 71%03d", w.IntN(1000))
	case 6:
		query = fmt.Sprintf("user%d", w.IntN(60))
	}
	return fmt.Sprintf("/api/customers/search?page=%d&pageSize=%d&query=%s", 1+w.IntN(3), 1+w.IntN(20),
		url.QueryEscape(query))
}
