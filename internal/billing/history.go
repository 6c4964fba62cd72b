package billing

import (
	"context"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// record appends the event of a change to an object.
func (s *core) record(tx store.Tx, call Call, kind string, object changed) error {
	event, err := store.EventRecord{
		Livemode: call.Livemode, Type: kind, CustomerID: object.customerID, ObjectID: object.id,
		ObjectVersion: object.version, At: s.now(),
		RequestID: call.RequestID, IdempotencyKey: call.Repeat.Key, Actor: call.Actor,
	}.OfChange(object.before, object.after)
	if err != nil {
		return err
	}
	return tx.AddEvent(event)
}

// changed is an object that an event is about.
type changed struct {
	id            string
	customerID    string // of the customer that it belongs to, or is; "" for what belongs to none
	version       int64  // after the change
	before, after []byte // nil before it was created, and after it was removed
}

// historyOf returns the events of an object of a mode, newest first; none when there is no such object.
func (s *core) historyOf(
	ctx context.Context, mode clientele.Mode, kind store.ObjectType, id string,
) (all []clientele.Event, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		all, err = events.OfObject(tx, mode, kind, id)
		return err
	})
	slices.Reverse(all)
	return slices.DeleteFunc(all, func(e clientele.Event) bool { return e.Livemode != mode }), err
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
