package postgres

import (
	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// LedgerEnd implements [store.Ledger].
func (t *tx) LedgerEnd(customerID, currencyID string, before store.Position) (end store.LedgerEnd, err error) {
	zero := clientele.Zero(currencyID)
	end = store.LedgerEnd{Receivable: zero, Credit: zero, Unapplied: zero}
	t.read(into(&end.Seq), "SELECT seq FROM ledger WHERE customer_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT 1",
		customerID, before)
	err = t.each(func(r pgx.Rows) error {
		units := [3]string{}
		if err := r.Scan(&units[0], &units[1], &units[2], &end.LastDate); err != nil {
			return err
		}
		return sql.Amounts(currencyID, units[:], &end.Receivable, &end.Credit, &end.Unapplied)
	}, `SELECT ending_receivable::text, ending_credit::text, ending_unapplied::text, last_date FROM ledger
		WHERE customer_id = $1 AND currency_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT 1`, customerID, currencyID, before)
	return end, err
}

// LastInOrder implements [store.Ledger].
func (t *tx) LastInOrder(
	customerID, currencyID string, place store.BookPlace, before store.Position,
) (end store.LedgerEnd, err error) {
	zero := clientele.Zero(currencyID)
	end = store.LedgerEnd{Receivable: zero, Credit: zero, Unapplied: zero}
	err = t.each(func(r pgx.Rows) error {
		units := [3]string{}
		if err := r.Scan(&end.Seq, &units[0], &units[1], &units[2], &end.LastDate); err != nil {
			return err
		}
		return sql.Amounts(currencyID, units[:], &end.Receivable, &end.Credit, &end.Unapplied)
	}, `SELECT seq, ending_receivable::text, ending_credit::text, ending_unapplied::text, last_date FROM ledger
		WHERE customer_id = $1 AND currency_id = $2 AND (date, seq) < ($3, $4) AND date = last_date AND seq < $5
		ORDER BY date DESC, seq DESC LIMIT 1`, customerID, currencyID, int64(place.Date), place.Seq, before)
	return end, err
}

// AppendToLedger implements [store.Ledger].
func (t *tx) AppendToLedger(movements []store.Movement) error {
	for _, m := range movements {
		values, err := sql.MovementValues(m)
		if err != nil {
			return err
		}
		t.run(sql.InsertMovement, values...)
	}
	return nil
}

var selectMovements = sql.SelectMovements("::text")

// scanMovement reads a row of selectMovements.
func scanMovement(r pgx.Rows) (store.Movement, error) {
	var m sql.MovementRow
	b, u := &m.BalanceTransaction, &m.Units
	err := r.Scan(&m.Seq, &b.ID, &b.Livemode, &b.CustomerID, &b.CurrencyID, (*string)(&b.Reason), &b.InvoiceID,
		&b.PaymentID, &b.CreditNoteID, &b.RefundID, &b.Reverses, &m.DueDate, &u[0], &u[1], &u[2], &u[3], &u[4], &u[5],
		&b.Description, &m.Metadata, &b.RequestedBy, &b.Date, &m.RecordedDay, &m.LastDate)
	if err != nil {
		return m.Movement, err
	}
	return m.Whole()
}

// Movements implements [store.Ledger].
func (t *tx) Movements(f store.MovementFilter, fn func(store.Movement) error) error {
	w, order := sql.OfMovements(f, "invoice_id = ? AND invoice_id <> '' AND customer_id = ?",
		"payment_id = ? AND payment_id <> '' AND customer_id = ?")
	return t.eachUnprepared(func(r pgx.Rows) error {
		m, err := scanMovement(r)
		if err != nil {
			return err
		}
		return fn(m)
	}, selectMovements+w.String()+order, w.Args...)
}

// ListLedger implements [store.Ledger].
func (t *tx) ListLedger(q store.Query) (page []store.Movement, count int64, err error) {
	seqs, count, err := t.page(listingOf(store.Movements, q))
	if err != nil || len(seqs) == 0 {
		return nil, count, err
	}
	err = t.each(func(r pgx.Rows) error {
		m, err := scanMovement(r)
		page = append(page, m)
		return err
	}, selectMovements+"customer_id = $1 AND seq = ANY($2)", q.CustomerID(), seqs)
	return inOrderOf(seqs, page, func(m store.Movement) store.Position { return m.Seq }), count, err
}

// AddToSums implements [store.Sums]. It only notes the changes, as countRow does.
func (t *tx) AddToSums(mode clientele.Mode, parts []store.SumPart) error {
	for _, p := range parts {
		t.run(`INSERT INTO ledger_sum_changes (part, livemode, figure, day, recorded_day, currency_id, due_day, change)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, t.store.sumPart(p), mode, string(p.Figure), p.Day, p.Recorded,
			p.Amount.Currency(), p.DueDay, p.Amount.String())
	}
	return nil
}

// sumCells are the sums that a noted change belongs to, as [store.SumPart.Cells] says.
const sumCells = ` CROSS JOIN LATERAL (VALUES (0, day, 0), (1, day >> 5, 0), (2, day, recorded_day),
		(3, day >> 5, recorded_day >> 5), (4, recorded_day, day >> 5)) AS cells (level, bucket, second)
	WHERE (level < 2 OR recorded_day <> day)`

// summingLedger moves the noted changes into the sums, and says how many.
const summingLedger = `WITH gone AS (
		DELETE FROM ledger_sum_changes RETURNING part, livemode, figure, day, recorded_day, currency_id, due_day, change
	), summed AS (
		INSERT INTO ledger_sums AS n (part, livemode, figure, level, bucket, second, currency_id, due_day, amount)
		SELECT part, livemode, figure, level, bucket, second, currency_id, due_day, sum(change)
			FROM gone` + sumCells + ` GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
		ON CONFLICT (livemode, figure, level, bucket, second, currency_id, due_day, part)
			DO UPDATE SET amount = n.amount + excluded.amount
	) SELECT count(*) FROM gone`

// Sums implements [store.Sums].
func (t *tx) Sums(mode clientele.Mode, figures []store.Figure, dates store.Days, fn func(store.SumPart)) error {
	return t.sumsIn(mode, figures, store.CellsOf(dates), fn,
		"day BETWEEN $3 AND $4", dates.First, dates.Last)
}

// LateSums implements [store.Sums].
func (t *tx) LateSums(
	mode clientele.Mode, figures []store.Figure, dates, recorded store.Days, fn func(store.SumPart),
) error {
	return t.sumsIn(mode, figures, store.LateCellsOf(dates, recorded), fn,
		"day BETWEEN $3 AND $4 AND recorded_day BETWEEN $5 AND $6 AND recorded_day <> day",
		dates.First, dates.Last, recorded.First, recorded.Last)
}

// sumsIn reads ranges of the sums, and what was noted since and meets a condition.
func (t *tx) sumsIn(
	mode clientele.Mode, figures []store.Figure, ranges []store.CellRange, fn func(store.SumPart), noted string,
	args ...any,
) error {
	names := make([]string, len(figures))
	for i, figure := range figures {
		names[i] = string(figure)
	}
	read := func(r pgx.Rows) error {
		var currency, units string
		var p store.SumPart
		err := r.Scan((*string)(&p.Figure), &currency, &p.DueDay, &units)
		if err == nil {
			p.Amount, err = store.StoredAmount(currency, units)
		}
		fn(p)
		return err
	}
	for _, r := range ranges {
		t.read(read, `SELECT figure, currency_id, due_day, sum(amount)::text FROM ledger_sums
			WHERE livemode = $1 AND figure = ANY($2) AND level = $3 AND bucket BETWEEN $4 AND $5
				AND second BETWEEN $6 AND $7
			GROUP BY figure, currency_id, due_day`, mode, names, r.Level, r.Bucket.First, r.Bucket.Last, r.Second.First,
			r.Second.Last)
	}
	return t.each(read, `SELECT figure, currency_id, due_day, sum(change)::text FROM ledger_sum_changes
		WHERE livemode = $1 AND figure = ANY($2) AND `+noted+" GROUP BY figure, currency_id, due_day",
		append([]any{mode, names}, args...)...)
}

// StoredSums implements [store.Sums].
func (t *tx) StoredSums(fn func(clientele.Mode, store.SumCell, store.SumPart)) error {
	return t.each(func(r pgx.Rows) error {
		var mode clientele.Mode
		var cell store.SumCell
		var currency, units string
		var p store.SumPart
		err := r.Scan(&mode, &cell.Level, &cell.Bucket, &cell.Second, (*string)(&p.Figure), &currency, &p.DueDay, &units)
		if err == nil {
			p.Amount, err = store.StoredAmount(currency, units)
		}
		fn(mode, cell, p)
		return err
	}, `SELECT livemode, level, bucket, second, figure, currency_id, due_day, sum(amount)::text FROM (
			SELECT livemode, level::bigint, bucket, second, figure, currency_id, due_day, amount FROM ledger_sums
			UNION ALL
			SELECT livemode, level, bucket, second, figure, currency_id, due_day, change FROM ledger_sum_changes`+sumCells+`
		) sums GROUP BY 1, 2, 3, 4, 5, 6, 7`)
}

// UndatedCustomers implements [store.Undated].
func (t *tx) UndatedCustomers(limit int64) (ids []string, err error) {
	err = t.each(appendTo(&ids), "SELECT DISTINCT customer_id FROM ledger WHERE recorded_day = 0 LIMIT $1", limit)
	return ids, err
}

// DateMovements implements [store.Undated].
func (t *tx) DateMovements(movements []store.Movement) error {
	for _, m := range movements {
		t.run(sql.DateMovement, sql.DatesOf(m)...)
	}
	return nil
}
