package console

import (
	"sync"
	"time"
)

// How failed sign-ins are slowed: the first few cost nothing, then each makes its address wait twice as long.
const (
	freeRefusals = 5
	longestWait  = time.Minute
	maxAddresses = 10_000 // that are remembered at once
)

// refusals remembers which addresses have failed to sign in.
type refusals struct {
	now func() time.Time
	mu  sync.Mutex
	of  map[string]refusal
}

type refusal struct {
	count int
	until time.Time // until when its address must wait
}

// wait is how long an address must wait before it may try again.
func (r *refusals) wait(address string) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of[address].until.Sub(r.now())
}

// add remembers that an address failed.
func (r *refusals) add(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if len(r.of) >= maxAddresses {
		for a, old := range r.of {
			if now.Sub(old.until) > longestWait {
				delete(r.of, a)
			}
		}
	}
	if r.of == nil || len(r.of) >= maxAddresses {
		r.of = map[string]refusal{}
	}
	failed := r.of[address]
	failed.count++
	failed.until = now
	if over := failed.count - freeRefusals; over > 0 {
		failed.until = now.Add(min(longestWait, time.Second<<min(over, 10)))
	}
	r.of[address] = failed
}

// forget lets an address begin anew.
func (r *refusals) forget(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.of, address)
}
