package sqlite

import (
	"context"
	"time"
)

// TakeLease implements [store.Leases]. Whoever does not get it writes nothing.
func (s *Store) TakeLease(ctx context.Context, name, holder string, now, until time.Time) (taken bool, err error) {
	free := true
	err = s.lookups.read(ctx, func(c *conn) error {
		return c.each("SELECT 1 FROM leases WHERE name = $1 AND holder <> $2 AND expires_at > $3",
			func(row) error { free = false; return nil }, name, holder, now.UnixMilli())
	})
	if err != nil || !free {
		return false, err
	}
	err = s.writer.do(ctx, func(c *conn) error {
		n, err := c.exec(`INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $4)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
			WHERE holder = excluded.holder OR expires_at <= $3`, name, holder, now.UnixMilli(), until.UnixMilli())
		taken = n == 1
		return err
	})
	return taken && err == nil, err
}

// EndLease implements [store.Leases].
func (s *Store) EndLease(ctx context.Context, name, holder string) error {
	return s.writer.do(ctx, func(c *conn) error {
		return c.run("DELETE FROM leases WHERE name = $1 AND holder = $2", name, holder)
	})
}
