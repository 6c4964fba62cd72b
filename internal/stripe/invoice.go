package stripe

import (
	"cmp"
	"time"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// readInvoice reads an invoice, and the payment of what no charge in the files paid.
func (a *arriving) readInvoice(r *record) {
	currency := a.currency(r)
	id := r.text("id")
	transitions := r.part("status_transitions")
	created := r.created()
	finalized := transitions.moment("finalized_at")
	issued := firstOf(r.moment("effective_at"), finalized, created)
	i := &billing.ArrivingInvoice{
		ID: id, CurrencyID: currency.ID, Status: clientele.InvoiceStatus(r.text("status")),
		Name: r.text("customer_name"), Email: r.text("customer_email"), Phone: r.text("customer_phone"),
		CreatedAt: created, FinalizedAt: firstOf(finalized, issued), UpdatedAt: created,
	}
	if address := given(r.part("customer_address"), addressParts...); address != nil {
		of := r.part("customer_address")
		i.Address = &clientele.Address{
			Line1: of.text("line1"), Line2: of.text("line2"), City: of.text("city"), State: of.text("state"),
			PostalCode: of.text("postal_code"), Country: of.text("country"),
		}
	}
	i.SettledAt = firstOf(map[clientele.InvoiceStatus]time.Time{
		clientele.InvoicePaid:          transitions.moment("paid_at"),
		clientele.InvoiceVoid:          transitions.moment("voided_at"),
		clientele.InvoiceUncollectible: transitions.moment("marked_uncollectible_at"),
	}[i.Status], i.FinalizedAt)
	if i.SettledAt.After(i.UpdatedAt) {
		i.UpdatedAt = i.SettledAt
	}
	i.Content = contentOf(r)
	money := a.amounts(r, i, currency)
	if i.Status != clientele.InvoiceDraft {
		at := issued.Unix()
		i.Content.EffectiveAt = &at
		i.Content.DueDate = clientele.DueAt(firstOf(r.moment("due_date"), issued).Unix())
	} else if due := r.moment("due_date"); !due.IsZero() {
		i.Content.DueDate = clientele.DueAt(due.Unix())
	}
	if !a.takes("invoice", r) {
		return
	}
	a.Arrival.Invoices = append(a.Arrival.Invoices, i)
	missing := minus(money, a.paid[id])
	switch i.Status {
	case clientele.InvoiceOpen, clientele.InvoicePaid, clientele.InvoiceUncollectible:
	default: // nothing paid it in the end
		return
	}
	if missing.Sign() > 0 {
		a.Arrival.Payments = append(a.Arrival.Payments, &billing.ArrivingPayment{
			ID: "pi_imported_" + id, CurrencyID: currency.ID, InvoiceID: id, Amount: missing,
			Receipt: clientele.Receipt{ReceivedAt: i.SettledAt.Unix()}, CreatedAt: i.SettledAt, UpdatedAt: i.SettledAt,
		})
	}
}

// firstOf is the first of some moments that there is.
func firstOf(moments ...time.Time) time.Time {
	for _, at := range moments {
		if !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}

// contentOf is what an invoice says, but for its lines.
func contentOf(r *record) (c clientele.InvoiceContent) {
	text := func(field string) *string {
		if s := r.text(field); s != "" {
			return &s
		}
		return nil
	}
	c = clientele.InvoiceContent{
		Number: text("number"), Description: text("description"), StatementDescriptor: text("statement_descriptor"),
		Footer: text("footer"),
	}
	c.Metadata = r.metadata()
	if start, end := r.number("period_start"), r.number("period_end"); start > 0 && end >= start {
		c.PeriodStart, c.PeriodEnd = &start, &end
	}
	var fields []clientele.CustomField
	for _, raw := range r.list("custom_fields") {
		if f, err := recordOf(raw); err == nil {
			fields = append(fields, clientele.CustomField{Name: f.text("name"), Value: f.text("value")})
		}
	}
	if len(fields) > 0 {
		c.CustomFields = &fields
	}
	return c
}

// amounts reads what an invoice is over, and how much money paid it. What credit notes took off before it was paid, and
// what credit paid, is not due in money; what the customer owed before is due with it and is a line of its own.
func (a *arriving) amounts(
	r *record, i *billing.ArrivingInvoice, currency clientele.PaymentCurrency,
) (money clientele.Amount) {
	total := r.amount("total", currency)
	if !r.has("total") {
		r.wrong("total", "total is missing")
	}
	due := total
	if r.has("amount_due") {
		due = r.positive("amount_due", currency)
	}
	money = r.positive("amount_paid", currency)
	i.Noted = r.positive("pre_payment_credit_notes_amount", currency)
	lines := a.linesOf(r, currency)
	i.Credited = minus(minus(total, i.Noted), due)
	if i.Credited.Sign() < 0 {
		before := i.Credited.Neg()
		lines = append(lines, billing.ArrivingLine{Description: "Balance owed before", Quantity: 1, Amount: before})
		total, i.Credited = plus(total, before), clientele.Zero(currency.ID)
	}
	i.SetLines(lines, total, a.taxOf(r, currency, lines, total), r.text("description"))
	switch i.Status {
	case clientele.InvoiceDraft, clientele.InvoiceVoid:
		i.Credited, i.Noted = clientele.Zero(currency.ID), clientele.Zero(currency.ID)
		return clientele.Zero(currency.ID)
	case clientele.InvoicePaid:
		if money.Sign() == 0 { // paid elsewhere
			money = due
		}
	case clientele.InvoiceOpen, clientele.InvoiceUncollectible:
	default:
		r.wrong("status", "status is %q, and must be draft, open, paid, void or uncollectible", i.Status)
	}
	if minus(due, money).Sign() < 0 {
		r.wrong("amount_paid", "of %s more was paid: %s", due, money)
	}
	return money
}

// linesOf are the lines of an invoice: its own, or those of the files that name it.
func (a *arriving) linesOf(r *record, currency clientele.PaymentCurrency) (lines []billing.ArrivingLine) {
	add := func(line *record) {
		lines = append(lines, billing.ArrivingLine{
			ID: line.text("id"), Description: cmp.Or(line.text("description"), "Line"),
			Quantity: max(1, line.number("quantity")), Amount: line.amount("amount", currency),
		})
	}
	for _, raw := range r.list("lines") {
		if line, err := recordOf(raw); err == nil {
			line.path, line.mistakes = "lines.", r.mistakes
			add(line)
		}
	}
	if len(lines) > 0 {
		return lines
	}
	for _, object := range []string{"line_item", "invoiceitem"} {
		for _, d := range a.of[object] {
			if line, err := recordOf(d.doc); err == nil && d.of == r.text("id") {
				line.path, line.mistakes = "lines.", r.mistakes
				add(line)
			}
		}
	}
	return lines
}

// taxOf is the tax that comes on top of the lines.
func (a *arriving) taxOf(
	r *record, currency clientele.PaymentCurrency, lines []billing.ArrivingLine, total clientele.Amount,
) clientele.Amount {
	tax, told := clientele.Zero(currency.ID), false
	for _, field := range []string{"total_taxes", "total_tax_amounts"} {
		for _, raw := range r.list(field) {
			part, err := recordOf(raw)
			if err != nil || told {
				continue
			}
			part.mistakes = r.mistakes
			if !part.yes("inclusive") && part.text("tax_behavior") != "inclusive" {
				tax = plus(tax, part.amount("amount", currency))
			}
		}
		told = told || len(r.list(field)) > 0
	}
	if told {
		return tax
	}
	sum := clientele.Zero(currency.ID)
	for _, line := range lines {
		sum = plus(sum, line.Amount)
	}
	if len(lines) > 0 && minus(total, sum).Sign() == 0 { // it is in the lines
		return tax
	}
	return r.positive("tax", currency)
}
