package console_test

import (
	"fmt"
	"net/url"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/console"
)

// TestPagesOfAStatement goes through the movements of two currencies: each is on one page, and the balances of a page
// begin where those of the page before end.
func TestPagesOfAStatement(t *testing.T) {
	t.Parallel()
	amount := func(n int64) clientele.Amount { return clientele.NewAmount("c", n) }
	account := func(n int) (a clientele.StatementAccount) {
		a.OpeningBalance, a.ClosingBalance = amount(1000), amount(1000)
		for i := range n {
			if i%100 == 0 { // of which nothing is shown
				a.Lines = append(a.Lines, clientele.StatementLine{Amount: amount(0), Balance: a.ClosingBalance})
			}
			a.ClosingBalance = amount(1001 + int64(i))
			a.Lines = append(a.Lines, clientele.StatementLine{
				ID: fmt.Sprint(i + 1), Amount: amount(1), Balance: a.ClosingBalance,
			})
		}
		return a
	}
	parse := func(address string) *url.URL {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	at := parse("/test/customers/x/statement?from=2026-01-01")
	for _, c := range []struct {
		lines, page int64
		want        string
	}{
		{0, 1, "[0 0 0]: - 1000 1000, , "},
		{1, 1, "[1 1 1]: 1-1 1000 1001, , "},
		{200, 1, "[1 200 200]: 1-200 1000 1200, , "},
		{201, 1, "[2 201 201]: 2-201 1001 1201, 2, "},
		{201, 2, "[1 1 201]: 1-1 1000 1001, , 1"},
		{201, 9, "[1 1 201]: 1-1 1000 1001, , 1"},
		{450, 2, "[51 250 450]: 51-250 1050 1250, 3, 1"},
	} {
		st := clientele.Statement{Currencies: map[string]clientele.StatementAccount{
			"c": account(int(c.lines)), "few": account(int(c.lines / 3)),
		}}
		shown, lines, previous, next := console.PageOfStatement(st, c.page, at)
		a, first, last := shown.Currencies["c"], "", ""
		if n := len(a.Lines); n > 0 {
			first, last = a.Lines[0].ID, a.Lines[n-1].ID
		}
		pageIn := func(address string) string {
			u := parse(address)
			if address != "" && (u.Path != at.Path || u.Query().Get("from") != "2026-01-01") {
				t.Errorf("another page is at %s", address)
			}
			return u.Query().Get("page")
		}
		got := fmt.Sprintf("%v: %s-%s %s %s, %s, %s", lines, first, last, a.OpeningBalance, a.ClosingBalance,
			pageIn(previous), pageIn(next))
		if got != c.want {
			t.Errorf("page %d of %d is %s, want %s", c.page, c.lines, got, c.want)
		}
		if few := shown.Currencies["few"]; c.page == 2 && (len(few.Lines) != 0 ||
			!few.OpeningBalance.Equal(few.ClosingBalance)) && c.lines < 600 {
			t.Errorf("a currency of %d has %d lines on page 2, from %s to %s", c.lines/3, len(few.Lines),
				few.OpeningBalance, few.ClosingBalance)
		}
	}
}
