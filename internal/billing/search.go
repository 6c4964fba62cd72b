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
	return transform.Chain(norm.NFKD, runes.Remove(runes.In(accents)), runes.Map(capitalCherokee), cases.Fold(),
		norm.NFKD,
		runes.Remove(runes.In(accents)), norm.NFC)
}}

// capitalCherokee makes a small Cherokee letter a capital. Case folding keeps Cherokee capitals, unlike all others, and
// the library folds each case of them to the other.
func capitalCherokee(r rune) rune {
	switch {
	case r >= 0xab70 && r <= 0xabbf:
		return r - 0xab70 + 0x13a0
	case r >= 0x13f8 && r <= 0x13fd:
		return r - 8
	}
	return r
}

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

// Limits of a search query, each of which costs work: characters, different words or phrases, and those that look in
// metadata.
const (
	maxQuery         = 512
	maxTerms         = 16
	maxMetadataTerms = 10
)

// ParseSearch reads a search query: words that must all occur, "phrases in quotes", and either after a field's name
// (email:gmail, name:"de la cruz") or a metadata key (metadata.plan:gold). Every other character is a plain one. An
// empty query matches every customer.
func ParseSearch(query string) (terms []Term, whole *Term, err error) {
	if utf8.RuneCountInString(query) > maxQuery {
		return nil, nil, clientele.Errorf(clientele.ErrorCodeInvalid, "query", "query is longer than %d characters",
			maxQuery)
	}
	if !utf8.ValidString(query) || strings.ContainsRune(query, 0) {
		return nil, nil, clientele.Errorf(clientele.ErrorCodeInvalid, "query", "query holds a character that is not text")
	}
	for rest := strings.TrimSpace(query); rest != ""; rest = strings.TrimSpace(rest) {
		var t Term
		t, rest = nextTerm(rest)
		if t.Text == "" && (t.Key != "" || t.Field != "") {
			return nil, nil, clientele.Errorf(clientele.ErrorCodeInvalid, "query",
				"query names a field and no value: write it like email:gmail or metadata.plan:gold")
		}
		if t.Text != "" {
			terms = append(terms, t)
		}
	}
	whole = wholeOf(terms)
	if terms, err = distinct(terms); err != nil {
		return nil, nil, err
	}
	return terms, whole, nil
}

// distinct leaves out terms that are there already, and refuses too many.
func distinct(terms []Term) (kept []Term, err error) {
	inMetadata := 0
	for _, t := range terms {
		if slices.Contains(kept, t) {
			continue
		}
		kept = append(kept, t)
		if t.Key != "" {
			inMetadata++
		}
	}
	switch {
	case len(kept) > maxTerms:
		return nil, invalid("query", "query has %d different words; at most %d are allowed", len(kept), maxTerms)
	case inMetadata > maxMetadataTerms:
		return nil, invalid("query", "query has %d metadata terms; at most %d are allowed", inMetadata, maxMetadataTerms)
	}
	return kept, nil
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

// phoneDigits are the digits that a phone number in E.164 form has when a query is one as people type it, or the start
// of one: 617-555-0102, (617) 555, 0176 7116, 0049 176, +44 (0)20. It is "" for other queries, and for digits that are
// found as they stand.
func phoneDigits(query string) string {
	const fewest = 5 // what is shorter is in too many numbers to be meant
	bare := strings.ReplaceAll(strings.TrimSpace(query), "(0)", "")
	var digits strings.Builder
	for _, r := range bare {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !strings.ContainsRune("+-.()/ \u00a0", r):
			return ""
		}
	}
	found := strings.TrimLeft(digits.String(), "0") // a trunk prefix, or the 00 before a country's code
	if len(found) < fewest || found == query {
		return ""
	}
	return found
}

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
