package postgres

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/store"
)

const selectKeys = "SELECT doc, hash, coalesce(last_used_at, 0), version FROM api_keys"

func keyOf(r pgx.CollectableRow) (k store.Key, err error) {
	var doc, hash []byte
	var used int64
	if err := r.Scan(&doc, &hash, &used, &k.Version); err != nil {
		return k, err
	}
	version := k.Version
	err = json.Unmarshal(doc, &k)
	k.Hash, k.LastUsed, k.Version = [32]byte(hash), timeOf(used), version
	return k, err
}

// timeOf reads unix milliseconds; 0 is no moment.
func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// look reads what is quick outside any transaction.
func look[T any](
	ctx context.Context, s *Store, one pgx.RowToFunc[T], query string, args ...any,
) (all []T, err error) {
	for began := time.Now(); ; {
		trace(query)
		rows, _ := s.pool.Query(ctx, query, args...) // the error is the rows' too
		all, err = pgx.CollectRows(rows, one)
		if err == nil || ctx.Err() != nil || !isLost(err) && !isUnreachable(err) || time.Since(began) > reachPatience {
			return all, faultOf(ctx, err, isLost(err))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// KeyByHash implements [store.Access].
func (s *Store) KeyByHash(ctx context.Context, hash [32]byte) (key store.Key, found bool, err error) {
	key, found, changes := s.accessCache.key(hash)
	if found {
		return key, true, nil
	}
	keys, err := look(ctx, s, keyOf, selectKeys+" WHERE hash = $1", hash[:])
	if err != nil || len(keys) == 0 {
		return key, false, err
	}
	s.accessCache.addKey(keys[0], changes)
	return keys[0], true, nil
}

// Keys implements [store.Access].
func (s *Store) Keys(ctx context.Context) ([]store.Key, error) {
	return look(ctx, s, keyOf, selectKeys+" ORDER BY created_at, seq")
}

// UpdateAccess implements [store.Access].
func (s *Store) UpdateAccess(ctx context.Context, fn func(store.Tx) error) error {
	return s.change(ctx, func(t *tx) error { return fn(t) })
}

// NoteUses implements [store.Access]. Nobody needs to hear of it: nothing depends on when a key was used.
func (s *Store) NoteUses(ctx context.Context, uses map[string]time.Time) error {
	return s.Update(ctx, func(t store.Tx) error {
		for _, id := range slices.Sorted(maps.Keys(uses)) { // in one order, so that two servers do not wait for each other
			t.(*tx).run("UPDATE api_keys SET last_used_at = greatest(last_used_at, $1) WHERE id = $2",
				uses[id].UnixMilli(), id)
		}
		return nil
	})
}

// Apps implements [store.Access].
func (s *Store) Apps(ctx context.Context) ([]store.App, error) {
	apps, changes := s.accessCache.allApps()
	if apps != nil {
		return apps, nil
	}
	apps, err := look(ctx, s, func(r pgx.CollectableRow) (a store.App, err error) {
		var created, revoked int64
		err = r.Scan(&a.ID, &a.Name, (*[]byte)(&a.PublicKey), &created, &revoked)
		a.CreatedAt, a.RevokedAt = timeOf(created), timeOf(revoked)
		return a, err
	}, "SELECT id, name, public_key, created_at, coalesce(revoked_at, 0) FROM apps ORDER BY created_at, id")
	if err == nil {
		s.accessCache.setApps(apps, changes)
	}
	return apps, err
}
