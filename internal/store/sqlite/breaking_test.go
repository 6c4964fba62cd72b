package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"clientele.dev/internal/store/storetest"
)

// TestAnyStatementMayFail lets each statement of everything fail.
func TestAnyStatementMayFail(t *testing.T) {
	t.Parallel()
	storetest.RunBreaking(t, func(t *testing.T) storetest.Breaking {
		s := openAt(t, filepath.Join(t.TempDir(), "test.db"))
		errBroken := errors.New("the statement broke")
		left := -1 // statements until one fails; none does while it is negative
		fail := func(query string) error {
			if storetest.AroundTransaction(query) || left < 0 {
				return nil
			}
			if left--; left < 0 {
				return errBroken
			}
			return nil
		}
		s.writer.conn.fail = fail
		open := s.readers.open
		s.readers.open = func(path string, pragmas ...string) (*conn, error) {
			c, err := open(path, pragmas...)
			if err == nil {
				c.fail = fail
			}
			return c, err
		}
		return storetest.Breaking{
			Store: s,
			Break: func(n int) { left = n },
			Broke: func() bool { return left < 0 },
			Is:    func(err error) bool { return errors.Is(err, errBroken) },
			Kept:  func() string { return kept(t, s) },
			Exec: func(statement string) {
				if err := s.writer.conn.run(statement); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

// kept is all that a change may change but for the answers that are kept.
func kept(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	for _, query := range []string{
		"SELECT doc FROM customers", "SELECT doc FROM invoices", "SELECT doc FROM payments", "SELECT doc FROM credit_notes",
		"SELECT doc FROM refunds", "SELECT doc FROM settings", "SELECT name FROM customer_names",
		"SELECT id FROM ledger", "SELECT figure || bucket || due_day || amount FROM ledger_sums ORDER BY 1",
		"SELECT kind || bits || bucket || count FROM row_counts ORDER BY 1", "SELECT count(*) || '' FROM events",
		"SELECT count(*) || '' FROM answers", "SELECT value FROM customer_metadata", "SELECT text FROM invoice_texts",
	} {
		err := s.readers.read(t.Context(), func(c *conn) error {
			return c.each(query, func(r row) error { fmt.Fprintln(&b, r.text(0)); return nil })
		})
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	return b.String()
}
