package api

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/wire"
)

// TestTheSDKSaysEverythingTheAPIUnderstands holds the fields of each request to those of its type in the SDK, and back.
func TestTheSDKSaysEverythingTheAPIUnderstands(t *testing.T) {
	t.Parallel()
	for _, pair := range []struct{ server, sdk any }{
		{customerParams{}, client.CustomerParams{}},
		{clientele.Address{}, client.AddressParams{}},
		{clientele.Shipping{}, client.ShippingParams{}},
		{billing.InvoiceContent{}, client.InvoiceUpdateParams{}},
		{billing.LineParams{}, client.LineParams{}},
		{billing.Receipt{}, client.Receipt{}},
		{billing.PaymentParams{}, client.PaymentParams{}},
		{billing.AllocateParams{}, client.AllocateParams{}},
		{billing.CreditParams{}, client.CreditParams{}},
		{billing.CreditNoteParams{}, client.CreditNoteParams{}},
		{billing.SettingsParams{}, client.SettingsParams{}},
		{billing.CurrencyParams{}, client.PaymentCurrencyParams{}},
		{billing.MethodParams{}, client.PaymentMethodParams{}},
	} {
		server, sdk := jsonNames(pair.server), jsonNames(pair.sdk)
		// The mode is that of the SDK's key: only the vendor's bodies name it.
		server = slices.DeleteFunc(server, func(name string) bool { return name == "livemode" })
		if !slices.Equal(server, sdk) {
			t.Errorf("%T has %v\n%T has %v", pair.server, server, pair.sdk, sdk)
		}
	}
	// The moments of a new invoice are written by the SDK's own MarshalJSON.
	made := client.InvoiceParams{}
	names := append(jsonNames(made), "due_date", "effective_at", "period_start", "period_end")
	slices.Sort(names)
	if want := jsonNames(billing.InvoiceParams{}); !slices.Equal(names, want) {
		t.Errorf("%T has %v, want %v", made, names, want)
	}
}

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

func jsonNames(v any) []string {
	names := wire.NamesOf(reflect.TypeOf(v))
	slices.Sort(names)
	return names
}
