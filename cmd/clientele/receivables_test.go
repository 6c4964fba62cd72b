package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/apptest"
)

func TestAgingAndStatement(t *testing.T) {
	t.Parallel()
	db := "sqlite:" + rightBooks(t)
	for _, test := range []struct {
		args string
		want []string
	}{
		{"aging --mode test", []string{
			"What was owed at ", "in test mode\n", "CURRENCY  NOT DUE  1-30 DAYS", "USD    $0.00", "$6.00",
		}},
		{"aging --mode test --by-customer", []string{"CUSTOMER", "     Ana       USD", "     ALL       USD"}},
		{"aging --mode test --as-of 2020-01-01", []string{"What was owed at 2020-01-01T23:59:59Z", "\nNothing.\n"}},
		{"aging", []string{"in live mode\nNothing.\n"}},
		{"aging --mode test --json", []string{"\"curr_test_usd\": {\n", "\"total\": \"600\""}},
	} {
		out, code := runCommand(append(strings.Fields(test.args), "--db", db)...)
		for _, want := range test.want {
			if code != 0 || !strings.Contains(out, want) {
				t.Errorf("%s: exit %d, without %q:\n%s", test.args, code, want, out)
			}
		}
	}
	out, _ := runCommand("aging", "--mode", "test", "--by-customer", "--json", "--db", db)
	var aging clientele.Aging
	if err := json.Unmarshal([]byte(out), &aging); err != nil || len(aging.List) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	ana := aging.List[0].CustomerID
	out, code := runCommand("statement", ana, "--mode", "test", "--db", db)
	for _, want := range []string{
		ana + "  Ana\n", "Opening balance                                           $0.00\n",
		"Credit adjusted                                -$50.00  -$50.00\n", "Payment applied to the invoice",
		"Closing balance                                         -$44.00\n",
	} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, without %q:\n%s", code, want, out)
		}
	}
	for _, wrong := range []string{
		"aging --as-of yesterday", "aging --known-at soon", "statement " + ana + " --known-at soon",
		"aging --currency curr_x", "aging --customer nobody", "aging --mode both",
		"statement", "statement nobody", "statement " + ana + " --from 2026-02-01 --to 2026-01-01",
	} {
		if out, code := runCommand(append(strings.Fields(wrong), "--db", db)...); code == 0 || out != "" {
			t.Errorf("%s: exit %d, %s", wrong, code, out)
		}
	}
}

// TestAStatementHasTheDaysOfTheBusiness prints what was typed in later on its day, and when that was, where the
// business is: in Auckland it is a day later than in UTC.
func TestAStatementHasTheDaysOfTheBusiness(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	s.Advance(10 * time.Hour) // 13:04 UTC on 2026-01-02, and the 3rd in Auckland
	ctx, c := t.Context(), s.Test()
	if _, err := c.Settings.Update(ctx, clientele.SettingsParams{TimeZone: new("Pacific/Auckland")}); err != nil {
		t.Fatal(err)
	}
	customer := oldBook(t, c)
	s.Close()
	out, code := runCommand("statement", customer, "--mode", "test", "--from", "2025-12-05", "--to", "2025-12-31",
		"--db", db)
	for _, want := range []string{
		"2025-12-05  Opening balance", "2025-12-10  Payment (entered 2026-01-03)", "2025-12-31  Closing balance",
	} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, without %q:\n%s", code, want, out)
		}
	}
	known, code := runCommand("statement", customer, "--mode", "test", "--known-at", "2026-01-02", "--db", db)
	if code != 0 || !strings.Contains(known, "Nothing happened, and nothing is owed.") {
		t.Errorf("exit %d, as known before it was typed in:\n%s", code, known)
	}
}
