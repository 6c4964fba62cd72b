package billing

import (
	"context"
	"runtime"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// auditedPart are customers, by their positions, who are looked at in one snapshot: a server may go on beside it.
type auditedPart struct {
	after, through store.Position
	customers      int64
	found          []Difference
}

// nextParts are the next customers from after a position on, a few parts for each core: some have many invoices.
func (s *Service) nextParts(ctx context.Context, after store.Position) (parts []*auditedPart, err error) {
	const customers, each = 25, 8
	err = s.store.Scan(ctx, func(tx store.Tx) error {
		rows, err := tx.RowsAfter(store.Customers.Kind, after, customers*each*int64(runtime.GOMAXPROCS(0)))
		parts = nil
		from := after
		for some := range slices.Chunk(rows, customers) {
			p := &auditedPart{after: from, through: some[len(some)-1].Seq, customers: int64(len(some))}
			parts, from = append(parts, p), p.through
		}
		return err
	})
	return parts, err
}

// auditPart looks at the customers of a part, also at those that have come between them meanwhile.
func (s *Service) auditPart(ctx context.Context, p *auditedPart) error {
	return s.store.Scan(ctx, func(tx store.Tx) error {
		p.found = nil // what a run of the function finds that was not the last one is not told
		for from := p.after; from < p.through; {
			rows, err := tx.RowsAfter(store.Customers.Kind, from, p.customers)
			if err != nil || len(rows) == 0 {
				return err
			}
			from = rows[len(rows)-1].Seq
			rows = slices.DeleteFunc(rows, func(r store.StoredRow) bool { return r.Seq > p.through })
			if err := p.auditRows(newReadOnce(tx), rows); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

// auditRows looks at some customers, the books of some of one mode at a time.
func (p *auditedPart) auditRows(tx *readOnce, rows []store.StoredRow) error {
	for len(rows) > 0 {
		var ids []string
		for _, r := range rows {
			if r.Livemode != rows[0].Livemode {
				break
			}
			ids = append(ids, r.ID)
		}
		books, err := tx.BooksOf(rows[0].Livemode, ids)
		if err != nil {
			return err
		}
		for i, of := range books {
			if err := audit(tx, rows[i].Record, of, func(d Difference) { p.found = append(p.found, d) }); err != nil {
				return err
			}
		}
		rows = rows[len(books):]
	}
	return nil
}

// readOnce is a snapshot that reads once what all customers need: the currencies and the closings.
type readOnce struct {
	store.Tx
	currencies map[string]currencyRead // by mode and id
	closed     map[clientele.Mode][]clientele.Closing
}

func newReadOnce(tx store.Tx) *readOnce {
	return &readOnce{tx, map[string]currencyRead{}, map[clientele.Mode][]clientele.Closing{}}
}

// closings are those of a mode.
func (r *readOnce) closings(mode clientele.Mode) (all []clientele.Closing, err error) {
	all, known := r.closed[mode]
	if !known {
		if all, err = closingsOf(r.Tx, mode); err == nil {
			r.closed[mode] = all
		}
	}
	return all, err
}

type currencyRead struct {
	currency clientele.PaymentCurrency
	found    bool
}

// PaymentCurrency implements [store.Tx].
func (r *readOnce) PaymentCurrency(mode clientele.Mode, id string) (clientele.PaymentCurrency, bool, error) {
	key := mode.String() + " " + id
	if of, known := r.currencies[key]; known {
		return of.currency, of.found, nil
	}
	c, found, err := r.Tx.PaymentCurrency(mode, id)
	if err == nil {
		r.currencies[key] = currencyRead{c, found}
	}
	return c, found, err
}

// countCustomers counts the customers of both modes, deleted ones too.
func countCustomers(tx store.Tx) (total int64, err error) {
	for _, q := range []store.Query{
		{Mode: clientele.Test}, {Mode: clientele.Live}, {Mode: clientele.Test, Deleted: true},
		{Mode: clientele.Live, Deleted: true},
	} {
		n, err := tx.Count(store.Customers.Kind, q)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}
