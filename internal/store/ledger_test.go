package store_test

import (
	"testing"

	"clientele.dev/internal/store"
)

// The ranges cover every day once, and no other day.
func TestSumRangesCoverEachDayOnce(t *testing.T) {
	t.Parallel()
	for from := int64(-70); from <= 70; from++ {
		for to := from - 1; to <= 140; to++ {
			covered := map[int64]int{}
			for _, r := range store.SumRanges(from, to) {
				bits := r.Level * store.SpanBits
				for day := r.First << bits; day < (r.Last+1)<<bits; day++ {
					covered[day]++
				}
			}
			for day := from; day <= to; day++ {
				if covered[day] != 1 {
					t.Fatalf("day %d of %d to %d is covered %d times", day, from, to, covered[day])
				}
			}
			if len(covered) != int(to-from+1) {
				t.Fatalf("of %d to %d these are covered: %v", from, to, covered)
			}
		}
	}
}

func TestDayOf(t *testing.T) {
	t.Parallel()
	for seconds, day := range map[int64]int64{0: 0, 86399: 0, 86400: 1, -1: -1, -86400: -1, -86401: -2} {
		if got := store.DayOf(seconds); got != day {
			t.Errorf("%d is of day %d, not %d", seconds, got, day)
		}
	}
}
