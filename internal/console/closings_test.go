package console_test

import (
	"regexp"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/apptest"
)

// TestWhatIsTypedInLaterIsDated records money of another day in the forms: the statement has it on its day, marked, and
// the receivables tell both kinds of time.
func TestWhatIsTypedInLaterIsDated(t *testing.T) {
	t.Parallel()
	s := apptest.New(t) // it is 2026-01-02
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	id := strings.TrimPrefix(customer, "/test/customers/")
	b.get("/test/invoices/new?customer="+id).want(200, `name="date" type="date"`, `value="2026-01-02"`)
	invoice := b.fill("/test/invoices/new?customer="+id, map[string]string{
		"currency_id": usd(t, s).ID, "date": "2025-12-01", "lines[0].description": "Work", "lines[0].unit_amount": "100",
	}).made()
	b.fill(invoice+"/finalize", nil).want(303)
	b.fill("/test/payments/new?customer="+id, map[string]string{
		"amount": "40", "currency_id": usd(t, s).ID, "date": "2026-01-03",
	}).want(400, "what has not happened yet is not recorded", `aria-invalid="true"`)
	b.fill("/test/payments/new?customer="+id, map[string]string{
		"amount": "40", "currency_id": usd(t, s).ID, "date": "2025-12-10",
	}).want(303)
	b.fill(invoice+"/credit-note", map[string]string{"amount": "10", "date": "2025-11-30"}).want(409, "has less than")
	b.fill(invoice+"/credit-note", map[string]string{"amount": "10", "date": "2025-12-20"}).want(303)
	b.fill(invoice+"/write-off", map[string]string{"amount": "5", "date": "2025-12-21"}).want(303)
	b.get(customer+"/statement").want(200, `<td class="day">2025-12-10</td>`, "entered 2026-01-02", "$45.00")
	for query, want := range map[string]string{
		"?as_of=2025-12-09": "$100.00", "?as_of=2025-12-10": "$60.00", "?as_of=2025-12-20": "$50.00",
		"?as_of=2025-12-21": "$45.00", "?as_of=2025-12-21&known_at=2026-01-01": "Nothing was outstanding",
		"?show=late&as_of=2025-12-15": "$60.00", "?show=customers&as_of=2025-12-15": "$60.00",
		"?show=late&as_of=2025-11-15": "Nobody was late",
	} {
		b.get("/test/receivables"+query).want(200, want)
	}
	b.get("/test/receivables?known_at=x").want(200, "Write a day as 2026-01-31")
	b.get("/test/receivables.csv?as_of=2025-12-15&known_at=2026-01-02").want(200, "60.00")
}

// TestClosingTheBooks closes the month that is over, which says what it finds, and then nothing of it can be typed in.
func TestClosingTheBooks(t *testing.T) {
	t.Parallel()
	s := apptest.New(t) // it is 2026-01-02
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	id := strings.TrimPrefix(customer, "/test/customers/")
	draft := map[string]string{
		"currency_id": usd(t, s).ID, "date": "2025-12-31", "lines[0].description": "Work", "lines[0].unit_amount": "1",
	}
	b.fill("/test/invoices/new?customer="+id, draft).want(303)
	b.fill("/test/payments/new?customer="+id, map[string]string{
		"amount": "7.50", "currency_id": usd(t, s).ID, "date": "2025-12-31",
	}).want(303)
	b.get("/test/closings").want(200, "No day is closed", "Close December 2025")
	b.get("/test/closings/new").want(200, "Close December 2025", `value="2025-12-31" max="2026-01-01"`,
		"<dt>Drafts dated before, which stay drafts</dt><dd><bdi>1</bdi></dd>",
		"$7.50",
		"<dt>Differences between the books and their sums</dt><dd><bdi>0</bdi></dd>")
	b.fill("/test/closings/new", map[string]string{"through": "2025-12-30", "preview": "1"}).
		want(200, "What would come of it", "<dt>Drafts dated before, which stay drafts</dt><dd><bdi>0</bdi></dd>")
	b.fill("/test/closings/new", map[string]string{"through": "2026-01-02"}).want(400, "at most yesterday is closed")
	b.fill("/test/closings/new", map[string]string{"through": ""}).want(400, "is required")
	b.fill("/test/closings/new", nil).leads("/test/closings?done=closed&of=")
	list := b.get("/test/closings").want(200, "2025-12-31", "Close the books")
	for _, form := range []string{"/test/invoices/new?customer=" + id, "/test/payments/new?customer=" + id} {
		b.get(form).want(200, "Closed through 2025-12-31.", `min="2026-01-01"`)
	}
	b.fill("/test/payments/new?customer="+id, map[string]string{
		"amount": "1", "currency_id": usd(t, s).ID, "date": "2025-12-31",
	}).want(409, "the first open day is 2026-01-01", `aria-invalid="true"`)
	b.get("/test/closings/new").want(200, "The books are closed through 2025-12-31.")
	reopen := regexp.MustCompile(`/test/closings/\w+/reopen`).FindString(list.body)
	b.fill(reopen, map[string]string{"reason": ""}).want(400, "reason")
	b.fill(reopen, map[string]string{"reason": "an invoice was forgotten"}).
		leads("/test/closings?done=reopened_books&of=")
	b.get("/test/closings").want(200, "an invoice was forgotten", "Close December 2025")

	secret, err := s.NewKey(clientele.Test, "write")
	if err != nil {
		t.Fatal(err)
	}
	writer := signedIn(t, s, secret)
	writer.get("/test/closings").want(200, "an invoice was forgotten")
	writer.get("/test/closings/new").want(403, "binds everybody")
}

// TestJournalIsDownloaded sets the accounts in the form and downloads the journal of a month in each format.
func TestJournalIsDownloaded(t *testing.T) {
	t.Parallel()
	s := apptest.New(t) // it is 2026-01-02
	b := signedIn(t, s, s.TestKey)
	id := strings.TrimPrefix(b.newCustomer("Ada"), "/test/customers/")
	b.fill("/test/payments/new?customer="+id, map[string]string{
		"amount": "7.50", "currency_id": usd(t, s).ID, "date": "2025-12-31", "method": "card",
	}).want(303)
	b.get("/test/closings").want(200, `name="from" type="date" value="2025-12-01"`,
		`name="to" type="date" value="2025-12-31"`)
	month := "/test/journal?from=2025-12-01&to=2025-12-31&format="
	b.get(month+"csv").want(200, "\ufeffdate,", ",Ada,", "Assets:Cash,", ",7.50,", "Liabilities:Prepayments")
	b.get(month+"hledger&currency="+usd(t, s).ID).want(200, "    Assets:Cash  7.50 USD")
	b.get(month+"beancount").want(200, "  Assets:Cash  7.50 USD")
	b.get(month+"datev").want(400, "datev.consultant")
	b.get(month+"xlsx").want(400, "Choose a format")
	b.get("/test/journal?format=csv&from=2026-01-02&to=2026-01-01").want(400, "To is before from")
	b.get("/test/settings/accounting").want(200, "Assets:Receivable when empty")
	accounts := map[string]string{
		"accounting.receivable": "10000", "accounting.revenue": "8400", "accounting.tax": "1776", "accounting.cash": "1200",
		"accounting.credit": "1718", "accounting.prepayments": "1710",
		"accounting.cash_by_method":   "cash = 1000\r\ncard=1361\r\n",
		"accounting.datev.consultant": "29098", "accounting.datev.client": "55003",
	}
	for name, value := range map[string]string{
		"accounting.revenue": "84;00", "accounting.cash_by_method": "card", "accounting.datev.client": "x",
		"accounting.datev.consultant": "1",
	} {
		wrong := map[string]string{name: value}
		b.fill("/test/settings/accounting", wrong).want(400, `id="f-`+name+`"`, `aria-invalid="true"`)
	}
	b.fill("/test/settings/accounting", accounts).want(303)
	b.get("/test/settings/accounting").want(200, `value="8400"`, "card = 1361\ncash = 1000", `value="29098"`)
	file := b.get(month+"datev").want(200, `7,50;"S";"USD";;;;1361;1710;;3112;`)
	name := file.header.Get("Content-Disposition")
	if name != `attachment; filename="EXTF_journal-2025-12-01-2025-12-31.csv"` {
		t.Errorf("the file is %s", name)
	}
}
