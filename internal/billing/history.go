package billing

import (
	"context"
	stdjson "encoding/json"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// This file is how the past is kept. An event keeps what its change replaced, and the object keeps how it is now: so
// any version can be had by going back from the present one, and nothing is stored twice.

// record appends the event of a change to an object.
func (s *core) record(tx store.Tx, call Call, kind string, object changed) error {
	undo, err := store.UndoOf(object.before, object.after)
	if err != nil {
		return err
	}
	return tx.AddEvent(store.EventRecord{
		Livemode: call.Livemode, Type: kind, CustomerID: object.customerID, ObjectID: object.id,
		ObjectVersion: object.version, At: s.now(),
		RequestID: call.RequestID, IdempotencyKey: call.Repeat.Key, Actor: call.Actor,
		Undo: undo, Digest: store.DigestOf(object.after),
	})
}

// changed is an object that an event is about.
type changed struct {
	id            string
	customerID    string // of the customer that it belongs to, or is; "" for what belongs to none
	version       int64  // after the change
	before, after []byte // nil before it was created, and after it was removed
}

// objectBefore is the object that an event's change was made to. Its members are in the order of the wire again.
func objectBefore(e store.EventRecord, after []byte) ([]byte, error) {
	if e.Undo == nil || after == nil {
		return e.Undo, nil
	}
	doc, err := store.Undone(after, e.Undo)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", e.ID(), err)
	}
	if doc, err = store.KindOf(e.ObjectType()).InOrder(doc); err != nil {
		err = fmt.Errorf("event %s: %w", e.ID(), err)
	}
	return doc, err
}

// eventOf writes an event as the wire has it.
func eventOf(e store.EventRecord, before, after []byte) (clientele.Event, error) {
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
	var previous map[string]stdjson.RawMessage
	err := json.Unmarshal(e.Undo, &previous)
	delete(previous, "updated_at")
	if len(previous) > 0 {
		event.Data.PreviousAttributes = previous
	}
	return event, err
}

// history returns the events of an object, oldest first, each with the object as it left it.
func history(tx store.Tx, mode clientele.Mode, kind store.ObjectType, id string) ([]clientele.Event, error) {
	recs, err := tx.Events(store.EventQuery{ObjectType: kind, ObjectID: id})
	if err != nil {
		return nil, err
	}
	rec, _, err := tx.Get(store.KindOf(kind), mode, id)
	if err != nil {
		return nil, err
	}
	return rebuilt(recs, rec.JSON)
}

// rebuilt are the events of an object, oldest first, each with the object as it left it, from how the object is now.
func rebuilt(recs []store.EventRecord, after []byte) ([]clientele.Event, error) {
	events := make([]clientele.Event, len(recs))
	for i := len(recs) - 1; i >= 0; i-- {
		before, err := objectBefore(recs[i], after)
		if err != nil {
			return nil, err
		}
		if events[i], err = eventOf(recs[i], before, after); err != nil {
			return nil, err
		}
		after = before
	}
	return events, nil
}

// historyOf returns the events of an object of a mode, newest first; none when there is no such object.
func (s *core) historyOf(
	ctx context.Context, mode clientele.Mode, kind store.ObjectType, id string,
) (events []clientele.Event, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		events, err = history(tx, mode, kind, id)
		return err
	})
	slices.Reverse(events)
	return slices.DeleteFunc(events, func(e clientele.Event) bool { return e.Livemode != mode }), err
}

// objectAt is an object as it was at a version.
func objectAt(
	tx store.Tx, mode clientele.Mode, kind store.ObjectType, id string, version int64,
) ([]byte, error) {
	rec, _, err := tx.Get(store.KindOf(kind), mode, id)
	if err != nil || rec.Version == version {
		return rec.JSON, err
	}
	events, err := history(tx, mode, kind, id)
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
	err = s.store.View(ctx, func(tx store.Tx) error {
		recs, err := tx.Events(store.EventQuery{After: after, Limit: limit})
		if err == nil {
			events, last, err = eventsOf(tx, recs)
		}
		return err
	})
	return events, last, err
}

// LatestEvents returns the events of a mode that were written last, newest first, without the objects they are about.
func (s *Service) LatestEvents(
	ctx context.Context, mode clientele.Mode, limit int64,
) (events []clientele.Event, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		recs, err := tx.Events(store.EventQuery{Latest: true, Livemode: mode, Limit: limit})
		events = nil
		for _, rec := range recs {
			events = append(events, clientele.Event{
				ID: rec.ID(), Livemode: rec.Livemode, Type: rec.Type, ObjectType: string(rec.ObjectType()),
				ObjectID: rec.ObjectID, ObjectVersion: rec.ObjectVersion, CreatedAt: clientele.At(rec.At),
				Request: clientele.EventRequest{ID: rec.RequestID, RequestedBy: rec.Actor},
			})
		}
		return err
	})
	return events, err
}

// eventsOf returns events as the wire has them, and the position of the last.
func eventsOf(tx store.Tx, recs []store.EventRecord) (events []clientele.Event, last int64, err error) {
	of := map[string][]clientele.Event{}
	for _, rec := range recs {
		if of[rec.ObjectID] == nil {
			if of[rec.ObjectID], err = history(tx, rec.Livemode, rec.ObjectType(), rec.ObjectID); err != nil {
				return nil, 0, err
			}
		}
		for _, e := range of[rec.ObjectID] {
			if e.ObjectVersion == rec.ObjectVersion {
				events, last = append(events, e), rec.Seq
			}
		}
	}
	return events, last, nil
}
