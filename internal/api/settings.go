package api

import (
	"clientele.dev/internal/store"
)

func (a *API) retrieveSettings(r *request) (answer, error) {
	return untouched(a.service.Settings.Retrieve(r.Context(), r.caller.Livemode))
}

// untouched answers with what is there before anybody has changed it: as version 0 a first change can be held to it.
func untouched(doc store.Document, err error) (answer, error) {
	ans := document(doc)
	ans.untouched = true
	return ans, err
}

func (a *API) retrieveAccount(r *request) (answer, error) {
	return untouched(a.service.Settings.Account(r.Context(), r.caller.Livemode))
}
