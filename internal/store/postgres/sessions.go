package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

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
		t.(*tx).run(`INSERT INTO sessions (hash, kind, test_key, live_key, operator, customer_id, livemode,
			created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			session.Hash[:], string(session.Kind), keyHash(session.TestKey),
			keyHash(session.LiveKey), session.Operator, session.CustomerID, bool(session.Livemode),
			session.CreatedAt.UnixMilli(), session.ExpiresAt.UnixMilli())
		return nil
	})
}

// keyHash is a hash as it is kept: the zero one is that of no key.
func keyHash(hash [32]byte) []byte {
	if hash == [32]byte{} {
		return nil
	}
	return hash[:]
}

// SessionByHash implements [store.Access].
func (s *Store) SessionByHash(ctx context.Context, hash [32]byte) (store.Session, bool, error) {
	all, err := look(ctx, s, func(r pgx.CollectableRow) (session store.Session, err error) {
		var test, live []byte
		var created, expires int64
		err = r.Scan((*string)(&session.Kind), &test, &live, &session.Operator, &session.CustomerID,
			(*bool)(&session.Livemode), &created, &expires)
		session.Hash, session.CreatedAt, session.ExpiresAt = hash, timeOf(created), timeOf(expires)
		copy(session.TestKey[:], test)
		copy(session.LiveKey[:], live)
		return session, err
	}, `SELECT kind, test_key, live_key, operator, customer_id, livemode, created_at, expires_at
		FROM sessions WHERE hash = $1`, hash[:])
	if err != nil || len(all) == 0 {
		return store.Session{}, false, err
	}
	return all[0], true, nil
}

// EndSession implements [store.Access].
func (s *Store) EndSession(ctx context.Context, hash [32]byte) (found bool, err error) {
	err = s.Update(ctx, func(t store.Tx) error {
		var kinds []string
		err := t.(*tx).each(appendTo(&kinds), "DELETE FROM sessions WHERE hash = $1 RETURNING kind", hash[:])
		found = len(kinds) == 1
		return err
	})
	return found && err == nil, err
}

// PortalSessions implements [store.Access].
func (s *Store) PortalSessions(ctx context.Context, customerID string, at time.Time) ([]store.Session, error) {
	return look(ctx, s, func(r pgx.CollectableRow) (session store.Session, err error) {
		var hash []byte
		var created, expires int64
		err = r.Scan(&hash, (*bool)(&session.Livemode), &created, &expires)
		session.Kind, session.CustomerID = store.SessionPortal, customerID
		copy(session.Hash[:], hash)
		session.CreatedAt, session.ExpiresAt = timeOf(created), timeOf(expires)
		return session, err
	}, `SELECT hash, livemode, created_at, expires_at FROM sessions
		WHERE customer_id = $1 AND customer_id <> '' AND expires_at > $2 ORDER BY created_at, hash`,
		customerID, at.UnixMilli())
}

// ForgetSessions implements [store.Access].
func (s *Store) ForgetSessions(ctx context.Context, before time.Time) error {
	return s.Update(ctx, func(t store.Tx) error {
		t.(*tx).run("DELETE FROM sessions WHERE expires_at < $1", before.UnixMilli())
		return nil
	})
}
