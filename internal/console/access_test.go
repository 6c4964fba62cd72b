package console_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/console"
	"clientele.dev/internal/store"
)

// keyed is a browser that has signed in with a new key.
func keyed(t *testing.T, s *apptest.Server, mode clientele.Mode, scope store.Scope) *browser {
	t.Helper()
	secret, err := s.NewKey(mode, scope)
	if err != nil {
		t.Fatal(err)
	}
	return signedIn(t, s, secret)
}

// everything is all that a form could change.
func everything(t *testing.T, s *apptest.Server) string {
	t.Helper()
	all := ""
	for _, query := range []string{
		"SELECT count(*), max(seq) FROM events", "SELECT id, doc FROM api_keys ORDER BY id",
		"SELECT id, name, revoked_at FROM apps ORDER BY id", "SELECT count(*) FROM sessions WHERE kind = 'portal'",
	} {
		rows, err := s.Rows(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		all += fmt.Sprintln(rows)
	}
	return all
}

// TestFormsRefuseWhoMayNotSendThem sends every form as everybody who may not: each is refused, and nothing is changed.
func TestFormsRefuseWhoMayNotSendThem(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	operator := signedIn(t, s, s.TestKey)
	operator.post("/sign-in", url.Values{"key": {s.LiveKey}}).want(303) // of both modes
	customer := operator.newCustomer("Ada")
	invoice := operator.newInvoice(customer, "12.34")
	id := strings.TrimPrefix(customer, "/test/customers/")
	payment, err := s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
		CustomerID: id, CurrencyID: usd(t, s).ID,
		Amount:      new(clientele.NewAmount("", 5)),
		Allocations: &[]clientele.AllocationParams{},
	})
	if err != nil {
		t.Fatal(err)
	}
	operator.fill("/test/developers/apps/new", map[string]string{"name": "shop"}).want(200, "BLOCKLET_APP_SK")
	apps, err := s.DB.Apps(t.Context())
	if err != nil || len(apps) != 1 {
		t.Fatalf("%+v, %v", apps, err)
	}
	keys, err := s.DB.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"/test/settings", "/test/customers/new", "/test/invoices/new", "/test/payments/new"}
	for base, names := range map[string]string{
		customer:                       "edit delete restore credit portal close",
		invoice:                        "edit delete finalize void uncollectible hold release credit-note apply-credit",
		"/test/payments/" + payment.ID: "allocate unallocate reverse refund credit", "/test/developers/keys": "new",
		"/test/developers/keys/" + keys[0].ID: "revoke",
	} {
		for name := range strings.FieldsSeq(names) {
			paths = append(paths, base+"/"+name)
		}
	}
	ofApps := []string{"/test/developers/apps/new", "/test/developers/apps/" + apps[0].ID + "/revoke"}
	ofKeys := []string{"/test/developers/keys/new", "/test/developers/keys/" + keys[0].ID + "/revoke"}
	sent := url.Values{
		"name": {"x"}, "scope": {"write"}, "port": {"8080"}, "customer_id": {id}, "amount": {"1"},
		"currency_id": {usd(t, s).ID},
		"reason":      {"x"}, "lines[0].description": {"x"}, "lines[0].unit_amount": {"1"}, "email": {"x@example.com"},
	}
	before := everything(t, s)
	refuse := func(who string, b *browser, paths []string, status int) {
		t.Helper()
		for _, path := range paths {
			got := b.post(path, sent)
			if got.status != status || status == 303 && !strings.HasPrefix(got.header.Get("Location"), "/sign-in") {
				t.Errorf("%s sends %s: %d, leads to %q, want %d", who, path, got.status, got.header.Get("Location"), status)
			}
			if strings.Contains(got.body, "sk_") || strings.Contains(got.body, "BLOCKLET") {
				t.Errorf("%s sends %s and is answered a secret", who, path)
			}
			if after := everything(t, s); after != before {
				t.Fatalf("%s sends %s, which changed\n%s\nto\n%s", who, path, before, after)
			}
		}
	}
	all := append(paths, ofApps...)
	refuse("nobody", newBrowser(t, s), all, 303)
	customerOnly := portal(t, s, id)
	before = everything(t, s) // with the portal's session
	refuse("a customer", customerOnly, all, 303)
	reader := keyed(t, s, clientele.Test, store.ScopeRead)
	live := keyed(t, s, clientele.Live, store.ScopeWrite)
	writer := keyed(t, s, clientele.Test, store.ScopeWrite)
	half := keyed(t, s, clientele.Test, store.ScopeAdmin) // and may only read the other mode
	other, err := s.NewKey(clientele.Live, store.ScopeRead)
	if err != nil {
		t.Fatal(err)
	}
	half.post("/sign-in", url.Values{"key": {other}}).want(303)
	before = everything(t, s) // with these keys
	refuse("a key that reads", reader, all, 403)
	refuse("a key of the other mode", live, all, 303)
	refuse("a key of one mode", writer, ofApps, 403)
	refuse("a key of one mode, and one that reads the other", half, ofApps, 403)
	refuse("a key that writes", writer, ofKeys, 403)
	for _, path := range ofApps {
		writer.get(path).want(403)
		half.get(path).want(403)
	}
}

// TestKeysThatKeysMade shows that a session makes keys only by right, that each says who made it, ends when it was
// said, and goes with its maker when that is wanted.
func TestKeysThatKeysMade(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	operator := signedIn(t, s, s.TestKey)
	make := func(b *browser, values map[string]string) (secret string) {
		t.Helper()
		page := b.fill("/test/developers/keys/new", values).want(200, "sk_test_").body
		secret, _, _ = strings.Cut(page[strings.Index(page, "sk_test_"):], "<")
		return strings.TrimSpace(secret)
	}
	works := func(secret string) bool {
		payment := client.New(s.URL, secret, client.WithMaxRetries(0))
		_, err := payment.Receivables.Summary(t.Context(), clientele.SummaryParams{})
		return err == nil
	}
	admin := make(operator, map[string]string{"name": "the contractor", "scope": "admin"})
	contractor := signedIn(t, s, admin)
	theirs := make(contractor, map[string]string{"name": "left behind", "scope": "write"})
	short := make(contractor, map[string]string{
		"name": "short", "scope": "read", "expires": s.Now().Format(time.DateOnly),
	})
	if !works(theirs) || !works(short) {
		t.Fatal("a new key does not open")
	}
	writer := signedIn(t, s, theirs)
	writer.get("/test/developers/keys/new").want(403, "scope admin")
	page := writer.get("/test/developers").want(200, "by <bdi>key the contractor</bdi>", "by <bdi>key apptest</bdi>")
	if strings.Contains(page.body, "keys/new") || strings.Contains(page.body, "/revoke") {
		t.Error("who may not make keys is offered to")
	}
	for field, value := range map[string]string{"expires": "2020-01-01", "scope": "root", "name": ""} {
		values := map[string]string{"name": "x", "scope": "read", field: value}
		operator.fill("/test/developers/keys/new", values).want(400)
	}
	metrics := make(operator, map[string]string{"name": "prometheus", "scope": "metrics"})
	newBrowser(t, s).post("/sign-in", url.Values{"key": {metrics}}).want(401, "/metrics")
	s.Advance(24 * time.Hour)
	if works(short) || !works(theirs) {
		t.Error("the key that was good for a day is good, or the other is not")
	}
	operator = signedIn(t, s, s.TestKey)
	id := func(name string) string {
		keys, err := s.DB.Keys(t.Context())
		i := slices.IndexFunc(keys, func(k store.Key) bool { return k.Name == name })
		if err != nil || i < 0 {
			t.Fatal(name, err)
		}
		return "/test/developers/keys/" + keys[i].ID + "/revoke"
	}
	form := operator.get(id("the contractor")).want(200, "Also revoke the keys that it made", "left behind")
	if strings.Contains(form.body, "for short") {
		t.Error("a key that has ended is to be revoked")
	}
	operator.fill(id("the contractor"), map[string]string{"made": ""}).want(303)
	if works(admin) || !works(theirs) {
		t.Error("revoked alone, the key is good, or what it made is not")
	}
	contractor.get("/test").want(303) // to sign in
	operator.fill(id("left behind"), nil).want(303)
	operator.get("/test/developers").want(200, "api_key.created", "api_key.revoked")

	second := make(operator, map[string]string{"name": "second", "scope": "admin"})
	child := make(signedIn(t, s, second), map[string]string{"name": "child", "scope": "admin"})
	grandchild := make(signedIn(t, s, child), map[string]string{"name": "grandchild", "scope": "read"})
	operator.fill(id("second"), map[string]string{"made": "on"}).want(303)
	if works(second) || works(child) || works(grandchild) {
		t.Error("revoked with what it made, something is good still")
	}
}

// TestDevelopersShowOneMode shows that the page of a mode has no key, event or failed request of the other.
func TestDevelopersShowOneMode(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	made := map[clientele.Mode]string{}
	for mode, payment := range map[clientele.Mode]*client.Client{clientele.Test: s.Test(), clientele.Live: s.Live()} {
		c, err := payment.Customers.Create(t.Context(), clientele.CustomerParams{Name: new("Ada")})
		if err != nil {
			t.Fatal(err)
		}
		made[mode] = c.ID
	}
	keys, err := s.DB.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for mode, secret := range map[clientele.Mode]string{clientele.Test: s.TestKey, clientele.Live: s.LiveKey} {
		page := signedIn(t, s, secret).get("/"+mode.String()+"/developers").want(200, made[mode])
		if strings.Contains(page.body, made[!mode]) {
			t.Errorf("the page of %s mode has an event of the other", mode)
		}
		for _, k := range keys {
			if shown := strings.Contains(page.body, k.Hint); shown != (k.Livemode == mode) {
				t.Errorf("the page of %s mode has the key %s of %s mode: %t", mode, k.Hint, k.Livemode, shown)
			}
		}
	}
}

// failingStore is a database that cannot end sessions.
type failingStore struct{ store.Store }

// EndSession implements [store.Access].
func (failingStore) EndSession(context.Context, [32]byte) (bool, error) {
	return false, errors.New("the disk is gone")
}

// TestASignOutThatFailsSaysSo shows that nobody is told to be signed out whose session goes on.
func TestASignOutThatFailsSaysSo(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	access := auth.New(failingStore{s.DB}, s.Now)
	token, _, err := access.SignIn(t.Context(), "req_1", s.TestKey, "")
	if err != nil {
		t.Fatal(err)
	}
	handler := console.New(console.Config{
		Service: s.Service, Auth: access, Access: s.DB, Log: slog.New(slog.DiscardHandler), Now: s.Now,
	})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-out", nil)
	r.AddCookie(&http.Cookie{Name: "clientele", Value: token})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	cookie, location := w.Header().Get("Set-Cookie"), w.Header().Get("Location")
	if w.Code != http.StatusInternalServerError || cookie != "" || location != "" {
		t.Errorf("signing out when the session cannot be ended: %d, Set-Cookie %q, leads to %q; want 500 and neither",
			w.Code, cookie, location)
	}
	if strings.Contains(w.Body.String(), "disk") {
		t.Errorf("it tells the browser why: %s", w.Body)
	}
	// Nor is anybody signed in anew, or let in by a link, while what they had cannot be ended.
	if _, _, err := access.SignIn(t.Context(), "req_1", s.TestKey, token); err == nil {
		t.Error("a session goes on in another, and the old one could not be ended")
	}
	link, err := access.NewLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, good, err := access.OpenLink(t.Context(), "req_1", link); good || err == nil {
		t.Errorf("a link that cannot be used up is good: %t, %v", good, err)
	}
}

// TestPagesOfFullLists shows where a list ends: at exactly one page of rows, one more, and two pages.
func TestPagesOfFullLists(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	made := 0
	for _, test := range []struct {
		rows                 int
		page                 string
		shown                string
		hasNext, hasPrevious bool
	}{
		{24, "", "1–24 of 24", false, false}, {25, "", "1–25 of 25", false, false}, {26, "", "1–25 of 26", true, false},
		{26, "2", "26–26 of 26", false, true}, {50, "2", "26–50 of 50", false, true}, {51, "2", "26–50 of 51", true, true},
	} {
		for ; made < test.rows; made++ {
			if _, err := s.Test().Customers.Create(t.Context(), clientele.CustomerParams{Name: new("Ada")}); err != nil {
				t.Fatal(err)
			}
		}
		page := b.get("/test/customers?page="+test.page).want(200, test.shown)
		if got := strings.Contains(page.body, `rel="next"`); got != test.hasNext {
			t.Errorf("page %q of %d rows has a next one: %t, want %t", test.page, test.rows, got, test.hasNext)
		}
		if got := strings.Contains(page.body, `rel="prev"`); got != test.hasPrevious {
			t.Errorf("page %q of %d rows has one before: %t, want %t", test.page, test.rows, got, test.hasPrevious)
		}
	}
}

// TestLateInvoicesArePrintedAsPastDue looks at what a person prints and what a customer is shown, on the due second and
// after.
func TestLateInvoicesArePrintedAsPastDue(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	id := strings.TrimPrefix(customer, "/test/customers/")
	made, err := s.Test().Invoices.Create(t.Context(), clientele.InvoiceParams{
		CustomerID: id, CurrencyID: usd(t, s).ID, Finalize: true,
		InvoiceContent: clientele.InvoiceContent{
			DueDate: clientele.DueAt(s.Now().Unix()),
			Lines: []clientele.LineParams{{
				Description: "Work", Quantity: new(int64(1)),
				UnitAmount: new(clientele.NewAmount("", 500)),
			}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, days := range []int{0, 28} {
		s.Advance(time.Duration(days) * 24 * time.Hour)
		for who, page := range map[string]answer{
			"the operator": signedIn(t, s, s.TestKey).get("/test/invoices/" + made.ID + "/page").want(200),
			"the customer": portal(t, s, id).get("/customer/invoice/" + made.ID + "/page").want(200),
		} {
			if late := strings.Contains(page.body, ">Past due</span>"); late != (days > 0) {
				t.Errorf("%d days late, for %s it is printed as past due: %t", days, who, late)
			}
		}
	}
}
