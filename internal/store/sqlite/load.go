package sqlite

import (
	"context"

	"clientele.dev/internal/store"
)

// BeginLoads implements [store.Loads].
func (*Store) BeginLoads(context.Context) error { return nil }

// EndLoads implements [store.Loads].
func (*Store) EndLoads(context.Context) error { return nil }

// Load implements [store.Loads].
func (s *Store) Load(ctx context.Context, fn func(store.Tx) error) error { return s.Update(ctx, fn) }
