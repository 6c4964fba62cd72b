package api_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

func TestADeletedCustomerIsGoneFromEverywhereAndComesBackWhole(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	other := create(t, payment, clientele.CustomerParams{Name: new("Bob")})
	c := s.post(t, full)
	draft(t, payment, c.ID, "curr_test_usd", "5") // a draft does not hold it back
	whole := s.send(t, "GET", "/api/customers/"+c.ID, "")

	s.Advance(time.Minute)
	got := s.send(t, "DELETE", "/api/customers/"+c.ID, "").must(t, 200)
	if want := `{"id":"` + c.ID + `","object":"customer","deleted":true}`; string(got.body) != want {
		t.Errorf("answered %s, want %s", got.body, want)
	}
	s.send(t, "GET", "/api/customers/"+c.ID, "").refused(t, 404, "id")
	s.send(t, "GET", "/api/customers/"+didAccount, "").refused(t, 404, "id")
	s.send(t, "DELETE", "/api/customers/"+c.ID, "").refused(t, 404, "id")
	s.send(t, "PUT", "/api/customers/"+c.ID, `{"name":"x"}`).refused(t, 404, "id")
	gone := s.list(t, "deleted=true")
	if gone.Count != 1 || len(gone.List) != 1 || gone.List[0].ID != c.ID || !gone.List[0].Deleted {
		t.Errorf("the list of deleted customers is %+v", gone)
	}
	s.counts(t, map[string]int64{
		"?deleted=true&did=" + didAccount: 1, "?deleted=true&external_id=E1": 1, "?deleted=true&external_id=E2": 0,
		"?deleted=true&email=ADA@example.com": 1, "?deleted=true&order=name:ASC": 1, "?deleted=false": 1,
	})
	s.send(t, "GET", "/api/customers?deleted=true&metadata.plan=gold", "").refused(t, 400, "metadata")
	s.counts(t, map[string]int64{
		"": 1, "?did=" + didAccount: 0, "?external_id=E1": 0, "?email=ada@example.com": 0, "?metadata.plan=gold": 0,
		"/search?query=Ada": 0, "/search?query=a%40": 0, "/search?query=" + c.ID: 0, "/search?query=": 1,
		"/search?query=metadata.plan:gold": 0, "?order=name:ASC": 1, "?delinquent=false": 1,
	})

	s.Advance(time.Minute)
	back := s.send(t, "POST", "/api/customers/"+c.ID+"/restore", "", "Content-Type", "application/x-www-form-urlencoded")
	back.must(t, 200)
	again := s.send(t, "GET", "/api/customers/"+c.ID, "")
	is, was := again.customer(t), whole.customer(t)
	if is.UpdatedAt != clientele.At(s.Now()) {
		t.Errorf("updated_at is %s after the restore", is.UpdatedAt)
	}
	if is.UpdatedAt = was.UpdatedAt; !reflect.DeepEqual(is, was) {
		t.Errorf("it came back as\n%s, was\n%s", again.body, whole.body)
	}
	if again.header.Get("ETag") != `"3"` || back.header.Get("ETag") != `"3"` {
		t.Errorf("ETags are %s and %s, want 3", back.header.Get("ETag"), again.header.Get("ETag"))
	}
	s.counts(t, map[string]int64{
		"": 2, "?did=" + didAccount: 1, "?external_id=E1": 1, "?email=ada@example.com": 1, "?metadata.plan=gold": 1,
		"/search?query=Ada": 1, "/search?query=a%40": 1, "/search?query=" + c.ID: 1, "/search?query=metadata.plan:gold": 1,
	})

	state := s.state(t)
	s.rightBooks(t)
	twice := s.send(t, "POST", "/api/customers/"+c.ID+"/restore", "").must(t, 200)
	if string(twice.body) != string(back.body) || s.state(t) != state {
		t.Error("restoring again did something")
	}
	s.send(t, "POST", "/api/customers/cus_nobody/restore", "").refused(t, 404, "id")
	s.send(t, "POST", "/api/customers/"+other.ID+"/restore", "", "Authorization", "Bearer "+s.LiveKey).refused(t, 404,
		"id")
}

// counts checks how many customers each list finds.
func (s *server) counts(t *testing.T, want map[string]int64) {
	t.Helper()
	for query, n := range want {
		got := decoded[clientele.Page[clientele.CustomerExpanded]](t, s.send(t, "GET", "/api/customers"+query, ""))
		if got.Count != n || int64(len(got.List)) != n {
			t.Errorf("%q counts %d and lists %d, want %d", query, got.Count, len(got.List), n)
		}
	}
}

func TestADeletedCustomersNamesAreFreeAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	for name, takes := range map[string]clientele.CustomerParams{
		"did":         {DID: new(didAccount)},
		"external_id": {ExternalID: new("E1")},
	} {
		c := s.post(t, full)
		ok(payment.Customers.Delete(t.Context(), "did:abt:"+didAccount))(t)
		taker := create(t, payment, takes)
		before := s.state(t)
		e := s.send(t, "POST", "/api/customers/"+c.ID+"/restore", "").refused(t, 409, name)
		if !strings.Contains(e.Message, name) || !strings.Contains(e.Message, taker.ID) {
			t.Errorf("the refusal does not say that %s has the %s: %s", taker.ID, name, e.Message)
		}
		if s.state(t) != before {
			t.Errorf("%s: a refused restore changed something", name)
		}
		ok(payment.Customers.Delete(t.Context(), taker.ID))(t)
		ok(payment.Customers.Restore(t.Context(), c.ID))(t)
		ok(payment.Customers.Delete(t.Context(), c.ID))(t)
	}
	loud := create(t, payment, clientele.CustomerParams{Email: new("Eve@Example.COM")})
	ok(payment.Customers.Delete(t.Context(), loud.ID))(t)
	create(t, payment, clientele.CustomerParams{Email: new("eve@example.com")}) // an email may be shared
	s.send(t, "POST", "/api/customers/"+loud.ID+"/restore", "").must(t, 200)

	c := s.post(t, full)
	ok(payment.Customers.Delete(t.Context(), c.ID))(t)
	s.post(t, full)
	e := s.send(t, "POST", "/api/customers/"+c.ID+"/restore", "").refused(t, 409, "did")
	for _, name := range []string{"did", "external_id"} {
		if !strings.Contains(e.Message, name) {
			t.Errorf("the refusal does not say that the %s is taken: %s", name, e.Message)
		}
	}
}

func TestACustomerWhoOwesAnythingStays(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	c := s.post(t, full)
	invoice := draft(t, payment, c.ID, "curr_test_usd", "100")
	ok(payment.Invoices.Finalize(t.Context(), invoice.ID))(t)
	before := s.state(t)
	e := s.send(t, "DELETE", "/api/customers/"+c.ID, "").refused(t, 409, "")
	if !strings.Contains(e.Message, "1 invoices are open or uncollectible") {
		t.Errorf("the refusal does not say why: %s", e.Message)
	}
	if s.state(t) != before {
		t.Error("a refused delete changed something")
	}
	_, err := payment.Customers.Delete(t.Context(), c.ID)
	if refused, is := errors.AsType[*clientele.Error](err); !is || refused.Code != clientele.ErrorCodeConflict {
		t.Errorf("the SDK answered %v", err)
	}
	ok(payment.Invoices.MarkUncollectible(t.Context(), invoice.ID))(t)
	s.send(t, "DELETE", "/api/customers/"+c.ID, "").refused(t, 409, "")
	ok(payment.Invoices.Void(t.Context(), invoice.ID, clientele.VoidParams{}))(t)
	ok(payment.Customers.Delete(t.Context(), c.ID))(t)
	back := ok(payment.Customers.Restore(t.Context(), c.ID))(t)
	if back.Delinquent {
		t.Error("it came back with a debt that was voided")
	}
}

// TestWhatADeletedCustomerOwesRests is about databases in which somebody was deleted who owed something, which was
// possible once.
func TestWhatADeletedCustomerOwesRests(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	c := s.post(t, full)
	paid, voided := draft(t, payment, c.ID, "curr_test_usd", "100"), draft(t, payment, c.ID, "curr_test_usd", "200")
	for _, invoice := range []string{paid.ID, voided.ID} {
		ok(payment.Invoices.Finalize(t.Context(), invoice))(t)
		ok(payment.Invoices.MarkUncollectible(t.Context(), invoice))(t)
	}
	err := s.DB.Update(t.Context(), func(tx store.Tx) error {
		rec, _, err := tx.Customer(false, store.Ref{ID: c.ID})
		if err != nil {
			return err
		}
		var whole clientele.Customer
		if err := json.Unmarshal(rec.JSON, &whole); err != nil {
			return err
		}
		rec.Version, rec.DeletedAt = rec.Version+1, s.Now().UnixMilli()
		return store.Customers.Save(tx, rec, &whole, &whole)
	})
	if err != nil {
		t.Fatal(err)
	}
	list := ok(payment.Invoices.List(t.Context(), clientele.InvoiceListParams{CustomerID: c.ID}))(t)
	if list.Count != 2 || list.List[0].Customer.ID != c.ID {
		t.Errorf("lists %d invoices of %s", list.Count, c.ID)
	}
	for _, act := range []string{"pay", "void", "write_off", "credit_notes"} {
		s.send(t, "POST", "/api/invoices/"+paid.ID+"/"+act, "").refused(t, 409, "customer_id")
	}
	s.send(t, "POST", "/api/payments", `{"customer_id":"`+c.ID+`","currency_id":"curr_test_usd","amount":"1"}`).
		refused(t, 409, "customer_id")
	s.send(t, "POST", "/api/customers/"+c.ID+"/balance_transactions", `{"currency_id":"curr_test_usd","amount":"1"}`).
		refused(t, 409, "id")
	ok(payment.Customers.Statement(t.Context(), c.ID, clientele.StatementParams{}))(t)
	ok(payment.Receivables.Aging(t.Context(), clientele.AgingParams{CustomerID: c.ID}))(t)
	ok(payment.Customers.BalanceTransactions(t.Context(), c.ID, clientele.LedgerParams{}))(t)
	_, err = payment.Invoices.Create(t.Context(), clientele.InvoiceParams{
		CustomerID: c.ID, CurrencyID: "curr_test_usd",
		InvoiceContent: clientele.InvoiceContent{
			Lines: []clientele.LineParams{{UnitAmount: new(clientele.NewAmount("", 1))}},
		},
	})
	if e, is := errors.AsType[*clientele.Error](err); !is || e.Field != "customer_id" {
		t.Errorf("an invoice of a deleted customer: %v", err)
	}
	ok(payment.Customers.Restore(t.Context(), c.ID))(t)
	ok(payment.Invoices.Pay(t.Context(), paid.ID, clientele.Receipt{}))(t)
	ok(payment.Invoices.Void(t.Context(), voided.ID, clientele.VoidParams{}))(t)
	if settled := ok(payment.Customers.Retrieve(t.Context(), c.ID))(t); settled.Delinquent {
		t.Error("it is delinquent and owes nothing")
	}
}

// Somebody to whom the business owes anything is not lost sight of.
func TestDeletingOneWhoIsOwedAnything(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	for _, id := range p.invoices[1:] {
		ok(p.Invoices.Void(t.Context(), id, clientele.VoidParams{}))(t)
	}
	none := []clientele.AllocationParams{}
	pay := p.receive(t, clientele.PaymentParams{Amount: new(cents(90)), Allocations: &none})
	refused := p.send(t, "DELETE", "/api/customers/"+p.id, "").refused(t, 409, "")
	if !strings.Contains(refused.Message, "$0.90 that is not applied") {
		t.Errorf("money that is left: %s", refused.Message)
	}
	ok(p.Payments.Credit(t.Context(), pay.ID, clientele.RestParams{Amount: new(cents(90))}))(t)
	refused = p.send(t, "DELETE", "/api/customers/"+p.id, "").refused(t, 409, "")
	if !strings.Contains(refused.Message, "a credit of $0.90") {
		t.Errorf("credit: %s", refused.Message)
	}
	ok(p.Customers.MoveCredit(t.Context(), p.id, clientele.CreditParams{
		CurrencyID: usd, Amount: new(cents(-90)), Reason: clientele.ReasonRefund,
	}))(t)
	p.send(t, "DELETE", "/api/customers/"+p.id, "").must(t, 200)
	// What moves money rests until the customer is restored; what happened can be read.
	for _, path := range []string{"reverse", "allocate", "unallocate", "credit", "refund"} {
		p.send(t, "POST", "/api/payments/"+pay.ID+"/"+path, "{}").refused(t, 409, "customer_id")
	}
	p.send(t, "GET", "/api/customers/"+p.id+"/statement", "").must(t, 200)
	ok(p.Customers.Restore(t.Context(), p.id))(t)
	ok(p.Payments.Reverse(t.Context(), pay.ID, clientele.ReverseParams{}))(t)
	p.owesDebit(t, "90", "90")
}
