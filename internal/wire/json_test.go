package wire_test

import (
	stdjson "encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/wire"
)

type line struct {
	Quantity   int64            `json:"quantity"`
	UnitAmount clientele.Amount `json:"unit_amount"`
}

type body struct {
	Name     *string                   `json:"name"`
	Active   *bool                     `json:"active"`
	Due      *int64                    `json:"due"`
	Metadata map[string]jsontext.Value `json:"metadata"`
	Lines    []line                    `json:"lines"`
}

func TestDecode(t *testing.T) {
	t.Parallel()
	var got body
	err := wire.Decode([]byte(` {"name":"Zo\u00eb 😀 \ud83d\ude00","active":false,"due":1767225600,
		"metadata":{"big":12345678901234567890.10,"nul":null},"lines":[{"quantity":2,"unit_amount":"2500"}]} `), &got)
	if err != nil {
		t.Fatal(err)
	}
	if *got.Name != "Zoë 😀 😀" || *got.Active || *got.Due != 1767225600 || got.Lines[0].Quantity != 2 ||
		got.Lines[0].UnitAmount.String() != "2500" {
		t.Errorf("decoded as %+v", got)
	}
	if string(got.Metadata["big"]) != "12345678901234567890.10" || string(got.Metadata["nul"]) != "null" {
		t.Errorf("metadata is not kept as sent: %s", got.Metadata)
	}
	var empty body
	if err := wire.Decode(nil, &empty); err != nil || empty.Name != nil {
		t.Errorf("an empty body: %v %+v", err, empty)
	}
	if err := wire.Decode([]byte(`{"name":null}`), &empty); err != nil || empty.Name != nil {
		t.Errorf("a null: %v %+v", err, empty)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ body, field, message string }{
		{`{"nmae":"x"}`, "nmae", `"nmae" is not a field of this request`},
		{`{"Name":"x"}`, "Name", `"Name" is not a field of this request`},
		{`{"lines":[{"quantity":1},{"qty":2}]}`, "lines[1].qty", `"lines[1].qty" is not a field`},
		{`{"name":5}`, "name", "name must be a string"},
		{`{"name":{"a":[1]}}`, "name", "name must be a string"},
		{`{"active":"true"}`, "active", "active must be true or false"},
		{`{"due":1.5}`, "due", "due must be a whole number"},
		{`{"due":"1"}`, "due", "due must be a whole number"},
		{`{"due":9223372036854775808}`, "due", "due is out of range"},
		{`{"due":1e3}`, "due", "due must be a whole number"},
		{`{"metadata":[]}`, "metadata", "metadata must be an object"},
		{`{"metadata":"x"}`, "metadata", "metadata must be an object"},
		{`{"lines":{}}`, "lines", "lines must be a list"},
		{`{"lines":["x"]}`, "lines[0]", "lines[0] must be an object"},
		{`{"lines":[{"quantity":1},{"quantity":true}]}`, "lines[1].quantity", "lines[1].quantity must be a whole number"},
		{
			`{"lines":[{"unit_amount":2500}]}`, "lines[0].unit_amount",
			"lines[0].unit_amount: an amount is a string of digits",
		},
		{`{"lines":[{"unit_amount":"02"}]}`, "lines[0].unit_amount", "leading zeros"},
	}
	for _, test := range tests {
		refusal(t, test.body, wire.Decode([]byte(test.body), &body{}), test.field, test.message)
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ body, field, message string }{
		{` `, "", "ends before"},
		{`{`, "", "ends before"},
		{`{"name":"x`, "", "ends before"},
		{`null`, "", "must be a JSON object"},
		{`[]`, "", "must be a JSON object"},
		{`"x"`, "", "must be a JSON object"},
		{`5`, "", "must be a JSON object"},
		{`nonsense`, "", "must be a JSON object"},
		{"\ufeff{}", "", "not valid JSON near byte 0"},
		{`{} {}`, "", "something after"},
		{`{}x`, "", "something after"},
		{`{},`, "", "something after"},
		{`{"name":"x",}`, "", "not valid JSON near byte 11"},
		{`{"name":'x'}`, "name", "name is not valid JSON near byte 8"},
		{`{name:"x"}`, "", "not valid JSON near byte 2"},
		{`{"name":"x"//c` + "\n}", "", "not valid JSON near byte 11"},
		{`{"due":01}`, "", "not valid JSON"},
		{`{"due":+1}`, "due", "not valid JSON"},
		{`{"due":NaN}`, "due", "due is not valid JSON"},
		{`{"due":1e999}`, "due", "due is a number out of range"},
		{`{"metadata":{"a":[0,-1e400]}}`, "metadata.a[1]", "number out of range"},
		{"{\"name\":\"a\tb\"}", "name", "name is not valid JSON near byte 10"},
		{`{"name":"\x"}`, "name", "name is not valid JSON"},
		{"{\"name\":\"\xff\"}", "name", "name is not valid UTF-8"},
		{"{\"name\":\"\xed\xa0\x80\"}", "name", "name is not valid UTF-8"},
		{"{\"metadata\":{\"a\xff\":1}}", "metadata", "metadata is not valid UTF-8"},
		{`{"name":"\ud800"}`, "name", "name has half of a surrogate pair"},
		{`{"name":"\udc00\ud800"}`, "name", "name has half of a surrogate pair"},
		{`{"metadata":{"a":["x","\ud83dx"]}}`, "metadata.a[1]", "metadata.a[1] has half of a surrogate pair"},
		{`{"\ud800":1}`, "", "half of a surrogate pair"},
		{`{"name":"a\u0000b"}`, "name", "name contains the character U+0000"},
		{`{"metadata":{"plan":["x",{"y":"\u0000"}]}}`, "metadata.plan[1].y", "metadata.plan[1].y contains"},
		{`{"metadata":{"a\u0000":1}}`, `metadata.a\u0000`, "contains the character U+0000"},
		{"{\"name\":\"\x00\"}", "name", "name is not valid JSON"},
		{`{"name":"x","name":"y"}`, "name", "name is given twice"},
		{`{"name":"x","n\u0061me":"y"}`, "name", "name is given twice"},
		{`{"metadata":{"plan":[{"0":1,"0":2}]}}`, "metadata.plan[0].0", "metadata.plan[0].0 is given twice"},
		{nested(33), "a" + strings.Repeat("[0]", 31), "deeper than 32 levels"},
	}
	for _, test := range tests {
		refusal(t, test.body, wire.Check([]byte(test.body)), test.field, test.message)
		if _, err := wire.Canonical([]byte(test.body)); err == nil {
			t.Errorf("%s: has a canonical form", test.body)
		}
		if err := wire.Decode([]byte(test.body), &body{}); err == nil {
			t.Errorf("%s: decoded", test.body)
		}
	}
	for _, body := range []string{
		"", "{}", " {\r\n} ", nested(32), `{"a":"\\u0000"}`, `{"a":"\ud83d\ude00","A":-0.0e-5}`, `{"":1}`,
		`{"a":"` + "\x7f\u2028" + `"}`,
	} {
		if err := wire.Check([]byte(body)); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// nested is a body of the given depth.
func nested(depth int) string {
	return `{"a":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + "}"
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	// The second is the example of RFC 8785, section 3.2.2, the third of 3.2.3.
	tests := []struct{ body, want string }{
		{"", "{}"},
		{`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,-0],
			"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0],` +
				`"string":"€$\u000f\nA'B\"\\\\\"/"}`},
		{`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",` +
			`"\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
			`{"\r":"Carriage Return","1":"One","` + "\u0080" + `":"Control","ö":"Latin Small Letter O With Diaeresis",` +
				`"€":"Euro Sign","😀":"Emoji: Grinning Face","` + "\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`},
	}
	for _, test := range tests {
		given := []byte(test.body)
		got, err := wire.Canonical(given)
		if err != nil || string(got) != test.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", test.body, got, err, test.want)
		}
		if string(given) != test.body {
			t.Errorf("%s: the body itself was changed", test.body)
		}
	}
}

func TestSigned(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `{"n":[1.5,-1,0,1e+21,1e-7,9007199254740992,0.1],"s":"1.50"}`} {
		want, _ := wire.Canonical([]byte(body))
		if got, err := wire.Signed([]byte(body)); err != nil || string(got) != string(want) {
			t.Errorf("%s: %s, %v, want %s", body, got, err, want)
		}
	}
	for number, want := range map[string]string{
		"1.50": "1.5", "1e3": "1000", "-0": "0", "9007199254740993": "9007199254740992", "1E21": "1e+21",
		"0.1000000000000000000001": "0.1",
	} {
		body := `{"metadata":{"n":[0,` + number + `]}}`
		_, err := wire.Signed([]byte(body))
		refusal(t, body, err, "metadata.n[1]", "a signed request writes the number metadata.n[1] as "+want)
	}
	_, err := wire.Signed([]byte(`{"a":1,"a":2}`))
	refusal(t, "a twice", err, "a", "given twice")
}

func FuzzJSON(f *testing.F) {
	for _, body := range []string{
		"", "{}", `{"create":true}`,
		`{"name":"Zo\u00eb 😀","metadata":{"n":1.5,"big":1e+21,"nul":null,"arr":[1,"2",{"z":1}]}}`,
		`{"name":"x","name":"y"}`, `{"a":"\ud800"}`, `{"a":"\u0000"}`, "{\"a\":\"\xff\"}",
		`{"a":1e400}`, nested(33), `{} {}`,
		`{"lines":[{"quantity":1,"unit_amount":"1"}],"due":9223372036854775808}`, `{"":{"/":{"~":[[1,{}]]}}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checked := wire.Check(data)
		canonical, err := wire.Canonical(data)
		if (checked == nil) != (err == nil) {
			t.Fatalf("%q: Check says %v, Canonical %v", data, checked, err)
		}
		decoded := wire.Decode(data, &body{})
		if checked != nil {
			if decoded == nil {
				t.Fatalf("%q: decoded, though %v", data, checked)
			}
			return
		}
		if _, ok := errors.AsType[*clientele.Error](decoded); decoded != nil && !ok {
			t.Fatalf("%q: not an error for clients: %v", data, decoded)
		}
		var object map[string]any
		if err := stdjson.Unmarshal(canonical, &object); err != nil {
			t.Fatalf("%q: encoding/json refuses %s: %v", data, canonical, err)
		}
		if len(data) > 0 {
			if err := stdjson.Unmarshal(data, &object); err != nil {
				t.Fatalf("%q: encoding/json refuses it: %v", data, err)
			}
		}
		again, err := wire.Canonical(canonical)
		if err != nil || string(again) != string(canonical) {
			t.Fatalf("%q: canonical %s, and of that %s, %v", data, canonical, again, err)
		}
	})
}
