package paper_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/paper"
)

var update = flag.Bool("update", false, "write testdata/digests.txt anew: what was issued is printed otherwise then")

// Twenty documents are printed as they ever were: an invoice that was issued has the same bytes for ever. A change here
// is one that every customer could see.
func TestDigests(t *testing.T) {
	t.Parallel()
	const file = "testdata/digests.txt"
	var lines []string
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range digested {
			if !yield(name) {
				return
			}
		}
	}) {
		in := invoiceFor("Ada", 3, dollar)
		in.Invoice.CustomerName = "Augusta Ada King"
		in.Invoice.Description = "Work of the spring"
		for n := range in.Invoice.Lines {
			in.Invoice.Lines[n].Description = fmt.Sprintf("Line %d", n)
		}
		digested[name](&in)
		for kind, write := range map[string]func(*bytes.Buffer) error{
			"page": func(b *bytes.Buffer) error { return paper.InvoiceHTML(b, in) },
			"PDF":  func(b *bytes.Buffer) error { return paper.InvoicePDF(b, in) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(b.Bytes())
			lines = append(lines, fmt.Sprintf("%s  %s of %s\n", hex.EncodeToString(sum[:]), kind, name))
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[66:], b[66:]) })
	got := strings.Join(lines, "")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != 20 || got != string(want) {
		t.Errorf("%d documents are printed otherwise than they were:\n%swant\n%s", len(lines), got, want)
	}
}

// digested are ten invoices, by what is particular about each.
var digested = map[string]func(*paper.Invoice){
	"an open invoice":      func(*paper.Invoice) {},
	"one that is past due": func(in *paper.Invoice) { in.Today += 30 },
	"a paid one": func(in *paper.Invoice) {
		in.Invoice.Status, in.Invoice.AmountPaid = clientele.InvoicePaid, in.Invoice.Total
		in.Invoice.AmountRemaining = clientele.Zero("curr")
		in.Invoice.StatusTransitions.PaidAt = 1767312000
	},
	"a void one": func(in *paper.Invoice) {
		in.Invoice.Status, in.Invoice.StatusTransitions.VoidedAt = clientele.InvoiceVoid, 1767312000
	},
	"a draft": func(in *paper.Invoice) { in.Invoice.Status = clientele.InvoiceDraft },
	"one that is written off in part": func(in *paper.Invoice) {
		in.Invoice.Status = clientele.InvoiceUncollectible
		in.Invoice.AmountWrittenOff = clientele.NewAmount("curr", 1000)
	},
	"one of a business in Berlin": func(in *paper.Invoice) {
		in.Settings.Locale, in.Settings.TimeZone = "de", "Europe/Berlin"
		in.Settings.Business.Address = clientele.Address{
			Line1: "Lindenstraße 1", PostalCode: "10117", City: "Berlin", Country: "DE",
		}
		in.Settings.Business.TaxID = "DE123456789"
	},
	"one of a business in New York": func(in *paper.Invoice) {
		in.Settings.TimeZone, in.Settings.Business.Address.Country = "America/New_York", "US"
	},
	"one with a credit note": func(in *paper.Invoice) {
		in.CreditNotes = []clientele.CreditNote{{
			Number: "ABC-0001-CN-01", Reason: "order_change", Amount: clientele.NewAmount("curr", 500),
			CreatedAt: clientele.At(time.Unix(1767312000, 0)),
		}}
		in.Invoice.PrePaymentCreditNotesAmount = clientele.NewAmount("curr", 500)
	},
	"one of two pages": func(in *paper.Invoice) {
		for range 60 {
			in.Invoice.Lines = append(in.Invoice.Lines, in.Invoice.Lines[0])
		}
	},
}
