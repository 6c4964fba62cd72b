// Package rows reads rows of spreadsheets and lines of JSON as customers, invoices and payments that move in.
package rows

import (
	"fmt"
	"maps"
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

// Row is a row that moves in.
type Row struct {
	Line    int
	Object  string // what it is
	Arrival billing.Arrival
	Keys    []string // by which it is recognised, each beginning with what it is
	Wrong   []billing.Mistake
	Cells   []string       // of a spreadsheet
	Raw     jsontext.Value // of lines of JSON
}

func (r *Row) wrong(field, reason string, args ...any) {
	r.Wrong = append(r.Wrong, billing.Mistake{Field: field, Reason: fmt.Sprintf(reason, args...)})
}

// Reading says how rows are read.
type Reading struct {
	Zone     *time.Location // where the business is
	Currency string         // of rows that do not say theirs; "" for none
	Point    string         // before decimals: "." or ","; "" for what the amounts themselves say
	Dates    string         // of 01/02/2024: mdy or dmy; "" when that is refused
	// Money finds a currency by its symbol or id; one without an id when there is none.
	Money func(symbol string) (clientele.PaymentCurrency, error)

	seen map[string]int // payments of a sheet that are alike
}

// Unmeant are the columns that say why a row was refused, which mean nothing when it is imported.
var Unmeant = []string{"refused_line", "refused_field", "refused_reason"}

// RefusedName is the file with what is refused of another: that of FILE.csv is FILE.refused.csv.
func RefusedName(file, extension string) string {
	return strings.TrimSuffix(file, extension) + ".refused" + extension
}

// RefusedHeader are the headers of a sheet with what is refused of another.
func RefusedHeader(header []string) []string { return append(meant(header, header), Unmeant...) }

// RefusedCells are the cells of a row that is refused, as they were, and then where it was and what is wrong with it.
func RefusedCells(header, cells []string, line int, wrong []billing.Mistake) []string {
	var fields, reasons []string
	for _, m := range wrong {
		fields, reasons = append(fields, m.Field), append(reasons, m.Reason)
	}
	return append(meant(header, cells), strconv.Itoa(line), strings.Join(fields, "; "), strings.Join(reasons, "; "))
}

// meant are the cells but those that say why a row was refused before.
func meant(header, cells []string) (kept []string) {
	for n, cell := range cells {
		if n >= len(header) || !slices.Contains(Unmeant, header[n]) {
			kept = append(kept, cell)
		}
	}
	return kept
}

// Columns says which field each column is, "" for none; unused are those that are none. chosen are headers by field.
func Columns(
	k sheets.Kind, header []string, chosen map[string]string,
) (fields []string, unused []string, err error) {
	fields = make([]string, len(header))
	taken := map[string]string{}
	for _, field := range slices.Sorted(maps.Keys(chosen)) {
		i := slices.Index(header, chosen[field])
		switch {
		case !k.Has(field):
			return nil, nil, fmt.Errorf("there is no field %s of %ss; the fields are %s and metadata.KEY", field, k.Object,
				strings.Join(k.Fields, ", "))
		case i < 0:
			return nil, nil, fmt.Errorf("there is no column %q; the columns are %s", chosen[field],
				strings.Join(header, ", "))
		}
		fields[i], taken[field] = field, chosen[field]
	}
	for i, name := range header {
		field := k.FieldOf(name)
		switch {
		case fields[i] != "" || slices.Contains(Unmeant, name):
		case field == "":
			unused = append(unused, name)
		case taken[field] != "" && chosen[field] != "": // another is that
			unused = append(unused, name)
		case taken[field] != "":
			return nil, nil, fmt.Errorf("the columns %q and %q are both %s: say which is with --map %s=HEADER", taken[field],
				name, field, field)
		default:
			fields[i], taken[field] = field, name
		}
	}
	if len(taken) == 0 {
		return nil, nil, fmt.Errorf("no column is plain: say with --map which is which, such as --map \"%s=%s\"",
			k.Fields[min(3, len(k.Fields)-1)], header[0])
	}
	return fields, unused, nil
}

// Row reads a row of a spreadsheet.
func (r *Reading) Row(k sheets.Kind, row sheets.Row, header, fields []string) (Row, error) {
	one := Row{Line: row.Line, Object: k.Object, Cells: row.Cells}
	if len(row.Cells) != len(header) {
		one.wrong("", "it has %d cells, and there are %d columns", len(row.Cells), len(header))
		return one, nil
	}
	cells, metadata := map[string]string{}, map[string]jsontext.Value{}
	for i, field := range fields {
		cell := strings.TrimSpace(tables.Text(row.Cells[i]))
		key, ofMetadata := strings.CutPrefix(field, "metadata.")
		switch {
		case field == "" || cell == "":
		case ofMetadata:
			metadata[key] = billing.Text(cell)
		case field == "metadata":
			if json.Unmarshal([]byte(cell), &metadata) != nil {
				one.wrong(field, "metadata is %q, and must be an object of JSON", cell)
			}
		default:
			cells[field] = cell
		}
	}
	switch k.Object {
	case "invoice":
		return one, r.invoice(&one, cells, metadata)
	case "payment":
		return one, r.payment(&one, cells, metadata)
	}
	customer(&one, cells, metadata)
	return one, nil
}

// customer reads the row of a customer.
func customer(one *Row, cells map[string]string, metadata map[string]jsontext.Value) {
	fields, address := billing.Fields{}, map[string]jsontext.Value{}
	for field, cell := range cells {
		part, ofAddress := strings.CutPrefix(field, "address.")
		switch {
		case ofAddress:
			address[part] = billing.Text(cell)
		case field == "id":
		case field == "created_at":
			fields[field] = billing.Text(momentOf(cell))
		default:
			fields[field] = billing.Text(cell)
		}
	}
	for name, parts := range map[string]map[string]jsontext.Value{"address": address, "metadata": metadata} {
		if len(parts) > 0 {
			fields[name], _ = json.Marshal(parts, json.Deterministic(true)) // of JSON
		}
	}
	one.customer(cells["id"], fields)
}

// customer is the customer that the row is.
func (r *Row) customer(id string, fields billing.Fields) {
	r.Arrival.Customer = billing.ArrivingCustomer{ID: id, Fields: fields, Row: true}
	text := func(field string) (text string) {
		if raw := fields[field]; raw != nil && json.Unmarshal(raw, &text) != nil {
			return ""
		}
		return text
	}
	for _, key := range [][2]string{{"id", id}, {"did", text("did")}, {"external_id", text("external_id")}} {
		if key[1] != "" {
			r.Keys = append(r.Keys, key[0]+" "+key[1])
		}
	}
	if email := strings.ToLower(text("email")); len(r.Keys) == 0 && email != "" { // it has nothing else
		r.Keys = append(r.Keys, "email "+email)
	}
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
