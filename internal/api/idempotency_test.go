package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/store"
)

// replayed says whether an answer is one that was given before.
func (r reply) replayed() bool { return r.header.Get("Idempotent-Replayed") == "true" }

func TestARepeatedRequestGetsItsFirstAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, path, body string
		status             int
	}{
		"create":        {"POST", "/api/customers", `{"name":"Ada","external_id":"E2"}`, 201},
		"update":        {"PUT", "/api/customers/CUSTOMER", `{"name":"Augusta"}`, 200},
		"upsert, new":   {"PUT", "/api/customers/external/E3", `{"name":"Ada"}`, 201},
		"upsert, there": {"PUT", "/api/customers/external/E-" + didAccount, `{"name":"Ada L"}`, 200},
		"delete":        {"DELETE", "/api/customers/CUSTOMER", ``, 200},
		"restore":       {"POST", "/api/customers/DELETED/restore", ``, 200},
		"draft": {"POST", "/api/invoices",
			`{"customer_id":"CUSTOMER","currency_id":"curr_test_usd","lines":[{"description":"x","unit_amount":"1"}]}`, 201},
		"finalize":     {"POST", "/api/invoices/INVOICE/finalize", ``, 200},
		"edit a draft": {"PUT", "/api/invoices/INVOICE", `{"description":"x"}`, 200},
		"pay":          {"POST", "/api/invoices/OPEN/pay", `{}`, 200},
		"void":         {"POST", "/api/invoices/OPEN/void", ``, 200},
		"give up":      {"POST", "/api/invoices/OPEN/mark_uncollectible", ``, 200},
		"hold":         {"POST", "/api/invoices/OPEN/hold", `{"until":4102444800,"reason":"x"}`, 200},
		"credit note":  {"POST", "/api/invoices/OPEN/credit_notes", `{"amount":"1"}`, 201},
		"credit": {"POST", "/api/customers/OWING/balance_transactions",
			`{"currency_id":"CURRENCY","amount":"1"}`, 201},
		"payment": {"POST", "/api/payments",
			`{"customer_id":"OWING","currency_id":"CURRENCY","amount":"9"}`, 201},
		"allocate":            {"POST", "/api/payments/PAYMENT/allocate", `{"amount":"1"}`, 200},
		"unallocate":          {"POST", "/api/payments/PAYMENT/unallocate", `{"invoice_id":"OPEN","amount":"1"}`, 200},
		"keep as credit":      {"POST", "/api/payments/PAYMENT/credit", `{"amount":"1"}`, 200},
		"refund":              {"POST", "/api/payments/PAYMENT/refund", `{"amount":"1"}`, 201},
		"reverse":             {"POST", "/api/payments/PAYMENT/reverse", `{}`, 200},
		"settings":            {"PUT", "/api/settings", `{"uncollectible_after_days":9}`, 200},
		"account":             {"PUT", "/api/account", `{"name":"x"}`, 200},
		"a paid one paid":     {"POST", "/api/payments/PAYMENT/refund", `{"amount":"100"}`, 409},
		"currency":            {"POST", "/api/payment-currencies", `{"name":"Franc","symbol":"CHF","decimal":2}`, 201},
		"method":              {"POST", "/api/payment-methods", `{"type":"stripe","name":"Cards"}`, 201},
		"update of nobody":    {"PUT", "/api/customers/cus_nobody", `{"name":"x"}`, 404},
		"delete of nobody":    {"DELETE", "/api/customers/cus_nobody", ``, 404},
		"restore of nobody":   {"POST", "/api/customers/cus_nobody/restore", ``, 404},
		"a taken DID":         {"POST", "/api/customers", `{"did":"` + didAccount + `"}`, 409},
		"uncollectible draft": {"POST", "/api/invoices/INVOICE/mark_uncollectible", ``, 409},
		"a taken symbol":      {"POST", "/api/payment-currencies", `{"name":"Dollar","symbol":"USD","decimal":2}`, 409},
		"another version":     {"PUT", "/api/customers/CUSTOMER", `{"name":"x"}`, 412},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			o := s.things(t, s.Test(), didAccount)
			fill := strings.NewReplacer("CUSTOMER", o.customer, "DELETED", o.deleted, "INVOICE", o.invoice,
				"OPEN", o.open, "OWING", o.owing, "PAYMENT", o.payment, "CURRENCY", o.currency)
			headers := []string{"Idempotency-Key", "order 66 / ключ"}
			if c.status == 412 {
				headers = append(headers, "If-Match", `"9"`)
			}
			send := func() reply { return s.send(t, c.method, fill.Replace(c.path), fill.Replace(c.body), headers...) }
			first := send().must(t, c.status)
			s.Advance(time.Hour)
			if c.status >= 400 { // what stood in the way is gone, and yet the answer stays
				ok(s.Test().Customers.Delete(t.Context(), o.customer))(t)
			} else { // the objects have changed since, and yet the answer is what they were
				if id := first.customer(t).ID; strings.HasPrefix(id, "cus_") || strings.HasPrefix(id, "in_") {
					kind := map[bool]string{true: "customers/", false: "invoices/"}[strings.HasPrefix(id, "cus_")]
					s.send(t, "PUT", "/api/"+kind+id, `{"description":"later","metadata":{"later":"yes"}}`)
					s.send(t, "PUT", "/api/customers/"+id, `{"currency_id":"curr_test_jpy","shipping":null}`)
					s.send(t, "DELETE", "/api/"+kind+id, "") // goes only where it is a draft or a customer
				}
				s.send(t, "POST", "/api/invoices/"+o.invoice+"/void", "")
			}
			state := s.state(t)
			again := send().must(t, c.status)
			if first.replayed() || !again.replayed() {
				t.Errorf("Idempotent-Replayed is %v, then %v", first.replayed(), again.replayed())
			}
			if s.state(t) != state {
				t.Error("the repetition changed something")
			}
			kept, err := s.Rows(t.Context(), "SELECT doc FROM answers WHERE object_type <> '' AND doc <> ''")
			if err != nil || len(kept) != 0 {
				t.Errorf("answers are kept twice, in objects and beside them: %v %v", kept, err)
			}
			if c.status < 300 {
				if string(first.body) != string(again.body) || first.header.Get("ETag") != again.header.Get("ETag") {
					t.Errorf("answered\n%s, then\n%s", first.body, again.body)
				}
				return
			}
			field := first.refused(t, c.status, first.error(t).Field)
			if again.refused(t, c.status, field.Field).Message != field.Message {
				t.Errorf("answered\n%s, then\n%s", first.body, again.body)
			}
		})
	}
}

func TestAKeyIsForOneRequest(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":""}`)
	const body = `{"name":"Ada"}`
	key := []string{"Idempotency-Key", "k"}
	s.send(t, "PUT", "/api/customers/"+c.ID, body, key...).must(t, 200)
	state := s.state(t)
	for name, r := range map[string]struct {
		method, path, body string
		headers            []string
	}{
		"another body":      {"PUT", "/api/customers/" + c.ID, `{"name":"Bob"}`, key},
		"a space more":      {"PUT", "/api/customers/" + c.ID, `{"name": "Ada"}`, key},
		"another method":    {"DELETE", "/api/customers/" + c.ID, ``, key},
		"another path":      {"PUT", "/api/customers/external/x", body, key},
		"another query":     {"PUT", "/api/customers/" + c.ID + "?livemode=false", body, key},
		"another condition": {"PUT", "/api/customers/" + c.ID, body, append([]string{"If-Match", `"2"`}, key...)},
		"another kind":      {"POST", "/api/payment-methods", `{"type":"base","name":"Ada"}`, key},
	} {
		got := s.send(t, r.method, r.path, r.body, r.headers...)
		got.refused(t, 422, "Idempotency-Key")
		if got.replayed() || s.state(t) != state {
			t.Errorf("%s: replayed, or changed something", name)
		}
	}
	if !s.send(t, "PUT", "/api/customers/"+c.ID, body, key...).must(t, 200).replayed() {
		t.Error("the first answer is gone")
	}
}

func TestAKeyBelongsToOneAPIKey(t *testing.T) {
	t.Parallel()
	s := start(t)
	other := ok(s.NewKey(false, store.ScopeWrite))(t)
	ids := map[string]bool{}
	for _, secret := range []string{s.TestKey, other, s.LiveKey} {
		got := s.send(t, "POST", "/api/customers", `{"name":""}`, "Idempotency-Key", "k", "Authorization",
			"Bearer "+secret).must(t, 201)
		ids[got.customer(t).ID] = true
	}
	s.send(t, "POST", "/api/customers", `{"name":""}`, "Idempotency-Key", "K").must(t, 201)
	if page := s.list(t, ""); len(ids) != 3 || page.Count != 3 {
		t.Errorf("three API keys and another key made %d and %d", len(ids), page.Count)
	}
}

func TestAKeyIsForgottenAfterSevenDays(t *testing.T) {
	t.Parallel()
	s := start(t)
	send := func(body string) reply { return s.send(t, "POST", "/api/customers", body, "Idempotency-Key", "k") }
	first := send(`{"name":""}`).must(t, 201)
	s.Advance(7*24*time.Hour - time.Millisecond)
	if again := send(`{"name":""}`).must(t, 201); !again.replayed() || string(again.body) != string(first.body) {
		t.Error("forgotten within seven days")
	}
	send(`{"name":"x"}`).refused(t, 422, "Idempotency-Key")
	s.Advance(2 * time.Millisecond)
	next := send(`{"name":"x"}`).must(t, 201)
	if next.replayed() || next.customer(t).ID == first.customer(t).ID {
		t.Error("not forgotten after seven days")
	}
	s.Advance(6 * 24 * time.Hour) // the new answer has seven days of its own
	if !send(`{"name":"x"}`).must(t, 201).replayed() {
		t.Error("the second answer was forgotten with the first")
	}
}

func TestARequestThatWasNotUnderstoodMayBeCorrected(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"a"}`)
	invoice := func(currency string) string {
		return `{"customer_id":"` + c.ID + `","currency_id":"` + currency +
			`","lines":[{"description":"x","unit_amount":"1"}]}`
	}
	for name, r := range map[string]struct{ method, path, wrong, right string }{
		"bad email":          {"POST", "/api/customers", `{"email":"x"}`, `{"email":"x@y.zz"}`},
		"not JSON":           {"POST", "/api/customers", `{`, `{"name":""}`},
		"read-only field":    {"PUT", "/api/customers/" + c.ID, `{"balance":"9.00"}`, `{"balance":"0.00"}`},
		"unknown currency":   {"PUT", "/api/customers/" + c.ID, `{"currency_id":"x"}`, `{"currency_id":"curr_test_eur"}`},
		"invoice's currency": {"POST", "/api/invoices", invoice("x"), invoice("curr_test_eur")},
		"field of nobody":    {"POST", "/api/customers", `{"id":"x"}`, `{"name":""}`},
		"a method of nobody": {"POST", "/api/payment-currencies",
			`{"payment_method_id":"x","name":"a","symbol":"A","decimal":0}`, `{"name":"a","symbol":"A","decimal":0}`},
	} {
		key := []string{"Idempotency-Key", name}
		for range 2 {
			if got := s.send(t, r.method, r.path, r.wrong, key...); got.status != 400 || got.replayed() {
				t.Errorf("%s: answered %d: %s", name, got.status, got.body)
			}
		}
		if got := s.send(t, r.method, r.path, r.right, key...); got.status >= 300 || got.replayed() {
			t.Errorf("%s, corrected: answered %d: %s", name, got.status, got.body)
		}
	}
}

func TestAKeyMustBeAKey(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.send(t, "POST", "/api/customers", `{"name":""}`, "Idempotency-Key", strings.Repeat("k", 255)).must(t, 201)
	before := s.state(t)
	s.send(t, "POST", "/api/customers", `{"name":""}`, "Idempotency-Key", strings.Repeat("k", 256)).refused(t, 400,
		"Idempotency-Key")
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/api/customers", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + s.TestKey}, "Idempotency-Key": {""}}
	resp, err := direct.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 400 || s.state(t) != before {
		t.Errorf("an empty key was answered with %d", resp.StatusCode)
	}
}

func TestOneKeyAtOnceMakesOneCustomer(t *testing.T) {
	t.Parallel()
	s := start(t)
	var wg sync.WaitGroup
	bodies := make(chan string, 50)
	for range 50 {
		wg.Go(func() {
			got := s.send(t, "POST", "/api/customers", `{"name":"one"}`, "Idempotency-Key", "k").must(t, 201)
			bodies <- string(got.body)
		})
	}
	wg.Wait()
	close(bodies)
	first := <-bodies
	for body := range bodies {
		if body != first {
			t.Errorf("answered %s and %s", first, body)
		}
	}
	if n := s.list(t, "").Count; n != 1 {
		t.Errorf("made %d customers", n)
	}
}

func TestTheSDKsKeysKeepCallsApart(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment, key := s.Test(), client.IdempotencyKey("mine")
	p := clientele.CustomerParams{Name: new("Ada")}
	a, b := create(t, payment, p), create(t, payment, p)
	first := ok(payment.Customers.Create(t.Context(), p, key))(t)
	var header http.Header
	again := ok(payment.Customers.Create(t.Context(), p, key, client.ResponseHeader(&header)))(t)
	if a.ID == b.ID || first.ID != again.ID || header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("made %s, %s, %s and %s", a.ID, b.ID, first.ID, again.ID)
	}
}

// TestARefusedKeyedRequestLeavesNothing shows that what a refused request had done by then is undone, though its answer
// is kept.
func TestARefusedKeyedRequestLeavesNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.post(t, `{"external_id":"E1"}`)
	body := `{"did":"` + didAccount + `","external_id":"E1"}`
	first := s.send(t, "POST", "/api/customers", body, "Idempotency-Key", "k")
	first.refused(t, 409, "external_id")
	again := s.send(t, "POST", "/api/customers", body, "Idempotency-Key", "k")
	if !again.replayed() || again.status != 409 {
		t.Errorf("again answered %d %s", again.status, again.body)
	}
	s.post(t, `{"did":"`+didAccount+`"}`) // nobody has it
}

// TestOldAnswersAreForgotten shows that the server drops what it need not keep.
func TestOldAnswersAreForgotten(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.send(t, "POST", "/api/customers", `{"name":"x"}`, "Idempotency-Key", "old").must(t, 201)
	s.Advance(7*24*time.Hour - time.Second)
	s.send(t, "POST", "/api/customers", `{"name":"x"}`, "Idempotency-Key", "new").must(t, 201)
	keys := func() (all string) {
		for _, row := range s.query(t, "SELECT key FROM answers ORDER BY key") {
			all += row[0] + " "
		}
		return all
	}
	for _, step := range []struct {
		advance time.Duration
		want    string
	}{{0, "key:new key:old "}, {2 * time.Second, "key:new "}, {7 * 24 * time.Hour, ""}} {
		s.Advance(step.advance)
		if err := s.Service.ForgetAnswers(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := keys(); got != step.want {
			t.Errorf("after %s there are %q, want %q", step.advance, got, step.want)
		}
	}
}

// What is refused halfway leaves nothing of its first half, with a key under which the refusal is kept or without one.
func TestARefusalHalfwayLeavesNothing(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ok(p.Invoices.Void(t.Context(), p.invoices[3], clientele.VoidParams{}))(t)
	pay := p.receive(t, clientele.PaymentParams{
		Amount: new(cents(150)), Allocations: &[]clientele.AllocationParams{},
	})
	body := func(amount string) string {
		return `{` + amount + `"allocations":[{"invoice_id":"` + p.invoices[1] + `"},{"invoice_id":"` + p.invoices[3] + `"}]}`
	}
	before := p.state(t)
	for path, body := range map[string]string{
		"/api/payments": body(
			`"customer_id":"` + p.id + `","currency_id":"` + usd + `","amount":"150",`),
		"/api/payments/" + pay.ID + "/allocate": body(""),
	} {
		for _, headers := range [][]string{nil, {"Idempotency-Key", path}, {"Idempotency-Key", path}} {
			p.send(t, "POST", path, body, headers...).refused(t, 409, "status")
			if p.state(t) != before {
				t.Fatalf("%s with the headers %q was refused halfway and changed something", path, headers)
			}
		}
	}
	p.rightBooks(t)
}
