package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi/datamodel"
	orderedmap "github.com/pb33f/ordered-map/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"clientele.dev"
)

var update = flag.Bool("update", false, "write what is generated")

// Update is for the tests outside of the package.
var Update = update

// TestOpenAPI holds openapi.yaml to the table of routes and the Go types it is generated from.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	want := generate(t)
	if *update {
		if err := os.WriteFile("../../openapi.yaml", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(want) != clientele.OpenAPI {
		t.Error("openapi.yaml is not what the code says: run `make generate`")
	}
}

// TestOpenAPIIsValid holds the generated document to the JSON schema of OpenAPI 3.1, every schema in it to JSON Schema
// 2020-12, every reference to what it refers to and every example to its schema.
func TestOpenAPIIsValid(t *testing.T) {
	t.Parallel()
	document := generate(t)
	parsed, err := libopenapi.NewDocument(document)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parsed.BuildV3Model(); err != nil {
		t.Error(err)
	}
	compiler := jsonschema.NewCompiler()
	add := func(name, text string) any {
		t.Helper()
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err == nil {
			err = compiler.AddResource(name, value)
		}
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	add("oas31.json", datamodel.OpenAPI31SchemaData)
	value := add("openapi.json", yamlToJSON(t, document))
	if err := compiler.MustCompile("oas31.json").Validate(value); err != nil {
		t.Error(err)
	}
	examples := 0
	eachSchema("openapi.json#", value, func(at string, example any) {
		schema, err := compiler.Compile(at)
		if err != nil {
			t.Errorf("%s: %v", at, err)
		} else if example != nil {
			examples++
			if err := schema.Validate(example); err != nil {
				t.Errorf("the example beside %s: %v", at, err)
			}
		}
	})
	if examples == 0 {
		t.Error("the document has no examples")
	}
}

// eachSchema visits every schema that stands in a document outside other schemas, with the example beside it.
func eachSchema(at string, value any, visit func(at string, example any)) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			below := at + "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(key)
			switch {
			case key == "schema":
				visit(below, v["example"])
			case strings.HasSuffix(at, "/components/schemas"):
				visit(below, nil)
			case key != "example":
				eachSchema(below, v[key], visit)
			}
		}
	case []any:
		for i, item := range v {
			eachSchema(at+"/"+strconv.Itoa(i), item, visit)
		}
	}
}

// object is a JSON object that keeps the order of its members.
type object = *orderedmap.OrderedMap[string, any]

// obj makes an object of names and values in turn. Members that are nil are left out.
func obj(members ...any) object {
	o := orderedmap.New[string, any]()
	for i := 0; i < len(members); i += 2 {
		if members[i+1] != nil {
			o.Set(members[i].(string), members[i+1])
		}
	}
	return o
}

// generate makes the document.
func generate(t *testing.T) []byte {
	t.Helper()
	g := newGenerator(t)
	text, err := json.Marshal(g.document())
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("#/$defs/"), []byte("#/components/schemas/"))
	var node yaml.Node // JSON is YAML, so this keeps the order
	if err := yaml.Unmarshal(text, &node); err != nil {
		t.Fatal(err)
	}
	plainStyle(&node)
	var out bytes.Buffer
	out.WriteString("# Generated from internal/api/routes.go and the Go types by `make generate`: do not edit.\n")
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// plainStyle lets YAML be written without braces and without the quotes it does not need.
func plainStyle(n *yaml.Node) {
	n.Style = 0
	for _, part := range n.Content {
		plainStyle(part)
	}
}

func yamlToJSON(t *testing.T, document []byte) string {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(document, &value); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
