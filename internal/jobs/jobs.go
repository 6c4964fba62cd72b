// Package jobs runs what a server does by itself: each job has a name, how often it runs, and what it does. Of several
// servers on one database one runs them, the one that has the lease.
package jobs

import (
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"sync"
	"time"

	"clientele.dev/internal/store"
)

// Job is something that a server does by itself, again and again.
type Job struct {
	Name  string // as metrics have it
	Title string // for people
	Every time.Duration
	// Run does it and says in plain words what was done, "" when there was nothing to do.
	Run func(context.Context) (done string, err error)
	// EachServer says that every server does it for itself, whoever has the lease.
	EachServer bool
}

// Status is how a job went on this server.
type Status struct {
	Job
	Runs        int       // that have begun
	Failures    int       // of runs, and of asking whether this server is to run it
	LastRun     time.Time // when it began; zero when it has not run here
	LastSuccess time.Time
	Took        time.Duration // the last time that it went well
	Done        string        // what was done when there was last something to do
	Failure     string        // of the last time; "" when it went well
}

const (
	lease     = "jobs"
	leaseTime = time.Minute     // after which another server takes over from one that is gone
	lastRun   = 2 * time.Second // for what each server does once more at its end, also when the database does not answer
)

// Runner runs jobs.
type Runner struct {
	leases store.Leases
	log    *slog.Logger
	now    func() time.Time
	holder string

	mu     sync.Mutex
	all    []Status
	leased time.Time // until when the lease is this server's

	taking sync.Mutex
}

// NewRunner makes a runner of jobs, none of which runs yet.
func NewRunner(leases store.Leases, log *slog.Logger, now func() time.Time, all ...Job) *Runner {
	r := &Runner{leases: leases, log: log, now: now, holder: rand.Text()}
	for _, j := range all {
		r.all = append(r.all, Status{Job: j})
	}
	return r
}

// Statuses are how all jobs went on this server.
func (r *Runner) Statuses() []Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// Start runs each job at once and again after its time, until the context ends or stop is called. stop waits for those
// under way, runs what each server does for itself once more, and lets another server have the lease.
func (r *Runner) Start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	for i, s := range r.all {
		running.Go(func() { every(ctx, s.Every, func() { r.runIfOurs(ctx, i) }) })
	}
	return func() {
		cancel()
		running.Wait()
		ctx, end := context.WithTimeout(context.WithoutCancel(ctx), lastRun)
		defer end()
		for i, s := range r.all {
			if s.EachServer {
				r.run(ctx, i)
			}
		}
		if r.now().Before(r.leasedUntil()) {
			_ = r.leases.EndLease(ctx, lease, r.holder) // one that cannot be ended ends by itself
		}
	}
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

// runIfOurs runs a job if it is for this server to do.
func (r *Runner) runIfOurs(ctx context.Context, i int) {
	if !r.all[i].EachServer {
		ours, err := r.hasLease(ctx)
		if err != nil {
			r.failed(ctx, i, err)
		}
		if !ours {
			return
		}
	}
	r.run(ctx, i)
}

// hasLease says whether the lease is this server's, and takes it when it is nobody's. It is written anew when half of
// its time is over.
func (r *Runner) hasLease(ctx context.Context) (bool, error) {
	r.taking.Lock()
	defer r.taking.Unlock()
	now := r.now()
	if now.Before(r.leasedUntil().Add(-leaseTime / 2)) {
		return true, nil
	}
	taken, err := r.leases.TakeLease(ctx, lease, r.holder, now, now.Add(leaseTime))
	if err != nil {
		if now.Before(r.leasedUntil()) {
			return true, nil // it is asked for again before it ends
		}
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.leased = (time.Time{}); taken {
		r.leased = now.Add(leaseTime)
	}
	return taken, nil
}

func (r *Runner) leasedUntil() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.leased
}

// run runs a job and notes how it went.
func (r *Runner) run(ctx context.Context, i int) {
	began := time.Now()
	r.mu.Lock()
	r.all[i].LastRun = r.now()
	r.all[i].Runs++
	r.mu.Unlock()
	done, err := r.all[i].Run(ctx)
	if err != nil {
		r.failed(ctx, i, err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.all[i]
	s.LastSuccess, s.Took, s.Failure = r.now(), time.Since(began), ""
	if done != "" {
		s.Done = done
		r.log.Info(done, "job", s.Name)
	}
}

// failed notes that a job could not be done. What is given up because the server stops is no failure. One that goes on,
// as while the database is away, is told once.
func (r *Runner) failed(ctx context.Context, i int, err error) {
	if ctx.Err() != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.all[i]
	s.Failures++
	if s.Failure != err.Error() {
		r.log.Error("a job failed; it is tried again", "job", s.Name, "error", err)
	}
	s.Failure = err.Error()
}
