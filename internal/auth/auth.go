package auth

import (
	"context"
	"crypto/subtle"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/wire"
)

// Caller is who is asking, and in which mode.
type Caller struct {
	ID        string // key_… or app_…
	Livemode  clientele.Mode
	Scope     store.Scope
	Signature string // a verified component signature, 128 lower-case hex digits; "" for a key
}

// Store is what auth needs of the database.
type Store interface {
	// KeyByHash finds the key of a secret by its SHA-256, revoked or not, and says whether there is one.
	KeyByHash(ctx context.Context, hash [32]byte) (store.Key, bool, error)
	// Apps are all applications, revoked ones included.
	Apps(ctx context.Context) ([]store.App, error)
	// AddSession, SessionByHash and EndSession are those of [store.Access].
	AddSession(ctx context.Context, s store.Session, events ...store.EventRecord) error
	SessionByHash(ctx context.Context, hash [32]byte) (store.Session, bool, error)
	EndSession(ctx context.Context, hash [32]byte) (bool, error)
	// NoteUses and PortalSessions are those of [store.Access].
	NoteUses(ctx context.Context, uses map[string]time.Time) error
	PortalSessions(ctx context.Context, customerID string, at time.Time) ([]store.Session, error)
}

// Authenticator finds out who is asking. It keeps nothing between requests that it decides by, so a revocation is
// obeyed at once.
type Authenticator struct {
	store Store
	now   func() time.Time

	mu   sync.Mutex
	used map[string]time.Time // when keys were used that the store has not been told of, by their ids
}

// New makes an authenticator that reads keys and applications from s and the time from now.
func New(s Store, now func() time.Time) *Authenticator {
	return &Authenticator{store: s, now: now}
}

// Authenticate says who sent a request, given its parsed query and a function that reads its whole body, which is
// called only when a signature that may be good is to be held against it: what has no credentials is refused unread.
// Errors for the client are [*clientele.Error]: Unauthorized, or Invalid where the request contradicts itself. Other
// errors are the store's.
func (a *Authenticator) Authenticate(
	ctx context.Context, r *http.Request, query *wire.Query, body func() ([]byte, error),
) (Caller, error) {
	authorization, signed := r.Header.Values("Authorization"), isSigned(r)
	switch {
	case len(authorization) > 0 && signed:
		return Caller{}, clientele.Errorf(clientele.ErrorCodeInvalid, "",
			"the request has both an Authorization header and a component signature: send one of them")
	case len(authorization) > 1:
		return Caller{}, unauthorized("the request has more than one Authorization header")
	case len(authorization) == 1:
		return a.byKey(ctx, authorization[0], query)
	case signed:
		return a.bySignature(ctx, r, query, body)
	}
	return Caller{}, unauthorized("this needs an API key (Authorization: Bearer sk_…) " +
		"or the signature of a trusted application (x-component-sig and its companions)")
}

func (a *Authenticator) byKey(ctx context.Context, authorization string, query *wire.Query) (Caller, error) {
	scheme, secret, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return Caller{}, unauthorized("the Authorization header must read Bearer sk_…")
	}
	if strings.Trim(secret, " ") == "" {
		return Caller{}, unauthorized("the API key is empty: is the variable that holds it set?")
	}
	key, err := a.keyOf(ctx, secret)
	if err != nil {
		return Caller{}, err
	}
	livemode, err := livemode(query, key.Livemode)
	if err != nil {
		return Caller{}, err
	}
	if livemode != key.Livemode {
		return Caller{}, clientele.Errorf(clientele.ErrorCodeInvalid, "livemode",
			"livemode=%t, but the API key %s is a %s-mode key: use a key of the other mode, or leave livemode out",
			bool(livemode), key.Hint, key.Livemode)
	}
	return a.callerOf(key), nil
}

// keyOf finds the API key of a secret.
func (a *Authenticator) keyOf(ctx context.Context, secret string) (store.Key, error) {
	_, hash, ok := ParseSecret(strings.Trim(secret, " "))
	if !ok {
		return store.Key{}, unauthorized("the API key is not well-formed: it may have been cut or mistyped")
	}
	key, found, err := a.store.KeyByHash(ctx, hash)
	switch {
	case err != nil:
		return store.Key{}, err
	case !found || subtle.ConstantTimeCompare(key.Hash[:], hash[:]) != 1:
		return store.Key{}, unauthorized("there is no such API key")
	case key.Revoked(a.now()):
		return store.Key{}, unauthorized("the API key %s (%s) was revoked", key.Hint, key.ID)
	case key.Expired(a.now()):
		return store.Key{}, unauthorized("the time of the API key %s (%s) is over", key.Hint, key.ID)
	}
	return key, nil
}

// callerOf is who an API key is of, which is used.
func (a *Authenticator) callerOf(key store.Key) Caller {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.used == nil {
		a.used = map[string]time.Time{}
	}
	a.used[key.ID] = a.now()
	return Caller{ID: key.ID, Livemode: key.Livemode, Scope: key.Scope}
}

// NoteUses tells the store when keys were last used, and says of how many that is. What the store could not note is
// told the next time.
func (a *Authenticator) NoteUses(ctx context.Context) (int, error) {
	a.mu.Lock()
	used := a.used
	a.used = nil
	a.mu.Unlock()
	if len(used) == 0 {
		return 0, nil
	}
	err := a.store.NoteUses(ctx, used)
	if err != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		maps.Copy(used, a.used) // whose uses are later
		a.used = used
	}
	return len(used), err
}

// livemode reads the query's livemode.
func livemode(query *wire.Query, absent clientele.Mode) (clientele.Mode, error) {
	text, given, err := query.String("livemode")
	switch {
	case err != nil || !given:
		return absent, err
	case text == "true" || text == "false":
		return text == "true", nil
	}
	return false, clientele.Errorf(clientele.ErrorCodeInvalid, "livemode", "livemode must be true or false")
}

func unauthorized(format string, args ...any) *clientele.Error {
	return clientele.Errorf(clientele.ErrorCodeUnauthorized, "", format, args...)
}
