package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/rows"
	"clientele.dev/internal/sheets"
	"clientele.dev/internal/tables"
	"clientele.dev/internal/wire"
)

// An import has three steps, of one address: a spreadsheet is chosen; its columns and what would become of its first
// rows are looked at, as often as wanted; all rows are taken in. The sheet travels in the form, so that no server has
// to keep it.

// maxSheet is how large a spreadsheet may be, in bytes. The command line takes larger ones.
const maxSheet = 2 << 20

// maxImport is how large the form with a spreadsheet may be, in bytes: it is in base64 there.
const maxImport = maxSheet*4/3 + maxForm

const (
	previewedRows = 20  // of which is shown what would become of them
	refusedRows   = 100 // that are shown afterwards; the file has all
)

// importPage is what import.html shows.
type importPage struct {
	Error   string
	Changed bool   // whether it was to be taken in otherwise than it was looked at
	Back    string // the page to go back to
	Options []field
	Sheet   *chosenSheet // once one is chosen
	Done    *imported    // once it is taken in
}

// chosenSheet is a spreadsheet that is looked at.
type chosenSheet struct {
	Name, Content string // in base64
	Kind          string // of its rows
	How           string // it is written
	Seen          string // recognises what was chosen when it was looked at
	Columns       []sheetColumn
	Rows          []rowBecame
	Count         int64 // of all rows
}

// sheetColumn is a column of a sheet, and the choice of what it is.
type sheetColumn struct {
	Header, First string
	Field         field
}

// rowBecame is a row and what became of it, or would.
type rowBecame struct {
	Line     int
	Cells    []string
	Outcome  string
	Mistakes []billing.Mistake
}

// More says whether there are more rows than are shown.
func (c chosenSheet) More() bool { return int64(len(c.Rows)) < c.Count }

// Word is the outcome, as people read it.
func (r rowBecame) Word() string { return outcomeWords[billing.Outcome(r.Outcome)] }

// Why are the mistakes in sentences, each with its field.
func (r rowBecame) Why() (all []string) {
	for _, m := range r.Mistakes {
		reason := m.Reason
		if m.Field != "" && !strings.HasPrefix(reason, m.Field) {
			reason = m.Field + ": " + reason
		}
		all = append(all, sentence(reason))
	}
	return all
}

// Text are the cells that are not empty.
func (r rowBecame) Text() string {
	return strings.Join(slices.DeleteFunc(slices.Clone(r.Cells), func(cell string) bool { return cell == "" }), " · ")
}

// imported is what became of all rows.
type imported struct {
	Facts   []fact
	Refused []rowBecame
	Count   int64        // of all that were refused
	File    template.URL // with them, to be mended
	Name    string       // of that file
	Section string       // where what was taken in is listed
}

// sheetSent is a spreadsheet as it was sent, with what was chosen about it.
type sheetSent struct {
	sent    url.Values
	name    string
	content []byte
	sheet   *sheets.Sheet
	kind    sheets.Kind
	fields  []string // of the columns
	rows    []sheets.Row
}

// sheetImport is the import of a spreadsheet.
type sheetImport struct{ *console }

// show asks for a spreadsheet.
func (sheetImport) show(v *visit) (page, error) {
	if !v.Caller.Scope.Writes() {
		return page{}, errReadOnly
	}
	sent := url.Values{"of": {v.URL.Query().Get("of")}}
	return importing(v, http.StatusOK, importPage{Options: importFields(v, sent)}), nil
}

func importing(v *visit, status int, data importPage) page {
	data.Back = v.Path("customers")
	return page{template: "import", title: "Import a spreadsheet", data: data, status: status}
}

// importFields are what can be said about a sheet.
func importFields(v *visit, sent url.Values) []field {
	currencies := []option{{"", "As the rows say"}}
	for _, c := range v.currencies {
		currencies = append(currencies, option{c.ID, c.Symbol})
	}
	fields := []field{
		{Name: "of", Label: "The rows are", Options: []option{
			{"auto", "What the headers say"}, {"customers", "Customers"}, {"invoices", "Invoices"}, {"payments", "Payments"},
		}},
		{Name: "conflict", Label: "A customer who is here already, and differs", Options: []option{
			{"refuse", "Refuse the row"}, {"update", "Update the customer"}, {"skip", "Skip the row"},
		}},
		{Name: "currency", Label: "Currency of amounts", Options: currencies},
		{Name: "decimal", Label: "Amounts are written", Options: []option{
			{"auto", "As they can only mean"}, {"point", "1,234.56"}, {"comma", "1.234,56"},
		}},
		{Name: "dates", Label: "01/02/2024 is", Options: []option{
			{"", "Refused"}, {"dmy", "1 February"}, {"mdy", "2 January"},
		}},
	}
	for i := range fields {
		fields[i].Type, fields[i].Plain, fields[i].Narrow = "select", true, true
		fields[i].Value = sent.Get(fields[i].Name)
	}
	return fields
}

// send shows what a sheet is and would become, or takes it in.
func (s sheetImport) send(v *visit) (page, error) {
	if !v.Caller.Scope.Writes() {
		return page{}, errReadOnly
	}
	v.Body = http.MaxBytesReader(v.answer, io.NopCloser(v.whole), maxImport)
	sheet, err := v.sheetSent()
	take := v.PostForm.Get("import") != ""
	if err == nil && take && v.PostForm.Get("seen") == sheet.choices() {
		return s.takeSheet(v, sheet)
	}
	data := importPage{Options: importFields(v, v.PostForm)}
	data.Changed = take
	if err == nil {
		data.Sheet, err = s.lookAtSheet(v, sheet)
	}
	if refused, is := errors.AsType[*clientele.Error](err); is {
		data.Error = sentence(refused.Message)
		return importing(v, http.StatusBadRequest, data), nil
	}
	return importing(v, http.StatusOK, data), err
}

// sheetSent reads the sheet that was sent.
func (v *visit) sheetSent() (sheet sheetSent, err error) {
	if err := v.ParseMultipartForm(maxImport); err != nil {
		wire.ReadAway(v.answer, v.Request, v.whole)
		return sheet, invalid("", "The file could not be read: it may be larger than 2 MB. clientele import csv takes any")
	}
	sheet.sent, sheet.name = v.PostForm, v.PostForm.Get("name")
	sheet.content, err = base64.StdEncoding.DecodeString(v.PostForm.Get("content"))
	if files := v.MultipartForm.File["sheet"]; err == nil && len(files) > 0 && files[0].Size > 0 {
		sheet.name = files[0].Filename
		sheet.content, err = contentOf(files[0])
	}
	switch {
	case err != nil:
		return sheet, invalid("sheet", "The file could not be read: %v", err)
	case len(sheet.content) == 0:
		return sheet, invalid("sheet", "Choose a file: a spreadsheet that was saved as CSV")
	case len(sheet.content) > maxSheet:
		return sheet, invalid("sheet", "The file is larger than 2 MB: clientele import csv takes it")
	}
	if err = sheet.read(); err == nil {
		err = sheet.match()
	}
	return sheet, err
}

// read reads the sheet.
func (s *sheetSent) read() (err error) {
	s.sheet, err = sheets.Read(bytes.NewReader(s.content))
	for err == nil {
		var row sheets.Row
		if row, err = s.sheet.Next(); err == nil {
			s.rows = append(s.rows, row)
		}
	}
	switch {
	case !errors.Is(err, io.EOF):
		return invalid("sheet", "The file could not be read: %v", err)
	case len(s.rows) == 0:
		return invalid("sheet", "The file has no rows below its first, which says what the columns are")
	}
	return nil
}

// match finds what the columns are, by their headers or by choice.
func (s *sheetSent) match() error {
	var named bool
	if s.kind, named = sheets.KindNamed(s.sent.Get("of")); !named {
		s.kind = sheets.KindOf(s.sheet.Header)
	}
	taken := map[string]bool{}
	sameKind := s.sent.Get("kind") == s.kind.Object // as when the columns were chosen
	for i, header := range s.sheet.Header {
		fieldOf := s.kind.FieldOf(header)
		if chosen, is := s.sent[columnName(i)]; is && sameKind {
			byHeader := fieldOf
			switch fieldOf = chosen[0]; {
			case fieldOf != "metadata" || header == "metadata":
			case strings.HasPrefix(byHeader, "metadata."): // as exports call them
				fieldOf = byHeader
			default:
				fieldOf = "metadata." + header
			}
			if fieldOf != "" && !s.kind.Has(fieldOf) {
				return invalid(columnName(i), "There is no field %s", fieldOf)
			}
			if taken[fieldOf] {
				return invalid(columnName(i), "Two columns are %s: choose one", fieldOf)
			}
		} else if taken[fieldOf] || slices.Contains(rows.Unmeant, header) {
			fieldOf = ""
		}
		s.fields = append(s.fields, fieldOf)
		taken[fieldOf] = fieldOf != ""
	}
	return nil
}

// choices recognise how the sheet is read: nothing is taken in otherwise than it was looked at.
func (s *sheetSent) choices() string {
	all := append([]string{s.kind.Object}, s.fields...)
	for _, name := range []string{"conflict", "currency", "decimal", "dates"} {
		all = append(all, s.sent.Get(name))
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%q", all)
	sum.Write(s.content)
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
}

func columnName(i int) string { return "column." + strconv.Itoa(i) }

// columns are the choices of what the columns are.
func (s *sheetSent) columns(first []string) (all []sheetColumn) {
	options := []option{{"", "Not taken"}}
	for _, name := range s.kind.Fields {
		options = append(options, option{name, plainName(name)})
	}
	options = append(options, option{"metadata", "Metadata"})
	for i, header := range s.sheet.Header {
		c := sheetColumn{Header: header, Field: field{
			Name: columnName(i), Label: header, Type: "select", Plain: true, Options: options, Value: s.fields[i],
		}}
		if strings.HasPrefix(c.Field.Value, "metadata.") {
			c.Field.Value = "metadata"
		}
		if i < len(first) {
			c.First = first[i]
		}
		all = append(all, c)
	}
	return all
}

// plainName is a field's name as people read it.
func plainName(field string) string {
	field = strings.NewReplacer("address.", "address: ", "_", " ").Replace(field)
	return strings.ToUpper(field[:1]) + field[1:]
}

// how says how the sheet is written.
func (s *sheetSent) how() string {
	separator := map[rune]string{'\t': "tabs", ',': "commas", ';': "semicolons"}[s.sheet.Separator]
	if separator == "" {
		separator = string(s.sheet.Separator)
	}
	return s.sheet.Encoding + ", separated by " + separator
}

// lookAtSheet says what a sheet is and what would become of its first rows.
func (s sheetImport) lookAtSheet(v *visit, sent sheetSent) (*chosenSheet, error) {
	shown := &chosenSheet{
		Name: sent.name, Content: base64.StdEncoding.EncodeToString(sent.content), Kind: sent.kind.Object, How: sent.how(),
	}
	shown.Count, shown.Seen = int64(len(sent.rows)), sent.choices()
	begin := sent.rows[:min(len(sent.rows), previewedRows)]
	shown.Columns = sent.columns(begin[0].Cells)
	err := s.eachRow(v, sent, true, begin, func(row rows.Row, became []billing.Arrived) error {
		shown.Rows = append(shown.Rows, rowOf(row, became))
		return nil
	})
	slices.SortFunc(shown.Rows, func(a, b rowBecame) int { return a.Line - b.Line })
	return shown, err
}

// eachRow takes rows in, or only tells what would become of them. told is called for one row at a time.
func (s sheetImport) eachRow(
	v *visit, sent sheetSent, dry bool, some []sheets.Row, told func(rows.Row, []billing.Arrived) error,
) error {
	in := &rows.Import{Service: s.service, Mode: v.Mode, On: billing.OnConflict(sent.sent.Get("conflict")), Dry: dry}
	if !slices.Contains([]billing.OnConflict{billing.ConflictUpdate, billing.ConflictSkip}, in.On) {
		in.On = billing.ConflictRefuse
	}
	reading, err := in.Reading(v.Context(), func(billing.Arrived) error { return nil })
	if err != nil {
		return err
	}
	reading.Currency, reading.Dates = sent.sent.Get("currency"), sent.sent.Get("dates")
	reading.Point = map[string]string{"comma": ",", "point": "."}[sent.sent.Get("decimal")]
	var telling sync.Mutex
	return in.Run(v.Context(), "row", func() (rows.Row, error) {
		if len(some) == 0 {
			return rows.Row{}, io.EOF
		}
		row := some[0]
		some = some[1:]
		return reading.Row(sent.kind, row, sent.sheet.Header, sent.fields)
	}, func(row rows.Row, became []billing.Arrived) error {
		telling.Lock()
		defer telling.Unlock()
		return told(row, became)
	})
}

// rowOf is what became of a row: it is refused when anything of it is.
func rowOf(row rows.Row, became []billing.Arrived) rowBecame {
	is := rowBecame{Line: row.Line, Cells: row.Cells}
	for _, of := range became {
		if is.Outcome == "" || of.Object == row.Object {
			is.Outcome = string(of.Outcome)
		}
	}
	for _, of := range became {
		if of.Outcome == billing.OutcomeRefused { // also the payment of an invoice
			is.Outcome, is.Mistakes = string(of.Outcome), append(is.Mistakes, of.Mistakes...)
		}
	}
	return is
}

// More says whether there are more refused rows than are shown.
func (i imported) More() bool { return int64(len(i.Refused)) < i.Count }

// takeSheet takes all rows in.
func (s sheetImport) takeSheet(v *visit, sent sheetSent) (page, error) {
	counts := map[string]int{}
	all := &imported{Name: rows.RefusedName(sent.name, ".csv"), Section: sent.kind.Object + "s"}
	var file bytes.Buffer
	table := tables.NewWriter(&file)
	var mistaken []rowBecame
	err := s.eachRow(v, sent, false, sent.rows, func(row rows.Row, became []billing.Arrived) error {
		is := rowOf(row, became)
		if counts[is.Outcome]++; is.Outcome == string(billing.OutcomeRefused) {
			mistaken = append(mistaken, is)
		}
		return nil
	})
	if err != nil {
		return page{}, err
	}
	slices.SortFunc(mistaken, func(a, b rowBecame) int { return a.Line - b.Line })
	if len(mistaken) > 0 {
		err = table.Row(rows.RefusedHeader(sent.sheet.Header))
	}
	for _, is := range mistaken {
		err = errors.Join(err, table.Row(rows.RefusedCells(sent.sheet.Header, is.Cells, is.Line, is.Mistakes)))
	}
	if err = errors.Join(err, table.Flush()); err != nil {
		return page{}, err
	}
	w := newView(s.console, v, page{})
	for _, outcome := range []billing.Outcome{
		billing.OutcomeNew, billing.OutcomeChanged, billing.OutcomeEqual, billing.OutcomeSkipped, billing.OutcomeRefused,
	} {
		if n := counts[string(outcome)]; n > 0 || outcome == billing.OutcomeNew {
			all.Facts = append(all.Facts, fact{outcomeWords[outcome], w.Count(int64(n))})
		}
	}
	all.Count, all.Refused = int64(len(mistaken)), mistaken[:min(len(mistaken), refusedRows)]
	all.File = template.URL("data:text/csv;charset=utf-8;base64," + base64.StdEncoding.EncodeToString(file.Bytes()))
	return importing(v, http.StatusOK, importPage{Done: all}), nil
}

// outcomeWords are what became of rows, as people read it.
var outcomeWords = map[billing.Outcome]string{
	billing.OutcomeNew: "New", billing.OutcomeChanged: "Updated", billing.OutcomeEqual: "Here already",
	billing.OutcomeSkipped: "Skipped", billing.OutcomeRefused: "Refused",
}
