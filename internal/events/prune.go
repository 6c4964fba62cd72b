package events

import (
	"context"
	"crypto/rand"
	"math"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// This file is how old events are removed. Of every object its first event stays, and its last before the day and all
// since: so whatever was asked for of a day since can be had, and every object has its proof. Of an invoice all events
// until it was finalized stay, as its number comes of them; of settings all, which papers were printed by; and all of
// what is of both modes, whose versions are told in one mode and the other.

// PruneStore is what pruning needs of a database.
type PruneStore interface {
	Scan(ctx context.Context, fn func(store.Tx) error) error
	Update(ctx context.Context, fn func(store.Tx) error) error
}

// Prune is a removal of events that were written before a moment.
type Prune struct {
	Before time.Time
	By     store.By
	Dry    bool // to count only
}

// Pruned is how many of the events before the moment were removed, and how many stay.
type Pruned struct{ Removed, Kept int64 }

// clockDifference is how much earlier than an event before it an event may say that it was written, by another clock.
const clockDifference = 24 * time.Hour

// prunedAtOnce are the events that are looked at in one transaction: what others wait for.
const prunedAtOnce = 200

// Run removes them, and tells progress after every few up to which position, of the last, it has looked. It can be
// stopped, and goes on when it is run again.
func (p Prune) Run(ctx context.Context, s PruneStore, progress func(position, last int64)) (all Pruned, err error) {
	run := s.Update
	if p.Dry {
		run = s.Scan
	}
	for after := int64(0); ; {
		var step pruning
		err := run(ctx, func(tx store.Tx) error {
			step = pruning{tx: tx, Prune: p, after: after, objects: map[string]*versions{}}
			return step.run()
		})
		if err != nil {
			return all, err
		}
		all.Removed, all.Kept = all.Removed+step.done.Removed, all.Kept+step.done.Kept
		if step.after == after {
			return all, nil
		}
		after = step.after
		progress(after, step.end)
	}
}

// pruning is a part of it, in one transaction.
type pruning struct {
	Prune
	tx         store.Tx
	after, end int64 // up to where it has looked, and the last position
	objects    map[string]*versions
	done       Pruned
	removed    [2]int64 // of the test and the live mode
}

// versions are the events that there are of an object.
type versions struct {
	last      int64                        // before the moment
	finalized int64                        // of an invoice
	events    map[int64]*store.EventRecord // by version
}

func (p *pruning) run() error {
	events, err := p.candidates()
	if err != nil || len(events) == 0 {
		return err
	}
	p.after = events[len(events)-1].Seq
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.ID()
	}
	pending, err := p.tx.Webhooks().PendingDeliveries(ids)
	if err != nil {
		return err
	}
	for _, e := range events {
		of, err := p.versionsOf(e)
		switch {
		case err != nil:
			return err
		case !e.At.Before(p.Before):
			continue
		case of.needs(e) || pending[e.ID()] > 0:
			p.done.Kept++
			continue
		}
		if err := p.remove(e, of); err != nil {
			return err
		}
	}
	return p.tell()
}

// candidates are the next events of which some may be removed: none that a consumer has not seen or that has no hash.
func (p *pruning) candidates() (events []store.EventRecord, err error) {
	end, err := p.tx.FeedEnd()
	if err != nil {
		return nil, err
	}
	p.end = end.Seq
	seen, begun, err := p.tx.Webhooks().Cursor(store.WebhookConsumer)
	if err != nil {
		return nil, err
	}
	if !begun {
		seen = math.MaxInt64
	}
	recs, err := p.tx.Feed(store.FeedQuery{BothModes: true, After: p.after, Limit: prunedAtOnce})
	some := false
	for _, e := range recs {
		if e.Hash == nil || e.Seq > seen {
			break
		}
		some = some || e.At.Before(p.Before.Add(clockDifference))
		events = append(events, e)
	}
	if !some { // nor are later ones
		return nil, err
	}
	return events, err
}

// versionsOf reads what there is of the object of an event.
func (p *pruning) versionsOf(e store.EventRecord) (*versions, error) {
	if of := p.objects[e.ObjectID]; of != nil {
		return of, nil
	}
	recs, err := p.tx.Events(store.EventQuery{ObjectType: e.ObjectType(), ObjectID: e.ObjectID})
	of := &versions{finalized: math.MaxInt64, events: map[int64]*store.EventRecord{}}
	for _, rec := range recs {
		if rec.At.Before(p.Before) {
			of.last = rec.ObjectVersion
		}
		if rec.Type == clientele.EventInvoiceFinalized {
			of.finalized = rec.ObjectVersion
		}
		of.events[rec.ObjectVersion] = &rec
	}
	p.objects[e.ObjectID] = of
	return of, err
}

// needs says whether an event of the object stays.
func (of *versions) needs(e store.EventRecord) bool {
	return e.ObjectVersion == 1 || e.ObjectVersion >= of.last || e.ObjectType() == store.TypeSettings ||
		store.KindOf(e.ObjectType()).BothModes || e.ObjectType() == store.TypeInvoice && e.ObjectVersion <= of.finalized
}

// remove removes an event. The one before it of the same object, if it stays, has the whole object from then on: it can
// no longer be had by going back from the next.
func (p *pruning) remove(e store.EventRecord, of *versions) error {
	if before := of.events[e.ObjectVersion-1]; before != nil && before.State == nil && !p.Dry {
		doc, err := ObjectAt(p.tx, e.Livemode, e.ObjectType(), e.ObjectID, before.ObjectVersion)
		if err == nil {
			err = p.tx.Pruning().KeepState(*before, doc)
		}
		if err != nil {
			return err
		}
	}
	delete(of.events, e.ObjectVersion)
	p.done.Removed++
	if p.Dry {
		return nil
	}
	if e.Livemode {
		p.removed[1]++
	} else {
		p.removed[0]++
	}
	return p.tx.Pruning().Prune(e)
}

// tell writes the events of what was removed: one that is missing and not told of was removed by somebody else.
func (p *pruning) tell() error {
	for i, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		if p.removed[i] == 0 {
			continue
		}
		e, err := store.CreatedOnce(p.By, clientele.EventPruningCreated, store.Prunings, &clientele.Pruning{
			ID: "prn_" + strings.ToLower(rand.Text()), Object: string(store.TypePruning), Livemode: mode,
			Removed: p.removed[i], Before: clientele.At(p.Before), CreatedAt: clientele.At(p.By.At),
		})
		if err == nil {
			err = p.tx.AddEvent(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
