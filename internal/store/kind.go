package store

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/go-json-experiment/json"

	"clientele.dev"
)

// Kind describes a kind of object once: for both databases, and for events, history, verification, distribution and
// tests. Every object has, as columns of its table, its id, its mode, its position in time (seq) and its document,
// which is the JSON that the wire answers.
type Kind struct {
	Type    ObjectType
	Name    string   // what the tables of its texts and its metadata begin with: invoice
	Table   string   // invoices
	Prefix  string   // what its ids begin with
	Created string   // the type of the event of its creation
	Columns []Column // what else of it is filtered, sorted and summed by

	Private     bool // is about who may ask and who is told: not a part of exports and of the hash
	BothModes   bool // belongs to no mode: its rows say test, and each change is an event of each mode
	Small       bool // few, and read whole: the database itself gives them positions
	Owned       bool // belongs to a customer: has customer_id
	Versioned   bool // changes after it was created: has version
	Restorable  bool // a deleted one can be restored: has deleted_at
	Embedded    bool // answers of a customer have the newest of the customer's, and how many there are
	Counted     bool // how many of a mode there are is kept, by time, and of those with a currency how many of each
	HasMetadata bool // is found by its metadata
	Search      SearchBy

	of      reflect.Type // what the objects are in Go
	rowOf   func(doc []byte) (Row, error)
	inOrder func(doc []byte) ([]byte, error)
}

// SearchBy says what search looks into.
type SearchBy int

// What search looks into.
const (
	SearchNothing SearchBy = iota
	SearchText             // all texts of the object as one
	SearchRanked           // each text apart, and the best matches come first
)

// Column is a column of a table that repeats what a part of the document says.
type Column struct {
	Name string
	Type ColumnType
	// Fixed says that it never changes.
	Fixed bool
	// Optional says that "" or 0 stand for none. An index leaves these out, and no comparison finds them.
	Optional bool
	// Few says that few objects have the same value of it, whatever their mode and their customer.
	Few bool
	// Long says that it may be longer than an index may hold.
	Long bool
	// Literal says that its values are names of ours, which statements have in them: an index of the rows with one of
	// them is used then.
	Literal bool
}

// ColumnType is the type of a column's values.
type ColumnType int

// The types of columns, with that of their values in [Row].
const (
	Text    ColumnType = iota // string
	Integer                   // int64, or nil for none
	Boolean                   // bool
	Amount                    // string: the digits of a currency's smallest unit
	Bytes                     // []byte, which the document does not have
)

// Row is what the database keeps of an object beside its document, to find it by.
type Row struct {
	ID         string
	Livemode   clientele.Mode
	CustomerID string // "" of what is not owned
	Values     []any  // of the kind's columns, in their order
	Texts      []string
	Metadata   clientele.Metadata
}

// ModeOf is that of the rows of the objects that a mode has.
func (k *Kind) ModeOf(m clientele.Mode) clientele.Mode {
	if k.BothModes {
		return clientele.Test
	}
	return m
}

// RowOf reads the row that a document must have.
func (k *Kind) RowOf(doc []byte) (Row, error) { return k.rowOf(doc) }

// InOrder writes a document with its members in the order of the wire.
func (k *Kind) InOrder(doc []byte) ([]byte, error) { return k.inOrder(doc) }

// Column finds a column by its name; nil for one that the kind has not.
func (k *Kind) Column(name string) *Column {
	i := slices.IndexFunc(k.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &k.Columns[i]
}

// SameValues says whether the values of columns are those of a document, but for the columns that it does not have.
func (k *Kind) SameValues(document, stored []any) bool {
	for i, c := range k.Columns {
		if c.Type != Bytes && document[i] != stored[i] {
			return false
		}
	}
	return true
}

// Currency is the currency of a row, "" for a kind that has none.
func (k *Kind) Currency(row *Row) string {
	i := slices.IndexFunc(k.Columns, func(c Column) bool { return c.Name == "currency_id" })
	if i < 0 {
		return ""
	}
	return row.Values[i].(string)
}

// HasCurrency says whether every object of the kind is in a currency.
func (k *Kind) HasCurrency() bool { return k.Column("currency_id") != nil }

// Owner is the column of the customer that an object is of: a customer is its own.
func (k *Kind) Owner() string {
	if k.Owned {
		return "customer_id"
	}
	return "id"
}

// Owner is the id of the customer that the object is of, or the object's own.
func (r *Row) Owner() string { return cmp.Or(r.CustomerID, r.ID) }

// Texts is the table of what search looks into, Metadata that of the metadata.
func (k *Kind) Texts() string { return k.Name + "_texts" }

// Metadata is the table of the metadata.
func (k *Kind) Metadata() string { return k.Name + "_metadata" }

// Objects describe the objects of a kind that are T.
type Objects[T any] struct {
	*Kind
	row func(*T) Row
}

// columnOf is a column with how its value comes of an object.
type columnOf[T any] struct {
	Column
	of func(*T) any
}

// describe completes a description; row says all of a row but the values of columns.
func describe[T any](k Kind, row func(*T) Row, columns []columnOf[T]) Objects[T] {
	for _, c := range columns {
		k.Columns = append(k.Columns, c.Column)
	}
	whole := func(object *T) Row {
		r := row(object)
		r.Values = make([]any, len(columns))
		for i, c := range columns {
			r.Values[i] = c.of(object)
		}
		return r
	}
	k.of = reflect.TypeFor[T]()
	k.rowOf = func(doc []byte) (Row, error) {
		object := new(T)
		err := json.Unmarshal(doc, object)
		return whole(object), err
	}
	k.inOrder = func(doc []byte) ([]byte, error) {
		object := new(T)
		if err := json.Unmarshal(doc, object); err != nil {
			return nil, err
		}
		return json.Marshal(object, json.Deterministic(true))
	}
	return Objects[T]{&k, whole}
}

// Save writes an object's next version, which the record has; before, what is stored of it, is nil when it is new.
func (o Objects[T]) Save(tx Tx, rec Record, before, after *T) error {
	row := o.row(after)
	if before == nil {
		return tx.Save(o.Kind, rec, nil, &row)
	}
	old := o.row(before)
	return tx.Save(o.Kind, rec, &old, &row)
}

// Select returns the objects that are selected, see [Described].
func (o Objects[T]) Select(tx Tx, q Query) ([]T, error) {
	recs, err := tx.Select(o.Kind, q)
	if err != nil {
		return nil, err
	}
	all := make([]T, len(recs))
	for i, rec := range recs {
		if err := json.Unmarshal(rec.JSON, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Delete removes an object, which is stored at the record's version, for good.
func (o Objects[T]) Delete(tx Tx, rec Record, object *T) error {
	row := o.row(object)
	return tx.Delete(o.Kind, rec, &row)
}
