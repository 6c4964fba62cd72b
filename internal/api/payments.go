package api

import (
	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

func (a *API) createPayment(r *request) (answer, error) {
	q := params{query: r.query}
	preview := q.boolean("preview")
	if q.err != nil {
		return answer{}, q.err
	}
	return changeBy(a, r, func(call billing.Call, p clientele.PaymentParams) (store.Document, error) {
		p.Preview = p.Preview || preview != nil && *preview
		return a.service.Payments.Create(r.Context(), call, p)
	})
}

func (a *API) listPayments(r *request) (answer, error) { return a.pageOfPayments(r, false) }

func (a *API) pageOfPayments(r *request, expand bool) (answer, error) {
	p := params{query: r.query}
	q := store.Query{Mode: r.caller.Livemode, Order: p.order(r.sorts)}
	status := clientele.PaymentStatus(p.text("status"))
	q.Where = append(p.metadata(), store.PaidInvoice(p.text("invoice_id")),
		store.Given("currency_id", p.text("currency_id")), store.Given("status", status))
	switch status {
	case "", clientele.PaymentSucceeded, clientele.PaymentCanceled:
	default:
		p.fail(invalid("status", "status is succeeded or canceled"))
	}
	q.Where = append(q.Where, p.created()...)
	if unapplied := p.boolean("unapplied"); unapplied != nil && *unapplied {
		q.Where = append(q.Where, store.NotZero("unallocated"))
	}
	customer := p.customer()
	window, paging := p.window(q.Order)
	if q.Window = window; p.err != nil {
		return answer{}, p.err
	}
	docs, count, err := a.service.Payments.List(r.Context(), customer, q, expand)
	return page(docs, count, paging), err
}

// listPaymentIntents is the published client's name for payments, which it expects with what each refers to.
func (a *API) listPaymentIntents(r *request) (answer, error) { return a.pageOfPayments(r, true) }

func (a *API) listRefunds(r *request) (answer, error) {
	p := params{query: r.query}
	q := store.Query{Mode: r.caller.Livemode, Where: []store.Condition{
		store.Given("currency_id", p.text("currency_id")), store.Given("payment_id", p.text("payment_intent_id")),
		store.Given("invoice_id", p.text("invoice_id")),
	}}
	if status := p.text("status"); status != "" && status != "succeeded" {
		p.fail(invalid("status", "status is succeeded: Clientele records refunds when they were sent"))
	}
	customer, subscription := p.customer(), p.text(ofSubscription)
	q.Order = p.order(r.sorts)
	window, paging := p.window(q.Order)
	if q.Window = window; p.err != nil {
		return answer{}, p.err
	}
	if subscription != "" {
		return page(nil, 0, paging), nil
	}
	docs, count, err := a.service.Refunds.List(r.Context(), customer, q)
	return page(docs, count, paging), err
}

func (a *API) listBalanceTransactions(r *request) (answer, error) {
	p := params{query: r.query}
	q := store.Query{
		Mode: r.caller.Livemode, Where: []store.Condition{store.Given("currency_id", p.text("currency_id"))},
	}
	if credit := p.boolean("credit"); credit != nil && *credit {
		q.Where = append(q.Where, store.NotZero("credit"))
	}
	window, paging := p.window(nil)
	if q.Window = window; p.err != nil {
		return answer{}, p.err
	}
	docs, count, err := a.service.Customers.BalanceTransactions(r.Context(), r.PathValue("id"), q)
	return page(docs, count, paging), err
}

func (a *API) listCreditNotes(r *request) (answer, error) {
	p := params{query: r.query}
	q := store.Query{
		Mode: r.caller.Livemode, Where: []store.Condition{store.Given("invoice_id", p.text("invoice_id"))},
	}
	customer := p.customer()
	window, paging := p.window(nil)
	if q.Window = window; p.err != nil {
		return answer{}, p.err
	}
	docs, count, err := a.service.CreditNotes.List(r.Context(), customer, q)
	return page(docs, count, paging), err
}
