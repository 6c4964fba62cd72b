package auth

import (
	"context"
	"crypto/ed25519"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Apps has the rules for the applications that are trusted.
type Apps struct {
	store store.Apps
	now   func() time.Time
}

// NewApps makes the service over a database.
func NewApps(s store.Apps, now func() time.Time) Apps { return Apps{s, now} }

// All are all applications, revoked ones included, oldest first.
func (a Apps) All(ctx context.Context) ([]store.App, error) { return a.store.Apps(ctx) }

// Create trusts a new key pair, in place of the others of its name, and says how many these were.
func (a Apps) Create(ctx context.Context, name string) (pair Pair, replaced int64, err error) {
	name = strings.TrimSpace(name)
	if err := checkName(name); err != nil {
		return pair, 0, err
	}
	pair = NewPair()
	replaced, err = a.store.ReplaceApp(ctx, NewApp(name, pair.Public, a.now()), a.now())
	return pair, replaced, err
}

// Trust trusts a public key.
func (a Apps) Trust(ctx context.Context, name string, key ed25519.PublicKey) (store.App, error) {
	name = strings.TrimSpace(name)
	if err := checkName(name); err != nil {
		return store.App{}, err
	}
	app := NewApp(name, key, a.now())
	return app, a.store.AddApp(ctx, app)
}

// Revoke ends the trust in an application from now on.
func (a Apps) Revoke(ctx context.Context, id string) error {
	found, err := a.store.RevokeApp(ctx, id, a.now())
	if err == nil && !found {
		err = clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no application %q", id)
	}
	return err
}
