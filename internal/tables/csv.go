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

// Write writes rows as CSV (RFC 4180), one at a time.
func Write(to io.Writer, rows iter.Seq[[]string]) error {
	w := csv.NewWriter(to)
	w.UseCRLF = true
	for row := range rows {
		for i := range row {
			row[i] = cell(row[i])
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
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
