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
		errBroken, fault := errors.New("the statement broke"), &storetest.Fault{}
		fail := func(query string) error {
			if fault.Meets(query) {
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
			Fault: fault,
			Is:    func(err error) bool { return errors.Is(err, errBroken) },
			Kept:  func() string { return contentOf(t, s) },
			Exec: func(statement string) {
				if err := s.writer.conn.run(statement); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

// contentOf is all that the database has, but for the indexes of texts, which follow from the texts.
func contentOf(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	err := s.readers.read(t.Context(), func(c *conn) error {
		var queries []string
		err := c.each(`SELECT 'SELECT ' || group_concat('quote(' || c.name || ')', ' || ') || ' FROM ' || t.name
			FROM sqlite_schema t JOIN pragma_table_info(t.name) c
			WHERE t.type = 'table' AND t.name NOT LIKE '%\_search\_%' ESCAPE '\' GROUP BY t.name`,
			func(r row) error { queries = append(queries, r.text(0)); return nil })
		for _, query := range queries {
			if err == nil {
				err = c.each(query, func(r row) error { fmt.Fprintln(&b, r.text(0)); return nil })
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
