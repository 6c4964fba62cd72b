package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// newLogger writes lines of a level and above, as text to a terminal and as JSON elsewhere. The function it returns
// writes what is still waiting.
func newLogger(out io.Writer, level slog.Level) (log *slog.Logger, dropped func() int, flush func()) {
	lines := newLineWriter(out)
	options := &slog.HandlerOptions{Level: level}
	if isTerminal(out) {
		return slog.New(slog.NewTextHandler(lines, options)), lines.allDropped, lines.flush
	}
	return slog.New(slog.NewJSONHandler(lines, options)), lines.allDropped, lines.flush
}

// isTerminal says whether people read what is written.
func isTerminal(out any) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// lineWriter lets nobody wait for the log: lines gather in memory while others are being written, which a busy server
// then does many at a time. When nobody reads the log, lines are dropped, and counted.
type lineWriter struct {
	mu      sync.Mutex // guards waiting, dropped and idle
	waiting []byte
	dropped int        // and not told yet
	lost    int        // in all
	idle    *sync.Cond // nothing waits and nothing is being written
	writing bool
	out     io.Writer
	wake    chan struct{}
}

const (
	maxWaiting   = 4 << 20         // bytes that wait before lines are dropped
	flushTimeout = 2 * time.Second // how long the end of a program waits for its log to be read
)

func newLineWriter(out io.Writer) *lineWriter {
	w := &lineWriter{out: out, wake: make(chan struct{}, 1)}
	w.idle = sync.NewCond(&w.mu)
	go func() {
		var spare []byte
		for range w.wake {
			spare = w.write(spare)
		}
	}()
	return w
}

// allDropped is how many lines were dropped since the start.
func (w *lineWriter) allDropped() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lost
}

// Write takes a line, or drops it.
func (w *lineWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	if len(w.waiting)+len(line) > maxWaiting {
		w.dropped++
		w.lost++
	} else {
		w.waiting = append(w.waiting, line...)
	}
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default: // it is awake
	}
	return len(line), nil
}

// write writes what waits and returns its memory.
func (w *lineWriter) write(spare []byte) []byte {
	w.mu.Lock()
	lines, dropped := w.waiting, w.dropped
	w.waiting, w.dropped, w.writing = spare[:0], 0, true
	w.mu.Unlock()
	if len(lines) > 0 {
		w.out.Write(lines) //nolint:errcheck // a log that cannot be written has nowhere to say so
	}
	if dropped > 0 {
		fmt.Fprintf(w.out, `{"level":"WARN","msg":"nobody read the log","lines_dropped":%d}`+"\n", dropped)
	}
	w.mu.Lock()
	w.writing = false
	w.idle.Broadcast()
	w.mu.Unlock()
	return lines
}

// flush waits until what waits has been written, or for as long as that makes sense.
func (w *lineWriter) flush() {
	late := false
	timer := time.AfterFunc(flushTimeout, func() {
		w.mu.Lock()
		late = true
		w.idle.Broadcast()
		w.mu.Unlock()
	})
	defer timer.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	for !late && (w.writing || len(w.waiting) > 0 || w.dropped > 0) {
		w.idle.Wait()
	}
}
