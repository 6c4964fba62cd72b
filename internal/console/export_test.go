package console

import (
	"maps"
	"net/url"

	"clientele.dev"
)

// Routes are the paths in a mode of all pages, and of all forms.
func Routes() (pages, forms []string) {
	s := &console{}
	for path := range maps.Keys(s.pages()) {
		pages = append(pages, path)
	}
	for path := range maps.Keys(s.actions()) {
		forms = append(forms, path)
	}
	return pages, forms
}

// PageOfStatement is tested with more movements than a test makes.
func PageOfStatement(
	st clientele.Statement, number int64, at *url.URL,
) (shown clientele.Statement, of [3]int64, previous, next string) {
	s, lines := pageOfStatement(st, number, at)
	return s, [3]int64{lines.From, lines.To, lines.Count}, lines.Previous, lines.Next
}
