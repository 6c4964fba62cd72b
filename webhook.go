package clientele

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// WebhookStatus says whether a webhook endpoint is told of events.
type WebhookStatus string

// The states of webhook endpoints.
const (
	WebhookEnabled  WebhookStatus = "enabled"
	WebhookDisabled WebhookStatus = "disabled"
)

// WebhookEndpoint is an address that is told of events, by an HTTP request for each, as Standard Webhooks says
// (https://www.standardwebhooks.com).
type WebhookEndpoint struct {
	// Unique identifier, starting with we_.
	ID string `json:"id"`
	// Always "webhook_endpoint".
	Object string `json:"object"`
	// True in live mode, false in test mode: the mode of the events that it is told of.
	Livemode Mode `json:"livemode"`
	// The version of the shape of events.
	APIVersion string `json:"api_version"`
	// Where events are sent to.
	URL string `json:"url"`
	// Free text.
	Description string `json:"description"`
	// The types of events that it is told of; * stands for all, and invoice.* for those that begin so.
	EnabledEvents []string `json:"enabled_events"`
	// Arbitrary keys and values.
	Metadata Metadata `json:"metadata"`
	// enabled or disabled. One that an event could not be delivered to, for days, is disabled.
	Status WebhookStatus `json:"status"`
	// Always "api".
	CreatedVia string `json:"created_via"`
	// ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
	UpdatedAt Time `json:"updated_at"`
	// Whether what is sent has the component signature of ArcBlock's platform too; absent for no.
	ComponentSignature bool `json:"component_signature,omitzero"`
	// The secret that signs what is sent, whsec_ and base64; only in the answer that made it.
	Secret string `json:"secret,omitempty"`
}

// WebhookEndpointExpanded is an endpoint with what was sent to it last.
type WebhookEndpointExpanded struct {
	WebhookEndpoint
	// The last attempts, newest first.
	Attempts []WebhookAttempt `json:"attempts"`
}

// WebhookAttempt is one request that told an endpoint of an event.
type WebhookAttempt struct {
	// Unique identifier, starting with wa_.
	ID string `json:"id"`
	// Always "webhook_attempt".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// The event.
	EventID string `json:"event_id"`
	// The endpoint.
	WebhookEndpointID string `json:"webhook_endpoint_id"`
	// succeeded or failed: a status from 200 to 299 is success.
	Status string `json:"status"`
	// The status that was answered; 0 when there was no answer.
	ResponseStatus int64 `json:"response_status"`
	// What was answered, its first 64 KiB, or why there was no answer.
	ResponseBody string `json:"response_body"`
	// How many attempts had failed before.
	RetryCount int64 `json:"retry_count"`
	// ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
	UpdatedAt Time `json:"updated_at"`
}

// WebhookEndpointParams are the fields of an endpoint that a request may set. Those not sent stay as they are.
type WebhookEndpointParams struct {
	// Where events are sent to: an http or https address, at most 2048 characters.
	URL *string `json:"url,omitempty"`
	// The types of events that it is told of, at most 100 of any name; * stands for all, and invoice.* for those that
	// begin so.
	EnabledEvents *[]string `json:"enabled_events,omitempty"`
	// Free text, at most 5000 characters.
	Description *string `json:"description,omitempty"`
	// enabled, which it is when absent, or disabled.
	Status *WebhookStatus `json:"status,omitempty"`
	// Keys to change; null deletes a key.
	Metadata any `json:"metadata,omitempty"`
	// Only 2023-09-05, which it is when absent.
	APIVersion *string `json:"api_version,omitempty"`
	// The secret key of the application that listens, BLOCKLET_APP_ASK or else BLOCKLET_APP_SK: 128 hexadecimal digits.
	// What is sent has the component signature of ArcBlock's platform then, which its verifySig checks with that key. It
	// is kept as secrets are and never shown; "" ends it.
	ComponentKey *string `json:"component_key,omitempty"`
}

// WebhookEventParams name an event.
type WebhookEventParams struct {
	// The event's id.
	EventID string `json:"event_id"`
}

// WebhookReplayParams say from which event on events are sent again.
type WebhookReplayParams struct {
	// The id of the last event that is not sent again.
	After string `json:"after"`
}

// WebhookQueued says how many events will be sent.
type WebhookQueued struct {
	// How many; events that were to be sent anyway are not among them.
	Queued int64 `json:"queued"`
	// The last of them, when there are more events than can be sent again at once: go on after it.
	LastEventID string `json:"last_event_id,omitempty"`
}

// The headers of a request that tells of an event (Standard Webhooks).
const (
	WebhookIDHeader        = "webhook-id"
	WebhookTimestampHeader = "webhook-timestamp"
	WebhookSignatureHeader = "webhook-signature"
)

// webhookTolerance is how old or early a signature may be.
const webhookTolerance = 5 * time.Minute

// Errors of [VerifyWebhook].
var (
	ErrWebhookHeaders   = errors.New("clientele: the request has no webhook-id, webhook-timestamp and webhook-signature")
	ErrWebhookTime      = errors.New("clientele: the webhook's timestamp is not of now")
	ErrWebhookSignature = errors.New("clientele: no signature of the webhook is by the secret")
	errWebhookSecret    = errors.New("clientele: a webhook secret is whsec_ and base64")
)

// SignWebhook is the signature, as the header has it, of a body that is sent as an event at a moment, in unix seconds.
func SignWebhook(secret, id string, at int64, body []byte) (string, error) {
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil {
		return "", errWebhookSecret
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + strconv.FormatInt(at, 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// VerifyWebhook checks that a request's body was signed with the secret within five minutes of now, and reads its
// event.
func VerifyWebhook(header http.Header, body []byte, secret string) (*Event, error) {
	return verifyWebhook(header, body, secret, time.Now())
}

func verifyWebhook(header http.Header, body []byte, secret string, now time.Time) (*Event, error) {
	id, signatures := header.Get(WebhookIDHeader), header.Get(WebhookSignatureHeader)
	seconds, err := strconv.ParseInt(header.Get(WebhookTimestampHeader), 10, 64)
	if id == "" || signatures == "" || err != nil {
		return nil, ErrWebhookHeaders
	}
	if now.Sub(time.Unix(seconds, 0)).Abs() > webhookTolerance {
		return nil, ErrWebhookTime
	}
	want, err := SignWebhook(secret, id, seconds, body)
	if err != nil {
		return nil, err
	}
	for signature := range strings.SplitSeq(signatures, " ") {
		if hmac.Equal([]byte(signature), []byte(want)) {
			event := new(Event)
			return event, json.Unmarshal(body, event)
		}
	}
	return nil, ErrWebhookSignature
}
