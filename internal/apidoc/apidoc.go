// Package apidoc shows the description of the API, openapi.yaml, as JSON and as a page for people.
package apidoc

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"clientele.dev"
)

// documentedURL is where the description says that a server listens.
const documentedURL = "http://127.0.0.1:8080"

// description is openapi.yaml as JSON, its pages by section, and what a search finds.
type description struct {
	json     []byte
	document pageDocument
	pages    map[string][]byte
	entries  []entry
}

// readDescription reads openapi.yaml, once.
var readDescription = sync.OnceValues(func() (d description, err error) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(clientele.OpenAPI), &root); err != nil {
		return d, err
	}
	if d.json, err = appendJSON(nil, &root); err != nil {
		return d, err
	}
	resolve(&root, root.Content[0])
	if err := root.Decode(&d.document); err != nil {
		return d, err
	}
	d.pages = map[string][]byte{}
	for _, section := range d.document.sections() {
		if d.pages[section], err = (view{pageDocument: d.document, Section: section}).html(); err != nil {
			return d, err
		}
	}
	d.entries = d.document.entries()
	return d, nil
})

// JSON is the description as OpenAPI 3.1 in JSON, of a server at an address, or at the usual one when that is "".
func JSON(url string) ([]byte, error) {
	d, err := readDescription()
	return at(d.json, url), err
}

// Page is a section of the description as HTML ("" is the first page), nil when there is no such section. Its examples
// call a server at an address, or the usual one when that is "".
func Page(url, section string) ([]byte, error) {
	d, err := readDescription()
	return at(d.pages[section], url), err
}

// Sections are the names of all pages.
func Sections() ([]string, error) {
	d, err := readDescription()
	return d.document.sections(), err
}

// at is what is written for the usual address, for another one.
func at(content []byte, url string) []byte {
	if url == "" {
		return content
	}
	return bytes.ReplaceAll(content, []byte(documentedURL), []byte(url))
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
