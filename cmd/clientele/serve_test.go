package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"clientele.dev/internal/apptest"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/pgtest"
)

func TestFirstStartShowsKeysOnce(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	first := serve(t, db)
	if !strings.HasPrefix(first.testKey, "sk_test_") || !strings.HasPrefix(first.liveKey, "sk_live_") {
		t.Fatalf("the first start printed\n%s", first.printed)
	}
	if !strings.HasPrefix(first.url, "http://127.0.0.1:") || strings.HasSuffix(first.url, ":0") {
		t.Errorf("it listens on %s", first.url)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := first.want(http.StatusOK, "GET", path, "", ""); got.field(t, "status") != "ok" {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	first.want(http.StatusOK, "GET", "/api/customers", first.testKey, "")
	first.want(http.StatusOK, "GET", "/api/customers?livemode=true", first.liveKey, "")
	first.want(http.StatusBadRequest, "GET", "/api/customers?livemode=true", first.testKey, "")
	first.stop()

	second := serve(t, db)
	if secretPattern.MatchString(second.printed) {
		t.Errorf("the second start printed\n%s", second.printed)
	}
	second.want(http.StatusOK, "GET", "/api/customers", first.testKey, "")
	second.stop()
	if log := first.printed + first.logged() + second.logged(); secretPattern.MatchString(log) {
		t.Errorf("a secret in the log:\n%s", log)
	}
}

// The file of the first keys is for its owner's eyes, and is not written over.
func TestFirstKeysWithoutATerminalAreInAFile(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	file := strings.TrimPrefix(db, "sqlite:") + ".keys"
	if err := os.WriteFile(file, []byte("kept"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := command(db, "serve", "--addr", "127.0.0.1:0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), file) {
		t.Errorf("beside a file of that name: %v\n%s", err, out)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	c := command(db, "serve", "--addr", "127.0.0.1:0")
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	if line, err := bufio.NewReader(stderr).ReadString('\n'); err != nil || !strings.Contains(line, file) {
		t.Errorf("standard error says %q, %v", line, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of the keys: %v, %v", info, err)
	}
	if secrets, err := os.ReadFile(file); err != nil || len(secretPattern.FindAllString(string(secrets), -1)) != 2 {
		t.Errorf("it holds %q, %v", secrets, err)
	}
}

// The first keys can be given in a file; several first starts at once agree; what cannot be written or read says what
// to do.
func TestFirstKeysOfAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "keys")
	test, live := auth.NewSecret(false), auth.NewSecret(true)
	for content, want := range map[string]string{
		"": "has not one sk_test_", test: "has not one sk_test_", test + "\n" + test: "has not one sk_test_",
		test[:len(test)-1] + "\n" + live: "mistyped or cut",
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := command(newDatabase(t), "serve", "--addr", "127.0.0.1:0", "--first-keys-file", file).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) || strings.Contains(string(out), live) {
			t.Errorf("%q: %v\n%s", content, err, out)
		}
	}
	if err := os.WriteFile(file, []byte("# ours\n"+live+"\n"+test+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, newDatabase(t), "--first-keys-file", file)
	s.want(http.StatusOK, "GET", "/api/customers", test, "")
	s.want(http.StatusOK, "GET", "/api/customers", live, "")
	s.stop()
	nowhere := filepath.Join(dir, "none", "keys")
	out, err := command(newDatabase(t), "serve", "--addr", "127.0.0.1:0", "--first-keys-file", nowhere).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "CLIENTELE_FIRST_KEYS_FILE") {
		t.Errorf("where nothing can be written: %v\n%s", err, out)
	}
	url := pgtest.URL(t, nil)
	file = filepath.Join(dir, "together")
	var servers [3]*server
	var all sync.WaitGroup
	for i := range servers {
		all.Go(func() { servers[i] = serve(t, url, "--first-keys-file", file) })
	}
	all.Wait()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range servers {
		for _, secret := range secretPattern.FindAllString(string(content), -1) {
			s.want(http.StatusOK, "GET", "/api/customers", secret, "")
		}
		s.stop()
	}
}

// The address that is printed opens a page, and the log says why a request was refused.
func TestAnswersForPeople(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t), "--log-level", "info")
	if page := s.want(http.StatusOK, "GET", "/sign-in", "", ""); !bytes.Contains(page.body, []byte(`type="password"`)) {
		t.Errorf("the first page is %s", page.body)
	}
	page := s.want(http.StatusOK, "GET", "/docs?section=customers", "", "")
	if !bytes.Contains(page.body, []byte(s.url+"/api/")) || bytes.Contains(page.body, []byte("http://127.0.0.1:8080")) {
		t.Error("the reference does not show the address it is served from")
	}
	s.want(http.StatusBadRequest, "POST", "/api/customers", s.testKey, `{"email":"x"}`)
	if got := s.want(http.StatusUnauthorized, "GET", "/api/customers", " ", ""); !bytes.Contains(got.body,
		[]byte("empty")) {
		t.Errorf("an empty key: %s", got.body)
	}
	s.want(http.StatusOK, "GET", "/healthz", "", "")
	s.stop()
	log := s.logged()
	if !strings.Contains(log, `"code":"invalid","field":"email"`) || strings.Contains(log, "healthz") {
		t.Errorf("the log is\n%s", log)
	}
	debug := serve(t, newDatabase(t), "--log-level", "debug")
	debug.want(http.StatusOK, "GET", "/healthz", "", "")
	debug.stop()
	if !strings.Contains(debug.logged(), "healthz") {
		t.Errorf("at debug level the log is\n%s", debug.logged())
	}
}

// A server that cannot listen has not used up the one showing of the keys.
func TestKeysNotShownWithoutListening(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	db := newDatabase(t)
	if out, err := command(db, "serve", "--addr", taken.Addr().String()).Output(); err == nil || len(out) > 0 {
		t.Errorf("a server on a port that is taken: %v, it printed\n%s", err, out)
	}
	if s := serve(t, db); s.testKey == "" {
		t.Errorf("the first start that succeeded printed\n%s", s.printed)
	}
}

// Commands beside a running server are obeyed from the next request on.
func TestKeysBesideServer(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t))
	const path = "/api/customers"
	key := strings.TrimSpace(output(t, s.db, "keys", "create", "--mode", "test", "--name", "beside"))
	s.want(http.StatusCreated, "POST", path, key, `{"name":"Ada"}`)
	reader := strings.TrimSpace(output(t, s.db, "keys", "create", "--mode", "test", "--name", "r", "--scope", "read"))
	s.want(http.StatusOK, "GET", path, reader, "")
	s.want(http.StatusForbidden, "POST", path, reader, `{"name":"Ada"}`)

	id := func(name string) string {
		t.Helper()
		for line := range strings.Lines(output(t, s.db, "keys", "list")) {
			if fields := strings.Fields(line); fields[1] == name && strings.HasSuffix(strings.TrimSpace(line), "good") {
				return fields[0]
			}
		}
		t.Fatalf("no good key %s", name)
		return ""
	}
	late := strings.TrimSpace(output(t, s.db, "keys", "rotate", id("beside"), "--grace", "1h"))
	s.want(http.StatusOK, "GET", path, key, "")
	s.want(http.StatusOK, "GET", path, late, "")
	next := strings.TrimSpace(output(t, s.db, "keys", "rotate", id("beside")))
	s.want(http.StatusUnauthorized, "GET", path, late, "")
	s.want(http.StatusOK, "GET", path, next, "")
	output(t, s.db, "keys", "revoke", id("beside"))
	refused := s.want(http.StatusUnauthorized, "GET", path, next, "")
	if strings.Contains(string(refused.body), next) {
		t.Errorf("the refusal repeats the secret: %s", refused.body)
	}
	output(t, s.db, "keys", "revoke", id("r"))
	s.want(http.StatusUnauthorized, "GET", path, reader, "")
	s.stop()
}

// SIGTERM: /readyz fails first, then nobody new gets in, and a request under way still gets its answer.
// The end of the terminal that a server was started from is not its end.
func TestAHangUpIsNoEnd(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t))
	if err := s.process.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		s.want(http.StatusOK, "GET", "/readyz", "", "")
	}
	s.stop()
}

func TestTerminateFinishesRequests(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t))
	slow := openSlow(t, s, `{"name":"`+strings.Repeat("slow ", 100)+`"}`)
	s.want(http.StatusOK, "GET", "/readyz", "", "")
	s.terminate()
	unready := 0
	for {
		got, err := s.send("GET", "/readyz", "", "")
		if err != nil {
			break // it does not listen any more
		}
		switch {
		case got.status == http.StatusServiceUnavailable:
			unready++
			if got.header.Get("Retry-After") == "" {
				t.Error("no Retry-After while stopping")
			}
		case got.status != http.StatusOK || unready > 0:
			t.Fatalf("/readyz answers %d after %d times 503", got.status, unready)
		}
		if alive, err := s.send("GET", "/healthz", "", ""); err == nil && alive.status != http.StatusOK {
			t.Fatalf("/healthz answers %d", alive.status)
		}
	}
	if unready == 0 {
		t.Error("/readyz did not fail before the server stopped listening")
	}
	created := slow.finish()
	if created.status != http.StatusCreated {
		t.Fatalf("the request under way: %d %s", created.status, created.body)
	}
	if err := s.process.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	again := serve(t, s.db)
	again.want(http.StatusOK, "GET", "/api/customers/"+created.field(t, "id"), s.testKey, "")
	again.stop()
}

// slow is a POST /api/customers of which a part has been sent.
type slow struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	rest string
}

// openSlow sends half of a body. The server has asked for it, so that it certainly is at work.
func openSlow(t *testing.T, s *server, body string) *slow {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	half := len(body) / 2
	fmt.Fprintf(conn, "POST /api/customers HTTP/1.1\r\nHost: clientele\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", s.testKey, len(body))
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	if line, err := in.ReadString('\n'); err != nil || line != "\r\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := io.WriteString(conn, body[:half]); err != nil {
		t.Fatal(err)
	}
	return &slow{t, conn, in, body[half:]}
}

// finish sends the other half and reads the answer.
func (s *slow) finish() reply {
	s.t.Helper()
	if _, err := io.WriteString(s.conn, s.rest); err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.ReadResponse(s.in, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, body}
}

// One line a request, and in no line who the customers are or what opens the door.
func TestLogKeepsSecrets(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t), "--log-level", "debug")
	did := auth.DID(auth.NewPair().Public)
	wrong := auth.NewSecret(false)
	body := `{"did":"` + did + `","name":"Augusta King","email":"ada@lovelace.example","phone":"+442079460958",
		"external_id":"enchantress-1","metadata":{"pet":"Puff"},"address":{"line1":"12 St James Square"}}`
	got := s.want(http.StatusCreated, "POST", "/api/customers", s.testKey, body)
	customer := "/api/customers/" + got.field(t, "id")
	requests := []struct {
		status                  int
		method, path, key, body string
		route                   string
	}{
		{200, "GET", "/api/customers/" + did, s.testKey, "", "GET /api/customers/{id}"},
		{200, "GET", "/api/customers/did:abt:" + did, s.testKey, `{"create":true}`, "GET /api/customers/{id}"},
		{200, "GET", "/api/customers?email=ada%40lovelace.example&did=" + did, s.testKey, "", "GET /api/customers"},
		{200, "GET", "/api/customers/search?query=lovelace+Augusta", s.testKey, "", "GET /api/customers/search"},
		{200, "PUT", "/api/customers/external/enchantress-1", s.testKey, `{"name":"Augusta Byron"}`,
			"PUT /api/customers/external/{external_id}"},
		{400, "PUT", customer, s.testKey, `{"email":"Augusta King"}`, "PUT /api/customers/{id}"},
		{400, "PUT", customer, s.testKey, `{"name":"Augusta King",`, "PUT /api/customers/{id}"},
		{400, "GET", "/api/customers?lovelace=Puff", s.testKey, "", "GET /api/customers"},
		{409, "POST", "/api/customers", s.testKey, body, "POST /api/customers"},
		{401, "GET", "/api/customers/" + did, wrong, "", "GET /api/customers/{id}"},
		{401, "GET", "/api/customers/" + did, s.liveKey[:40], "", "GET /api/customers/{id}"},
		{404, "GET", "/lovelace/" + did + "?sk=" + s.testKey, s.testKey, "", "/"},
		{404, "GET", "/api//lovelace/ada@lovelace.example", s.testKey, "", ""},
		{405, "POST", customer, s.testKey, "", "/api/"},
		{200, "DELETE", customer, s.testKey, "", "DELETE /api/customers/{id}"},
		{404, "GET", customer, s.testKey, "", "GET /api/customers/{id}"},
		{200, "GET", "/healthz", "", "", "GET /healthz"},
	}
	type entry struct {
		Time, Level, Msg, Route string
		RequestID               string `json:"request_id"`
		Status                  int
		Duration                float64 `json:"duration_ms"`
	}
	wanted := map[string]entry{}
	for _, r := range requests {
		got := s.want(r.status, r.method, r.path, r.key, r.body)
		wanted[got.header.Get("X-Request-Id")] = entry{Route: r.route, Status: r.status}
	}
	s.stop()
	log := s.logged()
	for line := range strings.Lines(log) {
		var e entry
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Time == "" || e.Level == "" || e.Msg == "" {
			t.Errorf("not a line of JSON that tells what happened: %s (%v)", line, err)
		}
		if want, ok := wanted[e.RequestID]; ok {
			delete(wanted, e.RequestID)
			if e.Msg != "request" || e.Status != want.Status || e.Route != want.Route || e.Duration <= 0 {
				t.Errorf("%s, want status %d of %s", line, want.Status, want.Route)
			}
		}
	}
	for id, e := range wanted {
		t.Errorf("no line of request %s, %d of %s", id, e.Status, e.Route)
	}
	for _, private := range []string{
		did, "Augusta", "King", "Byron", "lovelace", "2079460958", "enchantress", "Puff", "James", "sk_", "Bearer",
		s.testKey[8:], s.liveKey[8:40], wrong[8:], url.QueryEscape("@"),
	} {
		if strings.Contains(strings.ToLower(log), strings.ToLower(private)) {
			t.Errorf("%q is in the log:\n%s", private, log)
		}
	}
}

// Ctrl-C while the demo is being made ends the server as it does at any other time, and leaves none of it.
func TestCtrlCWhileTheDemoIsMade(t *testing.T) {
	t.Parallel()
	db, tooLate := "", true
	for tooLate { // on a busy machine the demo may be made before this process looks again
		db = newDatabase(t)
		tooLate = !interruptDemo(t, db)
	}
	s := serve(t, db)
	if got := s.want(http.StatusOK, "GET", "/api/customers", s.testKey, ""); !bytes.HasPrefix(got.body,
		[]byte(`{"count":0,`)) {
		t.Errorf("some of the demo is there: %s", got.body)
	}
}

// interruptDemo starts a server and interrupts it while it makes the demo. It says whether it came in time.
func interruptDemo(t *testing.T, db string) bool {
	t.Helper()
	c := command(db, "serve", "--addr", "127.0.0.1:0", "--demo")
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for path := strings.TrimPrefix(db, "sqlite:"); ; { // until it is at work
		if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
			break
		}
		select {
		case err := <-ended:
			t.Fatalf("the server ended by itself: %v", err)
		default:
		}
	}
	signal := func(s os.Signal) {
		t.Helper()
		if err := c.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	said := func() string { text, _ := os.ReadFile(out.Name()); return string(text) }
	signal(syscall.SIGSTOP) // so that it is known what it was doing when the interrupt came
	tooLate := strings.Contains(said(), "listens")
	signal(os.Interrupt)
	signal(syscall.SIGCONT)
	if err := <-ended; err != nil || !tooLate && said() != "" {
		t.Errorf("it ended with %v, want no error and no word\n%s", err, said())
	}
	return !tooLate
}

// TestDemoIsMadeOnce starts a server with a demo twice: the second changes nothing, and live mode stays empty. That
// two databases have the same demo is for the demo's own tests.
func TestDemoIsMadeOnce(t *testing.T) {
	t.Parallel()
	databases := map[string]string{"SQLite": newDatabase(t)}
	if apptest.OnAll() {
		databases["PostgreSQL"] = pgtest.URL(t, nil)
	}
	for name, db := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "keys")
			first := serve(t, db, "--demo", "--first-keys-file", file)
			secrets, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			keys := secretPattern.FindAllString(string(secrets), -1)
			content := func(s *server) []byte {
				return append(s.list("/api/customers", keys[0]), s.list("/api/invoices", keys[0])...)
			}
			want := content(first)
			if n := bytes.Count(want, []byte("\n")); n < 500 {
				t.Errorf("the demo has %d customers and invoices", n)
			}
			first.stop()
			again := serve(t, db, "--demo")
			if !bytes.Equal(content(again), want) {
				t.Error("another start with --demo changed the content")
			}
			if live := again.list("/api/customers", keys[1]); len(live) > 0 {
				t.Errorf("the demo made customers in live mode: %s", live)
			}
		})
	}
}

// TestUsesOfKeysAreNoted stops a server at once after a request: the key was used on a day, and the other never.
func TestUsesOfKeysAreNoted(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := serve(t, db)
	s.want(http.StatusOK, "GET", "/api/customers", s.testKey, "")
	s.stop()
	out, code := runCommand("keys", "list", "--db", db)
	for _, want := range []string{
		`first test key +test +admin .* system +\d{4}-\d\d-\d\d +good`,
		`first live key +live +admin .* system +never +good`,
	} {
		if !regexp.MustCompile(want).MatchString(out) || code != 0 {
			t.Errorf("keys list does not have %q (exit %d):\n%s", want, code, out)
		}
	}
}
