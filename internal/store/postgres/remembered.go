package postgres

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"clientele.dev/internal/store"
)

// remembered are the keys and applications that were looked up, as every request looks for one.
//
// Every server that remembers holds a lock, shared by all of them, on a connection on which it listens. Whoever changes
// a key or an application, on whichever server, notifies all and waits until it alone has the lock: by then each has
// forgotten, and waits to have the lock again before it remembers anything. So a change is obeyed everywhere once it is
// made, and a server whose connection fails, or that has died, keeps nobody waiting.
type remembered struct {
	mu      sync.Mutex
	hearing bool
	changes int // how often something was changed, or hearing was lost
	keys    map[[32]byte]store.Key
	apps    []store.App // nil when they are not remembered
}

const (
	rememberingLock = "hashtextextended('clientele access', 0)"

	hearingCheck  = 2 * time.Second       // between two proofs that the connection is there
	firstPatience = 10 * time.Millisecond // after which servers that did not forget are notified again
	noticeEnds    = 5 * time.Second       // after which those that hang are not waited for
	maxKeys       = 10_000                // remembered at once
)

// forget drops everything. hearing says whether changes will be heard from now on.
func (m *remembered) forget(hearing bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hearing, m.keys, m.apps = hearing, map[[32]byte]store.Key{}, nil
	m.changes++
}

// key returns a remembered key, and the number of changes so far.
func (m *remembered) key(hash [32]byte) (key store.Key, found bool, changes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key, found = m.keys[hash]
	return key, found, m.changes
}

// addKey remembers a key that was read when there were so many changes.
func (m *remembered) addKey(key store.Key, changes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hearing && m.changes == changes && len(m.keys) < maxKeys {
		m.keys[key.Hash] = key
	}
}

// allApps returns the remembered applications, and the number of changes so far.
func (m *remembered) allApps() (apps []store.App, changes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.apps, m.changes
}

// setApps remembers the applications that were read when there were so many changes.
func (m *remembered) setApps(apps []store.App, changes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hearing && m.changes == changes {
		m.apps = apps
	}
}

// hear listens for changes of keys and applications until the context ends.
func (s *Store) hear(ctx context.Context) {
	for ctx.Err() == nil {
		// Whatever ends it, nothing is heard from then on.
		_ = s.hearOn(ctx)
		s.remembered.forget(false)
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// hearOn listens on one connection until it fails.
func (s *Store) hearOn(ctx context.Context) error {
	config := s.pool.Config().ConnConfig
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler { // nobody is asked to stop waiting
		return &pgconn.DeadlineContextWatcherHandler{Conn: c.Conn()}
	}
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer c.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is lost
	if _, err := c.Exec(ctx, "LISTEN clientele_access"); err != nil {
		return err
	}
	for {
		if _, err := c.Exec(ctx, "SELECT pg_advisory_lock_shared("+rememberingLock+")"); err != nil {
			return err
		}
		s.remembered.forget(true)
		err := waitForChange(ctx, c)
		s.remembered.forget(false)
		if err != nil {
			return err
		}
		if _, err := c.Exec(ctx, "SELECT pg_advisory_unlock_shared("+rememberingLock+")"); err != nil {
			return err
		}
	}
}

// change makes a change of keys or applications when every server has forgotten them.
func (s *Store) change(ctx context.Context, fn func(*tx) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return faultOf(ctx, err, true)
	}
	c := conn.Hijack()                        // its end gives the lock back, however it ends
	defer c.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is lost
	patience := firstPatience                 // one that was about to listen may not have heard: it is told again soon
	for began := time.Now(); time.Since(began) < noticeEnds; patience *= 2 {
		_, err = c.Exec(ctx, fmt.Sprintf("SET lock_timeout = %d; NOTIFY clientele_access", patience.Milliseconds()))
		if err == nil {
			_, err = c.Exec(ctx, "SELECT pg_advisory_lock("+rememberingLock+")")
		}
		if !isCode(err, lockNotAvailable) {
			break
		}
	}
	if err != nil && !isCode(err, lockNotAvailable) {
		return faultOf(ctx, err, isLost(err))
	}
	return s.Update(ctx, func(t store.Tx) error { return fn(t.(*tx)) })
}

// waitForChange returns nil after a change, and makes sure meanwhile that the connection is there.
func waitForChange(ctx context.Context, c *pgx.Conn) error {
	for {
		waiting, cancel := context.WithTimeout(ctx, hearingCheck)
		_, err := c.WaitForNotification(waiting)
		cancel()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || c.IsClosed() {
			return err
		}
		asking, cancel := context.WithTimeout(ctx, hearingCheck)
		err = c.Ping(asking)
		cancel()
		if err != nil {
			return err
		}
	}
}
