package api_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
)

// things are one object of each kind in a mode, and every route that is about them.
type things struct {
	customer, deleted, invoice, currency, method string
	// A customer with an open invoice of 70, a credit note of 2 on it, a payment of 9 that paid 5 of it, and a refund of
	// another payment.
	owing, open, payment, note, refund string
	// A link to the customer's portal.
	portal string
	// One of each of resources.
	more []string
}

// resource is one that the tests of who may do what try too: its own test file adds it to resources.
type resource struct {
	make   func(t testing.TB, payment *client.Client, o things) (id string)
	reads  func(id string) []string // as those of things
	writes func(id string, o things) map[string]string
}

var resources []resource

func (s *server) things(t testing.TB, payment *client.Client, did string) things {
	t.Helper()
	c := create(t, payment, clientele.CustomerParams{DID: &did, Name: new("Ada"), ExternalID: new("E-" + did)})
	gone := create(t, payment, clientele.CustomerParams{Name: new("")})
	ok(payment.Customers.Delete(t.Context(), gone.ID))(t)
	method := ok(payment.PaymentMethods.Create(t.Context(), clientele.MethodParams{Type: "base", Name: "Base"}))(t)
	currency := ok(payment.PaymentCurrencies.Create(t.Context(), clientele.CurrencyParams{
		PaymentMethodID: method.ID, Name: "Ether", Symbol: "ETH" + did[:3],
		Decimal: new(int64(18)),
	}))(t)
	units := func(n int64) clientele.Amount { return clientele.NewAmount(currency.ID, n) }
	eve := create(t, payment, clientele.CustomerParams{Name: new("Eve")})
	open := ok(payment.Invoices.Create(t.Context(), clientele.InvoiceParams{
		CustomerID: eve.ID, CurrencyID: currency.ID, Finalize: true,
		InvoiceContent: clientele.InvoiceContent{
			DueDate: clientele.DueAt(s.Now().AddDate(0, 0, 30).Unix()),
			Lines: []clientele.LineParams{{
				Description: "work", Quantity: new(int64(1)), UnitAmount: new(units(70)),
			}},
		},
	}))(t)
	note := ok(payment.Invoices.Credit(t.Context(), open.ID, clientele.CreditNoteParams{Amount: new(units(2))}))(t)
	pay := ok(payment.Payments.Create(t.Context(), clientele.PaymentParams{
		CustomerID: eve.ID, CurrencyID: currency.ID, Amount: new(units(9)),
		Allocations: &[]clientele.AllocationParams{{InvoiceID: open.ID, Amount: new(units(5))}},
	}))(t)
	back := ok(payment.Payments.Create(t.Context(), clientele.PaymentParams{
		CustomerID: eve.ID, CurrencyID: currency.ID, Amount: new(units(1)),
		Allocations: &[]clientele.AllocationParams{},
	}))(t)
	refund := ok(payment.Payments.Refund(t.Context(), back.ID, clientele.RefundParams{}))(t)
	portal := ok(payment.PortalSessions.Create(t.Context(), clientele.PortalParams{CustomerID: c.ID}))(t)
	o := things{
		c.ID, gone.ID, draft(t, payment, c.ID, currency.ID, "7").ID, currency.ID, method.ID, eve.ID, open.ID, pay.ID,
		note.ID, refund.ID, portal.ID, nil,
	}
	for _, r := range resources {
		o.more = append(o.more, r.make(t, payment, o))
	}
	return o
}

// reads are the routes that change nothing; writes those that do, with a body that would be accepted.
func (o things) reads() []string {
	all := []string{
		"/api/customers", "/api/customers/search?query=a", "/api/customers/" + o.customer,
		"/api/customers/" + o.customer + "/overdue/invoices", "/api/customers/" + o.customer + "/balance_transactions",
		"/api/customers/" + o.customer + "/history", "/api/invoices/" + o.invoice + "/history",
		"/api/payments/" + o.payment + "/history", "/api/customers/" + o.customer + "/statement",
		"/api/customers/" + o.customer + "/statement/page",
		"/api/customers/" + o.customer + "/statement/pdf", "/api/invoices", "/api/invoices/search?query=a",
		"/api/invoices/" + o.invoice, "/api/invoices/" + o.open, "/api/invoices/" + o.open + "/page",
		"/api/invoices/" + o.open + "/pdf", "/api/credit-notes", "/api/credit-notes/" + o.note, "/api/payments",
		"/api/payments/search?query=a", "/api/payments/" + o.payment, "/api/payment-intents",
		"/api/payment-intents/search?query=a", "/api/payment-intents/" + o.payment, "/api/refunds",
		"/api/refunds/search?query=re", "/api/refunds/" + o.refund, "/api/receivables/aging",
		"/api/receivables/aging?group_by=customer",
		"/api/receivables/summary", "/api/receivables/overdue", "/api/receivables/journal", "/api/settings",
		"/api/account", "/api/payment-currencies",
		"/api/events", "/api/events/head", "/api/events/evt_" + o.customer + "_1",
		"/api/payment-currencies/" + o.currency, "/api/payment-methods", "/api/payment-methods/" + o.method, "/metrics",
	}
	for i, r := range resources {
		all = append(all, r.reads(o.more[i])...)
	}
	return all
}

func (o things) writes() map[string]string {
	money := `"customer_id":"` + o.owing + `","currency_id":"` + o.currency + `"`
	all := map[string]string{
		"POST /api/customers":                                      `{"name":""}`,
		"PUT /api/customers/" + o.customer:                         `{"name":"changed"}`,
		"PUT /api/customers/external/new":                          `{}`,
		"DELETE /api/customers/" + o.customer:                      ``,
		"POST /api/customers/" + o.deleted + "/restore":            ``,
		"GET /api/customers/" + didSecp:                            `{"create":true}`,
		"GET /api/customers/" + o.customer:                         `{"create":true}`,
		"POST /api/customers/" + o.owing + "/balance_transactions": `{"currency_id":"` + o.currency + `","amount":"1"}`,
		"PUT /api/invoices/" + o.invoice:                           `{"description":"changed"}`,
		"DELETE /api/invoices/" + o.invoice:                        ``,
		"POST /api/invoices/" + o.invoice + "/finalize":            ``,
		"POST /api/invoices/" + o.open + "/mark_uncollectible":     ``,
		"POST /api/invoices/" + o.open + "/write_off":              `{"amount":"1"}`,
		"POST /api/invoices/" + o.open + "/reopen":                 ``,
		"POST /api/invoices/" + o.open + "/pay":                    `{}`,
		"POST /api/invoices/" + o.open + "/void":                   ``,
		"POST /api/invoices/" + o.open + "/hold":                   `{"until":4102444800,"reason":"x"}`,
		"DELETE /api/invoices/" + o.open + "/hold":                 ``,
		"POST /api/invoices/" + o.open + "/credit_notes":           `{"amount":"1"}`,
		"POST /api/payments":                                       `{` + money + `,"amount":"1"}`,
		"POST /api/payments/" + o.payment + "/allocate":            `{}`,
		"POST /api/payments/" + o.payment + "/unallocate":          `{}`,
		"POST /api/payments/" + o.payment + "/credit":              `{"amount":"1"}`,
		"POST /api/payments/" + o.payment + "/refund":              `{"amount":"1"}`,
		"POST /api/payments/" + o.payment + "/reverse":             `{}`,
		"PUT /api/settings":                                        `{"uncollectible_after_days":9}`,
		"PUT /api/account":                                         `{"name":"changed"}`,
		"POST /api/portal-sessions":                                `{"customer_id":"` + o.customer + `"}`,
		"DELETE /api/portal-sessions/" + o.portal:                  ``,
		"POST /api/payment-methods":                                `{"type":"base","name":"x"}`,
		"POST /api/payment-currencies":                             `{"name":"x","symbol":"X","decimal":0}`,
		"POST /api/invoices": `{` + money +
			`,"lines":[{"description":"x","unit_amount":"1"}]}`,
	}
	for i, r := range resources {
		maps.Copy(all, r.writes(o.more[i], o))
	}
	return all
}

// openRoutes are those that anybody may call.
var openRoutes = []string{"GET /healthz", "GET /readyz", "GET /openapi.json", "GET /docs"}

// TestEveryRouteIsTriedByEverybody holds the two lists to the document: a route that is in neither would be tried by
// nobody who may not use it.
func TestEveryRouteIsTriedByEverybody(t *testing.T) {
	t.Parallel()
	var document struct {
		Paths map[string]map[string]any
	}
	if err := yaml.Unmarshal([]byte(clientele.OpenAPI), &document); err != nil {
		t.Fatal(err)
	}
	o := things{"cus_1", "cus_2", "in_1", "curr_1", "pm_1", "cus_3", "in_2", "pi_1", "cn_1", "re_1", "ps_1",
		slices.Repeat([]string{"x_1"}, len(resources))}
	tried := slices.Clone(openRoutes)
	for _, path := range o.reads() {
		path, _, _ = strings.Cut(path, "?")
		tried = append(tried, "GET "+path)
	}
	tried = append(tried, slices.Collect(maps.Keys(o.writes()))...)
	for path, operations := range document.Paths {
		pattern := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, `[^/]+`)
		for method := range operations {
			route := regexp.MustCompile("^" + strings.ToUpper(method) + " " + pattern + "$")
			if !slices.ContainsFunc(tried, route.MatchString) {
				t.Errorf("%s %s is tried by nobody who may not use it", strings.ToUpper(method), path)
			}
		}
	}
}

func TestEveryRouteButHealthAndDocumentsAsksWhoIsThere(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := s.things(t, s.Test(), didAccount)
	for _, route := range openRoutes {
		path := strings.TrimPrefix(route, "GET ")
		for _, credentials := range []string{"", "Bearer nonsense"} {
			s.send(t, "GET", path, "", "Authorization", credentials).must(t, 200)
		}
	}
	before := s.state(t)
	check := func(method, path, body string) {
		t.Helper()
		got := s.send(t, method, path, body, "Authorization", "")
		got.refused(t, 401, "")
		if got.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s %s does not say how to authenticate", method, path)
		}
	}
	for _, path := range o.reads() {
		check("GET", path, "")
	}
	for route, body := range o.writes() {
		method, path, _ := strings.Cut(route, " ")
		check(method, path, body)
	}
	if s.state(t) != before {
		t.Error("somebody without a key changed something")
	}
}

func TestOnlyAGoodKeyOpens(t *testing.T) {
	t.Parallel()
	s := start(t)
	key := s.TestKey
	flip := func(i int) string {
		b := []byte(key)
		b[i] ^= 1
		return string(b)
	}
	for name, header := range map[string]string{
		"one letter else": "Bearer " + flip(20),
		"checksum else":   "Bearer " + flip(len(key)-1),
		"cut":             "Bearer " + key[:len(key)-1],
		"longer":          "Bearer " + key + "0",
		"upper case":      "Bearer " + strings.ToUpper(key),
		"of nobody":       "Bearer " + auth.NewSecret(false),
		"said to be live": "Bearer " + strings.Replace(key, "sk_test_", "sk_live_", 1),
		"without Bearer":  key,
		"Basic":           "Basic " + key,
		"Token":           "Token " + key,
		"nothing after":   "Bearer ",
		"Bearer twice":    "Bearer Bearer " + key,
		"two keys":        "Bearer " + key + "," + key,
		"its hash":        "Bearer 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"a quote":         "Bearer ' OR '1'='1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := s.send(t, "GET", "/api/customers", "", "Authorization", header).refused(t, 401, "")
			if strings.Contains(e.Message, key[10:30]) {
				t.Error("the answer repeats the key")
			}
		})
	}
	for _, header := range []string{"Bearer " + key, "bearer " + key, "BEARER  " + key} {
		s.send(t, "GET", "/api/customers", "", "Authorization", header).must(t, 200)
	}
	s.send(t, "GET", "/api/customers?access_token="+key, "", "Authorization", "").refused(t, 401, "")
	s.send(t, "GET", "/api/customers", "", "Authorization", "", "X-Api-Key", key).refused(t, 401, "")
}

func TestARevokedKeyIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	secret := ok(s.NewKey(false, store.ScopeWrite))(t)
	credentials := []string{"Authorization", "Bearer " + secret}
	s.send(t, "GET", "/api/customers", "", credentials...).must(t, 200)
	_, hash, _ := auth.ParseSecret(secret)
	key, _, err := s.DB.KeyByHash(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	ok(auth.NewKeys(s.DB, func() time.Time { return s.Now().Add(time.Hour) }).Revoke(t.Context(), store.By{}, key.ID))(t)
	s.send(t, "GET", "/api/customers", "", credentials...).must(t, 200)
	s.Advance(time.Hour)
	s.send(t, "GET", "/api/customers", "", credentials...).refused(t, 401, "")
	s.send(t, "POST", "/api/customers", "", credentials...).refused(t, 401, "")
	s.send(t, "GET", "/api/customers", "").must(t, 200)
}

func TestAReadOnlyKeyReadsEverythingAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := s.things(t, s.Test(), didAccount)
	credentials := []string{"Authorization", "Bearer " + ok(s.NewKey(false, store.ScopeRead))(t)}
	for _, path := range o.reads() {
		s.send(t, "GET", path, "", credentials...).must(t, 200)
	}
	s.send(t, "GET", "/api/customers/"+o.customer, `{"create":false}`, credentials...).must(t, 200)
	before := s.state(t)
	for route, body := range o.writes() {
		method, path, _ := strings.Cut(route, " ")
		s.send(t, method, path, body, credentials...).refused(t, 403, "")
		s.send(t, method, path, body, append(credentials, "Idempotency-Key", "k")...).refused(t, 403, "")
	}
	if s.state(t) != before {
		t.Error("a read-only key changed something")
	}
}

// TestAKeyOfMetricsReadsNothingElse lets what Prometheus has in its configuration be stolen.
func TestAKeyOfMetricsReadsNothingElse(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := s.things(t, s.Test(), didAccount)
	credentials := []string{"Authorization", "Bearer " + ok(s.NewKey(false, store.ScopeMetrics))(t)}
	before := s.state(t)
	for _, path := range o.reads() {
		if path == "/metrics" {
			s.send(t, "GET", path, "", credentials...).must(t, 200)
		} else {
			s.send(t, "GET", path, "", credentials...).refused(t, 403, "")
		}
	}
	for route, body := range o.writes() {
		method, path, _ := strings.Cut(route, " ")
		s.send(t, method, path, body, credentials...).refused(t, 403, "")
	}
	if s.state(t) != before {
		t.Error("a key of scope metrics changed something")
	}
}

func TestTheModesNeverSeeEachOther(t *testing.T) {
	t.Parallel()
	s := start(t)
	test, live := s.things(t, s.Test(), didAccount), s.things(t, s.Live(), didAccount)
	before := s.state(t)
	liveKey := []string{"Authorization", "Bearer " + s.LiveKey}
	named := regexp.MustCompile(`_\d`) // it has the id of one of test mode's
	for _, path := range test.reads() {
		got := s.send(t, "GET", path, "", liveKey...)
		if named.MatchString(path) {
			got.refused(t, 404, "id")
		}
		for _, id := range []string{
			test.customer, test.invoice, test.currency, test.method, test.open, test.payment, test.note, test.refund,
			"curr_test_", "pm_test_",
		} {
			if strings.Contains(string(got.must(t, got.status).body), `"id":"`+id) {
				t.Errorf("live mode saw %s at %s", id, path)
			}
		}
	}
	for route, body := range test.writes() {
		method, path, _ := strings.Cut(route, " ")
		switch got := s.send(t, method, path, body, liveKey...); {
		case named.MatchString(path):
			got.refused(t, 404, "id")
		case path == "/api/invoices":
			got.refused(t, 400, "customer_id")
		}
	}
	mixed := `{"customer_id":"` + live.customer + `","currency_id":"` + test.currency +
		`","lines":[{"description":"","unit_amount":"1"}]}`
	s.send(t, "POST", "/api/invoices", mixed, liveKey...).refused(t, 400, "currency_id")
	s.send(t, "POST", "/api/payment-currencies",
		`{"payment_method_id":"`+test.method+`","name":"x","symbol":"X","decimal":0}`,
		liveKey...).refused(t, 400, "payment_method_id")
	for _, line := range strings.Split(before, "\n") { // all that was there is as it was
		if strings.Contains(line, test.customer) && !strings.Contains(s.state(t), line) {
			t.Error("live mode changed test mode")
		}
	}
	for query, n := range map[string]int64{"customer_id=" + test.customer: 0, "currency_id=" + test.currency: 0, "": 2} {
		got := decoded[clientele.Page[clientele.Invoice]](t, s.send(t, "GET", "/api/invoices?"+query, "", liveKey...))
		if got.Count > n {
			t.Errorf("live mode counts %d invoices by %q", got.Count, query)
		}
	}
}

func TestLivemodeIsTheKeysOwnOrRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := s.things(t, s.Test(), didAccount)
	before := s.state(t)
	routes := map[string]string{}
	for _, path := range o.reads() {
		if path != "/metrics" {
			routes["GET "+path] = ""
		}
	}
	for route, body := range o.writes() {
		routes[route] = body
	}
	for route, body := range routes {
		method, path, _ := strings.Cut(route, " ")
		mark := map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]
		for _, value := range []string{"true", "maybe", "", "1", "TRUE", "False"} {
			s.send(t, method, path+mark+"livemode="+value, body).refused(t, 400, "livemode")
		}
		s.send(t, method, path+mark+"livemode[]=false", body).refused(t, 400, "livemode")
		s.send(t, method, path+mark+"livemode=true&livemode=false", body).refused(t, 400, "livemode")
	}
	if s.state(t) != before {
		t.Error("a refused request changed something")
	}
	s.send(t, "PUT", "/api/customers/"+o.customer+"?livemode=false", `{"name":"x"}`).must(t, 200)
	s.send(t, "GET", "/api/customers?livemode=true", "", "Authorization", "Bearer "+s.LiveKey).must(t, 200)
	s.send(t, "GET", "/api/customers?livemode=false", "", "Authorization", "Bearer "+s.LiveKey).refused(t, 400,
		"livemode")
}
