package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"clientele.dev"
)

// description is the OpenAPI document, as JSON and as a page.
var description = sync.OnceValues(func() (d struct{ json, page []byte }, err error) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(clientele.OpenAPI), &root); err != nil {
		return d, err
	}
	if d.json, err = appendJSON(nil, &root); err != nil {
		return d, err
	}
	resolve(&root, root.Content[0])
	var document docsDocument
	if err := root.Decode(&document); err != nil {
		return d, err
	}
	var page bytes.Buffer
	err = docsTemplate.Execute(&page, document)
	d.page = page.Bytes()
	return d, err
})

//go:embed docs.html
var docsHTML string

var docsTemplate = template.Must(template.New("docs").Funcs(template.FuncMap{
	"prose": prose, "statusText": statusText, "short": short,
	"paragraphs": func(text string) []string { return strings.Split(text, "\n\n") },
}).Parse(docsHTML))

func (a *API) openAPI(*request) (answer, error) {
	d, err := description()
	return answer{status: http.StatusOK, body: d.json}, err
}

// documentedURL is where the document says that a server listens.
const documentedURL = "http://127.0.0.1:8080"

// hostForm is what a Host header can be that is shown to people.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)

// docs answers the description as a page, whose examples call the address that the page was asked for at.
func (a *API) docs(r *request) (answer, error) {
	d, err := description()
	page := d.page
	if hostForm.MatchString(r.Host) {
		scheme := "http://"
		if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
			scheme = "https://"
		}
		page = bytes.ReplaceAll(page, []byte(documentedURL), []byte(scheme+r.Host))
	}
	return answer{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: page}, err
}

//go:embed home.html
var homeHTML string

var homeTemplate = template.Must(template.New("home").Parse(homeHTML))

// home answers whoever opens the server's address.
func (a *API) home(*request) (answer, error) {
	var page bytes.Buffer
	err := homeTemplate.Execute(&page, a.version)
	return answer{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: page.Bytes()}, err
}

// appendJSON writes YAML as JSON with its members in the order they stand in.
func appendJSON(b []byte, n *yaml.Node) ([]byte, error) {
	var err error
	switch n.Kind {
	case yaml.DocumentNode:
		return appendJSON(b, n.Content[0])
	case yaml.MappingNode, yaml.SequenceNode:
		open, end := byte('['), byte(']')
		if n.Kind == yaml.MappingNode {
			open, end = '{', '}'
		}
		b = append(b, open)
		for i, part := range n.Content {
			switch {
			case i > 0 && n.Kind == yaml.MappingNode && i%2 == 1:
				b = append(b, ':')
			case i > 0:
				b = append(b, ',')
			}
			if b, err = appendJSON(b, part); err != nil {
				return nil, err
			}
		}
		return append(b, end), nil
	default:
		var value any
		if n.Tag == "!!str" {
			value = n.Value
		} else if err := n.Decode(&value); err != nil {
			return nil, err
		}
		text, err := json.Marshal(value)
		return append(b, text...), err
	}
}

// resolve puts shared parameters, headers and answers where they are referred to. Schemas stay references: they are
// described once.
func resolve(n, root *yaml.Node) {
	for i, part := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && part.Kind == yaml.MappingNode && part.Content != nil {
			n.Content[i] = target(part, root)
		} else if n.Kind == yaml.SequenceNode {
			n.Content[i] = target(part, root)
		}
		resolve(n.Content[i], root)
	}
}

// target is what a node refers to, or the node.
func target(n, root *yaml.Node) *yaml.Node {
	if len(n.Content) != 2 || n.Content[0].Value != "$ref" || strings.HasPrefix(n.Content[1].Value, schemaPrefix) {
		return n
	}
	at := root
	for _, name := range strings.Split(strings.TrimPrefix(n.Content[1].Value, "#/"), "/") {
		i := slices.IndexFunc(at.Content, func(key *yaml.Node) bool { return key.Value == name })
		if i < 0 || i+1 == len(at.Content) {
			return n
		}
		at = at.Content[i+1]
	}
	return at
}

const schemaPrefix = "#/components/schemas/"

// docsDocument is the OpenAPI document as the page shows it.
type docsDocument struct {
	Info struct{ Title, Version, Summary, Description string }

	Servers    []struct{ URL string }
	Tags       []struct{ Name, Description string }
	Paths      ordered[ordered[docsOperation]]
	Components struct {
		Schemas         ordered[docsSchema]
		Responses       ordered[docsResponse]
		Headers         ordered[docsHeader]
		SecuritySchemes ordered[docsHeader] `yaml:"securitySchemes"`
	}
}

type docsOperation struct {
	ID           string   `yaml:"operationId"`
	Tags         []string `yaml:"tags"`
	Summary      string
	Security     *[]any
	Parameters   []docsParameter
	RequestBody  *docsBody `yaml:"requestBody"`
	Responses    ordered[docsResponse]
	Method, Path string `yaml:"-"`
}

type docsParameter struct {
	Name, In, Description string
	Required              bool
	Schema                docsSchema
	Example               yaml.Node
}

type docsBody struct {
	Required bool
	Content  ordered[docsContent]
}

type docsContent struct {
	Schema  docsSchema
	Example yaml.Node
}

type docsResponse struct {
	Description string
	Headers     ordered[docsHeader]
	Content     ordered[docsContent]
}

type docsHeader struct{ Description string }

type docsSchema struct {
	Ref         string `yaml:"$ref"`
	Type        words
	Description string
	Format      string
	Pattern     string
	Enum        []string
	Minimum     string
	Maximum     string
	Required    []string
	Properties  ordered[docsSchema]
	AnyOf       []docsSchema `yaml:"anyOf"`
	Items       *docsSchema
	Values      *docsSchema `yaml:"additionalProperties"`
}

// UnmarshalYAML implements [yaml.Unmarshaler]. The schemas true and false have nothing to show.
func (s *docsSchema) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return nil
	}
	type plain docsSchema
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
type ordered[V any] []entry[V]

type entry[V any] struct {
	Name  string
	Value V
}

// UnmarshalYAML implements [yaml.Unmarshaler].
func (o *ordered[V]) UnmarshalYAML(n *yaml.Node) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		e := entry[V]{Name: n.Content[i].Value}
		if err := n.Content[i+1].Decode(&e.Value); err != nil {
			return err
		}
		*o = append(*o, e)
	}
	return nil
}

// Operations are the operations of a tag.
func (d docsDocument) Operations(tag string) (all []docsOperation) {
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
func (d docsDocument) Fields(s docsSchema) docsSchema {
	for _, named := range d.Components.Schemas {
		if s.Ref != "" && named.Name == s.Name() {
			return named.Value
		}
	}
	return s
}

// Table is what the template of a table of fields needs: an object, and its name where its fields are to be linked to.
func (docsDocument) Table(s docsSchema, anchor string) map[string]any {
	return map[string]any{"schema": s, "anchor": anchor}
}

// Errors are the error statuses, each once, and when they are answered.
func (d docsDocument) Errors() []docsError {
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
	var all []docsError
	for _, status := range sortedKeys(about) {
		all = append(all, docsError{status, about[status]})
	}
	return all
}

type docsError struct{ Status, Description string }

// Curl is a call of the operation.
func (d docsDocument) Curl(o docsOperation) string {
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
func (c docsContent) JSON() string {
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
func (s docsSchema) Name() string { return strings.TrimPrefix(s.Ref, schemaPrefix) }

// Requires says whether an object always has a member.
func (s docsSchema) Requires(name string) bool { return slices.Contains(s.Required, name) }

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
