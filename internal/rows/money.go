package rows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/locale"
)

// cells reads the cells of a row that have money and days.
type cells struct {
	*Reading
	row      *Row
	cells    map[string]string
	currency clientele.PaymentCurrency
}

// money begins to read a row of a customer who is here already.
func (r *Reading) money(one *Row, of map[string]string) (cells, error) {
	c := cells{Reading: r, row: one, cells: of}
	one.Arrival.Customer = billing.ArrivingCustomer{ID: of["customer_id"], Known: true}
	symbol := of["currency"]
	if symbol == "" {
		symbol = r.Currency
	}
	if symbol == "" {
		one.wrong("currency", "currency is required: a column with it, or --currency for all rows")
		return c, nil
	}
	var err error
	if c.currency, err = r.Money(symbol); err == nil && c.currency.ID == "" {
		one.wrong("currency", "there is no currency %s here", symbol)
	}
	return c, err
}

// ambiguous are numbers such as 1.234, which has decimals for some people and none for others.
var ambiguous = regexp.MustCompile(`^\D*[1-9]\d{0,2}[.,]\d{3}\D*$`)

// amount is an amount of money as people write it, when that has one meaning.
func (c cells) amount(field string) clientele.Amount {
	none, cell := clientele.Zero(c.currency.ID), c.cells[field]
	if cell == "" || c.currency.ID == "" {
		return none
	}
	if c.Point == "" && c.currency.Decimal > 0 && ambiguous.MatchString(cell) {
		c.row.wrong(field, "%s is %q: say with --decimal whether a point or a comma is before decimals", field, cell)
		return none
	}
	language := "en"
	if c.Point == "," {
		language = "de"
	}
	a, readings, ok := locale.ReadAmount(language, c.currency, cell)
	switch {
	case ok:
		return a
	case c.Point == "" && len(readings) == 1:
		return readings[0]
	}
	c.row.wrong(field, "%s is %q, and must be an amount such as 1234.56, of at most %d decimals", field, cell,
		c.currency.Decimal)
	return none
}

// day is a day, 0 where there is none.
func (c cells) day(field string) clientele.Day {
	cell := c.cells[field]
	if cell == "" {
		return 0
	}
	layouts := []string{
		time.DateOnly, "2006/01/02", "02.01.2006", "2.1.2006", "2 Jan 2006", "Jan 2, 2006", "January 2, 2006",
		"2006-01-02 15:04:05", "2006-01-02 15:04", time.RFC3339,
	}
	switch c.Dates {
	case "dmy":
		layouts = append(layouts, "2/1/2006")
	case "mdy":
		layouts = append(layouts, "1/2/2006")
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, cell); err == nil {
			return clientele.DayIn(time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, time.UTC), time.UTC)
		}
	}
	if strings.Count(cell, "/") == 2 && c.Dates == "" {
		c.row.wrong(field, "%s is %q: say with --dates whether the day or the month is first, dmy or mdy", field, cell)
	} else {
		c.row.wrong(field, "%s is %q, and must be a day such as 2024-01-31", field, cell)
	}
	return 0
}

// noon is a moment of a day.
func (r *Reading) noon(day clientele.Day) time.Time { return day.Begin(r.Zone).Add(12 * time.Hour) }

// required tells of fields that are not there.
func (c cells) required(fields ...string) {
	for _, field := range fields {
		if c.cells[field] == "" {
			c.row.wrong(field, "%s is required", field)
		}
	}
}

func metadataOf(metadata map[string]jsontext.Value) any {
	if len(metadata) == 0 {
		return nil
	}
	return metadata
}

// invoice reads the row of an invoice, and the payment of what of it was paid.
func (r *Reading) invoice(one *Row, of map[string]string, metadata map[string]jsontext.Value) error {
	c, err := r.money(one, of)
	if err != nil {
		return err
	}
	status := c.status()
	if c.required("customer_id", "total"); status != clientele.InvoiceDraft {
		c.required("date")
	}
	if of["number"] == "" && of["id"] == "" {
		one.wrong("number", "number is required, or an id, by which the invoice is recognised")
	}
	day, due, paidAt := c.day("date"), c.day("due_date"), c.day("paid_at")
	if status == clientele.InvoiceDraft && day == 0 {
		day = clientele.DayIn(time.Now(), r.Zone)
	}
	total, tax, paid := c.amount("total"), c.amount("tax"), c.amount("amount_paid")
	at := r.noon(day).Unix()
	i := &billing.ArrivingInvoice{
		ID: invoiceID(of["id"], of["number"]), Numbered: of["id"] == "", CurrencyID: c.currency.ID,
		CreatedAt: r.noon(day), FinalizedAt: r.noon(day), SettledAt: r.noon(max(day, paidAt)),
		Content: clientele.InvoiceContent{EffectiveAt: &at, Metadata: metadataOf(metadata)},
	}
	if of["number"] != "" {
		i.Content.Number = new(of["number"])
	}
	if due != 0 {
		i.Content.DueDate = clientele.DueOn(due)
	}
	if total.Sign() < 0 {
		one.wrong("total", "total is %s, below 0", of["total"])
	}
	if rest, err := total.Sub(tax); err == nil && (rest.Sign() < 0 || tax.Sign() < 0) && total.Sign() >= 0 {
		one.wrong("tax", "tax is %s, of %s", of["tax"], of["total"])
	}
	i.SetLines(nil, total, tax, of["description"])
	i.Status = status
	if i.Status == clientele.InvoiceDraft {
		i.Content.EffectiveAt = nil
	}
	if strings.EqualFold(of["status"], "paid") && of["amount_paid"] == "" {
		paid = total
	}
	if rest, err := total.Sub(paid); err == nil && (rest.Sign() < 0 || paid.Sign() < 0) {
		one.wrong("amount_paid", "amount_paid is %s, of %s", of["amount_paid"], of["total"])
	}
	if paid.Sign() > 0 && paidAt == 0 && len(one.Wrong) == 0 {
		one.wrong("paid_at", "paid_at is required: the day when it was paid")
	}
	one.Arrival.Invoices = []*billing.ArrivingInvoice{i}
	one.Keys = keysOf("id", of["id"], "number", strings.ToLower(of["number"]))
	if paid.Sign() > 0 {
		one.Arrival.Payments = []*billing.ArrivingPayment{{
			ID: "pi_imported_" + i.ID, CurrencyID: c.currency.ID,
			InvoiceID: i.ID, Amount: paid, CreatedAt: r.noon(paidAt),
			Receipt: clientele.Receipt{ReceivedAt: r.noon(paidAt).Unix()},
		}}
	}
	return nil
}

// status is the state of an invoice, as far as its payments do not say it.
func (c cells) status() clientele.InvoiceStatus {
	switch strings.ToLower(c.cells["status"]) {
	case "draft":
		return clientele.InvoiceDraft
	case "void", "voided":
		return clientele.InvoiceVoid
	case "uncollectible", "written off":
		return clientele.InvoiceUncollectible
	case "", "open", "unpaid", "sent", "due", "overdue", "past due", "late", "paid", "partial", "partially paid":
		return clientele.InvoiceOpen
	}
	c.row.wrong("status", "status is %q, and must be draft, open, paid, void or uncollectible", c.cells["status"])
	return ""
}

// payment reads the row of a payment. One that names no invoice pays what is due the longest.
func (r *Reading) payment(one *Row, of map[string]string, metadata map[string]jsontext.Value) error {
	c, err := r.money(one, of)
	if err != nil {
		return err
	}
	c.required("customer_id", "amount", "date")
	day, amount := c.day("date"), c.amount("amount")
	if amount.Sign() < 0 || amount.Sign() == 0 && of["amount"] != "" && len(one.Wrong) == 0 {
		one.wrong("amount", "amount is %s, and must be above 0", of["amount"])
	}
	id := of["id"]
	if id == "" { // the same row has the same again
		id = "pi_imported_" + r.hash("payment", of["customer_id"], c.currency.ID, amount.String(), day.String(),
			of["invoice"], of["method"], of["reference"], of["description"])
	}
	one.Arrival.Payments = []*billing.ArrivingPayment{{
		ID: id, CurrencyID: c.currency.ID, InvoiceID: of["invoice"], Oldest: of["invoice"] == "", Amount: amount,
		Description: of["description"], Metadata: metadataOf(metadata), CreatedAt: r.noon(day), Receipt: clientele.Receipt{
			ReceivedAt: r.noon(day).Unix(), Method: of["method"], Reference: of["reference"],
		},
	}}
	one.Keys = keysOf("id", id)
	return nil
}

// invoiceID is the id of an invoice, one made of its number when it has none.
func invoiceID(id, number string) string {
	if id != "" {
		return id
	}
	return "in_imported_" + hash(number)
}

func keysOf(pairs ...string) (keys []string) {
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] != "" {
			keys = append(keys, pair[0]+" "+pair[1])
		}
	}
	return keys
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:12])
}

// hash is one of texts, another for each time that they come.
func (r *Reading) hash(texts ...string) string {
	key := fmt.Sprintf("%q", texts)
	if r.seen == nil {
		r.seen = map[string]int{}
	}
	if r.seen[key]++; r.seen[key] > 1 {
		key += fmt.Sprint(r.seen[key])
	}
	return hash(key)
}
