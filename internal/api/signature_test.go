package api_test

import (
	"crypto/ed25519"
	"crypto/sha3"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
)

// application signs as the published client does.
type application struct {
	s      *server
	key    ed25519.PrivateKey
	longer int64 // seconds that its signatures last past the 300 of the published client
}

// trusted makes an application that the server trusts.
func trusted(t *testing.T, s *server) (application, store.App) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	app, err := auth.NewApps(s.DB, s.Now).Trust(t.Context(), store.By{}, "shop", public)
	if err != nil {
		t.Fatal(err)
	}
	return application{s: s, key: private}, app
}

// sign makes the headers of a request whose query is pairs of name and value.
func (a application) sign(t *testing.T, method, path, body string, query ...string) []string {
	t.Helper()
	if body == "" {
		body = "{}"
	}
	parameters := map[string]string{}
	for i := 0; i < len(query); i += 2 {
		parameters[query[i]] = query[i+1]
	}
	issued := a.s.Now().Unix()
	expires := issued + 300 + a.longer
	payload, err := json.Marshal(map[string]any{
		"body": json.RawMessage(body), "exp": expires, "iat": issued, "method": strings.ToLower(method),
		"query": parameters, "url": path,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := (*jsontext.Value)(&payload).Canonicalize(); err != nil {
		t.Fatal(err)
	}
	digest := sha3.Sum256(payload)
	return []string{
		"Authorization", "", "x-component-sig", "0x" + hex.EncodeToString(ed25519.Sign(a.key, digest[:])),
		"x-component-sig-iat", fmt.Sprint(issued), "x-component-sig-exp", fmt.Sprint(expires),
		"x-component-sig-version", "1", "x-component-did", didApp,
	}
}

func TestASignedRequestChoosesItsMode(t *testing.T) {
	t.Parallel()
	s := start(t)
	a, _ := trusted(t, s)
	path := "/api/customers/did:abt:" + didAccount
	body := `{"create":true}`
	test := s.send(t, "GET", path+"?livemode=false", body, a.sign(t, "GET", path, body, "livemode",
		"false")...).customer(t)
	live := s.send(t, "GET", path+"?livemode=true", body, a.sign(t, "GET", path, body, "livemode", "true")...).customer(t)
	unsaid := s.send(t, "GET", path, body, a.sign(t, "GET", path, body)...).customer(t)
	if test.Livemode || !live.Livemode || unsaid.ID != live.ID || test.ID == live.ID {
		t.Errorf("livemode false: %v, true: %v, absent: %v", test.Livemode, live.Livemode, unsaid.Livemode)
	}
	s.send(t, "GET", path+"?livemode=maybe", body, a.sign(t, "GET", path, body, "livemode", "maybe")...).refused(t, 400,
		"livemode")
	if again := s.send(t, "GET", path+"?livemode=false", "", a.sign(t, "GET", path, "", "livemode",
		"false")...); again.customer(t).ID != test.ID {
		t.Errorf("found %s", again.body)
	}
}

func TestASignatureIsForOneRequestOfATrustedApplication(t *testing.T) {
	t.Parallel()
	s := start(t)
	a, app := trusted(t, s)
	c := s.post(t, `{"name":"Ada"}`)
	path, body := "/api/customers/"+c.ID, `{"name":"Eve"}`
	good := func() []string { return a.sign(t, "PUT", path, body, "livemode", "false") }
	_, stranger, _ := ed25519.GenerateKey(nil)
	before := s.state(t)
	with := func(name, value string) []string { return append(good(), name, value) }
	for name, r := range map[string]struct {
		method, target, body string
		headers              []string
	}{
		"another body":   {"PUT", path + "?livemode=false", `{"name":"Mallory"}`, good()},
		"another path":   {"PUT", "/api/customers/" + didAccount + "?livemode=false", body, good()},
		"another method": {"POST", path + "/restore?livemode=false", body, good()},
		"another query":  {"PUT", path + "?livemode=true", body, good()},
		"no query":       {"PUT", path, body, good()},
		"a stranger's": {"PUT", path + "?livemode=false", body, application{s: s, key: stranger}.sign(t, "PUT", path, body,
			"livemode", "false")},
		"another version": {"PUT", path + "?livemode=false", body, with("x-component-sig-version", "2")},
		"no version":      {"PUT", path + "?livemode=false", body, with("x-component-sig-version", "")},
		"an hour's": {"PUT", path + "?livemode=false", body, application{s: s, key: a.key, longer: 3300}.sign(t, "PUT",
			path,
			body, "livemode", "false")},
		"a later end": {"PUT", path + "?livemode=false", body, with("x-component-sig-exp",
			fmt.Sprint(s.Now().Unix()+301))},
		"an end in hex":    {"PUT", path + "?livemode=false", body, with("x-component-sig-exp", "0x7fffffff")},
		"no end":           {"PUT", path + "?livemode=false", body, with("x-component-sig-exp", "Infinity")},
		"half a signature": {"PUT", path + "?livemode=false", body, with("x-component-sig", "0x00")},
		"a path prefix":    {"PUT", "/x" + path + "?livemode=false", body, with("x-path-prefix", "/x")},
	} {
		got := s.send(t, r.method, r.target, r.body, r.headers...)
		want := 401
		if name == "a path prefix" { // nobody believes the header, and so there is nothing at the path
			want = 404
		}
		if got.status != want {
			t.Errorf("%s: answered %d: %s", name, got.status, got.body)
		}
	}
	s.send(t, "PUT", path+"?livemode=false", body, append(good(), "Authorization", "Bearer "+s.TestKey)...).refused(t,
		400, "")
	early, late := good(), s
	late.Advance(301 * time.Second)
	s.send(t, "PUT", path+"?livemode=false", body, early...).refused(t, 401, "")
	if s.state(t) != before {
		t.Fatal("a request that was not signed changed something")
	}
	got := s.send(t, "PUT", path+"?livemode=false", body, good()...).must(t, 200)
	if got.customer(t).Name != "Eve" {
		t.Errorf("answered %s", got.body)
	}
	if last := s.events(t, c.ID)[1]; last.Request.RequestedBy != app.ID {
		t.Errorf("the event says %q asked", last.Request.RequestedBy)
	}
	if err := auth.NewApps(s.DB, s.Now).Revoke(t.Context(), store.By{}, app.ID); err != nil {
		t.Fatal(err)
	}
	s.send(t, "PUT", path+"?livemode=false", `{"name":"x"}`, a.sign(t, "PUT", path, `{"name":"x"}`, "livemode",
		"false")...).refused(t, 401, "")
}

func TestASignedMutationSentAgainHasOneEffect(t *testing.T) {
	t.Parallel()
	s := start(t)
	a, _ := trusted(t, s)
	headers := a.sign(t, "POST", "/api/customers", `{"name":"Ada"}`, "livemode", "false")
	first := s.send(t, "POST", "/api/customers?livemode=false", `{"name":"Ada"}`, headers...).must(t, 201)
	state := s.state(t)
	s.Advance(time.Second)
	again := s.send(t, "POST", "/api/customers?livemode=false", `{"name":"Ada"}`, headers...).must(t, 201)
	if string(again.body) != string(first.body) || again.header.Get("Idempotent-Replayed") != "true" ||
		s.state(t) != state {
		t.Errorf("sent again, it answered %s", again.body)
	}
	fresh := a.sign(t, "POST", "/api/customers", `{"name":"Ada"}`, "livemode", "false") // a second later
	another := s.send(t, "POST", "/api/customers?livemode=false", `{"name":"Ada"}`, fresh...).must(t, 201)
	if another.customer(t).ID == first.customer(t).ID {
		t.Error("a new signature was taken for the old")
	}
	named := func() reply {
		s.Advance(time.Second)
		fresh := append(a.sign(t, "POST", "/api/customers", `{"name":"Eve"}`, "livemode", "false"), "Idempotency-Key", "e")
		return s.send(t, "POST", "/api/customers?livemode=false", `{"name":"Eve"}`, fresh...).must(t, 201)
	}
	if first, again := named(), named(); string(again.body) != string(first.body) || !again.replayed() {
		t.Errorf("signed anew under its key, it answered %s", again.body)
	}
}
