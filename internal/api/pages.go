package api

import (
	"net/http"
	"regexp"

	"clientele.dev/internal/apidoc"
)

func (a *API) openAPI(*request) (answer, error) {
	document, err := apidoc.JSON()
	return answer{status: http.StatusOK, body: document}, err
}

// hostForm is what a Host header can be that is shown to people.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)

// docs answers the description as a page, whose examples call the address that the page was asked for at.
func (a *API) docs(r *request) (answer, error) {
	url := ""
	if hostForm.MatchString(r.Host) {
		url = "http://" + r.Host
		if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
			url = "https://" + r.Host
		}
	}
	page, err := apidoc.Page(url)
	return answer{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: page}, err
}
