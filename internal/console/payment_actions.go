package console

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// methods are how money comes, for people.
var methods = []option{
	{"bank_transfer", "Bank transfer"}, {"cheque", "Cheque"}, {"cash", "Cash"}, {"card", "Card"}, {"", "Something else"},
}

// paying is how the name of a field begins that says how much of an invoice is paid.
const paying = "pay."

// unpaidInvoices are the invoices of a customer that have something left to pay, oldest due first.
func (s *console) unpaidInvoices(v *visit, customer string) ([]clientele.Invoice, error) {
	const many = 50
	docs, _, err := s.service.Invoices.List(v.Context(), customer, store.Query{
		Mode: v.Mode, Order: []store.Order{{Field: "due_date"}}, Window: store.Window{Limit: many},
		Where: []store.Condition{store.OneOf("status", clientele.InvoiceOpen, clientele.InvoiceUncollectible)},
	}, false)
	if err != nil {
		return nil, err
	}
	return decodeAll[clientele.Invoice](docs)
}

// shareFields ask how much of each invoice is paid.
func shareFields(w view, unpaid []clientele.Invoice, only string) (fields []field) {
	for _, i := range unpaid {
		f := field{
			Name: paying + i.ID, Type: "money", Narrow: true, Plain: true,
			Label: i.Number + ": " + w.Money(i.AmountRemaining) + " left", Hint: w.Symbol(i.CurrencyID),
		}
		if i.DueDate > 0 {
			f.Hint += ", due " + dueDay(i)
		}
		if only == i.ID {
			f.Value = w.plain(i.AmountRemaining)
		}
		if len(fields) == 0 {
			f.Group = "Which invoices it pays"
		}
		fields = append(fields, f)
	}
	return fields
}

// sharesSent are how much of which invoices is paid, as a form says it; nil when it says nothing.
func sharesSent(v *visit, sent url.Values, c clientele.PaymentCurrency) (*[]clientele.AllocationParams, error) {
	var shares []clientele.AllocationParams
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		id, is := strings.CutPrefix(name, paying)
		if !is || strings.TrimSpace(sent.Get(name)) == "" || strings.HasSuffix(name, means) {
			continue
		}
		amount, err := v.amountIn(name, sent.Get(name), c)
		errs = append(errs, err)
		shares = append(shares, clientele.AllocationParams{InvoiceID: id, Amount: amount})
	}
	if shares == nil {
		return nil, clientele.JoinInvalid(errs...)
	}
	return &shares, clientele.JoinInvalid(errs...)
}

// shareNames are the names in a form of what the API calls allocations.
func shareNames(shares *[]clientele.AllocationParams) map[string]string {
	names := map[string]string{}
	if shares != nil {
		for i, share := range *shares {
			names[fmt.Sprintf("allocations[%d].amount", i)] = paying + share.InvoiceID
			names[fmt.Sprintf("allocations[%d].invoice_id", i)] = paying + share.InvoiceID
		}
	}
	return names
}

// recordPayment is the form for money that was received.
func (s *console) recordPayment() action {
	return action{
		before: func(v *visit) (page, bool, error) {
			if v.URL.Query().Get("customer") != "" {
				return page{}, false, nil
			}
			p, err := s.chooseCustomer(v, "Record a payment")
			return p, true, err
		},
		form: s.paymentForm,
		preview: func(v *visit, sent url.Values) ([]fact, error) {
			p, err := paymentSent(v, sent)
			if err != nil {
				return nil, err
			}
			p.Preview = true
			call := v.call()
			call.Repeat = billing.Repeat{} // it may be looked at as often as one likes
			pay, err := decode[clientele.Payment](s.service.Payments.Create(v.Context(), call, p))
			if err != nil {
				return nil, renamed(err, shareNames(p.Allocations))
			}
			return s.allocationFacts(v, pay)
		},
		do: func(v *visit, sent url.Values) (string, error) {
			p, err := paymentSent(v, sent)
			if err != nil {
				return "", err
			}
			pay, err := decode[clientele.Payment](s.service.Payments.Create(v.Context(), v.call(), p))
			return after(v.Path("payments", pay.ID), "paid", pay.ID), renamed(err, shareNames(p.Allocations))
		},
	}
}

func (s *console) paymentForm(v *visit) (form, error) {
	q := v.URL.Query()
	c, _, err := s.service.Customers.Find(v.Context(), v.Mode, q.Get("customer"))
	if err != nil {
		return form{}, err
	}
	unpaid, err := s.unpaidInvoices(v, c.ID)
	if err != nil {
		return form{}, err
	}
	w := newView(s, v, page{})
	currency, amount := c.CurrencyID, ""
	if len(unpaid) > 0 {
		currency = unpaid[0].CurrencyID
	}
	for _, i := range unpaid {
		if i.ID == q.Get("invoice") {
			currency, amount = i.CurrencyID, v.plain(i.AmountRemaining)
		}
	}
	f := form{
		Title: "Payment from " + nameOf(c.Customer), Submit: "Record the payment", Preview: "Preview",
		Intro: "Without amounts below, the oldest due are paid first. What is left stays on the payment, for later.",
		Fields: []field{
			{Name: "amount", Label: "Amount", Type: "money", Required: true, Narrow: true, Value: amount},
			{Name: "currency_id", Label: "Currency", Type: "select", Required: true, Narrow: true, Value: currency,
				Options: currencyOptions(v)},
			dateField(v, "Received"),
			{Name: "method", Label: "How", Type: "select", Narrow: true, Value: methods[0].Value, Options: methods},
			{Name: "reference", Label: "Reference", Hint: "What the bank or the payer calls it: a cheque's number."},
		},
		Cancel: v.Path("customers", c.ID), Back: nameOf(c.Customer),
	}
	f.Fields = append(f.Fields, shareFields(w, unpaid, q.Get("invoice"))...)
	return f, nil
}

// paymentSent is what a form says about money that was received.
func paymentSent(v *visit, sent url.Values) (p clientele.PaymentParams, err error) {
	received, dayErr := dateSent(sent)
	amount, amountErr := amountSent(v, sent)
	shares, sharesErr := sharesSent(v, sent, v.currency(sent.Get("currency_id")))
	p = clientele.PaymentParams{
		CustomerID: v.URL.Query().Get("customer"), CurrencyID: sent.Get("currency_id"), Amount: amount, Allocations: shares,
		Receipt: clientele.Receipt{
			Method: sent.Get("method"), Reference: sent.Get("reference"), Date: received,
		},
	}
	return p, clientele.JoinInvalid(amountErr, dayErr, sharesErr)
}

// allocationFacts say what a payment pays.
func (s *console) allocationFacts(v *visit, pay clientele.Payment) ([]fact, error) {
	w := newView(s, v, page{})
	var facts []fact
	for _, a := range pay.Allocations {
		i, err := decode[clientele.InvoiceExpanded](s.service.Invoices.Retrieve(v.Context(), v.Mode, a.InvoiceID))
		if err != nil {
			return nil, err
		}
		left, err := i.AmountRemaining.Sub(a.Amount)
		if err != nil {
			return nil, err
		}
		what := w.Money(a.Amount) + ", all that is left"
		if left.Sign() > 0 {
			what = w.Money(a.Amount) + ", and " + w.Money(left) + " stays to pay"
		}
		facts = append(facts, fact{"Pays " + i.Number, what})
	}
	facts = append(facts, fact{"Not applied", w.Money(pay.AmountUnallocated)})
	if pay.PossibleDuplicate != "" {
		facts = append(facts, fact{"Possible duplicate", "the same reference and amount as " + pay.PossibleDuplicate})
	}
	return facts, nil
}

// allocatePayment pays invoices with what a payment has left.
func (s *console) allocatePayment() action {
	return action{
		form: func(v *visit) (form, error) {
			p, w, err := s.findPayment(v)
			if err != nil {
				return form{}, err
			}
			unpaid, err := s.unpaidInvoices(v, p.CustomerID)
			var payable []clientele.Invoice
			for _, i := range unpaid {
				if i.CurrencyID == p.CurrencyID {
					payable = append(payable, i)
				}
			}
			return form{
				Title: "Apply what is left", Submit: "Apply", Facts: []fact{{"Left", w.Money(p.AmountUnallocated)}},
				Intro:  "Without amounts, the oldest due are paid first.",
				Cancel: v.Path("payments", p.ID), Back: "The payment",
				Fields: append(shareFields(w, payable, ""), field{Name: "currency_id", Type: "hidden", Value: p.CurrencyID}),
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			shares, err := sharesSent(v, sent, v.currency(sent.Get("currency_id")))
			if err != nil {
				return "", err
			}
			id := v.PathValue("id")
			_, err = s.service.Payments.Allocate(v.Context(), v.call(), id, clientele.AllocateParams{Allocations: shares})
			return after(v.Path("payments", id), "allocated", id), renamed(err, shareNames(shares))
		},
	}
}

func (s *console) findPayment(v *visit) (p clientele.PaymentExpanded, w view, err error) {
	p, err = decode[clientele.PaymentExpanded](s.service.Payments.Retrieve(v.Context(), v.Mode, v.PathValue("id")))
	return p, newView(s, v, page{}), err
}

// unallocatePayment takes back what a payment paid.
func (s *console) unallocatePayment() action {
	return action{
		form: func(v *visit) (form, error) {
			p, w, err := s.findPayment(v)
			return form{
				Title: "Take back what this payment paid?", Submit: "Take it back", Danger: true,
				Intro:  "The invoices are owed again, and the payment has the money left.",
				Facts:  []fact{{"Owed again", w.Money(p.AmountAllocated)}},
				Fields: []field{dateField(v, "Taken back on")},
				Cancel: v.Path("payments", p.ID), Back: "The payment",
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			id := v.PathValue("id")
			day, err := dateSent(sent)
			if err != nil {
				return "", err
			}
			_, err = s.service.Payments.Unallocate(v.Context(), v.call(), id, clientele.UnallocateParams{Date: day})
			return after(v.Path("payments", id), "unallocated", id), err
		},
	}
}

// reversePayment takes a payment back: the money did not come after all.
func (s *console) reversePayment() action {
	return action{
		form: func(v *visit) (form, error) {
			p, w, err := s.findPayment(v)
			facts := []fact{
				{"Payment", w.Money(p.Amount)}, {"Owed again", w.Money(p.AmountAllocated)},
				{"No longer left", w.Money(p.AmountUnallocated)}, {"Credit taken back", w.Money(p.AmountCredited)},
			}
			if p.AmountRefunded.Sign() > 0 {
				facts = append(facts, fact{"Refunded, and owed as a debit", w.Money(p.AmountRefunded)})
			}
			return form{
				Title: "Reverse this payment?", Submit: "Reverse the payment", Danger: true, Facts: facts,
				Intro: "The money did not come after all: a cheque bounced. What it paid is owed again. This cannot be " +
					"undone.",
				Fields: []field{{Name: "reason", Label: "Why"}, dateField(v, "It did not come on")},
				Cancel: v.Path("payments", p.ID), Back: "The payment",
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			id := v.PathValue("id")
			day, err := dateSent(sent)
			if err != nil {
				return "", err
			}
			p := clientele.ReverseParams{Reason: sent.Get("reason"), Date: day}
			_, err = s.service.Payments.Reverse(v.Context(), v.call(), id, p)
			return after(v.Path("payments", id), "reversed", ""), err
		},
	}
}

// refundPayment records that what a payment has left was sent back.
func (s *console) refundPayment() action {
	return action{
		form: s.restForm("Refund what is left", "Record the refund",
			"It records that the money was sent back; it does not send it. This cannot be undone.", "Sent back on"),
		do: func(v *visit, sent url.Values) (string, error) {
			amount, err := amountSent(v, sent)
			day, dayErr := dateSent(sent)
			if err := clientele.JoinInvalid(err, dayErr); err != nil {
				return "", err
			}
			id := v.PathValue("id")
			_, err = s.service.Payments.Refund(v.Context(), v.call(), id, clientele.RefundParams{
				RestParams: clientele.RestParams{Amount: amount}, Date: day,
			})
			return after(v.Path("payments", id), "refunded", ""), err
		},
	}
}

// creditPayment makes what a payment has left the customer's credit.
func (s *console) creditPayment() action {
	return action{
		form: s.restForm("Make what is left credit", "Make it credit", "It pays later invoices.", ""),
		do: func(v *visit, sent url.Values) (string, error) {
			amount, err := amountSent(v, sent)
			if err != nil {
				return "", err
			}
			id := v.PathValue("id")
			_, err = s.service.Payments.Credit(v.Context(), v.call(), id, clientele.RestParams{Amount: amount})
			return after(v.Path("payments", id), "made_credit", ""), err
		},
	}
}

// restForm asks how much of what a payment has left something is done with and, unless it goes without saying, when.
func (s *console) restForm(title, submit, intro, date string) func(*visit) (form, error) {
	return func(v *visit) (form, error) {
		p, w, err := s.findPayment(v)
		currency := v.currency(p.CurrencyID)
		f := form{
			Title: title, Submit: submit, Intro: intro, Facts: []fact{{"Left", w.Money(p.AmountUnallocated)}},
			Cancel: v.Path("payments", p.ID), Back: "The payment",
			Fields: []field{
				{Name: "currency_id", Type: "hidden", Value: p.CurrencyID},
				{Name: "amount", Label: "Amount in " + currency.Symbol, Type: "money", Required: true, Narrow: true,
					Value: v.plain(p.AmountUnallocated)},
			},
		}
		if date != "" {
			f.Fields = append(f.Fields, dateField(v, date))
		}
		return f, err
	}
}
