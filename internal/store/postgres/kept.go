package postgres

import (
	"context"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Remembered implements [store.Transactions]. Nothing is kept: another server may have changed it.
func (s *Store) Remembered(
	ctx context.Context, _ clientele.Mode, _ string, fn store.Answering,
) (doc store.Document, err error) {
	err = s.View(ctx, fn.View(&doc))
	return doc, err
}
