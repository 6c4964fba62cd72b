package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"clientele.dev"
)

func TestExternalIDIsSetChangedTakenAndFreed(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	a, b := create(t, payment, clientele.CustomerParams{Name: new("")}), create(t, payment,
		clientele.CustomerParams{Name: new("")})
	set := func(id, externalID string) error {
		_, err := payment.Customers.Update(t.Context(), id, clientele.CustomerParams{ExternalID: &externalID})
		return err
	}
	holder := func(externalID string) string {
		page := ok(payment.Customers.List(t.Context(), clientele.CustomerListParams{ExternalID: externalID}))(t)
		if page.Count == 0 {
			return ""
		}
		return page.List[0].ID
	}
	for i, step := range []struct {
		id, to string
		taken  bool
	}{
		{a.ID, "X", false}, {b.ID, "X", true}, {a.ID, "X", false}, {a.ID, "Y", false}, {b.ID, "X", false},
		{a.ID, "X", true},
		{b.ID, "", false}, {a.ID, "X", false}, {b.ID, "Y", false},
	} {
		if err := set(step.id, step.to); (err != nil) != step.taken || err != nil && !strings.Contains(err.Error(), "409") {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	if holder("X") != a.ID || holder("Y") != b.ID {
		t.Errorf("X belongs to %s and Y to %s", holder("X"), holder("Y"))
	}
}

func TestUpsertByExternalIDCreatesOnceAndThenUpdates(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, c := range []struct{ escaped, externalID string }{
		{"crm-1", "crm-1"}, {"a%2Fb", "a/b"}, {"a%2F%2Fb", "a//b"}, {"a%2F..%2Fb", "a/../b"}, {"a%2F", "a/"}, {"%25", "%"},
		{"%E7%8E%8B", "王"}, {"a%20b", "a b"}, {"search", "search"}, {"%3F%23", "?#"}, {"a+b", "a+b"},
	} {
		path := "/api/customers/external/" + c.escaped
		made := s.send(t, "PUT", path, `{"name":"a"}`).must(t, 201)
		if made.header.Get("ETag") != `"1"` || made.customer(t).ExternalID != c.externalID {
			t.Errorf("%s: made %s", path, made.body)
		}
		changed := s.send(t, "PUT", path, `{"email":"a@b.cc","external_id":`+quoted(c.externalID)+`}`).must(t,
			200).customer(t)
		if changed.ID != made.customer(t).ID || changed.Name != "a" || changed.Email != "a@b.cc" {
			t.Errorf("%s: changed to %+v", path, changed)
		}
	}
	before := s.state(t)
	for path, field := range map[string]string{"%20a": "external_id", "%2e%2e": "external_id",
		strings.Repeat("x", 256): "external_id"} {
		s.send(t, "PUT", "/api/customers/external/"+path, `{}`).refused(t, 400, field)
	}
	s.send(t, "PUT", "/api/customers/external/new", `{"external_id":"other"}`).refused(t, 400, "external_id")
	s.send(t, "PUT", "/api/customers/external/new", `{"name":5}`).refused(t, 400, "name")
	s.send(t, "PUT", "/api/customers/external/new", `{"colour":"red"}`).refused(t, 400, "colour")
	s.send(t, "PUT", "/api/customers/external/", `{}`).refused(t, 404, "")
	if s.state(t) != before {
		t.Error("a refused upsert changed something")
	}
	live := ok(s.Live().Customers.UpsertExternal(t.Context(), "crm-1", clientele.CustomerParams{Name: new("")}))(t)
	if !live.Livemode || live.Name != "" {
		t.Errorf("live mode found %+v", live)
	}
}

func TestAHundredUpsertsAtOnceMakeOneCustomer(t *testing.T) {
	t.Parallel()
	s := start(t)
	var wg sync.WaitGroup
	var created, updated [100]bool
	for i := range created {
		wg.Go(func() {
			got := s.send(t, "PUT", "/api/customers/external/one", `{"metadata":{"k`+fmt.Sprint(i%50)+`":1}}`)
			created[i], updated[i] = got.status == 201, got.status == 200
		})
	}
	wg.Wait()
	n := map[bool]int{}
	for i := range created {
		n[created[i]]++
		if !created[i] && !updated[i] {
			t.Error("an upsert failed")
		}
	}
	page := ok(s.Test().Customers.List(t.Context(), clientele.CustomerListParams{}))(t)
	if n[true] != 1 || page.Count != 1 || len(page.List[0].Metadata) != 50 {
		t.Errorf("%d created, %d there: %v", n[true], page.Count, page.List)
	}
}

func TestAnUpsertMayBringADID(t *testing.T) {
	t.Parallel()
	s := start(t)
	body := `{"did":"did:abt:` + didAccount + `","name":"Ada"}`
	c := s.send(t, "PUT", "/api/customers/external/E", body).must(t, 201).customer(t)
	if c.DID != didAccount {
		t.Errorf("made %+v", c)
	}
	before := s.state(t)
	s.send(t, "PUT", "/api/customers/external/E", body).must(t, 200)
	s.send(t, "PUT", "/api/customers/external/E", `{"did":"`+didSecp+`"}`).refused(t, 400, "did")
	s.send(t, "PUT", "/api/customers/external/F", body).refused(t, 409, "did")
	s.send(t, "PUT", "/api/customers/external/F", `{"did":"x"}`).refused(t, 400, "did")
	if s.state(t) != before {
		t.Error("something changed")
	}
}
