package sqlite_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha3"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
	"clientele.dev/internal/wire"
)

// storm is a server and many connections to it.
type storm struct {
	*apptest.Server
	http *http.Client
}

const crowd = 100

func newStorm(t *testing.T) *storm {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: crowd}
	t.Cleanup(transport.CloseIdleConnections)
	return &storm{apptest.New(t), &http.Client{Transport: transport}}
}

// reply is a whole answer.
type reply struct {
	status int
	header http.Header
	body   string
}

// send sends a request with a JSON body. It may be called from any goroutine.
func (s *storm) send(t *testing.T, method, path, body string, header map[string]string) reply {
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return reply{}
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	if header["x-component-sig"] == "" {
		r.Header.Set("Authorization", "Bearer "+s.TestKey)
	}
	resp, err := s.http.Do(r)
	if err != nil {
		t.Error(err)
		return reply{}
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		t.Error(err)
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// count is how many customers a list's filter matches.
func (s *storm) count(t *testing.T, p clientele.CustomerListParams) int64 {
	t.Helper()
	page, err := s.Test().Customers.List(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return page.Count
}

// atOnce calls fn many times at once, each with its number.
func atOnce[T any](n int, fn func(i int) T) []T {
	results := make([]T, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			results[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return results
}

// object reads an answer's customer or invoice.
func object[T any](t *testing.T, r reply) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%s: %v", r.body, err)
	}
	return v
}

func newDID(t *testing.T) string {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return auth.DID(public)
}

// A hundred who retrieve a DID that nobody has, with create, get one customer and equal answers.
func TestStormOfRetrieveWithCreate(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	n := rounds(t, 20)
	for range n {
		did := newDID(t)
		replies := atOnce(crowd, func(i int) reply {
			path := "/api/customers/" + []string{"", "did:abt:"}[i%2] + did
			return s.send(t, "GET", path, `{"create":true}`, nil)
		})
		for _, r := range replies {
			if r.status != http.StatusOK || r.body != replies[0].body || r.header.Get("ETag") != `"1"` {
				t.Fatalf("%d %s %s\nwant\n200 %s", r.status, r.header, r.body, replies[0].body)
			}
		}
		if c := object[clientele.CustomerExpanded](t, replies[0]); c.DID != did || c.ID == "" {
			t.Fatalf("%s is not the customer of %s", replies[0].body, did)
		}
		if got := s.count(t, clientele.CustomerListParams{DID: did}); got != 1 {
			t.Fatalf("%d customers have %s", got, did)
		}
	}
	if got := s.count(t, clientele.CustomerListParams{}); got != int64(n) {
		t.Errorf("%d customers after %d rounds", got, n)
	}
}

// Two updates of different fields at once both survive.
func TestStormOfUpdates(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	first := s.send(t, "POST", "/api/customers", `{"name":"Ada","metadata":{"kept":true}}`, nil)
	path := "/api/customers/" + object[clientele.Customer](t, first).ID
	for round := range rounds(t, 200) {
		name := fmt.Sprintf("Ada %d", round)
		email := fmt.Sprintf("ada%d@example.com", round)
		bodies := []string{
			`{"name":"` + name + `"}`, `{"email":"` + email + `"}`,
			fmt.Sprintf(`{"metadata":{"a":%d}}`, round), fmt.Sprintf(`{"metadata":{"b":%d}}`, round),
		}
		for _, r := range atOnce(len(bodies), func(i int) reply { return s.send(t, "PUT", path, bodies[i], nil) }) {
			if r.status != http.StatusOK {
				t.Fatalf("%d %s", r.status, r.body)
			}
		}
		got := s.send(t, "GET", path, "", nil)
		c := object[clientele.CustomerExpanded](t, got)
		number := fmt.Sprint(round)
		if c.Name != name || c.Email != email || string(c.Metadata["a"]) != number || string(c.Metadata["b"]) != number ||
			string(c.Metadata["kept"]) != "true" {
			t.Fatalf("round %d lost a change: %s", round, got.body)
		}
		if want := fmt.Sprintf(`"%d"`, 1+4*(round+1)); got.header.Get("ETag") != want {
			t.Fatalf("round %d: ETag %s, want %s", round, got.header.Get("ETag"), want)
		}
	}
}

// Of a hundred updates that name the version they saw, one wins.
func TestStormOfIfMatch(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	first := s.send(t, "POST", "/api/customers", `{"name":"Ada"}`, nil)
	path := "/api/customers/" + object[clientele.Customer](t, first).ID
	tag := first.header.Get("ETag")
	for range rounds(t, 10) {
		won := map[int]int{}
		var next string
		for _, r := range atOnce(crowd, func(i int) reply {
			return s.send(t, "PUT", path, fmt.Sprintf(`{"metadata":{"winner":"%d of %s"}}`, i, strings.Trim(tag, `"`)),
				map[string]string{"If-Match": tag})
		}) {
			won[r.status]++
			if r.status == http.StatusOK {
				next = r.header.Get("ETag")
			}
		}
		if won[http.StatusOK] != 1 || won[http.StatusPreconditionFailed] != crowd-1 {
			t.Fatalf("statuses %v", won)
		}
		tag = next
	}
}

// A hundred who send one POST with one Idempotency-Key make one customer.
func TestStormOfOneIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	for round := range rounds(t, 20) {
		email := fmt.Sprintf("ada%d@example.com", round)
		send := func(int) reply {
			return s.send(t, "POST", "/api/customers", `{"name":"Ada","email":"`+email+`"}`,
				map[string]string{"Idempotency-Key": email})
		}
		replies := atOnce(crowd, send)
		settled := send(0)
		if settled.status != http.StatusCreated || settled.header.Get("Idempotent-Replayed") != "true" {
			t.Fatalf("sent again: %d %s", settled.status, settled.body)
		}
		originals := 0
		for _, r := range replies {
			switch {
			case r.status == http.StatusConflict && r.header.Get("Retry-After") != "":
			case r.status != http.StatusCreated || r.body != settled.body || r.header.Get("ETag") != `"1"`:
				t.Fatalf("%d %s\nwant\n201 %s", r.status, r.body, settled.body)
			case r.header.Get("Idempotent-Replayed") != "true":
				originals++
			}
		}
		if got := s.count(t, clientele.CustomerListParams{Email: email}); got != 1 || originals != 1 {
			t.Fatalf("%d customers, %d answers that are no replay", got, originals)
		}
	}
}

// A hundred who put one external id make one customer, which has what each of them said.
func TestStormOfOneExternalID(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	for round := range rounds(t, 10) {
		external := fmt.Sprintf("shop-%d", round)
		path := "/api/customers/external/" + external
		statuses, ids := map[int]int{}, map[string]bool{}
		for _, r := range atOnce(crowd, func(i int) reply {
			return s.send(t, "PUT", path, fmt.Sprintf(`{"metadata":{"k%d":%d}}`, i%50, i%50), nil)
		}) {
			statuses[r.status]++
			ids[object[clientele.Customer](t, r).ID] = true
		}
		if statuses[http.StatusCreated] != 1 || statuses[http.StatusOK] != crowd-1 || len(ids) != 1 {
			t.Fatalf("statuses %v, customers %v", statuses, ids)
		}
		page, err := s.Test().Customers.List(t.Context(), clientele.CustomerListParams{ExternalID: external})
		if err != nil || page.Count != 1 || len(page.List[0].Metadata) != 50 {
			t.Fatalf("%+v, %v", page, err)
		}
	}
}

// Drafts of one customer finalized from many connections, each draft twice, have the numbers 1 to 50, none twice.
func TestStormOfFinalize(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	const drafts, connections = 50, 16
	for range rounds(t, 3) {
		customer := object[clientele.Customer](t, s.send(t, "POST", "/api/customers", `{"name":"Ada"}`, nil))
		ids := make(chan string, 2*drafts)
		for range drafts {
			draft := s.send(t, "POST", "/api/invoices", `{"customer_id":"`+customer.ID+
				`","currency_id":"curr_test_usd","lines":[{"description":"Punched cards","unit_amount":"1842"}]}`, nil)
			id := object[clientele.Invoice](t, draft).ID
			ids <- id
			ids <- id
		}
		close(ids)
		var mu sync.Mutex
		numbers, statuses := map[string]bool{}, map[int]int{}
		atOnce(connections, func(int) error {
			for id := range ids {
				r := s.send(t, "POST", "/api/invoices/"+id+"/finalize", "", nil)
				var invoice clientele.Invoice
				err := json.Unmarshal([]byte(r.body), &invoice)
				mu.Lock()
				statuses[r.status]++
				if r.status == http.StatusOK {
					numbers[invoice.Number] = true
				}
				mu.Unlock()
				if err != nil {
					t.Error(err)
				}
			}
			return nil
		})
		if statuses[http.StatusOK] != drafts || statuses[http.StatusConflict] != drafts {
			t.Fatalf("statuses %v", statuses)
		}
		for i := range drafts {
			if number := fmt.Sprintf("%s-%04d", customer.InvoicePrefix, i+1); !numbers[number] {
				t.Errorf("no invoice %s among %v", number, numbers)
			}
		}
	}
}

// A signed change that somebody repeats word for word has one effect, and every sending the same answer.
func TestStormOfOneSignature(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	public, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := auth.NewApps(s.DB, s.Now).Trust(context.Background(), store.By{}, "storm", public); err != nil {
		t.Fatal(err)
	}
	for round := range rounds(t, 10) {
		body := fmt.Sprintf(`{"name":"Ada %d"}`, round)
		created := s.signedStorm(t, secret, "POST", "/api/customers", body, http.StatusCreated)
		path := "/api/customers/" + object[clientele.Customer](t, created).ID
		updated := s.signedStorm(t, secret, "PUT", path, `{"phone":"+442079460958"}`, http.StatusOK)
		if got := updated.header.Get("ETag"); got != `"2"` {
			t.Fatalf("a hundred sendings of one change led to version %s", got)
		}
		if got := s.count(t, clientele.CustomerListParams{}); got != int64(round+1) {
			t.Fatalf("%d customers after %d rounds", got, round+1)
		}
	}
}

// signedStorm sends one signed request a hundred times at once, and wants one answer that is no replay, the others
// equal to it.
func (s *storm) signedStorm(t *testing.T, secret ed25519.PrivateKey, method, path, body string, status int) reply {
	t.Helper()
	header := sign(t, secret, s.Now(), method, path, body)
	replies := atOnce(crowd, func(int) reply { return s.send(t, method, path+"?livemode=false", body, header) })
	originals := 0
	for _, r := range replies {
		if r.status != status || r.body != replies[0].body || r.header.Get("ETag") != replies[0].header.Get("ETag") {
			t.Fatalf("%d %s\nwant\n%d %s", r.status, r.body, status, replies[0].body)
		}
		if r.header.Get("Idempotent-Replayed") != "true" {
			originals++
		}
	}
	if originals != 1 {
		t.Fatalf("%d answers that are no replay", originals)
	}
	return replies[0]
}

// sign makes the headers of a test-mode request as the published client signs it.
func sign(t *testing.T, secret ed25519.PrivateKey, now time.Time, method, path, body string) map[string]string {
	t.Helper()
	iat, exp := strconv.FormatInt(now.Unix(), 10), strconv.FormatInt(now.Unix()+300, 10)
	payload, err := wire.Canonical([]byte(`{"url":"` + path + `","query":{"livemode":"false"},"method":"` +
		strings.ToLower(method) + `","iat":` + iat + `,"exp":` + exp + `,"body":` + body + `}`))
	if err != nil {
		t.Fatal(err)
	}
	digest := sha3.Sum256(payload)
	return map[string]string{
		"x-component-sig":         "0x" + hex.EncodeToString(ed25519.Sign(secret, digest[:])),
		"x-component-sig-iat":     iat,
		"x-component-sig-exp":     exp,
		"x-component-sig-version": "1",
	}
}
