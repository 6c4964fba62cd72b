package console

import (
	"encoding/json"
	"net/url"
	"strconv"

	"clientele.dev/internal/store"
)

// list is a page of a list, and the way to the others.
type list[T any] struct {
	Rows     []T
	Count    int64
	Page     int64
	From, To int64 // which rows these are, from 1
	Filter   url.Values
	path     string
}

// newList decodes the rows of a page of a list.
func newList[T any](v *visit, docs [][]byte, count int64) (list[T], error) {
	rows, err := decodeAll[T](docs)
	return listOf(v, rows, count), err
}

// listOf is the page of a list that has these rows.
func listOf[T any](v *visit, rows []T, count int64) list[T] {
	l := list[T]{Rows: rows, Count: count, Page: pageOf(v.Request), Filter: v.URL.Query(), path: v.URL.Path}
	if len(rows) > 0 {
		l.From = (l.Page-1)*perPage + 1
		l.To = l.From + int64(len(rows)) - 1
	}
	return l
}

func decodeAll[T any](docs [][]byte) ([]T, error) {
	all := make([]T, len(docs))
	for i, doc := range docs {
		if err := json.Unmarshal(doc, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func decode[T any](doc store.Document, err error) (object T, _ error) {
	if err != nil {
		return object, err
	}
	return object, json.Unmarshal(doc.JSON, &object)
}

// With is the address of the list with one more filter, or, without a value, with one less; it begins at page 1.
func (l list[T]) With(name, value string) string {
	q := url.Values{}
	for key, values := range l.Filter {
		if key != "page" && key != "done" && key != "of" {
			q[key] = values
		}
	}
	if q.Del(name); value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return l.path
	}
	return l.path + "?" + q.Encode()
}

// CSV is the address of all that match, as a file.
func (l list[T]) CSV() string {
	without := l
	without.path += ".csv"
	return without.With("page", "")
}

// Get is a filter's value.
func (l list[T]) Get(name string) string { return l.Filter.Get(name) }

// Previous is the address of the page before this one, or "".
func (l list[T]) Previous() string {
	if l.Page <= 1 {
		return ""
	}
	return l.With("page", strconv.FormatInt(l.Page-1, 10))
}

// Next is the address of the page after this one, or "".
func (l list[T]) Next() string {
	if l.Page*perPage >= l.Count {
		return ""
	}
	return l.With("page", strconv.FormatInt(l.Page+1, 10))
}

// sorting are the columns that a list can be sorted by: the fields of its objects.
type sorting map[string]bool

// order reads sort=name or sort=-name, the latter for the last first.
func (s sorting) order(text string) []store.Order {
	field, desc := text, false
	if field != "" && field[0] == '-' {
		field, desc = field[1:], true
	}
	if !s[field] {
		return nil
	}
	return []store.Order{{Field: field, Desc: desc}}
}

// SortBy is the address of the list in the order of a field, or, when that is its order, in the opposite one.
func (l list[T]) SortBy(field string) string {
	if l.Get("sort") == field {
		return l.With("sort", "-"+field)
	}
	return l.With("sort", field)
}

// Sorted is ascending or descending when the list is in the order of a field, and "" otherwise.
func (l list[T]) Sorted(field string) string {
	switch l.Get("sort") {
	case field:
		return "ascending"
	case "-" + field:
		return "descending"
	}
	return ""
}
