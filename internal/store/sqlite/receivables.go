package sqlite

import (
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// Outstanding implements [store.Tx]. An invoice that has long been settled is not looked at.
func (t *tx) Outstanding(f store.OutstandingFilter, fn func(store.UnpaidAmount)) error {
	var w sql.Where
	w.Add("i.livemode = ?", f.Livemode)
	w.Add("i.settled_at > ?", f.SettledAfter)
	w.Add("i.seq < ?", f.Until)
	w.Add("i.date <= ?", int64(f.Day))
	w.Given("i.customer_id", f.CustomerID)
	w.Given("i.currency_id", f.CurrencyID)
	w.Add("l.seq < ?", f.Until)
	w.Add("l.date <= ?", int64(f.Day))
	var one invoiceParts
	err := t.interruptible(func() error { // the first is the outer loop: an invoice's movements come one after the other
		return t.eachVariant(`SELECT i.seq, i.customer_id, i.currency_id, i.due_date, i.due_day, l.reason, l.receivable
			FROM invoices i CROSS JOIN ledger l ON l.invoice_id = i.id AND l.invoice_id <> '' WHERE `+w.String(),
			func(r row) error {
				part, err := store.StoredAmount(r.text(2), r.text(6))
				if err != nil {
					return err
				}
				return one.add(r.seq(0), store.UnpaidAmount{
					CustomerID: r.text(1), DueDate: r.int(3), DueDay: clientele.Day(r.int(4)), Left: part,
				}, clientele.BalanceReason(r.text(5)), fn)
			}, w.Args...)
	})
	one.end(fn)
	return err
}

// invoiceParts adds up what is left to pay on invoices of which the movements come one after the other.
type invoiceParts struct {
	seq   store.Position
	one   store.UnpaidAmount
	marks int // how often it was marked uncollectible more than opened again
}

// add adds a movement of an invoice, its part being what is left; fn is called with the one before once another begins.
func (p *invoiceParts) add(
	seq store.Position, of store.UnpaidAmount, reason clientele.BalanceReason, fn func(store.UnpaidAmount),
) (err error) {
	switch reason {
	case clientele.ReasonUncollectible:
		defer func() { p.marks++ }()
	case clientele.ReasonReopened:
		defer func() { p.marks-- }()
	}
	if seq != p.seq {
		p.end(fn)
		*p = invoiceParts{seq: seq, one: of}
		return nil
	}
	p.one.Left, err = p.one.Left.Add(of.Left)
	return err
}

// end calls fn with the last one.
func (p *invoiceParts) end(fn func(store.UnpaidAmount)) {
	if p.seq == 0 || p.one.Left.Sign() == 0 {
		return
	}
	p.one.Status = clientele.InvoiceOpen
	if p.marks > 0 {
		p.one.Status = clientele.InvoiceUncollectible
	}
	fn(p.one)
}

// UnappliedCustomers implements [store.Tx].
func (t *tx) UnappliedCustomers(f store.OutstandingFilter) (ids []string, err error) {
	query, args := "SELECT DISTINCT customer_id FROM payments WHERE livemode = $1 AND ", []any{f.Livemode}
	if f.Now {
		query += "unallocated <> '0'"
	} else {
		query += "seq < $2 AND (unallocated <> '0' OR updated_at > $3)"
		args = append(args, f.Until, f.SettledAfter)
	}
	err = t.interruptible(func() error {
		err := t.each(query, func(r row) error { ids = append(ids, r.text(0)); return nil }, args...)
		if err != nil {
			return err
		}
		const ahead = "SELECT DISTINCT customer_id FROM ledger WHERE livemode = $1 AND date > $2 AND date > recorded_day"
		return t.each(ahead, func(r row) error { ids = append(ids, r.text(0)); return nil }, f.Livemode, int64(f.Day))
	})
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// UnpaidAmounts implements [store.Tx].
func (t *tx) UnpaidAmounts(f store.UnpaidFilter, fn func(store.UnpaidAmount)) error {
	var w sql.Where
	w.Given("customer_id", f.CustomerID)
	w.Add("status IN ('open', 'uncollectible') AND remaining <> '0'")
	w.Add("+livemode = ?", f.Livemode)
	w.Given("currency_id", f.CurrencyID)
	w.Add("date <= ?", int64(f.Issued))
	return t.interruptible(func() error {
		// The index has all that is asked for.
		return t.eachVariant(`SELECT customer_id, status, due_date, due_day, currency_id, remaining
			FROM invoices INDEXED BY invoices_unpaid WHERE `+w.String(), func(r row) error {
			left, err := store.StoredAmount(r.text(4), r.text(5))
			if err == nil {
				fn(store.UnpaidAmount{
					CustomerID: r.text(0), Status: clientele.InvoiceStatus(r.text(1)), DueDate: r.int(2),
					DueDay: clientele.Day(r.int(3)), Left: left,
				})
			}
			return err
		}, w.Args...)
	})
}

// UnpaidInvoices implements [store.Tx].
func (t *tx) UnpaidInvoices(
	customerID string, status clientele.InvoiceStatus,
) (list []store.UnpaidInvoice, err error) {
	err = t.each(`SELECT due_day, currency_id, remaining, doc FROM invoices
		WHERE customer_id = $1 AND status = $2 AND remaining <> '0' ORDER BY seq`, func(r row) error {
		i := store.UnpaidInvoice{DueDay: clientele.Day(r.int(0)), JSON: r.bytes(3)}
		err := r.amounts(2, r.text(1), &i.Left)
		list = append(list, i)
		return err
	}, customerID, string(status))
	return list, err
}
