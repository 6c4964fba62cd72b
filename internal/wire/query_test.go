package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/wire"
)

// testdata/qs.json holds what qs 6.17.1 made of query strings: first those it wrote itself, then some written by hand.
func TestParseQueryAgreesWithQs(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/qs.json")
	if err != nil {
		t.Fatal(err)
	}
	var samples []struct{ Raw, JSON string }
	if err := json.Unmarshal(file, &samples); err != nil {
		t.Fatal(err)
	}
	for _, sample := range samples {
		query, err := wire.ParseQuery(sample.Raw)
		if err != nil {
			t.Errorf("%s: %v", sample.Raw, err)
			continue
		}
		if got := string(query.JSON()); got != sample.JSON {
			t.Errorf("%s:\n got %s\nwant %s", sample.Raw, got, sample.JSON)
		}
	}
}

func TestParseQueryRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200)
	tests := []struct{ raw, field, message string }{
		{"&&", "", "empty parameter"},
		{"&a=1", "", "empty parameter"},
		{"a=1&&b=2", "", "empty parameter"},
		{"&a=1", "", "empty parameter"},
		{"a=1&&", "", "empty parameter"},
		{"=x", "", "without a name"},
		{"a=1&=x", "", "without a name"},
		{"[x]=1", "[x]", "without a name"},
		{"[]=1", "[]", "without a name"},
		{"a", "a", "has no value"},
		{"a=1&b", "b", "has no value"},
		{"__proto__[x]=1", "__proto__[x]", "__proto__ cannot"},
		{"a[__proto__]=1", "a[__proto__]", "__proto__ cannot"},
		{"a[b][constructor]=1", "a[b][constructor]", "constructor cannot"},
		{"prototype=1", "prototype", "prototype cannot"},
		{"toString=1", "toString", "toString cannot"},
		{"hasOwnProperty=1", "hasOwnProperty", "hasOwnProperty cannot"},
		{"%5F_proto__=1", "__proto__", "__proto__ cannot"},
		{"a[b=1", "a[b", "not balanced"},
		{"a]b=1", "a]b", "not balanced"},
		{"a]=1", "a]", "not balanced"},
		{"a[[b]]=1", "a[[b]]", "not balanced"},
		{"a[b]]=1", "a[b]]", "text after a closing bracket"},
		{"a[b]c=1", "a[b]c", "text after a closing bracket"},
		{"a=1&a=2", "a", "given twice"},
		{"a[b]=1&a[b]=2", "a[b]", "given twice"},
		{"a[0]=1&a[0]=2", "a[0]", "given twice"},
		{"a=1&a[b]=2", "a[b]", "used in two ways"},
		{"a[b]=1&a=2", "a", "used in two ways"},
		{"a[0]=1&a[b]=2", "a[b]", "used in two ways"},
		{"a[]=1&a[1]=2", "a[1]", "used in two ways"},
		{"a[]=1&a=2", "a", "used in two ways"},
		{"a[][b]=1", "a[][b]", "has [] before its end"},
		{"a[1]=1", "a", "without holes"},
		{"a[b][0]=1&a[b][2]=2", "a", "without holes"},
		{"a[20]=1", "a[20]", "more than 20 values"},
		{"a[99999999999999999999]=1", "a[99999999999999999999]", "more than 20 values"},
		{strings.Repeat("a[]=1&", 20) + "a[]=1", "a[]", "more than 20 values"},
		{"a[b][c][d][e][f][g]=1", "a[b][c][d][e][f][g]", "deeper than 5"},
		{"a=b]=c", "a", "%3D"},
		{"a=b%5d=c", "a", "%3D"},
		{"a[b=c]=1", "a[b", "%3D"},
		{"a=%", "a", "wrong % escape"},
		{"a=%zz", "a", "wrong % escape"},
		{"%4=1", "%4", "wrong % escape"},
		{"a=%ff", "a", "not valid UTF-8"},
		{"a=%ED%A0%80", "a", "not valid UTF-8"},
		{"a=%C0%80", "a", "not valid UTF-8"},
		{"a=x%00", "a", "U+0000"},
		{"a%00=x", "a%00", "U+0000"},
		{long + "=1&" + long + "=1", long[:128] + "…", "twice"},
		{"a=" + strings.Repeat("x", wire.MaxQueryBytes-1), "", "longer than 8192 bytes"},
		{manyParams(wire.MaxQueryParams + 1), "", "more than 100 parameters"},
	}
	for _, test := range tests {
		query, err := wire.ParseQuery(test.raw)
		if err == nil {
			t.Errorf("%s: accepted as %s", test.raw, query.JSON())
			continue
		}
		refusal(t, test.raw, err, test.field, test.message)
	}
	for _, raw := range []string{"a=" + strings.Repeat("x", wire.MaxQueryBytes-2), manyParams(wire.MaxQueryParams)} {
		if _, err := wire.ParseQuery(raw); err != nil {
			t.Errorf("at the limit: %v", err)
		}
	}
}

func manyParams(n int) string {
	pairs := make([]string, n)
	for i := range pairs {
		pairs[i] = fmt.Sprintf("p%d=x", i)
	}
	return strings.Join(pairs, "&")
}

func TestQueryReading(t *testing.T) {
	t.Parallel()
	query, err := wire.ParseQuery("z=1&order[0][0]=name&a[b]=2&order[0][1]=ASC&empty=")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := query.Names(), []string{"z", "order", "a", "empty"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	for name, want := range map[string]any{
		"z": "1", "order": []any{[]any{"name", "ASC"}}, "a": map[string]any{"b": "2"}, "empty": "", "none": nil,
	} {
		if got := query.Value(name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %#v, want %#v", name, got, want)
		}
	}
	if text, given, err := query.String("empty"); text != "" || !given || err != nil {
		t.Errorf("empty: %q %v %v", text, given, err)
	}
	if _, given, err := query.String("none"); given || err != nil {
		t.Errorf("none: %v %v", given, err)
	}
	for _, name := range []string{"order", "a"} {
		_, _, err := query.String(name)
		refusal(t, name, err, name, "must be given once")
	}
}

// refusal checks that err is an Invalid error about the field that says what it should.
func refusal(t *testing.T, input string, err error, field, message string) {
	t.Helper()
	refused, ok := errors.AsType[*clientele.Error](err)
	if !ok || refused.Code != clientele.ErrorCodeInvalid {
		t.Errorf("%.60s: error %v is not of code invalid", input, err)
		return
	}
	if refused.Field != field || !strings.Contains(refused.Message, message) {
		t.Errorf("%.60s:\n got %q: %s\nwant %q: …%s…", input, refused.Field, refused.Message, field, message)
	}
	for _, leak := range []string{"jsontext", "json:", "Go ", "*", "struct {", "strconv", "url:", "wire."} {
		if strings.Contains(refused.Message, leak) {
			t.Errorf("%.60s: message tells of the code: %s", input, refused.Message)
		}
	}
}

func FuzzQuery(f *testing.F) {
	for _, raw := range []string{
		"", "livemode=true", "order%5B0%5D%5B0%5D=created_at&order[0][1]=DESC", "ids[]=x&ids[]=y", "metadata.plan=gold",
		"a[b][c]=%F0%9F%98%80&a[d]=+", "a[1]=y&a[0]=x", "&&", "&=x", "__proto__[x]=1", "a[b]]=1", "a=b]=c", "a=1&a[b]=2",
		"a[01]=1&a[-1]=2", "%EF%AC%B3=3&%F0%9F%98%80=5",
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		query, err := wire.ParseQuery(raw)
		if err != nil {
			if _, ok := errors.AsType[*clientele.Error](err); !ok {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		canonical := query.JSON()
		again, err := wire.Canonical(canonical)
		if err != nil || string(again) != string(canonical) {
			t.Fatalf("%q: %s is not canonical: %s, %v", raw, canonical, again, err)
		}
		var pairs []string
		for _, name := range query.Names() {
			pairs = encode(pairs, url.QueryEscape(name), query.Value(name))
		}
		written := strings.Join(pairs, "&")
		if len(written) > wire.MaxQueryBytes {
			return
		}
		reread, err := wire.ParseQuery(written)
		if err != nil || string(reread.JSON()) != string(canonical) {
			t.Fatalf("%q: written as %q it is another query: %v", raw, written, err)
		}
	})
}

// encode writes a query as qs does.
func encode(pairs []string, name string, value any) []string {
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			pairs = encode(pairs, fmt.Sprintf("%s%%5B%d%%5D", name, i), item)
		}
	case map[string]any:
		for key, member := range value {
			pairs = encode(pairs, name+"%5B"+url.QueryEscape(key)+"%5D", member)
		}
	case string:
		pairs = append(pairs, name+"="+url.QueryEscape(value))
	}
	return pairs
}
