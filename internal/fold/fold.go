// Package fold brings texts into the form in which search compares them.
package fold

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// accents are the marks that search looks past: combining diacritics, Hebrew points and Arabic vowel signs. Marks that
// spell a word, as in Thai or Devanagari, stay.
var accents = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0300, Hi: 0x036f, Stride: 1}, {Lo: 0x0591, Hi: 0x05bd, Stride: 1}, {Lo: 0x05bf, Hi: 0x05c7, Stride: 1},
	{Lo: 0x064b, Hi: 0x065f, Stride: 1}, {Lo: 0x0670, Hi: 0x0670, Stride: 1}, {Lo: 0x1ab0, Hi: 0x1aff, Stride: 1},
	{Lo: 0x1dc0, Hi: 0x1dff, Stride: 1}, {Lo: 0x20d0, Hi: 0x20ff, Stride: 1}, {Lo: 0xfe20, Hi: 0xfe2f, Stride: 1},
}}

// strokes are letters with a stroke or joined, which Unicode does not take apart but people type without.
var strokes = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ħ", "h", "ı", "i", "ŧ", "t", "ð", "d",
	"æ", "ae", "œ", "oe", "þ", "th")

// typed are the quotation marks and dashes that telephones and word processors set in place of those on a keyboard.
var typed = strings.NewReplacer(
	"’", "'", "‘", "'", "‚", "'", "‛", "'", "′", "'", "´", "'", "`", "'", "ʼ", "'", "ʹ", "'",
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "″", `"`,
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "−", "-", "\u00ad", "")

// Typed writes the quotation marks and dashes of a text as a keyboard has them, and leaves out soft hyphens.
func Typed(s string) string { return typed.Replace(s) }

// umlauts are the German letters that people without them on the keyboard write as two.
var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue")

// German is [Text] of a text with its umlauts written as two letters, or "" when it has none: Mueller for Müller.
func German(s string) string {
	composed := norm.NFC.String(s)
	written := umlauts.Replace(composed)
	if written == composed {
		return ""
	}
	return Text(written)
}

// folders are the chains of transformations that Text uses; each has buffers worth keeping.
var folders = sync.Pool{New: func() any {
	return transform.Chain(norm.NFKD, runes.Remove(runes.In(accents)), runes.Map(capitalCherokee), cases.Fold(),
		norm.NFKD,
		runes.Remove(runes.In(accents)), norm.NFC)
}}

// capitalCherokee makes a small Cherokee letter a capital. Case folding keeps Cherokee capitals, unlike all others, and
// the library folds each case of them to the other.
func capitalCherokee(r rune) rune {
	switch {
	case r >= 0xab70 && r <= 0xabbf:
		return r - 0xab70 + 0x13a0
	case r >= 0x13f8 && r <= 0x13fd:
		return r - 8
	}
	return r
}

// Text is the form in which search compares texts: without case, accents or differences of width (compatibility
// decomposition, Unicode case folding), with a keyboard's quotation marks and dashes, white space as single spaces.
func Text(s string) string {
	if isPlain(s) {
		return strings.ToLower(s)
	}
	s = Typed(s)
	t := folders.Get().(transform.Transformer)
	defer folders.Put(t)
	folded, _, err := transform.String(t, s)
	if err != nil {
		folded = strings.ToLower(s)
	}
	return strokes.Replace(strings.Join(strings.Fields(folded), " "))
}

// Label is the form in which printed numbers are the same: without case and differences of width, white
// space as single spaces. Unlike [Text] it keeps accents.
func Label(s string) string {
	if isPlain(s) {
		return strings.ToLower(s)
	}
	folded := norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
	return strings.Join(strings.Fields(folded), " ")
}

// Reference is the form in which references of payments are the same: as [Label], without any white space. Banks print
// RF18 5390 0754 and send RF1853900754.
func Reference(s string) string { return strings.ReplaceAll(Label(s), " ", "") }

// isPlain says whether folding a text is only a matter of ASCII case.
func isPlain(s string) bool {
	space := true // a space here would be folded away
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ' && space, c < ' ', c == '`', c >= utf8.RuneSelf:
			return false
		default:
			space = c == ' '
		}
	}
	return !space || s == ""
}
