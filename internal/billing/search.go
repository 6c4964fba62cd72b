package billing

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/did"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

// Limits of a search query, each of which costs work: characters, different words or phrases, and those that look in
// metadata.
const (
	maxQuery         = 512
	maxTerms         = 16
	maxMetadataTerms = 10
)

// ParseSearch reads a search query: words that must all occur, "phrases in quotes", and either after a field's name
// (email:gmail, name:"de la cruz") or a metadata key (metadata.plan:gold). Every other character is a plain one. Words
// that look like a telephone number, as people type it, match the phone too. An empty query matches every customer.
func ParseSearch(query string) (search store.CustomerSearch, err error) {
	words, err := wordsOf(query)
	if err != nil {
		return search, err
	}
	from, to, digits := phoneIn(words)
	label := from
	if digits != "" && from > 0 && words[from-1].isPhoneLabel() {
		label--
	}
	for i, w := range words {
		switch {
		case w.Text == "" && w.named() && (i < label || i >= to):
			return search, clientele.Errorf(clientele.ErrorCodeInvalid, "query",
				"query names a field and no value: write it like email:gmail or metadata.plan:gold")
		case w.Text == "" || digits != "" && i >= label && i < from:
		case i >= from && i < to && digits != "":
			search.PhoneTerms = append(search.PhoneTerms, w.Term)
		default:
			search.Terms = append(search.Terms, w.Term)
		}
	}
	search.Phone = digits
	search.Whole = wholeOf(words)
	if slices.Equal(search.PhoneTerms, []store.Term{{Text: digits}}) { // which finds the phone as it stands
		search.Terms, search.PhoneTerms, search.Phone = append(search.Terms, search.PhoneTerms...), nil, ""
	}
	if err := checkTerms(slices.Concat(search.Terms, search.PhoneTerms)); err != nil {
		return search, err
	}
	search.Terms, search.PhoneTerms = distinct(search.Terms), distinct(search.PhoneTerms)
	return search, nil
}

// word is one of a query, with the text of it as it was typed.
type word struct {
	store.Term
	typed  string
	quoted bool
}

// named says whether the word stands behind the name of a field.
func (w word) named() bool { return w.Key != "" || w.Field != "" }

// wordsOf are the words of a query.
func wordsOf(query string) (words []word, err error) {
	if utf8.RuneCountInString(query) > maxQuery {
		return nil, clientele.Errorf(clientele.ErrorCodeInvalid, "query", "query is longer than %d characters", maxQuery)
	}
	if !utf8.ValidString(query) || strings.ContainsRune(query, 0) {
		return nil, clientele.Errorf(clientele.ErrorCodeInvalid, "query", "query holds a character that is not text")
	}
	for rest := strings.TrimSpace(fold.Typed(query)); rest != ""; rest = strings.TrimSpace(rest) {
		var w word
		w, rest = nextWord(rest)
		words = append(words, w)
	}
	return words, nil
}

// distinct leaves out terms that are there already.
func distinct(terms []store.Term) (kept []store.Term) {
	for _, t := range terms {
		if !slices.Contains(kept, t) {
			kept = append(kept, t)
		}
	}
	return kept
}

// checkTerms refuses too many different terms.
func checkTerms(terms []store.Term) error {
	terms = distinct(terms)
	inMetadata := 0
	for _, t := range terms {
		if t.Key != "" {
			inMetadata++
		}
	}
	switch {
	case len(terms) > maxTerms:
		return check.Invalid("query", "query has %d different words; at most %d are allowed", len(terms), maxTerms)
	case inMetadata > maxMetadataTerms:
		return check.Invalid("query", "query has %d metadata terms; at most %d are allowed", inMetadata, maxMetadataTerms)
	}
	return nil
}

// nextWord takes the first word off a query.
func nextWord(s string) (w word, rest string) {
	s = strings.TrimPrefix(s, did.Prefix)
	if name, after, found := strings.Cut(s, ":"); found && !strings.ContainsFunc(name, isSpaceOrQuote) {
		if key, isKey := strings.CutPrefix(name, "metadata."); isKey && key != "" {
			w.Key, s = key, after
		} else if slices.Contains(store.SearchFields[:], store.SearchField(name)) {
			w.Field, s = store.SearchField(name), after
		}
	}
	if quoted, isQuoted := strings.CutPrefix(s, `"`); isQuoted {
		w.quoted = true
		w.typed, rest, _ = strings.Cut(quoted, `"`)
	} else {
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		w.typed, rest = s[:end], s[end:]
	}
	w.Text, w.Or = fold.Text(w.typed), fold.German(w.typed)
	return w, rest
}

func isSpaceOrQuote(r rune) bool { return r == '"' || unicode.IsSpace(r) }

// phoneIn finds the words of a query that are a telephone number as people type it, or a part of one, with the digits
// that it has in E.164 form: 617-555-0102, (617) 555, 0176 7116, 0049 176, +44 (0)20; "" when there is none.
func phoneIn(words []word) (from, to int, digits string) {
	for i := 0; i < len(words); i++ {
		n := i
		for n < len(words) && words[n].isPhonePart() {
			n++
		}
		if n == i {
			continue
		}
		var typed []string
		for _, w := range words[i:n] {
			typed = append(typed, w.typed)
		}
		if found := phoneDigits(strings.Join(typed, " ")); len(found) > len(digits) {
			from, to, digits = i, n, found
		}
		i = n
	}
	return from, to, digits
}

// phonePunctuation is what people set between the digits of a telephone number.
const phonePunctuation = "+-.()/ \u00a0"

// isPhonePart says whether the word may be a part of a telephone number.
func (w word) isPhonePart() bool {
	return !w.quoted && w.Key == "" && (w.Field == "" || w.Field == "phone") && w.typed != "" &&
		strings.Trim(w.typed, "0123456789"+phonePunctuation) == ""
}

// phoneLabels are what people write before a telephone number.
var phoneLabels = []string{
	"call", "cell", "fax", "fon", "handy", "m", "mob", "mobil", "mobile", "ph", "phone", "t", "tel", "telefon",
	"telephone",
}

// isPhoneLabel says whether the word only says that a telephone number follows.
func (w word) isPhoneLabel() bool {
	if w.Field == "phone" && w.typed == "" {
		return true
	}
	return !w.quoted && !w.named() && slices.Contains(phoneLabels, strings.TrimRight(w.Text, ".:"))
}

// phoneDigits are the digits that a telephone number in E.164 form has when a text is a part of one as people type it.
func phoneDigits(text string) string {
	const fewest = 5 // what is shorter is in too many numbers to be meant
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ReplaceAll(text, "(0)", ""))
	found := strings.TrimLeft(digits, "0") // a trunk prefix, or the 00 before a country's code
	if len(found) < fewest {
		return ""
	}
	return found
}

// wholeOf is the term that ranks: a single one, or the plain words as they stand.
func wholeOf(words []word) *store.Term {
	words = slices.DeleteFunc(slices.Clone(words), func(w word) bool { return w.Text == "" })
	if len(words) == 0 || len(words) == 1 && words[0].Key != "" {
		return nil
	}
	whole := words[0].Term
	if len(words) == 1 {
		return &whole
	}
	var plain, german []string
	for _, w := range words {
		if w.named() {
			return nil
		}
		plain, german = append(plain, w.Text), append(german, cmp.Or(w.Or, w.Text))
	}
	whole = store.Term{Text: strings.Join(plain, " ")}
	if or := strings.Join(german, " "); or != whole.Text {
		whole.Or = or
	}
	return &whole
}

// textTerms are the words and "phrases" of a query about invoices, payments or refunds, which know no fields. A word
// that is an amount of a currency matches as such too.
func textTerms(query string, currencies map[string]clientele.PaymentCurrency) (terms [][]string, err error) {
	words, err := wordsOf(strings.ReplaceAll(query, ":", " "))
	if err != nil {
		return nil, err
	}
	var all []store.Term
	for _, w := range words {
		if w.Text == "" || slices.Contains(all, w.Term) {
			continue
		}
		all = append(all, w.Term)
		writings := []string{w.Text}
		if w.Or != "" {
			writings = append(writings, w.Or)
		}
		terms = append(terms, append(writings, amountsIn(w.typed, currencies)...))
	}
	return terms, checkTerms(all)
}

// amountsIn are the amounts that a typed text may be, of each currency, as [store.AmountWord] writes them. 1.234 may be
// more than a thousand or a fraction: nobody knows.
func amountsIn(typed string, currencies map[string]clientele.PaymentCurrency) (found []string) {
	number := strings.TrimFunc(typed, func(r rune) bool { return unicode.Is(unicode.Sc, r) })
	if !strings.ContainsAny(number, "0123456789") || strings.Trim(number, "0123456789.,'") != "" {
		return nil
	}
	digits := func(s string) string { return strings.NewReplacer(".", "", ",", "", "'", "").Replace(s) }
	for _, c := range currencies {
		ways := []string{digits(number) + strings.Repeat("0", c.Decimal)}
		if at := strings.LastIndexAny(number, ".,"); at >= 0 && len(number)-at-1 <= c.Decimal {
			ways = append(ways, digits(number[:at])+number[at+1:]+strings.Repeat("0", c.Decimal-(len(number)-at-1)))
		}
		for _, way := range ways {
			amount, err := clientele.ParseAmount(c.ID, cmp.Or(strings.TrimLeft(way, "0"), "0"))
			if word := store.AmountWord(c.ID, amount); err == nil && !slices.Contains(found, word) {
				found = append(found, word)
			}
		}
	}
	slices.Sort(found) // the same statement for the same query
	return found
}

// Search says what to search for in a mode, and which page of what is found.
type Search struct {
	Livemode      clientele.Mode
	Query         string        // see [ParseSearch]
	Order         []store.Order // of customers the best first when empty, of others the newest
	Limit, Offset int64
	Plain         bool // without what belongs to each, or what each refers to
}

// all selects the page of everything: what an empty query finds.
func (q Search) all() store.Query {
	return store.Query{Mode: q.Livemode, Order: q.Order, Window: store.Window{Limit: q.Limit, Offset: q.Offset}}
}

// searchTexts searches objects that are found by one text each, lists all when the query is empty, and expands them
// unless they are to be plain.
func (s *core) searchTexts(
	ctx context.Context, k *store.Kind, q Search, expand func(store.Tx, clientele.Mode, [][]byte) ([][]byte, error),
) (docs [][]byte, count int64, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		money, err := moneyOf(tx, q.Livemode)
		if err != nil {
			return err
		}
		terms, err := textTerms(q.Query, money.currencies)
		if err != nil {
			return err
		}
		var page []store.Record
		if len(terms) == 0 {
			page, count, err = tx.List(k, q.all())
		} else {
			page, count, err = tx.Search(k, store.TextSearch{
				Livemode: q.Livemode, Terms: terms, Order: q.Order, Limit: q.Limit, Offset: q.Offset,
			})
		}
		docs = documentsOf(page)
		if err == nil && !q.Plain {
			docs, err = expand(tx, q.Livemode, docs)
		}
		return err
	})
	return docs, count, err
}
