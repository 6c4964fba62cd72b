package api

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"clientele.dev/internal/apidoc"
	"clientele.dev/internal/web"
)

func (a *API) openAPI(r *request) (answer, error) {
	document, err := apidoc.JSON(web.Address(r.Request))
	return answer{status: http.StatusOK, body: document}, err
}

// docs answers a page of the description, or what a search in it found. Their examples call the
// address that the page was asked for at.
func (a *API) docs(r *request) (answer, error) {
	p := params{query: r.query}
	section, query := p.text("section"), strings.TrimSpace(p.text("q"))
	if p.err != nil {
		return answer{}, p.err
	}
	if utf8.RuneCountInString(query) > apidoc.MaxQuery {
		return answer{}, invalid("q", "q must be at most %d characters", apidoc.MaxQuery)
	}
	var page []byte
	var err error
	if query != "" {
		page, err = apidoc.Search(web.Address(r.Request), query)
	} else {
		page, err = apidoc.Page(web.Address(r.Request), section)
	}
	if err == nil && page == nil {
		return answer{}, invalid("section", "section must be that of a page of /docs, such as customers")
	}
	return answer{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: page}, err
}
