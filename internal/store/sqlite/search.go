package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// framing surrounds every indexed text, so that "is" and "starts with" are substrings too. No folded text holds it.
const framing = "\n"

// phrase is a text that must occur in a field, at its start, or be all of it.
type phrase struct {
	store.Term
	how how
	// pieces are those of the index that begin with the phrase's writings, of two letters; nil when they were not looked
	// up.
	pieces []string
}

type how int

const (
	contains how = iota
	starts
	equals
)

// writings are the ways in which the phrase is written.
func (p phrase) writings() []string {
	if p.Or == "" {
		return []string{p.Text}
	}
	return []string{p.Text, p.Or}
}

// framed is what the index is asked for.
func (p phrase) framed(text string) string {
	switch p.how {
	case starts:
		return framing + text
	case equals:
		return framing + text + framing
	}
	return text
}

// indexed says whether the phrase is long enough for the index of three-letter pieces, in every writing.
func (p phrase) indexed() bool {
	if p.pieces != nil {
		return true
	}
	for _, text := range p.writings() {
		if utf8.RuneCountInString(p.framed(text)) < 3 {
			return false
		}
	}
	return true
}

// match writes the phrase for the index, which does not know fields.
func (p phrase) match() string {
	var ways []string
	for _, text := range p.pieces {
		ways = append(ways, quoted(text))
	}
	for _, text := range p.writings() {
		if len(p.pieces) == 0 {
			ways = append(ways, quoted(p.framed(text)))
		}
	}
	if len(ways) == 1 {
		return ways[0]
	}
	return "(" + strings.Join(ways, " OR ") + ")"
}

// quoted writes a text as a string of the index. Doubling quotes is all that it needs.
func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

// textColumns are the columns of customer_texts that have the searched texts, in the order of [store.SearchTexts].
var textColumns = append(slices.Clone(store.SearchFields[:]), germanName)

// germanName is the column of the name in its German writing.
const germanName = "german_name"

// isOf says whether a column of texts is of a field: "" are all.
func isOf(column, field store.SearchField) bool {
	return field == "" || field == column || field == "name" && column == germanName
}

// scan writes the phrase as a condition on the texts themselves.
func (p phrase) scan(w *sql.Where, not string) {
	var ways []string
	var args []any
	for _, column := range textColumns {
		if !isOf(column, p.Field) {
			continue
		}
		for _, text := range p.writings() {
			switch p.how {
			case contains:
				ways = append(ways, "instr(t."+string(column)+", ?) > 0")
			case starts:
				ways = append(ways, "substr(t."+string(column)+", 1, length(?)) = ?")
				args = append(args, text)
			case equals:
				ways = append(ways, "t."+string(column)+" = ?")
			}
			args = append(args, text)
		}
	}
	w.Add(not+"("+strings.Join(ways, " OR ")+")", args...)
}

// tier is a part of what a search finds, alike in rank.
type tier struct {
	all      []phrase
	not      []phrase
	metadata []store.Term
	byPhone  []phrase // match too, or else the phone has the digits
	phone    string
}

// query writes what of the tier the index can say; "" when that is nothing.
func (s tier) query() string {
	match := matchesOf(s.all)
	if byPhone := matchesOf(s.byPhone); len(byPhone) > 0 {
		match = append(match, "(("+strings.Join(byPhone, " AND ")+") OR "+quoted(s.phone)+")")
	}
	if len(match) == 0 {
		return ""
	}
	query := strings.Join(match, " AND ")
	for _, p := range s.not { // longer than an indexed phrase, so indexed too
		if p.Field == "" {
			query = "(" + query + ") NOT " + p.match()
		}
	}
	return query
}

// matchesOf are the phrases that are long enough for the index, written for it.
func matchesOf(phrases []phrase) (match []string) {
	for _, p := range phrases {
		if p.indexed() {
			match = append(match, p.match())
		}
	}
	return match
}

// from writes the tier as the rest of a statement after its FROM, with the column of numbers. texts says that the
// statement needs the table of texts in any case.
func (s tier) from(mode clientele.Mode, texts bool) (number, from string, w sql.Where) {
	query := s.query()
	if query == "" {
		w.Add("t.livemode = ?", mode)
	}
	// What the index cannot say is read in the texts: words too short for it, and fields.
	for _, p := range s.not {
		if query == "" || p.Field != "" {
			p.scan(&w, "NOT ")
		}
	}
	for _, p := range s.all {
		if !p.indexed() || p.Field != "" {
			p.scan(&w, "")
		}
	}
	if s.phone != "" {
		s.scanPhone(&w)
	}
	for _, m := range s.metadata {
		w.Add(`t.seq IN (SELECT seq FROM customer_metadata
			WHERE livemode = ? AND key = ? AND instr(iif(folded = '', value, folded), ?) > 0)`, mode, m.Key, m.Text)
	}
	if query == "" {
		return "t.number", "customer_texts t", w
	}
	table := searchIndex(store.Customers.Kind, mode)
	from = table + " f"
	if texts || len(w.Conditions) > 0 {
		from += " JOIN customer_texts t ON t.number = f.rowid"
	}
	w.Add("f."+table+" MATCH ?", query)
	return "f.rowid", from, w
}

// scanPhone writes as a condition on the texts themselves that the phrases match or else the phone has the digits.
func (s tier) scanPhone(w *sql.Where) {
	all := sql.Where{Args: w.Args}
	for _, p := range s.byPhone {
		p.scan(&all, "")
	}
	w.Args = all.Args
	w.Add("(("+all.String()+") OR instr(t.phone, ?) > 0)", s.phone)
}

// SearchCustomers implements [store.Tx].
func (t *tx) SearchCustomers(s store.CustomerSearch) (page []store.Record, count int64, err error) {
	err = t.scan(func() error {
		var found []int64
		all, err := t.lookUpPieces(s.Livemode, everything(s))
		switch {
		case err != nil:
			return err
		case len(s.Order) > 0:
			found, count, err = t.searchInOrder(s, all)
		default:
			found, count, err = t.search(s, all)
		}
		if err == nil {
			page, err = t.customersNumbered(found)
		}
		return err
	})
	return page, count, err
}

// customersNumbered reads the customers with numbers, in their order.
func (t *tx) customersNumbered(numbers []int64) (recs []store.Record, err error) {
	for _, number := range numbers {
		rec, _, err := t.record(`SELECT c.id, c.seq, c.version, 0, c.doc
			FROM customer_texts t JOIN customers c ON c.seq = t.seq WHERE t.number = $1`, number)
		if err != nil {
			return nil, err
		}
		recs = append(recs, rec)
	}
	return recs, nil
}

// everything is the tier of all that match.
func everything(s store.CustomerSearch) (t tier) {
	t.phone = s.Phone
	for _, term := range s.Terms {
		if term.Key != "" {
			t.metadata = append(t.metadata, term)
		} else {
			t.all = append(t.all, phrase{Term: term})
		}
	}
	for _, term := range s.PhoneTerms {
		t.byPhone = append(t.byPhone, phrase{Term: term})
	}
	return t
}

// mostPieces is how many pieces of the index a search asks for at most: more take longer than reading the texts.
const mostPieces = int64(500)

// lookUpPieces looks up the pieces of the index that words of two letters begin. Every text ends with the framing, so
// there is one for each place at which the word occurs.
func (t *tx) lookUpPieces(mode clientele.Mode, all tier) (tier, error) {
	for _, phrases := range [][]phrase{all.all, all.byPhone} {
		for i, p := range phrases {
			if p.indexed() {
				continue
			}
			pieces, err := t.piecesOf(mode, p)
			if err != nil {
				return all, err
			}
			phrases[i].pieces = pieces
		}
	}
	return all, nil
}

// piecesOf are the pieces that the writings of a phrase begin; nil when one is a single letter, or they are many.
func (t *tx) piecesOf(mode clientele.Mode, p phrase) (pieces []string, err error) {
	table := "customer_vocabulary_test"
	if mode {
		table = "customer_vocabulary_live"
	}
	for _, text := range p.writings() {
		switch letters := utf8.RuneCountInString(text); {
		case letters < 2:
			return nil, nil
		case letters > 2: // which the index has itself
			pieces = append(pieces, text)
			continue
		}
		err := t.each("SELECT term FROM "+table+" WHERE term >= $1 AND term < $2 LIMIT $3", func(r row) error {
			pieces = append(pieces, r.text(0))
			return nil
		}, text, text+string(utf8.MaxRune), mostPieces)
		if err != nil || int64(len(pieces)) >= mostPieces {
			return nil, err
		}
	}
	if len(pieces) == 0 { // it occurs nowhere, and the index finds nothing by two letters
		pieces = []string{p.Text}
	}
	return pieces, nil
}

// fewMatches is how many matches are ranked one by one: asking the index again for each rank costs more.
const fewMatches = 200

func (t *tx) search(s store.CustomerSearch, everything tier) (page []int64, count int64, err error) {
	first, err := t.tierPage(s.Livemode, everything, fewMatches+1, 0)
	if err != nil {
		return nil, 0, err
	}
	if len(first) <= fewMatches {
		if s.Whole != nil {
			if first, err = t.ranked(first, *s.Whole); err != nil {
				return nil, 0, err
			}
		}
		count = int64(len(first))
		from := min(s.Offset, count)
		return first[from:min(from+s.Limit, count)], count, nil
	}
	if count, err = t.countTier(s.Livemode, everything); err != nil || count <= s.Offset {
		return nil, count, err
	}
	page, err = t.searchPage(s, everything)
	return page, count, err
}

// searchInOrder is search in an order that is asked for.
func (t *tx) searchInOrder(s store.CustomerSearch, everything tier) (page []int64, count int64, err error) {
	if count, err = t.countTier(s.Livemode, everything); err != nil {
		return nil, 0, err
	}
	number, from, w := everything.from(s.Livemode, true)
	args, n := w.With(s.Limit, s.Offset)
	page, err = numbers[int64](t, fmt.Sprintf(`SELECT %s FROM %s JOIN customers o ON o.seq = t.seq WHERE %s ORDER BY %s
		LIMIT $%d OFFSET $%d`, number, from, w.String(), sql.OrderBy(t, store.Customers.Kind, "o.", s.Order), n, n+1), args)
	return page, count, err
}

// ranked puts first the matches with a field that is the whole query, then those with one that starts with it.
func (t *tx) ranked(numbers []int64, whole store.Term) ([]int64, error) {
	ranks := make([][]int64, 3)
	for _, number := range numbers {
		rank := 2
		const texts = `SELECT name, email, phone, did, id, external_id, german_name FROM customer_texts
			WHERE number = $1`
		err := t.each(texts, func(r row) error {
			for i, column := range textColumns {
				if isOf(column, whole.Field) {
					rank = min(rank, rankOf(r.text(i), phrase{Term: whole}.writings()))
				}
			}
			return nil
		}, number)
		if err != nil {
			return nil, err
		}
		ranks[rank] = append(ranks[rank], number)
	}
	return slices.Concat(ranks...), nil
}

// rankOf is how well a text matches one of several writings: 0 when it is one, 1 when it starts with one, else 2.
func rankOf(text string, writings []string) int {
	rank := 2
	for _, writing := range writings {
		switch {
		case writing == "" || !strings.HasPrefix(text, writing):
		case text == writing:
			rank = 0
		default:
			rank = min(rank, 1)
		}
	}
	return rank
}

// searchPage walks the tiers, best first, to the page.
func (t *tx) searchPage(s store.CustomerSearch, everything tier) (page []int64, err error) {
	tiers := []tier{everything}
	if s.Whole != nil {
		is, begins := phrase{Term: *s.Whole, how: equals}, phrase{Term: *s.Whole, how: starts}
		rest := everything
		rest.not = []phrase{begins}
		tiers = []tier{{all: []phrase{is}}, {all: []phrase{begins}, not: []phrase{is}}, rest}
	}
	skip := s.Offset
	for i, part := range tiers {
		limit := s.Limit - int64(len(page))
		if limit == 0 {
			break
		}
		found, err := t.tierPage(s.Livemode, part, limit, skip)
		if err != nil {
			return nil, err
		}
		page = append(page, found...)
		if skip > 0 && i < len(tiers)-1 {
			if len(found) > 0 {
				skip = 0
				continue
			}
			n, err := t.countTier(s.Livemode, part)
			if err != nil {
				return nil, err
			}
			skip -= n
		}
	}
	return page, nil
}

// tierPage answers the numbers of a tier's customers, the newest first.
func (t *tx) tierPage(mode clientele.Mode, part tier, limit, skip int64) ([]int64, error) {
	inOrder := true
	read := func(r row) error { inOrder = r.int(0) == 1; return nil }
	if err := t.each("SELECT in_order FROM customer_numbers WHERE livemode = $1", read, mode); err != nil {
		return nil, err
	}
	number, from, w := part.from(mode, !inOrder)
	order := number
	if !inOrder {
		order = "t.seq"
	}
	conditions := w.String()
	w.Add("LIMIT ?", limit)
	w.Add("OFFSET ?", skip)
	n := len(w.Conditions)
	return numbers[int64](t, "SELECT "+number+" FROM "+from+" WHERE "+conditions+" ORDER BY "+order+" DESC "+
		w.Conditions[n-2]+" "+w.Conditions[n-1], w.Args)
}

func (t *tx) countTier(mode clientele.Mode, part tier) (n int64, err error) {
	_, from, w := part.from(mode, false)
	read := func(r row) error { n = r.int(0); return nil }
	err = t.eachVariant("SELECT count(*) FROM "+from+" WHERE "+w.String(), read, w.Args...)
	return n, err
}

// Search implements [store.Described].
func (t *tx) Search(k *store.Kind, s store.TextSearch) (page []store.Record, count int64, err error) {
	from, w := textSearch(k, s)
	err = t.scan(func() error {
		query := "SELECT count(*) FROM " + from + " WHERE " + w.String()
		if err := t.eachVariant(query, into(&count), w.Args...); err != nil {
			return err
		}
		by := "t."
		if !store.ByTime(s.Order) {
			from, by = from+" JOIN "+k.Table+" o ON o.seq = t.seq", "o."
		}
		args, n := w.With(s.Limit, s.Offset)
		query = fmt.Sprintf("SELECT t.seq FROM %s WHERE %s ORDER BY %s LIMIT $%d OFFSET $%d", from, w.String(),
			sql.OrderBy(t, k, by, s.Order), n, n+1)
		seqs, err := numbers[store.Position](t, query, args)
		if err != nil {
			return err
		}
		page, err = t.recordsAt(k, seqs)
		return err
	})
	return page, count, err
}

// textSearch writes a search as the rest of a statement after its FROM: long words are looked up in the index of
// three-letter pieces, short ones scanned for.
func textSearch(k *store.Kind, s store.TextSearch) (from string, w sql.Where) {
	from = k.Texts() + " t"
	var match []string
	for _, writings := range s.Terms {
		var phrases, scans []string
		var args []any
		indexed := true
		for _, text := range writings {
			indexed = indexed && utf8.RuneCountInString(text) >= 3
			phrases = append(phrases, quoted(text))
			scans, args = append(scans, "instr(t.text, ?) > 0"), append(args, text)
		}
		if indexed {
			match = append(match, "("+strings.Join(phrases, " OR ")+")")
		} else {
			w.Add("("+strings.Join(scans, " OR ")+")", args...)
		}
	}
	if len(match) > 0 {
		table := searchIndex(k, s.Livemode)
		from = table + " f JOIN " + from + " ON t.seq = f.rowid"
		w.Add("f."+table+" MATCH ?", strings.Join(match, " AND "))
	}
	w.Add("t.livemode = ?", s.Livemode)
	return from, w
}
