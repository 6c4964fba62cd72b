package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/billing"
)

// day reads a date of a test.
func day(t testing.TB, text string) clientele.Day {
	t.Helper()
	return ok(clientele.ParseDay(text))(t)
}

// issueOn issues an invoice on a day.
func issueOn(t testing.TB, s *server, customer, units, date string) *clientele.Invoice {
	t.Helper()
	return ok(s.Test().Invoices.Create(t.Context(), clientele.InvoiceParams{
		CustomerID: customer, CurrencyID: usd, Finalize: true,
		InvoiceContent: clientele.InvoiceContent{
			Date: new(day(t, date)),
			Lines: []clientele.LineParams{{
				Description: "work", UnitAmount: new(ok(clientele.ParseAmount(usd, units))(t)),
			}},
		},
	}))(t)
}

// receiveOn records money that came on a day: for an invoice, or for none.
func receiveOn(t testing.TB, s *server, customer string, units int64, date, invoice string) *clientele.Payment {
	t.Helper()
	p := clientele.PaymentParams{
		CustomerID: customer, CurrencyID: usd, Amount: new(cents(units)), InvoiceID: invoice,
		Receipt: clientele.Receipt{Date: new(day(t, date))},
	}
	if invoice == "" {
		p.Allocations = &[]clientele.AllocationParams{}
	}
	return ok(s.Test().Payments.Create(t.Context(), p))(t)
}

// owedOn is what is outstanding and what is not applied on a day, which everybody who is asked says alike.
func owedOn(t testing.TB, s *server, customer, date, known string) string {
	t.Helper()
	of := clientele.AgingParams{AsOf: clientele.OnDay(day(t, date))}
	if known != "" {
		of.KnownAt = clientele.OnDay(day(t, known))
	}
	answers := map[string]bool{}
	note := func(total, unapplied clientele.Amount) {
		answers[total.In(usd).String()+" "+unapplied.In(usd).String()] = true
	}
	for _, customer := range []string{"", customer} {
		of.CustomerID = customer
		b := ok(s.Test().Receivables.Aging(t.Context(), of))(t).Currencies[usd]
		note(b.Total, b.Unapplied)
	}
	of.CustomerID, of.GroupBy = "", "customer"
	b := ok(s.Test().Receivables.Aging(t.Context(), of))(t).Currencies[usd]
	note(b.Total, b.Unapplied)
	sum := ok(s.Test().Receivables.Summary(t.Context(),
		clientele.SummaryParams{AsOf: of.AsOf, KnownAt: of.KnownAt}))(t).Currencies[usd]
	note(sum.Outstanding, sum.Unapplied)
	st := ok(s.Test().Customers.Statement(t.Context(), customer,
		clientele.StatementParams{To: of.AsOf, KnownAt: of.KnownAt}))(t).Currencies[usd]
	total := ok(b.Total.In(usd).Add(b.Unapplied.In(usd).Neg()))(t)
	if owed := ok(total.Add(sum.Credit.In(usd).Neg()))(t); !owed.Equal(st.ClosingBalance.In(usd)) {
		t.Errorf("on %s as known on %q the statement closes with %s, want %s", date, known, st.ClosingBalance, owed)
	}
	if len(answers) != 1 {
		t.Errorf("on %s as known on %q it is said to be %v", date, known, answers)
	}
	for answer := range answers {
		return answer
	}
	return ""
}

// TestWhatCountsFromWhichDay records what happened before, and asks what was owed on days of then, as it is known now
// and as it was known.
func TestWhatCountsFromWhichDay(t *testing.T) {
	t.Parallel()
	type book struct {
		*server
		p        *client.Client
		customer string
	}
	for name, test := range map[string]struct {
		happens func(*testing.T, book)
		want    map[string]string // what is owed and not applied, by day and by the day when it was known
	}{
		"an invoice and a payment of the past": {
			func(t *testing.T, b book) {
				i := issueOn(t, b.server, b.customer, "100", "2025-12-01")
				if i.DueDay != i.Date || i.Date.String() != "2025-12-01" {
					t.Errorf("it is issued on %s and due on %s", i.Date, i.DueDay)
				}
				receiveOn(t, b.server, b.customer, 40, "2025-12-10", i.ID)
			},
			map[string]string{
				"2025-11-30": "0 0", "2025-12-01": "100 0", "2025-12-09": "100 0", "2025-12-10": "60 0", "2026-01-02": "60 0",
				"2025-12-10 2026-01-01": "0 0", "2025-12-10 2026-01-02": "60 0", "2026-01-02 2026-01-01": "0 0",
			},
		},
		"money that came before the invoice": {
			func(t *testing.T, b book) {
				pay := receiveOn(t, b.server, b.customer, 100, "2025-12-01", "")
				i := issueOn(t, b.server, b.customer, "70", "2025-12-20")
				ok(b.p.Payments.Allocate(t.Context(), pay.ID, clientele.AllocateParams{InvoiceID: i.ID}))(t)
			},
			map[string]string{"2025-11-30": "0 0", "2025-12-19": "0 100", "2025-12-20": "0 30", "2026-01-02": "0 30"},
		},
		"an invoice of a later day": {
			func(t *testing.T, b book) {
				receiveOn(t, b.server, b.customer, 100, "2025-12-01", "")
				i := issueOn(t, b.server, b.customer, "70", "2026-02-01")
				pay := ok(b.p.Payments.List(t.Context(), clientele.PaymentListParams{CustomerID: b.customer}))(t).List[0]
				ok(b.p.Payments.Allocate(t.Context(), pay.ID, clientele.AllocateParams{InvoiceID: i.ID}))(t)
				issueOn(t, b.server, b.customer, "5", "2026-03-01")
			},
			map[string]string{
				"2026-01-02": "0 100", "2026-01-31": "0 100", "2026-02-01": "0 30", "2026-03-01": "5 30",
				"2026-03-01 2026-01-01": "0 0", "2026-03-01 2026-01-02": "5 30",
			},
		},
		"what is paid too much on a day waits": {
			func(t *testing.T, b book) {
				i := issueOn(t, b.server, b.customer, "100", "2025-12-01")
				bounced := receiveOn(t, b.server, b.customer, 60, "2025-12-10", i.ID)
				ok(b.p.Payments.Reverse(t.Context(), bounced.ID,
					clientele.ReverseParams{Reason: "no funds", Date: new(day(t, "2025-12-20"))}))(t)
				receiveOn(t, b.server, b.customer, 100, "2025-12-05", i.ID)
			},
			map[string]string{
				"2025-12-04": "100 0", "2025-12-05": "60 60", "2025-12-10": "0 60", "2025-12-19": "0 60", "2025-12-20": "0 0",
			},
		},
		"a credit note, a write-off and a void of their days": {
			func(t *testing.T, b book) {
				i := issueOn(t, b.server, b.customer, "100", "2025-12-01")
				note := ok(b.p.Invoices.Credit(t.Context(), i.ID,
					clientele.CreditNoteParams{Amount: new(cents(10)), Date: new(day(t, "2025-12-05"))}))(t)
				if note.Date.String() != "2025-12-05" {
					t.Errorf("the credit note is of %s", note.Date)
				}
				ok(b.p.Invoices.WriteOff(t.Context(), i.ID,
					clientele.WriteOffParams{Amount: new(cents(20)), Date: new(day(t, "2025-12-08"))}))(t)
				void := issueOn(t, b.server, b.customer, "7", "2025-12-01")
				ok(b.p.Invoices.Void(t.Context(), void.ID, clientele.VoidParams{Date: new(day(t, "2025-12-12"))}))(t)
			},
			map[string]string{
				"2025-12-04": "107 0", "2025-12-05": "97 0", "2025-12-08": "77 0", "2025-12-11": "77 0", "2025-12-12": "70 0",
			},
		},
		"a payment that bounced after it was refunded": {
			func(t *testing.T, b book) {
				pay := receiveOn(t, b.server, b.customer, 100, "2025-12-01", "")
				ok(b.p.Payments.Refund(t.Context(), pay.ID, clientele.RefundParams{
					RestParams: clientele.RestParams{Amount: new(cents(30))}, Date: new(day(t, "2025-12-03")),
				}))(t)
				ok(b.p.Payments.Reverse(t.Context(), pay.ID, clientele.ReverseParams{Date: new(day(t, "2025-12-20"))}))(t)
			},
			map[string]string{"2025-12-02": "0 100", "2025-12-19": "0 70", "2025-12-20": "30 0", "2026-01-02": "30 0"},
		},
		"a part of what was paid is taken back": {
			func(t *testing.T, b book) {
				i := issueOn(t, b.server, b.customer, "100", "2025-12-01")
				pay := receiveOn(t, b.server, b.customer, 100, "2025-12-05", "")
				ok(b.p.Payments.Allocate(t.Context(), pay.ID,
					clientele.AllocateParams{InvoiceID: i.ID, Amount: new(cents(80))}))(t)
				ok(b.p.Payments.Unallocate(t.Context(), pay.ID, clientele.UnallocateParams{
					InvoiceID: i.ID, Amount: new(cents(30)), Date: new(day(t, "2025-12-20")),
				}))(t)
			},
			map[string]string{"2025-12-04": "100 0", "2025-12-05": "20 20", "2025-12-19": "20 20", "2025-12-20": "50 50"},
		},
		"a refund, and credit given, of their days": {
			func(t *testing.T, b book) {
				pay := receiveOn(t, b.server, b.customer, 100, "2025-12-01", "")
				refund := ok(b.p.Payments.Refund(t.Context(), pay.ID, clientele.RefundParams{
					RestParams: clientele.RestParams{Amount: new(cents(30))}, Date: new(day(t, "2025-12-03")),
				}))(t)
				if refund.Date.String() != "2025-12-03" {
					t.Errorf("the refund is of %s", refund.Date)
				}
				ok(b.p.Customers.MoveCredit(t.Context(), b.customer, clientele.CreditParams{
					CurrencyID: usd, Amount: new(cents(5)), Date: new(day(t, "2025-12-04")),
				}))(t)
			},
			map[string]string{"2025-12-02": "0 100", "2025-12-03": "0 70", "2026-01-02": "0 70"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			b := book{s, s.Test(), s.post(t, `{"name":"Ada"}`).ID}
			other := s.post(t, `{"name":"Eve"}`)
			test.happens(t, b)
			for when, want := range test.want {
				date, known, _ := strings.Cut(when, " ")
				if got := owedOn(t, s, b.customer, date, known); got != want {
					t.Errorf("on %s, %s is owed and not applied, want %s", when, got, want)
				}
				if got := ok(b.p.Receivables.Aging(t.Context(), clientele.AgingParams{
					CustomerID: other.ID, AsOf: clientele.OnDay(day(t, date)),
				}))(t); len(got.Currencies) != 0 {
					t.Errorf("Eve owes %v", got.Currencies)
				}
			}
			s.rightBooks(t)
		})
	}
}

// TestADateThatCannotBe is refused by name, and nothing is changed.
func TestADateThatCannotBe(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	i := issueOn(t, s, c.ID, "100", "2025-12-10")
	pay := receiveOn(t, s, c.ID, 60, "2025-12-20", i.ID)
	left := receiveOn(t, s, c.ID, 60, "2025-12-20", "")
	before := string(s.send(t, "GET", "/api/customers/"+c.ID+"/balance_transactions", "").must(t, 200).body)
	type refusal struct {
		status     int
		path, body string
	}
	refusals := []refusal{
		{409, "invoices/" + i.ID + "/credit_notes", `{"amount":"41","date":"2025-12-09"}`},
		{409, "invoices/" + i.ID + "/write_off", `{"amount":"10","date":"2025-12-09"}`},
		{409, "invoices/" + i.ID + "/void", `{"date":"2025-12-09"}`},
		{409, "payments/" + pay.ID + "/reverse", `{"date":"2025-12-19"}`},
		{409, "payments/" + left.ID + "/refund", `{"amount":"10","date":"2025-12-19"}`},
	}
	invoice := `{"customer_id":"` + c.ID + `","currency_id":"curr_test_usd","lines":[{"unit_amount":"1"}],`
	for _, dates := range []string{
		`"date":"2026-01-01","effective_at":1`, `"date":"1989-12-31"`, `"date":"2027-01-04"`, `"date":"tomorrow"`,
	} {
		refusals = append(refusals, refusal{400, "invoices", invoice + dates + "}"})
	}
	for _, path := range []string{
		"invoices/" + i.ID + "/credit_notes", "invoices/" + i.ID + "/write_off", "invoices/" + i.ID + "/void",
		"payments/" + pay.ID + "/reverse", "payments/" + pay.ID + "/unallocate", "payments/" + left.ID + "/refund",
	} {
		for _, date := range []string{`"2026-01-03"`, `"1989-12-31"`, `"2025-02-29"`, `""`, `20251220`, `"1970-01-01"`} {
			refusals = append(refusals, refusal{400, path, `{"date":` + date + `}`})
		}
	}
	for _, r := range refusals {
		s.send(t, "POST", "/api/"+r.path, r.body).refused(t, r.status, "date")
	}
	after := string(s.send(t, "GET", "/api/customers/"+c.ID+"/balance_transactions", "").must(t, 200).body)
	if after != before {
		t.Errorf("what was refused has changed the ledger from\n%s\nto\n%s", before, after)
	}
	s.rightBooks(t)
}

// TestADraftKeepsItsMoment when it is told the day that it has already; another day begins at its first moment.
func TestADraftKeepsItsMoment(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	const ten = 1764583200 // 2025-12-01T10:00:00Z
	d := ok(s.Test().Invoices.Create(t.Context(), clientele.InvoiceParams{
		CustomerID: c.ID, CurrencyID: usd, InvoiceContent: clientele.InvoiceContent{
			EffectiveAt: new(int64(ten)), Lines: []clientele.LineParams{{UnitAmount: new(cents(1))}},
		},
	}))(t)
	for _, test := range []struct {
		date string
		want int64
	}{{"2025-12-01", ten}, {"2025-12-02", 1764633600}} {
		got := ok(s.Test().Invoices.Update(t.Context(), d.ID, clientele.InvoiceContent{Date: new(day(t, test.date))}))(t)
		if got.EffectiveAt != test.want || got.Date.String() != test.date {
			t.Errorf("dated %s it is of %s, and takes effect at %d, want %d", test.date, got.Date, got.EffectiveAt, test.want)
		}
	}
}

// TestTheFirstDateIsTheOperators lets history be older where the server is told so, and not by a day more.
func TestTheFirstDateIsTheOperators(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	older := billing.New(s.DB, billing.WithFirstDate(day(t, "1980-01-01")))
	for date, wanted := range map[string]bool{"1980-01-01": true, "1979-12-31": false} {
		_, err := older.Payments.Create(t.Context(), billing.Call{Actor: "test"}, clientele.PaymentParams{
			CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(1)), Receipt: clientele.Receipt{Date: new(day(t, date))},
		})
		if done := err == nil; done != wanted {
			t.Errorf("money of %s: %v", date, err)
		}
	}
	if got := owedOn(t, s, c.ID, "1980-01-01", ""); got != "0 1" {
		t.Errorf("on the first day %s is owed and not applied", got)
	}
	s.rightBooks(t)
}

// TestAStatementListsByDate and marks what was recorded later.
func TestAStatementListsByDate(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	issue(t, s, c.ID, usd, "50", 30)
	i := issueOn(t, s, c.ID, "100", "2025-12-10")
	receiveOn(t, s, c.ID, 30, "2025-12-20", i.ID)
	text := func(p clientele.StatementParams) (lines string) {
		account := ok(s.Test().Customers.Statement(t.Context(), c.ID, p))(t).Currencies[usd]
		lines = account.OpeningBalance.String()
		for _, l := range account.Lines {
			lines += fmt.Sprint("; ", l.Date, " ", l.Amount, " ", l.Balance, " ", l.EnteredLater)
		}
		return lines + "; " + account.ClosingBalance.String()
	}
	december := clientele.StatementParams{
		From: clientele.OnDay(day(t, "2025-12-15")), To: clientele.OnDay(day(t, "2025-12-31")),
	}
	for want, p := range map[string]clientele.StatementParams{
		"0; 2025-12-10 100 100 true; 2025-12-20 -30 70 true; 2025-12-20 0 70 true; 2026-01-02 50 120 false; 120": {},
		"100; 2025-12-20 -30 70 true; 2025-12-20 0 70 true; 70":                                                  december,
	} {
		if got := text(p); got != want {
			t.Errorf("the statement is\n%s, want\n%s", got, want)
		}
	}
}

// TestDaysAreThoseOfTheBusiness dates what happens around midnight, and across a change of the clocks, where it is.
func TestDaysAreThoseOfTheBusiness(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]string{
		"Pacific/Auckland": "2026-01-02", "America/New_York": "2026-01-01", "UTC": "2026-01-02",
	} {
		s := start(t) // it is 03:04 UTC on 2026-01-02
		ok(s.Test().Settings.Update(t.Context(), clientele.SettingsParams{TimeZone: &zone}))(t)
		c := s.post(t, `{"name":"Ada"}`)
		i := issue(t, s, c.ID, usd, "100", 30)
		pay := ok(s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
			CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(40)),
		}))(t)
		if i.Date.String() != want || pay.Date.String() != want {
			t.Errorf("in %s the invoice is of %s and the payment of %s, want %s", zone, i.Date, pay.Date, want)
		}
		for date, owed := range map[string]string{
			(i.Date - 1).String(): "0 0", i.Date.String(): "60 0", (i.Date + 1).String(): "60 0",
		} {
			for _, known := range []string{"", want} {
				if got := owedOn(t, s, c.ID, date, known); got != owed {
					t.Errorf("in %s on %s as known on %q %s is owed, want %s", zone, date, known, got, owed)
				}
			}
			if got := owedOn(t, s, c.ID, date, (i.Date - 1).String()); got != "0 0" {
				t.Errorf("in %s on %s as known the day before %s is owed", zone, date, got)
			}
		}
		s.rightBooks(t)
	}
	// In Berlin 2025-10-26 has 25 hours and 2025-03-30 has 23.
	s := start(t)
	ok(s.Test().Settings.Update(t.Context(), clientele.SettingsParams{TimeZone: new("Europe/Berlin")}))(t)
	c := s.post(t, `{"name":"Ada"}`)
	for at, date := range map[int64]string{
		1761429599: "2025-10-25", 1761429600: "2025-10-26", 1761519599: "2025-10-26", 1761519600: "2025-10-27",
		1743289199: "2025-03-29", 1743289200: "2025-03-30", 1743371999: "2025-03-30", 1743372000: "2025-03-31",
	} {
		pay := ok(s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
			CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(1)), Receipt: clientele.Receipt{ReceivedAt: at},
		}))(t)
		if pay.Date.String() != date {
			t.Errorf("what came at %d is of %s, want %s", at, pay.Date, date)
		}
	}
	s.rightBooks(t)
}

// TestWhatWasKnownOutlivesTheTimeZone records money where it is one day, moves the business to where it was another,
// and asks what was known a millisecond before and at the moment.
func TestWhatWasKnownOutlivesTheTimeZone(t *testing.T) {
	t.Parallel()
	for _, zones := range [][2]string{
		{"Etc/GMT+12", "Pacific/Kiritimati"}, {"Pacific/Kiritimati", "Etc/GMT+12"}, {"UTC", "Asia/Tokyo"},
	} {
		s := start(t)
		s.Advance(at(10, 30, 0).Sub(s.Now())) // where it is two days earlier or later
		c := s.post(t, `{"name":"Ada"}`)
		move := func(zone string) {
			ok(s.Test().Settings.Update(t.Context(), clientele.SettingsParams{TimeZone: &zone}))(t)
		}
		move(zones[0])
		moment := s.Now()
		ok(s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
			CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(40)),
		}))(t)
		move(zones[1])
		for known, want := range map[time.Time]string{moment: "40", moment.Add(-time.Millisecond): "0"} {
			got := ok(s.Test().Receivables.Aging(t.Context(), clientele.AgingParams{
				AsOf: clientele.OnDay(day(t, "2026-01-09")), KnownAt: clientele.AtTime(known),
			}))(t).Currencies[usd].Unapplied.In(usd).String()
			sum := ok(s.Test().Receivables.Summary(t.Context(), clientele.SummaryParams{
				AsOf: clientele.OnDay(day(t, "2026-01-09")), KnownAt: clientele.AtTime(known),
			}))(t).Currencies[usd].Collected.In(usd).String()
			if got != want || sum != want {
				t.Errorf("from %s to %s, known at %v: %s is not applied and %s collected, want %s", zones[0], zones[1], known,
					got, sum, want)
			}
		}
		s.rightBooks(t)
	}
}
