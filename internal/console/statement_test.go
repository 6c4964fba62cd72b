package console_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/apptest"
)

// TestPartsOfAStatement goes through more movements than a page has, from the latest to the earliest and back: each is
// on one page, and the balances of a page begin where those of the page before it end.
func TestPartsOfAStatement(t *testing.T) {
	t.Parallel()
	const count = 205
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	c, err := s.Test().Customers.Create(t.Context(), clientele.CustomerParams{Name: new("Ada")})
	if err != nil {
		t.Fatal(err)
	}
	currency := usd(t, s).ID
	unit := clientele.NewAmount(currency, 1)
	for n := range count {
		_, err := s.Test().Customers.MoveCredit(t.Context(), c.ID, clientele.CreditParams{
			CurrencyID: currency, Amount: &unit, Description: fmt.Sprintf("movement %d.", n+1),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	beside := func(page answer, rel string) string {
		m := regexp.MustCompile(`rel="` + rel + `" href="([^"]*)"`).FindStringSubmatch(page.body)
		if m == nil {
			return ""
		}
		return html.UnescapeString(m[1])
	}
	movements := regexp.MustCompile(`movement (\d+)\.`)
	shown := func(page answer) string {
		all := movements.FindAllStringSubmatch(page.body, -1)
		return all[0][1] + "–" + all[len(all)-1][1]
	}
	address, wants := "/test/customers/"+c.ID+"/statement?from=2020-01-01", [][2]string{
		{"106–205", "1.05"}, {"6–105", "0.05"}, {"1–5", "0.00"},
	}
	opening := regexp.MustCompile(`(?:Opening balance|Brought forward)</th>.*?([0-9]+[.][0-9]+)`)
	var page answer
	for n, want := range wants {
		page = b.get(address).want(200)
		if got := shown(page); got != want[0] {
			t.Errorf("page %d shows %s, want %s", n, got, want[0])
		}
		if got := opening.FindStringSubmatch(page.body); got == nil || got[1] != want[1] {
			t.Errorf("page %d begins with %q, want %s", n, got, want[1])
		}
		address = beside(page, "prev")
		if (address == "") != (n == len(wants)-1) || (beside(page, "next") == "") != (n == 0) {
			t.Errorf("beside page %d are %q and %q", n, address, beside(page, "next"))
		}
	}
	if !strings.Contains(beside(page, "next"), "from=2020-01-01") {
		t.Errorf("the next page forgets when it begins: %s", beside(page, "next"))
	}
	back := b.get(beside(page, "next")).want(200)
	if got := shown(back); got != "6–105" {
		t.Errorf("the page after the first is of %s", got)
	}
	b.get("/test/customers/"+c.ID+"/statement?before=txn_none").want(200, "no line")
}
