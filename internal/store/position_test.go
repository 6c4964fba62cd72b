package store

import (
	"testing"
	"time"
)

func TestPositions(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	first := PositionAt(at)
	if !first.Time().Equal(at) || first != PositionOf(at.UnixMilli()) || first&(1<<counterBits-1) != 0 {
		t.Errorf("the first position of %v is %d, of %v", at, first, first.Time())
	}
	after := PositionAfter(at.UnixMilli())
	if last := after - 1; !last.Time().Equal(at) || !after.Time().Equal(at.Add(time.Millisecond)) {
		t.Errorf("the last position of %v is of %v, the next of %v", at, last.Time(), after.Time())
	}
	for _, ms := range []int64{lastMoment, lastMoment + 1, 1<<63 - 1} { // beyond which there are no positions
		if p, after := PositionOf(ms), PositionAfter(ms); p <= first || after <= p || after > Forever {
			t.Errorf("the positions of %d are from %d to before %d", ms, p, after)
		}
	}
}
