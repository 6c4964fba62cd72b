package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/apptest"
)

// TestImportMoney takes invoices and payments in from spreadsheets of a German bookkeeper, after their customers: they
// count from their days, a second run changes nothing, and a bad row does not hold up the others.
func TestImportMoney(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	customers := fileWith(t, "customers.csv", "Name,Email,Customer Number,Phone,metadata.a,metadata\n"+
		"Ada,ada@example.com,K-1,+44 20 7946 0958,=1+1,\n"+`Bob,bob@example.com,K-2,,,"{""n"":[1,2]}"`+"\n")
	invoices := fileWith(t, "invoices.csv",
		"Kundennummer;Rechnungsnummer;Betrag;MwSt;Rechnungsdatum;Fällig;Status;Paid On\n"+
			"K-1;R-1;1.190,00;190,00;31.01.2024;14.02.2024;;\n"+
			"K-1;R-2;59,50;9,50;29.02.2024;14.03.2024;paid;01.04.2024\n"+
			"bob@example.com;R-3;10,00;;01.03.2024;;void;\n"+
			"K-2;R-4;10,00;;30.02.2024;;;\n"+ // 5: there is no such day
			"K-9;R-5;10,00;;01.03.2024;;;\n"+ // 6: there is no such customer
			"K-2;r-2;10,00;;01.03.2024;;;\n"+ // 7: another one is called so
			"K-2;R-6;10,00;20,00;01.03.2024;;lost;\n") // 8: two mistakes
	payments := fileWith(t, "payments.csv",
		"Customer,Amount Received,Received On,Method,Reference,Invoice\n"+
			"ada@example.com,\"1,000.00\",2024-02-20,bank_transfer,T1,R-1\n"+
			"ada@example.com,95,2024-03-20,cash,,\n"+ // what is due the longest
			"ada@example.com,95,2024-03-20,cash,,\n"+ // and again: the rest of it
			"K-2,5,2024-03-20,,,R-9\n"+ // 5: there is no such invoice
			"K-2,5,2099-03-20,,,\n") // 6: it has not come yet
	for _, c := range []struct {
		args, object, first, again, says string
		code                             int
	}{
		{"csv " + customers, "customers", "2 0 0 0 0", "0 0 2 0 0", "its rows are customers", 0},
		{"csv " + invoices + " --currency EUR", "invoices", "3 0 0 0 4", "0 0 3 0 4", "its rows are invoices", 1},
		{"csv " + payments + " --currency EUR", "payments", "3 0 0 0 2", "0 0 3 0 2", "its rows are payments", 1},
	} {
		args := append(strings.Fields(c.args), "--mode", "test", "--db", db)
		dry, _, code := importing(t, append(args, "--dry-run")...)
		if became(dry, c.object) != c.first || code != c.code {
			t.Errorf("%s: a dry run exits with %d: %s", c.args, code, dry)
		}
		out, told, code := importing(t, args...)
		if became(out, c.object) != c.first || code != c.code || !strings.Contains(told, c.says) {
			t.Errorf("%s exits with %d: %s%s", c.args, code, out, told)
		}
		out, told, code = importing(t, args...)
		if became(out, c.object) != c.again || code != c.code {
			t.Errorf("%s exits again with %d: %s%s", c.args, code, out, told)
		}
	}
	for file, wants := range map[string][]string{
		invoices: {
			`K-2,R-4,"10,00",,30.02.2024,,,,5,date,`, `K-9,R-5,"10,00",,01.03.2024,,,,6,customer_id,`,
			`K-2,r-2,"10,00",,01.03.2024,,,,7,,it is the same invoice as row 3`,
			`K-2,R-6,"10,00","20,00",01.03.2024,,lost,,8,status; tax,`,
		},
		payments: {"K-2,5,2024-03-20,,,R-9,5,invoice_id,", "K-2,5,2099-03-20,,,,6,date,"},
	} {
		refused, err := os.ReadFile(strings.TrimSuffix(file, ".csv") + ".refused.csv")
		for _, want := range wants {
			if err != nil || !strings.Contains(string(refused), want) {
				t.Errorf("what is refused has no %s (%v):\n%s", want, err, refused)
			}
		}
	}
	owes(t, db, "")
	folder := filepath.Join(t.TempDir(), "sheets")
	var out, log bytes.Buffer
	if code := run(t.Context(), []string{"export", "csv", folder, "--mode", "test", "--db", db}, &out, &log); code != 0 {
		t.Fatalf("the export exits with %d: %s%s", code, &out, &log)
	}
	if code := run(t.Context(), []string{"export", "csv", folder, "--mode", "test", "--db", db}, &out, &log); code != 1 ||
		!strings.Contains(log.String(), "is not empty") {
		t.Errorf("the export into a folder that is not empty exits with %d: %s", code, &log)
	}
	again := newDatabase(t)
	for _, name := range []string{"customers", "invoices", "payments"} {
		out, told, code := importing(t, "csv", filepath.Join(folder, name+".csv"), "--decimal", "point", "--mode", "test",
			"--db", again)
		if code != 0 || strings.Contains(told, "--map says") && name == "customers" {
			t.Errorf("the exported %s exit with %d: %s%s", name, code, out, told)
		}
	}
	owes(t, again, "again: ")
	second := filepath.Join(t.TempDir(), "sheets")
	code := run(t.Context(), []string{"export", "csv", second, "--mode", "test", "--db", again}, &out, &log)
	if code != 0 {
		t.Fatalf("the second export exits with %d: %s", code, &log)
	}
	for _, name := range []string{"customers.csv", "invoices.csv", "payments.csv"} {
		was, err := os.ReadFile(filepath.Join(folder, name))
		is, errIs := os.ReadFile(filepath.Join(second, name))
		if err != nil || errIs != nil || string(was) != string(is) || strings.Count(string(is), "\n") < 3 {
			t.Errorf("%s was\n%s\nand after it moved out and in\n%s (%v, %v)", name, was, is, err, errIs)
		}
	}
}

// owes looks what is owed after TestImportMoney's files, as of several days.
func owes(t *testing.T, db, what string) {
	t.Helper()
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for day, want := range map[string]string{
		"2024-01-30": "0", "2024-02-01": "119000", "2024-02-28": "19000", "2024-03-01": "24950", "2024-03-31": "5950",
		"2024-04-02": "0",
	} {
		on, err := clientele.ParseDay(day)
		if err != nil {
			t.Fatal(err)
		}
		aging, err := s.Test().Receivables.Aging(t.Context(), clientele.AgingParams{AsOf: clientele.OnDay(on)})
		if err != nil {
			t.Fatal(err)
		}
		if owed := aging.Currencies["curr_test_eur"].Total; owed.String() != want {
			t.Errorf("%son %s %s is owed, want %s", what, day, owed, want)
		}
	}
}

// TestImportLinesOfMoney takes customers, their invoices and payments in from one file.
func TestImportLinesOfMoney(t *testing.T) {
	t.Parallel()
	const invoice = `"object":"invoice","currency_id":"curr_test_usd","finalize":true,"date":"2024-01-31"`
	var lines strings.Builder
	for n := range 40 { // more than are taken at once
		fmt.Fprintf(&lines, `{"object":"customer","external_id":"K-%d","name":"K"}`+"\n", n)
	}
	for n := range 40 {
		fmt.Fprintf(&lines, `{`+invoice+`,"customer_id":"K-%d","number":"R-%d","lines":[{"description":"Work",`+
			`"quantity":2,"unit_amount":"500"}]}`+"\n", n, n)
	}
	for n := range 40 {
		fmt.Fprintf(&lines, `{"object":"payment","currency_id":"curr_test_usd","customer_id":"K-%d","amount":"%d",`+
			`"date":"2024-02-15","invoice_id":"R-%d"}`+"\n", n, n+1, n)
	}
	lines.WriteString(`{"object":"payment","currency_id":"curr_test_usd","customer_id":"K-1","amount":5}` + "\n")
	file, db := fileWith(t, "all.jsonl", lines.String()), newDatabase(t)
	for _, want := range []string{"40 0 0 0 0", "0 0 40 0 0"} {
		out, told, code := importing(t, "jsonl", file, "--mode", "test", "--db", db)
		refused := strings.TrimSuffix(want, "0") + "1"
		if code != 1 || became(out, "customers") != want || became(out, "invoices") != want ||
			became(out, "payments") != refused {
			t.Fatalf("it exits with %d: %s%s", code, out, told)
		}
	}
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	on, err := clientele.ParseDay("2024-02-15")
	if err != nil {
		t.Fatal(err)
	}
	aging, err := s.Test().Receivables.Aging(t.Context(), clientele.AgingParams{AsOf: clientele.OnDay(on)})
	if owed := aging.Currencies["curr_test_usd"].Total; err != nil || owed.String() != "39180" { // 40,000 − 1 − … − 40
		t.Errorf("%s is owed (%v)", owed, err)
	}
}
