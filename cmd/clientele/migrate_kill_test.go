package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clientele.dev/internal/pgtest"
)

// TestMigrationsSurviveKills kills migrations of old databases at any moment. Each time the database is as it was, and
// in the end all that it held is there and right. CLIENTELE_KILLS=50 kills so often, over 2,000 customers.
func TestMigrationsSurviveKills(t *testing.T) {
	t.Parallel()
	kills, customers := numberFrom(t, "CLIENTELE_KILLS", 3), 40
	if kills > 3 {
		customers = 2000
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		before := filepath.Join(dir, "before.db")
		booksOfBefore(t, "sqlite:"+before, customers)
		content := contentOf(t, before)
		surviveKills(t, kills, customers, func() string {
			path := filepath.Join(dir, fmt.Sprint(rand.Int64(), ".db"))
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			return "sqlite:" + path
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server, err := pgtest.Start()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := server.Stop(); err != nil {
				t.Error(err)
			}
		})
		surviveKills(t, kills, customers, func() string {
			name, err := server.Database(func(url string) error { booksOfBefore(t, url, customers); return nil })
			if err != nil {
				t.Fatal(err)
			}
			return server.URL(name)
		})
	})
}

// surviveKills kills the migration of old databases of so many customers, of which fresh makes another.
func surviveKills(t *testing.T, kills, customers int, fresh func() string) {
	t.Helper()
	url := fresh()
	before := output(t, url, "migrate", "--show")
	began := time.Now()
	output(t, url, "migrate")
	took := time.Since(began)
	right := func() {
		t.Helper()
		want := fmt.Sprintf("The books of %d customers are right.\n", customers)
		if got := output(t, url, "verify"); !strings.HasPrefix(got, want) || strings.Contains(got, "unproven") {
			t.Fatalf("verify says %s, want %s", got, want)
		}
	}
	right()
	url = fresh()
	for killed := 0; killed < kills; {
		wasKilled, err := killAfter(command(url, "migrate"), time.Duration(rand.Int64N(int64(took))))
		if wasKilled {
			killed++
		} else if err != nil {
			t.Fatal(err)
		}
		switch shown := output(t, url, "migrate", "--show"); {
		case !strings.Contains(shown, "missing"): // it has ended
			url = fresh()
		case shown != before:
			t.Fatalf("a part of the steps is applied: %s", shown)
		}
	}
	output(t, url, "migrate")
	right()
	t.Logf("%d kills within %v", kills, took)
}

// killAfter runs a command, and kills it when it takes longer.
func killAfter(c *exec.Cmd, longest time.Duration) (killed bool, err error) {
	if err := c.Start(); err != nil {
		return false, err
	}
	killing := time.AfterFunc(longest, func() { _ = c.Process.Kill() })
	defer killing.Stop()
	err = c.Wait()
	return err != nil && !c.ProcessState.Exited(), err
}
