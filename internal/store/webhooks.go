package store

import (
	"time"

	"clientele.dev"
)

// Webhooks are what endpoints are still to be told, and what they were.
type Webhooks interface {
	// Cursor is up to which position a consumer has read the feed, and whether it has begun.
	Cursor(consumer string) (seq int64, begun bool, err error)
	// MoveCursor moves a consumer's cursor, if it is where it was believed to be, and says whether it was.
	MoveCursor(consumer string, from, to int64) (moved bool, err error)
	// BeginCursor puts the cursor of a consumer that has not begun.
	BeginCursor(consumer string, at int64) error

	// AddDeliveries adds deliveries to their endpoints' queues, of which none is there twice, and says how many it added.
	// One that waits for an earlier one about the same object is due when that is gone.
	AddDeliveries(list []Delivery, now time.Time) (added int64, err error)
	// DueQueues are endpoints that something is due for and that nobody works on, longest due first.
	DueQueues(now time.Time, limit int64) (endpointIDs []string, err error)
	// HoldQueue gives an endpoint's queue to a holder until a moment, unless another has it, and says whether it did.
	HoldQueue(endpointID, holder string, now, until time.Time) (bool, error)
	// LeaveQueue gives back a queue: nobody takes it before a moment.
	LeaveQueue(endpointID, holder string, until time.Time) error
	// WakeQueue lets a queue that nobody has be taken from a moment on, and waits for whoever is just giving it back.
	WakeQueue(endpointID string, at time.Time) error
	// DueDeliveries are deliveries of an endpoint that are due, longest due first: at most one of each object.
	DueDeliveries(endpointID string, now time.Time, limit int64) ([]Delivery, error)
	// DelayDelivery makes a delivery that failed due at a moment.
	DelayDelivery(d Delivery, until time.Time) error
	// EndDelivery removes a delivery; the next one about the same object is due now.
	EndDelivery(d Delivery, now time.Time) error
	// DropQueue removes all that is kept of an endpoint: its deliveries, attempts and secrets.
	DropQueue(endpointID string) error
	// PendingDeliveries are how many endpoints are still to be told of events, by the events' ids.
	PendingDeliveries(eventIDs []string) (map[string]int64, error)

	// AddAttempt keeps an attempt.
	AddAttempt(a clientele.WebhookAttempt) error
	// Attempts are those of an endpoint, newest first, and how many there are.
	Attempts(endpointID string, w Window) (page []clientele.WebhookAttempt, count int64, err error)
	// ForgetAttempts drops up to limit attempts that were made before a moment.
	ForgetAttempts(before time.Time, limit int64) error

	// Secrets are an endpoint's secrets that are good at a moment, as they are kept, the newest first.
	Secrets(endpointID string, at time.Time) ([]WebhookSecret, error)
	// SaveSecret keeps a secret, none when it is ""; those of its kind that are there end at a moment, unless they end
	// before.
	SaveSecret(s WebhookSecret, othersEnd time.Time) error
	// AllSecrets are the secrets of all endpoints, as they are kept, ended ones too.
	AllSecrets() ([]WebhookSecret, error)
	// KeepSecretAs writes a secret, as it is kept, in another way.
	KeepSecretAs(kept, now string) error
}

// WebhookConsumer is the consumer that queues events for webhook endpoints.
const WebhookConsumer = "webhooks"

// How attempts go.
const (
	AttemptSucceeded = "succeeded"
	AttemptFailed    = "failed"
)

// Delivery is an event that an endpoint is to be told of.
type Delivery struct {
	EndpointID string
	Position   int64 // of the event
	EventID    string
	ObjectID   string
	Tries      int64 // that failed
}

// WebhookSecret is a secret of an endpoint, as it is kept.
type WebhookSecret struct {
	EndpointID string
	Secret     string
	Component  bool // whether it is the key of the vendor's component signature
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero: never
}
