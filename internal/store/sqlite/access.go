package sqlite

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"clientele.dev/internal/store"
)

// KeyByHash implements [store.Access].
func (s *Store) KeyByHash(ctx context.Context, hash [32]byte) (key store.Key, found bool, err error) {
	err = s.lookups.read(ctx, func(c *conn) error {
		return c.each(selectKeys+" WHERE hash = $1", func(r row) error {
			key, found = keyOf(r), true
			return nil
		}, hash[:])
	})
	return key, found, err
}

const selectKeys = `SELECT id, name, livemode, scope, hash, hint, created_at, coalesce(revoked_at, 0), created_by,
	coalesce(expires_at, 0), coalesce(last_used_at, 0), version FROM api_keys`

func keyOf(r row) store.Key {
	return store.Key{
		ID: r.text(0), Name: r.text(1), Livemode: r.int(2) == 1, Scope: store.Scope(r.text(3)), Hash: [32]byte(r.bytes(4)),
		Hint: r.text(5), CreatedAt: moment(r.int(6)), RevokedAt: moment(r.int(7)),
		CreatedBy: r.text(8), ExpiresAt: moment(r.int(9)), LastUsed: moment(r.int(10)), Version: r.int(11),
	}
}

// milliseconds is a moment as it is kept: none is no number.
func milliseconds(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// moment reads unix milliseconds; 0 is no moment.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Keys implements [store.Access].
func (s *Store) Keys(ctx context.Context) (keys []store.Key, err error) {
	err = s.lookups.read(ctx, func(c *conn) error {
		return c.each(selectKeys+" ORDER BY created_at, id", func(r row) error {
			keys = append(keys, keyOf(r))
			return nil
		})
	})
	return keys, err
}

// AddKey implements [store.Access].
func (s *Store) AddKey(ctx context.Context, by store.By, keys ...store.Key) error {
	return s.writer.do(ctx, func(c *conn) error { return addKeys(c, by, keys) })
}

// AddFirstKeys implements [store.Access].
func (s *Store) AddFirstKeys(ctx context.Context, by store.By, keys ...store.Key) (first bool, err error) {
	err = s.writer.do(ctx, func(c *conn) error {
		first = true
		read := func(row) error { first = false; return nil }
		if err := c.each("SELECT 1 FROM api_keys LIMIT 1", read); err != nil || !first {
			return err
		}
		return addKeys(c, by, keys)
	})
	return first && err == nil, err
}

func addKeys(c *conn, by store.By, keys []store.Key) error {
	for _, k := range keys {
		k.CreatedBy, k.Version = by.Actor, 1
		err := c.run(`INSERT INTO api_keys
			(id, name, livemode, scope, hash, hint, created_at, created_by, expires_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, k.ID, k.Name, k.Livemode, string(k.Scope), k.Hash[:], k.Hint,
			k.CreatedAt.UnixMilli(), k.CreatedBy, milliseconds(k.ExpiresAt), k.Version)
		if err != nil {
			return err
		}
		event, err := store.KeyCreated(by, k)
		if err == nil {
			err = (&tx{conn: c}).AddEvent(event)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ReplaceKey implements [store.Access].
func (s *Store) ReplaceKey(ctx context.Context, by store.By, oldID string, at time.Time, key store.Key) error {
	return s.writer.do(ctx, func(c *conn) error {
		if _, err := revokeKey(c, by, at, oldID); err != nil {
			return err
		}
		return addKeys(c, by, []store.Key{key})
	})
}

// RevokeKeys implements [store.Access].
func (s *Store) RevokeKeys(ctx context.Context, by store.By, at time.Time, ids ...string) (found int, err error) {
	err = s.writer.do(ctx, func(c *conn) error {
		found = 0
		for _, id := range ids {
			one, err := revokeKey(c, by, at, id)
			if err != nil {
				return err
			}
			if one {
				found++
			}
		}
		return nil
	})
	return found, err
}

func revokeKey(c *conn, by store.By, at time.Time, id string) (found bool, err error) {
	var key store.Key
	err = c.each(selectKeys+" WHERE id = $1", func(r row) error { key, found = keyOf(r), true; return nil }, id)
	before := key
	if err != nil || !found || !key.End(at) {
		return found, err
	}
	err = c.run("UPDATE api_keys SET revoked_at = $1, version = $2 WHERE id = $3",
		key.RevokedAt.UnixMilli(), key.Version, id)
	if err != nil {
		return false, err
	}
	event, err := store.KeyRevoked(by, before, key)
	if err == nil {
		err = (&tx{conn: c}).AddEvent(event)
	}
	return err == nil, err
}

// NoteUses implements [store.Access].
func (s *Store) NoteUses(ctx context.Context, uses map[string]time.Time) error {
	return s.writer.do(ctx, func(c *conn) error {
		for id, at := range uses {
			err := c.run("UPDATE api_keys SET last_used_at = max(coalesce(last_used_at, 0), $1) WHERE id = $2",
				at.UnixMilli(), id)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Apps implements [store.Access].
func (s *Store) Apps(ctx context.Context) (apps []store.App, err error) {
	err = s.lookups.read(ctx, func(c *conn) error {
		return c.each("SELECT id, name, public_key, created_at, coalesce(revoked_at, 0) FROM apps ORDER BY created_at, id",
			func(r row) error {
				apps = append(apps, store.App{
					ID: r.text(0), Name: r.text(1), PublicKey: ed25519.PublicKey(r.bytes(2)),
					CreatedAt: moment(r.int(3)), RevokedAt: moment(r.int(4)),
				})
				return nil
			})
	})
	return apps, err
}

// AddApp implements [store.Access].
func (s *Store) AddApp(ctx context.Context, a store.App) error {
	return s.writer.do(ctx, func(c *conn) error { return addApp(c, a) })
}

func addApp(c *conn, a store.App) error {
	n, err := c.exec(`INSERT INTO apps (id, name, public_key, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (public_key) DO UPDATE SET id = excluded.id, name = excluded.name,
			created_at = excluded.created_at, revoked_at = NULL WHERE revoked_at IS NOT NULL`,
		a.ID, a.Name, []byte(a.PublicKey), a.CreatedAt.UnixMilli())
	if err == nil && n == 0 {
		err = fmt.Errorf("this public key is trusted already")
	}
	return err
}

// ReplaceApp implements [store.Access].
func (s *Store) ReplaceApp(ctx context.Context, a store.App, at time.Time) (replaced int64, err error) {
	err = s.writer.do(ctx, func(c *conn) error {
		if replaced, err = c.exec("UPDATE apps SET revoked_at = $1 WHERE name = $2 AND revoked_at IS NULL",
			at.UnixMilli(), a.Name); err != nil {
			return err
		}
		return addApp(c, a)
	})
	return replaced, err
}

// RevokeApp implements [store.Access].
func (s *Store) RevokeApp(ctx context.Context, id string, at time.Time) (bool, error) {
	var n int64
	err := s.writer.do(ctx, func(c *conn) (err error) {
		n, err = c.exec("UPDATE apps SET revoked_at = min(coalesce(revoked_at, $1), $1) WHERE id = $2", at.UnixMilli(), id)
		return err
	})
	return n == 1, err
}
