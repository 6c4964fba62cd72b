package move

import (
	"cmp"
	"math"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// source is what is copied, each in its order and some at a time; a function may be called with none.
type source interface {
	// rows are the objects of a kind from after a position on.
	rows(k *store.Kind, after store.Position, fn func([]store.StoredRow) error) error
	names(fn func([]store.ClaimedName) error) error
	// ledgers are the movements of customers who have some.
	ledgers(fn func([][]store.Movement) error) error
	sums(fn func([]part) error) error
	digests(fn func([]store.ClosingDigest) error) error
	// pruned is what stays of events that were removed.
	pruned(fn func([]store.PrunedEvent) error) error
	// events are those from after a position on.
	events(after int64, fn func([]store.EventRecord) error) error
}

// database is the source that is a database, or some modes of it.
type database struct {
	scan  func(func(store.Tx) error) error
	wants func(clientele.Mode) bool
}

// eachRow reads the rows of a kind.
func eachRow(
	scan func(func(store.Tx) error) error, k *store.Kind, after store.Position, fn func([]store.StoredRow) error,
) error {
	for {
		var rows []store.StoredRow
		err := scan(func(tx store.Tx) (err error) {
			rows, err = tx.RowsAfter(k, after, step)
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].Seq
		if err := fn(rows); err != nil {
			return err
		}
	}
}

func (d database) rows(k *store.Kind, after store.Position, fn func([]store.StoredRow) error) error {
	return eachRow(d.scan, k, after, func(rows []store.StoredRow) error {
		return fn(slices.DeleteFunc(rows, func(r store.StoredRow) bool { return !d.wants(r.Livemode) }))
	})
}

func (d database) names(fn func([]store.ClaimedName) error) error {
	for after := (store.ClaimedName{}); ; {
		var names []store.ClaimedName
		err := d.scan(func(tx store.Tx) (err error) {
			names, err = tx.NamesAfter(after, step)
			return err
		})
		if err != nil || len(names) == 0 {
			return err
		}
		after = names[len(names)-1]
		if err := fn(slices.DeleteFunc(names, func(n store.ClaimedName) bool { return !d.wants(n.Livemode) })); err != nil {
			return err
		}
	}
}

// inSteps calls a function with so many at once, unless something failed before.
func inSteps[T any](all []T, fn func([]T) error, err error) error {
	for some := range slices.Chunk(all, step) {
		if err != nil {
			break
		}
		err = fn(some)
	}
	return err
}

func (d database) ledgers(fn func([][]store.Movement) error) error {
	return eachRow(d.scan, store.Customers.Kind, store.Beginning, func(rows []store.StoredRow) error {
		var all [][]store.Movement
		err := d.scan(func(tx store.Tx) (err error) {
			all, err = ledgersOf(tx, slices.DeleteFunc(slices.Clone(rows), func(r store.StoredRow) bool {
				return !d.wants(r.Livemode)
			}))
			return err
		})
		const customers = 100 // at once
		for some := range slices.Chunk(all, customers) {
			if err != nil {
				break
			}
			err = fn(some)
		}
		return err
	})
}

// ledgersOf are the movements of those of some customers who have any, in their order.
func ledgersOf(tx store.Tx, customers []store.StoredRow) (all [][]store.Movement, err error) {
	const several = 200 // in one statement
	of := map[string][]store.Movement{}
	for some := range slices.Chunk(customers, several) {
		var ids []string
		for _, c := range some {
			ids = append(ids, c.ID)
		}
		err := tx.Movements(store.MovementFilter{Customers: ids}, func(m store.Movement) error {
			of[m.CustomerID] = append(of[m.CustomerID], m)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, c := range customers {
		if movements := of[c.ID]; movements != nil {
			all = append(all, movements)
		}
	}
	return all, nil
}

func (d database) pruned(fn func([]store.PrunedEvent) error) error {
	for after := int64(0); ; {
		var some []store.PrunedEvent
		err := d.scan(func(tx store.Tx) (err error) {
			some, err = tx.Pruning().Pruned(after, math.MaxInt64, step)
			return err
		})
		if err != nil || len(some) == 0 {
			return err
		}
		after = some[len(some)-1].Position
		if err := fn(some); err != nil {
			return err
		}
	}
}

// part is a part of a mode's sums.
type part struct {
	mode clientele.Mode
	store.SumPart
}

// sums are made up of those of what was recorded on other days than their dates, and of the rest.
func (d database) sums(fn func([]part) error) error {
	var all []part
	err := d.scan(func(tx store.Tx) error {
		all = nil
		return tx.StoredSums(func(mode clientele.Mode, cell store.SumCell, p store.SumPart) {
			switch {
			case !d.wants(mode):
			case cell.Level == store.LevelDays:
				p.Day, p.Recorded = cell.Bucket, cell.Bucket
				all = append(all, part{mode, p})
			case cell.Level == store.LevelLate:
				p.Day, p.Recorded = cell.Bucket, cell.Second
				onTime := p
				onTime.Recorded, onTime.Amount = p.Day, p.Amount.Neg()
				all = append(all, part{mode, p}, part{mode, onTime})
			}
		})
	})
	slices.SortFunc(all, func(a, b part) int { // databases have them in different orders
		return cmp.Or(cmp.Compare(a.mode.String(), b.mode.String()), cmp.Compare(a.Figure, b.Figure),
			cmp.Compare(a.Amount.Currency(), b.Amount.Currency()), cmp.Compare(a.Day, b.Day),
			cmp.Compare(a.Recorded, b.Recorded), cmp.Compare(a.DueDay, b.DueDay),
			cmp.Compare(a.Amount.String(), b.Amount.String()))
	})
	return inSteps(all, fn, err)
}

func (d database) digests(fn func([]store.ClosingDigest) error) error {
	var all []store.ClosingDigest
	err := d.scan(func(tx store.Tx) error {
		all = nil
		for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
			if !d.wants(mode) {
				continue
			}
			closings, err := store.Closings.Select(tx, store.Query{Mode: mode, Order: store.OldestFirst})
			if err != nil {
				return err
			}
			for _, c := range closings {
				err := tx.ClosingDigests(c.ID, nil, func(d store.ClosingDigest) { all = append(all, d) })
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	return inSteps(all, fn, err)
}

func (d database) events(after int64, fn func([]store.EventRecord) error) error {
	for {
		var some []store.EventRecord
		err := d.scan(func(tx store.Tx) (err error) {
			some, err = tx.Feed(store.FeedQuery{BothModes: true, After: after, Limit: step})
			if err == nil && len(some) == 0 {
				some, err = unplaced(tx, after)
			}
			return err
		})
		if err != nil || len(some) == 0 {
			return err
		}
		after = some[len(some)-1].Seq
		err = fn(slices.DeleteFunc(some, func(e store.EventRecord) bool { return !d.wants(e.Livemode) }))
		if err != nil {
			return err
		}
	}
}

// unplaced are the events without positions, with those that they would get if no other came, unless they have been
// read already.
func unplaced(tx store.Tx, after int64) ([]store.EventRecord, error) {
	end, err := tx.FeedEnd()
	if err != nil || after > end.Seq {
		return nil, err
	}
	some, err := tx.Feed(store.FeedQuery{Unplaced: true})
	for i := range some {
		some[i].Seq = end.Seq + int64(i) + 1
	}
	return some, err
}
