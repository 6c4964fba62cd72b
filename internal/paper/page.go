package paper

import (
	"embed"
	"html/template"
	"io"
	"strings"
	"unicode/utf8"
)

//go:embed templates/*.html
var templateFiles embed.FS

// longAmount is from how many characters on an amount may be broken on a narrow page.
const longAmount = 24

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"long": func(text string) bool { return utf8.RuneCountInString(text) > longAmount },
	"name": func(d document) string { return strings.TrimSpace(d.Title + " " + d.Number) },
}).ParseFS(templateFiles, "templates/*.html"))

// writePage writes a document as a page.
func writePage(w io.Writer, d document) error { return templates.ExecuteTemplate(w, "page.html", d) }
