package api_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"clientele.dev"
	"clientele.dev/internal/fold"
)

// term is one part of a query, as the test means it.
type term struct{ field, key, text string }

func (t term) String() string {
	text := t.text
	if strings.ContainsFunc(text, unicode.IsSpace) || t.field == "" && t.key == "" && len(text)%5 == 4 {
		text = `"` + text + `"`
	}
	switch {
	case t.key != "":
		return "metadata." + t.key + ":" + text
	case t.field != "":
		return t.field + ":" + text
	}
	return text
}

// fields are the six searched fields.
func fields(c *clientele.Customer) map[string]string {
	return map[string]string{
		"name": c.Name, "email": c.Email, "phone": c.Phone, "did": c.DID, "id": c.ID, "external_id": c.ExternalID,
	}
}

// folded is a customer as the oracle reads it.
type folded struct {
	id               string
	fields, metadata map[string]string
}

func foldCustomer(c *clientele.Customer) folded {
	f := folded{id: c.ID, fields: fields(c), metadata: map[string]string{}}
	for name, text := range f.fields {
		f.fields[name] = fold.Text(text)
	}
	for key, value := range c.Metadata {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		f.metadata[key] = fold.Text(text)
	}
	return f
}

// found is what a search must find, in order: those that every term occurs in; first those of which a field is what is
// sought, then those of which a field starts with it, then the rest; the newest first among equals.
func found(all []folded, terms []term) (ids []string) {
	for i := range terms {
		terms[i].text = fold.Text(terms[i].text)
	}
	rank := map[string]int{}
	for i := len(all) - 1; i >= 0; i-- { // the newest first
		if c := all[i]; !slices.ContainsFunc(terms, func(t term) bool { return !c.has(t) }) {
			rank[c.id] = c.rank(terms)
			ids = append(ids, c.id)
		}
	}
	slices.SortStableFunc(ids, func(a, b string) int { return rank[a] - rank[b] })
	return ids
}

func (c folded) has(t term) bool {
	if t.key != "" {
		value, has := c.metadata[t.key]
		return has && strings.Contains(value, t.text)
	}
	for name, value := range c.fields {
		if (t.field == "" || t.field == name) && strings.Contains(value, t.text) {
			return true
		}
	}
	return false
}

// rank is 0, 1 or 2 for plain words or one field's, and the same for all where fields are mixed.
func (c folded) rank(terms []term) int {
	var words []string
	for _, t := range terms {
		if t.key != "" || t.field != "" && len(terms) > 1 {
			return 0
		}
		words = append(words, t.text)
	}
	whole, rank := strings.Join(words, " "), 2
	for name, value := range c.fields {
		switch {
		case terms[0].field != "" && terms[0].field != name:
		case value == whole:
			return 0
		case strings.HasPrefix(value, whole):
			rank = 1
		}
	}
	return rank
}

var scripts = []string{
	"Ada", "Adam", "ada lovelace", "ADA", "Ádám", "José García", "Jose", "Müller", "MULLER", "Straße", "strasse",
	"Łódź", "lodz",
	"Ærø", "王", "王小明", "小明", "田中さくら", "さくら", "ｶﾀｶﾅ", "カタカナ", "Жанна", "Ж", "жан", "Ωμέγα", "ὠμεγα", "सीता", "ราชินี",
	"김철수", "김",
	"שָׁלוֹם", "שלום", "مُحَمَّد", "محمد", "😀", "👩‍👩‍👧", "100%", "a_b", `c\d`, `O'Hara`, `the "Rock" Johnson`, "x",
	"xy", "a b", "ﬁne", "İstanbul",
	"e\u0301", "é", "ﷺ", "NEAR", "AND", "OR not", "*", "^a", "-a", "a:b", "(a)", "name:x", "?", "$1",
}

func randomCustomer(r *rand.Rand, i int) clientele.CustomerParams {
	pick := func() string { return scripts[r.IntN(len(scripts))] }
	p := clientele.CustomerParams{Name: new(pick())}
	if r.IntN(2) == 0 {
		*p.Name += " " + pick()
	}
	if r.IntN(2) == 0 {
		p.Email = new(fmt.Sprintf("%s%d@%s.example", []string{"ada", "john.doe", "x", "Zoe+a"}[r.IntN(4)], i,
			[]string{"ada", "mail"}[r.IntN(2)]))
	}
	if r.IntN(3) == 0 {
		p.Phone = new(fmt.Sprintf("+1415555%04d", r.IntN(10000)))
	}
	if r.IntN(2) == 0 {
		p.ExternalID = new(strings.TrimSpace(fmt.Sprintf("%s-%d", pick(), i)))
	}
	if r.IntN(8) == 0 {
		p.DID = new(fmt.Sprintf("0x%040x", i))
	}
	if r.IntN(2) == 0 {
		p.Metadata = map[string]any{"plan": pick(), "n": r.IntN(100), "note.x": []string{pick()}}
	}
	return p
}

// randomTerm makes a term of a piece of somebody's text, or of any.
func randomTerm(r *rand.Rand, all []*clientele.Customer) term {
	c := all[r.IntN(len(all))]
	names := []string{"name", "name", "name", "email", "phone", "did", "id", "external_id"}
	name := names[r.IntN(len(names))]
	text := fields(c)[name]
	var t term
	switch r.IntN(6) {
	case 0:
		t.field = name
	case 1:
		t.key = []string{"plan", "n", "note.x"}[r.IntN(3)]
		if json.Unmarshal(c.Metadata[t.key], &text) != nil {
			text = string(c.Metadata[t.key])
		}
	case 2:
		text = scripts[r.IntN(len(scripts))]
	}
	letters := []rune(text)
	if len(letters) > 0 && r.IntN(3) > 0 { // a piece
		from := r.IntN(len(letters))
		if r.IntN(2) == 0 {
			from = 0
		}
		letters = letters[from:min(len(letters), from+1+r.IntN(4)*r.IntN(4))]
	}
	t.text = strings.TrimSpace(string(letters))
	if r.IntN(2) == 0 {
		t.text = strings.ToUpper(t.text)
	}
	return t
}

// writable says whether a term can be written so that it is read as it is meant: a colon or a quote of its own means
// something to the reader.
func writable(t term) bool {
	return fold.Text(t.text) != "" && !strings.ContainsAny(t.text, `"`) &&
		(t.field != "" || t.key != "" || !strings.ContainsRune(t.text, ':'))
}

func TestSearchFindsExactlyWhatASlowReadingFinds(t *testing.T) {
	t.Parallel()
	s := start(t)
	r := rand.New(rand.NewPCG(20260102, 7))
	var all []*clientele.Customer
	for i := range 250 {
		if i%3 == 0 {
			s.Advance(time.Millisecond)
		}
		all = append(all, create(t, s.Test(), randomCustomer(r, i)))
	}
	for i := range 20 { // some change, some go and some of those come back
		c := all[r.IntN(len(all))]
		*c = *ok(s.Test().Customers.Update(t.Context(), c.ID, clientele.CustomerParams{
			Name: randomCustomer(r, i).Name, Metadata: map[string]any{"plan": scripts[i]},
		}))(t)
		gone := r.IntN(len(all))
		ok(s.Test().Customers.Delete(t.Context(), all[gone].ID))(t)
		if i%2 == 0 {
			ok(s.Test().Customers.Restore(t.Context(), all[gone].ID))(t)
		} else {
			all = slices.Delete(all, gone, gone+1)
		}
	}
	create(t, s.Live(), clientele.CustomerParams{Name: new("Ada"), Metadata: map[string]any{"plan": "Ada"}})
	var read []folded
	for _, c := range all {
		read = append(read, foldCustomer(c))
	}
	hits := 0
	for range 350 {
		var terms []term
		var query []string
		for n := 1 + r.IntN(3)*r.IntN(2); len(terms) < n; {
			if one := randomTerm(r, all); writable(one) {
				terms, query = append(terms, one), append(query, one.String())
			}
		}
		want := found(read, terms)
		hits += min(len(want), 1)
		s.finds(t, strings.Join(query, " "), want, r)
	}
	if hits < 200 {
		t.Errorf("only %d queries found anything: they prove little", hits)
	}
}

// finds checks a search, its count, and a page of it.
func (s *server) finds(t *testing.T, query string, want []string, r *rand.Rand) {
	t.Helper()
	path := "/api/customers/search?query=" + url.QueryEscape(query)
	got, count := idsOn(t, s.send(t, "GET", path+"&pageSize=100", ""))
	if !slices.Equal(got, slice(want, 1, 100)) || count != int64(len(want)) {
		t.Fatalf("%q finds %d of %d, want %d:\n%v\n%v", query, len(got), count, len(want), got, slice(want, 1, 100))
	}
	size := 1 + r.IntN(7)
	page := 1 + r.IntN(len(want)/size+2)
	got, count = idsOn(t, s.send(t, "GET", fmt.Sprintf("%s&page=%d&pageSize=%d", path, page, size), ""))
	if !slices.Equal(got, slice(want, page, size)) || count != int64(len(want)) {
		t.Fatalf("%q, page %d of %d each, finds %v of %d, want %v", query, page, size, got, count, slice(want, page, size))
	}
}

func TestSearchOfManyMatchesRanksAndCountsThemAll(t *testing.T) {
	t.Parallel()
	for name, movedIn := range map[string]bool{"as they came": false, "moved in with earlier dates": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			searchManyMatches(t, movedIn)
		})
	}
}

func searchManyMatches(t *testing.T, movedIn bool) {
	s := start(t)
	r := rand.New(rand.NewPCG(3, 4))
	var all []folded
	for i := range 330 {
		if i%7 == 0 {
			s.Advance(time.Millisecond)
		}
		p := clientele.CustomerParams{
			Name:     new([]string{"Maria", "MARÍA", "María José", "Ana Maria", "x maria y", "王 maria 小明"}[r.IntN(6)]),
			Email:    new(fmt.Sprintf("%s%d@maria.example", []string{"maria", "ana"}[r.IntN(2)], i)),
			Metadata: map[string]any{"plan": []string{"gold", "Golden"}[r.IntN(2)]},
		}
		if r.IntN(40) == 0 {
			p.ExternalID = new([]string{"maria ", "ma ", "m ", "marias "}[r.IntN(4)] + fmt.Sprint(i))
		}
		if movedIn {
			p.CreatedAt = new(s.Now().Add(-time.Duration(r.IntN(1e9)) * time.Millisecond))
		}
		all = append(all, foldCustomer(create(t, s.Test(), p)))
	}
	slices.SortFunc(all, func(a, b folded) int { return strings.Compare(a.id, b.id) }) // ids follow the time
	for _, terms := range [][]term{
		{{text: "maria"}}, {{text: "MARÍA"}}, {{text: "ma"}}, {{text: "m"}}, {{text: "ia"}}, {{text: "@maria"}},
		{{text: "a"}},
		{{field: "name", text: "maria"}}, {{field: "name", text: "m"}}, {{field: "email", text: "maria"}},
		{{text: "maria "}},
		{{text: "maria"}, {text: "e"}}, {{text: "m"}, {text: "a"}}, {{key: "plan", text: "gold"}}, {{text: "cus_"}},
		{{text: "maria"}, {key: "plan", text: "gold"}}, {{field: "name", text: "ma"}, {field: "email", text: "m"}},
		{{text: "_"}},
	} {
		var query []string
		for _, one := range terms {
			query = append(query, one.String())
		}
		want := found(all, terms)
		if len(want) <= 200 {
			t.Errorf("%v finds only %d", query, len(want))
		}
		for range 4 {
			s.finds(t, strings.Join(query, " "), want, r)
		}
		var paged []string
		for page := 1; page <= len(want)/50+1; page++ {
			path := fmt.Sprintf("/api/customers/search?pageSize=50&page=%d&query=%s", page,
				url.QueryEscape(strings.Join(query, " ")))
			ids, _ := idsOn(t, s.send(t, "GET", path, ""))
			paged = append(paged, ids...)
		}
		if !slices.Equal(paged, want) {
			t.Errorf("%v: its pages have %d, want %d", query, len(paged), len(want))
		}
	}
}
