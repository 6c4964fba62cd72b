package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
)

func TestEveryChangeWritesOneEventPerChangedObject(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, hash, _ := auth.ParseSecret(s.TestKey)
	key, _, err := s.DB.KeyByHash(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	var customer, invoice string
	var current json.RawMessage // of the customer
	seen := len(s.events(t, ""))
	for i, step := range []struct {
		method, path, body string
		want               []string // type and version of each event
		previous           string   // of the first
	}{
		{"POST", "/api/customers", full, []string{"customer.created 1"}, ``},
		{"PUT", "/api/customers/CUS", `{"name":"Augusta","metadata":{"plan":null}}`, []string{"customer.updated 2"},
			`{"metadata":{"plan":"gold"},"name":"Ada"}`},
		{"PUT", "/api/customers/" + didAccount, `{"shipping":null,"currency_id":"curr_test_jpy"}`,
			[]string{"customer.updated 3"},
			`{"balance":"0.00","currency_id":null,"shipping":{"address":{"country":"GB","city":"Ockham"},` +
				`"name":"Lovelace","phone":"+442079460958"}}`},
		{"PUT", "/api/customers/external/E1", `{"email":null}`, []string{"customer.updated 4"},
			`{"email":"ada@example.com"}`},
		{"PUT", "/api/customers/CUS", `{"name":"Augusta"}`, nil, ``},
		{"GET", "/api/customers/" + didAccount, `{"create":true}`, nil, ``},
		{"GET", "/api/customers/CUS", ``, nil, ``},
		{"POST", "/api/invoices", `{"customer_id":"CUS","currency_id":"curr_test_jpy",` +
			`"lines":[{"description":"x","unit_amount":"900"}]}`,
			[]string{"invoice.created 1"}, ``},
		{"POST", "/api/invoices/INV/finalize", ``, []string{"invoice.finalized 2", "customer.updated 5"}, `*`},
		{"POST", "/api/invoices/INV/finalize", ``, nil, ``},
		{"DELETE", "/api/customers/CUS", ``, nil, ``},
		{"POST", "/api/invoices/INV/mark_uncollectible", ``, []string{"invoice.marked_uncollectible 3",
			"customer.updated 6"}, `*`},
		{"DELETE", "/api/customers/CUS", ``, nil, ``},
		{"POST", "/api/invoices/INV/void", ``, []string{"invoice.voided 4", "customer.updated 7"}, `*`},
		{"DELETE", "/api/customers/CUS", ``, []string{"customer.deleted 8"}, ``},
		{"DELETE", "/api/customers/CUS", ``, nil, ``},
		{"PUT", "/api/customers/CUS", `{"name":"x"}`, nil, ``},
		{"POST", "/api/customers/CUS/restore", ``, []string{"customer.restored 9"}, ``},
		{"POST", "/api/customers/CUS/restore", ``, nil, ``},
		{"POST", "/api/customers", `{"did":"` + didAccount + `"}`, nil, ``},
		{"POST", "/api/customers", `{"email":"x"}`, nil, ``},
		{"PUT", "/api/customers/CUS", `{"balance":"5"}`, nil, ``},
		{"GET", "/api/customers/" + didSecp, `{"create":true}`, []string{"customer.created 1"}, ``},
		{"POST", "/api/payment-methods", `{"type":"base","name":"Base"}`, []string{"payment_method.created 1"}, ``},
		{"POST", "/api/payment-currencies", `{"name":"Franc","symbol":"CHF","decimal":2}`,
			[]string{"payment_currency.created 1"}, ``},
		{"POST", "/api/payment-currencies", `{"name":"Franc","symbol":"CHF","decimal":2}`, nil, ``},
	} {
		s.Advance(time.Second)
		fill := strings.NewReplacer("CUS", customer, "INV", invoice)
		idempotency := fmt.Sprint("key-", i)
		got := s.send(t, step.method, fill.Replace(step.path), fill.Replace(step.body), "Idempotency-Key", idempotency)
		s.send(t, step.method, fill.Replace(step.path), fill.Replace(step.body), "Idempotency-Key",
			idempotency) // no second event
		all := s.events(t, "")
		written := all[seen:]
		seen = len(all)
		if customer == "" {
			customer = got.customer(t).ID
		}
		if strings.HasSuffix(step.path, "/invoices") {
			invoice = got.customer(t).ID
		}
		var kinds []string
		for _, e := range written {
			kinds = append(kinds, fmt.Sprint(e.Type, " ", e.ObjectVersion))
			request := clientele.EventRequest{ID: got.header.Get("X-Request-Id"), IdempotencyKey: idempotency,
				RequestedBy: key.ID}
			if e.Request != request || e.Object != "event" || !strings.HasPrefix(e.ID, "evt_") ||
				e.CreatedAt != clientele.At(s.Now()) || e.Livemode != clientele.Test {
				t.Errorf("step %d: the event is %+v, want it of %+v", i, e, request)
			}
			if e.ObjectID == customer {
				current = e.Data.Object
			}
		}
		slices.Sort(kinds)
		slices.Sort(step.want)
		if !slices.Equal(kinds, step.want) {
			t.Errorf("step %d, %s %s, wrote %v, want %v", i, step.method, step.path, kinds, step.want)
		}
		if len(written) > 0 && step.previous != "*" {
			previous, _ := json.Marshal(written[0].Data.PreviousAttributes)
			if want := map[bool]string{true: "null", false: step.previous}[step.previous == ""]; string(previous) != want {
				t.Errorf("step %d: previous attributes are\n%s, want\n%s", i, previous, want)
			}
		}
	}
	now := s.send(t, "GET", "/api/customers/"+customer, "").members(t)
	for _, name := range []string{"payments", "subscriptions", "invoices", "payment_count", "invoice_count"} {
		delete(now, name)
	}
	var last map[string]json.RawMessage
	if err := json.Unmarshal(current, &last); err != nil || !maps.EqualFunc(last, now,
		func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
		t.Errorf("the last event has %s, the customer is %s", current, now)
	}
	s.gapless(t)
}

// gapless checks that every object's events count its versions from 1 without a hole and end at what it is at, and that
// the object they carry is, to the byte, what it was then.
func (s *server) gapless(t *testing.T) {
	t.Helper()
	last := map[string]int64{}
	digests := map[string][]byte{}
	err := s.DB.View(t.Context(), func(tx store.Tx) error {
		records, err := tx.Feed(store.FeedQuery{BothModes: true, Limit: 1 << 30})
		for _, e := range records {
			digests[e.ID()] = e.Digest
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range s.events(t, "") {
		if e.Type != clientele.EventInvoiceDeleted && !bytes.Equal(store.DigestOf(e.Data.Object), digests[e.ID]) {
			t.Errorf("%s carries %s, which the object never was", e.ID, e.Data.Object)
		}
		if last[e.ObjectID]++; e.ObjectVersion != last[e.ObjectID] {
			t.Errorf("%s: event %d has version %d", e.ObjectID, last[e.ObjectID], e.ObjectVersion)
		}
	}
	for _, table := range []string{"customers", "invoices"} {
		for _, row := range s.query(t, "SELECT id, version FROM "+table) {
			if strconv.FormatInt(last[row[0]], 10) != row[1] {
				t.Errorf("%s is at version %s, its events at %d", row[0], row[1], last[row[0]])
			}
		}
	}
}

func TestFinalizingSaysWhatItChanged(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	invoice := draft(t, s.Test(), c.ID, "curr_test_usd", "5")
	for _, move := range []string{"finalize", "mark_uncollectible"} {
		s.Advance(time.Hour)
		s.send(t, "POST", "/api/invoices/"+invoice.ID+"/"+move, "").must(t, 200)
	}
	want := []map[string]string{
		nil, {"next_invoice_sequence": "1"}, {"delinquent": "false"},
		nil, {"status": `"draft"`, "number": `""`, "customer_name": "null", "due_date": "null", "due_day": "null",
			"effective_at": "null", "date": "null",
			"status_transitions": `{"finalized_at":null}`},
		{"status": `"open"`, "status_transitions": `{"marked_uncollectible_at":null}`},
	}
	for i, e := range append(s.events(t, c.ID), s.events(t, invoice.ID)...) {
		got := map[string]string{}
		for name, value := range e.Data.PreviousAttributes {
			got[name] = string(value)
		}
		if !maps.Equal(got, want[i]) && len(got)+len(want[i]) > 0 {
			t.Errorf("%s has the previous attributes %v, want %v", e.Type, got, want[i])
		}
	}
}
