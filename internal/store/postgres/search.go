package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"clientele.dev"

	"clientele.dev/internal/store"
)

// lineFeed stands around every field in customer_texts. No folded text holds one.
const lineFeed = "\n"

// like writes a text as a pattern of LIKE.
func like(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// addTerm adds the condition that a term's text occurs.
func addTerm(w *where, mode clientele.Mode, term store.Term) {
	switch {
	case term.Key != "":
		w.add(`(t.customer_id, t.seq) IN (SELECT customer_id, seq FROM customer_metadata WHERE livemode = ? AND key = ?
			AND position(? IN coalesce(folded, value)) > 0)`, mode, term.Key, term.Text)
	default:
		addText(w, []string{"t.text"}, writings(term)) // which the index knows
		if term.Field != "" {
			addText(w, linesOf(term.Field), writings(term))
		}
	}
}

// writings are the ways in which a term is written.
func writings(term store.Term) []string {
	if term.Or == "" {
		return []string{term.Text}
	}
	return []string{term.Text, term.Or}
}

// addText adds the condition that one of several writings occurs in one of several texts.
func addText(w *where, texts, writings []string) {
	var ways []string
	var args []any
	for _, text := range texts {
		for _, writing := range writings {
			ways, args = append(ways, text+" LIKE ?"), append(args, "%"+like(writing)+"%")
		}
	}
	w.add("("+strings.Join(ways, " OR ")+")", args...)
}

// linesOf writes the lines of customer_texts that are a field, in the order of [store.SearchTexts].
func linesOf(field store.SearchField) []string {
	lines := []string{lineOf(slices.Index(store.SearchFields[:], field))}
	if field == "name" {
		lines = append(lines, lineOf(len(store.SearchFields))) // its German writing
	}
	return lines
}

func lineOf(n int) string { return fmt.Sprintf("split_part(t.text, chr(10), %d)", n+2) }

// rank writes how well a customer matches: 0 when a field is the whole query, 1 when one starts with it, 2 otherwise.
func rank(w *where, whole *store.Term) string {
	if whole == nil {
		return "2"
	}
	texts, before, after := []string{"t.text"}, "%"+lineFeed, lineFeed+"%"
	if whole.Field != "" {
		texts, before, after = linesOf(whole.Field), "", ""
	}
	var is, starts []string
	for _, text := range texts {
		for _, writing := range writings(*whole) {
			w.args = append(w.args, before+like(writing)+after, before+like(writing)+"%")
			n := len(w.args)
			is = append(is, fmt.Sprintf("%s LIKE $%d", text, n-1))
			starts = append(starts, fmt.Sprintf("%s LIKE $%d", text, n))
		}
	}
	return fmt.Sprintf("CASE WHEN %s THEN 0 WHEN %s THEN 1 ELSE 2 END", strings.Join(is, " OR "),
		strings.Join(starts, " OR "))
}

// SearchCustomers implements [store.Customers].
func (t *tx) SearchCustomers(s store.CustomerSearch) (page []store.Record, count int64, err error) {
	var w where
	w.add("t.livemode = ?", s.Livemode)
	for _, term := range s.Terms {
		addTerm(&w, s.Livemode, term)
	}
	if s.Phone != "" {
		byPhone := where{args: w.args}
		for _, term := range s.PhoneTerms {
			addTerm(&byPhone, s.Livemode, term)
		}
		w.args = byPhone.args
		w.add("("+byPhone.String()+" OR (t.text LIKE ? AND "+linesOf("phone")[0]+" LIKE ?))",
			"%"+s.Phone+"%", "%"+s.Phone+"%")
	}
	conditions := w.String()
	query := ""
	if len(s.Order) > 0 {
		query = inOrder("customer_texts", "customers o ON o.id = m.customer_id", s.Order, w)
	} else {
		ranked := rank(&w, s.Whole)
		n := len(w.args)
		query = fmt.Sprintf(`WITH matches AS MATERIALIZED (SELECT t.seq, %s AS rank FROM customer_texts t WHERE %s)
			SELECT (SELECT count(*) FROM matches), seq FROM (SELECT seq, rank FROM matches ORDER BY rank, seq DESC
				LIMIT $%d OFFSET $%d) page ORDER BY rank, seq DESC`, ranked, conditions, n+1, n+2)
	}
	seqs, count, err := t.matches(query, s.Limit, s.Offset, w.args)
	if err != nil || len(seqs) == 0 {
		return nil, count, err
	}
	recs, err := t.customers(" WHERE seq = ANY($1)", seqs)
	return inOrderOf(seqs, recs, func(rec store.Record) int64 { return rec.Seq }), count, err
}

// matches reads a statement that answers the number of matches and the positions of a page of them. One beyond the last
// page answers no row, and the number is asked for again.
func (t *tx) matches(query string, limit, offset int64, args []any) (seqs []int64, count int64, err error) {
	read := func(r pgx.Rows) error {
		var seq int64
		err := r.Scan(&count, &seq)
		seqs = append(seqs, seq)
		return err
	}
	if err := t.eachUnprepared(read, query, append(slices.Clone(args), limit, offset)...); err != nil {
		return nil, 0, err
	}
	if len(seqs) == 0 && (offset > 0 || limit == 0) {
		err = t.eachUnprepared(read, query, append(slices.Clone(args), int64(1), int64(0))...)
		seqs = nil
	}
	return seqs, count, err
}

// inOrder writes a statement for [tx.matches]: the texts that the conditions select, in an order of the objects o that
// they are of. Those are read only for an order that is not the time's, which the texts have.
func inOrder(texts, objects string, order []store.Order, w where) string {
	from := "matches o"
	if !byTime(order) {
		from = "matches m JOIN " + objects
	}
	n := len(w.args)
	return fmt.Sprintf(`WITH matches AS MATERIALIZED (SELECT t.customer_id, t.seq FROM %s t WHERE %s)
		SELECT (SELECT count(*) FROM matches), o.seq FROM %s ORDER BY %s LIMIT $%d OFFSET $%d`,
		texts, w.String(), from, orderOf("o.", order), n+1, n+2)
}

// SearchInvoices implements [store.Invoices].
func (t *tx) SearchInvoices(s store.TextSearch) ([][]byte, int64, error) {
	return t.searchTexts("invoice_texts", "invoices", s)
}

// SearchPayments implements [store.Payments].
func (t *tx) SearchPayments(s store.TextSearch) ([][]byte, int64, error) {
	return t.searchTexts("payment_texts", "payments", s)
}

// SearchRefunds implements [store.Refunds].
func (t *tx) SearchRefunds(s store.TextSearch) ([][]byte, int64, error) {
	return t.searchTexts("refund_texts", "refunds", s)
}

func (t *tx) searchTexts(texts, table string, s store.TextSearch) (docs [][]byte, count int64, err error) {
	var w where
	w.add("t.livemode = ?", s.Livemode)
	for _, writings := range s.Terms {
		addText(&w, []string{"t.text"}, writings)
	}
	query := inOrder(texts, table+" o ON o.customer_id = m.customer_id AND o.seq = m.seq", s.Order, w)
	seqs, count, err := t.matches(query, s.Limit, s.Offset, w.args)
	if err != nil || len(seqs) == 0 {
		return nil, count, err
	}
	docs, err = t.documentsAt(table, "", seqs)
	return docs, count, err
}
