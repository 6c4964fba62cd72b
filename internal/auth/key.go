package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"time"
)

// Scope is what an API key allows.
type Scope string

// The scopes.
const (
	Read  Scope = "read"  // GET only
	Write Scope = "write" // everything
)

// Key is an API key as it is kept: never the secret itself.
type Key struct {
	ID        string // key_…
	Name      string // what the operator calls it
	Livemode  bool   // the one mode it opens
	Scope     Scope
	Hash      [32]byte // SHA-256 of the secret
	Hint      string   // how the secret begins and ends, to recognise it by: sk_test_…7k2p
	CreatedAt time.Time
	RevokedAt time.Time // zero: never; a future time: still good until then
}

// App is a signing application the operator trusts. It may act in both modes, and write.
type App struct {
	ID        string // app_…
	Name      string // what the operator calls it
	PublicKey ed25519.PublicKey
	CreatedAt time.Time
	RevokedAt time.Time // zero: never; a future time: still good until then
}

// Store is what auth needs of the database.
type Store interface {
	// KeyByHash finds the key of a secret by its SHA-256, revoked or not, and says whether there is one.
	KeyByHash(ctx context.Context, hash [32]byte) (Key, bool, error)
	// Apps are all applications, revoked ones included.
	Apps(ctx context.Context) ([]App, error)
}

const (
	testPrefix     = "sk_test_"
	livePrefix     = "sk_live_"
	checksumLength = 7 // 4 bytes in base32
)

// secretLength is that of the prefix, 52 digits for 32 random bytes and the checksum.
const secretLength = len(testPrefix) + 52 + checksumLength

// encoding is lower-case base32hex (RFC 4648) without padding.
var encoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// NewKey makes an API key and its secret, which is to be shown once and never kept.
func NewKey(name string, livemode bool, scope Scope, now time.Time) (Key, string) {
	secret := NewSecret(livemode)
	return Key{
		ID: newID("key_"), Name: name, Livemode: livemode, Scope: scope,
		Hash: sha256.Sum256([]byte(secret)), Hint: Hint(secret), CreatedAt: now,
	}, secret
}

// NewApp makes the record of an application that is trusted from now on.
func NewApp(name string, key ed25519.PublicKey, now time.Time) App {
	return App{ID: newID("app_"), Name: name, PublicKey: key, CreatedAt: now}
}

// NewSecret makes the secret of an API key: sk_test_ or sk_live_, 256 random bits, and a checksum by which a mistyped
// or cut secret is told from an unknown one. Secret scanners can use the checksum too.
func NewSecret(livemode bool) string {
	prefix := testPrefix
	if livemode {
		prefix = livePrefix
	}
	var random [32]byte
	rand.Read(random[:]) // never fails: crypto/rand
	secret := prefix + encoding.EncodeToString(random[:])
	return secret + checksum(secret)
}

// ParseSecret checks a secret's form and checksum, and returns the mode it is of and the SHA-256 it is kept by.
func ParseSecret(secret string) (livemode bool, hash [32]byte, ok bool) {
	livemode = strings.HasPrefix(secret, livePrefix)
	if len(secret) != secretLength || !livemode && !strings.HasPrefix(secret, testPrefix) {
		return false, hash, false
	}
	body := secret[:len(secret)-checksumLength]
	if secret != body+checksum(body) {
		return false, hash, false
	}
	return livemode, sha256.Sum256([]byte(secret)), true
}

// Hint is enough of a secret to recognise it by, and no more: sk_test_…7k2p.
func Hint(secret string) string {
	return secret[:len(testPrefix)] + "…" + secret[len(secret)-4:]
}

func checksum(text string) string {
	return encoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(text))))
}

func newID(prefix string) string { return prefix + strings.ToLower(rand.Text()) }

// Revoked says whether the key is no longer good at a time.
func (k Key) Revoked(at time.Time) bool { return ended(k.RevokedAt, at) }

// Revoked says whether the application is no longer trusted at a time.
func (a App) Revoked(at time.Time) bool { return ended(a.RevokedAt, at) }

func ended(end, at time.Time) bool { return !end.IsZero() && !at.Before(end) }
