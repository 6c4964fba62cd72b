// Package stripe reads what Stripe exports of customers: API objects as JSON, and the dashboard's spreadsheets.
package stripe

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/sheets"
)

// Files are files of one account, read into a temporary file by customers.
type Files struct {
	objects *spool
	unkept  map[string]int64
	codes   map[clientele.Mode]map[string]bool
}

// Read reads files. mode is that of rows which do not say whether they are of test or live mode. An object that is in
// the files twice is the first of them.
func Read(paths []string, mode clientele.Mode) (f *Files, err error) {
	objects, err := newSpool()
	if err != nil {
		return nil, err
	}
	f = &Files{objects, map[string]int64{}, map[clientele.Mode]map[string]bool{clientele.Test: {}, clientele.Live: {}}}
	for _, path := range paths {
		if err = f.readFile(path, mode); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
			break
		}
	}
	if err == nil {
		err = f.objects.done()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close removes the temporary file.
func (f *Files) Close() error { return f.objects.close() }

// Count is how many customers there are, those of whom there are only other objects among them.
func (f *Files) Count() (int64, error) { return f.objects.count() }

// Unkept is what nothing moves in of, and how many there are.
func (f *Files) Unkept() map[string]int64 { return f.unkept }

// Codes are the ISO 4217 codes of the currencies of a mode, in their order.
func (f *Files) Codes(mode clientele.Mode) (codes []string) {
	for code := range f.codes[mode] {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

func (f *Files) readFile(path string, mode clientele.Mode) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	from := bufio.NewReaderSize(file, 64<<10)
	begin, err := from.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch begin = bytes.TrimLeft(begin, "\ufeff \t\r\n"); {
	case len(begin) == 0:
		return errors.New("it is empty")
	case begin[0] == '{' || begin[0] == '[':
		return f.readJSON(from, mode)
	}
	return f.readSheet(from, filepath.Base(path), mode)
}

// readJSON reads objects one after the other, in lists, or in an array.
func (f *Files) readJSON(from *bufio.Reader, mode clientele.Mode) error {
	if bom, err := from.Peek(3); err == nil && string(bom) == "\ufeff" {
		if _, err := from.Discard(len(bom)); err != nil {
			return err
		}
	}
	objects := jsontext.NewDecoder(from, jsontext.AllowDuplicateNames(true))
	for {
		if objects.PeekKind() == '[' || objects.PeekKind() == ']' {
			if _, err := objects.ReadToken(); err != nil {
				return err
			}
			continue
		}
		raw, err := objects.ReadValue()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("at byte %d: it is not JSON: %w", objects.InputOffset(), err)
		}
		if err := f.addObject(raw, mode); err != nil {
			return err
		}
	}
}

// addObject adds an object, or those of a list.
func (f *Files) addObject(raw jsontext.Value, mode clientele.Mode) error {
	r, err := recordOf(raw)
	if err != nil {
		return fmt.Errorf("%.60s: %w", raw, err)
	}
	if r.text("object") == "list" || r.text("object") == "search_result" {
		for _, one := range r.list("data") {
			if err := f.addObject(one, mode); err != nil {
				return err
			}
		}
		return nil
	}
	if r.fields["livemode"] != nil {
		mode = clientele.Mode(r.yes("livemode"))
	}
	return f.add(r, raw, mode)
}

// add keeps an object with the customer that it is of.
func (f *Files) add(r *record, raw jsontext.Value, mode clientele.Mode) error {
	d := document{mode: mode, id: r.text("id"), doc: raw, customer: r.ref("customer"), of: r.ref("invoice")}
	switch d.object = r.text("object"); d.object {
	case "customer":
		if d.customer = d.id; r.yes("deleted") {
			f.unkept["deleted customers"]++
			return nil
		}
	case "charge", "payment_intent":
		d.also = r.ref("payment_intent")
		if r.text("status") != "succeeded" {
			f.unkept["charges that did not succeed"]++
			return nil
		}
	case "refund":
		d.of, d.also = r.ref("charge"), r.ref("payment_intent")
	case "invoice", "customer_balance_transaction", "customer_cash_balance_transaction", "line_item",
		"invoiceitem", "invoice_payment":
	default:
		if d.object == "" {
			return fmt.Errorf("%.60s: it says not what it is in object", raw)
		}
		f.unkept[d.object+" objects"]++
		return nil
	}
	if d.id == "" {
		return fmt.Errorf("%.60s: id is missing", raw)
	}
	if code := strings.ToLower(r.text("currency")); code != "" && d.object != "customer" {
		f.codes[mode][code] = true
	}
	return f.objects.add(d)
}

// readSheet reads a spreadsheet of the dashboard: what a row is its id says.
func (f *Files) readSheet(from io.Reader, name string, mode clientele.Mode) error {
	sheet, err := sheets.Read(from)
	if err != nil {
		return err
	}
	columns := columnsOf(sheet.Header)
	if !slices.Contains(columns, "id") {
		return fmt.Errorf("it has no column id, and is no export of Stripe's dashboard: %s",
			strings.Join(sheet.Header, ", "))
	}
	for {
		row, err := sheet.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(row.Cells) != len(columns) {
			return fmt.Errorf("line %d has %d cells, and there are %d columns", row.Line, len(row.Cells), len(columns))
		}
		raw, err := objectOfRow(columns, row.Cells)
		if err != nil {
			return fmt.Errorf("line %d of %s: %w", row.Line, name, err)
		}
		if err := f.addObject(raw, mode); err != nil {
			return fmt.Errorf("line %d: %w", row.Line, err)
		}
	}
}

// Customers calls fn with every customer, in the order of their ids and modes. money says which currency here a code of
// a mode is.
func (f *Files) Customers(
	money func(mode clientele.Mode, code string) clientele.PaymentCurrency, fn func(billing.Found) error,
) error {
	return f.objects.each(func(mode clientele.Mode, customer string, docs []document) error {
		a := &arriving{
			currencies: func(code string) clientele.PaymentCurrency { return money(mode, code) },
			Found:      billing.Found{Mode: mode, Unkept: map[string]int64{}}, paid: map[string]clientele.Amount{},
		}
		if err := a.read(customer, docs); err != nil {
			return err
		}
		return fn(a.Found)
	})
}
