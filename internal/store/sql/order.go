package sql

import (
	"fmt"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// OrderBy writes an order, the newest first unless it says otherwise, of a table that is called by a name, which ends
// in a dot, or "". Equal rows are ordered by time, so that an order is always whole and pages never overlap.
func OrderBy(to Writer, k *store.Kind, name string, order []store.Order) string {
	direction := map[bool]string{true: " DESC", false: " ASC"}
	var terms []string
	for _, o := range order {
		columns := []string{"seq"}
		if o.Field != "created_at" {
			columns = to.Sorted(name+o.Field, k.Column(o.Field))
		} else {
			columns[0] = name + columns[0]
		}
		for _, column := range columns {
			terms = append(terms, column+direction[o.Desc])
		}
	}
	if !store.ByTime(order) || len(order) == 0 {
		terms = append(terms, name+"seq"+direction[len(order) == 0 || order[0].Desc])
	}
	return strings.Join(terms, ", ")
}

// reversed is an order from its end.
func reversed(orderBy string) string {
	return strings.NewReplacer("DESC", "ASC", "ASC", "DESC").Replace(orderBy)
}

// Page writes the statement that selects the positions of a page, and its parameters. A page that ends before an object
// is answered from its end. beside is the position of the object that the page stands beside, if it does.
func Page(to Writer, k *store.Kind, w Where, q store.Query, beside store.Position) (query string, args []any) {
	orderBy, backwards := OrderBy(to, k, "", q.Order), q.Before != ""
	if backwards {
		orderBy = reversed(orderBy)
	}
	if q.After != "" || backwards {
		past := "seq < ?"
		if q.Descends() == backwards {
			past = "seq > ?"
		}
		w.Add(past, beside)
	}
	args, n := w.With(q.Limit, q.Offset)
	return fmt.Sprintf("SELECT seq FROM %s WHERE %s ORDER BY %s LIMIT $%d OFFSET $%d", k.Table, w.String(), orderBy, n,
		n+1), args
}

// Beside is the id of the object that a page stands beside and the parameter that named it; "" when it stands beside
// none.
func Beside(page store.Window) (id, parameter string) {
	if page.Before != "" {
		return page.Before, "ending_before"
	}
	return page.After, "starting_after"
}

// NoObject is the error about a page that is to stand beside an object that is not there.
func NoObject(page store.Window) error {
	id, parameter := Beside(page)
	return clientele.Errorf(clientele.ErrorCodeInvalid, parameter, "%s names no object: %q", parameter, id)
}
