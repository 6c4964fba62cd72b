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

const selectKeys = "SELECT id, name, livemode, scope, hash, hint, created_at, coalesce(revoked_at, 0) FROM api_keys"

func keyOf(r row) store.Key {
	return store.Key{
		ID: r.text(0), Name: r.text(1), Livemode: r.int(2) == 1, Scope: store.Scope(r.text(3)), Hash: [32]byte(r.bytes(4)),
		Hint: r.text(5), CreatedAt: moment(r.int(6)), RevokedAt: moment(r.int(7)),
	}
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
func (s *Store) AddKey(ctx context.Context, keys ...store.Key) error {
	return s.writer.do(ctx, func(c *conn) error { return addKeys(c, keys) })
}

// AddFirstKeys implements [store.Access].
func (s *Store) AddFirstKeys(ctx context.Context, keys ...store.Key) (first bool, err error) {
	err = s.writer.do(ctx, func(c *conn) error {
		first = true
		read := func(row) error { first = false; return nil }
		if err := c.each("SELECT 1 FROM api_keys LIMIT 1", read); err != nil || !first {
			return err
		}
		return addKeys(c, keys)
	})
	return first && err == nil, err
}

func addKeys(c *conn, keys []store.Key) error {
	for _, k := range keys {
		err := c.run(`INSERT INTO api_keys (id, name, livemode, scope, hash, hint, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			k.ID, k.Name, k.Livemode, string(k.Scope), k.Hash[:], k.Hint, k.CreatedAt.UnixMilli())
		if err != nil {
			return err
		}
	}
	return nil
}

// ReplaceKey implements [store.Access].
func (s *Store) ReplaceKey(ctx context.Context, oldID string, at time.Time, key store.Key) error {
	return s.writer.do(ctx, func(c *conn) error {
		if _, err := revoke(c, "api_keys", oldID, at); err != nil {
			return err
		}
		return addKeys(c, []store.Key{key})
	})
}

// RevokeKey implements [store.Access].
func (s *Store) RevokeKey(ctx context.Context, id string, at time.Time) (bool, error) {
	return s.revoke(ctx, "api_keys", id, at)
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
	return s.revoke(ctx, "apps", id, at)
}

// revoke brings forward the moment from which something is no longer good.
func (s *Store) revoke(ctx context.Context, table, id string, at time.Time) (found bool, err error) {
	err = s.writer.do(ctx, func(c *conn) error {
		found, err = revoke(c, table, id, at)
		return err
	})
	return found, err
}

func revoke(c *conn, table, id string, at time.Time) (found bool, err error) {
	n, err := c.exec("UPDATE "+table+" SET revoked_at = min(coalesce(revoked_at, $1), $1) WHERE id = $2",
		at.UnixMilli(), id)
	return n == 1, err
}
