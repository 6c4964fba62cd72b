package console

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// How many lines the form of an invoice begins with, and how many more it has each time that more are asked for.
const (
	firstLines = 3
	moreLines  = 5
)

// lineName is the name of a field of a line, as the API calls it.
func lineName(n int, field string) string { return fmt.Sprintf("lines[%d].%s", n, field) }

// invoiceFields are what an invoice says, to fill in.
func invoiceFields(v *visit, i clientele.Invoice) []field {
	fields := []field{
		{Name: "currency_id", Label: "Currency", Type: "select", Required: true, Value: i.CurrencyID, Narrow: true,
			Options: currencyOptions(v)},
		{Name: "date", Label: "Date of issue", Type: "date", Value: issueDay(v, i), Narrow: true,
			Hint: "The day when it is finalized when empty."},
		{Name: "due_date", Label: "Due", Type: "date", Value: dueDay(i), Narrow: true,
			Hint: "On receipt when empty."},
		{Name: "description", Label: "Description", Value: i.Description},
	}
	fields[1].limitToOpen(v)
	lines := max(firstLines, len(i.Lines))
	for sent := 0; v.PostForm.Has(lineName(sent, "description")); sent++ {
		lines = max(lines, sent+1)
	}
	if v.PostForm.Get("more") != "" {
		lines += moreLines
	}
	for n := range lines {
		var line clientele.InvoiceLine
		quantity, unit, tax := "", "", ""
		if n < len(i.Lines) {
			line = i.Lines[n]
			quantity, unit = strconv.FormatInt(line.Quantity, 10), v.plain(line.UnitAmount)
			if line.TaxAmount.Sign() != 0 {
				tax = v.plain(line.TaxAmount)
			}
		}
		fields = append(fields,
			field{Name: lineName(n, "description"), Label: "What", Value: line.Description, Required: n == 0,
				Group: "Line " + strconv.Itoa(n+1)},
			field{Name: lineName(n, "quantity"), Label: "How many", Type: "money", Value: quantity, Narrow: true,
				Hint: "1 when empty."},
			field{Name: lineName(n, "unit_amount"), Label: "Price of one", Type: "money", Value: unit, Narrow: true,
				Required: n == 0},
			field{Name: lineName(n, "tax_amount"), Label: "Tax on the line", Type: "money", Value: tax, Narrow: true},
		)
	}
	return fields
}

// issueDay is the day of issue of an invoice, today for a new one; "" of a draft that has none.
func issueDay(v *visit, i clientele.Invoice) string {
	switch {
	case i.ID == "":
		return v.today.String()
	case i.Date == 0 && i.EffectiveAt == 0:
		return ""
	}
	return i.Issued().String()
}

// invoiceSent is what a form says about an invoice.
func invoiceSent(v *visit, sent url.Values) (c clientele.InvoiceContent, names map[string]string, err error) {
	names = map[string]string{}
	currency := v.currency(sent.Get("currency_id"))
	due, err := dayIn("due_date", sent.Get("due_date"))
	errs := []error{err}
	c.Date, err = dateSent(sent)
	if errs = append(errs, err); c.Date == nil {
		c.EffectiveAt = new(int64(0)) // the day when it is finalized
	}
	if due != 0 {
		c.DueDate = clientele.DueOn(due)
	}
	c.Description = new(sent.Get("description"))
	for n := 0; sent.Has(lineName(n, "description")); n++ {
		text := func(name string) string { return strings.TrimSpace(sent.Get(lineName(n, name))) }
		if text("description")+text("quantity")+text("unit_amount")+text("tax_amount") == "" {
			continue
		}
		line := clientele.LineParams{Description: text("description")}
		if quantity := text("quantity"); quantity != "" {
			whole, err := v.wholeIn(lineName(n, "quantity"), quantity)
			errs, line.Quantity = append(errs, err), &whole
		}
		line.UnitAmount, err = v.amountIn(lineName(n, "unit_amount"), text("unit_amount"), currency)
		errs = append(errs, err)
		if err == nil && line.UnitAmount == nil {
			errs = append(errs, invalid(lineName(n, "unit_amount"), "write what one costs"))
		}
		line.TaxAmount, err = v.amountIn(lineName(n, "tax_amount"), text("tax_amount"), currency)
		errs = append(errs, err)
		names[lineName(len(c.Lines), "")] = lineName(n, "")
		c.Lines = append(c.Lines, line)
	}
	if len(c.Lines) == 0 {
		errs = append(errs, invalid(lineName(0, "description"), "write at least one line"))
	}
	return c, names, clientele.JoinInvalid(errs...)
}

// createInvoice is the form for a new draft.
func (s *console) createInvoice() action {
	return action{
		before: func(v *visit) (page, bool, error) {
			if v.URL.Query().Get("customer") != "" {
				return page{}, false, nil
			}
			p, err := s.chooseCustomer(v, "New invoice")
			return p, true, err
		},
		form: func(v *visit) (form, error) {
			c, _, err := s.service.Customers.Find(v.Context(), v.Mode, v.URL.Query().Get("customer"))
			return form{
				Title: "New invoice for " + nameOf(c.Customer), Submit: "Save the draft", More: "More lines",
				Intro:  "A draft can still be changed. It gets its number, and is owed, once it is finalized.",
				Fields: invoiceFields(v, clientele.Invoice{CurrencyID: c.CurrencyID}),
				Cancel: v.Path("customers", c.ID), Back: nameOf(c.Customer),
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			content, names, err := invoiceSent(v, sent)
			if err != nil {
				return "", err
			}
			i, err := decode[clientele.Invoice](s.service.Invoices.Create(v.Context(), v.call(), clientele.InvoiceParams{
				CustomerID: v.URL.Query().Get("customer"), CurrencyID: sent.Get("currency_id"), InvoiceContent: content,
			}))
			return after(v.Path("invoices", i.ID), "created", ""), renamed(err, names)
		},
	}
}

// findInvoice reads the invoice of a page.
func (s *console) findInvoice(v *visit) (clientele.InvoiceExpanded, int64, error) {
	doc, err := s.service.Invoices.Retrieve(v.Context(), v.Mode, v.PathValue("id"))
	i, err := decode[clientele.InvoiceExpanded](doc, err)
	return i, doc.Version, err
}

// editInvoice is the form for a draft.
func (s *console) editInvoice() action {
	return action{
		form: func(v *visit) (form, error) {
			i, version, err := s.findInvoice(v)
			f := form{
				Title: "Edit the draft", Submit: "Save the draft", Version: version, More: "More lines",
				Fields: invoiceFields(v, i.Invoice), Cancel: v.Path("invoices", i.ID), Back: "The draft",
			}
			if len(f.Fields) > 0 { // an invoice keeps its currency
				f.Fields[0].Options = []option{{i.CurrencyID, v.currency(i.CurrencyID).Symbol}}
			}
			return f, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			content, names, err := invoiceSent(v, sent)
			if err != nil {
				return "", err
			}
			_, err = s.service.Invoices.Update(v.Context(), v.call(), v.PathValue("id"), content)
			return after(v.Path("invoices", v.PathValue("id")), "saved", ""), renamed(err, names)
		},
	}
}

// question is an action on an invoice that only asks for agreement.
type question struct {
	title, intro, submit, done string
	danger                     bool
	facts                      func(view, clientele.InvoiceExpanded) []fact
	date                       string // what the day is called that it is asked for; "" when it is not
	do                         func(v *visit, call billing.Call, id string, day *clientele.Day) (store.Document, error)
	to                         func(*visit) string // where to go then; the invoice unless said
}

func (s *console) ask(q question) action {
	return action{
		form: func(v *visit) (form, error) {
			i, version, err := s.findInvoice(v)
			if err != nil {
				return form{}, err
			}
			facts := []fact{{"Customer", nameOf(i.Customer)}, {"Total", newView(s, v, page{}).Money(i.Total)}}
			if i.Number != "" {
				facts = append([]fact{{"Invoice", i.Number}}, facts...)
			}
			if q.facts != nil {
				facts = append(facts, q.facts(newView(s, v, page{}), i)...)
			}
			f := form{
				Title: q.title, Intro: q.intro, Submit: q.submit, Danger: q.danger, Facts: facts, Version: version,
				Cancel: v.Path("invoices", i.ID), Back: "Invoice " + first(i.Number, "draft"),
			}
			if q.date != "" {
				f.Fields = []field{dateField(v, q.date)}
			}
			return f, nil
		},
		do: func(v *visit, sent url.Values) (string, error) {
			id := v.PathValue("id")
			day, err := dateSent(sent)
			if err == nil {
				_, err = q.do(v, v.call(), id, day)
			}
			to := v.Path("invoices", id)
			if q.to != nil {
				to = q.to(v)
			}
			return after(to, q.done, id), err
		},
	}
}

func (s *console) finalizeInvoice() action {
	return s.ask(question{
		title: "Finalize this invoice?", submit: "Finalize", done: "finalized",
		intro: "It gets its number and is owed from now on. Its lines cannot be changed any more.",
		facts: func(w view, i clientele.InvoiceExpanded) []fact {
			credit := i.Customer.TokenBalance[i.CurrencyID].In(i.CurrencyID)
			settings := i.Customer.InvoiceSettings
			if credit.Sign() <= 0 || settings == nil || !settings.ApplyCredit {
				return nil
			}
			return []fact{{"Credit that pays it", w.Money(lesser(credit, i.Total))}}
		},
		do: func(v *visit, call billing.Call, id string, _ *clientele.Day) (store.Document, error) {
			return s.service.Invoices.Finalize(v.Context(), call, id)
		},
	})
}

func lesser(a, b clientele.Amount) clientele.Amount {
	if c, err := a.Cmp(b); err == nil && c > 0 {
		return b
	}
	return a
}

func (s *console) voidInvoice() action {
	return s.ask(question{
		title: "Void this invoice?", submit: "Void the invoice", danger: true, done: "voided",
		intro: "It keeps its number and nothing is owed on it any more. This cannot be undone.",
		facts: func(w view, i clientele.InvoiceExpanded) []fact {
			return []fact{
				{"No longer owed", w.Money(i.AmountRemaining)}, {"Payments get back", w.Money(i.AmountPaid)},
				{"Credit given back", w.Money(i.AmountCredited)},
			}
		},
		date: "Voided on",
		do: func(v *visit, call billing.Call, id string, day *clientele.Day) (store.Document, error) {
			return s.service.Invoices.Void(v.Context(), call, id, clientele.VoidParams{Date: day})
		},
	})
}

func (s *console) markInvoiceUncollectible() action {
	return s.ask(question{
		title: "Mark this invoice uncollectible?", submit: "Mark it uncollectible", danger: true, done: "given_up",
		intro: "What is left stays owed and counts as overdue; the customer becomes delinquent. It can still be paid or " +
			"voided.",
		facts: func(w view, i clientele.InvoiceExpanded) []fact {
			return []fact{{"Becomes uncollectible", w.Money(i.AmountRemaining)}}
		},
		do: func(v *visit, call billing.Call, id string, _ *clientele.Day) (store.Document, error) {
			return s.service.Invoices.MarkUncollectible(v.Context(), call, id)
		},
	})
}

// writeOffInvoice writes what is left to pay off as bad debt, or a part of it.
func (s *console) writeOffInvoice() action {
	return action{
		form: func(v *visit) (form, error) {
			i, version, err := s.findInvoice(v)
			w := newView(s, v, page{})
			return form{
				Title: "Write off invoice " + i.Number, Submit: "Write it off", Danger: true, Version: version,
				Intro: "It is bad debt: what was paid stays paid, and nobody owes the rest. A payment that comes after all " +
					"is recorded on the invoice as ever, and the write-off can be undone.",
				Facts:  []fact{{"Paid", w.Money(i.AmountPaid)}, {"Left to pay", w.Money(i.AmountRemaining)}},
				Cancel: v.Path("invoices", i.ID), Back: "Invoice " + i.Number,
				Fields: []field{
					{Name: "currency_id", Type: "hidden", Value: i.CurrencyID},
					{Name: "amount", Label: "Amount in " + v.currency(i.CurrencyID).Symbol, Type: "money", Required: true,
						Narrow: true, Value: v.plain(i.AmountRemaining)},
					dateField(v, "Written off on"),
					{Name: "reason", Label: "Why"},
				},
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			amount, err := amountSent(v, sent)
			day, dayErr := dateSent(sent)
			if err := clientele.JoinInvalid(err, dayErr); err != nil {
				return "", err
			}
			id := v.PathValue("id")
			_, err = s.service.Invoices.WriteOff(v.Context(), v.call(), id, clientele.WriteOffParams{
				Amount: amount, Reason: sent.Get("reason"), Date: day,
			})
			return after(v.Path("invoices", id), "written_off", id), err
		},
	}
}

func (s *console) reopenInvoice() action {
	return s.ask(question{
		title: "Open this invoice again?", submit: "Open it again", done: "reopened",
		intro: "It is owed like any open invoice from now on: also what was written off of it.",
		facts: func(w view, i clientele.InvoiceExpanded) []fact {
			return []fact{{"Written off", w.Money(i.AmountWrittenOff)}, {"Left to pay", w.Money(i.AmountRemaining)}}
		},
		do: func(v *visit, call billing.Call, id string, _ *clientele.Day) (store.Document, error) {
			return s.service.Invoices.Reopen(v.Context(), call, id)
		},
	})
}

func (s *console) deleteDraft() action {
	return s.ask(question{
		title: "Delete this draft?", submit: "Delete the draft", danger: true, done: "draft_deleted",
		intro: "It has no number and is owed by nobody. This cannot be undone.",
		do: func(v *visit, call billing.Call, id string, _ *clientele.Day) (store.Document, error) {
			return s.service.Invoices.Delete(v.Context(), call, id)
		},
		to: func(v *visit) string { return v.Path("invoices") },
	})
}

func (s *console) releaseInvoice() action {
	return s.ask(question{
		title: "End the hold?", submit: "End the hold", done: "released",
		intro: "The invoice is marked uncollectible by itself again when the settings say so.",
		do: func(v *visit, call billing.Call, id string, _ *clientele.Day) (store.Document, error) {
			return s.service.Invoices.Release(v.Context(), call, id)
		},
	})
}

// holdInvoice keeps an invoice from being marked uncollectible by itself.
func (s *console) holdInvoice() action {
	return action{
		form: func(v *visit) (form, error) {
			i, _, err := s.findInvoice(v)
			return form{
				Title: "Hold invoice " + i.Number, Submit: "Hold it",
				Cancel: v.Path("invoices", i.ID), Back: "Invoice " + i.Number,
				Intro: "Until then it is not marked uncollectible by itself: somebody promised to pay, or disputes it.",
				Fields: []field{
					{Name: "until", Label: "Until", Type: "date", Required: true, Narrow: true},
					{Name: "reason", Label: "Why", Required: true},
				},
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			until, err := dayIn("until", sent.Get("until"))
			if err == nil && until == 0 {
				err = invalid("until", "write until when")
			}
			if err != nil {
				return "", err
			}
			id := v.PathValue("id")
			_, err = s.service.Invoices.Hold(v.Context(), v.call(), id, clientele.HoldParams{
				Until: until.End(v.settings.Zone()).Unix(), Reason: sent.Get("reason"),
			})
			return after(v.Path("invoices", id), "held", id), err
		},
	}
}

// applyCredit pays an invoice with the customer's credit.
func (s *console) applyCredit() action {
	return action{
		form: func(v *visit) (form, error) {
			i, _, err := s.findInvoice(v)
			w := newView(s, v, page{})
			credit := i.Customer.TokenBalance[i.CurrencyID].In(i.CurrencyID)
			currency := v.currency(i.CurrencyID)
			return form{
				Title: "Pay invoice " + i.Number + " with credit", Submit: "Use the credit",
				Facts:  []fact{{"Credit", w.Money(credit)}, {"Left to pay", w.Money(i.AmountRemaining)}},
				Cancel: v.Path("invoices", i.ID), Back: "Invoice " + i.Number,
				Fields: []field{
					{Name: "currency_id", Type: "hidden", Value: i.CurrencyID},
					{Name: "customer_id", Type: "hidden", Value: i.CustomerID},
					{Name: "amount", Label: "Amount in " + currency.Symbol, Type: "money", Required: true, Narrow: true,
						Value: v.plain(lesser(credit, i.AmountRemaining))},
				},
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			amount, err := amountSent(v, sent)
			if err != nil {
				return "", err
			}
			id := v.PathValue("id")
			_, err = s.service.Customers.MoveCredit(v.Context(), v.call(), sent.Get("customer_id"), clientele.CreditParams{
				CurrencyID: sent.Get("currency_id"), Amount: new(amount.Neg()), InvoiceID: id,
				Reason: clientele.ReasonCreditApplied,
			})
			return after(v.Path("invoices", id), "credit_used", ""), err
		},
	}
}

// dueDay is the day on which an invoice is due; "" on receipt.
func dueDay(i clientele.Invoice) string {
	if i.DueDate == 0 {
		return ""
	}
	return i.Due().String()
}
