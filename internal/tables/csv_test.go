package tables_test

import (
	"slices"
	"strings"
	"testing"

	"clientele.dev/internal/tables"
)

// No text is a formula for the spreadsheet that opens it, whatever it begins with; numbers stay numbers.
func TestCellsAreNoFormulas(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-x": "'-x", "-1+1": "'-1+1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx",
		"\r=1": "\"'=1\"", "\n=1": "\"'\r\n=1\"", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠A": "'＠A", "-": "'-",
		"-1": "-1", "-12.34": "-12.34", "-1.2.3": "'-1.2.3", "-.5": "'-.5",
		"-123456789012345678901234567890": "-123456789012345678901234567890", "1": "1", "a=b": "a=b", "": "",
		"Ada": "Ada", " =1": "\" =1\"", "1,2": "\"1,2\"", "\"x\"": "\"\"\"x\"\"\"",
	} {
		var b strings.Builder
		if err := tables.Write(&b, slices.Values([][]string{{"id", text}})); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != "id,"+want+"\r\n" {
			t.Errorf("%q is written %q, want %q", text, got, "id,"+want+"\r\n")
		}
	}
}

// What was written is read again; a quote that guards nothing is a part of the text.
func TestTextOfCells(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"'=1+1": "=1+1", "'+49 30 1": "+49 30 1", "'-x": "-x", "'@A": "@A", "'hello": "'hello", "'-5": "'-5", "'": "'",
		"=1": "=1", "-5": "-5", "": "",
	} {
		if got := tables.Text(written); got != want {
			t.Errorf("%q is read as %q, want %q", written, got, want)
		}
	}
}
