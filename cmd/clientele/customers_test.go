package main

import (
	"strings"
	"testing"

	"clientele.dev/internal/apptest"
)

// TestCustomersAtTheShell finds, shows and changes customers and invoices.
func TestCustomersAtTheShell(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	file := fileWith(t, "c.csv", "id,name,email,metadata.plan\ncus_1,\"Ada\x1b[31m\nLovelace\",ada@example.com,gold\n"+
		"cus_2,Bob,bob@example.com,\n")
	if out, told, code := importing(t, "csv", file, "--mode", "test", "--db", db); code != 0 {
		t.Fatalf("it exits with %d: %s%s", code, out, told)
	}
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	i, err := oneMore(t.Context(), s.Test())
	s.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want []string
	}{
		{"customers search", []string{"Ada[31m Lovelace  ada@example.com", "Bob               bob@example.com"}},
		{"customers search bob", []string{"ID     NAME", "cus_2  Bob"}},
		{"customers search --limit 1", []string{"1 of 3; --limit shows more."}},
		{"customers search --mode live", []string{"ID  NAME"}},
		{"customers search bob --json", []string{`{"id":"cus_2","object":"customer"`}},
		{"customers show cus_1", []string{"email                  ada@example.com\n", `{"plan":"gold"}`}},
		{"customers show cus_1 --json", []string{`"name":"Ada\u001b[31m\nLovelace"`}},
		{"customers update cus_2 name=Robert address.city=London metadata.plan=gold", []string{"Robert", "London", "gold"}},
		{"customers update cus_1 metadata.plan= email=", []string{
			"email                  -\n", "metadata               {}\n",
		}},
		{"invoices list", []string{i.Number, "open", "$1.00", "LEFT TO PAY"}},
		{"invoices list --status paid,void", []string{"NUMBER  ID"}},
		{"invoices list --customer cus_1", []string{"NUMBER  ID"}},
		{"invoices list --json", []string{`{"id":"` + i.ID}},
		{"invoices show " + i.Number, []string{"customer_name", "lines", "1, see --json"}},
		{"invoices show " + i.ID + " --json", []string{`"number":"` + i.Number}},
	} {
		out, code := runCommand(append(strings.Fields(c.args), "--db", db)...)
		for _, want := range c.want {
			if code != 0 || !strings.Contains(out, want) || strings.Contains(out, "\x1b") {
				t.Errorf("%s: exit %d, without %q:\n%s", c.args, code, want, out)
			}
		}
	}
	for _, wrong := range []string{
		"customers show nobody", "customers update nobody name=x", "customers update cus_1 email=x",
		"customers update cus_1 nmae=x", "customers update cus_1 x.y=z", "customers update cus_1", "invoices show nothing",
		"invoices list --status late", "invoices list --customer nobody --mode both", "customers search --limit x",
	} {
		if out, code := runCommand(append(strings.Fields(wrong), "--db", db)...); code == 0 || out != "" {
			t.Errorf("%s: exit %d, %s", wrong, code, out)
		}
	}
	if out, code := runCommand("verify", "--db", db); code != 0 {
		t.Errorf("the books are not right: %s", out)
	}
}
