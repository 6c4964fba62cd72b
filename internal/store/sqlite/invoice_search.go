package sqlite

import (
	"strings"
	"unicode/utf8"

	"clientele.dev"
	"clientele.dev/internal/store"
)

func invoiceSearchTable(mode clientele.Mode) string {
	if mode {
		return "invoice_search_live"
	}
	return "invoice_search_test"
}

// reindexInvoiceText makes an invoice findable by a text in place of its former one; "" makes it not findable.
func (t *tx) reindexInvoiceText(seq int64, mode clientele.Mode, text string) error {
	var old string
	read := func(r row) error { old = r.text(0); return nil }
	if err := t.each("SELECT text FROM invoice_texts WHERE seq = $1", read, seq); err != nil || old == text {
		return err
	}
	if old != "" {
		if err := t.run("DELETE FROM invoice_texts WHERE seq = $1", seq); err != nil {
			return err
		}
		if err := t.run("DELETE FROM "+invoiceSearchTable(mode)+" WHERE rowid = $1", seq); err != nil {
			return err
		}
	}
	if text == "" {
		return nil
	}
	err := t.run("INSERT INTO invoice_texts (seq, livemode, text) VALUES ($1, $2, $3)", seq, mode, text)
	if err != nil {
		return err
	}
	return t.run("INSERT INTO "+invoiceSearchTable(mode)+" (rowid, text) VALUES ($1, $2)", seq, text)
}

// SearchInvoices implements [store.Tx].
func (t *tx) SearchInvoices(s store.InvoiceSearch) (docs [][]byte, count int64, err error) {
	from, w := invoiceSearch(s)
	err = t.interruptible(func() error {
		read := func(r row) error { count = r.int(0); return nil }
		if err := t.eachOnce("SELECT count(*) FROM "+from+" WHERE "+w.String(), read, w.args...); err != nil {
			return err
		}
		conditions := w.String()
		w.add("LIMIT ?", s.Limit)
		w.add("OFFSET ?", s.Offset)
		page := strings.Join(w.conditions[len(w.conditions)-2:], " ")
		seqs, err := t.seqs("SELECT t.seq FROM "+from+" WHERE "+conditions+" ORDER BY t.seq DESC "+page, w.args)
		if err != nil {
			return err
		}
		docs, err = t.docs("invoices", seqs)
		return err
	})
	return docs, count, err
}

// invoiceSearch writes a search as the rest of a statement after its FROM: long words are looked up in the index of
// three-letter pieces, short ones scanned for.
func invoiceSearch(s store.InvoiceSearch) (from string, w where) {
	from = "invoice_texts t"
	var match []string
	for _, term := range s.Terms {
		if utf8.RuneCountInString(term) >= 3 {
			match = append(match, `"`+strings.ReplaceAll(term, `"`, `""`)+`"`)
		} else {
			w.add("instr(t.text, ?) > 0", term)
		}
	}
	if len(match) > 0 {
		table := invoiceSearchTable(s.Livemode)
		from = table + " f JOIN invoice_texts t ON t.seq = f.rowid"
		w.add("f."+table+" MATCH ?", strings.Join(match, " AND "))
	}
	w.add("t.livemode = ?", s.Livemode)
	return from, w
}
