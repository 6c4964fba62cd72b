package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		counts[of.Object]++
	}
	for object, want := range map[string]int{
		"settings": 1, "payment_method": 3, "payment_currency": 14, "customer": 7, "invoice": 14, "payment_intent": 11,
		"credit_note": 1, "refund": 1, "closing": 1,
	} {
		if counts[object] != want {
			t.Errorf("there are %d of %s, want %d", counts[object], object, want)
		}
	}
	if code != 0 || counts["balance_transaction"] < 30 || strings.Contains(out, "gone") {
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
		if strings.Contains(line, `"object":"customer"`) {
			customers += line
		}
	}
	other := newDatabase(t)
	in, told, code := importing(t, "jsonl", fileWith(t, "c.jsonl", customers), "--mode", "test", "--db", other)
	if code != 0 || became(in, "customers") != "7 0 0 0 0" {
		t.Errorf("taking them in exits with %d: %s%s", code, in, told)
	}
	in, _, code = importing(t, "jsonl", fileWith(t, "a.jsonl", out), "--mode", "test", "--db", other)
	if code != 1 || !strings.HasPrefix(became(in, "customers"), "0 0 7 0 ") {
		t.Errorf("taking in everything exits with %d: %s", code, in)
	}
	for args, says := range map[string]string{
		"--customer cus_ada": "is of one mode", "-o " + file: "is there already",
		"--mode live --customer cus_ada": "no customer",
	} {
		var printed, log bytes.Buffer
		if code := run(t.Context(), append([]string{"export", "jsonl", "--db", db}, strings.Fields(args)...), &printed,
			&log); code != 1 || !strings.Contains(log.String(), says) || printed.Len() > 0 {
			t.Errorf("%s exits with %d: %s%s", args, code, &printed, &log)
		}
	}
}
