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
		t.run(`INSERT INTO ledger_sum_changes (part, livemode, figure, day, currency_id, due_day, change)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, t.store.sumPart(p), mode, string(p.Figure), p.Day, p.Amount.Currency(),
			p.DueDay, p.Amount.String())
	}
	return nil
}

// summingLedger moves the noted changes into the sums, and says how many.
const summingLedger = `WITH gone AS (
		DELETE FROM ledger_sum_changes RETURNING part, livemode, figure, day, currency_id, due_day, change
	), summed AS (
		INSERT INTO ledger_sums AS n (part, livemode, figure, level, bucket, currency_id, due_day, amount)
		SELECT part, livemode, figure, level, day >> (level * 5), currency_id, due_day, sum(change)
			FROM gone CROSS JOIN unnest(ARRAY[0, 1]) level GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
		ON CONFLICT (livemode, figure, level, bucket, currency_id, due_day, part)
			DO UPDATE SET amount = n.amount + excluded.amount
	) SELECT count(*) FROM gone`

// Sums implements [store.Sums].
func (t *tx) Sums(mode clientele.Mode, figures []store.Figure, from, to int64, fn func(store.SumPart)) error {
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
	for _, days := range store.SumRanges(from, to) {
		t.read(read, `SELECT figure, currency_id, due_day, sum(amount)::text FROM ledger_sums
			WHERE livemode = $1 AND figure = ANY($2) AND level = $3 AND bucket BETWEEN $4 AND $5
			GROUP BY figure, currency_id, due_day`, mode, names, days.Level, days.First, days.Last)
	}
	return t.each(read, `SELECT figure, currency_id, due_day, sum(change)::text FROM ledger_sum_changes
		WHERE livemode = $1 AND figure = ANY($2) AND day BETWEEN $3 AND $4 GROUP BY figure, currency_id, due_day`,
		mode, names, from, to)
}

// StoredSums implements [store.Sums].
func (t *tx) StoredSums(fn func(clientele.Mode, int, store.SumPart)) error {
	return t.each(func(r pgx.Rows) error {
		var mode clientele.Mode
		var level int
		var currency, units string
		var p store.SumPart
		err := r.Scan(&mode, &level, (*string)(&p.Figure), &p.Day, &currency, &p.DueDay, &units)
		if err == nil {
			p.Amount, err = store.StoredAmount(currency, units)
		}
		fn(mode, level, p)
		return err
	}, `SELECT livemode, level, figure, bucket, currency_id, due_day, sum(amount)::text FROM (
			SELECT livemode, level::bigint, figure, bucket, currency_id, due_day, amount FROM ledger_sums
			UNION ALL
			SELECT livemode, level, figure, day >> (level * 5)::int, currency_id, due_day, change
				FROM ledger_sum_changes CROSS JOIN unnest(ARRAY[0, 1]::bigint[]) level
		) sums GROUP BY 1, 2, 3, 4, 5, 6`)
}
