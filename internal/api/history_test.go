package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"clientele.dev"
)

// inWords writes changes as: version type field from>to.
func inWords(changes []clientele.Change) string {
	var lines []string
	for _, c := range changes {
		line := fmt.Sprint(c.ObjectVersion, " ", c.Type)
		for _, f := range c.Changes {
			line += fmt.Sprintf(" %s %s>%s", f.Field, f.From, f.To)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// TestHistory tells who changed what: newest first, members of fields by their names, without what follows from other
// fields unless it is asked for.
func TestHistory(t *testing.T) {
	t.Parallel()
	s := start(t)
	c, ctx := s.Test(), t.Context()
	made, err := c.Customers.Create(ctx, clientele.CustomerParams{
		DID: new(didAccount), Name: new("Ada"), Metadata: map[string]any{"plan": "a", "seat": 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []clientele.CustomerParams{
		{Name: new("Ada L."), Address: &clientele.AddressParams{City: new("London")}},
		{Metadata: map[string]any{"plan": "b", "seat": nil}},
		{Metadata: map[string]any{"plan": "b"}}, // which changes nothing
	} {
		if _, err := c.Customers.Update(ctx, made.ID, p); err != nil {
			t.Fatal(err)
		}
	}
	const want = `3 customer.updated metadata.plan "a">"b" metadata.seat 1>null
2 customer.updated address.city null>"London" name "Ada">"Ada L."
1 customer.created`
	page, err := c.Customers.History(ctx, didAccount, clientele.HistoryParams{})
	if err != nil || inWords(page.List) != want || page.Count != 3 {
		t.Fatalf("the history is\n%s\n(%v), want\n%s", inWords(page.List), err, want)
	}
	if one := page.List[0]; one.By == "" || one.EventID == "" || one.RequestID == "" || one.At.IsZero() {
		t.Errorf("a change is %+v", one)
	}
	second, err := c.Customers.History(ctx, made.ID, clientele.HistoryParams{Page: 2, PageSize: 2})
	if err != nil || inWords(second.List) != "1 customer.created" || second.Count != 3 {
		t.Errorf("the second page is %s (%v)", inWords(second.List), err)
	}
	if _, err := c.Customers.Delete(ctx, made.ID); err != nil {
		t.Fatal(err)
	}
	gone, err := c.Customers.History(ctx, made.ID, clientele.HistoryParams{PageSize: 1})
	if err != nil || inWords(gone.List) != "4 customer.deleted" {
		t.Errorf("of a deleted one it is %s (%v)", inWords(gone.List), err)
	}
}

// TestHistoryOfMoney tells what became of an invoice and its payment.
func TestHistoryOfMoney(t *testing.T) {
	t.Parallel()
	s := start(t)
	c, ctx := s.Test(), t.Context()
	made, err := c.Customers.Create(ctx, clientele.CustomerParams{Name: new("Ada")})
	if err != nil {
		t.Fatal(err)
	}
	ten := clientele.NewAmount("", 10)
	invoice, err := c.Invoices.Create(ctx, clientele.InvoiceParams{
		CustomerID: made.ID, CurrencyID: "curr_test_usd", Finalize: true,
		InvoiceContent: clientele.InvoiceContent{Lines: []clientele.LineParams{{Description: "Work", UnitAmount: &ten}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	paid, err := c.Payments.Create(ctx, clientele.PaymentParams{
		CustomerID: made.ID, CurrencyID: "curr_test_usd", Amount: &ten, InvoiceID: invoice.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	for ref, do := range map[string]func() (*clientele.Page[clientele.Change], error){
		"invoice.paid": func() (*clientele.Page[clientele.Change], error) {
			return c.Invoices.History(ctx, invoice.Number, clientele.HistoryParams{})
		},
		"payment_intent.succeeded": func() (*clientele.Page[clientele.Change], error) {
			return c.Payments.History(ctx, paid.ID, clientele.HistoryParams{})
		},
	} {
		page, err := do()
		if err != nil || len(page.List) == 0 || page.List[0].Type != ref {
			t.Errorf("%s is not what happened last: %s (%v)", ref, inWords(page.List), err)
		}
	}
	page, err := c.Invoices.History(ctx, invoice.ID, clientele.HistoryParams{})
	if err != nil || !strings.Contains(inWords(page.List), `amount_remaining "10">"0"`) ||
		!strings.Contains(inWords(page.List), `status "open">"paid"`) {
		t.Errorf("the invoice's history is %s (%v)", inWords(page.List), err)
	}
	for all, want := range map[bool]bool{false: false, true: true} {
		whole, err := c.Customers.History(ctx, made.ID, clientele.HistoryParams{All: all})
		if err != nil || strings.Contains(inWords(whole.List), "next_invoice_sequence 1>2") != want {
			t.Errorf("with all %t the customer's history is %s (%v)", all, inWords(whole.List), err)
		}
	}
	doc, err := json.Marshal(page)
	if err != nil || strings.Contains(string(doc), `"changes":null`) {
		t.Errorf("it is %s (%v)", doc, err)
	}
	for _, path := range []string{"customers", "invoices", "payments"} {
		s.send(t, "GET", "/api/"+path+"/none/history", "").refused(t, 404, "id")
		s.send(t, "GET", "/api/"+path+"/none/history?all=maybe", "").refused(t, 400, "all")
	}
}
