package console

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"clientele.dev"
)

// ofLine is how the name of a field begins that says how many of a line are taken back.
const ofLine = "line."

// creditInvoice takes back a part of an invoice, or all of it.
func (s *console) creditInvoice() action {
	return action{
		form: func(v *visit) (form, error) {
			i, _, err := s.findInvoice(v)
			w := newView(s, v, page{})
			f := form{
				Title: "Credit note for invoice " + i.Number, Submit: "Issue the credit note", Danger: true,
				Intro: "It lowers what is left to pay first. What has been paid already becomes the customer's credit, or is " +
					"sent back. Write an amount, or how many of which lines. A credit note cannot be undone.",
				Facts: []fact{
					{"Total", w.Money(i.Total)}, {"Left to pay", w.Money(i.AmountRemaining)}, {"Paid", w.Money(i.AmountPaid)},
				},
				Cancel: v.Path("invoices", i.ID), Back: "Invoice " + i.Number,
				Fields: []field{
					{Name: "currency_id", Type: "hidden", Value: i.CurrencyID},
					{Name: "amount", Label: "Amount in " + v.currency(i.CurrencyID).Symbol, Type: "money", Plain: true,
						Narrow: true},
					{Name: "reason", Label: "Reason", Type: "select", Narrow: true, Options: []option{
						{"", "None"}, {"duplicate", "Duplicate"}, {"fraudulent", "Fraudulent"},
						{"order_change", "Order change"}, {"product_unsatisfactory", "Product unsatisfactory"},
					}},
					dateField(v, "Date of issue"),
				},
			}
			for n, line := range i.Lines {
				one := field{
					Name: ofLine + line.ID, Type: "money", Plain: true, Narrow: true,
					Label: fmt.Sprintf("%s: how many of %d", first(line.Description, "Line "+strconv.Itoa(n+1)), line.Quantity),
				}
				if n == 0 {
					one.Group = "In place of an amount, by line"
				}
				f.Fields = append(f.Fields, one)
			}
			f.Fields = append(f.Fields,
				field{Name: "memo", Label: "For the customer", Type: "textarea", Group: "Besides"},
				field{Name: "refund", Label: "What was paid already is sent back and becomes no credit", Type: "checkbox"},
			)
			return f, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			p := clientele.CreditNoteParams{
				Reason: sent.Get("reason"), Memo: sent.Get("memo"), Refund: sent.Get("refund") != "",
			}
			lines, names, err := creditLinesSent(v, sent)
			var dayErr error
			p.Date, dayErr = dateSent(sent)
			if err := clientele.JoinInvalid(dayErr, err); err != nil {
				return "", err
			}
			if lines != nil {
				p.Lines = &lines
			}
			if lines == nil || strings.TrimSpace(sent.Get("amount")) != "" {
				if p.Amount, err = amountSent(v, sent); err != nil {
					return "", err
				}
			}
			id := v.PathValue("id")
			_, err = s.service.Invoices.Credit(v.Context(), v.call(), id, p)
			return after(v.Path("invoices", id), "credited", ""), renamed(err, names)
		},
	}
}

// creditLinesSent are how many of which lines are taken back, as a form says it, and what its fields are called.
func creditLinesSent(
	v *visit, sent url.Values,
) (lines []clientele.CreditNoteLineParams, names map[string]string, err error) {
	names = map[string]string{}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		id, is := strings.CutPrefix(name, ofLine)
		text := strings.TrimSpace(sent.Get(name))
		if !is || text == "" || strings.HasSuffix(name, means) {
			continue
		}
		quantity, err := v.wholeIn(name, text)
		errs = append(errs, err)
		names[fmt.Sprintf("lines[%d].", len(lines))] = name
		lines = append(lines, clientele.CreditNoteLineParams{InvoiceLineID: id, Quantity: &quantity})
	}
	return lines, names, clientele.JoinInvalid(errs...)
}
