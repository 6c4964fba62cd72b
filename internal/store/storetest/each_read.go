package storetest

import (
	"time"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// anyReadMayFail lets each statement of each thing that can be read fail, one after the other. Whichever it is, the
// error is told: nobody gets a part of an answer for the whole.
func anyReadMayFail(b *breaking) {
	ctx, mode := b.Context(), clientele.Test
	customer, invoice, payment, note, refund := b.history()
	window := store.Window{Limit: 10}
	ofX := store.WithMetadata("x", "1")
	desc, byName := []store.Order{{Field: "created_at", Desc: true}}, []store.Order{{Field: "name"}}
	docs := func(_ [][]byte, _ int64, err error) error { return err }
	doc := func(_ store.Document, err error) error { return err }
	s, feed := b.billing, events.NewFeed(b.Store)
	if err := b.Store.PlaceEvents(ctx); err != nil {
		b.Fatal(err)
	}
	for name, read := range map[string]func() error{
		"customer": func() error { return doc(s.Customers.Retrieve(ctx, mode, customer)) },
		"customer that is created when asked for": func() error { // in a transaction of its own, which lasts
			call := billing.Call{Actor: "test"}
			return doc(s.Customers.RetrieveOrCreate(ctx, call, "z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE"))
		},
		"customer expanded": func() error { _, _, err := s.Customers.Find(ctx, mode, customer); return err },
		"customer's history": func() error {
			_, err := s.Customers.History(ctx, mode, customer)
			return err
		},
		"why a customer is late": func() error { return doc(s.Customers.Explain(ctx, mode, customer)) },
		"overdue invoices":       func() error { return doc(s.Customers.OverdueInvoices(ctx, mode, customer)) },
		"statement": func() error {
			_, err := s.Customers.Statement(ctx, mode, customer, billing.StatementFilter{})
			return err
		},
		"statement of days": func() error {
			day := clientele.OnDay(clientele.DayIn(b.now, time.UTC))
			_, err := s.Customers.Statement(ctx, mode, customer, billing.StatementFilter{From: day, To: day, KnownAt: day})
			return err
		},
		"movements of credit": func() error {
			return docs(s.Customers.BalanceTransactions(ctx, customer, store.Query{Mode: mode, Window: window}))
		},
		"customers": func() error {
			return docs(s.Customers.List(ctx, store.Query{Mode: mode, Order: desc, Window: window}, true))
		},
		"customers by metadata": func() error {
			return docs(s.Customers.List(ctx, store.Query{
				Mode: mode, Order: desc, Window: window, Where: []store.Condition{ofX},
			}, true))
		},
		"customers beside one": func() error {
			w := store.Window{Limit: 10, After: customer}
			return docs(s.Customers.List(ctx, store.Query{Mode: mode, Order: desc, Window: w}, true))
		},
		"customers found": func() error {
			return docs(s.Customers.Search(ctx, billing.Search{Livemode: mode, Query: "ada", Limit: 10}))
		},
		"customers found in an order": func() error {
			return docs(s.Customers.Search(ctx, billing.Search{Livemode: mode, Query: "ada", Order: byName, Limit: 10}))
		},
		"invoices found in an order": func() error {
			return docs(s.Invoices.Search(ctx, billing.Search{Livemode: mode, Query: "work", Order: desc, Limit: 10}))
		},
		"payments found in an order": func() error {
			return docs(s.Payments.Search(ctx, billing.Search{Livemode: mode, Query: "cheque", Order: desc, Limit: 10}))
		},
		"refunds found in an order": func() error {
			return docs(s.Refunds.Search(ctx, billing.Search{Livemode: mode, Query: "re_", Order: desc, Limit: 10}))
		},
		"invoice": func() error { return doc(s.Invoices.Retrieve(ctx, mode, invoice)) },
		"invoice's history": func() error {
			_, err := s.Invoices.History(ctx, mode, invoice)
			return err
		},
		"printed invoice": func() error { _, err := s.Invoices.Printable(ctx, mode, invoice); return err },
		"invoices": func() error {
			return docs(s.Invoices.List(ctx, "", store.Query{Mode: mode, Order: desc, Window: window}, true))
		},
		"a customer's invoices": func() error {
			f := store.Query{Mode: mode, Order: desc, Window: window}
			return docs(s.Invoices.List(ctx, customer, f, true))
		},
		"invoices found": func() error {
			return docs(s.Invoices.Search(ctx, billing.Search{Livemode: mode, Query: "work", Limit: 10}))
		},
		"payment": func() error { return doc(s.Payments.Retrieve(ctx, mode, payment)) },
		"payments": func() error {
			return docs(s.Payments.List(ctx, "", store.Query{Mode: mode, Order: desc, Window: window}, true))
		},
		"payments of an invoice": func() error {
			return docs(s.Payments.List(ctx, "", store.Query{
				Mode: mode, Order: desc, Window: window, Where: []store.Condition{store.PaidInvoice(invoice)},
			}, true))
		},
		"payments found": func() error {
			return docs(s.Payments.Search(ctx, billing.Search{Livemode: mode, Query: "cheque", Limit: 10}))
		},
		"credit note": func() error { return doc(s.CreditNotes.Retrieve(ctx, mode, note)) },
		"credit notes": func() error {
			return docs(s.CreditNotes.List(ctx, customer, store.Query{Mode: mode, Window: window}))
		},
		"refund": func() error { return doc(s.Refunds.Retrieve(ctx, mode, refund)) },
		"refunds": func() error {
			return docs(s.Refunds.List(ctx, customer, store.Query{Mode: mode, Window: window}))
		},
		"aging": func() error { _, err := s.Receivables.Aging(ctx, billing.AgingFilter{Livemode: mode}); return err },
		"aging of a past moment": func() error {
			at := clientele.AtTime(b.now.Add(-time.Hour))
			_, err := s.Receivables.Aging(ctx, billing.AgingFilter{
				Livemode: mode, AsOf: billing.AsOf{Day: at, KnownAt: at},
			})
			return err
		},
		"aging of a currency": func() error {
			_, err := s.Receivables.Aging(ctx, billing.AgingFilter{
				Livemode: mode, AsOf: billing.AsOf{Day: clientele.OnDay(clientele.DayIn(b.now, time.UTC))},
				CurrencyID: usd,
			})
			return err
		},
		"a customer's aging": func() error {
			_, err := s.Receivables.Aging(ctx, billing.AgingFilter{Livemode: mode, Customer: customer})
			return err
		},
		"aging by customer": func() error {
			_, err := s.Receivables.AgingByCustomer(ctx, billing.AgingFilter{Livemode: mode}, window)
			return err
		},
		"who is late": func() error {
			_, _, err := s.Receivables.Overdue(ctx, mode, billing.AsOf{}, "", window)
			return err
		},
		"who was late": func() error {
			at := clientele.AtTime(b.now.Add(-time.Hour))
			_, _, err := s.Receivables.Overdue(ctx, mode, billing.AsOf{Day: at, KnownAt: at}, "", window)
			return err
		},
		"aging by customer of a past moment": func() error {
			at := clientele.AtTime(b.now.Add(-time.Hour))
			_, err := s.Receivables.AgingByCustomer(ctx, billing.AgingFilter{
				Livemode: mode, AsOf: billing.AsOf{Day: at, KnownAt: at},
			}, window)
			return err
		},
		"who is late anew": func() error {
			_, err := s.Receivables.NewlyDelinquent(ctx, mode, b.now.AddDate(-1, 0, 0), 5)
			return err
		},
		"summary": func() error {
			_, err := s.Receivables.Summary(ctx, mode, billing.SummaryFilter{
				From: clientele.AtTime(b.now.AddDate(0, -1, 0)), To: clientele.AtTime(b.now.AddDate(0, 1, 0)),
			})
			return err
		},
		"summary of a past moment": func() error {
			at := clientele.AtTime(b.now.Add(-time.Hour))
			_, err := s.Receivables.Summary(ctx, mode, billing.SummaryFilter{AsOf: billing.AsOf{Day: at, KnownAt: at}})
			return err
		},
		"what is closed":     func() error { _, err := s.Closings.List(ctx, mode); return err },
		"up to when":         func() error { _, err := s.Closings.Through(ctx, mode); return err },
		"closings completed": func() error { _, err := s.Closings.Complete(ctx); return err },
		"what closing would find": func() error {
			_, err := s.Closings.Preview(ctx, mode, clientele.DayIn(b.now, time.UTC)-1)
			return err
		},
		"months":   func() error { _, err := s.Receivables.Months(ctx, mode, 6); return err },
		"settings": func() error { return doc(s.Settings.Retrieve(ctx, mode)) },
		"settings of a mode": func() error {
			_, err := s.Settings.Of(ctx, mode)
			return err
		},
		"account":    func() error { return doc(s.Settings.Account(ctx, mode)) },
		"currencies": func() error { _, err := s.PaymentCurrencies.List(ctx, mode); return err },
		"methods":    func() error { _, err := s.PaymentMethods.List(ctx, mode); return err },
		"method":     func() error { _, err := s.PaymentMethods.Retrieve(ctx, mode, "pm_test_manual"); return err },
		"events": func() error {
			_, _, err := feed.Read(ctx, store.FeedQuery{BothModes: true, Limit: 100})
			return err
		},
		"the latest": func() error { _, err := s.LatestEvents(ctx, mode, 100); return err },
		"whether the books are right": func() error {
			return s.Verify(ctx, func(int64, int64) {}, func(d billing.Difference) { b.Errorf("%s: %s", d.ID, d.Text) })
		},
		"whether a customer's books are right": func() error {
			return s.VerifyCustomer(ctx, mode, customer, func(d billing.Difference) { b.Errorf("%s: %s", d.ID, d.Text) })
		},
	} {
		b.read(name, read)
	}
}

// brokenDocumentsAreTold reads what is no JSON any more: nobody is shown without a name, or half.
func brokenDocumentsAreTold(b *breaking) {
	customer, _, _, _, _ := b.history()
	b.Exec("UPDATE customers SET doc = 'x'")
	ctx, s, window := b.Context(), b.billing, store.Window{Limit: 10}
	for name, read := range map[string]func() error{
		"customer": func() error { _, _, err := s.Customers.Find(ctx, clientele.Test, customer); return err },
		"who is late": func() error {
			_, _, err := s.Receivables.Overdue(ctx, clientele.Test, billing.AsOf{}, "", window)
			return err
		},
		"aging by customer": func() error {
			_, err := s.Receivables.AgingByCustomer(ctx, billing.AgingFilter{Livemode: clientele.Test}, window)
			return err
		},
	} {
		if err := read(); err == nil {
			b.Errorf("%s: nobody is told", name)
		}
	}
}

// history makes something of each kind that can be read.
func (b *breaking) history() (customer, invoice, payment, note, refund string) {
	ctx, s := b.Context(), b.billing
	customer = b.change("customer", func(call billing.Call) (store.Document, error) {
		return s.Customers.Create(ctx, call, b.fields(`{"name":"Ada","metadata":{"x":"1"}}`))
	})
	invoice = b.invoice(customer, 100, -5)
	b.invoice(customer, 50, -40)
	payment = b.pay(customer, 60, invoice)
	b.on("write off", b.invoice(customer, 30, -90), func(call billing.Call, id string) (store.Document, error) {
		return s.Invoices.WriteOff(ctx, call, id, clientele.WriteOffParams{Reason: "insolvent"})
	})
	note = b.on("credit note", invoice, func(call billing.Call, id string) (store.Document, error) {
		return s.Invoices.Credit(ctx, call, id, clientele.CreditNoteParams{Amount: cents(5)})
	})
	refund = b.on("refund", b.pay(customer, 100, ""), func(call billing.Call, id string) (store.Document, error) {
		return s.Payments.Refund(ctx, call, id, clientele.RefundParams{RestParams: clientele.RestParams{Amount: cents(1)}})
	})
	b.invoice(customer, 500, -1) // which stays late
	return customer, invoice, payment, note, refund
}
