package api_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
)

// Dates that no invoice has are refused by the name of the field that says them.
func TestDatesOfInvoices(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	day := func(at time.Time) string { return fmt.Sprint(at.Unix()) }
	now := s.Now()
	for _, test := range []struct{ dates, refused string }{
		{`"effective_at":` + day(time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)), ""},
		{`"effective_at":` + day(time.Date(1989, 12, 31, 23, 59, 59, 0, time.UTC)), "effective_at"},
		{`"effective_at":` + day(now.AddDate(1, 0, 0)), ""},
		{`"effective_at":` + day(now.AddDate(1, 0, 0).Add(time.Second)), "effective_at"},
		{`"due_date":` + day(now.AddDate(10, 0, 0)), ""},
		{`"due_date":` + day(now.AddDate(10, 0, 1)), "due_date"},
		{`"due_date":"2026-01-01"`, ""},                                                       // typed in late
		{`"effective_at":` + day(now) + `,"due_date":` + day(now.Truncate(24*time.Hour)), ""}, // the same day
		{`"effective_at":` + day(now) + `,"due_date":` + day(now.Truncate(24*time.Hour).Add(-time.Second)), "due_date"},
		{`"effective_at":` + day(now.AddDate(-5, 0, 0)) + `,"due_date":` + day(now.AddDate(5, 0, 1)), "due_date"},
	} {
		r := s.send(t, "POST", "/api/invoices", `{"customer_id":"`+c.ID+`","currency_id":"`+usd+
			`","finalize":true,"lines":[{"unit_amount":"5"}],`+test.dates+`}`)
		if test.refused == "" {
			r.must(t, 201)
		} else {
			r.refused(t, 400, test.refused)
		}
	}
	draft := s.send(t, "POST", "/api/invoices", `{"customer_id":"`+c.ID+`","currency_id":"`+usd+
		`","lines":[{"unit_amount":"5"}],"due_date":"2026-02-01"}`).must(t, 201).text(t, "id")
	s.send(t, "PUT", "/api/invoices/"+draft, `{"effective_at":`+day(now.AddDate(0, 0, 60))+`}`).
		refused(t, 400, "effective_at")
}

// Numbers that people cannot tell apart are one.
func TestNumbersThatLookAlike(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	make := func(number string) reply {
		return s.send(t, "POST", "/api/invoices", `{"customer_id":"`+c.ID+`","currency_id":"`+usd+
			`","finalize":true,"lines":[{"unit_amount":"5"}],"number":`+quoted(number)+`}`)
	}
	first := make("Inv-1 a").must(t, 201).text(t, "id")
	for _, number := range []string{"INV-1 A", "inv-1 a", "Ｉｎｖ－１ a", "Inv-1  a", "Inv-1\u00a0a"} {
		make(number).refused(t, 409, "number")
	}
	make("Inv-1 a ").refused(t, 400, "number")
	make("Inv-1 á").must(t, 201) // which people can tell apart
	if found := s.send(t, "GET", "/api/invoices/INV-1%20A", "").must(t, 200).text(t, "id"); found != first {
		t.Errorf("the number in capitals finds %s", found)
	}
	own := s.send(t, "GET", "/api/customers/"+c.ID, "").must(t, 200).text(t, "invoice_prefix")
	make(strings.ToLower(own)+"-0001").must(t, 201)
	next := issue(t, s, c.ID, usd, "5", 0)
	if next.Number != own+"-0002" {
		t.Errorf("after %s-0001 in small letters comes %s", own, next.Number)
	}
	other := s.post(t, `{"name":"Bo"}`)
	s.send(t, "POST", "/api/invoices", `{"customer_id":"`+other.ID+`","currency_id":"`+usd+
		`","lines":[{"unit_amount":"5"}],"number":"`+strings.ToLower(own)+`-0009"}`).refused(t, 409, "number")
	s.rightBooks(t)
}

// A database into which numbers came with invoices is right, whatever became of drafts that had them.
func TestImportedNumbersAreRight(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	own := s.send(t, "GET", "/api/customers/"+c.ID, "").must(t, 200).text(t, "invoice_prefix")
	make := func(number, more string) string {
		return s.send(t, "POST", "/api/invoices", `{"customer_id":"`+c.ID+`","currency_id":"`+usd+
			`","lines":[{"unit_amount":"5"}],"number":"`+number+`"`+more+`}`).must(t, 201).text(t, "id")
	}
	make("INV-77", `,"finalize":true`)
	make(own+"-0005", `,"finalize":true`)
	make("DRAFT-1", "")
	deleted, renamed := make(own+"-0006", ""), make(own+"-0008", "")
	issue(t, s, c.ID, usd, "5", 0) // 7
	issue(t, s, c.ID, usd, "5", 0) // 9
	ok(s.Test().Invoices.Delete(t.Context(), deleted))(t)
	s.send(t, "PUT", "/api/invoices/"+renamed, `{"number":"X-1"}`).must(t, 200)
	s.rightBooks(t)
}

func TestDecimalsOfMoney(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, test := range []struct {
		symbol  string
		decimal int
		right   bool
	}{
		{"KRW", 2, false}, {"KRW", 0, true}, {"krw", 1, false}, {"KWD", 2, false}, {"KWD", 3, true}, {"CHF", 3, false},
		{"CHF", 2, true}, {"IQD", 3, true}, {"ISK", 2, false}, {"ABC", 7, true}, {"ＫＲＷ", 2, false}, {"pts", 0, true},
	} {
		r := s.send(t, "POST", "/api/payment-currencies",
			fmt.Sprintf(`{"name":"x","symbol":%q,"decimal":%d}`, test.symbol, test.decimal))
		if test.right {
			r.must(t, 201)
		} else {
			r.refused(t, 400, "decimal")
		}
	}
	chain := s.send(t, "POST", "/api/payment-methods", `{"name":"chain","type":"ethereum"}`).must(t, 201).text(t, "id")
	s.send(t, "POST", "/api/payment-currencies", `{"name":"x","symbol":"EUR","decimal":18,"contract":"0x1",`+
		`"payment_method_id":"`+chain+`"}`).must(t, 201) // a token
}

// The bounds of a currency are those of payments in it; 0 is none.
func TestBoundsOfPayments(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	s.send(t, "POST", "/api/payment-currencies", `{"name":"x","symbol":"X","decimal":0,"minimum_payment_amount":"10",`+
		`"maximum_payment_amount":"9"}`).refused(t, 400, "maximum_payment_amount")
	bounded := s.send(t, "POST", "/api/payment-currencies", `{"name":"x","symbol":"X","decimal":0,`+
		`"minimum_payment_amount":"10","maximum_payment_amount":"20"}`).must(t, 201).text(t, "id")
	free := s.send(t, "POST", "/api/payment-currencies", `{"name":"y","symbol":"Y","decimal":0,`+
		`"minimum_payment_amount":"0","maximum_payment_amount":"0"}`).must(t, 201).text(t, "id")
	for _, test := range []struct {
		currency, amount string
		right            bool
	}{
		{bounded, "9", false}, {bounded, "10", true}, {bounded, "20", true}, {bounded, "21", false},
		{free, "1", true}, {free, "99999999999999999999", true},
	} {
		for _, preview := range []string{"true", "false"} {
			r := s.send(t, "POST", "/api/payments", `{"customer_id":"`+c.ID+`","currency_id":"`+test.currency+
				`","amount":"`+test.amount+`","preview":`+preview+`}`)
			if test.right {
				if r.status > 201 {
					t.Errorf("%s answers %d: %s", test.amount, r.status, r.body)
				}
			} else {
				r.refused(t, 400, "amount")
			}
		}
	}
	s.send(t, "POST", "/api/invoices/"+issue(t, s, c.ID, bounded, "5", 0).ID+"/pay", "{}").refused(t, 400, "amount")
}

// Tax that does not divide is split: each note is within one unit of its share, and all come to the line exactly.
func TestCreditNotesOfQuantitiesComeToTheLine(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	for _, test := range []struct {
		quantity, price, tax int64
		takes                []int64
	}{
		{7, 333, 100, []int64{1, 1, 1, 1, 1, 1, 1}}, {7, 333, 100, []int64{3, 4}}, {3, 10, 1, []int64{2, 1}},
		{3, 10, 2, []int64{1, 1, 1}}, {1000, 1, 999, []int64{1, 998, 1}},
	} {
		i := ok(s.Test().Invoices.Create(t.Context(), clientele.InvoiceParams{
			CustomerID: c.ID, CurrencyID: usd, Finalize: true,
			InvoiceContent: clientele.InvoiceContent{
				Lines: []clientele.LineParams{{
					Quantity:   new(test.quantity),
					UnitAmount: new(clientele.NewAmount(usd, test.price)),
					TaxAmount:  new(clientele.NewAmount(usd, test.tax)),
				}},
			},
		}))(t)
		for _, q := range test.takes {
			share := test.tax * q
			note := s.send(t, "POST", "/api/invoices/"+i.ID+"/credit_notes",
				fmt.Sprintf(`{"lines":[{"invoice_line_id":%q,"quantity":%d}]}`, i.Lines[0].ID, q))
			amount := decoded[clientele.CreditNote](t, note.must(t, 201)).Amount
			got := ok(strconv.ParseInt(amount.String(), 10, 64))(t)
			if tax := (got - test.price*q) * test.quantity; tax < share-test.quantity || tax > share+test.quantity {
				t.Errorf("%d of %d: the tax is not within one unit of its share: %s", q, test.quantity, amount)
			}
		}
		if left := ok(s.Test().Invoices.Retrieve(t.Context(), i.ID))(t).AmountRemaining; left.Sign() != 0 {
			t.Errorf("%+v: %s are left", test, left)
		}
		s.send(t, "POST", "/api/invoices/"+i.ID+"/credit_notes",
			fmt.Sprintf(`{"lines":[{"invoice_line_id":%q,"quantity":1}]}`, i.Lines[0].ID)).
			refused(t, 409, "lines[0].quantity")
	}
	s.rightBooks(t)
}

// Only money is refunded: credit that paid an invoice comes back as credit.
func TestGoodwillIsNotCashedOut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		credit, paid    int64
		notes           []int64 // with refund
		refunded, given string  // in all
	}{
		{100, 0, []int64{100}, "0", "100"}, {100, 0, []int64{40, 60}, "0", "100"}, {40, 60, []int64{100}, "60", "40"},
		{40, 60, []int64{50, 50}, "60", "40"}, {0, 100, []int64{30, 70}, "100", "0"},
	} {
		t.Run(fmt.Sprintf("%+v", test), func(t *testing.T) {
			t.Parallel()
			p := startPaying(t)
			ctx := t.Context()
			if test.credit > 0 {
				ok(p.Customers.MoveCredit(ctx, p.id,
					clientele.CreditParams{CurrencyID: usd, Amount: new(cents(test.credit))}))(t)
				ok(p.Customers.MoveCredit(ctx, p.id, clientele.CreditParams{
					CurrencyID: usd, Amount: new(cents(-test.credit)),
					Reason: clientele.ReasonCreditApplied, InvoiceID: p.invoices[1],
				}))(t)
			}
			if test.paid > 0 {
				p.receive(t, clientele.PaymentParams{Amount: new(cents(test.paid)), InvoiceID: p.invoices[1]})
			}
			refunded := clientele.Zero(usd)
			for _, amount := range test.notes {
				note := ok(p.Invoices.Credit(ctx, p.invoices[1],
					clientele.CreditNoteParams{Amount: new(cents(amount)), Refund: true}))(t)
				refunded = ok(refunded.Add(note.AmountRefunded.In(usd)))(t)
			}
			if refunded.String() != test.refunded {
				t.Errorf("%s are refunded, want %s", refunded, test.refunded)
			}
			p.holds(t, "0", "100", "100", test.given)
		})
	}
}

// What is written off is bad debt: what was paid stays, nobody owes the rest, and it can be undone or paid after all.
func TestWriteOff(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ctx := t.Context()
	id := p.invoices[1]
	p.receive(t, clientele.PaymentParams{Amount: new(cents(40)), InvoiceID: id})
	badDebt := func(want string) {
		t.Helper()
		sum := ok(p.Receivables.Summary(ctx, clientele.SummaryParams{}))(t).Currencies[usd]
		if sum.BadDebt.String() != want || sum.WrittenOff.Sign() != 0 || sum.CreditNotes.Sign() != 0 {
			t.Errorf("bad debt %s, written off %s, credit notes %s; want %s", sum.BadDebt, sum.WrittenOff, sum.CreditNotes,
				want)
		}
		p.rightBooks(t)
	}
	is := func(i *clientele.Invoice, status clientele.InvoiceStatus, paid, writtenOff, left string) {
		t.Helper()
		got := fmt.Sprint(i.Status, " ", i.AmountPaid, " ", i.AmountWrittenOff, " ", i.AmountRemaining)
		if want := fmt.Sprint(status, " ", paid, " ", writtenOff, " ", left); got != want {
			t.Errorf("it is %s, want %s", got, want)
		}
	}
	p.send(t, "POST", "/api/invoices/"+id+"/write_off", `{"amount":"61"}`).refused(t, 409, "amount")
	p.send(t, "POST", "/api/invoices/"+id+"/write_off", `{"amount":"0"}`).refused(t, 400, "amount")
	is(ok(p.Invoices.WriteOff(ctx, id, clientele.WriteOffParams{Amount: new(cents(10))}))(t), clientele.InvoiceOpen,
		"40", "10", "50")
	badDebt("10")
	is(ok(p.Invoices.WriteOff(ctx, id, clientele.WriteOffParams{Reason: "insolvent"}))(t),
		clientele.InvoiceUncollectible, "40", "60", "0")
	badDebt("60")
	p.send(t, "POST", "/api/invoices/"+id+"/write_off", `{}`).refused(t, 409, "status")
	if ok(p.Customers.Retrieve(ctx, p.id))(t).Delinquent {
		t.Error("who owes nothing any more is delinquent")
	}
	overdue := ok(p.Customers.OverdueInvoices(ctx, p.id))(t)
	if len(overdue.Invoices) != 0 {
		t.Error("what is written off is overdue")
	}

	// A payment that comes after is a recovery.
	recovered := p.receive(t, clientele.PaymentParams{Amount: new(cents(25)), InvoiceID: id})
	is(&ok(p.Invoices.Retrieve(ctx, id))(t).Invoice, clientele.InvoiceUncollectible, "65", "35", "0")
	badDebt("35")
	ok(p.Payments.Unallocate(ctx, recovered.ID, clientele.UnallocateParams{}))(t)
	is(&ok(p.Invoices.Retrieve(ctx, id))(t).Invoice, clientele.InvoiceUncollectible, "40", "35", "25")

	is(ok(p.Invoices.Reopen(ctx, id))(t), clientele.InvoiceOpen, "40", "0", "60")
	badDebt("0")
	p.send(t, "POST", "/api/invoices/"+id+"/reopen", "").refused(t, 409, "status")
	ok(p.Invoices.WriteOff(ctx, id, clientele.WriteOffParams{}))(t)
	is(ok(p.Invoices.Pay(ctx, id, clientele.Receipt{}))(t), clientele.InvoicePaid, "100", "0", "0")
	badDebt("0")

	// A credit note takes off what was written off before it gives anything back, and voiding takes back all.
	ok(p.Invoices.WriteOff(ctx, p.invoices[2], clientele.WriteOffParams{Amount: new(cents(30))}))(t)
	note := ok(p.Invoices.Credit(ctx, p.invoices[2], clientele.CreditNoteParams{Amount: new(cents(90))}))(t)
	if note.AmountOff.String() != "90" || note.AmountCredited.Sign() != 0 {
		t.Errorf("the credit note takes %s off and gives %s", note.AmountOff, note.AmountCredited)
	}
	ok(p.Invoices.WriteOff(ctx, p.invoices[3], clientele.WriteOffParams{Amount: new(cents(30))}))(t)
	is(ok(p.Invoices.Void(ctx, p.invoices[3], clientele.VoidParams{}))(t), clientele.InvoiceVoid, "0", "100", "0")
	p.rightBooks(t)
}

// An uncollectible invoice is opened again.
func TestReopen(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ok(p.Invoices.MarkUncollectible(t.Context(), p.invoices[1]))(t)
	again := ok(p.Invoices.Reopen(t.Context(), p.invoices[1]))(t)
	if again.Status != clientele.InvoiceOpen || again.StatusTransitions.MarkedUncollectibleAt != 0 {
		t.Errorf("it is %s", again.Status)
	}
	if ok(p.Customers.Retrieve(t.Context(), p.id))(t).Delinquent {
		t.Error("its customer is delinquent still")
	}
	p.rightBooks(t)
}

// References that people cannot tell apart are of one payment that may be there twice.
func TestPossibleDuplicates(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	first := p.receive(t, clientele.PaymentParams{
		Amount: new(cents(4)), Receipt: clientele.Receipt{Reference: "Bank 17"},
	})
	for reference, want := range map[string]string{
		"BANK  17": first.ID, "bank 17": first.ID, " Bank 17": first.ID, "Ｂank 17": first.ID, "Bank 18": "", "Bánk 17": "",
		"Bank17": first.ID, "BAN K1 7": first.ID,
	} {
		got := ok(p.Payments.Create(t.Context(), clientele.PaymentParams{
			CustomerID: p.id, CurrencyID: usd, Amount: new(cents(4)), Preview: true,
			Receipt: clientele.Receipt{Reference: reference},
		}))(t).PossibleDuplicate
		if got != want {
			t.Errorf("%q looks like %q, want %q", reference, got, want)
		}
	}
}

// A moment that cannot be meant is refused, and a far one is answered as it was asked.
func TestMomentsOfAging(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, wrong := range []string{"20260101", "2026-1-1", "2026-02-30", "1969-12-31", "10000-01-01", "-1", "26-01-01"} {
		s.send(t, "GET", "/api/receivables/aging?as_of="+wrong, "").refused(t, 400, "as_of")
		s.send(t, "GET", "/api/receivables/summary?from="+wrong, "").refused(t, 400, "from")
		s.send(t, "GET", "/api/customers?created_at[gte]="+wrong, "").refused(t, 400, "created_at[gte]")
	}
	for asked, want := range map[string]string{
		"9999-12-31": "9999-12-31T23:59:59.999Z", "2026-01-01": "2026-01-01T23:59:59.999Z",
		"1767225600": "2026-01-01T00:00:00.000Z", "2026-01-01T12:00:00%2B02:00": "2026-01-01T10:00:00.000Z",
	} {
		r := s.send(t, "GET", "/api/receivables/aging?as_of="+asked+"&", "").must(t, 200)
		if got := r.text(t, "as_of"); got != want {
			t.Errorf("%s is answered as of %s", asked, got)
		}
	}
	r := s.send(t, "GET", "/api/receivables/summary?to=9999-12-31", "").must(t, 200)
	if to := r.text(t, "to"); to != "9999-12-31" {
		t.Errorf("it is up to %s", to)
	}
	if _, there := s.send(t, "GET", "/api/settings", "").must(t, 200).members(t)["updated_at"]; there {
		t.Error("settings that nobody has touched were updated")
	}
}

// Every order that a list offers, so that its plan is looked at.
func TestEveryOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, name := range []string{"Ada", "Bo", "Cy"} {
		c := s.post(t, `{"name":"`+name+`","email":"`+name+`@example.com"}`)
		issue(t, s, c.ID, usd, "5", len(name))
		paid := clientele.PaymentParams{CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(1))}
		ok(s.Test().Payments.Create(t.Context(), paid))(t)
		s.Advance(time.Second)
	}
	for list, fields := range map[string][]string{
		"customers": {"created_at", "updated_at", "name", "email", "id"}, "payments": {"created_at", "updated_at", "id"},
		"invoices": {"created_at", "updated_at", "due_date", "id"},
	} {
		for _, field := range fields {
			var pages [][]string
			for _, order := range []string{field + ":ASC", field + ":DESC", field + ":ASC,id:ASC"} {
				if field == "id" && strings.Contains(order, ",") {
					continue
				}
				r := s.send(t, "GET", "/api/"+list+"?pageSize=2&page=1&order="+order, "").must(t, 200)
				rest := s.send(t, "GET", "/api/"+list+"?pageSize=2&page=2&order="+order, "").must(t, 200)
				var ids []string
				for _, page := range []reply{r, rest} {
					for _, one := range decoded[clientele.Page[clientele.Deleted]](t, page).List {
						ids = append(ids, one.ID)
					}
				}
				pages = append(pages, ids)
			}
			if len(pages[0]) != 3 || pages[0][0] != pages[1][2] || pages[0][1] != pages[1][1] || pages[0][2] != pages[1][0] {
				t.Errorf("%s by %s: %v", list, field, pages)
			}
		}
	}
	s.send(t, "GET", "/api/customers?order=id:ASC,id:DESC", "").refused(t, 400, "order")
}

// Every filter selects the same in every order, and says how many; the plans of all of it are looked at.
func TestEveryFilterInEveryOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	var some string
	for i, currency := range []string{usd, "curr_test_eur", usd} {
		c := s.post(t, `{"name":"Ada","email":"ada@example.com","metadata":{"k":"v"}}`)
		some = c.ID
		issue(t, s, c.ID, currency, "5", i)
		pay := ok(s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
			CustomerID: c.ID, CurrencyID: currency,
			Amount:   new(clientele.NewAmount(currency, 9)),
			Metadata: map[string]any{"k": "v"},
		}))(t)
		ok(s.Test().Payments.Refund(t.Context(), pay.ID, clientele.RefundParams{
			RestParams: clientele.RestParams{Amount: new(clientele.NewAmount(currency, 1))},
		}))(t)
		s.Advance(time.Hour)
	}
	begin := fmt.Sprint(epoch.Add(-time.Hour).Unix())
	for list, of := range map[string]struct{ fields, filters []string }{
		"customers": {
			[]string{"created_at", "updated_at", "name", "email", "id"},
			[]string{"", "email=ada@example.com", "delinquent=false", "metadata[k]=v", "created_at[gte]=" + begin},
		},
		"invoices": {
			[]string{"created_at", "updated_at", "due_date", "id"},
			[]string{
				"", "status=paid", "status=open,paid", "currency_id=" + usd, "currency_id=" + usd + "&status=paid",
				"customer_id=" + some, "customer_id=" + some + "&currency_id=" + usd, "ignore_zero=true",
				"created_at[gte]=" + begin, "due_date[gte]=" + begin, "metadata[k]=v",
			},
		},
		"payments": {
			[]string{"created_at", "updated_at", "id"},
			[]string{
				"", "status=succeeded", "currency_id=" + usd, "currency_id=" + usd + "&status=succeeded", "unapplied=true",
				"unapplied=true&currency_id=" + usd, "customer_id=" + some, "metadata[k]=v", "created_at[gte]=" + begin,
			},
		},
		"refunds": {
			[]string{"created_at"},
			[]string{"", "currency_id=" + usd, "customer_id=" + some, "customer_id=" + some + "&currency_id=" + usd},
		},
	} {
		for _, filter := range of.filters {
			path := "/api/" + list + "?pageSize=100"
			if filter != "" {
				path += "&" + filter
			}
			all, count := idsOn(t, s.send(t, "GET", path, "").must(t, 200))
			if len(all) != int(count) || filter == "currency_id="+usd && count != 2 || filter == "" && count != 3 {
				t.Errorf("%s: %d of %d", path, len(all), count)
			}
			for _, field := range of.fields {
				for _, way := range []string{":ASC", ":DESC"} {
					ids, n := idsOn(t, s.send(t, "GET", path+"&order="+field+way, "").must(t, 200))
					if n != count || !slices.Equal(slices.Sorted(slices.Values(ids)), slices.Sorted(slices.Values(all))) {
						t.Errorf("%s by %s%s: %d of %d, want %d", path, field, way, len(ids), n, count)
					}
				}
			}
		}
	}
}

// An issued invoice is printed as it was, whatever becomes of who issued it.
func TestIssuedInvoicesKeepTheirIssuer(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	untouched := issue(t, s, c.ID, usd, "123456", 1)
	s.send(t, "PUT", "/api/settings", `{"locale":"de","business":{"name":"Old GmbH","tax_id":"DE1",`+
		`"payment_instructions":"IBAN DE02","address":{"city":"Bonn"}}}`).must(t, 200)
	old, draft := issue(t, s, c.ID, usd, "123456", 1), draft(t, s.Test(), c.ID, usd, "123456")
	printed := func(id string) string {
		t.Helper()
		return string(s.send(t, "GET", "/api/invoices/"+id+"/page", "").must(t, 200).body) +
			string(s.send(t, "GET", "/api/invoices/"+id+"/pdf", "").must(t, 200).body)
	}
	before := []string{printed(untouched.ID), printed(old.ID)}
	s.send(t, "PUT", "/api/account", `{"name":"New AG","tax_id":"CH2","payment_instructions":"IBAN CH9",`+
		`"address":{"city":"Chur"}}`).must(t, 200)
	s.send(t, "PUT", "/api/settings", `{"locale":"en","time_zone":"Asia/Tokyo"}`).must(t, 200)
	for n, id := range []string{untouched.ID, old.ID} {
		if printed(id) != before[n] {
			t.Errorf("invoice %d is printed otherwise", n)
		}
	}
	for _, old := range []string{"Old GmbH", "DE1", "IBAN DE02", "Bonn", "1.234,56"} {
		if !strings.Contains(before[1], old) {
			t.Errorf("%q is not printed", old)
		}
	}
	if strings.Contains(before[0], "GmbH") || !strings.Contains(printed(draft.ID), "New AG") {
		t.Error("what was issued first has an issuer, or the draft has not today's")
	}
}

// TestADueMomentsDayIsTheBusinesss gives a moment whose day in UTC is not the business's.
func TestADueMomentsDayIsTheBusinesss(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	ok(s.Test().Settings.Update(t.Context(), clientele.SettingsParams{TimeZone: new("Asia/Tokyo")}))(t)
	ok(s.Live().Settings.Update(t.Context(), clientele.SettingsParams{TimeZone: new("America/New_York")}))(t)
	due := time.Date(2026, 3, 31, 20, 0, 0, 0, time.UTC) // the next morning in Tokyo
	draft := ok(s.Test().Invoices.Create(t.Context(), clientele.InvoiceParams{
		CustomerID: c.ID, CurrencyID: usd,
		InvoiceContent: clientele.InvoiceContent{
			DueDate: clientele.DueAt(due.Unix()),
			Lines:   []clientele.LineParams{{Description: "x", UnitAmount: new(cents(1))}},
		},
	}))(t)
	issued := ok(s.Test().Invoices.Finalize(t.Context(), draft.ID))(t)
	for _, i := range []*clientele.Invoice{draft, issued} {
		if i.DueDay.String() != "2026-04-01" || i.DueDate != due.Unix() {
			t.Errorf("due on %s at %d, want 2026-04-01 at %d", i.DueDay, i.DueDate, due.Unix())
		}
	}
	// Each mode has its own settings, whichever was changed last.
	for zone, payment := range map[string]*client.Client{"Asia/Tokyo": s.Test(), "America/New_York": s.Live()} {
		if got := ok(payment.Settings.Retrieve(t.Context()))(t); got.TimeZone != zone {
			t.Errorf("the time zone is %s, want %s", got.TimeZone, zone)
		}
	}
}

// TestRefusalsSpeakOfMoneyAsPeopleDo reads what is told of amounts and invoices: decimals, the locale's way, numbers.
func TestRefusalsSpeakOfMoneyAsPeopleDo(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	i := issue(t, s, c.ID, usd, "90000", 30)
	yen := issue(t, s, c.ID, "curr_test_jpy", "500", 30)
	pay := ok(s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
		CustomerID: c.ID, CurrencyID: usd,
		Amount:      new(clientele.NewAmount(usd, 100)),
		Allocations: &[]clientele.AllocationParams{},
	}))(t)
	type refused struct {
		method, path, body string
		status             int
		field, message     string
	}
	check := func(all []refused) {
		for _, test := range all {
			e := s.send(t, test.method, test.path, test.body).refused(t, test.status, test.field)
			if e.Message != test.message {
				t.Errorf("%s %s: %q, want %q", test.path, test.body, e.Message, test.message)
			}
		}
	}
	payment, invoice := "/api/payments/"+pay.ID, "/api/invoices/"+i.ID
	check([]refused{
		{"POST", payment + "/allocate", `{"invoice_id":"` + i.ID + `","amount":"101"}`, 409, "amount",
			"the payment has $1.00 left, which is less than $1.01"},
		{"POST", payment + "/allocate", `{"invoice_id":"` + i.ID + `","amount":"90001"}`, 409, "amount",
			"invoice " + i.Number + " has $900.00 left to pay, which is less than $900.01"},
		{"POST", payment + "/refund", `{"amount":"101"}`, 409, "amount",
			"the payment has $1.00 left, which is less than $1.01"},
		{"POST", payment + "/allocate", `{"invoice_id":"` + yen.ID + `"}`, 400, "invoice_id",
			"invoice " + yen.Number + " is over ¥500, in another currency than this"},
		{"POST", "/api/payments?preview=true", `{"customer_id":"` + c.ID + `","currency_id":"` + usd +
			`","amount":"9","allocations":[{"invoice_id":"` + i.ID + `","amount":"10"}]}`, 409, "allocations[0].amount",
			"the payment has $0.09 left, which is less than $0.10"},
		{"POST", invoice + "/credit_notes", `{"amount":"90001"}`, 409, "amount",
			"invoice " + i.Number + " has $900.00 that no credit note has taken back yet"},
		{"POST", invoice + "/write_off", `{"amount":"90001"}`, 409, "amount",
			"invoice " + i.Number + " has $900.00 left to pay, which is less than $900.01"},
		{"POST", "/api/customers/" + c.ID + "/balance_transactions",
			`{"currency_id":"curr_test_jpy","amount":"-12345"}`, 409, "amount",
			"the customer has a credit of ¥0, which is less than ¥12,345"},
		{"POST", "/api/invoices", `{"customer_id":"` + c.ID + `","currency_id":"` + usd +
			`","lines":[{"description":"x","unit_amount":"-5"}]}`, 400, "lines",
			"the lines come to -$0.05; an invoice asks for 0 or more"},
	})
	ok(s.Test().Settings.Update(t.Context(), clientele.SettingsParams{Locale: new("de")}))(t)
	check([]refused{
		{"POST", payment + "/allocate", `{"invoice_id":"` + i.ID + `","amount":"90001"}`, 409, "amount",
			"invoice " + i.Number + " has 900,00\u00a0$ left to pay, which is less than 900,01\u00a0$"},
	})
	// A refusal is told alike when the request is repeated.
	for range 2 {
		e := s.send(t, "POST", payment+"/refund", `{"amount":"101"}`, "Idempotency-Key", "again").refused(t, 409, "amount")
		if !strings.Contains(e.Message, "1,00\u00a0$ left") {
			t.Errorf("it says %q", e.Message)
		}
	}
}
