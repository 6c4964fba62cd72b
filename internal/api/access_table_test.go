package api_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/api"
	"clientele.dev/internal/store"
)

// accessTable is the page that says who may do what.
const accessTable = "../../docs/access.md"

// TestAccessTable calls every route as everybody and holds docs/access.md to what came of it. With -update it is
// written.
func TestAccessTable(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := s.things(t, s.Test(), didAccount)
	type identity struct{ name, credentials string }
	who := []identity{{"nobody", ""}}
	for _, scope := range []store.Scope{store.ScopeMetrics, store.ScopeRead, store.ScopeWrite, store.ScopeAdmin} {
		who = append(who, identity{"`" + string(scope) + "`", "Bearer " + ok(s.NewKey(clientele.Test, scope))(t)})
	}
	who = append(who, identity{"a key of the other mode", "Bearer " + s.LiveKey})
	named := []string{o.customer, "{id}", o.deleted, "{id}", o.owing, "{id}", o.invoice, "{id}",
		o.open, "{id}", o.payment, "{id}", o.note, "{id}", o.refund, "{id}", o.currency, "{id}",
		o.method, "{id}", o.portal, "{id}",
		didSecp, "{did}", "external/new", "external/{external_id}"}
	for _, id := range o.more {
		named = append(named, id, "{id}")
	}
	names := strings.NewReplacer(named...)
	rows := map[string]string{}
	add := func(route, body string) {
		method, path, _ := strings.Cut(route, " ")
		cells := ""
		for _, w := range who {
			got := s.send(t, method, path, body, "Authorization", w.credentials)
			cell := map[int]string{401: "401", 403: "403"}[got.status]
			if got.status == 404 && w.credentials == who[len(who)-1].credentials {
				cell = "404"
			}
			cells += " " + cell + " |"
		}
		shown, _, _ := strings.Cut(names.Replace(path), "?")
		if body != "" && method == "GET" {
			shown += "` with `{\"create\":true}"
		}
		rows[shown+" "+method] = fmt.Sprintf("| `%s %s` |%s\n", method, shown, cells)
	}
	for _, route := range openRoutes {
		add(route, "")
	}
	for _, path := range o.reads() {
		add("GET "+path, "")
	}
	writes := o.writes()
	for _, route := range slices.Sorted(maps.Keys(writes)) {
		add(route, writes[route])
	}
	page := accessHead + "| route |"
	for _, w := range who {
		page += " " + w.name + " |"
	}
	page += "\n|" + strings.Repeat(" --- |", len(who)+1) + "\n"
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		page += rows[key]
	}
	if *api.Update {
		if err := os.WriteFile(accessTable, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if is, err := os.ReadFile(accessTable); err != nil || string(is) != page {
		t.Errorf("docs/access.md is not what the server does (%v): run `make generate`", err)
	}
}

const accessHead = `# Who may do what

Every route of the API as everybody, made by the tests, which call each: the status of a refusal, and nothing where it
is allowed. 404 in the last column says that what belongs to one mode is not there for the other; without an id, a
key acts in its own mode. An application that signs its requests may do what a key of scope write may, in both modes.
A console session may do what its key may ([access-console.md](access-console.md)); one of a link, what keys of scope
admin of both modes may. Only admin and links make and revoke keys, and applications in the console. A customer's link
opens what is the customer's own under /customer, and nothing of the API.

`
