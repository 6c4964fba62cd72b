package main

import (
	"io"
	"log/slog"
	"os"
	"sync"
)

// newLogger writes text to a terminal and JSON elsewhere. The function it returns writes what is still waiting.
func newLogger(out io.Writer) (log *slog.Logger, flush func()) {
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return slog.New(slog.NewTextHandler(f, nil)), func() {}
		}
	}
	lines := newLineWriter(out)
	return slog.New(slog.NewJSONHandler(lines, nil)), lines.flush
}

// lineWriter lets nobody wait for the log: lines gather in memory while others are being written, which a busy server
// then does many at a time.
type lineWriter struct {
	mu      sync.Mutex // guards waiting
	waiting []byte
	writing sync.Mutex // guards out and spare
	spare   []byte
	out     io.Writer
	wake    chan struct{}
}

// maxWaiting is how many bytes may wait before a line waits for its turn after all.
const maxWaiting = 1 << 20

func newLineWriter(out io.Writer) *lineWriter {
	w := &lineWriter{out: out, wake: make(chan struct{}, 1)}
	go func() {
		for range w.wake {
			w.flush()
		}
	}()
	return w
}

// Write takes a line.
func (w *lineWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	w.waiting = append(w.waiting, line...)
	full := len(w.waiting) > maxWaiting
	w.mu.Unlock()
	if full {
		w.flush()
	}
	select {
	case w.wake <- struct{}{}:
	default: // it is awake
	}
	return len(line), nil
}

// flush writes what waits.
func (w *lineWriter) flush() {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	lines := w.waiting
	w.waiting = w.spare[:0]
	w.mu.Unlock()
	if len(lines) > 0 {
		w.out.Write(lines) //nolint:errcheck // a log that cannot be written has nowhere to say so
	}
	w.spare = lines
}
