package api

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

var directive = regexp.MustCompile(`(?m)^//clientele:operation (\S+) (\S+)$`)

// TestClientHasEveryOperation holds the Go SDK to the document: each method names an operation, each operation of
// /api has a method.
func TestClientHasEveryOperation(t *testing.T) {
	t.Parallel()
	var document struct {
		Paths map[string]map[string]yaml.Node `yaml:"paths"`
	}
	if err := yaml.Unmarshal([]byte(clientele.OpenAPI), &document); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../client/*.go")
	if err != nil {
		t.Fatal(err)
	}
	called := map[string]bool{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range directive.FindAllStringSubmatch(string(source), -1) {
			if _, ok := document.Paths[m[2]][strings.ToLower(m[1])]; !ok {
				t.Errorf("%s: openapi.yaml has no operation %s %s", filepath.Base(file), m[1], m[2])
			}
			called[strings.ToLower(m[1])+m[2]] = true
		}
	}
	for path, methods := range document.Paths {
		for method := range methods {
			if strings.HasPrefix(path, "/api/") && !called[method+path] {
				t.Errorf("the Go SDK has no method for %s %s", strings.ToUpper(method), path)
			}
		}
	}
}

// TestCustomerParams holds the fields that are described to those that are read.
func TestCustomerParams(t *testing.T) {
	t.Parallel()
	var described []string
	for field := range reflect.TypeFor[clientele.CustomerParams]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		described = append(described, name)
	}
	slices.Sort(described)
	read := append(billing.SettableCustomerFields(), "did", "created_at")
	slices.Sort(read)
	if !slices.Equal(described, read) {
		t.Errorf("clientele.CustomerParams describes %q, but requests may set %q", described, read)
	}
}

// TestOperationIDs holds the names of operations to be verbs and unique: generated clients make methods of them.
func TestOperationIDs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	verb := regexp.MustCompile(
		`^(create|retrieve|list|search|update|upsert|delete|restore|finalize|mark|pay|void|check` +
			`|show|send|print|allocate|unallocate|credit|refund|reverse|hold|release|write|reopen|revoke)[A-Z]`)
	for _, r := range new(API).routes() {
		id := operationID(r)
		if seen[id] || !verb.MatchString(id) {
			t.Errorf("%s: the operation's name %q is taken or does not start with a verb", r.pattern, id)
		}
		seen[id] = true
	}
}
