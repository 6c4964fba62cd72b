package sqlite

import (
	"strconv"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// LedgerEnd implements [store.Ledger].
func (t *tx) LedgerEnd(customerID, currencyID string, before store.Position) (end store.LedgerEnd, err error) {
	zero := clientele.Zero(currencyID)
	end = store.LedgerEnd{Receivable: zero, Credit: zero, Unapplied: zero}
	last := func(r row) error { end.Seq = r.seq(0); return nil }
	err = t.each("SELECT seq FROM ledger WHERE customer_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT 1", last,
		customerID, before)
	if err != nil {
		return end, err
	}
	// The planner would take the index by date as well, and sort what it finds.
	err = t.each(`SELECT ending_receivable, ending_credit, ending_unapplied, last_date
		FROM ledger INDEXED BY ledger_by_currency
		WHERE customer_id = $1 AND currency_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT 1`, func(r row) error {
		end.LastDate = clientele.Day(r.int(3))
		return r.amounts(0, currencyID, &end.Receivable, &end.Credit, &end.Unapplied)
	}, customerID, currencyID, before)
	return end, err
}

// LastInOrder implements [store.Ledger].
func (t *tx) LastInOrder(
	customerID, currencyID string, place store.BookPlace, before store.Position,
) (end store.LedgerEnd, err error) {
	zero := clientele.Zero(currencyID)
	end = store.LedgerEnd{Receivable: zero, Credit: zero, Unapplied: zero}
	err = t.each(`SELECT seq, ending_receivable, ending_credit, ending_unapplied, last_date
		FROM ledger INDEXED BY ledger_by_date
		WHERE customer_id = $1 AND currency_id = $2 AND (date, seq) < ($3, $4) AND date = last_date AND seq < $5
		ORDER BY date DESC, seq DESC LIMIT 1`, func(r row) error {
		end.Seq, end.LastDate = r.seq(0), clientele.Day(r.int(4))
		return r.amounts(1, currencyID, &end.Receivable, &end.Credit, &end.Unapplied)
	}, customerID, currencyID, int64(place.Date), place.Seq, before)
	return end, err
}

// amounts reads amounts of a currency from columns that follow each other.
func (r row) amounts(first int, currency string, targets ...*clientele.Amount) (err error) {
	for i, target := range targets {
		if *target, err = store.StoredAmount(currency, r.text(first+i)); err != nil {
			return err
		}
	}
	return nil
}

// AppendToLedger implements [store.Ledger].
func (t *tx) AppendToLedger(movements []store.Movement) error {
	for _, m := range movements {
		values, err := sql.MovementValues(m)
		if err == nil {
			err = t.run(sql.InsertMovement, values...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var selectMovements = sql.SelectMovements("")

// movement reads a row of selectMovements.
func (r row) movement() (store.Movement, error) {
	m := sql.MovementRow{DueDate: r.int(11), Metadata: r.bytes(19)}
	m.Seq, m.RecordedDay, m.LastDate = r.seq(0), clientele.Day(r.int(22)), clientele.Day(r.int(23))
	m.BalanceTransaction = clientele.BalanceTransaction{
		ID: r.text(1), Livemode: clientele.Mode(r.int(2) == 1), CustomerID: r.text(3),
		CurrencyID: r.text(4), Reason: clientele.BalanceReason(r.text(5)), InvoiceID: r.text(6), PaymentID: r.text(7),
		CreditNoteID: r.text(8), RefundID: r.text(9), Reverses: r.text(10), Description: r.text(18),
		RequestedBy: r.text(20), Date: clientele.Day(r.int(21)),
	}
	for i := range m.Units {
		m.Units[i] = r.text(12 + i)
	}
	return m.Whole()
}

// Movements implements [store.Ledger].
func (t *tx) Movements(f store.MovementFilter, fn func(store.Movement) error) error {
	// The + keeps the planner from walking all of the customer's.
	w, order := sql.OfMovements(f, "invoice_id = ? AND invoice_id <> '' AND +customer_id = ?",
		"payment_id = ? AND payment_id <> '' AND +customer_id = ?")
	return t.interruptible(func() error {
		return t.eachVariant(selectMovements+w.String()+order, func(r row) error {
			m, err := r.movement()
			if err != nil {
				return err
			}
			return fn(m)
		}, w.Args...)
	})
}

// ListLedger implements [store.Ledger].
func (t *tx) ListLedger(q store.Query) (page []store.Movement, count int64, err error) {
	err = t.interruptible(func() error {
		var seqs []store.Position
		if seqs, count, err = t.page(store.Movements, q); err != nil {
			return err
		}
		for _, seq := range seqs {
			err := t.each(selectMovements+"customer_id = $1 AND seq = $2", func(r row) error {
				m, err := r.movement()
				page = append(page, m)
				return err
			}, q.CustomerID(), seq)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return page, count, err
}

// AddToSums implements [store.Sums].
func (t *tx) AddToSums(mode clientele.Mode, parts []store.SumPart) error {
	add := t.addToSum
	if t.later != nil {
		add = t.later.add
	}
	for _, p := range parts {
		for _, cell := range p.Cells() {
			if err := add(sumKey{mode, p.Figure, cell, p.Amount.Currency(), p.DueDay}, p.Amount); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sums implements [store.Sums].
func (t *tx) Sums(mode clientele.Mode, figures []store.Figure, dates store.Days, fn func(store.SumPart)) error {
	return t.sumsIn(mode, figures, store.CellsOf(dates), fn)
}

// LateSums implements [store.Sums].
func (t *tx) LateSums(
	mode clientele.Mode, figures []store.Figure, dates, recorded store.Days, fn func(store.SumPart),
) error {
	return t.sumsIn(mode, figures, store.LateCellsOf(dates, recorded), fn)
}

func (t *tx) sumsIn(
	mode clientele.Mode, figures []store.Figure, ranges []store.CellRange, fn func(store.SumPart),
) error {
	return t.scan(func() error {
		for _, figure := range figures {
			sums := runningSums{few: map[sumOf]int64{}, many: map[sumOf]clientele.Amount{}}
			for _, r := range ranges {
				err := t.each(`SELECT currency_id, due_day, amount FROM ledger_sums
					WHERE livemode = $1 AND figure = $2 AND level = $3 AND bucket BETWEEN $4 AND $5
						AND second BETWEEN $6 AND $7`,
					func(r row) error { return sums.add(sumOf{r.text(0), r.int(1)}, r.text(2)) },
					mode, string(figure), int64(r.Level), r.Bucket.First, r.Bucket.Last, r.Second.First, r.Second.Last)
				if err != nil {
					return err
				}
			}
			sums.each(func(of sumOf, amount clientele.Amount) {
				fn(store.SumPart{Figure: figure, DueDay: of.dueDay, Amount: amount})
			})
		}
		return nil
	})
}

// sumOf is what a sum of a figure is of.
type sumOf struct {
	currency string
	dueDay   int64
}

// runningSums adds up sums, of which there are thousands: those that an int64 holds without making an amount of each.
type runningSums struct {
	few  map[sumOf]int64
	many map[sumOf]clientele.Amount
}

func (s runningSums) add(of sumOf, units string) error {
	n, err := strconv.ParseInt(units, 10, 64)
	before := s.few[of]
	if sum := before + n; err == nil && (sum >= before) == (n >= 0) {
		s.few[of] = sum
		return nil
	}
	amount, err := store.StoredAmount(of.currency, units)
	if sum, begun := s.many[of]; begun && err == nil {
		amount, err = amount.Add(sum)
	}
	s.many[of] = amount
	return err
}

func (s runningSums) each(fn func(sumOf, clientele.Amount)) {
	for of, n := range s.few {
		fn(of, clientele.NewAmount(of.currency, n))
	}
	for of, amount := range s.many {
		fn(of, amount)
	}
}

// StoredSums implements [store.Sums].
func (t *tx) StoredSums(fn func(clientele.Mode, store.SumCell, store.SumPart)) error {
	return t.scan(func() error {
		return t.eachVariant(`SELECT livemode, level, bucket, second, figure, currency_id, due_day, amount
			FROM ledger_sums`,
			func(r row) error {
				p := store.SumPart{Figure: store.Figure(r.text(4)), DueDay: r.int(6)}
				err := r.amounts(7, r.text(5), &p.Amount)
				fn(clientele.Mode(r.int(0) == 1), store.SumCell{Level: int(r.int(1)), Bucket: r.int(2), Second: r.int(3)}, p)
				return err
			})
	})
}

// UndatedCustomers implements [store.Undated].
func (t *tx) UndatedCustomers(limit int64) (ids []string, err error) {
	err = t.each("SELECT DISTINCT customer_id FROM ledger WHERE recorded_day = 0 LIMIT $1",
		func(r row) error { ids = append(ids, r.text(0)); return nil }, limit)
	return ids, err
}

// DateMovements implements [store.Undated].
func (t *tx) DateMovements(movements []store.Movement) error {
	for _, m := range movements {
		if err := t.run(sql.DateMovement, sql.DatesOf(m)...); err != nil {
			return err
		}
	}
	return nil
}
