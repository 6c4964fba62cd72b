package api

import "net/http"

func (a *API) listCurrencies(r *request) (answer, error) {
	return value(a.service.PaymentCurrencies.List(r.Context(), r.caller.Livemode))
}

func (a *API) retrieveCurrency(r *request) (answer, error) {
	return value(a.service.PaymentCurrencies.Retrieve(r.Context(), r.caller.Livemode, r.PathValue("id")))
}

func (a *API) listMethods(r *request) (answer, error) {
	return value(a.service.PaymentMethods.List(r.Context(), r.caller.Livemode))
}

func (a *API) retrieveMethod(r *request) (answer, error) {
	return value(a.service.PaymentMethods.Retrieve(r.Context(), r.caller.Livemode, r.PathValue("id")))
}

// value answers a value, unless there is an error.
func value(v any, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return encoded(http.StatusOK, v)
}
