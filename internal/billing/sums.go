package billing

import (
	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// sumBooksOf adds what a customer's ledger and invoices come to.
func sumBooksOf(tx store.Tx, c *clientele.Customer, s ledger.Sums) error {
	err := tx.Movements(store.MovementFilter{CustomerID: c.ID}, func(m store.Movement) error {
		s.AddMovement(m)
		return nil
	})
	if err != nil {
		return err
	}
	return eachInvoice(tx, c, func(i *clientele.Invoice) {
		s.AddInvoice(ledger.DayOfState(i), &clientele.Invoice{}, i)
	})
}

// eachInvoice calls fn with every invoice of a customer, newest first.
func eachInvoice(tx store.Tx, c *clientele.Customer, fn func(*clientele.Invoice)) error {
	invoices, err := store.Invoices.Select(tx, store.Of(c.Livemode, c.ID))
	for i := range invoices {
		fn(&invoices[i])
	}
	return err
}
