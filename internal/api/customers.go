package api

import (
	"net/http"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/did"
	"clientele.dev/internal/store"
	"clientele.dev/internal/wire"
)

func (a *API) retrieveCustomer(r *request) (answer, error) {
	var options clientele.RetrieveOptions
	if len(r.body) > 0 { // which it seldom is
		if err := wire.Decode(r.body, &options); err != nil {
			return answer{}, err
		}
	}
	p := params{query: r.query}
	explain := p.explain()
	if p.err != nil {
		return answer{}, p.err
	}
	if explain {
		if options.Create {
			return answer{}, invalid("explain", "explain does not go with create")
		}
		doc, err := a.service.Customers.Explain(r.Context(), r.caller.Livemode, r.PathValue("id"))
		return document(doc), err
	}
	if !options.Create {
		doc, err := a.service.Customers.Retrieve(r.Context(), r.caller.Livemode, r.PathValue("id"))
		return document(doc), err
	}
	call, err := r.call()
	if err != nil {
		return answer{}, err
	}
	doc, err := a.service.Customers.RetrieveOrCreate(r.Context(), call, r.PathValue("id"))
	return document(doc), err
}

func (a *API) listCustomers(r *request) (answer, error) {
	p := params{query: r.query}
	metadata := p.metadata()
	q := store.Query{
		Mode: r.caller.Livemode, Order: p.order(r.sorts),
		Where: append(metadata, store.Given("email", strings.ToLower(p.text("email")))),
	}
	if delinquent := p.boolean("delinquent"); delinquent != nil {
		q.Where = append(q.Where, store.Equal("delinquent", *delinquent))
	}
	if text := p.text("did"); text != "" {
		canonical, err := did.Parse(text)
		if err != nil {
			p.fail(invalid("did", "did is not a DID: %s", err))
		}
		q.Where = append(q.Where, store.Named(store.NameDID, canonical))
	}
	if externalID := p.text("external_id"); externalID != "" {
		q.Where = append(q.Where, store.Named(store.NameExternalID, externalID))
	}
	q.Where = append(q.Where, p.created()...)
	if deleted := p.boolean("deleted"); deleted != nil {
		q.Deleted = *deleted
	}
	if q.Deleted && len(metadata) > 0 {
		p.fail(invalid("metadata", "deleted customers are not filtered by metadata"))
	}
	window, paging := p.window(q.Order)
	expand := p.expand()
	if q.Window = window; p.err != nil {
		return answer{}, p.err
	}
	docs, count, err := a.service.Customers.List(r.Context(), q, expand)
	return page(docs, count, paging), err
}

func (a *API) overdueInvoices(r *request) (answer, error) {
	doc, err := a.service.Customers.OverdueInvoices(r.Context(), r.caller.Livemode, r.PathValue("id"))
	return answer{status: http.StatusOK, body: doc.JSON}, err
}
