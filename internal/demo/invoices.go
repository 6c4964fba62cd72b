package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// longestTerm is the longest time an invoice gives to pay.
const longestTerm = 60 * day

// products are what the business sells, in cents of a US dollar.
var products = []struct {
	name  string
	cents int64
	most  int // of it on one invoice
}{
	{"Starter plan, one month", 1900, 1},
	{"Team plan, one month", 4900, 1},
	{"Business plan, one year", 118800, 1},
	{"Additional seat", 900, 40},
	{"Priority support, one month", 9900, 3},
	{"Onboarding workshop", 75000, 2},
	{"Data migration, per hour", 14500, 24},
	{"API calls, per thousand", 35, 900},
	{"Custom domain", 1200, 5},
	{"Trial month", 0, 1},
}

// prices are what a hundredth of a US dollar costs in a currency's smallest unit; the odd digits of ABT show that every
// one of them counts.
var prices = map[string]string{
	"USD": "1", "EUR": "1", "GBP": "1", "JPY": "2", "CNY": "7", "ABT": "12500000000000321",
}

// planInvoice plans an invoice's life from draft to the end it takes.
func (b *business) planInvoice(a *account, due time.Time) {
	symbol := a.Currency
	if b.chance(10) || a.defaulter && b.chance(40) {
		symbol = b.pick([]string{"USD", "EUR", "ABT"})
	}
	term := []time.Duration{14 * day, 30 * day, 30 * day, 45 * day, longestTerm}[b.IntN(5)]
	issued := due.Add(-term)
	drafted := b.between(issued.Add(-2*day), issued)
	lines := b.lines(symbol)
	var invoice string
	b.at(drafted, func() (err error) {
		invoice, err = b.draft(a, symbol, due, lines)
		return err
	})
	if drafted.After(b.until.Add(-75*day)) && b.chance(50) {
		return
	}
	b.at(issued, func() error { return b.onlyFrom(invoice, clientele.InvoiceDraft, b.service.Invoices.Finalize) })
	if settled := b.between(issued.Add(day), due.Add(40*day)); !a.defaulter && settled.Before(b.until) && b.chance(85) {
		how := b.IntN(100)
		b.at(settled, func() error { return b.settle(a, invoice, how) })
	}
	given := due.Add(time.Duration(30+b.IntN(30)) * day)
	if rest := given.Add(15 * day); !a.defaulter && rest.Before(b.until) && b.chance(99) { // late, and after a reminder
		given = rest.Add(day)
		b.at(rest, func() error {
			i, err := b.invoice(invoice)
			if err != nil || i.Status != clientele.InvoiceOpen {
				return err
			}
			return b.payWhole(invoice, "bank_transfer")
		})
	}
	if given.Before(b.until) { // nobody owes for long without being delinquent
		b.at(given, func() error {
			return b.onlyFrom(invoice, clientele.InvoiceOpen, b.service.Invoices.MarkUncollectible)
		})
	}
}

// onlyFrom moves an invoice along if it is in a state: one over nothing is paid as soon as it is issued, and a payment
// may have paid another invoice than the one it was planned for.
func (b *business) onlyFrom(
	invoice string, from clientele.InvoiceStatus,
	move func(context.Context, billing.Call, string) (store.Document, error),
) error {
	i, err := b.invoice(invoice)
	if err != nil || i.Status != from {
		return err
	}
	_, err = move(b.ctx, bySystem, invoice)
	return err
}

// invoice is an invoice as it is stored: the fields of an answer that are found elsewhere are not read.
func (b *business) invoice(id string) (i clientele.Invoice, err error) {
	rec, _, err := b.tx.Get(store.Invoices.Kind, false, id)
	if err == nil {
		err = json.Unmarshal(rec.JSON, &i)
	}
	return i, err
}

// settle ends an invoice as they end: most are paid, some in part, too late, too much, or not at all. how is 0 to 99.
func (b *business) settle(a *account, id string, how int) error {
	i, err := b.invoice(id)
	if err != nil || i.Status != clientele.InvoiceOpen {
		return err
	}
	line := i.Lines[0].Amount
	switch {
	case how < 5:
		_, err = b.service.Invoices.Void(b.ctx, bySystem, id, clientele.VoidParams{})
	case how < 15 && line.Sign() > 0: // a part, for whatever has been due longest
		_, err = b.pay(a, line, "")
	case how < 20 && line.Sign() > 0:
		err = b.payTooMuch(a, i, how)
	case how < 24 && line.Sign() > 0:
		if err := b.payWhole(id, "card"); err != nil {
			return err
		}
		_, err = b.service.Invoices.Credit(b.ctx, bySystem, id, clientele.CreditNoteParams{
			Amount: &line, Reason: "order_change", Memo: "Cancelled in time",
		})
	case how < 26:
		err = b.bounce(a, i)
	default:
		err = b.payWhole(id, []string{"bank_transfer", "card", "cash"}[how%3])
	}
	return err
}

func (b *business) payWhole(id, method string) error {
	_, err := b.service.Invoices.Pay(b.ctx, bySystem, id, clientele.Receipt{Method: method})
	return err
}

// payTooMuch pays an invoice and the price of a line besides, of which some is left as it is, some becomes credit and
// some is sent back.
func (b *business) payTooMuch(a *account, i clientele.Invoice, how int) error {
	much, err := i.AmountRemaining.Add(i.Lines[0].Amount)
	if err != nil {
		return err
	}
	payment, err := b.pay(a, much, i.ID)
	switch {
	case err != nil:
	case how == 18:
		_, err = b.service.Payments.Credit(b.ctx, bySystem, payment, clientele.RestParams{})
	case how == 19:
		_, err = b.service.Payments.Refund(b.ctx, bySystem, payment, clientele.RefundParams{
			Reason: "requested_by_customer", Description: "Paid too much",
		})
	}
	return err
}

// pay pays an invoice, or whatever has been due longest, and says by which payment.
func (b *business) pay(a *account, amount clientele.Amount, invoice string) (string, error) {
	doc, err := b.service.Payments.Create(b.ctx, bySystem, clientele.PaymentParams{
		CustomerID: a.id, CurrencyID: amount.Currency(), Amount: &amount, InvoiceID: invoice,
		Receipt: clientele.Receipt{Method: "bank_transfer", Reference: "Transfer of " + b.now.Format(time.DateOnly)},
	})
	if err != nil {
		return "", err
	}
	return id(doc)
}

// bounce pays an invoice with a cheque that bounces.
func (b *business) bounce(a *account, i clientele.Invoice) error {
	doc, err := b.service.Payments.Create(b.ctx, bySystem, clientele.PaymentParams{
		CustomerID: a.id, CurrencyID: i.CurrencyID, Amount: &i.AmountRemaining, InvoiceID: i.ID,
		Receipt: clientele.Receipt{Method: "cheque"},
	})
	if err != nil {
		return err
	}
	payment, err := id(doc)
	if err != nil {
		return err
	}
	_, err = b.service.Payments.Reverse(b.ctx, bySystem, payment, clientele.ReverseParams{Reason: "The cheque bounced"})
	return err
}

// give gives a customer a little credit, which is to pay the next invoices.
func (b *business) give(a *account) error {
	settings, err := members(map[string]any{"invoice_settings": clientele.InvoiceSettings{ApplyCredit: true}})
	if err != nil {
		return err
	}
	if _, err := b.service.Customers.Update(b.ctx, bySystem, a.id, settings); err != nil {
		return err
	}
	for _, gift := range []struct {
		symbol string
		cents  int64
	}{{a.Currency, 2500}, {"ABT", 40}} {
		symbol, cents := gift.symbol, gift.cents
		currency := b.currencies[symbol]
		cent, err := clientele.ParseAmount(currency.ID, prices[symbol])
		if err != nil {
			return err
		}
		amount := cent.Times(cents)
		_, err = b.service.Customers.MoveCredit(b.ctx, bySystem, a.id, clientele.CreditParams{
			CurrencyID: currency.ID, Amount: &amount, Description: "Thank you for recommending us",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lines are one to four things bought.
func (b *business) lines(symbol string) []clientele.LineParams {
	cent, err := clientele.ParseAmount("", prices[symbol])
	if err != nil {
		panic(err)
	}
	lines := make([]clientele.LineParams, 1+b.IntN(4))
	for i := range lines {
		product := products[b.IntN(len(products))]
		quantity, amount := int64(1+b.IntN(product.most)), cent.Times(product.cents)
		lines[i] = clientele.LineParams{Description: product.name, Quantity: &quantity, UnitAmount: &amount}
	}
	return lines
}

func (b *business) draft(a *account, symbol string, due time.Time, lines []clientele.LineParams) (string, error) {
	seconds := due.Unix()
	descriptor := "CLIENTELE DEMO"
	doc, err := b.service.Invoices.Create(b.ctx, bySystem, clientele.InvoiceParams{
		CustomerID: a.id, CurrencyID: b.currencies[symbol].ID,
		InvoiceContent: clientele.InvoiceContent{
			Lines: lines, DueDate: clientele.DueAt(seconds), StatementDescriptor: &descriptor,
		},
	})
	if err != nil {
		return "", fmt.Errorf("invoice of %s: %w", a.Name, err)
	}
	return id(doc)
}
