package apidoc

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"prose": prose, "statusText": statusText, "short": short, "slug": slug,
	"paragraphs": func(text string) []string { return strings.Split(text, "\n\n") },
}).Parse(pageHTML))

const schemaPrefix = "#/components/schemas/"

// pageDocument is the OpenAPI document as the page shows it.
type pageDocument struct {
	Info struct{ Title, Version, Summary, Description string }

	Servers    []struct{ URL string }
	Tags       []struct{ Name, Description string }
	Paths      ordered[ordered[pageOperation]]
	Components struct {
		Schemas         ordered[pageSchema]
		Responses       ordered[pageResponse]
		Headers         ordered[pageHeader]
		SecuritySchemes ordered[pageHeader] `yaml:"securitySchemes"`
	}
}

type pageOperation struct {
	ID           string   `yaml:"operationId"`
	Tags         []string `yaml:"tags"`
	Summary      string
	Security     *[]any
	Parameters   []pageParameter
	RequestBody  *pageBody `yaml:"requestBody"`
	Responses    ordered[pageResponse]
	Method, Path string `yaml:"-"`
}

type pageParameter struct {
	Name, In, Description string
	Required              bool
	Schema                pageSchema
	Example               yaml.Node
}

type pageBody struct {
	Required bool
	Content  ordered[pageContent]
}

type pageContent struct {
	Schema  pageSchema
	Example yaml.Node
}

type pageResponse struct {
	Description string
	Headers     ordered[pageHeader]
	Content     ordered[pageContent]
}

type pageHeader struct{ Description string }

type pageSchema struct {
	Ref         string `yaml:"$ref"`
	Type        words
	Description string
	Format      string
	Pattern     string
	Enum        []string
	Minimum     string
	Maximum     string
	Required    []string
	Properties  ordered[pageSchema]
	AnyOf       []pageSchema `yaml:"anyOf"`
	Items       *pageSchema
	Values      *pageSchema `yaml:"additionalProperties"`
}

// UnmarshalYAML implements [yaml.Unmarshaler]. The schemas true and false have nothing to show.
func (s *pageSchema) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return nil
	}
	type plain pageSchema
	return n.Decode((*plain)(s))
}

// words is one word or several.
type words []string

// UnmarshalYAML implements [yaml.Unmarshaler].
func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{n.Value}
		return nil
	}
	return n.Decode((*[]string)(w))
}

// ordered is a mapping in the order it stands in.
type ordered[V any] []member[V]

type member[V any] struct {
	Name  string
	Value V
}

// UnmarshalYAML implements [yaml.Unmarshaler].
func (o *ordered[V]) UnmarshalYAML(n *yaml.Node) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		e := member[V]{Name: n.Content[i].Value}
		if err := n.Content[i+1].Decode(&e.Value); err != nil {
			return err
		}
		*o = append(*o, e)
	}
	return nil
}

// The sections beside those of the tags.
const (
	firstSection     = ""
	objectsSection   = "objects"
	referenceSection = "reference"
)

// sections are the names of all pages, the first one's "".
func (d pageDocument) sections() []string {
	all := []string{firstSection}
	for _, tag := range d.Tags {
		all = append(all, slug(tag.Name))
	}
	return append(all, objectsSection, referenceSection)
}

// slug is a tag's name in an address: payment-currencies of Payment currencies.
func slug(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

// view is the document as one page shows it: a section, or what a search found.
type view struct {
	pageDocument

	Section string
	Query   string
	Found   []entry
	More    int // how many more were found than are shown
}

// Heading is what the page is about, "" for the first one.
func (v view) Heading() string {
	switch {
	case v.Query != "":
		return "Search: " + v.Query
	case v.Section == objectsSection:
		return "Objects"
	case v.Section == referenceSection:
		return "Keys, headers, errors"
	}
	for _, tag := range v.Tags {
		if slug(tag.Name) == v.Section {
			return tag.Name
		}
	}
	return ""
}

func (v view) html() ([]byte, error) {
	var page bytes.Buffer
	err := pageTemplate.Execute(&page, v)
	return page.Bytes(), err
}

// Operations are the operations of a tag.
func (d pageDocument) Operations(tag string) (all []pageOperation) {
	for _, path := range d.Paths {
		for _, method := range path.Value {
			if operation := method.Value; slices.Contains(operation.Tags, tag) {
				operation.Method, operation.Path = strings.ToUpper(method.Name), path.Name
				all = append(all, operation)
			}
		}
	}
	return all
}

// Fields are the members of the object a schema refers to.
func (d pageDocument) Fields(s pageSchema) pageSchema {
	for _, named := range d.Components.Schemas {
		if s.Ref != "" && named.Name == s.Name() {
			return named.Value
		}
	}
	return s
}

// Table is what the template of a table of fields needs: an object, and its name where its fields are to be linked to.
func (pageDocument) Table(s pageSchema, anchor string) map[string]any {
	return map[string]any{"schema": s, "anchor": anchor}
}

// Errors are the error statuses, each once, and when they are answered.
func (d pageDocument) Errors() []pageError {
	about := map[string]string{}
	for _, path := range d.Paths {
		for _, method := range path.Value {
			for _, response := range method.Value.Responses {
				if response.Name >= "400" {
					about[response.Name] = response.Value.Description
				}
			}
		}
	}
	var all []pageError
	for _, status := range slices.Sorted(maps.Keys(about)) {
		all = append(all, pageError{status, about[status]})
	}
	return all
}

type pageError struct{ Status, Description string }

// Curl is a call of the operation.
func (d pageDocument) Curl(o pageOperation) string {
	path, query := o.Path, []string{}
	for _, p := range o.Parameters {
		switch example := p.Example.Value; {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(example))
		case p.In == "query" && example != "":
			query = append(query, p.Name+"="+url.QueryEscape(example))
		}
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	curl := "curl "
	if o.Method != http.MethodGet {
		curl += "-X " + o.Method + " "
	}
	curl += "'" + d.Servers[0].URL + path + "'"
	if o.Security == nil {
		curl += " \\\n  -H \"Authorization: Bearer $CLIENTELE_KEY\""
	}
	if o.RequestBody != nil && o.Method != http.MethodGet {
		body, err := appendJSON(nil, &o.RequestBody.Content[0].Value.Example)
		if err == nil {
			curl += " \\\n  -H 'Content-Type: application/json' \\\n  -d '" + string(body) + "'"
		}
	}
	return curl
}

// JSON is the example, or empty.
func (c pageContent) JSON() string {
	if c.Example.IsZero() || c.Example.Kind == yaml.ScalarNode {
		return ""
	}
	text, err := appendJSON(nil, &c.Example)
	if err != nil {
		return ""
	}
	var out bytes.Buffer
	if json.Indent(&out, text, "", "  ") != nil {
		return ""
	}
	return out.String()
}

// Name is the last part of a reference: Customer of #/components/schemas/Customer.
func (s pageSchema) Name() string { return strings.TrimPrefix(s.Ref, schemaPrefix) }

// Requires says whether an object always has a member.
func (s pageSchema) Requires(name string) bool { return slices.Contains(s.Required, name) }

// short is what a summary says first.
func short(summary string) string {
	return strings.TrimRight(summary[:strings.IndexAny(summary+":", ",;:")], ".")
}

func statusText(status string) string {
	code, err := strconv.Atoi(status)
	if err != nil {
		return status
	}
	return http.StatusText(code)
}

var (
	strong = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	code   = regexp.MustCompile("`([^`]+)`")
)

// prose is a text of the document with its **strong** and `code` parts.
func prose(text string) template.HTML {
	text = template.HTMLEscapeString(text)
	text = strong.ReplaceAllString(text, "<strong>$1</strong>")
	return template.HTML(code.ReplaceAllString(text, "<code>$1</code>")) //nolint:gosec // escaped above
}
