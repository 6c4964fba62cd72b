package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"clientele.dev"

	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// lineFeed stands around every field in customer_texts. No folded text holds one.
const lineFeed = "\n"

// like writes a text as a pattern of LIKE.
func like(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// addTerm adds the condition that a term's text occurs.
func addTerm(w *sql.Where, mode clientele.Mode, term store.Term) {
	switch {
	case term.Key != "":
		w.Add(`(t.customer_id, t.seq) IN (SELECT customer_id, seq FROM customer_metadata WHERE livemode = ? AND key = ?
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
func addText(w *sql.Where, texts, writings []string) {
	var ways []string
	var args []any
	for _, text := range texts {
		for _, writing := range writings {
			ways, args = append(ways, text+" LIKE ?"), append(args, "%"+like(writing)+"%")
		}
	}
	w.Add("("+strings.Join(ways, " OR ")+")", args...)
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
func rank(w *sql.Where, whole *store.Term) string {
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
			w.Args = append(w.Args, before+like(writing)+after, before+like(writing)+"%")
			n := len(w.Args)
			is = append(is, fmt.Sprintf("%s LIKE $%d", text, n-1))
			starts = append(starts, fmt.Sprintf("%s LIKE $%d", text, n))
		}
	}
	return fmt.Sprintf("CASE WHEN %s THEN 0 WHEN %s THEN 1 ELSE 2 END", strings.Join(is, " OR "),
		strings.Join(starts, " OR "))
}

// SearchCustomers implements [store.Customers].
func (t *tx) SearchCustomers(s store.CustomerSearch) (page []store.Record, count int64, err error) {
	var w sql.Where
	w.Add("t.livemode = ?", s.Livemode)
	for _, term := range s.Terms {
		addTerm(&w, s.Livemode, term)
	}
	if s.Phone != "" {
		byPhone := sql.Where{Args: w.Args}
		for _, term := range s.PhoneTerms {
			addTerm(&byPhone, s.Livemode, term)
		}
		w.Args = byPhone.Args
		w.Add("("+byPhone.String()+" OR (t.text LIKE ? AND "+linesOf("phone")[0]+" LIKE ?))",
			"%"+s.Phone+"%", "%"+s.Phone+"%")
	}
	conditions := w.String()
	query := ""
	if len(s.Order) > 0 {
		query = t.inOrder(store.Customers.Kind, s.Order, w)
	} else {
		ranked := rank(&w, s.Whole)
		n := len(w.Args)
		query = fmt.Sprintf(`WITH matches AS MATERIALIZED (SELECT t.seq, %s AS rank FROM customer_texts t WHERE %s)
			SELECT (SELECT count(*) FROM matches), seq FROM (SELECT seq, rank FROM matches ORDER BY rank, seq DESC
				LIMIT $%d OFFSET $%d) page ORDER BY rank, seq DESC`, ranked, conditions, n+1, n+2)
	}
	seqs, count, err := t.matches(query, s.Limit, s.Offset, w.Args)
	if err != nil || len(seqs) == 0 {
		return nil, count, err
	}
	page, err = t.recordsAt(store.Customers.Kind, "", seqs)
	return page, count, err
}

// matches reads a statement that answers the number of matches and the positions of a page of them. One beyond the last
// page answers no row, and the number is asked for again.
func (t *tx) matches(query string, limit, offset int64, args []any) (seqs []store.Position, count int64, err error) {
	read := func(r pgx.Rows) error {
		var seq store.Position
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
func (t *tx) inOrder(k *store.Kind, order []store.Order, w sql.Where) string {
	from := "matches o"
	if !store.ByTime(order) {
		from = "matches m JOIN " + k.Table + " o ON o." + k.Owner() + " = m.customer_id AND o.seq = m.seq"
	}
	n := len(w.Args)
	return fmt.Sprintf(`WITH matches AS MATERIALIZED (SELECT t.customer_id, t.seq FROM %s t WHERE %s)
		SELECT (SELECT count(*) FROM matches), o.seq FROM %s ORDER BY %s LIMIT $%d OFFSET $%d`,
		k.Texts(), w.String(), from, sql.OrderBy(t, k, "o.", order), n+1, n+2)
}

// Search implements [store.Described].
func (t *tx) Search(k *store.Kind, s store.TextSearch) (page []store.Record, count int64, err error) {
	var w sql.Where
	w.Add("t.livemode = ?", s.Livemode)
	for _, writings := range s.Terms {
		addText(&w, []string{"t.text"}, writings)
	}
	seqs, count, err := t.matches(t.inOrder(k, s.Order, w), s.Limit, s.Offset, w.Args)
	if err != nil || len(seqs) == 0 {
		return nil, count, err
	}
	page, err = t.recordsAt(k, "", seqs)
	return page, count, err
}
