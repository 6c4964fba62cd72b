package store_test

import (
	"math/rand/v2"
	"testing"

	"clientele.dev/internal/store"
)

// The sums that dates are made up of have every day once, and no other day.
func TestCellsCoverEachDayOnce(t *testing.T) {
	t.Parallel()
	for from := int64(-70); from <= 70; from++ {
		for to := from - 1; to <= 140; to++ {
			ranges := store.CellsOf(store.Days{First: from, Last: to})
			for day := int64(-80); day <= 150; day++ {
				part := store.SumPart{Day: day, Recorded: day}
				if got, want := timesIn(ranges, part), oneIf(from <= day && day <= to); got != want {
					t.Fatalf("day %d of %d to %d is covered %d times, want %d", day, from, to, got, want)
				}
			}
		}
	}
}

// Those of dates and the days when they were recorded have every pair of different days once, and no other.
func TestLateCellsCoverEachPairOnce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for range 5000 {
		stretch := func() store.Days {
			first := r.Int64N(140)
			return store.Days{First: first, Last: first + r.Int64N(100) - 1}
		}
		dates, recorded := stretch(), stretch()
		ranges := store.LateCellsOf(dates, recorded)
		for range 50 {
			part := store.SumPart{Day: r.Int64N(240), Recorded: r.Int64N(240)}
			want := oneIf(part.Day != part.Recorded && dates.First <= part.Day && part.Day <= dates.Last &&
				recorded.First <= part.Recorded && part.Recorded <= recorded.Last)
			if got := timesIn(ranges, part); got != want {
				t.Fatalf("%+v is covered %d times by %v and %v, want %d", part, got, dates, recorded, want)
			}
		}
	}
}

// timesIn is how many sums of ranges a part belongs to.
func timesIn(ranges []store.CellRange, part store.SumPart) (n int) {
	for _, cell := range part.Cells() {
		for _, r := range ranges {
			n += oneIf(r.Level == cell.Level && r.Bucket.First <= cell.Bucket && cell.Bucket <= r.Bucket.Last &&
				r.Second.First <= cell.Second && cell.Second <= r.Second.Last)
		}
	}
	return n
}

func oneIf(it bool) int {
	if it {
		return 1
	}
	return 0
}

func TestDayOf(t *testing.T) {
	t.Parallel()
	for seconds, day := range map[int64]int64{0: 0, 86399: 0, 86400: 1, -1: -1, -86400: -1, -86401: -2} {
		if got := store.DayOf(seconds); got != day {
			t.Errorf("%d is of day %d, not %d", seconds, got, day)
		}
	}
}
