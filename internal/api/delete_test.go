package api_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
)

func TestADeletedCustomerIsGoneFromEverywhereAndComesBackWhole(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	other := create(t, payment, client.CustomerParams{Name: new("Bob")})
	c := s.post(t, full)
	draft(t, payment, c.ID, "curr_test_usd", "5") // a draft does not hold it back
	whole := s.send(t, "GET", "/api/customers/"+c.ID, "")

	s.Advance(time.Minute)
	got := s.send(t, "DELETE", "/api/customers/"+c.ID, "").must(t, 200)
	if want := `{"id":"` + c.ID + `","object":"customer","deleted":true}`; string(got.body) != want {
		t.Errorf("answered %s, want %s", got.body, want)
	}
	s.send(t, "GET", "/api/customers/"+c.ID, "").refused(t, 404, "id")
	s.send(t, "GET", "/api/customers/"+didAccount, "").refused(t, 404, "id")
	s.send(t, "DELETE", "/api/customers/"+c.ID, "").refused(t, 404, "id")
	s.send(t, "PUT", "/api/customers/"+c.ID, `{"name":"x"}`).refused(t, 404, "id")
	s.counts(t, map[string]int64{
		"": 1, "?did=" + didAccount: 0, "?external_id=E1": 0, "?email=ada@example.com": 0, "?metadata.plan=gold": 0,
		"/search?query=Ada": 0, "/search?query=a%40": 0, "/search?query=" + c.ID: 0, "/search?query=": 1,
		"/search?query=metadata.plan:gold": 0, "?order=name:ASC": 1, "?delinquent=false": 1,
	})

	s.Advance(time.Minute)
	back := s.send(t, "POST", "/api/customers/"+c.ID+"/restore", "", "Content-Type", "application/x-www-form-urlencoded")
	back.must(t, 200)
	again := s.send(t, "GET", "/api/customers/"+c.ID, "")
	if string(again.body) != string(whole.body) {
		t.Errorf("it came back as\n%s, was\n%s", again.body, whole.body)
	}
	if again.header.Get("ETag") != `"3"` || back.header.Get("ETag") != `"3"` {
		t.Errorf("ETags are %s and %s, want 3", back.header.Get("ETag"), again.header.Get("ETag"))
	}
	s.counts(t, map[string]int64{
		"": 2, "?did=" + didAccount: 1, "?external_id=E1": 1, "?email=ada@example.com": 1, "?metadata.plan=gold": 1,
		"/search?query=Ada": 1, "/search?query=a%40": 1, "/search?query=" + c.ID: 1, "/search?query=metadata.plan:gold": 1,
	})

	state := s.state(t)
	twice := s.send(t, "POST", "/api/customers/"+c.ID+"/restore", "").must(t, 200)
	if string(twice.body) != string(back.body) || s.state(t) != state {
		t.Error("restoring again did something")
	}
	s.send(t, "POST", "/api/customers/cus_nobody/restore", "").refused(t, 404, "id")
	s.send(t, "POST", "/api/customers/"+other.ID+"/restore", "", "Authorization", "Bearer "+s.LiveKey).refused(t, 404,
		"id")
}

// counts checks how many customers each list finds.
func (s *server) counts(t *testing.T, want map[string]int64) {
	t.Helper()
	for query, n := range want {
		got := decoded[clientele.Page[clientele.Customer]](t, s.send(t, "GET", "/api/customers"+query, ""))
		if got.Count != n || int64(len(got.List)) != n {
			t.Errorf("%q counts %d and lists %d, want %d", query, got.Count, len(got.List), n)
		}
	}
}

func TestADeletedCustomersNamesAreFreeAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	for name, takes := range map[string]client.CustomerParams{
		"did":         {DID: new(didAccount)},
		"external_id": {ExternalID: new("E1")},
		"email":       {Email: new("ADA@example.com")},
	} {
		c := s.post(t, full)
		ok(payment.Customers.Delete(t.Context(), "did:abt:"+didAccount))(t)
		taker := create(t, payment, takes)
		before := s.state(t)
		e := s.send(t, "POST", "/api/customers/"+c.ID+"/restore", "").refused(t, 409, name)
		if !strings.Contains(e.Message, name) || !strings.Contains(e.Message, taker.ID) {
			t.Errorf("the refusal does not say that %s has the %s: %s", taker.ID, name, e.Message)
		}
		if s.state(t) != before {
			t.Errorf("%s: a refused restore changed something", name)
		}
		ok(payment.Customers.Delete(t.Context(), taker.ID))(t)
		ok(payment.Customers.Restore(t.Context(), c.ID))(t)
		ok(payment.Customers.Delete(t.Context(), c.ID))(t)
	}
	loud := create(t, payment, client.CustomerParams{Email: new("Eve@Example.COM")})
	ok(payment.Customers.Delete(t.Context(), loud.ID))(t)
	create(t, payment, client.CustomerParams{Email: new("eve@example.com")})
	s.send(t, "POST", "/api/customers/"+loud.ID+"/restore", "").refused(t, 409, "email")

	c := s.post(t, full)
	ok(payment.Customers.Delete(t.Context(), c.ID))(t)
	s.post(t, full)
	e := s.send(t, "POST", "/api/customers/"+c.ID+"/restore", "").refused(t, 409, "did")
	for _, name := range []string{"did", "external_id", "email"} {
		if !strings.Contains(e.Message, name) {
			t.Errorf("the refusal does not say that the %s is taken: %s", name, e.Message)
		}
	}
}

func TestACustomerWithOpenInvoicesStays(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	c := s.post(t, full)
	invoice := draft(t, payment, c.ID, "curr_test_usd", "100")
	ok(payment.Invoices.Finalize(t.Context(), invoice.ID))(t)
	before := s.state(t)
	e := s.send(t, "DELETE", "/api/customers/"+c.ID, "").refused(t, 409, "")
	if !strings.Contains(e.Message, "open invoice") {
		t.Errorf("the refusal does not say why: %s", e.Message)
	}
	if s.state(t) != before {
		t.Error("a refused delete changed something")
	}
	_, err := payment.Customers.Delete(t.Context(), c.ID)
	if refused, is := errors.AsType[*clientele.Error](err); !is || refused.Code != clientele.Conflict {
		t.Errorf("the SDK answered %v", err)
	}
	ok(payment.Invoices.MarkUncollectible(t.Context(), invoice.ID))(t)
	ok(payment.Customers.Delete(t.Context(), c.ID))(t)
	back := ok(payment.Customers.Restore(t.Context(), c.ID))(t)
	if !back.Delinquent {
		t.Error("it came back without its debt")
	}
}
