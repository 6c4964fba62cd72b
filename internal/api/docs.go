package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"sync"

	"gopkg.in/yaml.v3"

	"clientele.dev"
)

// description is the OpenAPI document, as JSON and as a page.
var description = sync.OnceValues(func() (d struct{ json, page []byte }, err error) {
	var document map[string]any
	if err := yaml.Unmarshal([]byte(clientele.OpenAPI), &document); err != nil {
		return d, err
	}
	if d.json, err = json.Marshal(document); err != nil {
		return d, err
	}
	var page bytes.Buffer
	err = docsTemplate.Execute(&page, document)
	d.page = page.Bytes()
	return d, err
})

//go:embed docs.html
var docsHTML string

var docsTemplate = template.Must(template.New("docs").Funcs(template.FuncMap{
	// schemaName is the last part of a reference: #/components/schemas/Customer.
	"schemaName": func(ref string) string { return ref[len("#/components/schemas/"):] },
}).Parse(docsHTML))

func (a *API) openAPI(*request) (answer, error) {
	d, err := description()
	return answer{status: http.StatusOK, body: d.json}, err
}

func (a *API) docs(*request) (answer, error) {
	d, err := description()
	return answer{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: d.page}, err
}
