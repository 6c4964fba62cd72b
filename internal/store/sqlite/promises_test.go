package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"testing"

	"clientele.dev/internal/store"
	"clientele.dev/internal/store/storetest"
)

// TestCommitsAreSynced holds the writer to the setting that makes a commit wait for the disk: killing the process would
// not show that it is missing.
func TestCommitsAreSynced(t *testing.T) {
	t.Parallel()
	s := open(t)
	setting := func(name string) (value string) {
		err := s.writer.do(t.Context(), func(c *conn) error {
			return c.each("PRAGMA "+name, func(r row) error { value = r.text(0); return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	if got := setting("synchronous"); got != "2" { // FULL
		t.Errorf("synchronous is %s", got)
	}
	if got := setting("journal_mode"); got != "wal" {
		t.Errorf("journal_mode is %s", got)
	}
}

// TestContract holds the database to the contract.
func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (first, second store.Store) {
		path := filepath.Join(t.TempDir(), "test.db")
		return openAt(t, path), openAt(t, path)
	})
}

// TestAWriteGivenUpBeforeItsTurnIsNotMade shows that what nobody waits for any more is left undone.
func TestAWriteGivenUpBeforeItsTurnIsNotMade(t *testing.T) {
	t.Parallel()
	s := open(t)
	began, goOn, answered := make(chan bool), make(chan bool), make(chan error)
	go func() {
		answered <- s.writer.do(t.Context(), func(*conn) error {
			close(began)
			<-goOn
			return nil
		})
	}()
	<-began
	ctx, giveUp := context.WithCancel(t.Context())
	given, made := make(chan error), false
	go func() {
		given <- s.writer.do(ctx, func(*conn) error {
			made = true
			return nil
		})
	}()
	for len(s.writer.jobs) == 0 { // until it stands in the queue
		runtime.Gosched()
	}
	giveUp()
	close(goOn)
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if err := <-given; !errors.Is(err, context.Canceled) || made {
		t.Errorf("a write given up ended with %v; made: %v", err, made)
	}
}
