package billing

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"clientele.dev"
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
// (email:gmail, name:"de la cruz") or a metadata key (metadata.plan:gold). Every other character is a plain one. An
// empty query matches every customer.
func ParseSearch(query string) (terms []store.Term, whole *store.Term, err error) {
	if utf8.RuneCountInString(query) > maxQuery {
		return nil, nil, clientele.Errorf(clientele.ErrorCodeInvalid, "query", "query is longer than %d characters",
			maxQuery)
	}
	if !utf8.ValidString(query) || strings.ContainsRune(query, 0) {
		return nil, nil, clientele.Errorf(clientele.ErrorCodeInvalid, "query", "query holds a character that is not text")
	}
	for rest := strings.TrimSpace(query); rest != ""; rest = strings.TrimSpace(rest) {
		var t store.Term
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
func distinct(terms []store.Term) (kept []store.Term, err error) {
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
func nextTerm(s string) (t store.Term, rest string) {
	s = strings.TrimPrefix(s, did.Prefix)
	if name, after, found := strings.Cut(s, ":"); found && !strings.ContainsFunc(name, isSpaceOrQuote) {
		if key, isKey := strings.CutPrefix(name, "metadata."); isKey && key != "" {
			t.Key, s = key, after
		} else if slices.Contains(store.SearchFields[:], store.SearchField(name)) {
			t.Field, s = store.SearchField(name), after
		}
	}
	if quoted, isQuoted := strings.CutPrefix(s, `"`); isQuoted {
		phrase, rest, _ := strings.Cut(quoted, `"`)
		t.Text = fold.Text(phrase)
		return t, rest
	}
	end := strings.IndexFunc(s, unicode.IsSpace)
	if end < 0 {
		end = len(s)
	}
	t.Text = fold.Text(s[:end])
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
func wholeOf(terms []store.Term) *store.Term {
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

// textTerms are the words and "phrases" of a query about invoices or payments, which know no fields.
func textTerms(query string) (terms []string, err error) {
	parsed, _, err := ParseSearch(strings.ReplaceAll(query, ":", " "))
	for _, t := range parsed {
		terms = append(terms, t.Text)
	}
	return terms, err
}

// Search says what to search for in a mode, and which page of what is found.
type Search struct {
	Livemode      clientele.Mode
	Query         string        // see [ParseSearch]
	Order         []store.Order // of customers the best first when empty, of others the newest
	Limit, Offset int64
	Plain         bool // without what belongs to each, or what each refers to
}

// window is the part of what is found that is asked for.
func (q Search) window() store.Window { return store.Window{Limit: q.Limit, Offset: q.Offset} }

// searchTexts searches objects that are found by one text each, lists all when the query is empty, and expands them
// unless they are to be plain.
func (s *core) searchTexts(
	ctx context.Context, q Search, search func(store.Tx, store.TextSearch) ([][]byte, int64, error),
	list func(store.Tx) ([][]byte, int64, error),
	expand func(store.Tx, clientele.Mode, [][]byte) ([][]byte, error),
) (docs [][]byte, count int64, err error) {
	terms, err := textTerms(q.Query)
	if err != nil {
		return nil, 0, err
	}
	err = s.scanStore(ctx, func(tx store.Tx) error {
		if len(terms) == 0 {
			docs, count, err = list(tx)
		} else {
			docs, count, err = search(tx, store.TextSearch{
				Livemode: q.Livemode, Terms: terms, Order: q.Order, Limit: q.Limit, Offset: q.Offset,
			})
		}
		if err == nil && !q.Plain {
			docs, err = expand(tx, q.Livemode, docs)
		}
		return err
	})
	return docs, count, err
}
