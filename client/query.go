package client

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"clientele.dev"
)

// encodeQuery writes the parameters that are set in a struct. A search says what it searches for, also nothing.
func encodeQuery(params any) url.Values {
	values := url.Values{}
	if params == nil {
		return values
	}
	of := reflect.ValueOf(params)
	for _, field := range clientele.QueryFields(of.Type()) {
		name, _, _ := strings.Cut(field.Tag.Get("query"), ",")
		if value := of.FieldByIndex(field.Index); field.Name != "_" && (!value.IsZero() || name == "query") {
			encodeParameter(values, name, value.Interface())
		}
	}
	return values
}

func encodeParameter(values url.Values, name string, value any) {
	switch v := value.(type) {
	case map[string]string:
		for key, text := range v {
			values.Set(name+key, text)
		}
	case clientele.TimeRange:
		for bound, at := range map[string]time.Time{"gte": v.GTE, "gt": v.GT, "lt": v.LT, "lte": v.LTE} {
			if !at.IsZero() {
				values.Set(name+"["+bound+"]", clientele.At(at).String())
			}
		}
	case []string:
		encodeOrder(values, name, v)
	case []clientele.InvoiceStatus:
		if len(v) == 0 {
			return
		}
		states := make([]string, len(v))
		for i, state := range v {
			states[i] = string(state)
		}
		values.Set(name, strings.Join(states, ","))
	case time.Time:
		values.Set(name, clientele.At(v).String())
	case *bool:
		values.Set(name, strconv.FormatBool(*v))
	default:
		values.Set(name, fmt.Sprint(v))
	}
}

// encodeOrder writes one order as name:DIRECTION and several as pairs, the two forms of the protocol.
func encodeOrder(values url.Values, name string, orders []string) {
	if len(orders) == 1 {
		values.Set(name, orders[0])
		return
	}
	for i, order := range orders {
		field, direction, _ := strings.Cut(order, ":")
		values.Set(fmt.Sprintf("%s[%d][0]", name, i), field)
		if direction != "" {
			values.Set(fmt.Sprintf("%s[%d][1]", name, i), direction)
		}
	}
}

// walkSize is how many the All methods ask for at a time: as many as the server gives.
const walkSize = 100

// walkList goes through a list from a place on. In the order of creation each page is asked for beside the last object
// seen; in another that cannot be asked for, and pages are by number.
func walkList[T any](
	ctx context.Context, c *Client, opts []CallOption, route string, from clientele.Window, order []string,
	id func(*T) string, params func(clientele.Window) any,
) iter.Seq2[T, error] {
	numbered := !byTime(order)
	return walk(func(number int64, last *T) (*clientele.Page[T], error) {
		window := clientele.Window{PageSize: walkSize, StartingAfter: from.StartingAfter}
		if last != nil && numbered {
			window.Page, window.StartingAfter = number, ""
		} else if last != nil {
			window.StartingAfter = id(last)
		}
		return fetch[clientele.Page[T]](ctx, c, opts, request{route: route, query: params(window)})
	})
}

// walkSearch goes through what is found, by numbered pages.
func walkSearch[T any](
	ctx context.Context, c *Client, opts []CallOption, route string, params func(clientele.PageParams) any,
) iter.Seq2[T, error] {
	return walk(func(number int64, _ *T) (*clientele.Page[T], error) {
		query := params(clientele.PageParams{Page: number, PageSize: walkSize})
		return fetch[clientele.Page[T]](ctx, c, opts, request{route: route, query: query})
	})
}

// byTime says whether an order is that of creation.
func byTime(order []string) bool {
	if len(order) != 1 {
		return len(order) == 0
	}
	field, _, _ := strings.Cut(order[0], ":")
	return field == "created_at" || field == "created"
}

// walk goes through every page; next answers the page of a number, counting from 1, after the last one seen.
func walk[T any](next func(number int64, last *T) (*clientele.Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var last *T
		for number := int64(1); ; number++ {
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
