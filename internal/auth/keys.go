package auth

import (
	"context"
	"slices"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/store"
)

// Keys has the rules for API keys: what they are called, what they allow, and that who made or revoked one is an event.
type Keys struct {
	store KeyStore
	now   func() time.Time
}

// KeyStore is what keys need of the database.
type KeyStore interface {
	// Keys are all keys, revoked ones included, oldest first.
	Keys(ctx context.Context) ([]store.Key, error)
	// UpdateAccess is that of [store.Access].
	UpdateAccess(ctx context.Context, fn func(store.Tx) error) error
}

// NewKeys makes the service over a database.
func NewKeys(s KeyStore, now func() time.Time) Keys { return Keys{s, now} }

// longestName is how many characters the name of a key or an application has at most.
const longestName = 255

// checkName refuses a name that says nothing or too much.
func checkName(name string) error {
	if strings.TrimSpace(name) == "" {
		return check.Invalid("name", "name is required: write what it is for, in up to %d characters", longestName)
	}
	return check.Length("name", name, longestName)
}

func checkKey(p clientele.KeyParams, now time.Time) error {
	var scope, expires error
	if !IsScope(store.Scope(p.Scope)) {
		scope = check.Invalid("scope", "scope is metrics, read, write or admin")
	}
	if p.ExpiresAt != nil && !p.ExpiresAt.After(now) {
		expires = check.Invalid("expires_at", "expires_at is over: give a moment in the future, or leave it out")
	}
	return clientele.JoinInvalid(checkName(p.Name), scope, expires)
}

// Create makes a key of a mode, and answers it with its secret, which is kept nowhere.
func (k Keys) Create(
	ctx context.Context, by store.By, mode clientele.Mode, p clientele.KeyParams,
) (key store.Key, secret string, err error) {
	p.Name = strings.TrimSpace(p.Name)
	if err := checkKey(p, k.now()); err != nil {
		return key, "", err
	}
	key, secret = NewKey(p.Name, mode, store.Scope(p.Scope), k.now())
	if p.ExpiresAt != nil {
		key.ExpiresAt = p.ExpiresAt.Time
	}
	key.CreatedBy, key.Version = by.Actor, 1
	return key, secret, k.Add(ctx, by, key)
}

// Add adds keys, all or none.
func (k Keys) Add(ctx context.Context, by store.By, keys ...store.Key) error {
	return k.store.UpdateAccess(ctx, func(tx store.Tx) error { return addKeys(tx, by, keys) })
}

// AddFirst adds keys when there are none yet, and says whether it did: of several servers one does.
func (k Keys) AddFirst(ctx context.Context, by store.By, keys ...store.Key) (first bool, err error) {
	err = k.store.UpdateAccess(ctx, func(tx store.Tx) error {
		first = true
		for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
			there, err := tx.Select(store.APIKeys.Kind, store.Query{Mode: mode})
			if err != nil {
				return err
			}
			first = first && len(there) == 0
		}
		if !first {
			return nil
		}
		return addKeys(tx, by, keys)
	})
	return first && err == nil, err
}

func addKeys(tx store.Tx, by store.By, keys []store.Key) error {
	for _, key := range keys {
		key.CreatedBy, key.Version = by.Actor, 1
		if err := store.SaveKey(tx, by, 0, nil, key); err != nil {
			return err
		}
	}
	return nil
}

// All are all keys of both modes, revoked ones included, oldest first.
func (k Keys) All(ctx context.Context) ([]store.Key, error) { return k.store.Keys(ctx) }

// List are the keys of a mode, revoked ones included, newest first.
func (k Keys) List(ctx context.Context, mode clientele.Mode) ([]store.Key, error) {
	keys, err := k.store.Keys(ctx)
	keys = slices.DeleteFunc(keys, func(k store.Key) bool { return k.Livemode != mode })
	slices.Reverse(keys)
	return keys, err
}

// Find finds a key of a mode, and those that it made, and that they made, and that are good.
func (k Keys) Find(ctx context.Context, mode clientele.Mode, id string) (key store.Key, made []store.Key, err error) {
	keys, err := k.store.Keys(ctx)
	i := slices.IndexFunc(keys, func(k store.Key) bool { return k.ID == id && k.Livemode == mode })
	if err == nil && i < 0 {
		err = clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no API key %q in this mode", id)
	}
	if err != nil {
		return key, nil, err
	}
	now := k.now()
	made = slices.DeleteFunc(store.MadeBy(id, keys), func(k store.Key) bool { return !k.Good(now) })
	return keys[i], made, nil
}

// Revoke ends keys from now on, of those that there are, and says how many that is. It never gives one a later end.
func (k Keys) Revoke(ctx context.Context, by store.By, ids ...string) (found int, err error) {
	err = k.store.UpdateAccess(ctx, func(tx store.Tx) error {
		found = 0
		for _, id := range ids {
			one, err := endKey(tx, by, id, k.now())
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

// endKey ends a key at a moment, and says whether there is one.
func endKey(tx store.Tx, by store.By, id string, at time.Time) (found bool, err error) {
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		rec, found, err := tx.Get(store.APIKeys.Kind, mode, id)
		if err != nil || !found {
			if err != nil {
				return false, err
			}
			continue
		}
		var before store.Key
		if err := before.UnmarshalJSON(rec.JSON); err != nil {
			return false, err
		}
		before.Version = rec.Version
		if after := before; after.End(at) {
			return true, store.SaveKey(tx, by, rec.Seq, &before, after)
		}
		return true, nil
	}
	return false, nil
}

// Replace makes a key like another, which ends after a while, and answers it with its secret.
func (k Keys) Replace(
	ctx context.Context, by store.By, old store.Key, grace time.Duration,
) (key store.Key, secret string, err error) {
	key, secret = NewKey(old.Name, old.Livemode, old.Scope, k.now())
	key.ExpiresAt = old.ExpiresAt
	err = k.store.UpdateAccess(ctx, func(tx store.Tx) error {
		if _, err := endKey(tx, by, old.ID, k.now().Add(grace)); err != nil {
			return err
		}
		return addKeys(tx, by, []store.Key{key})
	})
	return key, secret, err
}
