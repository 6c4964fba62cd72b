package main

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"clientele.dev/internal/apptest"
	"clientele.dev/internal/pgtest"
)

// cluster is a new database on the coordinator of the Citus cluster that CLIENTELE_CITUS_URL names, with what prepare
// makes of it.
func cluster(t *testing.T) string {
	t.Helper()
	return pgtest.CitusURL(t, func(string) error { return nil })
}

// TestDistribute distributes a database, with a kill at any moment between one start and the next. Meanwhile no server
// starts; in the end the books are right, and so are those of who comes then.
func TestDistribute(t *testing.T) {
	t.Parallel()
	url := cluster(t)
	makeBooks(t, url)
	kills, refused := 0, false
	for ended := false; !ended; {
		distributing := command(url, "migrate", "--distribute")
		var out bytes.Buffer
		distributing.Stdout, distributing.Stderr = &out, &out
		killed, err := killAfter(distributing, time.Duration(rand.IntN(100+20*kills))*time.Millisecond)
		switch {
		case killed:
			kills++
		case err == nil:
			ended = true
		case !strings.Contains(out.String(), "another process is distributing it"): // which was killed, and lives on there
			t.Fatalf("%v: %s", err, &out)
		}
		if said, err := command(url, "verify").CombinedOutput(); err != nil {
			refused = refused || strings.Contains(string(said), "has begun and not ended")
		}
	}
	if !refused {
		t.Error("in the midst of it the database was opened")
	}
	t.Logf("%d kills", kills)
	wantRight(t, url, "2")
	makeBooks(t, url)
	wantRight(t, url, "4")
	if out, code := runCommand("migrate", "--distribute", "--db", url); code != 0 || strings.Contains(out, " of ") {
		t.Errorf("exit %d: %s", code, out)
	}
}

func wantRight(t *testing.T, url, customers string) {
	t.Helper()
	out, code := runCommand("verify", "--db", url)
	if want := "The books of " + customers + " customers are right.\n"; !strings.HasPrefix(out, want) {
		t.Errorf("exit %d: %s", code, out)
	}
}

// TestServersMustStopBeforeTheTablesAreDistributed distributes under a server.
func TestServersMustStopBeforeTheTablesAreDistributed(t *testing.T) {
	t.Parallel()
	url := cluster(t)
	s, err := apptest.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := command(url, "migrate", "--distribute").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "stop all of them first") {
		t.Errorf("%v: %s", err, out)
	}
}
