package paymentkit

import (
	"cmp"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// arrivalOf is a customer as it moves in, with what belongs to it.
func arrivalOf(customer *row, invoices, items, intents, refunds []*row) billing.Found {
	f := found{billing.Found{Mode: customer.mode(), Unkept: map[string]int64{}}}
	f.Arrival.Customer = customerOf(customer)
	f.Arrival.UpdatedAt = customer.changed()
	if len(customer.mistakes) > 0 {
		f.refuse("customer", customer)
	}
	lines := map[string][]*row{}
	for _, item := range items {
		lines[item.text("invoice_id")] = append(lines[item.text("invoice_id")], item)
	}
	paid := map[string]clientele.Amount{} // of each invoice, by intents
	settled := map[string]time.Time{}
	for _, r := range invoices {
		if r.text("status") == "paid" {
			settled[r.text("id")] = settledAt(r)
		}
	}
	for _, r := range intents {
		if r.text("status") != "succeeded" {
			f.Unkept[unsuccessful("payment")]++
			continue
		}
		p := paymentOf(r, settled[r.text("invoice_id")])
		if f.takes("payment", r) {
			f.Arrival.Payments = append(f.Arrival.Payments, p)
			if sum, err := p.Amount.Add(paid[p.InvoiceID].In(p.CurrencyID)); err == nil {
				paid[p.InvoiceID] = sum
			}
		}
	}
	for _, r := range invoices {
		i, money := invoiceOf(r, lines[r.text("id")])
		if !f.takes("invoice", r) {
			continue
		}
		f.Arrival.Invoices = append(f.Arrival.Invoices, i)
		if missing := less(money, paid[i.ID]); missing.Sign() > 0 { // it was paid, and no intent says by what
			f.Arrival.Payments = append(f.Arrival.Payments, &billing.ArrivingPayment{
				ID: "pi_imported_" + i.ID, CurrencyID: i.CurrencyID, InvoiceID: i.ID, Amount: missing,
				Receipt: clientele.Receipt{ReceivedAt: i.SettledAt.Unix()}, CreatedAt: i.SettledAt, UpdatedAt: i.UpdatedAt,
			})
		}
	}
	for _, r := range refunds {
		if r.text("status") != "succeeded" {
			f.Unkept[unsuccessful("refund")]++
			continue
		}
		refund := refundOf(r)
		if f.takes("refund", r) {
			f.Arrival.Refunds = append(f.Arrival.Refunds, refund)
		}
	}
	return f.Found
}

// takes says whether a row can be taken, and else refuses it.
func (f *found) takes(object string, r *row) bool {
	if r.mode() != f.Mode {
		r.wrong("livemode", "livemode is not that of its customer")
	}
	if len(r.mistakes) > 0 {
		f.refuse(object, r)
	}
	return len(r.mistakes) == 0
}

func (f *found) refuse(object string, r *row) {
	f.Refused = append(f.Refused, billing.Arrived{
		Object: object, ID: r.text("id"), Outcome: billing.OutcomeRefused, Mistakes: r.mistakes,
	})
}

// less is an amount without another, which may have no currency while it is nothing.
func less(a, b clientele.Amount) clientele.Amount {
	rest, _ := a.Sub(b.In(a.Currency())) // of one currency
	return rest
}

// customerOf reads a customer.
func customerOf(r *row) billing.ArrivingCustomer {
	fields := billing.Fields{}
	for _, name := range []string{"did", "name", "description", "email", "phone", "currency_id", "invoice_prefix"} {
		if text := r.text(name); text != "" {
			fields[name] = billing.Text(text)
		}
	}
	for _, name := range []string{"address", "shipping", "metadata", "invoice_settings", "preference"} {
		if v := r.value(name); v != nil && string(v) != "{}" {
			fields[name] = v
		}
	}
	if at := r.moment("created_at"); !at.IsZero() {
		fields["created_at"] = billing.Text(at.Format(time.RFC3339Nano))
	}
	c := billing.ArrivingCustomer{
		ID: r.text("id"), Fields: fields, Sequence: r.number("next_invoice_sequence"),
		Credit: map[string]clientele.Amount{},
	}
	var balances map[string]jsontext.Value
	if v := r.value("token_balance"); v != nil && json.Unmarshal(v, &balances) != nil {
		r.wrong("token_balance", "token_balance must be an object of amounts by currency")
	}
	for currency, v := range balances {
		var text string
		if json.Unmarshal(v, &text) != nil {
			text = string(v) // a number
		}
		a, err := clientele.ParseAmount(currency, text)
		if err != nil {
			r.wrong("token_balance", "token_balance in %s is %s, and must be digits in the smallest unit", currency, v)
			continue
		}
		c.Credit[currency] = a
	}
	return c
}

// transitions are when an invoice entered each state, in unix seconds.
type transitions struct {
	FinalizedAt, PaidAt, VoidedAt, MarkedAt int64
}

func transitionsOf(r *row) (t transitions) {
	var of struct {
		FinalizedAt int64 `json:"finalized_at"`
		PaidAt      int64 `json:"paid_at"`
		VoidedAt    int64 `json:"voided_at"`
		MarkedAt    int64 `json:"marked_uncollectible_at"`
	}
	if v := r.value("status_transitions"); v != nil {
		_ = json.Unmarshal(v, &of) // what is missing of it is told by other columns
	}
	return transitions(of)
}

// settledAt is when an invoice was paid, voided or given up: by its transitions, or else when it last changed.
func settledAt(r *row) time.Time {
	t := transitionsOf(r)
	at := map[string]int64{"paid": t.PaidAt, "void": t.VoidedAt, "uncollectible": t.MarkedAt}[r.text("status")]
	if at > 0 {
		return time.Unix(at, 0).UTC()
	}
	return (&row{values: r.values}).changed()
}

// invoiceOf reads an invoice, and how much money paid it.
func invoiceOf(r *row, items []*row) (i *billing.ArrivingInvoice, money clientele.Amount) {
	currency := r.text("currency_id")
	t := transitionsOf(r)
	i = &billing.ArrivingInvoice{
		ID: r.text("id"), CurrencyID: currency, Status: clientele.InvoiceStatus(r.text("status")),
		Name: r.text("customer_name"), Email: r.text("customer_email"), Phone: r.text("customer_phone"),
		CreatedAt: r.happened("created_at"), UpdatedAt: r.changed(), SettledAt: settledAt(r),
		Credited: clientele.Zero(currency),
	}
	money = clientele.Zero(currency)
	total, due := r.amount("total", currency), r.amount("amount_due", currency)
	paid, tax := r.amount("amount_paid", currency), r.amount("tax", currency)
	issued := cmp.Or(r.number("effective_at"), t.FinalizedAt, i.CreatedAt.Unix())
	i.FinalizedAt = time.Unix(cmp.Or(t.FinalizedAt, issued), 0).UTC()
	if r.text("total") == "" {
		r.wrong("total", "total is missing")
	}
	if v := r.value("customer_address"); v != nil {
		var address clientele.Address
		if json.Unmarshal(v, &address) == nil && address != (clientele.Address{}) {
			i.Address = &address
		}
	}
	i.Content = contentOf(r)
	i.SetLines(linesOf(r, items, currency), total, tax, r.text("description"))
	switch i.Status {
	case clientele.InvoiceDraft:
		return i, money
	case clientele.InvoiceOpen, clientele.InvoiceUncollectible:
		i.Credited, money = less(total, due), paid
	case clientele.InvoicePaid:
		if money = paid; paid.Sign() == 0 {
			money = due
		}
		i.Credited = less(total, money)
	case clientele.InvoiceVoid:
	default:
		r.wrong("status", "status is %q, and must be draft, open, paid, void or uncollectible", i.Status)
	}
	if i.Credited.Sign() < 0 || less(less(total, i.Credited), money).Sign() < 0 {
		r.wrong("amount_paid", "of %s more was paid or is due: amount_paid %s, amount_due %s", total, paid, due)
	}
	i.Content.EffectiveAt = &issued
	if at := r.number("due_date"); at > 0 {
		i.Content.DueDate = clientele.DueAt(at)
	}
	return i, money
}

// contentOf is what an invoice says, but for its lines.
func contentOf(r *row) (c clientele.InvoiceContent) {
	text := func(column string) *string {
		if s := r.text(column); s != "" {
			return &s
		}
		return nil
	}
	c = clientele.InvoiceContent{
		Number: text("number"), Description: text("description"), StatementDescriptor: text("statement_descriptor"),
		Footer: text("footer"),
	}
	if v := r.value("metadata"); v != nil && string(v) != "{}" {
		c.Metadata = v
	}
	if start, end := r.number("period_start"), r.number("period_end"); start > 0 && end >= start {
		c.PeriodStart, c.PeriodEnd = &start, &end
	}
	if v := r.value("custom_fields"); v != nil {
		var fields []clientele.CustomField
		if json.Unmarshal(v, &fields) == nil && len(fields) > 0 {
			c.CustomFields = &fields
		}
	}
	return c
}

// linesOf are the lines of an invoice.
func linesOf(r *row, items []*row, currency string) (lines []billing.ArrivingLine) {
	for _, item := range items {
		lines = append(lines, billing.ArrivingLine{
			ID: item.text("id"), Description: item.text("description"), Quantity: item.number("quantity"),
			Amount: item.signed("amount", currency),
		})
		r.mistakes = append(r.mistakes, item.mistakes...)
	}
	return lines
}

// signed is an amount that may be below nothing, as that of a discount.
func (r *row) signed(column, currency string) clientele.Amount {
	a, err := clientele.ParseAmount(currency, cmp.Or(r.values[column], "0"))
	if err != nil {
		r.wrong("lines."+column, "%s of the line %s is %q, and must be digits in the smallest unit", column, r.text("id"),
			r.values[column])
		return clientele.Zero(currency)
	}
	return a
}

// paymentOf reads money that came: when its invoice was paid, or else when it last changed.
func paymentOf(r *row, paidAt time.Time) *billing.ArrivingPayment {
	currency := r.text("currency_id")
	p := &billing.ArrivingPayment{
		ID: r.text("id"), CurrencyID: currency, MethodID: r.text("payment_method_id"), InvoiceID: r.text("invoice_id"),
		Amount: r.amount("amount_received", currency), Description: r.text("description"),
		CreatedAt: r.happened("created_at"), UpdatedAt: r.changed(),
	}
	if p.Amount.Sign() == 0 {
		p.Amount = r.amount("amount", currency)
	}
	if p.Amount.Sign() == 0 {
		r.wrong("amount", "amount is missing, or 0")
	}
	if v := r.value("metadata"); v != nil && string(v) != "{}" {
		p.Metadata = v
	}
	if paidAt.IsZero() {
		paidAt = p.UpdatedAt
	}
	p.Receipt.ReceivedAt = paidAt.Unix()
	return p
}

// refundOf reads money that was sent back.
func refundOf(r *row) *billing.ArrivingRefund {
	currency := r.text("currency_id")
	refund := &billing.ArrivingRefund{
		ID: r.text("id"), CurrencyID: currency, MethodID: r.text("payment_method_id"),
		PaymentID: r.text("payment_intent_id"), InvoiceID: r.text("invoice_id"), Amount: r.amount("amount", currency),
		Reason: r.text("reason"), Description: r.text("description"), CreatedAt: r.happened("created_at"),
	}
	if v := r.value("metadata"); v != nil && string(v) != "{}" {
		refund.Metadata = v
	}
	return refund
}

// methodOf reads a payment method. Its secrets stay where they are.
func methodOf(r *row) clientele.PaymentMethod {
	m := clientele.PaymentMethod{
		ID: r.text("id"), Object: "payment_method", Active: r.yes("active"), Livemode: r.mode(), Locked: r.yes("locked"),
		Type: r.text("type"), Name: r.text("name"), Description: r.text("description"), Logo: r.text("logo"),
		DefaultCurrencyID: r.text("default_currency_id"), Confirmation: clientele.Confirmation{Type: "immediate"},
		Settings: []byte("{}"), Metadata: clientele.Metadata{}, CreatedAt: clientele.At(r.moment("created_at")),
		UpdatedAt: clientele.At(r.moment("updated_at")),
	}
	for column, to := range map[string]any{"confirmation": &m.Confirmation, "features": &m.Features} {
		if v := r.value(column); v != nil && json.Unmarshal(v, to) != nil {
			r.wrong(column, "%s cannot be read", column)
		}
	}
	if v := r.value("metadata"); v != nil && json.Unmarshal(v, &m.Metadata) != nil {
		r.wrong("metadata", "metadata must be an object")
	}
	return m
}

// currencyOf reads a payment currency.
func currencyOf(r *row) clientele.PaymentCurrency {
	id := r.text("id")
	c := clientele.PaymentCurrency{
		ID: id, Object: "payment_currency", PaymentMethodID: r.text("payment_method_id"), Active: r.yes("active"),
		Livemode: r.mode(), Locked: r.yes("locked"), IsBaseCurrency: r.yes("is_base_currency"), Name: r.text("name"),
		Description: r.text("description"), Logo: r.text("logo"), Symbol: r.text("symbol"),
		Decimal: int(r.number("decimal")), MaximumPrecision: int(r.number("maximum_precision")),
		MinimumPaymentAmount: r.amount("minimum_payment_amount", id),
		MaximumPaymentAmount: r.amount("maximum_payment_amount", id), Contract: r.text("contract"),
		Type: cmp.Or(r.text("type"), "standard"), Metadata: clientele.Metadata{},
		CreatedAt: clientele.At(r.moment("created_at")), UpdatedAt: clientele.At(r.moment("updated_at")),
	}
	if c.MaximumPrecision == 0 {
		c.MaximumPrecision = c.Decimal
	}
	if v := r.value("metadata"); v != nil && json.Unmarshal(v, &c.Metadata) != nil {
		r.wrong("metadata", "metadata must be an object")
	}
	if _, given := r.values["decimal"]; !given || c.Decimal < 0 || c.Decimal > 18 {
		r.wrong("decimal", "decimal must be 0 to 18")
	}
	return c
}
