package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
)

// shelf is a server with nine customers made a minute apart; names are the digits 1 to 9, the oldest first.
func shelf(t *testing.T) (*server, map[string]string) {
	t.Helper()
	s := start(t)
	ids := map[string]string{}
	for i, body := range []string{
		`{"name":"1","email":"C@example.com","metadata":{"plan":"gold","n":1.10},"did":"` + didAccount + `"}`,
		`{"name":"2","email":"a@example.com","metadata":{"plan":"gold","n":2},"external_id":"x 2"}`,
		`{"name":"3","email":"B@example.com","metadata":{"plan":"silver","on":true}}`,
		`{"name":"4","email":"c@EXAMPLE.com","metadata":{"plan":"gold","long":"` + strings.Repeat("é", 300) + `"}}`,
		`{"name":"5","metadata":{"n":"1.10","on":"true","a.b":"dotted","list":[1,"a"],"nil":{"x":null}}}`,
		`{"name":"6","metadata":{"long":"` + strings.Repeat("é", 301) + `"}}`,
		`{"name":"7","metadata":{"plan":"Gold","empty":""}}`,
		`{"name":"8","metadata":{"100%":"a_b\\c"}}`,
		`{"name":"9"}`,
	} {
		ids[fmt.Sprint(i+1)] = s.post(t, body).ID
		s.Advance(time.Minute)
	}
	for _, name := range []string{"5", "2"} { // updated in this order
		s.Advance(time.Minute)
		s.send(t, "PUT", "/api/customers/"+ids[name], `{"description":"changed"}`).must(t, 200)
	}
	for _, name := range []string{"4", "9"} { // delinquent
		invoice := draft(t, s.Test(), ids[name], "curr_test_usd", "1")
		s.send(t, "POST", "/api/invoices/"+invoice.ID+"/finalize", "").must(t, 200)
		s.send(t, "POST", "/api/invoices/"+invoice.ID+"/mark_uncollectible", "").must(t, 200)
	}
	create(t, s.Live(), clientele.CustomerParams{Name: new("L"), Email: new("a@example.com")})
	return s, ids
}

// names are the names on a page, in its order.
func names(page clientele.Page[clientele.CustomerExpanded]) string {
	var b strings.Builder
	for _, c := range page.List {
		b.WriteString(c.Name)
	}
	return b.String()
}

func (s *server) list(t testing.TB, query string) clientele.Page[clientele.CustomerExpanded] {
	t.Helper()
	return decoded[clientele.Page[clientele.CustomerExpanded]](t, s.send(t, "GET", "/api/customers?"+query, "").must(t,
		200))
}

func TestListFiltersOrdersAndPages(t *testing.T) {
	t.Parallel()
	s, ids := shelf(t)
	at := func(minute int) string { return apptestMinute(minute).Format("2006-01-02T15:04:05.000Z07:00") }
	esc := url.QueryEscape
	for _, c := range []struct {
		query, want string
		count       int64
	}{
		{"", "987654321", 9},
		{"livemode=false", "987654321", 9},
		{"page=1&pageSize=4", "9876", 9},
		{"page=2&pageSize=4", "5432", 9},
		{"page=3&pageSize=4", "1", 9},
		{"page=4&pageSize=4", "", 9},
		{"page=1099511627776&pageSize=100", "", 9},
		{"pageSize=100", "987654321", 9},
		{"limit=2", "98", 9},
		{"limit=2&page=2", "76", 9},
		{"limit=2&pageSize=2", "98", 9},

		{"did=" + didAccount, "1", 1},
		{"did=did:abt:" + didAccount, "1", 1},
		{"did=" + didSecp, "", 0},
		{"external_id=x+2", "2", 1},
		{"external_id=x", "", 0},
		{"did=" + didAccount + "&external_id=x%202", "", 0},
		{"email=C@example.com", "41", 2},
		{"email=c@EXAMPLE.COM", "41", 2},
		{"email=example.com", "", 0},
		{"email=%25", "", 0},
		{"delinquent=true", "94", 2},
		{"delinquent=false", "8765321", 7},
		{"delinquent=true&email=c@example.com", "4", 1},
		{"delinquent=false&email=c@example.com&metadata.plan=gold&did=" + didAccount, "1", 1},

		{"metadata.plan=gold", "421", 3},
		{"metadata.plan=Gold", "7", 1},
		{"metadata.plan=gol", "", 0},
		{"metadata[plan]=gold", "421", 3},
		{"metadata.plan=gold&metadata.n=2", "2", 1},
		{"metadata[plan]=gold&metadata[n]=2", "2", 1},
		{"metadata.n=1.10", "51", 2},
		{"metadata.n=1.1", "", 0},
		{"metadata.on=true", "53", 2},
		{"metadata.a.b=dotted", "5", 1},
		{"metadata.list=" + esc(`[1,"a"]`), "5", 1},
		{"metadata.nil=" + esc(`{"x":null}`), "5", 1},
		{"metadata.long=" + esc(strings.Repeat("é", 300)), "4", 1},
		{"metadata.long=" + esc(strings.Repeat("é", 301)), "6", 1},
		{"metadata.long=" + esc(strings.Repeat("é", 299)), "", 0},
		{"metadata.plan=", "987654321", 9}, // as a form's blank field sends it
		{"did=&email=&external_id=&delinquent=&order=&starting_after=&created_at[gte]=", "987654321", 9},
		{"locale=de&include_staking=true&include_recovered_from=false", "987654321", 9},
		{"metadata." + esc("100%") + "=" + esc(`a_b\c`), "8", 1},
		{"metadata." + esc("100%") + "=" + esc(`a%`), "", 0},
		{"metadata.plan=gold&pageSize=1&page=2", "2", 3},

		{"created_at[gte]=" + at(3), "987654", 6},
		{"created_at[gt]=" + at(3), "98765", 5},
		{"created_at[lt]=" + at(3), "321", 3},
		{"created_at[lte]=" + at(3), "4321", 4},
		{"created_at[gte]=" + at(3) + "&created_at[lte]=" + at(3), "4", 1},
		{"created_at[gt]=" + at(3) + "&created_at[lt]=" + at(4), "", 0},
		{"created_at[gte]=" + at(2) + "&created_at[gt]=" + at(3) + "&created_at[lt]=" + at(7) + "&created_at[lte]=" +
			at(5), "65", 2},
		{"created_at%5Bgte%5D=2026-01-02T04:07:05.678%2B01:00", "987654", 6}, // 03:07:05.678 in UTC
		{"created_at[gte]=2026-01-02", "987654321", 9},
		{"created_at[lt]=2026-01-02", "", 0},
		{"created_at[gte]=2026-01-03", "", 0},
		{"created_at[gt]=" + fmt.Sprint(apptestMinute(3).Unix()), "987654", 6}, // .678 s is after
		{"created_at[lte]=" + fmt.Sprint(apptestMinute(3).Unix()+1), "4321", 4},
		{"created_at[gte]=0", "987654321", 9},
		{"created_at[lte]=0", "", 0},
		{"created_at[lt]=1970-01-01", "", 0},
		{"created_at[lt]=9999-12-31", "987654321", 9},
		{"created_at[gt]=9999-12-31", "", 0},
		{"created_at[lte]=253402300799", "987654321", 9},
		{"created_at[gte]=" + at(3) + "&metadata.plan=gold", "4", 1},

		{"order=name:ASC", "123456789", 9},
		{"order=name:desc", "987654321", 9},
		{"order=name", "123456789", 9},
		{"order=created_at:ASC", "123456789", 9},
		{"order=created_at:DESC", "987654321", 9},
		{"order=updated_at:DESC,name:DESC", "942587631", 9},
		{"order=updated_at:ASC", "136785249", 9},
		{"order=email:ASC,name:DESC", "987652341", 9},
		{"order=email:DESC,name:ASC", "143256789", 9},
		{"order=id:ASC", "123456789", 9},
		{"order=email:ASC", "567892314", 9}, // alike ones the way the first goes in time
		{"order=email:DESC", "413298765", 9},
		{"order[0][0]=name&order[0][1]=ASC", "123456789", 9},
		{"order%5B0%5D%5B0%5D=name&order%5B0%5D%5B1%5D=ASC", "123456789", 9},
		{"order[0][0]=email&order[0][1]=ASC&order[1][0]=name&order[1][1]=DESC", "987652341", 9},
		{"order[]=email:ASC&order[]=name:DESC", "987652341", 9},
		{"order[0]=email:ASC&order[1]=name:DESC", "987652341", 9},
		{"order[0]=name&order[1]=ASC", "123456789", 9},
		{"o=created:-1", "987654321", 9},
		{"o=created:1", "123456789", 9},
		{"o=updated_at:-1", "942587631", 9},
		{"order=created_at:ASC&pageSize=2&page=2", "34", 9},
		{"order=name:ASC&pageSize=2&page=5", "9", 9},

		{"starting_after=" + ids["5"], "4321", 9},
		{"starting_after=" + ids["5"] + "&limit=2", "43", 9},
		{"starting_after=" + ids["1"], "", 9},
		{"ending_before=" + ids["5"], "9876", 9},
		{"ending_before=" + ids["5"] + "&limit=2", "76", 9},
		{"ending_before=" + ids["9"], "", 9},
		{"starting_after=" + ids["5"] + "&order=created_at:ASC&limit=2", "67", 9},
		{"ending_before=" + ids["5"] + "&order=created_at:ASC&limit=2", "34", 9},
		{"starting_after=" + ids["3"] + "&metadata.plan=gold", "21", 3},
		{"ending_before=" + ids["1"] + "&metadata.plan=gold&limit=1", "2", 3},
		{"starting_after=" + ids["2"] + "&order=created_at:ASC&metadata.plan=gold", "4", 3},
		{"ending_before=" + ids["4"] + "&order=created_at:ASC&metadata.plan=gold&limit=1", "2", 3},
	} {
		t.Run(c.query, func(t *testing.T) {
			t.Parallel()
			if got := s.list(t, c.query); names(got) != c.want || got.Count != c.count {
				t.Errorf("lists %q of %d, want %q of %d", names(got), got.Count, c.want, c.count)
			}
		})
	}
}

// apptestMinute is when the shelf's customer was made: the first, named 1, at minute 0.
func apptestMinute(n int) time.Time { return epoch.Add(time.Duration(n) * time.Minute) }

func TestListSaysWhichPageItIs(t *testing.T) {
	t.Parallel()
	s := start(t)
	for query, want := range map[string]string{
		"": `{"page":1,"pageSize":20}`, "?page=7": `{"page":7,"pageSize":20}`, "?pageSize=5": `{"page":1,"pageSize":5}`,
		"?limit=3&page=2": `{"page":2,"pageSize":3}`, "/search?query=a&page=2&pageSize=9": `{"page":2,"pageSize":9}`,
	} {
		got := s.send(t, "GET", "/api/customers"+query, "")
		if want = `{"count":0,"list":[],"paging":` + want + `}`; string(got.body) != want {
			t.Errorf("%s answered %s, want %s", query, got.body, want)
		}
	}
}

func TestListRefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	s, ids := shelf(t)
	many := ""
	for i := range 11 {
		many += fmt.Sprintf("&metadata.k%d=x", i)
	}
	for query, field := range map[string]string{
		"page=0": "page", "page=-1": "page", "page=1.5": "page", "page=01": "page", "page=%2B1": "page", "page=a": "page",
		"page=99999999999999999999": "page", "page=1&page=2": "page", "page[]=1": "page",
		"page[a]=1": "page",
		"page=１":    "page", "pageSize=0": "pageSize", "pageSize=101": "pageSize", "pageSize=-5": "pageSize",
		"pageSize=1e1": "pageSize",
		"limit=0":      "limit", "limit=101": "limit", "limit=5&pageSize=6": "limit",
		"did=x": "did", "did=z1bUPE8NwmggAepyjRdh58cJJioF6XC6YS1": "did",
		"email[]=a":      "email",
		"delinquent=yes": "delinquent", "delinquent=1": "delinquent",
		"delinquent=TRUE":       "delinquent",
		"created_at=2026-01-01": "created_at", "created_at[from]=2026-01-01": "created_at[from]",
		"created_at[gte]=yesterday":           "created_at[gte]",
		"created_at[gte]=-1":                  "created_at[gte]",
		"created_at[gte]=2026-01-01T00:00:00": "created_at[gte]", "created_at[gte]=2026-02-30": "created_at[gte]",
		"created_at[lt]=1969-12-31": "created_at[lt]", "created_at[lt]=253402300800": "created_at[lt]",
		"created_at[]=1":      "created_at",
		"created_at[gte][]=1": "created_at[gte]",
		"metadata=gold":       "metadata", "metadata[plan][]=gold": "metadata.plan",
		"metadata.plan[]=gold": "metadata.plan",
		"metadata.=x":          "metadata.", many[1:]: "metadata",
		"order=balance:ASC": "order", "order=name:UP": "order", "order=name:ASC:DESC": "order",
		"order=name;DROP": "order", "order=name:ASC,": "order", "order=name:ASC,name:DESC": "order",
		"order[a]=name": "order",
		"order[0][0]=name&order[0][1]=ASC&order[0][2]=x": "order", "order=seq:ASC": "order",
		"order=created:ASC,created_at:ASC": "order",
		"order[0][0][0]=name":              "order",
		"order=name:ASC&o=name:ASC":        "o",
		"o=balance:1":                      "o", "order=due_date:ASC": "order",
		"order=name:ASC,email:ASC,id:ASC,created_at:ASC,updated_at:ASC": "order",
		"starting_after=cus_nobody":                                     "starting_after",
		"ending_before=cus_nobody":                                      "ending_before",
		"starting_after=" + ids["1"] + "&ending_before=" + ids["2"]:     "ending_before",
		"starting_after=" + ids["1"] + "&page=2":                        "page",
		"starting_after=" + ids["1"] + "&order=name:ASC":                "order",
		"starting_after=" + didAccount:                                  "starting_after",
		"name=1":                                                        "name", "pagesize=5": "pagesize", "q=x": "q",
		"status=open": "status", "query=x": "query", "constructor=x": "constructor",
		"&page=1": "", "page": "page", "page=%zz": "page", "email=%ff": "email", "email=a%00b": "email",
		"__proto__[x]=1": "__proto__[x]",
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			s.send(t, "GET", "/api/customers?"+query, "").refused(t, 400, field)
		})
	}
}

func TestCursorsOfTheOtherModeAreUnknown(t *testing.T) {
	t.Parallel()
	s := start(t)
	live := create(t, s.Live(), clientele.CustomerParams{Name: new("")})
	s.send(t, "GET", "/api/customers?starting_after="+live.ID, "").refused(t, 400, "starting_after")
	s.send(t, "GET", "/api/customers?metadata.a=b&ending_before="+live.ID, "").refused(t, 400, "ending_before")
}

func TestTheSDKsListParametersMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	s, ids := shelf(t)
	for want, p := range map[string]clientele.CustomerListParams{
		"98":        {Window: clientele.Window{PageSize: 2}},
		"76":        {Window: clientele.Window{Page: 2, PageSize: 2}},
		"43":        {Window: clientele.Window{PageSize: 2, StartingAfter: ids["5"]}},
		"9876":      {Window: clientele.Window{EndingBefore: ids["5"]}},
		"1":         {DID: "did:abt:" + didAccount},
		"2":         {ExternalID: "x 2"},
		"41":        {Email: "C@EXAMPLE.COM"},
		"94":        {Delinquent: new(true)},
		"54":        {CreatedAt: clientele.TimeRange{GTE: apptestMinute(3), LT: apptestMinute(5)}},
		"65":        {CreatedAt: clientele.TimeRange{GT: apptestMinute(3), LTE: apptestMinute(5)}},
		"421":       {Metadata: map[string]string{"plan": "gold"}},
		"987652341": {Order: []string{"email:ASC", "name:DESC"}},
		"1234":      {Order: []string{"name"}, Window: clientele.Window{PageSize: 4}},
	} {
		if got := ok(s.Test().Customers.List(t.Context(), p))(t); names(*got) != want {
			t.Errorf("%+v lists %q, want %q", p, names(*got), want)
		}
	}
	var all []string
	for c, err := range s.Test().Customers.All(t.Context(),
		clientele.CustomerListParams{Order: []string{"created_at:ASC"}}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c.Name)
	}
	if !slices.IsSorted(all) || len(all) != 9 {
		t.Errorf("all are %v", all)
	}
}
