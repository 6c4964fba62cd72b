package api_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"clientele.dev"
)

// TestInvoicesHaveTheirLastPayment looks at paymentIntent, the published name of what paid an invoice.
func TestInvoicesHaveTheirLastPayment(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.Test()
	c := create(t, p, clientele.CustomerParams{Name: new("Ada")})
	currency := ok(p.PaymentCurrencies.List(t.Context()))(t)[0]
	units := func(n int64) clientele.Amount { return clientele.NewAmount(currency.ID, n) }
	bill := func() string {
		return ok(p.Invoices.Create(t.Context(), clientele.InvoiceParams{
			CustomerID: c.ID, CurrencyID: currency.ID, Finalize: true,
			InvoiceContent: clientele.InvoiceContent{
				Description: new("work"),
				Lines: []clientele.LineParams{{
					Description: `A "line":[] of work`, Quantity: new(int64(2)),
					UnitAmount: new(units(50)),
				}},
				Metadata: map[string]any{"lines": []any{}, "created_at": "x"},
			},
		}))(t).ID
	}
	pay := func(invoice string, amount int64) string {
		return ok(p.Payments.Create(t.Context(), clientele.PaymentParams{
			CustomerID: c.ID, CurrencyID: currency.ID, InvoiceID: invoice,
			Amount: new(units(amount)),
		}))(t).ID
	}
	lastOf := func(i clientele.InvoiceExpanded) string {
		if i.PaymentIntent == nil {
			return ""
		}
		return i.PaymentIntent.ID
	}
	unpaid, partly, twice, reversed := bill(), bill(), bill(), bill()
	want := map[string]string{unpaid: "", partly: pay(partly, 30)}
	pay(twice, 10)
	want[twice] = pay(twice, 90)
	pay(reversed, 20)
	bounced := pay(reversed, 30)
	ok(p.Payments.Reverse(t.Context(), bounced, clientele.ReverseParams{Reason: "bounced"}))(t)
	want[reversed] = bounced
	for id, payment := range want {
		if got := lastOf(*ok(p.Invoices.Retrieve(t.Context(), id))(t)); got != payment {
			t.Errorf("the last payment of %s is %q, want %q", id, got, payment)
		}
	}
	for _, path := range []string{"/api/invoices", "/api/invoices/search?query=work"} {
		list := decoded[clientele.Page[clientele.InvoiceExpanded]](t, s.send(t, "GET", path, "").must(t, 200)).List
		if len(list) != len(want) {
			t.Errorf("%s has %d invoices, want %d", path, len(list), len(want))
		}
		for _, i := range list {
			if got := lastOf(i); got != want[i.ID] {
				t.Errorf("%s: the last payment of %s is %q, want %q", path, i.ID, got, want[i.ID])
			}
			line := i.Lines[0]
			if !line.Price.UnitAmount.Equal(units(50)) || line.Price.Product.Name != line.Description ||
				line.Price.Currency.ID != currency.ID || line.Quantity != 2 || line.Discountable || line.Proration ||
				!reflect.DeepEqual(i.Invoice.Lines[0], line.InvoiceLine) || string(i.Metadata["lines"]) != "[]" {
				t.Errorf("%s: a line is %+v", path, line)
			}
		}
	}
	plain := string(s.send(t, "GET", "/api/invoices?expand=none", "").must(t, 200).body)
	if strings.Contains(plain, "paymentIntent") || strings.Contains(plain, `"price"`) {
		t.Errorf("invoices that are not expanded have more than their own: %s", plain)
	}
}

// TestSearchInAnOrder finds objects in the order that is asked for, in place of the best or newest first.
func TestSearchInAnOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.Test()
	var customers, invoices, payments, refunds []string
	currency := ok(p.PaymentCurrencies.List(t.Context()))(t)[0]
	for n, name := range []string{"Sorted", "Sorted C", "A Sorted", "Sorted B"} {
		s.Advance(time.Second)
		units := clientele.NewAmount(currency.ID, int64(10+n))
		c := create(t, p, clientele.CustomerParams{Name: &name})
		i := ok(p.Invoices.Create(t.Context(), clientele.InvoiceParams{
			CustomerID: c.ID, CurrencyID: currency.ID,
			InvoiceContent: clientele.InvoiceContent{
				DueDate: clientele.DueAt(s.Now().AddDate(0, 0, 9-n).Unix()),
				Lines: []clientele.LineParams{{
					Description: "sorted", Quantity: new(int64(1)), UnitAmount: new(units),
				}},
				Description: new("sorted"),
			},
		}))(t)
		pay := ok(p.Payments.Create(t.Context(), clientele.PaymentParams{
			CustomerID: c.ID, CurrencyID: currency.ID, Amount: new(units),
			Description: fmt.Sprint("sorted ", n),
			Allocations: &[]clientele.AllocationParams{},
		}))(t)
		r := ok(p.Payments.Refund(t.Context(), pay.ID, clientele.RefundParams{Description: "sorted"}))(t)
		customers, invoices = append(customers, c.ID), append(invoices, i.ID)
		payments, refunds = append(payments, pay.ID), append(refunds, r.ID)
	}
	s.Advance(time.Second)
	ok(p.Customers.Update(t.Context(), customers[1], clientele.CustomerParams{Email: new("c@example.com")}))(t)
	ok(p.Invoices.Update(t.Context(), invoices[1], clientele.InvoiceContent{Footer: new("late")}))(t)
	for _, search := range []struct {
		path, order string
		all         []string
		want        [4]int
	}{
		{"customers", "", customers, [4]int{0, 3, 1, 2}},
		{"customers", "created_at:ASC", customers, [4]int{0, 1, 2, 3}},
		{"customers", "id:DESC", customers, [4]int{3, 2, 1, 0}},
		{"customers", "name:ASC", customers, [4]int{2, 0, 3, 1}},
		{"customers", "updated_at:DESC", customers, [4]int{1, 3, 2, 0}},
		{"customers", "email:DESC,created_at:ASC", customers, [4]int{1, 0, 2, 3}},
		{"invoices", "", invoices, [4]int{3, 2, 1, 0}},
		{"invoices", "created_at:ASC", invoices, [4]int{0, 1, 2, 3}},
		{"invoices", "due_date:ASC", invoices, [4]int{3, 2, 1, 0}},
		{"invoices", "updated_at:ASC", invoices, [4]int{0, 2, 3, 1}},
		{"payments", "", payments, [4]int{3, 2, 1, 0}},
		{"payments", "created_at:ASC", payments, [4]int{0, 1, 2, 3}},
		{"payment-intents", "updated_at:ASC", payments, [4]int{0, 1, 2, 3}},
		{"refunds", "", refunds, [4]int{3, 2, 1, 0}},
		{"refunds", "id:ASC", refunds, [4]int{0, 1, 2, 3}},
	} {
		var got []string
		for page := 1; page <= 3; page++ { // of three each, the last is empty
			query := fmt.Sprintf("/api/%s/search?query=sorted&pageSize=3&page=%d", search.path, page)
			if search.order != "" {
				query += "&order=" + search.order
			}
			found := decoded[clientele.Page[struct{ ID string }]](t, s.send(t, "GET", query, "").must(t, 200))
			if found.Count != 4 {
				t.Errorf("%s counts %d", query, found.Count)
			}
			for _, o := range found.List {
				got = append(got, o.ID)
			}
		}
		var want []string
		for _, n := range search.want {
			want = append(want, search.all[n])
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s by %q are %v, want %v", search.path, search.order, got, want)
		}
	}
	for _, kind := range []string{"customers", "invoices", "payments", "refunds"} { // an empty query finds all
		query := "/api/" + kind + "/search?query=&order=created_at:ASC&pageSize=2"
		found := decoded[clientele.Page[struct{ ID string }]](t, s.send(t, "GET", query, "").must(t, 200))
		all := map[string][]string{"customers": customers, "invoices": invoices, "payments": payments, "refunds": refunds}
		if found.Count != 4 || found.List[0].ID != all[kind][0] || found.List[1].ID != all[kind][1] {
			t.Errorf("%s finds %d %v", query, found.Count, found.List)
		}
	}
	for path, field := range map[string]string{
		"refunds?order=updated_at:ASC": "order", "refunds/search?query=a&order=updated_at:ASC": "order",
		"customers/search?query=a&order=due_date:ASC": "order",
		"payments/search?query=a&order=amount:ASC":    "order", "refunds/search": "query",
	} {
		s.send(t, "GET", "/api/"+path, "").refused(t, 400, field)
	}
}

// TestSearchRefunds finds refunds by what they say and what they are of.
func TestSearchRefunds(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.Test()
	c := create(t, p, clientele.CustomerParams{Name: new("Ada")})
	currency := ok(p.PaymentCurrencies.List(t.Context()))(t)[0]
	pay := ok(p.Payments.Create(t.Context(), clientele.PaymentParams{
		CustomerID: c.ID, CurrencyID: currency.ID,
		Amount: new(clientele.NewAmount(currency.ID, 100)),
	}))(t)
	r := ok(p.Payments.Refund(t.Context(), pay.ID, clientele.RefundParams{
		RestParams: clientele.RestParams{Amount: new(clientele.NewAmount(currency.ID, 7))},
		Reason:     "duplicate", Description: "Zurück an Müller, 50%",
	}))(t)
	other := ok(p.Payments.Refund(t.Context(), pay.ID, clientele.RefundParams{}))(t)
	for query, want := range map[string][]string{
		r.ID: {r.ID}, pay.ID: {other.ID, r.ID}, "duplicate muller": {r.ID}, "50%": {r.ID}, "nothing": {}, "zu": {r.ID},
		`"an müller"`: {r.ID}, "": {other.ID, r.ID},
	} {
		got := []string{}
		page := ok(p.Refunds.Search(t.Context(), clientele.RefundSearchParams{Query: query}))(t)
		for _, found := range page.List {
			if got = append(got, found.ID); found.PaymentIntent.ID != pay.ID || found.Customer.ID != c.ID {
				t.Errorf("a refund found by %q is of %q and of %q", query, found.PaymentIntent.ID, found.Customer.ID)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || page.Count != int64(len(want)) {
			t.Errorf("%q finds %v of %d, want %v", query, got, page.Count, want)
		}
	}
}
