package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"clientele.dev"
)

func TestCreateKeepsEveryFieldAsItWasSent(t *testing.T) {
	t.Parallel()
	s := start(t)
	var sent = `{"did":"did:abt:` + didAccount +
		`","external_id":"crm/42 ж","name":"  王小明 \"Ж\" 😀 ","description":"a\nb",` +
		`"email":"Ada.Lovelace+x@Example.COM","phone":"+1 (415) 555-2671","address":{"country":"us","state":"CA",` +
		`"city":"São Paulo","line1":"1 <Main> & Co","line2":"Apt 4B","postal_code":"94105"},"shipping":{"name":"Bob",` +
		`"phone":"+442079460958","address":{"country":"GB","city":"London"}},"metadata":{"plan":"gold","n":1.10,` +
		`"deep":{"b":[1,null,{"a":true}],"a":""},"":0},"currency_id":"curr_test_abt","invoice_prefix":"ACME1",` +
		`"invoice_settings":{"custom_fields":[{"name":"VAT","value":"DE1"}],"default_payment_method":"pm_test_manual",` +
		`"footer":"Thanks"},"preference":{"locale":"zh","n":1.50},"livemode":false}`
	s.send(t, "POST", "/api/customers", sent).refused(t, 400, "metadata.")
	sent = strings.Replace(sent, `,"":0`, "", 1)
	made := s.send(t, "POST", "/api/customers", sent).must(t, 201)
	want := map[string]string{
		"did": quoted(didAccount), "external_id": `"crm/42 ж"`, "name": `"  王小明 \"Ж\" 😀 "`, "description": `"a\nb"`,
		"email": `"Ada.Lovelace+x@Example.COM"`, "phone": `"+14155552671"`,
		"address": `{"country":"US","state":"CA","city":"São Paulo","line1":"1 <Main> & Co","line2":"Apt 4B",` +
			`"postal_code":"94105"}`,
		"shipping":    `{"address":{"country":"GB","city":"London"},"name":"Bob","phone":"+442079460958"}`,
		"metadata":    `{"deep":{"b":[1,null,{"a":true}],"a":""},"n":1.10,"plan":"gold"}`,
		"currency_id": `"curr_test_abt"`, "balance": `"0.000000000000000000"`, "invoice_prefix": `"ACME1"`,
		"invoice_settings": `{"custom_fields":[{"name":"VAT","value":"DE1"}],"default_payment_method":"pm_test_manual",` +
			`"footer":"Thanks"}`,
		"preference": `{"locale":"zh","n":1.50}`, "livemode": `false`,
	}
	again := s.send(t, "GET", "/api/customers/"+made.customer(t).ID, "").members(t)
	for name, value := range want {
		for _, got := range []json.RawMessage{made.members(t)[name], again[name]} {
			if string(got) != value {
				t.Errorf("%s is\n%s, want\n%s", name, got, value)
			}
		}
	}
}

func TestCreateByTheSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := create(t, s.Live(), clientele.CustomerParams{
		DID: new(didEther), Name: new("Ada"), Address: &clientele.AddressParams{Country: new("gb")},
		Metadata: map[string]any{"big": json.Number("12345678901234567890"), "nested": map[string]any{"a": []int{1}}},
	})
	if !c.Livemode || c.DID != didEther || c.Address != (clientele.Address{Country: "GB"}) {
		t.Errorf("made %+v", c)
	}
	if got := string(c.Metadata["big"]); got != "12345678901234567890" {
		t.Errorf("the number became %s", got)
	}
}

// nothing is a field that a limit does not break: the request is accepted.
const nothing = "accepted"

func TestLimitsOfAField(t *testing.T) {
	t.Parallel()
	s := start(t)
	long := func(n int, what string) string { return strings.Repeat(what, n) }
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"k%d":%d`, i, i)
		}
		return `{"metadata":{` + b.String()[1:] + `}}`
	}
	field := func(name, value string) string { return `{` + quoted(name) + `:` + quoted(value) + `}` }
	for _, c := range []struct{ name, body, field string }{
		{"name of 512 emoji", field("name", long(512, "😀")), nothing},
		{"name of 513 emoji", field("name", long(513, "😀")), "name"},
		{"name of 512 escaped emoji", `{"name":"` + long(512, `\ud83d\ude00`) + `"}`, nothing},
		{"description of 5000", field("description", long(5000, "王")), nothing},
		{"description of 5001", field("description", long(5001, "王")), "description"},
		{"external id of 255", field("external_id", long(255, "ж")), nothing},
		{"external id of 256", field("external_id", long(256, "ж")), "external_id"},
		{"external id with a space first", field("external_id", " a"), "external_id"},
		{"external id with a space last", field("external_id", "a "), "external_id"},
		{"external id .", field("external_id", "."), "external_id"},
		{"external id ..", field("external_id", ".."), "external_id"},
		{"address line of 512", `{"address":` + field("line1", long(512, "é")) + `}`, nothing},
		{"address line of 513", `{"address":` + field("line1", long(513, "é")) + `}`, "address.line1"},
		{"shipping name of 513", `{"shipping":` + field("name", long(513, "é")) + `}`, "shipping.name"},
		{"50 keys", keys(50), nothing},
		{"51 keys", keys(51), "metadata"},
		{"51 keys, one of them null", strings.Replace(keys(51), ":50}", ":null}", 1), nothing},
		{"key of 64", `{"metadata":` + field(long(64, "键"), "v") + `}`, nothing},
		{"key of 65", `{"metadata":` + field(long(65, "键"), "v") + `}`, "metadata." + long(65, "键")},
		{"value of 4096 bytes", `{"metadata":` + field("k", long(4094, "v")) + `}`, nothing},
		{"value of 4097 bytes", `{"metadata":` + field("k", long(4095, "v")) + `}`, "metadata.k"},
		{"list of 4096 bytes but for spaces", `{"metadata":{"k":[1` + long(2047, " , 1") + `]}}`, "metadata.k"},
		{"list of 4095 bytes but for spaces", `{"metadata":{"k":[1` + long(2046, " , 1") + `]}}`, nothing},
		{"prefix of 3", field("invoice_prefix", "A1Z"), nothing},
		{"prefix of 2", field("invoice_prefix", "A1"), "invoice_prefix"},
		{"prefix of 12", field("invoice_prefix", "ABCDEFGHIJ12"), nothing},
		{"prefix of 13", field("invoice_prefix", "ABCDEFGHIJ123"), "invoice_prefix"},
		{"prefix in lower case", field("invoice_prefix", "abc"), "invoice_prefix"},
		{"preference of 4097 bytes", `{"preference":` + field("k", long(4089, "v")) + `}`, "preference"},
		{"preference a list", `{"preference":[]}`, "preference"},
		{"settings with an unknown field", `{"invoice_settings":{"logo":"x"}}`, "invoice_settings"},
		{"settings a string", `{"invoice_settings":"x"}`, "invoice_settings"},
		{"currency of nobody", field("currency_id", "curr_none"), "currency_id"},
		{"currency of the other mode", field("currency_id", "curr_live_usd"), "currency_id"},
		{"name a number", `{"name":1}`, "name"},
		{"name a list", `{"name":["a"]}`, "name"},
		{"email true", `{"email":true}`, "email"},
		{"address a string", `{"address":"1 Main St"}`, "address"},
		{"address a list", `{"address":[]}`, "address"},
		{"city a number", `{"address":{"city":1}}`, "address.city"},
		{"metadata a list", `{"metadata":[1]}`, "metadata"},
		{"metadata a string", `{"metadata":"x"}`, "metadata"},
		{"shipping a string", `{"shipping":"x"}`, "shipping"},
		{"shipping's address a string", `{"shipping":{"address":"x"}}`, "shipping.address"},
		{"did a number", `{"did":5}`, "did"},
		{"did of 25 bytes", field("did", "zbUPE8NwmggAepyjRdh58cJJioF6XC6YSE"), "did"},
		{"did not one", field("did", "ada"), "did"},
		{"unknown field", `{"nmae":"Ada"}`, "nmae"},
		{"unknown part of the address", `{"address":{"zip":"94105"}}`, "address.zip"},
		{"unknown part of shipping", `{"shipping":{"carrier":"x"}}`, "shipping.carrier"},
		{"unknown part of shipping's address", `{"shipping":{"address":{"zip":"x"}}}`, "shipping.address.zip"},
		{"field in another case", `{"Name":"Ada"}`, "Name"},
		{"id", field("id", "cus_mine"), "id"},
		{"balance", `{"balance":"100.00"}`, "balance"},
		{"delinquent", `{"delinquent":true}`, "delinquent"},
		{"created_at in the future", `{"created_at":"2030-01-01T00:00:00.000Z"}`, "created_at"},
		{"created_at of a day", `{"created_at":"2020-01-01"}`, "created_at"},
		{"created_at without a zone", `{"created_at":"2020-01-01T00:00:00"}`, "created_at"},
		{"livemode of the other mode", `{"livemode":true}`, "livemode"},
		{"livemode a string", `{"livemode":"false"}`, "livemode"},
		{"livemode of this mode", `{"livemode":false}`, nothing},
		{"all null", `{"did":null,"name":null,"email":null,"phone":null,"address":null,"shipping":null,"metadata":null,` +
			`"external_id":null,"description":null,"currency_id":null,"invoice_settings":null,"preference":null}`, nothing},
		{"all empty", `{"did":"","name":"","email":"","phone":"","address":{},"metadata":{},"external_id":"",` +
			`"description":"","currency_id":""}`, nothing},
		{"any JSON in metadata", `{"metadata":{"a":true,"b":[],"c":{},"d":-0.5e-3,"zip":"x","__proto__":1}}`, nothing},
	} {
		t.Run(c.name, func(t *testing.T) { s.tries(t, c.body, c.field, 400) })
	}
}

// tries creates a customer and updates another with a body: both are accepted, or refused alike with nothing changed.
func (s *server) tries(t *testing.T, body, field string, status int) {
	t.Helper()
	if field == nothing {
		s.send(t, "POST", "/api/customers", body).must(t, 201)
		return
	}
	other := s.post(t, `{"name":""}`)
	before := s.state(t)
	s.send(t, "POST", "/api/customers", body).refused(t, status, field)
	if field != "did" && field != "delinquent" { // those of an update are read against what the customer has
		s.send(t, "PUT", "/api/customers/"+other.ID, body).refused(t, status, field)
	}
	if s.state(t) != before {
		t.Error("a refused request changed something")
	}
}

func TestMetadataKeepsItsDigits(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, value := range []string{
		"12345678901234567890", "1.10", "0.1000000000000000055511151231257827", "1e2", "1E+2", "-0", "-0.0",
		"100000000000000000000000",
		`[1.0,{"x":2.50}]`, `"\u007f"`, `""`, `{"b":1,"a":2}`,
	} {
		c := s.post(t, `{"metadata":{"v":`+value+`}}`)
		s.send(t, "PUT", "/api/customers/"+c.ID, `{"metadata":{"other":1}}`).must(t, 200)
		got := s.send(t, "GET", "/api/customers/"+c.ID, "").customer(t).Metadata["v"]
		var a, b any
		if json.Unmarshal(got, &a) != nil || json.Unmarshal([]byte(value), &b) != nil || fmt.Sprint(a) != fmt.Sprint(b) ||
			value[0] != '"' && string(got) != value {
			t.Errorf("%s became %s", value, got)
		}
	}
}

func TestAUniqueNameBelongsToOneCustomerOfAMode(t *testing.T) {
	t.Parallel()
	s := start(t)
	first := s.post(t, `{"did":"`+didEther+`","external_id":"A","email":"a@example.com"}`)
	before := s.state(t)
	for body, field := range map[string]string{
		`{"did":"` + didEther + `"}`:                      "did",
		`{"did":"` + strings.ToLower(didEther) + `"}`:     "did",
		`{"did":"did:abt:` + didEther + `"}`:              "did",
		`{"external_id":"A"}`:                             "external_id",
		`{"external_id":"A","did":"` + didAccount + `"}`:  "external_id",
		`{"external_id":"B","did":"` + didEther + `"}`:    "did",
		`{"name":"x","external_id":"A","email":"b@b.bb"}`: "external_id",
	} {
		if e := s.send(t, "POST", "/api/customers", body).refused(t, 409, field); !strings.Contains(e.Message, first.ID) {
			t.Errorf("%s: the refusal does not say who has the name: %s", body, e.Message)
		}
	}
	if s.state(t) != before {
		t.Error("a refused request changed something")
	}
	s.post(t,
		`{"external_id":"a"}`) // another case is another name
	s.post(t, `{"email":"A@example.com"}`) // an email may be shared
	s.post(t, `{"did":"`+didAccount+`"}`)  // free still
	create(t, s.Live(),
		clientele.CustomerParams{DID: new(didEther), ExternalID: new("A")}) // the other mode's are its own
}

// TestOfTwoTakenNamesTheSameIsNamed holds an error to be the same every time.
func TestOfTwoTakenNamesTheSameIsNamed(t *testing.T) {
	t.Parallel()
	s := start(t)
	both := `{"did":"` + didAccount + `","external_id":"E1"}`
	s.post(t, both)
	for range 20 {
		s.send(t, "POST", "/api/customers", both).refused(t, 409, "did")
	}
}
