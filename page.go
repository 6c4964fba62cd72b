package clientele

import (
	"reflect"
	"slices"
	"time"
)

// Page is one page of a list.
type Page[T any] struct {
	// How many there are in all that match, exactly.
	Count int64 `json:"count"`
	// This page's.
	List []T `json:"list"`
	// Which page this is.
	Paging Paging `json:"paging"`
}

// Paging says which page a page is.
type Paging struct {
	// Counting from 1.
	Page int64 `json:"page"`
	// How many a page holds, 1 to 100.
	PageSize int64 `json:"pageSize"`
}

// PageParams says which page of a list is asked for.
type PageParams struct {
	// Which page, from 1; 1 when absent.
	Page int64 `query:"page"`
	// How many a page holds, 1 to 100; 20 when absent.
	PageSize int64 `query:"pageSize,limit,size"`
}

// Window says which part of a list is asked for: a page by its number, or the objects beside one.
type Window struct {
	// Which page, from 1; 1 when absent.
	Page int64 `query:"page"`
	// How many a page holds, 1 to 100; 20 when absent.
	PageSize int64 `query:"pageSize,limit,size"`
	// The page starts after the object with this id, in place of page.
	StartingAfter string `query:"starting_after"`
	// The page ends before the object with this id, in place of page.
	EndingBefore string `query:"ending_before"`
}

// TimeRange bounds a moment, to the millisecond. Bounds that are zero do not count.
type TimeRange struct {
	// At this moment or later, and later than it.
	GTE, GT time.Time
	// Earlier than this moment, and at it or earlier.
	LT, LTE time.Time
}

// QueryFields are the fields of a struct that are query parameters: those with a tag query, which is the name, and
// after commas its other names. Those of embedded structs stand in their place. A field without a name is one that the
// server reads and the SDK never writes.
func QueryFields(t reflect.Type) (fields []reflect.StructField) {
	for field := range t.Fields() {
		if field.Anonymous {
			for _, inner := range QueryFields(field.Type) {
				inner.Index = append(slices.Clone(field.Index), inner.Index...)
				fields = append(fields, inner)
			}
		} else if field.Tag.Get("query") != "" {
			fields = append(fields, field)
		}
	}
	return fields
}
