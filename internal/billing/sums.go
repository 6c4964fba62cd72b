package billing

import (
	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// sumBooksOf adds what a customer's ledger comes to.
func sumBooksOf(tx store.Tx, c *clientele.Customer, s ledger.Sums) error {
	books := ledger.NewReplayed(s)
	return tx.Movements(store.MovementFilter{CustomerID: c.ID}, func(m store.Movement) error {
		books.Add(m)
		return nil
	})
}
