package paper

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	unicodebidi "golang.org/x/text/unicode/bidi"
)

// em is how many units an em has while text is shaped; what is measured in them is then scaled to any size.
const em = 1000

// line is a line of shaped text, in the order it is seen from left to right.
type line struct {
	width float64 // in thousandths of an em
	rtl   bool    // whether its paragraph is written from right to left
	runs  []run
}

// run is a part of a line in one typeface.
type run struct {
	typeface int // its place in typefaces
	thick    bool
	clusters []cluster
}

// cluster is what some characters became: usually one glyph of one character.
type cluster struct {
	text   string
	glyphs []glyph
}

// glyph is one shape, measured in thousandths of an em.
type glyph struct {
	id            font.GID
	advance, x, y float64
}

// typesetter shapes text. It is used by one goroutine at a time.
type typesetter struct {
	faces   []*font.Face // by place in typefaces; nil until needed
	places  map[*font.Face]int
	bold    bool
	segment shaping.Segmenter
	bidi    bidi.Paragraph
	shaper  shaping.HarfbuzzShaper
	wrapper shaping.LineWrapper
	missing map[rune]bool // characters that no typeface has
}

// typesetters keeps what fonts have been prepared for shaping.
var typesetters = sync.Pool{New: func() any {
	t := &typesetter{faces: make([]*font.Face, len(typefaces)), places: map[*font.Face]int{}}
	t.shaper.SetFontCacheSize(len(typefaces))
	return t
}}

func (t *typesetter) face(place int) *font.Face {
	if t.faces[place] == nil {
		t.faces[place] = font.NewFace(typefaces[place].load().font)
		t.places[t.faces[place]] = place
	}
	return t.faces[place]
}

// ResolveFace answers the first typeface that has a character, and for one that none has, the text's own: it has a box
// for what is missing.
func (t *typesetter) ResolveFace(r rune) *font.Face {
	own := 0
	if t.bold {
		own = 1
	}
	if typefaces[own].has(r) {
		return t.face(own)
	}
	for place, typeface := range typefaces[2:] {
		if typeface.has(r) {
			return t.face(place + 2)
		}
	}
	if unicode.IsGraphic(r) && !unicode.Is(unicode.Mn, r) {
		t.missing[r] = true
	}
	return t.face(own)
}

// lay breaks text into lines of at most width thousandths of an em; a word that is longer is broken. Empty text is no
// line.
func (t *typesetter) lay(text string, bold bool, width float64) (lines []line) {
	if text == "" {
		return nil
	}
	t.bold = bold
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, t.layParagraph([]rune(paragraph), width)...)
	}
	return lines
}

func (t *typesetter) layParagraph(text []rune, width float64) (lines []line) {
	if len(text) == 0 {
		return []line{{}}
	}
	direction := directionOf(text)
	input := shaping.Input{
		Text: text, RunEnd: len(text), Direction: direction, Size: fixed.I(em), Language: language.NewLanguage("en"),
	}
	var shaped []shaping.Output
	for _, part := range t.segment.Split(input, t) {
		shaped = append(shaped, t.shaper.Shape(part))
	}
	wrapped, _ := t.wrapper.WrapParagraphF(shaping.WrapConfig{Direction: direction, DisableTrailingWhitespaceTrim: true},
		fixed.Int26_6(math.Ceil(width*64)), text, shaping.NewSliceIterator(shaped))
	levels := t.levels(text, direction)
	for _, w := range wrapped {
		lines = append(lines, t.line(w, text, levels))
	}
	return lines
}

// directionOf is the direction of the first letter that has one, as browsers have it for dir="auto".
func directionOf(text []rune) di.Direction {
	for _, r := range text {
		properties, _ := unicodebidi.LookupRune(r)
		switch properties.Class() {
		case unicodebidi.L:
			return di.DirectionLTR
		case unicodebidi.R, unicodebidi.AL:
			return di.DirectionRTL
		}
	}
	return di.DirectionLTR
}

// levels are how deeply each character is nested in text of the other direction: odd from right to left (UAX #9).
func (t *typesetter) levels(text []rune, direction di.Direction) []bidi.Level {
	base := bidi.LeftToRight
	if direction == di.DirectionRTL {
		base = bidi.RightToLeft
	}
	levels := make([]bidi.Level, len(text))
	runs := t.bidi.Segment(text, base)
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		for at := run.Start; at < run.End; at++ {
			levels[at] = run.Level
		}
	}
	return levels
}

// line copies a line that the wrapper will use again, without the spaces at its end.
func (t *typesetter) line(wrapped shaping.Line, text []rune, levels []bidi.Level) line {
	l := line{rtl: directionOf(text) == di.DirectionRTL}
	var nested []bidi.Level
	for i, out := range wrapped {
		r := t.run(out, text)
		if i == len(wrapped)-1 {
			r.trim(out.Direction)
		}
		for _, c := range r.clusters {
			for _, g := range c.glyphs {
				l.width += g.advance
			}
		}
		l.runs, nested = append(l.runs, r), append(nested, levels[out.Runes.Offset])
	}
	l.order(nested)
	return l
}

func (t *typesetter) run(out shaping.Output, text []rune) run {
	place := t.places[out.Face]
	r := run{typeface: place, thick: t.bold && !typefaces[place].bold}
	for i, g := range out.Glyphs {
		if i == 0 || g.TextIndex() != out.Glyphs[i-1].TextIndex() {
			r.clusters = append(r.clusters, cluster{text: string(text[g.TextIndex() : g.TextIndex()+g.RunesCount()])})
		}
		c := &r.clusters[len(r.clusters)-1]
		c.glyphs = append(c.glyphs, glyph{g.GlyphID, units(g.Advance), units(g.XOffset), units(g.YOffset)})
	}
	return r
}

// trim takes the spaces off the end that is read last.
func (r *run) trim(direction di.Direction) {
	blank := func(c cluster) bool { return strings.TrimSpace(c.text) == "" }
	for len(r.clusters) > 0 {
		last := len(r.clusters) - 1
		switch {
		case direction == di.DirectionRTL && blank(r.clusters[0]):
			r.clusters = r.clusters[1:]
		case direction != di.DirectionRTL && blank(r.clusters[last]):
			r.clusters = r.clusters[:last]
		default:
			return
		}
	}
}

// order puts the runs of a line into the order they are seen, from the deepest nested to the outermost (UAX #9, L2).
func (l *line) order(levels []bidi.Level) {
	for level := slices.Max(append(levels, 0)); level > 0; level-- {
		for from := 0; from < len(levels); from++ {
			to := from
			for to < len(levels) && levels[to] >= level {
				to++
			}
			slices.Reverse(l.runs[from:to])
			slices.Reverse(levels[from:to])
			from = max(from, to-1)
		}
	}
}

func units(v fixed.Int26_6) float64 { return float64(v) / 64 }
