package apidoc

import (
	"cmp"
	"slices"
	"strings"
)

const (
	// MaxQuery is how many characters a search may have.
	MaxQuery = 100
	maxFound = 50
)

// entry is something in the description that a search finds.
type entry struct {
	Title, Text, Link string

	title, whole string // folded; whole is title, text and what else the entry is found by
}

// Search is a page of what has all words of a query in its name or its description: names first.
func Search(url, query string) ([]byte, error) {
	d, err := readDescription()
	if err != nil {
		return nil, err
	}
	v := view{pageDocument: d.document, Query: query, Found: found(d.entries, query)}
	if more := len(v.Found) - maxFound; more > 0 {
		v.Found, v.More = v.Found[:maxFound], more
	}
	page, err := v.html()
	return at(page, url), err
}

func found(all []entry, query string) (found []entry) {
	words := strings.Fields(folded(query))
	for _, e := range all {
		if hasAll(e.whole, words) {
			found = append(found, e)
		}
	}
	slices.SortStableFunc(found, func(a, b entry) int {
		return cmp.Compare(rank(a, words), rank(b, words))
	})
	return found
}

// rank is 0 for what is called so, 1 for what has all words in its name, 2 for the rest.
func rank(e entry, words []string) int {
	switch name := strings.Join(words, " "); {
	case e.title == name, strings.HasSuffix(e.title, "."+name):
		return 0
	case hasAll(e.title, words):
		return 1
	}
	return 2
}

// folded is a text in small letters, in which credit-notes and credit_notes are one.
func folded(text string) string { return strings.ReplaceAll(strings.ToLower(text), "-", "_") }

func hasAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

// entries are what a search can find: operations, objects, their fields, headers and errors.
func (d pageDocument) entries() (all []entry) {
	add := func(section, anchor, title, text string, also ...string) {
		e := entry{Title: title, Text: text, Link: "?section=" + section + "#" + anchor, title: folded(title)}
		e.whole = folded(strings.Join(append(also, title, text), "\n"))
		all = append(all, e)
	}
	for _, tag := range d.Tags {
		for _, o := range d.Operations(tag.Name) {
			var also []string
			for _, p := range o.Parameters {
				also = append(also, p.Name, p.Description)
			}
			add(slug(tag.Name), o.ID, o.Method+" "+o.Path, o.Summary, append(also, tag.Name, o.ID)...)
		}
	}
	for _, schema := range d.Components.Schemas {
		add(objectsSection, schema.Name, schema.Name, schema.Value.Description)
		for _, field := range schema.Value.Properties {
			add(objectsSection, schema.Name+"."+field.Name, schema.Name+"."+field.Name, field.Value.Description)
		}
	}
	for _, header := range d.Components.Headers {
		add(referenceSection, "headers", header.Name, header.Value.Description)
	}
	for _, e := range d.Errors() {
		add(referenceSection, "error-"+e.Status, e.Status+" "+statusText(e.Status), e.Description)
	}
	return all
}
