package check

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
)

// TestTexts reads values as requests have them. want is how they are kept; refused are those that are refused by their
// field.
func TestTexts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	raw := func(check func(field string, raw jsontext.Value) (string, error)) func(string) (string, error) {
		return func(s string) (string, error) { return check("f", jsontext.Value(s)) }
	}
	plain := func(check func(field, s string) (string, error)) func(string) (string, error) {
		return func(s string) (string, error) { return check("f", s) }
	}
	whether := func(check func(s string) error) func(string) (string, error) {
		return func(s string) (string, error) { return s, check(s) }
	}
	for name, test := range map[string]struct {
		check   func(string) (string, error)
		kept    map[string]string
		refused []string
	}{
		"a string": {
			raw(func(f string, v jsontext.Value) (string, error) { return String(f, v, 3) }),
			map[string]string{`"äöü"`: "äöü", `""`: "", `null`: ""}, []string{`"abcd"`, `1`, `true`, `{}`, `[]`},
		},
		"what must be given": {
			whether(func(s string) error { return Given("f", s, "a name") }), map[string]string{"x": "x"}, []string{""},
		},
		"a length": {
			whether(func(s string) error { return Length("f", s, 2) }), map[string]string{"äö": "äö", "": ""},
			[]string{"abc"},
		},
		"a text that may be absent": {
			whether(func(s string) error { return errors.Join(OptionalText("f", nil, 0), OptionalText("f", &s, 2)) }),
			map[string]string{"ab": "ab"}, []string{"abc"},
		},
		"email": {
			plain(Email), map[string]string{"": "", "Ada@Example.com": "Ada@Example.com"},
			[]string{"ada", "Ada <ada@example.com>", "a@b, c@d", strings.Repeat("a", 65) + "@example.com",
				"a@" + strings.Repeat("b", 250) + ".com"},
		},
		"phone": {
			plain(Phone), map[string]string{"": "", "+44 (0)20 7946 0958": "+442079460958",
				"+1-415-555-2671": "+14155552671"},
			[]string{"415 555 2671", "+1 415", "++14155552671", "+1 415 555 2671 x5", "tel:+14155552671"},
		},
		"country": {
			plain(Country), map[string]string{"": "", "de": "DE", "XK": "XK"}, []string{"ZZ", "DEU", "D", " D"},
		},
		"number of an invoice": {
			whether(func(s string) error { return InvoiceNumber("f", &s) }),
			map[string]string{"": "", "INV 2024/7": "INV 2024/7", strings.Repeat("ä", 64): strings.Repeat("ä", 64)},
			[]string{" 7", "7 ", "in_7", "7\n8", strings.Repeat("7", 65)},
		},
		"external id": {plain(ExternalID), map[string]string{"a b": "a b", "": ""}, []string{".", "..", " a", "a "}},
		"invoice prefix": {
			plain(InvoicePrefix), map[string]string{"ADA": "ADA", "A1B2C3D4E5F6": "A1B2C3D4E5F6"},
			[]string{"AD", "ada", "A-A", "A1B2C3D4E5F6G"},
		},
		"DID": {
			raw(DID), map[string]string{`null`: "",
				`"did:abt:z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE"`: "z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE"},
			[]string{`"z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSF"`, `7`},
		},
		"moment of creation": {
			raw(func(f string, v jsontext.Value) (string, error) {
				at, err := CreatedAt(f, v, now)
				return at.UTC().Format(time.RFC3339), err
			}),
			map[string]string{`"2026-01-02T03:04:05Z"`: "2026-01-02T03:04:05Z",
				`"1970-01-01T01:00:00+01:00"`: "1970-01-01T00:00:00Z"},
			[]string{`"2026-01-02T03:04:06Z"`, `"1969-12-31T23:59:59Z"`, `"2026-01-01"`, `"2026-01-01T00:00:00"`, `1`,
				`null`},
		},
		"object that is kept as sent": {
			whether(func(s string) error { return Size("f", jsontext.Value(s)) }),
			map[string]string{strings.Repeat("x", MaxMetadataValue): strings.Repeat("x", MaxMetadataValue)},
			[]string{strings.Repeat("x", MaxMetadataValue+1)},
		},
		"logo": {
			whether(func(s string) error { return Logo("f", s) }), map[string]string{"": "", pixel: pixel},
			[]string{"x", "data:image/gif;base64,R0lGODlhAQABAAAAACw=", strings.Replace(pixel, "png", "jpeg", 1), pixel[:60],
				"data:image/png;base64,?", "data:image/png;base64," + strings.Repeat("A", MaxLogo*2)},
		},
	} {
		for sent, want := range test.kept {
			if got, err := test.check(sent); err != nil || got != want {
				t.Errorf("%s %.80q is kept as %.80q, %v; want %.80q", name, sent, got, err, want)
			}
		}
		for _, sent := range test.refused {
			_, err := test.check(sent)
			if !isAbout(err, "f") {
				t.Errorf("%s %.80q: %v; want it refused by its field", name, sent, err)
			}
		}
	}
}

// pixel is a picture of one.
const pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD" +
	"hgGAWjR9awAAAABJRU5ErkJggg=="

func isAbout(err error, field string) bool {
	var e *clientele.Error
	return errors.As(err, &e) && e.Code == clientele.ErrorCodeInvalid && e.Field == field
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	amount := func(digits string) *clientele.Amount {
		a, err := clientele.ParseAmount("c", digits)
		if err != nil {
			t.Fatal(err)
		}
		return &a
	}
	longest, longer := strings.Repeat("9", clientele.MaxAmountDigits), strings.Repeat("9", clientele.MaxAmountDigits+1)
	unix := func(n int64) *int64 { return &n }
	for name, test := range map[string]struct {
		err     error
		refused bool
	}{
		"no amount":                   {Digits("f", nil), false},
		"an amount below nothing":     {Digits("f", amount("-1")), false},
		"as many digits as may be":    {Digits("f", amount(longest)), false},
		"not negative: none":          {NotNegative("f", nil), false},
		"not negative: nothing":       {NotNegative("f", amount("0")), false},
		"not negative: below":         {NotNegative("f", amount("-1")), true},
		"positive":                    {Positive("f", *amount("1")), false},
		"positive: nothing":           {Positive("f", *amount("0")), true},
		"positive: below":             {Positive("f", *amount("-1")), true},
		"no moment":                   {UnixTime("f", nil, 0), false},
		"the first moment":            {UnixTime("f", unix(0), 0), false},
		"before the first moment":     {UnixTime("f", unix(-1), 0), true},
		"the last moment":             {UnixTime("f", unix(MaxUnixTime), 0), false},
		"after the last moment":       {UnixTime("f", unix(MaxUnixTime+1), 0), true},
		"never uncollectible":         {UncollectibleAfter("f", clientele.NeverUncollectible), false},
		"less than never":             {UncollectibleAfter("f", clientele.NeverUncollectible-1), true},
		"uncollectible after longest": {UncollectibleAfter("f", MaxUncollectibleAfter), false},
		"uncollectible after longer":  {UncollectibleAfter("f", MaxUncollectibleAfter+1), true},
	} {
		if refused := isAbout(test.err, "f"); refused != test.refused || test.err != nil && !refused {
			t.Errorf("%s: %v; want it refused: %t", name, test.err, test.refused)
		}
	}
	if _, err := clientele.ParseAmount("c", longer); err == nil && Digits("f", amount(longer)) == nil {
		t.Error("an amount of more digits than may be is accepted")
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	home := clientele.Address{Country: "DE", City: "Berlin", Line1: "Allee 1"}
	for sent, want := range map[string]clientele.Address{
		`null`:                           {},
		`{}`:                             home,
		`{"city":"Bonn"}`:                {Country: "DE", City: "Bonn", Line1: "Allee 1"},
		`{"city":null}`:                  {Country: "DE", Line1: "Allee 1"},
		`{"country":"de"}`:               home,
		`{"country":"fr","city":"Lyon"}`: {Country: "FR", City: "Lyon"}, // who moves abroad keeps no street
	} {
		got := home
		merge, err := Address("a", jsontext.Value(sent))
		if err != nil {
			t.Errorf("%s: %v", sent, err)
			continue
		}
		if merge(&got); got != want {
			t.Errorf("%s makes %+v, want %+v", sent, got, want)
		}
	}
	for sent, field := range map[string]string{
		`[]`: "a", `"x"`: "a", `{"cty":"x"}`: "a.cty", `{"city":1}`: "a.city", `{"country":"ZZ"}`: "a.country",
		`{"line1":"` + strings.Repeat("x", MaxAddressPart+1) + `"}`: "a.line1",
	} {
		if _, err := Address("a", jsontext.Value(sent)); !isAbout(err, field) {
			t.Errorf("%.60s: %v; want it refused by %s", sent, err, field)
		}
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	many := func(n int) string {
		var keys []string
		for i := range n {
			keys = append(keys, `"k`+strings.Repeat("x", i)+`":1`)
		}
		return "{" + strings.Join(keys, ",") + "}"
	}
	for sent, want := range map[string]string{
		`null`: `map[]`, `{}`: `map[a:1 b:"x"]`, `{"a":null}`: `map[b:"x"]`, `{"c": [1, 2] }`: `map[a:1 b:"x" c:[1,2]]`,
		`{"c":"\u0061"}`: `map[a:1 b:"x" c:"a"]`, `{"c":1.50e1}`: `map[a:1 b:"x" c:1.50e1]`,
	} {
		to := clientele.Metadata{"a": []byte("1"), "b": []byte(`"x"`)}
		merge, err := MetadataPatch(jsontext.Value(sent))
		if err != nil {
			t.Errorf("%s: %v", sent, err)
			continue
		}
		if err := merge(&to); err != nil || shown(to) != want {
			t.Errorf("%s makes %s, %v; want %s", sent, shown(to), err, want)
		}
	}
	if err := Metadata(jsontext.Value(many(MaxMetadataKeys))); err != nil {
		t.Error(err)
	}
	for sent, field := range map[string]string{
		`[]`: "metadata", `{"":1}`: "metadata.", many(MaxMetadataKeys + 1): "metadata",
		`{"` + strings.Repeat("k", MaxMetadataKey+1) + `":1}`:   "metadata." + strings.Repeat("k", MaxMetadataKey+1),
		`{"k":"` + strings.Repeat("v", MaxMetadataValue) + `"}`: "metadata.k",
	} {
		if err := Metadata(jsontext.Value(sent)); !isAbout(err, field) {
			t.Errorf("%.60s: %v; want it refused by %.20s", sent, err, field)
		}
	}
}

func shown(m clientele.Metadata) string {
	var all []string
	for _, key := range []string{"a", "b", "c"} {
		if value, has := m[key]; has {
			all = append(all, key+":"+string(value))
		}
	}
	return "map[" + strings.Join(all, " ") + "]"
}

func TestDialledIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ country, typed, want string }{
		{"DE", "030 123456", "+4930123456"}, {"US", "(415) 555-2671", "+14155552671"}, {"DE", "+1 415 555 2671",
			"+1 415 555 2671"},
		{"DE", "0049 30 123456", "0049 30 123456"}, {"", "030 123456", "030 123456"}, {"DE", "12", "12"},
	} {
		if got := DialledIn(test.country, test.typed); got != test.want {
			t.Errorf("%s dialled in %s is %s, want %s", test.typed, test.country, got, test.want)
		}
	}
}

func TestCountries(t *testing.T) {
	t.Parallel()
	if n := len(Countries()); n != 249+1 {
		t.Errorf("%d countries; ISO 3166-1 has 249 officially assigned codes, and there is Kosovo", n)
	}
}

func TestCustomFieldsAndBusiness(t *testing.T) {
	t.Parallel()
	fields := make([]clientele.CustomField, MaxCustomFields+1)
	if err := CustomFields("f", &fields); !isAbout(err, "f") {
		t.Errorf("too many labelled lines: %v", err)
	}
	fields = fields[:MaxCustomFields]
	if err := CustomFields("f", &fields); err != nil {
		t.Error(err)
	}
	if fields[1].Value = strings.Repeat("x", MaxName+1); !isAbout(CustomFields("f", &fields), "f[1].value") {
		t.Error("a labelled line that is too long is accepted")
	}
	b := clientele.Business{Name: "Acme", Email: "a@example.com", Address: clientele.Address{Country: "de"}}
	if err := Business("b.", &b); err != nil || b.Address.Country != "DE" {
		t.Errorf("it is kept as %+v, %v", b, err)
	}
	for field, b := range map[string]clientele.Business{
		"b.name": {Name: strings.Repeat("x", MaxName+1)}, "b.email": {Email: "x"}, "b.logo": {Logo: "x"},
		"b.address.country": {Address: clientele.Address{Country: "ZZ"}}, "b.footer": {Footer: strings.Repeat("x",
			MaxText+1)},
	} {
		if err := Business("b.", &b); !isAbout(err, field) {
			t.Errorf("%v; want it refused by %s", err, field)
		}
	}
}

var e164Form = regexp.MustCompile(`^\+[1-9][0-9]{2,14}$`)

func FuzzPhone(f *testing.F) {
	for _, s := range []string{
		"+1 (555) 123-4567", "+442079460958", "+86 138 0013 8000", "++1", "+0", "+1-800-FLOWERS", "+15551234567 ext 5",
		"+999123", "tel:+15551234567", "+1;phone-context=+44", "", "+", "+1 415\u00a0555 2671", "+４４20",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		phone, err := Phone("phone", text)
		if err != nil || text == "" {
			return
		}
		if !e164Form.MatchString(phone) {
			t.Errorf("%q became %q, which is not E.164", text, phone)
		}
		if again, err := Phone("phone", phone); err != nil || again != phone {
			t.Errorf("%q became %q, which becomes %q, %v", text, phone, again, err)
		}
	})
}
