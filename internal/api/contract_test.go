package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
)

// TestListsCarryTheNewestOfWhatBelongsToEachCustomer holds lists, searches and retrieval to the published type, and to
// their bounds.
func TestListsCarryTheNewestOfWhatBelongsToEachCustomer(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	rich, poor := s.post(t, `{"name":"Rich"}`), s.post(t, `{"name":"Poor"}`)
	var invoices []string // newest first
	for range 12 {
		s.Advance(time.Second)
		i := draft(t, payment, rich.ID, "curr_test_usd", "5")
		invoices = slices.Insert(invoices, 0, i.ID)
		ok(payment.Invoices.Finalize(t.Context(), i.ID))(t)
	}
	for _, id := range invoices[:11] {
		ok(payment.Invoices.Pay(t.Context(), id, clientele.Receipt{}))(t)
	}
	for name, list := range map[string][]clientele.CustomerExpanded{
		"list": s.list(t, "order=name:DESC").List,
		"search": decoded[clientele.Page[clientele.CustomerExpanded]](t, s.send(t, "GET",
			"/api/customers/search?query=rich", "")).List,
	} {
		first := list[0]
		if first.ID != rich.ID || len(first.Invoices) != 10 || first.InvoiceCount != 12 || len(first.Payments) != 10 ||
			first.PaymentCount != 11 || first.Subscriptions == nil {
			t.Errorf("%s: %d of %d invoices and %d of %d payments of %s", name, len(first.Invoices), first.InvoiceCount,
				len(first.Payments), first.PaymentCount, first.Name)
		}
		for i, invoice := range first.Invoices {
			if invoice.ID != invoices[i] {
				t.Errorf("%s: invoice %d is %s, want %s", name, i, invoice.ID, invoices[i])
			}
		}
	}
	if page := s.list(t, "order=name:ASC"); page.List[0].ID != poor.ID || page.List[0].Invoices == nil ||
		len(page.List[0].Invoices)+len(page.List[0].Payments) != 0 {
		t.Errorf("the other customer has %+v", page.List[0])
	}
	whole := s.send(t, "GET", "/api/customers/"+rich.ID, "").customer(t)
	if len(whole.Invoices) != 12 || whole.InvoiceCount != 12 || len(whole.Payments) != 11 || whole.PaymentCount != 11 {
		t.Errorf("retrieve has %d invoices and %d payments", len(whole.Invoices), len(whole.Payments))
	}
	everything := ok(payment.Invoices.List(t.Context(), clientele.InvoiceListParams{}))(t).Count
	unissued := draft(t, payment, rich.ID, "curr_test_usd", "1")
	ok(payment.Invoices.Delete(t.Context(), unissued.ID))(t)
	if n := ok(payment.Invoices.List(t.Context(), clientele.InvoiceListParams{}))(t).Count; n != everything {
		t.Errorf("after a draft came and went %d invoices are counted, want %d", n, everything)
	}
	if n := s.send(t, "GET", "/api/customers/"+rich.ID, "").customer(t).InvoiceCount; n != 12 {
		t.Errorf("after a draft came and went there are %d invoices", n)
	}
	for _, path := range []string{"/api/customers?expand=none", "/api/customers/search?query=rich&expand=none"} {
		body := s.send(t, "GET", path, "").must(t, 200).body
		if strings.Contains(string(body), "invoices") || strings.Contains(string(body), "payments") {
			t.Errorf("%s answers %s", path, body)
		}
	}
	s.send(t, "GET", "/api/customers?expand=all", "").refused(t, 400, "expand")
	// What a list answered can be sent back whole.
	element := decoded[struct{ List []json.RawMessage }](t, s.send(t, "GET", "/api/customers?order=name:ASC", "")).List[0]
	s.send(t, "PUT", "/api/customers/"+poor.ID, string(element)).must(t, 200)
}

func TestRetrieveCarriesAtMostAThousandInvoices(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Big"}`)
	one := draft(t, s.Test(), c.ID, "curr_test_usd", "5")
	s.copyInvoice(t, one.ID, 1004, func(*clientele.Invoice) {})
	whole := s.send(t, "GET", "/api/customers/"+c.ID, "").customer(t)
	if len(whole.Invoices) != 1000 || whole.InvoiceCount != 1005 || whole.Invoices[0].ID != one.ID {
		t.Errorf("retrieve has %d of %d invoices", len(whole.Invoices), whole.InvoiceCount)
	}
}

func TestInvoicesAreExpandedAndFoundByNumber(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	c := s.post(t, `{"name":"Ada","invoice_prefix":"ADA"}`)
	i := draft(t, payment, c.ID, "curr_test_eur", "5")
	i = ok(payment.Invoices.Finalize(t.Context(), i.ID))(t)
	if i.Number != "ADA-0001" {
		t.Fatalf("the number is %s", i.Number)
	}
	check := func(what string, e clientele.InvoiceExpanded) {
		t.Helper()
		if e.ID != i.ID || e.Customer.ID != c.ID || e.PaymentCurrency.ID != "curr_test_eur" ||
			e.PaymentMethod.ID != "pm_test_manual" || len(e.Lines) != 1 {
			t.Errorf("%s: %+v", what, e)
		}
	}
	check("by number", *ok(payment.Invoices.Retrieve(t.Context(), "ADA-0001"))(t))
	check("list", ok(payment.Invoices.List(t.Context(), clientele.InvoiceListParams{}))(t).List[0])
	check("search", ok(payment.Invoices.Search(t.Context(), clientele.InvoiceSearchParams{Query: "ada-0001"}))(t).List[0])
	plain := s.send(t, "GET", "/api/invoices?expand=none", "").must(t, 200)
	if strings.Contains(string(plain.body), "paymentCurrency") {
		t.Errorf("expand=none answers %s", plain.body)
	}
	s.send(t, "GET", "/api/invoices/ADA-0002", "").refused(t, 404, "id")
	s.send(t, "GET", "/api/invoices/ADA-0001", "", "Authorization", "Bearer "+s.LiveKey).refused(t, 404, "id")
	paid := ok(payment.Invoices.Pay(t.Context(), "ADA-0001", clientele.Receipt{}))(t)
	if paid.Status != clientele.InvoicePaid {
		t.Errorf("paid by number, it is %s", paid.Status)
	}
}

func TestInvoicesAreFilteredByDueDate(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	for day := 1; day <= 5; day++ {
		s.Advance(time.Minute)
		s.send(t, "POST", "/api/invoices",
			fmt.Sprintf(`{"customer_id":%q,"currency_id":"curr_test_usd","description":"%d",`+
				`"due_date":%d,"lines":[{"unit_amount":"1"}]}`, c.ID, day, time.Date(2026, 2, day, 0, 0, 0, 0,
				time.UTC).Unix()))
	}
	draft(t, s.Test(), c.ID, "curr_test_usd", "1") // has no due date
	at := func(n int) string { return clientele.At(epoch.Add(time.Duration(n) * time.Minute)).String() }
	for query, want := range map[string]string{
		"due_date[lt]=2026-02-03": "21", "due_date[lte]=2026-02-03": "321", "due_date[gt]=2026-02-03": "54",
		"due_date[gte]=2026-02-03": "543", "due_date[gte]=2026-02-02&due_date[lt]=2026-02-04": "32",
		"due_date[lt]=2026-02-03&customer_id=" + c.ID: "21", "due_date[lt]=2026-01-01": "",
		"due_date[lt]=2026-02-02T00:00:00.001Z": "21", "due_date[gt]=2026-02-01T23:59:59.999Z": "5432",
		"created_at[gt]=" + at(2) + "&created_at[lte]=" + at(4): "43",
	} {
		page := decoded[clientele.Page[clientele.InvoiceExpanded]](t, s.send(t, "GET", "/api/invoices?"+query, ""))
		got := ""
		for _, i := range page.List {
			got += i.Description
		}
		if got != want || page.Count != int64(len(want)) {
			t.Errorf("%s lists %q of %d, want %q", query, got, page.Count, want)
		}
	}
}

func TestDiscountsAndTaxes(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	create := func(lines string) reply {
		return s.send(t, "POST", "/api/invoices",
			`{"customer_id":`+quoted(c.ID)+`,"currency_id":"curr_test_usd","finalize":true,"lines":`+lines+`}`)
	}
	got := decoded[clientele.Invoice](t, create(`[{"unit_amount":"1000","tax_amount":"190"},`+
		`{"description":"Discount","unit_amount":"-300","tax_amount":"-57"}]`))
	if got.Subtotal.String() != "700" || got.Tax.String() != "133" || got.Total.String() != "833" {
		t.Errorf("subtotal %s, tax %s, total %s", got.Subtotal, got.Tax, got.Total)
	}
	free := decoded[clientele.Invoice](t, create(`[{"unit_amount":"5"},{"unit_amount":"-5"}]`))
	if free.Status != clientele.InvoicePaid {
		t.Errorf("an invoice over nothing is %s", free.Status)
	}
	create(`[{"unit_amount":"5"},{"unit_amount":"-6"}]`).refused(t, 400, "lines")
}

func TestImportedNumbers(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob := s.post(t, `{"invoice_prefix":"ADA"}`), s.post(t, `{"invoice_prefix":"BOB"}`)
	create := func(customer, more string) reply {
		return s.send(t, "POST", "/api/invoices", `{"customer_id":`+quoted(customer)+
			`,"currency_id":"curr_test_usd","finalize":true,"lines":[{"unit_amount":"1"}]`+more+`}`)
	}
	old := decoded[clientele.Invoice](t, create(ada.ID, `,"number":"2019/17","effective_at":1546300800`))
	if old.Number != "2019/17" || old.EffectiveAt != 1546300800 {
		t.Errorf("imported as %s of %d", old.Number, old.EffectiveAt)
	}
	for body, want := range map[string]int{
		`,"number":"2019/17"`: 409, `,"number":"BOB-0007"`: 409, `,"number":" x"`: 400, `,"number":"in_1"`: 400,
		`,"number":"` + strings.Repeat("9", 65) + `"`: 400, `,"effective_at":-1`: 400,
	} {
		field := "number"
		if strings.Contains(body, "effective_at") {
			field = "effective_at"
		}
		create(ada.ID, body).refused(t, want, field)
	}
	for _, step := range []struct{ customer, more, want string }{
		{ada.ID, ``, "ADA-0001"}, {ada.ID, `,"number":"ADA-0009"`, "ADA-0009"}, {ada.ID, ``, "ADA-0010"},
		{ada.ID, `,"number":"ADA-0004"`, "ADA-0004"}, {ada.ID, ``, "ADA-0011"}, {bob.ID, ``, "BOB-0001"},
	} {
		if got := decoded[clientele.Invoice](t, create(step.customer, step.more)).Number; got != step.want {
			t.Errorf("%s became %s, want %s", step.more, got, step.want)
		}
	}
	// A draft keeps a number that comes up meanwhile.
	draft := decoded[clientele.Invoice](t, s.send(t, "POST", "/api/invoices", `{"customer_id":`+quoted(ada.ID)+
		`,"currency_id":"curr_test_usd","lines":[{"unit_amount":"1"}],"number":"ADA-0012"}`))
	if got := decoded[clientele.Invoice](t, create(ada.ID, ``)).Number; got != "ADA-0013" {
		t.Errorf("beside a draft of ADA-0012 the next is %s", got)
	}
	s.send(t, "PUT", "/api/invoices/"+draft.ID, `{"number":"ADA-0013"}`).refused(t, 409, "number")
	s.send(t, "PUT", "/api/invoices/"+draft.ID, `{"number":"ADA-0012"}`).must(t, 200)
	s.send(t, "POST", "/api/customers", `{"invoice_prefix":"ADA"}`).refused(t, 409, "invoice_prefix")
	s.send(t, "PUT", "/api/customers/"+bob.ID, `{"invoice_prefix":"ADA"}`).refused(t, 409, "invoice_prefix")
	s.send(t, "PUT", "/api/customers/"+bob.ID, `{"invoice_prefix":"ROB"}`).must(t, 200)
	s.send(t, "POST", "/api/customers", `{"invoice_prefix":"BOB"}`).refused(t, 409, "invoice_prefix")
}

// TestCreatedAtIsTakenOver is about moving in: lists follow when a customer was created elsewhere.
func TestCreatedAtIsTakenOver(t *testing.T) {
	t.Parallel()
	s := start(t)
	now := s.post(t, `{"name":"now"}`)
	old := s.post(t, `{"name":"old","created_at":"2019-05-01T10:00:00+02:00"}`)
	older := decoded[clientele.Customer](t, s.send(t, "PUT", "/api/customers/external/E",
		`{"name":"older","created_at":"2018-01-01T00:00:00.000Z"}`))
	if old.CreatedAt.String() != "2019-05-01T08:00:00.000Z" || old.UpdatedAt != now.UpdatedAt {
		t.Errorf("created_at %s, updated_at %s", old.CreatedAt, old.UpdatedAt)
	}
	if got := names(s.list(t, "")); got != "nowoldolder" {
		t.Errorf("lists %s", got)
	}
	if got := names(s.list(t, "order=id:ASC")); got != "olderoldnow" {
		t.Errorf("by id lists %s", got)
	}
	s.send(t, "PUT", "/api/customers/"+older.ID, `{"created_at":"2017-01-01T00:00:00.000Z"}`).refused(t, 400,
		"created_at")
	s.send(t, "PUT", "/api/customers/external/E", `{"created_at":"2018-01-01T00:00:00.000Z"}`).must(t, 200)
}

// TestErrorsNameEveryInvalidValue holds errors to name the same field every time, and all of them beside it.
func TestErrorsNameEveryInvalidValue(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	for range 5 {
		for _, test := range []struct{ method, path, body, want string }{
			{"POST", "/api/customers", `{"phone":"x","email":"y","address":{"country":"XX","zip":1},"nmae":"Ada","did":"z"}`,
				"did email phone address.country address.zip nmae"},
			{"PUT", "/api/customers/" + c.ID, `{"metadata":{"":1},"external_id":" ","name":5}`, "external_id name metadata."},
			{"POST", "/api/invoices", `{"lines":[{"quantity":0,"tax_amount":"1"}],"due_date":0,"footer":"` +
				strings.Repeat("x", 5001) + `"}`,
				"customer_id currency_id lines[0].quantity lines[0].unit_amount due_date footer"},
			{"GET", "/api/customers?page=0&pageSize=0&delinquent=5&did=x", ``, "delinquent did page pageSize"},
			{"GET", "/api/customers?pagesize=1&emial=x", ``, "pagesize emial"},
		} {
			e := s.send(t, test.method, test.path, test.body).error(t)
			var fields []string
			for _, f := range e.Errors {
				fields = append(fields, f.Field)
			}
			if got := strings.Join(fields, " "); got != test.want || e.Field != fields[0] ||
				e.Message != e.Errors[0].Message {
				t.Errorf("%s %s names %q first of %q, want %q", test.method, test.path, e.Field, got, test.want)
			}
		}
	}
	for path, hint := range map[string]string{
		"/api/customers?pagesize=1": "pageSize", "/api/customers?emial=x": "email", "/api/invoices?staus=open": "status",
	} {
		if e := s.send(t, "GET", path, "").error(t); !strings.Contains(e.Message, "did you mean "+hint+"?") {
			t.Errorf("%s: %s", path, e.Message)
		}
	}
	for body, hint := range map[string]string{`{"nmae":"x"}`: "name", `{"extrnal_id":"x"}`: "external_id"} {
		if e := s.send(t, "POST", "/api/customers", body).error(t); !strings.Contains(e.Message, "did you mean "+hint+"?") {
			t.Errorf("%s: %s", body, e.Message)
		}
	}
	e := s.send(t, "POST", "/api/invoices", `{"custmer_id":"x"}`).error(t)
	if !strings.Contains(e.Message, "did you mean customer_id?") {
		t.Error(e.Message)
	}
}

// TestMetadataIsFoundAsItIsAnswered is about values that were sent with escapes.
func TestMetadataIsFoundAsItIsAnswered(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"metadata":{"tags":["\u00e9"]}}`)
	for _, value := range []string{`["x"]`, `["\u00e9"]`, `["x"]`, `"a\/b"`, `["\u00e9"]`} {
		s.send(t, "PUT", "/api/customers/"+c.ID, `{"metadata":{"tags":`+value+`}}`).must(t, 200)
	}
	for query, want := range map[string]int64{
		"?metadata.tags=" + url.QueryEscape(`["é"]`): 1, "?metadata.tags=" + url.QueryEscape(`["\u00e9"]`): 0,
		"/search?query=metadata.tags:é": 1, "?metadata.tags=" + url.QueryEscape(`["x"]`): 0, "?metadata.tags=a/b": 0,
	} {
		s.counts(t, map[string]int64{query: want})
	}
	if rows := s.query(t, "SELECT 1 FROM customer_metadata"); len(rows) != 1 {
		t.Errorf("%d rows of metadata are left, want 1", len(rows))
	}
	// A long value is found by its digest, which nobody can name.
	long := strings.Repeat("x", 300)
	s.post(t, `{"metadata":{"q":"`+long+`"}}`)
	digest := s.query(t, "SELECT value FROM customer_metadata WHERE key = 'q'")[0][0]
	s.counts(t, map[string]int64{"?metadata.q=" + long: 1, "?metadata.q=" + digest: 0})
	s.post(t, `{"metadata":{"q":"`+digest+`"}}`)
	s.counts(t, map[string]int64{"?metadata.q=" + long: 1, "?metadata.q=" + digest: 1})
}

func TestPhonesAreFoundAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.post(t, `{"name":"Boston","phone":"+16175550102","external_id":"0815"}`)
	s.post(t, `{"name":"Berlin","phone":"+4917671166598","external_id":"617-555-0102"}`)
	s.post(t, `{"name":"London","phone":"+442079460958"}`)
	for query, want := range map[string]string{
		"617-555-0102": "Berlin Boston", "(617) 555": "Boston", "617.555.01": "Boston", "0176 71166598": "Berlin",
		"0049 176 711": "Berlin", "+49 (0)176 7116": "Berlin", "020 7946": "London", "+44 20 79": "London",
		"0815": "Boston", "00815": "", "(020) 7946 0958 1": "", "6175550102": "Boston",
		"617-555-0102 berlin": "Berlin", "+1 617 555 0102": "Boston", "Boston 617-555-0102": "Boston",
		"berlin 0176 711": "Berlin", "Berlin 617 555 01": "Berlin", "London 617 555 01": "",
		"Tel. 0176 71166598": "Berlin", "mobile: 0176-711": "Berlin",
		"phone: 0176 711": "Berlin", "phone:0176 71166598": "Berlin", "phone:617-555-0102": "Boston",
		`"0176 711"`: "", "tel berlin": "", "london (020) 7946 0958": "London", "phone 6175550102": "Boston",
	} {
		page := decoded[clientele.Page[clientele.CustomerExpanded]](t,
			s.send(t, "GET", "/api/customers/search?query="+url.QueryEscape(query), ""))
		var got []string
		for _, c := range page.List {
			got = append(got, c.Name)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want || page.Count != int64(len(got)) {
			t.Errorf("%q finds %v of %d, want %s", query, got, page.Count, want)
		}
	}
}

// TestNamesAreFoundAsPeopleTypeThem searches with another keyboard than the names were written with.
func TestNamesAreFoundAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, name := range []string{
		"Sinéad O’Brien", "Jürgen Müller", "Mueller & Söhne", "Muller", "Jean‑Luc – Picard", "“Quoted” GmbH",
		"Blum", "Bauer",
	} {
		s.post(t, `{"name":`+string(ok(json.Marshal(name))(t))+`}`)
	}
	for query, want := range map[string][]string{
		"o'brien": {"Sinéad O’Brien"}, "O’Brien": {"Sinéad O’Brien"}, "o‘brien": {"Sinéad O’Brien"},
		"mueller": {"Mueller & Söhne", "Jürgen Müller"}, "name:mueller": {"Mueller & Söhne", "Jürgen Müller"},
		"juergen mueller": {"Jürgen Müller"}, "müller": {"Muller", "Mueller & Söhne", "Jürgen Müller"},
		"muller": {"Muller", "Jürgen Müller"}, "mu\u0308ller": {"Muller", "Mueller & Söhne", "Jürgen Müller"},
		"jean-luc": {"Jean‑Luc – Picard"}, "luc - picard": {"Jean‑Luc – Picard"}, "jean–luc": {"Jean‑Luc – Picard"},
		"“quoted” gmbh": {"“Quoted” GmbH"}, `"quoted"`: {"“Quoted” GmbH"}, "soehne": {"Mueller & Söhne"},
		"“jürgen müller”": {"Jürgen Müller"}, "email:mueller": {},
		// Of their names alone: by chance a few letters are in a DID too.
		"name:blue": {}, "name:baur": {}, "name:jue": {"Jürgen Müller"},
	} {
		page := decoded[clientele.Page[clientele.CustomerExpanded]](t,
			s.send(t, "GET", "/api/customers/search?query="+url.QueryEscape(query), ""))
		got := []string{}
		for _, c := range page.List {
			got = append(got, c.Name)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || page.Count != int64(len(want)) {
			t.Errorf("%q finds %q of %d, want %q", query, got, page.Count, want)
		}
	}
	// A name that is the whole query comes first, in either writing.
	for query, want := range map[string]string{"jürgen müller": "Jürgen Müller", "juergen mueller": "Jürgen Müller"} {
		s.post(t, `{"name":"Jürgen Müller the second"}`)
		page := decoded[clientele.Page[clientele.CustomerExpanded]](t,
			s.send(t, "GET", "/api/customers/search?query="+url.QueryEscape(query), ""))
		if page.List[0].Name != want {
			t.Errorf("%q finds %q first, want %q", query, page.List[0].Name, want)
		}
	}
}

// TestInvoicesAndPaymentsAreFoundByAmount searches for what stands on the bank's statement.
func TestInvoicesAndPaymentsAreFoundByAmount(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.Test()
	c := create(t, p, clientele.CustomerParams{Name: new("Bäcker")})
	bill := func(currency string, amount int64) string {
		return ok(p.Invoices.Create(t.Context(), clientele.InvoiceParams{
			CustomerID: c.ID, CurrencyID: currency, Finalize: true,
			InvoiceContent: clientele.InvoiceContent{
				Description: new("rolls"),
				Lines: []clientele.LineParams{{
					Description: "x", Quantity: new(int64(1)),
					UnitAmount: new(clientele.NewAmount(currency, amount)),
				}},
			},
		}))(t).ID
	}
	const yen = "curr_test_jpy"
	dollars, yens, whole, thousand := bill("curr_test_usd", 98765432), bill(yen, 987654), bill("curr_test_eur", 123400),
		bill("curr_test_usd", 1234000)
	nothing := bill("curr_test_usd", 0)
	credit := clientele.CreditNoteParams{Amount: new(clientele.NewAmount("curr_test_eur", 400))}
	ok(p.Invoices.Credit(t.Context(), whole, credit))(t)
	pay := ok(p.Payments.Create(t.Context(), clientele.PaymentParams{
		CustomerID: c.ID, CurrencyID: "curr_test_usd",
		Amount: new(clientele.NewAmount("curr_test_usd", 5055)),
	}))(t).ID
	credited := ok(p.Payments.Create(t.Context(), clientele.PaymentParams{
		CustomerID: c.ID, CurrencyID: "curr_test_usd",
		Amount:      new(clientele.NewAmount("curr_test_usd", 60)),
		Allocations: &[]clientele.AllocationParams{},
	}))(t).ID
	refund := ok(p.Payments.Refund(t.Context(), credited, clientele.RefundParams{}))(t).ID
	for _, search := range []struct {
		kind, query string
		want        []string
	}{
		{"invoices", "987654.32", []string{dollars}},
		{"invoices", "987,654.32", []string{dollars}},
		{"invoices", "987.654,32", []string{dollars}},
		{"invoices", "$987,654.32", []string{dollars}},
		{"invoices", "987'654.32 rolls", []string{dollars}},
		{"invoices", "987654.32 bread", nil},
		{"invoices", "987654", []string{yens}},
		{"invoices", "¥987,654", []string{yens}},
		{"invoices", "87654.32", nil},
		{"invoices", "1234", []string{whole}},
		{"invoices", "1230", []string{whole}}, // due after the credit note
		{"invoices", "12340", []string{thousand}},
		{"invoices", "12.340", []string{thousand}},
		{"invoices", "12.340,00", []string{thousand}},
		{"invoices", "98765432", nil},
		{"invoices", "'", nil}, // no digit: not an amount of nothing
		{"invoices", "...", nil},
		{"invoices", "0", []string{nothing, thousand, whole, yens, dollars}}, // in every number, and one of nothing
		{"invoices", "0.00", []string{nothing}},
		{"invoices", "baecker", []string{nothing, thousand, whole, yens, dollars}},
		{"payments", "50.55", []string{pay}},
		{"payments", "50,55", []string{pay}},
		{"payments", "0.6", []string{credited}},
		{"refunds", "0.60", []string{refund}},
	} {
		page := decoded[clientele.Page[struct{ ID string }]](t,
			s.send(t, "GET", "/api/"+search.kind+"/search?query="+url.QueryEscape(search.query), ""))
		var got []string
		for _, o := range page.List {
			got = append(got, o.ID)
		}
		if !slices.Equal(got, search.want) || page.Count != int64(len(got)) {
			t.Errorf("%s: %q finds %v of %d, want %v", search.kind, search.query, got, page.Count, search.want)
		}
	}
}

func TestCherokeeMatchesInBothCases(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.post(t, `{"name":"ᏣᎳᎩ"}`)
	s.post(t, `{"name":"ꮳꮃꭹ ᏸ"}`)
	s.counts(t, map[string]int64{"/search?query=ᏣᎳᎩ": 2, "/search?query=ꮳꮃꭹ": 2, "/search?query=Ᏸ": 1})
}

func TestTextThatIsNoTextIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.send(t, "POST", "/api/customers", `{"name":"x"}`, "Idempotency-Key", "\xff").refused(t, 400, "Idempotency-Key")
	s.send(t, "PUT", "/api/customers/external/a%00b", `{"name":"x"}`).refused(t, 400, "external_id")
	s.send(t, "PUT", "/api/customers/external/a%ffb", `{"name":"x"}`).refused(t, 400, "external_id")
}

func TestWalksInAnyOrderReachTheEnd(t *testing.T) {
	t.Parallel()
	s := start(t)
	for i := range 205 {
		s.post(t, fmt.Sprintf(`{"name":"%03d"}`, i))
	}
	for _, order := range [][]string{nil, {"name:ASC"}, {"created_at:ASC"}, {"email:ASC", "name:DESC"}} {
		seen := map[string]bool{}
		for c, err := range s.Test().Customers.All(t.Context(), clientele.CustomerListParams{Order: order}) {
			if err != nil {
				t.Fatalf("%v: %v", order, err)
			}
			seen[c.Name] = true
		}
		if len(seen) != 205 {
			t.Errorf("%v: met %d", order, len(seen))
		}
	}
}

// A prefix has each digit and capital there is, and nothing that stands beside them in the alphabet of computers.
func TestInvoicePrefixesHaveCapitalsAndDigits(t *testing.T) {
	t.Parallel()
	s := start(t)
	for prefix, status := range map[string]int{
		"A0Z9": 201, "009": 201, "AZA": 201, "ABCDEFGHIJKL": 201, "A/B": 400, "A:B": 400, "A@B": 400, "A[B": 400,
		"abc": 400,
		"AB":  400, "ABCDEFGHIJKLM": 400, "ÄÖÜ": 400,
	} {
		s.send(t, "POST", "/api/customers", `{"invoice_prefix":"`+prefix+`"}`).must(t, status)
	}
}

// Of an invoice that was finalized the metadata can be changed, and nothing else.
func TestOnlyTheMetadataOfAFinalizedInvoiceIsChanged(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	i := issue(t, s, c.ID, usd, "5", 30)
	path := "/api/invoices/" + i.ID
	for _, body := range []string{
		`{"description":"x"}`, `{"footer":"x"}`, `{"due_date":4102444800}`, `{"metadata":{"a":2},"description":"x"}`,
		`{"lines":[{"description":"x","unit_amount":"1"}]}`,
	} {
		before := s.state(t)
		s.send(t, "PUT", path, body).refused(t, 409, "status")
		if s.state(t) != before {
			t.Errorf("%s was refused and changed something", body)
		}
	}
	got := decoded[clientele.Invoice](t, s.send(t, "PUT", path, `{"metadata":{"a":1}}`).must(t, 200))
	if string(got.Metadata["a"]) != "1" {
		t.Errorf("the metadata is %s, want a 1", got.Metadata)
	}
}

// Movements are listed of the currency that is asked for, and of no other.
func TestMovementsOfACurrency(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	issue(t, s, c.ID, usd, "5", 30)
	issue(t, s, c.ID, "curr_test_eur", "7", 30)
	path := "/api/customers/" + c.ID + "/balance_transactions"
	for query, want := range map[string]int64{"": 2, "?currency_id=" + usd: 1, "?currency_id=curr_test_jpy": 0} {
		got := decoded[clientele.Page[clientele.BalanceTransaction]](t, s.send(t, "GET", path+query, ""))
		if got.Count != want || int64(len(got.List)) != want {
			t.Errorf("%q answers %d of %d movements, want %d", query, len(got.List), got.Count, want)
		}
		for _, m := range got.List {
			if query == "?currency_id="+usd && m.CurrencyID != usd {
				t.Errorf("of %s it answers %s", usd, m.CurrencyID)
			}
		}
	}
}

// Money may have come until the end of today, where the business is, and not a second later.
func TestMoneyDoesNotComeFromTheFuture(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ok(p.Test().Settings.Update(t.Context(), clientele.SettingsParams{TimeZone: new("Asia/Tokyo")}))(t)
	tokyo := ok(time.LoadLocation("Asia/Tokyo"))(t)
	today := clientele.DayIn(p.Now(), tokyo)
	body := func(when string) string {
		return fmt.Sprintf(`{"customer_id":%q,"currency_id":%q,"amount":"1",%s}`, p.id, usd, when)
	}
	at := func(moment time.Time) string { return body(fmt.Sprintf(`"received_at":%d`, moment.Unix())) }
	p.send(t, "POST", "/api/payments", at((today+1).Begin(tokyo))).refused(t, 400, "received_at")
	p.send(t, "POST", "/api/payments", at(today.End(tokyo))).must(t, 201)
	on := func(day string) string { return body(fmt.Sprintf(`"date":%q`, day)) }
	for day, field := range map[string]string{
		(today + 1).String(): "date", "1989-12-31": "date", "2026-02-30": "date", "1 March": "date",
	} {
		p.send(t, "POST", "/api/payments", on(day)).refused(t, 400, field)
	}
	p.send(t, "POST", "/api/payments", body(`"date":"2026-01-01","received_at":1`)).refused(t, 400, "date")
	p.send(t, "POST", "/api/payments", body(`"date":20260101`)).refused(t, 400, "date")
	for _, day := range []string{"1990-01-01", today.String()} {
		got := decoded[clientele.Payment](t, p.send(t, "POST", "/api/payments", on(day)))
		if got.Date.String() != day || clientele.DayIn(time.Unix(got.ReceivedAt, 0), tokyo).String() != day {
			t.Errorf("money of %s is dated %s, and came at %d", day, got.Date, got.ReceivedAt)
		}
	}
}

// A draft is printed for whom it is for; a finalized invoice for whom it was.
func TestWhomAnInvoiceIsPrintedFor(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada Lovelace"}`)
	d, i := draft(t, s.Test(), c.ID, usd, "5"), issue(t, s, c.ID, usd, "5", 30)
	s.send(t, "PUT", "/api/customers/"+c.ID, `{"name":"Ada King"}`).must(t, 200)
	for id, name := range map[string]string{d.ID: "Ada King", i.ID: "Ada Lovelace"} {
		page := string(s.send(t, "GET", "/api/invoices/"+id+"/page", "").must(t, 200).body)
		if n := strings.Count(page, ">"+name+"<"); n != 1 || strings.Count(page, ">Ada ") != 1 {
			t.Errorf("%s is %d times on its page, want once and no other name", name, n)
		}
	}
}
