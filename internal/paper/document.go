package paper

import (
	"slices"
	"strings"
	"unicode"

	"clientele.dev"
	"clientele.dev/internal/locale"
)

// document is what a paper says, in the order it is read, every amount and date as people read them.
type document struct {
	Title    string // Invoice
	Number   string
	Badges   []badge
	From, To party
	Facts    []fact
	Figure   *figure // the one amount that matters; nil when there is none
	Text     string
	Tables   []table
	Notes    []fact
	Logo     *logo
	Letter   bool // whether it is printed on Letter paper, not A4
}

// badge is a word on the state of things.
type badge struct{ Text, Tone string }

// The tones of a badge.
const (
	calm = "calm"
	good = "good"
	warn = "warn"
)

// party is who writes, or who is written to.
type party struct {
	Label, Name string
	Lines       []string
}

// fact is a labelled text.
type fact struct{ Label, Value string }

// figure is an amount with what to know about it.
type figure struct{ Label, Amount, Note string }

// table has a row of text per thing, and sums below.
type table struct {
	Title   string // empty when the document's title says it
	Columns []column
	Rows    [][]string
	Sums    []sum
}

// column of a table. Amounts and short texts get the room they need, words what is left.
type column struct {
	Title  string
	Amount bool
	Words  bool
	Head   bool // whether it names its row
}

// sum is a line below a table.
type sum struct {
	Label, Value string
	Strong       bool
}

// letterCountries print on Letter paper: where ISO 216 is not the usual size (CLDR's paperSize).
var letterCountries = strings.Fields("BZ CA CL CO CR GT MX NI PA PH PR SV US VE")

func usesLetter(s clientele.Settings) bool {
	return slices.Contains(letterCountries, s.Business.Address.Country)
}

// business is who issues a document.
func business(b clientele.Business) party {
	p := party{Name: inline(b.Name), Lines: addressLines(b.Address)}
	p.add(b.Email, b.Phone)
	if b.TaxID != "" {
		p.add("Tax ID " + b.TaxID)
	}
	return p
}

// add adds the lines that say something.
func (p *party) add(lines ...string) {
	for _, line := range lines {
		if line = inline(line); line != "" {
			p.Lines = append(p.Lines, line)
		}
	}
}

// addressLines are an address as on an envelope, with the country's code after the place.
func addressLines(a clientele.Address) []string {
	place := []string{a.PostalCode + " " + a.City}
	if a.State != "" {
		place = []string{a.City, a.State + " " + a.PostalCode}
	}
	place = slices.DeleteFunc(append(place, a.Country), func(part string) bool { return strings.TrimSpace(part) == "" })
	var p party
	p.add(a.Line1, a.Line2, strings.Join(place, ", "))
	return p.Lines
}

// inline is text on one line: whatever is not printed, line breaks above all, becomes a space.
func inline(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text))
}

// block is text on several lines.
func block(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = inline(line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// moneyOf is how amounts of a currency are written in a language, on one line.
func moneyOf(language string, c clientele.PaymentCurrency) locale.Money {
	c.Symbol = inline(c.Symbol)
	return locale.MoneyOf(language, c)
}
