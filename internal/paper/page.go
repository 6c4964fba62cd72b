package paper

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
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

// StyleHash is the hash of the one style of a page, as a Content-Security-Policy has it (CSP 3, 2.3.1).
var StyleHash = func() string {
	text, _ := templateFiles.ReadFile("templates/page.html") // it is there
	_, rest, _ := strings.Cut(string(text), "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}()

// writePage writes a document as a page.
func writePage(w io.Writer, d document) error { return templates.ExecuteTemplate(w, "page.html", d) }
