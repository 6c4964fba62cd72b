package api_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// TestAnExportAsOfAMoment does many things one after the other, and exports everything after each. Afterwards an export
// as of each of those moments has the same lines.
func TestAnExportAsOfAMoment(t *testing.T) {
	t.Parallel()
	s := start(t)
	type moment struct {
		at   time.Time
		did  string
		docs []string
	}
	var moments []moment
	for n, do := range append(manyThings(t, s), manyThings(t, s)...) {
		s.Advance(time.Duration(1+rand.IntN(40)) * time.Hour)
		did := do()
		moments = append(moments, moment{s.Now(), fmt.Sprint(n, " ", did), exported(t, s, clientele.Moment{})})
	}
	s.Advance(time.Hour)
	for _, m := range moments {
		s.sameLines(t, m.did, exported(t, s, clientele.AtTime(m.at)), m.docs)
	}
	for _, doc := range exported(t, s, clientele.OnDay(day(t, "2020-01-01"))) {
		if strings.Contains(doc, `"object":"customer"`) || strings.Contains(doc, `"object":"balance_transaction"`) {
			t.Errorf("before anything there was %s", doc)
		}
	}
	today := clientele.OnDay(clientele.DayIn(s.Now(), time.UTC))
	s.sameLines(t, "today", exported(t, s, today), exported(t, s, clientele.Moment{}))
}

// exported are the lines of an export of test mode, in any order.
func exported(t *testing.T, s *server, at clientele.Moment) (docs []string) {
	t.Helper()
	err := s.Service.Export(t.Context(), billing.ExportFilter{Modes: []clientele.Mode{clientele.Test}, AsOf: at},
		func(doc []byte) error { docs = append(docs, string(doc)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(docs)
	return docs
}

func (s *server) sameLines(t *testing.T, when string, got, want []string) {
	t.Helper()
	for _, doc := range got {
		if !slices.Contains(want, doc) {
			t.Errorf("as of %s there is\n%s", when, doc)
		}
	}
	for _, doc := range want {
		if !slices.Contains(got, doc) {
			t.Errorf("as of %s there is not\n%s", when, doc)
		}
	}
}

// manyThings are changes of all kinds, to a customer of their own; each says what it did.
func manyThings(t *testing.T, s *server) []func() string {
	ctx, p := t.Context(), s.Test()
	var c, i, pay string
	return []func() string{
		func() string { c = s.post(t, `{"name":"Ada"}`).ID; return "create" },
		func() string { i = issue(t, s, c, usd, "1000", 30).ID; return "issue" },
		func() string {
			ok(p.Settings.Update(ctx, clientele.SettingsParams{UncollectibleAfterDays: new(rand.Int64N(900) + 90)}))(t)
			return "settings"
		},
		func() string { pay = receiveOn(t, s, c, 300, "2025-12-20", i).ID; return "pay" },
		func() string {
			ok(p.Customers.Update(ctx, c, clientele.CustomerParams{Name: new("Grace")}))(t)
			return "rename"
		},
		func() string {
			ok(p.Payments.Reverse(ctx, pay, clientele.ReverseParams{}))(t)
			return "reverse"
		},
		func() string {
			ok(p.Invoices.MarkUncollectible(ctx, i))(t)
			return "give up"
		},
		func() string {
			ok(p.Invoices.Void(ctx, i, clientele.VoidParams{}))(t)
			return "void"
		},
		func() string {
			ok(p.Customers.Delete(ctx, c))(t)
			return "delete"
		},
		func() string {
			ok(p.Customers.Restore(ctx, c))(t)
			return "restore"
		},
	}
}

// TestAnExportOfWhatWasPruned refuses where it does not know how an object was.
func TestAnExportOfWhatWasPruned(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"1"}`)
	var at []clientele.Moment
	for n := range 4 {
		s.Advance(24 * time.Hour)
		ok(s.Test().Customers.Update(t.Context(), c.ID, clientele.CustomerParams{Name: new(fmt.Sprint(n + 2))}))(t)
		at = append(at, clientele.AtTime(s.Now()))
	}
	s.Advance(24 * time.Hour)
	err := s.DB.PlaceEvents(t.Context())
	if err == nil {
		prune := events.Prune{Before: at[2].At, By: store.By{Actor: "test", At: s.Now()}}
		_, err = prune.Run(t.Context(), s.DB, func(int64, int64) {})
	}
	if err != nil {
		t.Fatal(err)
	}
	exported(t, s, at[2])
	exported(t, s, at[3])
	pruned := billing.ExportFilter{AsOf: at[0]}
	err = s.Service.Export(t.Context(), pruned, func([]byte) error { return nil })
	if e, is := errors.AsType[*clientele.Error](err); !is || e.Code != clientele.ErrorCodeGone {
		t.Errorf("of a time of which the events were pruned it is exported: %v", err)
	}
}
