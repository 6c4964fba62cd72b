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
	filler := strings.Repeat("x", maxWaiting/2/(writers*lines))
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

// stuck is a pipe that nobody reads until it is freed.
type stuck struct {
	free chan struct{}
	strings.Builder
}

func (s *stuck) Write(b []byte) (int, error) {
	<-s.free
	return s.Builder.Write(b)
}

// TestNobodyWaitsForALogThatNobodyReads shows that lines are dropped and counted, whole ones, and that the end of the
// program does not wait for ever.
func TestNobodyWaitsForALogThatNobodyReads(t *testing.T) {
	t.Parallel()
	out := &stuck{free: make(chan struct{})}
	log := newLineWriter(out)
	const lines = 300
	line := strings.Repeat("x", 64<<10-1) + "\n"
	for range lines { // more than may wait
		fmt.Fprintf(log, "%s", line)
	}
	log.flush()
	close(out.free)
	log.flush()
	var dropped int
	written := 0
	for l := range strings.Lines(out.String()) {
		if l == line {
			written++
			continue
		}
		const told = `{"level":"WARN","msg":"nobody read the log","lines_dropped":%d}`
		if _, err := fmt.Sscanf(l, told, &dropped); err != nil {
			t.Fatalf("a line is %.60q", l)
		}
	}
	if written+dropped != lines || dropped == 0 || written == 0 {
		t.Errorf("%d lines were written and %d dropped, of %d", written, dropped, lines)
	}
}
