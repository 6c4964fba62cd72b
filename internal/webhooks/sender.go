package webhooks

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

const (
	interval       = 100 * time.Millisecond // between two looks for what is due
	mostQueues     = 512                    // that are worked on at once by a server
	atOnce         = 8                      // requests to one endpoint
	someDeliveries = 64                     // that are sent before what became of them is written
	holdTime       = 2 * time.Minute        // after which another server takes over from one that is gone
	timeout        = 15 * time.Second       // of a request
	attemptsKept   = 30 * 24 * time.Hour
)

// Waits are how long is waited before each retry, unless the operator says otherwise: some three days.
var Waits = []time.Duration{
	time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	24 * time.Hour,
}

// Config is what a sender is made of.
type Config struct {
	Store   store.Store
	Log     *slog.Logger
	Now     func() time.Time
	Waits   []time.Duration                                         // before each retry
	Allowed []netip.Prefix                                          // beside the internet
	Open    func(kept string) (secret string, err error)            // undoes what a secret is kept as
	Disable func(tx store.Tx, mode clientele.Mode, id string) error // an endpoint that could not be told
}

// Sender tells endpoints of events.
type Sender struct {
	Config
	holder string
	client *http.Client

	mu      sync.Mutex
	working map[string]bool // the endpoints that are worked on
	all     sync.WaitGroup
}

// NewSender makes a sender, which sends nothing yet.
func NewSender(c Config) *Sender {
	dialer := &net.Dialer{Timeout: timeout, Control: guard(c.Allowed)}
	return &Sender{
		Config: c, holder: rand.Text(), working: map[string]bool{},
		client: &http.Client{
			Timeout: timeout,
			Transport: &http.Transport{
				DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConns: mostQueues,
				MaxIdleConnsPerHost: atOnce, IdleConnTimeout: 30 * time.Second, TLSHandshakeTimeout: timeout,
				MaxResponseHeaderBytes: 64 << 10,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Run queues and sends until the context ends, and waits for what is being sent.
func (s *Sender) Run(ctx context.Context) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	defer s.client.CloseIdleConnections()
	defer s.all.Wait()
	failure := ""
	for ctx.Err() == nil {
		err := s.queue(ctx)
		if err == nil {
			err = s.startDue(ctx)
		}
		if err != nil && ctx.Err() == nil && err.Error() != failure { // which is tried again, and told once
			failure = err.Error()
			s.Log.Error("webhooks are not sent; it is tried again", "error", err)
		}
		if err == nil {
			failure = ""
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// queue queues the events that are new for the endpoints that are told of them.
func (s *Sender) queue(ctx context.Context) error {
	wanted := func(tx store.Tx) (bool, error) { // what happens while an endpoint is disabled is passed over then
		all, err := endpoints(tx)
		return len(all) > 0, err
	}
	consumer := events.Consumer{Name: store.WebhookConsumer, Wanted: wanted, Handle: func(
		tx store.Tx, recs []store.EventRecord,
	) error {
		all, err := endpoints(tx)
		if err != nil {
			return err
		}
		var list []store.Delivery
		for _, e := range recs {
			for _, w := range all {
				if isFor(w, e) {
					list = append(list, store.Delivery{
						EndpointID: w.ID, Position: e.Seq, EventID: e.ID(), ObjectID: e.ObjectID,
					})
				}
			}
		}
		_, err = tx.Webhooks().AddDeliveries(list, s.Now())
		return err
	}}
	_, err := consumer.Run(ctx, s.Store)
	return err
}

// endpoints are those of both modes.
func endpoints(tx store.Tx) (all []clientele.WebhookEndpoint, err error) {
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		some, err := store.WebhookEndpoints.Select(tx, store.Query{Mode: mode})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// isFor says whether an event is sent to an endpoint by itself: to one that is enabled, of the event's mode and made
// before it; and not what moved in, which happened long ago.
func isFor(w clientele.WebhookEndpoint, e store.EventRecord) bool {
	return w.Status == clientele.WebhookEnabled && w.Livemode == e.Livemode && !e.At.Before(w.CreatedAt.Time) &&
		e.Actor != store.Importer && events.Tells(w, e)
}

// startDue starts to work on the queues in which something is due.
func (s *Sender) startDue(ctx context.Context) error {
	var due []string
	err := s.Store.View(ctx, func(tx store.Tx) (err error) {
		due, err = tx.Webhooks().DueQueues(s.Now(), mostQueues)
		return err
	})
	for _, id := range due {
		if err == nil && s.begin(id) {
			s.all.Go(func() {
				defer s.end(id)
				s.work(ctx, id)
			})
		}
	}
	return err
}

// begin says whether an endpoint is to be worked on, by who asks.
func (s *Sender) begin(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.working[id] || len(s.working) == mostQueues {
		return false
	}
	s.working[id] = true
	return true
}

func (s *Sender) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.working, id)
}

// work sends what is due for an endpoint, until nothing is or it does not take it.
func (s *Sender) work(ctx context.Context, id string) {
	for ctx.Err() == nil {
		more, err := s.round(ctx, id)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("an endpoint could not be told of events; it is tried again", "endpoint", id, "error", err)
		}
		if err != nil || !more {
			return
		}
	}
}

// errand is what a round has to do for an endpoint.
type errand struct {
	endpoint clientele.WebhookEndpoint
	secrets  []string
	key      ed25519.PrivateKey // of the component signature, if it is asked for
	due      []store.Delivery
	events   []clientele.Event // of due
}

// round sends some of what is due for an endpoint, and says whether there may be more.
func (s *Sender) round(ctx context.Context, id string) (more bool, err error) {
	now, held := s.Now(), false
	err = s.Store.Update(ctx, func(tx store.Tx) (err error) {
		held, err = tx.Webhooks().HoldQueue(id, s.holder, now, now.Add(holdTime))
		return err
	})
	if err != nil || !held {
		return false, err
	}
	var e errand
	err = s.Store.Scan(ctx, func(tx store.Tx) (err error) {
		e, err = s.read(tx, id)
		return err
	})
	if err != nil {
		return false, err
	}
	results := s.sendAll(ctx, e)
	failing := false
	for _, r := range results {
		failing = failing || r.attempt.Status == store.AttemptFailed
	}
	more = len(e.due) > 0 && !failing
	err = s.Store.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
		held, err := tx.Webhooks().HoldQueue(id, s.holder, now, now.Add(holdTime)) // and nobody adds meanwhile
		if err != nil || !held {
			return err // another server has it by now, and sends again
		}
		for _, r := range results {
			if err := s.settle(tx, e.endpoint, r); err != nil {
				return err
			}
		}
		if more {
			return nil
		}
		until, err := s.restUntil(tx, id, failing)
		if err != nil {
			return err
		}
		return tx.Webhooks().LeaveQueue(id, s.holder, until)
	})
	return more, err
}

// restUntil is until when an endpoint is left alone: for a while when it has just failed, and until somebody enables it
// when it is disabled.
func (s *Sender) restUntil(tx store.Tx, id string, failing bool) (time.Time, error) {
	const longest = 10 * time.Second
	w, err := findEndpoint(tx, id)
	switch now := s.Now(); {
	case err != nil:
		return now, err
	case w.Status != clientele.WebhookEnabled:
		return time.UnixMilli(math.MaxInt64), nil
	case failing && len(s.Waits) > 0:
		return now.Add(min(longest, s.Waits[0])), nil
	default:
		return now, nil
	}
}

// findEndpoint finds an endpoint of either mode; the zero one when there is none.
func findEndpoint(tx store.Tx, id string) (w clientele.WebhookEndpoint, err error) {
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		rec, found, err := tx.Get(store.WebhookEndpoints.Kind, mode, id)
		if err != nil {
			return w, err
		}
		if found {
			err = json.Unmarshal(rec.JSON, &w)
			return w, err
		}
	}
	return w, nil
}

// read reads what is due for an endpoint. One that is disabled is told nothing.
func (s *Sender) read(tx store.Tx, id string) (e errand, err error) {
	e.endpoint, err = findEndpoint(tx, id)
	if err != nil || e.endpoint.Status != clientele.WebhookEnabled {
		return e, err
	}
	now := s.Now()
	kept, err := tx.Webhooks().Secrets(id, now)
	if err != nil {
		return e, err
	}
	for _, k := range kept {
		secret, err := s.Open(k.Secret)
		if err != nil {
			return e, err
		}
		if !k.Component {
			e.secrets = append(e.secrets, secret)
		} else if e.key, err = hex.DecodeString(strings.TrimPrefix(secret, id+":")); err != nil {
			return e, fmt.Errorf("the component key of %s cannot be read", id)
		}
	}
	if e.due, err = tx.Webhooks().DueDeliveries(id, now, someDeliveries); err != nil {
		return e, err
	}
	return e, e.readEvents(tx)
}

// readEvents reads the events that are due.
func (e *errand) readEvents(tx store.Tx) error {
	recs := make([]store.EventRecord, 0, len(e.due))
	for _, d := range e.due {
		rec, found, err := events.FindRecord(tx, e.endpoint.Livemode, d.EventID)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("the event %s is not there", d.EventID)
		}
		recs = append(recs, rec)
	}
	var err error
	e.events, err = events.WithObjects(tx, recs)
	return err
}

// settle writes what became of a delivery.
func (s *Sender) settle(tx store.Tx, w clientele.WebhookEndpoint, r result) error {
	to, now := tx.Webhooks(), s.Now()
	if err := to.AddAttempt(r.attempt); err != nil {
		return err
	}
	if r.attempt.Status == store.AttemptSucceeded {
		return to.EndDelivery(r.delivery, now)
	}
	if r.delivery.Tries < int64(len(s.Waits)) {
		return to.DelayDelivery(r.delivery, now.Add(s.Waits[r.delivery.Tries]))
	}
	s.Log.Warn("an event was not delivered and is given up; the endpoint is disabled", "endpoint", w.ID,
		"event", r.delivery.EventID)
	if err := to.EndDelivery(r.delivery, now); err != nil {
		return err
	}
	return s.Disable(tx, w.Livemode, w.ID)
}

// ForgetAttempts drops the attempts that were made long ago.
func (s *Sender) ForgetAttempts(ctx context.Context) error {
	const some = 1000
	return s.Store.Update(ctx, func(tx store.Tx) error {
		return tx.Webhooks().ForgetAttempts(s.Now().Add(-attemptsKept), some)
	})
}
