package web

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"clientele.dev"
)

// TestAQueueIsFairAndLeavesACore has one visitor ask fifty times and another once, while all places are taken.
func TestAQueueIsFairAndLeavesACore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue()
		var running, most atomic.Int64
		var mu sync.Mutex
		var order []string
		work := func(visitor string) func() error {
			return func() error {
				most.Store(max(most.Load(), running.Add(1)))
				time.Sleep(100 * time.Millisecond)
				running.Add(-1)
				mu.Lock()
				defer mu.Unlock()
				order = append(order, visitor)
				return nil
			}
		}
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if err := q.Do(t.Context(), "greedy", work("greedy")); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		all.Go(func() {
			if err := q.Do(t.Context(), "other", work("other")); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		if places := max(1, runtime.GOMAXPROCS(0)-1); int(most.Load()) > places {
			t.Errorf("%d were at work at once, want %d", most.Load(), places)
		}
		if order[0] != "other" && order[1] != "other" && order[2] != "other" {
			t.Errorf("the other visitor waits behind more than two of the first: %v", order[:10])
		}
		if len(q.of) != 0 {
			t.Errorf("%d visitors are remembered", len(q.of))
		}
	})
}

// TestAQueueRefusesWhoWaitsTooLong tells who waited too long, and lets go who went away.
func TestAQueueRefusesWhoWaitsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue()
		end := make(chan struct{})
		for n := range runtime.GOMAXPROCS(0) {
			go func() { _ = q.Do(t.Context(), string(rune('a'+n)), func() error { <-end; return nil }) }()
		}
		synctest.Wait()
		err := q.Do(t.Context(), "late", func() error { t.Error("it had no turn"); return nil })
		var refused *clientele.Error
		if !errors.As(err, &refused) || refused.Code != clientele.ErrorCodeUnavailable {
			t.Errorf("after the wait: %v", err)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if err := q.Do(gone, "gone", func() error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("who went away is told %v", err)
		}
		close(end)
		synctest.Wait()
		if err := q.Do(t.Context(), "late", func() error { return nil }); err != nil {
			t.Errorf("with places free: %v", err)
		}
	})
}
