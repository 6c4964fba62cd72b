package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"clientele.dev"
	"clientele.dev/client"
)

// ids are the ids of events.
func eventIDs(list []clientele.Event) (ids []string) {
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestFeedHasEveryEventOfItsModeInOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	ada, bob := s.post(t, `{"name":"Ada"}`), s.post(t, `{"name":"Bob"}`)
	for n := range 40 { // beyond what is kept whole
		ok(payment.Customers.Update(t.Context(), ada.ID, clientele.CustomerParams{
			Name: new(fmt.Sprint("Ada ", n)), Metadata: map[string]any{"n": fmt.Sprint(n), "odd": nilUnless(n%2 == 1, "1")},
		}))(t)
	}
	invoice := draft(t, payment, bob.ID, "curr_test_usd", "5")
	ok(payment.Invoices.Delete(t.Context(), invoice.ID))(t)
	var all []clientele.Event
	for _, e := range s.events(t, "") {
		if e.Livemode == clientele.Test {
			all = append(all, e)
		}
	}
	var walked []clientele.Event
	for p := (clientele.EventListParams{Limit: 7}); ; p.After = walked[len(walked)-1].ID {
		part := ok(payment.Events.List(t.Context(), p))(t)
		walked = append(walked, part.List...)
		if !part.HasMore {
			break
		}
	}
	if got, want := asJSON(t, walked), asJSON(t, all); got != want {
		t.Errorf("the feed in parts is\n%s, want\n%s", got, want)
	}
	for _, e := range all {
		if one := ok(payment.Events.Retrieve(t.Context(), e.ID))(t); asJSON(t, one) != asJSON(t, e) {
			t.Errorf("%s alone is\n%s, want\n%s", e.ID, asJSON(t, one), asJSON(t, e))
		}
	}
	names := map[string]bool{}
	for _, e := range walked {
		var c clientele.Customer
		if e.Type == clientele.EventCustomerUpdated && e.ObjectID == ada.ID {
			if err := json.Unmarshal(e.Data.Object, &c); err != nil {
				t.Fatal(err)
			}
			names[c.Name+string(e.Data.PreviousAttributes["name"])] = true
		}
	}
	if len(names) != 40 || !names[`Ada 7"Ada 6"`] {
		t.Errorf("the names were %v", names)
	}
	head := ok(payment.Events.Head(t.Context()))(t)
	if last := all[len(all)-1]; head.EventID != last.ID || head.Hash != last.Hash || len(head.Hash) != 64 {
		t.Errorf("the head is %+v, the last event %s with the hash %s", head, last.ID, last.Hash)
	}
	for _, test := range []struct {
		p    clientele.EventListParams
		want func(clientele.Event) bool
	}{
		{clientele.EventListParams{ObjectID: ada.ID}, func(e clientele.Event) bool { return e.ObjectID == ada.ID }},
		{clientele.EventListParams{CustomerID: bob.ID},
			func(e clientele.Event) bool { return e.ObjectID == bob.ID || e.ObjectID == invoice.ID }},
		{clientele.EventListParams{Type: clientele.EventCustomerCreated},
			func(e clientele.Event) bool { return e.Type == clientele.EventCustomerCreated }},
		{clientele.EventListParams{Type: clientele.EventInvoiceDeleted, CustomerID: bob.ID},
			func(e clientele.Event) bool { return e.Type == clientele.EventInvoiceDeleted }},
		{clientele.EventListParams{After: all[20].ID},
			func(e clientele.Event) bool { return slices.Contains(eventIDs(all[21:]), e.ID) }},
		{clientele.EventListParams{Type: "invoice.paid", Wait: 1}, func(clientele.Event) bool { return false }},
	} {
		var want []string
		for _, e := range all {
			if test.want(e) {
				want = append(want, e.ID)
			}
		}
		got := ok(payment.Events.List(t.Context(), test.p))(t)
		if !slices.Equal(eventIDs(got.List), want) || got.HasMore {
			t.Errorf("%+v answers %v, want %v", test.p, eventIDs(got.List), want)
		}
	}
	ofAda := clientele.EventListParams{CustomerID: ada.ID}
	if live := ok(s.Live().Events.List(t.Context(), ofAda))(t); len(live.List) > 0 {
		t.Errorf("the other mode has %v", eventIDs(live.List))
	}
}

func nilUnless(is bool, value any) any {
	if is {
		return value
	}
	return nil
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFeedRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.post(t, `{"name":"Ada"}`)
	for _, test := range []struct {
		path   string
		status int
		field  string
	}{
		{"?after=evt_none_1", 400, "after"},
		{"?after=evt_" + ada.ID + "_2", 400, "after"},
		{"?after=evt_" + ada.ID + "_01", 400, "after"},
		{"?after=" + ada.ID + "_1", 400, "after"},
		{"?after=x", 400, "after"},
		{"?limit=0", 400, "limit"},
		{"?limit=1001", 400, "limit"},
		{"?wait=61", 400, "wait"},
		{"?page=1", 400, "page"},
		{"/evt_none_1", 404, "id"},
		{"/evt_" + ada.ID + "_2", 404, "id"},
		{"/" + ada.ID, 404, "id"},
	} {
		got := s.send(t, "GET", "/api/events"+test.path, "")
		got.must(t, test.status)
		if !strings.Contains(string(got.body), `"field":"`+test.field+`"`) {
			t.Errorf("%s is refused with %s, want the field %s", test.path, got.body, test.field)
		}
	}
	if _, err := s.Live().Events.Retrieve(t.Context(), "evt_"+ada.ID+"_1"); err == nil {
		t.Error("the other mode has the event")
	}
}

// TestFollowersAreTold waits for an event that comes while they wait, by a request and by streams.
func TestFollowersAreTold(t *testing.T) {
	t.Parallel()
	s := start(t)
	first := s.post(t, `{"name":"Ada"}`)
	stream := s.stream(t, "", "")
	again := s.stream(t, "?type=customer.created", "evt_"+first.ID+"_1")
	waited := make(chan []clientele.Event, 1)
	go func() {
		list, err := s.Test().Events.List(t.Context(), clientele.EventListParams{After: "evt_" + first.ID + "_1", Wait: 60})
		if err != nil {
			t.Error(err)
			list = &clientele.EventList{}
		}
		waited <- list.List
	}()
	second := s.post(t, `{"name":"Bob"}`)
	s.send(t, "PUT", "/api/customers/"+second.ID, `{"name":"Bo"}`).must(t, 200)
	third := s.post(t, `{"name":"Cy"}`)
	if list := <-waited; len(list) == 0 || list[0].ObjectID != second.ID {
		t.Errorf("who waited got %v", eventIDs(list))
	}
	stream.expect(t, "evt_"+second.ID+"_1", "evt_"+second.ID+"_2", "evt_"+third.ID+"_1")
	again.expect(t, "evt_"+second.ID+"_1", "evt_"+third.ID+"_1")
}

type eventStream struct{ lines *bufio.Scanner }

// stream follows the events.
func (s *server) stream(t *testing.T, query, last string) eventStream {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/api/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.TestKey)
	r.Header.Set("Accept", "text/event-stream")
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("the stream answers %d, %v", resp.StatusCode, resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return eventStream{lines}
}

// expect reads the next events.
func (e eventStream) expect(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		var data string
		for e.lines.Scan() && data == "" {
			data, _ = strings.CutPrefix(e.lines.Text(), "data: ")
			if !strings.HasPrefix(e.lines.Text(), "data: ") {
				data = ""
			}
		}
		var event clientele.Event
		if err := json.Unmarshal([]byte(data), &event); err != nil || event.ID != id {
			t.Errorf("the stream has %q (%v), want %s", data, err, id)
		}
	}
}

// TestTheSDKFollows walks what is there, and then what comes, also past a server that is away for a moment.
func TestTheSDKFollows(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.post(t, `{"name":"Ada"}`)
	p := clientele.EventListParams{Type: clientele.EventCustomerCreated}
	var walked []clientele.Event
	for e, err := range s.Test().Events.All(t.Context(), p) {
		if err != nil {
			t.Fatal(err)
		}
		walked = append(walked, e)
	}
	if len(walked) != 1 || walked[0].ObjectID != ada.ID {
		t.Fatalf("it walks %v", eventIDs(walked))
	}
	var away atomic.Bool
	target := ok(url.Parse(s.URL))(t)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Swap(false) {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		httputil.NewSingleHostReverseProxy(target).ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	payment := client.New(proxy.URL, s.TestKey, client.WithMaxRetries(0))
	p.After = walked[0].ID
	s.post(t, `{"name":"First"}`)
	n := 0
	for e, err := range payment.Events.Follow(t.Context(), p) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; e.ObjectID == ada.ID || n == 3 {
			break
		}
		away.Store(true)
		s.post(t, `{"name":"Next"}`)
	}
	if n != 3 {
		t.Errorf("it was told of %d", n)
	}
}
