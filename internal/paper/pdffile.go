package paper

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-text/typesetting/font"
)

// pdfFile is a PDF being written (ISO 32000-1): pages of text in embedded fonts, lines and filled boxes. No library for
// Go writes text that has been shaped, which most of the world's scripts need, without bringing a drawing program.
type pdfFile struct {
	width, height float64 // of every page, in points
	pages         []*bytes.Buffer
	fonts         map[int]*embedded // by place in typefaces
	objects       [][]byte
	logo          int // the object of the one picture; 0 when there is none
}

// embedded is the part of a font that a file has used. A code stands for a glyph and for the text it came of, so that
// what is seen can be searched and copied.
type embedded struct {
	glyphTables
	codes  map[code]int
	glyphs []font.GID // by code; the first is the box for what is missing
	texts  []string
}

type code struct {
	glyph font.GID
	text  string
}

func newPDFFile(width, height float64) *pdfFile {
	return &pdfFile{width: width, height: height, fonts: map[int]*embedded{}}
}

func (f *pdfFile) addPage() { f.pages = append(f.pages, &bytes.Buffer{}) }

// ink is what something is drawn with: a grey from 0, black, to 1, white, or a colour.
type ink struct{ r, g, b float64 }

func (i ink) String() string { return num(i.r) + " " + num(i.g) + " " + num(i.b) }

// rule draws a horizontal line; y counts from the top, as everywhere here.
func (f *pdfFile) rule(page int, x, y, width, weight float64, i ink) {
	f.box(page, x, y-weight/2, width, weight, i)
}

// box fills a box whose upper left corner is at x, y.
func (f *pdfFile) box(page int, x, y, width, height float64, i ink) {
	fmt.Fprintf(f.pages[page], "%s rg %s %s %s %s re f\n", i, num(x), num(f.height-y-height), num(width), num(height))
}

// text draws a line with its baseline's left end at x, y.
func (f *pdfFile) text(page int, l line, x, y, size float64, i ink) {
	w := f.pages[page]
	fmt.Fprintf(w, "BT %s rg %s RG\n", i, i)
	for _, r := range l.runs {
		e := f.embed(r.typeface)
		thickness := "0 Tr"
		if r.thick {
			thickness = "2 Tr " + num(size/30) + " w"
		}
		fmt.Fprintf(w, "/F%d %s Tf %s 1 0 0 1 %s %s Tm\n", r.typeface, num(size), thickness, num(x), num(f.height-y))
		x += e.show(w, r.clusters, size) * size / em
	}
	w.WriteString("ET\n")
}

func (f *pdfFile) embed(typeface int) *embedded {
	e := f.fonts[typeface]
	if e == nil {
		e = &embedded{
			glyphTables: typefaces[typeface].load().glyphs(), codes: map[code]int{},
			glyphs: []font.GID{0}, texts: []string{""},
		}
		f.fonts[typeface] = e
	}
	return e
}

// code is the number of a glyph that came of a text.
func (e *embedded) code(id font.GID, text string) int {
	c := code{id, text}
	n, known := e.codes[c]
	if !known {
		if n = len(e.glyphs); n > math.MaxUint16 {
			return 0 // more than a font can have: a box
		}
		e.codes[c] = n
		e.glyphs, e.texts = append(e.glyphs, id), append(e.texts, text)
	}
	return n
}

// width is a glyph's own advance in thousandths of an em.
func (e *embedded) width(id font.GID) float64 {
	m, h := e.metric(id), e.raw["head"]
	return math.Round(float64(int(m[0])<<8|int(m[1])) * em / float64(int(h[18])<<8|int(h[19])))
}

// show draws clusters one after another and answers how wide they are. Where characters became several glyphs, the text
// stands beside them.
func (e *embedded) show(w *bytes.Buffer, clusters []cluster, size float64) (width float64) {
	rise, gap := 0.0, 0.0 // gap is what is between the PDF's pen and ours
	w.WriteString("[")
	for _, c := range clusters {
		text := c.text
		if len(c.glyphs) > 1 {
			text = ""
			fmt.Fprintf(w, "] TJ /Span <</ActualText<%s>>> BDC [", utf16Hex("\uFEFF"+c.text))
		}
		for _, g := range c.glyphs {
			if g.id == font.EmptyGlyph { // a space that the font lacks
				gap, width = gap+g.advance, width+g.advance
				continue
			}
			if g.y != rise {
				rise = g.y
				fmt.Fprintf(w, "] TJ %s Ts [", num(rise*size/em))
			}
			if move := gap + g.x; math.Abs(move) > 0.01 {
				w.WriteString(num(-move))
				gap -= move
			}
			fmt.Fprintf(w, "<%04X>", e.code(g.id, text))
			gap += g.advance - e.width(g.id)
			width += g.advance
		}
		if len(c.glyphs) > 1 {
			w.WriteString("] TJ EMC [")
		}
	}
	w.WriteString("] TJ\n")
	if rise != 0 {
		w.WriteString("0 Ts\n")
	}
	return width
}

// add adds an object and answers its number.
func (f *pdfFile) add(object string) int {
	f.objects = append(f.objects, []byte(object))
	return len(f.objects)
}

// addStream adds an object of compressed data; entries are what else its dictionary has.
func (f *pdfFile) addStream(data []byte, entries string) int {
	return f.addCompressed(compress(data), entries)
}

// addCompressed is addStream for what [compress] answered.
func (f *pdfFile) addCompressed(data []byte, entries string) int {
	return f.add(fmt.Sprintf("<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream", len(data), entries, data))
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data) //nolint:errcheck // a buffer takes everything
	z.Close()     //nolint:errcheck // likewise
	return b.Bytes()
}

// writeTo writes the file.
func (f *pdfFile) writeTo(w io.Writer, title string) error {
	var fonts strings.Builder
	for place := range typefaces {
		if e := f.fonts[place]; e != nil {
			fmt.Fprintf(&fonts, "/F%d %d 0 R", place, f.addFont(e, typefaces[place].file))
		}
	}
	parent := len(f.objects) + 2*len(f.pages) + 1
	var kids strings.Builder
	for _, p := range f.pages {
		content := f.addStream(p.Bytes(), "")
		fmt.Fprintf(&kids, "%d 0 R ", f.add(fmt.Sprintf("<</Type/Page/Parent %d 0 R/Contents %d 0 R>>", parent, content)))
	}
	pictures := ""
	if f.logo != 0 {
		pictures = fmt.Sprintf("/XObject<</Logo %d 0 R>>", f.logo)
	}
	f.add(fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d/MediaBox[0 0 %s %s]/Resources<</Font<<%s>>%s>>>>", kids.String(),
		len(f.pages), num(f.width), num(f.height), fonts.String(), pictures))
	root := f.add(fmt.Sprintf(
		"<</Type/Catalog/Pages %d 0 R/Lang(en)/ViewerPreferences<</DisplayDocTitle true>>>>", parent))
	info := f.add(fmt.Sprintf("<</Title<%s>/Producer(Clientele)>>", utf16Hex("\uFEFF"+title)))
	_, err := w.Write(f.assemble(root, info))
	return err
}

// assemble writes the objects and where each begins.
func (f *pdfFile) assemble(root, info int) []byte {
	var b, places bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	for i, object := range f.objects {
		fmt.Fprintf(&places, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\n",
		len(f.objects)+1,
		places.Bytes(), len(f.objects)+1, root, info)
	fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}

// addFont embeds what was used of a font. Its name begins with six letters that say it is a part.
func (f *pdfFile) addFont(e *embedded, name string) int {
	name = "CLIENT+" + name
	file := e.subset(e.glyphs)
	data := f.addStream(file, fmt.Sprintf("/Length1 %d", len(file)))
	descriptor := f.add(fmt.Sprintf(
		"<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[-1000 -500 3000 1500]"+
			"/ItalicAngle 0/Ascent 1069/Descent -293/CapHeight 714/StemV 80/FontFile2 %d 0 R>>", name, data))
	var widths strings.Builder
	for _, id := range e.glyphs {
		widths.WriteString(num(e.width(id)) + " ")
	}
	glyphs := f.add(fmt.Sprintf(
		"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)"+
			"/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/W[0[%s]]>>", name, descriptor,
		widths.String()))
	texts := f.addStream(e.toUnicode(), "")
	return f.add(fmt.Sprintf(
		"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]"+
			"/ToUnicode %d 0 R>>", name, glyphs, texts))
}

// mappings is how many codes a PDF may map at once.
const mappings = 100

// toUnicode says which text each code stands for.
func (e *embedded) toUnicode() []byte {
	var known []string
	for n, text := range e.texts {
		if text != "" {
			known = append(known, fmt.Sprintf("<%04X><%s>\n", n, utf16Hex(text)))
		}
	}
	var b bytes.Buffer
	b.WriteString("/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def /CMapName/Adobe-Identity-UCS def " +
		"/CMapType 2 def\n" +
		"1 begincodespacerange<0000><FFFF>endcodespacerange\n")
	for len(known) > 0 {
		n := min(len(known), mappings)
		fmt.Fprintf(&b, "%d beginbfchar\n%sendbfchar\n", n, strings.Join(known[:n], ""))
		known = known[n:]
	}
	b.WriteString("endcmap CMapName currentdict/CMap defineresource pop end end\n")
	return b.Bytes()
}

func utf16Hex(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// num writes a coordinate with what a printer can tell apart.
func num(v float64) string {
	return strconv.FormatFloat(math.Round(v*1000)/1000+0, 'f', -1, 64)
}
