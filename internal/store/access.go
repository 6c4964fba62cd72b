package store

import (
	"context"
	"time"

	"clientele.dev"
)

// Access is who may use the server. Its look-ups are quick and wait for nobody.
type Access interface {
	// UpdateAccess is Update for what changes API keys and applications: when it returns, every server obeys the change.
	UpdateAccess(ctx context.Context, fn func(Tx) error) error

	Keys
	Apps
	Sessions
}

// Keys are API keys.
type Keys interface {
	// KeyByHash finds the key of a secret by its SHA-256, revoked or not, and says whether there is one.
	KeyByHash(ctx context.Context, hash [32]byte) (Key, bool, error)
	// Keys are all keys, revoked ones included, oldest first.
	Keys(ctx context.Context) ([]Key, error)
	// NoteUses notes when keys were last used, by their ids.
	NoteUses(ctx context.Context, uses map[string]time.Time) error
}

// Apps are the applications that are trusted.
type Apps interface {
	// Apps are all applications, revoked ones included, oldest first.
	Apps(ctx context.Context) ([]App, error)
}

// Sessions are what browsers may do for a while.
type Sessions interface {
	// AddSession adds a session, and the events of that.
	AddSession(ctx context.Context, s Session, events ...EventRecord) error
	// SessionByHash finds a session by the SHA-256 of its secret, ended or not, and says whether there is one.
	SessionByHash(ctx context.Context, hash [32]byte) (Session, bool, error)
	// EndSession removes a session and says whether it was there: of several callers, on any servers, one hears that.
	EndSession(ctx context.Context, hash [32]byte) (bool, error)
	// PortalSessions are the sessions of a customer's portal that have not ended at a moment, oldest first.
	PortalSessions(ctx context.Context, customerID string, at time.Time) ([]Session, error)
	// ForgetSessions removes the sessions that ended before a moment.
	ForgetSessions(ctx context.Context, before time.Time) error
}

// Leases let one of several servers do what only one is to do.
type Leases interface {
	// TakeLease gives a lease to a holder until a moment, unless another has it at now, and says whether it did. Who has
	// it may take it again.
	TakeLease(ctx context.Context, name, holder string, now, until time.Time) (bool, error)
	// EndLease ends a lease before its time, if it is the holder's.
	EndLease(ctx context.Context, name, holder string) error
}

// SessionKind is what a session opens.
type SessionKind string

// The kinds of sessions.
const (
	SessionConsole SessionKind = "console" // the console, of who has signed in
	SessionLink    SessionKind = "link"    // a console session, once
	SessionPortal  SessionKind = "portal"  // what one customer may see and edit
)

// Session is what a browser may do for a while, as it is kept: never its secret.
type Session struct {
	Hash [32]byte // SHA-256 of the secret
	Kind SessionKind
	// The SHA-256 of the secrets of the API keys it was opened with, one a mode; zero for none. What they may do, and for
	// how long, is asked of the keys each time.
	TestKey, LiveKey [32]byte
	// Whether it came of a link that only who has the database can make: it may do everything, in both modes.
	Operator bool
	// The one customer that a portal session is of, and their mode.
	CustomerID string
	Livemode   clientele.Mode
	CreatedAt  time.Time
	ExpiresAt  time.Time
}

// Expired says whether the session has ended at a time.
func (s Session) Expired(at time.Time) bool { return ended(s.ExpiresAt, at) }

// Importer is the actor of what moves in.
const Importer = "import"

// CommandLine is the actor who has the database at hand.
const CommandLine = "command_line"

// By is who makes or revokes something, when, and by which request, if any.
type By struct {
	Actor     string
	At        time.Time
	RequestID string
}

func ended(end, at time.Time) bool { return !end.IsZero() && !at.Before(end) }
