package events

import (
	"cmp"
	"encoding/hex"
	stdjson "encoding/json"
	"fmt"
	"slices"

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
	events := make([]clientele.Event, len(recs))
	for i := len(recs) - 1; i >= 0; i-- {
		if i+1 < len(recs) && recs[i+1].ObjectVersion != recs[i].ObjectVersion+1 {
			after = recs[i].State
		}
		before, err := objectBefore(recs[i], after)
		if err != nil {
			return nil, err
		}
		if events[i], err = onWire(recs[i], before, after); err != nil {
			return nil, err
		}
		after = before
	}
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
	events, err := between(tx, rec, kind, id, version, version)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 || events[0].ObjectVersion != version {
		return nil, fmt.Errorf("%s has no version %d", id, version)
	}
	return events[0].Data.Object, nil
}

// between are the events of an object from one version to another at least, oldest first. They are had by going back
// from the next version that was kept whole, or from how the object is now: the zero record is one that is no more.
func between(
	tx store.Tx, now store.Record, kind store.ObjectType, id string, from, to int64,
) ([]clientele.Event, error) {
	query := store.EventQuery{ObjectType: kind, ObjectID: id, From: from, To: store.StateAfter(to)}
	recs, err := tx.Events(query)
	if err != nil || len(recs) == 0 {
		return nil, err
	}
	last := recs[len(recs)-1]
	switch {
	case last.ObjectVersion == now.Version && now.ID != "":
		return Rebuild(recs, now.JSON)
	case last.State != nil:
		return Rebuild(recs, last.State)
	}
	query.To = 0 // it is no more, or was written before states were kept
	if recs, err = tx.Events(query); err != nil {
		return nil, err
	}
	return Rebuild(recs, now.JSON)
}

// objectOf is an object of a mode.
type objectOf struct {
	mode clientele.Mode
	kind store.ObjectType
	id   string
}

// span is from one version of an object to another.
type span struct{ from, to int64 }

// WithObjects answers events as the wire has them, each with the object as it left it.
func WithObjects(tx store.Tx, recs []store.EventRecord) ([]clientele.Event, error) {
	events, err := withObjects(tx, recs)
	if err != nil || len(events) == 0 {
		return events, err
	}
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	pending, err := tx.Webhooks().PendingDeliveries(ids)
	for i := range events {
		events[i].PendingWebhooks = pending[events[i].ID]
	}
	return events, err
}

func withObjects(tx store.Tx, recs []store.EventRecord) ([]clientele.Event, error) {
	spans, ids := map[objectOf]span{}, map[objectOf][]string{}
	for _, e := range recs {
		of := objectOf{e.Livemode, e.ObjectType(), e.ObjectID}
		s, again := spans[of]
		if !again {
			all := objectOf{mode: of.mode, kind: of.kind}
			ids[all] = append(ids[all], of.id)
			s.from = e.ObjectVersion
		}
		spans[of] = span{min(s.from, e.ObjectVersion), max(s.to, e.ObjectVersion)}
	}
	now := map[objectOf]store.Record{}
	for all, ids := range ids {
		k := store.KindOf(all.kind)
		if k.Table == "" {
			continue
		}
		found, err := tx.GetAll(k, k.ModeOf(all.mode), ids)
		if err != nil {
			return nil, err
		}
		for id, rec := range found {
			now[objectOf{all.mode, all.kind, id}] = rec
		}
	}
	past := map[objectOf][]clientele.Event{}
	events := make([]clientele.Event, 0, len(recs))
	for _, e := range recs {
		of := objectOf{e.Livemode, e.ObjectType(), e.ObjectID}
		rec, versions := now[of], spans[of]
		if rec.ID != "" && versions.from == rec.Version { // of most
			event, err := onWire(e, nil, rec.JSON)
			if err != nil {
				return nil, err
			}
			events = append(events, event)
			continue
		}
		if past[of] == nil {
			var err error
			if past[of], err = between(tx, rec, of.kind, of.id, versions.from, versions.to); err != nil {
				return nil, err
			}
		}
		at, found := slices.BinarySearchFunc(past[of], e.ObjectVersion, func(one clientele.Event, version int64) int {
			return cmp.Compare(one.ObjectVersion, version)
		})
		if !found {
			return nil, fmt.Errorf("the events of %s are not those of its versions", e.ObjectID)
		}
		events = append(events, past[of][at])
	}
	return events, nil
}
