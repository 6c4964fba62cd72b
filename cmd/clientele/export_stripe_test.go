package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/pgtest"
)

// TestExportStripe writes books that have everything as objects of Stripe, takes them in on each database, and finds
// every customer with the same invoices, credit, and money that is not applied. What Stripe cannot say is told.
func TestExportStripe(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	busyBooks(t, db)
	moreForStripe(t, db)
	file := filepath.Join(t.TempDir(), "stripe.jsonl")
	var printed, log bytes.Buffer
	args := []string{"export", "stripe", "--mode", "test", "-o", file, "--db", db}
	if code := run(t.Context(), args, &printed, &log); code != 0 {
		t.Fatalf("it exits with %d: %s", code, &log)
	}
	told := log.String()
	for _, left := range []string{"Left out: 1 payments that were taken back", "Left out: 1 credit in TBA"} {
		if !strings.Contains(told, left) {
			t.Errorf("it does not say %q: %s", left, told)
		}
	}
	was := stripeBooks(t, db)
	for name, other := range map[string]string{"SQLite": newDatabase(t), "PostgreSQL": pgtest.URL(t, nil)} {
		out, refused, code := importing(t, "stripe", file, "--db", other)
		if code != 0 {
			t.Fatalf("on %s taking it in exits with %d: %s%s", name, code, out, refused)
		}
		if got := stripeBooks(t, other); got != was {
			t.Errorf("on %s there is\n%swant\n%s", name, got, was)
		}
		if out, err := command(other, "verify").CombinedOutput(); err != nil {
			t.Errorf("verify: %v: %s", err, out)
		}
	}
}

// stripeBooks are the customers of test mode with what of their money Stripe can say.
func stripeBooks(t *testing.T, db string) string {
	t.Helper()
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var all []string
	known := map[string]string{} // the symbols of the currencies that are compared
	currencies, err := s.Test().PaymentCurrencies.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range currencies {
		if c.Symbol == "USD" || c.Symbol == "JPY" {
			known[c.ID] = c.Symbol
		}
	}
	for c, err := range s.Test().Customers.All(t.Context(), clientele.CustomerListParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintln(c.ID, c.Name, c.Email, c.Phone, c.Address)+moneyOf(t, s.Test(), c.ID, known))
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

// moneyOf are a customer's invoices and balances in some currencies.
func moneyOf(t *testing.T, p *client.Client, id string, known map[string]string) string {
	t.Helper()
	var lines []string
	for i, err := range p.Invoices.All(t.Context(), clientele.InvoiceListParams{CustomerID: id}) {
		if err != nil {
			t.Fatal(err)
		}
		status := i.Status
		if i.AmountWrittenOff.Sign() != 0 && i.AmountRemaining.Sign() == 0 && status == clientele.InvoiceUncollectible {
			status = clientele.InvoicePaid // by what Stripe calls a credit note
		}
		if known[i.CurrencyID] != "" {
			lines = append(lines, fmt.Sprintln("  ", i.ID, i.Number, status, i.Total, i.AmountRemaining, i.AmountPaid,
				i.AmountCredited, i.Date))
		}
	}
	ledger, err := p.Customers.BalanceTransactions(t.Context(), id, clientele.LedgerParams{
		Window: clientele.Window{PageSize: 100},
	})
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]bool{}
	for _, m := range ledger.List {
		if known[m.CurrencyID] != "" && !last[m.CurrencyID] {
			lines = append(lines, fmt.Sprintln("  ", known[m.CurrencyID], m.EndingReceivable, m.EndingBalance,
				m.EndingUnapplied))
		}
		last[m.CurrencyID] = true
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// moreForStripe makes what the books of others have not: a payment of several invoices that leaves money, one that was
// taken back, a part that is written off, yen, a line with tax, metadata that is no text.
func moreForStripe(t *testing.T, db string) {
	t.Helper()
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, ctx := s.Test(), t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c, err := p.Customers.Create(ctx, clientele.CustomerParams{
		Name: new("Bea"), Metadata: clientele.Metadata{"n": []byte("12.50")}, ExternalID: new("bea-1"),
	})
	must(err)
	invoice := func(currency string, units int64) string {
		i, err := p.Invoices.Create(ctx, clientele.InvoiceParams{
			CustomerID: c.ID, CurrencyID: currency, Finalize: true, InvoiceContent: clientele.InvoiceContent{
				Lines: []clientele.LineParams{{
					Description: "Tea", UnitAmount: new(clientele.NewAmount(currency, units)), Quantity: new(int64(3)),
					TaxAmount: new(clientele.NewAmount(currency, 1)),
				}},
			},
		})
		must(err)
		return i.ID
	}
	pay := func(currency string, units int64, of ...clientele.AllocationParams) string {
		pay, err := p.Payments.Create(ctx, clientele.PaymentParams{
			CustomerID: c.ID, CurrencyID: currency, Amount: new(clientele.NewAmount(currency, units)), Allocations: &of,
			Receipt: clientele.Receipt{Method: "cheque", Reference: "no. 7"},
		})
		must(err)
		return pay.ID
	}
	const usd, yen = "curr_test_usd", "curr_test_jpy"
	first, second, third := invoice(usd, 1000), invoice(usd, 50), invoice(yen, 500)
	pay(usd, 5000, clientele.AllocationParams{InvoiceID: first}, clientele.AllocationParams{
		InvoiceID: second, Amount: new(clientele.NewAmount(usd, 100)),
	})
	pay(yen, 700, clientele.AllocationParams{InvoiceID: third})
	_, err = p.Payments.Reverse(ctx, pay(usd, 77), clientele.ReverseParams{})
	must(err)
	_, err = p.Invoices.WriteOff(ctx, second, clientele.WriteOffParams{})
	must(err)
}
