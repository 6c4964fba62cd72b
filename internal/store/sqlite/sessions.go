package sqlite

import (
	"context"
	"time"

	"clientele.dev/internal/store"
)

// AddSession implements [store.Access].
func (s *Store) AddSession(ctx context.Context, session store.Session, events ...store.EventRecord) error {
	return s.Update(ctx, func(t store.Tx) error {
		for _, e := range events {
			if err := t.AddEvent(e); err != nil {
				return err
			}
		}
		return t.(*tx).run(`INSERT INTO sessions (hash, kind, test_key, live_key, operator, customer_id, livemode,
			created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			session.Hash[:], string(session.Kind), keyHash(session.TestKey),
			keyHash(session.LiveKey), session.Operator, session.CustomerID, bool(session.Livemode),
			session.CreatedAt.UnixMilli(), session.ExpiresAt.UnixMilli())
	})
}

// keyHash is a hash as it is kept: the zero one is that of no key.
func keyHash(hash [32]byte) any {
	if hash == [32]byte{} {
		return nil
	}
	return hash[:]
}

// SessionByHash implements [store.Access].
func (s *Store) SessionByHash(ctx context.Context, hash [32]byte) (session store.Session, found bool, err error) {
	err = s.lookups.read(ctx, func(c *conn) error {
		return c.each(`SELECT kind, test_key, live_key, operator, customer_id, livemode, created_at, expires_at
			FROM sessions WHERE hash = $1`,
			func(r row) error {
				found = true
				session = store.Session{
					Hash: hash, Kind: store.SessionKind(r.text(0)), Operator: r.int(3) == 1,
					CustomerID: r.text(4), Livemode: r.int(5) == 1,
					CreatedAt: moment(r.int(6)), ExpiresAt: moment(r.int(7)),
				}
				copy(session.TestKey[:], r.bytes(1))
				copy(session.LiveKey[:], r.bytes(2))
				return nil
			}, hash[:])
	})
	return session, found, err
}

// EndSession implements [store.Access].
func (s *Store) EndSession(ctx context.Context, hash [32]byte) (found bool, err error) {
	err = s.writer.do(ctx, func(c *conn) error {
		n, err := c.exec("DELETE FROM sessions WHERE hash = $1", hash[:])
		found = n == 1
		return err
	})
	return found && err == nil, err
}

// PortalSessions implements [store.Access].
func (s *Store) PortalSessions(ctx context.Context, customerID string, at time.Time) (all []store.Session, err error) {
	err = s.lookups.read(ctx, func(c *conn) error {
		return c.each(`SELECT hash, livemode, created_at, expires_at FROM sessions
			WHERE customer_id = $1 AND customer_id <> '' AND expires_at > $2 ORDER BY created_at, hash`,
			func(r row) error {
				all = append(all, store.Session{
					Hash: [32]byte(r.bytes(0)), Kind: store.SessionPortal, CustomerID: customerID, Livemode: r.int(1) == 1,
					CreatedAt: moment(r.int(2)), ExpiresAt: moment(r.int(3)),
				})
				return nil
			}, customerID, at.UnixMilli())
	})
	return all, err
}

// ForgetSessions implements [store.Access].
func (s *Store) ForgetSessions(ctx context.Context, before time.Time) error {
	return s.writer.do(ctx, func(c *conn) error {
		return c.run("DELETE FROM sessions WHERE expires_at < $1", before.UnixMilli())
	})
}
