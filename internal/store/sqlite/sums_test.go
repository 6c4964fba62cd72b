package sqlite

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"clientele.dev"
)

// TestRunningSumsAreExact adds amounts around what an int64 holds, in any order, beside the sums of package big.
func TestRunningSumsAreExact(t *testing.T) {
	t.Parallel()
	units := []string{
		"9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809", "1", "-1", "0",
		"100000000000000000000000000000000000000", "-99999999999999999999999999999999999999",
	}
	for range 2000 {
		sums := runningSums{few: map[sumOf]int64{}, many: map[sumOf]clientele.Amount{}}
		want, got := map[sumOf]*big.Int{}, map[sumOf]*big.Int{}
		for range 1 + rand.IntN(12) {
			of, text := sumOf{"usd", rand.Int64N(2)}, units[rand.IntN(len(units))]
			if err := sums.add(of, text); err != nil {
				t.Fatal(err)
			}
			n, _ := new(big.Int).SetString(text, 10)
			if want[of] == nil {
				want[of] = new(big.Int)
			}
			want[of].Add(want[of], n)
		}
		sums.each(func(of sumOf, amount clientele.Amount) {
			n, _ := new(big.Int).SetString(amount.String(), 10)
			if got[of] == nil {
				got[of] = new(big.Int)
			}
			got[of].Add(got[of], n)
		})
		for of, sum := range want {
			if got[of] == nil || got[of].Cmp(sum) != 0 {
				t.Fatalf("of day %d it is %v, want %v", of.dueDay, got[of], sum)
			}
		}
	}
	sums := runningSums{few: map[sumOf]int64{}, many: map[sumOf]clientele.Amount{}}
	if err := sums.add(sumOf{"usd", 0}, "1.5"); err == nil {
		t.Error("a part of a unit was added")
	}
}
