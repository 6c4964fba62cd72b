package api

import (
	"net/http"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/wire"
)

// administration says who makes or revokes keys: a key of scope admin alone.
func (r *request) administration(a *API) (store.By, error) {
	if !r.caller.Scope.Administers() {
		return store.By{}, clientele.Errorf(clientele.ErrorCodeForbidden, "",
			"this needs an API key of scope admin, which the command line makes: clientele keys create --scope admin")
	}
	return store.By{Actor: r.caller.ID, At: a.now(), RequestID: r.id}, nil
}

func (a *API) listKeys(r *request) (answer, error) {
	if _, err := r.administration(a); err != nil {
		return answer{}, err
	}
	p := params{query: r.query}
	window, paging := p.window(nil)
	if p.err != nil {
		return answer{}, p.err
	}
	keys, err := a.keys.List(r.Context(), r.caller.Livemode)
	if err != nil {
		return answer{}, err
	}
	list := clientele.Page[clientele.APIKey]{Count: int64(len(keys)), List: []clientele.APIKey{}, Paging: paging}
	first := min(window.Offset, list.Count)
	for _, key := range keys[first:min(first+window.Limit, list.Count)] {
		list.List = append(list.List, key.Wire())
	}
	return encoded(http.StatusOK, list)
}

// createKey makes a key. Each call makes a new one: a secret is not kept to be repeated.
func (a *API) createKey(r *request) (answer, error) {
	by, err := r.administration(a)
	if err == nil {
		_, err = r.call()
	}
	if err != nil {
		return answer{}, err
	}
	var p clientele.KeyParams
	if err := wire.Decode(r.body, &p); err != nil {
		return answer{}, err
	}
	key, secret, err := a.keys.Create(r.Context(), by, r.caller.Livemode, p)
	if err != nil {
		return answer{}, err
	}
	return encoded(http.StatusCreated, clientele.APIKeyCreated{APIKey: key.Wire(), Secret: secret})
}

// revokeKey ends a key of the mode and, if that is asked for, those that it made.
func (a *API) revokeKey(r *request) (answer, error) {
	by, err := r.administration(a)
	if err == nil {
		_, err = r.call()
	}
	if err != nil {
		return answer{}, err
	}
	p := params{query: r.query}
	also := p.boolean("made")
	if p.err != nil {
		return answer{}, p.err
	}
	key, made, err := a.keys.Find(r.Context(), r.caller.Livemode, r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	ids := []string{key.ID}
	if also != nil && *also {
		for _, k := range made {
			ids = append(ids, k.ID)
		}
	}
	if _, err := a.keys.Revoke(r.Context(), by, ids...); err != nil {
		return answer{}, err
	}
	if key, _, err = a.keys.Find(r.Context(), r.caller.Livemode, key.ID); err != nil {
		return answer{}, err
	}
	return encoded(http.StatusOK, key.Wire())
}
