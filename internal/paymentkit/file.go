// Package paymentkit reads a database file of ArcBlock's PaymentKit: SQLite as Sequelize writes it, with the columns of
// @blocklet/payment-types. It changes nothing in it.
package paymentkit

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// File is an open database of PaymentKit.
type File struct {
	conn    *sqlite.Conn
	columns map[string]map[string]string // of each table: how each column is declared
}

// kept are the tables of which something moves in.
var kept = []string{
	"customers", "invoices", "invoice_items", "payment_currencies", "payment_methods", "payment_intents", "refunds",
	"subscriptions", "subscription_items",
}

// Open opens a file, which must be there and have PaymentKit's customers.
func Open(path string) (*File, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadOnly)
	if err != nil {
		return nil, err
	}
	f := &File{conn: conn, columns: map[string]map[string]string{}}
	err = sqlitex.Execute(conn, `SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`, &sqlitex.ExecOptions{
		ResultFunc: func(s *sqlite.Stmt) error {
			if table := s.ColumnText(0); f.columns[table] == nil {
				f.columns[table] = map[string]string{}
			}
			f.columns[s.ColumnText(0)][s.ColumnText(1)] = s.ColumnText(2)
			return nil
		},
	})
	if _, has := f.columns["customers"]["did"]; err == nil && !has {
		err = fmt.Errorf("%s is no database of PaymentKit: it has no table customers with a column did", path)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return f, nil
}

// Close closes the file.
func (f *File) Close() error { return f.conn.Close() }

// Unkept says of which other tables nothing moves in, and how many rows each has.
func (f *File) Unkept() (rows map[string]int64, err error) {
	rows = map[string]int64{}
	for table := range f.columns {
		if slices.Contains(kept, table) || table == "SequelizeMeta" {
			continue
		}
		err = cmp.Or(err, f.each("SELECT count(*) AS n FROM "+quoted(table), func(r *row) error {
			if n := r.number("n"); n > 0 {
				rows[table] = n
			}
			return nil
		}))
	}
	return rows, err
}

// Count is how many customers there are.
func (f *File) Count() (n int64, err error) {
	err = f.each("SELECT count(*) AS n FROM customers", func(r *row) error { n = r.number("n"); return nil })
	return n, err
}

func quoted(name string) string { return `"` + name + `"` }

// each calls fn with the rows of a query.
func (f *File) each(query string, fn func(*row) error) error {
	return sqlitex.Execute(f.conn, query, &sqlitex.ExecOptions{ResultFunc: func(s *sqlite.Stmt) error {
		return fn(readRow(s))
	}})
}

func readRow(s *sqlite.Stmt) *row {
	r := &row{values: map[string]string{}}
	for i := range s.ColumnCount() {
		if s.ColumnType(i) != sqlite.TypeNull {
			r.values[s.ColumnName(i)] = s.ColumnText(i)
		}
	}
	return r
}

// rows goes through the rows of a table by the customers that they are of.
type rows struct {
	stmt *sqlite.Stmt
	next *row // that is not taken yet; nil at the end
}

// owned begins to go through a table; owner is the customer of a row.
func (f *File) owned(table, from, owner string) (*rows, error) {
	if f.columns[table] == nil {
		return &rows{}, nil
	}
	stmt, _, err := f.conn.PrepareTransient("SELECT t.*, coalesce(" + owner + ", '') AS owner FROM " + from +
		" ORDER BY owner, t.id")
	if err != nil {
		return nil, err
	}
	r := &rows{stmt: stmt}
	return r, r.step()
}

func (r *rows) step() error {
	more, err := r.stmt.Step()
	if r.next = nil; err == nil && more {
		r.next = readRow(r.stmt)
	}
	return err
}

func (r *rows) close() {
	if r.stmt != nil {
		_ = r.stmt.Finalize()
	}
}

// of are the rows of a customer. Those of customers before it, who are not there, go to lost.
func (r *rows) of(customer string, lost func(*row)) (all []*row, err error) {
	for r.next != nil && r.next.text("owner") <= customer {
		if r.next.text("owner") == customer {
			all = append(all, r.next)
		} else {
			lost(r.next)
		}
		if err := r.step(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Methods calls fn with the payment methods.
func (f *File) Methods(fn func(clientele.PaymentMethod, []billing.Mistake) error) error {
	return f.table("payment_methods", func(r *row) error { return fn(methodOf(r), r.mistakes) })
}

// Currencies calls fn with the payment currencies.
func (f *File) Currencies(fn func(clientele.PaymentCurrency, []billing.Mistake) error) error {
	return f.table("payment_currencies", func(r *row) error { return fn(currencyOf(r), r.mistakes) })
}

func (f *File) table(name string, fn func(*row) error) error {
	if f.columns[name] == nil {
		return nil
	}
	return f.each("SELECT * FROM "+quoted(name)+" ORDER BY id", fn)
}

// found is a customer of the file.
type found struct{ billing.Found }

// owners say of which customer the rows of a table are, and what a row is called; "" is told with something else.
var owners = []struct{ table, from, owner, object string }{
	{"invoices", "invoices t", "t.customer_id", "invoice"},
	{"invoice_items", "invoice_items t", "t.customer_id", ""}, // a line is refused with its invoice
	{"payment_intents", "payment_intents t LEFT JOIN invoices i ON i.id = t.invoice_id",
		"nullif(t.customer_id, ''), i.customer_id", "payment"},
	{"refunds", "refunds t", "t.customer_id", "refund"},
	{"subscriptions", "subscriptions t", "t.customer_id", "subscription"},
	{"subscription_items", "subscription_items t LEFT JOIN subscriptions s ON s.id = t.subscription_id",
		"s.customer_id", ""}, // it is kept with its subscription
}

// reading goes through the customers, and beside them through all that belongs to them.
type reading struct {
	file   *File
	tables map[string]*rows
	nobody found             // what belongs to no customer
	first  map[string]string // the customer who has a DID, by the mode and the DID
	of     catalogue
}

// Customers calls fn with every customer, in the order of their ids; what belongs to nobody comes last, without one.
func (f *File) Customers(fn func(billing.Found) error) (err error) {
	of, err := f.readCatalogue()
	if err != nil {
		return err
	}
	r := reading{
		f, map[string]*rows{}, found{billing.Found{Unkept: map[string]int64{}}}, map[string]string{}, of,
	}
	defer func() {
		for _, table := range r.tables {
			table.close()
		}
	}()
	for _, of := range owners {
		switch {
		case of.table == "payment_intents" && f.columns["invoices"] == nil:
			of.from, of.owner = "payment_intents t", "t.customer_id"
		case of.table == "subscription_items" && f.columns["subscriptions"] == nil:
			of.from, of.owner = "subscription_items t", "''"
		}
		if r.tables[of.table], err = f.owned(of.table, of.from, of.owner); err != nil {
			return err
		}
	}
	err = f.each("SELECT * FROM customers ORDER BY id", func(customer *row) error {
		r.checkDID(customer)
		of, err := r.belonging(customer.text("id"))
		if err != nil {
			return err
		}
		found := arrivalOf(customer, of["invoices"], of["invoice_items"], of["payment_intents"], of["refunds"])
		r.addSubscriptions(&found, of["subscriptions"], of["subscription_items"])
		return fn(found)
	})
	if err == nil {
		_, err = r.belonging("\U0010ffff") // after every id
	}
	if err == nil && len(r.nobody.Refused)+len(r.nobody.Unkept) > 0 {
		err = fn(r.nobody.Found)
	}
	return err
}

// addSubscriptions reads the subscriptions of a customer.
func (r *reading) addSubscriptions(to *billing.Found, subscriptions, items []*row) {
	f := found{*to}
	for _, s := range subscriptions {
		arriving := r.file.subscriptionOf(s, items, r.of)
		if arriving.CreatedAt.IsZero() {
			arriving.CreatedAt = to.Arrival.UpdatedAt
		}
		if f.takes("subscription", s) {
			f.Arrival.Subscriptions = append(f.Arrival.Subscriptions, arriving)
		}
	}
	*to = f.Found
}

// checkDID refuses a DID that a customer before has.
func (r *reading) checkDID(customer *row) {
	did := strings.TrimPrefix(customer.text("did"), "did:abt:")
	if did == "" {
		return
	}
	key := customer.mode().String() + " " + did
	if other, taken := r.first[key]; taken {
		customer.wrong("did", "the customer %s has the DID too", other)
		return
	}
	r.first[key] = customer.text("id")
}

// belonging are the rows of a customer, by table. Those of customers who are not there are nobody's.
func (r *reading) belonging(customer string) (of map[string][]*row, err error) {
	of = map[string][]*row{}
	for _, o := range owners {
		if r.tables[o.table].stmt == nil {
			continue
		}
		of[o.table], err = r.tables[o.table].of(customer, func(lost *row) { r.lose(o.object, lost) })
		if err != nil {
			return nil, err
		}
	}
	return of, nil
}

// lose notes a row that belongs to nobody.
func (r *reading) lose(object string, lost *row) {
	switch {
	case object == "":
	case (object == "payment" || object == "refund") && lost.text("status") != "succeeded":
		r.nobody.Unkept[unsuccessful(object)]++
	default:
		lost.wrong("customer_id", "there is no customer %q", lost.text("owner"))
		r.nobody.refuse(object, lost)
	}
}

// unsuccessful says in words what of payments or refunds does not move in.
func unsuccessful(object string) string {
	if object == "payment" {
		return "payment intents that did not succeed"
	}
	return "refunds that did not succeed"
}
