package web

import (
	"context"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"clientele.dev"
)

// queuePatience is how long somebody waits for a turn before being refused.
const queuePatience = 10 * time.Second

var errQueueFull = clientele.Errorf(clientele.ErrorCodeUnavailable, "",
	"too many pages and PDFs are being drawn; try again in a moment")

// Queue lets so much work that takes a core for long be done at once that a core is left for what is quick, and no
// visitor do two at a time: however many one asks for, the next visitor is next.
type Queue struct {
	places *semaphore.Weighted
	mu     sync.Mutex
	of     map[string]*visitorTurn
}

// visitorTurn is held by the one request of a visitor that is being worked on or waits for a place.
type visitorTurn struct {
	turn    *semaphore.Weighted
	waiting int
}

// NewQueue makes a queue with a place for every core but one.
func NewQueue() *Queue {
	return &Queue{places: semaphore.NewWeighted(int64(max(1, runtime.GOMAXPROCS(0)-1))), of: map[string]*visitorTurn{}}
}

// Do runs fn when it is a visitor's turn. [clientele.ErrorCodeUnavailable] is told when that takes too long.
func (q *Queue) Do(ctx context.Context, visitor string, fn func() error) error {
	patient, done := context.WithTimeout(ctx, queuePatience)
	defer done()
	mine := q.join(visitor)
	defer q.leave(visitor, mine)
	if mine.turn.Acquire(patient, 1) != nil {
		return refusedTurn(ctx)
	}
	defer mine.turn.Release(1)
	if q.places.Acquire(patient, 1) != nil {
		return refusedTurn(ctx)
	}
	defer q.places.Release(1)
	return fn()
}

func refusedTurn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return errQueueFull
}

func (q *Queue) join(visitor string) *visitorTurn {
	q.mu.Lock()
	defer q.mu.Unlock()
	mine := q.of[visitor]
	if mine == nil {
		mine = &visitorTurn{turn: semaphore.NewWeighted(1)}
		q.of[visitor] = mine
	}
	mine.waiting++
	return mine
}

func (q *Queue) leave(visitor string, mine *visitorTurn) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if mine.waiting--; mine.waiting == 0 {
		delete(q.of, visitor)
	}
}
