package billing

import (
	"context"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// ExportFilter says what is exported.
type ExportFilter struct {
	Modes    []clientele.Mode // of both when empty
	Customer string           // an id or DID: only this customer and what belongs to it, of the first mode; "" for all
}

// Export calls fn with every object as the API answers it, without what belongs to it, and with every movement: kind by
// kind, each in the order in which they were created. API keys are left out.
func (s *Service) Export(ctx context.Context, f ExportFilter, fn func(doc []byte) error) error {
	if len(f.Modes) == 0 {
		f.Modes = []clientele.Mode{clientele.Test, clientele.Live}
	}
	of := ""
	if f.Customer != "" {
		err := s.store.View(ctx, func(tx store.Tx) error {
			rec, err := findCustomerOrDeleted(tx, f.Modes[0], f.Customer)
			of = rec.ID
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, k := range store.Kinds {
		if k.Private || of != "" && k.Small {
			continue
		}
		if err := s.exportKind(ctx, k, f, of, fn); err != nil {
			return err
		}
	}
	return s.exportLedgers(ctx, f, of, fn)
}

// wants says whether an object of a mode and a customer is asked for.
func (f ExportFilter) wants(mode clientele.Mode, customer, of string) bool {
	for _, wanted := range f.Modes {
		if wanted == mode {
			return of == "" || customer == of
		}
	}
	return false
}

// exportKind exports the objects of a kind, so many at a time that nobody waits for it.
func (s *Service) exportKind(
	ctx context.Context, k *store.Kind, f ExportFilter, of string, fn func(doc []byte) error,
) error {
	const step = 500
	for seq := store.Beginning; ; {
		var rows []store.StoredRow
		err := s.scanStore(ctx, func(tx store.Tx) (err error) {
			rows, err = tx.RowsAfter(k, seq, step)
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			seq = r.Seq
			owner := r.CustomerID
			if !k.Owned {
				owner = r.ID
			}
			if r.DeletedAt != 0 || !f.wants(r.Livemode, owner, of) {
				continue
			}
			if err := fn(r.JSON); err != nil {
				return err
			}
		}
	}
}

// exportLedgers exports the movements of every customer, oldest first.
func (s *Service) exportLedgers(ctx context.Context, f ExportFilter, of string, fn func(doc []byte) error) error {
	const step = 100
	for seq := store.Beginning; ; {
		var rows []store.StoredRow
		var docs [][]byte
		err := s.scanStore(ctx, func(tx store.Tx) (err error) {
			docs = nil
			if rows, err = tx.RowsAfter(store.Customers.Kind, seq, step); err != nil {
				return err
			}
			for _, r := range rows {
				if !f.wants(r.Livemode, r.ID, of) {
					continue
				}
				err := tx.Movements(store.MovementFilter{CustomerID: r.ID}, func(m store.Movement) error {
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
