package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// How often a server looks for what it does by itself.
const (
	choreInterval  = 2 * time.Second
	forgetInterval = time.Hour
	noteInterval   = 30 * time.Second
	lastNote       = 2 * time.Second // for noting at the end, also when the database does not answer
)

// chores are what a server does by itself, at its start and from then on. Servers on one database may all do them: each
// is done in the transaction that finds it to be done.
type chores struct {
	service *billing.Service
	db      store.Access
	auth    *auth.Authenticator
	log     *slog.Logger
	done    *prometheus.GaugeVec // when each was last done, see [newJobFigure]
}

// start does them until the context ends or stop is called, which waits for the one under way to finish.
func (c chores) start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() {
		every(ctx, choreInterval, func() { c.do(ctx, "invoices marked uncollectible", c.service.ApplyPolicy) })
	})
	all.Go(func() {
		every(ctx, forgetInterval, func() {
			c.do(ctx, "old answers", func(ctx context.Context) (int, error) { return 0, c.service.ForgetAnswers(ctx) })
			c.do(ctx, "old sessions", func(ctx context.Context) (int, error) {
				return 0, c.db.ForgetSessions(ctx, time.Now())
			})
		})
	})
	all.Go(func() {
		every(ctx, noteInterval, func() { c.do(ctx, "uses of keys", c.noteUses) })
	})
	return func() {
		cancel()
		all.Wait()
		last, end := context.WithTimeout(context.Background(), lastNote)
		defer end()
		_, _ = c.noteUses(last) // what cannot be noted any more is no reason not to stop
	}
}

// noteUses notes when keys were used. It is nothing to log.
func (c chores) noteUses(ctx context.Context) (int, error) {
	_, err := c.auth.NoteUses(ctx)
	return 0, err
}

// every calls fn at once and again after each interval, until the context ends.
func every(ctx context.Context, interval time.Duration, fn func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for ctx.Err() == nil {
		fn()
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// do does one of them and says so when there was something to do.
func (c chores) do(ctx context.Context, what string, fn func(context.Context) (int, error)) {
	n, err := fn(ctx)
	if n > 0 {
		c.log.Info(what, "count", n)
	}
	if err == nil {
		c.done.WithLabelValues(what).SetToCurrentTime()
	}
	if err != nil && ctx.Err() == nil {
		c.log.Error("a chore failed; it is tried again", "chore", what, "error", err)
	}
}
