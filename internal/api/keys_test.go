package api_test

import (
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/store"
)

func init() {
	resources = append(resources, resource{
		make: func(t testing.TB, payment *client.Client, _ things) string {
			t.Helper()
			return ok(payment.Keys.Create(t.Context(), clientele.KeyParams{Name: "till", Scope: "read"}))(t).ID
		},
		reads: func(string) []string { return nil },
		writes: func(id string, _ things) map[string]string { // which are refused to read-only keys, as all of /api/keys
			return map[string]string{
				"GET /api/keys": ``, "POST /api/keys": `{"name":"x","scope":"read"}`, "DELETE /api/keys/" + id: ``,
			}
		},
	})
}

// TestKeys makes a key over the API, uses it, and revokes it with what it made.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := start(t)
	admin := s.Test()
	ends := clientele.At(s.Now().Add(48 * time.Hour))
	made := ok(admin.Keys.Create(t.Context(), clientele.KeyParams{Name: " till ", Scope: "admin", ExpiresAt: &ends}))(t)
	if made.Name != "till" || made.Scope != "admin" || bool(made.Livemode) || !strings.HasPrefix(made.ID, "key_") ||
		!strings.HasPrefix(made.Secret, "sk_test_") || made.ExpiresAt == nil || *made.ExpiresAt != ends ||
		made.Hint != made.Secret[:8]+"…"+made.Secret[len(made.Secret)-4:] {
		t.Errorf("it made %+v", made)
	}
	its := client.New(s.URL, made.Secret)
	child := ok(its.Keys.Create(t.Context(), clientele.KeyParams{Name: "report", Scope: "read"}))(t)
	if child.CreatedBy != made.ID {
		t.Errorf("%s is said to have made it, want %s", child.CreatedBy, made.ID)
	}
	ok(s.Live().Keys.Create(t.Context(), clientele.KeyParams{Name: "live", Scope: "read"}))(t)
	list := ok(admin.Keys.List(t.Context(), clientele.PageParams{Page: 1, PageSize: 2}))(t)
	if list.Count != 3 || len(list.List) != 2 || list.List[0].ID != child.ID || list.List[1].ID != made.ID {
		t.Errorf("they are listed as %+v, want the two that were made last of three", list)
	}
	if beyond := ok(admin.Keys.List(t.Context(),
		clientele.PageParams{Page: 9, PageSize: 2}))(t); beyond.Count != 3 || len(beyond.List) != 0 {
		t.Errorf("beyond the last page is %+v", beyond)
	}
	s.send(t, "DELETE", "/api/keys/"+made.ID, "", "Authorization", "Bearer "+s.LiveKey).refused(t, 404, "id")
	s.send(t, "DELETE", "/api/keys/key_none", "").refused(t, 404, "id")
	for range 2 { // again changes nothing
		revoked := ok(admin.Keys.Revoke(t.Context(), made.ID, clientele.RevokeParams{Made: true}))(t)
		if revoked.RevokedAt == nil || !revoked.RevokedAt.Equal(s.Now()) {
			t.Errorf("it is revoked at %v, want now", revoked.RevokedAt)
		}
	}
	for _, secret := range []string{made.Secret, child.Secret} {
		s.send(t, "GET", "/api/customers", "", "Authorization", "Bearer "+secret).refused(t, 401, "")
	}
	for _, e := range s.events(t, "") {
		for _, secret := range []string{made.Secret, child.Secret} {
			if strings.Contains(string(e.Data.Object), secret) {
				t.Errorf("%s has the secret in it", e.ID)
			}
		}
	}
}

// TestRevokingAKeyLeavesWhatItMade shows that what a key made stays good unless it is asked for.
func TestRevokingAKeyLeavesWhatItMade(t *testing.T) {
	t.Parallel()
	s := start(t)
	made := ok(s.Test().Keys.Create(t.Context(), clientele.KeyParams{Name: "till", Scope: "admin"}))(t)
	child := ok(client.New(s.URL, made.Secret).Keys.Create(t.Context(), clientele.KeyParams{Name: "x", Scope: "read"}))(t)
	ok(s.Test().Keys.Revoke(t.Context(), made.ID, clientele.RevokeParams{}))(t)
	s.send(t, "GET", "/api/customers", "", "Authorization", "Bearer "+child.Secret).must(t, 200)
}

func TestKeysThatAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	now := clientele.At(s.Now()).String()
	for name, test := range map[string]struct{ body, field string }{
		"no name":          {`{"scope":"read"}`, "name"},
		"a blank name":     {`{"name":"  ","scope":"read"}`, "name"},
		"a long name":      {`{"name":"` + strings.Repeat("ä", 256) + `","scope":"read"}`, "name"},
		"no scope":         {`{"name":"x"}`, "scope"},
		"an unknown scope": {`{"name":"x","scope":"root"}`, "scope"},
		"an end that is":   {`{"name":"x","scope":"read","expires_at":"2020-01-01T00:00:00.000Z"}`, "expires_at"},
		"now as its end":   {`{"name":"x","scope":"read","expires_at":"` + now + `"}`, "expires_at"},
		"no moment":        {`{"name":"x","scope":"read","expires_at":"soon"}`, "expires_at"},
		"a secret":         {`{"name":"x","scope":"read","secret":"sk_test_x"}`, "secret"},
		"a mode":           {`{"name":"x","scope":"read","livemode":true}`, "livemode"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.send(t, "POST", "/api/keys", test.body).refused(t, 400, test.field)
		})
	}
	longest := `{"name":"` + strings.Repeat("ä", 255) + `","scope":"metrics"}`
	s.send(t, "POST", "/api/keys", longest).must(t, 201)
	for _, scope := range []store.Scope{store.ScopeRead, store.ScopeWrite} {
		credentials := "Bearer " + ok(s.NewKey(clientele.Test, scope))(t)
		s.send(t, "GET", "/api/keys", "", "Authorization", credentials).refused(t, 403, "")
		for _, body := range []string{`{"name":"x","scope":"read"}`, `{}`, `?`} { // whatever they say
			s.send(t, "POST", "/api/keys", body, "Authorization", credentials).refused(t, 403, "")
		}
	}
}
