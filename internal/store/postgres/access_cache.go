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

// accessCache has the keys and applications that were looked up, as every request looks for one.
//
// Every server that caches them holds a lock, shared by all of them, on a connection on which it listens. Whoever
// changes a key or an application, on whichever server, notifies all and waits until it alone has the lock: by then
// each has forgotten, and waits to have the lock again before it caches anything. So a change is obeyed everywhere once
// it is made, and a server whose connection fails, or that has died, keeps nobody waiting.
type accessCache struct {
	mu        sync.Mutex
	listening bool
	changes   int // how often something was changed, or listening was lost
	keys      map[[32]byte]store.Key
	apps      []store.App // nil when they are not cached
}

const (
	cachingLock = "hashtextextended('clientele access', 0)"

	listeningCheck = 2 * time.Second       // between two proofs that the connection is there
	firstPatience  = 10 * time.Millisecond // after which servers that did not forget are notified again
	noticeEnds     = 5 * time.Second       // after which those that hang are not waited for
	maxKeys        = 10_000                // cached at once
)

// forget drops everything. listening says whether changes will be heard from now on.
func (m *accessCache) forget(listening bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.listening, m.keys, m.apps = listening, map[[32]byte]store.Key{}, nil
	m.changes++
}

// key returns a cached key, and the number of changes so far.
func (m *accessCache) key(hash [32]byte) (key store.Key, found bool, changes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key, found = m.keys[hash]
	return key, found, m.changes
}

// addKey caches a key that was read when there were so many changes.
func (m *accessCache) addKey(key store.Key, changes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.listening && m.changes == changes && len(m.keys) < maxKeys {
		m.keys[key.Hash] = key
	}
}

// allApps returns the cached applications, and the number of changes so far.
func (m *accessCache) allApps() (apps []store.App, changes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.apps, m.changes
}

// setApps caches the applications that were read when there were so many changes.
func (m *accessCache) setApps(apps []store.App, changes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.listening && m.changes == changes {
		m.apps = apps
	}
}

// listenForChanges listens for changes of keys and applications until the context ends.
func (s *Store) listenForChanges(ctx context.Context) {
	for ctx.Err() == nil {
		// Whatever ends it, nothing is heard from then on.
		_ = s.listenOn(ctx)
		s.accessCache.forget(false)
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// listenOn listens on one connection until it fails.
func (s *Store) listenOn(ctx context.Context) error {
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
		if _, err := c.Exec(ctx, "SELECT pg_advisory_lock_shared("+cachingLock+")"); err != nil {
			return err
		}
		s.accessCache.forget(true)
		err := waitForChange(ctx, c)
		s.accessCache.forget(false)
		if err != nil {
			return err
		}
		if _, err := c.Exec(ctx, "SELECT pg_advisory_unlock_shared("+cachingLock+")"); err != nil {
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
			_, err = c.Exec(ctx, "SELECT pg_advisory_lock("+cachingLock+")")
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
		waiting, cancel := context.WithTimeout(ctx, listeningCheck)
		_, err := c.WaitForNotification(waiting)
		cancel()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || c.IsClosed() {
			return err
		}
		asking, cancel := context.WithTimeout(ctx, listeningCheck)
		err = c.Ping(asking)
		cancel()
		if err != nil {
			return err
		}
	}
}
