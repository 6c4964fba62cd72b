package console

import (
	"strings"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// listPayments reads a part of the payments that an address asks for.
func (s *console) listPayments(v *visit, w store.Window) ([][]byte, int64, error) {
	q := v.URL.Query()
	if search := strings.TrimSpace(q.Get("q")); search != "" {
		return s.service.Payments.Search(v.Context(), billing.Search{
			Livemode: v.Mode, Query: search, Limit: w.Limit, Offset: w.Offset,
		})
	}
	within, err := v.madeWithin()
	if err != nil {
		return nil, 0, err
	}
	where := append(within, store.Given("currency_id", q.Get("currency")))
	switch q.Get("show") {
	case "unapplied":
		where = append(where, store.NotZero("unallocated"))
	case "reversed":
		where = append(where, store.OneOf("status", clientele.PaymentCanceled))
	}
	all := store.Query{Mode: v.Mode, Where: where, Window: w}
	return s.service.Payments.List(v.Context(), q.Get("customer"), all, true)
}

func (s *console) payments(v *visit) (page, error) {
	docs, count, err := s.listPayments(v, window(pageOf(v.Request)))
	return searchedPage[clientele.PaymentExpanded](v, "payments", "Payments", docs, count, err)
}

// paymentsCSV is all payments that match, with amounts in the main unit of their currency.
func (s *console) paymentsCSV(v *visit) (page, error) {
	head := []string{
		"id", "received_date", "customer_id", "customer", "email", "currency", "amount", "allocated", "credited",
		"refunded", "unapplied", "method", "reference", "description", "status", "created_at",
	}
	id := func(p clientele.PaymentExpanded) string { return p.ID }
	return csvPage(s, v, "payments", head, eachOf(v, id, s.listPayments), func(p clientele.PaymentExpanded) []string {
		c := v.currency(p.CurrencyID)
		return []string{
			p.ID, p.Received().String(), p.CustomerID, p.Customer.Name, p.Customer.Email, c.Symbol,
			p.Amount.Decimal(c.Decimal), p.AmountAllocated.Decimal(c.Decimal), p.AmountCredited.Decimal(c.Decimal),
			p.AmountRefunded.Decimal(c.Decimal), p.AmountUnallocated.Decimal(c.Decimal), p.Method, p.Reference,
			p.Description, string(p.Status), p.CreatedAt.String(),
		}
	})
}

// paymentPage is what the page of a payment shows.
type paymentPage struct {
	Payment clientele.PaymentExpanded
	Paid    []paidInvoice
	Refunds todo[clientele.RefundExpanded]
	Changes []change
}

// paidInvoice is what a payment paid of an invoice.
type paidInvoice struct {
	clientele.Allocation
	Invoice clientele.InvoiceExpanded
}

func (s *console) payment(v *visit) (page, error) {
	p, err := decode[clientele.PaymentExpanded](s.service.Payments.Retrieve(v.Context(), v.Mode, v.PathValue("id")))
	if err != nil {
		return page{}, err
	}
	data := paymentPage{Payment: p}
	for _, a := range p.Allocations {
		i, err := decode[clientele.InvoiceExpanded](s.service.Invoices.Retrieve(v.Context(), v.Mode, a.InvoiceID))
		if err != nil {
			return page{}, err
		}
		data.Paid = append(data.Paid, paidInvoice{a, i})
	}
	q := store.Query{
		Mode: v.Mode, Where: []store.Condition{store.Equal("payment_id", p.ID)}, Window: store.Window{Limit: 100},
	}
	data.Refunds, err = todoOf[clientele.RefundExpanded](s.service.Refunds.List(v.Context(), p.CustomerID, q))
	if err != nil {
		return page{}, err
	}
	events, err := s.service.Payments.History(v.Context(), v.Mode, p.ID)
	if err == nil {
		data.Changes, err = s.changesOf(v, events)
	}
	return page{template: "payment", title: "Payment", data: data}, err
}
