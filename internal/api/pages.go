package api

import (
	"net/http"

	"clientele.dev/internal/apidoc"
	"clientele.dev/internal/web"
)

func (a *API) openAPI(r *request) (answer, error) {
	document, err := apidoc.JSON(web.Address(r.Request))
	return answer{status: http.StatusOK, body: document}, err
}

// docs answers the description as a page, whose examples call the address that the page was asked for at.
func (a *API) docs(r *request) (answer, error) {
	page, err := apidoc.Page(web.Address(r.Request))
	return answer{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: page}, err
}
