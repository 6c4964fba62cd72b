package journal_test

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"clientele.dev"
	"clientele.dev/internal/journal"
)

var update = flag.Bool("update", false, "write the files of testdata")

var dollar = clientele.PaymentCurrency{ID: "curr_usd", Symbol: "USD", Decimal: 2}

// numbered are accounts as DATEV has them.
var numbered = clientele.Accounting{
	Receivable: "10000", Revenue: "8400", Tax: "1776", Cash: "1200", Credit: "1718", Prepayments: "1710",
	BadDebt: "2400", BadDebtRecovered: "2732", CreditGranted: "4680",
	Datev: clientele.Datev{Consultant: 1001, Client: 7},
}

func day(t testing.TB, text string) clientele.Day {
	t.Helper()
	d, err := clientele.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// october is the journal of a month.
func october(t testing.TB, a clientele.Accounting, currencies ...clientele.PaymentCurrency) clientele.Journal {
	t.Helper()
	return clientele.Journal{
		From: day(t, "2026-10-01"), To: day(t, "2026-10-31"), Closed: true, Accounting: a.WithNames(),
		At:         clientele.At(time.Date(2026, 11, 2, 3, 4, 5, 678e6, time.UTC)),
		Currencies: append([]clientele.PaymentCurrency{dollar}, currencies...),
	}
}

// invoice is an entry of an invoice of a customer with a difficult name.
func invoice(t testing.TB, a clientele.Accounting) clientele.JournalEntry {
	t.Helper()
	a = a.WithNames()
	units := func(n int64) clientele.Amount { return clientele.NewAmount("curr_usd", n) }
	return clientele.JournalEntry{
		BalanceTransaction: clientele.BalanceTransaction{
			ID: "txn_1", CustomerID: "cus_Ab1", CurrencyID: "curr_usd", Reason: clientele.ReasonInvoiceFinalized,
			InvoiceID: "in_1", Date: day(t, "2026-10-31"), Receivable: units(11900),
			CreatedAt: clientele.At(time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)),
		},
		CustomerName: "=Müller; \"Söhne\" | Łódź\nGmbH \\", Document: "INV (1) 2026/7;",
		Text: "Invoice: a text that is so long that not all of it can be on a line of DATEV",
		Postings: []clientele.Posting{
			{Account: a.Receivable, Receivable: true, Amount: units(11900)},
			{Account: a.Revenue, Amount: units(-10000)}, {Account: a.Tax, Amount: units(-1900)},
		},
	}
}

// written is a journal in a format.
func written(t testing.TB, name string, j clientele.Journal, entries ...clientele.JournalEntry) (string, error) {
	t.Helper()
	format, known := journal.Named(name)
	if !known {
		t.Fatalf("there is no format %s", name)
	}
	file, err := format.Write(func(w journal.Writer) error {
		err := w.Begin(j)
		for _, e := range entries {
			if err == nil {
				err = w.Entry(e)
			}
		}
		return err
	})
	if err != nil {
		return "", err
	}
	defer func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(file.Name()); err == nil {
			t.Errorf("%s is still there", file.Name())
		}
	}()
	content, err := io.ReadAll(file)
	if int64(len(content)) != file.Size {
		t.Errorf("it is %d bytes and not %d", len(content), file.Size)
	}
	return string(content), err
}

// TestFormats compares a journal in each format with what it was when it was looked at.
func TestFormats(t *testing.T) {
	t.Parallel()
	yen := clientele.PaymentCurrency{ID: "curr_jpy", Symbol: "JPY", Decimal: 0}
	other := clientele.PaymentCurrency{ID: "curr_0123456789", Symbol: "usd", Decimal: 6}
	for _, format := range journal.Formats {
		accounts := clientele.Accounting{}
		if format.Name == "datev" {
			accounts = numbered
		}
		j := october(t, accounts, yen, other)
		first, second := invoice(t, accounts), invoice(t, accounts)
		second.ID, second.CustomerName, second.Document, second.CustomerAccount = "txn_2", "", "", "10001"
		second.Postings[0].Account = "Assets:Ada"
		if format.Name == "datev" {
			second.Postings[0].Account = "10001"
		}
		text, err := written(t, format.Name, j, first, second)
		if err != nil {
			t.Fatal(err)
		}
		if format.Name == "datev" {
			if text, err = charmap.Windows1252.NewDecoder().String(text); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join("testdata", "october."+format.Name)
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || text != string(want) {
			t.Errorf("%s is\n%s\nand not what %s has (%v); look at it, then go test ./internal/journal -update", format.Name,
				text, path, err)
		}
		if name := format.FileName(j); !strings.Contains(name, "journal-2026-10-01-2026-10-31.") {
			t.Errorf("its file is called %s", name)
		}
	}
}

// TestJournalOfOpenDays says that it can change, and as of when it is.
func TestJournalOfOpenDays(t *testing.T) {
	t.Parallel()
	j := october(t, clientele.Accounting{})
	j.From, j.Closed = 0, false
	text, err := written(t, "hledger", j)
	want := "; Journal through 2026-10-31, in test mode, as it was at 2026-11-02T03:04:05.678Z. Days that are not " +
		"closed can change.\n"
	if err != nil || !strings.HasPrefix(text, want) {
		t.Errorf("it begins %q (%v), want %q", text, err, want)
	}
}

// TestFormatsRefuse what they cannot say, by the name of the field.
func TestFormatsRefuse(t *testing.T) {
	t.Parallel()
	token := clientele.PaymentCurrency{ID: "curr_abt", Symbol: "ABT", Decimal: 18}
	euro := clientele.PaymentCurrency{ID: "curr_eur", Symbol: "EUR", Decimal: 2}
	in := func(c clientele.PaymentCurrency) clientele.JournalEntry {
		e := invoice(t, numbered)
		e.CurrencyID = c.ID
		for i, p := range e.Postings {
			e.Postings[i].Amount = p.Amount.In(c.ID)
		}
		return e
	}
	on := func(account string) clientele.JournalEntry {
		e := invoice(t, numbered)
		e.Postings[1].Account = account
		return e
	}
	large := invoice(t, numbered)
	for i, p := range large.Postings {
		large.Postings[i].Amount = p.Amount.Times(1e8)
	}
	with := func(change func(*clientele.Accounting)) clientele.Accounting {
		a := numbered
		change(&a)
		return a
	}
	for name, c := range map[string]struct {
		format   string
		accounts clientele.Accounting
		from, to string
		entries  []clientele.JournalEntry
		field    string
		says     string
	}{
		"no adviser": {"datev", with(func(a *clientele.Accounting) { a.Datev.Consultant = 0 }), "2026-10-01",
			"2026-10-31", nil, "format", "datev.consultant"},
		"names": {"datev", with(func(a *clientele.Accounting) { a.Revenue = "Sales" }), "2026-10-01", "2026-10-31", nil,
			"format", "Sales"},
		"revenue of a customer's length": {"datev", with(func(a *clientele.Accounting) { a.Revenue = "123456789" }),
			"2026-10-01", "2026-10-31", nil, "format", "123456789"},
		"no first day": {"datev", numbered, "", "2026-10-31", nil, "from", "from is required"},
		"two years":    {"datev", numbered, "2026-10-01", "2027-01-01", nil, "to", "another begins on 2027-01-01"},
		"two business years": {"datev", with(func(a *clientele.Accounting) { a.Datev.YearBegins = 11 }), "2026-10-01",
			"2026-11-01", nil, "to", "another begins on 2026-11-01"},
		"eighteen decimals": {"datev", numbered, "2026-10-01", "2026-10-31", []clientele.JournalEntry{in(token)},
			"currency_id", "ABT (curr_abt) has 18 decimals"},
		"two currencies": {"datev", numbered, "2026-10-01", "2026-10-31",
			[]clientele.JournalEntry{in(dollar), in(euro)}, "currency_id", "USD (curr_usd) and EUR (curr_eur)"},
		"a name among numbers": {"datev", numbered, "2026-10-01", "2026-10-31", []clientele.JournalEntry{on("Tax")},
			"format", "this one is Tax, of txn_1 of customer cus_Ab1"},
		"a longer number": {"datev", numbered, "2026-10-01", "2026-10-31", []clientele.JournalEntry{on("17761")},
			"format", "17761"},
		"a shorter number": {"datev", with(func(a *clientele.Accounting) { a.Revenue = "84000" }), "2026-10-01",
			"2026-10-31", []clientele.JournalEntry{on("1776")}, "format", "1776"},
		"a large amount": {"datev", numbered, "2026-10-01", "2026-10-31", []clientele.JournalEntry{large}, "format",
			"txn_1 of customer cus_Ab1 moves 10000000000.00"},
		"a number": {"beancount", numbered, "2026-10-01", "2026-10-31", []clientele.JournalEntry{in(dollar)}, "format",
			"no account 10000"},
	} {
		j := october(t, c.accounts, token, euro)
		j.From, j.To = 0, day(t, c.to)
		if c.from != "" {
			j.From = day(t, c.from)
		}
		_, err := written(t, c.format, j, c.entries...)
		var e *clientele.Error
		if !errors.As(err, &e) || e.Code != clientele.ErrorCodeInvalid || e.Field != c.field ||
			!strings.Contains(e.Message, c.says) {
			t.Errorf("%s: %v, want one about %s that says %q", name, err, c.field, c.says)
		}
	}
	for name, from := range map[string]string{"in the year before": "2025-11-01", "its first day": "2026-10-01"} {
		j := october(t, with(func(a *clientele.Accounting) { a.Datev.YearBegins = 10 }))
		if j.From = day(t, from); name == "in the year before" {
			j.To = day(t, "2026-09-30")
		}
		if text, err := written(t, "datev", j); err != nil || !strings.Contains(text, ";"+from[:4]+"1001;") {
			t.Errorf("%s: %s (%v)", name, text, err)
		}
	}
}

// TestDatevLines refuses the line after the last that a file may have.
func TestDatevLines(t *testing.T) {
	t.Parallel()
	e := invoice(t, numbered)
	e.Postings = append(e.Postings[:1:1], clientele.Posting{Account: "8400", Amount: e.Postings[0].Amount.Neg()})
	format, _ := journal.Named("datev")
	_, err := format.Write(func(w journal.Writer) error {
		if err := w.Begin(october(t, numbered)); err != nil {
			t.Error(err)
		}
		for n := range 99_999 {
			if err := w.Entry(e); err != nil {
				t.Fatalf("line %d: %v", n+1, err)
			}
		}
		return w.Entry(e)
	})
	if err == nil || !strings.Contains(err.Error(), "at most 99999 lines") {
		t.Errorf("the line after the last: %v", err)
	}
}
