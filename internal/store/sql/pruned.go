package sql

import "clientele.dev/internal/store"

// Pruning implements [store.Pruning] on any database.
type Pruning struct{ Runner }

// oneEvent selects an event, on the machine of its customer.
const oneEvent = " WHERE customer_id = $1 AND object_id = $2 AND object_version = $3"

// KeepState implements [store.Pruning].
func (p Pruning) KeepState(e store.EventRecord, state []byte) error {
	return p.Exec("UPDATE events SET state = $4"+oneEvent, e.CustomerID, e.ObjectID, e.ObjectVersion, string(state))
}

// Prune implements [store.Pruning].
func (p Pruning) Prune(e store.EventRecord) error {
	if err := p.AddPruned(store.PrunedEvent{Position: e.Seq, Payload: e.Payload()}); err != nil {
		return err
	}
	return p.Exec("DELETE FROM events"+oneEvent, e.CustomerID, e.ObjectID, e.ObjectVersion)
}

// AddPruned implements [store.Pruning].
func (p Pruning) AddPruned(one store.PrunedEvent) error {
	return p.Exec("INSERT INTO pruned_events (position, payload) VALUES ($1, $2) ON CONFLICT (position) DO NOTHING",
		one.Position, one.Payload)
}

// Pruned implements [store.Pruning].
func (p Pruning) Pruned(after, through, limit int64) (all []store.PrunedEvent, err error) {
	err = p.Query(`SELECT position, payload FROM pruned_events WHERE position > $1 AND position <= $2
		ORDER BY position LIMIT $3`, func(scan func(...any) error) error {
		var one store.PrunedEvent
		err := scan(&one.Position, &one.Payload)
		all = append(all, one)
		return err
	}, after, through, limit)
	return all, err
}

// CountPruned implements [store.Pruning].
func (p Pruning) CountPruned() (n int64, err error) {
	err = p.Query("SELECT count(*) FROM pruned_events", func(scan func(...any) error) error { return scan(&n) })
	return n, err
}

// HashBefore is the hash of what comes before a position: that of the last event before it, at the end, and of all that
// were removed since.
func (p Pruning) HashBefore(end store.FeedEnd, position int64) (hash []byte, err error) {
	const step = 1000
	for hash = end.Hash; position > end.Seq+1; {
		removed, err := p.Pruned(end.Seq, position-1, step)
		if err != nil || len(removed) == 0 {
			return hash, err
		}
		for _, one := range removed {
			hash, end.Seq = one.HashAfter(hash), one.Position
		}
	}
	return hash, nil
}
