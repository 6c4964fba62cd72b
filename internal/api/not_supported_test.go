package api_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"clientele.dev"
)

// TestWhatIsNotBuiltSaysSo calls every method of the vendor's client: one that is not built says so, in a way that
// nobody mistakes for a missing object.
func TestWhatIsNotBuiltSaysSo(t *testing.T) {
	t.Parallel()
	s := start(t)
	listed, err := os.ReadFile("testdata/client-routes.txt")
	if err != nil {
		t.Fatal(err)
	}
	built := regexp.MustCompile(`^\w+ /api/webhook-endpoints|^(GET|PUT) /api/customers|` +
		`^(GET|PUT) /api/invoices(/\{id\}|/search)?$|` +
		`^POST /api/invoices/\{id\}/void$|^(GET|POST) /api/payment-(currencies|methods)$|` +
		`^GET /api/(payment-currencies|payment-methods|payment-intents|refunds)/\{id\}$|` +
		`^GET /api/(payment-intents|payment-intents/search|refunds|refunds/search)$`)
	methods, missing := 0, 0
	for _, route := range regexp.MustCompile(`(GET|PUT|POST|DELETE) /api/\S+`).FindAllString(string(listed), -1) {
		route = strings.TrimSuffix(route, ";")
		methods++
		method, path, _ := strings.Cut(route, " ")
		path = regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "x_1")
		got := s.send(t, method, path, "")
		notSupported := strings.Contains(string(got.body), `"not_supported"`)
		if notSupported == built.MatchString(route) {
			t.Errorf("%s is answered %d %s", route, got.status, got.body)
		}
		if notSupported {
			missing++
			e := got.refused(t, 404, "")
			if e.Code != clientele.ErrorCodeNotSupported || e.Message == "" {
				t.Errorf("%s: %+v", route, e)
			}
		}
	}
	if methods != 128 || missing == 0 {
		t.Errorf("%d methods were called, of which %d are not built", methods, missing)
	}
	// An object that is not there is another kind of error, and so is a path that nobody has.
	for path, field := range map[string]string{"/api/customers/cus_none": "id", "/api/nonsense": ""} {
		if e := s.send(t, "GET", path, "").refused(t, 404, field); e.Code != clientele.ErrorCodeNotFound {
			t.Errorf("%s: %+v", path, e)
		}
	}
}

// TestWhatApplicationsSend sends what applications of the vendor's client do.
func TestWhatApplicationsSend(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := s.things(t, s.Test(), didAccount)
	for _, path := range []string{"/api/invoices?subscription_id=sub_1", "/api/refunds?subscription_id=sub_1&order=x"} {
		path, _, _ = strings.Cut(path, "&")
		if got := s.send(t, "GET", path, "").must(t, 200); !strings.HasPrefix(string(got.body), `{"count":0,"list":[]`) {
			t.Errorf("%s answers %s", path, got.body)
		}
	}
	for query, want := range map[string]string{
		"size=1": `"pageSize":1`, "size=1&pageSize=1&limit=1": `"pageSize":1`,
	} {
		if got := s.send(t, "GET", "/api/customers?"+query, "").must(t, 200); !strings.Contains(string(got.body), want) {
			t.Errorf("%s answers %s", query, got.body)
		}
	}
	s.send(t, "GET", "/api/customers?size=1&pageSize=2", "").refused(t, 400, "size")
	s.send(t, "GET", "/api/customers?size=1&limit=2", "").refused(t, 400, "size")
	for _, id := range []string{"undefined", "null", "NaN", "%5Bobject%20Object%5D"} {
		for _, path := range []string{"/api/customers/", "/api/invoices/", "/api/payment-intents/"} {
			e := s.send(t, "GET", path+id, "").refused(t, 400, "id")
			if !strings.Contains(e.Message, "never set") {
				t.Errorf("%s%s: %s", path, id, e.Message)
			}
		}
	}
	// The published body of a payment method, without the secrets that Clientele has no use for.
	method := `{"type":"arcblock","name":"Beta","description":"","logo":"/b.png","livemode":false,"locked":false,` +
		`"active":true,"confirmation":{"type":"immediate"},"features":{"recurring":true,"refund":true,"dispute":false},` +
		`"metadata":{},"settings":{"arcblock":{"chain_id":"beta","api_host":"https://beta.example"}}}`
	got := s.send(t, "POST", "/api/payment-methods", method).must(t, 201)
	if want := `"settings":{"arcblock":{"api_host":"https://beta.example","chain_id":"beta"}}`; !strings.Contains(
		string(got.body), want) {
		t.Errorf("a payment method has other settings than %s: %s", want, got.body)
	}
	for body, field := range map[string]string{
		`"settings":{"stripe":{"secret_key":"sk_1"}}`:              "settings.stripe.secret_key",
		`"settings":{"stripe":{"webhook_signing_secret":"whsec"}}`: "settings.stripe.webhook_signing_secret",
		`"settings":{"paypal":{}}`:                                 "settings", `"settings":{"base":1}`: "settings",
		`"settings":{"base":{"a":"` + strings.Repeat("x", 5000) + `"}}`: "settings",
		`"livemode":true`: "livemode",
	} {
		s.send(t, "POST", "/api/payment-methods", `{"type":"base","name":"B",`+body+`}`).refused(t, 400, field)
	}
	for range 20 { // of several mistakes the same is told every time
		s.send(t, "POST", "/api/payment-methods", `{"type":"base","name":"B","settings":{"stripe":{"secret_key":"x"},`+
			`"base":{"secret_key":"x"},"ethereum":{"secret_key":"x"}}}`).refused(t, 400, "settings.base.secret_key")
	}
	// No body and an empty one ask for the same.
	for i, body := range []string{"", "{}", ""} {
		got := s.send(t, "PUT", "/api/customers/"+o.customer, body, "Idempotency-Key", "one").must(t, 200)
		if again := got.header.Get("Idempotent-Replayed") == "true"; again != (i > 0) {
			t.Errorf("time %d, with %q, is a repetition: %t", i, body, again)
		}
	}
	// Who moves to another country keeps no street; who only corrects one keeps all.
	address := func(body string) string {
		got := s.send(t, "PUT", "/api/customers/"+o.customer, `{"address":`+body+`}`).must(t, 200)
		return regexp.MustCompile(`"address":(\{[^}]*\})`).FindStringSubmatch(string(got.body))[1]
	}
	for _, step := range []struct{ sent, want string }{
		{`{"country":"DE","city":"Berlin","line1":"Street 1"}`, `{"country":"DE","city":"Berlin","line1":"Street 1"}`},
		{`{"country":"de","city":"Bonn"}`, `{"country":"DE","city":"Bonn","line1":"Street 1"}`},
		{`{"country":"XK","city":"Pristina"}`, `{"country":"XK","city":"Pristina"}`},
		{`{"country":null}`, `{"city":"Pristina"}`},
		{`{"country":"FR"}`, `{"country":"FR","city":"Pristina"}`},
	} {
		if got := address(step.sent); got != step.want {
			t.Errorf("%s makes it %s, want %s", step.sent, got, step.want)
		}
	}
}
