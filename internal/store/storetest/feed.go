package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// eventsAreInOrder writes events on one server and reads them on the other, in every way.
func eventsAreInOrder(t *testing.T, s, other store.Store) {
	event := func(id string, version int64, undo []byte) store.EventRecord {
		return store.EventRecord{
			Type: clientele.EventCustomerUpdated, ObjectID: id, ObjectVersion: version, At: someDay, RequestID: "req",
			IdempotencyKey: "key", Actor: "actor", CustomerID: id, Undo: undo, Digest: store.DigestOf([]byte(id)),
		}
	}
	want := []store.EventRecord{event("b", 1, nil), event("a", 1, nil), event("b", 2, []byte(`{"x":"é\u0000"}`))}
	for _, e := range want {
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.AddEvent(e) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.PlaceEvents(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := other.Scan(t.Context(), func(tx store.Tx) error {
		all, err := tx.Feed(store.FeedQuery{BothModes: true, Limit: 10})
		if err != nil || len(all) != 3 {
			return fmt.Errorf("%d events, %w", len(all), err)
		}
		last, hash := int64(0), []byte(nil)
		for i, e := range all {
			if e.Seq <= last {
				t.Errorf("event %d is at %d, after %d", i, e.Seq, last)
			}
			if hash = e.HashAfter(hash); !bytes.Equal(e.Hash, hash) {
				t.Errorf("event %d has the hash %x, want %x", i, e.Hash, hash)
			}
			last, e.Seq, e.At, e.Hash = e.Seq, 0, e.At.UTC(), nil
			if got, want := fmt.Sprintf("%+v", e), fmt.Sprintf("%+v", want[i]); got != want {
				t.Errorf("event %d is\n%s, want\n%s", i, got, want)
			}
		}
		if end, err := tx.FeedEnd(); err != nil || end.Seq != last || !bytes.Equal(end.Hash, hash) {
			t.Errorf("the end is %+v, %v", end, err)
		}
		for _, test := range []struct {
			q    store.FeedQuery
			want string
		}{
			{store.FeedQuery{BothModes: true, After: all[0].Seq, Limit: 1}, "a1"},
			{store.FeedQuery{After: all[0].Seq}, "a1 b2"},
			{store.FeedQuery{Livemode: clientele.Live}, ""},
			{store.FeedQuery{ObjectID: "b"}, "b1 b2"},
			{store.FeedQuery{ObjectID: "b", After: all[0].Seq}, "b2"},
			{store.FeedQuery{ObjectID: "b", CustomerID: "a"}, ""},
			{store.FeedQuery{ObjectID: "b", CustomerID: "b", Type: clientele.EventCustomerUpdated}, "b1 b2"},
			{store.FeedQuery{CustomerID: "a"}, "a1"},
			{store.FeedQuery{CustomerID: "a", Type: clientele.EventCustomerCreated}, ""},
			{store.FeedQuery{CustomerID: "a", Livemode: clientele.Live}, ""},
			{store.FeedQuery{Type: clientele.EventCustomerUpdated, After: all[1].Seq}, "b2"},
			{store.FeedQuery{Unplaced: true}, ""},
		} {
			test.q.Limit = max(test.q.Limit, 10*(1-test.q.Limit))
			some, err := tx.Feed(test.q)
			var got []string
			for _, e := range some {
				got = append(got, fmt.Sprint(e.ObjectID, e.ObjectVersion))
			}
			if strings.Join(got, " ") != test.want || err != nil {
				t.Errorf("%+v answers %v, %v; want %s", test.q, got, err, test.want)
			}
		}
		second, err := tx.Events(store.EventQuery{ObjectType: store.TypeCustomer, ObjectID: "b", From: 2, To: 2})
		if err != nil || len(second) != 1 || second[0].ObjectVersion != 2 {
			t.Errorf("version 2 of b is %+v, %v", second, err)
		}
		ofB, err := tx.Events(store.EventQuery{ObjectType: store.TypeCustomer, ObjectID: "b"})
		if err == nil && (len(ofB) != 2 || ofB[0].Undo != nil || ofB[1].ObjectVersion != 2) {
			t.Errorf("b has %+v", ofB)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// followersMissNothing follows the feed at both servers while many write at both, some of them slowly: each follower is
// told of every event, once, in the one order, and of the versions of an object in theirs.
func followersMissNothing(t *testing.T, first, second store.Store) {
	const writers, each = 16, 12
	servers := [2]store.Store{first, second}
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			for i := range each {
				id, version := fmt.Sprint("cus_", n), int64(i+1)
				err := servers[n%2].Update(t.Context(), func(tx store.Tx) error {
					err := tx.AddEvent(store.EventRecord{
						Type: clientele.EventCustomerUpdated, CustomerID: id, ObjectID: id, ObjectVersion: version, At: someDay,
						Digest: []byte("digest"), RequestID: fmt.Sprint(id, "/", version),
					})
					if err == nil && (n+i)%5 == 0 { // it has its number in the table, and others commit before it
						_, err = tx.Events(store.EventQuery{ObjectType: store.TypeCustomer, ObjectID: id})
						time.Sleep(5 * time.Millisecond)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	var followers sync.WaitGroup
	var orders [2]string
	for n, db := range servers {
		followers.Go(func() { orders[n] = follow(t, db, writers*each) })
	}
	all.Wait()
	followers.Wait()
	if orders[0] != orders[1] {
		t.Errorf("one follower was told\n%s, the other\n%s", orders[0], orders[1])
	}
}

// follow reads the feed until it has read so many events, and says which.
func follow(t *testing.T, db store.Store, n int) string {
	var order strings.Builder
	last := map[string]int64{}
	for after := int64(0); n > 0 && t.Context().Err() == nil; {
		var recs []store.EventRecord
		err := db.Scan(t.Context(), func(tx store.Tx) (err error) {
			recs, err = tx.Feed(store.FeedQuery{BothModes: true, After: after, Limit: 7})
			return err
		})
		if err != nil {
			t.Error(err)
			return ""
		}
		for _, e := range recs {
			if last[e.ObjectID]++; e.ObjectVersion != last[e.ObjectID] {
				t.Errorf("version %d of %s comes after %d", e.ObjectVersion, e.ObjectID, last[e.ObjectID]-1)
			}
			fmt.Fprintf(&order, "%d %s\n", e.Seq, e.ID())
			after, n = e.Seq, n-1
		}
		if len(recs) == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	return order.String()
}

// consumersActOnce runs a consumer at both servers, which fails now and then: each event is acted on once.
func consumersActOnce(t *testing.T, first, second store.Store) {
	const n = 1200
	ctx, servers := t.Context(), [2]store.Store{first, second}
	acts := 0
	var mu sync.Mutex
	consumer := events.Consumer{
		Name: "test", Wanted: func(store.Tx) (bool, error) { return true, nil },
		Handle: func(tx store.Tx, recs []store.EventRecord) error {
			mu.Lock()
			defer mu.Unlock()
			if acts++; acts%3 == 0 {
				return errFailing
			}
			var list []store.Delivery // which is a part of the transaction
			for _, e := range recs {
				list = append(list, store.Delivery{EndpointID: fmt.Sprint("we_", acts), Position: e.Seq, EventID: e.ID()})
			}
			_, err := tx.Webhooks().AddDeliveries(list, someDay)
			return err
		},
	}
	if _, err := consumer.Run(ctx, first); err != nil { // it begins with what comes after now
		t.Fatal(err)
	}
	err := first.Update(ctx, func(tx store.Tx) error {
		for version := range int64(n) {
			err := tx.AddEvent(store.EventRecord{
				Type: clientele.EventCustomerUpdated, CustomerID: "a", ObjectID: "a", ObjectVersion: version + 1, At: someDay,
				Digest: []byte("digest"),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err = errors.Join(err, first.PlaceEvents(ctx)); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, db := range servers {
		all.Go(func() {
			for range 10 {
				if _, err := consumer.Run(ctx, db); err != nil && !errors.Is(err, errFailing) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	var ids []string
	for version := range n {
		ids = append(ids, fmt.Sprint("evt_a_", version+1))
	}
	err = second.View(ctx, func(tx store.Tx) error {
		pending, err := tx.Webhooks().PendingDeliveries(ids)
		for _, id := range ids {
			if pending[id] != 1 {
				t.Errorf("%s was acted on %d times", id, pending[id])
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

var errFailing = errors.New("it fails now and then")
