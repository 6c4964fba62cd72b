package api_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
)

// judge lets an accounting program read a journal; arguments that are FILE name it.
func judge(t testing.TB, text, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%s is missing: apt-get install -y hledger beancount", program)
	}
	file := filepath.Join(t.TempDir(), "books.journal")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "FILE", file)
	}
	command := exec.CommandContext(t.Context(), path, args...)
	command.Env = append(os.Environ(), "LANG=C.UTF-8", "LC_ALL=C.UTF-8")
	var out, mistakes bytes.Buffer
	command.Stdout, command.Stderr = &out, &mistakes
	if err := command.Run(); err != nil {
		t.Fatalf("%s %s: %v: %s%s\n%s", program, args, err, &mistakes, &out, text)
	}
	return out.String()
}

// hledgerBalances are what hledger says is on each account at the end of a day.
func hledgerBalances(t testing.TB, text string, through clientele.Day) map[string]string {
	t.Helper()
	out := judge(t, text, "hledger", "-f", "FILE", "check", "commodities", "ordereddates")
	out += judge(t, text, "hledger", "-f", "FILE", "balance", "-N", "--flat", "--output-format", "csv", "--layout",
		"tidy", "--depth", "2", "--end", (through + 1).String())
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err, out)
	}
	balances := map[string]string{}
	for _, row := range rows[min(1, len(rows)):] { // account, period, start, end, commodity, value
		balances[row[0]+" "+row[4]] = row[5]
	}
	return balances
}

// everyReason makes movements of every reason, on days of October and November, of customers with difficult names.
func everyReason(t testing.TB, s *server) (ada, bob clientele.CustomerExpanded) {
	t.Helper()
	p, ctx := s.Test(), t.Context()
	ada = s.post(t, `{"name":"(Ada); \"Lovelace\" | & \\ Sons\n* !","metadata":{"debtor":"10017"}}`)
	bob = s.post(t, `{"name":"=Łukasz"}`)
	invoice := func(customer, date string, lines ...clientele.LineParams) *clientele.Invoice {
		return ok(p.Invoices.Create(ctx, clientele.InvoiceParams{
			CustomerID: customer, CurrencyID: usd, Finalize: true,
			InvoiceContent: clientele.InvoiceContent{Date: new(day(t, date)), Lines: lines},
		}))(t)
	}
	taxed := func(net, tax int64) clientele.LineParams {
		return clientele.LineParams{Description: "work", UnitAmount: new(cents(net)), TaxAmount: new(cents(tax))}
	}
	pay := func(customer, date, method string, units int64, invoice string) *clientele.Payment {
		params := clientele.PaymentParams{
			CustomerID: customer, CurrencyID: usd, Amount: new(cents(units)), InvoiceID: invoice,
			Receipt: clientele.Receipt{Date: new(day(t, date)), Method: method, Reference: "ref (1); |"},
		}
		if invoice == "" {
			params.Allocations = &[]clientele.AllocationParams{}
		}
		return ok(p.Payments.Create(ctx, params))(t)
	}
	// In October.
	first := invoice(ada.ID, "2025-10-02", taxed(10000, 1900), taxed(5000, 0))
	paid := pay(ada.ID, "2025-10-05", "card", 12000, first.ID)
	ok(p.Invoices.Credit(ctx, first.ID, clientele.CreditNoteParams{
		Amount: new(cents(8450)), Date: new(day(t, "2025-10-10")),
	}))(t)
	second := invoice(bob.ID, "2025-10-03", taxed(10001, 1901))
	ok(p.Invoices.Credit(ctx, second.ID, clientele.CreditNoteParams{
		Amount: new(cents(333)), Date: new(day(t, "2025-10-20")),
	}))(t)
	ok(p.Invoices.Void(ctx, second.ID, clientele.VoidParams{Date: new(day(t, "2025-10-31"))}))(t)
	third := invoice(bob.ID, "2025-10-31", taxed(777, 0))
	// In November.
	ok(p.Invoices.WriteOff(ctx, third.ID, clientele.WriteOffParams{Date: new(day(t, "2025-11-15"))}))(t)
	pay(bob.ID, "2025-11-20", "cash", 700, third.ID)
	rest := pay(bob.ID, "2025-11-21", "", 5000, "")
	ok(p.Payments.Credit(ctx, rest.ID, clientele.RestParams{Amount: new(cents(2000))}))(t)
	ok(p.Payments.Refund(ctx, rest.ID, clientele.RefundParams{
		RestParams: clientele.RestParams{Amount: new(cents(1000))}, Date: new(day(t, "2025-11-25")),
	}))(t)
	ok(p.Payments.Reverse(ctx, rest.ID, clientele.ReverseParams{Date: new(day(t, "2025-11-28"))}))(t)
	ok(p.Payments.Unallocate(ctx, paid.ID, clientele.UnallocateParams{
		InvoiceID: first.ID, Amount: new(cents(1000)), Date: new(day(t, "2025-11-29")),
	}))(t)
	credit := func(reason clientele.BalanceReason, units int64, invoice string) {
		ok(p.Customers.MoveCredit(ctx, ada.ID, clientele.CreditParams{
			CurrencyID: usd, Amount: new(cents(units)), Reason: reason, InvoiceID: invoice, Description: "thanks; |\nagain",
		}))(t)
	}
	credit("", 3000, "")
	credit(clientele.ReasonRefund, -500, "")
	fourth := invoice(ada.ID, "2025-12-01", taxed(900, 99))
	credit(clientele.ReasonCreditApplied, -400, fourth.ID)
	credit(clientele.ReasonCreditUnapplied, 100, fourth.ID)
	ok(p.Invoices.MarkUncollectible(ctx, fourth.ID))(t)
	ok(p.Invoices.Reopen(ctx, fourth.ID))(t)
	return ada, bob
}

// journalOf is the journal of some days in a format.
func journalOf(t testing.TB, p *client.Client, format, from, to string) string {
	t.Helper()
	params := clientele.JournalParams{Format: format, CurrencyID: usd}
	if from != "" {
		params.From = clientele.OnDay(day(t, from))
	}
	if to != "" {
		params.To = clientele.OnDay(day(t, to))
	}
	return string(ok(p.Receivables.Journal(t.Context(), params))(t))
}

// TestJournalAgreesWithHledger lets hledger add up the books at the end of days: what is receivable, what was not
// applied and what is credit is what aging and the summary say, each entry comes to zero, and so do all accounts.
func TestJournalAgreesWithHledger(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.Test()
	everyReason(t, s)
	ok(p.Settings.Update(t.Context(), clientele.SettingsParams{Accounting: &clientele.Accounting{
		CashByMethod: map[string]string{"card": "Assets:Card"},
	}}))(t)
	text := journalOf(t, p, "hledger", "", "")
	reasons := map[string]bool{}
	for _, part := range strings.Split(text, ", reason:")[1:] {
		reason, _, _ := strings.Cut(part, "\n")
		reasons[reason] = true
	}
	if len(reasons) < 15 {
		t.Errorf("it has entries of the reasons %v alone", slices.Sorted(maps.Keys(reasons)))
	}
	judge(t, journalOf(t, p, "beancount", "", ""), "bean-check", "FILE")
	for _, date := range []string{
		"2025-10-01", "2025-10-02", "2025-10-05", "2025-10-31", "2025-11-15", "2025-11-28", "2025-11-30", "2026-01-02",
	} {
		on := clientele.OnDay(day(t, date))
		sums := ok(p.Receivables.Summary(t.Context(), clientele.SummaryParams{AsOf: on}))(t).Currencies[usd]
		books, sum := hledgerBalances(t, text, on.Day), clientele.Zero(usd)
		for account, want := range map[string]clientele.Amount{
			"Assets:Receivable": sums.Outstanding, "Liabilities:Prepayments": sums.Unapplied.Neg(),
			"Liabilities:Credit": sums.Credit.Neg(), "Expenses:BadDebt": cents(0), "Assets:Card": cents(0),
		} {
			is := books[account+" USD"]
			if is == "" {
				is = "0"
			}
			switch account {
			case "Expenses:BadDebt":
				if want = cents(0); date >= "2025-11-15" {
					want = cents(777)
				}
			case "Assets:Card":
				if want = cents(0); date >= "2025-10-05" {
					want = cents(12000)
				}
			}
			dollars := want.In(usd).Decimal(2)
			if nothing := strings.Trim(is, "0.") == ""; nothing != (want.Sign() == 0) || !nothing && is != dollars {
				t.Errorf("on %s hledger has %s on %s, want %s", date, is, account, dollars)
			}
		}
		for account, is := range books {
			units := strings.Replace(is, ".", "", 1)
			units = strings.TrimLeft(strings.TrimPrefix(units, "-"), "0")
			if strings.HasPrefix(is, "-") {
				units = "-" + units
			}
			if units == "" {
				continue
			}
			amount, err := clientele.ParseAmount(usd, units)
			if err != nil {
				t.Fatalf("%s %s: %v", account, is, err)
			}
			sum = ok(sum.Add(amount))(t)
		}
		if sum.Sign() != 0 {
			t.Errorf("on %s all accounts come to %s", date, sum)
		}
	}
	s.rightBooks(t)
}

// TestJournalOfClosedDays is the same for ever in every format, whatever happens to names, accounts and what was
// booked, until its days are opened again.
func TestJournalOfClosedDays(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, ctx := s.Test(), t.Context()
	ada, _ := everyReason(t, s)
	accounting := &clientele.Accounting{
		Receivable: "10000", Revenue: "8400", Tax: "1776", Cash: "1200", CashByMethod: map[string]string{"card": "1361"},
		Credit: "1718", Prepayments: "1710", BadDebt: "2400", BadDebtRecovered: "2732", CreditGranted: "4680",
		CustomerAccountKey: "debtor", Datev: clientele.Datev{Consultant: 29098, Client: 55003},
	}
	ok(p.Settings.Update(ctx, clientele.SettingsParams{Accounting: accounting}))(t)
	open := journalOf(t, p, "csv", "2025-10-01", "2025-10-31")
	through(t, s, "2025-09-30")
	closing := through(t, s, "2025-10-31")
	formats := []string{"csv", "hledger", "datev"}
	was := map[string]string{}
	for _, format := range formats {
		was[format] = journalOf(t, p, format, "2025-10-01", "2025-10-31")
		if !strings.Contains(was[format], "10017") || !strings.Contains(was[format], "1361") {
			t.Errorf("as %s the accounts of the customer and of the card are missing: %s", format, was[format])
		}
	}
	if was["csv"] != open {
		t.Errorf("closing made\n%s\nof\n%s", was["csv"], open)
	}
	if rows := ok(csv.NewReader(strings.NewReader(was["csv"])).ReadAll())(t); len(rows) < 15 {
		t.Errorf("it has %d rows alone", len(rows))
	}
	// Everything changes that can.
	ok(p.Customers.Update(ctx, ada.ID, clientele.CustomerParams{Name: new("Somebody else")}))(t)
	ok(p.Settings.Update(ctx, clientele.SettingsParams{
		Accounting: &clientele.Accounting{Revenue: "Income:Other"}, TimeZone: new("Pacific/Auckland"),
	}))(t)
	invoices := ok(p.Invoices.List(ctx, clientele.InvoiceListParams{CustomerID: ada.ID}))(t)
	for _, i := range invoices.List {
		if i.Status == clientele.InvoicePaid {
			ok(p.Invoices.Credit(ctx, i.ID, clientele.CreditNoteParams{Amount: new(cents(100))}))(t)
		}
	}
	s.Advance(40 * 24 * time.Hour)
	receiveOn(t, s, ada.ID, 55, "2025-11-01", "")
	for _, format := range formats {
		if is := journalOf(t, p, format, "2025-10-01", "2025-10-31"); is != was[format] {
			t.Errorf("as %s it is\n%s\nand was\n%s", format, is, was[format])
		}
	}
	// Over both, each part has its own names.
	both := journalOf(t, p, "csv", "2025-10-31", "2025-11-30")
	for _, has := range []string{",8400,", "Expenses:BadDebt", "Somebody else"} {
		if !strings.Contains(both, has) {
			t.Errorf("over the end of what is closed there is no %s: %s", has, both)
		}
	}
	ok(testAdmin(t, s).Closings.Reopen(ctx, closing.ID, clientele.ClosingReopenParams{Reason: "a mistake"}))(t)
	reopened := journalOf(t, p, "csv", "2025-10-01", "2025-10-31")
	if !strings.Contains(reopened, "Somebody else") || strings.Contains(reopened, ",8400,") {
		t.Errorf("reopened it is %s", reopened)
	}
	s.rightBooks(t)
}

// TestJournalInSteps reads more entries than are read at once, of which many are of the same moment, each once.
func TestJournalInSteps(t *testing.T) {
	t.Parallel()
	s := start(t)
	const customers = 21
	for n := range customers {
		c := s.post(t, fmt.Sprintf(`{"name":"Customer %d"}`, n))
		for range 50 {
			ok(s.Test().Customers.MoveCredit(t.Context(), c.ID, clientele.CreditParams{
				CurrencyID: usd, Amount: new(cents(int64(n + 1))),
			}))(t)
		}
	}
	rows := ok(csv.NewReader(strings.NewReader(journalOf(t, s.Test(), "csv", "", ""))).ReadAll())(t)
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		seen[row[1]] = true
	}
	if len(rows) != 1+2*50*customers || len(seen) != 50*customers {
		t.Errorf("of %d movements it has %d rows of %d", 50*customers, len(rows)-1, len(seen))
	}
}

// TestJournalRefusals names what is wrong.
func TestJournalRefusals(t *testing.T) {
	t.Parallel()
	s := start(t)
	for query, field := range map[string]string{
		"format=xlsx": "format", "from=2026-01-02&to=2026-01-01": "to", "from=yesterday": "from", "to=2026-02-30": "to",
		"currency_id=curr_none": "currency_id", "format=datev": "format", "bom=maybe": "bom", "form=csv": "form",
	} {
		s.send(t, "GET", "/api/receivables/journal?"+query, "").refused(t, 400, field)
	}
	for body, field := range map[string]string{
		`{"receivable":"a;b"}`: "accounting.receivable", `{"tax":"two  spaces"}`: "accounting.tax",
		`{"cash":":x"}`: "accounting.cash", `{"credit":"x:"}`: "accounting.credit",
		`{"revenue":"` + strings.Repeat("x", 201) + `"}`:             "accounting.revenue",
		`{"cash_by_method":{"card":""}}`:                             "accounting.cash_by_method.card",
		`{"cash_by_method":{"":"x"}}`:                                "accounting.cash_by_method.",
		`{"cash_by_method":{"card":"(x)"}}`:                          "accounting.cash_by_method.card",
		`{"datev":{"consultant":1000}}`:                              "accounting.datev.consultant",
		`{"datev":{"client":100000}}`:                                "accounting.datev.client",
		`{"datev":{"year_begins":13}}`:                               "accounting.datev.year_begins",
		`{"customer_account_key":"` + strings.Repeat("x", 65) + `"}`: "accounting.customer_account_key",
		`{"revenues":"x"}`:                                           "accounting.revenues",
	} {
		s.send(t, "PUT", "/api/settings", `{"accounting":`+body+`}`).refused(t, 400, field)
	}
	empty := s.send(t, "GET", "/api/receivables/journal", "").must(t, 200)
	if !bytes.HasPrefix(empty.body, []byte("date,")) {
		t.Errorf("of no movements it is %s", empty.body)
	}
	r := s.send(t, "GET", "/api/receivables/journal?bom=true", "").must(t, 200)
	if !bytes.HasPrefix(r.body, []byte("\ufeffdate,")) || r.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("it is %q as %s", r.body, r.header.Get("Content-Type"))
	}
}
