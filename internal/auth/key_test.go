package auth_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
	"clientele.dev/internal/wire"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func TestSecret(t *testing.T) {
	t.Parallel()
	for _, mode := range []clientele.Mode{clientele.Live, clientele.Test} {
		secret := auth.NewSecret(mode)
		livemode, hash, ok := auth.ParseSecret(secret)
		if !ok || livemode != mode || hash != sha256.Sum256([]byte(secret)) {
			t.Errorf("%s: %v %x %v", secret, livemode, hash, ok)
		}
		if secret == auth.NewSecret(mode) {
			t.Errorf("the same secret twice")
		}
		for i := range secret {
			for _, other := range []string{"", "0", "1", "z", "A", " ", "\n"} {
				changed := secret[:i] + other + secret[i+1:]
				if _, _, ok := auth.ParseSecret(changed); ok && changed != secret {
					t.Errorf("%s passes, made of %s", changed, secret)
				}
			}
		}
		for _, changed := range []string{
			"", strings.ToUpper(secret), secret + "0", " " + secret, secret + "\n", "sk_prod_" + secret[8:],
			strings.NewReplacer("test", "live", "live", "test").Replace(secret),
		} {
			if _, _, ok := auth.ParseSecret(changed); ok {
				t.Errorf("%q passes, made of %s", changed, secret)
			}
		}
	}
	// The form is kept for ever: keys are handed out.
	const known = "sk_test_0123456789abcdefghijklmnopqrstuv0123456789abcdefghijja2otq8"
	if _, _, ok := auth.ParseSecret(known); !ok {
		t.Errorf("%s is refused", known)
	}
	if got := auth.Hint(known); got != "sk_test_…otq8" {
		t.Errorf("hint %s", got)
	}
}

func TestNewKey(t *testing.T) {
	t.Parallel()
	key, secret := auth.NewKey("till", true, store.ScopeRead, noon)
	_, hash, _ := auth.ParseSecret(secret)
	want := store.Key{
		ID: key.ID, Name: "till", Livemode: true, Scope: store.ScopeRead, Hash: hash,
		Hint: auth.Hint(secret), CreatedAt: noon,
	}
	if key != want || !regexp.MustCompile(`^key_[a-z2-7]{26}$`).MatchString(key.ID) {
		t.Errorf("key %+v", key)
	}
}

// keyed is a server with a key of each kind.
type keyed struct {
	store                              *records
	testWrite, testRead, live, revoked string
	leaving, ending, over, metrics     string // revoked, or over, an hour from noon; over at noon; for /metrics
}

func newKeyed(t *testing.T) keyed {
	t.Helper()
	k := keyed{store: &records{}}
	add := func(livemode clientele.Mode, scope store.Scope, revoked, expires time.Time) string {
		key, secret := auth.NewKey("name", livemode, scope, noon)
		key.RevokedAt, key.ExpiresAt = revoked, expires
		if err := k.store.AddKey(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		return secret
	}
	var never time.Time
	k.testWrite, k.testRead = add(false, store.ScopeWrite, never, never), add(false, store.ScopeRead, never, never)
	k.live, k.revoked = add(true, store.ScopeWrite, never, never), add(true, store.ScopeWrite, noon, never)
	k.leaving = add(false, store.ScopeWrite, noon.Add(time.Hour), never)
	k.ending = add(false, store.ScopeAdmin, never, noon.Add(time.Hour))
	k.over = add(false, store.ScopeAdmin, never, noon)
	k.metrics = add(false, store.ScopeMetrics, never, never)
	return k
}

func TestKeyAccepted(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	tests := []struct {
		authorization, query string
		livemode             clientele.Mode
		scope                store.Scope
	}{
		{"Bearer " + k.testWrite, "", false, store.ScopeWrite},
		{"bearer " + k.testWrite, "livemode=false", false, store.ScopeWrite},
		{"BEARER  " + k.testRead, "page=1", false, store.ScopeRead},
		{"Bearer " + k.live, "livemode=true", true, store.ScopeWrite},
		{"Bearer " + k.live, "", true, store.ScopeWrite},
		{"Bearer " + k.leaving, "", false, store.ScopeWrite},
		{"Bearer " + k.ending, "", false, store.ScopeAdmin},
		{"Bearer " + k.metrics, "", false, store.ScopeMetrics},
	}
	for _, test := range tests {
		caller, err := ask(t, k.store, noon, test.query, http.Header{"Authorization": {test.authorization}})
		if err != nil || caller.Livemode != test.livemode || caller.Scope != test.scope || caller.Signature != "" ||
			!strings.HasPrefix(caller.ID, "key_") {
			t.Errorf("%s %s: %+v, %v", test.authorization, test.query, caller, err)
		}
	}
}

func TestKeyRefused(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	_, misfiled, _ := auth.ParseSecret(k.revoked)
	stray := auth.NewSecret(true)
	_, strayHash, _ := auth.ParseSecret(stray)
	k.store.keys[strayHash] = store.Key{ID: "key_other", Livemode: true, Scope: store.ScopeWrite, Hash: misfiled}
	signed := http.Header{"Authorization": {"Bearer " + k.live}, "X-Component-Sig-Iat": {"1767225600"}}
	tests := []struct {
		name    string
		header  http.Header
		query   string
		code    clientele.ErrorCode
		field   string
		message string
	}{
		{"nothing", nil, "", clientele.ErrorCodeUnauthorized, "", "Bearer sk_…) or the signature"},
		{"a label alone", http.Header{"X-Component-Did": {"z1"}}, "", clientele.ErrorCodeUnauthorized, "",
			"needs an API key"},
		{"two headers", bearer(k.live, k.live), "", clientele.ErrorCodeUnauthorized, "", "more than one Authorization"},
		{"empty", http.Header{"Authorization": {""}}, "", clientele.ErrorCodeUnauthorized, "", "must read Bearer"},
		{"basic", http.Header{"Authorization": {"Basic " + k.live}}, "", clientele.ErrorCodeUnauthorized, "",
			"must read Bearer"},
		{"no scheme", http.Header{"Authorization": {k.live}}, "", clientele.ErrorCodeUnauthorized, "", "must read Bearer"},
		{"no secret", bearer(""), "", clientele.ErrorCodeUnauthorized, "", "empty"},
		{"cut", bearer(k.live[:len(k.live)-1]), "", clientele.ErrorCodeUnauthorized, "", "not well-formed"},
		{"two secrets", bearer(k.live + "," + k.live), "", clientele.ErrorCodeUnauthorized, "", "not well-formed"},
		{"unknown", bearer(auth.NewSecret(true)), "", clientele.ErrorCodeUnauthorized, "", "no such API key"},
		{"found under another's hash", bearer(stray), "", clientele.ErrorCodeUnauthorized, "", "no such API key"},
		{"revoked", bearer(k.revoked), "", clientele.ErrorCodeUnauthorized, "", "was revoked"},
		{"over", bearer(k.over), "", clientele.ErrorCodeUnauthorized, "", "time of the API key"},
		{"test key, live mode", bearer(k.testWrite), "livemode=true", clientele.ErrorCodeInvalid, "livemode",
			"test-mode key"},
		{"live key, test mode", bearer(k.live), "livemode=false", clientele.ErrorCodeInvalid, "livemode", "live-mode key"},
		{"livemode=1", bearer(k.live), "livemode=1", clientele.ErrorCodeInvalid, "livemode", "true or false"},
		{"livemode=", bearer(k.live), "livemode=", clientele.ErrorCodeInvalid, "livemode", "true or false"},
		{"livemode=TRUE", bearer(k.live), "livemode=TRUE", clientele.ErrorCodeInvalid, "livemode", "true or false"},
		{"livemode list", bearer(k.live), "livemode[]=true", clientele.ErrorCodeInvalid, "livemode", "given once"},
		{"both", signed, "", clientele.ErrorCodeInvalid, "", "both"},
	}
	for _, test := range tests {
		caller, err := ask(t, k.store, noon, test.query, test.header)
		wantRefusal(t, test.name, caller, err, test.code, test.field, test.message)
	}
}

// TestUsesAreNotedOnceTheyCanBe lets the store fail once: the use is noted later, and then no more.
func TestUsesAreNotedOnceTheyCanBe(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	a := auth.New(k.store, func() time.Time { return noon })
	r := httptest.NewRequest("GET", "/api/customers", nil)
	r.Header.Set("Authorization", "Bearer "+k.live)
	caller, err := a.Authenticate(r.Context(), r, &wire.Query{}, unread)
	if err != nil {
		t.Fatal(err)
	}
	k.store.err = errors.New("the disk is gone")
	if _, err := a.NoteUses(t.Context()); err == nil {
		t.Error("what could not be noted is not told")
	}
	k.store.err = nil
	for i, want := range []int{1, 0} {
		if n, err := a.NoteUses(t.Context()); n != want || err != nil {
			t.Errorf("time %d: %d uses are noted (%v), want %d", i+1, n, err, want)
		}
	}
	for _, key := range k.store.keys {
		if used := key.ID == caller.ID; used != key.LastUsed.Equal(noon) {
			t.Errorf("%s was used: %t, and is noted at %v", key.ID, used, key.LastUsed)
		}
	}
}

func TestKeyRevocationIsObeyedAtOnce(t *testing.T) {
	t.Parallel()
	k := newKeyed(t)
	authenticator := auth.New(k.store, func() time.Time { return noon })
	request := func() (auth.Caller, error) {
		r := httptest.NewRequest("GET", "/api/customers", nil)
		r.Header.Set("Authorization", "Bearer "+k.live)
		return authenticator.Authenticate(r.Context(), r, &wire.Query{}, unread)
	}
	caller, err := request()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.store.RevokeKey(t.Context(), caller.ID, noon); err != nil {
		t.Fatal(err)
	}
	caller, err = request()
	wantRefusal(t, "revoked", caller, err, clientele.ErrorCodeUnauthorized, "", "was revoked")
	caller, err = ask(t, k.store, noon.Add(time.Hour), "", bearer(k.leaving))
	wantRefusal(t, "an hour later", caller, err, clientele.ErrorCodeUnauthorized, "", "was revoked")
}

func TestStoreFailureIsNotARefusal(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	store := &records{err: broken}
	_, err := ask(t, store, noon, "", bearer(auth.NewSecret(true)))
	if !errors.Is(err, broken) {
		t.Errorf("by key: %v", err)
	}
	sample := readSamples(t)
	if _, err := sample.send(t, store, sample.Requests[0]); !errors.Is(err, broken) {
		t.Errorf("by signature: %v", err)
	}
}

func bearer(secrets ...string) http.Header {
	header := http.Header{}
	for _, secret := range secrets {
		header.Add("Authorization", "Bearer "+secret)
	}
	return header
}

// ask authenticates a GET of /api/customers.
func ask(t *testing.T, store auth.Store, now time.Time, query string, header http.Header) (auth.Caller, error) {
	t.Helper()
	r := httptest.NewRequest("GET", "/api/customers?"+query, nil)
	r.Header = header
	parsed, err := wire.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return auth.New(store, func() time.Time { return now }).Authenticate(context.Background(), r, parsed, unread)
}

func wantRefusal(
	t *testing.T, name string, caller auth.Caller, err error, code clientele.ErrorCode, field, message string,
) {
	t.Helper()
	refused, ok := errors.AsType[*clientele.Error](err)
	if !ok || refused.Code != code || refused.Field != field || !strings.Contains(refused.Message, message) {
		t.Errorf("%s: %v (%+v), want %s about %q: …%s…", name, err, refused, code, field, message)
	}
	if ok && regexp.MustCompile(`sk_(test|live)_[0-9a-v]{4}`).MatchString(refused.Message) {
		t.Errorf("%s: the message tells the secret: %s", name, refused.Message)
	}
	if caller != (auth.Caller{}) {
		t.Errorf("%s: refused, but the caller is %+v", name, caller)
	}
}

func FuzzSecret(f *testing.F) {
	secret := auth.NewSecret(false)
	for _, seed := range []string{
		"", secret, auth.NewSecret(true), secret[:60], "sk_test_", strings.ToUpper(secret), secret + "\n",
	} {
		f.Add(seed)
	}
	form := regexp.MustCompile(`^sk_(test|live)_[0-9a-v]{59}$`)
	f.Fuzz(func(t *testing.T, secret string) {
		livemode, hash, ok := auth.ParseSecret(secret)
		if !ok && (bool(livemode) || hash != [32]byte{}) {
			t.Fatalf("%q is refused and still says %v %x", secret, livemode, hash)
		}
		if !ok {
			return
		}
		mode := clientele.Mode(strings.HasPrefix(secret, "sk_live_"))
		if !form.MatchString(secret) || livemode != mode || hash != sha256.Sum256([]byte(secret)) {
			t.Fatalf("%q is accepted as %v %x", secret, livemode, hash)
		}
	})
}

// unread is the body of a request that is let in or refused without it.
func unread() ([]byte, error) { panic("the body was read") }
