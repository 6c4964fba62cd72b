package stripe

import (
	"cmp"
	"maps"
	"math/big"
	"strings"
	"time"

	"github.com/bojanz/currency"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// Writer writes customers as the objects that Stripe's API answers: https://docs.stripe.com/api.
type Writer struct {
	// Called with each object.
	Line func(doc []byte) error
	// The currencies by their ids.
	Currencies map[string]clientele.PaymentCurrency
	// Of how many objects Stripe has no such thing, by what they are.
	Left map[string]int64
}

// object is an object while it is written.
type object struct {
	*Writer
	what   string // it is, of what cannot be said
	fields map[string]any
	unsaid string // the currency that Stripe cannot say the object in, "" when it can
}

// NewWriter writes to line.
func NewWriter(currencies []clientele.PaymentCurrency, line func(doc []byte) error) *Writer {
	w := &Writer{
		Line: line, Currencies: map[string]clientele.PaymentCurrency{}, Left: map[string]int64{},
	}
	for _, c := range currencies {
		w.Currencies[c.ID] = c
	}
	return w
}

// begin begins an object of a customer, which what is called.
func (w *Writer) begin(kind, id, what string, of clientele.Customer, at time.Time) *object {
	return &object{w, what, map[string]any{
		"object": kind, "id": id, "livemode": of.Livemode, "created": at.Unix(),
	}, ""}
}

// money says what currency the object is in.
func (o *object) money(currencyID string) string {
	c := o.Currencies[currencyID]
	if !currency.IsValid(strings.ToUpper(c.Symbol)) && o.unsaid == "" {
		o.unsaid = c.Symbol
	}
	return strings.ToLower(c.Symbol)
}

// amount is an amount in the smallest unit that Stripe counts its currency in.
func (o *object) amount(a clientele.Amount) jsontext.Value {
	c, by := o.Currencies[a.Currency()], big.NewInt(10)
	n, _ := new(big.Int).SetString(a.String(), 10) // an amount is a whole number
	for more := c.Decimal - decimalsOf(c.Symbol); more > 0; more-- {
		rest := new(big.Int)
		if n.QuoRem(n, by, rest); rest.Sign() != 0 && o.unsaid == "" {
			o.unsaid = c.Symbol
		}
	}
	for less := decimalsOf(c.Symbol) - c.Decimal; less > 0; less-- {
		n.Mul(n, by)
	}
	return jsontext.Value(n.String())
}

// set sets fields that are not empty texts or zero moments; those are null, as Stripe writes them.
func (o *object) set(fields map[string]any) {
	for name, v := range fields {
		if v == "" || v == int64(0) {
			v = nil
		}
		o.fields[name] = v
	}
}

// end writes the object, unless Stripe cannot say it.
func (o *object) end() error {
	if o.unsaid != "" {
		o.Left[o.what+" in "+o.unsaid]++
		return nil
	}
	first, err := json.Marshal(struct {
		ID     any `json:"id"`
		Object any `json:"object"`
	}{o.fields["id"], o.fields["object"]})
	if err != nil {
		return err
	}
	rest := maps.Clone(o.fields)
	delete(rest, "id")
	delete(rest, "object")
	doc, err := json.Marshal(rest, json.Deterministic(true))
	if err != nil {
		return err
	}
	return o.Line(append(append(first[:len(first)-1], ','), doc[1:]...))
}

// metadataOf is metadata as Stripe has it, whose values are texts, with more where no key is so called.
func metadataOf(m clientele.Metadata, more map[string]string) map[string]string {
	all := map[string]string{}
	for name, text := range more {
		if text != "" {
			all[name] = text
		}
	}
	for name, v := range m {
		var text string
		if json.Unmarshal(v, &text) != nil {
			text = string(v)
		}
		all[name] = text
	}
	return all
}

// addressOf is an address as Stripe has it; nil for none.
func addressOf(a clientele.Address) map[string]any {
	if a == (clientele.Address{}) {
		return nil
	}
	o := object{fields: map[string]any{}}
	o.set(map[string]any{
		"line1": a.Line1, "line2": a.Line2, "city": a.City, "state": a.State, "postal_code": a.PostalCode,
		"country": a.Country,
	})
	return o.fields
}

// Customer writes a customer and what belongs to it.
func (w *Writer) Customer(b billing.CustomerBooks) error {
	if err := w.customer(b.Customer); err != nil {
		return err
	}
	for _, i := range b.Invoices {
		if err := w.invoice(b.Customer, i); err != nil {
			return err
		}
	}
	if err := w.payments(b); err != nil {
		return err
	}
	for _, n := range b.CreditNotes {
		if err := w.creditNote(b.Customer, n); err != nil {
			return err
		}
	}
	for _, m := range b.Movements {
		if err := w.credit(b.Customer, m); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) customer(c clientele.Customer) error {
	o := w.begin("customer", c.ID, "customers", c, c.CreatedAt.Time)
	balances := map[string]*big.Int{}
	for id, a := range c.TokenBalance {
		part := object{Writer: w}
		code, units := part.money(id), part.amount(a)
		if part.unsaid != "" {
			if a.Sign() != 0 {
				w.Left["credit in "+part.unsaid]++
			}
			continue
		}
		n, _ := new(big.Int).SetString(string(units), 10)
		if balances[code] == nil {
			balances[code] = new(big.Int)
		}
		balances[code].Sub(balances[code], n)
	}
	all := map[string]jsontext.Value{}
	for code, n := range balances {
		if n.Sign() != 0 {
			all[code] = jsontext.Value(n.String())
		}
	}
	code := w.codeOf(c, all)
	balance := jsontext.Value("0")
	if v, has := all[code]; has {
		balance = v
	}
	var shipping any
	if s := c.Shipping; s != nil {
		shipping = map[string]any{"name": s.Name, "phone": s.Phone, "address": addressOf(s.Address)}
	}
	o.set(map[string]any{
		"name": c.Name, "email": c.Email, "phone": c.Phone, "description": c.Description, "currency": code,
		"invoice_prefix": c.InvoicePrefix, "next_invoice_sequence": c.NextInvoiceSequence, "delinquent": c.Delinquent,
		"balance": balance, "invoice_credit_balance": all, "shipping": shipping,
		"metadata": metadataOf(c.Metadata, map[string]string{"did": c.DID, "external_id": c.ExternalID}),
	})
	if a := addressOf(c.Address); a != nil {
		o.fields["address"] = a
	}
	return o.end()
}

// codeOf is the currency of a customer: its own, or else one that it has credit in.
func (w *Writer) codeOf(c clientele.Customer, credit map[string]jsontext.Value) string {
	if own := w.Currencies[c.CurrencyID]; currency.IsValid(strings.ToUpper(own.Symbol)) {
		return strings.ToLower(own.Symbol)
	}
	for code := range credit {
		if len(credit) == 1 {
			return code
		}
	}
	return ""
}

func (w *Writer) invoice(c clientele.Customer, i clientele.Invoice) error {
	o := w.begin("invoice", i.ID, "invoices", c, i.CreatedAt.Time)
	code := o.money(i.CurrencyID)
	noted := i.PrePaymentCreditNotesAmount
	due := i.AmountDue
	if i.Status != clientele.InvoiceVoid { // what was written off is no longer due: Stripe has no other word for it
		noted = plus(noted, i.AmountWrittenOff)
		due = minus(due, i.AmountWrittenOff)
	}
	taxes := []any{}
	if i.Tax.Sign() != 0 {
		taxes = append(taxes, map[string]any{"amount": o.amount(i.Tax), "tax_behavior": "exclusive"})
	}
	lines := []any{}
	for _, l := range i.Lines {
		lines = append(lines, map[string]any{
			"id": l.ID, "object": "line_item", "amount": o.amount(l.Amount), "currency": code, "description": l.Description,
			"invoice": i.ID, "livemode": i.Livemode, "quantity": l.Quantity,
		})
	}
	t := i.StatusTransitions
	o.set(map[string]any{
		"customer": i.CustomerID, "currency": code, "number": i.Number, "status": string(i.Status),
		"description": i.Description, "footer": i.Footer, "statement_descriptor": i.StatementDescriptor,
		"customer_name": i.CustomerName, "customer_email": i.CustomerEmail, "customer_phone": i.CustomerPhone,
		"due_date": i.DueDate, "effective_at": i.EffectiveAt, "period_start": i.PeriodStart, "period_end": i.PeriodEnd,
		"auto_advance": i.AutoAdvance, "collection_method": i.CollectionMethod, "billing_reason": "manual",
		"paid": i.Paid, "paid_out_of_band": i.PaidOutOfBand, "attempted": i.Attempted, "custom_fields": i.CustomFields,
		"subtotal": o.amount(i.Subtotal), "total_taxes": taxes, "total": o.amount(i.Total), "amount_due": o.amount(due),
		"amount_paid": o.amount(i.AmountPaid), "amount_remaining": o.amount(i.AmountRemaining),
		"pre_payment_credit_notes_amount":  o.amount(noted),
		"post_payment_credit_notes_amount": o.amount(i.PostPaymentCreditNotesAmount),
		"starting_balance":                 o.amount(i.StartingBalance.Neg()),
		"ending_balance":                   o.amount(i.EndingBalance.Neg()),
		"lines":                            map[string]any{"object": "list", "has_more": false, "data": lines},
		"metadata":                         metadataOf(i.Metadata, nil),
	})
	o.fields["attempt_count"] = i.AttemptCount
	transitions := object{fields: map[string]any{}}
	transitions.set(map[string]any{
		"finalized_at": t.FinalizedAt, "marked_uncollectible_at": t.MarkedUncollectibleAt, "paid_at": t.PaidAt,
		"voided_at": t.VoidedAt,
	})
	o.fields["status_transitions"] = transitions.fields
	if i.CustomerAddress != nil {
		o.fields["customer_address"] = addressOf(*i.CustomerAddress)
	}
	return o.end()
}

func (w *Writer) creditNote(c clientele.Customer, n clientele.CreditNote) error {
	o := w.begin("credit_note", n.ID, "credit notes", c, momentOf(n.Date, n.CreatedAt.Time))
	code := o.money(n.CurrencyID)
	lines := []any{}
	for _, l := range n.Lines {
		lines = append(lines, map[string]any{
			"object": "credit_note_line_item", "amount": o.amount(l.Amount), "description": l.Description,
			"invoice_line_item": l.InvoiceLineID, "quantity": l.Quantity, "type": "invoice_line_item",
		})
	}
	o.set(map[string]any{
		"customer": n.CustomerID, "invoice": n.InvoiceID, "currency": code, "number": n.Number, "status": "issued",
		"amount": o.amount(n.Amount), "total": o.amount(n.Amount), "pre_payment_amount": o.amount(n.AmountOff),
		"post_payment_amount": o.amount(plus(n.AmountCredited, n.AmountRefunded)), "memo": n.Memo,
		"reason": n.Reason, "lines": map[string]any{"object": "list", "has_more": false, "data": lines},
		"metadata": metadataOf(n.Metadata, nil),
	})
	return o.end()
}

// balanceTypes are the reasons of movements of credit, as Stripe has them.
var balanceTypes = map[clientele.BalanceReason]string{
	clientele.ReasonCreditApplied: "applied_to_invoice", clientele.ReasonCreditUnapplied: "unapplied_from_invoice",
	clientele.ReasonCreditNote: "credit_note",
}

// credit writes a movement of the customer's credit, which Stripe counts below nothing.
func (w *Writer) credit(c clientele.Customer, m clientele.BalanceTransaction) error {
	if m.Amount.Sign() == 0 {
		return nil
	}
	id := "cbtxn_" + strings.TrimPrefix(m.ID, "txn_")
	o := w.begin("customer_balance_transaction", id, "movements of credit", c, momentOf(m.Date, m.CreatedAt.Time))
	kind, known := balanceTypes[m.Reason]
	if !known {
		kind = "adjustment"
	}
	o.set(map[string]any{
		"customer": m.CustomerID, "currency": o.money(m.CurrencyID), "type": kind, "invoice": m.InvoiceID,
		"credit_note": m.CreditNoteID, "amount": o.amount(m.Amount.Neg()),
		"ending_balance": o.amount(m.EndingBalance.Neg()),
		"description":    cmp.Or(m.Description, strings.ReplaceAll(string(m.Reason), "_", " ")),
		"metadata":       metadataOf(m.Metadata, nil),
	})
	return o.end()
}

// momentOf is the moment of what counts from a day on: that when it was recorded, or one of an earlier day, which it is
// from Hawaii to New Zealand.
func momentOf(day clientele.Day, recorded time.Time) time.Time {
	if day == 0 || clientele.DayIn(recorded, time.UTC) <= day {
		return recorded
	}
	return day.Begin(time.UTC).Add(10 * time.Hour)
}
