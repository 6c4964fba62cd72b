package console_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/apptest"
)

var onceField = regexp.MustCompile(`name="once" value="(\w+)"`)

// fill opens a form, fills it in and sends it.
func (b *browser) fill(path string, values map[string]string) answer {
	b.t.Helper()
	return b.post(path, b.form(path, values))
}

// form opens a form and answers what it would send, with some values.
func (b *browser) form(path string, values map[string]string) url.Values {
	b.t.Helper()
	shown := b.get(path).want(200)
	sent := url.Values{}
	for _, field := range regexp.MustCompile(`<(?:input|textarea)[^>]*>`).FindAllString(shown.body, -1) {
		name, value := attribute(field, "name"), attribute(field, "value")
		if name != "" && !strings.Contains(field, "checkbox") && !strings.Contains(field, `"radio"`) {
			sent.Set(name, value)
		}
	}
	for name, value := range values {
		sent.Set(name, value)
	}
	return sent
}

func attribute(tag, name string) string {
	found := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if found == nil {
		return ""
	}
	return found[1]
}

// made is the path of what an answer leads to, without what it says was done.
func (a answer) made() string {
	a.t.Helper()
	a.want(303)
	path, _, _ := strings.Cut(a.header.Get("Location"), "?")
	return path
}

// usd is the currency of a server's test mode whose symbol is USD.
func usd(t *testing.T, s *apptest.Server) clientele.PaymentCurrency {
	t.Helper()
	all, err := s.Test().PaymentCurrencies.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Symbol == "USD" {
			return c
		}
	}
	t.Fatal("there is no USD")
	return clientele.PaymentCurrency{}
}

// newCustomer makes a customer in the console and answers the path of their page.
func (b *browser) newCustomer(name string) string {
	b.t.Helper()
	return b.fill("/test/customers/new", map[string]string{"name": name}).made()
}

// newInvoice makes an invoice over one line, finalized, and answers its path.
func (b *browser) newInvoice(customer, price string) string {
	b.t.Helper()
	id := strings.TrimPrefix(customer, "/test/customers/")
	path := b.fill("/test/invoices/new?customer="+id, map[string]string{
		"currency_id": usd(b.t, b.s).ID, "due_date": "2026-02-01",
		"lines[0].description": "Work", "lines[0].unit_amount": price,
	}).made()
	b.fill(path+"/finalize", nil).want(303)
	return path
}

func TestCustomerIsEditedInPlace(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	b.fill("/test/customers/new", map[string]string{"name": "Ada", "email": "ada@", "phone": "12"}).
		want(400, "Email ", "Phone ", `aria-invalid="true"`, `value="Ada"`)
	path := b.newCustomer("Ada Lovelace")
	b.get(path+"?done=created").want(200, "Created.", "Ada Lovelace")

	mine := b.form(path+"/edit", map[string]string{"name": "Ada King", "email": "ada@example.com"})
	b.fill(path+"/edit", map[string]string{"name": "Augusta Ada", "phone": "+442079460958"}).want(303)
	conflict := b.post(path+"/edit", mine).want(412, "Somebody else has changed this", `value="Ada King"`,
		"It is now: <bdi>Augusta Ada</bdi>", `dir="auto" value="&#43;442079460958"`)
	mine.Set("once", onceField.FindStringSubmatch(conflict.body)[1])
	mine.Set("version", "2")
	b.post(path+"/edit", mine).want(303)
	b.get(path).want(200, "Ada King", "ada@example.com",
		"by key apptest", "<del><bdi>Augusta Ada</bdi></del> → <ins><bdi>Ada King</bdi></ins>")

	b.get(path+"/delete").want(200, "Delete Ada King?", "Invoices kept")
	gone := b.fill(path+"/delete", nil).want(303).header.Get("Location")
	b.get(gone).want(200, "The customer was deleted.", "Bring them back", path+"/restore")
	b.get("/test/customers?show=deleted").want(200, "Ada King")
	b.get(path).want(200, "deleted", "Bring them back")
	b.fill(path+"/restore", nil).leads(path + "?done=saved&of=")
}

func TestOneFormIsSentOnce(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	id := strings.TrimPrefix(customer, "/test/customers/")
	form := b.form("/test/payments/new?customer="+id, map[string]string{
		"amount": "12.50", "currency_id": usd(t, s).ID, "reference": "42",
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { b.post("/test/payments/new?customer="+id, form).want(303) })
	}
	all.Wait()
	page, err := s.Test().Payments.List(t.Context(), clientele.PaymentListParams{})
	if err != nil || page.Count != 1 || page.List[0].Amount.String() != "1250" {
		t.Errorf("%d payments, %v", page.Count, err)
	}
	form.Set("amount", "13")
	b.post("/test/payments/new?customer="+id, form).want(422, "was used for another request")
}

// One cheque pays three invoices: two wholly, one in part, and what would come of it is shown before.
func TestChequeOverThreeInvoices(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	id := strings.TrimPrefix(customer, "/test/customers/")
	first, second, third := b.newInvoice(customer, "400"), b.newInvoice(customer, "500.25"), b.newInvoice(customer, "300")
	pay := "pay."
	values := map[string]string{
		"amount": "1000", "currency_id": usd(t, s).ID, "method": "cheque", "reference": "000123",
		pay + strings.TrimPrefix(first, "/test/invoices/"):  "400",
		pay + strings.TrimPrefix(second, "/test/invoices/"): "500.25",
		pay + strings.TrimPrefix(third, "/test/invoices/"):  "99",
	}
	form := b.form("/test/payments/new?customer="+id, values)
	form.Set("preview", "1")
	b.post("/test/payments/new?customer="+id, form).want(200, "$400.00, all that is left", "$500.25, all that is left",
		"$99.00, and $201.00 stays to pay", "$0.75", `value="000123"`)
	if page, err := s.Test().Payments.List(t.Context(), clientele.PaymentListParams{}); err != nil || page.Count != 0 {
		t.Fatalf("a preview made %d payments, %v", page.Count, err)
	}
	form.Del("preview")
	payment := b.post("/test/payments/new?customer="+id, form).made()
	b.get(payment).want(200, "$1,000.00", "$0.75", "000123", "cheque")
	b.get(first).want(200, `<span class="badge paid">`)
	b.get(third).want(200, "$201.00")
	b.fill(payment+"/allocate", nil).want(303)
	b.get(third).want(200, "$200.25")
	b.get(payment+"/reverse").want(200, "Owed again", "$1,000.00")
	b.fill(payment+"/reverse", map[string]string{"reason": "it bounced"}).want(303)
	b.get(customer).want(200, "$1,200.25")

	form = b.form("/test/payments/new?customer="+id, values)
	form.Set(pay+strings.TrimPrefix(third, "/test/invoices/"), "300.01")
	wrong := b.post("/test/payments/new?customer="+id, form).want(409)
	if !regexp.MustCompile(`name="pay.` + strings.TrimPrefix(third, "/test/invoices/") + `"[^>]*aria-invalid`).
		MatchString(wrong.body) {
		t.Errorf("the error is not beside its field: %s", wrong.body)
	}
}

func TestInvoiceFromDraftToVoid(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	id := strings.TrimPrefix(customer, "/test/customers/")
	b.get("/test/invoices/new").want(200, "Which customer is it for?", "Ada")
	b.fill("/test/invoices/new?customer="+id, map[string]string{
		"currency_id": usd(t, s).ID, "lines[1].description": "Work", "lines[1].unit_amount": "1e3",
		"lines[1].quantity": "x", "due_date": "tomorrow",
	}).want(400, "Write digits as in 1234.56, with 2 decimals at most", "Write a whole number",
		"Write a day as")
	b.fill("/test/invoices/new?customer="+id, map[string]string{
		"currency_id": usd(t, s).ID, "lines[2].description": "Work", "lines[2].unit_amount": "0.001",
	}).want(400, "with 2 decimals at most")
	form := map[string]string{"currency_id": usd(t, s).ID, "more": "1", "lines[0].description": "Kept"}
	b.fill("/test/invoices/new?customer="+id, form).want(200, `value="Kept"`, "Line 8")
	path := b.fill("/test/invoices/new?customer="+id, map[string]string{
		"currency_id": usd(t, s).ID, "due_date": "2026-02-01", "lines[0].description": "Work",
		"lines[0].unit_amount": "1234567890123456789.10", "lines[0].quantity": "2", "lines[0].tax_amount": "0.01",
	}).made()
	b.get(path).want(200, "Draft", "$2,469,135,780,246,913,578.21", "Finalize…")
	b.get(path+"/edit").want(200, `value="1234567890123456789.10"`, `value="2026-02-01"`)
	b.fill(path+"/edit", map[string]string{"currency_id": usd(t, s).ID, "lines[0].unit_amount": "50"}).want(303)
	b.fill(path+"/finalize", nil).want(303)
	page := b.get(path).want(200, "$100.01", "Record a payment", "Void…")
	if strings.Contains(page.body, "/edit") {
		t.Error("a finalized invoice can be edited")
	}
	b.fill(path+"/finalize", nil).want(409)
	b.fill(path+"/hold", map[string]string{"until": "2026-03-01", "reason": "a promise"}).want(303)
	b.get(path).want(200, "on hold", "a promise", "End the hold…")
	b.fill(path+"/release", nil).want(303)
	b.fill(path+"/credit-note", nil).want(400, "Write an amount above nothing")
	line := regexp.MustCompile(`name="(line\.[^"]+)"`).FindStringSubmatch(b.get(path + "/credit-note").body)[1]
	b.fill(path+"/credit-note", map[string]string{line: "3"}).want(409, `aria-describedby="e-`+line)
	b.fill(path+"/credit-note", map[string]string{line: "x"}).want(400, "Write a whole number")
	b.fill(path+"/credit-note", map[string]string{line: "1", "amount": "1"}).want(400, "not both")
	b.fill(path+"/credit-note", map[string]string{"amount": "25.01"}).want(303)
	b.get(path).want(200, "$75.00", "Credit notes")
	b.fill(customer+"/credit", map[string]string{
		"direction": "give", "currency_id": usd(t, s).ID, "amount": "5", "description": "Sorry",
	}).want(303)
	b.fill(customer+"/credit", map[string]string{
		"direction": "take", "currency_id": usd(t, s).ID, "amount": "5.01",
	}).want(409)
	b.fill(path+"/apply-credit", nil).want(303)
	b.get(path).want(200, "$70.00", "Paid with credit")
	whole := b.newInvoice(customer, "8")
	line = regexp.MustCompile(`name="(line\.[^"]+)"`).FindStringSubmatch(b.get(whole + "/credit-note").body)[1]
	b.fill(whole+"/credit-note", map[string]string{line: "1", "memo": "All of it"}).want(303)
	b.get(whole).want(200, `<span class="badge paid">`, "$8.00", "-CN-01")
	b.fill(path+"/uncollectible", nil).want(303)
	b.get(customer).want(200, "delinquent")
	b.get(path+"/void").want(200, "$70.00", "Credit given back", "$5.00")
	b.fill(path+"/void", nil).want(303)
	b.get(path).want(200, `<span class="badge void">`)
	b.get(path+"/page").want(200, "Void")
	if pdf := b.get(path + "/pdf").want(200); !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Error("the PDF is none")
	}
	b.get(customer+"/statement?from=2026-01-01").want(200, "Opening balance", "$5.00")
	b.get(customer+"/statement?from=x").want(200, "Write a day as")
	// What is printed is of the time that was chosen, by the very links of the page.
	chosen := b.get(customer + "/statement?from=2020-01-01&to=2020-12-31").want(200)
	printed := regexp.MustCompile(`href="([^"]*/statement/(?:page|pdf)[^"]*)"`).FindAllStringSubmatch(chosen.body, -1)
	for _, m := range printed {
		path := html.UnescapeString(m[1])
		if !strings.HasSuffix(path, "?from=2020-01-01&to=2020-12-31") {
			t.Errorf("of a chosen time, %s is printed", path)
		}
		if page := b.get(path).want(200); strings.Contains(page.body, "$5.00") {
			t.Errorf("%s prints what was not in its time", path)
		}
	}
	b.get(customer+"/statement/page?form=2020-01-01").want(400, "no form")
	if pdf := b.get(customer + "/statement/pdf").want(200); !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Error("the PDF is none")
	}
}

// A style that the policy does not know would leave a printed page bare.
func TestPrintedPageHasItsStyle(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	path := b.newInvoice(b.newCustomer("Ada"), "1")
	page := b.get(path + "/page").want(200)
	_, rest, _ := strings.Cut(page.body, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, hashOf(style)) {
		t.Errorf("the style has the hash %s, and the policy is %s", hashOf(style), policy)
	}
}

// TestPhonesAreReadByTheCountry types telephone numbers as they are dialled at home.
func TestPhonesAreReadByTheCountry(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	page := b.get("/test/customers/new").want(200, `<option value="DE">Germany<`, `<option value="XK">Kosovo<`)
	if n := strings.Count(page.body, "<option"); n < 250 {
		t.Errorf("there are %d choices", n)
	}
	if strings.Index(page.body, ">Åland") > strings.Index(page.body, ">Albania") {
		t.Error("Åland does not come before Albania")
	}
	for _, test := range []struct{ country, phone, want string }{
		{"DE", "030 901820", "+4930901820"}, {"DE", "(0176) 711 66598", "+4917671166598"},
		{"US", "617-555-0102", "+16175550102"},
		{"GB", "020 7946 0958", "+442079460958"}, {"IT", "06 698 12345", "+390669812345"},
		{"DE", "+44 20 7946 0958", "+442079460958"},
		{"", "+1 617 555 0102", "+16175550102"}, {"DE", "", ""},
	} {
		path := b.fill("/test/customers/new", map[string]string{
			"name": "Ada", "phone": test.phone, "address.country": test.country,
		}).made()
		c, err := s.Test().Customers.Retrieve(t.Context(), strings.TrimPrefix(path, "/test/customers/"))
		if err != nil || c.Phone != test.want || c.Address.Country != test.country {
			t.Errorf("%s in %q is %q (%v), want %q", test.phone, test.country, c.Phone, err, test.want)
		}
	}
	local := map[string]string{"name": "Ada", "phone": "030 901820"}
	b.fill("/test/customers/new", local).want(400, "with its country code")
	b.fill("/test/customers/new", map[string]string{"name": "Ada", "phone": "12", "address.country": "DE"}).want(400)
	b.fill("/test/settings", map[string]string{"business.address.country": "DE"}).want(303)
	path := b.fill("/test/customers/new", local).made()
	b.get(path).want(200, "4930901820") // the business's country
}

// TestChangesAreReadable looks at what changed about a customer: part by part, without what only follows from other
// things.
func TestChangesAreReadable(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	ref := strings.TrimPrefix(customer, "/test/customers/")
	city := func(city string) *clientele.AddressParams {
		return &clientele.AddressParams{City: &city, Line1: new("Lindenstraße 1")}
	}
	for _, p := range []clientele.CustomerParams{
		{Address: city("Berlin")}, {Address: city("Bonn")}, {Metadata: map[string]any{"plan": "gold"}},
	} {
		if _, err := s.Test().Customers.Update(t.Context(), ref, p); err != nil {
			t.Fatal(err)
		}
	}
	invoice := b.newInvoice(customer, "7.77")
	_, changes, _ := strings.Cut(b.get(customer).want(200).body, `<h2 id="timeline">`)
	for _, want := range []string{
		"<dt>Address city</dt><dd><del><bdi>Berlin</bdi></del> → <ins><bdi>Bonn</bdi></ins></dd>",
		"<dt>Address city</dt><dd><del><bdi>—</bdi></del> → <ins><bdi>Berlin</bdi></ins></dd>",
		"<dt>Metadata plan</dt><dd><del><bdi>—</bdi></del> → <ins><bdi>gold</bdi></ins></dd>", "by key ",
	} {
		if !strings.Contains(changes, want) {
			t.Errorf("the changes have no %s: %s", want, changes)
		}
	}
	if n := strings.Count(changes, "<li>"); n != 4 || strings.Contains(changes, "sequence") ||
		strings.Count(changes, "Lindenstraße") != 1 {
		t.Errorf("there are %d changes, want 4: %s", n, changes)
	}
	_, changes, _ = strings.Cut(b.get(invoice).want(200).body, `<h2 id="timeline">`)
	for _, want := range []string{"<dt>Status</dt><dd><del><bdi>draft</bdi></del> → <ins><bdi>open</bdi></ins></dd>"} {
		if !strings.Contains(changes, want) {
			t.Errorf("the invoice's changes have no %s: %s", want, changes)
		}
	}
	payment := b.fill("/test/payments/new?customer="+ref, map[string]string{
		"currency_id": usd(t, s).ID, "amount": "7",
	}).made()
	b.fill(payment+"/unallocate", nil).want(303)
	part := "$7.00 of " + strings.TrimPrefix(invoice, "/test/invoices/")
	_, changes, _ = strings.Cut(b.get(payment).want(200).body, `<h2 id="timeline">`)
	for _, want := range []string{
		"<dt>Allocations</dt><dd><del><bdi>" + part + "</bdi></del> → <ins><bdi>—</bdi></ins></dd>",
		"<dt>Amount unallocated</dt><dd><del><bdi>$0.00</bdi></del> → <ins><bdi>$7.00</bdi></ins></dd>",
	} {
		if !strings.Contains(changes, want) {
			t.Errorf("the payment's changes have no %s: %s", want, changes)
		}
	}
}

// TestRefusalsLeadToWhatTheyName sends what is refused: the form says so with amounts as people write them, and with
// the invoice's number, which leads to it.
func TestRefusalsLeadToWhatTheyName(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada <b>")
	path := b.newInvoice(customer, "7.77")
	invoice, err := s.Test().Invoices.Retrieve(t.Context(), strings.TrimPrefix(path, "/test/invoices/"))
	if err != nil {
		t.Fatal(err)
	}
	link := `nvoice <a href="/test/invoices/` + invoice.Number + `">` + invoice.Number + `</a>`
	b.fill(path+"/write-off", map[string]string{"amount": "7.78"}).want(409,
		link+" has $7.77 left to pay, which is less than $7.78")
	b.get("/test/invoices/"+invoice.Number).want(200, "$7.77")
	b.fill(path+"/void", nil).want(303)
	b.fill(path+"/hold", map[string]string{"until": "2026-02-01", "reason": "<i>"}).want(409, link+" is void: only open")
}

// TestListsOfDays looks for invoices and payments by the days on which they were recorded, where the business is.
func TestListsOfDays(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	zone := clientele.SettingsParams{TimeZone: new("Pacific/Auckland")}
	if _, err := s.Test().Settings.Update(t.Context(), zone); err != nil {
		t.Fatal(err)
	}
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	b.newInvoice(customer, "7.77") // on 2026-01-02 at 03:04 UTC, which is the afternoon there
	b.fill("/test/payments/new?customer="+strings.TrimPrefix(customer, "/test/customers/"), map[string]string{
		"amount": "1.00", "currency_id": usd(t, s).ID,
	}).want(303)
	s.Advance(8 * time.Hour) // it is 00:04 there
	b.newInvoice(customer, "8.88")
	for query, want := range map[string]struct{ has, lacks string }{
		"from=2026-01-02&to=2026-01-02": {"$7.77", "$8.88"}, "from=2026-01-03": {"$8.88", "$7.77"},
		"to=2026-01-02": {"$7.77", "$8.88"},
	} {
		page := b.get("/test/invoices?"+query).want(200, want.has)
		file := b.get("/test/invoices.csv?"+query).want(200, "\ufeffid,", strings.TrimPrefix(want.has, "$"))
		if strings.Contains(page.body, want.lacks) || strings.Contains(file.body, strings.TrimPrefix(want.lacks, "$")) {
			t.Errorf("%s shows %s", query, want.lacks)
		}
	}
	b.get("/test/payments?to=2026-01-02").want(200, "$1.00")
	b.get("/test/payments?from=2026-01-03").want(200, "No payments")
	b.get("/test/payments.csv?from=2026-01-03").want(200, "\ufeffid,")
	for _, kind := range []string{"invoices", "payments"} {
		b.get("/test/"+kind+"?from=yesterday").want(200, "Write a day as 2026-01-31")
		b.get("/test/"+kind+"?from=2026-01-03&to=2026-01-02").want(200, "The last day is before the first")
		b.get("/test/" + kind + ".csv?from=2026-01-03&to=2026-01-02").want(400)
	}
}

// TestPastDueInvoicesAreListedByTheDay lists as past due what is late: from the day after, where the business is.
func TestPastDueInvoicesAreListedByTheDay(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	path := b.fill("/test/invoices/new?customer="+strings.TrimPrefix(customer, "/test/customers/"), map[string]string{
		"currency_id": usd(t, s).ID, "lines[0].description": "Work", "lines[0].unit_amount": "7.77",
		"due_date": "2026-01-03",
	}).made()
	b.fill(path+"/finalize", nil).want(303)
	soon, err := s.Test().Invoices.Create(t.Context(), clientele.InvoiceParams{
		CustomerID: strings.TrimPrefix(customer, "/test/customers/"),
		CurrencyID: usd(t, s).ID, Finalize: true,
		InvoiceContent: clientele.InvoiceContent{
			DueDate: clientele.DueAt(s.Now().Add(time.Hour).Unix()),
			Lines: []clientele.LineParams{{
				Description: "x", Quantity: new(int64(1)),
				UnitAmount: new(clientele.NewAmount(usd(t, s).ID, 1)),
			}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Advance(2 * time.Hour) // its second is over, and its day is not
	b.get("/test/invoices?show=late").want(200, "There are none.")
	b.fill("/test/invoices/"+soon.ID+"/void", nil).want(303)
	s.Advance(22 * time.Hour) // the due day of the other
	b.post("/sign-in", url.Values{"key": {s.TestKey}}).want(303)
	b.get("/test/invoices?show=late").want(200, "There are none.")
	s.Advance(21 * time.Hour) // the day after
	b.post("/sign-in", url.Values{"key": {s.TestKey}}).want(303)
	b.get("/test/invoices?show=late").want(200, "$7.77", `<span class="badge late">past due</span>`)
	b.get(path).want(200, `<span class="badge late">1 day past due</span>`)
	b.fill(path+"/credit-note", map[string]string{"amount": "7.77"}).want(303)
	b.get("/test/invoices").want(200, `<span class="badge paid">credited</span>`)
	given := b.newInvoice(customer, "9.99")
	b.fill(given+"/uncollectible", nil).want(303)
	b.get("/test/invoices").want(200, `<span class="badge uncollectible">uncollectible</span>`)
	theirs := portal(t, s, strings.TrimPrefix(customer, "/test/customers/")) // who is told in other words
	theirs.get("/customer").want(200, `<span class="badge uncollectible">overdue</span>`,
		`<span class="badge paid">credited</span>`)
	pay := b.fill("/test/payments/new?customer="+strings.TrimPrefix(customer, "/test/customers/"), map[string]string{
		"amount": "1.00", "currency_id": usd(t, s).ID,
	}).made()
	b.get("/test/payments").want(200, `<span class="badge succeeded">received</span>`)
	b.fill(pay+"/reverse", nil).want(303)
	b.get("/test/payments").want(200, `<span class="badge canceled">reversed</span>`)
}

func TestReceivablesOfADay(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	b.newInvoice(customer, "7.77")
	s.Advance(40 * 24 * time.Hour)
	b.post("/sign-in", url.Values{"key": {s.TestKey}}).want(303)
	b.get("/test/receivables").want(200, "$7.77", "1–30")
	b.get("/test/receivables?as_of=2026-01-01").want(200, "Nothing was outstanding at the end of 2026-01-01")
	b.get("/test/receivables?as_of=2026-13-01").want(200, "Write a day as 2026-01-31")
	b.get("/test/receivables?show=customers").want(200, "Ada", "1–1 of 1")
	b.get("/test/receivables?show=late").want(200, "Ada", "2026-02-01")
	b.get("/test/receivables?show=late&currency="+usd(t, s).ID).want(200, "Ada")
	b.get("/test/receivables?show=late&currency=curr_test_eur").want(200, "Nobody is late.")
	b.get("/test/receivables?show=late&currency=nothing").want(400)
	b.get("/test/receivables.csv").want(200, "\ufeffas_of,", ",Ada,,"+usd(t, s).ID+",USD,0.00,7.77,")
	b.get("/test").want(200, "$7.77")
	b.get("/test/invoices.csv").want(200, "\ufeffid,", ",USD,7.77,0.00,7.77,0.00,0.00,7.77,", ",2026-02-01,,")
}

func TestFinder(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada Lovelace")
	invoice := b.newInvoice(customer, "1")
	b.get("/test/find?q=lovel").want(200, customer, invoice)
	b.get("/test/find?q=recei").want(200, `href="/test/receivables"`)
	b.get("/test/find").want(200, "Record a payment")
	b.get("/test/find?q=email:").want(200, "Nothing has all of these letters")
}

func TestDevelopers(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	b.newCustomer("Ada")
	s.Advance(time.Second)
	made := b.fill("/test/developers/keys/new", map[string]string{"name": "shop <b>", "scope": "read"}).want(200)
	secret := regexp.MustCompile(`sk_test_\w+`).FindString(made.body)
	reader := signedIn(t, s, secret)
	reader.get("/test/developers").want(200, "shop &lt;b&gt;")
	for path, act := range map[string]string{
		"/test/customers/new": "name", "/test/developers/keys/new": "name", "/test/settings": "locale",
	} {
		reader.post(path, url.Values{act: {"x"}}).want(403, "can only read")
	}
	reader.get("/test/settings").want(200, "disabled")
	list := b.get("/test/developers").want(200, "customer.created")
	revoke := regexp.MustCompile(`/test/developers/keys/\w+/revoke`).FindString(list.body)
	reader.post(revoke, nil).want(403)
	b.fill(revoke, nil).want(303)
	reader.get("/test/developers").leads("/sign-in?mode=test&next=%2Ftest%2Fdevelopers")

	b.get("/test/developers/apps/new").want(403, "outlives the session")
	b.post("/sign-in", url.Values{"key": {s.LiveKey}}).want(303)
	keys, err := s.DB.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Livemode { // is not there in test mode
			b.get("/test/developers/keys/" + k.ID + "/revoke").want(404)
			b.post("/test/developers/keys/"+k.ID+"/revoke", nil).want(404)
		}
	}
	b.fill("/test/developers/apps/new", map[string]string{"name": "shop", "port": "70000"}).want(400)
	b.fill("/test/developers/apps/new", map[string]string{"name": "shop", "port": "8080"}).
		want(200, "export BLOCKLET_APP_SK=", "BLOCKLET_MOUNT_POINTS")
	b.get("/test/developers").want(200, "shop", "Stop trusting")
}

// What is typed is read as the page writes it, in every form that takes money; what is not written so is asked about.
func TestTypedAmounts(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	b.fill("/test/settings", map[string]string{"locale": "de"}).want(303)
	currency := usd(t, s).ID
	id := strings.TrimPrefix(b.newCustomer("Ada"), "/test/customers/")
	line := map[string]string{
		"currency_id": currency, "lines[0].description": "Work", "lines[0].quantity": "1.000",
		"lines[0].unit_amount": "1.000", "lines[0].tax_amount": "1.234,56",
	}
	invoice := b.fill("/test/invoices/new?customer="+id, line).made()
	b.get(invoice).want(200, "1.001.234,56")
	b.get(invoice+"/edit").want(200, `value="1000"`, `value="1000,00"`, `value="1234,56"`)
	b.fill(invoice+"/finalize", nil).want(303)

	// Each reads 1.000 as a thousand, and asks what 1,000 means.
	payment := "/test/payments/new?customer=" + id
	share := "pay." + strings.TrimPrefix(invoice, "/test/invoices/")
	with := func(name, text string, more ...string) map[string]string {
		values := map[string]string{"currency_id": currency, name: text}
		for i := 0; i < len(more); i += 2 {
			values[more[i]] = more[i+1]
		}
		return values
	}
	credit := "/test/customers/" + id + "/credit"
	b.fill(credit, with("amount", "1.000", "direction", "give")).want(303)
	paid := b.fill(payment, with("amount", "9.000", share, "1.000")).made()
	for _, form := range []struct {
		path, name string
		more       []string
	}{
		{credit, "amount", []string{"direction", "give"}}, {payment, "amount", nil},
		{payment, share, []string{"amount", "2.000"}}, {paid + "/refund", "amount", nil}, {paid + "/credit", "amount", nil},
		{paid + "/allocate", share, nil}, {invoice + "/apply-credit", "amount", nil},
		{invoice + "/credit-note", "amount", nil},
	} {
		asked := b.fill(form.path, with(form.name, "1,000", form.more...)).want(400,
			"&#34;1,000&#34; is not how numbers are written here: choose what it means",
			`name="`+form.name+`.means" value="1,000 = 1,00"`, `name="`+form.name+`.means" value="1,000 = 1000,00"`)
		if strings.Contains(asked.body, " checked") {
			t.Errorf("%s: something is chosen already", form.path)
		}
		values := with(form.name, "1,000", form.more...)
		values[form.name+".means"] = "1,000 = 1000,00"
		b.fill(form.path, values).want(303)
		values[form.name], values[form.name+".means"] = "1,001", "1,000 = 1000,00" // chosen for another text
		b.fill(form.path, values).want(400)
	}
	c, err := s.Test().Customers.Retrieve(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	// 1,000 twice and what became of the payment given, 1,000 used.
	if credit := c.TokenBalance[currency]; credit.String() != "200000" {
		t.Errorf("the credit is %s", credit)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	b.fill("/test/settings", map[string]string{"locale": "no such"}).want(400)
	b.fill("/test/settings", map[string]string{"locale": "de-CH", "business.name": "Müller AG"}).want(303)
	b.newInvoice(b.newCustomer("Ada"), "1234.5")
	b.get("/test/invoices").want(200, "1&#39;234.50")
	b.get("/test/settings").want(200, `value="Müller AG"`)
}

func TestDelinquentThisWeek(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	old, fresh := b.newCustomer("Old Debtor"), b.newCustomer("New Debtor")
	b.fill(b.newInvoice(old, "1")+"/uncollectible", nil).want(303)
	s.Advance(8 * 24 * time.Hour)
	b.post("/sign-in", url.Values{"key": {s.TestKey}}).want(303)
	b.fill(b.newInvoice(old, "1")+"/uncollectible", nil).want(303)
	invoice := b.newInvoice(fresh, "1")
	b.fill(invoice+"/uncollectible", nil).want(303)
	page := b.get("/test").want(200, "Delinquent since this week:", "New Debtor")
	if strings.Contains(page.body, "Old Debtor") {
		t.Error("who has been delinquent for long is named too")
	}
	b.fill(invoice+"/void", nil).want(303)
	if page := b.get("/test").want(200); strings.Contains(page.body, "New Debtor") {
		t.Error("who is not delinquent any more is named")
	}
}

// What is left of an invoice is written off, in part or whole, and that is undone where it was done.
func TestWriteOffAndReopen(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	invoice := b.newInvoice(b.newCustomer("Ada"), "100")
	b.fill(invoice+"/write-off", map[string]string{"amount": "100.01"}).want(409, "100")
	b.fill(invoice+"/write-off", map[string]string{"amount": "30", "reason": "insolvent"}).want(303)
	b.get(invoice).want(200, "Written off", "$30.00", "$70.00", "Open it again…")
	done := b.fill(invoice+"/write-off", nil)
	b.get(done.want(303).header.Get("Location")).want(200, "What was left was written off.", "Undo it", "uncollectible")
	if page := b.get(invoice).want(200); strings.Contains(page.body, "Write off…") {
		t.Error("there is nothing left, and it can be written off")
	}
	b.fill(invoice+"/reopen", nil).want(303)
	b.get(invoice).want(200, "$100.00", "Write off…")
}

// A payment that was refunded can be reversed: the form says that the refund is owed, and so is the debit.
func TestReverseARefundedPayment(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	id := strings.TrimPrefix(customer, "/test/customers/")
	payment := b.fill("/test/payments/new?customer="+id, map[string]string{
		"currency_id": usd(t, s).ID, "amount": "90",
	}).made()
	b.fill(payment+"/refund", nil).want(303)
	b.get(payment+"/reverse").want(200, "Refunded, and owed as a debit", "$90.00")
	b.fill(payment+"/reverse", nil).want(303)
	b.get(customer).want(200, "-DN-01", "$90.00")
}

// TestTheListOfCustomersSaysWhatTheyOwe has somebody who owes in two currencies, and somebody who owes nothing.
func TestTheListOfCustomersSaysWhatTheyOwe(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	ada, eve := b.newCustomer("Ada"), b.newCustomer("Eve")
	b.newInvoice(ada, "12.34")
	b.newInvoice(ada, "0.66")
	b.fill(b.newInvoice(ada, "77")+"/void", nil).want(303)
	row := func(customer string) string {
		page := b.get("/test/customers").want(200, ">Owes</th>").body
		_, rest, _ := strings.Cut(page, `href="`+customer+`"`)
		row, _, _ := strings.Cut(rest, "</tr>")
		return row
	}
	if got := row(ada); !strings.Contains(got, "$13.00") || strings.Contains(got, "77") {
		t.Errorf("Ada owes $13.00, and the list has %s", got)
	}
	if got := row(eve); strings.Contains(got, "$") {
		t.Errorf("Eve owes nothing, and the list has %s", got)
	}
}
