package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/store"
)

// TakeLease implements [store.Leases]. Whoever does not get it writes nothing.
func (s *Store) TakeLease(ctx context.Context, name, holder string, now, until time.Time) (bool, error) {
	others, err := look(ctx, s, pgx.RowTo[int64],
		"SELECT 1::bigint FROM leases WHERE name = $1 AND holder <> $2 AND expires_at > $3", name, holder, now.UnixMilli())
	if err != nil || len(others) > 0 {
		return false, err
	}
	var taken []string
	err = s.Update(ctx, func(t store.Tx) error {
		taken = nil
		return t.(*tx).each(appendTo(&taken), `INSERT INTO leases AS l (name, holder, expires_at) VALUES ($1, $2, $4)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
			WHERE l.holder = excluded.holder OR l.expires_at <= $3 RETURNING name`,
			name, holder, now.UnixMilli(), until.UnixMilli())
	})
	return len(taken) == 1 && err == nil, err
}

// EndLease implements [store.Leases].
func (s *Store) EndLease(ctx context.Context, name, holder string) error {
	return s.Update(ctx, func(t store.Tx) error {
		t.(*tx).run("DELETE FROM leases WHERE name = $1 AND holder = $2", name, holder)
		return nil
	})
}
