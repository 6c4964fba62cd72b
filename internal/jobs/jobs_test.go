package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev/internal/jobs"
)

// lease is the one lease of several servers.
type lease struct {
	mu     sync.Mutex
	holder string
	until  time.Time
	fails  error
	taken  int // how often it was written
}

func (l *lease) TakeLease(_ context.Context, _, holder string, now, until time.Time) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails != nil || l.holder != "" && l.holder != holder && now.Before(l.until) {
		return false, l.fails
	}
	l.holder, l.until = holder, until
	l.taken++
	return true, nil
}

func (l *lease) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fails = err
}

func (l *lease) writes() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken
}

func (l *lease) EndLease(_ context.Context, _, holder string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holder == holder {
		l.holder = ""
	}
	return nil
}

// clock is a time that passes only when it is set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// server is a server with a job of which it is heard when it runs.
type server struct {
	runs chan struct{}
	stop func()
}

// waitForStatus waits until the only job of a runner is said to be what it has to be.
func waitForStatus(t *testing.T, runner *jobs.Runner, what string, is func(jobs.Status) bool) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		s := runner.Statuses()[0]
		if is(s) {
			return
		}
		if time.Since(began) > 5*time.Minute {
			t.Fatalf("%s: never; %+v", what, s)
		}
	}
}

func start(t *testing.T, l *lease, c *clock, eachServer bool) *server {
	t.Helper()
	s := &server{runs: make(chan struct{})}
	runner := jobs.NewRunner(l, slog.New(slog.DiscardHandler), c.now, jobs.Job{
		Name: "job", Every: time.Millisecond, EachServer: eachServer,
		Run: func(ctx context.Context) (string, error) {
			select {
			case s.runs <- struct{}{}:
			case <-ctx.Done():
			case <-time.After(time.Millisecond):
			}
			return "", nil
		},
	})
	s.stop = runner.Start(t.Context())
	return s
}

// TestOneServerRunsThem lets two servers start: one runs the job, and the other once the first is gone.
func TestOneServerRunsThem(t *testing.T) {
	t.Parallel()
	l, c := &lease{}, &clock{at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	first := start(t, l, c, false)
	<-first.runs
	second := start(t, l, c, false)
	defer second.stop()
	<-first.runs
	select {
	case <-second.runs:
		t.Error("both run it")
	case <-first.runs:
	}
	first.stop() // which ends the lease
	<-second.runs
	if n := l.writes(); n != 2 {
		t.Errorf("the lease was written %d times, want 2: it lasts a minute", n)
	}
	c.pass(31 * time.Second)
	<-second.runs
	<-second.runs // which has begun after that
	if n := l.writes(); n != 3 {
		t.Errorf("the lease was written %d times after half of its time, want 3", n)
	}
	l.mu.Lock()
	l.holder = "one who was killed" // whose lease ends by itself
	l.mu.Unlock()
	c.pass(2 * time.Minute)
	<-second.runs
	<-second.runs
	if n := l.writes(); n != 4 {
		t.Errorf("the lease was written %d times, want 4", n)
	}
}

// TestEachServerRunsItsOwn runs what every server does for itself, once more at the end.
func TestEachServerRunsItsOwn(t *testing.T) {
	t.Parallel()
	l, c := &lease{}, &clock{}
	first, second := start(t, l, c, true), start(t, l, c, true)
	<-first.runs
	<-second.runs
	for _, s := range []*server{first, second} {
		stopped := make(chan struct{})
		go func() { s.stop(); close(stopped) }()
		<-s.runs
		<-stopped
	}
	if l.writes() != 0 {
		t.Error("it took a lease that it does not need")
	}
}

// TestHowAJobWentIsTold runs a job that does something, nothing, and fails.
func TestHowAJobWentIsTold(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := &clock{at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	steps := make(chan func() (string, error))
	l := &lease{}
	runner := jobs.NewRunner(l, slog.New(slog.NewTextHandler(&log, nil)), c.now, jobs.Job{
		Name: "tidy", Title: "It is tidied", Every: time.Millisecond,
		Run: func(ctx context.Context) (string, error) {
			select {
			case step := <-steps:
				return step()
			case <-ctx.Done():
				return "", ctx.Err()
			}
		},
	})
	stop := runner.Start(t.Context())
	do := func(done string, err error) { steps <- func() (string, error) { return done, err } }
	do("tidied 3 things", nil)
	begun := c.now()
	waitForStatus(t, runner, "it is told what was done", func(s jobs.Status) bool {
		return s.Done == "tidied 3 things" && s.Failure == "" && s.LastSuccess.Equal(begun) && s.LastRun.Equal(begun)
	})
	broke := errors.New("it broke")
	do("", broke)
	waitForStatus(t, runner, "the failure is told", func(s jobs.Status) bool { return s.Failure == "it broke" })
	do("", broke)
	waitForStatus(t, runner, "it has failed twice", func(s jobs.Status) bool { return s.Failures == 2 })
	do("", nil)
	waitForStatus(t, runner, "the failure is over", func(s jobs.Status) bool { return s.Failure == "" })
	stop()
	s := runner.Statuses()[0]
	if s.Failures != 2 || s.Done != "tidied 3 things" {
		t.Errorf("%+v", s)
	}
	if s.Runs != 4 && s.Runs != 5 { // a fifth may have begun before it was stopped
		t.Errorf("%d runs have begun, want 4 or 5", s.Runs)
	}
	for _, want := range []string{`msg="tidied 3 things" job=tidy`, `job=tidy error="it broke"`} {
		if strings.Count(log.String(), want) != 1 {
			t.Errorf("the log has not once %s: %s", want, &log)
		}
	}
}

// TestALeaseThatCannotBeAskedFor says so, and does not run the job.
func TestALeaseThatCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	l := &lease{fails: errors.New("no database")}
	runner := jobs.NewRunner(l, slog.New(slog.DiscardHandler), (&clock{}).now, jobs.Job{
		Name: "job", Every: time.Millisecond,
		Run: func(context.Context) (string, error) { t.Error("it runs"); return "", nil },
	})
	stop := runner.Start(t.Context())
	waitForStatus(t, runner, "it has failed twice", func(s jobs.Status) bool { return s.Failures >= 2 })
	stop()
	if s := runner.Statuses()[0]; s.Failure != "no database" || s.Runs != 0 {
		t.Errorf("%+v", s)
	}
}

// TestALeaseThatCannotBeWrittenAnew goes on until the lease has ended, and no longer.
func TestALeaseThatCannotBeWrittenAnew(t *testing.T) {
	t.Parallel()
	l, c := &lease{}, &clock{at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	var runs atomic.Int64
	runner := jobs.NewRunner(l, slog.New(slog.DiscardHandler), c.now, jobs.Job{
		Name: "job", Every: time.Millisecond,
		Run: func(context.Context) (string, error) { runs.Add(1); return "", nil },
	})
	stop := runner.Start(t.Context())
	defer stop()
	waitForStatus(t, runner, "it runs", func(s jobs.Status) bool { return s.Runs > 0 })
	l.fail(errors.New("no database"))
	c.pass(45 * time.Second)
	before := runs.Load()
	waitForStatus(t, runner, "it goes on", func(jobs.Status) bool { return runs.Load() > before+2 })
	if s := runner.Statuses()[0]; s.Failures != 0 {
		t.Errorf("while the lease lasts %+v", s)
	}
	c.pass(16 * time.Second)
	waitForStatus(t, runner, "it fails", func(s jobs.Status) bool { return s.Failures > 1 })
	before = runs.Load()
	waitForStatus(t, runner, "it fails again", func(s jobs.Status) bool { return s.Failures > 3 })
	if runs.Load() > before {
		t.Error("it runs without the lease")
	}
}
