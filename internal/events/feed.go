package events

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Store is what the feed needs of a database.
type Store interface {
	View(ctx context.Context, fn func(store.Tx) error) error
	Scan(ctx context.Context, fn func(store.Tx) error) error
	PlaceEvents(ctx context.Context) error
}

// Feed reads the events of a database in the one order of all.
type Feed struct {
	store Store

	mu      sync.Mutex
	end     int64         // the last position that was seen
	grown   chan struct{} // is closed when there is a later one
	waiting int           // those who want to know
	looking bool
}

// lookInterval is between two looks for new events, while somebody waits for them.
const lookInterval = 25 * time.Millisecond

// NewFeed makes the feed of a database.
func NewFeed(s Store) *Feed { return &Feed{store: s, grown: make(chan struct{})} }

// Read returns events that are selected with their objects, and the position of the last; that of the query when there
// are none.
func (f *Feed) Read(ctx context.Context, q store.FeedQuery) (list []clientele.Event, last int64, err error) {
	err = f.store.Scan(ctx, func(tx store.Tx) error {
		last = q.After
		recs, err := tx.Feed(q)
		if err != nil {
			return err
		}
		if len(recs) > 0 {
			last = recs[len(recs)-1].Seq
		}
		list, err = WithObjects(tx, recs)
		return err
	})
	return list, last, err
}

// ReadOrWait is Read that waits until there is an event, or the time is over: then it returns none.
func (f *Feed) ReadOrWait(
	ctx context.Context, q store.FeedQuery, patience time.Duration,
) (list []clientele.Event, last int64, err error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		seen := f.seen()
		list, last, err = f.Read(ctx, q)
		if err != nil || len(list) > 0 || waiting.Err() != nil {
			return list, last, err
		}
		if f.wait(waiting, seen) != nil && ctx.Err() != nil {
			return nil, last, ctx.Err()
		}
	}
}

// Settle gives what was written before its place: whoever reads then sees it. When that fails, it comes a moment later.
func (f *Feed) Settle(ctx context.Context) { _ = f.store.PlaceEvents(ctx) }

// seen is the last position that was seen. It may be behind.
func (f *Feed) seen() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.end
}

// wait waits until there are events after a position. However many wait, one looks.
func (f *Feed) wait(ctx context.Context, after int64) error {
	f.mu.Lock()
	if f.end > after {
		f.mu.Unlock()
		return nil
	}
	if !f.looking {
		f.looking = true
		go f.look()
	}
	f.waiting++
	grown := f.grown
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.waiting--
		f.mu.Unlock()
	}()
	select {
	case <-grown:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// look looks for events until nobody waits for any.
func (f *Feed) look() {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		var end store.FeedEnd
		err := f.store.View(ctx, func(tx store.Tx) (err error) {
			end, err = tx.FeedEnd()
			return err
		})
		cancel()
		f.mu.Lock()
		if err == nil && end.Seq > f.end { // a database that does not answer is asked again
			f.end = end.Seq
			close(f.grown)
			f.grown = make(chan struct{})
		}
		if f.looking = f.waiting > 0; !f.looking {
			f.mu.Unlock()
			return
		}
		f.mu.Unlock()
		time.Sleep(lookInterval)
	}
}

// Find finds an event of a mode by its id, and says whether there is one.
func (f *Feed) Find(
	ctx context.Context, mode clientele.Mode, id string,
) (event clientele.Event, found bool, err error) {
	err = f.store.View(ctx, func(tx store.Tx) error {
		rec, is, err := FindRecord(tx, mode, id)
		if err == nil && !is {
			err = RefusePruned(tx, mode, "id", id)
		}
		if found = is; err != nil || !is {
			return err
		}
		list, err := WithObjects(tx, []store.EventRecord{rec})
		if err == nil {
			event = list[0]
		}
		return err
	})
	return event, found, err
}

// Position is the position of an event of a mode, by its id.
func (f *Feed) Position(ctx context.Context, mode clientele.Mode, id string) (seq int64, err error) {
	for range 2 {
		err = f.store.View(ctx, func(tx store.Tx) error {
			rec, found, err := FindRecord(tx, mode, id)
			if err == nil && !found {
				err = RefusePruned(tx, mode, "after", id)
			}
			if err == nil && !found {
				err = clientele.Errorf(clientele.ErrorCodeInvalid, "after",
					"there is no event %q in this mode: after is the id of the last event that you have", id)
			}
			seq = rec.Seq
			return err
		})
		if err != nil || seq > 0 {
			return seq, err
		}
		if err := f.store.PlaceEvents(ctx); err != nil {
			return 0, err
		}
	}
	return seq, nil
}

// FindRecord finds the event of a mode with an id, which is made of the object's and of the version.
func FindRecord(tx store.Tx, mode clientele.Mode, id string) (rec store.EventRecord, found bool, err error) {
	object, version := objectOfEvent(id)
	if version < 1 {
		return rec, false, nil
	}
	recs, err := eventsOfID(tx, mode, object, version, version)
	if err != nil || len(recs) == 0 {
		return rec, false, err
	}
	return recs[0], true, nil
}

// RefusePruned refuses the id of an event that is not found if it was pruned: of an object later ones always stay.
func RefusePruned(tx store.Tx, mode clientele.Mode, field, id string) error {
	object, version := objectOfEvent(id)
	if version < 1 {
		return nil
	}
	later, err := eventsOfID(tx, mode, object, version+1, 0)
	if err == nil && len(later) > 0 && !store.KindOf(later[0].ObjectType()).BothModes { // of which none is pruned
		err = clientele.Errorf(clientele.ErrorCodeGone, field,
			"the event %q was pruned, and others with it: begin anew, with what there is now", id)
	}
	return err
}

// objectOfEvent reads the id of an event: the object's id and its version, 0 for the id of nothing.
func objectOfEvent(id string) (object string, version int64) {
	object, ours := strings.CutPrefix(id, "evt_")
	at := strings.LastIndexByte(object, '_')
	if !ours || at < 0 {
		return "", 0
	}
	version, err := strconv.ParseInt(object[at+1:], 10, 64)
	if err != nil || version < 1 || strconv.FormatInt(version, 10) != object[at+1:] {
		return "", 0
	}
	return object[:at], version
}

// eventsOfID are the events of a mode about what has an id, from one version to another.
func eventsOfID(
	tx store.Tx, mode clientele.Mode, object string, from, to int64,
) (recs []store.EventRecord, err error) {
	for _, kind := range store.KindsOfID(object) {
		all, err := tx.Events(store.EventQuery{ObjectType: kind.Type, ObjectID: object, From: from, To: to})
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			if e.Livemode == mode && e.ObjectType() == kind.Type {
				recs = append(recs, e)
			}
		}
	}
	return recs, nil
}

// End is the last position of all: that of what has been written so far.
func (f *Feed) End(ctx context.Context) (seq int64, err error) {
	if err := f.store.PlaceEvents(ctx); err != nil {
		return 0, err
	}
	err = f.store.View(ctx, func(tx store.Tx) error {
		end, err := tx.FeedEnd()
		seq = end.Seq
		return err
	})
	return seq, err
}

// Head is the last event of a mode that has a hash, "" for none, and that hash.
func (f *Feed) Head(ctx context.Context, mode clientele.Mode) (id string, hash []byte, err error) {
	const latest = 100 // of which the last may have none yet
	if err := f.store.PlaceEvents(ctx); err != nil {
		return "", nil, err
	}
	err = f.store.View(ctx, func(tx store.Tx) error {
		recs, err := tx.Events(store.EventQuery{Latest: true, Livemode: mode, Limit: latest})
		id, hash = "", nil
		for _, e := range recs {
			if e.Hash != nil {
				id, hash = e.ID(), e.Hash
				return err
			}
		}
		return err
	})
	return id, hash, err
}
