package paper_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/paper"
)

var dollar = clientele.PaymentCurrency{ID: "curr", Name: "US Dollar", Symbol: "USD", Decimal: 2}

// invoiceFor is an invoice for somebody, over some lines.
func invoiceFor(name string, lines int, c clientele.PaymentCurrency) paper.Invoice {
	i := clientele.Invoice{
		ID: "in_1", Number: "ABC-0001", Status: clientele.InvoiceOpen, CustomerName: name, CurrencyID: c.ID,
		Description: name, DueDate: 1767312000, EffectiveAt: 1766312000,
	}
	total := clientele.Zero(c.ID)
	for n := range lines {
		price := clientele.NewAmount(c.ID, int64(1000+n))
		i.Lines = append(i.Lines, clientele.InvoiceLine{
			Description: fmt.Sprintf("Line %d for %s", n, name), Quantity: 1, UnitAmount: price, Amount: price,
			TaxAmount: clientele.NewAmount(c.ID, 7),
		})
		total, _ = total.Add(price) // of one currency
	}
	i.Subtotal, i.Total, i.AmountDue, i.AmountRemaining = total, total, total, total
	return paper.Invoice{
		Invoice: i, Currency: c, Today: clientele.DayIn(time.Unix(1768312000, 0), time.UTC),
		Settings: clientele.Settings{Locale: "en", Business: clientele.Business{
			Name: "Analytical Engines", PaymentInstructions: "IBAN DE02", Footer: "Registered in London",
		}},
	}
}

// scripts are names that are written in different ways.
var scripts = map[string]string{
	"Latin": "Ångström Straße", "Greek": "Σωκράτης", "Cyrillic": "Ярослав", "Hebrew": "משה פרידמן",
	"Arabic":     "فاطمة السيد",
	"Devanagari": "कविता मिश्रा", "Sinhala": "අනුර", "Burmese": "အောင်ဆန်း",
	"Ethiopic": "አበበ", "Odia": "ଓଡ଼ିଆ", "Tibetan": "བོད",
	"Cherokee": "ᏣᎳᎩ", "symbols": "≥ − ≤ ≈ √ ∞ → ✓ ★ ① Ⅷ ■ ☎",
	"Thai": "สมชาย ศรีสุข", "Chinese": "黄梓萱", "Japanese": "渡辺 健", "Korean": "남궁 에너지",
}

func pdfOf(t testing.TB, in paper.Invoice) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := paper.InvoicePDF(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The same invoice is always the same bytes, also when others are printed at the same time.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	for script, name := range scripts {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			in := invoiceFor(name, 30, dollar)
			first := pdfOf(t, in)
			for range 3 {
				if !bytes.Equal(first, pdfOf(t, in)) {
					t.Error("the PDF differs from the first")
				}
			}
		})
	}
}

var (
	objectStream = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)
	unicodeText  = regexp.MustCompile(`(?:<[0-9A-F]{4}>|/ActualText ?)<(?:FEFF)?([0-9A-F]+)>`)
)

// textsOf are the letters that the fonts of a PDF say their glyphs are, in no order: what can be searched and copied.
func textsOf(t *testing.T, pdf []byte) string {
	t.Helper()
	text := ""
	for _, part := range objectStream.FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(part[1]))
		if err != nil {
			continue // it is not compressed
		}
		plain, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		// Where several glyphs are one text together, the page itself says it.
		for _, m := range unicodeText.FindAllSubmatch(plain, -1) {
			var code []uint16
			for i := 0; i+4 <= len(m[1]); i += 4 {
				var unit uint16
				if _, err := fmt.Sscanf(string(m[1][i:i+4]), "%04x", &unit); err != nil {
					t.Fatal(err)
				}
				code = append(code, unit)
			}
			for _, unit := range code {
				text += string(rune(unit)) // the names are of the basic plane
			}
		}
	}
	return text
}

// Every letter of a name can be searched for and copied, in every script.
func TestTextCanBeSearched(t *testing.T) {
	t.Parallel()
	for script, name := range scripts {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			texts := textsOf(t, pdfOf(t, invoiceFor(name, 1, dollar)))
			for _, letter := range name {
				if letter != ' ' && !strings.ContainsRune(texts, letter) {
					t.Errorf("%q of %s is in no font: %s", letter, name, texts)
				}
			}
		})
	}
}

func TestPDFSaysWhatItIs(t *testing.T) {
	t.Parallel()
	pdf := pdfOf(t, invoiceFor("Ada", 200, dollar))
	if !bytes.HasPrefix(pdf, []byte("%PDF-1.")) || !bytes.HasSuffix(bytes.TrimSpace(pdf), []byte("%%EOF")) {
		t.Errorf("it begins with %q and ends with %q", pdf[:8], pdf[len(pdf)-8:])
	}
	for _, part := range []string{"/Lang", "/Title", "/ToUnicode"} {
		if !bytes.Contains(pdf, []byte(part)) {
			t.Errorf("%s is missing", part)
		}
	}
	if n := len(regexp.MustCompile(`/Type */Page\b`).FindAll(pdf, -1)); n < 4 {
		t.Errorf("200 lines are on %d pages", n)
	}
}

func TestPaperOfTheCountry(t *testing.T) {
	t.Parallel()
	for country, size := range map[string]string{"DE": "595.28 841.89", "US": "612 792", "": "595.28 841.89"} {
		in := invoiceFor("Ada", 1, dollar)
		in.Settings.Business.Address.Country = country
		if pdf := pdfOf(t, in); !bytes.Contains(pdf, []byte(size)) {
			t.Errorf("%q does not print on %s", country, size)
		}
	}
}

func TestPageIsInert(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", `" onload="x`} {
		var b bytes.Buffer
		if err := paper.InvoiceHTML(&b, invoiceFor(name, 2, dollar)); err != nil {
			t.Fatal(err)
		}
		for _, harm := range []string{"<img", "<script", `onload="x`} {
			if strings.Contains(b.String(), harm) {
				t.Errorf("%s is on the page", harm)
			}
		}
	}
}

// Amounts are exact in every currency, on the page and, letter by letter, in the PDF.
func TestAmountsAreExact(t *testing.T) {
	t.Parallel()
	huge, err := clientele.ParseAmount("curr", "123456789012345678901234567890123")
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]clientele.PaymentCurrency{
		"$1,234,567,890,123,456,789,012,345,678,901.23":   dollar,
		"¥123,456,789,012,345,678,901,234,567,890,123":    {ID: "curr", Symbol: "JPY", Decimal: 0},
		"ABT\u00a0123,456,789,012,345.678901234567890123": {ID: "curr", Symbol: "ABT", Decimal: 18},
	} {
		in := invoiceFor("Ada", 1, c)
		in.Invoice.Total, in.Invoice.AmountRemaining = huge, huge
		var b bytes.Buffer
		if err := paper.InvoiceHTML(&b, in); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is not on the page", want)
		}
	}
}

func TestStatementsArePrinted(t *testing.T) {
	t.Parallel()
	st := clientele.Statement{
		Customer: clientele.Customer{Name: "قاسم & Söhne"}, From: clientele.At(time.Unix(0, 0)),
		To: clientele.At(time.Unix(86400, 0)), Currencies: map[string]clientele.StatementAccount{},
	}
	account := clientele.StatementAccount{Currency: dollar, ClosingBalance: clientele.NewAmount("curr", 5)}
	for n := range 500 {
		account.Lines = append(account.Lines, clientele.StatementLine{
			Description: fmt.Sprint("Movement ", n), Amount: clientele.NewAmount("curr", int64(n)),
		})
	}
	st.Currencies["curr"] = account
	var page, pdf bytes.Buffer
	if err := paper.StatementHTML(&page, paper.Statement{Statement: st}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"قاسم &amp; Söhne", "Movement 499", "$4.99"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("%s is not on the page", want)
		}
	}
	if err := paper.StatementPDF(&pdf, paper.Statement{Statement: st}); err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`/Type */Page\b`).FindAll(pdf.Bytes(), -1)); n < 8 {
		t.Errorf("500 movements are on %d pages", n)
	}
}

// pageOf is an invoice's page.
func pageOf(t *testing.T, in paper.Invoice) string {
	t.Helper()
	var b bytes.Buffer
	if err := paper.InvoiceHTML(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What is asked for is what is left to pay, in the figure and in the last sum, whatever was paid, credited or written
// off before.
func TestWhatIsLeftIsAskedFor(t *testing.T) {
	t.Parallel()
	units := func(n int64) clientele.Amount { return clientele.NewAmount("curr", n) }
	in := invoiceFor("Ada", 1, dollar) // over 10.00
	in.Invoice.AmountPaid, in.Invoice.AmountCredited, in.Invoice.AmountWrittenOff = units(321), units(50), units(7)
	in.Invoice.PrePaymentCreditNotesAmount, in.Invoice.AmountRemaining = units(200), units(422)
	page := pageOf(t, in)
	for text, times := range map[string]int{
		"<bdi>$4.22</bdi>": 2, ">Amount due<": 2, "<bdi>-$3.21</bdi>": 1, "<bdi>-$0.50</bdi>": 1, "<bdi>-$2.00</bdi>": 1,
		"<bdi>-$0.07</bdi>": 1, ">Shipping<": 0,
	} {
		if n := strings.Count(page, text); n != times {
			t.Errorf("%s is %d times on the page, want %d", text, n, times)
		}
	}
}

// An invoice is past due after its due second, while it is open and something is left to pay.
func TestPastDueIsPrinted(t *testing.T) {
	t.Parallel()
	const due, dueDay = 1767312000, 20455 // the first moment of a day
	for name, test := range map[string]struct {
		status    clientele.InvoiceStatus
		today     clientele.Day
		remaining int64
		badge     string
		note      string
	}{
		"on the due day":   {clientele.InvoiceOpen, dueDay, 1, "Open", "Due on Jan 2, 2026"},
		"on the day after": {clientele.InvoiceOpen, dueDay + 1, 1, "Past due", "Was due on Jan 2, 2026"},
		"nothing left":     {clientele.InvoiceOpen, dueDay + 1, 0, "Open", "Due on Jan 2, 2026"},
		"paid":             {clientele.InvoicePaid, dueDay + 1, 0, "Paid", "Paid in full. Thank you."},
		"void": {
			clientele.InvoiceVoid, dueDay + 1, 1, "Void", "This invoice is void: nothing is to be paid.",
		},
		"uncollectible, late": {clientele.InvoiceUncollectible, dueDay + 1, 1, "Uncollectible", "Was due on Jan 2, 2026"},
		"a draft":             {clientele.InvoiceDraft, dueDay + 1, 1, "Draft", "A draft: not to be paid yet."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := invoiceFor("Ada", 1, dollar)
			in.Invoice.Status, in.Invoice.DueDate, in.Today = test.status, due, test.today
			in.Invoice.AmountRemaining = clientele.NewAmount("curr", test.remaining)
			page := pageOf(t, in)
			for _, want := range []string{">" + test.badge + "</span>", "<p>" + test.note + "</p>"} {
				if !strings.Contains(page, want) {
					t.Errorf("%s is not on the page", want)
				}
			}
			if asks := strings.Contains(page, "IBAN DE02"); asks !=
				(test.status != clientele.InvoicePaid && test.status != clientele.InvoiceVoid) {
				t.Errorf("it says how to pay: %t", asks)
			}
			if n := strings.Count(page, "ast due"); n > 0 && test.badge != "Past due" {
				t.Errorf("it says that it is past due")
			}
		})
	}
	in := invoiceFor("Ada", 1, dollar)
	in.Invoice.DueDate = 0
	if page := pageOf(t, in); !strings.Contains(page, "<p>Due on receipt</p>") || strings.Contains(page, "Past due") {
		t.Error("without a due date it is not due on receipt")
	}
}

// What nobody should pay says so; what is real does not.
func TestTestModeIsPrinted(t *testing.T) {
	t.Parallel()
	in := invoiceFor("Ada", 1, dollar)
	for _, live := range []bool{false, true} {
		in.Invoice.Livemode = clientele.Mode(live)
		if marked := strings.Contains(pageOf(t, in), ">Test</span>"); marked == live {
			t.Errorf("live: %t; marked as a test: %t", live, marked)
		}
	}
}

// BenchmarkPages prints an invoice of a hundred pages.
func BenchmarkPages(b *testing.B) {
	in := invoiceFor("Ada Lovelace", 2600, dollar)
	for b.Loop() {
		pdfOf(b, in)
	}
	b.ReportMetric(float64(len(regexp.MustCompile(`/Type */Page\b`).FindAll(pdfOf(b, in), -1))), "pages")
}
