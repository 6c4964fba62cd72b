package client

import (
	"context"

	"clientele.dev"
)

// RetrieveOrCreate answers the customer with the DID, and creates it when there is none. However many ask at once,
// there is one customer.
func (s *Customers) RetrieveOrCreate(
	ctx context.Context, did string, opts ...CallOption,
) (*clientele.CustomerExpanded, error) {
	return fetch[clientele.CustomerExpanded](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}", ref: did, body: clientele.RetrieveOptions{Create: true}})
}

// Explain answers the customer as Retrieve does, with the invoices that make it delinquent.
func (s *Customers) Explain(
	ctx context.Context, id string, opts ...CallOption,
) (*clientele.CustomerExpanded, error) {
	explained := struct {
		Explain string `query:"explain"`
	}{"1"}
	return fetch[clientele.CustomerExpanded](ctx, s.c, opts,
		request{route: "GET /api/customers/{id}", ref: id, query: explained})
}
