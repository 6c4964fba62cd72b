package billing

import (
	"context"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// list answers a page of objects of a kind, expanded unless expand is nil, and the exact count of all that are
// selected. customer, unless empty, is an id or DID; an unknown one has nothing.
func (s *core) list(
	ctx context.Context, k *store.Kind, customer string, q store.Query,
	expand func(store.Tx, clientele.Mode, [][]byte) ([][]byte, error),
) (docs [][]byte, count int64, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		docs, count = nil, 0
		q := q // this may run again
		if customer != "" {
			rec, err := findCustomerOrDeleted(tx, q.Mode, customer)
			if isCode(err, clientele.ErrorCodeNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			q.Where = append(slices.Clone(q.Where), store.Equal("customer_id", rec.ID))
		}
		page, n, err := tx.List(k, q)
		if err != nil {
			return err
		}
		if docs, count = documentsOf(page), n; expand != nil {
			docs, err = expand(tx, q.Mode, docs)
		}
		return err
	})
	return docs, count, err
}
