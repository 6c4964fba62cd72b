package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/demo"
	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sqlite"
)

// until is the moment until which the demo of these tests has run.
var until = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// filled is a new database with the demo's business, and a service over it.
func filled(t *testing.T) (*billing.Service, store.Store) {
	t.Helper()
	content, err := filledFile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(apptest.Folder(t), "demo.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return billing.New(db), db
}

// filledFile is a database with the demo's business, made once: each test has a copy.
var filledFile = sync.OnceValues(func() (content []byte, err error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp(pgtest.Memory(), "clientele-demo")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "demo.db")
	db, err := sqlite.Open(ctx, "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	err = billing.New(db).Seed(ctx)
	if err == nil {
		err = demo.Fill(ctx, db, until)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func fill(t *testing.T, db store.Store) {
	t.Helper()
	if err := demo.Fill(t.Context(), db, until); err != nil {
		t.Fatal(err)
	}
}

// all reads every page of a list.
func all[T any](t *testing.T, list func(store.Window) ([][]byte, int64, error)) (objects []T, raw string) {
	t.Helper()
	var text strings.Builder
	for w := (store.Window{Limit: 100}); ; w.Offset += w.Limit {
		docs, count, err := list(w)
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			var object T
			if err := json.Unmarshal(doc, &object); err != nil {
				t.Fatal(err)
			}
			objects = append(objects, object)
			text.Write(doc)
		}
		if w.Offset+w.Limit >= count {
			return objects, text.String()
		}
	}
}

func allCustomers(t *testing.T, s *billing.Service, mode clientele.Mode) ([]clientele.Customer, string) {
	t.Helper()
	return all[clientele.Customer](t, func(w store.Window) ([][]byte, int64, error) {
		return s.Customers.List(t.Context(), store.Query{Mode: mode, Window: w}, false)
	})
}

func allInvoices(t *testing.T, s *billing.Service, mode clientele.Mode) ([]clientele.Invoice, string) {
	t.Helper()
	return all[clientele.Invoice](t, func(w store.Window) ([][]byte, int64, error) {
		return s.Invoices.List(t.Context(), "", store.Query{Mode: mode, Window: w}, false)
	})
}

func TestFillIsTheSameOnEveryRunAndDoneOnce(t *testing.T) {
	t.Parallel()
	first, db := filled(t)
	_, customers := allCustomers(t, first, false)
	_, invoices := allInvoices(t, first, false)
	fresh, err := sqlite.Open(t.Context(), "sqlite:"+filepath.Join(apptest.Folder(t), "demo.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = fresh.Close() })
	second := billing.New(fresh)
	if err := second.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	fill(t, fresh)
	if _, again := allCustomers(t, second, false); again != customers {
		t.Error("the customers of a second run differ")
	}
	if _, again := allInvoices(t, second, false); again != invoices {
		t.Error("the invoices of a second run differ")
	}
	fill(t, db)
	if _, still := allCustomers(t, first, false); still != customers {
		t.Error("filling again changed something")
	}
	if live, _ := allCustomers(t, first, true); len(live) > 0 {
		t.Errorf("live mode has %d customers", len(live))
	}
}

func TestFilledBusinessIsManifold(t *testing.T) {
	t.Parallel()
	service, _ := filled(t)
	t.Run("customers", func(t *testing.T) { customersAreManifold(t, service) })
	t.Run("invoices", func(t *testing.T) { invoicesAreManifold(t, service) })
}

func customersAreManifold(t *testing.T, service *billing.Service) {
	t.Helper()
	people, _ := allCustomers(t, service, false)
	got := map[string]int{"customers": len(people)}
	for _, c := range people {
		got[c.Address.Country]++
		if c.Delinquent {
			got["delinquent"]++
		}
		if utf8.RuneCountInString(c.Name) > 100 {
			got["long names"]++
		}
		if strings.ContainsFunc(c.Name, func(r rune) bool { return unicode.In(r, unicode.Arabic, unicode.Hebrew) }) {
			got["right to left"]++
		}
		if c.CreatedAt.After(until) || c.UpdatedAt.After(until) {
			t.Errorf("%s was made or changed after the anchor", c.ID)
		}
	}
	check(t, got, map[string][2]int{
		"customers": {285, 299}, "delinquent": {3, 30}, "long names": {3, 3}, "right to left": {4, 30}, "US": {40, 120},
		"JP": {3, 30}, "PL": {3, 30},
	})
}

func invoicesAreManifold(t *testing.T, service *billing.Service) {
	t.Helper()
	invoices, _ := allInvoices(t, service, false)
	currencies, err := service.PaymentCurrencies.List(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	symbols := map[string]string{}
	for _, c := range currencies {
		symbols[c.ID] = c.Symbol
	}
	got := map[string]int{"invoices": len(invoices)}
	months := map[string]bool{}
	for _, i := range invoices {
		got[string(i.Status)]++
		got[symbols[i.CurrencyID]]++
		if large, _ := clientele.ParseAmount(i.CurrencyID, "9223372036854775808"); i.Total.Sign() > 0 {
			if c, err := i.Total.Cmp(large); err == nil && c >= 0 {
				got["above 2^63"]++
			}
		}
		due := time.Unix(i.DueDate, 0).UTC()
		if due.After(until) || i.CreatedAt.After(due) {
			t.Errorf("%s of %s is due %s", i.ID, i.CreatedAt, due)
		}
		months[due.Format("2006-01")] = true
	}
	got["months"] = len(months)
	check(t, got, map[string][2]int{
		"invoices": {800, 1100}, "draft": {20, 150}, "open": {40, 300}, "paid": {400, 800}, "void": {10, 80},
		"uncollectible": {10, 100}, "months": {14, 15},
		"USD": {200, 600}, "EUR": {100, 500}, "GBP": {10, 150}, "JPY": {10, 100}, "CNY": {10, 100}, "ABT": {30, 200},
		"above 2^63": {30, 200},
	})
}

// check compares numbers with the least and most they may be.
func check(t *testing.T, got map[string]int, want map[string][2]int) {
	t.Helper()
	for what, between := range want {
		if n := got[what]; n < between[0] || n > between[1] {
			t.Errorf("%s: %d, want %d to %d", what, n, between[0], between[1])
		}
	}
}

// TestNobodyOwesForLongWithoutBeingDelinquent is about the story that the demo tells.
func TestNobodyOwesForLongWithoutBeingDelinquent(t *testing.T) {
	t.Parallel()
	service, _ := filled(t)
	invoices, _ := allInvoices(t, service, false)
	late := map[clientele.InvoiceStatus]int{}
	for _, i := range invoices {
		if i.DueDate != 0 && time.Unix(i.DueDate, 0).Before(until.AddDate(0, 0, -90)) {
			late[i.Status]++
		}
	}
	if late[clientele.InvoiceOpen] > 0 || late[clientele.InvoiceUncollectible] == 0 {
		t.Errorf("of the invoices that were due 90 days ago and more there are %v", late)
	}
}

// TestReadme holds the README to customers that the demo has: the one it retrieves, and one that owes money.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	service, _ := filled(t)
	ids := regexp.MustCompile(`\bz1[0-9A-Za-z]{30,}`).FindAllString(string(readme), -1)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) != 2 {
		t.Errorf("the README speaks of %d customers", len(ids))
	}
	owing := 0
	for _, id := range ids {
		doc, err := service.Customers.OverdueInvoices(t.Context(), false, id)
		if err != nil {
			t.Fatal(err)
		}
		var overdue clientele.OverdueInvoices
		if err := json.Unmarshal(doc.JSON, &overdue); err != nil {
			t.Fatal(err)
		}
		if len(overdue.Summary) > 1 {
			owing++
		}
	}
	if owing != 1 {
		t.Errorf("%d of the README's customers owe money in several currencies", owing)
	}
}
