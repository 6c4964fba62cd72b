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

// addressOf is where a request was sent to, as its sender reaches it; "" when that cannot be shown.
func addressOf(r *http.Request) string {
	switch {
	case !hostForm.MatchString(r.Host):
		return ""
	case r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https":
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// docs answers the description as a page, whose examples call the address that the page was asked for at.
func (a *API) docs(r *request) (answer, error) {
	page, err := apidoc.Page(addressOf(r.Request))
	return answer{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: page}, err
}
