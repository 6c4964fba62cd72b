package webhooks_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/webhooks"
)

func TestMain(m *testing.M) { os.Exit(apptest.RunOnAll(m.Run)) }

// receiver is an application that is told of events.
type receiver struct {
	*httptest.Server
	t      *testing.T
	secret atomic.Value
	answer func(w http.ResponseWriter, e clientele.Event) // nil for 204

	mu   sync.Mutex
	got  []clientele.Event
	came chan struct{} // has room for one
}

func newReceiver(t *testing.T, answer func(http.ResponseWriter, clientele.Event)) *receiver {
	r := &receiver{t: t, answer: answer, came: make(chan struct{}, 1)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// ServeHTTP verifies each request with the reference library and with ours.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		r.t.Error(err)
	}
	secret, _ := r.secret.Load().(string)
	reference, err := standardwebhooks.NewWebhook(secret)
	if err == nil {
		err = reference.VerifyIgnoringTimestamp(body, request.Header)
	}
	if err != nil {
		r.t.Errorf("the reference library refuses %v: %v", request.Header, err)
	}
	var e clientele.Event
	if err := json.Unmarshal(body, &e); err != nil || request.Header.Get("webhook-id") != e.ID {
		r.t.Errorf("%s: %v", body, err)
	}
	if r.answer != nil {
		out := &answered{ResponseWriter: w}
		r.answer(out, e)
		if out.status >= 300 {
			return
		}
	}
	r.mu.Lock()
	r.got = append(r.got, e)
	r.mu.Unlock()
	select {
	case r.came <- struct{}{}:
	default:
	}
}

type answered struct {
	http.ResponseWriter
	status int
}

func (a *answered) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// events are what was delivered so far.
func (r *receiver) events() []clientele.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// wait waits until so many events were delivered.
func (r *receiver) wait(n int) []clientele.Event {
	r.t.Helper()
	for {
		if got := r.events(); len(got) >= n {
			return got
		}
		select {
		case <-r.came:
		case <-r.t.Context().Done():
			r.t.Fatal("the test has ended")
		}
	}
}

// told registers a receiver for events.
func (r *receiver) told(s *apptest.Server, types ...string) clientele.WebhookEndpoint {
	r.t.Helper()
	w, err := s.Test().WebhookEndpoints.Create(r.t.Context(), clientele.WebhookEndpointParams{
		URL: &r.URL, EnabledEvents: &types,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.secret.Store(w.Secret)
	return *w
}

// sending runs a sender until stop is called, or the test ends.
func sending(t *testing.T, s *apptest.Server, db store.Store, waits ...time.Duration) (stop func()) {
	sealer, err := webhooks.NewSealer()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	sender := webhooks.NewSender(webhooks.Config{
		Store: db, Log: slog.New(slog.DiscardHandler), Now: s.Now, Waits: waits, Open: sealer.Open,
		Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Disable: s.Service.WebhookEndpoints.Disable,
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		sender.Run(ctx)
	}()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

func ids(list []clientele.Event) (all []string) {
	for _, e := range list {
		all = append(all, e.ID)
	}
	return all
}

func customer(t *testing.T, s *apptest.Server, name string) *clientele.Customer {
	t.Helper()
	c, err := s.Test().Customers.Create(t.Context(), clientele.CustomerParams{Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEndpointsAreToldOfWhatTheyWant(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	customer(t, s, "Before")
	s.Advance(time.Second)
	all, some, off := newReceiver(t, nil), newReceiver(t, nil), newReceiver(t, nil)
	everything := all.told(s, "*")
	some.told(s, "customer.updated", "invoice.*", "something.never")
	disabled := off.told(s, "*")
	ctx, api := t.Context(), s.Test()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(api.WebhookEndpoints.Update(ctx, disabled.ID, clientele.WebhookEndpointParams{
		Status: new(clientele.WebhookDisabled),
	}))
	sending(t, s, s.DB)
	c := customer(t, s, "Ada")
	must(api.Customers.Update(ctx, c.ID, clientele.CustomerParams{Name: new("Ada L.")}))
	must(s.Live().Customers.Create(ctx, clientele.CustomerParams{Name: new("Live")}))
	count := func(id string) (n int) {
		for _, got := range ids(all.events()) {
			if got == id {
				n++
			}
		}
		return n
	}
	for n := 1; count("evt_"+c.ID+"_1") < 1 || count("evt_"+c.ID+"_2") < 1; n++ {
		all.wait(n)
	}
	if got := some.wait(1); !slices.Equal(ids(got), []string{"evt_" + c.ID + "_2"}) {
		t.Errorf("the endpoint of updates was told %v", ids(got))
	}
	must(api.WebhookEndpoints.Ping(ctx, everything.ID))
	must(api.WebhookEndpoints.Resend(ctx, everything.ID, clientele.WebhookEventParams{EventID: "evt_" + c.ID + "_1"}))
	for n := len(all.events()); count("evt_"+c.ID+"_1") < 2 || count(fmt.Sprintf("evt_%s_2", everything.ID)) < 1; n++ {
		all.wait(n)
	}
	if got := off.events(); len(got) > 0 {
		t.Errorf("the disabled endpoint was told %v", ids(got))
	}
	for {
		attempts, err := api.WebhookEndpoints.Attempts(ctx, everything.ID, clientele.PageParams{})
		if err != nil {
			t.Fatal(err)
		}
		if a := attempts.List; attempts.Count >= 4 { // what was answered is written afterwards
			if a[0].Status != "succeeded" || a[0].ResponseStatus != 200 {
				t.Errorf("the last attempt is %+v", a[0])
			}
			break
		}
		time.Sleep(time.Millisecond)
	}
}

// TestOrderAndRetries fails by chance, in every way, and two servers send: each event comes, and those about one object
// in their order.
func TestOrderAndRetries(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	r := newReceiver(t, func(w http.ResponseWriter, _ clientele.Event) {
		switch rand.IntN(5) {
		case 0:
			w.WriteHeader(http.StatusInternalServerError)
		case 1:
			http.Redirect(w, &http.Request{}, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		case 2:
			if c, _, err := http.NewResponseController(w.(*answered).ResponseWriter).Hijack(); err == nil {
				w.(*answered).status = 599
				_ = c.Close()
			}
		}
	})
	w := r.told(s, "customer.*")
	waits := slices.Repeat([]time.Duration{time.Millisecond}, 200) // of a clock that is set on below
	sending(t, s, s.DB, waits...)
	sending(t, s, s.DB, waits...)
	const objects, versions = 6, 8
	want := map[string]int64{}
	for range objects {
		c := customer(t, s, "0")
		want[c.ID] = versions
		for n := range versions - 1 {
			name := fmt.Sprint(n + 1)
			if _, err := s.Test().Customers.Update(t.Context(), c.ID, clientele.CustomerParams{Name: &name}); err != nil {
				t.Fatal(err)
			}
		}
	}
	last := map[string]int64{}
	for seen := 0; !maps.Equal(last, want); {
		s.Advance(time.Millisecond)
		got := r.events()
		for _, e := range got[seen:] {
			switch v := last[e.ObjectID]; {
			case e.ObjectVersion == v+1:
				last[e.ObjectID]++
			case e.ObjectVersion > v:
				t.Fatalf("version %d of %s came after %d", e.ObjectVersion, e.ObjectID, v)
			}
		}
		seen = len(got)
		time.Sleep(time.Millisecond)
	}
	endpoint, err := s.Test().WebhookEndpoints.Retrieve(t.Context(), w.ID)
	if err != nil || endpoint.Status != clientele.WebhookEnabled || len(endpoint.Attempts) == 0 {
		t.Errorf("the endpoint is %+v, %v", endpoint, err)
	}
}

// mortal is a database as a server sees it that is killed: from then on it changes nothing.
type mortal struct {
	store.Store
	dead atomic.Bool
}

func (m *mortal) Update(ctx context.Context, fn func(store.Tx) error) error {
	if m.dead.Load() {
		return errors.New("killed")
	}
	return m.Store.Update(ctx, fn)
}

// TestThreeDaysDown is a receiver that answers nothing for almost three days, while servers are killed in the middle of
// what they do: it is told of everything afterwards, in order.
func TestThreeDaysDown(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	var down atomic.Bool
	down.Store(true)
	tried := make(chan struct{}, 1)
	r := newReceiver(t, func(w http.ResponseWriter, _ clientele.Event) {
		if down.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
		select {
		case tried <- struct{}{}:
		default:
		}
	})
	r.told(s, "customer.*")
	want := map[string]int64{}
	server := &mortal{Store: s.DB}
	stop := sending(t, s, server, webhooks.Waits...)
	for hour := range 60 {
		if hour%6 == 0 {
			c := customer(t, s, fmt.Sprint(hour))
			_, err := s.Test().Customers.Update(t.Context(), c.ID, clientele.CustomerParams{Email: new("a@example.com")})
			if err != nil {
				t.Fatal(err)
			}
			want[c.ID] = 2
			<-tried
			server.dead.Store(true) // what it has in hand stays unwritten
			stop()
			server = &mortal{Store: s.DB}
			stop = sending(t, s, server, webhooks.Waits...)
		}
		s.Advance(time.Hour)
	}
	down.Store(false)
	last := map[string]int64{}
	for seen := 0; !maps.Equal(last, want); {
		s.Advance(time.Hour)
		got := r.events()
		for _, e := range got[seen:] {
			if e.ObjectVersion > last[e.ObjectID]+1 {
				t.Fatalf("version %d of %s came after %d", e.ObjectVersion, e.ObjectID, last[e.ObjectID])
			}
			last[e.ObjectID] = max(last[e.ObjectID], e.ObjectVersion)
		}
		seen = len(got)
		time.Sleep(10 * time.Millisecond)
	}
}

func TestGivenUp(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	r := newReceiver(t, func(w http.ResponseWriter, _ clientele.Event) { w.WriteHeader(http.StatusGone) })
	w := r.told(s, "customer.created")
	sending(t, s, s.DB, time.Minute, time.Minute)
	customer(t, s, "Ada")
	api := s.Test()
	for {
		endpoint, err := api.WebhookEndpoints.Retrieve(t.Context(), w.ID)
		if err != nil {
			t.Fatal(err)
		}
		if endpoint.Status == clientele.WebhookDisabled {
			if len(endpoint.Attempts) != 3 || endpoint.Attempts[0].RetryCount != 2 ||
				endpoint.Attempts[0].ResponseStatus != 410 {
				t.Errorf("it was given up after %+v", endpoint.Attempts)
			}
			break
		}
		s.Advance(time.Minute)
		time.Sleep(time.Millisecond)
	}
	var types []string
	for _, e := range apptest.Events(t, s.DB) {
		if e.ObjectID == w.ID {
			types = append(types, e.Type+" by "+e.Request.RequestedBy)
		}
	}
	if len(types) != 2 || types[1] != "webhook_endpoint.updated by system" {
		t.Errorf("the events are %v", types)
	}
}

func TestRotatedSecretsSignBoth(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	r := newReceiver(t, nil)
	w := r.told(s, "customer.created")
	sending(t, s, s.DB)
	rotated, err := s.Test().WebhookEndpoints.Rotate(t.Context(), w.ID)
	if err != nil || rotated.Secret == w.Secret || !strings.HasPrefix(rotated.Secret, "whsec_") {
		t.Fatalf("rotated, it is %+v, %v", rotated, err)
	}
	customer(t, s, "With the former secret")
	r.wait(1)
	r.secret.Store(rotated.Secret)
	customer(t, s, "With the new one")
	r.wait(2)
	s.Advance(25 * time.Hour)
	customer(t, s, "With the new one alone")
	r.wait(3)
	shown, err := s.Test().WebhookEndpoints.Retrieve(t.Context(), w.ID)
	if err != nil || shown.Secret != "" {
		t.Errorf("the secret is shown again: %+v, %v", shown, err)
	}
}

// TestADeadEndpointDelaysNoOther has endpoints that never answer beside one that does.
func TestADeadEndpointDelaysNoOther(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	release := make(chan struct{})
	dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(dead.Close)
	t.Cleanup(func() { close(release) })
	for range 5 {
		_, err := s.Test().WebhookEndpoints.Create(t.Context(), clientele.WebhookEndpointParams{
			URL: &dead.URL, EnabledEvents: &[]string{"*"},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	alive := newReceiver(t, nil)
	alive.told(s, "customer.*")
	sending(t, s, s.DB, time.Minute)
	for n := range 40 {
		customer(t, s, fmt.Sprint(n))
	}
	alive.wait(40)
}

// TestADisabledEndpointRests shows that what a disabled endpoint is still to be told waits, and that nobody looks at it
// again and again; and that it comes when the endpoint is enabled.
func TestADisabledEndpointRests(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	var down atomic.Bool
	down.Store(true)
	r := newReceiver(t, func(w http.ResponseWriter, _ clientele.Event) {
		if down.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	w := r.told(s, "customer.created")
	api, ctx := s.Test(), t.Context()
	counted := &counting{Store: s.DB}
	sending(t, s, counted, time.Minute, time.Minute)
	customer(t, s, "Ada")
	for {
		attempts, err := api.WebhookEndpoints.Attempts(ctx, w.ID, clientele.PageParams{})
		if err != nil {
			t.Fatal(err)
		}
		if attempts.Count > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	set := func(status clientele.WebhookStatus) {
		t.Helper()
		_, err := api.WebhookEndpoints.Update(ctx, w.ID, clientele.WebhookEndpointParams{Status: &status})
		if err != nil {
			t.Fatal(err)
		}
	}
	set(clientele.WebhookDisabled)
	s.Advance(time.Hour)
	missed := customer(t, s, "While it was disabled")
	for before := int64(-1); before != counted.updates.Load(); time.Sleep(500 * time.Millisecond) {
		before = counted.updates.Load()
	}
	down.Store(false)
	set(clientele.WebhookEnabled)
	last := customer(t, s, "Afterwards")
	got := ids(r.wait(2))
	if slices.Contains(got, "evt_"+missed.ID+"_1") || !slices.Contains(got, "evt_"+last.ID+"_1") {
		t.Errorf("it was told %v, of which it was disabled at %s", got, missed.ID)
	}
}

// counting counts the transactions that write.
type counting struct {
	store.Store
	updates atomic.Int64
}

func (c *counting) Update(ctx context.Context, fn func(store.Tx) error) error {
	c.updates.Add(1)
	return c.Store.Update(ctx, fn)
}
