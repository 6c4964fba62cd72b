package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"clientele.dev/internal/apptest"
)

// server is a running clientele serve, a process of its own.
type server struct {
	t                *testing.T
	db, url          string
	printed          string // on standard output up to where it listens
	testKey, liveKey string // of the first start
	process          *exec.Cmd
	log              *os.File
}

var (
	secretPattern = regexp.MustCompile(`sk_(?:test|live)_\w+`)
	urlPattern    = regexp.MustCompile(`listens on (http://\S+)`)
)

// newDatabase names a database that does not exist yet.
func newDatabase(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(apptest.Folder(t), "clientele.db")
}

// ofTheTest is the environment of the program as it is built for tests: where it writes what was covered, and which
// change of the code it runs with.
var ofTheTest = []string{"GOCOVERDIR", "CLIENTELE_MUTANT", "CLIENTELE_MUTANTS_REACHED"}

// command prepares clientele to be run on a database, with nothing of this process's environment but the path.
func command(db string, args ...string) *exec.Cmd {
	c := exec.Command("clientele", args...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "CLIENTELE_DB=" + db}
	for _, name := range ofTheTest {
		if value, set := os.LookupEnv(name); set {
			c.Env = append(c.Env, name+"="+value)
		}
	}
	c.Dir = os.TempDir()
	if path, isFile := strings.CutPrefix(db, "sqlite:"); isFile {
		c.Dir = filepath.Dir(path)
	}
	return c
}

// output runs a command and returns what it prints.
func output(t *testing.T, db string, args ...string) string {
	t.Helper()
	c := command(db, args...)
	var out, log bytes.Buffer
	c.Stdout, c.Stderr = &out, &log
	if err := c.Run(); err != nil {
		t.Fatalf("clientele %s: %v\n%s%s", strings.Join(args, " "), err, &out, &log)
	}
	return out.String()
}

// serve starts a server on a free port and waits until it listens. The test's end kills it if it still runs.
func serve(t *testing.T, db string, args ...string) *server {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, db: db, log: log}
	s.process = command(db, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	if !strings.HasPrefix(db, "sqlite:") {
		s.process.Dir = t.TempDir()
	}
	s.process.Stderr = log
	stdout, err := s.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.process.Process.Kill() //nolint:errcheck // it has ended already when all went well
		s.process.Wait()         //nolint:errcheck // as above
		log.Close()
	})
	for lines := bufio.NewScanner(stdout); s.url == "" && lines.Scan(); {
		s.printed += lines.Text() + "\n"
		if found := urlPattern.FindStringSubmatch(lines.Text()); found != nil {
			s.url = found[1]
		}
	}
	if s.url == "" {
		t.Fatalf("the server did not start: %s%s", s.printed, s.logged())
	}
	file := strings.TrimPrefix(db, "sqlite:") + ".keys"
	if secrets, err := os.ReadFile(file); err == nil {
		if keys := secretPattern.FindAllString(string(secrets), -1); len(keys) == 2 {
			s.testKey, s.liveKey = keys[0], keys[1]
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// logged is the log so far.
func (s *server) logged() string {
	s.t.Helper()
	log, err := os.ReadFile(s.log.Name())
	if err != nil {
		s.t.Fatal(err)
	}
	return string(log)
}

// terminate asks the server to stop.
func (s *server) terminate() {
	s.t.Helper()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
}

// stop stops the server and wants exit code 0.
func (s *server) stop() {
	s.t.Helper()
	s.terminate()
	if err := s.process.Wait(); err != nil {
		s.t.Errorf("the server ended with %v\n%s", err, s.logged())
	}
}

// reply is a whole answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request; a body that is not empty is JSON.
func (s *server) send(method, path, key, body string) (reply, error) {
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return do(r)
}

func do(r *http.Request) (reply, error) {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return reply{}, err
	}
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, body}, errors.Join(err, resp.Body.Close())
}

// want sends a request and wants an answer of a status.
func (s *server) want(status int, method, path, key, body string) reply {
	s.t.Helper()
	got, err := s.send(method, path, key, body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	if got.status != status {
		s.t.Fatalf("%s %s: %d %s, want %d", method, path, got.status, got.body, status)
	}
	return got
}

// field reads a member of an answer that is an object.
func (r reply) field(t testing.TB, name string) string {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(r.body, &object); err != nil {
		t.Fatalf("%s: %v", r.body, err)
	}
	text, ok := object[name].(string)
	if !ok {
		t.Fatalf("%s: no text %s", r.body, name)
	}
	return text
}

// list reads a list whole, page by page, as the documents it is made of.
func (s *server) list(path, key string) []byte {
	s.t.Helper()
	var all bytes.Buffer
	for after := ""; ; {
		var page struct{ List []json.RawMessage }
		got := s.want(http.StatusOK, "GET", path+"?expand=none&limit=100"+after, key, "")
		if err := json.Unmarshal(got.body, &page); err != nil {
			s.t.Fatal(err)
		}
		var last struct{ ID string }
		for _, document := range page.List {
			all.Write(append(document, '\n'))
			if err := json.Unmarshal(document, &last); err != nil {
				s.t.Fatal(err)
			}
		}
		if len(page.List) < 100 {
			return all.Bytes()
		}
		after = "&starting_after=" + last.ID
	}
}
