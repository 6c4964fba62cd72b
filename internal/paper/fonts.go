package paper

import (
	"bytes"
	"embed"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

//go:embed fonts/*.ttf
var fontFiles embed.FS

// typeface is a font file, read when it is first needed.
type typeface struct {
	file   string
	blocks [][2]rune // the characters it is asked for; all when nil
	bold   bool
	load   func() loadedFont
}

// loadedFont is a font for shaping and its tables for embedding.
type loadedFont struct {
	font   *font.Font
	tables *opentype.Loader
}

// The characters of symbols, and of Chinese and Japanese, for which there are several typefaces.
var (
	symbolBlocks = [][2]rune{{0x2100, 0x2BFF}}
	hanBlocks    = [][2]rune{{0x2E80, 0x10FFFF}}
)

// typefaces are all there are: the text's own in both weights, then one per script, those of symbols, and last those of
// Chinese and Japanese.
// Those without a bold are printed bold by a thicker outline.
var typefaces = []*typeface{
	{file: "NotoSans-Regular"},
	{file: "NotoSans-Bold", bold: true},
	{file: "NotoSansArabic-Regular", blocks: [][2]rune{
		{0x600, 0x6FF}, {0x750, 0x77F}, {0x8A0, 0x8FF}, {0xFB50, 0xFDFF}, {0xFE70, 0xFEFF},
	}},
	{file: "NotoSansHebrew-Regular", blocks: [][2]rune{{0x590, 0x5FF}, {0xFB1D, 0xFB4F}}},
	{file: "NotoSansDevanagari-Regular", blocks: [][2]rune{{0x900, 0x97F}, {0xA8E0, 0xA8FF}, {0x1CD0, 0x1CFF}}},
	{file: "NotoSansBengali-Regular", blocks: [][2]rune{{0x980, 0x9FF}}},
	{file: "NotoSansGurmukhi-Regular", blocks: [][2]rune{{0xA00, 0xA7F}}},
	{file: "NotoSansGujarati-Regular", blocks: [][2]rune{{0xA80, 0xAFF}}},
	{file: "NotoSansTamil-Regular", blocks: [][2]rune{{0xB80, 0xBFF}}},
	{file: "NotoSansTelugu-Regular", blocks: [][2]rune{{0xC00, 0xC7F}}},
	{file: "NotoSansKannada-Regular", blocks: [][2]rune{{0xC80, 0xCFF}}},
	{file: "NotoSansMalayalam-Regular", blocks: [][2]rune{{0xD00, 0xD7F}}},
	{file: "NotoSansThai-Regular", blocks: [][2]rune{{0xE00, 0xE7F}}},
	{file: "NotoSansLao-Regular", blocks: [][2]rune{{0xE80, 0xEFF}}},
	{file: "NotoSansGeorgian-Regular", blocks: [][2]rune{{0x10A0, 0x10FF}, {0x1C90, 0x1CBF}, {0x2D00, 0x2D2F}}},
	{file: "NotoSansKhmer-Regular", blocks: [][2]rune{{0x1780, 0x17FF}, {0x19E0, 0x19FF}}},
	{file: "NotoSansArmenian-Regular", blocks: [][2]rune{{0x530, 0x58F}, {0xFB13, 0xFB17}}},
	{file: "ClienteleHangul-Regular", blocks: [][2]rune{{0x3130, 0x318F}, {0xAC00, 0xD7A3}}},
	{file: "NotoSansOriya-Regular", blocks: [][2]rune{{0xB00, 0xB7F}}},
	{file: "NotoSansSinhala-Regular", blocks: [][2]rune{{0xD80, 0xDFF}, {0x111E0, 0x111FF}}},
	{file: "NotoSerifTibetan-Regular", blocks: [][2]rune{{0xF00, 0xFFF}}},
	{file: "NotoSansMyanmar-Regular", blocks: [][2]rune{{0x1000, 0x109F}, {0xA9E0, 0xA9FF}, {0xAA60, 0xAA7F}}},
	{file: "NotoSansEthiopic-Regular", blocks: [][2]rune{{0x1200, 0x139F}, {0x2D80, 0x2DDF}, {0xAB00, 0xAB2F}}},
	{file: "NotoSansCherokee-Regular", blocks: [][2]rune{{0x13A0, 0x13FF}, {0xAB70, 0xABBF}}},
	{file: "NotoSansMath-Regular", blocks: symbolBlocks},
	{file: "NotoSansSymbols-Regular", blocks: symbolBlocks},
	{file: "NotoSansSymbols2-Regular", blocks: symbolBlocks},
	{file: "DroidSansFallback", blocks: hanBlocks},
	{file: "ClienteleHan-Regular", blocks: hanBlocks},
}

func init() {
	for _, t := range typefaces {
		t.load = sync.OnceValue(t.read)
	}
}

// read cannot fail on the fonts that are compiled in.
func (t *typeface) read() loadedFont {
	data, err := fontFiles.ReadFile("fonts/" + t.file + ".ttf")
	if err != nil {
		panic(err)
	}
	tables, err := opentype.NewLoader(bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	f, err := font.NewFont(tables)
	if err != nil {
		panic(err)
	}
	return loadedFont{f, tables}
}

// has says whether the typeface is the one for a character.
func (t *typeface) has(r rune) bool {
	within := t.blocks == nil
	for _, b := range t.blocks {
		within = within || b[0] <= r && r <= b[1]
	}
	if !within {
		return false
	}
	_, has := t.load().font.NominalGlyph(r)
	return has
}
