package api

import (
	"net/http"
	"strings"

	"clientele.dev"
)

// resourcesNotBuilt are the resources of the vendor's client that Clientele does not have, in words.
var resourcesNotBuilt = map[string]string{
	"auto-recharge-configs": "automatic recharging", "checkout-sessions": "checkout sessions", "coupons": "coupons",
	"credit-grants": "credit grants", "credit-transactions": "credit transactions", "meter-events": "meter events",
	"meters": "meters", "payment-links": "payment links", "prices": "prices", "products": "products",
	"promotion-codes": "promotion codes", "subscription-items": "subscription items", "subscriptions": "subscriptions",
	"usage-records": "usage records",
}

// methodsNotBuilt are the methods of the vendor's client that resources do not have here, by their routes, with what to
// do in their place.
var methodsNotBuilt = map[string]string{
	"GET /api/invoices/{id}/return-stake":                  "Clientele has no stakes",
	"POST /api/invoices/{id}/return-stake":                 "Clientele has no stakes",
	"PUT /api/payment-currencies/{id}":                     "Clientele does not change payment currencies",
	"GET /api/payment-currencies/{id}/recharge-config":     "Clientele has no automatic recharging",
	"PUT /api/payment-currencies/{id}/recharge-config":     "Clientele has no automatic recharging",
	"POST /api/payment-currencies/check-recurring-support": "Clientele has no subscriptions",
	"PUT /api/payment-intents/{id}":                        "Clientele does not change payments; a wrong one is reversed",
	"PUT /api/payment-intents/{id}/refund":                 "POST /api/payments/{id}/refund records a refund",
	"PUT /api/payment-methods/{id}":                        "Clientele does not change payment methods",
	"POST /api/refunds":                                    "POST /api/payments/{id}/refund records a refund",
	"POST /api/refunds/sync":                               "Clientele moves no money by itself; a refund is recorded",
	"POST /api/settings":                                   "Clientele has one settings object a mode: PUT /api/settings",
	"GET /api/settings/{id}":                               "Clientele has one settings object a mode: GET /api/settings",
	"PUT /api/settings/{id}":                               "Clientele has one settings object a mode: PUT /api/settings",
	"DELETE /api/settings/{id}":                            "Clientele has one settings object a mode, which stays",
}

// ofSubscription is a filter of the vendor's that selects nothing here: there are no subscriptions.
const ofSubscription = "subscription_id"

// notBuilt answers requests for what the vendor has and Clientele does not, and leaves the others to next: a developer
// is told apart whether the object is missing or the feature.
func (a *API) notBuilt(next http.Handler) http.Handler {
	methods := http.NewServeMux()
	for route := range methodsNotBuilt {
		methods.Handle(route, http.NotFoundHandler())
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/"), "/")
		reason := ""
		if what, missing := resourcesNotBuilt[name]; missing {
			reason = "Clientele has no " + what
		} else if _, route := methods.Handler(r); route != "" {
			reason = methodsNotBuilt[route]
		}
		if reason == "" {
			next.ServeHTTP(w, r)
			return
		}
		a.fail(w.(*recorder), clientele.Errorf(clientele.ErrorCodeNotSupported, "", "%s", reason))
	})
}
