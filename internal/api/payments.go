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
	return changeBy(a, r, func(call billing.Call, p billing.PaymentParams) (store.Document, error) {
		p.Preview = p.Preview || preview != nil && *preview
		return a.service.Payments.Create(r.Context(), call, p)
	})
}

func (a *API) retrievePayment(r *request) (answer, error) {
	doc, err := a.service.Payments.Retrieve(r.Context(), r.caller.Livemode, r.PathValue("id"))
	return document(doc), err
}

// retrievePaymentIntent is the published client's name for a payment.
func (a *API) retrievePaymentIntent(r *request) (answer, error) { return a.retrievePayment(r) }

func (a *API) listPayments(r *request) (answer, error) { return a.pageOfPayments(r, false) }

func (a *API) pageOfPayments(r *request, expand bool) (answer, error) {
	p := params{query: r.query}
	f := store.PaymentFilter{
		Livemode:   r.caller.Livemode,
		InvoiceID:  p.text("invoice_id"),
		CurrencyID: p.text("currency_id"),
		Metadata:   p.metadata(),
		Order:      p.order("created_at", "updated_at", "id"),
	}
	switch f.Status = clientele.PaymentStatus(p.text("status")); f.Status {
	case "", clientele.PaymentSucceeded, clientele.PaymentCanceled:
	default:
		p.fail(invalid("status", "status is succeeded or canceled"))
	}
	f.From, f.To = p.moments("created_at")
	if unapplied := p.boolean("unapplied"); unapplied != nil {
		f.Unapplied = *unapplied
	}
	customer := p.customer()
	window, paging := p.window(f.Order)
	if f.Window = window; p.err != nil {
		return answer{}, p.err
	}
	docs, count, err := a.service.Payments.List(r.Context(), customer, f, expand)
	return page(docs, count, paging), err
}

// listPaymentIntents is the published client's name for payments, which it expects with what each refers to.
func (a *API) listPaymentIntents(r *request) (answer, error) { return a.pageOfPayments(r, true) }

func (a *API) allocatePayment(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.AllocateParams) (store.Document, error) {
		return a.service.Payments.Allocate(r.Context(), call, r.PathValue("id"), p)
	})
}

func (a *API) unallocatePayment(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.UnallocateParams) (store.Document, error) {
		return a.service.Payments.Unallocate(r.Context(), call, r.PathValue("id"), p)
	})
}

func (a *API) creditPayment(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.RestParams) (store.Document, error) {
		return a.service.Payments.Credit(r.Context(), call, r.PathValue("id"), p)
	})
}

func (a *API) refundPayment(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.RefundParams) (store.Document, error) {
		return a.service.Payments.Refund(r.Context(), call, r.PathValue("id"), p)
	})
}

func (a *API) searchPayments(r *request) (answer, error) { return a.foundPayments(r, false) }

func (a *API) foundPayments(r *request, expand bool) (answer, error) {
	p := params{query: r.query}
	q, paging := p.search(r, "created_at", "updated_at", "id")
	q.Plain = !expand
	if p.err != nil {
		return answer{}, p.err
	}
	docs, count, err := a.service.Payments.Search(r.Context(), q)
	return page(docs, count, paging), err
}

// searchPaymentIntents is the published client's name for searching payments.
func (a *API) searchPaymentIntents(r *request) (answer, error) { return a.foundPayments(r, true) }

func (a *API) retrieveRefund(r *request) (answer, error) {
	doc, err := a.service.Refunds.Retrieve(r.Context(), r.caller.Livemode, r.PathValue("id"))
	return document(doc), err
}

func (a *API) searchRefunds(r *request) (answer, error) {
	p := params{query: r.query}
	q, paging := p.search(r, "created_at", "id")
	if p.err != nil {
		return answer{}, p.err
	}
	docs, count, err := a.service.Refunds.Search(r.Context(), q)
	return page(docs, count, paging), err
}

func (a *API) listRefunds(r *request) (answer, error) {
	p := params{query: r.query}
	f := store.RefundFilter{
		Livemode: r.caller.Livemode, CurrencyID: p.text("currency_id"), PaymentID: p.text("payment_intent_id"),
		InvoiceID: p.text("invoice_id"),
	}
	if status := p.text("status"); status != "" && status != "succeeded" {
		p.fail(invalid("status", "status is succeeded: Clientele records refunds when they were sent"))
	}
	customer := p.customer()
	f.Order = p.order("created_at", "id")
	window, paging := p.window(f.Order)
	if f.Window = window; p.err != nil {
		return answer{}, p.err
	}
	if p.text(ofSubscription) != "" {
		return page(nil, 0, paging), nil
	}
	docs, count, err := a.service.Refunds.List(r.Context(), customer, f)
	return page(docs, count, paging), err
}

func (a *API) reversePayment(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.ReverseParams) (store.Document, error) {
		return a.service.Payments.Reverse(r.Context(), call, r.PathValue("id"), p)
	})
}

func (a *API) createBalanceTransaction(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.CreditParams) (store.Document, error) {
		return a.service.Customers.MoveCredit(r.Context(), call, r.PathValue("id"), p)
	})
}

func (a *API) listBalanceTransactions(r *request) (answer, error) {
	p := params{query: r.query}
	f := store.LedgerFilter{Livemode: r.caller.Livemode, CurrencyID: p.text("currency_id")}
	if credit := p.boolean("credit"); credit != nil {
		f.Credit = *credit
	}
	window, paging := p.window(nil)
	if f.Window = window; p.err != nil {
		return answer{}, p.err
	}
	docs, count, err := a.service.Customers.BalanceTransactions(r.Context(), r.PathValue("id"), f)
	return page(docs, count, paging), err
}

func (a *API) createCreditNote(r *request) (answer, error) {
	return changeBy(a, r, func(call billing.Call, p billing.CreditNoteParams) (store.Document, error) {
		return a.service.Invoices.Credit(r.Context(), call, r.PathValue("id"), p)
	})
}

func (a *API) retrieveCreditNote(r *request) (answer, error) {
	doc, err := a.service.CreditNotes.Retrieve(r.Context(), r.caller.Livemode, r.PathValue("id"))
	return document(doc), err
}

func (a *API) listCreditNotes(r *request) (answer, error) {
	p := params{query: r.query}
	f := store.CreditNoteFilter{Livemode: r.caller.Livemode, InvoiceID: p.text("invoice_id")}
	customer := p.customer()
	window, paging := p.window(nil)
	if f.Window = window; p.err != nil {
		return answer{}, p.err
	}
	docs, count, err := a.service.CreditNotes.List(r.Context(), customer, f)
	return page(docs, count, paging), err
}
