package storetest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// keysAreReplaced gives a new database its first keys, once whoever comes first, and replaces keys and applications on
// one server: the other has the new ones, and the old ones for as long as it was said.
func keysAreReplaced(t *testing.T, first, second store.Store) {
	ctx, now := t.Context(), someDay.AddDate(1, 0, 0)
	key := func(n byte) store.Key {
		return store.Key{
			ID: fmt.Sprint("key_", n), Name: "n", Hash: [32]byte{n}, Scope: store.ScopeRead, CreatedAt: someDay, Hint: "h",
			CreatedBy: "key_0", ExpiresAt: someDay.Add(time.Hour), Version: 1,
		}
	}
	by := store.By{Actor: "key_0", At: someDay, RequestID: "req_1"}
	for i, s := range []store.Store{first, second} {
		if first, err := keysAt(s, now).AddFirst(ctx, by, key(1), key(2)); err != nil || first != (i == 0) {
			t.Errorf("server %d made the first keys: %v, %v", i, first, err)
		}
		if err := s.Ready(ctx); err != nil {
			t.Error(err)
		}
	}
	replacing, _, err := keysAt(second, now).Replace(ctx, by, key(1), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for n, replaces := range []int{0, 1, 0} {
		name := []string{"shop", "shop", "other"}[n]
		later := now.Add(time.Duration(n-3) * time.Second)
		if _, replaced, err := appsAt(second, later).Create(ctx, by, name); err != nil || replaced != replaces {
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
		made := keys[2]
		if made.ID != replacing.ID || made.Hash != replacing.Hash || made.Name != "n" || made.Scope != store.ScopeRead ||
			made.CreatedBy != "key_0" || !made.ExpiresAt.Equal(someDay.Add(time.Hour)) || made.Version != 1 {
			t.Errorf("server %d: the new key is %+v", i, made)
		}
		apps, err := s.Apps(ctx)
		if err != nil || len(apps) != 3 || !apps[0].Revoked(now) || apps[1].Revoked(now) || apps[2].Revoked(now) {
			t.Errorf("server %d has the applications %+v, %v", i, apps, err)
		}
	}
}

// keysHaveEvents makes, uses and revokes keys: every making and revoking is an event of the key as it was, also
// where several go at once, and a use is none.
func keysHaveEvents(t *testing.T, first, second store.Store) {
	ctx := t.Context()
	by := store.By{Actor: "link_1", At: someDay, RequestID: "req_1"}
	key := func(n byte) store.Key {
		return store.Key{
			ID: fmt.Sprint("key_", n), Name: "n", Hash: [32]byte{n}, Scope: store.ScopeWrite, CreatedAt: someDay,
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(keysAt(first, someDay).Add(ctx, by, key(1), key(2)))
	must(keysAt(first, someDay).Add(ctx, store.By{Actor: "key_1", At: someDay}, key(3)))
	must(keysAt(second, someDay).Add(ctx, store.By{Actor: "key_3", At: someDay}, key(4)))
	used := someDay.Add(time.Minute)
	must(first.NoteUses(ctx, map[string]time.Time{"key_1": used, "key_2": used}))
	must(second.NoteUses(ctx, map[string]time.Time{"key_1": used.Add(-time.Hour), "key_none": used}))
	keys, err := first.Keys(ctx)
	must(err)
	for i, want := range []time.Time{used, used, {}, {}} {
		if !keys[i].LastUsed.Equal(want) {
			t.Errorf("%s was last used at %v, want %v", keys[i].ID, keys[i].LastUsed, want)
		}
	}
	var made []string
	for _, k := range store.MadeBy("key_1", keys) {
		made = append(made, k.ID)
	}
	if fmt.Sprint(made) != "[key_3 key_4]" {
		t.Errorf("key_1 and what it made have made %v", made)
	}
	found, err := keysAt(second, someDay.Add(time.Hour)).Revoke(ctx, by, append(made, "key_1", "key_none")...)
	must(err)
	if found != 3 {
		t.Errorf("%d of three keys were found", found)
	}
	_, err = keysAt(first, someDay.Add(2*time.Hour)).Revoke(ctx, by, "key_1") // it ends sooner already
	must(err)
	must(second.PlaceEvents(ctx))
	list, _, err := events.NewFeed(second).Read(ctx, store.FeedQuery{BothModes: true, Limit: 100})
	must(err)
	got := ""
	for _, e := range list {
		if e.ObjectType != string(store.TypeAPIKey) {
			continue
		}
		got += fmt.Sprintf("%s %s %d by %s;", e.Type, e.ObjectID, e.ObjectVersion, e.Request.RequestedBy)
		if revoked := strings.Contains(string(e.Data.Object), `"revoked_at"`); revoked != (e.Type == "api_key.revoked") {
			t.Errorf("%s has the key %s", e.Type, e.Data.Object)
		}
		if strings.Contains(string(e.Data.Object), "hash") {
			t.Errorf("the event has what the secret is known by: %s", e.Data.Object)
		}
	}
	want := "api_key.created key_1 1 by link_1;api_key.created key_2 1 by link_1;api_key.created key_3 1 by key_1;" +
		"api_key.created key_4 1 by key_3;api_key.revoked key_3 2 by link_1;api_key.revoked key_4 2 by link_1;" +
		"api_key.revoked key_1 2 by link_1;"
	if got != want {
		t.Errorf("the events are\n%s\nwant\n%s", got, want)
	}
}

// appsHaveEvents trusts and revokes applications, and signs in: who did is an event in the feed of each mode that it is
// of, and the object can be had at every version.
func appsHaveEvents(t *testing.T, first, second store.Store) {
	ctx := t.Context()
	by := store.By{Actor: "link_1", At: someDay, RequestID: "req_1"}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	shop, err := appsAt(first, someDay).Trust(ctx, by, "shop", make([]byte, 32))
	must(err)
	if _, err = appsAt(second, someDay).Trust(ctx, by, "again", make([]byte, 32)); err == nil {
		t.Error("a public key is trusted twice")
	}
	must(appsAt(second, someDay.Add(time.Hour)).Revoke(ctx, by, shop.ID))
	must(appsAt(first, someDay.Add(2*time.Hour)).Revoke(ctx, by, shop.ID)) // it has ended, so nothing changes
	again, err := appsAt(first, someDay.Add(3*time.Hour)).Trust(ctx, by, "till", make([]byte, 32))
	must(err)
	if again.ID != shop.ID {
		t.Errorf("the public key of %s is %s's now", shop.ID, again.ID)
	}
	if apps, err := second.Apps(ctx); err != nil || len(apps) != 1 || apps[0].Name != "till" || apps[0].Revoked(someDay) {
		t.Errorf("the applications are %+v, %v", apps, err)
	}
	signedIn, err := store.CreatedOnce(by, clientele.EventSessionCreated, store.SignIns, &clientele.Session{
		ID: "ses_1", Livemode: clientele.Live, OpenedBy: "key_1", CreatedAt: clientele.At(someDay),
	})
	must(err)
	must(first.AddSession(ctx, store.Session{Hash: [32]byte{1}, Kind: store.SessionConsole}, signedIn))
	must(second.PlaceEvents(ctx))
	// The first version was told in the test mode: in the live mode it is nothing, and was not pruned.
	first1 := "evt_" + shop.ID + "_1"
	if _, found, err := events.NewFeed(second).Find(ctx, clientele.Live, first1); found || err != nil {
		t.Errorf("the live mode has %s: %t, %v", first1, found, err)
	}
	inBoth := "application.created;application.revoked;application.updated;"
	wantFeed(t, second, clientele.Test, inBoth)
	wantFeed(t, second, clientele.Live, inBoth+"session.created;")
}

// wantFeed compares the types of the events of keys, applications and sessions of a mode, and each event with the same
// when it is had alone.
func wantFeed(t *testing.T, s store.Store, mode clientele.Mode, want string) {
	t.Helper()
	feed := events.NewFeed(s)
	list, _, err := feed.Read(t.Context(), store.FeedQuery{Livemode: mode, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, e := range list {
		if !store.KindOf(store.ObjectType(e.ObjectType)).Private {
			continue
		}
		got += e.Type + ";"
		alone, found, err := feed.Find(t.Context(), mode, e.ID)
		if err != nil || !found || string(alone.Data.Object) != string(e.Data.Object) || len(e.Data.Object) == 0 {
			t.Errorf("%s alone has %s, %v, in the feed %s", e.ID, alone.Data.Object, err, e.Data.Object)
		}
		revoked := strings.Contains(string(e.Data.Object), `"revoked_at"`)
		if revoked != strings.HasSuffix(e.Type, "revoked") {
			t.Errorf("%s has %s", e.Type, e.Data.Object)
		}
		if e.Livemode != mode {
			t.Errorf("%s is in the feed of the %s mode", e.ID, mode)
		}
	}
	if got != want {
		t.Errorf("the %s mode has the events %s, want %s", mode, got, want)
	}
}

// appsAt is the service of applications at a moment.
func appsAt(s store.Store, at time.Time) auth.Apps {
	return auth.NewApps(s, func() time.Time { return at })
}

// keysAt is the service of keys at a moment.
func keysAt(s store.Store, at time.Time) auth.Keys {
	return auth.NewKeys(s, func() time.Time { return at })
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
	portal.Kind, portal.CustomerID, portal.Livemode = store.SessionPortal, "cus_1", clientele.Live
	for _, s := range []store.Session{keys, operator, portal} {
		if err := first.AddSession(ctx, s); err != nil {
			t.Fatal(err)
		}
		got, found, err := second.SessionByHash(ctx, s.Hash)
		if err != nil || !found || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", s) {
			t.Errorf("added %+v, found %+v, %v, %v", s, got, found, err)
		}
	}
	open, err := second.PortalSessions(ctx, "cus_1", someDay)
	if err != nil || len(open) != 1 || fmt.Sprintf("%+v", open[0]) != fmt.Sprintf("%+v", portal) {
		t.Errorf("the customer's portals are %+v, %v", open, err)
	}
	for name, at := range map[string]time.Time{"": someDay, "cus_1": portal.ExpiresAt, "cus_2": someDay} {
		if open, err := first.PortalSessions(ctx, name, at); err != nil || len(open) != 0 {
			t.Errorf("%q has portals at %v: %+v, %v", name, at, open, err)
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

func leasesAreOneServers(t *testing.T, first, second store.Store) {
	ctx, now := t.Context(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	take := func(s store.Store, holder string, at time.Duration, want bool) {
		t.Helper()
		from := now.Add(at)
		got, err := s.TakeLease(ctx, "jobs", holder, from, from.Add(time.Minute))
		if err != nil || got != want {
			t.Errorf("after %v %s has it: %t, %v; want %t", at, holder, got, err, want)
		}
	}
	take(first, "a", 0, true)
	take(second, "b", time.Second, false)
	take(first, "a", 30*time.Second, true) // anew, until 90 s
	take(second, "b", 90*time.Second-time.Millisecond, false)
	take(second, "b", 90*time.Second, true)
	take(first, "a", 91*time.Second, false)
	if other, err := first.TakeLease(ctx, "feed", "a", now, now.Add(time.Minute)); err != nil || !other {
		t.Errorf("another lease is taken: %t, %v", other, err)
	}
	for _, holder := range []string{"a", "b"} { // whose it is not cannot end it
		if err := first.EndLease(ctx, "jobs", holder); err != nil {
			t.Fatal(err)
		}
		take(first, "c", 92*time.Second, holder == "b")
	}
	var taken atomic.Int64
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			s := []store.Store{first, second}[i%2]
			got, err := s.TakeLease(ctx, "at once", fmt.Sprint(i), now, now.Add(time.Minute))
			if err != nil {
				t.Error(err)
			}
			if got {
				taken.Add(1)
			}
		})
	}
	if all.Wait(); taken.Load() != 1 {
		t.Errorf("%d at once have it", taken.Load())
	}
}
