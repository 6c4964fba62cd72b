package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
)

const full = `{"did":"` + didAccount + `","external_id":"E1","name":"Ada","description":"first","email":"ada@example.com",` +
	`"phone":"+14155552671","address":{"country":"GB","city":"London","line1":"St James's Square"},` +
	`"shipping":{"name":"Lovelace","phone":"+442079460958","address":{"country":"GB","city":"Ockham"}},` +
	`"metadata":{"plan":"gold","seats":3},"invoice_settings":{"footer":"Thanks"},"preference":{"a":1}}`

func TestUpdateChangesOnlyWhatIsSent(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.post(t, full)
	for name, c := range map[string]struct {
		body string
		want map[string]string
	}{
		"name":               {`{"name":"Augusta"}`, map[string]string{"name": `"Augusta"`}},
		"name null":          {`{"name":null}`, map[string]string{"name": `""`}},
		"email null":         {`{"email":null}`, map[string]string{"email": `""`}},
		"phone empty":        {`{"phone":""}`, map[string]string{"phone": `""`}},
		"description null":   {`{"description":null}`, map[string]string{"description": `""`}},
		"external id null":   {`{"external_id":null}`, map[string]string{"external_id": `""`}},
		"settings null":      {`{"invoice_settings":null}`, map[string]string{"invoice_settings": ""}},
		"preference null":    {`{"preference":null}`, map[string]string{"preference": ""}},
		"preference whole":   {`{"preference":{"b":2}}`, map[string]string{"preference": `{"b":2}`}},
		"metadata key added": {`{"metadata":{"x":[1]}}`, map[string]string{"metadata": `{"plan":"gold","seats":3,"x":[1]}`}},
		"metadata key changed and one deleted": {
			`{"metadata":{"plan":"silver","seats":null,"never":null}}`, map[string]string{"metadata": `{"plan":"silver"}`}},
		"metadata null": {`{"metadata":null}`, map[string]string{"metadata": `{}`}},
		"address part": {`{"address":{"postal_code":"SW1"}}`, map[string]string{
			"address": `{"country":"GB","city":"London","line1":"St James's Square","postal_code":"SW1"}`}},
		"address part null": {`{"address":{"city":null,"line1":""}}`, map[string]string{"address": `{"country":"GB"}`}},
		"address null":      {`{"address":null}`, map[string]string{"address": `{}`}},
		"shipping part": {`{"shipping":{"name":"Ada"}}`, map[string]string{
			"shipping": `{"address":{"country":"GB","city":"Ockham"},"name":"Ada","phone":"+442079460958"}`}},
		"shipping address part": {`{"shipping":{"address":{"city":null}}}`, map[string]string{
			"shipping": `{"address":{"country":"GB"},"name":"Lovelace","phone":"+442079460958"}`}},
		"shipping address null": {`{"shipping":{"address":null,"phone":null}}`, map[string]string{
			"shipping": `{"address":{},"name":"Lovelace","phone":""}`}},
		"shipping null": {`{"shipping":null}`, map[string]string{"shipping": ""}},
		"currency": {`{"currency_id":"curr_test_jpy"}`, map[string]string{
			"currency_id": `"curr_test_jpy"`, "balance": `"0"`}},
		"two at once": {`{"name":"B","address":{"country":"fr"}}`, map[string]string{
			"name": `"B"`, "address": `{"country":"FR","city":"London","line1":"St James's Square"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			c0 := s.post(t, full)
			before := s.send(t, "GET", "/api/customers/"+c0.ID, "").members(t)
			s.Advance(time.Second)
			put := s.send(t, "PUT", "/api/customers/"+c0.ID, c.body).must(t, 200)
			after := s.send(t, "GET", "/api/customers/"+c0.ID, "").members(t)
			c.want["updated_at"] = `"2026-01-02T03:04:06.678Z"`
			for field, was := range before {
				want, changes := c.want[field]
				if !changes {
					want = string(was)
				}
				if string(after[field]) != want {
					t.Errorf("%s became %s, want %s", field, after[field], want)
				}
			}
			for field, value := range put.members(t) {
				if string(after[field]) != string(value) {
					t.Errorf("%s was answered as %s and is %s", field, value, after[field])
				}
			}
			if put.header.Get("ETag") != `"2"` {
				t.Errorf("ETag is %s", put.header.Get("ETag"))
			}
		})
	}
}

func TestPuttingARetrievedCustomerBackChangesNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, full)
	invoice := draft(t, s.Test(), c.ID, "curr_test_usd", "100")
	ok(s.Test().Invoices.Finalize(t.Context(), invoice.ID))(t)
	s.Advance(time.Hour)
	before := s.state(t)
	path := "/api/customers/" + c.ID
	whole := s.send(t, "GET", path, "")
	for name, body := range map[string]string{
		"whole":                            string(whole.body),
		"nothing":                          `{}`,
		"no body":                          ``,
		"a name it has":                    `{"name":"Ada","metadata":{"plan":"gold"},"address":{"country":"gb"},"phone":"+1 415 555 2671"}`,
		"a null it lacks":                  `{"metadata":{"never":null},"address":{"state":null},"currency_id":null}`,
		"its DID":                          `{"did":"did:abt:` + didAccount + `","livemode":false,"id":` + quoted(c.ID) + `}`,
		"numbers alike":                    `{"next_invoice_sequence":2.0}`,
		"what only the published type has": `{"discount_id":null,"invoice_credit_balance":null,"last_sync_at":null}`,
	} {
		got := s.send(t, "PUT", path, body).must(t, 200)
		if got.header.Get("ETag") != whole.header.Get("ETag") || s.state(t) != before {
			t.Errorf("%s: something changed: ETag %s, was %s", name, got.header.Get("ETag"), whole.header.Get("ETag"))
		}
	}
}

func TestReadOnlyFieldsKeepTheirValue(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, full)
	before := s.state(t)
	for _, body := range []string{
		`{"id":"cus_other"}`, `{"did":"` + didSecp + `"}`, `{"did":null}`, `{"did":""}`, `{"livemode":true}`, `{"balance":"1.00"}`,
		`{"balance":0.00}`, `{"delinquent":true}`, `{"created_at":"2020-01-01T00:00:00.000Z"}`, `{"updated_at":null}`,
		`{"token_balance":{"curr_test_usd":"1"}}`, `{"next_invoice_sequence":9}`, `{"object":"cat"}`, `{"invoices":[{}]}`,
		`{"payments":[1]}`, `{"subscriptions":null}`, `{"discount_id":"x"}`, `{"colour":"red"}`,
	} {
		field, _, _ := strings.Cut(body[2:], `"`)
		s.send(t, "PUT", "/api/customers/"+c.ID, `{"name":"changed",`+body[1:]).refused(t, 400, field)
		if s.state(t) != before {
			t.Fatalf("%s changed something", body)
		}
	}
}

func TestIfMatchHoldsAnUpdateToAVersion(t *testing.T) {
	t.Parallel()
	s := start(t)
	for name, c := range map[string]struct {
		tag    string
		status int
	}{
		"the version":          {`"2"`, 200},
		"any":                  {`*`, 200},
		"none":                 {``, 200},
		"a list with it":       {`"1", "2"`, 200},
		"an older":             {`"1"`, 412},
		"a newer":              {`"3"`, 412},
		"a list without it":    {`"1","3"`, 412},
		"weak":                 {`W/"2"`, 412}, // RFC 9110, 13.1.1: If-Match compares strongly
		"somebody else's":      {`"abc"`, 412},
		"the number otherwise": {`"02"`, 412},
		"the number with plus": {`"+2"`, 412},
		"no quotes":            {`2`, 400},
		"half quotes":          {`"2`, 400},
		"one quote":            {`"`, 400},
		"quotes too many":      {`""2""`, 400},
		"any among others":     {`*, "2"`, 400},
		"nothing in the list":  {`"2",,`, 400},
		"words":                {`latest`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			c0 := s.post(t, `{"name":"one"}`)
			path := "/api/customers/" + c0.ID
			s.send(t, "PUT", path, `{"name":"two"}`).must(t, 200)
			before := s.state(t)
			got := s.send(t, "PUT", path, `{"name":"three"}`, "If-Match", c.tag)
			if c.status == 200 {
				got.must(t, 200)
				return
			}
			got.refused(t, c.status, "If-Match")
			if s.state(t) != before {
				t.Error("a refused update changed something")
			}
		})
	}
	s.send(t, "PUT", "/api/customers/cus_nobody", `{}`, "If-Match", `"1"`).refused(t, 404, "id")
}

func TestIfMatchByTheSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	c := create(t, payment, client.CustomerParams{})
	var header http.Header
	ok(payment.Customers.Retrieve(t.Context(), c.ID, client.ResponseHeader(&header)))(t)
	tag := client.IfMatch(header.Get("ETag"))
	ok(payment.Customers.Update(t.Context(), c.ID, client.CustomerParams{Name: new("first")}, tag))(t)
	_, err := payment.Customers.Update(t.Context(), c.ID, client.CustomerParams{Name: new("second")}, tag)
	if err == nil || !strings.Contains(err.Error(), "412") {
		t.Errorf("the second update answered %v", err)
	}
}

func TestETagCountsChangesAndUpdatedAtFollowsThem(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{}`)
	path := "/api/customers/" + c.ID
	for i, step := range []struct {
		body    string
		changes bool
	}{
		{`{"name":"a"}`, true}, {`{"name":"a"}`, false}, {`{}`, false}, {`{"metadata":{"k":1}}`, true},
		{`{"metadata":{"k":1}}`, false}, {`{"metadata":{"k":1.0}}`, true}, {`{"metadata":{"k":null}}`, true}, {`{"name":""}`, true},
	} {
		s.Advance(time.Minute)
		was := s.send(t, "GET", path, "")
		tag := s.etag(t, c.ID)
		got := s.send(t, "PUT", path, step.body).must(t, 200)
		wantTag, wantTime := tag, was.customer(t).UpdatedAt
		if step.changes {
			wantTag, wantTime = tag+1, clientele.At(s.Now())
		}
		if got.header.Get("ETag") != fmt.Sprintf("%q", fmt.Sprint(wantTag)) || got.customer(t).UpdatedAt != wantTime ||
			got.customer(t).CreatedAt != c.CreatedAt {
			t.Errorf("step %d, %s: ETag %s, updated_at %s; want %d, %s", i, step.body, got.header.Get("ETag"),
				got.customer(t).UpdatedAt, wantTag, wantTime)
		}
	}
}

func TestUpdatesOfDifferentFieldsAtOnceAllSurvive(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	c := create(t, payment, client.CustomerParams{})
	var wg sync.WaitGroup
	const n = 40
	for i := range n {
		wg.Go(func() {
			_, err := payment.Customers.Update(t.Context(), c.ID, client.CustomerParams{
				Metadata: map[string]any{fmt.Sprint("k", i): i},
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := ok(payment.Customers.Retrieve(t.Context(), c.ID))(t)
	if len(got.Metadata) != n || s.etag(t, c.ID) != n+1 {
		t.Errorf("%d of %d keys survived, at version %d", len(got.Metadata), n, s.etag(t, c.ID))
	}
}

func TestExternalIDIsSetChangedTakenAndFreed(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	a, b := create(t, payment, client.CustomerParams{}), create(t, payment, client.CustomerParams{})
	set := func(id, externalID string) error {
		_, err := payment.Customers.Update(t.Context(), id, client.CustomerParams{ExternalID: &externalID})
		return err
	}
	holder := func(externalID string) string {
		page := ok(payment.Customers.List(t.Context(), client.CustomerListParams{ExternalID: externalID}))(t)
		if page.Count == 0 {
			return ""
		}
		return page.List[0].ID
	}
	for i, step := range []struct {
		id, to string
		taken  bool
	}{
		{a.ID, "X", false}, {b.ID, "X", true}, {a.ID, "X", false}, {a.ID, "Y", false}, {b.ID, "X", false}, {a.ID, "X", true},
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
		changed := s.send(t, "PUT", path, `{"email":"a@b.cc","external_id":`+quoted(c.externalID)+`}`).must(t, 200).customer(t)
		if changed.ID != made.customer(t).ID || changed.Name != "a" || changed.Email != "a@b.cc" {
			t.Errorf("%s: changed to %+v", path, changed)
		}
	}
	before := s.state(t)
	for path, field := range map[string]string{"%20a": "external_id", "%2e%2e": "external_id", strings.Repeat("x", 256): "external_id"} {
		s.send(t, "PUT", "/api/customers/external/"+path, `{}`).refused(t, 400, field)
	}
	s.send(t, "PUT", "/api/customers/external/new", `{"external_id":"other"}`).refused(t, 400, "external_id")
	s.send(t, "PUT", "/api/customers/external/new", `{"name":5}`).refused(t, 400, "name")
	s.send(t, "PUT", "/api/customers/external/new", `{"colour":"red"}`).refused(t, 400, "colour")
	s.send(t, "PUT", "/api/customers/external/", `{}`).refused(t, 404, "")
	if s.state(t) != before {
		t.Error("a refused upsert changed something")
	}
	live := ok(s.Live().Customers.UpsertExternal(t.Context(), "crm-1", client.CustomerParams{}))(t)
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
	page := ok(s.Test().Customers.List(t.Context(), client.CustomerListParams{}))(t)
	if n[true] != 1 || page.Count != 1 || len(page.List[0].Metadata) != 50 {
		t.Errorf("%d created, %d there: %v", n[true], page.Count, page.List)
	}
}
