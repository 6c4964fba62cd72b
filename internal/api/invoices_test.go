package api_test

import (
	"fmt"
	"math/big"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
)

// draft makes a draft over lines of one piece each.
func draft(t testing.TB, payment *client.Client, customer, currency string, unitAmounts ...string) *clientele.Invoice {
	t.Helper()
	p := clientele.InvoiceParams{CustomerID: customer, CurrencyID: currency}
	for _, units := range unitAmounts {
		amount := ok(clientele.ParseAmount(currency, units))(t)
		p.Lines = append(p.Lines, clientele.LineParams{
			Description: "work", Quantity: new(int64(1)), UnitAmount: new(amount),
		})
	}
	return ok(payment.Invoices.Create(t.Context(), p))(t)
}

func TestADraftInvoiceHasNoDatesYet(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"did":"`+didAccount+`","name":"Ada"}`)
	got := s.send(t, "POST", "/api/invoices",
		`{"customer_id":"did:abt:`+didAccount+`","currency_id":"curr_test_usd","description":"May",`+
			`"metadata":{"n":1.10},"lines":[{"description":"Ж","quantity":3,"unit_amount":"250"},`+
			`{"description":"y","unit_amount":"0"}]}`).must(t, 201)
	invoice := decoded[clientele.Invoice](t, got)
	line := func(i int) string { return invoice.Lines[i].ID }
	want := `{"id":"` + invoice.ID + `","object":"invoice","number":"","livemode":false,"description":"May",` +
		`"statement_descriptor":"",` +
		`"period_start":0,"period_end":0,"auto_advance":false,"paid":false,"paid_out_of_band":false,"status":"draft",` +
		`"collection_method":"send_invoice","billing_reason":"manual","currency_id":"curr_test_usd","customer_id":"` +
		c.ID + `",` +
		`"subtotal":"750","subtotal_excluding_tax":"750","tax":"0","total":"750","amount_due":"750","amount_paid":"0",` +
		`"amount_credited":"0","amount_remaining":"750","amount_written_off":"0",` +
		`"pre_payment_credit_notes_amount":"0","post_payment_credit_notes_amount":"0",` +
		`"amount_shipping":"0","starting_balance":"0","ending_balance":"0",` +
		`"attempt_count":0,"attempted":false,` +
		`"custom_fields":[],"default_payment_method_id":"pm_test_manual","status_transitions":{},` +
		`"metadata":{"n":1.10},"lines":[` +
		`{"id":"` + line(0) + `","object":"invoice_item","livemode":false,"amount":"750","quantity":3,` +
		`"unit_amount":"250","tax_amount":"0","description":"Ж",` +
		`"currency_id":"curr_test_usd","customer_id":"` + c.ID + `","invoice_id":"` + invoice.ID + `"},` +
		`{"id":"` + line(1) + `","object":"invoice_item","livemode":false,"amount":"0","quantity":1,` +
		`"unit_amount":"0","tax_amount":"0","description":"y",` +
		`"currency_id":"curr_test_usd","customer_id":"` + c.ID + `","invoice_id":"` + invoice.ID + `"}],` +
		`"created_at":"2026-01-02T03:04:05.678Z","updated_at":"2026-01-02T03:04:05.678Z"}`
	if string(got.body) != want {
		t.Errorf("answered\n%s, want\n%s", got.body, want)
	}
	if !strings.HasPrefix(invoice.ID, "in_") || line(0) == line(1) || got.header.Get("ETag") != `"1"` {
		t.Errorf("ids are %s, %s, %s, the ETag %s", invoice.ID, line(0), line(1), got.header.Get("ETag"))
	}
	if in := s.send(t, "GET", "/api/customers/"+c.ID, "").members(t)["invoices"]; string(in) != "["+string(got.body)+"]" {
		t.Errorf("the customer has the invoices %s", in)
	}
	expanded := s.send(t, "GET", "/api/invoices/"+invoice.ID, "")
	members := expanded.members(t)
	for name, id := range map[string]string{"customer": c.ID, "paymentCurrency": "curr_test_usd",
		"paymentMethod": "pm_test_manual"} {
		if !strings.HasPrefix(string(members[name]), `{"id":"`+id+`"`) {
			t.Errorf("%s is %s", name, members[name])
		}
	}
	for name, value := range got.members(t) {
		if name != "lines" && string(members[name]) != string(value) {
			t.Errorf("%s is retrieved as %s, want %s", name, members[name], value)
		}
	}
	lines := decoded[clientele.InvoiceExpanded](t, expanded)
	if plain := decoded[clientele.Invoice](t, got); !reflect.DeepEqual(lines.Invoice.Lines, plain.Lines) {
		t.Errorf("the lines are retrieved as %v, want %v", lines.Invoice.Lines, plain.Lines)
	}
}

func TestInvoicesOfAnySizeAddUpExactly(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":""}`)
	nines := strings.Repeat("9", 78)
	for name, lines := range map[string][]string{
		"nothing":          {"0"},
		"past 2^53":        {"9007199254740993", "1"},
		"past 2^63":        {"9223372036854775807", "9223372036854775807", "9223372036854775807"},
		"tokens":           {"1000000000000000000", "1", "123456789012345678901234567890"},
		"78 digits":        {nines},
		"78 digits of two": {nines[:77] + "8", "1"},
		"250 lines":        strings.Split(strings.Repeat("18446744073709551616 ", 249)+"1", " "),
	} {
		sum := new(big.Int)
		for _, line := range lines {
			n, _ := new(big.Int).SetString(line, 10)
			sum.Add(sum, n)
		}
		invoice := draft(t, s.Test(), c.ID, "curr_test_abt", lines...)
		again := ok(s.Test().Invoices.Retrieve(t.Context(), invoice.ID))(t)
		for _, amount := range []clientele.Amount{invoice.Total, again.Subtotal, again.Total, again.AmountDue,
			again.AmountRemaining} {
			if amount.String() != sum.String() || amount.Currency() != "curr_test_abt" {
				t.Errorf("%s come to %s %s, want %s", name, amount, amount.Currency(), sum)
			}
		}
	}
	before := s.state(t)
	for name, r := range map[string]struct{ lines, field string }{
		"one unit too much": {`[{"description":"","unit_amount":"` + nines + `"},{"description":"","unit_amount":"1"}]`,
			"lines[1].unit_amount"},
		"a product too large": {`[{"description":"","unit_amount":"` + nines + `","quantity":2}]`, "lines[0].unit_amount"},
		"79 digits":           {`[{"description":"","unit_amount":"1` + nines + `"}]`, "lines[0].unit_amount"},
	} {
		body := `{"customer_id":"` + c.ID + `","currency_id":"curr_test_abt","lines":` + r.lines + `}`
		s.send(t, "POST", "/api/invoices", body).refused(t, 400, r.field)
		if s.state(t) != before {
			t.Errorf("%s: something changed", name)
		}
	}
}

func TestABadInvoiceIsRefusedByName(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":""}`)
	gone := s.post(t, `{"did":"`+didAccount+`"}`)
	s.send(t, "DELETE", "/api/customers/"+gone.ID, "").must(t, 200)
	const good = `{"description":"x","unit_amount":"1"}`
	invoice := func(customer, currency, lines, more string) string {
		return `{"customer_id":` + quoted(customer) + `,"currency_id":` + quoted(currency) + `,"lines":` + lines + more +
			`}`
	}
	ofLine := func(line string) string { return invoice(c.ID, "curr_test_usd", `[`+good+`,`+line+`]`, "") }
	with := func(more string) string { return invoice(c.ID, "curr_test_usd", `[`+good+`]`, ","+more) }
	bad := map[string]string{ // of body: field
		`{}`: "customer_id",
		invoice("", "curr_test_usd", `[`+good+`]`, ""):                                    "customer_id",
		invoice("cus_nobody", "curr_test_usd", `[`+good+`]`, ""):                          "customer_id",
		invoice(didAccount, "curr_test_usd", `[`+good+`]`, ""):                            "customer_id",
		invoice("z1bUPE8NwmggAepyjRdh58cJJioF6XC6YS1", "curr_test_usd", `[`+good+`]`, ""): "customer_id",
		invoice(c.ID, "", `[`+good+`]`, ""):                                               "currency_id",
		invoice(c.ID, "USD", `[`+good+`]`, ""):                                            "currency_id",
		invoice(c.ID, "curr_live_usd", `[`+good+`]`, ""):                                  "currency_id",
		invoice(c.ID, "curr_test_usd", `[]`, ""):                                          "lines",
		invoice(c.ID, "curr_test_usd", `null`, ""):                                        "lines",
		invoice(c.ID, "curr_test_usd", `{}`, ""):                                          "lines",
		invoice(c.ID, "curr_test_usd", `[`+strings.Repeat(good+",", 250)+good+`]`, ""):    "lines",
		invoice(c.ID, "curr_test_usd", `[`+good+`,5]`, ""):                                "lines[1]",
		ofLine(`{"description":"x"}`):                                                     "lines[1].unit_amount",
		ofLine(`{"description":"x","unit_amount":null}`):                                  "lines[1].unit_amount",
		ofLine(`{"description":"x","unit_amount":"1","quantity":0}`):                      "lines[1].quantity",
		ofLine(`{"description":"x","unit_amount":"1","quantity":-1}`):                     "lines[1].quantity",
		ofLine(`{"description":"x","unit_amount":"1","quantity":1.5}`):                    "lines[1].quantity",
		ofLine(`{"description":"x","unit_amount":"1","quantity":"2"}`):                    "lines[1].quantity",
		ofLine(`{"description":"x","unit_amount":"1","quantity":9223372036854775808}`):    "lines[1].quantity",
		ofLine(`{"description":"x","unit_amount":"1","price":5}`):                         "lines[1].price",
		ofLine(`{"description":5,"unit_amount":"1"}`):                                     "lines[1].description",
		ofLine(`{"description":"` + strings.Repeat("x", 1001) + `","unit_amount":"1"}`):   "lines[1].description",
		with(`"due_date":0`):                                             "due_date",
		with(`"due_date":-1`):                                            "due_date",
		with(`"due_date":253402300800`):                                  "due_date",
		with(`"due_date":"2026-02-30"`):                                  "due_date",
		with(`"due_date":"20260101"`):                                    "due_date",
		with(`"due_date":"1969-12-31"`):                                  "due_date",
		with(`"due_date":"2026-01-01T00:00:00Z"`):                        "due_date",
		with(`"due_date":{}`):                                            "due_date",
		with(`"due_date":1.5`):                                           "due_date",
		with(`"period_start":-1`):                                        "period_start",
		with(`"period_start":5,"period_end":4`):                          "period_end",
		with(`"statement_descriptor":"` + strings.Repeat("x", 65) + `"`): "statement_descriptor",
		with(`"metadata":{"":1}`):                                        "metadata.",
		with(`"metadata":[]`):                                            "metadata",
		with(`"status":"paid"`):                                          "status",
		with(`"total":"5"`):                                              "total",
		with(`"id":"in_mine"`):                                           "id",
	}
	for _, amount := range []string{
		`"1e3"`, `"0x10"`, `" 1"`, `"1 "`, `"+1"`, `"-0"`, `"１"`, `1`, `1.0`, `0`, `"1.0"`, `"1,000"`, `"01"`, `""`,
		`"-"`, `true`, `[]`, `{}`,
		`"` + strings.Repeat("9", 79) + `"`, `"1_000"`, `"٣"`, `"NaN"`, `"١"`, `"1\n"`,
	} {
		bad[ofLine(`{"description":"x","unit_amount":`+amount+`}`)] = "lines[1].unit_amount"
	}
	s.send(t, "POST", "/api/invoices", invoice(gone.ID, "curr_test_usd", `[`+good+`]`, "")).refused(t, 409, "customer_id")
	bad[ofLine(`{"unit_amount":"-2"}`)] = "lines"
	before := s.state(t)
	for body, field := range bad {
		s.send(t, "POST", "/api/invoices", body).refused(t, 400, field)
	}
	if s.state(t) != before {
		t.Error("a refused invoice changed something")
	}
}

func TestFinalizingNumbersAndPrintsTheCustomer(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	c := s.post(t, `{"name":"Ada","email":"ada@example.com","phone":"+14155552671",`+
		`"address":{"country":"GB","city":"London"},"invoice_prefix":"ADA"}`)
	due := epoch.AddDate(0, 1, 0)
	first := ok(payment.Invoices.Create(t.Context(), clientele.InvoiceParams{
		CustomerID: c.ID, CurrencyID: "curr_test_usd",
		InvoiceContent: clientele.InvoiceContent{
			DueDate: clientele.DueAt(due.Unix()),
			Lines: []clientele.LineParams{{
				Description: "x", Quantity: new(int64(1)),
				UnitAmount: new(clientele.NewAmount("", 5)),
			}},
		},
	}))(t)
	second, third := draft(t, payment, c.ID, "curr_test_usd", "1"), draft(t, payment, c.ID, "curr_test_eur", "2")
	s.Advance(time.Hour)
	got := ok(payment.Invoices.Finalize(t.Context(), first.ID))(t)
	now := s.Now().Unix()
	if got.Number != "ADA-0001" || got.Status != clientele.InvoiceOpen || got.DueDate != due.Unix() ||
		got.EffectiveAt != now ||
		got.StatusTransitions != (clientele.StatusTransitions{FinalizedAt: now}) ||
		got.UpdatedAt != clientele.At(s.Now()) ||
		got.CustomerName != "Ada" || got.CustomerEmail != "ada@example.com" || got.CustomerPhone != "+14155552671" ||
		got.CustomerAddress == nil || *got.CustomerAddress != c.Address || got.AmountDue.String() != "5" {
		t.Errorf("finalized to %+v", got)
	}
	s.send(t, "PUT", "/api/customers/"+c.ID, `{"name":"Augusta","address":null,"invoice_prefix":"AUG"}`).must(t, 200)
	again := ok(payment.Invoices.Retrieve(t.Context(), first.ID))(t)
	if again.CustomerName != "Ada" || *again.CustomerAddress != c.Address || again.Number != "ADA-0001" {
		t.Errorf("a finalized invoice changed with its customer: %+v", again)
	}
	if got := ok(payment.Invoices.Finalize(t.Context(), third.ID))(t); got.Number != "AUG-0002" ||
		got.CustomerName != "Augusta" ||
		got.CustomerAddress != nil || got.DueDate != now {
		t.Errorf("the second is %+v", got)
	}
	for range 3 {
		s.send(t, "POST", "/api/invoices/"+third.ID+"/finalize", "").refused(t, 409, "status") // takes no number
		s.send(t, "DELETE", "/api/invoices/"+third.ID, "").refused(t, 409, "status")
	}
	if got := ok(payment.Invoices.Finalize(t.Context(), second.ID))(t); got.Number != "AUG-0003" {
		t.Errorf("the third is %s", got.Number)
	}
	if n := ok(payment.Customers.Retrieve(t.Context(), c.ID))(t).NextInvoiceSequence; n != 4 {
		t.Errorf("the next is %d", n)
	}
}

// TestAnInvoiceThatIsSettledIsNoLongerOverdue pays one uncollectible invoice and voids another.
func TestAnInvoiceThatIsSettledIsNoLongerOverdue(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":""}`)
	var invoices []string
	for range 2 {
		invoice := draft(t, s.Test(), c.ID, "curr_test_usd", "2500")
		s.send(t, "POST", "/api/invoices/"+invoice.ID+"/finalize", "").must(t, 200)
		s.send(t, "POST", "/api/invoices/"+invoice.ID+"/mark_uncollectible", "").must(t, 200)
		invoices = append(invoices, invoice.ID)
	}
	owes := func(delinquent bool, amount string) {
		t.Helper()
		overdue, err := s.Test().Customers.OverdueInvoices(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		sum := overdue.Summary["curr_test_usd"].Amount.String()
		if overdue.Customer.Delinquent != delinquent || sum != amount {
			t.Errorf("delinquent %v for %s, want %v for %s", overdue.Customer.Delinquent, sum, delinquent, amount)
		}
	}
	owes(true, "5000")
	s.send(t, "POST", "/api/payments", `{"customer_id":"`+c.ID+`","currency_id":"curr_test_usd","amount":"100",`+
		`"invoice_id":"`+invoices[1]+`"}`).must(t, 201)
	owes(true, "4900") // what is left of it
	paid, err := s.Test().Invoices.Pay(t.Context(), invoices[0], clientele.Receipt{})
	if err != nil {
		t.Fatal(err)
	}
	if !paid.Paid || !paid.PaidOutOfBand || paid.AmountPaid.String() != "2500" || paid.AmountRemaining.Sign() != 0 ||
		paid.StatusTransitions.PaidAt == 0 {
		t.Errorf("paid, it is %+v", paid)
	}
	owes(true, "2400")
	void, err := s.Test().Invoices.Void(t.Context(), invoices[1], clientele.VoidParams{})
	if err != nil {
		t.Fatal(err)
	}
	if void.Paid || void.AmountPaid.Sign() != 0 || void.AmountRemaining.Sign() != 0 || void.Number == "" ||
		void.StatusTransitions.VoidedAt == 0 {
		t.Errorf("void, it is %+v", void)
	}
	owes(false, "0")
}

func TestAnInvoiceMovesOnlyForward(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":""}`)
	for _, life := range []struct {
		moves, refuses []string
		from           string
	}{
		{nil, []string{"mark_uncollectible", "pay", "void"}, "draft"},
		{[]string{"finalize"}, []string{"finalize"}, "open"},
		{[]string{"finalize", "mark_uncollectible"}, []string{"finalize", "mark_uncollectible"}, "uncollectible"},
		{[]string{"finalize", "pay"}, []string{"finalize", "mark_uncollectible", "pay", "void"}, "paid"},
		{[]string{"finalize", "mark_uncollectible", "pay"}, []string{"pay", "void"}, "paid"},
		{[]string{"finalize", "void"}, []string{"finalize", "mark_uncollectible", "pay", "void"}, "void"},
		{[]string{"finalize", "mark_uncollectible", "void"}, []string{"pay", "void"}, "void"},
	} {
		invoice := draft(t, s.Test(), c.ID, "curr_test_usd", "1")
		for _, move := range life.moves {
			s.send(t, "POST", "/api/invoices/"+invoice.ID+"/"+move, "").must(t, 200)
		}
		before := s.state(t)
		for _, move := range life.refuses {
			only := map[string]string{
				"finalize": "only a draft is finalized", "mark_uncollectible": "only an open invoice is marked uncollectible",
				"pay":  "only an open or uncollectible invoice is paid",
				"void": "only an open or uncollectible invoice is voided",
			}[move]
			called := invoice.ID
			if life.from != "draft" {
				called = ok(s.Test().Invoices.Retrieve(t.Context(), invoice.ID))(t).Number
			}
			from := strings.Replace(life.from, "draft", "a draft", 1)
			e := s.send(t, "POST", "/api/invoices/"+invoice.ID+"/"+move, "").refused(t, 409, "status")
			if want := "invoice " + called + " is " + from + ": " + only; e.Message != want {
				t.Errorf("it says %q, want %q", e.Message, want)
			}
		}
		if s.state(t) != before {
			t.Error("a refused move changed something")
		}
	}
	for _, path := range []string{"/in_nobody", "/" + c.ID} {
		s.send(t, "GET", "/api/invoices"+path, "").refused(t, 404, "id")
		s.send(t, "POST", "/api/invoices"+path+"/finalize", "").refused(t, 404, "id")
		s.send(t, "POST", "/api/invoices"+path+"/mark_uncollectible", "").refused(t, 404, "id")
	}
	last := draft(t, s.Test(), s.post(t, `{"did":"`+didAccount+`"}`).ID, "curr_test_usd", "1")
	s.send(t, "DELETE", "/api/customers/"+didAccount, "").must(t, 200)
	s.send(t, "POST", "/api/invoices/"+last.ID+"/finalize", "").refused(t, 409, "customer_id")
}

func TestInvoicesAreListedAndFiltered(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	a, b := s.post(t, `{"did":"`+didAccount+`"}`), s.post(t, `{"name":""}`)
	number := map[string]string{}
	for i, make := range []struct{ customer, currency, amount, metadata string }{
		{a.ID, "curr_test_usd", "5", `{"po":"7","n":1}`}, {a.ID, "curr_test_eur", "0", `{}`}, {b.ID, "curr_test_usd", "1",
			`{"po":7,"ok":true}`},
		{a.ID, "curr_test_usd", "9", `{"n":1.10,"big":12345678901234567890}`},
	} {
		s.Advance(time.Minute)
		got := decoded[clientele.Invoice](t, s.send(t, "POST", "/api/invoices", fmt.Sprintf(
			`{"customer_id":%q,"currency_id":%q,"due_date":%d,"metadata":%s,"lines":[{"description":"x","unit_amount":%q}]}`,
			make.customer, make.currency, 2000000000-i%3, make.metadata, make.amount)))
		number[got.ID] = fmt.Sprint(i + 1)
		number[fmt.Sprint(i+1)] = got.ID
	}
	ok(payment.Invoices.Finalize(t.Context(), number["3"]))(t)
	ok(payment.Invoices.Finalize(t.Context(), number["1"]))(t)
	ok(payment.Invoices.MarkUncollectible(t.Context(), number["1"]))(t)
	for query, want := range map[string]string{
		"": "4321", "customer_id=" + a.ID: "421", "customer_id=" + didAccount: "421",
		"customer_did=did:abt:" + didAccount: "421",
		"customer_id=cus_nobody":             "", "currency_id=curr_test_eur": "2",
		"currency_id=x": "", "status=draft": "42",
		"status=open":               "3",
		"status=open,uncollectible": "31", "status=paid": "", "ignore_zero=true": "431", "ignore_zero=false": "4321",
		"metadata.po=7": "31", "metadata.ok=true": "3", "metadata.n=1": "1", "metadata.n=1.10": "4",
		"metadata.big=12345678901234567890": "4",
		"metadata[po]=7&status=open":        "3",
		"order=created_at:ASC":              "1234", "order=due_date:ASC": "3214",
		"order=due_date:DESC,created_at:ASC": "1423",
		"order=updated_at:DESC":              "4312", "pageSize=2&page=2": "21", "starting_after=" + number["3"]: "21",
		"ending_before=" + number["2"] + "&limit=1": "3", "customer_id=" + a.ID + "&ending_before=" + number["1"]: "42",
	} {
		r := s.send(t, "GET", "/api/invoices?"+strings.ReplaceAll(query, " ", url.QueryEscape(" ")), "")
		ids, _ := idsOn(t, r)
		got := ""
		for _, id := range ids {
			got += number[id]
		}
		if got != want {
			t.Errorf("%s lists %q, want %q", query, got, want)
		}
	}
	for query, field := range map[string]string{
		"status=overdue": "status", "status=open,": "status", "customer_did=x": "customer_did",
		"order=name:ASC": "order",
		"customer_id=" + a.ID + "&customer_did=" + didAccount: "customer_did", "ignore_zero=1": "ignore_zero",
		"email=x":                "email",
		"starting_after=" + a.ID: "starting_after", "created_at[ge]=2026-01-01": "created_at[ge]",
		"due_date[lt]=soon": "due_date[lt]", "due_date=5": "due_date", "expand=all": "expand",
	} {
		s.send(t, "GET", "/api/invoices?"+query, "").refused(t, 400, field)
	}
}

// What is printed knows what time it is: an invoice that is late says so, on the page and in the API's PDF.
func TestALateInvoiceIsPrintedAsPastDue(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	i := issue(t, s, c.ID, usd, "12345", 0)
	path := "/api/invoices/" + i.ID + "/page"
	if page := string(s.send(t, "GET", path, "").must(t, 200).body); strings.Contains(page, "Past due") {
		t.Error("on its due second it is printed as past due")
	}
	s.Advance(28 * 24 * time.Hour)
	page := string(s.send(t, "GET", path, "").must(t, 200).body)
	if !strings.Contains(page, ">Past due</span>") || !strings.Contains(page, "Was due on Jan 2, 2026") {
		t.Errorf("28 days late it is printed %s", page)
	}
}
