package api

import (
	"net/http"

	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

func (a *API) createCurrency(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.CurrencyParams) (store.Document, error) {
		return a.service.CreateCurrency(r.Context(), call, p)
	})
}

func (a *API) listCurrencies(r *request) (answer, error) {
	return value(a.service.Currencies(r.Context(), r.caller.Livemode))
}

func (a *API) retrieveCurrency(r *request) (answer, error) {
	return value(a.service.Currency(r.Context(), r.caller.Livemode, r.PathValue("id")))
}

func (a *API) createMethod(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.MethodParams) (store.Document, error) {
		return a.service.CreateMethod(r.Context(), call, p)
	})
}

func (a *API) listMethods(r *request) (answer, error) {
	return value(a.service.Methods(r.Context(), r.caller.Livemode))
}

func (a *API) retrieveMethod(r *request) (answer, error) {
	return value(a.service.Method(r.Context(), r.caller.Livemode, r.PathValue("id")))
}

// value answers a value, unless there is an error.
func value(v any, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return encoded(http.StatusOK, v)
}
