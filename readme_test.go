package clientele_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the picture of imports into README.md")

// TestREADMESaysWhereThingsAre wants every function that the README names in the file that it names.
func TestREADMESaysWhereThingsAre(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| ([^|]+) \| ([a-z_/]+\.go) \| (\S+) \|$`).FindAllStringSubmatch(string(readme), -1)
	if len(rows) < 8 {
		t.Errorf("the README says where %d things are, want 8 or more", len(rows))
	}
	for _, row := range rows {
		if where, file, function := row[1], row[2], row[3]; !slices.Contains(functionsIn(t, file), function) {
			t.Errorf("%s: there is no %s in %s", where, function, file)
		}
	}
}

// functionsIn are the functions of a file, methods as type.method.
func functionsIn(t *testing.T, file string) (names []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.Decls {
		f, isFunction := d.(*ast.FuncDecl)
		if !isFunction {
			continue
		}
		name := f.Name.Name
		if f.Recv != nil {
			of := f.Recv.List[0].Type
			if pointer, is := of.(*ast.StarExpr); is {
				of = pointer.X
			}
			name = fmt.Sprint(of, ".", name)
		}
		names = append(names, name)
	}
	return names
}

// TestREADMEShowsTheImports holds the README's picture of imports to what go list says. With -update it is drawn.
func TestREADMEShowsTheImports(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- imports -->\n", "<!-- /imports -->"
	before, rest, found := strings.Cut(string(readme), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatal("the README has no place for the picture of imports")
	}
	drawn := before + begin + pictureOfImports(t) + end + after
	if *update {
		if err := os.WriteFile("README.md", []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if drawn != string(readme) {
		t.Error("the README's picture of imports is of another code: run `make generate`")
	}
}

// pictureOfImports draws which packages of the program import which, without those that others bring along.
func pictureOfImports(t *testing.T) string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./cmd/...",
		"./internal/...", "./client", ".")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	const module = "clientele.dev"
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		name := strings.TrimPrefix(strings.TrimPrefix(words[0], module+"/"), "internal/")
		if strings.HasSuffix(name, "test") { // which knows everything
			continue
		}
		imports[name] = []string{}
		for _, imported := range words[1:] {
			if rest, ours := strings.CutPrefix(imported, module); ours {
				rest = strings.TrimPrefix(strings.TrimPrefix(rest, "/"), "internal/")
				imports[name] = append(imports[name], firstOf(rest, module))
			}
		}
	}
	picture := "```mermaid\ngraph TD\n"
	for _, name := range sortedNames(imports) {
		for _, to := range slices.Sorted(slices.Values(imports[name])) {
			if !slices.ContainsFunc(imports[name], func(other string) bool { return brings(imports, other, to) }) {
				picture += "  " + name + " --> " + to + "\n"
			}
		}
	}
	return picture + "```\n"
}

// brings says whether a package imports another, itself or by what it imports.
func brings(imports map[string][]string, name, other string) bool {
	return slices.ContainsFunc(imports[name], func(next string) bool {
		return next == other || brings(imports, next, other)
	})
}

func firstOf(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return name
}

func sortedNames(of map[string][]string) (names []string) {
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// TestAMethodIsInTheSameFileOfBothDatabases wants whoever has read one database to find their way in the other.
func TestAMethodIsInTheSameFileOfBothDatabases(t *testing.T) {
	t.Parallel()
	embedded, server := methodsIn(t, "internal/store/sqlite"), methodsIn(t, "internal/store/postgres")
	shared := 0
	for method, file := range embedded {
		other, both := server[method]
		if !both {
			continue
		}
		if shared++; file != other {
			t.Errorf("%s is in %s of SQLite, and in %s of PostgreSQL", method, file, other)
		}
	}
	if shared < 50 {
		t.Errorf("the two have %d methods of the same name, want 50 or more", shared)
	}
}

// methodsIn are the exported methods of a database, with the file that each is in.
func methodsIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	methods := map[string]string{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		for _, name := range functionsIn(t, folder+"/"+f.Name()) {
			of, method, _ := strings.Cut(name, ".")
			if ast.IsExported(method) && (of == "tx" || of == "Store") {
				methods[name] = f.Name()
			}
		}
	}
	return methods
}

// TestNoFileIsTooLong wants a file of code to be read at once.
func TestNoFileIsTooLong(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || file != "." && strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(file)
		if lines := strings.Count(string(text), "\n"); lines > 500 {
			t.Errorf("%s has %d lines, want 500 at most", file, lines)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
