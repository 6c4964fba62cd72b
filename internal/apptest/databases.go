package apptest

import (
	"bytes"
	"context"
	"flag"
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

// OnPostgres says whether the tests of this process run on PostgreSQL, one machine or several, not on SQLite.
func OnPostgres() bool { return os.Getenv(variable) == "postgres" || OnCitus() }

// OnCitus says whether the tests of this process run on several machines.
func OnCitus() bool { return os.Getenv(variable) == "citus" }

// RunOnAll runs a package's tests on SQLite in this process and, at the same time, on PostgreSQL in another, and then
// on Citus where CLIENTELE_CITUS_URL names a cluster. It returns the exit code.
func RunOnAll(run func() int) int {
	flag.Parse()
	if os.Getenv(variable) != "" || flag.Lookup("test.fuzz").Value.String() != "" {
		return run()
	}
	wait := startOn("postgres")
	code := max(run(), wait())
	if os.Getenv(pgtest.CitusVariable) != "" {
		code = max(code, startOn("citus")())
	}
	return code
}

// startOn starts the same tests on another database. wait waits for their end and returns their exit code.
func startOn(database string) (wait func() int) {
	var out bytes.Buffer
	other := exec.Command(os.Args[0], os.Args[1:]...)
	other.Env = append(os.Environ(), variable+"="+database)
	other.Stdout, other.Stderr = &out, &out
	err := other.Start()
	return func() int {
		if err == nil {
			err = other.Wait()
		}
		if err != nil || testing.Verbose() {
			fmt.Printf("=== The same on %s\n%s", database, &out)
		}
		if err != nil {
			fmt.Printf("FAIL: on %s: %v\n", database, err)
			return 1
		}
		return 0
	}
}

// databaseURL is the address of a new database for a test.
func databaseURL(t testing.TB) string {
	t.Helper()
	switch os.Getenv(variable) {
	case "postgres":
		return pgtest.URL(t, prepare)
	case "citus":
		return pgtest.CitusURL(t, Distribute)
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

// Distribute makes the tables of a new database and distributes them.
func Distribute(url string) error {
	if err := prepare(url); err != nil {
		return err
	}
	return postgres.Distribute(context.Background(), url, func(string, int, int) {})
}

func openDatabase(ctx context.Context, url string) (store.Store, error) {
	if strings.HasPrefix(url, "sqlite:") {
		return sqlite.Open(ctx, url)
	}
	return postgres.Open(ctx, url)
}
