package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// TestLogLinesAreWhole shows that lines written at once, more than may wait, all arrive and never mix.
func TestLogLinesAreWhole(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	log := newLineWriter(&out)
	const writers, lines = 8, 400
	filler := strings.Repeat("x", 2*maxWaiting/(writers*lines))
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range lines {
				fmt.Fprintf(log, "%d.%d %s\n", w, n, filler)
			}
		})
	}
	wg.Wait()
	log.flush()
	next := map[int]int{}
	for line := range strings.Lines(out.String()) {
		var w, n int
		if _, err := fmt.Sscanf(line, "%d.%d ", &w, &n); err != nil || !strings.HasSuffix(line, " "+filler+"\n") {
			t.Fatalf("a line is %.40q", line)
		}
		if n != next[w] {
			t.Fatalf("writer %d: line %d came where %d should", w, n, next[w])
		}
		next[w]++
	}
	for w := range writers {
		if next[w] != lines {
			t.Errorf("writer %d: %d lines arrived", w, next[w])
		}
	}
}
