package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// servers are the rules over each of two stores, as two servers on one database have them.
func servers(t *testing.T, first, second store.Store) [2]*billing.Service {
	t.Helper()
	s := [2]*billing.Service{billing.New(first), billing.New(second)}
	if err := s[0].Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// together runs fn many times at once, in turns on the servers.
func together(s [2]*billing.Service, times int, fn func(n int, s *billing.Service)) {
	var group sync.WaitGroup
	for n := range times {
		group.Go(func() { fn(n, s[n%2]) })
	}
	group.Wait()
}

func fields(t *testing.T, values map[string]any) billing.Fields {
	t.Helper()
	f := billing.Fields{}
	for name, value := range values {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		f[name] = jsontext.Value(raw)
	}
	return f
}

func create(t *testing.T, s *billing.Service, values map[string]any) (c clientele.Customer) {
	t.Helper()
	doc, err := s.Customers.Create(t.Context(), billing.Call{Actor: "test"}, fields(t, values))
	if err == nil {
		err = json.Unmarshal(doc.JSON, &c)
	}
	if err != nil {
		t.Error(err)
	}
	return c
}

const someDID = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

func namesAreClaimedOnce(t *testing.T, first, second store.Store) {
	var made, told atomic.Int64
	together(servers(t, first, second), 20, func(_ int, s *billing.Service) {
		_, err := s.Customers.Create(t.Context(), billing.Call{Actor: "test"}, fields(t, map[string]any{"did": someDID}))
		refused, is := errors.AsType[*clientele.Error](err)
		switch {
		case err == nil:
			made.Add(1)
		case is && refused.Code == clientele.ErrorCodeConflict && strings.Contains(refused.Message, "cus_"):
			told.Add(1)
		default:
			t.Error(err)
		}
	})
	if made.Load() != 1 || told.Load() != 19 {
		t.Errorf("%d got the name, and %d were told who has it", made.Load(), told.Load())
	}
}

func repeatsHaveOneEffect(t *testing.T, first, second store.Store) {
	s := servers(t, first, second)
	call := billing.Call{Actor: "test", Repeat: billing.Repeat{Key: "one", Fingerprint: [32]byte{1}}}
	answers := make([]string, 20)
	together(s, len(answers), func(n int, s *billing.Service) {
		doc, err := s.Customers.Create(t.Context(), call, fields(t, map[string]any{"name": "one"}))
		if err != nil {
			t.Error(err)
		}
		answers[n] = string(doc.JSON)
	})
	if len(slices.Compact(answers)) != 1 {
		t.Errorf("they were answered %q", answers)
	}
	everybody := store.Query{Window: store.Window{Limit: 1}}
	if _, count, err := s[0].Customers.List(t.Context(), everybody, false); count != 1 {
		t.Errorf("%d customers were made, %v", count, err)
	}
}

func oneCustomerComesOfADID(t *testing.T, first, second store.Store) {
	s := servers(t, first, second)
	ids := make([]string, 20)
	together(s, len(ids), func(n int, s *billing.Service) {
		doc, err := s.Customers.RetrieveOrCreate(t.Context(), billing.Call{Actor: "test"}, someDID)
		var c clientele.Customer
		if err == nil {
			err = json.Unmarshal(doc.JSON, &c)
		}
		if err != nil {
			t.Error(err)
		}
		ids[n] = c.ID
	})
	if len(slices.Compact(ids)) != 1 {
		t.Errorf("they got %v", ids)
	}
}

func numbersHaveNoGaps(t *testing.T, first, second store.Store) {
	s := servers(t, first, second)
	c := create(t, s[0], map[string]any{"name": "one", "invoice_prefix": "NUM"})
	const n = 20
	numbers := make([]string, n)
	together(s, n, func(i int, s *billing.Service) {
		amount := clientele.NewAmount("", 100)
		p := clientele.InvoiceParams{CustomerID: c.ID, Finalize: true}
		p.CurrencyID = "curr_test_usd"
		p.Lines = []clientele.LineParams{{Description: "work", UnitAmount: &amount}}
		doc, err := s.Invoices.Create(t.Context(), billing.Call{Actor: "test"}, p)
		var invoice clientele.Invoice
		if err == nil {
			err = json.Unmarshal(doc.JSON, &invoice)
		}
		if err != nil {
			t.Error(err)
		}
		numbers[i] = invoice.Number
	})
	slices.Sort(numbers)
	for i, number := range numbers {
		if want := fmt.Sprintf("NUM-%04d", i+1); number != want {
			t.Errorf("the numbers are %v", numbers)
			break
		}
	}
	differs := func(d billing.Difference) { t.Errorf("%s: %s", d.ID, d.Text) }
	err := s[1].Verify(t.Context(), func(int64, int64) {}, differs)
	if err != nil {
		t.Error(err)
	}
}

func writesAreSeen(t *testing.T, first, second store.Store) {
	s := servers(t, first, second)
	for n := range 20 {
		c := create(t, s[n%2], map[string]any{"name": fmt.Sprint("name ", n), "email": fmt.Sprintf("e%d@example.com", n)})
		there := s[(n+1)%2]
		doc, err := there.Customers.Retrieve(t.Context(), false, c.ID)
		if err != nil || !strings.Contains(string(doc.JSON), c.ID) {
			t.Fatalf("customer %d: %v", n, err)
		}
		_, count, err := there.Customers.List(t.Context(), store.Query{
			Window: store.Window{Limit: 1}, Where: []store.Condition{store.Equal("email", c.Email)},
		}, false)
		if err != nil || count != 1 {
			t.Fatalf("%d customers have the email %s, %v", count, c.Email, err)
		}
	}
}

func searchesFind(t *testing.T, first, second store.Store) {
	s := servers(t, first, second)
	for n := range 20 {
		create(t, s[n%2], map[string]any{"name": fmt.Sprintf("Zoë%d Lovelace", n)})
		all := int64(n) + 1
		for query, want := range map[string]int64{fmt.Sprintf("zoe%d love", n): 1, "lovelace": all, "zo": all} {
			_, count, err := s[(n+1)%2].Customers.Search(t.Context(), billing.Search{Query: query, Limit: 10, Plain: true})
			if err != nil || count != want {
				t.Fatalf("after %d, %q finds %d, want %d: %v", n+1, query, count, want, err)
			}
		}
	}
}

// revocationsAreObeyed changes keys and applications on one server and looks at once on another, which has looked
// before.
func revocationsAreObeyed(t *testing.T, first, second store.Store) {
	ctx, now := t.Context(), time.Now()
	for n := range 10 {
		key := store.Key{ID: fmt.Sprint("key_", n), Hash: [32]byte{byte(n)}, Scope: store.ScopeRead, CreatedAt: someDay}
		public := append(make([]byte, 31), byte(n))
		app, err := appsAt(first, someDay).Trust(ctx, store.By{}, "shop", public)
		if err := errors.Join(keysAt(first, now).Add(ctx, store.By{}, key), err); err != nil {
			t.Fatal(err)
		}
		look := func(s store.Store, revoked bool) {
			t.Helper()
			got, found, err := s.KeyByHash(ctx, key.Hash)
			if err != nil || !found || got.Revoked(now) != revoked {
				t.Errorf("key %d: %+v, %v, %v; want revoked: %v", n, got, found, err, revoked)
			}
			apps, err := s.Apps(ctx)
			i := slices.IndexFunc(apps, func(a store.App) bool { return a.ID == app.ID })
			if err != nil || i < 0 || apps[i].Revoked(now) != revoked {
				t.Errorf("app %d is not among %+v as it should be: %v", n, apps, err)
			}
		}
		for range 3 {
			look(first, false)
			look(second, false)
		}
		for _, revoke := range []func() (bool, error){
			func() (bool, error) { return revokeKey(ctx, first, key.ID, now) },
			func() (bool, error) { return true, appsAt(first, now).Revoke(ctx, store.By{}, app.ID) },
		} {
			if found, err := revoke(); err != nil || !found {
				t.Fatal(found, err)
			}
		}
		look(second, true)
		look(first, true)
	}
}

// revocationsAreBroughtForward revokes for later, then for now, then for later again: the earliest holds, on both
// servers, for keys and for applications.
func revocationsAreBroughtForward(t *testing.T, first, second store.Store) {
	ctx, now := t.Context(), someDay
	key := store.Key{ID: "key_1", Hash: [32]byte{1}, Scope: store.ScopeRead, CreatedAt: someDay}
	app, err := appsAt(first, someDay).Trust(ctx, store.By{}, "shop", make([]byte, 32))
	if err := errors.Join(keysAt(first, now).Add(ctx, store.By{}, key), err); err != nil {
		t.Fatal(err)
	}
	hour := func(n int) time.Time { return now.Add(time.Duration(n) * time.Hour) }
	for _, test := range []struct{ at, want time.Time }{
		{hour(2), hour(2)}, {hour(1), hour(1)}, {hour(3), hour(1)}, {now, now}, {hour(1), now},
	} {
		if found, err := revokeKey(ctx, second, key.ID, test.at); err != nil || !found {
			t.Fatal(found, err)
		}
		if err := appsAt(second, test.at).Revoke(ctx, store.By{}, app.ID); err != nil {
			t.Fatal(err)
		}
		for i, s := range []store.Store{first, second} {
			got, _, err := s.KeyByHash(ctx, key.Hash)
			if err != nil || !got.RevokedAt.Equal(test.want) {
				t.Errorf("server %d: revoked for %v, the key ends at %v (%v), want %v", i, test.at, got.RevokedAt, err,
					test.want)
			}
			keys, err := s.Keys(ctx)
			if err != nil || len(keys) != 1 || !keys[0].RevokedAt.Equal(test.want) {
				t.Errorf("server %d: the list of keys is %+v (%v), want an end at %v", i, keys, err, test.want)
			}
			apps, err := s.Apps(ctx)
			if err != nil || len(apps) != 1 || !apps[0].RevokedAt.Equal(test.want) {
				t.Errorf("server %d: the applications are %+v (%v), want an end at %v", i, apps, err, test.want)
			}
		}
	}
	if found, err := revokeKey(ctx, second, "nobody", now); found || err != nil {
		t.Errorf("a key that is not there is revoked: %t, %v", found, err)
	}
	if err := appsAt(second, now).Revoke(ctx, store.By{}, "nobody"); err == nil {
		t.Error("an application that is not there is revoked")
	}
}

func revokeKey(ctx context.Context, s store.Store, id string, at time.Time) (bool, error) {
	n, err := keysAt(s, at).Revoke(ctx, store.By{At: someDay}, id)
	return n == 1, err
}

// pagesAreExact makes customers on both servers at once, some with earlier dates of creation, and removes some.
func pagesAreExact(t *testing.T, first, second store.Store) {
	s := servers(t, first, second)
	const n = 300
	ids := make([]string, n)
	together(s, n, func(i int, s *billing.Service) {
		values := map[string]any{"name": fmt.Sprint(i)}
		if i%3 == 0 {
			values["created_at"] = someDay.AddDate(0, 0, -i*7%50).Format("2006-01-02T15:04:05.000Z")
		}
		ids[i] = create(t, s, values).ID
	})
	gone := ids[:20]
	together(s, len(gone), func(i int, s *billing.Service) {
		if _, err := s.Customers.Delete(t.Context(), billing.Call{Actor: "test"}, gone[i]); err != nil {
			t.Error(err)
		}
	})
	want := slices.Sorted(slices.Values(ids[len(gone):])) // ids follow the time of creation
	slices.Reverse(want)
	var got []string
	for offset := int64(0); offset < n; offset += 7 { // deep enough for the counts
		docs, count, err := s[offset%2].Customers.List(t.Context(), store.Query{
			Window: store.Window{Limit: 7, Offset: offset},
		}, false)
		if err != nil || count != int64(len(want)) {
			t.Fatalf("%d are counted, want %d: %v", count, len(want), err)
		}
		for _, doc := range docs {
			var c clientele.Customer
			if err := json.Unmarshal(doc, &c); err != nil {
				t.Fatal(err)
			}
			got = append(got, c.ID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the pages have %d customers, want these %d in order:\n%v\n%v", len(got), len(want), got, want)
	}
}
