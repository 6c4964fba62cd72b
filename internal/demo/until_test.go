package demo_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/demo"
	"clientele.dev/internal/store"
)

// TestTheDemoFollowsTheDay fills two stores on different days: the same people come out, each time until the day.
func TestTheDemoFollowsTheDay(t *testing.T) {
	t.Parallel()
	var dids [2][]string
	for i, until := range []time.Time{until, until.AddDate(0, 5, 17)} {
		s := apptest.New(t)
		if err := demo.Fill(t.Context(), s.DB, until); err != nil {
			t.Fatal(err)
		}
		newest := time.Time{}
		service := billing.New(s.DB)
		f := store.Query{Window: store.Window{Limit: 1000}}
		docs, _, err := service.Customers.List(t.Context(), f, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			var c clientele.Customer
			if err := json.Unmarshal(doc, &c); err != nil {
				t.Fatal(err)
			}
			if dids[i] = append(dids[i], c.DID+" "+c.Name); c.UpdatedAt.After(newest) {
				newest = c.UpdatedAt.Time
			}
		}
		if newest.After(until) || newest.Before(until.AddDate(0, 0, -14)) {
			t.Errorf("until %v the last change is of %v", until, newest)
		}
		slices.Sort(dids[i])
	}
	if !slices.Equal(dids[0], dids[1]) || len(dids[0]) < 250 {
		t.Errorf("on another day other people come out: %d and %d", len(dids[0]), len(dids[1]))
	}
}
