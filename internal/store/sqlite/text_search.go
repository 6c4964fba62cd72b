package sqlite

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// searched is a kind of objects that search finds by one text each.
type searched struct{ name, table string }

var (
	searchedInvoices = searched{"invoice", "invoices"}
	searchedPayments = searched{"payment", "payments"}
	searchedRefunds  = searched{"refund", "refunds"}
)

func (k searched) texts() string { return k.name + "_texts" }

// index is the index of the three-letter pieces of the texts, one a mode.
func (k searched) index(mode clientele.Mode) string {
	if mode {
		return k.name + "_search_live"
	}
	return k.name + "_search_test"
}

// reindexText makes an object findable by a text in place of its former one; "" makes it not findable.
func (t *tx) reindexText(k searched, seq int64, mode clientele.Mode, text string) error {
	var old string
	read := func(r row) error { old = r.text(0); return nil }
	if err := t.each("SELECT text FROM "+k.texts()+" WHERE seq = $1", read, seq); err != nil || old == text {
		return err
	}
	if old != "" {
		if err := t.run("DELETE FROM "+k.texts()+" WHERE seq = $1", seq); err != nil {
			return err
		}
		if err := t.indexText(k.index(mode), seq, ""); err != nil {
			return err
		}
	}
	if text == "" {
		return nil
	}
	err := t.run("INSERT INTO "+k.texts()+" (seq, livemode, text) VALUES ($1, $2, $3)", seq, mode, text)
	if err != nil {
		return err
	}
	return t.indexText(k.index(mode), seq, text)
}

// SearchInvoices implements [store.Tx].
func (t *tx) SearchInvoices(s store.TextSearch) ([][]byte, int64, error) {
	return t.searchTexts(searchedInvoices, s)
}

// SearchPayments implements [store.Tx].
func (t *tx) SearchPayments(s store.TextSearch) ([][]byte, int64, error) {
	return t.searchTexts(searchedPayments, s)
}

// SearchRefunds implements [store.Tx].
func (t *tx) SearchRefunds(s store.TextSearch) ([][]byte, int64, error) {
	return t.searchTexts(searchedRefunds, s)
}

func (t *tx) searchTexts(k searched, s store.TextSearch) (docs [][]byte, count int64, err error) {
	from, w := textSearch(k, s)
	err = t.scan(func() error {
		read := func(r row) error { count = r.int(0); return nil }
		if err := t.eachUnprepared("SELECT count(*) FROM "+from+" WHERE "+w.String(), read, w.args...); err != nil {
			return err
		}
		by := "t."
		if !byTime(s.Order) {
			from, by = from+" JOIN "+k.table+" o ON o.seq = t.seq", "o."
		}
		args, n := w.with(s.Limit, s.Offset)
		seqs, err := t.seqs(fmt.Sprintf("SELECT t.seq FROM %s WHERE %s ORDER BY %s LIMIT $%d OFFSET $%d", from, w.String(),
			orderOf(by, s.Order), n, n+1), args)
		if err != nil {
			return err
		}
		docs, err = t.docs(k.table, seqs)
		return err
	})
	return docs, count, err
}

// textSearch writes a search as the rest of a statement after its FROM: long words are looked up in the index of
// three-letter pieces, short ones scanned for.
func textSearch(k searched, s store.TextSearch) (from string, w where) {
	from = k.texts() + " t"
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
			w.add("("+strings.Join(scans, " OR ")+")", args...)
		}
	}
	if len(match) > 0 {
		table := k.index(s.Livemode)
		from = table + " f JOIN " + from + " ON t.seq = f.rowid"
		w.add("f."+table+" MATCH ?", strings.Join(match, " AND "))
	}
	w.add("t.livemode = ?", s.Livemode)
	return from, w
}
