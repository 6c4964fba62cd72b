package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
)

// EventRecord is a stored event.
type EventRecord struct {
	Seq            int64 // its position among all events; given by the store
	Livemode       clientele.Mode
	Type           string // customer.updated; what stands before the point is the [ObjectType]
	CustomerID     string // of the customer that the object belongs to, or is; "" when it belongs to none
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
	// State is the whole object after the change, of every [statesEvery]th version; nil of the others.
	State []byte
	// Hash is over the event before in the order of all and this one, see [EventRecord.HashAfter]; given by the store,
	// with the position. Nil while it has none.
	Hash []byte
}

// statesEvery is of how many versions of an object one is kept whole: any other is had by going back from the next.
const statesEvery = 16

// StateAfter is the next version of an object, from one on, that is kept whole.
func StateAfter(version int64) int64 { return (version + statesEvery - 1) / statesEvery * statesEvery }

// OfChange is the event with what it keeps of a change; before is nil of what was created, after of what was removed.
func (e EventRecord) OfChange(before, after []byte) (EventRecord, error) {
	var err error
	e.Undo, err = UndoOf(before, after)
	e.Digest = DigestOf(after)
	if after != nil && e.ObjectVersion%statesEvery == 0 {
		e.State = after
	}
	return e, err
}

// HashAfter is the [EventRecord.Hash] of the event: the SHA-256 of the hash of the event before, which the first has
// not, and of the [EventRecord.Payload].
func (e EventRecord) HashAfter(previous []byte) []byte {
	sum := sha256.Sum256(append(bytes.Clone(previous), e.Payload()...))
	return sum[:]
}

// Payload is the SHA-256 of what the event says, as JSON that is written in the one way of RFC 8785.
func (e EventRecord) Payload() []byte {
	undo := sha256.Sum256(e.Undo)
	says, err := json.Marshal(struct {
		Actor          string         `json:"actor"`
		CreatedAt      int64          `json:"created_at"` // unix milliseconds
		CustomerID     string         `json:"customer_id"`
		Digest         string         `json:"digest"`
		IdempotencyKey string         `json:"idempotency_key"`
		Livemode       clientele.Mode `json:"livemode"`
		ObjectID       string         `json:"object_id"`
		ObjectVersion  int64          `json:"object_version"`
		RequestID      string         `json:"request_id"`
		Type           string         `json:"type"`
		Undo           string         `json:"undo"` // its SHA-256
	}{
		e.Actor, e.At.UnixMilli(), e.CustomerID, hex.EncodeToString(e.Digest), e.IdempotencyKey, e.Livemode, e.ObjectID,
		e.ObjectVersion, e.RequestID, e.Type, hex.EncodeToString(undo[:]),
	}, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		panic(err) // texts and numbers can be written
	}
	sum := sha256.Sum256(says)
	return sum[:]
}

// PrunedEvent is what stays of an event that was removed: with it the hashes of those after it can be proven.
type PrunedEvent struct {
	Position int64
	Payload  []byte // see [EventRecord.Payload]
}

// HashAfter is the hash that the event had.
func (p PrunedEvent) HashAfter(previous []byte) []byte {
	sum := sha256.Sum256(append(bytes.Clone(previous), p.Payload...))
	return sum[:]
}

// CreatedOnce is the event of an object that is kept by its event alone, which has the whole of it.
func CreatedOnce[T any](by By, kind string, of Objects[T], object *T) (EventRecord, error) {
	row := of.row(object)
	doc, err := json.Marshal(object)
	return EventRecord{
		Livemode: row.Livemode, Type: kind, ObjectID: row.ID, ObjectVersion: 1, At: by.At, RequestID: by.RequestID,
		Actor: by.Actor, Digest: DigestOf(doc), State: doc,
	}, err
}

// DigestOf is what an event remembers of an object's JSON: the first half of its SHA-256.
func DigestOf(doc []byte) []byte {
	sum := sha256.Sum256(doc)
	return sum[:16]
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
	for i, m := range is {
		var old jsontext.Value
		if i < len(was) && was[i].name == m.name { // of most changes
			old = was[i].value
		} else {
			old = valueOf(was, m.name)
		}
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

// Undone applies an [EventRecord.Undo] to the object that came of the change. A member that the change removed comes
// last: inOrder says that there was none.
func Undone(after, undo []byte) (before []byte, inOrder bool, err error) {
	return undone(after, undo, true)
}

func undone(object, patch []byte, deep bool) (before []byte, inOrder bool, err error) {
	list, err := members(object)
	if err != nil {
		return nil, false, err
	}
	changes, err := members(patch)
	if err != nil {
		return nil, false, err
	}
	inOrder = true
	kept := make([]member, 0, len(list)+len(changes))
	for _, m := range list {
		change := valueOf(changes, m.name)
		switch {
		case change == nil:
			kept = append(kept, m)
		case change.Kind() == 'n':
		case deep && change.Kind() == '{' && m.value.Kind() == '{':
			inner, innerInOrder, err := undone(m.value, change, false)
			if err != nil {
				return nil, false, err
			}
			inOrder = inOrder && innerInOrder
			kept = append(kept, member{m.name, inner})
		default:
			kept = append(kept, member{m.name, change})
		}
	}
	for _, m := range changes {
		if m.value.Kind() != 'n' && valueOf(list, m.name) == nil {
			kept, inOrder = append(kept, m), false
		}
	}
	return writeMembers(kept), inOrder, nil
}

// member is one of a JSON object.
type member struct {
	name  string
	value jsontext.Value
}

func writeMembers(list []member) []byte {
	size := 2
	for _, m := range list {
		size += len(m.name) + len(m.value) + len(`"":,`)
	}
	b := append(make([]byte, 0, size), '{')
	for i, m := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, m.name) // a name that was read is valid
		b = append(append(b, ':'), m.value...)
	}
	return append(b, '}')
}

// ObjectType is the kind of the object.
func (e EventRecord) ObjectType() ObjectType {
	if e.Type == clientele.EventSubscriptionCreated { // which the vendor names after the customer
		return TypeSubscription
	}
	kind, _, _ := strings.Cut(e.Type, ".")
	return ObjectType(kind)
}

// ID is the event's id, which says whose event of which version it is.
func (e EventRecord) ID() string {
	return "evt_" + e.ObjectID + "_" + strconv.FormatInt(e.ObjectVersion, 10)
}

var decoders = sync.Pool{New: func() any { return new(jsontext.Decoder) }}

// members reads the members of an object in their order. They are parts of it, not copies; that no name is there twice
// was seen to when the object was written.
func members(object []byte) (list []member, err error) {
	list = make([]member, 0, bytes.Count(object, []byte{':'}))
	d := decoders.Get().(*jsontext.Decoder)
	defer decoders.Put(d)
	d.Reset(bytes.NewBuffer(object), jsontext.AllowDuplicateNames(true))
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		m := member{name: name.String()}
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		end := d.InputOffset()
		m.value = object[end-int64(len(value)) : end : end]
		list = append(list, m)
	}
	_, err = d.ReadToken()
	return list, err
}

// valueOf is the value of a member, or nil when there is none.
func valueOf(list []member, name string) jsontext.Value {
	for _, m := range list {
		if m.name == name {
			return m.value
		}
	}
	return nil
}
