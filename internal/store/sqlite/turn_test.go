package sqlite

import (
	"testing"
	"testing/synctest"
	"time"

	"clientele.dev/internal/store"
)

// TestTurns has batches of 5 ms follow each other: while others write too there is a pause after each few of them.
func TestTurns(t *testing.T) {
	t.Parallel()
	const short, batches = 5 * time.Millisecond, 40
	for name, c := range map[string]struct {
		batch  time.Duration
		others time.Duration // how long ago others wrote before the first
		idle   time.Duration // between batches
		paused time.Duration
	}{
		"alone":             {short, time.Hour, 0, 0},
		"others write":      {short, 0, 0, 10 * turnPause},
		"others wrote":      {short, company, 0, 0},
		"long but few":      {2 * longTurn, 0, turnPause, 0},
		"little to write":   {short, 0, turnPause, 0},
		"no time for pause": {short, 0, turnPause / 2, 13 * turnPause},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				turn := turn{pauses: true, others: time.Now().Add(-c.others)}
				began := time.Now()
				for range batches {
					turn.begin()
					time.Sleep(c.batch)
					turn.end()
					time.Sleep(c.idle)
				}
				paused := time.Since(began) - batches*(c.batch+c.idle)
				if paused < c.paused-turnPause || paused > c.paused+turnPause {
					t.Errorf("it paused for %s, want %s", paused, c.paused)
				}
			})
		})
	}
}

// TestOthersAreSeen writes at two processes by turns: one that makes pauses knows when the other has written.
func TestOthersAreSeen(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/data.db"
	busy, other := openAt(t, path, WithPauses()), openAt(t, path)
	position := int64(0)
	write := func(s *Store) {
		t.Helper()
		position++
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return tx.Pruning().AddPruned(store.PrunedEvent{Position: position, Payload: make([]byte, 32)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write(busy)
	write(busy)
	if !busy.writer.turn.others.IsZero() {
		t.Error("its own commits seem to be those of others")
	}
	write(other)
	write(busy)
	if busy.writer.turn.others.IsZero() {
		t.Error("the other's commit was not seen")
	}
}
