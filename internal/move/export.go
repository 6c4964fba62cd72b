package move

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Export writes everything of some modes as lines, of one moment: objects as the API answers them, names, movements,
// sums, digests and events, with all that [Import] needs to make an equal database of it. Keys, applications, sessions
// and answers that are kept are left out, and so are the events of keys.
func Export(ctx context.Context, from store.Transactions, modes []clientele.Mode, to io.Writer) error {
	_, err := exportNamed(ctx, from, modes, to)
	return err
}

// exportNamed is Export, and answers what [CheckExport] would say of it.
func exportNamed(
	ctx context.Context, from store.Transactions, modes []clientele.Mode, to io.Writer,
) (name string, err error) {
	began := false
	err = from.Scan(ctx, func(tx store.Tx) (err error) {
		if began { // it may run more than once, and what was written cannot be taken back
			return errors.New("the database interrupted the export: run it again")
		}
		began = true
		name, err = export(ctx, tx, modes, to)
		return err
	})
	return name, err
}

// export reads while what was read before is written.
func export(ctx context.Context, tx store.Tx, modes []clientele.Mode, to io.Writer) (name string, err error) {
	working, ctx := errgroup.WithContext(ctx)
	w := &exporter{ctx: ctx, to: bufio.NewWriterSize(to, 1<<16), sum: sha256.New(), work: make(chan func() error, 4)}
	working.Go(w.run)
	working.Go(func() error {
		defer close(w.work)
		return w.read(tx, modes)
	})
	if err := working.Wait(); err != nil {
		return "", err
	}
	name = hex.EncodeToString(w.sum.Sum(nil))
	if err := w.line(write(endLine{lineEnd, w.lines, name})); err != nil {
		return "", err
	}
	return name, w.to.Flush()
}

// exporter writes lines, and counts them.
type exporter struct {
	ctx   context.Context // of the export
	to    *bufio.Writer
	sum   hash.Hash // of the lines so far
	lines int64
	work  chan func() error // that writes lines
}

func (w *exporter) run() error {
	for write := range w.work {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

func (w *exporter) line(line []byte, err error) error {
	if err != nil {
		return err
	}
	w.lines++
	line = append(line, '\n')
	w.sum.Write(line)
	_, err = w.to.Write(line)
	return err
}

// each is a function that has things written, which nobody changes any more.
func each[T any](w *exporter, write func(T) ([]byte, error)) func([]T) error {
	return func(all []T) error {
		select {
		case <-w.ctx.Done():
			return w.ctx.Err()
		case w.work <- func() error {
			for _, one := range all {
				if err := w.line(write(one)); err != nil {
					return err
				}
			}
			return nil
		}:
			return nil
		}
	}
}

// read reads all that is to be written.
func (w *exporter) read(tx store.Tx, modes []clientele.Mode) error {
	from := database{
		func(fn func(store.Tx) error) error { return fn(tx) },
		func(mode clientele.Mode) bool { return slices.Contains(modes, mode) },
	}
	first := exportLine{Object: lineExport, Format: format}
	for _, mode := range modes {
		first.Modes = append(first.Modes, mode.String())
	}
	err := each(w, func(l exportLine) ([]byte, error) { return write(l) })([]exportLine{first})
	for _, k := range store.Kinds {
		if err == nil && !k.Private {
			row := func(r store.StoredRow) ([]byte, error) { return writeRow(k, r) }
			err = from.rows(k, store.Beginning, each(w, row))
		}
	}
	ledgers := func(some [][]store.Movement) error { return each(w, writeMovement)(slices.Concat(some...)) }
	events := func(some []store.EventRecord) error {
		return each(w, writeEvent)(slices.DeleteFunc(some, func(e store.EventRecord) bool {
			return store.KindOf(e.ObjectType()).Private
		}))
	}
	for _, read := range []func() error{
		func() error { return from.names(each(w, writeName)) },
		func() error { return from.ledgers(ledgers) },
		func() error { return from.sums(each(w, writePart)) },
		func() error { return from.digests(each(w, writeDigest)) },
		func() error { return from.events(0, events) },
	} {
		if err == nil {
			err = read()
		}
	}
	return err
}
