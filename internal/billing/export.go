package billing

import (
	"context"
	"slices"
	"time"

	"clientele.dev"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// ExportFilter says what is exported.
type ExportFilter struct {
	Modes    []clientele.Mode // of both when empty
	Customer string           // an id or DID: only this customer and what belongs to it, of the first mode; "" for all
	AsOf     clientele.Moment // everything as it was at this moment, or at the end of this day; now when zero
}

// exporting is an export under way.
type exporting struct {
	*Service
	ExportFilter
	of    string                       // the customer's id, "" for all
	until map[clientele.Mode]time.Time // when AsOf ends where each mode's business is; nil when AsOf is zero
}

// Export calls fn with every object as the API answers it, without what belongs to it, and with every movement: kind by
// kind, each in the order in which they were created. API keys are left out.
func (s *Service) Export(ctx context.Context, f ExportFilter, fn func(doc []byte) error) error {
	if len(f.Modes) == 0 {
		f.Modes = []clientele.Mode{clientele.Test, clientele.Live}
	}
	e := exporting{Service: s, ExportFilter: f}
	if err := s.store.View(ctx, e.begin); err != nil {
		return err
	}
	for _, k := range store.Kinds {
		if k.Private || e.of != "" && k.Small {
			continue
		}
		if err := e.kind(ctx, k, fn); err != nil {
			return err
		}
	}
	return e.ledgers(ctx, fn)
}

// begin finds the customer, and the moment of each mode.
func (e *exporting) begin(tx store.Tx) error {
	if e.Customer != "" {
		rec, err := findCustomerOrDeleted(tx, e.Modes[0], e.Customer)
		if err != nil {
			return err
		}
		e.of = rec.ID
	}
	if e.AsOf.IsZero() {
		return nil
	}
	e.until = map[clientele.Mode]time.Time{}
	for _, mode := range e.Modes {
		where, err := zone(tx, mode)
		if err != nil {
			return err
		}
		e.until[mode] = e.AsOf.End(where)
		if now := e.now(); e.until[mode].After(now) { // what happens while it exports is left out
			e.until[mode] = now
		}
	}
	return nil
}

// wants says whether an object of a mode and a customer is asked for.
func (e *exporting) wants(mode clientele.Mode, customer string) bool {
	return slices.Contains(e.Modes, mode) && (e.of == "" || customer == e.of)
}

// doc is an object as it is exported; nil when it was not there.
func (e *exporting) doc(tx store.Tx, k *store.Kind, r store.StoredRow) ([]byte, error) {
	if e.until != nil {
		return events.ObjectOn(tx, k, r, e.until[r.Livemode])
	}
	if r.DeletedAt != 0 {
		return nil, nil
	}
	return r.JSON, nil
}

// movementsOf selects the movements of a customer that are exported.
func (e *exporting) movementsOf(r store.StoredRow) store.MovementFilter {
	f := store.MovementFilter{CustomerID: r.ID}
	if e.until != nil {
		f.To = store.PositionAfter(e.until[r.Livemode].UnixMilli())
	}
	return f
}

// kind exports the objects of a kind, so many at a time that nobody waits for it.
func (e *exporting) kind(ctx context.Context, k *store.Kind, fn func(doc []byte) error) error {
	const step = 500
	for seq := store.Beginning; ; {
		var rows []store.StoredRow
		var docs [][]byte
		err := e.scanStore(ctx, func(tx store.Tx) (err error) {
			docs = nil
			if rows, err = tx.RowsAfter(k, seq, step); err != nil {
				return err
			}
			for _, r := range rows {
				owner := r.CustomerID
				if !k.Owned {
					owner = r.ID
				}
				if !e.wants(r.Livemode, owner) {
					continue
				}
				doc, err := e.doc(tx, k, r)
				if err != nil {
					return err
				}
				if doc != nil {
					docs = append(docs, doc)
				}
			}
			return nil
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		seq = rows[len(rows)-1].Seq
		for _, doc := range docs {
			if err := fn(doc); err != nil {
				return err
			}
		}
	}
}

// ledgers exports the movements of every customer, oldest first.
func (e *exporting) ledgers(ctx context.Context, fn func(doc []byte) error) error {
	const step = 100
	for seq := store.Beginning; ; {
		var rows []store.StoredRow
		var docs [][]byte
		err := e.scanStore(ctx, func(tx store.Tx) (err error) {
			docs = nil
			if rows, err = tx.RowsAfter(store.Customers.Kind, seq, step); err != nil {
				return err
			}
			for _, r := range rows {
				if !e.wants(r.Livemode, r.ID) {
					continue
				}
				err := tx.Movements(e.movementsOf(r), func(m store.Movement) error {
					doc, err := encodeObject(m.BalanceTransaction)
					docs = append(docs, doc)
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		seq = rows[len(rows)-1].Seq
		for _, doc := range docs {
			if err := fn(doc); err != nil {
				return err
			}
		}
	}
}
