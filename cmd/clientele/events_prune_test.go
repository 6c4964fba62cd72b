package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
)

// longBooks makes a database in which customers, invoices, payments and settings changed every day for a while.
func longBooks(t *testing.T, s *apptest.Server, days int) (customers []string) {
	t.Helper()
	p, ctx := s.Test(), t.Context()
	cents := func(n int64) *clientele.Amount { return new(clientele.NewAmount("curr_test_usd", n)) }
	var invoices []*clientele.Invoice
	for range 4 {
		i, err := oneMore(ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		invoices, customers = append(invoices, i), append(customers, i.CustomerID)
	}
	draft, err := p.Invoices.Create(ctx, clientele.InvoiceParams{
		CustomerID: customers[0], CurrencyID: "curr_test_usd",
		InvoiceContent: clientele.InvoiceContent{Lines: []clientele.LineParams{{UnitAmount: cents(7)}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	apps := auth.NewApps(s.DB, s.Now)
	app, err := apps.Trust(ctx, store.By{At: s.Now()}, "shop", make([]byte, 32))
	if err == nil {
		err = apps.Revoke(ctx, store.By{At: s.Now()}, app.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	for day := range days {
		s.Advance(24 * time.Hour)
		i := invoices[day%len(invoices)]
		steps := []func() error{
			func() error {
				_, err := p.Customers.Update(ctx, i.CustomerID, clientele.CustomerParams{Name: new(fmt.Sprint("Ada ", day))})
				return err
			},
			func() error {
				pay, err := p.Payments.Create(ctx, clientele.PaymentParams{
					CustomerID: i.CustomerID, CurrencyID: i.CurrencyID, Amount: cents(1), InvoiceID: i.ID,
				})
				if err == nil && day%3 == 0 {
					_, err = p.Payments.Reverse(ctx, pay.ID, clientele.ReverseParams{})
				}
				return err
			},
			func() error {
				_, err := p.Settings.Update(ctx, clientele.SettingsParams{
					Business: &clientele.Business{Name: fmt.Sprint("Shop ", day)},
				})
				return err
			},
			func() error {
				_, err := p.Invoices.Update(ctx, draft.ID, clientele.InvoiceContent{
					Description: new(fmt.Sprint("of day ", day)),
				})
				return err
			},
		}
		for _, step := range steps {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return customers
}

// headBefore is what may have been kept of the first event of a type.
func headBefore(t *testing.T, s *apptest.Server, kind string) string {
	t.Helper()
	page, err := s.Test().Events.List(t.Context(), clientele.EventListParams{Type: kind, Limit: 1})
	if err != nil || len(page.List) != 1 {
		t.Fatal(page, err)
	}
	return page.List[0].ID + ":" + page.List[0].Hash
}

// wantKept wants all events of settings, of applications, and of invoices that were drafts.
func wantKept(t *testing.T, left []clientele.Event, was map[string]clientele.Event) {
	t.Helper()
	kept := map[string]bool{}
	for _, e := range left {
		kept[e.ID] = true
	}
	for id, e := range was {
		isKept := slices.Contains([]string{"settings", "application"}, e.ObjectType) ||
			strings.Contains(string(e.Data.Object), `"status":"draft"`)
		if isKept && !kept[id] {
			t.Errorf("%s, %s, is gone", id, e.Type)
		}
	}
}

// allEvents are the events of the test mode.
func allEvents(t *testing.T, s *apptest.Server) (all []clientele.Event) {
	t.Helper()
	for e, err := range s.Test().Events.All(t.Context(), clientele.EventListParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// TestPrune removes old events: what stays is as it was, and proven; every figure and every day since is; and whoever
// asks for what is gone is told so.
func TestPrune(t *testing.T) {
	t.Parallel()
	for name, url := range emptyDatabases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := apptest.Open(url) // it is 2026-01-02
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			customers := longBooks(t, s, 60)
			before := "2026-02-20"
			awaited := awaitEvent(t, s, url, before)
			was, wasHash := map[string]clientele.Event{}, hashIn(t, url)
			for _, e := range allEvents(t, s) {
				was[e.ID] = e
			}
			heads := []string{headBefore(t, s, "payment_intent.succeeded"), headBefore(t, s, "customer.updated")}
			dry, code := runCommand("events", "prune", "--before", before, "--dry-run", "--db", url)
			if now := allEvents(t, s); code != 0 || len(now) != len(was) {
				t.Fatalf("a dry run exits with %d: %s", code, dry)
			}
			out, code := runCommand("events", "prune", "--before", before, "--db", url)
			if code != 0 || strings.ReplaceAll(out, "were", "would be") != dry {
				t.Fatalf("it exits with %d: %sthe dry run said %s", code, out, dry)
			}
			left := allEvents(t, s)
			for _, e := range left {
				checkLeft(t, e, was)
			}
			if len(left) > len(was)*3/4 {
				t.Errorf("%d of %d events are left", len(left), len(was))
			}
			for id, e := range was {
				if id == awaited && !slices.ContainsFunc(left, func(l clientele.Event) bool { return l.ID == id }) {
					t.Errorf("%s is gone, which an endpoint is still to be told of", id)
				}
				gone := !slices.ContainsFunc(left, func(l clientele.Event) bool { return l.ID == id })
				if gone && !e.CreatedAt.Before(time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC)) {
					t.Errorf("%s of %s is gone", id, e.CreatedAt)
				}
				wantGone(t, s, id, gone)
			}
			if hash := hashIn(t, url); hash != wasHash {
				t.Errorf("the hash of the content is %s, was %s", hash, wasHash)
			}
			wantRight(t, url, "4")
			for _, head := range heads {
				if out, code := runCommand("verify", "--db", url, "--head", head); code != 0 {
					t.Errorf("with the head %s verify exits with %d: %s", head, code, out)
				}
			}
			wantKept(t, left, was)
			history, err := billingOf(s).Customers.History(t.Context(), clientele.Test, customers[0])
			if err != nil || len(history) < 5 || history[len(history)-1].Type != clientele.EventCustomerCreated {
				t.Errorf("the customer's history is %d long, %v", len(history), err)
			}
			again, code := runCommand("events", "prune", "--before", "2026-03-01", "--db", url)
			if code != 0 || strings.HasPrefix(again, "0 ") {
				t.Errorf("a later pruning exits with %d: %s", code, again)
			}
			wantRight(t, url, "4")
			wantPrunedMoves(t, url)
			wantTamperedPruning(t, s, url)
		})
	}
}

// awaitEvent makes an endpoint that is still to be told of one event, and returns that. Before that nothing goes: the
// endpoint has seen none.
func awaitEvent(t *testing.T, s *apptest.Server, url, before string) (id string) {
	t.Helper()
	var end store.FeedEnd
	err := s.DB.Update(t.Context(), func(tx store.Tx) error {
		return tx.Webhooks().BeginCursor(store.WebhookConsumer, 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	out, code := runCommand("events", "prune", "--before", before, "--db", url)
	if code != 0 || !strings.HasPrefix(out, "0 ") {
		t.Errorf("with events that an endpoint has not seen it exits with %d: %s", code, out)
	}
	err = s.DB.Update(t.Context(), func(tx store.Tx) (err error) {
		if end, err = tx.FeedEnd(); err != nil {
			return err
		}
		recs, err := tx.Feed(store.FeedQuery{Type: clientele.EventCustomerUpdated, Limit: 9})
		if err != nil {
			return err
		}
		id = recs[8].ID()
		delivery := store.Delivery{EndpointID: "we_1", EventID: id, ObjectID: recs[8].ObjectID, Position: recs[8].Seq}
		_, err = tx.Webhooks().AddDeliveries([]store.Delivery{delivery}, s.Now())
		if err == nil {
			_, err = tx.Webhooks().MoveCursor(store.WebhookConsumer, 1, end.Seq)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// checkLeft wants an event that was not pruned to be what it was.
func checkLeft(t *testing.T, e clientele.Event, was map[string]clientele.Event) {
	t.Helper()
	before := was[e.ID]
	if e.Type == clientele.EventPruningCreated {
		return
	}
	one, err := json.Marshal(e)
	other, err2 := json.Marshal(before)
	if err != nil || err2 != nil || !bytes.Equal(one, other) {
		t.Errorf("%s is\n%s, was\n%s", e.ID, one, other)
	}
}

// wantGone asks for an event, and for those after it.
func wantGone(t *testing.T, s *apptest.Server, id string, gone bool) {
	t.Helper()
	_, listErr := s.Test().Events.List(t.Context(), clientele.EventListParams{After: id, Limit: 1})
	_, err := s.Test().Events.Retrieve(t.Context(), id)
	for _, err := range []error{listErr, err} {
		var refused *clientele.Error
		isGone := errors.As(err, &refused) && refused.Code == clientele.ErrorCodeGone
		if isGone != gone || !gone && err != nil {
			t.Errorf("asking for %s, which was pruned: %t, ends with %v", id, gone, err)
		}
	}
}

// wantPrunedMoves moves what was pruned to another database, and wants it proven there.
func wantPrunedMoves(t *testing.T, url string) {
	t.Helper()
	other := pgtest.URL(t, nil)
	if strings.HasPrefix(url, "postgres") {
		other = newDatabase(t)
	}
	if out, code := runCommand("move", "--from", url, "--to", other); code != 0 {
		t.Errorf("moving exits with %d: %s", code, out)
	}
	wantRight(t, other, "4")
}

// wantTamperedPruning tampers with what was pruned and what was not: each is found.
func wantTamperedPruning(t *testing.T, s *apptest.Server, url string) {
	t.Helper()
	position := "seq"
	if strings.HasPrefix(url, "postgres") {
		position = "position"
	}
	wrong := func(lie, says string) {
		t.Helper()
		if out, code := runCommand("verify", "--db", url); code != 1 || !strings.Contains(out, says) {
			t.Errorf("%s: verify exits with %d: %s", lie, code, out)
		}
	}
	hide := "UPDATE %[1]s SET %[2]s = -%[2]s WHERE %[2]s = (SELECT max(%[2]s) FROM %[1]s %[3]s)"
	show := "UPDATE %[1]s SET %[2]s = -%[2]s WHERE %[2]s < 0"
	runSQL(t, url, fmt.Sprintf(hide, "pruned_events", "position", ""))
	wrong("a hash that is gone", "it is not as it was written, or another was removed")
	runSQL(t, url, fmt.Sprintf(show, "pruned_events", "position"))
	runSQL(t, url, fmt.Sprintf(hide, "events", position, "WHERE type = 'customer.updated'"))
	wrong("an event that is gone", "it is not as it was written, or another was removed")
	runSQL(t, url, fmt.Sprintf(show, "events", position))
	wantRight(t, url, "4")
	err := s.DB.Update(t.Context(), func(tx store.Tx) error {
		recs, err := tx.Feed(store.FeedQuery{BothModes: true, Limit: 1})
		if err == nil {
			err = tx.Pruning().Prune(recs[0])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wrong("an event that was removed as if it was pruned", "were pruned, and events tell of")
}

func TestPruneRefusals(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for args, want := range map[string]string{
		"": "missing flags: --before", "--before yesterday": "--before must be a day",
		"--before " + time.Now().AddDate(0, 0, -6).Format(time.RFC3339): "at least 7 days ago",
	} {
		var out, log bytes.Buffer
		code := run(t.Context(), append([]string{"events", "prune", "--db", db}, strings.Fields(args)...), &out, &log)
		if code == 0 || !strings.Contains(log.String(), want) {
			t.Errorf("%s: exit %d, %s; want %s", args, code, &log, want)
		}
	}
}
