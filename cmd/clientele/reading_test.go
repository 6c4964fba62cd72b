package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clientele.dev/internal/pgtest"
)

// reading are the commands that change nothing.
var reading = [][]string{
	{"verify"}, {"keys", "list"}, {"apps", "list"}, {"aging"}, {"aging", "--by-customer"}, {"statement", "cus_x"},
	{"verify", "--customer", "cus_x"},
}

// What reads refuses an older schema, says what to do, and leaves every byte as it is; so does what is stopped.
func TestReadingChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "clientele.db")
	for _, url := range []string{"sqlite:" + file, pgtest.URL(t, nil)} {
		booksOfBefore(t, url, 1)
		before := contentOf(t, file)
		for _, command := range reading {
			var all bytes.Buffer
			code := run(t.Context(), append(slices.Clone(command), "--db", url), &all, &all)
			out := all.String()
			if code != 1 || !strings.Contains(out, "clientele migrate") {
				t.Errorf("%v: exit %d: %s", command, code, out)
			}
		}
		if out, _ := runCommand("migrate", "--show", "--db", url); !strings.Contains(out, "missing") {
			t.Errorf("the schema was changed: %s", out)
		}
		if !bytes.Equal(before, contentOf(t, file)) {
			t.Error("the file has changed")
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left are %v", left)
	}
	if out, code := runCommand("migrate", "--db", "sqlite:"+file); code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	// With the schema of today they read a file that nobody may write to.
	if err := os.Chmod(file, 0o400); err != nil {
		t.Fatal(err)
	}
	for _, command := range reading[:5] {
		if out, code := runCommand(append(command, "--db", "sqlite:"+file)...); code != 0 {
			t.Errorf("%v: exit %d: %s", command, code, out)
		}
	}
}

func contentOf(t *testing.T, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// One customer's books are looked at alone; a command that is stopped says so.
func TestVerifyOneCustomerAndStop(t *testing.T) {
	t.Parallel()
	db := "sqlite:" + rightBooks(t)
	out, code := runCommand("aging", "--by-customer", "--mode", "test", "--json", "--db", db)
	_, rest, found := strings.Cut(out, `"customer_id": "`)
	if !found {
		t.Fatalf("exit %d: %s", code, out)
	}
	id, _, _ := strings.Cut(rest, `"`)
	if out, code = runCommand("verify", "--customer", id, "--mode", "test", "--db", db); code != 0 ||
		out != "The books of the customer are right.\n" {
		t.Errorf("exit %d: %s", code, out)
	}
	if out, code = runCommand("verify", "--customer", id, "--db", db); code != 1 || out != "" {
		t.Errorf("in the other mode: exit %d: %s", code, out)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var all bytes.Buffer
	if code := run(ctx, []string{"verify", "--db", db}, &all, &all); code != 1 ||
		!strings.Contains(all.String(), "stopped after") || !strings.Contains(all.String(), "nothing was changed") {
		t.Errorf("stopped: exit %d: %s", code, all.String())
	}
}
