package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev"
	"clientele.dev/client"
	embedded "clientele.dev/internal/store/sqlite"
)

// rounds is how often a test repeats its storm: CLIENTELE_ROUNDS makes it more than the usual.
func rounds(t *testing.T, usual int) int {
	t.Helper()
	text := os.Getenv("CLIENTELE_ROUNDS")
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("CLIENTELE_ROUNDS: %v", err)
	}
	return n
}

// TestAcknowledgedSurvivesKill kills the real server in the middle of writes from 16 connections, starts it again and
// looks: what was acknowledged is there, what was not is there whole or not at all, and sending it again with its
// Idempotency-Key settles which.
func TestAcknowledgedSurvivesKill(t *testing.T) {
	t.Parallel()
	victim := newVictim(t)
	writers := make([]*customerWriter, 16)
	for i := range writers {
		writers[i] = &customerWriter{name: fmt.Sprintf("w%02d", i), versions: map[string]int{}, refs: map[string]string{}}
	}
	var acknowledged, inFlight, kept int
	for range rounds(t, 5) {
		victim.start(t)
		n := victim.writeUntilKilled(t, writers)
		victim.start(t)
		for _, w := range writers {
			if w.pending != nil {
				inFlight++
				if w.settle(t, victim.client) {
					kept++
				}
			}
		}
		victim.verify(t, writers)
		victim.kill(t)
		acknowledged += n
	}
	checkFile(t, victim.path, writers)
	t.Logf("%d writes acknowledged, %d unanswered when the server was killed, of which %d had been kept",
		acknowledged, inFlight, kept)
}

// customerWriter creates customers and renames each a few times. It knows what has been acknowledged.
type customerWriter struct {
	name     string
	versions map[string]int    // of the customers acknowledged, by external id: how often each was written
	refs     map[string]string // their ids
	current  string            // the external id of the one at work
	pending  *customerWrite    // sent and not acknowledged
	checked  int               // how many customers verify need not look at again
}

// customerWrite is a change of a customer.
type customerWrite struct {
	external string
	version  int // 1 creates
	key      string
}

// fullName is a customer's name at a version. Search finds it by any of its three words.
func (c customerWrite) fullName() string {
	return fmt.Sprintf("%sv%d Kill storm", c.external, c.version)
}

// next plans a write.
func (w *customerWriter) next() *customerWrite {
	if w.current == "" || w.versions[w.current] == 3 {
		w.current = fmt.Sprintf("%sn%04d", w.name, len(w.versions))
	}
	version := w.versions[w.current] + 1
	return &customerWrite{w.current, version, fmt.Sprintf("%s-%d", w.current, version)}
}

// write sends the pending write and takes note of its acknowledgement.
func (w *customerWriter) write(ctx context.Context, c *client.Client) (header http.Header, err error) {
	name, external := w.pending.fullName(), w.pending.external
	params := clientele.CustomerParams{Name: &name, Metadata: map[string]any{"version": w.pending.version}}
	options := []client.CallOption{client.IdempotencyKey(w.pending.key), client.ResponseHeader(&header)}
	var got *clientele.Customer
	if w.pending.version == 1 {
		params.ExternalID = &external
		got, err = c.Customers.Create(ctx, params, options...)
	} else {
		got, err = c.Customers.Update(ctx, w.refs[external], params, options...)
	}
	if err != nil {
		return nil, err
	}
	w.refs[external], w.versions[external] = got.ID, w.pending.version
	w.pending = nil
	return header, nil
}

// settle sends again what was not acknowledged, and says whether it had been kept nevertheless.
func (w *customerWriter) settle(t *testing.T, c *client.Client) bool {
	t.Helper()
	header, err := w.write(t.Context(), c)
	if err != nil {
		t.Fatalf("%s: sent again: %v", w.name, err)
	}
	return header.Get("Idempotent-Replayed") == "true"
}

// victim is a server, a process of its own, on one database.
type victim struct {
	binary, path, key string
	process           *exec.Cmd
	client            *client.Client
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	dir := t.TempDir()
	v := &victim{binary: filepath.Join(dir, "clientele"), path: filepath.Join(dir, "clientele.db")}
	build := exec.Command("go", "build", "-o", v.binary, "clientele.dev/cmd/clientele")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	db, err := embedded.Open(t.Context(), "sqlite:"+v.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	keys := []string{"keys", "create", "--db", "sqlite:" + v.path, "--mode", "test", "--name", "storm"}
	out, err := exec.Command(v.binary, keys...).Output()
	if err != nil {
		t.Fatal(err)
	}
	v.key = strings.TrimSpace(string(out))
	return v
}

var listening = regexp.MustCompile(`http://\S+`)

// start starts the server; whatever a kill left in its files, it comes up.
func (v *victim) start(t *testing.T) {
	t.Helper()
	if v.process != nil {
		return // the server that has been checked is the one to kill next
	}
	v.process = exec.Command(v.binary, "serve", "--db", "sqlite:"+v.path, "--addr", "127.0.0.1:0")
	stdout, err := v.process.StdoutPipe()
	if err == nil {
		err = v.process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.kill(t) })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	url := listening.FindString(line)
	if url == "" {
		t.Fatalf("the server does not start: %q, %v", line, err)
	}
	v.client = client.New(url, v.key, client.WithMaxRetries(0))
}

// kill is kill -9.
func (v *victim) kill(t *testing.T) {
	t.Helper()
	if v.process == nil {
		return
	}
	if err := v.process.Process.Kill(); err != nil {
		t.Error(err)
	}
	v.process.Wait() //nolint:errcheck // it says that the process was killed
	v.process = nil
}

// writeUntilKilled lets all write at once and kills the server at some moment. It returns how many writes were
// acknowledged.
func (v *victim) writeUntilKilled(t *testing.T, writers []*customerWriter) int {
	t.Helper()
	var acknowledged atomic.Int64
	enough, doomed := make(chan struct{}), 1+rand.Int64N(300)
	var wg sync.WaitGroup
	for _, w := range writers {
		wg.Go(func() {
			for {
				w.pending = w.next()
				_, err := w.write(t.Context(), v.client)
				if refused, ok := errors.AsType[*client.Error](err); ok {
					t.Errorf("%s: %v", w.name, refused)
				}
				if err != nil {
					return
				}
				if acknowledged.Add(1) == doomed {
					close(enough)
				}
			}
		})
	}
	<-enough
	for range rand.IntN(20) { // some time, so that the kill falls into any part of a commit
		one := clientele.CustomerListParams{Window: clientele.Window{PageSize: 1}}
		if _, err := v.client.Customers.List(t.Context(), one); err != nil {
			t.Error(err)
		}
	}
	v.kill(t)
	wg.Wait()
	return int(acknowledged.Load())
}

// verify asks the server for everything the writers know of.
func (v *victim) verify(t *testing.T, writers []*customerWriter) {
	t.Helper()
	want := map[string]string{} // name by external id
	for _, w := range writers {
		for external, version := range w.versions {
			want[external] = customerWrite{external: external, version: version}.fullName()
		}
	}
	got := map[string]string{}
	for c, err := range v.client.Customers.All(t.Context(), clientele.CustomerListParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		if c.ExternalID == "" || got[c.ExternalID] != "" {
			t.Fatalf("customer %s, external id %q, is there twice or by halves", c.ID, c.ExternalID)
		}
		got[c.ExternalID] = c.Name
	}
	if !maps.Equal(got, want) {
		t.Fatalf("after the kill the list has\n%v\nwant\n%v", got, want)
	}
	v.count(t, "", len(want))
	v.count(t, "Kill storm", len(want))
	var wg sync.WaitGroup
	for _, w := range writers {
		wg.Go(func() { v.verifySearch(t, w) })
	}
	wg.Wait()
}

// verifySearch looks for every name that a writer gave since the last time, and for those it took away.
func (v *victim) verifySearch(t *testing.T, w *customerWriter) {
	t.Helper()
	externals := slices.Sorted(maps.Keys(w.versions))
	for _, external := range externals[w.checked:] {
		for version := 1; version <= 3; version++ {
			write, hits := customerWrite{external: external, version: version}, 0
			if version == w.versions[external] {
				hits = 1
			}
			v.count(t, strings.Fields(write.fullName())[0], hits)
		}
	}
	w.checked = max(0, len(externals)-1) // the last may be written again
}

// count wants a search, or the list when there is no query, to count so many.
func (v *victim) count(t *testing.T, query string, want int) {
	t.Helper()
	var page *clientele.Page[clientele.CustomerExpanded]
	var err error
	if query == "" {
		page, err = v.client.Customers.List(t.Context(), clientele.CustomerListParams{})
	} else {
		page, err = v.client.Customers.Search(t.Context(), clientele.CustomerSearchParams{Query: query})
	}
	if err != nil || page.Count != int64(want) || len(page.List) != min(want, 20) {
		t.Errorf("search %q: %+v, %v, want %d", query, page, err, want)
	}
}

// checkFile looks into the database of a server that was killed: every table agrees with every other.
func checkFile(t *testing.T, path string, writers []*customerWriter) {
	t.Helper()
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	customers, writes := 0, 0
	for _, w := range writers {
		for _, version := range w.versions {
			customers, writes = customers+1, writes+version
		}
	}
	for query, want := range map[string]string{
		"PRAGMA integrity_check":         "ok",
		"SELECT count(*) FROM customers": strconv.Itoa(customers),
		"SELECT sum(count) FROM row_counts WHERE bits = 36 AND kind = 'customers'": strconv.Itoa(customers),
		"SELECT count(*) FROM customer_texts":                                      strconv.Itoa(customers),
		"SELECT count(*) FROM customer_names WHERE kind = 'external_id'":           strconv.Itoa(customers),
		"SELECT count(*) FROM customer_metadata":                                   strconv.Itoa(customers),
		"SELECT count(*) FROM customer_search_test('\"kill storm\"')":              strconv.Itoa(customers),
		"SELECT sum(version) FROM customers":                                       strconv.Itoa(writes),
		"SELECT count(*) FROM events WHERE type LIKE 'customer.%'":                 strconv.Itoa(writes),
		"SELECT count(*) FROM answers":                                             strconv.Itoa(writes),
	} {
		var got string
		err := sqlitex.ExecuteTransient(c, query, &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
			got = stmt.ColumnText(0)
			return nil
		}})
		if err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", query, got, err, want)
		}
	}
	check := "INSERT INTO customer_search_test (customer_search_test) VALUES ('integrity-check')"
	if err := sqlitex.ExecuteTransient(c, check, nil); err != nil {
		t.Errorf("the search index: %v", err)
	}
}
