package billing

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"io"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// WebhookEndpoints is the part of [Service] about who is told of events. How they are is in internal/webhooks.
type WebhookEndpoints struct{ *core }

const (
	apiVersion    = "2023-09-05" // of the shape of events
	longestURL    = 2048         // characters
	mostTypes     = 100
	secretBytes   = 32
	secretGrace   = 24 * time.Hour // how long the former secret signs beside the new one
	shownAttempts = 10             // with an endpoint
	replayStep    = 500
	mostReplayed  = 20 * replayStep
)

// Seal makes of a secret what is kept of it.
type Seal func(secret string) (string, error)

// WithSeal sets how the secrets of webhook endpoints are kept; as they are unless told.
func WithSeal(seal Seal) Option { return func(s *core) { s.seal = seal } }

// Create makes an endpoint, and answers it with its secret, which a repetition has not.
func (s WebhookEndpoints) Create(
	ctx context.Context, call Call, p clientele.WebhookEndpointParams,
) (store.Document, error) {
	if err := checkEndpoint(p, true); err != nil {
		return store.Document{}, err
	}
	var secret string
	doc, err := s.create(ctx, call, func(tx store.Tx) (doc store.Document, err error) {
		now := s.now()
		w := clientele.WebhookEndpoint{
			Object: string(store.TypeWebhookEndpoint), Livemode: call.Livemode, APIVersion: apiVersion,
			Metadata: clientele.Metadata{}, Status: clientele.WebhookEnabled, CreatedVia: "api", CreatedAt: clientele.At(now),
		}
		if w.ID, err = s.newID(store.WebhookEndpoints.Prefix, now); err != nil {
			return doc, err
		}
		if err := setEndpoint(&w, p); err != nil {
			return doc, err
		}
		if secret, err = s.newSecret(tx, w.ID, now); err != nil {
			return doc, err
		}
		if err := s.setComponentKey(tx, &w, p.ComponentKey); err != nil {
			return doc, err
		}
		end, err := tx.FeedEnd()
		if err == nil { // from here on, if this is the first
			err = tx.Webhooks().BeginCursor(store.WebhookConsumer, end.Seq)
		}
		if err != nil {
			return doc, err
		}
		return s.saveEndpoint(tx, call, clientele.EventWebhookEndpointCreated, store.Record{ID: w.ID}, nil, w)
	})
	return withSecret(doc, secret, err)
}

// withSecret is the document of an endpoint with the secret that was made for it, unless it was answered before.
func withSecret(doc store.Document, secret string, err error) (store.Document, error) {
	if err != nil || doc.Replayed {
		return doc, err
	}
	var w clientele.WebhookEndpoint
	if err := json.Unmarshal(doc.JSON, &w); err != nil {
		return doc, err
	}
	w.Secret = secret
	doc.JSON, err = encodeObject(w)
	return doc, err
}

// newSecret makes a secret of an endpoint, beside which the former ones are good for a while.
func (s *core) newSecret(tx store.Tx, endpointID string, now time.Time) (secret string, err error) {
	var random [secretBytes]byte
	if _, err := io.ReadFull(s.random, random[:]); err != nil {
		return "", err
	}
	secret = "whsec_" + base64.StdEncoding.EncodeToString(random[:])
	kept, err := s.sealed(secret)
	if err != nil {
		return "", err
	}
	return secret, tx.Webhooks().SaveSecret(store.WebhookSecret{EndpointID: endpointID, Secret: kept, CreatedAt: now},
		now.Add(secretGrace))
}

// sealed is a secret as it is kept.
func (s *core) sealed(secret string) (string, error) {
	if s.seal == nil {
		return secret, nil
	}
	return s.seal(secret)
}

// setComponentKey keeps the key of an endpoint's component signature in place of the one before, "" for none.
func (s *core) setComponentKey(tx store.Tx, w *clientele.WebhookEndpoint, key *string) error {
	if key == nil {
		return nil
	}
	now := s.now()
	secret := store.WebhookSecret{EndpointID: w.ID, Component: true, CreatedAt: now}
	if w.ComponentSignature = *key != ""; w.ComponentSignature {
		var err error // it begins with whose it is, as several may have the same
		if secret.Secret, err = s.sealed(w.ID + ":" + strings.TrimPrefix(*key, "0x")); err != nil {
			return err
		}
	}
	return tx.Webhooks().SaveSecret(secret, now)
}

func checkEndpoint(p clientele.WebhookEndpointParams, isNew bool) error {
	var version, status error
	if p.APIVersion != nil && *p.APIVersion != apiVersion {
		version = check.Invalid("api_version", "api_version is %s", apiVersion)
	}
	if p.Status != nil && *p.Status != clientele.WebhookEnabled && *p.Status != clientele.WebhookDisabled {
		status = check.Invalid("status", "status is enabled or disabled")
	}
	return clientele.JoinInvalid(checkEndpointURL(p.URL, isNew), checkEventTypes(p.EnabledEvents, isNew),
		check.OptionalText("description", p.Description, check.MaxText), status, version, checkComponentKey(p.ComponentKey))
}

// checkComponentKey refuses what is no Ed25519 key pair, as the vendor writes one: the seed and the public half.
func checkComponentKey(key *string) error {
	if key == nil || *key == "" {
		return nil
	}
	pair, err := hex.DecodeString(strings.TrimPrefix(*key, "0x"))
	if err != nil || len(pair) != ed25519.PrivateKeySize ||
		!bytes.Equal(ed25519.NewKeyFromSeed(pair[:ed25519.SeedSize]), pair) {
		return check.Invalid("component_key",
			"component_key is the application's secret key, BLOCKLET_APP_SK: 128 hexadecimal digits, with or without 0x")
	}
	return nil
}

// checkEndpointURL refuses what nothing can be sent to. Whether it may be is found out where it is connected to.
func checkEndpointURL(address *string, required bool) error {
	if address == nil {
		if required {
			return check.Invalid("url", "url is required: where events are sent to, such as https://example.com/webhooks")
		}
		return nil
	}
	u, err := url.Parse(*address)
	switch {
	case utf8.RuneCountInString(*address) > longestURL:
		return check.Invalid("url", "url has at most %d characters", longestURL)
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil ||
		strings.Contains(*address, "#"):
		return check.Invalid("url", "url is an http or https address, without a user and a fragment, such as "+
			"https://example.com/webhooks")
	}
	return nil
}

func checkEventTypes(types *[]string, required bool) error {
	const field = "enabled_events"
	if types == nil {
		if required {
			return check.Invalid(field, `enabled_events is required: the types of events, such as ["invoice.paid"], or ["*"]`)
		}
		return nil
	}
	if len(*types) == 0 || len(*types) > mostTypes {
		return check.Invalid(field, "enabled_events has 1 to %d types; [\"*\"] stands for all", mostTypes)
	}
	for _, name := range *types {
		if name == "" || utf8.RuneCountInString(name) > 100 {
			return check.Invalid(field, "a type of events has 1 to 100 characters, such as invoice.paid")
		}
	}
	return nil
}

func setEndpoint(w *clientele.WebhookEndpoint, p clientele.WebhookEndpointParams) error {
	set(&w.URL, p.URL)
	set(&w.EnabledEvents, p.EnabledEvents)
	set(&w.Description, p.Description)
	set(&w.Status, p.Status)
	return check.FillMetadata(&w.Metadata, p.Metadata)
}

// saveEndpoint writes an endpoint's next version and its event.
func (s *core) saveEndpoint(
	tx store.Tx, call Call, event string, rec store.Record, before *clientele.WebhookEndpoint,
	after clientele.WebhookEndpoint,
) (doc store.Document, err error) {
	after.UpdatedAt = clientele.At(s.now())
	return saveAlone(s, tx, call, store.WebhookEndpoints, event, rec, before, &after)
}

func findEndpoint(
	tx store.Tx, mode clientele.Mode, id string,
) (rec store.Record, w clientele.WebhookEndpoint, err error) {
	rec, found, err := tx.Get(store.WebhookEndpoints.Kind, mode, id)
	switch {
	case err != nil:
		return rec, w, err
	case !found:
		return rec, w, clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no webhook endpoint %q in this mode", id)
	}
	return rec, w, json.Unmarshal(rec.JSON, &w)
}

// changeEndpoint changes an endpoint.
func (s *core) changeEndpoint(
	ctx context.Context, call Call, id string,
	fn func(store.Tx, store.Record, clientele.WebhookEndpoint) (store.Document, error),
) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		rec, w, err := findEndpoint(tx, call.Livemode, id)
		if err == nil {
			err = call.checkVersion(rec)
		}
		if err != nil {
			return store.Document{}, err
		}
		return fn(tx, rec, w)
	})
}

// Update changes what is sent. One that is enabled again is told of what it was still to be told.
func (s WebhookEndpoints) Update(
	ctx context.Context, call Call, id string, p clientele.WebhookEndpointParams,
) (store.Document, error) {
	if err := checkEndpoint(p, false); err != nil {
		return store.Document{}, err
	}
	return s.changeEndpoint(ctx, call, id, func(
		tx store.Tx, rec store.Record, w clientele.WebhookEndpoint,
	) (store.Document, error) {
		before := w
		w.Metadata = maps.Clone(w.Metadata)
		if err := setEndpoint(&w, p); err != nil {
			return store.Document{}, err
		}
		if err := s.setComponentKey(tx, &w, p.ComponentKey); err != nil {
			return store.Document{}, err
		}
		if reflect.DeepEqual(before, w) {
			return store.Document{JSON: rec.JSON, Of: store.TypeWebhookEndpoint, ID: rec.ID, Version: rec.Version}, nil
		}
		if before.Status != w.Status {
			if err := tx.Webhooks().WakeQueue(id, s.now()); err != nil {
				return store.Document{}, err
			}
		}
		return s.saveEndpoint(tx, call, clientele.EventWebhookEndpointUpdated, rec, &before, w)
	})
}

// Disable ends that an endpoint is told, in a transaction, because an event could not be delivered to it.
func (s WebhookEndpoints) Disable(tx store.Tx, mode clientele.Mode, id string) error {
	rec, w, err := findEndpoint(tx, mode, id)
	if isCode(err, clientele.ErrorCodeNotFound) || w.Status == clientele.WebhookDisabled {
		return nil
	}
	if err != nil {
		return err
	}
	before := w
	w.Status = clientele.WebhookDisabled
	_, err = s.saveEndpoint(tx, Call{Livemode: mode, Actor: "system"}, clientele.EventWebhookEndpointUpdated, rec,
		&before, w)
	return err
}

// Delete removes an endpoint, and answers it as it was.
func (s WebhookEndpoints) Delete(ctx context.Context, call Call, id string) (store.Document, error) {
	return s.changeEndpoint(ctx, call, id, func(
		tx store.Tx, rec store.Record, w clientele.WebhookEndpoint,
	) (store.Document, error) {
		doc := store.Document{JSON: rec.JSON, Version: rec.Version}
		rec.Version++
		if err := store.WebhookEndpoints.Delete(tx, store.Record{
			ID: rec.ID, Seq: rec.Seq, Version: rec.Version - 1, JSON: rec.JSON,
		}, &w); err != nil {
			return doc, err
		}
		if err := tx.Webhooks().DropQueue(id); err != nil {
			return doc, err
		}
		return doc, s.record(tx, call, clientele.EventWebhookEndpointDeleted, changed{
			id: rec.ID, version: rec.Version, before: rec.JSON,
		})
	})
}

// Retrieve answers an endpoint with the last attempts.
func (s WebhookEndpoints) Retrieve(
	ctx context.Context, mode clientele.Mode, id string,
) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, w, err := findEndpoint(tx, mode, id)
		if err != nil {
			return err
		}
		expanded, err := withAttempts(tx, w)
		if err == nil {
			doc.JSON, err = encodeObject(expanded)
		}
		doc.Version = rec.Version
		return err
	})
	return doc, err
}

func withAttempts(tx store.Tx, w clientele.WebhookEndpoint) (clientele.WebhookEndpointExpanded, error) {
	attempts, _, err := tx.Webhooks().Attempts(w.ID, store.Window{Limit: shownAttempts})
	if attempts == nil {
		attempts = []clientele.WebhookAttempt{}
	}
	return clientele.WebhookEndpointExpanded{WebhookEndpoint: w, Attempts: attempts}, err
}

// List answers a page of the endpoints, newest first, each with the last attempts, and how many there are.
func (s WebhookEndpoints) List(
	ctx context.Context, mode clientele.Mode, w store.Window,
) (page []clientele.WebhookEndpointExpanded, count int64, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		all, err := store.WebhookEndpoints.Select(tx, store.Query{Mode: mode, Order: store.OldestFirst})
		if err != nil {
			return err
		}
		slices.Reverse(all)
		count = int64(len(all))
		from := min(w.Offset, count)
		page = []clientele.WebhookEndpointExpanded{}
		for _, one := range all[from:min(from+w.Limit, count)] {
			expanded, err := withAttempts(tx, one)
			if err != nil {
				return err
			}
			page = append(page, expanded)
		}
		return nil
	})
	return page, count, err
}

// Attempts answers a page of the attempts at an endpoint, newest first, and how many there are.
func (s WebhookEndpoints) Attempts(
	ctx context.Context, mode clientele.Mode, id string, w store.Window,
) (page []clientele.WebhookAttempt, count int64, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		if _, _, err := findEndpoint(tx, mode, id); err != nil {
			return err
		}
		page, count, err = tx.Webhooks().Attempts(id, w)
		if page == nil {
			page = []clientele.WebhookAttempt{}
		}
		return err
	})
	return page, count, err
}

// Rotate makes a new secret of an endpoint, beside which the former is good for a day, and answers with it.
func (s WebhookEndpoints) Rotate(ctx context.Context, call Call, id string) (store.Document, error) {
	var secret string
	doc, err := s.changeEndpoint(ctx, call, id, func(
		tx store.Tx, rec store.Record, w clientele.WebhookEndpoint,
	) (doc store.Document, err error) {
		if secret, err = s.newSecret(tx, id, s.now()); err != nil {
			return doc, err
		}
		return s.saveEndpoint(tx, call, clientele.EventWebhookEndpointUpdated, rec, &w, w)
	})
	return withSecret(doc, secret, err)
}

// Ping has an event of its own sent to an endpoint.
func (s WebhookEndpoints) Ping(ctx context.Context, call Call, id string) (store.Document, error) {
	return s.changeEndpoint(ctx, call, id, func(
		tx store.Tx, rec store.Record, w clientele.WebhookEndpoint,
	) (store.Document, error) {
		return s.saveEndpoint(tx, call, clientele.EventWebhookEndpointPinged, rec, &w, w)
	})
}

// Resend has an event sent to an endpoint again, whatever types it is told of.
func (s WebhookEndpoints) Resend(
	ctx context.Context, call Call, id string, p clientele.WebhookEventParams,
) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (doc store.Document, err error) {
		if _, _, err := findEndpoint(tx, call.Livemode, id); err != nil {
			return doc, err
		}
		rec, found, err := events.FindRecord(tx, call.Livemode, p.EventID)
		if err == nil && !found {
			err = events.RefusePruned(tx, call.Livemode, "event_id", p.EventID)
		}
		switch {
		case err != nil:
			return doc, err
		case !found:
			return doc, check.Invalid("event_id", "no event %q in this mode", p.EventID)
		case rec.Seq == 0:
			return doc, conflict("event_id", "the event %s was written just now, and is sent anyway", p.EventID)
		}
		return s.queue(tx, "", []store.Delivery{{
			EndpointID: id, Position: rec.Seq, EventID: p.EventID, ObjectID: rec.ObjectID,
		}})
	})
}

// queue queues deliveries; last is the event to go on after, or "".
func (s *core) queue(tx store.Tx, last string, list []store.Delivery) (doc store.Document, err error) {
	added, err := tx.Webhooks().AddDeliveries(list, s.now())
	if err != nil {
		return doc, err
	}
	doc.JSON, err = encodeObject(clientele.WebhookQueued{Queued: added, LastEventID: last})
	return doc, err
}

// Replay has the events after one sent to an endpoint again: those of the types that it is told of.
func (s WebhookEndpoints) Replay(
	ctx context.Context, call Call, id string, p clientele.WebhookReplayParams,
) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (doc store.Document, err error) {
		_, w, err := findEndpoint(tx, call.Livemode, id)
		if err != nil {
			return doc, err
		}
		rec, found, err := events.FindRecord(tx, call.Livemode, p.After)
		if err == nil && !found {
			err = events.RefusePruned(tx, call.Livemode, "after", p.After)
		}
		if err != nil {
			return doc, err
		}
		if !found || rec.Seq == 0 {
			return doc, check.Invalid("after", "no event %q in this mode: after is the last that is not sent again", p.After)
		}
		var list []store.Delivery
		last := ""
		for after, read := rec.Seq, 0; ; read += replayStep {
			recs, err := tx.Feed(store.FeedQuery{Livemode: call.Livemode, After: after, Limit: replayStep})
			if err != nil {
				return doc, err
			}
			if len(recs) == 0 {
				return s.queue(tx, "", list)
			}
			if read == mostReplayed {
				return s.queue(tx, last, list)
			}
			for _, e := range recs {
				if after, last = e.Seq, e.ID(); events.Tells(w, e) {
					list = append(list, store.Delivery{
						EndpointID: id, Position: e.Seq, EventID: e.ID(), ObjectID: e.ObjectID,
					})
				}
			}
		}
	})
}
