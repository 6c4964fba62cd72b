package events

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// This file reads the objects of a page of the feed: those that are as an event left them at once, and the past of each
// other once, while that of the one before is worked out.

// WithObjects answers events as the wire has them, each with the object as it left it.
func WithObjects(tx store.Tx, recs []store.EventRecord) ([]clientele.Event, error) {
	objects := objectsOf(recs)
	if err := readPresent(tx, objects); err != nil {
		return nil, err
	}
	events := make([]clientele.Event, len(recs))
	working := new(errgroup.Group)
	for _, o := range objects {
		if o.now.ID != "" && o.from == o.now.Version { // of most
			for _, i := range o.at {
				event, err := onWire(recs[i], nil, o.now.JSON)
				if err != nil {
					return nil, errors.Join(err, working.Wait())
				}
				events[i] = event
			}
			continue
		}
		past, err := between(tx, o.now, o.kind, o.id, o.from, o.to)
		if err != nil {
			return nil, errors.Join(err, working.Wait())
		}
		working.Go(func() error { return o.fill(past, recs, events) })
	}
	pending, err := pendingWebhooks(tx, recs)
	err = errors.Join(err, working.Wait())
	for i := range events {
		events[i].PendingWebhooks = pending[events[i].ID]
	}
	return events, err
}

// pageObject is an object that events of a page are about.
type pageObject struct {
	objectOf
	from, to int64        // the versions that they left
	at       []int        // where they stand in the page
	now      store.Record // the zero one when it is no more
}

// objectOf is an object of a mode.
type objectOf struct {
	mode clientele.Mode
	kind store.ObjectType
	id   string
}

// objectsOf are the objects that events are about.
func objectsOf(recs []store.EventRecord) (objects []*pageObject) {
	known := make(map[objectOf]*pageObject, len(recs))
	for i, e := range recs {
		of := objectOf{e.Livemode, e.ObjectType(), e.ObjectID}
		o := known[of]
		if o == nil {
			o = &pageObject{objectOf: of, from: e.ObjectVersion}
			known[of], objects = o, append(objects, o)
		}
		o.from, o.to, o.at = min(o.from, e.ObjectVersion), max(o.to, e.ObjectVersion), append(o.at, i)
	}
	return objects
}

// readPresent reads how objects are now.
func readPresent(tx store.Tx, objects []*pageObject) error {
	ids := map[objectOf][]string{} // by mode and kind
	for _, o := range objects {
		all := objectOf{mode: o.mode, kind: o.kind}
		ids[all] = append(ids[all], o.id)
	}
	now := map[objectOf]store.Record{}
	for all, ids := range ids {
		k := store.KindOf(all.kind)
		if k.Table == "" {
			continue
		}
		found, err := tx.GetAll(k, k.ModeOf(all.mode), ids)
		if err != nil {
			return err
		}
		for id, rec := range found {
			now[objectOf{all.mode, all.kind, id}] = rec
		}
	}
	for _, o := range objects {
		o.now = now[o.objectOf]
	}
	return nil
}

// fill puts the events of the object, of which this is the past, where they stand.
func (o *pageObject) fill(p past, recs []store.EventRecord, events []clientele.Event) error {
	all, err := p.events(o.from, o.to)
	if err != nil {
		return err
	}
	for _, i := range o.at {
		at, found := slices.BinarySearchFunc(all, recs[i].ObjectVersion, func(e clientele.Event, version int64) int {
			return cmp.Compare(e.ObjectVersion, version)
		})
		if !found {
			return fmt.Errorf("the events of %s are not those of its versions", o.id)
		}
		events[i] = all[at]
	}
	return nil
}

// pendingWebhooks are how many endpoints are still to be told of events, by the ids of these.
func pendingWebhooks(tx store.Tx, recs []store.EventRecord) (map[string]int64, error) {
	if len(recs) == 0 {
		return nil, nil
	}
	ids := make([]string, len(recs))
	for i, e := range recs {
		ids[i] = e.ID()
	}
	return tx.Webhooks().PendingDeliveries(ids)
}
