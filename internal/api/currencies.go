package api

import (
	"net/http"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

func (a *API) createCurrency(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.CurrencyParams) (store.Document, error) {
		return a.service.CreateCurrency(r.Context(), call, p)
	})
}

func (a *API) listCurrencies(r *request) (answer, error) {
	all, err := a.service.Currencies(r.Context(), r.caller.Livemode)
	if err != nil {
		return answer{}, err
	}
	return encoded(http.StatusOK, all)
}

func (a *API) retrieveCurrency(r *request) (answer, error) {
	all, err := a.service.Currencies(r.Context(), r.caller.Livemode)
	if err != nil {
		return answer{}, err
	}
	for _, c := range all {
		if c.ID == r.PathValue("id") {
			return encoded(http.StatusOK, c)
		}
	}
	return answer{}, clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no payment currency %q in this mode",
		r.PathValue("id"))
}

func (a *API) createMethod(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.MethodParams) (store.Document, error) {
		return a.service.CreateMethod(r.Context(), call, p)
	})
}

func (a *API) listMethods(r *request) (answer, error) {
	all, err := a.service.Methods(r.Context(), r.caller.Livemode)
	if err != nil {
		return answer{}, err
	}
	return encoded(http.StatusOK, all)
}

func (a *API) retrieveMethod(r *request) (answer, error) {
	all, err := a.service.Methods(r.Context(), r.caller.Livemode)
	if err != nil {
		return answer{}, err
	}
	for _, m := range all {
		if m.ID == r.PathValue("id") {
			return encoded(http.StatusOK, m)
		}
	}
	return answer{}, clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no payment method %q in this mode",
		r.PathValue("id"))
}
