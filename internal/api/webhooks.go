package api

import (
	"context"
	"net/http"

	"clientele.dev"
	"clientele.dev/internal/store"
)

func (a *API) listWebhookEndpoints(r *request) (answer, error) {
	return listed(r, a.service.WebhookEndpoints.List)
}

func (a *API) listWebhookAttempts(r *request) (answer, error) {
	return listed(r, func(
		ctx context.Context, mode clientele.Mode, w store.Window,
	) ([]clientele.WebhookAttempt, int64, error) {
		return a.service.WebhookEndpoints.Attempts(ctx, mode, r.object(), w)
	})
}

// listed answers a page of what a method of the service lists.
func listed[T any](
	r *request, list func(context.Context, clientele.Mode, store.Window) ([]T, int64, error),
) (answer, error) {
	p := params{query: r.query}
	paging := p.page()
	if p.err != nil {
		return answer{}, p.err
	}
	page, count, err := list(r.Context(), r.caller.Livemode, store.PageWindow(paging.Page, paging.PageSize))
	return value(clientele.Page[T]{Count: count, List: page, Paging: paging}, err)
}

// accepted answers 202 to what is done later.
func accepted(handle handler) handler {
	return func(r *request) (answer, error) {
		ans, err := handle(r)
		ans.status, ans.version = http.StatusAccepted, 0
		return ans, err
	}
}
