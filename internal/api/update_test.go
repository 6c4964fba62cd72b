package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele.dev"
)

const full = `{"did":"` + didAccount + `","external_id":"E1","name":"Ada","description":"first",` +
	`"email":"ada@example.com",` +
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
		"name":             {`{"name":"Augusta"}`, map[string]string{"name": `"Augusta"`}},
		"name null":        {`{"name":null}`, map[string]string{"name": `""`}},
		"email null":       {`{"email":null}`, map[string]string{"email": `""`}},
		"phone empty":      {`{"phone":""}`, map[string]string{"phone": `""`}},
		"description null": {`{"description":null}`, map[string]string{"description": `""`}},
		"external id null": {`{"external_id":null}`, map[string]string{"external_id": `""`}},
		"settings null":    {`{"invoice_settings":null}`, map[string]string{"invoice_settings": ""}},
		"preference null":  {`{"preference":null}`, map[string]string{"preference": ""}},
		"preference whole": {`{"preference":{"b":2}}`, map[string]string{"preference": `{"b":2}`}},
		"metadata key added": {`{"metadata":{"x":[1]}}`,
			map[string]string{"metadata": `{"plan":"gold","seats":3,"x":[1]}`}},
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
		"two at once": {`{"name":"B","address":{"country":"fr","line1":"Rue 1"}}`, map[string]string{
			"name": `"B"`, "address": `{"country":"FR","line1":"Rue 1"}`}},
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
		"whole":           string(whole.body),
		"nothing":         `{}`,
		"no body":         ``,
		"a name it has":   `{"name":"Ada","metadata":{"plan":"gold"},"address":{"country":"gb"},"phone":"+1 415 555 2671"}`,
		"a null it lacks": `{"metadata":{"never":null},"address":{"state":null},"currency_id":null}`,
		"its DID": `{"did":"did:abt:` + didAccount + `","livemode":false,"id":` + quoted(c.ID) +
			`}`,
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
		`{"id":"cus_other"}`, `{"did":"` + didSecp + `"}`, `{"did":null}`, `{"did":""}`, `{"livemode":true}`,
		`{"balance":"1.00"}`,
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

func TestETagCountsChangesAndUpdatedAtFollowsThem(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":""}`)
	path := "/api/customers/" + c.ID
	for i, step := range []struct {
		body    string
		changes bool
	}{
		{`{"name":"a"}`, true}, {`{"name":"a"}`, false}, {`{}`, false}, {`{"metadata":{"k":1}}`, true},
		{`{"metadata":{"k":1}}`, false}, {`{"metadata":{"k":1.0}}`, true}, {`{"metadata":{"k":null}}`, true},
		{`{"name":""}`, true},
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
	c := create(t, payment, clientele.CustomerParams{Name: new("")})
	var wg sync.WaitGroup
	const n = 40
	for i := range n {
		wg.Go(func() {
			_, err := payment.Customers.Update(t.Context(), c.ID, clientele.CustomerParams{
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
