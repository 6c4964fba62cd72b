package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// versioned is a customer whose name counts its versions.
type versioned struct {
	id           string
	acknowledged atomic.Int64 // the last version that was committed
}

func (v *versioned) did() string { return "did of " + v.id }

// ref is its id or its other name.
func (v *versioned) ref() store.Ref {
	if rand.IntN(3) == 0 {
		return store.Ref{Kind: store.NameDID, Name: v.did()}
	}
	return store.Ref{ID: v.id}
}

// save writes a version, by which the customer is found by its name too.
func (v *versioned) save(ctx context.Context, s *Store) error {
	did := v.did()
	next := v.acknowledged.Load() + 1
	err := s.Update(ctx, func(tx store.Tx) error {
		rec, found, err := tx.Get(store.Customers.Kind, clientele.Test, v.id)
		if err != nil {
			return err
		}
		c := clientele.Customer{ID: v.id, Name: strconv.FormatInt(next, 10), DID: did}
		before := c
		rec.ID, rec.Version, rec.JSON = v.id, next, []byte(`{"id":"`+v.id+`","name":"`+c.Name+`"}`)
		if found {
			return store.Customers.Save(tx, rec, &before, &c)
		}
		if rec.Seq, err = tx.NextSeq(store.Customers.Kind, time.UnixMilli(1)); err != nil {
			return err
		}
		if _, err := tx.ClaimName(clientele.Test, store.NameDID, did, rec); err != nil {
			return err
		}
		return store.Customers.Save(tx, rec, nil, &c)
	})
	if err == nil {
		v.acknowledged.Store(next)
	}
	return err
}

// read asks for the customer as the rules do, and returns its version.
func (v *versioned) read(ctx context.Context, s *Store, ref store.Ref) (version int64, err error) {
	name := cmp.Or(ref.ID, ref.Name)
	doc, err := s.Remembered(ctx, clientele.Test, name, func(tx store.Tx) (store.Document, string, error) {
		rec, found, err := tx.Customer(clientele.Test, ref)
		if err == nil && !found {
			err = errors.New(name + " is not there")
		}
		return store.Document{JSON: rec.JSON, Version: rec.Version}, rec.ID, err
	})
	if err == nil && string(doc.JSON) != fmt.Sprintf(`{"id":"%s","name":"%d"}`, v.id, doc.Version) {
		err = fmt.Errorf("version %d is %s", doc.Version, doc.JSON)
	}
	return doc.Version, err
}

// TestWhatIsKeptIsNeverOlder reads customers at three servers of one database, while each changes its own of them and
// the log is begun anew: nobody who begins to read after a change was acknowledged reads what was before, whichever
// server made it. CLIENTELE_KEPT=100000 makes so many changes.
func TestWhatIsKeptIsNeverOlder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	servers := []*Store{openAt(t, path), openAt(t, path), openAt(t, path)}
	const each = 4
	all := make([][]*versioned, len(servers))
	for n, s := range servers {
		for i := range each {
			v := &versioned{id: fmt.Sprintf("cus_%d_%d", n, i)}
			all[n] = append(all[n], v)
			if err := v.save(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
	}
	enough := int64(500)
	if text := os.Getenv("CLIENTELE_KEPT"); text != "" {
		var err error
		if enough, err = strconv.ParseInt(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	var running sync.WaitGroup
	var changes, reads, hits atomic.Int64
	until := func(fn func() error) {
		running.Go(func() {
			for changes.Load() < enough {
				if err := fn(); err != nil {
					t.Error(err)
					changes.Store(enough)
				}
			}
		})
	}
	rest := func(most int) { time.Sleep(time.Duration(rand.IntN(most)) * time.Microsecond) }
	for n, s := range servers {
		until(func() error {
			rest(3_000)
			changes.Add(1)
			return all[n][rand.IntN(each)].save(t.Context(), s)
		})
		for range 3 {
			until(func() error {
				runtime.Gosched()
				reads.Add(1)
				v := all[rand.IntN(len(all))][rand.IntN(each)]
				ref := v.ref()
				if _, found := s.kept.answer(clientele.Test, cmp.Or(ref.ID, ref.Name)); found {
					hits.Add(1)
				}
				least := v.acknowledged.Load()
				version, err := v.read(t.Context(), s, ref)
				if err == nil && version < least {
					err = fmt.Errorf("%s is read at version %d, and %d was acknowledged before", v.id, version, least)
				}
				return err
			})
		}
	}
	until(func() error {
		rest(50_000)
		return servers[0].lookups.read(t.Context(), func(c *conn) error {
			return c.each("PRAGMA wal_checkpoint(TRUNCATE)", func(row) error { return nil })
		})
	})
	running.Wait()
	t.Logf("%d changes, %d reads, %d of what was kept", changes.Load(), reads.Load(), hits.Load())
	if hits.Load() == 0 {
		t.Error("nothing was found among what is kept")
	}
}

// TestNothingIsFoundAfterClose asks a closed database for what it had kept.
func TestNothingIsFoundAfterClose(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	v := &versioned{id: "cus_1"}
	for range 2 { // the first is not kept: our writer did not know the head before
		if err := v.save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	ref := store.Ref{ID: v.id}
	if _, err := v.read(t.Context(), s, ref); err != nil {
		t.Fatal(err)
	}
	if _, found := s.kept.answer(clientele.Test, v.id); !found {
		t.Error("what was read is not kept")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, found := s.kept.answer(clientele.Test, v.id); found {
		t.Error("a closed database finds what it had kept")
	}
}

// index is an index of a log in memory, and what commits to it.
func index() (x *walIndex, commit func()) {
	x = &walIndex{new([2 * headWords]uint32)}
	for _, copied := range []int{0, headWords} {
		x.words[copied+3] = ^uint32(0) // it is initialized
	}
	return x, func() {
		for _, copied := range []int{0, headWords} {
			x.words[copied+changeWord]++
		}
	}
}

// TestWhatIsKept goes through what our writer and others can do, one after the other.
func TestWhatIsKept(t *testing.T) {
	t.Parallel()
	x, commit := index()
	k := newKept(x)
	found := func(name string) bool { _, found := k.answer(clientele.Test, name); return found }
	keep := func(name, id string) {
		since := k.mark()
		k.keep(&since, clientele.Test, name, id, store.Document{JSON: []byte("{}")})
	}
	want := func(when string, want bool, names ...string) {
		t.Helper()
		for _, name := range names {
			if found(name) != want {
				t.Errorf("%s, %s is found: %t", when, name, !want)
			}
		}
	}
	keep("a", "a")
	want("before our writer knows a head", false, "a")
	k.begun()
	keep("a", "a")
	keep("did", "b")
	want("kept", true, "a", "did", "b")
	if _, found := k.answer(clientele.Live, "a"); found {
		t.Error("the other mode finds it too")
	}
	k.names.Store(keptName{clientele.Test, "other"}, "a")
	want("by a name that it was not asked for by", false, "other")

	committed := k.committing(map[string]bool{"b": true}, false)
	keep("b", "b")
	commit()
	want("while the head is another one", false, "a", "b")
	committed(true)
	want("after our commit", true, "a")
	want("what it changed", false, "b", "did")

	since := k.mark()
	k.committing(map[string]bool{"b": true}, false)(false)
	k.keep(&since, clientele.Test, "b", "b", store.Document{})
	want("after a commit that failed", true, "a")
	want("what it would have changed, read before", false, "b")

	committed = k.committing(nil, false)
	commit()
	commit() // somebody else's, right after
	committed(true)
	want("after ours and another", false, "a")
	k.begun()
	want("when our writer has seen that", false, "a")

	keep("a", "a")
	commit()
	want("after another's", false, "a")
	k.rewound()
	want("however the log was begun anew", false, "a")
	k.begun()
	keep("a", "a")
	x.words[4], x.words[headWords+4] = 1, 1 // where the log ends
	k.rewound()
	want("after our writer began the log anew", true, "a")
	x.words[4] = 2
	want("while somebody writes the head", false, "a")
}

// TestKeptKeys is the same for keys.
func TestKeptKeys(t *testing.T) {
	t.Parallel()
	x, commit := index()
	k := newKept(x)
	k.begun()
	key := store.Key{ID: "key_1", Hash: [32]byte{1}}
	want := func(when string, want bool) (since uint64) {
		t.Helper()
		_, found, since := k.key(key.Hash)
		if found != want {
			t.Errorf("%s, the key is found: %t", when, found)
		}
		return since
	}
	since := want("at first", false)
	k.keepKey(since, key)
	want("kept", true)
	change := func(keys bool) {
		committed := k.committing(nil, keys)
		commit()
		committed(true)
	}
	change(false)
	want("after a change of something else", true)
	change(true)
	want("after a change of keys", false)
	k.keepKey(since, key)
	since = want("read before that", false)
	committed := k.committing(nil, true)
	k.keepKey(since, key)
	during := want("while keys change", false)
	k.keepKey(during, key)
	committed(false)
	k.keepKey(want("then", false), key)
	commit()
	since = want("after another's change", false)
	k.begun()
	k.keepKey(since, key)
	want("when our writer has seen that", false)
}

// TestKeptIsBounded keeps more than there is room for.
func TestKeptIsBounded(t *testing.T) {
	t.Parallel()
	x, _ := index()
	k := newKept(x)
	k.begun()
	long := store.Document{JSON: make([]byte, 100<<10)}
	for i := range 2000 {
		since, id := k.mark(), strconv.Itoa(i)
		k.keep(&since, clientele.Test, "did "+id, id, long)
	}
	for i := range 100 { // which are names of one customer
		since := k.mark()
		k.keep(&since, clientele.Test, fmt.Sprint("way ", i), "1999", long)
	}
	if p, _ := k.part("1999"); len(p.answers["1999"].names) > mostNames {
		t.Errorf("%d names of a customer are kept", len(p.answers["1999"].names))
	}
	total, names := 0, 0
	for i := range k.parts {
		total += k.parts[i].bytes
		if is := len(k.parts[i].answers) * (len(long.JSON) + entryBytes); is != k.parts[i].bytes {
			t.Errorf("%d bytes are counted, there are %d", k.parts[i].bytes, is)
		}
	}
	k.names.Range(func(any, any) bool { names++; return true })
	want := total/(len(long.JSON)+entryBytes) + mostNames - 1
	if total > keptParts*keptBytes || total < keptParts*keptBytes/2 || names != want {
		t.Errorf("%d bytes are kept, by %d names", total, names)
	}
}
