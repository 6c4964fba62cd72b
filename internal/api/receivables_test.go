package api_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// issue finalizes an invoice over an amount, due in some days.
func issue(t testing.TB, s *server, customer, currency, units string, days int) *clientele.Invoice {
	t.Helper()
	return ok(s.Test().Invoices.Create(t.Context(), clientele.InvoiceParams{
		CustomerID: customer, CurrencyID: currency, Finalize: true,
		InvoiceContent: clientele.InvoiceContent{
			DueDate: clientele.DueAt(s.Now().AddDate(0, 0, days).Unix()),
			Lines: []clientele.LineParams{{
				Description: "work", Quantity: new(int64(1)),
				UnitAmount: new(ok(clientele.ParseAmount(currency, units))(t)),
			}},
		},
	}))(t)
}

// rightBooks holds the books to what the ledgers say.
func (s *server) rightBooks(t *testing.T) {
	t.Helper()
	err := s.Service.Verify(t.Context(), func(int64, int64) {},
		func(d billing.Difference) { t.Errorf("%s: %s", d.ID, d.Text) })
	if err != nil {
		t.Error(err)
	}
}

func TestPastDueIsToldBesideWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	given := issue(t, s, c.ID, "curr_test_usd", "70", -3)
	ok(s.Test().Invoices.MarkUncollectible(t.Context(), given.ID))(t)
	first, second := issue(t, s, c.ID, "curr_test_usd", "30", -1), issue(t, s, c.ID, "curr_test_usd", "5", -2)
	euros, token := issue(t, s, c.ID, "curr_test_eur", "9", -2), "123456789012345678901"
	issue(t, s, c.ID, "curr_test_abt", token, 1)
	got := ok(s.Test().Customers.OverdueInvoices(t.Context(), c.ID))(t)
	if len(got.Invoices) != 1 || got.Invoices[0].ID != given.ID || len(got.Summary) != 1 {
		t.Errorf("uncollectible are %v", got.Invoices)
	}
	late := got.PastDue
	if len(late.Invoices) != 3 || late.Invoices[0].ID != first.ID || late.Invoices[1].ID != second.ID ||
		late.Invoices[2].ID != euros.ID {
		t.Errorf("past due are %v", late.Invoices)
	}
	if len(late.Summary) != 2 || late.Summary["curr_test_usd"].Amount.String() != "35" ||
		late.Summary["curr_test_eur"].Amount.String() != "9" {
		t.Errorf("past due is %v", late.Summary)
	}
	s.Advance(48 * time.Hour) // nothing is stored that could be stale
	late = ok(s.Test().Customers.OverdueInvoices(t.Context(), c.ID))(t).PastDue
	if late.Summary["curr_test_abt"].Amount.String() != token {
		t.Errorf("two days later past due is %v", late.Summary)
	}
}

func TestTheCreditBeforeAndAfterIsOnTheInvoice(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada","invoice_settings":{"apply_credit":true}}`)
	for currency, units := range map[string]string{"curr_test_usd": "100", "curr_test_eur": "7"} {
		s.send(t, "POST", "/api/customers/"+c.ID+"/balance_transactions",
			`{"currency_id":"`+currency+`","amount":"`+units+`"}`).must(t, 201)
	}
	i := issue(t, s, c.ID, "curr_test_usd", "30", 1)
	before, after := i.StartingTokenBalance, i.EndingTokenBalance
	if before["curr_test_usd"].String() != "100" || after["curr_test_usd"].String() != "70" ||
		before["curr_test_eur"].String() != "7" || after["curr_test_eur"].String() != "7" {
		t.Errorf("the credit was %v, then %v", before, after)
	}
	if i.Status != clientele.InvoicePaid || i.StartingBalance.String() != "100" || i.EndingBalance.String() != "70" {
		t.Errorf("the invoice is %s, the balance was %s, then %s", i.Status, i.StartingBalance, i.EndingBalance)
	}
}

// Two hundred at once want one of a hundred: a hundred get it.
func TestCreditIsNotSpentTwice(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	path := "/api/customers/" + c.ID + "/balance_transactions"
	s.send(t, "POST", path, `{"currency_id":"curr_test_usd","amount":"100"}`).must(t, 201)
	var done, refused atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			switch got := s.send(t, "POST", path, `{"currency_id":"curr_test_usd","amount":"-1"}`); got.status {
			case 201:
				done.Add(1)
			case 409:
				refused.Add(1)
			default:
				t.Errorf("answered %d: %s", got.status, got.body)
			}
		})
	}
	all.Wait()
	left := ok(s.Test().Customers.Retrieve(t.Context(), c.ID))(t).TokenBalance["curr_test_usd"]
	if done.Load() != 100 || refused.Load() != 100 || left.Sign() != 0 {
		t.Errorf("%d were done and %d refused; %s is left", done.Load(), refused.Load(), left)
	}
}

func TestSummaryTellsWhatHappenedInATime(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, ctx := s.Test(), t.Context()
	c := s.post(t, `{"name":"Ada"}`)
	const day = 24 * time.Hour
	first := s.Now()
	paid, reopened := issue(t, s, c.ID, usd, "100", 30), issue(t, s, c.ID, usd, "70", 30)
	void := issue(t, s, c.ID, usd, "9", 30)
	s.Advance(2 * day)
	ok(p.Invoices.Pay(ctx, paid.ID, clientele.Receipt{}))(t)
	pay := ok(p.Payments.Create(ctx, clientele.PaymentParams{
		CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(75)),
		InvoiceID: reopened.ID,
	}))(t)
	s.Advance(3 * day)
	ok(p.Payments.Refund(ctx, pay.ID, clientele.RefundParams{RestParams: clientele.RestParams{Amount: new(cents(5))}}))(t)
	ok(p.Invoices.Void(ctx, void.ID, clientele.VoidParams{}))(t)
	last := s.Now()
	sum := func(from, to time.Time) clientele.ReceivablesSum {
		t.Helper()
		of := clientele.SummaryParams{From: clientele.AtTime(from), To: clientele.AtTime(to)}
		return ok(p.Receivables.Summary(ctx, of))(t).Currencies[usd]
	}
	check := func(got clientele.ReceivablesSum, flows string, n int64, days float64) {
		t.Helper()
		text := fmt.Sprint(got.Invoiced, " ", got.Collected, " ", got.Refunded, " ", got.WrittenOff)
		average := -1.0
		if got.AverageDaysToPay != nil {
			average = *got.AverageDaysToPay
		}
		if text != flows || got.PaidInvoices != n || average != days {
			t.Errorf("invoiced, collected, refunded, written off: %s, %d in %v days; want %s, %d in %v", text,
				got.PaidInvoices, average, flows, n, days)
		}
	}
	check(sum(time.Time{}, time.Time{}), "179 175 5 9", 2, 2)
	check(sum(first, first), "179 0 0 0", 0, -1)
	check(sum(first.Add(2*day), first.Add(2*day)), "0 175 0 0", 2, 2)
	check(sum(last, time.Time{}), "0 0 5 9", 0, -1)
	ok(p.Customers.MoveCredit(ctx, c.ID, clientele.CreditParams{CurrencyID: usd, Amount: new(cents(5))}))(t)
	ok(p.Payments.Reverse(ctx, pay.ID, clientele.ReverseParams{}))(t)
	// What was told of a past day stays; what is opened again, and the money, are missing on the day that it turned out.
	check(sum(first.Add(2*day), first.Add(2*day)), "0 175 0 0", 2, 2)
	check(sum(last, last), "0 -75 5 9", -1, -1)
	now := sum(time.Time{}, time.Time{})
	if now.Outstanding.String() != "70" || now.Invoices != 1 || now.Customers != 1 ||
		now.Unapplied.Sign() != 0 || now.Credit.Sign() != 0 || now.PastDue.Sign() != 0 {
		t.Errorf("now it is %+v", now)
	}
	s.rightBooks(t)
}

func TestAgingByCustomerAddsUp(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, ctx := s.Test(), t.Context()
	empty := s.send(t, "GET", "/api/receivables/aging?group_by=customer", "").must(t, 200).members(t)
	if string(empty["count"]) != "0" || string(empty["list"]) != "[]" || string(empty["paging"]) == "" {
		t.Errorf("of nobody it answers %s", empty)
	}
	if plain := s.send(t, "GET", "/api/receivables/aging", "").members(t); plain["list"] != nil || plain["count"] != nil {
		t.Errorf("not by customer it answers %s", plain)
	}
	names := []string{"Ada", "=cmd()", "Cy"}
	for i, name := range names {
		id := s.post(t, `{"name":"`+name+`"}`).ID
		if i < 2 {
			issue(t, s, id, usd, "100", -40*i)
		}
		ok(p.Payments.Create(ctx, clientele.PaymentParams{
			CustomerID: id, CurrencyID: usd, Amount: new(cents(int64(30 + i))),
			Allocations: &[]clientele.AllocationParams{},
		}))(t)
	}
	var got []string
	for page := int64(1); page <= 3; page++ {
		answer := ok(p.Receivables.Aging(ctx, clientele.AgingParams{GroupBy: "customer", Page: page, PageSize: 1}))(t)
		if *answer.Count != 3 || len(answer.List) != 1 || answer.Currencies[usd].Total.String() != "200" ||
			answer.Currencies[usd].Unapplied.String() != "93" {
			t.Fatalf("page %d is %+v", page, answer)
		}
		b := answer.List[0].Currencies[usd]
		got = append(got, fmt.Sprint(answer.List[0].Name, " ", b.NotDue, " ", b.Days31To60, " ", b.Total, " ", b.Unapplied))
	}
	slices.Sort(got)
	if want := []string{"=cmd() 0 100 100 31", "Ada 100 0 100 30", "Cy 0 0 0 32"}; !slices.Equal(got, want) {
		t.Errorf("the customers are %q, want %q", got, want)
	}
	csv := s.send(t, "GET", "/api/receivables/aging?group_by=customer&format=csv&pageSize=1", "").must(t, 200)
	table := string(csv.body)
	const row = ",'=cmd(),,curr_test_usd,USD,0.00,0.00,1.00,0.00,0.00,1.00,0.31\r\n"
	if strings.Count(table, "\r\n") != 4 || !strings.Contains(table, row) {
		t.Errorf("as a table it is %s", table)
	}
	s.send(t, "GET", "/api/receivables/aging?group_by=currency", "").refused(t, 400, "group_by")
}

// TestTablesAreForSpreadsheets reads every CSV of the API: amounts in the main unit beside their currency's code, and a
// byte order mark for who asks for it.
func TestTablesAreForSpreadsheets(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Müller 山田","email":"m@example.com"}`)
	issue(t, s, c.ID, "curr_test_eur", "1234", 1)
	issue(t, s, c.ID, "curr_test_jpy", "1234", 40)
	s.Advance(3 * 24 * time.Hour)
	ok(s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
		CustomerID: c.ID, CurrencyID: "curr_test_eur",
		Amount: new(clientele.NewAmount("curr_test_eur", 2000)),
	}))(t)
	issue(t, s, c.ID, "curr_test_eur", "505", -1)
	statement := "/api/customers/" + c.ID + "/statement"
	for path, want := range map[string][]string{
		"/api/receivables/aging": {
			"as_of,currency_id,currency,not_due,days_1_30,days_31_60,days_61_90,days_over_90,total,unapplied\r\n",
			",curr_test_eur,EUR,0.00,5.05,0.00,0.00,0.00,5.05,7.66\r\n", ",curr_test_jpy,JPY,1234,0,0,0,0,1234,0\r\n",
		},
		"/api/receivables/aging?group_by=customer": {
			"as_of,customer_id,name,email,currency_id,currency,", ",Müller 山田,m@example.com,curr_test_eur,EUR,0.00,5.05,",
		},
		"/api/receivables/summary": {
			"currency_id,currency,outstanding,", "curr_test_eur,EUR,5.05,5.05,0.00,7.66,0.00,17.39,20.00,",
			"curr_test_jpy,JPY,1234,0,",
		},
		"/api/receivables/overdue": {
			"customer_id,name,email,currency_id,currency,",
			",Müller 山田,m@example.com,curr_test_eur,EUR,0.00,5.05,1,2026-01-04",
		},
		statement: {
			"currency_id,currency,at,", "curr_test_eur,EUR,", ",-20.00,-7.66,", "closing_balance,,,,-2.61,", ",1234,1234,",
		},
	} {
		got := s.send(t, "GET", path, "", "Accept", "text/csv").must(t, 200)
		for _, part := range want {
			if !strings.Contains(string(got.body), part) {
				t.Errorf("%s has no %q: %s", path, part, got.body)
			}
		}
		if strings.HasPrefix(string(got.body), "\ufeff") || got.header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Errorf("%s begins with a byte order mark, or is %s", path, got.header.Get("Content-Type"))
		}
		marked, mark := path+"?format=csv&bom=true", "?"
		if strings.Contains(path, mark) {
			marked = path + "&format=csv&bom=true"
		}
		if with := s.send(t, "GET", marked, "").must(t, 200); !strings.HasPrefix(string(with.body), "\ufeff"+want[0][:6]) {
			t.Errorf("%s begins with %q", marked, with.body[:20])
		}
		s.send(t, "GET", strings.Replace(marked, "true", "maybe", 1), "").refused(t, 400, "bom")
	}
}

// TestPaymentsAreListedByTheDay lists payments of a range of time.
func TestPaymentsAreListedByTheDay(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	var ids []string
	for range 3 {
		ids = append(ids, ok(s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
			CustomerID: c.ID, CurrencyID: usd,
			Amount: new(clientele.NewAmount(usd, 5)),
		}))(t).ID)
		s.Advance(24 * time.Hour)
	}
	second := s.Now().AddDate(0, 0, -2) // exactly when it was recorded
	for _, test := range []struct {
		within clientele.TimeRange
		want   []string
	}{
		{clientele.TimeRange{}, []string{ids[2], ids[1], ids[0]}},
		{clientele.TimeRange{GTE: second}, []string{ids[2], ids[1]}},
		{clientele.TimeRange{GT: second}, []string{ids[2]}},
		{clientele.TimeRange{LT: second}, []string{ids[0]}},
		{clientele.TimeRange{LTE: second, GTE: second}, []string{ids[1]}},
	} {
		list := ok(s.Test().Payments.List(t.Context(), clientele.PaymentListParams{CreatedAt: test.within}))(t)
		var got []string
		for _, p := range list.List {
			got = append(got, p.ID)
		}
		if !slices.Equal(got, test.want) || list.Count != int64(len(got)) {
			t.Errorf("within %+v are %v of %d, want %v", test.within, got, list.Count, test.want)
		}
	}
	s.send(t, "GET", "/api/payments?created_at=2026-01-01", "").refused(t, 400, "created_at")
	s.send(t, "GET", "/api/payment-intents?created_at[gte]=soon", "").refused(t, 400, "created_at[gte]")
}

// at is a moment of the day that a server's clock starts on.
func at(hour, minute, second int) time.Time {
	return time.Date(epoch.Year(), epoch.Month(), epoch.Day(), hour, minute, second, 0, time.UTC)
}

// As known at a moment, an invoice counts from its own on: not at midnight before it, not a millisecond earlier, and
// then at once. As known now it counts all day.
func TestAgingOfAMomentExactly(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	s.Advance(at(1, 0, 0).Add(24 * time.Hour).Sub(s.Now())) // 01:00 of the next day
	issued := s.Now()
	issue(t, s, c.ID, usd, "100", 0)
	midnight := issued.Truncate(24 * time.Hour)
	for name, test := range map[string]struct {
		at   time.Time
		want string
	}{
		"midnight before":            {midnight, "0"},
		"a millisecond after that":   {midnight.Add(time.Millisecond), "0"},
		"a millisecond before it":    {issued.Add(-time.Millisecond), "0"},
		"its moment":                 {issued, "100"},
		"the last moment of the day": {midnight.Add(24*time.Hour - time.Millisecond), "100"},
		"midnight after":             {midnight.Add(24 * time.Hour), "100"},
	} {
		for _, customer := range []string{"", c.ID} {
			of := clientele.AgingParams{
				AsOf: clientele.AtTime(test.at), KnownAt: clientele.AtTime(test.at), CustomerID: customer,
			}
			got := ok(s.Test().Receivables.Aging(t.Context(), of))(t)
			if total := got.Currencies[usd].Total.In(usd); total.String() != test.want {
				t.Errorf("%s, customer %q: %s, want %s", name, customer, total, test.want)
			}
			of.KnownAt = clientele.Moment{}
			now := ok(s.Test().Receivables.Aging(t.Context(), of))(t)
			if total := now.Currencies[usd].Total.In(usd); total.String() != "100" {
				t.Errorf("%s, customer %q, as known now: %s, want 100", name, customer, total)
			}
		}
		byCustomer := ok(s.Test().Receivables.Aging(t.Context(), clientele.AgingParams{
			AsOf: clientele.AtTime(test.at), KnownAt: clientele.AtTime(test.at), GroupBy: "customer", Page: 1, PageSize: 10,
		}))(t)
		if total := byCustomer.Currencies[usd].Total.In(usd); total.String() != test.want {
			t.Errorf("%s, by customer: %s, want %s", name, total, test.want)
		}
	}
}

// What was due today is late tomorrow, while it is open: uncollectible, it is told beside that.
func TestTheSummarysPastDueOfToday(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	issue(t, s, c.ID, usd, "5", 0) // due now, to the second
	given := issue(t, s, c.ID, usd, "70", 0)
	ok(s.Test().Invoices.MarkUncollectible(t.Context(), given.ID))(t)
	wants := func(when, pastDue string) {
		t.Helper()
		got := ok(s.Test().Receivables.Summary(t.Context(), clientele.SummaryParams{}))(t).Currencies[usd]
		if got.PastDue.String() != pastDue || got.Overdue.String() != "70" || got.Outstanding.String() != "75" {
			t.Errorf("%s: past due %s, uncollectible %s of %s; want %s, 70 of 75", when, got.PastDue, got.Overdue,
				got.Outstanding, pastDue)
		}
		late := ok(s.Test().Customers.OverdueInvoices(t.Context(), c.ID))(t).PastDue.Summary[usd].Amount.In(usd)
		if late.String() != pastDue {
			t.Errorf("%s: the customer's past due is %s, want %s", when, late, pastDue)
		}
	}
	wants("on the due second", "0")
	s.Advance(at(23, 59, 59).Sub(s.Now()))
	wants("on the last second of the due day", "0")
	s.Advance(time.Second)
	wants("on the day after", "5")
}

// An invoice is late from the day after its due day, wherever the business is; everything that tells of it agrees, and
// one that was issued keeps its day when the business moves.
func TestTheDueDayIsOneOfTheBusiness(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		zone, due string // as a request has it
		day       string
		last      time.Time // the last moment of that day
	}{
		{"UTC", `"2026-01-20"`, "2026-01-20", time.Date(2026, 1, 20, 23, 59, 59, 0, time.UTC)},
		{"Asia/Tokyo", `"2026-01-20"`, "2026-01-20", time.Date(2026, 1, 20, 14, 59, 59, 0, time.UTC)},
		{"America/New_York", `"2026-01-20"`, "2026-01-20", time.Date(2026, 1, 21, 4, 59, 59, 0, time.UTC)},
		{"Asia/Tokyo", "1768921200", "2026-01-21", time.Date(2026, 1, 21, 14, 59, 59, 0, time.UTC)},
		{"America/New_York", "1768881600", "2026-01-19", time.Date(2026, 1, 20, 4, 59, 59, 0, time.UTC)},
		{"Pacific/Kiritimati", `"2026-01-20"`, "2026-01-20", time.Date(2026, 1, 20, 9, 59, 59, 0, time.UTC)},
	} {
		t.Run(test.zone+" "+test.due, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			s.send(t, "PUT", "/api/settings", `{"time_zone":"`+test.zone+`","uncollectible_after_days":0}`).must(t, 200)
			c := s.post(t, `{"name":"Ada"}`)
			made := s.send(t, "POST", "/api/invoices", `{"customer_id":"`+c.ID+`","currency_id":"`+usd+
				`","finalize":true,"due_date":`+test.due+`,"lines":[{"unit_amount":"5"}]}`).must(t, 201)
			if day := made.text(t, "due_day"); day != test.day {
				t.Errorf("it is due on %s, not %s", day, test.day)
			}
			s.Advance(test.last.Sub(s.Now()))
			s.wantLate(t, c.ID, made.text(t, "id"), false)
			if n := ok(s.Service.ApplyPolicy(t.Context()))(t); n != 0 {
				t.Errorf("on its due day the policy gives %d up", n)
			}
			// The business moves: the invoice keeps its day, and it is another day here.
			s.send(t, "PUT", "/api/settings", `{"time_zone":"Etc/GMT-14"}`).must(t, 200)
			here := test.last.In(time.FixedZone("", 14*60*60)).Format(time.DateOnly)
			s.wantLate(t, c.ID, made.text(t, "id"), here > test.day)
			s.send(t, "PUT", "/api/settings", `{"time_zone":"`+test.zone+`"}`).must(t, 200)

			s.Advance(time.Second)
			s.wantLate(t, c.ID, made.text(t, "id"), true)
			if n := ok(s.Service.ApplyPolicy(t.Context()))(t); n != 1 {
				t.Errorf("on the day after the policy gives %d up", n)
			}
			s.rightBooks(t)
		})
	}
	s := start(t)
	for _, zone := range []string{`"Local"`, `""`, `"Berlin"`, `"+02:00"`, `5`, `"../UTC"`} {
		s.send(t, "PUT", "/api/settings", `{"time_zone":`+zone+`}`).refused(t, 400, "time_zone")
	}
	if zone := s.send(t, "GET", "/api/settings", "").must(t, 200).text(t, "time_zone"); zone != "UTC" {
		t.Errorf("at first the business is in %q", zone)
	}
}

// wantLate wants all that tells of lateness to say that a customer's only invoice, over 5, is late, or that it is not.
func (s *server) wantLate(t *testing.T, customer, invoice string, late bool) {
	t.Helper()
	pastDue, notDue, rows := "0", "5", int64(0)
	if late {
		pastDue, notDue, rows = "5", "0", 1
	}
	is := func(who, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s, not %s", who, got, want)
		}
	}
	summary := ok(s.Test().Receivables.Summary(t.Context(), clientele.SummaryParams{}))(t).Currencies[usd]
	is("the summary's past due", summary.PastDue.String(), pastDue)
	own := ok(s.Test().Customers.OverdueInvoices(t.Context(), customer))(t).PastDue.Summary[usd]
	is("the customer's past due", own.Amount.In(usd).String(), pastDue)
	debtors := ok(s.Test().Receivables.Overdue(t.Context(), clientele.DebtorListParams{}))(t)
	is("how many are late", fmt.Sprint(debtors.Count), fmt.Sprint(rows))
	for _, of := range []string{"", customer} {
		aging := ok(s.Test().Receivables.Aging(t.Context(), clientele.AgingParams{CustomerID: of}))(t).Currencies[usd]
		is("what aging has not due", aging.NotDue.String(), notDue)
		aging = ok(s.Test().Receivables.Aging(t.Context(), clientele.AgingParams{
			CustomerID: of, AsOf: clientele.AtTime(s.Now()),
		}))(t).Currencies[usd]
		is("what aging of the moment has not due", aging.NotDue.String(), notDue)
	}
	paper := string(s.send(t, "GET", "/api/invoices/"+invoice+"/page", "").must(t, 200).body)
	if strings.Contains(paper, "Past due") != late {
		t.Errorf("past due on paper: %t, not %t", !late, late)
	}
}

// A month has what happened from its first moment to its last, and nothing of the next.
func TestMonthsEndWithTheirLastDay(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	next := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	s.Advance(next.Add(-time.Millisecond).Sub(s.Now()))
	issue(t, s, c.ID, usd, "3", 30)
	s.Advance(time.Millisecond) // the first day of the next month has begun
	issue(t, s, c.ID, usd, "40", 30)
	received := clientele.PaymentParams{CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(7))}
	ok(s.Test().Payments.Create(t.Context(), received))(t)
	months := ok(s.Service.Receivables.Months(t.Context(), clientele.Test, 3))(t)
	var got []string
	for _, m := range months {
		got = append(got, fmt.Sprint(m.Month, " ", m.Invoiced[usd], " ", m.Collected[usd]))
	}
	if want := []string{"2025-12 0 0", "2026-01 3 0", "2026-02 40 7"}; !slices.Equal(got, want) {
		t.Errorf("the months are %q, want %q", got, want)
	}
}

// The policy of so many days gives an invoice up on the day on which it is more than so many days late, never on its
// due day.
func TestThePolicyActsByDays(t *testing.T) {
	t.Parallel()
	for _, days := range []int{0, 1, 30} {
		for _, own := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d days, the customer's own %t", days, own), func(t *testing.T) {
				t.Parallel()
				s := start(t)
				setting := fmt.Sprintf(`{"uncollectible_after_days":%d}`, days)
				c := s.post(t, `{"name":"Ada"}`)
				if own {
					s.send(t, "PUT", "/api/customers/"+c.ID, `{"invoice_settings":`+setting+`}`).must(t, 200)
				} else {
					s.send(t, "PUT", "/api/settings", setting).must(t, 200)
				}
				issue(t, s, c.ID, usd, "5", 0)
				s.Advance(at(23, 59, 59).Add(time.Duration(days) * 24 * time.Hour).Sub(s.Now()))
				if n := ok(s.Service.ApplyPolicy(t.Context()))(t); n != 0 {
					t.Errorf("on the last second of the last day %d are uncollectible, want 0", n)
				}
				s.Advance(time.Second)
				if n := ok(s.Service.ApplyPolicy(t.Context()))(t); n != 1 {
					t.Errorf("a second later %d are uncollectible, want 1", n)
				}
				if n := ok(s.Service.ApplyPolicy(t.Context()))(t); n != 0 {
					t.Errorf("the second time %d are uncollectible, want 0", n)
				}
			})
		}
	}
}

// A day more or less is another bucket: 30, 60 and 90 days late are the last of theirs.
func TestAgingBucketsEndWithTheirLastDay(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	due := issue(t, s, c.ID, usd, "8", 0).DueDate
	s.Advance(200 * 24 * time.Hour)
	for days, want := range map[int]string{
		-1: "0 0 0 0 0", 0: "8 0 0 0 0", 1: "0 8 0 0 0", 30: "0 8 0 0 0", 31: "0 0 8 0 0", 60: "0 0 8 0 0", 61: "0 0 0 8 0",
		90: "0 0 0 8 0", 91: "0 0 0 0 8", 199: "0 0 0 0 8",
	} {
		first := time.Unix(due, 0).UTC().Truncate(24*time.Hour).AddDate(0, 0, days)
		for _, at := range []time.Time{first, first.Add(24*time.Hour - time.Millisecond)} {
			for _, customer := range []string{"", c.ID} {
				got := ok(s.Test().Receivables.Aging(t.Context(),
					clientele.AgingParams{AsOf: clientele.AtTime(at), CustomerID: customer}))(t)
				b := got.Currencies[usd]
				text := fmt.Sprint(b.NotDue, " ", b.Days1To30, " ", b.Days31To60, " ", b.Days61To90, " ", b.DaysOver90)
				if text != want && (days != 0 || !at.Equal(first)) { // at midnight of the first day it was not issued yet
					t.Errorf("%d days after the due day, at %v, customer %q: %s, want %s", days, at, customer, text, want)
				}
			}
		}
	}
}

// Money that is not applied is in every sum from the moment it came, for one customer and for all, and in no other
// currency.
func TestUnappliedMoneyIsInEverySum(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	issue(t, s, c.ID, "curr_test_eur", "4", 30)
	s.Advance(time.Hour)
	came := s.Now()
	received := clientele.PaymentParams{CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(30))}
	ok(s.Test().Payments.Create(t.Context(), received))(t)
	s.Advance(48 * time.Hour)
	summary := ok(s.Test().Receivables.Summary(t.Context(), clientele.SummaryParams{}))(t)
	if got := summary.Currencies[usd].Unapplied; got.String() != "30" {
		t.Errorf("the summary has %s that is not applied, want 30", got)
	}
	for _, customer := range []string{"", c.ID} {
		for at, want := range map[time.Time]string{{}: "30", came: "30", came.Add(-time.Millisecond): "0"} {
			aging := ok(s.Test().Receivables.Aging(t.Context(), clientele.AgingParams{
				AsOf: clientele.AtTime(at), KnownAt: clientele.AtTime(at), CustomerID: customer,
			}))(t)
			if got := aging.Currencies[usd].Unapplied.In(usd); got.String() != want {
				t.Errorf("at %v, customer %q: %s is not applied, want %s", at, customer, got, want)
			}
			for _, only := range []string{usd, "curr_test_eur"} {
				p := clientele.AgingParams{AsOf: clientele.AtTime(at), CustomerID: customer, CurrencyID: only}
				for currency := range ok(s.Test().Receivables.Aging(t.Context(), p))(t).Currencies {
					if currency != only {
						t.Errorf("at %v, customer %q: of %s it answers %s too", at, customer, only, currency)
					}
				}
			}
		}
	}
}

// Credit is taken back from an invoice that has it, as much as it has, and never from one that is void.
func TestCreditIsTakenBackFromWhereItIs(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	i := issue(t, s, c.ID, usd, "100", 30)
	move := func(body string) reply {
		t.Helper()
		return s.send(t, "POST", "/api/customers/"+c.ID+"/balance_transactions",
			`{"currency_id":"`+usd+`",`+strings.ReplaceAll(body, "INVOICE", i.ID)+`}`)
	}
	move(`"amount":"50"`).must(t, 201)
	move(`"amount":"-20","reason":"applied_to_invoice","invoice_id":"INVOICE"`).must(t, 201)
	move(`"amount":"21","reason":"unapplied_from_invoice","invoice_id":"INVOICE"`).refused(t, 409, "amount")
	move(`"amount":"20","reason":"unapplied_from_invoice","invoice_id":"INVOICE"`).must(t, 201)
	move(`"amount":"1","reason":"unapplied_from_invoice","invoice_id":"INVOICE"`).refused(t, 409, "amount")
	move(`"amount":"-20","reason":"applied_to_invoice","invoice_id":"INVOICE"`).must(t, 201)
	ok(s.Test().Invoices.Void(t.Context(), i.ID, clientele.VoidParams{}))(t)
	move(`"amount":"1","reason":"unapplied_from_invoice","invoice_id":"INVOICE"`).refused(t, 409, "amount")
	if left := ok(s.Test().Customers.Retrieve(t.Context(), c.ID))(t).TokenBalance[usd]; left.String() != "50" {
		t.Errorf("the customer has a credit of %s, want 50", left)
	}
	s.rightBooks(t)
}

// TestWhoOwesMostIsFirst has somebody who is late with much, and somebody of whom little is uncollectible.
func TestWhoOwesMostIsFirst(t *testing.T) {
	t.Parallel()
	s := start(t)
	little, much, some := s.post(t, `{"name":"Little"}`), s.post(t, `{"name":"Much"}`), s.post(t, `{"name":"Some"}`)
	given := issue(t, s, little.ID, usd, "1900", 1)
	issue(t, s, much.ID, usd, "551000", 1)
	issue(t, s, some.ID, usd, "2000", 1)
	ok(s.Test().Invoices.MarkUncollectible(t.Context(), given.ID))(t)
	s.Advance(72 * time.Hour)
	names := ""
	for _, d := range ok(s.Test().Receivables.Overdue(t.Context(), clientele.DebtorListParams{}))(t).List {
		names += d.Name + " "
	}
	if names != "Much Some Little " {
		t.Errorf("who is late: %s", names)
	}
	aging := ok(s.Test().Receivables.Aging(t.Context(),
		clientele.AgingParams{CurrencyID: usd, GroupBy: "customer", Page: 1, PageSize: 10}))(t)
	names = ""
	for _, c := range aging.List {
		names += c.Name + " "
	}
	if names != "Much Some Little " {
		t.Errorf("aging by customer in a currency: %s", names)
	}
	// An invoice that a credit note settles was not paid, on paper either, nor was one that was written off.
	all := ok(s.Test().Invoices.List(t.Context(), clientele.InvoiceListParams{CustomerID: some.ID}))(t).List[0]
	ok(s.Test().Invoices.Credit(t.Context(), all.ID, clientele.CreditNoteParams{Amount: new(cents(2000))}))(t)
	ok(s.Test().Invoices.WriteOff(t.Context(), given.ID, clientele.WriteOffParams{}))(t)
	for id, want := range map[string]string{all.ID: "Credited in full", given.ID: "Written off: nothing"} {
		page := string(s.send(t, "GET", "/api/invoices/"+id+"/page", "").must(t, 200).body)
		if !strings.Contains(page, want) || strings.Contains(page, "Paid in full") || strings.Contains(page, "Was due") {
			t.Errorf("the paper does not say %q: %s", want, page)
		}
	}
}

// TestOnlyWhatWasPaidCountsAsPaid settles invoices in four ways; one of them is a payment.
func TestOnlyWhatWasPaidCountsAsPaid(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	issue(t, s, c.ID, usd, "0", 30)
	credited := issue(t, s, c.ID, usd, "20", 30)
	ok(s.Test().Invoices.Credit(t.Context(), credited.ID, clientele.CreditNoteParams{Amount: new(cents(20))}))(t)
	paid := issue(t, s, c.ID, usd, "30", 30)
	s.Advance(48 * time.Hour)
	ok(s.Test().Invoices.Pay(t.Context(), paid.ID, clientele.Receipt{}))(t)
	// A payment that was sent back bounces: what the customer owes then is a debit, which the next payment settles.
	bounced := ok(s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
		CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(40)),
		Allocations: &[]clientele.AllocationParams{},
	}))(t)
	ok(s.Test().Payments.Refund(t.Context(), bounced.ID, clientele.RefundParams{}))(t)
	ok(s.Test().Payments.Reverse(t.Context(), bounced.ID, clientele.ReverseParams{Reason: "it bounced"}))(t)
	last := clientele.PaymentParams{CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(40))}
	ok(s.Test().Payments.Create(t.Context(), last))(t)
	sum := ok(s.Test().Receivables.Summary(t.Context(), clientele.SummaryParams{}))(t).Currencies[usd]
	if sum.PaidInvoices != 1 || sum.Outstanding.Sign() != 0 {
		t.Errorf("%d invoices were paid and %s is outstanding, want 1 and 0", sum.PaidInvoices, sum.Outstanding)
	}
}

// TestStatementsNamePayments has a payment with the bank's reference, which bounces, and one without.
func TestStatementsNamePayments(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	issue(t, s, c.ID, usd, "70", 30)
	named := clientele.PaymentParams{CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(50))}
	named.Reference = "RF18 5390"
	first := ok(s.Test().Payments.Create(t.Context(), named))(t)
	ok(s.Test().Payments.Reverse(t.Context(), first.ID, clientele.ReverseParams{Reason: "it bounced"}))(t)
	plain := clientele.PaymentParams{CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(5))}
	ok(s.Test().Payments.Create(t.Context(), plain))(t)
	st := ok(s.Test().Customers.Statement(t.Context(), c.ID, clientele.StatementParams{}))(t)
	got := map[string]string{} // of what was received and taken back
	for _, l := range st.Currencies[usd].Lines {
		if l.Reason == clientele.ReasonPayment || l.Reason == clientele.ReasonPaymentReversed {
			got[l.Amount.String()] = l.Description
		}
	}
	if got["-50"] != "Payment RF18 5390" || !strings.HasPrefix(got["50"], "Payment reversed RF18 5390") ||
		got["-5"] != "Payment" {
		t.Errorf("the statement has %q", got)
	}
}

// TestAgingOfOneCustomerIsTheirsAlone asks at every kind of moment, with somebody else's money beside.
func TestAgingOfOneCustomerIsTheirsAlone(t *testing.T) {
	t.Parallel()
	s := start(t)
	of := map[string]int64{}
	for name, owed := range map[string]int64{"Ada": 1234, "Eve": 9900} {
		c := s.post(t, `{"name":"`+name+`"}`)
		issue(t, s, c.ID, usd, fmt.Sprint(owed), 1)
		issue(t, s, c.ID, "curr_test_eur", "7", 1)
		of[c.ID] = owed
	}
	begun := s.Now()
	s.Advance(72 * time.Hour)
	for customer, owed := range of {
		for _, asOf := range []string{
			"", "&as_of=" + begun.Add(time.Hour).Format(time.RFC3339), "&as_of=" + begun.Format(time.DateOnly),
			"&as_of=" + begun.Add(24*time.Hour).Truncate(24*time.Hour).Format(time.RFC3339),
		} {
			for _, filter := range []string{"", "&group_by=customer", "&currency_id=" + usd} {
				path := "/api/receivables/aging?customer_id=" + customer + asOf + filter
				got := decoded[clientele.Aging](t, s.send(t, "GET", path, ""))
				currencies := 2
				if strings.Contains(filter, "currency") {
					currencies = 1
				}
				if total := got.Currencies[usd].Total; !total.Equal(cents(owed)) || len(got.Currencies) != currencies {
					t.Errorf("%s: %s in %d currencies, want %d in %d", path, total, len(got.Currencies), owed, currencies)
				}
			}
		}
	}
}
