// Package move copies all that one database has into another, which may be of the other kind. It knows no rule: what is
// there is copied as it is, and can be compared afterwards.
package move

import (
	"context"
	"errors"
	"slices"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// step is how many objects are written in one transaction.
const step = 500

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
	if err := begin(ctx, to, name); err != nil {
		return err
	}
	m := mover{ctx, from, to, progress}
	for _, k := range store.Kinds {
		if err := m.objects(k); err != nil {
			return err
		}
	}
	for _, part := range []func() error{m.names, m.ledgers, m.sums, m.digests, m.answers, m.apps, m.events} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
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
	from, to store.Store
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
	for {
		var rows []store.StoredRow
		err := m.from.Scan(m.ctx, func(tx store.Tx) (err error) {
			rows, err = tx.RowsAfter(k, after, step)
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].Seq
		rows = slices.DeleteFunc(rows, func(r store.StoredRow) bool { return there[r.ID] })
		err = m.to.Update(m.ctx, func(tx store.Tx) error {
			for _, r := range rows {
				if err := save(tx, k, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		done += int64(len(rows))
		m.progress(k.Table, done)
	}
}

// there are the objects of a kind that the other database has, and the last position. Of those of a large kind only the
// position is told.
func (m mover) there(k *store.Kind) (ids map[string]bool, last store.Position, err error) {
	ids, last = map[string]bool{}, store.Beginning
	for {
		var rows []store.StoredRow
		err := m.to.Scan(m.ctx, func(tx store.Tx) (err error) {
			rows, err = tx.RowsAfter(k, last, step)
			return err
		})
		if err != nil || len(rows) == 0 {
			return ids, last, err
		}
		last = rows[len(rows)-1].Seq
		if k.Small {
			for _, r := range rows {
				ids[r.ID] = true
			}
		}
	}
}

// save writes an object as it is. A deleted one was there before it was deleted.
func save(tx store.Tx, k *store.Kind, r store.StoredRow) error {
	row, err := k.RowOf(r.JSON)
	if err != nil {
		return err
	}
	for i, c := range k.Columns { // what the document does not have
		if c.Type == store.Bytes {
			row.Values[i] = r.Values[i]
		}
	}
	rec := r.Record
	if rec.DeletedAt == 0 {
		return tx.Save(k, rec, nil, &row)
	}
	rec.DeletedAt, rec.Version = 0, rec.Version-1
	if err := tx.Save(k, rec, nil, &row); err != nil {
		return err
	}
	return tx.Save(k, r.Record, &row, &row)
}

// name is a unique name and whose it is.
type name struct {
	mode     clientele.Mode
	ref      store.Ref
	customer store.Record
}

// names copies the names of customers, those that they have no longer too.
func (m mover) names() error {
	var all []name
	err := m.from.Scan(m.ctx, func(tx store.Tx) error {
		all = nil
		return tx.Names(func(mode clientele.Mode, ref store.Ref, customer store.Record) {
			all = append(all, name{mode, ref, customer})
		})
	})
	if err != nil {
		return err
	}
	done := int64(0)
	for some := range slices.Chunk(all, step) {
		err := m.to.Update(m.ctx, func(tx store.Tx) error {
			for _, n := range some {
				if _, err := tx.ClaimName(n.mode, n.ref.Kind, n.ref.Name, n.customer); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		done += int64(len(some))
		m.progress("names", done)
	}
	return nil
}

// ledgers copies every customer's movements that are not there yet.
func (m mover) ledgers() error {
	const customers = 100 // at once
	done := int64(0)
	for after := store.Beginning; ; {
		var rows []store.StoredRow
		movements := map[string][]store.Movement{}
		err := m.from.Scan(m.ctx, func(tx store.Tx) (err error) {
			if rows, err = tx.RowsAfter(store.Customers.Kind, after, customers); err != nil {
				return err
			}
			clear(movements)
			for _, r := range rows {
				err := tx.Movements(store.MovementFilter{CustomerID: r.ID}, func(one store.Movement) error {
					movements[r.ID] = append(movements[r.ID], one)
					return nil
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
		after = rows[len(rows)-1].Seq
		err = m.to.Update(m.ctx, func(tx store.Tx) error {
			for _, r := range rows {
				end, err := tx.LedgerEnd(r.ID, "", store.Forever)
				if err != nil {
					return err
				}
				missing := slices.DeleteFunc(slices.Clone(movements[r.ID]), func(one store.Movement) bool {
					return one.Seq <= end.Seq
				})
				if err := tx.AppendToLedger(missing); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, r := range rows {
			done += int64(len(movements[r.ID]))
		}
		m.progress("movements", done)
	}
}

// sums copies the sums of all customers, in one transaction. Those of dates are made up of those of what was recorded
// on other days than their dates, and of the rest.
func (m mover) sums() error {
	parts := map[clientele.Mode][]store.SumPart{}
	read := func(db store.Store, fn func(clientele.Mode, store.SumCell, store.SumPart)) error {
		return db.Scan(m.ctx, func(tx store.Tx) error { return tx.StoredSums(fn) })
	}
	there := false
	err := read(m.to, func(clientele.Mode, store.SumCell, store.SumPart) { there = true })
	if err != nil || there {
		return err
	}
	err = read(m.from, func(mode clientele.Mode, cell store.SumCell, p store.SumPart) {
		switch cell.Level {
		case store.LevelDays:
			p.Day, p.Recorded = cell.Bucket, cell.Bucket
			parts[mode] = append(parts[mode], p)
		case store.LevelLate:
			p.Day, p.Recorded = cell.Bucket, cell.Second
			onTime := p
			onTime.Recorded, onTime.Amount = p.Day, p.Amount.Neg()
			parts[mode] = append(parts[mode], p, onTime)
		}
	})
	if err != nil {
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
	var all []store.ClosingDigest
	err := m.from.Scan(m.ctx, func(tx store.Tx) error {
		all = nil
		for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
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
	for some := range slices.Chunk(all, step) {
		if err != nil {
			break
		}
		err = m.to.Update(m.ctx, func(tx store.Tx) error { return tx.SaveClosingDigests(some) })
	}
	return err
}

// keptAnswer is an answer to a request that may be sent again.
type keptAnswer struct {
	actor, key string
	answer     store.Answer
}

// answers copies the answers that are kept, so that nothing happens twice because it is sent again.
func (m mover) answers() error {
	var all []keptAnswer
	err := m.from.Scan(m.ctx, func(tx store.Tx) error {
		all = nil
		return tx.KeptAnswers(func(actor, key string, a store.Answer) { all = append(all, keptAnswer{actor, key, a}) })
	})
	for some := range slices.Chunk(all, step) {
		if err != nil {
			break
		}
		err = m.to.Update(m.ctx, func(tx store.Tx) error {
			for _, one := range some {
				if err := tx.SaveAnswer(one.actor, one.key, one.answer); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return err
}

// apps copies the applications that are trusted, or were.
func (m mover) apps() error {
	all, err := m.from.Apps(m.ctx)
	if err != nil {
		return err
	}
	there, err := m.to.Apps(m.ctx)
	if err != nil {
		return err
	}
	for _, app := range all {
		if slices.ContainsFunc(there, func(other store.App) bool { return other.ID == app.ID }) {
			continue
		}
		if err := m.to.AddApp(m.ctx, app); err != nil {
			return err
		}
		if !app.RevokedAt.IsZero() {
			if _, err := m.to.RevokeApp(m.ctx, app.ID, app.RevokedAt); err != nil {
				return err
			}
		}
	}
	return nil
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
	for done := int64(0); err == nil; {
		var some []store.EventRecord
		err = m.from.Scan(m.ctx, func(tx store.Tx) (err error) {
			some, err = tx.Events(store.EventQuery{After: after, Limit: step})
			return err
		})
		if err != nil || len(some) == 0 {
			break
		}
		err = m.to.Update(m.ctx, func(tx store.Tx) error {
			for _, e := range some {
				if err := tx.AddEvent(e); err != nil {
					return err
				}
			}
			return nil
		})
		after = some[len(some)-1].Seq
		done += int64(len(some))
		m.progress("events", done)
	}
	return err
}
