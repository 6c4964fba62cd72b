package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clientele.dev/internal/move"
	"clientele.dev/internal/pgtest"
)

// TestExport writes everything as lines, the same each time, and one customer alone; the customers can be taken in
// again.
func TestExport(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	busyBooks(t, db)
	out, code := runCommand("export", "jsonl", "--db", db)
	counts := map[string]int{}
	for line := range strings.Lines(out) {
		var of struct{ ID, Object string }
		if err := json.Unmarshal([]byte(line), &of); err != nil || of.Object == "" {
			t.Errorf("%s (%v)", line, err)
		}
		if counts[of.Object]++; of.Object == "api_key" {
			t.Errorf("there is a key: %s", line)
		}
	}
	for object, want := range map[string]int{
		"settings": 1, "payment_method": 3, "payment_currency": 14, "customer": 7, "invoice": 14, "payment_intent": 11,
		"credit_note": 1, "refund": 1, "closing": 1, "deleted_customer": 1, "export": 1, "export_end": 1,
	} {
		if counts[object] != want {
			t.Errorf("there are %d of %s, want %d", counts[object], object, want)
		}
	}
	if code != 0 || counts["balance_transaction"] < 30 || counts["event"] < 50 {
		t.Errorf("it exits with %d, with %v", code, counts)
	}
	file := filepath.Join(t.TempDir(), "all.jsonl")
	if _, code := runCommand("export", "jsonl", "-o", file, "--db", db); code != 0 {
		t.Errorf("to a file it exits with %d", code)
	}
	if written, err := os.ReadFile(file); err != nil || string(written) != out {
		t.Errorf("to a file it is something else (%v)", err)
	}
	one, code := runCommand("export", "jsonl", "--mode", "test", "--customer", adaDID, "--db", db)
	for line := range strings.Lines(one) {
		if !strings.Contains(line, `"cus_ada"`) {
			t.Errorf("of Ada there is %s", line)
		}
	}
	if code != 0 || strings.Count(one, `"object":"invoice"`) != 9 {
		t.Errorf("of Ada it exits with %d: %s", code, one)
	}
	customers := ""
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, `{"id":"`) && strings.Contains(line, `"object":"customer",`) {
			customers += line
		}
	}
	other := newDatabase(t)
	in, told, code := importing(t, "jsonl", fileWith(t, "c.jsonl", customers), "--mode", "test", "--db", other)
	if code != 0 || became(in, "customers") != "7 0 0 0 0" {
		t.Errorf("taking them in exits with %d: %s%s", code, in, told)
	}
	_, in, _ = strings.Cut(out, "\n") // without what makes it a whole export
	in, _, code = importing(t, "jsonl", fileWith(t, "a.jsonl", in), "--mode", "test", "--db", other)
	if code != 1 || !strings.HasPrefix(became(in, "customers"), "0 0 7 0 ") {
		t.Errorf("taking in everything exits with %d: %s", code, in)
	}
	for args, want := range map[string]int{
		"--as-of 2020-01-01": 0, "--as-of 2999-01-01": 7, "--mode live --as-of 2999-01-01": 0,
	} {
		then, code := runCommand(append([]string{"export", "jsonl", "--db", db}, strings.Fields(args)...)...)
		if n := strings.Count(then, `"object":"customer",`); code != 0 || n != want {
			t.Errorf("%s exits with %d, with %d customers, want %d", args, code, n, want)
		}
	}
	for args, says := range map[string]string{
		"--as-of soon": "must be a day", "--customer cus_ada": "is of one mode", "-o " + file: "is there already",
		"--mode live --customer cus_ada": "no customer",
	} {
		var printed, log bytes.Buffer
		if code := run(t.Context(), append([]string{"export", "jsonl", "--db", db}, strings.Fields(args)...), &printed,
			&log); code != 1 || !strings.Contains(log.String(), says) || printed.Len() > 0 {
			t.Errorf("%s exits with %d: %s%s", args, code, &printed, &log)
		}
	}
}

// TestAnExportMakesAnEqualServer takes a whole export in on each database, whose export is the same byte by byte, and
// one of one mode; the import is killed now and then.
func TestAnExportMakesAnEqualServer(t *testing.T) {
	t.Parallel()
	from := newDatabase(t)
	busyBooks(t, from)
	want, hash := output(t, from, "export", "jsonl"), hashIn(t, from)
	file := fileWith(t, "all.jsonl", want)
	for name, db := range map[string]string{"SQLite": newDatabase(t), "PostgreSQL": pgtest.URL(t, nil)} {
		kills := survive(t, func() *exec.Cmd { return command(db, "import", "jsonl", file) })
		t.Logf("%s: %d kills", name, kills)
		if is := hashIn(t, db); is != hash {
			t.Errorf("%s has the hash %s, want %s", name, is, hash)
		}
		if is := output(t, db, "export", "jsonl"); is != want {
			t.Errorf("%s exports something else: %s", name, difference(is, want))
		}
		if out, code := runCommand("verify", "--db", db); code != 0 {
			t.Errorf("the books of %s are not right: %s", name, out)
		}
		if out := output(t, db, "import", "jsonl", file); !strings.Contains(out, "There is nothing to import") {
			t.Errorf("%s, asked again, says %s", name, out)
		}
	}
	live := output(t, from, "export", "jsonl", "--mode", "live")
	alone := newDatabase(t)
	if out, told, code := importing(t, "jsonl", fileWith(t, "live.jsonl", live), "--db", alone); code != 0 {
		t.Errorf("of live mode alone it exits with %d: %s%s", code, out, told)
	}
	if is := output(t, alone, "export", "jsonl", "--mode", "live"); is != live {
		t.Errorf("of live mode alone is exported something else: %s", difference(is, live))
	}
	if strings.Contains(live, `"livemode":false`) {
		t.Errorf("in live mode is something of test mode: %s", live)
	}
}

// TestAnImportGoesOnWithTheSameExport stops an import: another export is refused then, in a file of the same name too,
// and the same one comes to its end.
func TestAnImportGoesOnWithTheSameExport(t *testing.T) {
	t.Parallel()
	from := newDatabase(t)
	busyBooks(t, from)
	export := output(t, from, "export", "jsonl")
	file, db := fileWith(t, "all.jsonl", export), newDatabase(t)
	a := &app{ctx: t.Context(), db: db, stderr: t.Output()}
	to, err := a.open()
	if err != nil {
		t.Fatal(err)
	}
	_, name, err := move.CheckExport(strings.NewReader(export))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	err = move.Import(ctx, strings.NewReader(export), to, name, func(string, int64) { stop() })
	if err = errors.Join(err, to.Close()); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped, it ends with %v", err)
	}
	other := output(t, from, "export", "jsonl", "--mode", "live")
	if err := os.WriteFile(file, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, told, code := importing(t, "jsonl", file, "--db", db); code != 1 || !strings.Contains(told, "is not empty") {
		t.Errorf("with another it exits with %d: %s", code, told)
	}
	if _, told, code := importing(t, "jsonl", fileWith(t, "moved.jsonl", export), "--db", db); code != 0 {
		t.Errorf("with the same it exits with %d: %s", code, told)
	}
	if is, want := hashIn(t, db), hashIn(t, from); is != want {
		t.Errorf("the hash is %s, want %s", is, want)
	}
}

// difference is the first line in which two texts differ.
func difference(is, must string) string {
	lines := strings.Split(must, "\n")
	for n, line := range strings.Split(is, "\n") {
		if n >= len(lines) || line != lines[n] {
			return fmt.Sprintf("line %d is %s", n+1, line)
		}
	}
	return "it ends early"
}

// TestImportOfAnExportRefuses what is not whole, and databases that have something, of which nothing changes.
func TestImportOfAnExportRefuses(t *testing.T) {
	t.Parallel()
	full, other := "sqlite:"+rightBooks(t), "sqlite:"+rightBooks(t)
	change := fileWith(t, "one.jsonl", `{"email":"more@example.com"}`)
	if out, code := runCommand("import", "jsonl", change, "--mode", "test", "--db", other); code != 0 {
		t.Fatal(out)
	}
	was := hashIn(t, other)
	export := output(t, full, "export", "jsonl")
	lines := strings.SplitAfter(export, "\n")
	whole := fileWith(t, "whole.jsonl", export)
	for name, c := range map[string]struct{ file, db, says string }{
		"early":       {strings.Join(lines[:len(lines)-2], ""), newDatabase(t), "it ends early, or was changed"},
		"cut":         {export[:len(export)/2], newDatabase(t), "it ends early, or was changed"},
		"changed":     {strings.Replace(export, `"version":1`, `"version":2`, 1), newDatabase(t), "or was changed"},
		"without one": {strings.Join(slices.Delete(slices.Clone(lines), 3, 4), ""), newDatabase(t), "or was changed"},
		"more":        {export + "{}\n", newDatabase(t), "or was changed"},
		"later":       {strings.Replace(export, `"format":1`, `"format":2`, 1), newDatabase(t), "of another version"},
		"full":        {export, other, "is not empty, and nothing was changed"},
	} {
		_, told, code := importing(t, "jsonl", fileWith(t, "x.jsonl", c.file), "--db", c.db)
		if code != 1 || !strings.Contains(told, c.says) {
			t.Errorf("%s: it exits with %d: %s, want %q", name, code, told, c.says)
		}
		if _, err := os.Stat(strings.TrimPrefix(c.db, "sqlite:")); err == nil && c.db != other {
			t.Errorf("%s: a database was made", name)
		}
	}
	if is := hashIn(t, other); is != was {
		t.Error("the full database has changed")
	}
	dry, _, code := importing(t, "jsonl", whole, "--dry-run", "--db", newDatabase(t))
	if code != 0 || !strings.Contains(dry, fmt.Sprintf("a whole export of %d lines", len(lines)-2)) {
		t.Errorf("a dry run exits with %d: %s", code, dry)
	}
}
