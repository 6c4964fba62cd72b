package sdkgen

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"clientele.dev/internal/api"
)

var update = flag.Bool("update", false, "write the calls")

// TestSDK holds the calls of the Go SDK to the table of routes that they are generated from.
func TestSDK(t *testing.T) {
	t.Parallel()
	want := map[string][]byte{}
	for service, calls := range sdkCalls() {
		source, err := format.Source([]byte(sdkFile(service, calls)))
		if err != nil {
			t.Fatalf("%s: %v", service, err)
		}
		want[sdkFileName(service)] = source
	}
	services, err := format.Source([]byte(sdkServicesFile()))
	if err != nil {
		t.Fatal(err)
	}
	want["../../client/services.go"] = services
	old, err := filepath.Glob("../../client/*_calls.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range old {
		if _, wanted := want[name]; !wanted {
			t.Errorf("%s belongs to no route: delete it", name)
		}
	}
	for name, source := range want {
		if *update {
			if err := os.WriteFile(name, source, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		is, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(is, source) {
			t.Errorf("%s is not what routes.go says: run `make generate` (%v)", name, err)
		}
	}
}

// sdkCalls are the routes that the SDK has a method for, by service.
func sdkCalls() map[string][]api.Operation {
	services := map[string][]api.Operation{}
	for _, r := range api.Operations() {
		service, _, _ := strings.Cut(r.Method, ".")
		services[service] = append(services[service], r)
	}
	return services
}

// sdkFileName is where the calls of a service are: client/credit_notes_calls.go.
func sdkFileName(service string) string {
	var name strings.Builder
	for i, c := range service {
		if i > 0 && c >= 'A' && c <= 'Z' {
			name.WriteByte('_')
		}
		name.WriteRune(c)
	}
	return "../../client/" + strings.ToLower(name.String()) + "_calls.go"
}

// sdkFile is the source of a service's calls.
func sdkFile(service string, calls []api.Operation) string {
	var methods strings.Builder
	for _, r := range calls {
		writeCall(&methods, service, r)
		writeWalk(&methods, service, r)
	}
	var b strings.Builder
	b.WriteString(sdkHeader + "\nimport (\n\t\"context\"\n")
	if strings.Contains(methods.String(), "iter.") {
		b.WriteString("\t\"iter\"\n")
	}
	b.WriteString("\n\t\"clientele.dev\"\n)\n")
	return b.String() + methods.String()
}

// sdkServicesFile is the source of the types of all services.
func sdkServicesFile() string {
	var types, fields, made strings.Builder
	written, described := map[string]bool{}, map[string]bool{}
	for _, r := range api.Operations() {
		service, _, _ := strings.Cut(r.Method, ".")
		if written[service] {
			continue
		}
		written[service] = true
		about := r.About
		if described[about] {
			about = "" // what a group is, is said of its first service
		}
		described[about] = true
		root := strings.Join(strings.Split(r.Pattern, "/")[:3], "/")
		fmt.Fprintf(&types, "\n%stype %s struct{ c *Client }\n", docComment(service+" are the calls of "+
			root[strings.Index(root, "/"):]+", in the mode of the key. "+about), service)
		fmt.Fprintf(&fields, "\t%s *%s\n", service, service)
		fmt.Fprintf(&made, "\t\t%s: &%s{c},\n", service, service)
	}
	return sdkHeader + "\n// Services are what a client calls.\ntype Services struct {\n" + fields.String() +
		"}\n\nfunc newServices(c *Client) Services {\n\treturn Services{\n" + made.String() + "\t}\n}\n" + types.String()
}

const sdkHeader = "// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.\n\npackage client\n"

// writeCall writes the method of a route.
func writeCall(b *strings.Builder, service string, r api.Operation) {
	_, name, _ := strings.Cut(r.Method, ".")
	arguments, made := "ctx context.Context", fmt.Sprintf("route: %q", r.Pattern)
	if _, after, found := strings.Cut(r.Pattern, "{"); found {
		ref, _, _ := strings.Cut(after, "}")
		ref = map[string]string{"id": "id", "external_id": "externalID"}[ref]
		arguments += ", " + ref + " string"
		made += ", ref: " + ref
	}
	if strings.HasPrefix(r.Pattern, "GET ") {
		r.Body = nil // what it may say has a method of its own
	}
	switch {
	case r.Body != nil:
		arguments += ", p " + goType(reflect.TypeOf(r.Body))
		made += ", body: p"
	case r.Params != nil:
		arguments += ", p " + goType(reflect.TypeOf(r.Params))
		made += ", query: p"
	}
	answers, fetch := "*"+goType(reflect.TypeOf(r.Answers)), "fetch["+goType(reflect.TypeOf(r.Answers))+"]"
	switch reflect.TypeOf(r.Answers).Kind() {
	case reflect.Slice:
		answers, fetch = strings.TrimPrefix(answers, "*"), "fetchList["+strings.TrimPrefix(answers, "*[]")+"]"
	case reflect.String:
		answers, fetch = "[]byte", "fetchFile"
	}
	writeMethod(b, docComment(name+" sends "+r.Pattern+". "+r.Summary), service, name, arguments,
		"("+answers+", error)", fmt.Sprintf("%s(ctx, s.c, opts, request{%s})", fetch, made))
}

// writeWalk writes the method that goes through all pages of a list or search.
func writeWalk(b *strings.Builder, service string, r api.Operation) {
	_, name, _ := strings.Cut(r.Method, ".")
	if r.Params == nil || name != "List" && name != "Search" {
		return
	}
	params := reflect.TypeOf(r.Params)
	_, beside := params.FieldByName("StartingAfter")
	if _, pages := params.FieldByName("PageParams"); !pages && !beside {
		return
	}
	list, _ := reflect.TypeOf(r.Answers).FieldByName("List")
	element := goType(list.Type.Elem())
	plain := ""
	if _, expands := params.FieldByName("Expand"); expands {
		element, plain = strings.TrimSuffix(element, "Expanded"), "p.Expand = \"none\"\n"
	}
	walk := fmt.Sprintf("walkSearch[%s](ctx, s.c, opts, %q, func(page clientele.PageParams) any {\n"+
		"p := p\np.PageParams = page\n%sreturn p\n})", element, r.Pattern, plain)
	method := name + "All"
	if beside {
		order := "nil"
		if _, sorted := params.FieldByName("Order"); sorted {
			order = "p.Order"
		}
		method = "All"
		walk = fmt.Sprintf("walkList(ctx, s.c, opts, %q, p.Window, %s,\nfunc(of *%s) string { return of.ID },\n"+
			"func(window clientele.Window) any {\np := p\np.Window = window\n%sreturn p\n})",
			r.Pattern, order, element, plain)
	}
	about := method + " walks all pages of " + name + ", 100 objects a request"
	if plain != "" {
		about += ", without what each refers to"
	}
	about += ". In another order than that of creation, and in a search, pages are by number: what changes meanwhile " +
		"may be met twice or missed. Of the paging parameters only StartingAfter counts. It ends after the first error."
	writeMethod(b, docComment(about), service, method, "ctx context.Context, p "+goType(params),
		"iter.Seq2["+element+", error]", walk)
}

// writeMethod writes a method that returns what an expression comes to.
func writeMethod(b *strings.Builder, doc, service, name, arguments, answers, expression string) {
	head := fmt.Sprintf("func (s *%s) %s(%s, opts ...CallOption) %s {", service, name, arguments, answers)
	if len(head) > 120 {
		head = fmt.Sprintf("func (s *%s) %s(\n%s, opts ...CallOption,\n) %s {", service, name, arguments, answers)
	}
	if first, _, _ := strings.Cut(expression, "\n"); len(first) > 109 {
		expression = strings.Replace(expression, "opts, ", "opts,\n", 1)
	}
	fmt.Fprintf(b, "\n%s%s\nreturn %s\n}\n", doc, head, expression)
}

// goType is a type as the SDK's source names it.
func goType(t reflect.Type) string {
	return strings.ReplaceAll(t.String(), "[clientele%2edev.", "[clientele.")
}

// docComment is a text as a comment of at most 120 columns.
func docComment(text string) string {
	const width = 116
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return "// " + strings.Join(slices.Concat(lines, []string{line}), "\n// ") + "\n"
}
