package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
)

func init() {
	resources = append(resources, resource{
		make: func(t testing.TB, p *client.Client, _ things) string {
			t.Helper()
			return ok(p.WebhookEndpoints.Create(t.Context(), anEndpoint("*")))(t).ID
		},
		reads: func(id string) []string {
			at := "/api/webhook-endpoints"
			return []string{at, at + "/" + id, at + "/" + id + "/attempts"}
		},
		writes: func(id string, o things) map[string]string {
			at, event := "/api/webhook-endpoints", "evt_"+o.customer+"_1"
			return map[string]string{
				"POST " + at:                        `{"url":"https://example.com/a","enabled_events":["*"]}`,
				"PUT " + at + "/" + id:              `{"description":"changed"}`,
				"POST " + at + "/" + id + "/rotate": ``,
				"POST " + at + "/" + id + "/ping":   ``,
				"POST " + at + "/" + id + "/resend": `{"event_id":"` + event + `"}`,
				"POST " + at + "/" + id + "/replay": `{"after":"` + event + `"}`,
				"DELETE " + at + "/" + id:           ``,
			}
		},
	})
}

// anEndpoint are parameters of an endpoint that is told of some types of events.
func anEndpoint(types ...string) clientele.WebhookEndpointParams {
	return clientele.WebhookEndpointParams{URL: new("https://example.com/hook"), EnabledEvents: &types}
}

func TestWebhookEndpoints(t *testing.T) {
	t.Parallel()
	s := start(t)
	api, ctx := s.Test().WebhookEndpoints, t.Context()
	made := s.send(t, "POST", "/api/webhook-endpoints", `{"url":"https://example.com/hook?a=1","enabled_events":
		["customer.created","meter.whatever"],"description":"Shop","metadata":{"a":"1"}}`, "Idempotency-Key", "k")
	made.must(t, 201)
	var w clientele.WebhookEndpoint
	if err := json.Unmarshal(made.body, &w); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(w.ID, "we_") || w.Object != "webhook_endpoint" || w.Status != "enabled" ||
		w.APIVersion != "2023-09-05" || w.CreatedVia != "api" || !strings.HasPrefix(w.Secret, "whsec_") ||
		w.EnabledEvents[1] != "meter.whatever" {
		t.Errorf("it is %+v", w)
	}
	again := s.send(t, "POST", "/api/webhook-endpoints", `{"url":"https://example.com/hook?a=1","enabled_events":
		["customer.created","meter.whatever"],"description":"Shop","metadata":{"a":"1"}}`, "Idempotency-Key", "k")
	again.must(t, 201)
	if strings.Contains(string(again.body), "whsec_") || !strings.Contains(string(again.body), w.ID) {
		t.Errorf("a repetition answers %s", again.body)
	}
	for _, shown := range []any{
		ok(api.Retrieve(ctx, w.ID))(t), ok(api.List(ctx, clientele.PageParams{}))(t),
		ok(api.Update(ctx, w.ID, clientele.WebhookEndpointParams{Description: new("Store"),
			Metadata: map[string]any{"a": nil, "b": "2"}}))(t),
		s.events(t, ""),
	} {
		if text := asJSON(t, shown); strings.Contains(text, "whsec_") || strings.Contains(text, "secret") {
			t.Errorf("the secret is shown by %s", text)
		}
	}
	got := ok(api.Retrieve(ctx, w.ID))(t)
	if got.Description != "Store" || len(got.Metadata) != 1 || got.URL != w.URL || len(got.Attempts) != 0 {
		t.Errorf("changed, it is %+v", got)
	}
	version := len(s.events(t, w.ID))
	ok(api.Update(ctx, w.ID, clientele.WebhookEndpointParams{Description: new("Store")}))(t)
	if n := len(s.events(t, w.ID)); n != version {
		t.Errorf("a change of nothing has an event: %d, not %d", n, version)
	}
	second := ok(api.Create(ctx, anEndpoint("*")))(t)
	list := ok(api.List(ctx, clientele.PageParams{PageSize: 1}))(t)
	if list.Count != 2 || len(list.List) != 1 || list.List[0].ID != second.ID {
		t.Errorf("the list is %+v", list)
	}
	if live := ok(s.Live().WebhookEndpoints.List(ctx, clientele.PageParams{}))(t); live.Count != 0 {
		t.Errorf("the other mode has %+v", live)
	}
	rotated := ok(api.Rotate(ctx, w.ID))(t)
	if rotated.Secret == w.Secret || !strings.HasPrefix(rotated.Secret, "whsec_") {
		t.Errorf("rotated, it is %+v", rotated)
	}
	first := s.events(t, "")[0].ID
	if q := ok(api.Replay(ctx, second.ID, clientele.WebhookReplayParams{After: first}))(t); q.Queued == 0 {
		t.Errorf("a replay queues %+v", q)
	}
	event := s.events(t, w.ID)[0]
	if q := ok(api.Resend(ctx, second.ID, clientele.WebhookEventParams{EventID: event.ID}))(t); q.Queued != 0 {
		t.Errorf("a resend of what waits already queues %+v", q)
	}
	if pending := s.events(t, w.ID)[0].PendingWebhooks; pending != 1 {
		t.Errorf("the event says that %d endpoints are to be told", pending)
	}
	deleted := ok(api.Delete(ctx, second.ID))(t)
	if deleted.ID != second.ID || deleted.URL != second.URL {
		t.Errorf("deleted is %+v", deleted)
	}
	if _, err := api.Retrieve(ctx, second.ID); err == nil {
		t.Error("it is there after it was deleted")
	}
	if pending := s.events(t, w.ID)[0].PendingWebhooks; pending != 0 {
		t.Errorf("the event says that %d endpoints are to be told, of which none is", pending)
	}
	var types []string
	for _, e := range s.events(t, second.ID) {
		types = append(types, e.Type)
	}
	if strings.Join(types, " ") != "webhook_endpoint.created webhook_endpoint.deleted" {
		t.Errorf("its events are %v", types)
	}
}

func TestWebhookEndpointsRefuse(t *testing.T) {
	t.Parallel()
	s := start(t)
	w := ok(s.Test().WebhookEndpoints.Create(t.Context(), anEndpoint("*")))(t)
	for body, field := range map[string]string{
		`{}`:                        "url",
		`{"enabled_events":["*"]}`:  "url",
		`{"url":"https://x.test/"}`: "enabled_events",
		`{"url":"ftp://x.test/","enabled_events":["*"]}`:                                    "url",
		`{"url":"https://user:word@x.test/","enabled_events":["*"]}`:                        "url",
		`{"url":"https:///path","enabled_events":["*"]}`:                                    "url",
		`{"url":"x.test","enabled_events":["*"]}`:                                           "url",
		`{"url":"https://x.test/#a","enabled_events":["*"]}`:                                "url",
		`{"url":"https://x.test/` + strings.Repeat("a", 2048) + `","enabled_events":["*"]}`: "url",
		`{"url":"https://x.test/","enabled_events":[]}`:                                     "enabled_events",
		`{"url":"https://x.test/","enabled_events":[""]}`:                                   "enabled_events",
		`{"url":"https://x.test/","enabled_events":"*"}`:                                    "enabled_events",
		`{"url":"https://x.test/","enabled_events":["*"],"status":"paused"}`:                "status",
		`{"url":"https://x.test/","enabled_events":["*"],"api_version":"2020"}`:             "api_version",
		`{"url":"https://x.test/","enabled_events":["*"],"secret":"whsec_x"}`:               "secret",
		`{"url":"https://x.test/","enabled_events":["*"],"metadata":[1]}`:                   "metadata",
	} {
		got := s.send(t, "POST", "/api/webhook-endpoints", body)
		got.must(t, 400)
		if !strings.Contains(string(got.body), `"field":"`+field) {
			t.Errorf("%s is refused with %s, want the field %s", body, got.body, field)
		}
	}
	for path, field := range map[string]string{
		"resend": `{"event_id":"evt_none_1"}`, "replay": `{"after":"evt_none_1"}`,
	} {
		s.send(t, "POST", "/api/webhook-endpoints/"+w.ID+"/"+path, field).must(t, 400)
		s.send(t, "POST", "/api/webhook-endpoints/we_none/"+path, field).must(t, 404)
	}
	s.send(t, "PUT", "/api/webhook-endpoints/"+w.ID, `{"description":"x"}`, "If-Match", `"9"`).must(t, 412)
	s.Advance(time.Second)
}
