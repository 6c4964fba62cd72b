package console

import "maps"

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
