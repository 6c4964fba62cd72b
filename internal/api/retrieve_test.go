package api_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"clientele.dev"
	"clientele.dev/client"
)

func TestRetrieveFindsOneCustomerByAnyOfItsNames(t *testing.T) {
	t.Parallel()
	s := start(t)
	plain := s.post(t, `{"did":"`+didAccount+`"}`)
	ether := s.post(t, `{"did":"`+strings.ToLower(didEther)+`"}`)
	if ether.DID != didEther {
		t.Errorf("did %s is not written as EIP-55 does: %s", ether.DID, didEther)
	}
	for name, c := range map[string]struct{ ref, want string }{
		"id":               {plain.ID, plain.ID},
		"bare DID":         {didAccount, plain.ID},
		"DID":              {"did:abt:" + didAccount, plain.ID},
		"escaped DID":      {"did%3Aabt%3A" + didAccount, plain.ID},
		"0x checksummed":   {didEther, ether.ID},
		"0x lower case":    {strings.ToLower(didEther), ether.ID},
		"0x upper case":    {"0x" + strings.ToUpper(didEther[2:]), ether.ID},
		"did:abt:0x":       {"did:abt:" + didEther, ether.ID},
		"id of the second": {ether.ID, ether.ID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := s.send(t, "GET", "/api/customers/"+c.ref, "").customer(t); got.ID != c.want {
				t.Errorf("found %s, want %s", got.ID, c.want)
			}
		})
	}
}

func TestRetrieveRefusesWhatNamesNobody(t *testing.T) {
	t.Parallel()
	s := start(t)
	live := create(t, s.Live(), clientele.CustomerParams{DID: new(didAccount)})
	gone := create(t, s.Test(), clientele.CustomerParams{DID: new(didApp)})
	ok(s.Test().Customers.Delete(t.Context(), gone.ID))(t)
	for name, c := range map[string]struct {
		ref    string
		status int
	}{
		"wrong checksum":             {"z1bUPE8NwmggAepyjRdh58cJJioF6XC6YS1", 400},
		"wrong checksum, prefixed":   {"did:abt:z1bUPE8NwmggAepyjRdh58cJJioF6XC6YS1", 400},
		"25 bytes":                   {"zbUPE8NwmggAepyjRdh58cJJioF6XC6YSE", 400},
		"not base58":                 {"z1bUPE8NwmggAepyjRdh58cJJioF6XC6Y0E", 400},
		"another method":             {"did:web:example.com", 400},
		"0x too short":               {didEther[:41], 400},
		"0x too long":                {didEther + "0", 400},
		"0x not hex":                 {"0xg" + didEther[3:], 400},
		"0x with one capital wrong":  {"0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", 400},
		"unknown id":                 {"cus_0000000000000000", 404},
		"unknown DID":                {didSecp, 404},
		"any text":                   {"%E7%8E%8B%20%E2%80%A6", 404},
		"a quote":                    {"%27%20OR%201=1--", 404},
		"wildcard":                   {"%25", 404},
		"live customer's id":         {live.ID, 404},
		"live customer's DID":        {didAccount, 404},
		"deleted customer's id":      {gone.ID, 404},
		"deleted customer's DID":     {didApp, 404},
		"an id in the wrong case":    {strings.ToUpper(gone.ID), 404},
		"two dots that are one name": {"%2e%2e", 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.send(t, "GET", "/api/customers/"+c.ref, "").refused(t, c.status, "id")
			s.send(t, "PUT", "/api/customers/"+c.ref, `{"name":"x"}`).refused(t, c.status, "id")
			s.send(t, "DELETE", "/api/customers/"+c.ref, "").refused(t, c.status, "id")
			s.send(t, "GET", "/api/customers/"+c.ref+"/overdue/invoices", "").refused(t, c.status, "id")
		})
	}
}

func TestRetrieveCreatesWhenAskedTo(t *testing.T) {
	t.Parallel()
	s := start(t)
	first := s.send(t, "GET", "/api/customers/did:abt:"+didAccount, `{"create":true}`).must(t, 200)
	c := first.customer(t)
	if c.DID != didAccount || c.Livemode || c.Name != "" {
		t.Errorf("created %s", first.body)
	}
	again := s.send(t, "GET", "/api/customers/"+didAccount, `{"create":true}`).must(t, 200)
	if !bytes.Equal(first.body, again.body) {
		t.Errorf("asked twice, answered\n%s\nand\n%s", first.body, again.body)
	}
	live := s.send(t, "GET", "/api/customers/"+didAccount+"?livemode=true", `{"create":true}`,
		"Authorization", "Bearer "+s.LiveKey).customer(t)
	if live.ID == c.ID || !live.Livemode {
		t.Error("live mode found test mode's customer")
	}
	before := s.state(t)
	for name, c := range map[string]struct {
		ref, body string
		status    int
		field     string
	}{
		"create false":      {didSecp, `{"create":false}`, 404, "id"},
		"create null":       {didSecp, `{"create":null}`, 404, "id"},
		"empty object":      {didSecp, `{}`, 404, "id"},
		"an id":             {"cus_nobody", `{"create":true}`, 404, "id"},
		"wrong checksum":    {"z1bUPE8NwmggAepyjRdh58cJJioF6XC6YS1", `{"create":true}`, 400, "id"},
		"create not a bool": {didSecp, `{"create":"true"}`, 400, "create"},
		"create 1":          {didSecp, `{"create":1}`, 400, "create"},
		"unknown field":     {didSecp, `{"create":true,"name":"Eve"}`, 400, "name"},
		"not an object":     {didSecp, `[true]`, 400, ""},
	} {
		s.send(t, "GET", "/api/customers/"+c.ref, c.body).refused(t, c.status, c.field)
		if s.state(t) != before {
			t.Fatalf("%s: a refused retrieve changed something", name)
		}
	}
}

func TestAHundredRetrieveOrCreateAtOnceMakeOneCustomer(t *testing.T) {
	t.Parallel()
	s := start(t)
	var bodies [100]string
	var wg sync.WaitGroup
	for i := range bodies {
		wg.Go(func() {
			ref := []string{didSecp, "did:abt:" + didSecp}[i%2]
			bodies[i] = string(s.send(t, "GET", "/api/customers/"+ref, `{"create":true}`).body)
		})
	}
	wg.Wait()
	for i, body := range bodies {
		if body != bodies[0] || !strings.Contains(body, didSecp) {
			t.Fatalf("answer %d is %s, the first %s", i, body, bodies[0])
		}
	}
	if page := ok(s.Test().Customers.List(t.Context(), clientele.CustomerListParams{}))(t); page.Count != 1 {
		t.Errorf("there are %d customers", page.Count)
	}
}

func TestACustomerHasTheShapeOfThePublishedType(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, nothing := range []string{"", "{}"} {
		s.send(t, "POST", "/api/customers", nothing).refused(t, 400, "")
	}
	empty := s.send(t, "POST", "/api/customers", `{"name":""}`).must(t, 201)
	id := empty.customer(t).ID
	got := s.send(t, "GET", "/api/customers/"+id, "").must(t, 200)
	want := map[string]string{
		"object": `"customer"`, "livemode": `false`, "did": `""`, "external_id": `""`, "name": `""`, "description": `""`,
		"email": `""`, "phone": `""`, "address": `{}`, "balance": `"0.00"`, "token_balance": `{}`, "delinquent": `false`,
		"metadata": `{}`, "next_invoice_sequence": `1`, "created_at": `"2026-01-02T03:04:05.678Z"`,
		"updated_at": `"2026-01-02T03:04:05.678Z"`, "payments": `[]`, "subscriptions": `[]`, "invoices": `[]`,
		"payment_count": `0`, "invoice_count": `0`,
	}
	members := got.members(t)
	for name, value := range want {
		if string(members[name]) != value {
			t.Errorf("%s is %s, want %s", name, members[name], value)
		}
	}
	for name := range members {
		if _, known := want[name]; !known && name != "id" && name != "invoice_prefix" {
			t.Errorf("%s is not expected: %s", name, members[name])
		}
	}
	if !strings.HasPrefix(id, "cus_") || len(id) < 20 {
		t.Errorf("id is %s", id)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", "ETag": `"1"`,
		"X-Content-Type-Options": "nosniff",
	} {
		if got.header.Get(name) != value || empty.header.Get(name) != value {
			t.Errorf("%s is %q and %q, want %q", name, got.header.Get(name), empty.header.Get(name), value)
		}
	}
	created := empty.members(t)
	for _, name := range []string{"payments", "subscriptions", "invoices"} {
		if _, there := created[name]; there {
			t.Errorf("creating answers %s too", name)
		}
	}
}

func TestTheSDKTellsErrorsApart(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, err := s.Test().Customers.Retrieve(t.Context(), "cus_nobody")
	refused, isRefusal := errors.AsType[*client.Error](err)
	if !isRefusal || refused.StatusCode != 404 || refused.Code != clientele.ErrorCodeNotFound || refused.Field != "id" ||
		refused.RequestID == "" {
		t.Errorf("got %#v", err)
	}
}
