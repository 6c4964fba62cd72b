package billing

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// CustomerBooks is a customer with all that belongs to it, each oldest first.
type CustomerBooks struct {
	Customer    clientele.Customer
	Invoices    []clientele.Invoice
	Payments    []clientele.Payment
	CreditNotes []clientele.CreditNote
	Refunds     []clientele.Refund
	Movements   []clientele.BalanceTransaction
}

// ExportCustomers calls fn with every customer, and what belongs to it, in the order in which they were created.
func (s *Service) ExportCustomers(ctx context.Context, f ExportFilter, fn func(CustomerBooks) error) error {
	const step = 100
	e := exporting{Service: s, ExportFilter: f}
	if err := s.store.View(ctx, e.begin); err != nil {
		return err
	}
	for seq := store.Beginning; ; {
		var rows []store.StoredRow
		var all []CustomerBooks
		err := s.scanStore(ctx, func(tx store.Tx) (err error) {
			all = nil
			if rows, err = tx.RowsAfter(store.Customers.Kind, seq, step); err != nil {
				return err
			}
			for _, r := range rows {
				if !e.wants(r.Livemode, r.ID) {
					continue
				}
				books, there, err := e.books(tx, r)
				if err != nil {
					return err
				}
				if there {
					all = append(all, books)
				}
			}
			return nil
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		seq = rows[len(rows)-1].Seq
		for _, books := range all {
			if err := fn(books); err != nil {
				return err
			}
		}
	}
}

// books reads a customer with what belongs to it, and says whether it was there.
func (e *exporting) books(tx store.Tx, r store.StoredRow) (b CustomerBooks, there bool, err error) {
	doc, err := e.doc(tx, store.Customers.Kind, r)
	if err != nil || doc == nil {
		return b, false, err
	}
	if err := json.Unmarshal(doc, &b.Customer); err != nil {
		return b, false, err
	}
	if b.Invoices, err = docsOf[clientele.Invoice](e, tx, store.Invoices.Kind, r); err != nil {
		return b, false, err
	}
	if b.Payments, err = docsOf[clientele.Payment](e, tx, store.Payments.Kind, r); err != nil {
		return b, false, err
	}
	if b.CreditNotes, err = docsOf[clientele.CreditNote](e, tx, store.CreditNotes.Kind, r); err != nil {
		return b, false, err
	}
	if b.Refunds, err = docsOf[clientele.Refund](e, tx, store.Refunds.Kind, r); err != nil {
		return b, false, err
	}
	err = tx.Movements(e.movementsOf(r), func(m store.Movement) error {
		b.Movements = append(b.Movements, m.BalanceTransaction)
		return nil
	})
	return b, true, err
}

// docsOf reads a customer's objects of a kind, oldest first.
func docsOf[T any](e *exporting, tx store.Tx, k *store.Kind, r store.StoredRow) (all []T, err error) {
	recs, err := tx.Select(k, store.Of(r.Livemode, r.ID))
	for _, rec := range slices.Backward(recs) {
		doc, err := e.doc(tx, k, store.StoredRow{Record: rec, Livemode: r.Livemode, CustomerID: r.ID})
		if err != nil {
			return nil, err
		}
		if doc == nil {
			continue
		}
		var one T
		if err := json.Unmarshal(doc, &one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, err
}
