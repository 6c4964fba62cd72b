package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress is a bar with the rate and the time left, on a terminal; elsewhere it is nothing.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(w io.Writer, unit string) *progress {
	f, isFile := w.(*os.File)
	return &progress{progressbar.NewOptions64(0, progressbar.OptionSetWriter(w),
		progressbar.OptionSetVisibility(isFile && term.IsTerminal(int(f.Fd()))),
		progressbar.OptionSetItsString(unit), progressbar.OptionShowIts(), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionFullWidth())}
}

// show draws how far the work is.
func (p *progress) show(done, total int64) {
	p.bar.ChangeMax64(total)
	p.bar.Set64(done) //nolint:errcheck // a bar that cannot be drawn is no reason to stop
}

// clear makes room for a line of text.
func (p *progress) clear() {
	p.bar.Clear() //nolint:errcheck // as above
}
