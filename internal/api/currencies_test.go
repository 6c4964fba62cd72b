package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/client"
)

func TestAFreshDatabaseHasItsCurrencies(t *testing.T) {
	t.Parallel()
	s := start(t)
	for mode, payment := range map[string]*client.Client{"test": s.Test(), "live": s.Live()} {
		var symbols []string
		for _, c := range ok(payment.PaymentCurrencies.List(t.Context()))(t) {
			symbols = append(symbols, c.Symbol)
			decimal := map[string]int{"JPY": 0, "ABT": 18}
			if want, special := decimal[c.Symbol]; special && c.Decimal != want || !special && c.Decimal != 2 {
				t.Errorf("%s has %d decimals", c.Symbol, c.Decimal)
			}
			if c.PaymentMethodID != "pm_"+mode+"_manual" || c.Livemode != (mode == "live") ||
				c.IsBaseCurrency != (c.Symbol == "USD") {
				t.Errorf("%+v", c)
			}
		}
		if got := strings.Join(symbols, " "); got != "USD EUR GBP JPY CNY ABT" {
			t.Errorf("%s mode has %s", mode, got)
		}
		methods := ok(payment.PaymentMethods.List(t.Context()))(t)
		if len(methods) != 1 || methods[0].Type != "manual" || methods[0].ID != "pm_"+mode+"_manual" {
			t.Errorf("%s mode has %+v", mode, methods)
		}
	}
	if body := s.send(t, "GET", "/api/payment-currencies", "").body; body[0] != '[' { // a bare list
		t.Errorf("the list is %.50s", body)
	}
}

func TestACurrencyIsUniqueByItsMethod(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	method := ok(payment.PaymentMethods.Create(t.Context(), clientele.MethodParams{Type: "ethereum",
		Name: "Ethereum"}))(t)
	p := clientele.CurrencyParams{
		Name: "USD Coin", Symbol: "USD", Decimal: new(int64(6)),
		PaymentMethodID: method.ID, Contract: "0xa0b8",
	}
	c := ok(payment.PaymentCurrencies.Create(t.Context(), p))(t)
	if c.Decimal != 6 || c.MaximumPrecision != 6 || !c.Active || c.Contract != "0xa0b8" || c.IsBaseCurrency {
		t.Errorf("made %+v", c)
	}
	if got := ok(payment.PaymentCurrencies.Retrieve(t.Context(), c.ID))(t); got.ID != c.ID || got.Name != "USD Coin" {
		t.Errorf("retrieved %+v", got)
	}
	before := s.state(t)
	const rest = `,"name":"x","decimal":2}`
	for body, want := range map[string]struct {
		status int
		field  string
	}{
		`{"symbol":"USD","payment_method_id":"` + method.ID + `"` + rest: {409, "symbol"},
		`{"symbol":"USD"` + rest:                                               {409, "symbol"},
		`{"symbol":"X","payment_method_id":"pm_nobody"` + rest:                 {400, "payment_method_id"},
		`{"symbol":"X","payment_method_id":"pm_live_manual"` + rest:            {400, "payment_method_id"},
		`{"symbol":""` + rest:                                                  {400, "symbol"},
		`{"symbol":"` + strings.Repeat("王", 33) + `"` + rest:                   {400, "symbol"},
		`{"name":"x","decimal":2}`:                                             {400, "symbol"},
		`{"symbol":"X","decimal":2}`:                                           {400, "name"},
		`{"symbol":"X","name":"` + strings.Repeat("x", 513) + `","decimal":2}`: {400, "name"},
		`{"symbol":"X","name":"x"}`:                                            {400, "decimal"},
		`{"symbol":"X","name":"x","decimal":19}`:                               {400, "decimal"},
		`{"symbol":"X","name":"x","decimal":-1}`:                               {400, "decimal"},
		`{"symbol":"X","name":"x","decimal":1.5}`:                              {400, "decimal"},
		`{"symbol":"X","name":"x","decimal":"2"}`:                              {400, "decimal"},
		`{"symbol":"X","name":"x","decimal":2,"maximum_precision":3}`:          {400, "maximum_precision"},
		`{"symbol":"X","name":"x","decimal":2,"active":"no"}`:                  {400, "active"},
		`{"symbol":"X","name":"x","decimal":2,"locked":true}`:                  {400, "locked"},
		`{"symbol":"X","name":"x","decimal":2,"minimum_payment_amount":"-1"}`:  {400, "minimum_payment_amount"},
		`{"symbol":"X","name":"x","decimal":2,"maximum_payment_amount":1}`:     {400, "maximum_payment_amount"},
		`{"symbol":"X","name":"x","decimal":2,"metadata":{"":1}}`:              {400, "metadata."},
	} {
		s.send(t, "POST", "/api/payment-currencies", body).refused(t, want.status, want.field)
	}
	s.send(t, "GET", "/api/payment-currencies/curr_nobody", "").refused(t, 404, "id")
	if s.state(t) != before {
		t.Error("a refused currency changed something")
	}
}

// TestACurrencyThatIsNotActive can be made beforehand, and is not invoiced in.
func TestACurrencyThatIsNotActive(t *testing.T) {
	t.Parallel()
	s := start(t)
	made := decoded[clientele.PaymentCurrency](t, s.send(t, "POST", "/api/payment-currencies",
		`{"symbol":"DEM","name":"Mark","decimal":2,"active":false,"minimum_payment_amount":"1",`+
			`"maximum_payment_amount":"9223372036854775808"}`).must(t, 201))
	if made.Active || made.MinimumPaymentAmount.String() != "1" ||
		made.MaximumPaymentAmount.String() != "9223372036854775808" {
		t.Errorf("made %+v", made)
	}
	c := s.post(t, `{"name":""}`)
	s.send(t, "POST", "/api/invoices", `{"customer_id":"`+c.ID+`","currency_id":"`+made.ID+
		`","lines":[{"description":"x","unit_amount":"1"}]}`).refused(t, 400, "currency_id")
}

func TestPaymentMethodsAreAddedAndListed(t *testing.T) {
	t.Parallel()
	s := start(t)
	got := s.send(t, "POST", "/api/payment-methods", `{"type":"stripe","name":"Cards","metadata":{"n":1.10}}`).must(t,
		201)
	m := decoded[clientele.PaymentMethod](t, got)
	if !strings.HasPrefix(m.ID, "pm_") || !m.Active || string(m.Settings) != "{}" || string(m.Metadata["n"]) != "1.10" {
		t.Errorf("made %s", got.body)
	}
	if c := got.members(t)["confirmation"]; string(c) != `{"type":"immediate"}` {
		t.Errorf("confirmation is %s", c)
	}
	one := s.send(t, "GET", "/api/payment-methods/"+m.ID, "")
	var list []json.RawMessage
	if err := json.Unmarshal(s.send(t, "GET", "/api/payment-methods", "").body, &list); err != nil || len(list) != 2 ||
		string(list[1]) != string(one.body) || string(one.body) != string(got.body) {
		t.Errorf("made %s, retrieved %s, listed %s", got.body, one.body, list)
	}
	before := s.state(t)
	for body, field := range map[string]string{
		`{"name":"x"}`: "type", `{"type":"paypal","name":"x"}`: "type", `{"type":"","name":"x"}`: "type",
		`{"type":"base"}`: "name",
		`{"type":"base","name":"x","confirmation":{"type":"soon"}}`:             "confirmation.type",
		`{"type":"base","name":"x","confirmation":{"type":"block","block":-1}}`: "confirmation.block",
		`{"type":"base","name":"x","features":{"recurring":1}}`:                 "features.recurring",
		`{"type":"base","name":"x","settings":[]}`:                              "settings",
		`{"type":1,"name":"x"}`:                                                 "type",
		`{"type":"base","name":"x","logo":"` + strings.Repeat("x", 5001) + `"}`: "logo",
	} {
		s.send(t, "POST", "/api/payment-methods", body).refused(t, 400, field)
	}
	s.send(t, "GET", "/api/payment-methods/pm_live_manual", "").refused(t, 404, "id")
	if s.state(t) != before {
		t.Error("a refused method changed something")
	}
}

// A text may be as long as its limit, and not a letter longer.
func TestTextsAreAsLongAsTheirLimit(t *testing.T) {
	t.Parallel()
	s := start(t)
	for n, status := range map[int]int{512: 201, 513: 400} {
		for _, letter := range []string{"x", "é", "😀"} {
			s.send(t, "POST", "/api/payment-methods",
				`{"type":"base","name":"`+strings.Repeat(letter, n)+`"}`).must(t, status)
		}
	}
}
