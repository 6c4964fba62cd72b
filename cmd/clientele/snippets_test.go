package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// snippet is a piece of code in the documentation.
type snippet struct{ file, language, text string }

var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// snippets reads the code of the README and the docs.
func snippets(t *testing.T) (all []snippet) {
	t.Helper()
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "../../README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
			all = append(all, snippet{filepath.Base(file), m[1], m[2]})
		}
	}
	return all
}

// TestSnippetsWork runs every shell command of the README and the docs, and compiles and runs the Go, against a server
// with the demo's data. The JavaScript is run by conformance/readme.test.js.
func TestSnippetsWork(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t), "--demo")
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	ran := map[string]int{}
	for _, code := range snippets(t) {
		switch {
		case code.language == "go":
			ran["go"]++
			runGo(t, s, root, code)
		case code.language == "json":
			ran["json"]++
			if !json.Valid([]byte(code.text)) {
				t.Errorf("%s: not JSON: %s", code.file, code.text)
			}
		case code.language == "mermaid":
			ran["pictures, by TestREADMEShowsTheImports"]++
		case code.language == "nginx":
			ran["nginx, by TestUnderAPath"]++
		case code.language != "sh":
			t.Errorf("%s: a snippet of %s, which nothing tries", code.file, code.language)
		case strings.HasPrefix(code.text, "make ") || strings.HasPrefix(code.text, "clientele serve "):
			ran["what CI and other tests run"]++
		case strings.Contains(code.text, "npm install"):
			ran["JavaScript"]++
		case strings.Contains(code.text, "go mod edit"):
			ran["a part of the Go"]++
		default:
			ran["shell"]++
			runShell(t, s, root, code)
		}
	}
	for what, n := range map[string]int{
		"go": 1, "json": 1, "what CI and other tests run": 2, "JavaScript": 1, "a part of the Go": 1, "shell": 4,
		"nginx, by TestUnderAPath": 1,
	} {
		if ran[what] != n {
			t.Errorf("%d snippets of %s, want %d: has a kind of its own come up?", ran[what], what, n)
		}
	}
}

// runShell runs commands that must succeed and answer no error. What one snippet defines, others may use.
func runShell(t *testing.T, s *server, root string, code snippet) {
	t.Helper()
	script := `set -eu
api() { curl -sS --fail-with-body -H "Authorization: Bearer $CLIENTELE_KEY" "$@"; echo; }
` + strings.NewReplacer("bin/clientele", "clientele", "http://127.0.0.1:8080", s.url,
		`api() { curl -sS -H "Authorization: Bearer $CLIENTELE_KEY" "$@"; echo; }`, "").Replace(code.text)
	c := exec.Command("bash", "-c", script)
	c.Env = []string{
		"PATH=" + os.Getenv("PATH"), "CLIENTELE_DB=" + s.db, "CLIENTELE_KEY=" + s.testKey, "HOME=" + root,
	}
	c.Dir = root
	out, err := c.CombinedOutput()
	if err != nil || bytes.Contains(out, []byte(`"error"`)) {
		t.Errorf("%s:\n%s\n%v\n%s", code.file, code.text, err, out)
	}
}

// runGo builds the Go of the README in a project beside a clone, as the README says, and runs it.
func runGo(t *testing.T, s *server, root string, code snippet) {
	t.Helper()
	dir := t.TempDir()
	project := filepath.Join(dir, "shop")
	imports, body, found := strings.Cut(code.text, ")\n")
	if !found {
		t.Fatalf("%s: no imports in %s", code.file, code.text)
	}
	imports = strings.Replace(imports, "import (", "import (\n\t\"context\"\n\t\"fmt\"\n\t\"os\"", 1) + ")\n"
	body = strings.ReplaceAll(body, "http://127.0.0.1:8080", s.url)
	body = regexp.MustCompile(`(?m)^(\w+), err := .*(?:\n\t.*|\n}\))*`).ReplaceAllString(body, "$0\nmust(err)")
	main := "package main\n\n" + imports + `
func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	ctx := context.Background()
` + body + `
	var _ *clientele.Customer = updated
	fmt.Println(customer.ID, page.Count, found.Count, len(overdue.Invoices))
}
`
	var edit string
	for _, other := range snippets(t) {
		if strings.Contains(other.text, "go mod edit") {
			edit = other.text
		}
	}
	for path, text := range map[string]string{"go.mod": "module shop\n\ngo 1.26\n", "main.go": main} {
		if err := os.MkdirAll(project, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(project, path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(root, filepath.Join(dir, "clientele")); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("bash", "-c", "set -eu\n"+edit+"go run .")
	c.Dir = project
	c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "CLIENTELE_KEY="+s.testKey)
	out, err := c.CombinedOutput()
	if err != nil || !regexp.MustCompile(`(?m)^cus_\w+ \d+ \d+ [1-9]\d*$`).Match(out) {
		t.Errorf("%s: %v\n%s\nof\n%s", code.file, err, out, main)
	}
}
