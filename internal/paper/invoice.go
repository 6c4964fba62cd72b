package paper

import (
	"strings"

	"clientele.dev"
	"clientele.dev/internal/locale"
)

// invoiceDocument is what an invoice says.
func invoiceDocument(in Invoice) document {
	i := in.Invoice
	m, on := moneyOf(in.Settings.Locale, in.Currency), locale.DatesOf(in.Settings)
	d := document{
		Title: "Invoice", Number: inline(i.Number), Badges: invoiceBadges(in), From: business(in.Settings.Business),
		To: invoiceCustomer(i), Facts: invoiceFacts(i, on), Figure: invoiceFigure(in, m, on), Text: block(i.Description),
		Tables: []table{invoiceLines(i, m)}, Letter: usesLetter(in.Settings),
		Logo: logoOf(in.Settings.Business.Logo),
	}
	if len(in.CreditNotes) > 0 {
		d.Tables = append(d.Tables, creditNotes(in.CreditNotes, m, on))
	}
	if how := block(in.Settings.Business.PaymentInstructions); how != "" && asksForMoney(i) {
		d.Notes = append(d.Notes, fact{"How to pay", how})
	}
	if footer := block(i.Footer); footer != "" {
		d.Notes = append(d.Notes, fact{"", footer})
	}
	if footer := block(in.Settings.Business.Footer); footer != "" {
		d.Notes = append(d.Notes, fact{"", footer})
	}
	return d
}

// asksForMoney says whether the invoice is one to pay, or will be.
func asksForMoney(i clientele.Invoice) bool {
	return i.Status != clientele.InvoicePaid && i.Status != clientele.InvoiceVoid && !isWrittenOff(i)
}

// isCredited says whether credit notes alone have settled the invoice: nobody has paid anything.
func isCredited(i clientele.Invoice) bool {
	return i.Status == clientele.InvoicePaid && i.PrePaymentCreditNotesAmount.Sign() > 0 &&
		i.AmountPaid.Sign() == 0 && i.AmountCredited.Sign() == 0
}

// isWrittenOff says whether what was left to pay was given up as bad debt.
func isWrittenOff(i clientele.Invoice) bool {
	return i.Status == clientele.InvoiceUncollectible && i.AmountRemaining.Sign() == 0
}

func isPastDue(in Invoice) bool {
	return in.Invoice.DaysPastDue(in.Today) > 0
}

// StateInWords is what people call the state that an invoice is in on a day: an open one is past due from the day after
// its due day, and what credit notes or a write-off settled was not paid.
func StateInWords(i clientele.Invoice, today clientele.Day) string {
	switch {
	case i.DaysPastDue(today) > 0:
		return "Past due"
	case isCredited(i):
		return "Credited"
	case isWrittenOff(i):
		return "Written off"
	}
	return map[clientele.InvoiceStatus]string{
		clientele.InvoiceDraft: "Draft", clientele.InvoiceOpen: "Open", clientele.InvoicePaid: "Paid",
		clientele.InvoiceVoid: "Void", clientele.InvoiceUncollectible: "Uncollectible",
	}[i.Status]
}

func invoiceBadges(in Invoice) []badge {
	state := badge{StateInWords(in.Invoice, in.Today), calm}
	switch state.Text {
	case "Past due", "Uncollectible":
		state.Tone = warn
	case "Paid":
		state.Tone = good
	}
	if in.Invoice.Livemode {
		return []badge{state}
	}
	return []badge{state, {"Test", calm}} // nobody should pay it
}

// invoiceCustomer is the customer as printed.
func invoiceCustomer(i clientele.Invoice) party {
	p := party{Label: "Bill to", Name: inline(i.CustomerName)}
	if i.CustomerAddress != nil {
		p.Lines = addressLines(*i.CustomerAddress)
	}
	p.add(i.CustomerEmail, i.CustomerPhone)
	return p
}

func invoiceFacts(i clientele.Invoice, on locale.Dates) []fact {
	period := on.Moment(i.PeriodStart)
	if end := on.Moment(i.PeriodEnd); period != "" && end != "" && end != period {
		period += " – " + end
	}
	all := []fact{
		{"Number", inline(i.Number)}, {"Issued", issuedOn(i, on)}, {"Due", dueDay(i, on)},
		{"Period", period}, {"Paid", on.Moment(i.StatusTransitions.PaidAt)},
		{"Voided", on.Moment(i.StatusTransitions.VoidedAt)},
	}
	for _, field := range i.CustomFields {
		all = append(all, fact{inline(field.Name), inline(field.Value)})
	}
	var facts []fact
	for _, f := range all {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

// dueDay is when an invoice is to be paid, in words.
func dueDay(i clientele.Invoice, on locale.Dates) string {
	if i.DueDate == 0 {
		return "on receipt"
	}
	return on.Day(i.Due())
}

func issuedOn(i clientele.Invoice, on locale.Dates) string {
	if i.Date == 0 {
		return on.Moment(i.EffectiveAt)
	}
	return on.Day(i.Date)
}

func invoiceFigure(in Invoice, m locale.Money, on locale.Dates) *figure {
	i := in.Invoice
	f := &figure{Label: "Amount due", Amount: m.Format(i.AmountRemaining)}
	switch {
	case i.Status == clientele.InvoiceVoid:
		f.Note = "This invoice is void: nothing is to be paid."
	case isCredited(i):
		f.Note = "Credited in full: nothing is to be paid."
	case isWrittenOff(i):
		f.Note = "Written off: nothing is to be paid."
	case i.Status == clientele.InvoicePaid:
		f.Note = "Paid in full. Thank you."
	case i.Status == clientele.InvoiceDraft:
		f.Note = "A draft: not to be paid yet."
	case i.DueDate == 0:
		f.Note = "Due on receipt"
	case isPastDue(in) || i.Status == clientele.InvoiceUncollectible:
		f.Note = "Was due on " + on.Day(i.Due())
	default:
		f.Note = "Due on " + on.Day(i.Due())
	}
	return f
}

func invoiceLines(i clientele.Invoice, m locale.Money) table {
	t := table{Columns: []column{
		{Title: "Description", Words: true, Head: true}, {Title: "Quantity", Amount: true},
		{Title: "Unit price", Amount: true},
		{Title: "Tax", Amount: true}, {Title: "Amount", Amount: true},
	}}
	for _, line := range i.Lines {
		t.Rows = append(t.Rows, []string{
			block(line.Description), m.Count(line.Quantity), m.Format(line.UnitAmount), m.Format(line.TaxAmount),
			m.Format(line.Amount),
		})
	}
	t.Sums = append(t.Sums, sum{Label: "Subtotal", Value: m.Format(i.Subtotal)},
		sum{Label: "Tax", Value: m.Format(i.Tax)})
	if i.AmountShipping.Sign() != 0 {
		t.Sums = append(t.Sums, sum{Label: "Shipping", Value: m.Format(i.AmountShipping)})
	}
	t.Sums = append(t.Sums, sum{Label: "Total", Value: m.Format(i.Total), Strong: true})
	for _, less := range []struct {
		label  string
		amount clientele.Amount
	}{
		{"Credit notes", i.PrePaymentCreditNotesAmount}, {"Credit applied", i.AmountCredited}, {"Paid", i.AmountPaid},
		{"Written off", i.AmountWrittenOff},
	} {
		if less.amount.Sign() != 0 {
			t.Sums = append(t.Sums, sum{Label: less.label, Value: m.Format(less.amount.Neg())})
		}
	}
	t.Sums = append(t.Sums, sum{Label: "Amount due", Value: m.Format(i.AmountRemaining), Strong: true})
	return t
}

func creditNotes(notes []clientele.CreditNote, m locale.Money, on locale.Dates) table {
	t := table{Title: "Credit notes", Columns: []column{
		{Title: "Number", Head: true}, {Title: "Issued"}, {Title: "For", Words: true}, {Title: "Amount", Amount: true},
	}}
	for _, n := range notes {
		why := block(n.Memo)
		if why == "" {
			why = strings.ReplaceAll(n.Reason, "_", " ")
		}
		t.Rows = append(t.Rows, []string{inline(n.Number), on.Moment(n.CreatedAt.Unix()), why, m.Format(n.Amount.Neg())})
	}
	return t
}
