package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/sheets"
	"clientele.dev/internal/tables"
)

// sheetOptions are what imports of rows take.
type sheetOptions struct {
	importOptions
	Mode string `enum:"test,live" default:"live" help:"Which world: test or live (${default})."`
}

type importCSV struct {
	sheetOptions
	File string            `arg:"" help:"The spreadsheet, saved as text."`
	Map  map[string]string `mapsep:"," help:"Which column is which field, where that is not plain: name=Full Name,email=E-Mail,metadata.plan=Plan." placeholder:"FIELD=HEADER,..."`
}

// Help is shown by clientele import csv --help.
func (importCSV) Help() string {
	return `Takes in customers from a spreadsheet saved as text: commas, semicolons or tabs, in UTF-8, UTF-16 or
Windows-1252, which is found out and said. Headers that are plain are matched by themselves, such as Name, E-Mail,
Phone, City, Zip, Country, Created; --map says the others. The fields are ` + strings.Join(sheets.Fields, ", ") + ` and
metadata.KEY. Countries are two letters (ISO 3166-1), phone numbers international.

A customer is recognised by its id, DID, external_id, or else its email, so that a second run changes nothing. Rows with
mistakes are written to FILE.refused.csv, with all that is wrong with each: mend them there and import that file. The
good ones are taken. The exit code is 1 when anything was refused. A server may run meanwhile.

Examples:
  clientele import csv customers.csv --dry-run
  clientele import csv customers.csv --map "name=Full Name,metadata.plan=Plan"
  clientele import csv customers.refused.csv --on-conflict update`
}

type importJSONL struct {
	sheetOptions
	File string `arg:"" help:"The file: a customer on each line, as POST /api/customers takes it, and maybe an id."`
}

// Help is shown by clientele import jsonl --help.
func (importJSONL) Help() string {
	return `Takes in customers from lines of JSON, each with the fields that POST /api/customers takes and, if it has
one, its id. A customer is recognised by its id, DID, external_id, or else its email, so that a second run changes
nothing. Lines with mistakes are written to FILE.refused.jsonl, with all that is wrong with each in refused: mend them
there and import that file. The good ones are taken. The exit code is 1 when anything was refused. A server may run
meanwhile.

Examples:
  clientele import jsonl customers.jsonl --dry-run
  clientele import jsonl customers.jsonl --mode test`
}

// sheetRow is a row that is imported.
type sheetRow struct {
	line   int
	fields billing.Fields
	id     string
	cells  []string       // of a spreadsheet
	raw    jsontext.Value // of lines of JSON
	wrong  []billing.Mistake
}

// refusedColumns are added to the rows of a spreadsheet that are refused, and mean nothing when it is imported.
var refusedColumns = []string{"refused_line", "refused_field", "refused_reason"}

// Run imports the spreadsheet.
func (c importCSV) Run(a *app) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	sheet, err := sheets.Read(f)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	fields, err := columnsOf(a, c.File, sheet, c.Map)
	if err != nil {
		return err
	}
	return importInto(a, c.importOptions, c.File, func(i *importer) error {
		i.rowName, i.refused = "row", refusedName(c.File, ".csv")
		i.writeRefused = i.refusedSheet(sheet.Header)
		return i.rows(c.Mode == "live", func() (sheetRow, error) {
			row, err := sheet.Next()
			if err != nil {
				return sheetRow{}, err
			}
			return rowOf(row, sheet.Header, fields), nil
		})
	})
}

// refusedName is the file with what is refused of another: that of FILE.csv is FILE.refused.csv.
func refusedName(file, extension string) string {
	return strings.TrimSuffix(file, extension) + ".refused" + extension
}

// columnsOf says which field each column is, "" for none, and tells.
func columnsOf(a *app, file string, sheet *sheets.Sheet, chosen map[string]string) ([]string, error) {
	fields, taken := make([]string, len(sheet.Header)), map[string]string{}
	for _, field := range slices.Sorted(maps.Keys(chosen)) {
		header := chosen[field]
		i := slices.Index(sheet.Header, header)
		switch {
		case !slices.Contains(sheets.Fields, field) && !strings.HasPrefix(field, "metadata."):
			return nil, fmt.Errorf("--map: there is no field %s; the fields are %s and metadata.KEY", field,
				strings.Join(sheets.Fields, ", "))
		case i < 0:
			return nil, fmt.Errorf("--map: there is no column %q; the columns are %s", header,
				strings.Join(sheet.Header, ", "))
		}
		fields[i], taken[field] = field, header
	}
	var unused []string
	for i, header := range sheet.Header {
		field := sheets.FieldOf(header)
		switch {
		case fields[i] != "" || slices.Contains(refusedColumns, header):
		case field == "":
			unused = append(unused, header)
		case taken[field] != "":
			return nil, fmt.Errorf("the columns %q and %q are both %s: say which is with --map %s=HEADER", taken[field],
				header, field, field)
		default:
			fields[i], taken[field] = field, header
		}
	}
	separator := map[rune]string{'\t': "tabs"}[sheet.Separator]
	if separator == "" {
		separator = string(sheet.Separator)
	}
	fmt.Fprintf(a.stderr, "clientele: %s is %s, separated by %s\n", file, sheet.Encoding, separator)
	for _, field := range slices.Sorted(maps.Keys(taken)) {
		fmt.Fprintf(a.stderr, "clientele: %s is the column %s\n", field, taken[field])
	}
	if len(unused) > 0 {
		fmt.Fprintf(a.stderr, "clientele: not taken, unless --map says what they are: %s\n", strings.Join(unused, ", "))
	}
	if len(taken) == 0 {
		return nil, errors.New("no column is plain: say with --map which is which, such as --map \"name=" +
			sheet.Header[0] + "\"")
	}
	return fields, nil
}

// rowOf reads the fields of a row.
func rowOf(row sheets.Row, header, fields []string) sheetRow {
	r := sheetRow{line: row.Line, cells: row.Cells, fields: billing.Fields{}}
	if len(row.Cells) != len(header) {
		r.wrong = append(r.wrong, billing.Mistake{Reason: fmt.Sprintf("it has %d cells, and there are %d columns",
			len(row.Cells), len(header))})
		return r
	}
	address, metadata := map[string]string{}, map[string]string{}
	for i, field := range fields {
		cell := strings.TrimSpace(row.Cells[i])
		part, ofAddress := strings.CutPrefix(field, "address.")
		key, ofMetadata := strings.CutPrefix(field, "metadata.")
		switch {
		case field == "" || cell == "":
		case field == "id":
			r.id = cell
		case ofAddress:
			address[part] = cell
		case ofMetadata:
			metadata[key] = cell
		case field == "created_at":
			r.fields[field] = quote(momentOf(cell))
		default:
			r.fields[field] = quote(cell)
		}
	}
	for name, parts := range map[string]map[string]string{"address": address, "metadata": metadata} {
		if len(parts) > 0 {
			r.fields[name], _ = json.Marshal(parts) // of texts
		}
	}
	return r
}

func quote(text string) jsontext.Value {
	v, err := jsontext.AppendQuote(nil, text)
	if err != nil { // it is not UTF-8, which is told of the field
		return jsontext.Value(strconv.QuoteToASCII(text))
	}
	return v
}

// momentOf is a moment as requests have it, of one as spreadsheets do; whatever else as it is.
func momentOf(cell string) string {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.Parse(layout, cell); err == nil {
			return at.Format(time.RFC3339)
		}
	}
	return cell
}

// Run imports the lines.
func (c importJSONL) Run(a *app) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	const longest = 1 << 20
	lines, line := bufio.NewScanner(f), 0
	lines.Buffer(make([]byte, 64<<10), longest)
	return importInto(a, c.importOptions, c.File, func(i *importer) error {
		i.rowName, i.refused = "line", refusedName(c.File, ".jsonl")
		i.writeRefused = i.refusedLines()
		return i.rows(c.Mode == "live", func() (sheetRow, error) {
			for lines.Scan() {
				if line++; len(strings.TrimSpace(lines.Text())) > 0 {
					return lineOf(line, lines.Bytes()), nil
				}
			}
			return sheetRow{}, errors.Join(lines.Err(), io.EOF)
		})
	})
}

// lineOf reads a line of JSON.
func lineOf(line int, text []byte) sheetRow {
	r := sheetRow{line: line, raw: slices.Clone(text), fields: billing.Fields{}}
	if err := json.Unmarshal(r.raw, &r.fields); err != nil {
		r.wrong = append(r.wrong, billing.Mistake{Reason: "it is not an object of JSON: " + err.Error()})
		return r
	}
	if raw := r.fields["id"]; raw != nil && json.Unmarshal(raw, &r.id) != nil {
		r.wrong = append(r.wrong, billing.Mistake{Field: "id", Reason: "id must be a text"})
	}
	var object string
	if raw := r.fields["object"]; raw != nil && (json.Unmarshal(raw, &object) != nil || object != "customer") {
		r.wrong = append(r.wrong, billing.Mistake{Field: "object", Reason: "of lines of JSON only customers are taken in"})
	}
	for _, name := range []string{"id", "object", "refused"} {
		delete(r.fields, name)
	}
	if object == "customer" { // as an export has it
		for _, name := range computed {
			delete(r.fields, name)
		}
	}
	return r
}

// computed are the members of an exported customer that come of what belongs to it.
var computed = []string{
	"livemode", "balance", "token_balance", "delinquent", "next_invoice_sequence", "updated_at",
}

// rows imports rows, each of which is a customer.
func (i *importer) rows(mode clientele.Mode, next func() (sheetRow, error)) error {
	if !i.options.DryRun || i.fresh {
		if err := i.service.Seed(i.ctx); err != nil {
			return err
		}
	}
	first := map[string]int{} // the line that has a key
	return i.each(func(add func(func() error) error) error {
		for {
			row, err := next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			for _, key := range row.keys() {
				if line := first[key]; line != 0 && len(row.wrong) == 0 {
					row.wrong = append(row.wrong, billing.Mistake{
						Reason: fmt.Sprintf("it is the same customer as %s %d", i.rowName, line),
					})
				} else if line == 0 {
					first[key] = row.line
				}
			}
			if err := add(func() error { return i.row(mode, row) }); err != nil {
				return err
			}
		}
	})
}

// keys are by what a row is recognised: its email only when it has nothing else.
func (r sheetRow) keys() (keys []string) {
	add := func(kind, text string) {
		if text != "" {
			keys = append(keys, kind+" "+text)
		}
	}
	add("id", r.id)
	add("did", r.text("did"))
	add("external_id", r.text("external_id"))
	if len(keys) == 0 {
		add("email", strings.ToLower(r.text("email")))
	}
	return keys
}

// text is a field that is a text, "" when there is none.
func (r sheetRow) text(field string) (text string) {
	if raw := r.fields[field]; raw != nil && json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// row imports a row.
func (i *importer) row(mode clientele.Mode, row sheetRow) error {
	of := billing.Arrived{Object: "customer", Outcome: billing.OutcomeRefused, Mistakes: row.wrong}
	if len(row.wrong) == 0 {
		outcomes, err := i.service.Imports.Add(i.ctx, mode, billing.Arrival{
			Customer: billing.ArrivingCustomer{ID: row.id, Fields: row.fields, Row: true},
		}, billing.OnConflict(i.options.OnConflict), i.options.DryRun)
		if err != nil {
			return fmt.Errorf("%s %d: %w", i.rowName, row.line, err)
		}
		of = outcomes[0]
	}
	i.counting.Lock()
	defer i.counting.Unlock()
	i.done++
	i.bar.show(i.done, max(i.total, i.done))
	i.count(of)
	if of.Outcome != billing.OutcomeRefused {
		return nil
	}
	return i.writeRefused(row, of.Mistakes)
}

// refusedSheet writes refused rows as they were, with what is wrong.
func (i *importer) refusedSheet(header []string) func(sheetRow, []billing.Mistake) error {
	keep := func(cells []string) (kept []string) { // what was said of an earlier import goes
		for n, cell := range cells {
			if n >= len(header) || !slices.Contains(refusedColumns, header[n]) {
				kept = append(kept, cell)
			}
		}
		return kept
	}
	return func(row sheetRow, wrong []billing.Mistake) error {
		if i.out == nil {
			if err := i.createRefused(); err != nil {
				return err
			}
			i.table = tables.NewWriter(i.out)
			if err := i.table.Row(append(keep(header), refusedColumns...)); err != nil {
				return err
			}
		}
		var fields, reasons []string
		for _, m := range wrong {
			fields, reasons = append(fields, m.Field), append(reasons, m.Reason)
		}
		return i.table.Row(append(keep(row.cells), strconv.Itoa(row.line), strings.Join(fields, "; "),
			strings.Join(reasons, "; ")))
	}
}

// refusedLines writes refused lines as they were, with what is wrong in refused.
func (i *importer) refusedLines() func(sheetRow, []billing.Mistake) error {
	return func(row sheetRow, wrong []billing.Mistake) error {
		if i.out == nil {
			if err := i.createRefused(); err != nil {
				return err
			}
		}
		members := map[string]jsontext.Value{}
		if json.Unmarshal(row.raw, &members) != nil {
			members = map[string]jsontext.Value{"unreadable": quote(string(row.raw))}
		}
		var err error
		if members["refused"], err = json.Marshal(wrong); err != nil {
			return err
		}
		line, err := json.Marshal(members, json.Deterministic(true))
		if err == nil {
			_, err = fmt.Fprintf(i.out, "%s\n", line)
		}
		return err
	}
}
