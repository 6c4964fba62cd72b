package billing

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"clientele.dev"
)

// SearchField is a field that search looks into.
type SearchField string

// SearchFields are the fields that search looks into, in the order of [SearchTexts].
var SearchFields = [...]SearchField{"name", "email", "phone", "did", "id", "external_id"}

// Searched are a customer's searched fields.
func Searched(c *clientele.Customer) [len(SearchFields)]string {
	return [...]string{c.Name, c.Email, c.Phone, c.DID, c.ID, c.ExternalID}
}

// SearchTexts are a customer's searched fields, folded.
func SearchTexts(c *clientele.Customer) [len(SearchFields)]string {
	texts := Searched(c)
	for i := range texts {
		texts[i] = Fold(texts[i])
	}
	return texts
}

// accents are the marks that search looks past: combining diacritics, Hebrew points and Arabic vowel signs. Marks that
// spell a word, as in Thai or Devanagari, stay.
var accents = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0300, Hi: 0x036f, Stride: 1}, {Lo: 0x0591, Hi: 0x05bd, Stride: 1}, {Lo: 0x05bf, Hi: 0x05c7, Stride: 1},
	{Lo: 0x064b, Hi: 0x065f, Stride: 1}, {Lo: 0x0670, Hi: 0x0670, Stride: 1}, {Lo: 0x1ab0, Hi: 0x1aff, Stride: 1},
	{Lo: 0x1dc0, Hi: 0x1dff, Stride: 1}, {Lo: 0x20d0, Hi: 0x20ff, Stride: 1}, {Lo: 0xfe20, Hi: 0xfe2f, Stride: 1},
}}

// strokes are letters with a stroke or joined, which Unicode does not take apart but people type without.
var strokes = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ħ", "h", "ı", "i", "ŧ", "t", "ð", "d",
	"æ", "ae", "œ", "oe", "þ", "th")

// folders are the chains of transformations that Fold uses; each has buffers worth keeping.
var folders = sync.Pool{New: func() any {
	return transform.Chain(norm.NFKD, runes.Remove(runes.In(accents)), cases.Fold(), norm.NFKD,
		runes.Remove(runes.In(accents)), norm.NFC)
}}

// Fold is the form in which search compares texts: without case, accents or differences of width (compatibility
// decomposition, Unicode case folding), white space as single spaces.
func Fold(s string) string {
	if isPlain(s) {
		return strings.ToLower(s)
	}
	t := folders.Get().(transform.Transformer)
	defer folders.Put(t)
	folded, _, err := transform.String(t, s)
	if err != nil {
		folded = strings.ToLower(s)
	}
	return strokes.Replace(strings.Join(strings.Fields(folded), " "))
}

// isPlain says whether folding a text is only a matter of ASCII case.
func isPlain(s string) bool {
	space := true // a space here would be folded away
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ' && space, c < ' ', c >= utf8.RuneSelf:
			return false
		default:
			space = c == ' '
		}
	}
	return !space || s == ""
}

// maxQuery bounds a search query, in characters.
const maxQuery = 512

// ParseSearch reads a search query: words that must all occur, "phrases in quotes", and either after a field's name
// (email:gmail, name:"de la cruz") or a metadata key (metadata.plan:gold). Every other character is a plain one. An
// empty query matches every customer.
func ParseSearch(query string) (terms []Term, whole *Term, err error) {
	if utf8.RuneCountInString(query) > maxQuery {
		return nil, nil, clientele.Errorf(clientele.Invalid, "query", "query is longer than %d characters", maxQuery)
	}
	if !utf8.ValidString(query) || strings.ContainsRune(query, 0) {
		return nil, nil, clientele.Errorf(clientele.Invalid, "query", "query holds a character that is not text")
	}
	for rest := strings.TrimSpace(query); rest != ""; rest = strings.TrimSpace(rest) {
		var t Term
		t, rest = nextTerm(rest)
		if t.Text != "" {
			terms = append(terms, t)
		}
	}
	return terms, wholeOf(terms), nil
}

// nextTerm takes the first term off a query.
func nextTerm(s string) (t Term, rest string) {
	s = strings.TrimPrefix(s, didPrefix)
	if name, after, found := strings.Cut(s, ":"); found && !strings.ContainsFunc(name, isSpaceOrQuote) {
		if key, isKey := strings.CutPrefix(name, "metadata."); isKey && key != "" {
			t.Key, s = key, after
		} else if slices.Contains(SearchFields[:], SearchField(name)) {
			t.Field, s = SearchField(name), after
		}
	}
	if quoted, isQuoted := strings.CutPrefix(s, `"`); isQuoted {
		phrase, rest, _ := strings.Cut(quoted, `"`)
		t.Text = Fold(phrase)
		return t, rest
	}
	end := strings.IndexFunc(s, unicode.IsSpace)
	if end < 0 {
		end = len(s)
	}
	t.Text = Fold(s[:end])
	return t, s[end:]
}

func isSpaceOrQuote(r rune) bool { return r == '"' || unicode.IsSpace(r) }

// wholeOf is the term that ranks: a single one, or the plain words as they stand.
func wholeOf(terms []Term) *Term {
	if len(terms) == 0 || len(terms) == 1 && terms[0].Key != "" {
		return nil
	}
	whole := terms[0]
	for _, t := range terms[1:] {
		if t.Key != "" || t.Field != "" || whole.Field != "" {
			return nil
		}
		whole.Text += " " + t.Text
	}
	return &whole
}

// InvoiceText is what search looks into of an invoice: its number, id, description and the customer printed on it,
// folded, in lines.
func InvoiceText(i *clientele.Invoice) string {
	texts := []string{i.Number, i.ID, i.Description, i.CustomerName, i.CustomerEmail}
	for n := range texts {
		texts[n] = Fold(texts[n])
	}
	return strings.Join(texts, "\n")
}

// invoiceTerms are the words and "phrases" of a query about invoices, which know no fields.
func invoiceTerms(query string) (terms []string, err error) {
	parsed, _, err := ParseSearch(strings.ReplaceAll(query, ":", " "))
	for _, t := range parsed {
		terms = append(terms, t.Text)
	}
	return terms, err
}
