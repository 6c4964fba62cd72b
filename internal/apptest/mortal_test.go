package apptest_test

import (
	"context"
	"errors"

	"clientele.dev"
	"clientele.dev/internal/store"
)

var errDied = errors.New("the server died")

// mortalStore is the database of a server that can be made to die in the midst of a change: before one of its writes,
// before all of it is committed, or when it is and nobody has been told.
type mortalStore struct {
	store.Store
	mortal bool
	left   int // writes until it dies
	dead   bool
	closed bool
}

// Close may be called again.
func (s *mortalStore) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	return s.Store.Close()
}

// dieAfter says after how many writes the server dies; below 0 it does not.
func (s *mortalStore) dieAfter(writes int) { s.mortal, s.left = writes >= 0, writes }

// step is one write.
func (s *mortalStore) step() error {
	if s.mortal && s.left == 0 {
		s.dead = true
	}
	if s.dead {
		return errDied
	}
	s.left--
	return nil
}

func (s *mortalStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		return errors.Join(fn(mortalTx{tx, s}), s.step())
	})
	return errors.Join(err, s.step())
}

type mortalTx struct {
	store.Tx
	store *mortalStore
}

func (tx mortalTx) Save(k *store.Kind, rec store.Record, before, after *store.Row) error {
	if err := tx.store.step(); err != nil {
		return err
	}
	return tx.Tx.Save(k, rec, before, after)
}

func (tx mortalTx) AppendToLedger(movements []store.Movement) error {
	if err := tx.store.step(); err != nil {
		return err
	}
	return tx.Tx.AppendToLedger(movements)
}

func (tx mortalTx) AddToSums(mode clientele.Mode, parts []store.SumPart) error {
	if err := tx.store.step(); err != nil {
		return err
	}
	return tx.Tx.AddToSums(mode, parts)
}

func (tx mortalTx) AddEvent(e store.EventRecord) error {
	if err := tx.store.step(); err != nil {
		return err
	}
	return tx.Tx.AddEvent(e)
}

func (tx mortalTx) SaveAnswer(actor, key string, a store.Answer) error {
	if err := tx.store.step(); err != nil {
		return err
	}
	return tx.Tx.SaveAnswer(actor, key, a)
}

func (tx mortalTx) SaveClosingDigests(digests []store.ClosingDigest) error {
	if err := tx.store.step(); err != nil {
		return err
	}
	return tx.Tx.SaveClosingDigests(digests)
}
