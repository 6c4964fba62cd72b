package rows

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/wire"
)

// computed are the members of an exported customer that come of what belongs to it.
var computed = []string{
	"livemode", "balance", "token_balance", "delinquent", "next_invoice_sequence", "updated_at",
}

// Line reads a line of JSON: an object as POST /api/customers, invoices or payments takes it, and maybe an id. object
// is what it is when it does not say so.
func (r *Reading) Line(line int, text []byte, object string) Row {
	one := Row{Line: line, Object: object, Raw: slices.Clone(text)}
	fields := billing.Fields{}
	if err := wire.Check(one.Raw); err != nil {
		one.refuse(err)
		return one
	}
	if err := json.Unmarshal(one.Raw, &fields); err != nil {
		one.wrong("", "it must be an object of JSON")
		return one
	}
	id := ""
	if raw := fields["id"]; raw != nil && json.Unmarshal(raw, &id) != nil {
		one.wrong("id", "id must be a text")
	}
	said := fields["object"] != nil
	if said && json.Unmarshal(fields["object"], &one.Object) != nil {
		one.wrong("object", "object must be customer, invoice or payment")
	}
	for _, name := range []string{"id", "object", "refused", "stored"} {
		delete(fields, name)
	}
	switch one.Object {
	case "customer":
		if said { // as an export has it
			for _, name := range computed {
				delete(fields, name)
			}
		}
		one.customer(id, fields)
	case "invoice":
		r.invoiceLine(&one, id, fields)
	case "payment":
		r.paymentLine(&one, id, fields)
	default:
		one.wrong("object", "object is %q, and must be customer, invoice or payment", one.Object)
	}
	return one
}

// read reads fields as a request's, with a mistake for what is wrong or unknown.
func (r *Row) read(fields billing.Fields, into any) {
	raw, err := json.Marshal(fields, json.Deterministic(true))
	if err == nil {
		err = wire.Decode(raw, into)
	}
	if err != nil {
		r.refuse(err)
	}
}

// asLine says of a line what is said of the body of a request.
var asLine = strings.NewReplacer("the body", "the line", " of this request", " of it")

// refuse says what is wrong in the words of the API.
func (r *Row) refuse(err error) {
	told, is := errors.AsType[*clientele.Error](err)
	if !is {
		told = &clientele.Error{Message: err.Error()}
	}
	r.wrong(told.Field, "%s", asLine.Replace(told.Message))
}

// invoiceLine reads an invoice: one that is finalized counts from its date on.
func (r *Reading) invoiceLine(one *Row, id string, fields billing.Fields) {
	var p clientele.InvoiceParams
	one.read(fields, &p)
	one.Arrival.Customer = billing.ArrivingCustomer{ID: p.CustomerID, Known: true}
	number := ""
	if p.Number != nil {
		number = *p.Number
	}
	if number == "" && id == "" {
		one.wrong("number", "number is required, or an id, by which the invoice is recognised")
	}
	i := &billing.ArrivingInvoice{
		ID: invoiceID(id, number), Numbered: id == "", CurrencyID: p.CurrencyID, Content: p.InvoiceContent,
		Status: clientele.InvoiceDraft, LineIDs: make([]string, len(p.Lines)),
	}
	at := time.Time{}
	switch {
	case p.Date != nil:
		at = r.noon(*p.Date)
		i.Content.Date, i.Content.EffectiveAt = nil, new(at.Unix())
	case p.EffectiveAt != nil:
		at = time.Unix(*p.EffectiveAt, 0)
	case p.Finalize:
		one.wrong("date", "date is required: the day when it was issued")
	default:
		at = time.Now() // of a draft
	}
	if p.Finalize {
		i.Status = clientele.InvoiceOpen
	}
	i.CreatedAt, i.FinalizedAt, i.SettledAt = at, at, at
	for n, line := range p.Lines {
		if line.UnitAmount == nil {
			one.wrong("lines", "lines[%d].unit_amount is required", n)
		}
	}
	one.Arrival.Invoices = []*billing.ArrivingInvoice{i}
	one.Keys = keysOf("id", id, "number", number)
}

// paymentLine reads a payment.
func (r *Reading) paymentLine(one *Row, id string, fields billing.Fields) {
	var p clientele.PaymentParams
	one.read(fields, &p)
	one.Arrival.Customer = billing.ArrivingCustomer{ID: p.CustomerID, Known: true}
	at := time.Unix(p.ReceivedAt, 0)
	switch {
	case p.Allocations != nil || p.Preview:
		one.wrong("allocations", "a payment that moves in pays its invoice_id, or what is due the longest")
	case p.Date != nil:
		at = r.noon(*p.Date)
		p.Date, p.ReceivedAt = nil, at.Unix()
	case p.ReceivedAt == 0:
		one.wrong("date", "date is required: the day when it came")
	}
	if p.Amount == nil {
		one.wrong("amount", "amount is required")
		p.Amount = new(clientele.Zero(p.CurrencyID))
	}
	if id == "" { // the same line has the same again
		raw, _ := json.Marshal(fields, json.Deterministic(true)) // of JSON
		id = "pi_imported_" + r.hash("payment", string(raw))
	}
	one.Arrival.Payments = []*billing.ArrivingPayment{{
		ID: id, CurrencyID: p.CurrencyID, InvoiceID: p.InvoiceID, Oldest: p.InvoiceID == "", Amount: *p.Amount,
		Receipt: p.Receipt, Description: p.Description, Metadata: p.Metadata, CreatedAt: at,
	}}
	one.Keys = keysOf("id", id)
}
