package auth

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

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
func NewKey(name string, livemode clientele.Mode, scope store.Scope, now time.Time) (store.Key, string) {
	secret := NewSecret(livemode)
	return store.Key{
		ID: newID("key_"), Name: name, Livemode: livemode, Scope: scope,
		Hash: sha256.Sum256([]byte(secret)), Hint: Hint(secret), CreatedAt: now,
	}, secret
}

// IsScope says whether there is such a scope.
func IsScope(s store.Scope) bool { return s == store.ScopeMetrics || s.Reads() }

// NewApp makes the record of an application that is trusted from now on.
func NewApp(name string, key ed25519.PublicKey, now time.Time) store.App {
	return store.App{ID: newID("app_"), Name: name, PublicKey: key, CreatedAt: now}
}

// NewSecret makes the secret of an API key: sk_test_ or sk_live_, 256 random bits, and a checksum by which a mistyped
// or cut secret is told from an unknown one. Secret scanners can use the checksum too.
func NewSecret(livemode clientele.Mode) string {
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
func ParseSecret(secret string) (livemode clientele.Mode, hash [32]byte, ok bool) {
	livemode = clientele.Mode(strings.HasPrefix(secret, livePrefix))
	if len(secret) != secretLength || livemode == clientele.Test && !strings.HasPrefix(secret, testPrefix) {
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
