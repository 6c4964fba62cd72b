// Package move copies all that one database has into another, which may be of the other kind, or into a file of lines,
// and from there into a database. It knows no rule: what is there is copied as it is, and can be compared afterwards.
package move

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// step is how many objects are written in one transaction, at most, and stepBytes how much text of lines.
const (
	step      = 2000
	stepBytes = 8 << 20
)

// lease is held on a database into which a move is under way.
const lease = "move"

// forever is when the lease of a move ends that nobody goes on with.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// ErrNotEmpty says that there is something in the database already that did not come by an unfinished move of the same.
var ErrNotEmpty = errors.New("the database is not empty")

// All copies everything but sessions. It can be stopped, and goes on when it is called again. name says which database
// from is, so that no other goes on. progress is told of the kind of things that is copied and how many are.
func All(
	ctx context.Context, from, to store.Store, name string, progress func(what string, done int64),
) (err error) {
	scan := func(fn func(store.Tx) error) error { return from.Scan(ctx, fn) }
	all := func(clientele.Mode) bool { return true }
	if err := copyFrom(ctx, database{scan, all}, to, name, progress); err != nil {
		return err
	}
	m := access{ctx, from, to}
	return errors.Join(m.answers(), m.webhooks())
}

// copyFrom copies what a source has.
func copyFrom(
	ctx context.Context, from source, to store.Store, name string, progress func(what string, done int64),
) error {
	if err := begin(ctx, to, name); err != nil {
		return err
	}
	m := mover{ctx, from, to, progress}
	for _, k := range store.Kinds {
		if err := m.objects(k); err != nil {
			return err
		}
	}
	for _, part := range []func() error{m.names, m.ledgers, m.sums, m.digests, m.pruned, m.events} {
		if err := part(); err != nil {
			return err
		}
	}
	return to.EndLoads(ctx)
}

// Finish says that a move has come to its end.
func Finish(ctx context.Context, to store.Store, name string) error {
	return to.EndLease(ctx, lease, name)
}

// begin takes a database for a move: one that is empty, or that the same move was begun with.
func begin(ctx context.Context, to store.Store, name string) error {
	empty, err := isEmpty(ctx, to)
	if err != nil {
		return err
	}
	now := time.Now()
	if !empty { // somebody must have the lease
		free, err := to.TakeLease(ctx, lease, "nobody", now, now.Add(time.Minute))
		if err == nil && free {
			err = errors.Join(ErrNotEmpty, to.EndLease(ctx, lease, "nobody"))
		}
		if err != nil {
			return err
		}
	}
	taken, err := to.TakeLease(ctx, lease, name, now, forever)
	if err == nil && !taken {
		err = ErrNotEmpty
	}
	if err == nil && empty {
		err = to.BeginLoads(ctx)
	}
	return err
}

// isEmpty says whether a database has no object of any kind.
func isEmpty(ctx context.Context, db store.Store) (empty bool, err error) {
	err = db.View(ctx, func(tx store.Tx) error {
		empty = true
		for _, k := range store.Kinds {
			rows, err := tx.RowsAfter(k, store.Beginning, 1)
			if err != nil {
				return err
			}
			empty = empty && len(rows) == 0
		}
		return nil
	})
	return empty, err
}

type mover struct {
	ctx      context.Context
	from     source
	to       store.Store
	progress func(what string, done int64)
}

// objects copies the objects of a kind that are not there yet.
func (m mover) objects(k *store.Kind) error {
	there, last, err := m.there(k)
	if err != nil {
		return err
	}
	after, done := store.Beginning, int64(len(there))
	if !k.Small { // whose positions are those of here
		after = last
	}
	read := func(fn func([]object) error) error {
		return m.from.rows(k, after, func(rows []store.StoredRow) error {
			some := make([]object, 0, len(rows))
			for _, r := range rows {
				row, err := k.RowOf(r.JSON)
				if err != nil {
					return err
				}
				if r.ID = row.ID; !there[r.ID] {
					some = append(some, object{r, row})
				}
			}
			return fn(some)
		})
	}
	return behind(m.ctx, read, func(some []object) error {
		err := m.to.Load(m.ctx, func(tx store.Tx) error {
			for _, one := range some {
				if err := save(tx, k, one); err != nil {
					return err
				}
			}
			return nil
		})
		done += int64(len(some))
		m.progress(k.Table, done)
		return err
	})
}

// object is an object as it is stored, and what it is found and counted by.
type object struct {
	store.StoredRow
	row store.Row
}

// behind reads, and has what was read before written meanwhile.
func behind[T any](ctx context.Context, read func(fn func([]T) error) error, write func([]T) error) error {
	working, ctx := errgroup.WithContext(ctx)
	steps := make(chan []T, 1)
	working.Go(func() error {
		defer close(steps)
		return read(func(some []T) error {
			select {
			case steps <- some:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	working.Go(func() error {
		for some := range steps {
			if err := write(some); err != nil {
				return err
			}
		}
		return nil
	})
	return working.Wait()
}

// there are the objects of a kind that the other database has, and the last position. Of those of a large kind only the
// position is told.
func (m mover) there(k *store.Kind) (ids map[string]bool, last store.Position, err error) {
	ids, last = map[string]bool{}, store.Beginning
	scan := func(fn func(store.Tx) error) error { return m.to.Scan(m.ctx, fn) }
	err = eachRow(scan, k, last, func(rows []store.StoredRow) error {
		last = rows[len(rows)-1].Seq
		for _, r := range rows {
			if k.Small {
				ids[r.ID] = true
			}
		}
		return nil
	})
	return ids, last, err
}

// save writes an object as it is. A deleted one was there before it was deleted.
func save(tx store.Tx, k *store.Kind, o object) error {
	row := o.row
	for i, c := range k.Columns { // what the document does not have
		if c.Type == store.Bytes {
			row.Values[i] = o.Values[i]
		}
	}
	rec := o.Record
	if rec.DeletedAt == 0 {
		return tx.Save(k, rec, nil, &row)
	}
	rec.DeletedAt, rec.Version = 0, rec.Version-1
	if err := tx.Save(k, rec, nil, &row); err != nil {
		return err
	}
	return tx.Save(k, o.Record, &row, &row)
}

// names copies the names of customers, those that they have no longer too.
func (m mover) names() error {
	done := int64(0)
	return m.from.names(func(some []store.ClaimedName) error {
		err := m.to.Load(m.ctx, func(tx store.Tx) error {
			for _, n := range some {
				if _, err := tx.ClaimName(n.Livemode, n.Ref.Kind, n.Ref.Name, n.Customer); err != nil {
					return err
				}
			}
			return nil
		})
		done += int64(len(some))
		m.progress("names", done)
		return err
	})
}

// ledgers copies every customer's movements that are not there yet. They come in the order of the customers: after one
// of whom there are none, there are none of anybody.
func (m mover) ledgers() error {
	done, rest := int64(0), false
	return behind(m.ctx, m.from.ledgers, func(some [][]store.Movement) error {
		none := false // of the last
		err := m.to.Load(m.ctx, func(tx store.Tx) error {
			for _, movements := range some {
				missing := movements
				if !rest {
					end, err := tx.LedgerEnd(movements[0].CustomerID, "", store.Forever)
					if err != nil {
						return err
					}
					none = end.Seq == 0
					missing = slices.DeleteFunc(slices.Clone(movements), func(one store.Movement) bool {
						return one.Seq <= end.Seq
					})
				}
				if err := tx.AppendToLedger(missing); err != nil {
					return err
				}
			}
			return nil
		})
		rest = rest || err == nil && len(some) > 0 && none
		for _, movements := range some {
			done += int64(len(movements))
		}
		m.progress("movements", done)
		return err
	})
}

// sums copies the sums of all customers, in one transaction.
func (m mover) sums() error {
	there := false
	err := m.to.Scan(m.ctx, func(tx store.Tx) error {
		return tx.StoredSums(func(clientele.Mode, store.SumCell, store.SumPart) { there = true })
	})
	if err != nil {
		return err
	}
	parts := map[clientele.Mode][]store.SumPart{}
	err = m.from.sums(func(some []part) error {
		for _, p := range some {
			parts[p.mode] = append(parts[p.mode], p.SumPart)
		}
		return nil
	})
	if err != nil || there {
		return err
	}
	return m.to.Update(m.ctx, func(tx store.Tx) error {
		for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
			if err := tx.AddToSums(mode, parts[mode]); err != nil {
				return err
			}
		}
		return nil
	})
}

// digests copies the digests of what is closed.
func (m mover) digests() error {
	return m.from.digests(func(some []store.ClosingDigest) error {
		return m.to.Update(m.ctx, func(tx store.Tx) error { return tx.SaveClosingDigests(some) })
	})
}

// pruned copies what stays of events that were removed, before the others, which it proves.
func (m mover) pruned() error {
	return m.from.pruned(func(some []store.PrunedEvent) error {
		return m.to.Load(m.ctx, func(tx store.Tx) error {
			for _, one := range some {
				if err := tx.Pruning().AddPruned(one); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// events copies the events that are not there yet, with their positions.
func (m mover) events() error {
	after := int64(0)
	err := m.to.View(m.ctx, func(tx store.Tx) error {
		for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
			last, err := tx.Events(store.EventQuery{Latest: true, Livemode: mode, Limit: 1})
			if err != nil {
				return err
			}
			for _, e := range last {
				after = max(after, e.Seq)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	done := int64(0)
	read := func(fn func([]store.EventRecord) error) error { return m.from.events(after, fn) }
	return behind(m.ctx, read, func(some []store.EventRecord) error {
		err := m.to.Load(m.ctx, func(tx store.Tx) error {
			for _, e := range some {
				if err := tx.AddEvent(e); err != nil {
					return err
				}
			}
			return nil
		})
		done += int64(len(some))
		m.progress("events", done)
		return err
	})
}
