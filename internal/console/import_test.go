package console_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/store"
)

// upload sends a form with a spreadsheet; none when the name is "".
func (b *browser) upload(path, name, content string, values url.Values) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, value := range values {
		if err := form.WriteField(field, value[0]); err != nil {
			b.t.Fatal(err)
		}
	}
	if name != "" {
		file, err := form.CreateFormFile("sheet", name)
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := file.Write([]byte(content)); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.media = form.FormDataContentType()
	defer func() { b.media = "" }()
	return b.do("POST", path, &body)
}

// wantNot checks that a text is not on the page.
func (a answer) wantNot(text string) {
	a.t.Helper()
	if strings.Contains(a.body, text) {
		a.t.Errorf("%q is on the page: %s", text, a.body)
	}
}

// looked is what the form on a page would send, with some values.
func looked(a answer, values map[string]string) url.Values {
	sent := url.Values{}
	for _, field := range regexp.MustCompile(`<input type="hidden"[^>]*>`).FindAllString(a.body, -1) {
		sent.Set(attribute(field, "name"), html.UnescapeString(attribute(field, "value")))
	}
	for _, choice := range regexp.MustCompile(`(?s)<select.*?</select>`).FindAllString(a.body, -1) {
		selected := regexp.MustCompile(`<option [^>]*selected>`).FindString(choice)
		sent.Set(attribute(choice, "name"), attribute(selected, "value"))
	}
	for name, value := range values {
		sent.Set(name, value)
	}
	return sent
}

// TestImportOfASpreadsheet uploads customers: the columns are matched, by themselves and by choice, the first rows are
// shown with what would become of them, and all are taken in once.
func TestImportOfASpreadsheet(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	sheet := "Name;E-Mail;Plan;Who\n"
	for n := range 25 {
		sheet += fmt.Sprintf("Person %d;p%d@example.com;pro;<b>%d\n", n, n, n)
	}
	sheet += "Nobody;not an address;pro;\n"
	b.get("/test/customers").want(200, `href="/test/import?of=customers"`)
	b.get("/test/import?of=customers").want(200, `type="file"`, `<option value="customers" selected>`)
	shown := b.upload("/test/import", "people.csv", sheet, nil).want(200, "people.csv", "26 rows of customers",
		"UTF-8, separated by semicolons", "the first 20 rows", "Person 19", "&lt;b&gt;0", ">New<", "Import 26 rows")
	shown.wantNot("Person 20")
	b.get("/test/customers").wantNot("Person")
	for name, values := range map[string]map[string]string{
		"Two columns are name": {"column.3": "name"}, "There is no field shoe size": {"column.2": "shoe size"},
	} {
		b.upload("/test/import", "", "", looked(shown, values)).want(400, name)
	}
	chosen := b.upload("/test/import", "", "", looked(shown, map[string]string{"column.2": "metadata"})).want(200,
		`<option value="metadata" selected>`)
	for name, value := range map[string]string{
		"column.2": "description", "conflict": "update", "of": "payments", "seen": "",
	} {
		b.upload("/test/import", "", "", looked(chosen, map[string]string{"import": "1", name: value})).want(200,
			"changed how it is read, and nothing was taken in", "Look again")
	}
	b.get("/test/customers").wantNot("Person")
	taken := b.upload("/test/import", "", "", looked(chosen, map[string]string{"import": "1"})).want(200,
		"<dt>New</dt><dd>25</dd>", "<dt>Refused</dt><dd>1</dd>", `download="people.refused.csv"`, "See the customers")
	file := regexp.MustCompile(`href="data:text/csv;charset=utf-8;base64,([^"]*)"`).FindStringSubmatch(taken.body)
	if file == nil {
		t.Fatalf("there is no file of what was refused: %s", taken.body)
	}
	refused, err := base64.StdEncoding.DecodeString(html.UnescapeString(file[1]))
	const header = "Name,E-Mail,Plan,Who,refused_line,refused_field,refused_reason"
	const row = "Nobody,not an address,pro,,27,email,"
	if text := string(refused); err != nil || !strings.Contains(text, header) || !strings.Contains(text, row) {
		t.Errorf("refused is %s (%v)", refused, err)
	}
	b.get("/test/customers?q=person").want(200, "25")
	b.get("/test/customers?q=plan:pro").wantNot("went wrong")
	b.upload("/test/import", "", "", looked(chosen, map[string]string{"import": "1"})).want(200,
		"<dt>Here already</dt><dd>25</dd>", "<dt>New</dt><dd>0</dd>")
	mended := strings.Replace(string(refused), "not an address", "nobody@example.com", 1)
	again := b.upload("/test/import", "people.refused.csv", mended, nil).want(200, "1 row of customers", "Import 1 row<")
	b.upload("/test/import", "", "", looked(again, map[string]string{"import": "1"})).want(200, "<dt>New</dt><dd>1</dd>")
}

// TestImportOfMetadata uploads what an export of customers calls metadata: the keys are those of the export.
func TestImportOfMetadata(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	const sheet = "id,name,plan (metadata),metadata.seat,Colour\ncus_1,Ada,pro,7,green\n"
	shown := b.upload("/test/import", "a.csv", sheet, nil).want(200, ">New<")
	shown = b.upload("/test/import", "", "", looked(shown, map[string]string{"column.4": "metadata"})).want(200, ">New<")
	b.upload("/test/import", "", "", looked(shown, map[string]string{"import": "1"})).want(200, "<dt>New</dt><dd>1</dd>")
	made, err := s.Test().Customers.Retrieve(t.Context(), "cus_1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(made.Metadata)
	if want := `{"Colour":"green","plan":"pro","seat":"7"}`; err != nil || string(got) != want {
		t.Errorf("the metadata is %s (%v), want %s", got, err, want)
	}
}

// TestImportOfMoney uploads invoices and payments of a customer, with what must be said about them.
func TestImportOfMoney(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := strings.TrimPrefix(b.newCustomer("Ada"), "/test/customers/")
	invoices := fmt.Sprintf("Customer,Number,Total,Date,Due Date\n%s,R-1,\"1.234,50\",2025-12-01,2025-12-15\n", customer)
	shown := b.upload("/test/import", "r.csv", invoices, nil).want(200, "1 row of invoices", ">Refused<", "currency")
	said := map[string]string{"currency": usd(t, s).ID, "decimal": "comma"}
	shown = b.upload("/test/import", "", "", looked(shown, said)).want(200, ">New<")
	b.upload("/test/import", "", "", looked(shown, map[string]string{"import": "1"})).want(200, "See the invoices")
	b.get("/test/invoices").want(200, "R-1", "$1,234.50")
	payments := fmt.Sprintf("Customer,Amount,Date,Reference\n%s,34.50,01/02/2025,X\n", customer)
	shown = b.upload("/test/import", "p.csv", payments, url.Values{"currency": {usd(t, s).ID}}).want(200,
		"1 row of payments", ">Refused<")
	shown = b.upload("/test/import", "", "", looked(shown, map[string]string{"dates": "dmy"})).want(200, ">New<")
	b.upload("/test/import", "", "", looked(shown, map[string]string{"import": "1"})).want(200, "See the payments")
	b.get("/test/payments").want(200, "$34.50")
}

// TestImportRefuses files that are no spreadsheets, and who can only read.
func TestImportRefuses(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	large := "Name\n" + strings.Repeat("Somebody with a name\n", 120_000)
	for says, c := range map[string]struct{ name, content string }{
		"Choose a file":     {"", ""},
		"has no rows below": {"a.csv", "Name,E-Mail\n"},
		"could not be read": {"a.csv", "Name\n\"a"},
		"larger than 2 MB":  {"a.csv", large},
		"larger than":       {"a.csv", strings.Repeat(large, 3)},
	} {
		b.upload("/test/import", c.name, c.content, nil).want(400, says)
	}
	b.upload("/test/import", "", "", url.Values{"content": {"%%"}, "import": {"1"}}).want(400, "could not be read")
	b.post("/test/import", url.Values{"import": {"1"}}).want(400, "could not be read")
	reader := keyed(t, s, clientele.Test, store.ScopeRead)
	reader.get("/test/import").want(403)
	reader.upload("/test/import", "a.csv", "Name\nAda\n", nil).want(403)
	reader.get("/test/customers").wantNot("/test/import")
}
