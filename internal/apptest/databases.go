package apptest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/postgres"
	"clientele.dev/internal/store/sqlite"
)

// variable says which database the tests of a process run on.
const variable = "CLIENTELE_TEST_DATABASE"

// OnPostgres says whether the tests of this process run on PostgreSQL, not on SQLite.
func OnPostgres() bool { return os.Getenv(variable) == "postgres" }

// RunOnBoth runs a package's tests on SQLite in this process and, at the same time, on PostgreSQL in another. It
// returns the exit code.
func RunOnBoth(run func() int) int {
	if os.Getenv(variable) != "" {
		return run()
	}
	var out bytes.Buffer
	other := exec.Command(os.Args[0], os.Args[1:]...)
	other.Env = append(os.Environ(), variable+"=postgres")
	other.Stdout, other.Stderr = &out, &out
	if err := other.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := run()
	err := other.Wait()
	if err != nil || testing.Verbose() {
		fmt.Printf("=== The same on PostgreSQL\n%s", &out)
	}
	if err != nil {
		fmt.Println("FAIL: on PostgreSQL:", err)
		return max(code, 1)
	}
	return code
}

// databaseURL is the address of a new database for a test.
func databaseURL(t testing.TB) string {
	t.Helper()
	if OnPostgres() {
		return pgtest.URL(t, prepare)
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "clientele.db")
}

// prepare brings the schema of a new database up to date.
func prepare(url string) error {
	s, err := postgres.Open(context.Background(), url)
	if err != nil {
		return err
	}
	return s.Close()
}

func openDatabase(ctx context.Context, url string) (store.Store, error) {
	if strings.HasPrefix(url, "sqlite:") {
		return sqlite.Open(ctx, url)
	}
	return postgres.Open(ctx, url)
}
