package sql

import (
	"fmt"
	"slices"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Where collects the conditions of a statement and their parameters.
type Where struct {
	Conditions []string
	Args       []any
}

// Add adds a condition, of which each ? becomes a numbered parameter.
func (w *Where) Add(condition string, args ...any) {
	for _, arg := range args {
		w.Args = append(w.Args, arg)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(w.Args)), 1)
	}
	w.Conditions = append(w.Conditions, condition)
}

// Given restricts a column to a text, unless that is "".
func (w *Where) Given(column, text string) {
	if text != "" {
		w.Add(column+" = ?", text)
	}
}

func (w *Where) String() string { return strings.Join(w.Conditions, " AND ") }

// With returns the parameters followed by more, and the number of the first of those.
func (w *Where) With(more ...any) (args []any, first int) {
	return append(slices.Clone(w.Args), more...), len(w.Args) + 1
}

// Writer writes the conditions that the databases write differently.
type Writer interface {
	// Scope restricts to a mode and, unless it is "", to a customer's objects. few says that another condition selects
	// few of them, by an index of its own.
	Scope(w *Where, mode clientele.Mode, customerID string, few bool)
	// Metadata restricts to what has a value under a key of its metadata.
	Metadata(w *Where, k *store.Kind, mode clientele.Mode, key, value string)
	// Name restricts to the customer that has a unique name or, among the deleted, to those that had it.
	Name(w *Where, mode clientele.Mode, kind store.NameKind, name string, deleted bool) error
	// PaidInvoice restricts to the payments that ever paid a part of an invoice.
	PaidInvoice(w *Where, invoiceID string) error
	// Refers is told that rows of a kind are selected that refer to an object, by its id.
	Refers(w *Where, id string) error
	// Sorted are the terms by which an index sorts a column.
	Sorted(column string, c *store.Column) []string
}

// Conditions writes the conditions of a query.
func Conditions(to Writer, k *store.Kind, q store.Query) (w Where, err error) {
	customerID, few := q.CustomerID(), false
	var others []store.Condition
	for _, c := range q.Restrictions() {
		if c.Column == "customer_id" {
			continue
		}
		few = few || selectsFew(k, c)
		others = append(others, c)
	}
	to.Scope(&w, q.Mode, customerID, few)
	switch {
	case q.Deleted:
		w.Add("deleted_at IS NOT NULL")
	case k.Restorable:
		w.Add("deleted_at IS NULL")
	}
	for _, c := range others {
		if err := add(to, &w, k, q, c); err != nil {
			return w, err
		}
	}
	return w, nil
}

// selectsFew says whether few objects meet a condition, whatever their mode and their customer.
func selectsFew(k *store.Kind, c store.Condition) bool {
	column := k.Column(c.Column)
	return c.Is == store.HasPaidInvoice || c.Is == store.IsOneOf && column != nil && column.Few
}

func add(to Writer, w *Where, k *store.Kind, q store.Query, c store.Condition) error {
	switch c.Is {
	case store.HasMetadata:
		to.Metadata(w, k, q.Mode, c.Column, c.Values[0].(string))
		return nil
	case store.HasName:
		return to.Name(w, q.Mode, store.NameKind(c.Column), c.Values[0].(string), q.Deleted)
	case store.HasPaidInvoice:
		return to.PaidInvoice(w, c.Values[0].(string))
	}
	if c.Column == "created_at" {
		compare(w, "seq", c.Is, []any{store.PositionOf(c.Values[0].(int64))})
		return nil
	}
	column := k.Column(c.Column)
	if column == nil {
		return fmt.Errorf("store: %s have no column %s", k.Table, c.Column)
	}
	if column.Type == store.Boolean { // literally, so that an index of the rows with one of the values is used
		w.Add(fmt.Sprintf("%s = %t", c.Column, c.Values[0]))
		return nil
	}
	if column.Literal {
		return addLiterally(w, c)
	}
	compare(w, c.Column, c.Is, c.Values)
	if column.Optional && c.Is != store.IsAtLeast {
		none := map[store.ColumnType]string{store.Text: "''", store.Integer: "0"}[column.Type]
		w.Add(c.Column + " <> " + none)
	}
	if column.Few {
		return to.Refers(w, c.Values[0].(string))
	}
	return nil
}

// addLiterally adds a condition with its values in it.
func addLiterally(w *Where, c store.Condition) error {
	var values []string
	for _, v := range c.Values {
		name := v.(string)
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
			return fmt.Errorf("store: %s cannot be %q", c.Column, name)
		}
		values = append(values, "'"+name+"'")
	}
	if len(values) == 1 {
		w.Add(c.Column + " = " + values[0])
	} else {
		w.Add(c.Column + " IN (" + strings.Join(values, ", ") + ")")
	}
	return nil
}

func compare(w *Where, column string, is store.Comparison, values []any) {
	switch {
	case is == store.IsAtLeast:
		w.Add(column+" >= ?", values...)
	case is == store.IsBelow:
		w.Add(column+" < ?", values...)
	case is == store.IsNotZero:
		w.Add(column + " <> '0'")
	case len(values) == 1:
		w.Add(column+" = ?", values...)
	default:
		w.Add(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
	}
}
