package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev/internal/billing"
	"clientele.dev/internal/move"
	"clientele.dev/internal/rows"
	"clientele.dev/internal/sheets"
	"clientele.dev/internal/tables"
)

// sheetOptions are what imports of rows take.
type sheetOptions struct {
	importOptions
	Mode string `enum:"test,live" default:"live" help:"Which mode: test or live (${default})."`
	Of   string `enum:"auto,customers,invoices,payments" default:"auto" help:"What the rows are: customers, invoices or payments; auto finds it out and says so (${default})."`
}

type importCSV struct {
	sheetOptions
	File     string            `arg:"" help:"The spreadsheet, saved as text."`
	Map      map[string]string `mapsep:"," help:"Which column is which field, where that is not plain: name=Full Name,email=E-Mail,metadata.plan=Plan." placeholder:"FIELD=HEADER,..."`
	Currency string            `help:"The currency of amounts whose rows do not say it: its code, symbol or id." placeholder:"CODE"`
	Decimal  string            `enum:"auto,point,comma" default:"auto" help:"What is before the decimals of amounts: point or comma; auto takes each for what it can only be (${default})."`
	Dates    string            `enum:",dmy,mdy" default:"" help:"Whether 01/02/2024 has the day first, dmy, or the month, mdy; refused when it is not said. 2024-01-31 and 31.01.2024 are always read." placeholder:"dmy|mdy"`
}

// Help is shown by clientele import csv --help.
func (importCSV) Help() string {
	text := `Takes in customers, invoices or payments from a spreadsheet saved as text: commas, semicolons or tabs, in
UTF-8, UTF-16 or Windows-1252, which is found out and said. Headers that are plain are matched by themselves, such as
Name, E-Mail, Zip, Invoice Number, Total, Due Date, Reference; --map says the others. The fields are

`
	for _, k := range sheets.Kinds {
		text += "  " + k.Object + "s: " + strings.Join(k.Fields, ", ") + "\n"
	}
	return text + `
and metadata.KEY of each. Countries are two letters (ISO 3166-1), phone numbers international, amounts in the whole
(1,234.56), days as 2024-01-31.

A customer is recognised by its id, DID, external_id, or else its email; an invoice by its id or number, a payment by
its id or all that its row says, so that a second run changes nothing. customer_id of invoices and payments is the id,
DID, external id or email of a customer who is here: import customers first. An invoice counts from its date;
amount_paid of it was paid on paid_at. A payment pays its invoice, or what is due the longest.

Rows with mistakes are written to FILE.refused.csv, with all that is wrong with each: mend them there and import that
file. The good ones are taken. The exit code is 1 when anything was refused. A server may run meanwhile.

Examples:
  clientele import csv customers.csv --dry-run
  clientele import csv customers.csv --map "name=Full Name,metadata.plan=Plan"
  clientele import csv invoices.csv --currency EUR --decimal comma
  clientele import csv customers.refused.csv --on-conflict update`
}

type importJSONL struct {
	sheetOptions
	File string `arg:"" help:"The file: an object on each line, as POST /api/customers, invoices or payments takes it, and maybe an id."`
}

// Help is shown by clientele import jsonl --help.
func (importJSONL) Help() string {
	return `Takes in lines of JSON, each with the fields that POST /api/customers, /api/invoices or /api/payments takes
and, if it has one, its id. Which of them it is says object (customer, invoice or payment), or else --of; customers when
neither does. Customers come before what belongs to them; a dry run finds only those who are here. A customer is
recognised by its id, DID, external_id, or else its email, an invoice by its id or number, a payment by its id or all of
its line, so that a second run changes nothing.

A whole export (clientele export jsonl) makes an equal server, in the modes that it is of: of a database that is not
there yet, or has nothing. It can be stopped, and goes on when it is run again; in the end the books are verified.

Lines with mistakes are written to FILE.refused.jsonl, with all that is wrong with each in refused: mend them there and
import that file. The good ones are taken. The exit code is 1 when anything was refused. A server may run meanwhile.

Examples:
  clientele import jsonl everything.jsonl --db postgres://clientele@localhost/clientele
  clientele import jsonl customers.jsonl --dry-run
  clientele import jsonl invoices.jsonl --of invoices --mode test`
}

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
	kind, isNamed := sheets.KindNamed(c.Of)
	if !isNamed {
		kind = sheets.KindOf(sheet.Header)
	}
	fields, unused, err := rows.Columns(kind, sheet.Header, c.Map)
	if err != nil {
		return fmt.Errorf("--map: %w", err)
	}
	tellColumns(a.stderr, c.File, sheet, kind, fields, unused)
	return importInto(a, c.importOptions, c.File, func(i *importer) error {
		i.rowName, i.refused = "row", rows.RefusedName(c.File, ".csv")
		i.name(kind.Object + "s")
		i.writeRefused = i.refusedSheet(sheet.Header)
		return i.rows(c.sheetOptions, func(r *rows.Reading) (rows.Row, error) {
			r.Currency, r.Dates = c.Currency, c.Dates
			r.Point = map[string]string{"comma": ",", "point": "."}[c.Decimal]
			row, err := sheet.Next()
			if err != nil {
				return rows.Row{}, err
			}
			return r.Row(kind, row, sheet.Header, fields)
		})
	})
}

// tellColumns tells how a sheet is written, what its rows are and which field each column is.
func tellColumns(to io.Writer, file string, sheet *sheets.Sheet, kind sheets.Kind, fields, unused []string) {
	separator := map[rune]string{'\t': "tabs"}[sheet.Separator]
	if separator == "" {
		separator = string(sheet.Separator)
	}
	fmt.Fprintf(to, "clientele: %s is %s, separated by %s; its rows are %ss\n", file, sheet.Encoding, separator,
		kind.Object)
	columns := map[string]string{}
	for i, field := range fields {
		if field != "" {
			columns[field] = sheet.Header[i]
		}
	}
	for _, field := range slices.Sorted(maps.Keys(columns)) {
		fmt.Fprintf(to, "clientele: %s is the column %s\n", field, columns[field])
	}
	if len(unused) > 0 {
		fmt.Fprintf(to, "clientele: not taken, unless --map says what they are: %s\n", strings.Join(unused, ", "))
	}
}

// Run imports the lines.
func (c importJSONL) Run(a *app) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	isExport := move.IsExport(f)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if isExport {
		return c.importExport(a, f)
	}
	const longest = 1 << 20
	lines, line := bufio.NewScanner(f), 0
	lines.Buffer(make([]byte, 64<<10), longest)
	object := strings.TrimSuffix(c.Of, "s")
	if c.Of == "auto" {
		object = "customer"
	}
	return importInto(a, c.importOptions, c.File, func(i *importer) error {
		i.rowName, i.refused = "line", rows.RefusedName(c.File, ".jsonl")
		i.name("lines")
		i.writeRefused = i.refusedLines()
		return i.rows(c.sheetOptions, func(r *rows.Reading) (rows.Row, error) {
			for lines.Scan() {
				if line++; len(strings.TrimSpace(lines.Text())) > 0 {
					return r.Line(line, lines.Bytes(), object), nil
				}
			}
			return rows.Row{}, errors.Join(lines.Err(), io.EOF)
		})
	})
}

// rows imports rows.
func (i *importer) rows(o sheetOptions, next func(*rows.Reading) (rows.Row, error)) error {
	if !i.options.DryRun || i.fresh {
		if err := i.service.Seed(i.ctx); err != nil {
			return err
		}
	}
	in := &rows.Import{
		Service: i.service, Mode: o.Mode == "live", On: billing.OnConflict(o.OnConflict), Dry: o.DryRun,
	}
	reading, err := in.Reading(i.ctx, func(of billing.Arrived) error {
		i.counting.Lock()
		defer i.counting.Unlock()
		i.count(of)
		return nil
	})
	if err != nil {
		return err
	}
	return in.Run(i.ctx, i.rowName, func() (rows.Row, error) { return next(reading) }, i.rowDone)
}

// rowDone counts what became of a row.
func (i *importer) rowDone(row rows.Row, outcomes []billing.Arrived) error {
	i.counting.Lock()
	defer i.counting.Unlock()
	i.done++
	i.bar.show(i.done, max(i.total, i.done))
	var wrong []billing.Mistake
	for _, of := range outcomes {
		i.count(of)
		if of.Outcome == billing.OutcomeRefused { // also the payment of an invoice
			wrong = append(wrong, of.Mistakes...)
		}
	}
	if wrong == nil {
		return nil
	}
	return i.writeRefused(row, wrong)
}

// refusedSheet writes refused rows as they were, with what is wrong.
func (i *importer) refusedSheet(header []string) func(rows.Row, []billing.Mistake) error {
	return func(row rows.Row, wrong []billing.Mistake) error {
		if i.out == nil {
			if err := i.createRefused(); err != nil {
				return err
			}
			i.table = tables.NewWriter(i.out)
			if err := i.table.Row(rows.RefusedHeader(header)); err != nil {
				return err
			}
		}
		return i.table.Row(rows.RefusedCells(header, row.Cells, row.Line, wrong))
	}
}

// refusedLines writes refused lines as they were, with what is wrong in refused.
func (i *importer) refusedLines() func(rows.Row, []billing.Mistake) error {
	return func(row rows.Row, wrong []billing.Mistake) error {
		if i.out == nil {
			if err := i.createRefused(); err != nil {
				return err
			}
		}
		members := map[string]jsontext.Value{}
		if json.Unmarshal(row.Raw, &members) != nil {
			members = map[string]jsontext.Value{"unreadable": billing.Text(string(row.Raw))}
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
