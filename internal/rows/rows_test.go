package rows

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/sheets"
)

// readingOf is how tests read rows: in Berlin, with euros, yen and bitcoins.
func readingOf() *Reading {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	decimals := map[string]int{"EUR": 2, "JPY": 0, "BTC": 8}
	return &Reading{Zone: berlin, Money: func(symbol string) (c clientele.PaymentCurrency, err error) {
		if d, known := decimals[symbol]; known {
			c.ID, c.Symbol, c.Decimal = "pc_"+symbol, symbol, d
		}
		return c, nil
	}}
}

// told is a row in a line: what moves in, or all that is wrong.
func told(row Row) string {
	if len(row.Wrong) > 0 {
		var wrong []string
		for _, m := range row.Wrong {
			wrong = append(wrong, m.Field+": "+m.Reason)
		}
		return strings.Join(wrong, " | ")
	}
	var said []string
	for _, i := range row.Arrival.Invoices {
		text := fmt.Sprintf("invoice of %s %s", row.Arrival.Customer.ID, i.Status)
		if i.Content.Number != nil {
			text += " " + *i.Content.Number
		}
		for _, l := range i.Content.Lines {
			text += fmt.Sprintf(" %s %s", l.Description, l.UnitAmount)
			if l.TaxAmount != nil {
				text += fmt.Sprintf(" tax %s", l.TaxAmount)
			}
		}
		text += " on " + i.FinalizedAt.UTC().Format(time.DateTime)
		if i.Content.DueDate != nil {
			text += " due " + i.Content.DueDate.Day.String()
		}
		said = append(said, text)
	}
	for _, p := range row.Arrival.Payments {
		text := fmt.Sprintf("payment %s %s on %s", p.Amount, p.CurrencyID,
			time.Unix(p.Receipt.ReceivedAt, 0).UTC().Format(time.DateOnly))
		for _, more := range []string{p.Receipt.Method, p.Receipt.Reference, p.Description} {
			if more != "" {
				text += " " + more
			}
		}
		switch {
		case p.Oldest:
			text += " for the oldest"
		case len(row.Arrival.Invoices) == 0:
			text += " for " + p.InvoiceID
		case p.InvoiceID != row.Arrival.Invoices[0].ID:
			text += " for another invoice"
		}
		said = append(said, text)
	}
	return strings.Join(said, ", ")
}

// read reads a sheet of a kind with a row, written field=cell|field=cell.
func read(t testing.TB, r *Reading, k sheets.Kind, row string) Row {
	t.Helper()
	var fields, cells []string
	for pair := range strings.SplitSeq(row, "|") {
		field, cell, _ := strings.Cut(pair, "=")
		fields, cells = append(fields, field), append(cells, cell)
	}
	one, err := r.Row(k, sheets.Row{Line: 2, Cells: cells}, fields, fields)
	if err != nil {
		t.Fatal(err)
	}
	return one
}

// TestInvoiceRows reads the rows of invoices: every way to write an amount or a day that has one meaning, and none that
// has two.
func TestInvoiceRows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ row, set, want string }{
		{"number=A1|total=1234.56|date=2024-01-31", "", "invoice of c open A1 As invoiced 123456 on 2024-01-31 11:00:00"},
		{"number=A1|total=1,234.56|date=2024-07-31", "", "invoice of c open A1 As invoiced 123456 on 2024-07-31 10:00:00"},
		{"number=A1|total=1.234,56|date=31.1.2024", "", "invoice of c open A1 As invoiced 123456 on 2024-01-31 11:00:00"},
		{"number=A1|total=€ 12,5|date=2024/01/31", "", "invoice of c open A1 As invoiced 1250 on 2024-01-31 11:00:00"},
		{"number=A1|total=1.234|date=2024-01-31", "", "total: total is \"1.234\": say with --decimal"},
		{"number=A1|total=1,234|date=2024-01-31", "", "total: total is \"1,234\": say with --decimal"},
		{"number=A1|total=1,234|date=2024-01-31", "point", "invoice of c open A1 As invoiced 123400 on"},
		{"number=A1|total=1.234|date=2024-01-31", "comma", "invoice of c open A1 As invoiced 123400 on 2024-01-31"},
		{"number=A1|total=1.234,5|date=2024-01-31", "point", "total: total is \"1.234,5\""},
		{"number=A1|total=12.345|date=2024-01-31", "point", "total: total is \"12.345\""},
		{"number=A1|total=EUR|date=2024-01-31", "", "total: total is \"EUR\""},
		{"number=A1|total=12e3|date=2024-01-31", "", "total: total is \"12e3\""},
		{"number=A1|total=-5|date=2024-01-31", "", "total: total is -5, below 0"},
		{"number=A1|total=1500|date=2024-01-31|currency=JPY", "", "invoice of c open A1 As invoiced 1500 on"},
		{"number=A1|total=1,500|date=2024-01-31|currency=JPY", "", "invoice of c open A1 As invoiced 1500 on"},
		{"number=A1|total=15.00|date=2024-01-31|currency=JPY", "", "invoice of c open A1 As invoiced 15 on"},
		{"number=A1|total=15.50|date=2024-01-31|currency=JPY", "", "total: total is \"15.50\", and must be"},
		{"number=A1|total=1,234|date=2024-01-31|currency=BTC", "", "total: total is \"1,234\": say with --decimal"},
		{"number=A1|total=0.125|date=2024-01-31|currency=BTC", "", "As invoiced 12500000 on"},
		{"number=A1|total=0.125|date=2024-01-31", "", "total: total is \"0.125\", and must be"},
		{"number=A1|total=1.234.567|date=2024-01-31", "", "As invoiced 123456700 on"},
		{"number=A1|total=1.2.3|date=2024-01-31", "", "total: total is \"1.2.3\", and must be"},
		{"number=A1|total=0.00000001|date=2024-01-31|currency=BTC", "", "As invoiced 1 on"},
		{"number=A1|total=119|tax=19|date=2024-01-31|description=Hosting", "", "A1 Hosting 10000 tax 1900 on"},
		{"number=A1|total=5|date=2024-01-31|due_date=2024-02-29", "", "due 2024-02-29"},
		{"number=A1|total=5|date=2024-02-30", "", "date: date is \"2024-02-30\", and must be a day such as 2024-01-31"},
		{"number=A1|total=5|date=01/02/2024", "", "date: date is \"01/02/2024\": say with --dates"},
		{"number=A1|total=5|date=01/02/2024", "dmy", "on 2024-02-01"},
		{"number=A1|total=5|date=01/02/2024", "mdy", "on 2024-01-02"},
		{"number=A1|total=5|date=31/02/2024", "mdy", "date: date is \"31/02/2024\", and must be a day"},
		{"number=A1|total=5|date=2024-01-31 23:30:00", "", "on 2024-01-31 11:00:00"}, // as it was written there
		{"number=A1|total=5|date=2024-01-31|status=paid|paid_at=2024-03-01", "",
			"As invoiced 500 on 2024-01-31 11:00:00, payment 500 pc_EUR on 2024-03-01"},
		{"number=A1|total=5|date=2024-01-31|status=Paid", "", "paid_at: paid_at is required: the day when it was paid"},
		{"number=A1|total=5|date=2024-01-31|amount_paid=2|paid_at=2024-03-01", "", "payment 200 pc_EUR on 2024-03-01"},
		{"number=A1|total=5|date=2024-01-31|amount_paid=6|paid_at=2024-03-01", "", "amount_paid: amount_paid is 6, of 5"},
		{"number=A1|total=5|date=2024-01-31|status=Overdue", "", "invoice of c open A1"},
		{"number=A1|total=5|date=2024-01-31|status=voided", "", "invoice of c void A1"},
		{"number=A1|total=5|date=2024-01-31|status=Uncollectible", "", "invoice of c uncollectible A1"},
		{"number=A1|total=5|date=2024-01-31|status=draft", "", "invoice of c draft A1"},
		{"number=A1|total=5|date=2024-01-31|status=lost", "", "status: status is \"lost\""},
		{"number=A1|total=5|date=2024-01-31|currency=XXX", "", "currency: there is no currency XXX here"},
		{"number=A1|total=5|date=2024-01-31|currency=", "none", "currency: currency is required"},
		{"total=5|date=2024-01-31", "", "number: number is required, or an id"},
		{"id=in_1|total=5|date=2024-01-31", "", "invoice of c open As invoiced 500"},
		{"number=A1", "", "total: total is required | date: date is required"},
	} {
		r := readingOf()
		r.Currency = "EUR"
		switch c.set {
		case "none":
			r.Currency = ""
		case "dmy", "mdy":
			r.Dates = c.set
		case "point":
			r.Point = "."
		case "comma":
			r.Point = ","
		}
		if got := told(read(t, r, sheets.Invoices, "customer_id=c|"+c.row)); !strings.Contains(got, c.want) {
			t.Errorf("%s (%s)\nreads as %s\nwant     %s", c.row, c.set, got, c.want)
		}
	}
}

// TestPaymentRows reads the rows of payments; two that are alike are two payments, the same ones in the next import.
func TestPaymentRows(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"customer_id=c|amount=5|date=2024-01-31", "payment 500 pc_EUR on 2024-01-31 for the oldest"},
		{"customer_id=c|amount=5|date=2024-01-31|invoice=A1|method=cash|reference=R7|description=Thanks",
			"payment 500 pc_EUR on 2024-01-31 cash R7 Thanks for A1"},
		{"customer_id=c|amount=0|date=2024-01-31", "amount: amount is 0, and must be above 0"},
		{"customer_id=c|amount=-5|date=2024-01-31", "amount: amount is -5, and must be above 0"},
		{"customer_id=|amount=|date=", "customer_id: customer_id is required | amount: amount is required | " +
			"date: date is required"},
	} {
		r := readingOf()
		r.Currency = "EUR"
		if got := told(read(t, r, sheets.Payments, c[0])); got != c[1] {
			t.Errorf("%s\nreads as %s\nwant     %s", c[0], got, c[1])
		}
	}
	ids := func() (ids []string) {
		r := readingOf()
		r.Currency = "EUR"
		for range 2 {
			for _, row := range []string{"customer_id=c|amount=5|date=2024-01-31", "customer_id=c|amount=6|date=2024-01-31"} {
				ids = append(ids, read(t, r, sheets.Payments, row).Arrival.Payments[0].ID)
			}
		}
		return ids
	}
	first, again := ids(), ids()
	if fmt.Sprint(first) != fmt.Sprint(again) {
		t.Errorf("another import calls the payments %v, not %v", again, first)
	}
	distinct := map[string]bool{}
	for _, id := range first {
		distinct[id] = true
	}
	if len(distinct) != 4 {
		t.Errorf("four payments are called %v", first)
	}
}

// TestLines reads lines of JSON.
func TestLines(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{`{"object":"invoice","customer_id":"c","number":"A1","currency_id":"pc_EUR","finalize":true,"date":"2024-01-31",` +
			`"lines":[{"description":"Hosting","quantity":2,"unit_amount":"600"}]}`,
			"invoice of c open A1 Hosting 600 on 2024-01-31 11:00:00"},
		{`{"object":"invoice","id":"in_1","customer_id":"c","currency_id":"pc_EUR","lines":[]}`, "invoice of c draft"},
		{`{"object":"invoice","customer_id":"c","currency_id":"pc_EUR","finalize":true}`,
			"number: number is required, or an id, by which the invoice is recognised | date: date is required"},
		{`{"object":"invoice","id":"in_1","customer_id":"c","lines":[{"description":"x"}]}`,
			"lines: lines[0].unit_amount is required"},
		{`{"object":"invoice","id":"in_1","nmber":"A1"}`, `nmber: "nmber" is not a field of it`},
		{`{"object":"invoice","id":"in_1","customer_id":7}`, "customer_id: customer_id must be a string"},
		{`{"object":"payment","customer_id":"c","currency_id":"pc_EUR","amount":"500","date":"2024-01-31"}`,
			"payment 500 pc_EUR on 2024-01-31 for the oldest"},
		{`{"object":"payment","customer_id":"c","currency_id":"pc_EUR","amount":"500","received_at":1706700000,` +
			`"invoice_id":"A1","method":"cash"}`, "payment 500 pc_EUR on 2024-01-31 cash for A1"},
		{`{"object":"payment","customer_id":"c","currency_id":"pc_EUR","amount":5.5,"date":"2024-01-31"}`,
			"amount: amount: an amount is a string of digits in the currency's smallest unit"},
		{`{"object":"payment","customer_id":"c"}`, "date: date is required: the day when it came | amount: amount is"},
		{`{"object":"refund"}`, `object: object is "refund", and must be customer, invoice or payment`},
		{`{"object":7}`, "object: object must be customer, invoice or payment"},
		{`{"id":7}`, "id: id must be a text"},
		{`[]`, ": the line must be a JSON object"},
		{`{"name":"a","name":"b"}`, "name: name is given twice"},
		{`{"name`, ": the line ends before its JSON object does"},
		{`{"name":"\u0000"}`, "name: name contains the character U+0000"},
	} {
		if got := told(readingOf().Line(1, []byte(c[0]), "customer")); !strings.HasPrefix(got, c[1]) {
			t.Errorf("%s\nreads as %s\nwant     %s", c[0], got, c[1])
		}
	}
}

// TestLinesKeepNumbers keeps the digits of numbers in metadata.
func TestLinesKeepNumbers(t *testing.T) {
	t.Parallel()
	row := readingOf().Line(1, []byte(`{"object":"payment","customer_id":"c","currency_id":"pc_EUR","amount":"500",`+
		`"date":"2024-01-31","metadata":{"n":12345678901234567890}}`), "customer")
	if len(row.Wrong) > 0 {
		t.Fatal(row.Wrong)
	}
	got, err := json.Marshal(row.Arrival.Payments[0].Metadata)
	if want := `{"n":12345678901234567890}`; err != nil || string(got) != want {
		t.Errorf("the metadata is %s (%v), want %s", got, err, want)
	}
}

// FuzzRows reads any cells and lines: what is not refused has a customer and no amount below zero, and nothing panics.
func FuzzRows(f *testing.F) {
	f.Add("invoice", "A1", "EUR", "1.234,56", "31.1.2024", "paid", "5", "2024-03-01", `{"object":"invoice"}`)
	f.Add("payment", "A1", "JPY", "1500", "01/02/2024", "", "", "", `{"object":"payment","amount":"5"}`)
	f.Add("customer", "", "", "€", "", "", "-1", "0001-01-01", `{"object":"customer","id":"x","name":null}`)
	f.Fuzz(func(t *testing.T, object, number, currency, amount, date, status, paid, paidAt, line string) {
		cells := map[string]string{
			"customer_id": "c", "id": number, "number": number, "invoice": number, "currency": currency, "total": amount,
			"amount": amount, "date": date, "due_date": paidAt, "status": status, "amount_paid": paid, "paid_at": paidAt,
			"tax": paid, "name": number, "email": status,
		}
		kind, isNamed := sheets.KindNamed(object + "s")
		if !isNamed {
			kind = sheets.Customers
		}
		row := sheets.Row{Line: 2}
		for _, field := range kind.Fields {
			row.Cells = append(row.Cells, cells[field])
		}
		r := readingOf()
		one, err := r.Row(kind, row, kind.Fields, kind.Fields)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range []Row{one, r.Line(3, []byte(line), object)} {
			if len(one.Wrong) > 0 {
				continue
			}
			for _, p := range one.Arrival.Payments {
				if p.Amount.Sign() < 0 && one.Line == 2 {
					t.Errorf("a payment of %s was taken: %+v", p.Amount, one)
				}
			}
			for _, i := range one.Arrival.Invoices {
				if i.ID == "" {
					t.Errorf("an invoice without an id was taken: %+v", one)
				}
			}
		}
	})
}
