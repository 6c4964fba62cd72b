package move

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// ErrIncomplete says that an export is not whole, or was changed since.
var ErrIncomplete = errors.New("it ends early, or was changed since it was exported")

// longestLine is longer than any line of an export.
const longestLine = 64 << 20

// IsExport says whether a file begins as [Export] begins.
func IsExport(file io.Reader) bool {
	line, _ := bufio.NewReader(file).ReadSlice('\n') // a long one is none
	return objectOf(line) == lineExport
}

// CheckExport reads a whole export: it is as it was written. It answers how many lines it has, the last aside, and
// their SHA-256, which names it. An error is [ErrIncomplete], or says that another version wrote it.
func CheckExport(file io.Reader) (lines int64, name string, err error) {
	all, sum := newLines(file), sha256.New()
	for ; all.next(); lines++ {
		if lines == 0 {
			var first exportLine
			if err := json.Unmarshal(all.line, &first); err != nil || first.Format != format {
				return 0, "", fmt.Errorf("it has the form %d, of another version of Clientele; this one reads %d",
					first.Format, format)
			}
		}
		if all.object == lineEnd {
			var end endLine
			err := json.Unmarshal(all.line, &end)
			if err != nil || end.Lines != lines || end.SHA256 != hex.EncodeToString(sum.Sum(nil)) || all.next() {
				return 0, "", ErrIncomplete
			}
			return lines, end.SHA256, nil
		}
		sum.Write(all.line)
		sum.Write([]byte{'\n'})
	}
	if all.err == nil {
		all.err = ErrIncomplete
	}
	return 0, "", all.err
}

// Import makes a database of an export that [CheckExport] found good. It can be stopped, and goes on when it is called
// again. name is what [CheckExport] says, so that no other goes on. progress is told as by [All].
func Import(
	ctx context.Context, file io.Reader, to store.Store, name string, progress func(what string, done int64),
) error {
	from := newLines(file)
	from.next()
	from.next() // the one after the first
	if err := copyFrom(ctx, from, to, name, progress); err != nil {
		return err
	}
	if from.object != lineEnd {
		return fmt.Errorf("line %d: it is a %q, which nobody expects there", from.number, from.object)
	}
	return nil
}

// HasExport says whether a database has, in the modes of an export, what that has, whose name [CheckExport] says, and
// nothing else: its own export is the same.
func HasExport(ctx context.Context, file io.Reader, db store.Transactions, name string) (bool, error) {
	all := newLines(file)
	all.next()
	var first exportLine
	if err := json.Unmarshal(all.line, &first); err != nil {
		return false, err
	}
	modes := []clientele.Mode{clientele.Test, clientele.Live}
	modes = slices.DeleteFunc(modes, func(m clientele.Mode) bool { return !slices.Contains(first.Modes, m.String()) })
	is, err := exportNamed(ctx, db, modes, io.Discard)
	return is == name, err
}

// lines are the source that is an export.
type lines struct {
	scanner *bufio.Scanner
	line    []byte // which is read next
	object  string // what it is; "" after the last
	number  int64
	err     error
}

func newLines(file io.Reader) *lines {
	l := &lines{scanner: bufio.NewScanner(file)}
	l.scanner.Buffer(make([]byte, 1<<20), longestLine)
	return l
}

// next goes on to the next line, and says whether there is one.
func (l *lines) next() bool {
	l.line, l.object = nil, ""
	if !l.scanner.Scan() {
		l.err = l.scanner.Err()
		return false
	}
	l.number++
	l.line = l.scanner.Bytes()
	l.object = objectOf(l.line)
	return true
}

// read calls a function with what the next lines of some kinds are, some at a time.
func read[T any](l *lines, read func([]byte) (T, error), fn func([]T) error, objects ...string) error {
	for {
		var some []T
		for size := 0; slices.Contains(objects, l.object) && len(some) < step && size < stepBytes; l.next() {
			size += len(l.line)
			one, err := read(l.line)
			if err != nil {
				return fmt.Errorf("line %d: %w", l.number, err)
			}
			some = append(some, one)
		}
		if l.err != nil || len(some) == 0 {
			return l.err
		}
		if err := fn(some); err != nil {
			return err
		}
	}
}

func (l *lines) rows(k *store.Kind, after store.Position, fn func([]store.StoredRow) error) error {
	objects := []string{string(k.Type)}
	if k == store.Customers.Kind {
		objects = append(objects, lineDeleted)
	}
	return read(l, readRow, func(some []store.StoredRow) error {
		there := func(r store.StoredRow) bool { return !k.Small && r.Seq <= after }
		return fn(slices.DeleteFunc(some, there))
	}, objects...)
}

func (l *lines) names(fn func([]store.ClaimedName) error) error {
	return read(l, readName, fn, lineName)
}

// ledgers puts the movements of a customer together that are within one step.
func (l *lines) ledgers(fn func([][]store.Movement) error) error {
	return read(l, readMovement, func(some []store.Movement) error {
		var all [][]store.Movement
		for n, m := range some {
			if n == 0 || m.CustomerID != some[n-1].CustomerID {
				all = append(all, nil)
			}
			last := &all[len(all)-1]
			*last = append(*last, m)
		}
		return fn(all)
	}, lineLedger)
}

func (l *lines) sums(fn func([]part) error) error { return read(l, readPart, fn, lineSum) }

func (l *lines) digests(fn func([]store.ClosingDigest) error) error {
	return read(l, readDigest, fn, lineDigest)
}

// pruned is nothing: what an export has of events is all that there was for it.
func (*lines) pruned(func([]store.PrunedEvent) error) error { return nil }

func (l *lines) events(after int64, fn func([]store.EventRecord) error) error {
	return read(l, readEvent, func(some []store.EventRecord) error {
		return fn(slices.DeleteFunc(some, func(e store.EventRecord) bool { return e.Seq <= after }))
	}, lineEvent)
}
