package store

import (
	"testing"
	"unicode"

	"clientele.dev"
	"clientele.dev/internal/fold"
)

// TestAmountWords holds amounts as words to be letters throughout, which indexes need, and different for what differs.
func TestAmountWords(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, currency := range []string{"curr_test_usd", "curr_test_eur", "curr_live_usd", "", "curr_ffff"} {
		for _, units := range []string{"0", "1", "10", "100", "12345678901234567890", "-5", "5"} {
			a, err := clientele.ParseAmount(currency, units)
			if err != nil {
				t.Fatal(err)
			}
			word := AmountWord(currency, a)
			if other := seen[word]; other != "" {
				t.Errorf("%s of %s is written as %s", units, currency, other)
			}
			seen[word] = units + " of " + currency
			for _, r := range word {
				if !unicode.IsLetter(r) || !unicode.Is(unicode.Yi, r) {
					t.Errorf("%s of %s is written with %U, which is no letter of Yi", units, currency, r)
				}
			}
			if fold.Text(word) != word {
				t.Errorf("%s of %s is folded to something else", units, currency)
			}
		}
	}
}
