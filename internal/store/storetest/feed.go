package storetest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"clientele.dev"
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
