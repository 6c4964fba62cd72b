package billing

import (
	"bytes"
	"context"
	"crypto/sha256"
	stdjson "encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
)

// This file is how the past is kept. An event keeps what its change replaced, and the object keeps how it is now: so
// any version can be had by going back from the present one, and nothing is stored twice.

// ObjectType is a kind of object that has events, in the words of the wire.
type ObjectType string

// The kinds of objects that have events.
const (
	TypeCustomer        ObjectType = "customer"
	TypeInvoice         ObjectType = "invoice"
	TypePayment         ObjectType = "payment_intent"
	TypeCreditNote      ObjectType = "credit_note"
	TypeSettings        ObjectType = "settings"
	TypePaymentCurrency ObjectType = "payment_currency"
	TypePaymentMethod   ObjectType = "payment_method"
)

// EventRecord is a stored event.
type EventRecord struct {
	Seq            int64 // its position among all events; given by the store
	Livemode       bool
	Type           string // customer.updated; what stands before the point is the [ObjectType]
	ObjectID       string
	ObjectVersion  int64
	At             time.Time
	RequestID      string
	IdempotencyKey string
	Actor          string
	// What makes the object after the change the one before it, as an RFC 7396 merge patch that goes no deeper than the
	// members of a member; the whole object when it was removed; nil when it was created.
	Undo []byte
	// Digest of the object after the change, see [DigestOf].
	Digest []byte
}

// DigestOf is what an event remembers of an object's JSON: the first half of its SHA-256.
func DigestOf(doc []byte) []byte {
	sum := sha256.Sum256(doc)
	return sum[:16]
}

// record appends the event of a change to an object: old is nil for a new one, now for one that is gone.
func (s *Service) record(tx Tx, call Call, kind string, object changed) error {
	undo, err := UndoOf(object.before, object.after)
	if err != nil {
		return err
	}
	return tx.AddEvent(EventRecord{
		Livemode: call.Livemode, Type: kind, ObjectID: object.id, ObjectVersion: object.version, At: s.now(),
		RequestID: call.RequestID, IdempotencyKey: call.Repeat.Key, Actor: call.Actor,
		Undo: undo, Digest: DigestOf(object.after),
	})
}

// changed is an object that an event is about.
type changed struct {
	id            string
	version       int64  // after the change
	before, after []byte // nil before it was created, and after it was removed
}

// UndoOf is the [EventRecord.Undo] of a change.
func UndoOf(before, after []byte) ([]byte, error) {
	switch {
	case before == nil:
		return nil, nil
	case after == nil:
		return before, nil
	}
	undo, err := difference(after, before, true)
	if err != nil {
		return nil, err
	}
	return writeMembers(undo), nil
}

// difference is the merge patch that makes one object of another, and the members of its members when deep.
func difference(from, to []byte, deep bool) (patch []member, err error) {
	was, err := members(from)
	if err != nil {
		return nil, err
	}
	is, err := members(to)
	if err != nil {
		return nil, err
	}
	for _, m := range is {
		old := valueOf(was, m.name)
		switch {
		case bytes.Equal(old, m.value):
			continue
		case deep && old.Kind() == '{' && m.value.Kind() == '{':
			inner, err := difference(old, m.value, false)
			if err != nil {
				return nil, err
			}
			m.value = writeMembers(inner)
		}
		patch = append(patch, m)
	}
	for _, m := range was {
		if valueOf(is, m.name) == nil {
			patch = append(patch, member{m.name, jsontext.Value("null")})
		}
	}
	return patch, nil
}

// Undone applies an [EventRecord.Undo] to the object that came of the change.
func Undone(after, undo []byte) ([]byte, error) { return undone(after, undo, true) }

func undone(object, patch []byte, deep bool) ([]byte, error) {
	list, err := members(object)
	if err != nil {
		return nil, err
	}
	changes, err := members(patch)
	if err != nil {
		return nil, err
	}
	kept := list[:0:0]
	for _, m := range list {
		change := valueOf(changes, m.name)
		switch {
		case change == nil:
			kept = append(kept, m)
		case change.Kind() == 'n':
		case deep && change.Kind() == '{' && m.value.Kind() == '{':
			inner, err := undone(m.value, change, false)
			if err != nil {
				return nil, err
			}
			kept = append(kept, member{m.name, inner})
		default:
			kept = append(kept, member{m.name, change})
		}
	}
	for _, m := range changes {
		if m.value.Kind() != 'n' && valueOf(list, m.name) == nil {
			kept = append(kept, m)
		}
	}
	return writeMembers(kept), nil
}

func writeMembers(list []member) []byte {
	b := []byte{'{'}
	for i, m := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, m.name) // a name that was read is valid
		b = append(append(b, ':'), m.value...)
	}
	return append(b, '}')
}

// before is the object that an event's change was made to. Its members are in the order of the wire again.
func (e EventRecord) before(after []byte) ([]byte, error) {
	if e.Undo == nil || after == nil {
		return e.Undo, nil
	}
	doc, err := Undone(after, e.Undo)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", e.ID(), err)
	}
	var object any
	switch e.ObjectType() { // of the others there is one version
	case TypeCustomer:
		object = new(clientele.Customer)
	case TypeInvoice:
		object = new(clientele.Invoice)
	case TypePayment:
		object = new(clientele.Payment)
	case TypeSettings:
		object = new(clientele.Settings)
	default:
		return doc, nil
	}
	if err := json.Unmarshal(doc, object); err != nil {
		return nil, fmt.Errorf("event %s: %w", e.ID(), err)
	}
	return encode(object)
}

// ObjectType is the kind of the object.
func (e EventRecord) ObjectType() ObjectType {
	kind, _, _ := strings.Cut(e.Type, ".")
	return ObjectType(kind)
}

// ID is the event's id, which says whose event of which version it is.
func (e EventRecord) ID() string {
	return "evt_" + e.ObjectID + "_" + strconv.FormatInt(e.ObjectVersion, 10)
}

// event writes an event as the wire has it.
func (e EventRecord) event(before, after []byte) (clientele.Event, error) {
	event := clientele.Event{
		ID: e.ID(), Object: "event", Livemode: e.Livemode, Type: e.Type, APIVersion: "2023-09-05",
		ObjectType: string(e.ObjectType()), ObjectID: e.ObjectID, ObjectVersion: e.ObjectVersion,
		Data:      clientele.EventData{Object: after},
		Request:   clientele.EventRequest{ID: e.RequestID, IdempotencyKey: e.IdempotencyKey, RequestedBy: e.Actor},
		CreatedAt: clientele.At(e.At),
	}
	if after == nil {
		event.Data.Object = before
		return event, nil
	}
	if e.Undo == nil {
		return event, nil
	}
	undo, err := members(e.Undo)
	undo = slices.DeleteFunc(undo, func(m member) bool { return m.name == "updated_at" })
	if len(undo) > 0 {
		event.Data.PreviousAttributes = make(map[string]stdjson.RawMessage, len(undo))
	}
	for _, m := range undo {
		event.Data.PreviousAttributes[m.name] = stdjson.RawMessage(m.value)
	}
	return event, err
}

// history returns the events of an object, oldest first, each with the object as it left it.
func history(tx Tx, kind ObjectType, id string) ([]clientele.Event, error) {
	recs, err := tx.ObjectEvents(id)
	if err != nil {
		return nil, err
	}
	after, _, err := tx.Object(kind, id)
	if err != nil {
		return nil, err
	}
	events := make([]clientele.Event, len(recs))
	for i := len(recs) - 1; i >= 0; i-- {
		before, err := recs[i].before(after)
		if err != nil {
			return nil, err
		}
		if events[i], err = recs[i].event(before, after); err != nil {
			return nil, err
		}
		after = before
	}
	return events, nil
}

// objectAt is an object as it was at a version.
func objectAt(tx Tx, kind ObjectType, id string, version int64) ([]byte, error) {
	doc, current, err := tx.Object(kind, id)
	if err != nil || current == version {
		return doc, err
	}
	events, err := history(tx, kind, id)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if e.ObjectVersion == version {
			return e.Data.Object, nil
		}
	}
	return nil, fmt.Errorf("%s has no version %d", id, version)
}

// Events returns up to limit events after a position, in the order they were written, and the position of the last.
func (s *Service) Events(
	ctx context.Context, after, limit int64,
) (events []clientele.Event, last int64, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		recs, err := tx.EventsAfter(after, limit)
		if err != nil {
			return err
		}
		of := map[string][]clientele.Event{}
		for _, rec := range recs {
			if of[rec.ObjectID] == nil {
				if of[rec.ObjectID], err = history(tx, rec.ObjectType(), rec.ObjectID); err != nil {
					return err
				}
			}
			for _, e := range of[rec.ObjectID] {
				if e.ObjectVersion == rec.ObjectVersion {
					events, last = append(events, e), rec.Seq
				}
			}
		}
		return nil
	})
	return events, last, err
}
