package sqlite

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// Search implements [store.Described].
func (t *tx) Search(k *store.Kind, s store.TextSearch) (page []store.Record, count int64, err error) {
	from, w := textSearch(k, s)
	err = t.scan(func() error {
		query := "SELECT count(*) FROM " + from + " WHERE " + w.String()
		if err := t.eachUnprepared(query, into(&count), w.Args...); err != nil {
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
