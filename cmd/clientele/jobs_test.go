package main

import (
	"slices"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/jobs"
	"clientele.dev/internal/store"
	"clientele.dev/internal/webhooks"
)

// TestJobs runs each thing that a server does by itself, by hand.
func TestJobs(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), apptest.New(t)
	access := auth.New(s.DB, s.Now)
	sender := webhooks.NewSender(webhooks.Config{Store: s.DB, Now: time.Now})
	run := map[string]jobs.Job{}
	for _, j := range serverJobs(s.Service, s.DB, access, sender) {
		if j.Name == "" || j.Title == "" || j.Every <= 0 {
			t.Errorf("%+v is not whole", j)
		}
		run[j.Name] = j
	}
	says := func(name, want string) {
		t.Helper()
		if done, err := run[name].Run(ctx); done != want || err != nil {
			t.Errorf("%s says %q, %v; want %q", name, done, err, want)
		}
		delete(run, name)
	}
	for _, price := range []int64{100, 200} {
		c, err := s.Test().Customers.Create(ctx, clientele.CustomerParams{Name: new("Ada")})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Test().Invoices.Create(ctx, clientele.InvoiceParams{
			CustomerID: c.ID, CurrencyID: "curr_test_usd", Finalize: true,
			InvoiceContent: clientele.InvoiceContent{
				DueDate: clientele.DueAt(s.Now().Unix()),
				Lines: []clientele.LineParams{{
					Description: "work",
					UnitAmount:  new(clientele.NewAmount("curr_test_usd", price)),
				}},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.Advance(40 * 24 * time.Hour)
	again := run["mark_uncollectible"]
	says("mark_uncollectible", "marked 2 invoices uncollectible")
	if done, err := again.Run(ctx); done != "" || err != nil {
		t.Errorf("once more it says %q, %v", done, err)
	}

	session := store.Session{Hash: [32]byte{1}, Kind: store.SessionPortal, ExpiresAt: time.Now().Add(-time.Second)}
	if err := s.DB.AddSession(ctx, session); err != nil {
		t.Fatal(err)
	}
	says("forget_sessions", "")
	if _, found, err := s.DB.SessionByHash(ctx, session.Hash); found || err != nil {
		t.Errorf("a session that has ended is there: %t, %v", found, err)
	}

	if _, _, err := access.SignIn(ctx, "req_1", s.TestKey, ""); err != nil {
		t.Fatal(err)
	}
	says("note_key_uses", "")
	keys, err := s.DB.Keys(ctx)
	used := slices.ContainsFunc(keys, func(k store.Key) bool {
		return k.Livemode == clientele.Test && !k.LastUsed.IsZero()
	})
	if err != nil || !used {
		t.Errorf("the use of a key is not noted: %+v, %v", keys, err)
	}
	says("forget_attempts", "")
	says("forget_answers", "")
	says("complete_closings", "")
	if len(run) != 0 {
		t.Errorf("not run were %v", run)
	}
}

// TestMarked says how many invoices were marked.
func TestMarked(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "", 1: "marked 1 invoice uncollectible", 2: "marked 2 invoices uncollectible",
	} {
		if got := marked(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
