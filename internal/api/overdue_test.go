package api_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
)

func TestOverdueIsTheExactSumPerCurrency(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	c := s.post(t, `{"did":"`+didAccount+`","name":"Ada"}`)
	other := s.post(t, `{"name":""}`)
	bills := []struct{ customer, currency, amount, state string }{
		{c.ID, "curr_test_usd", "2500", "uncollectible"},
		{c.ID, "curr_test_abt", "9223372036854775807", "uncollectible"},
		{c.ID, "curr_test_abt", "123456789012345678901234567890123456789", "uncollectible"},
		{c.ID, "curr_test_usd", "18446744073709551617", "uncollectible"},
		{c.ID, "curr_test_eur", "4", "open"},
		{c.ID, "curr_test_usd", "8", "draft"},
		{c.ID, "curr_test_usd", "16", "open"},
		{other.ID, "curr_test_usd", "32", "uncollectible"},
	}
	sums, overdue := map[string]*big.Int{}, []string{}
	for _, bill := range bills {
		s.Advance(time.Minute)
		invoice := draft(t, payment, bill.customer, bill.currency, bill.amount)
		if bill.state != "draft" {
			ok(payment.Invoices.Finalize(t.Context(), invoice.ID))(t)
		}
		if bill.state != "uncollectible" {
			continue
		}
		if bill.customer == c.ID {
			overdue = append(overdue, invoice.ID)
			n, _ := new(big.Int).SetString(bill.amount, 10)
			if sums[bill.currency] == nil {
				sums[bill.currency] = new(big.Int)
			}
			sums[bill.currency].Add(sums[bill.currency], n)
		}
		got := ok(payment.Invoices.MarkUncollectible(t.Context(), invoice.ID))(t)
		if got.StatusTransitions.MarkedUncollectibleAt != s.Now().Unix() || got.AmountRemaining.String() != bill.amount {
			t.Errorf("marked as %+v", got)
		}
		if !ok(payment.Customers.Retrieve(t.Context(), bill.customer))(t).Delinquent {
			t.Error("the customer is not delinquent")
		}
	}
	for _, ref := range []string{c.ID, didAccount, "did:abt:" + didAccount} {
		got := ok(payment.Customers.OverdueInvoices(t.Context(), ref))(t)
		var ids []string
		for _, invoice := range got.Invoices {
			ids = append(ids, invoice.ID)
		}
		if !slices.Equal(ids, overdue) || got.Customer.ID != c.ID || !got.Customer.Delinquent ||
			len(got.Summary) != len(sums) {
			t.Errorf("overdue are %v of %s in %d currencies, want %v", ids, got.Customer.ID, len(got.Summary), overdue)
		}
		for currency, sum := range sums {
			has := got.Summary[currency]
			if has.Amount.String() != sum.String() || has.Currency.ID != currency || has.Method.Type != "manual" ||
				has.Currency.Symbol == "" {
				t.Errorf("%s: %+v, want %s", currency, has, sum)
			}
		}
	}
	if got := ok(payment.Customers.List(t.Context(),
		clientele.CustomerListParams{Delinquent: new(true)}))(t); got.Count != 2 {
		t.Errorf("%d are delinquent", got.Count)
	}
}

func TestOverdueReadsAsTheReactComponentWants(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":""}`)
	nothing := s.send(t, "GET", "/api/customers/"+c.ID+"/overdue/invoices", "").must(t, 200).members(t)
	if string(nothing["invoices"]) != "[]" || string(nothing["summary"]) != "{}" {
		t.Errorf("of nobody's debt it answers %s", nothing)
	}
	for range 2 { // of the largest amounts, which together have one digit more
		invoice := draft(t, s.Test(), c.ID, "curr_test_abt", strings.Repeat("9", 78))
		ok(s.Test().Invoices.Finalize(t.Context(), invoice.ID))(t)
		ok(s.Test().Invoices.MarkUncollectible(t.Context(), invoice.ID))(t)
	}
	var got struct {
		Customer struct{ ID string }
		Invoices []struct {
			Status          string
			AmountRemaining any    `json:"amount_remaining"`
			CurrencyID      string `json:"currency_id"`
		}
		Summary map[string]struct {
			Amount   any
			Currency struct {
				ID, Symbol string
				Decimal    int
			}
			Method struct{ Type string }
		}
	}
	if err := json.Unmarshal(s.send(t, "GET", "/api/customers/"+c.ID+"/overdue/invoices", "").must(t, 200).body,
		&got); err != nil {
		t.Fatal(err)
	}
	sum := got.Summary["curr_test_abt"]
	if sum.Amount != "1"+strings.Repeat("9", 77)+"8" || sum.Currency.ID != "curr_test_abt" ||
		sum.Currency.Symbol != "ABT" ||
		sum.Currency.Decimal != 18 || sum.Method.Type != "manual" || got.Customer.ID != c.ID {
		t.Errorf("the summary is %+v", sum)
	}
	if got := ok(s.Test().Customers.OverdueInvoices(t.Context(),
		c.ID))(t).Summary["curr_test_abt"]; got.Amount.String() != sum.Amount {
		t.Errorf("the SDK reads %s", got.Amount)
	}
	if i := got.Invoices[0]; i.Status != "uncollectible" || i.CurrencyID != "curr_test_abt" ||
		i.AmountRemaining != strings.Repeat("9", 78) {
		t.Errorf("the invoice is %+v", i)
	}
}

func TestAnInvoiceOverNothingMakesNobodyDelinquent(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":""}`)
	invoice := draft(t, s.Test(), c.ID, "curr_test_usd", "0")
	if paid := ok(s.Test().Invoices.Finalize(t.Context(), invoice.ID))(t); paid.Status != "paid" {
		t.Errorf("with nothing to pay it is %s", paid.Status)
	}
	if ok(s.Test().Customers.Retrieve(t.Context(), c.ID))(t).Delinquent {
		t.Error("owes nothing and is delinquent")
	}
}
