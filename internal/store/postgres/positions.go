package postgres

import (
	"sync"
	"time"

	"clientele.dev/internal/store"
)

// positions are those in time that transactions of this process were given and have not committed: nobody sees them in
// the database yet. Two servers may give one position; then one of the transactions fails and is run again.
type positions struct {
	mu   sync.Mutex
	last map[moment]*given
}

// moment is a millisecond of a table.
type moment struct {
	table string
	ms    int64
}

type given struct {
	users int            // transactions under way that were given one, or are about to be
	seq   store.Position // the last
}

// enter keeps a moment's last position until leave is called as often.
func (p *positions) enter(m moment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil {
		p.last = map[moment]*given{}
	}
	if p.last[m] == nil {
		p.last[m] = &given{}
	}
	p.last[m].users++
}

// next gives a position, at first or later.
func (p *positions) next(m moment, first store.Position) store.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.last[m]
	if g.seq == 0 || g.seq < first {
		g.seq = first
	} else {
		g.seq++
	}
	return g.seq
}

func (p *positions) leave(m moment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last[m].users--; p.last[m].users == 0 {
		delete(p.last, m)
	}
}

// NextSeq implements [store.Described].
func (t *tx) NextSeq(k *store.Kind, at time.Time) (store.Position, error) {
	m := moment{k.Table, at.UnixMilli()}
	t.store.positions.enter(m)
	t.reserved = append(t.reserved, m)
	first := store.PositionAt(at)
	last, err := t.lastSeq(m)
	if err != nil {
		return 0, err
	}
	if last != nil {
		first = *last + 1
	}
	return t.store.positions.next(m, first), nil
}

// lastSeq is the last position of a moment that an object has.
func (t *tx) lastSeq(m moment) (last *store.Position, err error) {
	if t.store.distributed {
		err = t.each(into(&last), "SELECT max(seq) FROM positions WHERE kind = $1 AND ms = $2", m.table, m.ms)
		return last, err
	}
	err = t.each(into(&last), "SELECT max(seq) FROM "+m.table+" WHERE seq >= $1 AND seq < $2", store.PositionOf(m.ms),
		store.PositionOf(m.ms+1))
	return last, err
}

// forgetPositions is called when the transaction has ended: what it was given is in the database, or free.
func (t *tx) forgetPositions() {
	for _, m := range t.reserved {
		t.store.positions.leave(m)
	}
}
