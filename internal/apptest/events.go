package apptest

import (
	"testing"

	"clientele.dev"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// Events are all events of a database, in their order.
func Events(t testing.TB, db store.Store) []clientele.Event {
	t.Helper()
	if err := db.PlaceEvents(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, _, err := events.NewFeed(db).Read(t.Context(), store.FeedQuery{BothModes: true, Limit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
