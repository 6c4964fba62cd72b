package postgres

import (
	"sync"

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

// forgetPositions is called when the transaction has ended: what it was given is in the database, or free.
func (t *tx) forgetPositions() {
	for _, m := range t.reserved {
		t.store.positions.leave(m)
	}
}
