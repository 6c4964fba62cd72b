package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The environment variables of the build.
const (
	variableOn      = "CLIENTELE_MUTANT"          // the number of the change that is on
	variableReached = "CLIENTELE_MUTANTS_REACHED" // the file to which the numbers of those that are reached are written
)

// switchPackage is the package that every changed file imports. It is in the build alone.
const switchPackage = `// Package mutant says which change of the code is on.
package mutant

import (
	"os"
	"strconv"
	"sync"
)

var (
	on, _   = strconv.Atoi(os.Getenv("` + variableOn + `"))
	reached = os.Getenv("` + variableReached + `")

	mu   sync.Mutex
	seen = map[int]bool{}
)

func On(id int) bool { return id == on }

func Reach(id int) {
	if reached != "" {
		note(id)
	}
}

func Pick[T any](id int, changed, original T) T {
	Reach(id)
	if On(id) {
		return changed
	}
	return original
}

func note(id int) {
	mu.Lock()
	defer mu.Unlock()
	if seen[id] {
		return
	}
	seen[id] = true
	f, err := os.OpenFile(reached, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	f.WriteString(strconv.Itoa(id) + "\n")
	f.Close()
}
`

// build is the test binaries with all changes in them.
type build struct {
	dir      string
	overlay  string
	binaries []string // one a package, beside it the folder in which its tests run
	folders  []string
}

// compile puts the changes into the code and builds the test binaries. Changes of the operators that do not compile are
// left out.
func (b *build) compile(ctx context.Context, all []*mutant) ([]*mutant, error) {
	b.overlay = filepath.Join(b.dir, "overlay.json")
	var wrong []string
	for round := 1; ; round++ {
		if err := b.write(all); err != nil {
			return nil, err
		}
		out, err := b.goTool(ctx, "build", "./...")
		if err == nil {
			break
		}
		broken := brokenBy(all, out)
		if len(broken) == 0 || round == 20 || ctx.Err() != nil {
			return nil, fmt.Errorf("the changed code does not compile: %w\n%s", err, out)
		}
		for m := range broken {
			if m.operator == byHand {
				wrong = append(wrong, m.String())
			}
		}
		all = slices.DeleteFunc(all, func(m *mutant) bool { return broken[m] })
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("these of mutants.txt do not compile:\n%s", strings.Join(wrong, "\n"))
	}
	return all, b.buildTests(ctx)
}

func (b *build) goTool(ctx context.Context, args ...string) (string, error) {
	args = slices.Insert(args, 1, "-overlay", b.overlay, "-gcflags=clientele.dev/...=-e")
	out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
	return string(out), err
}

var position = regexp.MustCompile(`(?m)^(?:\S*/)?([\w~]+\.go):(\d+):`)

// brokenBy are the changes in whose lines the compiler finds mistakes.
func brokenBy(all []*mutant, out string) map[*mutant]bool {
	broken := map[*mutant]bool{}
	for _, at := range position.FindAllStringSubmatch(out, -1) {
		line, _ := strconv.Atoi(at[2])
		for _, m := range all {
			if strings.ReplaceAll(m.file, "/", "~") == at[1] && m.firstLine <= line && line <= m.lastLine {
				broken[m] = true
			}
		}
	}
	return broken
}

// buildTests builds the test binary of every package that has tests.
func (b *build) buildTests(ctx context.Context) error {
	const tested = "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{.Dir}}{{end}}"
	out, err := exec.CommandContext(ctx, "go", "list", "-f", tested, "./...").Output()
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(out)) {
		name, folder, _ := strings.Cut(strings.TrimSpace(line), " ")
		binary := filepath.Join(b.dir, fmt.Sprintf("%d-%s.test", len(b.binaries), filepath.Base(folder)))
		if out, err := b.goTool(ctx, "test", "-vet=off", "-c", "-o", binary, name); err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, out)
		}
		b.binaries, b.folders = append(b.binaries, binary), append(b.folders, folder)
	}
	return nil
}

// write writes the changed files and the overlay that puts them into the place of the code's.
func (b *build) write(all []*mutant) error {
	files := map[string][]*mutant{}
	for _, m := range all {
		files[m.file] = append(files[m.file], m)
	}
	replace := map[string]string{}
	put := func(file, text string) error {
		at, err := filepath.Abs(file)
		if err != nil {
			return err
		}
		to := filepath.Join(b.dir, strings.ReplaceAll(file, "/", "~"))
		replace[at] = to
		return os.WriteFile(to, []byte(text), 0o600)
	}
	if err := put("internal/mutant/mutant.go", switchPackage); err != nil {
		return err
	}
	for file, changes := range files {
		text, err := instrument(file, changes)
		if err == nil {
			err = put(file, text)
		}
		if err != nil {
			return err
		}
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return os.WriteFile(b.overlay, content, 0o600)
}

// insertion is a text that comes into a file.
type insertion struct {
	at   int
	end  int // of what it replaces, which is at when it is put between
	text string
	of   *mutant
}

// instrument writes a file with changes: each function begins with a copy of itself for each change, and goes on as it
// is when none of them is on.
func instrument(file string, changes []*mutant) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	offset := func(p token.Pos) int { return set.Position(p).Offset }
	end := offset(tree.Name.End())
	all := []insertion{{end, end, `; import mutant__ "clientele.dev/internal/mutant"`, nil}}
	values, variables := map[ast.Expr][]*mutant{}, map[*ast.GenDecl]bool{}
	for _, m := range changes {
		placed := false
		start, with, until := m.core()
		for _, decl := range tree.Decls {
			if start < offset(decl.Pos()) || start >= offset(decl.End()) {
				continue
			}
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Body == nil || start <= offset(d.Body.Lbrace) {
					break
				}
				placed = true
				first, last := offset(d.Body.Lbrace)+1, offset(d.Body.Rbrace)
				changed := string(text[first:start]) + with + string(text[until:last])
				leave := "return"
				if d.Type.Results != nil {
					leave = `panic("the changed code returns nothing")`
				}
				all = append(all, insertion{first, first,
					fmt.Sprintf(" if mutant__.On(%d) {%s\n%s };", m.id, changed, leave), m})
				at := offset(statementAt(d.Body, set, start).Pos())
				all = append(all, insertion{at, at, fmt.Sprintf("mutant__.Reach(%d); ", m.id), nil})
			case *ast.GenDecl:
				value := valueAt(d, offset, start)
				if value == nil {
					break
				}
				placed = true
				values[value] = append(values[value], m)
				if at := offset(d.TokPos); d.Tok == token.CONST && !variables[d] {
					variables[d] = true // what is picked is no constant
					all = append(all, insertion{at, at + len("const"), "var", nil})
				}
			}
		}
		if !placed {
			return "", fmt.Errorf("it is in no function and no variable: %s", m)
		}
	}
	for value, of := range values {
		first, last := offset(value.Pos()), offset(value.End())
		with := string(text[first:last])
		for _, m := range of {
			start, put, until := m.core()
			changed := string(text[first:start]) + put + string(text[until:last])
			with = fmt.Sprintf("mutant__.Pick(%d, %s, %s)", m.id, changed, with)
		}
		all = append(all, insertion{first, last, with, of[0]})
	}
	return join(string(text), all), nil
}

// core is a change without what it leaves as it is: from where to where in the file, and by what it is replaced.
func (m *mutant) core() (start int, with string, until int) {
	old, with := m.old, m.new
	if m.operator == control {
		return m.start, with, m.start + len(old)
	}
	for old != "" && with != "" && old[0] == with[0] {
		start, old, with = start+1, old[1:], with[1:]
	}
	for old != "" && with != "" && old[len(old)-1] == with[len(with)-1] {
		old, with = old[:len(old)-1], with[:len(with)-1]
	}
	return m.start + start, with, m.start + start + len(old)
}

// join puts the texts into a file, and notes at which lines each change is.
func join(text string, all []insertion) string {
	slices.SortStableFunc(all, func(a, b insertion) int { return a.at - b.at })
	var out strings.Builder
	at, line := 0, 1
	write := func(s string) { out.WriteString(s); line += strings.Count(s, "\n") }
	for _, i := range all {
		write(text[at:i.at])
		first := line
		write(i.text)
		if i.of != nil {
			i.of.firstLine, i.of.lastLine = first, line
		}
		at = i.end
	}
	write(text[at:])
	return out.String()
}

// statementAt is the innermost statement of a list that has a place in the file.
func statementAt(body *ast.BlockStmt, set *token.FileSet, at int) (found ast.Node) {
	found = body.List[0]
	look := func(list []ast.Stmt) {
		for _, s := range list {
			switch s.(type) {
			case *ast.CaseClause, *ast.CommClause: // nothing can stand before them
				continue
			}
			if set.Position(s.Pos()).Offset <= at && at < set.Position(s.End()).Offset {
				found = s
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			look(n.List)
		case *ast.CaseClause:
			look(n.Body)
		case *ast.CommClause:
			look(n.Body)
		}
		return true
	})
	return found
}

// valueAt is the value of a variable that has a place in the file.
func valueAt(d *ast.GenDecl, offset func(token.Pos) int, at int) ast.Expr {
	for _, spec := range d.Specs {
		if v, ok := spec.(*ast.ValueSpec); ok {
			for _, value := range v.Values {
				if offset(value.Pos()) <= at && at < offset(value.End()) {
					return value
				}
			}
		}
	}
	return nil
}
