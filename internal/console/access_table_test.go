package console_test

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/console"
	"clientele.dev/internal/store"
)

var update = flag.Bool("update", false, "write docs/access-console.md")

// accessTable is the page that says who may see and send what in the console.
const accessTable = "../../docs/access-console.md"

// TestAccessTable asks for every page and sends every form as everybody, and holds docs/access-console.md to what came
// of it. With -update it is written.
func TestAccessTable(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	operator := signedIn(t, s, s.TestKey)
	customer := operator.newCustomer("Ada")
	id := strings.TrimPrefix(customer, "/test/customers/")
	invoice := strings.TrimPrefix(operator.newInvoice(customer, "12.34"), "/test/invoices/")
	pay, err := s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
		CustomerID: id, CurrencyID: usd(t, s).ID,
		Amount:      new(clientele.NewAmount("", 5)),
		Allocations: &[]clientele.AllocationParams{},
	})
	if err != nil {
		t.Fatal(err)
	}
	key := func(mode clientele.Mode, scope store.Scope) *browser { return keyed(t, s, mode, scope) }
	access := auth.New(s.DB, s.Now)
	link, err := access.NewLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	opened := newBrowser(t, s)
	opened.get("/link/" + link).leads("/")
	reader := key(clientele.Test, store.ScopeRead)
	keys, err := s.DB.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Those who may change something come last: what they delete is gone for the others.
	who := []struct {
		name string
		*browser
	}{
		{"nobody", newBrowser(t, s)}, {"a customer's link", portal(t, s, id)},
		{"a key of the other mode", key(clientele.Live, store.ScopeAdmin)}, {"`read`", reader},
		{"`write`", key(clientele.Test, store.ScopeWrite)}, {"`admin`", key(clientele.Test, store.ScopeAdmin)},
		{"a link", opened},
	}
	place := func(path string) string {
		at := id
		switch {
		case strings.HasPrefix(path, "/invoices"):
			at = invoice
		case strings.HasPrefix(path, "/payments"):
			at = pay.ID
		case strings.HasPrefix(path, "/developers/keys"):
			at = keys[len(keys)-1].ID
		case strings.HasPrefix(path, "/developers"):
			at = "app_none"
		}
		return "/test" + strings.ReplaceAll(path, "{id}", at)
	}
	cell := func(got answer) string {
		switch {
		case got.status == 303 && strings.HasPrefix(got.header.Get("Location"), "/sign-in"):
			return "sign in"
		case got.status == 403:
			return "403"
		}
		return ""
	}
	pages, forms := console.Routes()
	var routes []string
	for _, path := range append(pages, forms...) {
		routes = append(routes, "GET "+path)
	}
	for _, path := range forms {
		routes = append(routes, "POST "+path)
	}
	slices.Sort(routes) // pages before the forms that delete what they show
	rows := map[string]string{}
	for _, w := range who {
		for _, route := range routes {
			method, path, _ := strings.Cut(route, " ")
			ask := func(path string) answer { return w.post(path, url.Values{"name": {""}}) }
			if method == "GET" {
				ask = w.get
			}
			rows[route] += " " + cell(ask(place(path))) + " |"
		}
	}
	page := accessHead + "| |"
	for _, w := range who {
		page += " " + w.name + " |"
	}
	page += "\n|" + strings.Repeat(" --- |", len(who)+1) + "\n"
	for _, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		page += fmt.Sprintf("| `%s /test%s` |%s\n", method, path, rows[route])
	}
	if *update {
		if err := os.WriteFile(accessTable, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if is, err := os.ReadFile(accessTable); err != nil || string(is) != page {
		t.Errorf("docs/access-console.md is not what the console does (%v): run `make generate`", err)
	}
}

const accessHead = `# Who may see and send what in the console

Every page and form of the console in test mode as everybody, made by the tests, which ask for each: where who is
refused is led, or the status, and nothing where it is allowed; live mode is the same the other way round. Whoever may
only read gets no form but the settings, which cannot be sent. A customer's link opens the pages under /customer alone,
which show what is that customer's. [access.md](access.md) has the same of the API.

`
