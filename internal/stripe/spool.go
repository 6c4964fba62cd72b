package stripe

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json/jsontext"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev"
)

// document is an object of the files.
type document struct {
	mode       clientele.Mode
	object, id string
	also       string // another id that it is known by
	customer   string // that it is of; "" when that is the customer of another object
	of         string // the object that it is about
	doc        jsontext.Value
}

// spool keeps objects in a temporary file until all are read, so that those of one customer come together, however many
// there are.
type spool struct {
	folder string
	conn   *sqlite.Conn
	insert *sqlite.Stmt
}

func newSpool() (*spool, error) {
	folder, err := os.MkdirTemp("", "clientele-stripe-*")
	if err != nil {
		return nil, err
	}
	s := &spool{folder: folder}
	s.conn, err = sqlite.OpenConn(filepath.Join(folder, "objects.db"), sqlite.OpenReadWrite|sqlite.OpenCreate)
	for _, statement := range []string{
		"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN", // nobody needs it after a crash
		`CREATE TABLE objects (mode INTEGER, object TEXT, id TEXT, also TEXT, customer TEXT, of TEXT, doc TEXT,
			UNIQUE (id, object, mode))`,
	} {
		if err == nil {
			err = sqlitex.ExecuteTransient(s.conn, statement, nil)
		}
	}
	if err == nil {
		s.insert, err = s.conn.Prepare("INSERT OR IGNORE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)")
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *spool) close() error {
	var err error
	if s.conn != nil {
		err = s.conn.Close()
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}

func (s *spool) add(d document) error {
	s.insert.BindBool(1, bool(d.mode))
	for i, text := range []string{d.object, d.id, d.also, d.customer, d.of, string(d.doc)} {
		s.insert.BindText(2+i, text)
	}
	_, err := s.insert.Step()
	return errors.Join(err, s.insert.Reset())
}

// done says that all are there: what is about another object is of its customer.
func (s *spool) done() error {
	err := sqlitex.ExecuteScript(s.conn, `CREATE INDEX also ON objects (also) WHERE also <> '';
		UPDATE objects SET customer = coalesce(
			(SELECT o.customer FROM objects o WHERE o.id = objects.of AND o.mode = objects.mode AND o.customer <> ''),
			(SELECT o.customer FROM objects o WHERE o.also = objects.of AND o.also <> '' AND o.mode = objects.mode
				AND o.customer <> ''),
			(SELECT o.customer FROM objects o WHERE o.id = objects.also AND o.mode = objects.mode AND o.customer <> ''),
			(SELECT o.customer FROM objects o WHERE o.also = objects.also AND o.also <> '' AND o.mode = objects.mode
				AND o.customer <> ''), '')
			WHERE customer = '' AND (of <> '' OR also <> '');
		CREATE INDEX customers ON objects (customer, mode)`, nil)
	if err == nil {
		err = sqlitex.ExecuteTransient(s.conn, "COMMIT", nil)
	}
	return err
}

func (s *spool) count() (n int64, err error) {
	err = sqlitex.Execute(s.conn, `SELECT count(*) FROM
		(SELECT DISTINCT customer, mode FROM objects WHERE customer <> '')`, &sqlitex.ExecOptions{
		ResultFunc: func(row *sqlite.Stmt) error { n = row.ColumnInt64(0); return nil },
	})
	return n, err
}

// each calls fn with the objects of each customer.
func (s *spool) each(fn func(mode clientele.Mode, customer string, docs []document) error) error {
	var docs []document
	end := func() error {
		if len(docs) == 0 {
			return nil
		}
		err := fn(docs[0].mode, docs[0].customer, docs)
		docs = nil
		return err
	}
	err := sqlitex.Execute(s.conn, `SELECT mode, object, id, also, customer, of, doc FROM objects
		ORDER BY customer, mode, rowid`, &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
		d := document{
			mode: clientele.Mode(row.ColumnBool(0)), object: row.ColumnText(1), id: row.ColumnText(2),
			also: row.ColumnText(3), customer: row.ColumnText(4), of: row.ColumnText(5),
			doc: jsontext.Value(row.ColumnText(6)),
		}
		if len(docs) > 0 && (docs[0].customer != d.customer || docs[0].mode != d.mode) {
			if err := end(); err != nil {
				return err
			}
		}
		docs = append(docs, d)
		return nil
	}})
	if err == nil {
		err = end()
	}
	return err
}
