package paper

import (
	"encoding/binary"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// Flags of a part of a composite glyph, see "glyf" in the OpenType specification.
const (
	argsAreWords  = 0x0001
	hasScale      = 0x0008
	moreParts     = 0x0020
	hasTwoScales  = 0x0040
	hasTwoByTwo   = 0x0080
	partsStart    = 10 // where the parts begin in a composite glyph
	horizontals   = 34 // where hhea says how many metrics there are
	longLocations = 50 // where head says what loca is like
)

// glyphTables are the parts of a TrueType font that a PDF needs.
type glyphTables struct {
	raw   map[string][]byte
	long  bool // whether loca has 32-bit offsets
	hmtxs int  // how many glyphs have a metric of their own
}

func (f loadedFont) glyphs() glyphTables {
	t := glyphTables{raw: map[string][]byte{}}
	for _, name := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"} {
		data, err := f.tables.RawTable(opentype.MustNewTag(name))
		if err != nil {
			panic(err) // the fonts are compiled in
		}
		t.raw[name] = data
	}
	t.long = binary.BigEndian.Uint16(t.raw["head"][longLocations:]) == 1
	t.hmtxs = int(binary.BigEndian.Uint16(t.raw["hhea"][horizontals:]))
	return t
}

// outline is a glyph's description; empty for a blank.
func (t glyphTables) outline(id font.GID) []byte {
	loca := t.raw["loca"]
	if t.long {
		return t.raw["glyf"][binary.BigEndian.Uint32(loca[4*id:]):binary.BigEndian.Uint32(loca[4*id+4:])]
	}
	from, to := binary.BigEndian.Uint16(loca[2*id:]), binary.BigEndian.Uint16(loca[2*id+2:])
	return t.raw["glyf"][2*int(from) : 2*int(to)]
}

// metric is a glyph's advance and left side bearing.
func (t glyphTables) metric(id font.GID) []byte {
	hmtx, i := t.raw["hmtx"], int(id)
	if i < t.hmtxs {
		return hmtx[4*i : 4*i+4]
	}
	last, bearing := hmtx[4*(t.hmtxs-1):], hmtx[4*t.hmtxs+2*(i-t.hmtxs):]
	return []byte{last[0], last[1], bearing[0], bearing[1]}
}

// subset is a font of the given glyphs alone, in their order, followed by the parts they are composed of.
func (t glyphTables) subset(ids []font.GID) []byte {
	ids = append([]font.GID(nil), ids...)
	places := map[font.GID]int{}
	for i, id := range ids {
		places[id] = i
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(ids); i++ { // it grows meanwhile
		outline := append([]byte(nil), t.outline(ids[i])...)
		for _, at := range parts(outline) {
			part := font.GID(binary.BigEndian.Uint16(outline[at:]))
			if _, known := places[part]; !known {
				places[part] = len(ids)
				ids = append(ids, part)
			}
			binary.BigEndian.PutUint16(outline[at:], uint16(places[part]))
		}
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = pad(append(glyf, outline...))
		hmtx = append(hmtx, t.metric(ids[i])...)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	return opentype.WriteTTF([]opentype.Table{
		tableOf("glyf", glyf), t.with("head", longLocations, 1), t.with("hhea", horizontals, len(ids)),
		tableOf("hmtx", hmtx), tableOf("loca", loca), t.with("maxp", 4, len(ids)),
	})
}

// parts is where an outline names other glyphs.
func parts(outline []byte) (places []int) {
	if len(outline) < partsStart || int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return nil
	}
	for at := partsStart; ; {
		flags := binary.BigEndian.Uint16(outline[at:])
		places = append(places, at+2)
		at += 6
		if flags&argsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&hasTwoByTwo != 0:
			at += 8
		case flags&hasTwoScales != 0:
			at += 4
		case flags&hasScale != 0:
			at += 2
		}
		if flags&moreParts == 0 {
			return places
		}
	}
}

// with is a table with another 16-bit value at a place.
func (t glyphTables) with(name string, at, value int) opentype.Table {
	data := append([]byte(nil), t.raw[name]...)
	binary.BigEndian.PutUint16(data[at:], uint16(value))
	return tableOf(name, data)
}

func tableOf(name string, data []byte) opentype.Table {
	return opentype.Table{Tag: opentype.MustNewTag(name), Content: pad(data)}
}

// pad fills up to a multiple of four bytes.
func pad(data []byte) []byte {
	for len(data)%4 != 0 {
		data = append(data, 0)
	}
	return data
}
