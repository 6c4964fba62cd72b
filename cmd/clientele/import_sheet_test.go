package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"clientele.dev"
	"clientele.dev/internal/apptest"
)

// importing runs an import and answers what it printed and told.
func importing(t testing.TB, args ...string) (out, told string, code int) {
	t.Helper()
	var printed, log bytes.Buffer
	code = run(t.Context(), append([]string{"import"}, args...), &printed, &log)
	return printed.String(), log.String(), code
}

func fileWith(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestImportCSV takes the same customers in from spreadsheets that are written in every way, and nothing the second
// time.
func TestImportCSV(t *testing.T) {
	t.Parallel()
	text := "Full Name,E-Mail,Customer Number,City,Country,ZIP,Plan,Created (UTC),Shoe Size\n" +
		"\"Müller, Jörg\",JM@example.com,K-1,Köln,DE,50667,gold,2024-01-31 10:30,44\n" +
		"Ada,ada@example.com,K-2,\"Lon\ndon\",GB,,,,\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	ansi, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	semicolons := strings.NewReplacer("\"Müller, Jörg\"", "Müller@ Jörg", ",", ";").Replace(text)
	for name, c := range map[string]struct{ content, says string }{
		"utf8":       {text, "is UTF-8, separated by ,"},
		"bom":        {"\ufeff" + text, "is UTF-8, separated by ,"},
		"utf16":      {utf16, "is UTF-16, separated by ,"},
		"utf16le":    {utf16[2:], "is UTF-16, separated by ,"},
		"ansi":       {ansi, "is Windows-1252, separated by ,"},
		"tabs":       {strings.ReplaceAll(strings.ReplaceAll(text, ", ", "@ "), ",", "\t"), "is UTF-8, separated by tabs"},
		"semicolons": {semicolons, "is UTF-8, separated by ;"},
		"windows":    {strings.ReplaceAll(text, "\n", "\r\n"), "is UTF-8, separated by ,"},
	} {
		file, db := fileWith(t, name+".csv", c.content), newDatabase(t)
		args := []string{"csv", file, "--mode", "test", "--map", "metadata.plan=Plan", "--db", db}
		dry, _, code := importing(t, append(args, "--dry-run")...)
		if code != 0 || became(dry, "customers") != "2 0 0 0 0" {
			t.Errorf("%s: a dry run exits with %d: %s", name, code, dry)
		}
		out, told, code := importing(t, args...)
		if code != 0 || became(out, "customers") != "2 0 0 0 0" || !strings.Contains(told, c.says) ||
			!strings.Contains(told, "name is the column Full Name") || !strings.Contains(told, "Shoe Size") {
			t.Errorf("%s: it exits with %d: %s%s", name, code, out, told)
		}
		if out, _, code := importing(t, args...); code != 0 || became(out, "customers") != "0 0 2 0 0" {
			t.Errorf("%s: again it exits with %d: %s", name, code, out)
		}
		s, err := apptest.Open(db)
		if err != nil {
			t.Fatal(err)
		}
		page, err := s.Test().Customers.Search(t.Context(), clientele.CustomerSearchParams{Query: "external_id:K-1"})
		s.Close()
		if err != nil || len(page.List) != 1 {
			t.Errorf("%s: K-1 is %v (%v)", name, page, err)
			continue
		}
		k := page.List[0]
		if strings.ReplaceAll(k.Name, "@", ",") != "Müller, Jörg" || k.Address.City != "Köln" ||
			k.Address.PostalCode != "50667" || k.Metadata.String("plan") != "gold" ||
			k.CreatedAt.String() != "2024-01-31T10:30:00.000Z" {
			t.Errorf("%s: K-1 is %+v", name, k.Customer)
		}
	}
}

// TestImportCSVRefuses bad rows with every mistake of each; mended in the file of what was refused they are taken.
func TestImportCSVRefuses(t *testing.T) {
	t.Parallel()
	file := fileWith(t, "c.csv", "name,email,phone,country\n"+
		"Ada,ada@example.com,+44 20 7946 0958,GB\n"+ // 2
		"Bob,nonsense,12,Germany\n"+ // 3
		"Cy,cy@example.com\n"+ // 4
		"Dee,ADA@example.com,,\n"+ // 5
		"Eve,,,\n") // 6
	db := newDatabase(t)
	out, told, code := importing(t, "csv", file, "--mode", "test", "--db", db)
	if code != 1 || became(out, "customers") != "1 0 0 0 4" || !strings.Contains(told, "4 were refused") {
		t.Fatalf("it exits with %d: %s%s", code, out, told)
	}
	refused := strings.TrimSuffix(file, ".csv") + ".refused.csv"
	read := func() [][]string {
		f, err := os.Open(refused)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		r := csv.NewReader(f)
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := read()
	head := "name,email,phone,country,refused_line,refused_field,refused_reason"
	if strings.Join(rows[0], ",") != head || len(rows) != 5 {
		t.Fatalf("refused is %v", rows)
	}
	for _, row := range rows[1:] {
		want := map[string]string{"Bob": "3 email; phone; address.country", "Cy": "4 ", "Dee": "5 ", "Eve": "6 id"}[row[0]]
		if got := strings.Join(row[len(row)-3:len(row)-1], " "); got != want {
			t.Errorf("%s is refused by %s, want %s: %v", row[0], got, want, row)
		}
	}
	mended := fileWith(t, "mended.csv", "name,email,phone,country,refused_line,refused_field,refused_reason\n"+
		"Bob,bob@example.com,+49 30 1234567,DE,3,email,x\n")
	if out, told, code := importing(t, "csv", mended, "--mode", "test", "--db", db); code != 0 ||
		became(out, "customers") != "1 0 0 0 0" || strings.Contains(told, "not taken") {
		t.Errorf("mended it exits with %d: %s%s", code, out, told)
	}
	changed := fileWith(t, "changed.csv", "name,email\nAda Lovelace,ada@example.com\n")
	for _, c := range []struct{ on, want, name string }{
		{"refuse", "0 0 0 0 1", "Ada"}, {"skip", "0 0 0 1 0", "Ada"}, {"update", "0 1 0 0 0", "Ada Lovelace"},
		{"update", "0 0 1 0 0", "Ada Lovelace"},
	} {
		out, told, _ := importing(t, "csv", changed, "--mode", "test", "--on-conflict", c.on, "--db", db)
		s, err := apptest.Open(db)
		if err != nil {
			t.Fatal(err)
		}
		page, err := s.Test().Customers.Search(t.Context(), clientele.CustomerSearchParams{Query: "email:ada@example.com"})
		s.Close()
		if err != nil || became(out, "customers") != c.want || len(page.List) != 1 || page.List[0].Name != c.name {
			t.Errorf("%s: %s%s %v (%v)", c.on, out, told, page, err)
		}
	}
	for args, says := range map[string]string{
		file + " --map nmae=name": "there is no field nmae", file + " --map name=Name": "there is no column \"Name\"",
		fileWith(t, "none.csv", "a,b\n1,2\n"):              "no column is plain",
		fileWith(t, "two.csv", "name,full name\n1,2\n"):    "are both name",
		fileWith(t, "empty.csv", ""):                       "it is empty",
		fileWith(t, "quote.csv", "name,email\n\"a,b\nc\n"): "quote",
	} {
		if _, told, code := importing(t, append([]string{"csv", "--db", db}, strings.Fields(args)...)...); code != 1 ||
			!strings.Contains(told, says) {
			t.Errorf("%s exits with %d: %s, want %q", args, code, told, says)
		}
	}
}

// TestImportJSONL takes customers in from lines, the good ones among bad ones.
func TestImportJSONL(t *testing.T) {
	t.Parallel()
	file := fileWith(t, "c.jsonl", `{"id":"cus_old1","name":"Ada","metadata":{"n":12345678901234567890}}
{"external_id":"K-2","name":"Bob","invoice_settings":{"footer":"x"}}

{"external_id":"K-3","email":"nonsense","unknown":1}
not json
{"external_id":"K-2","name":"Twin"}
`)
	db := newDatabase(t)
	out, told, code := importing(t, "jsonl", file, "--mode", "test", "--db", db)
	if code != 1 || became(out, "customers") != "2 0 0 0 3" {
		t.Fatalf("it exits with %d: %s%s", code, out, told)
	}
	refused, err := os.ReadFile(strings.TrimSuffix(file, ".jsonl") + ".refused.jsonl")
	for _, want := range []string{
		`"external_id":"K-3","refused":[{`, `"field":"email"`, `"field":"unknown"`, `"unreadable":"not json"`,
		"it is the same customer as line 2",
	} {
		if err != nil || !strings.Contains(string(refused), want) {
			t.Errorf("what is refused has no %s (%v): %s", want, err, refused)
		}
	}
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ada, err := s.Test().Customers.Retrieve(t.Context(), "cus_old1")
	if err != nil || ada.Name != "Ada" || string(ada.Metadata["n"]) != "12345678901234567890" {
		t.Errorf("Ada is %v (%v)", ada, err)
	}
}
