package api

import (
	"reflect"
	"strings"
	"testing"

	"clientele.dev/client"
)

// TestTheSDKListsByEveryParameter holds the query parameters of each list to the fields of its parameters in the SDK.
func TestTheSDKListsByEveryParameter(t *testing.T) {
	t.Parallel()
	lists := map[string]any{
		"GET /api/customers": client.CustomerListParams{}, "GET /api/customers/search": client.SearchParams{},
		"GET /api/invoices": client.InvoiceListParams{}, "GET /api/invoices/search": client.SearchParams{},
		"GET /api/payments": client.PaymentListParams{}, "GET /api/credit-notes": client.CreditNoteListParams{},
		"GET /api/customers/{id}/balance_transactions": client.LedgerParams{},
	}
	for _, r := range new(API).routes() {
		params, listed := lists[r.pattern]
		if !listed {
			continue
		}
		// Other names of order and pageSize, and what selects nothing.
		fields := map[string]bool{"o": true, "limit": true, "size": true, "subscriptionid": true}
		for _, f := range reflect.VisibleFields(reflect.TypeOf(params)) {
			fields[strings.ToLower(f.Name)] = true
		}
		for _, p := range r.query {
			name := strings.ToLower(strings.ReplaceAll(strings.TrimSuffix(p.name, "."), "_", ""))
			if !fields[name] {
				t.Errorf("%s: %T has nothing for %s", r.pattern, params, p.name)
			}
		}
		delete(lists, r.pattern)
	}
	if len(lists) > 0 {
		t.Errorf("no routes for %v", lists)
	}
}
