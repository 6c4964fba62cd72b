package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/pgtest"
)

// TestManyServersOnOneDatabase runs three servers on one PostgreSQL under load and kills one every moment. Whoever gets
// no answer sends the same request to another. In the end everything has happened once: CLIENTELE_STORM=5m makes it
// last longer than the usual seconds.
func TestManyServersOnOneDatabase(t *testing.T) {
	t.Parallel()
	storm(t, pgtest.URL(t, nil))
}

// TestManyServersOnACluster is the same on several machines.
func TestManyServersOnACluster(t *testing.T) {
	t.Parallel()
	url := cluster(t)
	output(t, url, "migrate")
	output(t, url, "migrate", "--distribute")
	storm(t, url)
}

func storm(t *testing.T, url string) {
	t.Helper()
	lasting, interval := 8*time.Second, 1500*time.Millisecond
	if text := os.Getenv("CLIENTELE_STORM"); text != "" {
		var err error
		if lasting, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
		interval = 10 * time.Second
	}
	f := newFleet(t, url, 3)
	var shared [3]string
	for i := range shared {
		shared[i] = f.created(t, fmt.Sprintf(`{"name":"shared","invoice_prefix":"SHARED%d"}`, i), fmt.Sprint("shared", i))
	}
	var workers sync.WaitGroup
	deadline := time.Now().Add(lasting)
	for n := range 12 {
		workers.Go(func() {
			for i := 0; time.Now().Before(deadline); i++ {
				f.work(t, shared[:], n, i)
			}
		})
	}
	kills := 0
	for time.Until(deadline) > interval {
		time.Sleep(interval)
		f.replace(t, kills%len(f.urls))
		kills++
	}
	workers.Wait()
	f.check(t, shared[:])
	t.Logf("%d servers killed; %d customers, %d of a shared DID, %d invoices, %d credits; %d requests sent again", kills,
		f.customers.Load(), f.ofDID.Load(), f.invoices.Load(), f.credits.Load(), f.again.Load())
}

// fleet are servers on one database, and what they acknowledged.
type fleet struct {
	db      string
	key     string
	urls    []atomic.Pointer[string]
	servers []*server

	customers, ofDID, invoices, credits, again atomic.Int64
}

func newFleet(t *testing.T, db string, n int) *fleet {
	t.Helper()
	f := &fleet{db: db, urls: make([]atomic.Pointer[string], n), servers: make([]*server, n)}
	for i := range n {
		f.start(t, i)
	}
	f.key = strings.TrimSpace(output(t, f.db, "keys", "create", "--mode", "test", "--name", "fleet"))
	return f
}

func (f *fleet) start(t *testing.T, i int) {
	t.Helper()
	f.servers[i] = serve(t, f.db, "--log-level", "error")
	f.urls[i].Store(&f.servers[i].url)
}

// replace kills a server as a power cut does, and starts another.
func (f *fleet) replace(t *testing.T, i int) {
	t.Helper()
	if err := f.servers[i].process.Process.Kill(); err != nil {
		t.Error(err)
	}
	f.servers[i].process.Wait() //nolint:errcheck // it was killed
	f.start(t, i)
}

// send sends a request to any of the servers, and again to any until one answers.
func (f *fleet) send(t *testing.T, method, path, body, repeat string) reply {
	t.Helper()
	return f.sendUntil(t, method, path, body, repeat, func(status int) bool { return status < 300 })
}

// sendUntil is send for other answers that are good.
func (f *fleet) sendUntil(t *testing.T, method, path, body, repeat string, good func(status int) bool) reply {
	t.Helper()
	for attempt := 0; ; attempt++ {
		asked := rand.IntN(len(f.urls))
		url := *f.urls[asked].Load()
		r, err := http.NewRequest(method, url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+f.key)
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		if repeat != "" {
			r.Header.Set("Idempotency-Key", repeat)
		}
		got, err := do(r)
		switch {
		case err == nil && good(got.status):
			return got
		case err == nil && got.status != 503, attempt == 500:
			t.Errorf("%s %s: %d %s, %v\n%s", method, path, got.status, got.body, err, f.servers[asked].logged())
			return got
		}
		f.again.Add(1)
		time.Sleep(10 * time.Millisecond)
	}
}

func (f *fleet) created(t *testing.T, body, repeat string) string {
	t.Helper()
	id := f.send(t, "POST", "/api/customers", body, repeat).field(t, "id")
	f.customers.Add(1)
	return id
}

// work does a few things whose outcome can be told afterwards.
func (f *fleet) work(t *testing.T, shared []string, n, i int) {
	name := fmt.Sprintf("w%d-%d", n, i)
	id := f.created(t, fmt.Sprintf(`{"name":%q,"external_id":%q}`, "Worker "+name, name), name)
	// What one server acknowledged, all others answer at once.
	if got := f.send(t, "GET", "/api/customers/"+id, "", ""); !strings.Contains(string(got.body), name) {
		t.Errorf("retrieved %s", got.body)
	}
	for _, path := range []string{"?external_id=" + name, "/search?query=%22worker+" + name + "%22+external_id:" + name} {
		got := f.send(t, "GET", "/api/customers"+path, "", "")
		if !strings.Contains(string(got.body), id) {
			t.Errorf("%s answers %s", path, got.body)
		}
	}
	customer := shared[rand.IntN(len(shared))]
	f.send(t, "POST", "/api/invoices", fmt.Sprintf(`{"customer_id":%q,"currency_id":"curr_test_usd","finalize":true,
		"lines":[{"description":"work","quantity":1,"unit_amount":"100"}]}`, customer), "invoice "+name)
	f.invoices.Add(1)
	f.send(t, "POST", "/api/customers/"+customer+"/balance_transactions", `{"currency_id":"curr_test_eur","amount":"1"}`,
		"credit "+name)
	f.credits.Add(1)
	did := fmt.Sprintf("0x%040x", i) // many workers ask for it at about the same time
	f.send(t, "GET", "/api/customers/"+did, `{"create":true}`, "").field(t, "id")
	for most := f.ofDID.Load(); most < int64(i)+1 && !f.ofDID.CompareAndSwap(most, int64(i)+1); most = f.ofDID.Load() {
	}
}

// check holds what there is against what was acknowledged.
func (f *fleet) check(t *testing.T, shared []string) {
	t.Helper()
	count := func(path string) (n int64) {
		var page struct{ Count int64 }
		if err := json.Unmarshal(f.send(t, "GET", path, "", "").body, &page); err != nil {
			t.Error(err)
		}
		return page.Count
	}
	if got, want := count("/api/customers?pageSize=1"), f.customers.Load()+f.ofDID.Load(); got != want {
		t.Errorf("there are %d customers, want %d", got, want)
	}
	if got := count("/api/invoices?pageSize=1"); got != f.invoices.Load() {
		t.Errorf("there are %d invoices, want %d", got, f.invoices.Load())
	}
	credits := clientele.Zero("curr_test_eur")
	var numbers []string
	for i, id := range shared {
		var c clientele.Customer
		if err := json.Unmarshal(f.send(t, "GET", "/api/customers/"+id, "", "").body, &c); err != nil {
			t.Error(err)
		}
		credits, _ = credits.Add(c.TokenBalance["curr_test_eur"])
		var mine []string
		for page := 1; ; page++ {
			var list struct{ List []clientele.Invoice }
			path := fmt.Sprintf("/api/invoices?customer_id=%s&pageSize=100&page=%d", id, page)
			if err := json.Unmarshal(f.send(t, "GET", path, "", "").body, &list); err != nil {
				t.Error(err)
			}
			for _, invoice := range list.List {
				mine = append(mine, invoice.Number)
			}
			if len(list.List) < 100 {
				break
			}
		}
		slices.Sort(mine)
		for n := range mine {
			if want := fmt.Sprintf("SHARED%d-%04d", i, n+1); !slices.Contains(mine, want) {
				t.Errorf("there is no %s among %d numbers", want, len(mine))
			}
		}
		numbers = append(numbers, mine...)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(numbers)))) != int(f.invoices.Load()) {
		t.Errorf("there are %d numbers for %d invoices", len(numbers), f.invoices.Load())
	}
	if credits.String() != fmt.Sprint(f.credits.Load()) {
		t.Errorf("there is credit of %s, want %d", credits, f.credits.Load())
	}
	if out := output(t, f.db, "verify"); !strings.Contains(out, "are right") {
		t.Error(out)
	}
}
