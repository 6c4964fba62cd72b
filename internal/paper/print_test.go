package paper

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"clientele.dev"
)

// printed lays a document out as [writePDF] does up to its first table.
func printed(d document) *printer {
	p := &printer{pdfFile: newPDFFile(a4[0], a4[1]), typesetter: typesetters.New().(*typesetter), page: -1}
	p.missing = map[rune]bool{}
	p.nextPage()
	p.top(d)
	return p
}

// TestALongFirstRowBeginsWhereItIs draws tables whose first row is of any length: none leaves most of a page blank, and
// none leaves the table's head alone at a page's end.
func TestALongFirstRowBeginsWhereItIs(t *testing.T) {
	t.Parallel()
	for lines := 1; lines <= 150; lines += 7 {
		for above := 0; above <= 45; above += 9 {
			p := printed(document{Title: "Invoice", Text: strings.Repeat("above\n", above)})
			before := p.pages[0].Len()
			room := p.bottom() - p.y
			p.table(table{
				Columns: []column{{Title: "Description", Words: true}},
				Rows:    [][]string{{strings.TrimSuffix(strings.Repeat("work\n", lines), "\n")}, {"second"}},
			})
			drawn := bytes.Count(p.pages[0].Bytes()[before:], []byte("BT")) // the head, and lines of the row
			switch quarter := p.height / 4; {
			case drawn == 1:
				t.Errorf("%d lines below %d: the head stands alone", lines, above)
			case room > quarter+8*normal*lead && drawn < 3 && lines > 3:
				t.Errorf("%d lines below %d: %.0f points are left blank", lines, above, room)
			case drawn > 1 && drawn < 1+min(lines, 3):
				t.Errorf("%d lines below %d: %d of them stand alone", lines, above, drawn-1)
			}
		}
	}
}

// TestWhatNoTypefaceHasIsNamed lays out characters that are there, and names those that are not.
func TestWhatNoTypefaceHasIsNamed(t *testing.T) {
	t.Parallel()
	p := printed(document{})
	p.lay("≥ − ≤ ≈ √ ∞ → ✓ ★ ① Ⅷ € № 𠮷野家 山田 አበበ \u00ad\u200b\ufe0f", false, 100*em)
	if len(p.missing) > 0 {
		t.Errorf("no typeface has %q", slices.Collect(func(yield func(rune) bool) {
			for r := range p.missing {
				if !yield(r) {
					return
				}
			}
		}))
	}
	p.lay("\U0001F600 ᚠᚢ \U0001F601 ᠮᠣᠩ", true, 100*em)
	got := missingText(p.missing)
	want := "Characters that no typeface here has are printed as boxes: Mongolian, Runic, U+1F600, U+1F601."
	if got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	in := Invoice{Invoice: clientele.Invoice{Status: clientele.InvoiceOpen, CustomerName: "😀"}}
	var with, without bytes.Buffer
	if err := InvoicePDF(&with, in); err != nil {
		t.Fatal(err)
	}
	in.Invoice.CustomerName = "A"
	if err := InvoicePDF(&without, in); err != nil {
		t.Fatal(err)
	}
	if more := with.Len() - without.Len(); more < 500 { // the sentence, and its letters' outlines
		t.Errorf("an invoice with a box is %d bytes longer: %s", more, fmt.Sprint(want))
	}
}
