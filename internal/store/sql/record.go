package sql

import (
	"fmt"
	"strings"

	"clientele.dev/internal/store"
)

// SelectRecords selects the columns that are a [store.Record]: id, seq, version, deleted_at, doc.
func SelectRecords(k *store.Kind) string {
	return "SELECT " + strings.Join(recordColumns(k, ""), ", ") + " FROM " + k.Table
}

// RecordsOf are the columns of [SelectRecords] of a table that is called by a name.
func RecordsOf(k *store.Kind, name string) string {
	return strings.Join(recordColumns(k, name+"."), ", ")
}

func recordColumns(k *store.Kind, name string) []string {
	version, deletedAt := "1", "0"
	if k.Versioned {
		version = name + "version"
	}
	if k.Restorable {
		deletedAt = "coalesce(" + name + "deleted_at, 0)"
	}
	return []string{name + "id", name + "seq", version, deletedAt, name + "doc"}
}

// SelectRows selects the columns that are a [store.StoredRow], from after a position ($1) on, up to a limit ($2). What
// makes a text of an amount stands behind each.
func SelectRows(k *store.Kind, amountAsText string) string {
	columns := append(recordColumns(k, ""), "livemode", "''")
	if k.Owned {
		columns[len(columns)-1] = "customer_id"
	}
	for _, c := range k.Columns {
		column := c.Name
		if c.Type == store.Amount {
			column += amountAsText
		}
		columns = append(columns, column)
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + k.Table + " WHERE seq > $1 ORDER BY seq LIMIT $2"
}

// Insert writes the statement that adds a row, and its parameters. more
// are columns that a database has for itself.
func Insert(k *store.Kind, rec store.Record, row *store.Row, more ...Setting) (query string, args []any) {
	all := []Setting{{"id", row.ID}, {"livemode", row.Livemode}, {"doc", string(rec.JSON)}}
	if !k.Small {
		all = append(all, Setting{"seq", rec.Seq})
	}
	if k.Owned {
		all = append(all, Setting{"customer_id", row.CustomerID})
	}
	if k.Versioned {
		all = append(all, Setting{"version", rec.Version})
	}
	for i, c := range k.Columns {
		all = append(all, Setting{c.Name, row.Values[i]})
	}
	all = append(all, more...)
	names, values := make([]string, len(all)), make([]string, len(all))
	for i, s := range all {
		names[i], values[i] = s.Column, fmt.Sprintf("$%d", i+1)
		args = append(args, s.Value)
	}
	return "INSERT INTO " + k.Table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")",
		args
}

// Setting is a column and the value that it is given.
type Setting struct {
	Column string
	Value  any
}

// Update writes the statement that makes a row, which is at the version before, what the object is now, and its
// parameters. Where onlyChanged is set, a column that stays as it was is not set: SQLite writes the indexes of all
// columns that are, changed or not.
func Update(
	k *store.Kind, rec store.Record, before, after *store.Row, onlyChanged bool, more ...Setting,
) (query string, args []any) {
	where := " WHERE seq = $1 AND version = $2 - 1 AND " + k.Owner() + " = $4"
	args = []any{rec.Seq, rec.Version, string(rec.JSON), after.Owner()}
	set := "UPDATE " + k.Table + " SET version = $2, doc = $3"
	for i, c := range k.Columns {
		if c.Fixed || onlyChanged && before.Values[i] == after.Values[i] {
			continue
		}
		more = append(more, Setting{c.Name, after.Values[i]})
	}
	for _, s := range more {
		args = append(args, s.Value)
		set += fmt.Sprintf(", %s = $%d", s.Column, len(args))
	}
	return set + where, args
}

// Select writes the statement that selects the records that a query does, in its order, and its parameters.
func Select(to Writer, k *store.Kind, q store.Query) (query string, args []any, err error) {
	w, err := Conditions(to, k, q)
	query, args = SelectRecords(k)+" WHERE "+w.String()+" ORDER BY "+OrderBy(to, k, "", q.Order), w.Args
	if q.Limit > 0 {
		args = append(args, q.Limit)
		query += fmt.Sprintf(" LIMIT $%d", len(args))
	}
	return query, args, err
}
