package store

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSkipTo walks lists of random positions, crowded and wide apart, from where SkipTo says, and compares with
// counting from the beginning. Beyond the end there is nothing.
func TestSkipTo(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		spread := int64(1) << (8 + random.IntN(36)) // milliseconds
		seqs := make([]int64, 1+random.IntN(2000))
		for i := range seqs {
			seqs[i] = random.Int64N(spread)<<16 | int64(i)
		}
		slices.Sort(seqs)
		for _, desc := range []bool{false, true} {
			if desc {
				slices.Reverse(seqs)
			}
			for _, offset := range []int{0, random.IntN(len(seqs)), len(seqs) - 1, len(seqs), len(seqs) + 50} {
				from, skip, found, err := SkipTo(int64(offset), desc, bucketsOf(seqs))
				if err != nil || found != (offset < len(seqs)) {
					t.Fatalf("seed %d: row %d of %d is found: %v, %v", seed, offset, len(seqs), found, err)
				}
				if !found {
					continue
				}
				at := slices.IndexFunc(seqs, func(seq int64) bool {
					return desc && seq <= int64(from) || !desc && seq >= int64(from)
				})
				if at < 0 || at+int(skip) != offset {
					t.Fatalf("seed %d: row %d of %d (desc %v) is sought %d rows after row %d", seed, offset, len(seqs), desc,
						skip, at)
				}
			}
		}
	}
}

// bucketsOf counts positions, in their order.
func bucketsOf(seqs []int64) CountedBuckets {
	return func(bits, first, last int64, fn func(bucket, count int64)) error {
		for i := 0; i < len(seqs); {
			bucket, start := seqs[i]>>16>>bits, i
			for i < len(seqs) && seqs[i]>>16>>bits == bucket {
				i++
			}
			if bucket >= first && bucket <= last {
				fn(bucket, int64(i-start))
			}
		}
		return nil
	}
}
