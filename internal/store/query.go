package store

import (
	"slices"

	"clientele.dev"
)

// Query selects objects of a kind in a mode: those that meet every condition, in an order.
type Query struct {
	Mode    clientele.Mode
	Deleted bool // those that were deleted, in place of those that were not
	Where   []Condition
	Order   []Order // the newest first when empty
	Window
}

// Window is a part of a list.
type Window struct {
	Limit, Offset int64
	// The id of the object the page starts after or ends before; at most one is set.
	After, Before string
}

// PageWindow is a page of a list by its number, from 1, and its size.
func PageWindow(page, size int64) Window { return Window{Limit: size, Offset: (page - 1) * size} }

// Order is one key of a sort order: created_at, customer_id or a column of the kind.
type Order struct {
	Field string
	Desc  bool
}

// OldestFirst is the order of creation.
var OldestFirst = []Order{{Field: "created_at"}}

// Of selects a customer's objects that meet every condition, the newest first.
func Of(mode clientele.Mode, customerID string, where ...Condition) Query {
	return Query{Mode: mode, Where: append([]Condition{Equal("customer_id", customerID)}, where...)}
}

// Condition is one that objects must meet. The zero condition is met by all.
type Condition struct {
	Column string // created_at, customer_id, a column of the kind, a key of metadata, or a [NameKind]
	Is     Comparison
	Values []any // of the column's type; of created_at milliseconds
}

// Comparison says how a column is compared with the values of a condition.
type Comparison int

// The comparisons.
const (
	IsOneOf        Comparison = iota // is one of the values
	IsAtLeast                        // is the value or greater
	IsBelow                          // is smaller than the value
	IsNotZero                        // is an amount other than 0
	HasMetadata                      // has the value under this key of its metadata
	HasName                          // is the customer with this unique name
	HasPaidInvoice                   // is a payment that ever paid a part of this invoice
)

// Equal is met by objects with the value in a column.
func Equal(column string, value any) Condition { return Condition{column, IsOneOf, []any{value}} }

// OneOf is met by objects with one of the values in a column; by all when there is no value.
func OneOf[T ~string](column string, values ...T) Condition {
	if len(values) == 0 {
		return Condition{}
	}
	c := Condition{Column: column, Is: IsOneOf}
	for _, v := range values {
		c.Values = append(c.Values, string(v))
	}
	return c
}

// Given is met by objects with the text in a column; by all when it is "".
func Given[T ~string](column string, text T) Condition {
	if text == "" {
		return Condition{}
	}
	return Equal(column, string(text))
}

// AtLeast is met by objects with the number, or a greater one, in a column; by all when it is 0.
func AtLeast(column string, n int64) Condition { return bound(column, IsAtLeast, n) }

// Below is met by objects with a smaller number in a column; by all when it is 0.
func Below(column string, n int64) Condition { return bound(column, IsBelow, n) }

func bound(column string, is Comparison, n int64) Condition {
	if n == 0 {
		return Condition{}
	}
	return Condition{column, is, []any{n}}
}

// NotZero is met by objects with an amount other than 0 in a column.
func NotZero(column string) Condition { return Condition{Column: column, Is: IsNotZero} }

// WithMetadata is met by objects with a value under a key of their metadata.
func WithMetadata(key, value string) Condition { return Condition{key, HasMetadata, []any{value}} }

// Named is met by the customer with a unique name.
func Named(kind NameKind, name string) Condition {
	return Condition{string(kind), HasName, []any{name}}
}

// PaidInvoice is met by payments that ever paid a part of an invoice; by all when its id is "".
func PaidInvoice(id string) Condition {
	if id == "" {
		return Condition{}
	}
	return Condition{"invoice_id", HasPaidInvoice, []any{id}}
}

// Restricts says whether an object may not meet the condition.
func (c Condition) Restricts() bool { return c.Column != "" }

// Restrictions are the conditions that not all objects meet.
func (q Query) Restrictions() []Condition {
	return slices.DeleteFunc(slices.Clone(q.Where), func(c Condition) bool { return !c.Restricts() })
}

// WholeMode says whether all of a mode are selected, or all of it in a currency, which is "" for the former. How many
// they are is kept of a kind that is counted.
func (q Query) WholeMode() (currency string, whole bool) {
	restrictions := q.Restrictions()
	switch {
	case q.Deleted || len(restrictions) > 1:
		return "", false
	case len(restrictions) == 0:
		return "", true
	}
	only := restrictions[0]
	if only.Column != "currency_id" || only.Is != IsOneOf || len(only.Values) != 1 {
		return "", false
	}
	return only.Values[0].(string), true
}

// CustomerID is the customer whose objects alone are selected, "" when anybody's are.
func (q Query) CustomerID() string {
	for _, c := range q.Where {
		if c.Column == "customer_id" && c.Is == IsOneOf {
			return c.Values[0].(string)
		}
	}
	return ""
}

// ByTime says whether the order is that of creation, either way.
func (q Query) ByTime() bool { return ByTime(q.Order) }

// ByTime says whether an order is that of creation, either way.
func ByTime(order []Order) bool {
	return len(order) == 0 || len(order) == 1 && order[0].Field == "created_at"
}

// Descends says whether the first key of the order falls.
func (q Query) Descends() bool { return len(q.Order) == 0 || q.Order[0].Desc }
