package api

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"

	"clientele.dev"
	"clientele.dev/internal/web"
)

// generator makes the document from the table of routes.
type generator struct {
	comments map[string]string // of package.Type and package.Type.Field
	schemas  map[string]*jsonschema.Schema
	answers  *jsonschema.Reflector
	requests *jsonschema.Reflector
}

func newGenerator(t *testing.T) *generator {
	t.Helper()
	g := &generator{schemas: map[string]*jsonschema.Schema{}, comments: map[string]string{}}
	for pkg, dir := range map[string]string{
		"clientele.dev": "../..", "clientele.dev/internal/api": ".",
	} {
		if err := g.readComments(pkg, dir); err != nil {
			t.Fatal(err)
		}
	}
	reflector := jsonschema.Reflector{
		Anonymous: true, Mapper: g.scalar, LookupComment: func(t reflect.Type, field string) string {
			return g.comments[strings.TrimSuffix(t.PkgPath()+"."+t.Name()+"."+field, ".")]
		},
	}
	answers, requests := reflector, reflector
	answers.Namer, requests.Namer = answerName, requestName
	requests.Mapper = g.requestScalar
	g.answers, g.requests = &answers, &requests
	g.schemas["Amount"] = &jsonschema.Schema{ // a sum may have 18 digits more than what is summed up
		Type: "string", Pattern: fmt.Sprintf("^(0|-?[1-9][0-9]{0,%d})$", clientele.MaxAmountDigits+18-1),
		Description: "An exact sum of money: a whole number of any size, as a string of digits, of the smallest unit " +
			"of one currency (cents for USD). The currency stands beside it.",
	}
	g.schemas["Day"] = &jsonschema.Schema{
		Type: "string", Format: "date", Description: "A calendar day where the business is, such as 2026-01-31.",
	}
	g.schemas["Time"] = &jsonschema.Schema{
		Type: "string", Format: "date-time", Pattern: `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`,
		Description: "A moment: ISO-8601 in UTC with exactly three decimals of a second.",
	}
	return g
}

// merged are the objects of requests whose members are changed one by one: none is required, and null clears.
var merged = map[string]bool{
	"CustomerParams": true, "AddressParams": true, "ShippingParams": true, "BusinessParams": true,
}

// negative are the amounts of requests that may be negative.
var negative = map[string][]string{"CreditParams": {"amount"}, "LineParams": {"unit_amount", "tax_amount"}}

// left are what lists of invoices leave out with expand=none, and that is null or false besides.
var left = map[string][]string{
	"InvoiceExpanded": {"paymentIntent"},
	"InvoiceLineExpanded": {
		"price_id", "price", "discountable", "discounts", "discount_amounts", "proration", "proration_details", "metadata",
		"created_at", "updated_at",
	},
}

// answerName names the schema of a type of the wire.
func answerName(t reflect.Type) string {
	if element, ok := strings.CutPrefix(t.Name(), "Page["); ok {
		return strings.TrimSuffix(element[strings.LastIndex(element, ".")+1:], "]") + "Page"
	}
	if t.Name() == "" {
		return ""
	}
	return strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
}

// requestName names the schema of a type in a request, which differs from the answer's where members are merged.
func requestName(t reflect.Type) string {
	name := answerName(t)
	if merged[name+"Params"] {
		name += "Params"
	}
	return name
}

// scalar is the schema of the types that write their own JSON.
func (g *generator) scalar(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[clientele.Amount](), reflect.TypeFor[clientele.Time](), reflect.TypeFor[clientele.Day]():
		return &jsonschema.Schema{Ref: "#/$defs/" + t.Name()}
	case reflect.TypeFor[clientele.DueDate]():
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string", Format: "date"}, {Type: "integer"}}}
	case reflect.TypeFor[any](): // metadata, as sent
		return &jsonschema.Schema{Type: "object", AdditionalProperties: jsonschema.TrueSchema}
	case reflect.TypeFor[clientele.InvoiceStatus]():
		return &jsonschema.Schema{Type: "string", Enum: []any{
			clientele.InvoiceDraft, clientele.InvoiceOpen, clientele.InvoicePaid, clientele.InvoiceUncollectible,
			clientele.InvoiceVoid,
		}}
	case reflect.TypeFor[clientele.PaymentStatus]():
		return &jsonschema.Schema{Type: "string", Enum: []any{clientele.PaymentSucceeded, clientele.PaymentCanceled}}
	case reflect.TypeFor[clientele.ErrorCode]():
		var codes []any
		for _, code := range slices.Sorted(maps.Keys(web.Statuses)) {
			codes = append(codes, code)
		}
		return &jsonschema.Schema{Type: "string", Enum: codes}
	}
	return nil
}

// requestScalar is the same for requests, where amounts are not negative.
func (g *generator) requestScalar(t reflect.Type) *jsonschema.Schema {
	if t == reflect.TypeFor[clientele.Amount]() {
		pattern := fmt.Sprintf("^(0|[1-9][0-9]{0,%d})$", clientele.MaxAmountDigits-1)
		return &jsonschema.Schema{Type: "string", Pattern: pattern}
	}
	return g.scalar(t)
}

// schema is the schema of a value's type; those of structs go into the components.
func (g *generator) schema(r *jsonschema.Reflector, v any) *jsonschema.Schema {
	t := reflect.TypeOf(v)
	schema := r.ReflectFromType(t)
	for name, s := range schema.Definitions {
		if merged[name] {
			merge(name, s)
		}
		s.Required = slices.DeleteFunc(s.Required, func(field string) bool { return slices.Contains(left[name], field) })
		for _, field := range negative[name] {
			p, _ := s.Properties.Get(field)
			p.Pattern = strings.Replace(p.Pattern, "^(0|", "^(0|-?", 1)
		}
		g.schemas[name] = s
	}
	schema.Version, schema.Definitions = "", nil
	return schema
}

// merge lets every member of an object be left out or null. An application may send a whole customer back: members
// that a request cannot set are accepted when they are what they were, so further members are not ruled out.
func merge(name string, s *jsonschema.Schema) {
	s.Required = nil
	switch name {
	case "CustomerParams":
		s.AdditionalProperties = nil
	case "AddressParams", "ShippingParams":
		s.Description = "The parts to change: those not sent stay, and null clears."
	}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		switch {
		case p.Key == "invoice_prefix": // a customer always has one
		case p.Value.Ref != "":
			p.Value = &jsonschema.Schema{
				AnyOf:       []*jsonschema.Schema{{Ref: p.Value.Ref}, {Type: "null"}},
				Description: p.Value.Description,
			}
		default:
			p.Value.Extras = map[string]any{"type": []string{p.Value.Type, "null"}}
			p.Value.Type, p.Value.Format, p.Value.AdditionalProperties = "", "", nil
		}
	}
}

// components are all schemas met, by name.
func (g *generator) components() object {
	all := obj()
	for _, name := range slices.Sorted(maps.Keys(g.schemas)) {
		all.Set(name, g.schemas[name])
	}
	return all
}

// readComments reads the doc comments of a package's types. A comment holds for the fields below it that have none.
func (g *generator) readComments(pkg, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.GenDecl)
			if !ok || decl.Tok != token.TYPE {
				continue
			}
			for _, spec := range decl.Specs {
				g.readType(pkg, decl.Doc, spec.(*ast.TypeSpec))
			}
		}
	}
	return nil
}

// readType reads the comments of a type and, for a struct, of its fields.
func (g *generator) readType(pkg string, doc *ast.CommentGroup, spec *ast.TypeSpec) {
	key := pkg + "." + spec.Name.Name
	if about := comment(doc); about != "" { // the document's names are all exported
		g.comments[key] = strings.ToUpper(about[:1]) + about[1:]
	}
	of, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	above := ""
	for _, field := range of.Fields.List {
		if field.Doc != nil {
			above = comment(field.Doc)
		}
		for _, name := range field.Names {
			g.comments[key+"."+memberName(name.Name, queryTag(field))] = above
		}
	}
}

// memberName tells fields without a name apart by their parameter.
func memberName(name, parameter string) string {
	if name == "_" {
		return "_" + parameter
	}
	return name
}

// queryTag is the name of the query parameter that a field is.
func queryTag(field *ast.Field) string {
	if field.Tag == nil {
		return ""
	}
	return reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("query")
}

var docLink = regexp.MustCompile(`\[\*?([A-Z][\w.]*)\]`)

// comment is a comment without its line breaks and links.
func comment(doc *ast.CommentGroup) string {
	return docLink.ReplaceAllString(strings.Join(strings.Fields(doc.Text()), " "), "$1")
}
