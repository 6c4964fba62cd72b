package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/postgres"
	embedded "clientele.dev/internal/store/sqlite"
)

// receivables measures what is owed: over many invoices of a hundredth as many customers, issued and mostly paid day by
// day over three years; a third of the payments is recorded some days after it came.
type receivables struct {
	*bench
	large string // a customer with 10,000 uncollectible invoices in five currencies
	busy  string // a customer with some 50,000 movements
	rows  func(query string) (time.Duration, error)
	owed  string // a GROUP BY over the rows of the invoices that have something left to pay
	all   string // the documents of the large customer's invoices
}

// Shape of the books.
const (
	billedDays    = 1000
	largeInvoices = 10_000
)

var billedCurrencies = []string{"curr_test_usd", "curr_test_eur", "curr_test_gbp", "curr_test_jpy", "curr_test_abt"}

func runReceivables(ctx context.Context, folder string, invoices int, plain *bench, onPostgres bool) (err error) {
	b := &receivables{bench: plain}
	open := b.openSQLite
	if onPostgres {
		open = b.openPostgres
	}
	db, url, done, err := open(ctx, folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	list := filepath.Join(folder, "ids.txt")
	if _, err := os.Stat(list); err != nil {
		began := time.Now()
		ids, err := bill(ctx, db, invoices)
		if err != nil {
			return err
		}
		if err := os.WriteFile(list, []byte(strings.Join(ids, "\n")), 0o644); err != nil {
			return err
		}
		slog.Info("billed", "invoices", invoices, "took", time.Since(began).Round(time.Second))
	}
	text, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	b.ids = strings.Fields(string(text))
	b.large, b.busy = b.ids[0], b.ids[1]
	if err := db.Close(); err != nil {
		return err
	}
	if b.real, err = startClientele(ctx, folder, url); err != nil {
		return err
	}
	defer b.real.stop()
	fmt.Printf("%d invoices of %d customers; %s\n\n", invoices, len(b.ids), machine())
	fmt.Println("| what | Clientele | against | ratio | target |\n| --- | --- | --- | --- | --- |")
	return b.measure()
}

func (b *receivables) measure() error {
	const today = "/api/receivables/aging"
	day := func() string {
		return today + "?as_of=" + time.Now().AddDate(0, 0, -1-rand.IntN(billedDays)).UTC().Format(time.DateOnly)
	}
	anyDay := func() string {
		return time.Now().AddDate(0, 0, -1-rand.IntN(billedDays)).UTC().Format(time.DateOnly)
	}
	anyMoment := func() string {
		at := time.Now().Add(-time.Duration(rand.Int64N(int64(billedDays * 24 * time.Hour))))
		return at.UTC().Format("2006-01-02T15:04:05Z")
	}
	moment := func() string {
		at := anyMoment()
		return today + "?as_of=" + at + "&known_at=" + at
	}
	year := func() string {
		last := time.Now().AddDate(0, 0, -rand.IntN(600)).UTC()
		return "/api/customers/" + b.busy + "/statement?from=" + last.AddDate(-1, 0, 0).Format(time.DateOnly) +
			"&to=" + last.Format(time.DateOnly)
	}
	const summary = "/api/receivables/summary"
	constant := func(target string) func() string { return func() string { return target } }
	groupBy := func() (float64, error) {
		took, err := b.rows(b.owed)
		return took.Seconds(), err
	}
	for _, m := range []struct {
		what   string
		target func() string
		goal   string
	}{
		{"aging, today", constant(today), "≥ 20"},
		{"aging, a past day", day, "≤ 30 ms"},
		{"aging, a moment of a past day as known then", moment, "≤ 1 s"},
		{"aging, any day as known at any moment", func() string {
			return today + "?as_of=" + anyDay() + "&known_at=" + anyMoment()
		}, "≤ 1 s"},
		{"summary", constant(summary), "≥ 20"},
		{"summary, a past day", func() string { return summary + "?as_of=" + anyDay() }, "≤ 30 ms"},
		{"summary, any day as known at any moment", func() string {
			return summary + "?as_of=" + anyDay() + "&known_at=" + anyMoment()
		}, "≤ 1 s"},
		{"100 lines of a year's statement among 50,000 movements", func() string { return year() + "&limit=100" },
			"≤ 30 ms"},
		{"the whole of it", year, ""},
		{"late customers, page 1", constant("/api/receivables/overdue"), ""},
		{"aging by customer, page 1", constant(today + "?group_by=customer"), ""},
	} {
		rows, is, ratio, err := b.turns(groupBy, b.latencyOf(m.target))
		if err != nil {
			return fmt.Errorf("%s: %w", m.what, err)
		}
		row(m.what, latency(is), "GROUP BY over the rows "+latency(rows), ratio, m.goal)
	}
	overdue := constant("/api/customers/" + b.large + "/overdue/invoices")
	is, rows, ratio, err := b.turns(b.latencyOf(overdue), func() (float64, error) {
		took, err := b.rows(b.all)
		return took.Seconds(), err
	})
	if err != nil {
		return err
	}
	row(fmt.Sprintf("overdue, %d invoices in %d currencies", largeInvoices, len(billedCurrencies)), latency(is),
		"reading the rows "+latency(rows), ratio, "≤ 3")
	return b.pay()
}

// latencyOf measures one client's requests, in seconds.
func (b *bench) latencyOf(target func() string) func() (float64, error) {
	return func() (float64, error) {
		r, err := load(b.real.addr, 1, b.duration, func(buf []byte, _, _ int) []byte {
			return b.real.request(buf, http.MethodGet, target(), "")
		})
		return r.median.Seconds(), err
	}
}

// pay measures payments recorded, which pay the oldest due, against updates of metadata.
func (b *receivables) pay() error {
	send := func(request func(buf []byte) []byte) func() (float64, error) {
		return func() (float64, error) {
			r, err := load(b.real.addr, connections, b.duration, func(buf []byte, _, _ int) []byte { return request(buf) })
			return r.perSecond, err
		}
	}
	payments := send(func(buf []byte) []byte {
		id := b.ids[1+rand.IntN(len(b.ids)-1)]
		return b.real.request(buf, http.MethodPost, "/api/payments", fmt.Sprintf(
			`{"customer_id":%q,"currency_id":"curr_test_usd","amount":"1"}`, id))
	})
	updates := send(func(buf []byte) []byte {
		body := fmt.Sprintf(`{"metadata":{"seen":"%d"}}`, rand.Uint32())
		return b.real.request(buf, http.MethodPut, b.someCustomer(), body)
	})
	is, least, ratio, err := b.turns(payments, updates)
	if err != nil {
		return err
	}
	row("payments recorded, 32 connections", perSecond(is), "updates of metadata "+perSecond(least), ratio, "≥ 0.5")
	dated := time.Now().AddDate(-1, 0, 0).UTC().Format(time.DateOnly)
	late := send(func(buf []byte) []byte {
		id := b.ids[2+rand.IntN(len(b.ids)-2)]
		return b.real.request(buf, http.MethodPost, "/api/payments", fmt.Sprintf(
			`{"customer_id":%q,"currency_id":"curr_test_usd","amount":"1","allocations":[],"date":%q}`, id, dated))
	})
	now := send(func(buf []byte) []byte {
		id := b.ids[2+rand.IntN(len(b.ids)-2)]
		return b.real.request(buf, http.MethodPost, "/api/payments", fmt.Sprintf(
			`{"customer_id":%q,"currency_id":"curr_test_usd","amount":"1","allocations":[]}`, id))
	})
	is, least, ratio, err = b.turns(late, now)
	if err == nil {
		row("payments of a year ago recorded", perSecond(is), "payments of today "+perSecond(least), ratio, "≥ 0.67")
	}
	return err
}

func (b *receivables) openSQLite(ctx context.Context, folder string) (store.Store, string, func() error, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, "", nil, err
	}
	file := filepath.Join(folder, "books.db")
	db, err := embedded.Open(ctx, "sqlite:"+file)
	if err != nil {
		return nil, "", nil, err
	}
	b.owed = `SELECT currency_id, due_date > 1767225600, sum(CAST(remaining AS REAL))
		FROM invoices WHERE livemode = 0 AND status IN ('open', 'uncollectible') GROUP BY 1, 2`
	b.all = "SELECT doc FROM invoices WHERE customer_id = '%s' AND status = 'uncollectible' ORDER BY seq"
	b.rows = func(query string) (time.Duration, error) {
		c, err := sqlite.OpenConn(file, sqlite.OpenReadOnly)
		if err != nil {
			return 0, err
		}
		defer c.Close() //nolint:errcheck // it only read
		return medianTime(func() error {
			return sqlitex.ExecuteTransient(c, strings.ReplaceAll(query, "%s", b.large), &sqlitex.ExecOptions{
				ResultFunc: func(s *sqlite.Stmt) error { _ = s.ColumnText(s.ColumnCount() - 1); return nil },
			})
		})
	}
	return db, "sqlite:" + file, func() error { return nil }, nil
}

func (b *receivables) openPostgres(ctx context.Context, folder string) (store.Store, string, func() error, error) {
	server, err := pgtest.StartIn(filepath.Join(folder, "postgres"), pgtest.Durable, "shared_buffers=2GB",
		"max_wal_size=8GB", "checkpoint_timeout=30min", "autovacuum_naptime=1min")
	if err != nil {
		return nil, "", nil, err
	}
	if _, err := os.Stat(filepath.Join(folder, "ids.txt")); err != nil {
		err = errors.Join(server.Run("DROP DATABASE IF EXISTS bench"), server.Run("CREATE DATABASE bench"))
		if err != nil {
			return nil, "", nil, errors.Join(err, server.Stop())
		}
	}
	url := server.URL("bench")
	db, err := postgres.Open(ctx, url)
	if err != nil {
		return nil, "", nil, errors.Join(err, server.Stop())
	}
	b.owed = `SELECT currency_id, due_date > 1767225600, sum(remaining)
		FROM invoices WHERE NOT livemode AND status IN ('open', 'uncollectible') GROUP BY 1, 2`
	b.all = "SELECT doc FROM invoices WHERE customer_id = '%s' AND status = 'uncollectible' ORDER BY seq"
	b.rows = func(query string) (time.Duration, error) {
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			return 0, err
		}
		defer c.Close(ctx) //nolint:errcheck // it only read
		return medianTime(func() error {
			rows, err := c.Query(ctx, strings.ReplaceAll(query, "%s", b.large))
			if err != nil {
				return err
			}
			for rows.Next() {
				_ = rows.RawValues()
			}
			return rows.Err()
		})
	}
	return db, url, server.Stop, nil
}

// medianTime is that of a few runs, which is to the peer's advantage: what it reads is in memory.
func medianTime(run func() error) (time.Duration, error) {
	var times []time.Duration
	for range 5 {
		began := time.Now()
		if err := run(); err != nil {
			return 0, err
		}
		times = append(times, time.Since(began))
	}
	return median(times), nil
}

// bill makes the books of a new database, day by day, and returns the customers; the first is the large one.
func bill(ctx context.Context, db store.Store, invoices int) ([]string, error) {
	var clock atomic.Int64
	start := time.Now().AddDate(0, 0, -billedDays)
	clock.Store(start.UnixMilli())
	service := billing.New(db, billing.WithClock(func() time.Time { return time.UnixMilli(clock.Load()).UTC() }))
	if err := service.Seed(ctx); err != nil {
		return nil, err
	}
	f := &biller{service: service, due: make([][]string, billedDays+120)}
	err := f.atOnce(max(3, invoices/100), func(int) error { return f.customer(ctx) })
	for day := 0; day < billedDays && err == nil; day++ {
		at := start.AddDate(0, 0, day)
		clock.Store(at.UnixMilli())
		if day%50 == 0 {
			slog.Info("billing", "day", day, "of", billedDays)
		}
		err = f.atOnce(invoices/billedDays, func(int) error { return f.issue(ctx, day, at) })
		if err == nil && day%(billedDays/100) == 0 {
			err = f.atOnce(largeInvoices/100, func(n int) error { return f.giveUp(ctx, n, at) })
		}
		if err == nil {
			err = f.atOnce(len(f.due[day]), func(n int) error {
				return f.pay(ctx, f.due[day][n], at, n)
			})
		}
		if err == nil {
			err = f.atOnce(50_000/3/billedDays, func(int) error { return f.keepBusy(ctx, at) })
		}
	}
	return f.ids, err
}

var byBench = billing.Call{Actor: "bench"}

// biller issues invoices.
type biller struct {
	service *billing.Service
	mu      sync.Mutex
	ids     []string
	due     [][]string // invoices to be paid, by day
}

// atOnce does something n times, much of it at once, so that commits are shared.
func (f *biller) atOnce(n int, do func(int) error) error {
	var group sync.WaitGroup
	var next atomic.Int64
	var failed atomic.Pointer[error]
	for range 64 {
		group.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(i); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

func (f *biller) customer(ctx context.Context) error {
	doc, err := f.service.Customers.Create(ctx, byBench, billing.Fields{"name": []byte(`"Billed"`)})
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ids = append(f.ids, doc.ID)
	return nil
}

// issue issues an invoice; most are paid after a while.
func (f *biller) issue(ctx context.Context, day int, at time.Time) error {
	of := 2 + rand.IntN(len(f.ids)-2)
	id, err := f.finalize(ctx, f.ids[of], billedCurrencies[of%len(billedCurrencies)], at.AddDate(0, 0, 14+rand.IntN(31)))
	if err != nil || rand.IntN(100) >= 85 {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	later := day + 1 + rand.IntN(60)
	f.due[later] = append(f.due[later], id)
	return nil
}

// pay records the payment of an invoice: every third some days after it came.
func (f *biller) pay(ctx context.Context, invoice string, at time.Time, n int) error {
	r := clientele.Receipt{Method: "bank_transfer"}
	if n%3 == 0 {
		r.ReceivedAt = at.AddDate(0, 0, -rand.IntN(20)).Unix()
	}
	_, err := f.service.Invoices.Pay(ctx, byBench, invoice, r)
	return err
}

// keepBusy issues an invoice of the busy customer, which is paid at once.
func (f *biller) keepBusy(ctx context.Context, at time.Time) error {
	id, err := f.finalize(ctx, f.ids[1], billedCurrencies[0], at.AddDate(0, 0, 14))
	if err == nil {
		err = f.pay(ctx, id, at, 1)
	}
	return err
}

// giveUp issues one of the large customer's invoices, and gives it up.
func (f *biller) giveUp(ctx context.Context, n int, at time.Time) error {
	id, err := f.finalize(ctx, f.ids[0], billedCurrencies[n%len(billedCurrencies)], at.AddDate(0, 0, -1))
	if err == nil {
		_, err = f.service.Invoices.MarkUncollectible(ctx, byBench, id)
	}
	return err
}

func (f *biller) finalize(ctx context.Context, customer, currency string, due time.Time) (string, error) {
	price := clientele.NewAmount(currency, 100+rand.Int64N(1_000_000))
	seconds := due.Unix()
	doc, err := f.service.Invoices.Create(ctx, byBench, clientele.InvoiceParams{
		CustomerID: customer, CurrencyID: currency, Finalize: true, InvoiceContent: clientele.InvoiceContent{
			DueDate: clientele.DueAt(seconds), Lines: []clientele.LineParams{{Description: "Service", UnitAmount: &price}},
		},
	})
	if err != nil {
		return "", err
	}
	var i clientele.Invoice
	err = json.Unmarshal(doc.JSON, &i)
	return i.ID, err
}
