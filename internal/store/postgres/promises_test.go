package postgres

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
)

// customerAt saves a new customer at a position, with a name unless that is "".
func customerAt(tx store.Tx, seq int64, name string) error {
	c := &clientele.Customer{ID: fmt.Sprint("cus_", seq), ExternalID: name, Metadata: clientele.Metadata{}}
	rec := store.Record{ID: c.ID, Seq: store.Position(seq), Version: 1, JSON: []byte("{}")}
	if name != "" {
		if _, err := tx.ClaimName(false, store.NameExternalID, name, rec); err != nil {
			return err
		}
	}
	return store.Customers.Save(tx, rec, nil, c)
}

// TestANameThatWasFreeIsTakenMeanwhile takes names from under a transaction that has just seen them free. It never
// hears of a holder that it did not see: it is run again.
func TestANameThatWasFreeIsTakenMeanwhile(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, prepare(t))
	s, other := openAt(t, url), openAt(t, url)
	runs := int64(0)
	err := s.Update(t.Context(), func(tx store.Tx) error {
		runs++
		name := fmt.Sprint("name ", runs)
		_, found, err := tx.Customer(false, store.Ref{Kind: store.NameExternalID, Name: name})
		if err != nil || found {
			return fmt.Errorf("found: %v, %w", found, err)
		}
		if runs < 3 {
			err := other.Update(t.Context(), func(tx store.Tx) error { return customerAt(tx, runs, name) })
			if err != nil {
				return err
			}
		}
		holder, err := tx.ClaimName(false, store.NameExternalID, name, store.Record{ID: "mine", Seq: 9})
		if holder != "" {
			t.Errorf("run %d is told of %s", runs, holder)
		}
		return err
	})
	if err != nil || runs != 3 {
		t.Errorf("it ended with %v after %d runs", err, runs)
	}
}

// TestCountsAreSummedUp shows that counts are the same before and after they are summed up.
func TestCountsAreSummedUp(t *testing.T) {
	t.Parallel()
	s := openAt(t, pgtest.URL(t, prepare(t)))
	for n := range int64(6) {
		if err := s.Update(t.Context(), func(tx store.Tx) error { return customerAt(tx, n<<16+1, "") }); err != nil {
			t.Fatal(err)
		}
		if n%2 == 0 {
			if _, err := s.sumCounts(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		err := s.View(t.Context(), func(tx store.Tx) error {
			_, count, err := tx.List(store.Customers.Kind, store.Query{Window: store.Window{Limit: 1}})
			if err == nil && count != n+1 {
				t.Errorf("%d are counted, want %d", count, n+1)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestSumsAreSummedUp shows that a sum is the same before what was added is summed up and after, and again.
func TestSumsAreSummedUp(t *testing.T) {
	t.Parallel()
	s := openAt(t, pgtest.URL(t, prepare(t)))
	for n := int64(1); n <= 3; n++ {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return tx.AddToSums(clientele.Test, []store.SumPart{
				{Figure: store.FigureCredit, Day: 20_000, Amount: clientele.NewAmount("c", 5)},
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []int64{20_000, 20_100} { // of days, and of a span
			for _, summed := range []bool{false, true} {
				if summed {
					if _, err := s.sumCounts(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				got := clientele.Zero("c")
				err := s.View(t.Context(), func(tx store.Tx) (err error) {
					got = clientele.Zero("c")
					dates := store.Days{First: 19_990, Last: to}
					return tx.Sums(clientele.Test, []store.Figure{store.FigureCredit}, dates, func(p store.SumPart) {
						got, err = got.Add(p.Amount)
					})
				})
				if err != nil || got.String() != fmt.Sprint(5*n) {
					t.Errorf("summed up: %t: up to day %d it is %s (%v), want %d", summed, to, got, err, 5*n)
				}
			}
		}
	}
}

// TestAKeyReadBeforeAChangeIsNotCached is about a look-up that a change overtakes.
func TestAKeyReadBeforeAChangeIsNotCached(t *testing.T) {
	t.Parallel()
	var m accessCache
	m.forget(true)
	_, _, changes := m.key([32]byte{1})
	m.addKey(store.Key{Hash: [32]byte{1}}, changes)
	if _, found, _ := m.key([32]byte{1}); !found {
		t.Error("a key is not cached")
	}
	_, _, changes = m.key([32]byte{2})
	m.forget(true)
	m.addKey(store.Key{Hash: [32]byte{2}}, changes)
	m.forget(false)
	m.addKey(store.Key{Hash: [32]byte{3}}, changes+1)
	for n := range byte(4) {
		if _, found, _ := m.key([32]byte{n}); found {
			t.Errorf("key %d is cached", n)
		}
	}
}

// TestApplicationsReadBeforeAChangeAreNotCached is the same for applications.
func TestApplicationsReadBeforeAChangeAreNotCached(t *testing.T) {
	t.Parallel()
	var m accessCache
	wants := func(when string, want bool) {
		t.Helper()
		if apps, _ := m.allApps(); (apps != nil) != want {
			t.Errorf("%s, applications are cached: %t, want %t", when, apps != nil, want)
		}
	}
	some := []store.App{{ID: "app_1"}}
	_, changes := m.allApps()
	m.setApps(some, changes)
	wants("before it hears of changes", false)
	m.forget(true)
	_, changes = m.allApps()
	m.setApps(some, changes)
	wants("after they were read", true)
	m.forget(true)
	wants("after a change", false)
	m.setApps(some, changes)
	wants("read before the change and kept after it", false)
	_, changes = m.allApps()
	m.forget(false)
	_, late := m.allApps()
	m.setApps(some, changes)
	m.setApps(some, late)
	wants("while it hears nothing", false)
}

// TestNothingIsCachedWhenChangesAreNotHeard cuts the connection on which a server hears of changes. What another
// server changes meanwhile is obeyed at once, without anybody telling this one.
func TestNothingIsCachedWhenChangesAreNotHeard(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, prepare(t))
	s := openAt(t, url)
	key, keys := store.Key{ID: "key_1", Hash: [32]byte{1}}, auth.NewKeys(s, time.Now)
	_, err := auth.NewApps(s, time.Now).Trust(t.Context(), store.By{}, "shop", make([]byte, 32))
	if err := errors.Join(keys.Add(t.Context(), store.By{}, key), err); err != nil {
		t.Fatal(err)
	}
	beside, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close(t.Context())
	look := func() (keyIs, appIs bool) { // cached; from one to the other it may begin or cease to listen
		t.Helper()
		if _, found, err := s.KeyByHash(t.Context(), key.Hash); err != nil || !found {
			t.Fatal(found, err)
		}
		if apps, err := s.Apps(t.Context()); err != nil || len(apps) != 1 {
			t.Fatal(apps, err)
		}
		_, kept, _ := s.accessCache.key(key.Hash)
		apps, _ := s.accessCache.allApps()
		return kept, apps != nil
	}
	both := func() bool { keyIs, appIs := look(); return keyIs && appIs }
	either := func() bool { keyIs, appIs := look(); return keyIs || appIs }
	for !both() { // until it hears of changes
	}
	// Nobody can listen, and the one connection that does is cut.
	for _, statement := range []string{
		"SELECT pg_advisory_unlock_all()", `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
			AND mode = 'ShareLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
		"SELECT pg_advisory_lock(" + cachingLock + ")",
	} {
		if _, err := beside.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for began := time.Now(); either(); { // until it has seen that its connection is gone
		if time.Since(began) > 2*time.Minute {
			t.Fatal("the key is cached, and the connection on which changes are heard is gone; want it forgotten")
		}
	}
	for range 3 {
		if either() {
			t.Error("something is cached while changes are not heard")
		}
	}
	// Another server, which has the lock that everybody waits for, revokes both.
	for _, revoke := range []string{
		`UPDATE api_keys SET doc = replace(doc, '"created_at"', '"revoked_at":"1970-01-01T00:00:00.001Z","created_at"')`,
		"UPDATE apps SET revoked_at = 1",
	} {
		if _, err := beside.Exec(t.Context(), revoke); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	if got, _, err := s.KeyByHash(t.Context(), key.Hash); err != nil || !got.Revoked(now) {
		t.Errorf("the key that was revoked is good: %+v, %v", got, err)
	}
	if apps, err := s.Apps(t.Context()); err != nil || len(apps) != 1 || !apps[0].Revoked(now) {
		t.Errorf("the application that was revoked is good: %+v, %v", apps, err)
	}
}

// TestAChangeWaitsUntilAllHaveForgotten stands in for a server that remembers keys and is slow to forget them.
func TestAChangeWaitsUntilAllHaveForgotten(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, prepare(t))
	s := openAt(t, url)
	slow, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close(t.Context())
	if _, err := slow.Exec(t.Context(), "SELECT pg_advisory_lock_shared("+cachingLock+")"); err != nil {
		t.Fatal(err)
	}
	changed := make(chan error, 1)
	go func() { changed <- auth.NewKeys(s, time.Now).Add(t.Context(), store.By{}, store.Key{ID: "key_1"}) }()
	for waiting := 0; waiting == 0; { // until the change is seen to wait
		var keys int
		err := slow.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM api_keys), count(*) FROM pg_locks
			WHERE locktype = 'advisory' AND NOT granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&keys, &waiting)
		if err != nil || keys != 0 {
			t.Fatalf("there are %d keys by now (%v), want 0 until all have forgotten", keys, err)
		}
	}
	if _, err := slow.Exec(t.Context(), "SELECT pg_advisory_unlock_shared("+cachingLock+")"); err != nil {
		t.Fatal(err)
	}
	if err := <-changed; err != nil {
		t.Error(err)
	}
}
