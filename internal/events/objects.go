package events

import (
	"encoding/hex"
	stdjson "encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// This file is how the past is read. An event keeps what its change replaced, and the object keeps how it is now: so
// any version can be had by going back from the present one, or from the next that was kept whole.

// objectBefore is the object that an event's change was made to. Its members are in the order of the wire again.
func objectBefore(e store.EventRecord, after []byte) ([]byte, error) {
	if e.Undo == nil || after == nil {
		return e.Undo, nil
	}
	doc, inOrder, err := store.Undone(after, e.Undo)
	if err == nil && !inOrder {
		doc, err = store.KindOf(e.ObjectType()).InOrder(doc)
	}
	if err != nil {
		err = fmt.Errorf("event %s: %w", e.ID(), err)
	}
	return doc, err
}

// onWire writes an event as the wire has it.
func onWire(e store.EventRecord, before, after []byte) (clientele.Event, error) {
	event := clientele.Event{
		ID: e.ID(), Object: "event", Livemode: e.Livemode, Type: e.Type, APIVersion: "2023-09-05",
		ObjectType: string(e.ObjectType()), ObjectID: e.ObjectID, ObjectVersion: e.ObjectVersion,
		Data:      clientele.EventData{Object: after},
		Request:   clientele.EventRequest{ID: e.RequestID, IdempotencyKey: e.IdempotencyKey, RequestedBy: e.Actor},
		CreatedAt: clientele.At(e.At), Hash: hex.EncodeToString(e.Hash),
	}
	if after == nil {
		event.Data.Object = before
		return event, nil
	}
	if e.Undo == nil {
		return event, nil
	}
	var previous map[string]stdjson.RawMessage
	err := json.Unmarshal(e.Undo, &previous)
	delete(previous, "updated_at")
	if len(previous) > 0 {
		event.Data.PreviousAttributes = previous
	}
	return event, err
}

// Rebuild answers the events of an object, oldest first, each with the object as it left it, from how the last one left
// it. Where events were pruned, the one before them has the whole of what it left.
func Rebuild(recs []store.EventRecord, after []byte) ([]clientele.Event, error) {
	return past{recs, after}.events(0, math.MaxInt64)
}

// past are events of an object, oldest first, and how the last one left it.
type past struct {
	recs  []store.EventRecord
	after []byte
}

// events answers those from one version to another.
func (p past) events(from, to int64) (events []clientele.Event, err error) {
	after := p.after
	for i, rec := range slices.Backward(p.recs) {
		if i+1 < len(p.recs) && p.recs[i+1].ObjectVersion != rec.ObjectVersion+1 {
			after = rec.State
		}
		if rec.ObjectVersion < from {
			break
		}
		var before []byte
		if rec.ObjectVersion > from || after == nil { // which are wanted
			if before, err = objectBefore(rec, after); err != nil {
				return nil, err
			}
		}
		if rec.ObjectVersion <= to {
			event, err := onWire(rec, before, after)
			if err != nil {
				return nil, err
			}
			events = append(events, event)
		}
		after = before
	}
	slices.Reverse(events)
	return events, nil
}

// OfObject answers the events of an object, oldest first, each with the object as it left it; none when there is no
// such object.
func OfObject(tx store.Tx, mode clientele.Mode, kind store.ObjectType, id string) ([]clientele.Event, error) {
	recs, err := tx.Events(store.EventQuery{ObjectType: kind, ObjectID: id})
	if err != nil {
		return nil, err
	}
	rec, err := objectNow(tx, mode, kind, id)
	if err != nil {
		return nil, err
	}
	return Rebuild(recs, rec.JSON)
}

// objectNow is an object as it is; the zero record for one that is no more, or is kept by its events alone.
func objectNow(tx store.Tx, mode clientele.Mode, of store.ObjectType, id string) (rec store.Record, err error) {
	k := store.KindOf(of)
	if k.Table == "" {
		return rec, nil
	}
	rec, _, err = tx.Get(k, k.ModeOf(mode), id)
	return rec, err
}

// ObjectAt is an object as it was at a version.
func ObjectAt(tx store.Tx, mode clientele.Mode, kind store.ObjectType, id string, version int64) ([]byte, error) {
	rec, err := objectNow(tx, mode, kind, id)
	if err != nil || rec.Version == version {
		return rec.JSON, err
	}
	past, err := between(tx, rec, kind, id, version, version)
	if err != nil {
		return nil, err
	}
	events, err := past.events(version, version)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 || events[0].ObjectVersion != version {
		return nil, fmt.Errorf("%s has no version %d", id, version)
	}
	return events[0].Data.Object, nil
}

// ObjectOn is an object of a kind as it was at a moment, by its row of now; nil when it was not there. It is an error
// when events that would say it were pruned.
func ObjectOn(tx store.Tx, k *store.Kind, row store.StoredRow, at time.Time) ([]byte, error) {
	recs, err := tx.Events(store.EventQuery{ObjectType: k.Type, ObjectID: row.ID})
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 { // what is there from the beginning
		return row.JSON, nil
	}
	later := slices.IndexFunc(recs, func(e store.EventRecord) bool { return e.At.After(at) })
	if later < 0 {
		later = len(recs)
	}
	if later == 0 {
		return nil, nil
	}
	was := recs[later-1]
	switch {
	case later < len(recs) && recs[later].ObjectVersion != was.ObjectVersion+1:
		return nil, clientele.Errorf(clientele.ErrorCodeGone, "", "what happened to %s between %s and %s was pruned",
			row.ID, was.At.UTC().Format(time.DateOnly), recs[later].At.UTC().Format(time.DateOnly))
	case strings.HasSuffix(was.Type, ".deleted"):
		return nil, nil
	case was.ObjectVersion == row.Version:
		return row.JSON, nil
	}
	return ObjectAt(tx, row.Livemode, k.Type, row.ID, was.ObjectVersion)
}

// between reads the events of an object from one version to another at least: those that end with the next version that
// was kept whole, or with how the object is now. The zero record is one that is no more.
func between(
	tx store.Tx, now store.Record, kind store.ObjectType, id string, from, to int64,
) (p past, err error) {
	query := store.EventQuery{ObjectType: kind, ObjectID: id, From: from, To: store.StateAfter(to)}
	if p.recs, err = tx.Events(query); err != nil || len(p.recs) == 0 {
		return p, err
	}
	last := p.recs[len(p.recs)-1]
	switch {
	case last.ObjectVersion == now.Version && now.ID != "":
		p.after = now.JSON
		return p, nil
	case last.State != nil:
		p.after = last.State
		return p, nil
	}
	query.To = 0 // it is no more, or was written before states were kept
	p.after = now.JSON
	p.recs, err = tx.Events(query)
	return p, err
}
