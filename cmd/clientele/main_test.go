package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	embedded "clientele.dev/internal/store/sqlite"
)

// TestMain puts the program itself into the path as clientele, for transcripts and for tests that start servers.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"clientele": main})
}

// TestCommands plays the transcripts of testdata.
func TestCommands(t *testing.T) {
	t.Parallel()
	deadline, limited := t.Deadline()
	if limited {
		deadline = deadline.Add(-20 * time.Second) // so that a server that never ends is told of, and is not left running
	}
	testscript.Run(t, testscript.Params{
		Dir:      "testdata",
		Deadline: deadline,
		Setup: func(env *testscript.Env) error {
			for _, name := range ofTheTest {
				if value, set := os.LookupEnv(name); set {
					env.Setenv(name, value)
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"capture":    capture,
			"until":      until,
			"mode":       mode,
			"from-later": fromLater,
			"database":   makeDatabase,
		},
	})
}

// exits runs a command and holds its exit code against the wanted one: exits 2 clientele frob.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [args...]")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// until runs a command again and again until its output matches: until 'expired' clientele keys list.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until pattern command [args...]")
	}
	pattern := regexp.MustCompile("(?m)" + args[0])
	for began := time.Now(); ; {
		ts.Check(ts.Exec(args[1], args[2:]...))
		if pattern.MatchString(ts.ReadFile("stdout")) {
			return
		}
		if time.Since(began) > 2*time.Minute {
			ts.Fatalf("it never said %s", args[0])
		}
	}
}

// capture keeps what a group of a pattern matched in the last output: capture KEY ^(key_\w+).
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture variable pattern")
	}
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("no match for %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// mode holds the permissions of files against the wanted ones: mode 600 clientele.db.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: mode permissions file...")
	}
	for _, name := range args[1:] {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[0] {
			ts.Fatalf("%s has mode %s, want %s", name, got, args[0])
		}
	}
}

// makeDatabase makes an empty database, as the first start of a server does: database clientele.db.
func makeDatabase(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: database file...")
	}
	for _, name := range args {
		db, err := embedded.Open(context.Background(), "sqlite:"+ts.MkAbs(name))
		ts.Check(err)
		ts.Check(db.Close())
	}
}

// fromLater makes a database look as if a later version of the program had migrated it.
func fromLater(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: from-later file")
	}
	c, err := sqlite.OpenConn(ts.MkAbs(args[0]), sqlite.OpenReadWrite)
	ts.Check(err)
	err = sqlitex.ExecuteTransient(c,
		"INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'of another day', '')", nil)
	ts.Check(errors.Join(err, c.Close()))
}
