package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"clientele.dev"
)

// templates are the pages, each with the layout around it.
type templates map[string]*template.Template

// parsedTemplates are the same for every console of a process.
var parsedTemplates = sync.OnceValue(func() templates {
	shared := template.Must(template.New("").Funcs(functions).ParseFS(files, "templates/shared/*.html"))
	all := templates{}
	names, _ := fs.Glob(files, "templates/*.html") // the pattern is well-formed
	for _, name := range names {
		t := template.Must(template.Must(shared.Clone()).ParseFS(files, name))
		all[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return all
})

func (t templates) execute(w io.Writer, name string, v view) error {
	page := t[name]
	if page == nil {
		return fmt.Errorf("there is no template %s", name)
	}
	return page.ExecuteTemplate(w, "layout", v)
}

// functions are what templates call besides the methods of what they are given.
var functions = template.FuncMap{
	"pair": pair,
	"list": func(all ...string) []string { return all },
	"sorted": func(l interface {
		Sorted(string) string
		SortBy(string) string
	}, field, title string, class ...string) column {
		return column{title, l.SortBy(field), l.Sorted(field), strings.Join(class, " ")}
	},
	"few":    func(fields []changedField) bool { return len(fields) <= 4 },
	"long":   func(text string) bool { return len(text) > 18 },
	"zero":   func(a clientele.Amount) bool { return a.Sign() == 0 },
	"below":  func(a clientele.Amount) bool { return a.Sign() < 0 },
	"first":  first,
	"triple": func(path, title string, current bool) []any { return []any{path, title, current} },
	"words":  func(name any) string { return strings.ReplaceAll(fmt.Sprint(name), "_", " ") },
	"json":   valueInWords,
}

// inside is what a part of a page is given: the page, and the part's own data.
type inside struct {
	view
	Data any
}

func pair(page, data any) (inside, error) {
	switch page := page.(type) {
	case view:
		return inside{page, data}, nil
	case inside:
		return inside{page.view, data}, nil
	}
	return inside{}, fmt.Errorf("a part of a page is given a %T", page)
}

// column is a column that a list can be sorted by.
type column struct{ Title, Path, Sorted, Class string }

// assetsVersion changes when a file of the console does.
var assetsVersion = func() string {
	h := sha256.New()
	names, _ := fs.Glob(files, "assets/*") // the pattern is well-formed
	for _, name := range names {
		content, _ := fs.ReadFile(files, name) // it is there
		h.Write(content)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}()
