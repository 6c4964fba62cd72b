package wire

import (
	"fmt"

	"github.com/agnivade/levenshtein"
)

// DidYouMean is the end of an error about an unknown name: which of the known ones is nearest to it, or nothing when
// none is near.
func DidYouMean(name string, known []string) string {
	best, least := "", len(name)/2+1
	for _, k := range known {
		if d := levenshtein.ComputeDistance(name, k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}
