package api

import (
	"net/http"

	"clientele.dev"
)

// asAdmin is a handler for a key of scope admin alone.
func (a *API) asAdmin(handle handler) handler {
	return func(r *request) (answer, error) {
		if _, err := r.administration(a); err != nil {
			return answer{}, err
		}
		return handle(r)
	}
}

func (a *API) listClosings(r *request) (answer, error) {
	p := params{query: r.query}
	window, paging := p.window(nil)
	if p.err != nil {
		return answer{}, p.err
	}
	all, err := a.service.Closings.List(r.Context(), r.caller.Livemode)
	if err != nil {
		return answer{}, err
	}
	count := int64(len(all))
	first := min(window.Offset, count)
	return encoded(http.StatusOK, clientele.Page[clientele.Closing]{
		Count: count, List: append([]clientele.Closing{}, all[first:min(first+window.Limit, count)]...), Paging: paging,
	})
}
