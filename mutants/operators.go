package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// operated are the packages over which the operators go.
var operated = []string{
	"internal/billing", "internal/store", "internal/store/sqlite", "internal/store/postgres", "internal/auth",
	"internal/console", "internal/api", "internal/locale", "internal/paper", "client",
}

// byHand is the operator of the changes of mutants.txt, control the one that changes nothing.
const (
	byHand  = "by hand"
	control = "control"
)

// mutant is one change of a file.
type mutant struct {
	id       int
	file     string
	operator string
	function string // in which it is, "" when it was written by hand
	old, new string
	start    int // where old begins, in bytes

	firstLine, lastLine int // of the changed copy, in the instrumented file
	verdict, why        string
	killer              string // the test that killed it
}

var spaces = regexp.MustCompile(`\s+`)

// String tells one change from all others, also when lines move.
func (m *mutant) String() string {
	short := func(text string) string {
		text = spaces.ReplaceAllString(strings.TrimSpace(text), " ")
		if len(text) > 70 {
			text = text[:67] + "..."
		}
		return text
	}
	text := fmt.Sprintf("%s %s: %s: %s → %s", m.file, m.function, m.operator, short(m.old), short(m.new))
	return strings.TrimSpace(text)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// operate makes one of so many changes that the operators can make, the same ones each time, and a control a package.
func operate(every int) (all []*mutant, err error) {
	if every == 0 {
		return nil, nil
	}
	for _, dir := range operated {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return nil, err
		}
		var made []*mutant
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			o, err := newOperator(file)
			if err != nil {
				return nil, err
			}
			made = append(made, o.made...)
		}
		seen := map[string]int{}
		for _, m := range made {
			key := m.String()
			seen[key]++
			if n := seen[key]; n > 1 { // the same again, in the same function
				m.function += fmt.Sprintf("#%d", n)
			}
			digest := sha256.Sum256([]byte(m.String()))
			if binary.BigEndian.Uint64(digest[:])%uint64(every) == 0 {
				all = append(all, m)
			}
		}
		if len(made) > 0 {
			first := *made[0]
			first.operator, first.new = control, first.old
			all = append(all, &first)
		}
	}
	return all, nil
}

// operator goes over a file.
type operator struct {
	file     string
	text     []byte
	set      *token.FileSet
	function string
	made     []*mutant
}

func newOperator(file string) (*operator, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	o := &operator{file: file, text: text, set: token.NewFileSet()}
	tree, err := parser.ParseFile(o.set, file, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, decl := range tree.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		o.function = f.Name.Name
		ast.Inspect(f.Body, func(n ast.Node) bool { o.visit(n); return true })
	}
	return o, nil
}

func (o *operator) offset(p token.Pos) int { return o.set.Position(p).Offset }

func (o *operator) source(n ast.Node) string {
	return string(o.text[o.offset(n.Pos()):o.offset(n.End())])
}

func (o *operator) replace(name string, from, to token.Pos, with string) {
	start, end := o.offset(from), o.offset(to)
	o.made = append(o.made, &mutant{
		file: o.file, operator: name, function: o.function, old: string(o.text[start:end]), new: with, start: start,
	})
}

func (o *operator) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.IfStmt:
		if condition := o.source(n.Cond); isErrorCheck(n.Cond) {
			o.replace("an error is swallowed", n.Cond.Pos(), n.Cond.End(), condition+" && false")
		} else {
			o.replace("a condition is turned", n.Cond.Pos(), n.Cond.End(), "!("+condition+")")
		}
	case *ast.BinaryExpr:
		o.binary(n)
	case *ast.BlockStmt:
		o.statements(n.List)
	case *ast.CaseClause:
		o.statements(n.Body)
	case *ast.ReturnStmt:
		o.returned(n)
	case *ast.CompositeLit:
		o.fields(n)
	case *ast.BasicLit:
		if n.Kind == token.STRING {
			o.sql(n)
		}
	case *ast.CallExpr:
		if strings.HasSuffix(o.source(n.Fun), "cmp.Compare") && len(n.Args) == 2 {
			o.replace("an order is turned", n.Args[0].Pos(), n.Args[1].End(), o.source(n.Args[1])+", "+o.source(n.Args[0]))
		}
	}
}

func isErrorCheck(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ {
		return false
	}
	x, isName := b.X.(*ast.Ident)
	y, isNil := b.Y.(*ast.Ident)
	return isName && isNil && x.Name == "err" && y.Name == "nil"
}

// moved are the operators that others take the place of.
var moved = map[token.Token][2]string{
	token.LSS: {"a boundary is moved", "<="}, token.LEQ: {"a boundary is moved", "<"},
	token.GTR: {"a boundary is moved", ">="}, token.GEQ: {"a boundary is moved", ">"},
	token.LAND: {"a condition is turned", "||"}, token.LOR: {"a condition is turned", "&&"},
	token.EQL: {"a condition is turned", "!="}, token.ADD: {"a sum is turned", "-"}, token.SUB: {"a sum is turned", "+"},
}

func (o *operator) binary(n *ast.BinaryExpr) {
	if n.Op == token.ADD && strings.ContainsAny(o.source(n), "\"`") { // texts have no difference
		return
	}
	if with, ok := moved[n.Op]; ok {
		o.replace(with[0], n.Pos(), n.End(), o.source(n.X)+" "+with[1]+" "+o.source(n.Y))
	}
}

// statements drops each that is a call, or gives a variable another value.
func (o *operator) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt:
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE || strings.HasPrefix(o.source(s), "_") {
				continue
			}
		default:
			continue
		}
		o.replace("a statement is dropped", s.Pos(), s.End(), "")
	}
}

// returned answers that all is well when it is not.
func (o *operator) returned(n *ast.ReturnStmt) {
	if len(n.Results) == 0 {
		return
	}
	last := n.Results[len(n.Results)-1]
	if name, ok := last.(*ast.Ident); ok && (name.Name == "err" || name.Name == "e") {
		o.replace("an error is swallowed", last.Pos(), last.End(), "nil")
	}
}

// filters are the fields that say of which mode, whose, or of when.
var filters = regexp.MustCompile(
	`^(Livemode|CustomerID|Customer|CurrencyID|InvoiceID|AsOf|From|To|Until|Limit|Offset)$`)

// fields drops those of a literal that filter.
func (o *operator) fields(n *ast.CompositeLit) {
	for _, element := range n.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if name, ok := pair.Key.(*ast.Ident); ok && filters.MatchString(name.Name) {
			end := o.offset(pair.End())
			if end < len(o.text) && o.text[end] == ',' {
				o.replace("a filter is dropped", pair.Pos(), pair.End()+1, "")
			}
		}
	}
}

// inSQL are changes of statements: what is found, and what takes its place.
var inSQL = []struct {
	operator string
	pattern  *regexp.Regexp
	with     string
}{
	{"a filter is dropped", regexp.MustCompile(
		`\b(?:\w\.)?(?:livemode|customer_id|currency_id|invoice_id|status) = (?:[$]\d+|'\w+')`), "(${0} OR true)"},
	{"a boundary is moved", regexp.MustCompile(`( )(<|>)( [$]\d+)`), "$1$2=$3"},
	{"a boundary is moved", regexp.MustCompile(`( )(<|>)=( [$]\d+)`), "$1$2$3"},
	{"an order is turned", regexp.MustCompile(`\bORDER BY (\w+\.)?(seq|due_date|created_at) DESC`), "ORDER BY $1$2 ASC"},
	{"an order is turned", regexp.MustCompile(
		`\bORDER BY (\w+\.)?(seq|due_date|created_at)\b( ASC)?`), "ORDER BY $1$2 DESC"},
	{"a condition is turned", regexp.MustCompile(`\bIS NOT NULL\b`), "IS NULL"},
}

func (o *operator) sql(n *ast.BasicLit) {
	text := o.source(n)
	if !strings.Contains(text, " ") {
		return
	}
	for _, change := range inSQL {
		for _, at := range change.pattern.FindAllStringSubmatchIndex(text, -1) {
			with := change.pattern.ExpandString(nil, change.with, text, at)
			from := n.Pos() + token.Pos(at[0])
			o.replace(change.operator, from, n.Pos()+token.Pos(at[1]), string(with))
		}
	}
}
