package console_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
)

// browser is somebody who looks at the console of a server.
type browser struct {
	t      *testing.T
	s      *apptest.Server
	client *http.Client
	header http.Header // of the next requests
	media  string      // of the next bodies; that of a form when ""
}

func newBrowser(t *testing.T, s *apptest.Server) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, s: s, header: http.Header{}, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// signedIn is a browser that has signed in with a key.
func signedIn(t *testing.T, s *apptest.Server, key string) *browser {
	b := newBrowser(t, s)
	b.post("/sign-in", url.Values{"key": {key}}).want(http.StatusSeeOther)
	return b
}

// answer is an answer, whole.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

func (b *browser) do(method, path string, body io.Reader) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.s.URL+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header = b.header.Clone()
	if body != nil {
		r.Header.Set("Content-Type", cmp.Or(b.media, "application/x-www-form-urlencoded"))
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{b.t, response.StatusCode, response.Header, string(text)}
}

func (b *browser) get(path string) answer { b.t.Helper(); return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, form url.Values) answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, strings.NewReader(form.Encode()))
}

// want checks the status and that each text is on the page.
func (a answer) want(status int, texts ...string) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			a.t.Errorf("%q is not on the page: %s", text, a.body)
		}
	}
	return a
}

// leads checks that the answer leads to another page.
func (a answer) leads(path string) answer {
	a.t.Helper()
	a.want(http.StatusSeeOther)
	if got := a.header.Get("Location"); got != path {
		a.t.Errorf("leads to %s, want %s", got, path)
	}
	return a
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := newBrowser(t, s)
	b.get("/").leads("/sign-in")
	b.get("/test/customers?q=ada").leads("/sign-in?mode=test&next=%2Ftest%2Fcustomers%3Fq%3Dada")
	page := b.get("/sign-in?mode=test&next=%2Ftest%2Fcustomers%3Fq%3Dada").want(200, "A test-mode API key")
	if n := strings.Count(page.body, `type="password"`); n != 1 {
		t.Errorf("the form has %d fields for a password", n)
	}
	form := url.Values{"key": {" " + s.TestKey + " "}, "next": {"/test/customers?q=ada"}}
	in := b.post("/sign-in", form).leads("/test/customers?q=ada")
	cookie := in.header.Get("Set-Cookie")
	for _, part := range []string{"clientele=", "; Path=/", "; HttpOnly", "; SameSite=Lax"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie is %s, without %s", cookie, part)
		}
	}
	b.get("/").leads("/test")
	b.get("/test").want(200, "Nothing here yet")
	b.get("/live").leads("/sign-in?mode=live&next=%2Flive")
	b.post("/sign-in", url.Values{"key": {s.LiveKey}}).leads("/live")
	b.get("/test").want(200)
	b.get("/live").want(200)
	b.post("/sign-out", nil).leads("/sign-in")
	b.get("/live").leads("/sign-in?mode=live&next=%2Flive")
}

// Where the browser comes by TLS, the cookie is one that no other host and no plain connection can set.
func TestSecureCookie(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := newBrowser(t, s)
	b.header.Set("X-Forwarded-Proto", "https")
	cookie := b.post("/sign-in", url.Values{"key": {s.TestKey}}).header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-clientele=") || !strings.Contains(cookie, "; Secure") {
		t.Errorf("the cookie is %s", cookie)
	}
}

func TestOnlyOwnPagesAreLedTo(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	for _, next := range []string{
		"https://evil.example/", "//evil.example/test", "/\\evil.example", "/testing", "/live", "javascript:alert(1)", "",
	} {
		newBrowser(t, s).post("/sign-in", url.Values{"key": {s.TestKey}, "next": {next}}).leads("/test")
	}
}

func TestFailedSignInsAreSlowed(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	try := func(address, key string) answer {
		b := newBrowser(t, s)
		b.header.Set("X-Forwarded-For", address)
		return b.post("/sign-in", url.Values{"key": {key}})
	}
	for range 6 {
		try("192.0.2.1", "sk_test_nothing").want(401, "is not well-formed", `aria-invalid="true"`)
	}
	wait := try("192.0.2.1", "sk_test_nothing").want(429, "Try again in 2 seconds")
	if got := wait.header.Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After is %s", got)
	}
	try("192.0.2.2", s.TestKey).want(303)
	s.Advance(2 * time.Second)
	try("192.0.2.1", "sk_test_nothing").want(401)
	try("192.0.2.1", "sk_test_nothing").want(429, "Try again in 4 seconds")
	try("192.0.2.1", s.TestKey).want(303) // whoever has a good key is not kept out by others
	try("192.0.2.1", "sk_test_nothing").want(401)
	try("192.0.2.1", s.TestKey).want(303)
	for n := range 6 { // of an IPv6 network, all addresses are one
		try(fmt.Sprintf("2001:db8::%d", n), "sk_test_nothing").want(401)
	}
	try("2001:db8:0:1::99", "sk_test_nothing").want(429)
	try("2001:db8:1::99", "sk_test_nothing").want(401)
}

func TestOneTimeLink(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	link, err := auth.New(s.DB, s.Now).NewLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, s)
	b.do(http.MethodHead, "/link/"+link, nil).want(200)
	b.get("/link/" + link).leads("/")
	b.get("/").leads("/test")
	b.get("/test").want(200)
	b.get("/live").want(200)
	newBrowser(t, s).get("/link/"+link).want(404, "has been used", "clientele console link")
	s.Advance(12 * time.Hour)
	b.get("/test").leads("/sign-in?mode=test&next=%2Ftest")
}

// A page of another site can neither show the console nor send its forms.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	page := b.get("/test").want(200)
	for name, want := range map[string]string{
		"Content-Security-Policy": "frame-ancestors 'none'", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
		"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin",
	} {
		if got := page.header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, policy := range []string{"'unsafe-inline'", "'unsafe-eval'", "http:", "https:", "*"} {
		if strings.Contains(page.header.Get("Content-Security-Policy"), policy) {
			t.Errorf("the policy has %s", policy)
		}
	}
	b.header.Set("Sec-Fetch-Site", "cross-site")
	b.post("/sign-out", nil).want(403, "another site")
	b.header = http.Header{"Origin": {"https://evil.example"}}
	b.post("/sign-out", nil).want(403)
	b.header = http.Header{}
	b.get("/test").want(200)
}

func TestErrorsArePages(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	b.get("/nothing").want(404, `"code":"not_found"`)
	b.header.Set("Accept", "text/html,*/*;q=0.8")
	b.get("/nothing").want(404, "<h1>Not found</h1>")
	b.get("/test/customers/?q=ada").leads("/test/customers?q=ada")
	b.get("//evil.example/").leads("/evil.example")
	b.get("/test/customers/cus_nobody").want(404, "<h1>Not found</h1>")
	b.get("/assets/old/console.css").want(404)
	b.get("/api/nothing").want(404, `"code":"not_found"`)
	b.do(http.MethodPost, "/healthz", nil).want(405, `"code":"method_not_allowed"`)
}

// A key that is revoked, or can only read, does no more in the console than in the API.
func TestKeysOfSessions(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	key, secret := auth.NewKey("reader", clientele.Test, store.ScopeRead, s.Now())
	if err := s.Keys.Add(t.Context(), store.By{}, key); err != nil {
		t.Fatal(err)
	}
	b := signedIn(t, s, secret)
	b.get("/test/customers").want(200, "can only read")
	if _, err := s.Keys.Revoke(t.Context(), store.By{}, key.ID); err != nil {
		t.Fatal(err)
	}
	b.get("/test/customers").leads("/sign-in?mode=test&next=%2Ftest%2Fcustomers")
}

// names are what somebody may be called who means harm, or whose name is not like others.
var names = []string{
	`<img src=x onerror="alert(1)">`, `</script><script>alert(1)</script>`, `javascript:alert(1)`, "\u202egnp.exe",
	strings.Repeat("W", 512), `"><svg onload=alert(1)>`, `{{.Data}}`, "=HYPERLINK(\"https://evil.example\")", "قاسم & 山田",
}

func TestListOfCustomers(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	for _, name := range names {
		if _, err := s.Test().Customers.Create(t.Context(), clientele.CustomerParams{Name: &name}); err != nil {
			t.Fatal(err)
		}
		s.Advance(time.Second)
	}
	b := signedIn(t, s, s.TestKey)
	page := b.get("/test/customers").want(200, "1–9 of 9", "قاسم &amp; 山田", "<bdi>javascript:alert(1)</bdi>")
	for _, harm := range []string{"<img", "<script>alert", "<svg onload", `href="javascript`} {
		if strings.Contains(page.body, harm) {
			t.Errorf("the page has %s", harm)
		}
	}
	b.get("/test/customers?q=javascript").want(200, "1–1 of 1")
	b.get("/test/customers?q=nobody").want(200, "No customer has all of these words.")
	b.get("/test/customers?q=email:").want(200, "names a field and no value")
	b.get("/test/customers?show=delinquent").want(200, "There are none.")
	sorted := b.get("/test/customers?sort=-name").want(200, `aria-sort="descending"`, "1–9 of 9")
	if strings.Index(sorted.body, "قاسم") > strings.Index(sorted.body, "WWWW") {
		t.Error("sorted by name, the last first, ق does not come before W")
	}
	csv := b.get("/test/customers.csv").want(200, "'=HYPERLINK", "cus_")
	if n := strings.Count(csv.body, "\r\n"); n != 1+len(names) {
		t.Errorf("the file has %d lines", n)
	}
	b.get("/test/customers.csv?q=javascript").want(200, "javascript:alert(1)")
}

func TestCSVHasEveryPage(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	const many = 1015 // more than are read at once
	var all sync.WaitGroup
	for worker := range 29 {
		all.Go(func() {
			for n := range many / 29 {
				name := fmt.Sprint("n", worker, "-", n)
				if _, err := s.Test().Customers.Create(t.Context(), clientele.CustomerParams{Name: &name}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	b := signedIn(t, s, s.TestKey)
	for _, query := range []string{"", "?sort=name", "?show=good"} {
		lines := strings.Split(strings.TrimSpace(b.get("/test/customers.csv"+query).want(200).body), "\r\n")
		seen := map[string]bool{}
		for _, line := range lines[1:] {
			seen[line] = true
		}
		if len(seen) != many || len(lines) != many+1 {
			t.Errorf("%q has %d lines, %d of them different", query, len(lines)-1, len(seen))
		}
	}
	b.get("/test/customers?page=41").want(200, "1,001–1,015 of 1,015", `rel="prev"`)
	b.get("/test/customers.csv?q=email:").want(400, "names a field and no value") // before anything of a file is sent
}

// hashOf is a style's hash as a Content-Security-Policy has it.
func hashOf(style string) string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
