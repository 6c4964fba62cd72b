// Package tables writes tables as CSV that is safe to open in a spreadsheet.
package tables

import (
	"encoding/csv"
	"io"
	"iter"
	"strings"
)

// ByteOrderMark before a file says that it is UTF-8 to the spreadsheets that take it for something else without.
const ByteOrderMark = "\ufeff"

// Writer writes rows as CSV (RFC 4180).
type Writer struct{ csv *csv.Writer }

// NewWriter writes to a file or a connection.
func NewWriter(to io.Writer) Writer {
	w := csv.NewWriter(to)
	w.UseCRLF = true
	return Writer{w}
}

// Row writes a row.
func (w Writer) Row(row []string) error {
	for i := range row {
		row[i] = cell(row[i])
	}
	return w.csv.Write(row)
}

// Flush writes what is not written yet.
func (w Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Write writes rows, one at a time.
func Write(to io.Writer, rows iter.Seq[[]string]) error {
	w := NewWriter(to)
	for row := range rows {
		if err := w.Row(row); err != nil {
			return err
		}
	}
	return w.Flush()
}

// Text is what a cell says: without the quote before what a spreadsheet would take for a formula.
func Text(written string) string {
	if bare, quoted := strings.CutPrefix(written, "'"); quoted && cell(bare) == written {
		return bare
	}
	return written
}

// cell keeps a spreadsheet from taking a text for a formula, as OWASP advises, by a quote before it. An amount below
// nothing is a number and stays one.
func cell(text string) string {
	if text == "" || !strings.ContainsAny(text[:1], "=+-@\t\r\n") && !strings.HasPrefix(text, "＝") &&
		!strings.HasPrefix(text, "＋") && !strings.HasPrefix(text, "－") && !strings.HasPrefix(text, "＠") {
		return text
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if digits := whole + fraction; whole != "" && strings.Trim(digits, "0123456789") == "" {
		return text
	}
	return "'" + text
}
