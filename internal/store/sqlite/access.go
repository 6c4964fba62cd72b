package sqlite

import (
	"context"
	"crypto/ed25519"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev/internal/store"
)

// KeyByHash implements [store.Access].
func (s *Store) KeyByHash(ctx context.Context, hash [32]byte) (key store.Key, found bool, err error) {
	key, found, since := s.kept.key(hash)
	if found {
		return key, true, nil
	}
	err = s.lookups.read(ctx, func(c *conn) error {
		return c.each(selectKeys+" WHERE hash = $1", func(r row) (err error) {
			key, err = keyOf(r)
			found = true
			return err
		}, hash[:])
	})
	if err == nil && found {
		s.kept.keepKey(since, key)
	}
	return key, found, err
}

const selectKeys = "SELECT doc, hash, coalesce(last_used_at, 0), version FROM api_keys"

func keyOf(r row) (key store.Key, err error) {
	err = json.Unmarshal(r.bytes(0), &key)
	key.Hash, key.LastUsed, key.Version = [32]byte(r.bytes(1)), moment(r.int(2)), r.int(3)
	return key, err
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
		return c.each(selectKeys+" ORDER BY created_at, seq", func(r row) error {
			key, err := keyOf(r)
			keys = append(keys, key)
			return err
		})
	})
	return keys, err
}

// UpdateAccess implements [store.Access]. There is one server, which keeps nothing of keys.
func (s *Store) UpdateAccess(ctx context.Context, fn func(store.Tx) error) error {
	return s.Update(ctx, fn)
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
