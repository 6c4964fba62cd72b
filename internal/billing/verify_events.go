package billing

import (
	"bytes"
	"context"
	"encoding/hex"
	"math"
	"strings"

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
	if err := s.verifyHead(ctx, head, differs); err != nil {
		return p, err
	}
	last := store.EventRecord{Seq: math.MinInt64} // what hides before the first is seen too
	for {
		var recs []store.EventRecord
		err := s.store.Scan(ctx, func(tx store.Tx) (err error) {
			recs, err = tx.Feed(store.FeedQuery{BothModes: true, After: last.Seq, Limit: step})
			return err
		})
		if err != nil {
			return p, err
		}
		if len(recs) == 0 {
			break
		}
		for _, e := range recs {
			if e.Hash == nil {
				p.Unproven++
			} else {
				p.Proven++
			}
			if text := wrongWith(e, last); text != "" {
				differs(Difference{e.ID(), text})
			}
			last = e
		}
	}
	err = s.store.Scan(ctx, func(tx store.Tx) error {
		unplaced, err := tx.Feed(store.FeedQuery{Unplaced: true})
		p.Unproven += int64(len(unplaced))
		return err
	})
	return p, err
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

// verifyHead compares an event with what was kept of it elsewhere.
func (s *Service) verifyHead(ctx context.Context, head string, differs func(Difference)) error {
	if head == "" {
		return nil
	}
	id, text, _ := strings.Cut(head, ":")
	hash, err := hex.DecodeString(text)
	if err != nil || len(hash) == 0 {
		return check.Invalid("head", "the head is the id of an event, a colon and its hash, as /api/events/head has them")
	}
	return s.store.Scan(ctx, func(tx store.Tx) error {
		for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
			e, found, err := events.FindRecord(tx, mode, id)
			if err != nil {
				return err
			}
			if found {
				if !bytes.Equal(e.Hash, hash) {
					differs(Difference{id, "its hash is not the one that was kept: events up to it are not what they were"})
				}
				return nil
			}
		}
		differs(Difference{id, "it is gone, and its hash was kept"})
		return nil
	})
}
