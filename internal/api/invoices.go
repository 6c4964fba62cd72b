package api

import (
	"net/http"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/wire"
)

func (a *API) createInvoice(r *request) (answer, error) {
	var p billing.InvoiceParams
	if err := wire.Decode(r.body, &p); err != nil {
		return answer{}, err
	}
	return a.change(r, func(call billing.Call) (billing.Document, error) {
		return a.service.CreateInvoice(r.Context(), call, p)
	})
}

func (a *API) retrieveInvoice(r *request) (answer, error) {
	doc, err := a.service.Invoice(r.Context(), r.caller.Livemode, r.PathValue("id"))
	return document(doc), err
}

func (a *API) finalizeInvoice(r *request) (answer, error) {
	return a.change(r, func(call billing.Call) (billing.Document, error) {
		return a.service.FinalizeInvoice(r.Context(), call, r.PathValue("id"))
	})
}

func (a *API) payInvoice(r *request) (answer, error) {
	return a.change(r, func(call billing.Call) (billing.Document, error) {
		return a.service.PayInvoice(r.Context(), call, r.PathValue("id"))
	})
}

func (a *API) voidInvoice(r *request) (answer, error) {
	return a.change(r, func(call billing.Call) (billing.Document, error) {
		return a.service.VoidInvoice(r.Context(), call, r.PathValue("id"))
	})
}

func (a *API) markInvoiceUncollectible(r *request) (answer, error) {
	return a.change(r, func(call billing.Call) (billing.Document, error) {
		return a.service.MarkInvoiceUncollectible(r.Context(), call, r.PathValue("id"))
	})
}

func (a *API) listInvoices(r *request) (answer, error) {
	p := params{query: r.query}
	f := billing.InvoiceFilter{
		Livemode:   r.caller.Livemode,
		CurrencyID: p.text("currency_id"),
		Metadata:   p.metadata(),
		Order:      p.order("created_at", "updated_at", "due_date", "id"),
	}
	if zero := p.boolean("ignore_zero"); zero != nil {
		f.IgnoreZero = *zero
	}
	if states := p.text("status"); states != "" {
		for state := range strings.SplitSeq(states, ",") {
			if !isStatus(state) {
				p.fail(invalid("status", "status is draft, open, paid, uncollectible or void, several separated by commas"))
			}
			f.States = append(f.States, clientele.InvoiceStatus(state))
		}
	}
	customer, did := p.text("customer_id"), p.text("customer_did")
	if customer != "" && did != "" {
		p.fail(invalid("customer_did", "give customer_id or customer_did, not both"))
	}
	if did != "" {
		if _, err := billing.ParseDID(did); err != nil {
			p.fail(invalid("customer_did", "customer_did is not a DID: %s", err))
		}
		customer = did
	}
	window, paging := p.window(f.Order)
	if f.Window = window; p.err != nil {
		return answer{}, p.err
	}
	docs, count, err := a.service.ListInvoices(r.Context(), customer, f)
	return page(docs, count, paging), err
}

func isStatus(s string) bool {
	switch clientele.InvoiceStatus(s) {
	case clientele.InvoiceDraft, clientele.InvoiceOpen, clientele.InvoicePaid, clientele.InvoiceUncollectible,
		clientele.InvoiceVoid:
		return true
	}
	return false
}

func (a *API) createCurrency(r *request) (answer, error) {
	var p billing.CurrencyParams
	if err := wire.Decode(r.body, &p); err != nil {
		return answer{}, err
	}
	return a.change(r, func(call billing.Call) (billing.Document, error) {
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
	return answer{}, clientele.Errorf(clientele.NotFound, "id", "no payment currency %q in this mode", r.PathValue("id"))
}

func (a *API) createMethod(r *request) (answer, error) {
	var p billing.MethodParams
	if err := wire.Decode(r.body, &p); err != nil {
		return answer{}, err
	}
	return a.change(r, func(call billing.Call) (billing.Document, error) {
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
	return answer{}, clientele.Errorf(clientele.NotFound, "id", "no payment method %q in this mode", r.PathValue("id"))
}
