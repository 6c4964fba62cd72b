package storetest

import (
	"fmt"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// keysAreReplaced gives a new database its first keys, once whoever comes first, and replaces keys and applications on
// one server: the other has the new ones, and the old ones for as long as it was said.
func keysAreReplaced(t *testing.T, first, second store.Store) {
	ctx, now := t.Context(), time.Now()
	key := func(n byte) store.Key {
		return store.Key{
			ID: fmt.Sprint("key_", n), Name: "n", Hash: [32]byte{n}, Scope: store.ScopeRead, CreatedAt: someDay, Hint: "h",
		}
	}
	for i, s := range []store.Store{first, second} {
		if first, err := s.AddFirstKeys(ctx, key(1), key(2)); err != nil || first != (i == 0) {
			t.Errorf("server %d made the first keys: %v, %v", i, first, err)
		}
		if err := s.Ready(ctx); err != nil {
			t.Error(err)
		}
	}
	if err := second.ReplaceKey(ctx, "key_1", now.Add(time.Hour), key(3)); err != nil {
		t.Fatal(err)
	}
	app := func(n byte, name string) store.App {
		return store.App{ID: fmt.Sprint("app_", n), Name: name, PublicKey: append(make([]byte, 31), n), CreatedAt: someDay}
	}
	for n, replaces := range []int64{0, 1, 0} {
		name := []string{"shop", "shop", "other"}[n]
		if replaced, err := second.ReplaceApp(ctx, app(byte(n), name), now); err != nil || replaced != replaces {
			t.Errorf("application %d replaced %d, %v", n, replaced, err)
		}
	}
	for i, s := range []store.Store{first, second} {
		keys, err := s.Keys(ctx)
		if err != nil || len(keys) != 3 {
			t.Fatalf("server %d has the keys %+v, %v", i, keys, err)
		}
		if old := keys[0]; old.ID != "key_1" || old.Revoked(now) || !old.Revoked(now.Add(2*time.Hour)) {
			t.Errorf("server %d: the key that was replaced is %+v", i, old)
		}
		if got, want := fmt.Sprintf("%+v", keys[2]), fmt.Sprintf("%+v", key(3)); got != want {
			t.Errorf("server %d: the new key is %s, want %s", i, got, want)
		}
		apps, err := s.Apps(ctx)
		if err != nil || len(apps) != 3 || !apps[0].Revoked(now) || apps[1].Revoked(now) || apps[2].Revoked(now) {
			t.Errorf("server %d has the applications %+v, %v", i, apps, err)
		}
	}
}

// sessionsEnd opens sessions on one server and ends them on the other, each once.
func sessionsEnd(t *testing.T, first, second store.Store) {
	ctx := t.Context()
	session := func(n byte) store.Session {
		return store.Session{
			Hash: [32]byte{n}, Kind: store.SessionConsole, CreatedAt: someDay,
			ExpiresAt: someDay.Add(time.Duration(n) * time.Hour),
		}
	}
	keys, operator := session(1), session(2)
	keys.TestKey, keys.LiveKey, operator.Operator = [32]byte{8}, [32]byte{9}, true
	portal := session(3)
	portal.CustomerID, portal.Livemode = "cus_1", clientele.Live
	for _, s := range []store.Session{keys, operator, portal} {
		if err := first.AddSession(ctx, s); err != nil {
			t.Fatal(err)
		}
		got, found, err := second.SessionByHash(ctx, s.Hash)
		if err != nil || !found || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", s) {
			t.Errorf("added %+v, found %+v, %v, %v", s, got, found, err)
		}
	}
	for i, s := range []store.Store{second, first} {
		if ended, err := s.EndSession(ctx, operator.Hash); err != nil || ended != (i == 0) {
			t.Errorf("server %d ended it: %v, %v", i, ended, err)
		}
	}
	if err := first.ForgetSessions(ctx, session(2).ExpiresAt); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[byte]bool{1: false, 2: false, 3: true} {
		if _, found, err := second.SessionByHash(ctx, [32]byte{n}); err != nil || found != want {
			t.Errorf("session %d is there: %v, %v", n, found, err)
		}
	}
}
