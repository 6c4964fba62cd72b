package auth_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha3"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
	"clientele.dev/internal/wire"
)

// samples are requests that the published client signed.
type samples struct {
	PublicKey, DID string
	Clock          int64
	Requests       []request
}

type request struct {
	Name, Method, RequestURI string
	Headers                  map[string]string
	Body, Canonical          string
}

func readSamples(t testing.TB) samples {
	t.Helper()
	file, err := os.ReadFile("testdata/component-signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var s samples
	if err := json.Unmarshal(file, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// trusting is a store that trusts the samples' signer, and somebody else.
func (s samples) trusting(t testing.TB) *records {
	t.Helper()
	key, err := auth.ParsePublicKey(s.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return &records{apps: []store.App{
		auth.NewApp("another", auth.NewPair().Public, noon),
		auth.NewApp("a damaged row", key[:31], noon),
		{ID: "app_shop", Name: "shop", PublicKey: key, CreatedAt: noon},
	}}
}

// send authenticates a request at the moment the samples were made.
func (s samples) send(t testing.TB, store auth.Store, r request) (auth.Caller, error) {
	t.Helper()
	return s.sendAt(t, store, s.Clock, r)
}

func (s samples) sendAt(t testing.TB, store auth.Store, clock int64, r request) (auth.Caller, error) {
	t.Helper()
	header := http.Header{}
	for name, value := range r.Headers {
		header.Set(name, value)
	}
	return authenticate(t, store, clock, r.Method, r.RequestURI, header, r.Body)
}

func authenticate(
	t testing.TB, store auth.Store, clock int64, method, uri string, header http.Header, body string,
) (auth.Caller, error) {
	t.Helper()
	target, err := url.ParseRequestURI(uri)
	if err != nil {
		return auth.Caller{}, err
	}
	query, err := wire.ParseQuery(target.RawQuery)
	if err != nil {
		return auth.Caller{}, err
	}
	r := &http.Request{Method: method, RequestURI: uri, URL: target, Header: header}
	now := func() time.Time { return time.Unix(clock, 999_999_999) }
	return auth.New(store, now).Authenticate(t.Context(), r, query,
		func() ([]byte, error) { return []byte(body), nil })
}

func TestSamplesAreAccepted(t *testing.T) {
	t.Parallel()
	s := readSamples(t)
	for _, r := range s.Requests {
		caller, err := s.send(t, s.trusting(t), r)
		want := auth.Caller{
			ID: "app_shop", Scope: store.ScopeWrite,
			Livemode:  clientele.Mode(strings.Contains(r.RequestURI, "livemode=true")),
			Signature: strings.TrimPrefix(r.Headers["x-component-sig"], "0x"),
		}
		if err != nil || caller != want {
			t.Errorf("%s: %+v, %v, want %+v", r.Name, caller, err, want)
		}
	}
}

// change makes a request into another.
type change func(r *request)

func header(name, value string) change { return func(r *request) { r.Headers[name] = value } }
func without(name string) change       { return func(r *request) { delete(r.Headers, name) } }
func uri(text string) change           { return func(r *request) { r.RequestURI = text } }
func content(text string) change       { return func(r *request) { r.Body = text } }
func replaceBody(from, to string) change {
	return func(r *request) { r.Body = strings.Replace(r.Body, from, to, 1) }
}

func (r request) with(changes ...change) request {
	r.Headers = maps.Clone(r.Headers)
	for _, change := range changes {
		change(&r)
	}
	return r
}

// The same request in other words.
func TestSignatureStillGood(t *testing.T) {
	t.Parallel()
	s := readSamples(t)
	retrieve, update, search := s.Requests[0], s.Requests[1], s.Requests[2]
	sig := retrieve.Headers["x-component-sig"]
	var reordered map[string]any
	if err := json.Unmarshal([]byte(update.Body), &reordered); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.MarshalIndent(reordered, " ", "\t") // in the order of the keys, with spaces
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]request{
		"query in another order": search.with(uri("/api/customers/search?livemode=false&o=created:-1&pageSize=5&" +
			"query=john%2bdoe+%c3%a9%26x%3d1+%25")),
		"body in another order": update.with(content(string(sorted))),
		"upper-case hex":        retrieve.with(header("x-component-sig", "0x"+strings.ToUpper(sig[2:]))),
		"empty object as body":  retrieve.with(content("{}")),
		"method in lower case":  retrieve.with(func(r *request) { r.Method = "get" }),
		"another label":         retrieve.with(header("x-component-did", "z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE")),
		"no label":              retrieve.with(without("x-component-did")),
		"a path prefix nobody signed": retrieve.with(header("x-path-prefix", "/elsewhere"),
			header("x-original-uri", "/api/customers/cus_yyy")),
		"another host": retrieve.with(uri("http://elsewhere.example" + retrieve.RequestURI)),
	}
	for name, r := range tests {
		caller, err := s.send(t, s.trusting(t), r)
		if err != nil || caller.ID != "app_shop" || caller.Signature != r.with().signature() {
			t.Errorf("%s: %+v, %v", name, caller, err)
		}
	}
	for _, clock := range []int64{s.Clock - 60, s.Clock, s.Clock + 300} {
		if _, err := s.sendAt(t, s.trusting(t), clock, retrieve); err != nil {
			t.Errorf("at %+d seconds: %v", clock-s.Clock, err)
		}
	}
}

func (r request) signature() string { return strings.ToLower(r.Headers["x-component-sig"][2:]) }

func TestSignatureRefused(t *testing.T) {
	t.Parallel()
	s := readSamples(t)
	retrieve, update, search := s.Requests[0], s.Requests[1], s.Requests[2]
	sig := retrieve.Headers["x-component-sig"]
	prefix := header("x-path-prefix", "/api/customers")
	const notOne = "not one that a trusted application made"
	type refused struct {
		name    string
		request request
		message string
		field   string // set when the body is at fault, not the signature
	}
	tests := []refused{
		{"another method", retrieve.with(func(r *request) { r.Method = "DELETE" }), notOne, ""},
		{"another id", retrieve.with(uri("/api/customers/cus_xxy?livemode=true")), notOne, ""},
		{"a longer path", retrieve.with(uri("/api/customers/cus_xxx/?livemode=true")), notOne, ""},
		{"an escaped path", retrieve.with(uri("/api/customers/cus%5Fxxx?livemode=true")), notOne, ""},
		{"a doubled slash", retrieve.with(uri("//api/customers/cus_xxx?livemode=true")), notOne, ""},
		{"another path for a prefix", retrieve.with(uri("/cus_xxx?livemode=true"), prefix), notOne, ""},
		{"another mode", retrieve.with(uri("/api/customers/cus_xxx?livemode=false")), notOne, ""},
		{"no query", retrieve.with(uri("/api/customers/cus_xxx")), notOne, ""},
		{"one more parameter", retrieve.with(uri("/api/customers/cus_xxx?livemode=true&x=")), notOne, ""},
		{"a value with a space", search.with(uri(search.RequestURI + "+")), notOne, ""},
		{"a list for a scalar", retrieve.with(uri("/api/customers/cus_xxx?livemode[]=true")), notOne, ""},
		{"a body", retrieve.with(content(`{"create":true}`)), notOne, ""},
		{"no body", update.with(content("")), notOne, ""},
		{"another value", update.with(replaceBody("user-456", "user-457")), notOne, ""},
		{"another type", update.with(replaceBody(`"2"`, "2")), notOne, ""},
		{"one more member", update.with(replaceBody(`"address":{}`, `"address":{},"x":null`)), notOne, ""},
		{"another composition", update.with(replaceBody("Zoë", "Zoe\u0308")), notOne, ""},
		{"digits past double precision", update.with(replaceBody("1.5", "1.50000000000000000001")),
			"a signed request writes the number metadata.n as 1.5", "metadata.n"},
		{"a number in other words", update.with(replaceBody("1e+21", "1000000000000000000000")),
			"metadata.big as 1e+21", "metadata.big"},
		{"a name twice", update.with(replaceBody(`{"name"`, `{"email":"x","name"`)), "given twice", "email"},
		{"another signature", retrieve.with(header("x-component-sig", search.Headers["x-component-sig"])), notOne, ""},
		{"a changed signature", retrieve.with(header("x-component-sig", sig[:129]+"a")), notOne, ""},
		{"no 0x", retrieve.with(header("x-component-sig", sig[2:])), "0x and 128 hex digits", ""},
		{"0X", retrieve.with(header("x-component-sig", "0X"+sig[2:])), "0x and 128 hex digits", ""},
		{"short", retrieve.with(header("x-component-sig", sig[:128])), "0x and 128 hex digits", ""},
		{"long", retrieve.with(header("x-component-sig", sig+"00")), "0x and 128 hex digits", ""},
		{"not hex", retrieve.with(header("x-component-sig", sig[:129]+"g")), "0x and 128 hex digits", ""},
		{"no signature", retrieve.with(without("x-component-sig")), "0x and 128 hex digits", ""},
		{"version 2", retrieve.with(header("x-component-sig-version", "2")), "must be 1", ""},
		{"version 1.0", retrieve.with(header("x-component-sig-version", "1.0")), "must be 1", ""},
		{"no version", retrieve.with(without("x-component-sig-version")), "must be 1", ""},
		{"another exp", retrieve.with(header("x-component-sig-exp", "1767225899")), notOne, ""},
		{"another iat", retrieve.with(header("x-component-sig-iat", "1767225601")), notOne, ""},
		{"long-lived", retrieve.with(header("x-component-sig-exp", "1767225901")), "at most 300 seconds", ""},
		{"unbounded exp", retrieve.with(header("x-component-sig-exp", "9999999999")), "at most 300 seconds", ""},
		{"exp at iat", retrieve.with(header("x-component-sig-exp", "1767225600")), "at most 300 seconds", ""},
		{"exp before iat", retrieve.with(header("x-component-sig-exp", "1767225599")), "at most 300 seconds", ""},
	}
	for _, text := range []string{
		"", "0x69560c6c", "1767225900.0", "1.7672259e9", "Infinity", "NaN", "-767225900", "+767225900",
		"01767225900", " 767225900", "1767225900 ", "1767225900,1767225900", "176722590", "１７６７２２５９００",
	} {
		tests = append(tests,
			refused{"exp " + text, retrieve.with(header("x-component-sig-exp", text)), "ten digits", ""},
			refused{"iat " + text, retrieve.with(header("x-component-sig-iat", text)), "ten digits", ""})
	}
	for _, test := range tests {
		caller, err := s.send(t, s.trusting(t), test.request)
		code := clientele.ErrorCodeUnauthorized
		if test.field != "" {
			code = clientele.ErrorCodeInvalid
		}
		wantRefusal(t, test.name, caller, err, code, test.field, test.message)
	}
	for clock, message := range map[int64]string{
		s.Clock - 61: "in the future", s.Clock - 100_000: "in the future",
		s.Clock + 301: "has expired", s.Clock + 1e9: "has expired",
	} {
		caller, err := s.sendAt(t, s.trusting(t), clock, retrieve)
		wantRefusal(t, message, caller, err, clientele.ErrorCodeUnauthorized, "", message)
	}
}

// Parameters that the vendor's verifier drops before verifying, so that anybody can add them.
func TestUnsignedParametersRefused(t *testing.T) {
	t.Parallel()
	s := readSamples(t)
	for _, extra := range []string{
		"__proto__[x]=1", "&", "&=x", "=x", "constructor[x]=1", "x[__proto__]=1", "toString=1", "[]=x", "x[]", "x",
		"livemode=true", "livemode[x]=1", "livemode[0]=1",
	} {
		caller, err := s.send(t, s.trusting(t), s.Requests[0].with(uri(s.Requests[0].RequestURI+"&"+extra)))
		var refused *clientele.Error
		if !errors.As(err, &refused) || caller != (auth.Caller{}) {
			t.Errorf("%s: %+v, %v", extra, caller, refused)
		}
	}
}

func TestSignatureHeadersOnce(t *testing.T) {
	t.Parallel()
	s := readSamples(t)
	for name, value := range s.Requests[0].Headers {
		headers := http.Header{}
		for name, value := range s.Requests[0].Headers {
			headers.Set(name, value)
		}
		headers.Add(name, value)
		caller, err := authenticate(t, s.trusting(t), s.Clock, "GET", s.Requests[0].RequestURI, headers, "")
		wantRefusal(t, name, caller, err, clientele.ErrorCodeUnauthorized, "", "the header "+name+" is given twice")
	}
}

func TestRevokedAppRefused(t *testing.T) {
	t.Parallel()
	s := readSamples(t)
	store, now := s.trusting(t), time.Unix(s.Clock, 0)
	for _, at := range []time.Time{{}, now.Add(time.Hour)} {
		if _, err := store.RevokeApp(t.Context(), "app_shop", at); err != nil {
			t.Fatal(err)
		}
		if _, err := s.send(t, store, s.Requests[0]); err != nil {
			t.Errorf("revoked %v: %v", at, err)
		}
	}
	if _, err := store.RevokeApp(t.Context(), "app_shop", now); err != nil {
		t.Fatal(err)
	}
	caller, err := s.send(t, store, s.Requests[0])
	wantRefusal(t, "revoked", caller, err, clientele.ErrorCodeUnauthorized, "", "not one that a trusted application made")
	caller, err = s.send(t, &records{}, s.Requests[0])
	wantRefusal(t, "never trusted", caller, err, clientele.ErrorCodeUnauthorized, "",
		"not one that a trusted application made")
}

// A request signed here by the rules rather than by the client: what the client never sends is decided too.
func TestSignedLivemode(t *testing.T) {
	t.Parallel()
	public, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	store := &records{apps: []store.App{auth.NewApp("here", public, noon)}}
	sign := func(query, canonicalQuery string) (auth.Caller, error) {
		iat, exp := strconv.FormatInt(noon.Unix(), 10), strconv.FormatInt(noon.Unix()+1, 10)
		digest := sha3.Sum256([]byte(`{"body":{},"exp":` + exp + `,"iat":` + iat + `,"method":"get","query":` +
			canonicalQuery + `,"url":"/api/customers/did:abt:z1|'"}`))
		return authenticate(t, store, noon.Unix(), "GET", "/api/customers/did:abt:z1|'"+query, http.Header{
			"X-Component-Sig":         {"0x" + hex.EncodeToString(ed25519.Sign(secret, digest[:]))},
			"X-Component-Sig-Iat":     {iat},
			"X-Component-Sig-Exp":     {exp},
			"X-Component-Sig-Version": {"1"},
		}, "")
	}
	if caller, err := sign("", "{}"); err != nil || !caller.Livemode {
		t.Errorf("absent: %+v, %v", caller, err)
	}
	if caller, err := sign("?livemode=false", `{"livemode":"false"}`); err != nil || caller.Livemode {
		t.Errorf("false: %+v, %v", caller, err)
	}
	caller, err := sign("?livemode=1", `{"livemode":"1"}`)
	wantRefusal(t, "1", caller, err, clientele.ErrorCodeInvalid, "livemode", "true or false")
}

func FuzzSignature(f *testing.F) {
	s := readSamples(f)
	store := s.trusting(f)
	for _, r := range s.Requests {
		f.Add(r.Method, r.RequestURI, r.Headers["x-component-sig"], r.Headers["x-component-sig-iat"],
			r.Headers["x-component-sig-exp"], r.Headers["x-component-sig-version"], []byte(r.Body))
	}
	f.Add("GET", "/api/customers/cus_xxx?livemode=true&&", "0x", "0x69560b40", "Infinity", "2", []byte(`{"a":1,"a":2}`))
	f.Fuzz(func(t *testing.T, method, uri, sig, iat, exp, version string, body []byte) {
		headers := http.Header{}
		headers.Set("x-component-sig", sig)
		headers.Set("x-component-sig-iat", iat)
		headers.Set("x-component-sig-exp", exp)
		headers.Set("x-component-sig-version", version)
		caller, err := authenticate(t, store, s.Clock, method, uri, headers, string(body))
		if err != nil {
			return
		}
		genuine := slices.IndexFunc(s.Requests, func(r request) bool { return r.signature() == caller.Signature })
		if genuine < 0 {
			t.Fatalf("accepted a signature nobody made: %s", sig)
		}
		r := s.Requests[genuine]
		if iat != r.Headers["x-component-sig-iat"] || exp != r.Headers["x-component-sig-exp"] || version != "1" ||
			!strings.EqualFold(method, r.Method) || !same(t, uri, string(body), r) {
			t.Fatalf("accepted %s %s %s with the signature of %s", method, uri, body, r.Name)
		}
	})
}

// same says whether a path, query and body mean those of a sample.
func same(t *testing.T, uri, body string, r request) bool {
	t.Helper()
	path, rawQuery, _ := strings.Cut(uri, "?")
	wantPath, wantRawQuery, _ := strings.Cut(r.RequestURI, "?")
	query, err := wire.ParseQuery(rawQuery)
	want, err2 := wire.ParseQuery(wantRawQuery)
	if err != nil || err2 != nil || !bytes.Equal(query.JSON(), want.JSON()) {
		return false
	}
	canonical, err := wire.Canonical([]byte(body))
	wantBody, err2 := wire.Canonical([]byte(r.Body))
	if !strings.HasPrefix(path, "/") { // a whole URL, as proxies are sent
		path = path[max(len(path)-len(wantPath), 0):]
	}
	return err == nil && err2 == nil && bytes.Equal(canonical, wantBody) && path == wantPath
}
