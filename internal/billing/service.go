package billing

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// answersKept is how long the answer to a request with an Idempotency-Key is kept.
const answersKept = 7 * 24 * time.Hour

// Service is what may happen, in a part for each resource, with the names that the SDK has for them. Its methods return
// *clientele.Error for whatever a caller did wrong; any other error is ours or the database's.
type Service struct {
	Customers         Customers
	Invoices          Invoices
	CreditNotes       CreditNotes
	Payments          Payments
	Refunds           Refunds
	Receivables       Receivables
	Settings          Settings
	PaymentCurrencies PaymentCurrencies
	PaymentMethods    PaymentMethods
	Closings          Closings
	Imports           Imports
	WebhookEndpoints  WebhookEndpoints
	*core
}

// core is what all parts work with.
type core struct {
	store   store.Transactions
	now     func() time.Time
	timeout time.Duration // after which a scan is ended
	random  io.Reader

	firstDate clientele.Day // that anything has
	seal      Seal          // how secrets are kept; nil for as they are
}

// Option changes how a Service is made.
type Option func(*core)

// WithClock sets what time it is.
func WithClock(now func() time.Time) Option { return func(s *core) { s.now = now } }

// WithRandom sets where the random part of ids comes from.
func WithRandom(r io.Reader) Option { return func(s *core) { s.random = r } }

// WithScanTimeout sets after how long a list, a search or a report is ended; 10 seconds unless told.
func WithScanTimeout(d time.Duration) Option { return func(s *core) { s.timeout = d } }

// WithFirstDate sets the first day that anything is dated; that of 1990 unless told.
func WithFirstDate(day clientele.Day) Option { return func(s *core) { s.firstDate = day } }

// New makes the service over a store.
func New(store store.Transactions, options ...Option) *Service {
	s := &core{store: store, now: time.Now, random: rand.Reader, timeout: 10 * time.Second, firstDate: firstDate}
	for _, o := range options {
		o(s)
	}
	return &Service{
		Customers: Customers{s}, Invoices: Invoices{s}, CreditNotes: CreditNotes{s}, Payments: Payments{s},
		Refunds:     Refunds{s},
		Receivables: Receivables{s}, Settings: Settings{s}, PaymentCurrencies: PaymentCurrencies{s},
		PaymentMethods: PaymentMethods{s}, Closings: Closings{s}, Imports: Imports{s},
		WebhookEndpoints: WebhookEndpoints{s}, core: s,
	}
}

// scanStore reads what may take long, but no longer than it may: it would keep others from being answered, and the
// database's log from being cleared.
func (s *core) scanStore(ctx context.Context, fn func(store.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.store.Scan(ctx, fn)
}

// Call says in which mode a change is asked for, by whom, and how a repetition of it is recognised.
type Call struct {
	Livemode  clientele.Mode
	Actor     string // a key's or application's id, or "system"
	RequestID string
	Repeat    Repeat
	// movedIn is when what moves in last changed elsewhere; zero for what changes now.
	movedIn time.Time
	// IfMatch, unless nil, are the versions that the caller believes the object to be changed to have.
	IfMatch []int64
}

// AnyVersion in IfMatch is whatever version the object has, if it exists.
const AnyVersion = -1

// checkVersion refuses a change of an object that is not what the caller believes. The zero record is no object yet.
func (c Call) checkVersion(rec store.Record) error {
	return c.checkVersionOf(rec, rec.Version != 0)
}

// checkVersionOf is checkVersion for what may be there, at version 0, before anybody has changed it.
func (c Call) checkVersionOf(rec store.Record, exists bool) error {
	if c.IfMatch == nil ||
		exists && (slices.Contains(c.IfMatch, rec.Version) || slices.Contains(c.IfMatch, AnyVersion)) {
		return nil
	}
	return clientele.Errorf(clientele.ErrorCodePreconditionFailed, "If-Match",
		"the object has changed since: it is at version %d; retrieve it and try again", rec.Version)
}

// Repeat recognises a request that is sent again.
type Repeat struct {
	Key         string   // the Idempotency-Key, or ""
	Signature   string   // the request's signature, or "": who has seen the request could send it again, word for word
	Fingerprint [32]byte // of the whole request
}

func (r Repeat) idempotencyKey() string { return "key:" + r.Key }

// keys are what an answer is kept under.
func (r Repeat) keys() []string {
	var keys []string
	if r.Key != "" {
		keys = append(keys, r.idempotencyKey())
	}
	if r.Signature != "" {
		keys = append(keys, "signature:"+r.Signature)
	}
	return keys
}

// transaction is what a change does, and what it answers.
type transaction func(store.Tx) (store.Document, error)

// change runs fn in one transaction, once: a repetition of the request gets the answer that was given, a refusal too,
// and waits for it while the first is under way, also on another server.
func (s *core) change(ctx context.Context, call Call, fn transaction) (store.Document, error) {
	fn = s.inWords(call.Livemode, fn)
	if len(call.Repeat.keys()) == 0 {
		return s.update(ctx, fn)
	}
	var refusal error
	doc, err := s.update(ctx, func(tx store.Tx) (doc store.Document, err error) {
		doc, refusal, err = s.answerOnce(tx, call, fn)
		return doc, err
	})
	if err != nil {
		return store.Document{}, err
	}
	return doc, refusal
}

// create is change for what makes a new object, of which there is no version to match.
func (s *core) create(ctx context.Context, call Call, fn transaction) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		if err := call.checkVersion(store.Record{}); err != nil {
			return store.Document{}, err
		}
		return fn(tx)
	})
}

// answerOnce answers a repetition with what is kept, and keeps the answer of a first time.
func (s *core) answerOnce(tx store.Tx, call Call, fn transaction) (doc store.Document, refusal, err error) {
	kept, found, err := s.claimAnswer(tx, call)
	switch {
	case err != nil:
		return store.Document{}, nil, err
	case found && kept.Fingerprint != call.Repeat.Fingerprint:
		return store.Document{}, clientele.Errorf(clientele.ErrorCodeIdempotencyReused, "Idempotency-Key",
			"this Idempotency-Key was used for another request; use a new key for a new request"), nil
	case found && kept.Refusal != nil:
		return store.Document{Replayed: true}, kept.Refusal, nil
	case found:
		doc = kept.Document
		doc.Replayed = true
		if doc.Of != "" {
			doc.JSON, err = events.ObjectAt(tx, call.Livemode, doc.Of, doc.ID, doc.Version)
		}
		return doc, nil, err
	}
	var e *clientele.Error
	err = tx.Nested(func() error {
		doc, err = fn(tx)
		return err
	})
	if err != nil && (!errors.As(err, &e) || e.Code == clientele.ErrorCodeInvalid) {
		return store.Document{}, nil, err // what was not understood may be sent again, corrected
	}
	answer := store.Answer{Fingerprint: call.Repeat.Fingerprint, Document: doc, Refusal: e, At: s.now()}
	for _, key := range call.Repeat.keys() {
		// A refusal is not kept under a signature: it had no effect, and an application that signs the same request
		// again within the second, say after creating what was missing, means it.
		if e != nil && key != call.Repeat.idempotencyKey() {
			continue
		}
		if err := tx.SaveAnswer(call.Actor, key, answer); err != nil {
			return store.Document{}, nil, err
		}
	}
	if e != nil {
		return store.Document{}, e, nil
	}
	return doc, nil, nil
}

// claimAnswer finds the answer given to an earlier sending of the request, or makes others of it wait for this one's.
func (s *core) claimAnswer(tx store.Tx, call Call) (a store.Answer, found bool, err error) {
	for _, key := range call.Repeat.keys() {
		if a, found, err = tx.ClaimAnswer(call.Actor, key, s.now().Add(-answersKept)); err != nil || found {
			break
		}
	}
	return a, found, err
}

func (s *core) update(ctx context.Context, fn transaction) (doc store.Document, err error) {
	err = s.store.Update(ctx, func(tx store.Tx) (err error) {
		doc, err = fn(tx)
		return err
	})
	return doc, err
}

// ForgetAnswers drops the answers kept longer than they need be, in small steps so that writers do not wait.
func (s *Service) ForgetAnswers(ctx context.Context) error {
	const step = 500
	for {
		var n int64
		err := s.store.Update(ctx, func(tx store.Tx) (err error) {
			n, err = tx.ForgetAnswers(s.now().Add(-answersKept), step)
			return err
		})
		if err != nil || n < step {
			return err
		}
	}
}

// encodeObject writes an object as the wire has it.
func encodeObject(v any) ([]byte, error) { return json.Marshal(v, json.Deterministic(true)) }
