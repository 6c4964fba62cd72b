package apptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"clientele.dev"
)

// contract is openapi.yaml, to which every answer of the server is held.
type contract struct {
	root part

	mu       sync.Mutex // of the compiler; what it compiled may be used by several at once
	compiler *jsonschema.Compiler
}

// part is a part of the document, and where it stands.
type part struct {
	at    string // a JSON pointer as a URL's fragment
	value any
}

var theContract = sync.OnceValue(func() *contract { return readContract(clientele.OpenAPI) })

// readContract reads a document of this repository: that it is well-formed is its own test's business.
func readContract(document string) *contract {
	var value any
	err := yaml.Unmarshal([]byte(document), &value)
	text, encodeErr := json.Marshal(value)
	if err == nil {
		err = encodeErr
	}
	if err == nil {
		value, err = jsonschema.UnmarshalJSON(bytes.NewReader(text))
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err == nil {
		err = compiler.AddResource("openapi.yaml", value)
	}
	if err != nil {
		panic(fmt.Errorf("openapi.yaml: %w", err))
	}
	return &contract{root: part{at: "#", value: value}, compiler: compiler}
}

// find goes down from a part, by names and through references. What is not there has a nil value.
func (c *contract) find(p part, names ...string) part {
	for _, name := range names {
		members, _ := p.value.(map[string]any)
		p = part{p.at + "/" + url.PathEscape(pointerEscapes.Replace(name)), members[name]}
		members, _ = p.value.(map[string]any)
		if ref, ok := members["$ref"].(string); ok {
			p = c.find(c.root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
	}
	return p
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// answered is an answer that was sent.
type answered struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader implements [http.ResponseWriter].
func (a *answered) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (a *answered) Write(b []byte) (int, error) {
	a.body.Write(b)
	return a.ResponseWriter.Write(b)
}

// Unwrap lets an [http.ResponseController] reach the connection.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// hold serves with next and reports every answer that is not as the document says.
func (c *contract) hold(next http.Handler, report func(error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &answered{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(a, r)
		if r.Context().Err() != nil { // the client went away: there was no answer
			return
		}
		// The table of routes and the document write it alike.
		route := r.Pattern
		if a.Header().Get("Content-Security-Policy") != "" && !c.describes(route) { // a page of the console
			return
		}
		if err := c.check(route, a); err != nil {
			report(fmt.Errorf("%s %s (route %q) answered %d, but not as openapi.yaml says: %w",
				r.Method, r.URL.Path, route, a.status, err))
		}
	})
}

// describes says whether the document has a route.
func (c *contract) describes(route string) bool {
	method, path, _ := strings.Cut(strings.TrimSuffix(route, "{$}"), " ")
	return c.find(c.root, "paths", path, strings.ToLower(method)).value != nil
}

// check holds an answer to the document.
func (c *contract) check(route string, a *answered) error {
	if method, path, ok := strings.Cut(strings.TrimSuffix(route, "{$}"), " "); ok {
		operation := c.find(c.root, "paths", path, strings.ToLower(method))
		if operation.value == nil {
			return fmt.Errorf("the route is not described")
		}
		return c.checkResponse(c.find(operation, "responses", strconv.Itoa(a.status)), a)
	}
	// Nothing is at this path, or nothing for this method.
	if a.status == http.StatusMethodNotAllowed && a.Header().Get("Allow") == "" {
		return fmt.Errorf("the header Allow is missing")
	}
	return c.checkResponse(c.find(c.root, "components", "responses", "NotFound"), a)
}

func (c *contract) checkResponse(response part, a *answered) error {
	if response.value == nil {
		return fmt.Errorf("the status is not described")
	}
	if err := c.checkHeaders(c.find(response, "headers"), a.Header()); err != nil {
		return err
	}
	media, _, err := mime.ParseMediaType(a.Header().Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("the header Content-Type: %w", err)
	}
	schema := c.find(response, "content", media, "schema")
	switch {
	case schema.value == nil:
		return fmt.Errorf("its media type %s is not described", media)
	case media != "application/json":
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.body.Bytes()))
	if err != nil {
		return fmt.Errorf("its body is not JSON: %w", err)
	}
	return c.validate(schema, value)
}

// ownHeaders are the headers that the document speaks of, whether it does so for this answer or not.
var ownHeaders = []string{"ETag", "Idempotent-Replayed", "Retry-After", "WWW-Authenticate", "X-Request-Id"}

// checkHeaders says which header is missing, or there without being described.
func (c *contract) checkHeaders(described part, sent http.Header) error {
	for _, name := range ownHeaders {
		header, values := c.find(described, name), sent.Values(name)
		switch {
		case header.value == nil && len(values) > 0:
			return fmt.Errorf("the header %s is not described", name)
		case c.find(header, "required").value == true && len(values) == 0:
			return fmt.Errorf("the header %s is missing", name)
		case len(values) > 1:
			return fmt.Errorf("the header %s is there twice", name)
		case len(values) == 1:
			if err := c.validate(c.find(header, "schema"), values[0]); err != nil {
				return fmt.Errorf("the header %s: %w", name, err)
			}
		}
	}
	return nil
}

// validate holds a value to a schema and says where it differs.
func (c *contract) validate(schema part, value any) error {
	c.mu.Lock()
	compiled, err := c.compiler.Compile("openapi.yaml" + schema.at)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	if err := compiled.Validate(value); err != nil {
		_, places, _ := strings.Cut(err.Error(), "\n")
		return fmt.Errorf("see its %s\n%s", schema.at, places)
	}
	return nil
}
