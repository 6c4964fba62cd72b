package sqlite

import (
	"slices"
	"sync"

	"clientele.dev/internal/store"
)

// markEvery is how far apart marks are: no page skips more customers than this.
const markEvery = 500

// marks are the positions of every 500th customer of a mode, counted from the oldest, so that a page deep in the list
// is found without skipping all before it. A new customer comes at the newest end and moves none of them; whatever
// does move some counts a shift in the database, and the marks are made again when next needed.
type marks struct {
	mu     sync.Mutex
	shifts int64
	seqs   []int64 // seqs[i] is the customer that i*markEvery others are older than
}

// listAllCustomers answers the positions of a page of all customers by time of creation.
func (t *tx) listAllCustomers(f store.CustomerFilter) (seqs []int64, count int64, err error) {
	var shifts int64
	read := func(r row) error { count, shifts = r.int(0), r.int(1); return nil }
	if err := t.each("SELECT count, shifts FROM customer_totals WHERE livemode = $1", read, f.Livemode); err != nil {
		return nil, 0, err
	}
	desc := len(f.Order) == 0 || f.Order[0].Desc
	from, skip := int64(0), f.Offset
	if desc {
		from = 1<<63 - 1
	}
	reverse := false
	switch {
	case f.After != "" || f.Before != "":
		if from, err = t.seqOf("customers", f.Livemode, f.Window); err != nil {
			return nil, 0, err
		}
		reverse = f.Before != ""
		desc = desc != reverse
		if desc {
			from--
		} else {
			from++
		}
	case skip >= count:
		return nil, count, nil
	case skip > markEvery:
		if from, skip, err = t.nearestMark(f.Livemode, count, shifts, skip, desc); err != nil {
			return nil, 0, err
		}
	}
	seqs, err = t.customersFrom(f.Livemode, from, desc, f.Limit, skip)
	if err != nil {
		return nil, 0, err
	}
	if reverse {
		slices.Reverse(seqs)
	}
	return seqs, count, nil
}

// customersFrom walks the customers from a position on, itself included.
func (t *tx) customersFrom(live bool, from int64, desc bool, limit, skip int64) (seqs []int64, err error) {
	query := `SELECT seq FROM customers WHERE shown = $1 AND seq >= $2
		ORDER BY seq ASC LIMIT $3 OFFSET $4`
	if desc {
		query = `SELECT seq FROM customers WHERE shown = $1 AND seq <= $2
			ORDER BY seq DESC LIMIT $3 OFFSET $4`
	}
	err = t.each(query, func(r row) error {
		seqs = append(seqs, r.int(0))
		return nil
	}, live, from, limit, skip)
	return seqs, err
}

// nearestMark returns where to start walking to the customer that offset others stand before, and how many to skip.
func (t *tx) nearestMark(live bool, count, shifts, offset int64, desc bool) (from, skip int64, err error) {
	m := &t.store.marks[mode(live)]
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shifts != shifts || len(m.seqs) == 0 {
		m.shifts, m.seqs = shifts, nil
		oldest, err := t.customersFrom(live, 0, false, 1, 0)
		if err != nil || len(oldest) == 0 {
			return 0, offset, err
		}
		m.seqs = oldest
	}
	for next := int64(len(m.seqs)) * markEvery; next < count; next += markEvery {
		seqs, err := t.customersFrom(live, m.seqs[len(m.seqs)-1], false, 1, markEvery)
		if err != nil {
			return 0, 0, err
		}
		m.seqs = append(m.seqs, seqs...)
	}
	place := offset // how many are older than the customer sought
	if desc {
		place = count - 1 - offset
	}
	mark := place / markEvery
	if !desc {
		return m.seqs[mark], place - mark*markEvery, nil
	}
	if mark+1 >= int64(len(m.seqs)) || (mark+1)*markEvery >= count { // newer than the last mark in this snapshot
		return 1<<63 - 1, offset, nil
	}
	return m.seqs[mark+1], (mark+1)*markEvery - place, nil
}

func mode(live bool) int {
	if live {
		return 1
	}
	return 0
}
