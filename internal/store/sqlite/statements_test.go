package sqlite

import (
	"fmt"
	"path/filepath"
	"testing"
)

// TestVariants reads with more statements than are kept, within each other and each within itself; all are closed with
// the connection, or else it would not close.
func TestVariants(t *testing.T) {
	t.Parallel()
	c, err := openConn(filepath.Join(t.TempDir(), "variants.db"))
	if err != nil {
		t.Fatal(err)
	}
	read := func(n int, inside func() error) error {
		rows := int64(0)
		err := c.eachVariant(fmt.Sprintf("SELECT %d + $1 UNION ALL SELECT %d + $1 + 1", n, n), func(r row) error {
			if got := r.int(0); got != int64(n)+5+rows {
				t.Errorf("row %d of %d is %d", rows, n, got)
			}
			rows++
			return inside()
		}, int64(5))
		if rows != 2 {
			t.Errorf("%d has %d rows, want 2", n, rows)
		}
		return err
	}
	nothing := func() error { return nil }
	for n := range 3 * variants {
		if err := read(n, func() error { return read(n, nothing) }); err != nil {
			t.Fatal(err)
		}
		if err := read(n/2, nothing); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.variants) != variants {
		t.Errorf("%d statements are kept, want %d", len(c.variants), variants)
	}
	var deep func(n int) error
	deep = func(n int) error {
		if n == variants+3 { // all that are kept are in use
			return nil
		}
		done := false
		return c.eachVariant(fmt.Sprintf("SELECT 'deep', %d", n), func(row) error {
			if done {
				t.Errorf("%d has a second row", n)
			}
			done = true
			return deep(n + 1)
		})
	}
	if err := deep(0); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
