package api_test

import (
	"testing"

	"clientele.dev"
	"clientele.dev/client"
)

// draft makes a draft over lines of one piece each.
func draft(t testing.TB, payment *client.Client, customer, currency string, unitAmounts ...string) *clientele.Invoice {
	t.Helper()
	p := client.InvoiceParams{CustomerID: customer, CurrencyID: currency}
	for _, amount := range unitAmounts {
		p.Lines = append(p.Lines, client.LineParams{Description: "work", Quantity: 1, UnitAmount: amount})
	}
	return ok(payment.Invoices.Create(t.Context(), p))(t)
}
