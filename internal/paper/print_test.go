package paper

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
)

// TestDatesAreTheLocales writes a day as people of each locale do, and each of the locales without failing.
func TestDatesAreTheLocales(t *testing.T) {
	t.Parallel()
	auckland := clientele.Settings{TimeZone: "Pacific/Auckland"}
	at := time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC) // the next day there
	for locale, want := range map[string]string{
		"en": "Mar 4, 2026", "en-US": "Mar 4, 2026", "en-GB": "4 Mar 2026", "en-CA": "Mar. 4, 2026", "de": "04.03.2026",
		"de-DE": "04.03.2026", "de-AT": "04.03.2026", "fr": "4 mars 2026", "fr-CH": "4 mars 2026", "es": "4 mar. 2026",
		"es-MX": "4 mar. 2026", "it": "4 mar 2026", "nl": "4 mrt. 2026", "pt-BR": "4 de mar. de 2026",
		"pt-PT": "04/03/2026", "pl": "4 mar 2026", "ja": "2026/03/04", "zh": "2026年3月4日", "zh-TW": "2026年3月4日",
		"ko": "2026. 3. 4.", "sv": "4 mars 2026", "no": "4. mar. 2026", "nb": "4. mar. 2026", "fi": "4.3.2026",
		"hi": "4 मार्च 2026", "fa": "۴ مارس ۲۰۲۶", "bn": "৪ মার্চ, ২০২৬", "sr-Latn": "04.03.2026.",
		"x-unknown": "2026-03-04", "tlh": "2026-03-04", "": "2026-03-04",
	} {
		s := auckland
		s.Locale = locale
		if got := datesOf(s).moment(at.Unix()); got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
	for locale := range dateLocales {
		s := clientele.Settings{Locale: strings.ReplaceAll(locale, "_", "-")}
		seen := map[string]bool{}
		for month := range 12 {
			got := datesOf(s).day(clientele.DayIn(time.Date(2026, time.Month(month+1), 15, 0, 0, 0, 0, time.UTC), time.UTC))
			seen[got] = true
			if got == "" {
				t.Errorf("%s writes no date", locale)
			}
		}
		if len(seen) != 12 {
			t.Errorf("%s writes several months alike: %v", locale, seen)
		}
	}
	if got := datesOf(auckland).moment(0); got != "" {
		t.Errorf("no moment is %q", got)
	}
}

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
