package api

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/paper"
	"clientele.dev/internal/store"
)

func (a *API) invoicePage(r *request) (answer, error) {
	return a.printed(r, "text/html; charset=utf-8", paper.InvoiceHTML)
}

func (a *API) invoicePDF(r *request) (answer, error) {
	return a.printed(r, "application/pdf", paper.InvoicePDF)
}

// printed answers with an invoice as people read it.
func (a *API) printed(r *request, media string, write func(io.Writer, paper.Invoice) error) (answer, error) {
	p, err := a.service.Invoices.Printable(r.Context(), r.caller.Livemode, r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	var b bytes.Buffer
	err = a.drawing.Do(r.Context(), r.caller.ID, func() error {
		return write(&b, paper.Invoice{
			Invoice: p.Invoice, Currency: p.Currency, Settings: p.Settings, CreditNotes: p.CreditNotes, Today: p.Today,
		})
	})
	return answer{status: http.StatusOK, contentType: media, body: b.Bytes()}, err
}

func (a *API) listInvoices(r *request) (answer, error) {
	p := params{query: r.query}
	q := store.Query{
		Mode: r.caller.Livemode, Order: p.order(r.sorts),
		Where: append(p.metadata(), store.Given("currency_id", p.text("currency_id"))),
	}
	if zero := p.boolean("ignore_zero"); zero != nil && *zero {
		q.Where = append(q.Where, store.NotZero("total"))
	}
	var given []clientele.InvoiceStatus
	if states := p.text("status"); states != "" {
		for state := range strings.SplitSeq(states, ",") {
			if !isStatus(state) {
				p.fail(invalid("status", "status is draft, open, paid, uncollectible or void, several separated by commas"))
			}
			given = append(given, clientele.InvoiceStatus(state))
		}
	}
	dueFrom, dueTo := p.moments("due_date")
	q.Where = append(q.Where, store.OneOf("status", given...), store.AtLeast("due_date", secondsFrom(dueFrom)),
		store.Below("due_date", secondsFrom(dueTo)))
	q.Where = append(q.Where, p.created()...)
	customer, expand, subscription := p.customer(), p.expand(), p.text(ofSubscription)
	window, paging := p.window(q.Order)
	if q.Window = window; p.err != nil {
		return answer{}, p.err
	}
	if subscription != "" {
		return page(nil, 0, paging), nil
	}
	docs, count, err := a.service.Invoices.List(r.Context(), customer, q, expand)
	return page(docs, count, paging), err
}

// secondsFrom is the first whole second that is not before a moment in milliseconds; 0 is open.
func secondsFrom(ms int64) int64 { return (ms + 999) / 1000 }

func isStatus(s string) bool {
	switch clientele.InvoiceStatus(s) {
	case clientele.InvoiceDraft, clientele.InvoiceOpen, clientele.InvoicePaid, clientele.InvoiceUncollectible,
		clientele.InvoiceVoid:
		return true
	}
	return false
}
