package paper

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Measures in points.
const (
	margin     = 48
	foot       = 18 // from the text's end to the page's number
	gutter     = 14 // between columns
	lead       = 1.45
	small      = 8.0
	normal     = 9.5
	large      = 13.0
	huge       = 22.0
	noteWidth  = 0.8 // of the page's
	factLabels = 70  // the width of the facts' labels
	hair       = 0.5
)

var (
	black  = ink{0.11, 0.12, 0.14}
	grey   = ink{0.42, 0.44, 0.48}
	pale   = ink{0.86, 0.87, 0.89}
	tones  = map[string]ink{calm: {0.36, 0.39, 0.44}, good: {0.09, 0.45, 0.27}, warn: {0.70, 0.16, 0.13}}
	a4     = [2]float64{595.28, 841.89}
	letter = [2]float64{612, 792}
)

// printer lays a document out, from the top down.
type printer struct {
	*pdfFile
	*typesetter
	page int
	y    float64
	head func() // draws the head of the table that goes on, on every further page
}

// writePDF writes a document as a PDF.
func writePDF(w io.Writer, d document) error {
	size := a4
	if d.Letter {
		size = letter
	}
	setter := typesetters.Get().(*typesetter)
	defer typesetters.Put(setter)
	setter.missing = map[rune]bool{}
	p := &printer{pdfFile: newPDFFile(size[0], size[1]), typesetter: setter, page: -1}
	p.nextPage()
	p.top(d)
	for _, t := range d.Tables {
		p.table(t)
	}
	for _, n := range d.Notes {
		p.note(n)
	}
	if len(setter.missing) > 0 {
		p.note(fact{"", missingText(setter.missing)})
	}
	p.numbers(d)
	return p.writeTo(w, strings.TrimSpace(d.Title+" "+d.Number))
}

// missingText says which characters are printed as boxes, by their script, or by number.
func missingText(missing map[rune]bool) string {
	names := map[string]bool{}
	for r := range missing {
		name := fmt.Sprintf("U+%04X", r)
		for script, table := range unicode.Scripts {
			if script != "Common" && script != "Inherited" && script != "Han" && unicode.Is(table, r) {
				name = strings.ReplaceAll(script, "_", " ")
			}
		}
		names[name] = true
	}
	return "Characters that no typeface here has are printed as boxes: " +
		strings.Join(slices.Sorted(maps.Keys(names)), ", ") + "."
}

func (p *printer) inner() float64  { return p.width - 2*margin }
func (p *printer) bottom() float64 { return p.height - margin - foot }

// nextPage goes on at the top of the next page, which the column beside may have begun already.
func (p *printer) nextPage() {
	if p.page++; p.page == len(p.pages) {
		p.addPage()
	}
	p.y = margin
	if p.head != nil {
		p.head()
	}
}

// need begins a page unless so much height is left on this one.
func (p *printer) need(height float64) {
	if p.y+height > p.bottom() {
		p.nextPage()
	}
}

// style is how text looks.
type style struct {
	size float64
	bold bool
	ink  ink
}

// set breaks text into lines for a width in points.
func (p *printer) set(text string, s style, width float64) []line {
	return p.lay(text, s.bold, width*em/s.size)
}

// natural is how wide text is on one line, in points.
func (p *printer) natural(text string, s style) (width float64) {
	for _, l := range p.set(text, s, 100*p.width) {
		width = max(width, l.width*s.size/em)
	}
	return width
}

// put draws a line at the height p.y: at the left of its place or, what is to end there or is written from right to
// left, at the right.
func (p *printer) put(l line, s style, x, width float64, end bool) {
	if end || l.rtl {
		x += width - l.width*s.size/em
	}
	p.text(p.page, l, x, p.y+s.size*1.07, s.size, s.ink)
}

// flow draws text line by line and goes on on the next page where this one ends.
func (p *printer) flow(text string, s style, x, width float64) {
	for _, l := range p.set(text, s, width) {
		p.need(s.size * lead)
		p.put(l, s, x, width, false)
		p.y += s.size * lead
	}
}

// beside draws two columns from the same height, and goes on below the longer.
func (p *printer) beside(left, right func()) {
	page, top := p.page, p.y
	left()
	leftPage, leftY := p.page, p.y
	p.page, p.y = page, top
	right()
	if leftPage > p.page || leftPage == p.page && leftY > p.y {
		p.page, p.y = leftPage, leftY
	}
}

// top draws everything above the tables.
func (p *printer) top(d document) {
	half := (p.inner() - 2*gutter) / 2
	right := margin + p.inner() - half
	p.beside(func() {
		p.drawLogo(d.Logo, margin)
		p.flow(d.From.Name, style{large, true, black}, margin, half)
		p.flow(strings.Join(d.From.Lines, "\n"), style{normal, false, grey}, margin, half)
	}, func() {
		p.flow(d.Title, style{huge, false, black}, right, half)
		p.badges(d.Badges, right)
		p.facts(d.Facts, right, half)
	})
	p.y += 22
	p.beside(func() {
		if d.To.Name == "" && len(d.To.Lines) == 0 {
			return
		}
		p.flow(d.To.Label, style{small, false, grey}, margin, half)
		p.flow(d.To.Name, style{normal + 1.5, true, black}, margin, half)
		p.flow(strings.Join(d.To.Lines, "\n"), style{normal, false, black}, margin, half)
	}, func() {
		if d.Figure == nil {
			return
		}
		p.flow(d.Figure.Label, style{small, false, grey}, right, half)
		amount := style{large + 5, true, black}
		if p.natural(d.Figure.Amount, amount) > half {
			amount.size = large
		}
		p.flow(d.Figure.Amount, amount, right, half)
		p.flow(d.Figure.Note, style{normal, false, grey}, right, half)
	})
	if d.Text != "" {
		p.y += 18
		p.flow(d.Text, style{normal, false, black}, margin, p.inner())
	}
	p.y += 12
}

// badges draws words on the state of things side by side.
func (p *printer) badges(badges []badge, x float64) {
	if len(badges) == 0 {
		return
	}
	for _, b := range badges {
		s := style{small, true, ink{1, 1, 1}}
		width := p.natural(b.Text, s)
		p.box(p.page, x, p.y, width+12, small*1.9, tones[b.Tone])
		p.y += small * 0.22
		p.put(p.set(b.Text, s, p.width)[0], s, x+6, width, false)
		p.y -= small * 0.22
		x += width + 18
	}
	p.y += small*1.9 + 8
}

// facts draws labels and what is to know beside them.
func (p *printer) facts(facts []fact, x, width float64) {
	for _, f := range facts {
		p.beside(func() { p.flow(f.Label, style{normal, false, grey}, x, factLabels) },
			func() { p.flow(f.Value, style{normal, false, black}, x+factLabels+8, width-factLabels-8) })
	}
}

// note draws what stands below the tables.
func (p *printer) note(n fact) {
	p.y += 18
	look := style{normal, false, black}
	beginning := min(3, len(p.set(n.Value, look, p.inner()*noteWidth))) // stays with the label
	p.need(float64(beginning)*normal*lead + small*lead*float64(min(1, len(n.Label))))
	if n.Label != "" {
		p.flow(n.Label, style{small, false, grey}, margin, p.inner())
		p.y += 2
	}
	p.flow(n.Value, look, margin, p.inner()*noteWidth)
}

// numbers draws the foot of every page, when all are known.
func (p *printer) numbers(d document) {
	s := style{small, false, grey}
	for p.page = range p.pages {
		p.y = p.height - margin
		count := fmt.Sprintf("Page %d of %d", p.page+1, len(p.pages))
		width := p.natural(count, s)
		p.put(p.set(count, s, p.width)[0], s, margin, p.inner(), true)
		if lines := p.set(strings.TrimSpace(d.Title+" "+d.Number), s, p.inner()-width-gutter); len(lines) > 0 {
			p.put(lines[0], s, margin, p.inner()-width-gutter, false)
		}
	}
}
