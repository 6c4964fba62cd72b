package billing

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// Proof is how many events are as they were written, and how many nothing is known of yet: until a moment after it was
// written an event has no place in the order of all.
type Proof struct{ Proven, Unproven int64 }

// VerifyEvents proves that every event is as it was written and in its place: each has a hash over the one before and
// itself. It tells of one that was edited, and of one beside which another was removed, inserted or moved. head, unless
// it is "", is what was kept elsewhere of the last event of some time: its id, a colon and its hash.
func (s *Service) VerifyEvents(
	ctx context.Context, head string, differs func(Difference),
) (p Proof, err error) {
	const step = 2000 // each step is one snapshot
	kept, err := readHead(head)
	if err != nil {
		return p, err
	}
	w := eventWalk{last: store.EventRecord{Seq: math.MinInt64}, kept: kept} // what hides before the first is seen too
	for {
		var recs []store.EventRecord
		now := w
		err := s.store.Scan(ctx, func(tx store.Tx) (err error) {
			now = w
			now.found = nil
			recs, err = now.step(tx, step)
			return err
		})
		if err != nil {
			return p, err
		}
		for _, d := range now.found {
			differs(d)
		}
		w = now
		if len(recs) == 0 {
			break
		}
	}
	if err := errors.Join(s.verifyHead(ctx, w.kept, differs), s.verifyPruned(ctx, differs)); err != nil {
		return p, err
	}
	err = s.store.Scan(ctx, func(tx store.Tx) error {
		unplaced, err := tx.Feed(store.FeedQuery{Unplaced: true})
		w.proof.Unproven += int64(len(unplaced))
		return err
	})
	return w.proof, err
}

// eventWalk goes through all events in their order.
type eventWalk struct {
	last  store.EventRecord // the last one; its hash and its position are those of the last that was pruned after it
	kept  keptHead
	proof Proof
	found []Difference
}

// step looks at the next events.
func (w *eventWalk) step(tx store.Tx, limit int64) ([]store.EventRecord, error) {
	recs, err := tx.Feed(store.FeedQuery{BothModes: true, After: w.last.Seq, Limit: limit})
	for _, e := range recs {
		if err := w.passPruned(tx, e.Seq); err != nil {
			return nil, err
		}
		if text := wrongWith(e, w.last); text != "" {
			w.found = append(w.found, Difference{e.ID(), text})
		}
		if e.Hash == nil {
			w.proof.Unproven++
		} else {
			w.proof.Proven++
		}
		w.last = e
	}
	return recs, err
}

// passPruned goes on over what was pruned before a position.
func (w *eventWalk) passPruned(tx store.Tx, position int64) error {
	const step = 1000
	for position > w.last.Seq+1 {
		pruned, err := tx.Pruning().Pruned(w.last.Seq, position-1, step)
		if err != nil || len(pruned) == 0 {
			return err
		}
		for _, one := range pruned {
			w.last.Hash, w.last.Seq = one.HashAfter(w.last.Hash), one.Position
			w.kept.pruned = w.kept.pruned || bytes.Equal(w.last.Hash, w.kept.hash)
		}
	}
	return nil
}

// verifyPruned wants as many events to have been pruned as events tell of.
func (s *Service) verifyPruned(ctx context.Context, differs func(Difference)) error {
	var is, told int64
	err := s.store.Scan(ctx, func(tx store.Tx) (err error) {
		told = 0
		if is, err = tx.Pruning().CountPruned(); err != nil || is == 0 {
			return err
		}
		recs, err := tx.Feed(store.FeedQuery{Unplaced: true})
		if err != nil {
			return err
		}
		for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
			of, err := tx.Feed(store.FeedQuery{Livemode: mode, Type: clientele.EventPruningCreated, Limit: math.MaxInt32})
			if err != nil {
				return err
			}
			recs = append(recs, of...)
		}
		for _, e := range recs {
			var p clientele.Pruning
			if e.Type == clientele.EventPruningCreated && json.Unmarshal(e.State, &p) == nil {
				told += p.Removed
			}
		}
		return nil
	})
	if err == nil && is != told {
		differs(Difference{"events", fmt.Sprintf("%d were pruned, and events tell of %d", is, told)})
	}
	return err
}

// wrongWith says what is wrong with an event after another, "" for nothing.
func wrongWith(e, before store.EventRecord) string {
	switch {
	case e.Hash != nil && before.ObjectID != "" && before.Hash == nil:
		return "it has a hash, and the event before it, " + before.ID() + ", has none"
	case e.Hash != nil && !bytes.Equal(e.Hash, e.HashAfter(before.Hash)):
		return "it is not as it was written, or another was removed, inserted or edited before it"
	case e.State != nil && !bytes.Equal(store.DigestOf(e.State), e.Digest):
		return "the object that it keeps is not what it was"
	}
	return ""
}

// keptHead is what was kept elsewhere of an event; nothing when the id is "".
type keptHead struct {
	id     string
	hash   []byte
	pruned bool // whether an event that was pruned had the hash
}

func readHead(head string) (kept keptHead, err error) {
	if head == "" {
		return kept, nil
	}
	id, text, _ := strings.Cut(head, ":")
	hash, err := hex.DecodeString(text)
	if err != nil || len(hash) == 0 {
		return kept, check.Invalid("head",
			"the head is the id of an event, a colon and its hash, as /api/events/head has them")
	}
	return keptHead{id: id, hash: hash}, nil
}

// verifyHead compares an event with what was kept of it elsewhere.
func (s *Service) verifyHead(ctx context.Context, kept keptHead, differs func(Difference)) error {
	if kept.id == "" || kept.pruned {
		return nil
	}
	return s.store.Scan(ctx, func(tx store.Tx) error {
		for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
			e, found, err := events.FindRecord(tx, mode, kept.id)
			if err != nil {
				return err
			}
			if found && !bytes.Equal(e.Hash, kept.hash) {
				differs(Difference{
					kept.id, "its hash is not the one that was kept: events up to it are not what they were",
				})
			}
			if found {
				return nil
			}
		}
		differs(Difference{kept.id, "it is gone, and its hash was kept"})
		return nil
	})
}
