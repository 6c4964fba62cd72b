package api_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/billing"
)

// issue finalizes an invoice over an amount, due in some days.
func issue(t testing.TB, s *server, customer, currency, units string, days int) *clientele.Invoice {
	t.Helper()
	return ok(s.Test().Invoices.Create(t.Context(), client.InvoiceParams{
		CustomerID: customer, CurrencyID: currency, Finalize: true, DueDate: s.Now().AddDate(0, 0, days),
		Lines: []client.LineParams{{
			Description: "work", Quantity: 1, UnitAmount: ok(clientele.ParseAmount(currency, units))(t),
		}},
	}))(t)
}

// rightBooks holds the books to what the ledgers say.
func (s *server) rightBooks(t *testing.T) {
	t.Helper()
	err := s.Service.Verify(t.Context(), func(int64, int64) {},
		func(d billing.Difference) { t.Errorf("%s: %s", d.ID, d.Text) })
	if err != nil {
		t.Error(err)
	}
}

func TestPastDueIsToldBesideWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	given := issue(t, s, c.ID, "curr_test_usd", "70", -3)
	ok(s.Test().Invoices.MarkUncollectible(t.Context(), given.ID))(t)
	first, second := issue(t, s, c.ID, "curr_test_usd", "30", -1), issue(t, s, c.ID, "curr_test_usd", "5", -2)
	euros, token := issue(t, s, c.ID, "curr_test_eur", "9", -2), "123456789012345678901"
	issue(t, s, c.ID, "curr_test_abt", token, 1)
	got := ok(s.Test().Customers.OverdueInvoices(t.Context(), c.ID))(t)
	if len(got.Invoices) != 1 || got.Invoices[0].ID != given.ID || len(got.Summary) != 1 {
		t.Errorf("given up are %v", got.Invoices)
	}
	late := got.PastDue
	if len(late.Invoices) != 3 || late.Invoices[0].ID != first.ID || late.Invoices[1].ID != second.ID ||
		late.Invoices[2].ID != euros.ID {
		t.Errorf("past due are %v", late.Invoices)
	}
	if len(late.Summary) != 2 || late.Summary["curr_test_usd"].Amount.String() != "35" ||
		late.Summary["curr_test_eur"].Amount.String() != "9" {
		t.Errorf("past due is %v", late.Summary)
	}
	s.Advance(48 * time.Hour) // nothing is stored that could be stale
	late = ok(s.Test().Customers.OverdueInvoices(t.Context(), c.ID))(t).PastDue
	if late.Summary["curr_test_abt"].Amount.String() != token {
		t.Errorf("two days later past due is %v", late.Summary)
	}
}

func TestTheCreditBeforeAndAfterIsOnTheInvoice(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada","invoice_settings":{"apply_credit":true}}`)
	for currency, units := range map[string]string{"curr_test_usd": "100", "curr_test_eur": "7"} {
		s.send(t, "POST", "/api/customers/"+c.ID+"/balance_transactions",
			`{"currency_id":"`+currency+`","amount":"`+units+`"}`).must(t, 201)
	}
	i := issue(t, s, c.ID, "curr_test_usd", "30", 1)
	before, after := i.StartingTokenBalance, i.EndingTokenBalance
	if before["curr_test_usd"].String() != "100" || after["curr_test_usd"].String() != "70" ||
		before["curr_test_eur"].String() != "7" || after["curr_test_eur"].String() != "7" {
		t.Errorf("the credit was %v, then %v", before, after)
	}
	if i.Status != clientele.InvoicePaid || i.StartingBalance.String() != "100" || i.EndingBalance.String() != "70" {
		t.Errorf("the invoice is %s, the balance was %s, then %s", i.Status, i.StartingBalance, i.EndingBalance)
	}
}

// Two hundred at once want one of a hundred: a hundred get it.
func TestCreditIsNotSpentTwice(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	path := "/api/customers/" + c.ID + "/balance_transactions"
	s.send(t, "POST", path, `{"currency_id":"curr_test_usd","amount":"100"}`).must(t, 201)
	var done, refused atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			switch got := s.send(t, "POST", path, `{"currency_id":"curr_test_usd","amount":"-1"}`); got.status {
			case 201:
				done.Add(1)
			case 409:
				refused.Add(1)
			default:
				t.Errorf("answered %d: %s", got.status, got.body)
			}
		})
	}
	all.Wait()
	left := ok(s.Test().Customers.Retrieve(t.Context(), c.ID))(t).TokenBalance["curr_test_usd"]
	if done.Load() != 100 || refused.Load() != 100 || left.Sign() != 0 {
		t.Errorf("%d were done and %d refused; %s is left", done.Load(), refused.Load(), left)
	}
}
