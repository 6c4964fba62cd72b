package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// How long what a browser holds is good.
const (
	SessionLasts = 12 * time.Hour
	LinkLasts    = 15 * time.Minute
	PortalLasts  = time.Hour
)

// linkPrefix begins the id of the caller of a session that came of a one-time link; when that was opened follows.
const linkPrefix = "link_"

// linkCaller is the id of the caller of a session that came of a one-time link, which was opened at a moment.
func linkCaller(opened time.Time) string { return linkPrefix + strconv.FormatInt(opened.Unix(), 10) }

// LinkOpened says when the link was opened that a caller came by, if that is so.
func LinkOpened(caller string) (at time.Time, ok bool) {
	seconds, ok := strings.CutPrefix(caller, linkPrefix)
	if !ok {
		return at, false
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	return time.Unix(n, 0).UTC(), err == nil
}

// Visitor is who a browser's session is of: a caller for each mode that it opens, nil for one that it does not.
type Visitor struct{ Test, Live *Caller }

// In is the caller in a mode.
func (v Visitor) In(mode clientele.Mode) *Caller {
	if mode == clientele.Live {
		return v.Live
	}
	return v.Test
}

// SignIn opens a session with an API key and returns its token. A session with a key of the other mode, whose token is
// former, goes on in the new one. A key that is not good is [clientele.ErrorCodeUnauthorized].
func (a *Authenticator) SignIn(
	ctx context.Context, requestID, secret, former string,
) (token string, key Caller, err error) {
	k, err := a.keyOf(ctx, secret)
	if err != nil {
		return "", Caller{}, err
	}
	if !k.Scope.Reads() {
		return "", Caller{}, unauthorized("the API key %s opens /metrics and nothing else", k.Hint)
	}
	var s store.Session
	old, found, err := a.session(ctx, former, store.SessionConsole)
	if err != nil {
		return "", Caller{}, err
	}
	if found {
		s.TestKey, s.LiveKey = old.TestKey, old.LiveKey
	}
	if k.Livemode {
		s.LiveKey = k.Hash
	} else {
		s.TestKey = k.Hash
	}
	if token, err = a.signIn(ctx, store.By{Actor: k.ID, At: a.now(), RequestID: requestID}, s, k.Livemode); err != nil {
		return "", Caller{}, err
	}
	if found {
		_, err = a.store.EndSession(ctx, old.Hash)
	}
	return token, a.callerOf(k), err
}

// NewLink returns the token of a one-time link that opens a session for everything in both modes. Only who has the
// database can make one.
func (a *Authenticator) NewLink(ctx context.Context) (token string, err error) {
	return a.open(ctx, store.Session{Operator: true}, store.SessionLink, LinkLasts)
}

// OpenLink opens the session of a one-time link, once, and says whether the link was good.
func (a *Authenticator) OpenLink(
	ctx context.Context, requestID, link string,
) (token string, ok bool, err error) {
	s, found, err := a.session(ctx, link, store.SessionLink)
	if err != nil || !found {
		return "", false, err
	}
	if ok, err = a.store.EndSession(ctx, s.Hash); err != nil || !ok {
		return "", false, err
	}
	by := store.By{Actor: linkCaller(a.now()), At: a.now(), RequestID: requestID}
	token, err = a.signIn(ctx, by, store.Session{Operator: s.Operator}, clientele.Test, clientele.Live)
	return token, err == nil, err
}

// PortalLink is an address at which a customer sees and edits what is their own. Its id opens nothing.
type PortalLink struct {
	ID      string // ps_…
	Token   string // "" when it was made before: it is not kept
	Created time.Time
	Ends    time.Time
}

// portalPrefix begins the id of a portal's link; the SHA-256 of its token follows.
const portalPrefix = "ps_"

// NewPortal makes a link to a customer's portal.
func (a *Authenticator) NewPortal(
	ctx context.Context, mode clientele.Mode, customerID string,
) (link PortalLink, err error) {
	link.Created = a.now()
	link.Ends = link.Created.Add(PortalLasts)
	s := store.Session{Livemode: mode, CustomerID: customerID}
	link.Token, err = a.open(ctx, s, store.SessionPortal, PortalLasts)
	link.ID = portalID(sha256.Sum256([]byte(link.Token)))
	return link, err
}

func portalID(hash [32]byte) string { return portalPrefix + hex.EncodeToString(hash[:]) }

// PortalLinks are the links to a customer's portal that are open, oldest first.
func (a *Authenticator) PortalLinks(ctx context.Context, customerID string) (links []PortalLink, err error) {
	sessions, err := a.store.PortalSessions(ctx, customerID, a.now())
	for _, s := range sessions {
		links = append(links, PortalLink{ID: portalID(s.Hash), Created: s.CreatedAt, Ends: s.ExpiresAt})
	}
	return links, err
}

// EndPortal ends a link to a customer's portal, by its id, and says whether it was open in the mode, and whose it was.
func (a *Authenticator) EndPortal(
	ctx context.Context, mode clientele.Mode, id string,
) (customerID string, ended bool, err error) {
	text, ok := strings.CutPrefix(id, portalPrefix)
	hash, err := hex.DecodeString(text)
	if !ok || err != nil || len(hash) != sha256.Size {
		return "", false, nil //nolint:nilerr // what is no id is that of no link
	}
	s, found, err := a.store.SessionByHash(ctx, [32]byte(hash))
	if err != nil || !found || s.Kind != store.SessionPortal || s.Livemode != mode || s.Expired(a.now()) {
		return "", false, err
	}
	ended, err = a.store.EndSession(ctx, s.Hash)
	return s.CustomerID, ended, err
}

// Portal finds out which customer a portal's token is of; nobody, "", when it has ended.
func (a *Authenticator) Portal(ctx context.Context, token string) (customerID string, mode clientele.Mode, err error) {
	s, found, err := a.session(ctx, token, store.SessionPortal)
	if err != nil || !found {
		return "", clientele.Test, err
	}
	return s.CustomerID, s.Livemode, nil
}

// Visit finds out who a session's token is of; nobody when it has ended. A key that was revoked opens nothing.
func (a *Authenticator) Visit(ctx context.Context, token string) (v Visitor, err error) {
	s, found, err := a.session(ctx, token, store.SessionConsole)
	if err != nil || !found {
		return v, err
	}
	if s.Operator {
		id := linkCaller(s.CreatedAt)
		return Visitor{
			Test: &Caller{ID: id, Livemode: clientele.Test, Scope: store.ScopeAdmin},
			Live: &Caller{ID: id, Livemode: clientele.Live, Scope: store.ScopeAdmin},
		}, nil
	}
	if v.Test, err = a.callerByHash(ctx, s.TestKey); err != nil {
		return Visitor{}, err
	}
	v.Live, err = a.callerByHash(ctx, s.LiveKey)
	return v, err
}

// callerByHash is who an API key is of, nil when it is good no more or there is none.
func (a *Authenticator) callerByHash(ctx context.Context, hash [32]byte) (*Caller, error) {
	if hash == [32]byte{} {
		return nil, nil
	}
	key, found, err := a.store.KeyByHash(ctx, hash)
	if err != nil || !found || !key.Good(a.now()) {
		return nil, err
	}
	return new(a.callerOf(key)), nil
}

// SignOut ends the session of a token.
func (a *Authenticator) SignOut(ctx context.Context, token string) error {
	_, err := a.store.EndSession(ctx, sha256.Sum256([]byte(token)))
	return err
}

// signIn opens a session of the console, which is an event in each of the modes.
func (a *Authenticator) signIn(
	ctx context.Context, by store.By, s store.Session, modes ...clientele.Mode,
) (token string, err error) {
	var events []store.EventRecord
	for _, mode := range modes {
		e, err := store.CreatedOnce(by, clientele.EventSessionCreated, store.SignIns, &clientele.Session{
			ID: newID("ses_"), Object: string(store.TypeSession), Livemode: mode, OpenedBy: by.Actor,
			ExpiresAt: clientele.At(by.At.Add(SessionLasts)), CreatedAt: clientele.At(by.At),
		})
		if err != nil {
			return "", err
		}
		events = append(events, e)
	}
	return a.open(ctx, s, store.SessionConsole, SessionLasts, events...)
}

func (a *Authenticator) open(
	ctx context.Context, s store.Session, kind store.SessionKind, lasts time.Duration, events ...store.EventRecord,
) (token string, err error) {
	token = rand.Text() + rand.Text() // 260 bits
	s.Hash, s.Kind, s.CreatedAt = sha256.Sum256([]byte(token)), kind, a.now()
	s.ExpiresAt = s.CreatedAt.Add(lasts)
	return token, a.store.AddSession(ctx, s, events...)
}

// session finds the session of a token that has not ended.
func (a *Authenticator) session(
	ctx context.Context, token string, kind store.SessionKind,
) (s store.Session, found bool, err error) {
	if token == "" {
		return s, false, nil
	}
	s, found, err = a.store.SessionByHash(ctx, sha256.Sum256([]byte(token)))
	return s, found && s.Kind == kind && !s.Expired(a.now()), err
}
