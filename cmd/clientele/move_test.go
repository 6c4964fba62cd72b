package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
)

// busyBooks makes a database in which something of everything is.
func busyBooks(t *testing.T, db string) {
	t.Helper()
	s, err := apptest.Open(db) // with its own currencies
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if out, told, code := importing(t, "paymentkit", paymentKitFile(t, richBooks(t)), "--db", db); code != 0 {
		t.Fatalf("importing exits with %d: %s%s", code, out, told)
	}
	p, ctx := s.Test(), t.Context()
	for range 5 {
		i, err := oneMore(ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Payments.Create(ctx, clientele.PaymentParams{
			CustomerID: i.CustomerID, CurrencyID: i.CurrencyID, Amount: new(clientele.NewAmount(i.CurrencyID, 150)),
			Receipt: clientele.Receipt{Date: new(i.Date - 40)}, // so that it is recorded late
		}, client.IdempotencyKey("pay "+i.ID))
		if err != nil {
			t.Fatal(err)
		}
	}
	gone, err := p.Customers.Create(ctx, clientele.CustomerParams{Name: new("Gone"), ExternalID: new("gone")})
	if err != nil {
		t.Fatal(err)
	}
	admin, err := s.NewKey(clientele.Test, store.ScopeAdmin)
	if err != nil {
		t.Fatal(err)
	}
	through, err := clientele.ParseDay("2024-03-31")
	if err != nil {
		t.Fatal(err)
	}
	_, deleteErr := p.Customers.Delete(ctx, gone.ID)
	_, prefixErr := p.Customers.Update(ctx, "cus_bob", clientele.CustomerParams{InvoicePrefix: new("NEWBOB")})
	_, settingsErr := p.Settings.Update(ctx, clientele.SettingsParams{TimeZone: new("Europe/Berlin")})
	_, closingErr := client.New(s.URL, admin).Closings.Create(ctx, clientele.ClosingParams{Through: &through})
	if err := errors.Join(deleteErr, prefixErr, settingsErr, closingErr); err != nil {
		t.Fatal(err)
	}
}

// TestMove moves books to PostgreSQL and back: both have the same content, right books, the same history, and still
// know what was asked of them.
func TestMove(t *testing.T) {
	t.Parallel()
	first, second, third := newDatabase(t), pgtest.URL(t, nil), newDatabase(t)
	busyBooks(t, first)
	endpoint := toldOfBooks(t, first)
	if out, code := runCommand("apps", "new", "--name", "shop", "--db", first); code != 0 {
		t.Fatal(out)
	}
	for _, way := range [][2]string{{first, second}, {second, third}} {
		var out, log bytes.Buffer
		code := run(t.Context(), []string{"move", "--from", way[0], "--to", way[1]}, &out, &log)
		if code != 0 || !strings.Contains(out.String(), "Both have the hash "+hashIn(t, first)) {
			t.Fatalf("it exits with %d: %s%s", code, &out, &log)
		}
		for _, db := range way {
			if out, code := runCommand("verify", "--db", db); code != 0 {
				t.Errorf("the books of %s are not right: %s", db, out)
			}
		}
	}
	s, err := apptest.Open(third)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, ctx := s.Test(), t.Context()
	ada, err := p.Customers.Retrieve(ctx, "cus_ada")
	if err != nil {
		t.Fatal(err)
	}
	if on, want := documentsOfAda(t, second), fmt.Sprint(ada.InvoiceCount, ada.PaymentCount); on != want {
		t.Errorf("on PostgreSQL Ada has so many documents: %s, want %s", on, want)
	}
	paid := clientele.InvoiceListParams{Status: []clientele.InvoiceStatus{clientele.InvoicePaid}}
	page, err := p.Invoices.List(ctx, paid)
	if err != nil || page.Count != 9 {
		t.Errorf("there are %v paid invoices (%v)", page, err)
	}
	found, err := p.Customers.Search(ctx, clientele.CustomerSearchParams{Query: "ada@example.com"})
	if err != nil || found.Count != 1 || found.List[0].ID != "cus_ada" {
		t.Errorf("Ada is found %v (%v)", found, err)
	}
	if _, err := p.Customers.Update(ctx, "cus_ada", clientele.CustomerParams{InvoicePrefix: new("BOB0")}); err == nil {
		t.Error("a prefix that another customer had is taken")
	}
	history, err := billingOf(s).Customers.History(ctx, clientele.Test, "cus_bob")
	if err != nil || len(history) != 2 {
		t.Errorf("Bob's history is %+v (%v)", history, err)
	}
	after := clientele.WebhookReplayParams{After: "evt_cus_ada_1"}
	queued, err := p.WebhookEndpoints.Replay(ctx, endpoint.ID, after)
	if err != nil || queued.Queued != 0 {
		t.Errorf("what the endpoint is to be told is not there: %+v (%v)", queued, err)
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		secrets, err := tx.Webhooks().Secrets(endpoint.ID, time.Now())
		if err != nil || len(secrets) != 1 || secrets[0].Secret != endpoint.Secret {
			t.Errorf("the secrets of the endpoint are %+v", secrets)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	apps, code := runCommand("apps", "list", "--db", first)
	moved, _ := runCommand("apps", "list", "--db", third)
	if code != 0 || moved != apps || !strings.Contains(apps, "shop") {
		t.Errorf("the applications are\n%swere\n%s", moved, apps)
	}
	were, _ := runCommand("keys", "list", "--db", first)
	is, code := runCommand("keys", "list", "--db", third)
	for key := range strings.Lines(were) { // there are more since it was opened
		if id, _, _ := strings.Cut(key, " "); code != 0 || !strings.Contains(is, id) {
			t.Errorf("the key %s is gone: %s", id, is)
		}
	}
}

// toldOfBooks makes a webhook endpoint that is to be told of much of what is there.
func toldOfBooks(t *testing.T, db string) *clientele.WebhookEndpoint {
	t.Helper()
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w, err := s.Test().WebhookEndpoints.Create(t.Context(), clientele.WebhookEndpointParams{
		URL: new("https://example.com/"), EnabledEvents: &[]string{"customer.*", "invoice.*"},
	})
	if err != nil {
		t.Fatal(err)
	}
	after := clientele.WebhookReplayParams{After: "evt_cus_ada_1"}
	queued, err := s.Test().WebhookEndpoints.Replay(t.Context(), w.ID, after)
	if err != nil || queued.Queued < 10 {
		t.Fatalf("%+v, %v", queued, err)
	}
	return w
}

// documentsOfAda is how many invoices and payments the database says that a customer has.
func documentsOfAda(t *testing.T, db string) string {
	t.Helper()
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ada, err := s.Test().Customers.Retrieve(t.Context(), "cus_ada")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(ada.InvoiceCount, ada.PaymentCount)
}

// TestMovesSurviveKills kills moves at moments that come by chance, until one comes to its end, which has it all.
func TestMovesSurviveKills(t *testing.T) {
	t.Parallel()
	from := newDatabase(t)
	busyBooks(t, from)
	want := hashIn(t, from)
	for name, to := range map[string]string{"SQLite": newDatabase(t), "PostgreSQL": pgtest.URL(t, nil)} {
		kills := survive(t, func() *exec.Cmd { return command(to, "move", "--from", from, "--to", to) })
		if got := hashIn(t, to); got != want {
			t.Errorf("%s: after %d kills the hash is %s, want %s", name, kills, got, want)
		}
		if out, code := runCommand("verify", "--db", to); code != 0 {
			t.Errorf("%s: after %d kills the books are not right: %s", name, kills, out)
		}
		t.Logf("%s: %d kills", name, kills)
	}
}

// survive runs a command and kills it at moments that come by chance, later and later, until it comes to its end, which
// must be a good one.
func survive(t *testing.T, prepare func() *exec.Cmd) (kills int) {
	t.Helper()
	for patience := 4 * time.Millisecond; ; patience += patience / 8 {
		c := prepare()
		var out strings.Builder
		c.Stdout, c.Stderr = &out, &out
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("after %d kills: %v: %s", kills, err, &out)
			}
			return kills
		case <-time.After(time.Duration(rand.Int64N(int64(2 * patience)))):
			if err := errors.Join(c.Process.Kill(), <-ended); err == nil {
				return kills
			}
			kills++
		}
	}
}

// TestMoveRefuses a database that has something, and leaves it as it is.
func TestMoveRefuses(t *testing.T) {
	t.Parallel()
	from, full := "sqlite:"+rightBooks(t), "sqlite:"+rightBooks(t)
	was := hashIn(t, full)
	none := "sqlite:" + filepath.Join(t.TempDir(), "none.db")
	for _, c := range []struct{ from, to, says string }{
		{from, full, "is not empty"}, {none, newDatabase(t), "there is no database"},
		{from, "mysql://x", "--db must be"},
	} {
		var out, log bytes.Buffer
		if code := run(t.Context(), []string{"move", "--from", c.from, "--to", c.to}, &out, &log); code != 1 ||
			!strings.Contains(log.String(), c.says) {
			t.Errorf("from %s to %s it exits with %d: %s%s, want %q", c.from, c.to, code, &out, &log, c.says)
		}
	}
	if out, code := runCommand("move", "--from", full, "--to", full); code != 0 ||
		!strings.Contains(out, "There is nothing to move") {
		t.Errorf("to where it is already it exits with %d: %s", code, out)
	}
	if is := hashIn(t, full); is != was {
		t.Error("the full database has changed")
	}
}
