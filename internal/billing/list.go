package billing

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json"

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

// readAll reads a part of the documents of objects, deleted ones too, by their ids, of which "" is none.
func readAll[T any](tx store.Tx, k *store.Kind, mode clientele.Mode, ids []string) (map[string]T, error) {
	const step = 500
	all := map[string]T{}
	for some := range slices.Chunk(unique(ids), step) {
		recs, err := tx.GetAll(k, mode, some)
		if err != nil {
			return nil, err
		}
		for id, rec := range recs {
			var part T
			if err := json.Unmarshal(rec.JSON, &part); err != nil {
				return nil, err
			}
			all[id] = part
		}
	}
	return all, nil
}

// unique are ids, each once, without "", which is none.
func unique(ids []string) []string {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}
