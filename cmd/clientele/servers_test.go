package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/pgtest"
)

// TestManyServersOnOneDatabase runs three servers on one PostgreSQL under load and kills one every now and then.
// Whoever gets no answer sends the same request to another. In the end everything has happened once, and
// who followed the events has seen each once. CLIENTELE_STORM=20000 makes it do so much work.
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
	const workers = 32
	work := numberFrom(t, "CLIENTELE_STORM", 192)
	f := newFleet(t, url, 3)
	var shared [3]string
	for i := range shared {
		shared[i] = f.created(t, fmt.Sprintf(`{"name":"shared","invoice_prefix":"SHARED%d"}`, i), fmt.Sprint("shared", i))
	}
	first := f.send(t, "GET", "/api/events?limit=1", "", "").firstEvent(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	waits := follow(ctx, f, "who waits", first, (*follower).waiting)
	streams := follow(ctx, f, "who streams", first, (*follower).streaming)
	kills := f.killEvery(t, min(work/5, 300), workers, func(t testing.TB, n int, done func()) {
		for i := range work / workers {
			f.work(t, shared[:], n, i)
			done()
		}
	})
	f.check(t, shared[:])
	f.wantAllSeen(t, cancel, waits, streams)
	t.Logf("%d servers killed; %d customers, %d of a shared DID, %d invoices, %d credits; %d requests sent again", kills,
		f.customers.Load(), f.ofDID.Load(), f.invoices.Load(), f.credits.Load(), f.again.Load())
}

// numberFrom reads a number from the environment, for tests that can do more than they usually do.
func numberFrom(t *testing.T, variable string, usual int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < usual {
		t.Fatalf("%s=%s: it must be a number from %d on", variable, text, usual)
	}
	return n
}

// inGoroutine is a test in a goroutine that is not its own. The first failure is told, and ends them all: what comes of
// it would only hide it.
type inGoroutine struct {
	testing.TB
	once *sync.Once
}

// FailNow ends the goroutine.
func (t inGoroutine) FailNow() {
	t.Fail()
	runtime.Goexit()
}

// Fatalf tells the first failure and ends the goroutine.
func (t inGoroutine) Fatalf(format string, args ...any) {
	t.Helper()
	t.Errorf(format, args...)
	runtime.Goexit()
}

// Errorf tells the first failure.
func (t inGoroutine) Errorf(format string, args ...any) {
	t.Helper()
	t.once.Do(func() { t.Logf(format, args...) })
	t.Fail()
}

// killEvery runs so many workers, each with its number, and kills a server whenever so much work was done. It returns
// how many it killed when all have ended well.
func (f *fleet) killEvery(t *testing.T, work, workers int, fn func(t testing.TB, n int, done func())) (kills int) {
	t.Helper()
	var worked atomic.Int64
	var running sync.WaitGroup
	var once sync.Once
	kill := make(chan struct{}, 1)
	for n := range workers {
		running.Go(func() {
			fn(inGoroutine{t, &once}, n, func() {
				if worked.Add(1)%int64(work) == 0 {
					select {
					case kill <- struct{}{}:
					default: // one is being replaced as it is
					}
				}
			})
		})
	}
	ended := make(chan struct{})
	go func() { running.Wait(); close(ended) }()
	for {
		select {
		case <-kill:
			f.replace(t, kills%len(f.urls))
			kills++
			continue
		case <-ended:
		}
		if t.Failed() {
			t.FailNow()
		}
		if kills == 0 {
			t.Fatal("no server was killed")
		}
		return kills
	}
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
func (f *fleet) send(t testing.TB, method, path, body, repeat string) reply {
	t.Helper()
	return f.sendUntil(t, method, path, body, repeat, func(status int) bool { return status < 300 })
}

// answerDeadline catches servers that hang: nobody waits so long for one that starts.
const answerDeadline = 5 * time.Minute

// sendUntil is send for other answers that are good.
func (f *fleet) sendUntil(
	t testing.TB, method, path, body, repeat string, good func(status int) bool,
) reply {
	t.Helper()
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		asked := rand.IntN(len(f.urls))
		url := *f.urls[asked].Load()
		r, err := http.NewRequest(method, url+path, strings.NewReader(body))
		if err != nil {
			t.Fatalf("%v", err)
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
		case t.Failed():
			t.FailNow()
		case err == nil && got.status != 503, time.Since(began) > answerDeadline:
			t.Fatalf("%s %s: %d %s, %v\n%s", method, path, got.status, got.body, err, f.servers[asked].logged())
		}
		f.again.Add(1)
	}
}

func (f *fleet) created(t testing.TB, body, repeat string) string {
	t.Helper()
	id := f.send(t, "POST", "/api/customers", body, repeat).field(t, "id")
	f.customers.Add(1)
	return id
}

// work does a few things whose outcome can be told afterwards.
func (f *fleet) work(t testing.TB, shared []string, n, i int) {
	name := fmt.Sprintf("w%d-%d", n, i)
	id := f.created(t, fmt.Sprintf(`{"name":%q,"external_id":%q}`, "Worker "+name, name), name)
	// What one server acknowledged, all others answer at once.
	if got := f.send(t, "GET", "/api/customers/"+id, "", ""); !strings.Contains(string(got.body), name) {
		t.Fatalf("retrieved %s", got.body)
	}
	for _, path := range []string{"?external_id=" + name, "/search?query=%22worker+" + name + "%22+external_id:" + name} {
		got := f.send(t, "GET", "/api/customers"+path, "", "")
		if !strings.Contains(string(got.body), id) {
			t.Fatalf("%s answers %s", path, got.body)
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
