// Package sheets reads spreadsheets that were saved as text: it finds out how they are encoded and separated, what
// their rows are, and which column is which field.
package sheets

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf16 "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Sheet is a spreadsheet whose first row says what its columns are.
type Sheet struct {
	Encoding  string // UTF-8, UTF-16 or Windows-1252
	Separator rune
	Header    []string

	rows *csv.Reader
}

// Row is a row with the line that it begins in, from 1.
type Row struct {
	Line  int
	Cells []string
}

// sample is how much of a file is looked at to find out how it is written, in bytes.
const sample = 64 << 10

// Read begins to read a sheet.
func Read(from io.Reader) (*Sheet, error) {
	raw := bufio.NewReaderSize(from, sample)
	begin, err := raw.Peek(sample)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	name, decoder := encodingOf(begin)
	s := &Sheet{Encoding: name}
	text := bufio.NewReaderSize(decoder.NewDecoder().Reader(raw), sample)
	begin, err = text.Peek(sample / 4)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	if bytes.HasPrefix(begin, []byte("\ufeff")) {
		if _, err := text.Discard(len("\ufeff")); err != nil {
			return nil, err
		}
		begin = begin[len("\ufeff"):]
	}
	s.Separator = separatorOf(begin)
	s.rows = csv.NewReader(text)
	s.rows.Comma, s.rows.FieldsPerRecord, s.rows.TrimLeadingSpace = s.Separator, -1, s.Separator != '\t'
	s.Header, err = s.rows.Read()
	if errors.Is(err, io.EOF) {
		err = errors.New("it is empty: the first row says what the columns are")
	}
	for i := range s.Header {
		s.Header[i] = strings.TrimSpace(s.Header[i])
	}
	return s, err
}

// Next is the next row, [io.EOF] at the end.
func (s *Sheet) Next() (Row, error) {
	cells, err := s.rows.Read()
	if err != nil {
		return Row{}, err
	}
	line, _ := s.rows.FieldPos(0)
	return Row{line, cells}, nil
}

// encodingOf finds out how a text is encoded by how it begins.
func encodingOf(begin []byte) (name string, e encoding.Encoding) {
	switch {
	case bytes.HasPrefix(begin, []byte{0xff, 0xfe, 0, 0}):
		return "UTF-32", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
	case bytes.HasPrefix(begin, []byte{0xff, 0xfe}), bytes.HasPrefix(begin, []byte{0xfe, 0xff}):
		return "UTF-16", utf16.UTF16(utf16.LittleEndian, utf16.UseBOM)
	}
	even, odd := 0, 0 // of the bytes that are 0: those of ASCII letters in UTF-16
	for i, b := range begin {
		switch {
		case b != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	switch {
	case odd > len(begin)/4:
		return "UTF-16", utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM)
	case even > len(begin)/4:
		return "UTF-16", utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM)
	case validUTF8(begin):
		return "UTF-8", encoding.Nop
	}
	return "Windows-1252", charmap.Windows1252
}

// validUTF8 says whether a text is UTF-8, of which the last character may be cut.
func validUTF8(text []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(text); cut++ {
		if utf8.Valid(text[:len(text)-cut]) {
			return true
		}
	}
	return false
}

// separatorOf is what the first row has most of, outside of quotes: a comma when there is none of any.
func separatorOf(text []byte) rune {
	counts, quoted := map[rune]int{}, false
	for _, r := range string(text) {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted {
			if r == '\n' || r == '\r' {
				break
			}
			counts[r]++
		}
	}
	best := ','
	for _, r := range []rune{';', '\t', '|'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

// Plain is a header as it is compared: its letters and digits.
func Plain(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}
