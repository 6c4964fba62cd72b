package auth

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Apps has the rules for the applications that are trusted, and each change of them is an event.
type Apps struct {
	store AppStore
	now   func() time.Time
}

// AppStore is what applications need of the database.
type AppStore interface {
	// Apps are all applications, revoked ones included, oldest first.
	Apps(ctx context.Context) ([]store.App, error)
	// UpdateAccess is that of [store.Access].
	UpdateAccess(ctx context.Context, fn func(store.Tx) error) error
}

// NewApps makes the service over a database.
func NewApps(s AppStore, now func() time.Time) Apps { return Apps{s, now} }

// All are all applications, revoked ones included, oldest first.
func (a Apps) All(ctx context.Context) ([]store.App, error) { return a.store.Apps(ctx) }

// Create trusts a new key pair, in place of the others of its name, and says how many these were.
func (a Apps) Create(ctx context.Context, by store.By, name string) (pair Pair, replaced int, err error) {
	name = strings.TrimSpace(name)
	if err := checkName(name); err != nil {
		return pair, 0, err
	}
	pair = NewPair()
	app := NewApp(name, pair.Public, a.now())
	err = a.store.UpdateAccess(ctx, func(tx store.Tx) error {
		replaced = 0
		apps, stored, err := store.SelectApps(tx)
		if err != nil {
			return err
		}
		for i, other := range apps {
			if other.Name == name && other.RevokedAt.IsZero() {
				replaced++
				if err := endApp(tx, by, stored[i], other, a.now()); err != nil {
					return err
				}
			}
		}
		return store.SaveApp(tx, by, store.Record{}, nil, app)
	})
	return pair, replaced, err
}

// Trust trusts a public key. One that was revoked is trusted again; one that is trusted is an error.
func (a Apps) Trust(ctx context.Context, by store.By, name string, key ed25519.PublicKey) (app store.App, err error) {
	name = strings.TrimSpace(name)
	if err := checkName(name); err != nil {
		return app, err
	}
	err = a.store.UpdateAccess(ctx, func(tx store.Tx) error {
		app = NewApp(name, key, a.now())
		apps, stored, err := store.SelectApps(tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(apps, func(other store.App) bool { return key.Equal(other.PublicKey) })
		switch {
		case i < 0:
			return store.SaveApp(tx, by, store.Record{}, nil, app)
		case apps[i].RevokedAt.IsZero():
			return errors.New("this public key is trusted already")
		}
		app.ID = apps[i].ID
		return store.SaveApp(tx, by, stored[i], &apps[i], app)
	})
	return app, err
}

// Revoke ends the trust in an application from now on.
func (a Apps) Revoke(ctx context.Context, by store.By, id string) error {
	return a.store.UpdateAccess(ctx, func(tx store.Tx) error {
		apps, stored, err := store.SelectApps(tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(apps, func(app store.App) bool { return app.ID == id })
		if i < 0 {
			return clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no application %q", id)
		}
		return endApp(tx, by, stored[i], apps[i], a.now())
	})
}

// endApp ends the trust in an application at a moment, unless it ends sooner.
func endApp(tx store.Tx, by store.By, stored store.Record, app store.App, at time.Time) error {
	before := app
	if app.RevokedAt.IsZero() || at.Before(app.RevokedAt) {
		app.RevokedAt = at.Truncate(time.Millisecond)
	}
	return store.SaveApp(tx, by, stored, &before, app)
}
