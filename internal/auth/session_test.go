package auth_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
)

// visitor is a visitor in words: what the session opens.
func visitor(t *testing.T, a *auth.Authenticator, token string) string {
	t.Helper()
	v, err := a.Visit(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		if c := v.In(mode); c != nil {
			said += fmt.Sprintf("%s %s %s %v;", mode, c.ID, c.Livemode, c.Scope)
		}
	}
	return said
}

// wantTold compares the events of signing in.
func wantTold(t *testing.T, db *records, want string) {
	t.Helper()
	got := ""
	for _, e := range db.told {
		got += e.Livemode.String() + " by " + e.Actor + ";"
		if e.Type != clientele.EventSessionCreated || e.RequestID != "req_1" || e.ObjectID == "" {
			t.Errorf("the event is %+v", e)
		}
	}
	if got != want {
		t.Errorf("whoever signed in is told of as %s, want %s", got, want)
	}
}

func TestSessionsOfKeys(t *testing.T) {
	t.Parallel()
	now, db := noon, new(records)
	a := auth.New(db, func() time.Time { return now })
	test, testSecret := auth.NewKey("t", clientele.Test, store.ScopeRead, noon)
	live, liveSecret := auth.NewKey("l", clientele.Live, store.ScopeWrite, noon)
	for _, k := range []store.Key{test, live} {
		if err := db.AddKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	first, _, err := a.SignIn(t.Context(), "req_1", " "+testSecret+" ", "")
	if err != nil {
		t.Fatal(err)
	}
	isTest := "test " + test.ID + " test read;"
	if got := visitor(t, a, first); got != isTest {
		t.Errorf("signed in with a key of the test mode: %s, want %s", got, isTest)
	}
	both, _, err := a.SignIn(t.Context(), "req_1", liveSecret, first)
	if err != nil {
		t.Fatal(err)
	}
	isLive := "live " + live.ID + " live write;"
	if got := visitor(t, a, both); got != isTest+isLive {
		t.Errorf("then with one of the live mode: %s", got)
	}
	if got := visitor(t, a, first); got != "" {
		t.Errorf("the session that goes on in another opens %s", got)
	}
	wantTold(t, db, "test by "+test.ID+";live by "+live.ID+";")
	if _, err := db.RevokeKey(t.Context(), test.ID, now); err != nil {
		t.Fatal(err)
	}
	if got := visitor(t, a, both); got != isLive {
		t.Errorf("after a revocation: %s", got)
	}
	now = noon.Add(auth.SessionLasts)
	if got := visitor(t, a, both); got != "" {
		t.Errorf("a session that has ended opens %s", got)
	}
	now = noon
	if err := a.SignOut(t.Context(), both); err != nil {
		t.Fatal(err)
	}
	if got := visitor(t, a, both) + visitor(t, a, "") + visitor(t, a, "x"); got != "" {
		t.Errorf("signed out, and yet it opens %s", got)
	}
	for _, secret := range []string{"", "x", testSecret, testSecret + "0", auth.NewSecret(clientele.Live)} {
		_, _, err := a.SignIn(t.Context(), "req_1", secret, "")
		var refused *clientele.Error
		if !errors.As(err, &refused) || refused.Code != clientele.ErrorCodeUnauthorized {
			t.Errorf("signing in with %q: %v", secret, err)
		}
	}
	if len(db.open) != 0 {
		t.Errorf("%d sessions are left", len(db.open))
	}
}

// racedStore is a database in which somebody else is always quicker to end a session.
type racedStore struct{ *records }

// EndSession implements [store.Access].
func (racedStore) EndSession(context.Context, [32]byte) (bool, error) { return false, nil }

func TestLinksOpenOnce(t *testing.T) {
	t.Parallel()
	now := noon
	db := new(records)
	a := auth.New(db, func() time.Time { return now })
	link := func() string {
		link, err := a.NewLink(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return link
	}
	good, late := link(), link()
	token, ok, err := a.OpenLink(t.Context(), "req_1", good)
	want := fmt.Sprintf("test link_%d test admin;live link_%[1]d live admin;", noon.Unix())
	if err != nil || !ok || visitor(t, a, token) != want {
		t.Errorf("%v, %v, opens %s", ok, err, visitor(t, a, token))
	}
	wantTold(t, db, fmt.Sprintf("test by link_%d;live by link_%[1]d;", noon.Unix()))
	if got := visitor(t, a, late); got != "" {
		t.Errorf("a link is a session: %s", got)
	}
	// Another browser that opens it at the same time finds it there, and is not the one that ends it.
	raced := auth.New(racedStore{new(records)}, func() time.Time { return noon })
	both, err := raced.NewLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if token, ok, err := raced.OpenLink(t.Context(), "req_1", both); ok || token != "" || err != nil {
		t.Errorf("a link that somebody else has just opened: %q, %v, %v; want nothing", token, ok, err)
	}
	now = noon.Add(auth.LinkLasts)
	for name, link := range map[string]string{"a used one": good, "a late one": late, "a session": token, "none": ""} {
		if _, ok, err := a.OpenLink(t.Context(), "req_1", link); ok || err != nil {
			t.Errorf("%s opens: %v, %v", name, ok, err)
		}
	}
}
