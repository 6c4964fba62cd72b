package demo

import (
	"fmt"
	"time"

	"clientele.dev"
	"clientele.dev/internal/billing"
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
	if drafted.After(Anchor.Add(-75*day)) && b.chance(50) {
		return
	}
	b.at(issued, func() error {
		_, err := b.service.FinalizeInvoice(b.ctx, bySystem, invoice)
		return err
	})
	if settled := b.between(issued.Add(day), due.Add(40*day)); !a.defaulter && settled.Before(Anchor) && b.chance(85) {
		b.at(settled, func() error { return b.settle(invoice) })
	}
	if given := due.Add(time.Duration(30+b.IntN(30)) * day); a.defaulter && given.Before(Anchor) {
		b.at(given, func() error {
			_, err := b.service.MarkInvoiceUncollectible(b.ctx, bySystem, invoice)
			return err
		})
	}
}

// settle ends an invoice as most end: paid, or now and then taken back.
func (b *business) settle(invoice string) error {
	end := b.service.PayInvoice
	if b.chance(5) {
		end = b.service.VoidInvoice
	}
	_, err := end(b.ctx, bySystem, invoice)
	return err
}

// lines are one to four things bought.
func (b *business) lines(symbol string) []billing.LineParams {
	cent, err := clientele.ParseAmount("", prices[symbol])
	if err != nil {
		panic(err)
	}
	lines := make([]billing.LineParams, 1+b.IntN(4))
	for i := range lines {
		product := products[b.IntN(len(products))]
		quantity, amount := int64(1+b.IntN(product.most)), cent.Times(product.cents)
		lines[i] = billing.LineParams{Description: product.name, Quantity: &quantity, UnitAmount: &amount}
	}
	return lines
}

func (b *business) draft(a *account, symbol string, due time.Time, lines []billing.LineParams) (string, error) {
	seconds := due.Unix()
	doc, err := b.service.CreateInvoice(b.ctx, bySystem, billing.InvoiceParams{
		CustomerID: a.id, CurrencyID: b.currencies[symbol].ID, Lines: lines, DueDate: &seconds,
		StatementDescriptor: "CLIENTELE DEMO",
	})
	if err != nil {
		return "", fmt.Errorf("invoice of %s: %w", a.Name, err)
	}
	return id(doc)
}
