package api_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"clientele.dev"
)

// TestPartsOfAStatement records money of two currencies on days in any order, and walks the statement forwards and
// backwards, and in periods, in parts of each size: they have every line once, in its order and with its balance, and
// each begins with what was owed at the end of the one before.
func TestPartsOfAStatement(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	for n := range 24 {
		date := fmt.Sprintf("2025-12-%02d", 1+rand.IntN(9))
		currency := []string{usd, "curr_test_eur"}[n%2]
		if n%3 == 0 {
			ok(s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
				CustomerID: c.ID, CurrencyID: currency, Amount: new(clientele.NewAmount(currency, 7)),
				Receipt: clientele.Receipt{Date: new(day(t, date))},
			}))(t)
			continue
		}
		ok(s.Test().Invoices.Create(t.Context(), clientele.InvoiceParams{
			CustomerID: c.ID, CurrencyID: currency, Finalize: true, InvoiceContent: clientele.InvoiceContent{
				Date: new(day(t, date)), Lines: []clientele.LineParams{{
					Description: "work", UnitAmount: new(clientele.NewAmount(currency, 1+rand.Int64N(90))),
				}},
			},
		}))(t)
	}
	for _, period := range []clientele.StatementParams{
		{}, {From: clientele.OnDay(day(t, "2025-12-04")), To: clientele.OnDay(day(t, "2025-12-07"))},
	} {
		whole := ok(s.Test().Customers.Statement(t.Context(), c.ID, period))(t)
		if whole.Previous != "" || whole.Next != "" {
			t.Errorf("the whole statement has others beside it: %q, %q", whole.Previous, whole.Next)
		}
		for limit := int64(1); limit < 40; limit += 1 + limit/3 {
			walkStatement(t, s, c.ID, period, limit, *whole)
		}
	}
}

// TestPartsBesideWhatIsOutside asks for the lines beside one that is not in the time of the statement: they are those
// of the time, and nothing is before or after them.
func TestPartsBesideWhatIsOutside(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	for _, date := range []string{"2025-12-01", "2025-12-02", "2025-12-03"} {
		issueOn(t, s, c.ID, "10", date)
	}
	lines := func(p clientele.StatementParams) *clientele.Statement {
		return ok(s.Test().Customers.Statement(t.Context(), c.ID, p))(t)
	}
	all := lines(clientele.StatementParams{}).Currencies[usd].Lines
	second := clientele.OnDay(day(t, "2025-12-02"))
	for _, p := range []clientele.StatementParams{
		{From: second, To: second, Limit: 1, StartingAfter: all[0].ID},
		{From: second, To: second, Limit: 1, EndingBefore: all[2].ID},
	} {
		part := lines(p)
		of := part.Currencies[usd]
		if len(of.Lines) != 1 || of.Lines[0].ID != all[1].ID || part.Previous+part.Next != "" {
			t.Errorf("beside %q it has %v, between %q and %q", p.StartingAfter+p.EndingBefore, of.Lines, part.Previous,
				part.Next)
		}
	}
}

// walkStatement walks a statement in parts, to its end and back to its beginning.
func walkStatement(
	t *testing.T, s *server, id string, p clientele.StatementParams, limit int64, whole clientele.Statement,
) {
	t.Helper()
	var forwards, backwards []*clientele.Statement
	for p.Limit = limit; ; {
		part := ok(s.Test().Customers.Statement(t.Context(), id, p))(t)
		if (part.Previous == "") != (p.StartingAfter == "") {
			t.Errorf("the part after %q says that %q is before it", p.StartingAfter, part.Previous)
		}
		forwards = append(forwards, part)
		if p.StartingAfter = part.Next; part.Next == "" {
			break
		}
	}
	last := forwards[len(forwards)-1]
	for p.EndingBefore = last.Previous; p.EndingBefore != ""; {
		part := ok(s.Test().Customers.Statement(t.Context(), id, p))(t)
		backwards = append(backwards, part)
		p.EndingBefore = part.Previous
	}
	slices.Reverse(backwards)
	checkParts(t, whole, forwards, limit)
	checkParts(t, whole, append(backwards, last), limit)
}

// checkParts looks whether parts of a statement are the whole.
func checkParts(t *testing.T, whole clientele.Statement, parts []*clientele.Statement, limit int64) {
	t.Helper()
	for currency, account := range whole.Currencies {
		var lines []clientele.StatementLine
		owed := account.OpeningBalance
		for n, part := range parts {
			of, shown := part.Currencies[currency]
			if part.From != whole.From || part.To != whole.To {
				t.Errorf("part %d is from %v to %v, the whole from %v to %v", n, part.From, part.To, whole.From, whole.To)
			}
			if !shown {
				of.OpeningBalance, of.ClosingBalance = account.OpeningBalance.Times(0), account.OpeningBalance.Times(0)
			}
			if !of.OpeningBalance.Equal(owed) {
				t.Errorf("part %d of %d begins with %s %s, want %s", n, len(parts), of.OpeningBalance, currency, owed)
			}
			lines, owed = append(lines, of.Lines...), of.ClosingBalance
			if len(part.Currencies) == 0 || n > 0 && int64(len(of.Lines)) > limit {
				t.Errorf("part %d has %d lines", n, len(of.Lines))
			}
		}
		if !slices.EqualFunc(lines, account.Lines, func(a, b clientele.StatementLine) bool {
			return a.ID == b.ID && a.Balance.Equal(b.Balance) && a.Description == b.Description
		}) {
			t.Errorf("by %d the lines in %s are\n%v, want\n%v", limit, currency, lines, account.Lines)
		}
	}
}

// TestBadPartsOfAStatement asks for what is no part, each refused by the name of its parameter.
func TestBadPartsOfAStatement(t *testing.T) {
	t.Parallel()
	s := start(t)
	of, other := s.post(t, `{"name":"Ada"}`), s.post(t, `{"name":"Grace"}`)
	issue(t, s, other.ID, usd, "50", 30)
	strange := ok(s.Test().Customers.Statement(t.Context(), other.ID, clientele.StatementParams{}))(t)
	line := strange.Currencies[usd].Lines[0].ID
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=1001": "limit", "limit=many": "limit",
		"starting_after=txn_none": "starting_after", "ending_before=" + line: "ending_before",
		"limit=5&starting_after=" + line + "&ending_before=" + line: "ending_before",
		"limit=5&format=pdf":             "format",
		"ending_before=x&format=html":    "format",
		"limit=1&from=2025-02-30":        "from",
		"known_at=soon":                  "known_at",
		"known_at=2026-02-30&format=csv": "known_at",
		"bom=so&format=csv":              "bom",
		"limit=1&starting_after=%00":     "starting_after",
	} {
		s.send(t, "GET", "/api/customers/"+of.ID+"/statement?"+query, "").refused(t, 400, field)
	}
	for _, printed := range []string{"/page", "/pdf"} {
		s.send(t, "GET", "/api/customers/"+of.ID+"/statement"+printed+"?known_at=soon", "").refused(t, 400, "known_at")
	}
	for _, list := range []string{"invoices", "refunds"} {
		s.send(t, "GET", "/api/"+list+"?subscription_id[a]=b", "").refused(t, 400, "subscription_id")
	}
}
