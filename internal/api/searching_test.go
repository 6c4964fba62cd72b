package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele.dev"
)

func TestSearchReadsAQueryAsPeopleMeanIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, body := range []string{
		`{"name":"John Doe","email":"john.doe@example.com","phone":"+14155552671","external_id":"crm_1"}`,
		// 1
		`{"name":"Doe John","email":"jd@gmail.com","did":"` + didAccount +
			`","metadata":{"plan":"Gold card","seats":12}}`, // 2
		`{"name":"john","email":"100%@off.com","metadata":{"plan":"silver"}}`,
		// 3
		`{"name":"Johnny 100","external_id":"100"}`,
		// 4
		`{"name":"Renée de la Cruz","email":"renee@example.com","metadata":{"note":{"a":"Zoë"},"plan":"goldfish"}}`,
		// 5
		`{"name":"王小明","metadata":{"plan":"金"}}`,
		// 6
		`{"name":"Жанна d'Arc \"la Pucelle\" 😀","external_id":"a\\b_c"}`,
		// 7
		`{"name":""}`, // 8
	} {
		s.post(t, strings.Replace(body, "{", `{"description":"John is not searched here",`, 1))
		s.Advance(time.Millisecond)
	}
	create(t, s.Live(), clientele.CustomerParams{Name: new("John Live")})
	number := map[string]string{}
	for i, c := range s.list(t, "order=created_at:ASC").List {
		number[c.ID] = fmt.Sprint(i + 1)
	}
	for query, want := range map[string]string{
		"john":                            "3412", // is, starts with, the newest first
		"JOHN":                            "3412",
		"jöhn":                            "3412",
		"john doe":                        "12", // is, then the rest
		"doe john":                        "21",
		`"john doe"`:                      "1",
		`"doe john"`:                      "2",
		`"john do`:                        "1", // a phrase not ended
		"john.doe":                        "1",
		"name:j":                          "4312",
		"name:JO":                         "4312",
		"john x":                          "21", // in example, and in a DID
		"+1415":                           "1",
		"phone:555":                       "1",
		"1 (415)":                         "",
		didAccount:                        "2",
		"did:abt:" + didAccount:           "2",
		strings.ToLower(didAccount[5:14]): "2",
		"100%":                            "3",
		"external_id:100":                 "4",
		"name:100":                        "4",
		"%":                               "3",
		"_":                               "87654321", // every id has one
		`\`:                               "7",
		`a\b_c`:                           "7",
		"'":                               "7",
		`l"`:                              "",
		"email:john":                      "1",
		"EMAIL:john":                      "",
		"email:gmail":                     "2",
		`name:"de la cruz"`:               "5",
		`name:de la cruz`:                 "5",
		"name:john":                       "3412",
		"name:j email:gmail":              "2",
		"phone:+14155552671":              "1",
		"0 0 1 415 555 2671":              "1",
		"external_id:crm_1":               "1",
		"external_id:100 name:johnny":     "4",
		"metadata.plan:gold":              "52",
		`metadata.plan:"gold card"`:       "2",
		"metadata.plan:金":                 "6",
		"metadata.seats:12":               "2",
		"metadata.seats:2":                "2",
		"metadata.note:zoe":               "5",
		"metadata.nope:x":                 "",
		"metadata.plan:gold renee":        "5",
		"gold":                            "",
		"renee":                           "5",
		"RENÉE":                           "5",
		"rene\u0301e":                     "5",
		"王":                               "6",
		"小明":                              "6",
		"明":                               "6",
		"ж":                               "7",
		"жанна d'arc":                     "7",
		"😀":                               "7",
		`""`:                              "87654321",
		"":                                "87654321",
		"   ":                             "87654321",
		"nobody":                          "",
		"john nobody":                     "",
		"nicht john":                      "",
		"john && doe":                     "",
		"john*":                           "",
		"^john":                           "",
		"is not searched here":            "",
		"foo:john":                        "",
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			ids, count := idsOn(t, s.send(t, "GET", "/api/customers/search?query="+url.QueryEscape(query), ""))
			var got strings.Builder
			for _, id := range ids {
				got.WriteString(number[id])
			}
			if got.String() != want || count != int64(len(want)) {
				t.Errorf("finds %s (count %d), want %s", got.String(), count, want)
			}
		})
	}
}

func TestSearchRefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	s := start(t)
	for query, field := range map[string]string{
		"": "query", "page=1": "query", "query[]=a": "query", "query=a&query=b": "query", "query=a%00": "query",
		"query=%ff":                         "query",
		"query=" + strings.Repeat("a", 513): "query", "query=a&page=0": "page", "query=a&pageSize=101": "pageSize",
		"query=a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q": "query", "query=email:": "query", "query=metadata.plan:+x": "query",
		"query=metadata.a:1+metadata.b:1+metadata.c:1+metadata.d:1+metadata.e:1+metadata.f:1+metadata.g:1+metadata.h:1+" +
			"metadata.i:1+metadata.j:1+metadata.k:1": "query",
		"query=a&order=due_date:ASC": "order", "query=a&livemode=maybe": "livemode", "q=a&query=a": "q",
	} {
		s.send(t, "GET", "/api/customers/search?"+query, "").refused(t, 400, field)
	}
	for name, query := range map[string]string{
		"512 letters": strings.Repeat("王", 512), "one word 128 times": strings.Repeat("abc ", 128),
		"16 words":           "a b c d e f g h i j k l m n o p",
		"one field 70 times": strings.Repeat("id:abc ", 70),
		"10 keys": strings.NewReplacer("KEY", "metadata").Replace(
			"KEY.a:1 KEY.b:1 KEY.c:1 KEY.d:1 KEY.e:1 KEY.f:1 KEY.g:1 " +
				"KEY.h:1 KEY.i:1 KEY.j:1"),
		"one key 39 times": strings.Repeat("metadata.k:v ", 39),
		"parentheses":      strings.Repeat("(", 512),
		"quotes":           strings.Repeat(`"`, 511),
	} {
		got := s.send(t, "GET", "/api/customers/search?query="+url.QueryEscape(query), "")
		if got.status != 200 {
			t.Errorf("%s: answered %d: %s", name, got.status, got.body)
		}
	}
}

func TestAWriteIsFoundByTheVeryNextSearch(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	c := create(t, payment, clientele.CustomerParams{Name: new("Ada Lovelace")})
	finds := func(query string, want int64) {
		t.Helper()
		got := ok(payment.Customers.Search(t.Context(), clientele.CustomerSearchParams{Query: query}))(t)
		if got.Count != want || int64(len(got.List)) != want || want == 1 && got.List[0].ID != c.ID {
			t.Errorf("%q finds %d, want %d", query, got.Count, want)
		}
	}
	update := func(p clientele.CustomerParams) { ok(payment.Customers.Update(t.Context(), c.ID, p))(t) }
	for i := range 20 {
		was, is := fmt.Sprintf("lace%d-", i), fmt.Sprintf("lace%d-", i+1)
		finds("lovelace", 1)
		update(clientele.CustomerParams{Email: new(is + "@example.com"), Metadata: map[string]any{"k": is}})
		finds("email:"+is, 1)
		finds("metadata.k:"+is, 1)
		finds(was, 0)
		finds("metadata.k:"+was, 0)
		update(clientele.CustomerParams{Name: new("王")})
		finds("lovelace", 0)
		finds("王", 1)
		ok(payment.Customers.Delete(t.Context(), c.ID))(t)
		finds("王", 0)
		finds(is, 0)
		finds("metadata.k:"+is, 0)
		ok(payment.Customers.Restore(t.Context(), c.ID))(t)
		finds("王", 1)
		finds(is, 1)
		finds("metadata.k:"+is, 1)
		update(clientele.CustomerParams{Name: new("Ada Lovelace"), Metadata: map[string]any{"k": nil}})
		finds("metadata.k:"+is, 0)
	}
	var all []clientele.Customer
	for one, err := range payment.Customers.SearchAll(t.Context(), clientele.CustomerSearchParams{Query: "ada"}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if len(all) != 1 {
		t.Errorf("walked %d", len(all))
	}
}
