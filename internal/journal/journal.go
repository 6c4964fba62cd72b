// Package journal writes double entries in the formats that accounting programs read.
package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"clientele.dev"
)

// Writer writes a journal: Begin comes first, then its entries, then End.
type Writer interface {
	Begin(clientele.Journal) error
	Entry(clientele.JournalEntry) error
	End() error
}

// Format is what a journal can be written in.
type Format struct {
	Name, Media string
	Extension   string // of a file's name
	writer      func(*bufio.Writer) Writer
}

// Formats are all formats.
var Formats = []Format{
	{"csv", "text/csv; charset=utf-8", ".csv", newCSV},
	{"hledger", "text/plain; charset=utf-8", ".journal", newHledger},
	{"beancount", "text/plain; charset=utf-8", ".beancount", newBeancount},
	{"datev", "text/csv; charset=windows-1252", ".csv", newDatev},
}

// Named is the format with a name.
func Named(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Names are the names of all formats.
func Names() (names []string) {
	for _, f := range Formats {
		names = append(names, f.Name)
	}
	return names
}

// FileName is what a file with the journal of some days is called.
func (f Format) FileName(j clientele.Journal) string {
	name := "journal-" + j.To.String()
	if j.From != 0 {
		name = "journal-" + j.From.String() + "-" + j.To.String()
	}
	if f.Name == "datev" { // whose program takes no other
		name = "EXTF_" + name
	}
	return name + f.Extension
}

// File is a journal that was written whole, so that none ends in the middle because of a mistake. It is gone once it is
// closed.
type File struct {
	*os.File
	Journal clientele.Journal
	Size    int64
}

// Close removes the file.
func (f *File) Close() error {
	err := f.File.Close()
	_ = os.Remove(f.Name())
	return err
}

// Write writes the journal that read reads into a file of its own.
func (f Format) Write(read func(Writer) error) (*File, error) {
	made, err := os.CreateTemp("", "clientele-journal-*")
	if err != nil {
		return nil, err
	}
	file := &File{File: made}
	if err := file.fill(f, read); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// fill writes the file, and goes back to its beginning.
func (f *File) fill(format Format, read func(Writer) error) error {
	to := bufio.NewWriterSize(f.File, 64<<10)
	w := noting{format.writer(to), &f.Journal}
	if err := read(w); err != nil {
		return err
	}
	if err := w.End(); err != nil {
		return err
	}
	err := to.Flush()
	if err == nil {
		f.Size, err = f.Seek(0, io.SeekCurrent)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	return err
}

// noting notes what a journal says of itself.
type noting struct {
	Writer
	journal *clientele.Journal
}

// Begin implements [Writer].
func (n noting) Begin(j clientele.Journal) error {
	*n.journal = j
	return n.Writer.Begin(j)
}

// intro says in words what a journal is.
func intro(j clientele.Journal) string {
	of := "Journal through " + j.To.String()
	if j.From != 0 {
		of = "Journal from " + j.From.String() + " to " + j.To.String()
	}
	if j.Closed {
		return fmt.Sprintf("%s, in %s mode. These days are closed: they do not change.", of, j.Livemode)
	}
	return fmt.Sprintf("%s, in %s mode, as it was at %s. Days that are not closed can change.", of, j.Livemode, j.At)
}

// commodity is how a currency is called, and how many decimals it has.
type commodity struct {
	name     string
	decimals int
}

func (c commodity) amount(a clientele.Amount) string { return a.Decimal(c.decimals) }

// commodities are currencies by their symbols: capital letters and digits, and of several with the same symbol all but
// the oldest with the end of their ids, so that a new currency changes no other's name.
func commodities(all []clientele.PaymentCurrency) map[string]commodity {
	names, taken := map[string]commodity{}, map[string]bool{}
	for _, c := range all {
		name := plain(c.Symbol)
		if name == "" || name[0] < 'A' {
			name = "X" + name
		}
		const most = 16
		name = name[:min(len(name), most)]
		if id := plain(c.ID); taken[name] {
			name += "-" + id[max(0, len(id)-7):]
		}
		taken[name] = true
		names[c.ID] = commodity{name, c.Decimal}
	}
	return names
}

// plain is a text in capital letters and digits alone.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToUpper(s))
}

// oneLine is a text on one line, with a space in place of what cannot be in it.
func oneLine(s, without string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r < ' ' || r == ' ' || r == 0x7f || r == '\u0085' || r == '\u00a0' || r == '\u2028' || r == '\u2029' ||
			strings.ContainsRune(without, r)
	}), " ")
}

// refused is the error about a journal that a format cannot have.
func refused(field, message string, args ...any) error {
	return clientele.Errorf(clientele.ErrorCodeInvalid, field, message, args...)
}
