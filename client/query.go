package client

import (
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"

	"clientele.dev"
)

// TimeRange bounds a moment, to the millisecond. Bounds that are zero do not count.
type TimeRange struct {
	// At or after, and after.
	GTE, GT time.Time
	// At or before, and before.
	LTE, LT time.Time
}

// Window says which part of a list is asked for.
type Window struct {
	// Which page, counting from 1, and how many a page holds: 20 unless told, at most 100.
	Page, PageSize int
	// The other way to page: at most Limit objects after or before the one of an id.
	Limit                       int
	StartingAfter, EndingBefore string
}

// query collects the parameters that are set.
type query url.Values

func (q query) text(name, value string) {
	if value != "" {
		q[name] = []string{value}
	}
}

func (q query) number(name string, value int) {
	if value != 0 {
		q[name] = []string{strconv.Itoa(value)}
	}
}

func (q query) yes(name string, value bool) {
	if value {
		q[name] = []string{"true"}
	}
}

func (q query) moment(name string, at time.Time) {
	if !at.IsZero() {
		q[name] = []string{clientele.At(at).String()}
	}
}

// window writes the two ways to page.
func (q query) window(w Window) {
	q.number("page", w.Page)
	q.number("pageSize", w.PageSize)
	q.number("limit", w.Limit)
	q.text("starting_after", w.StartingAfter)
	q.text("ending_before", w.EndingBefore)
}

func (q query) within(name string, r TimeRange) {
	for bound, at := range map[string]time.Time{"gte": r.GTE, "gt": r.GT, "lte": r.LTE, "lt": r.LT} {
		if !at.IsZero() {
			q[name+"["+bound+"]"] = []string{clientele.At(at).String()}
		}
	}
}

func (q query) metadata(filters map[string]string) {
	for key, value := range filters {
		q["metadata."+key] = []string{value}
	}
}

// order writes one order as name:DIRECTION and several as pairs, the two forms of the protocol.
func (q query) order(orders []string) {
	if len(orders) == 1 {
		q.text("order", orders[0])
		return
	}
	for i, order := range orders {
		field, direction, _ := strings.Cut(order, ":")
		q.text(fmt.Sprintf("order[%d][0]", i), field)
		q.text(fmt.Sprintf("order[%d][1]", i), direction)
	}
}

// walkSize is how many the All methods ask for at a time: as many as the server gives.
const walkSize = 100

// nextPage says how to ask for the page after the last object seen: beside it or, in an order in which that cannot be
// asked for, by its number.
func nextPage(order []string, number int, lastID string) (page int, startingAfter string) {
	byTime := len(order) == 0
	if len(order) == 1 {
		field, _, _ := strings.Cut(order[0], ":")
		byTime = field == "created_at" || field == "created"
	}
	if byTime {
		return 0, lastID
	}
	return number, ""
}

// walk goes through every page; next answers the page of a number, counting from 1, after the last one seen.
func walk[T any](next func(number int, last *T) (*clientele.Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var last *T
		for number := 1; ; number++ {
			page, err := next(number, last)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range page.List {
				if !yield(item, nil) {
					return
				}
			}
			if len(page.List) < walkSize {
				return
			}
			last = &page.List[len(page.List)-1]
		}
	}
}
