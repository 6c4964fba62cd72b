package api_test

import (
	"net/http"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/client"
)

func TestIfMatchHoldsAnUpdateToAVersion(t *testing.T) {
	t.Parallel()
	s := start(t)
	for name, c := range map[string]struct {
		tag    string
		status int
	}{
		"the version":          {`"2"`, 200},
		"any":                  {`*`, 200},
		"none":                 {``, 200},
		"a list with it":       {`"1", "2"`, 200},
		"an older":             {`"1"`, 412},
		"a newer":              {`"3"`, 412},
		"a list without it":    {`"1","3"`, 412},
		"weak":                 {`W/"2"`, 412}, // RFC 9110, 13.1.1: If-Match compares strongly
		"somebody else's":      {`"abc"`, 412},
		"the number otherwise": {`"02"`, 412},
		"the number with plus": {`"+2"`, 412},
		"no quotes":            {`2`, 400},
		"half quotes":          {`"2`, 400},
		"one quote":            {`"`, 400},
		"quotes too many":      {`""2""`, 400},
		"any among others":     {`*, "2"`, 400},
		"nothing in the list":  {`"2",,`, 400},
		"words":                {`latest`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			c0 := s.post(t, `{"name":"one"}`)
			path := "/api/customers/" + c0.ID
			s.send(t, "PUT", path, `{"name":"two"}`).must(t, 200)
			before := s.state(t)
			got := s.send(t, "PUT", path, `{"name":"three"}`, "If-Match", c.tag)
			if c.status == 200 {
				got.must(t, 200)
				return
			}
			got.refused(t, c.status, "If-Match")
			if s.state(t) != before {
				t.Error("a refused update changed something")
			}
		})
	}
	s.send(t, "PUT", "/api/customers/cus_nobody", `{}`, "If-Match", `"1"`).refused(t, 404, "id")
}

func TestIfMatchByTheSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	payment := s.Test()
	c := create(t, payment, clientele.CustomerParams{Name: new("")})
	var header http.Header
	ok(payment.Customers.Retrieve(t.Context(), c.ID, client.ResponseHeader(&header)))(t)
	tag := client.IfMatch(header.Get("ETag"))
	ok(payment.Customers.Update(t.Context(), c.ID, clientele.CustomerParams{Name: new("first")}, tag))(t)
	_, err := payment.Customers.Update(t.Context(), c.ID, clientele.CustomerParams{Name: new("second")}, tag)
	if err == nil || !strings.Contains(err.Error(), "412") {
		t.Errorf("the second update answered %v", err)
	}
}

func TestIfMatchHoldsEveryChange(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := s.things(t, s.Test(), didAccount)
	for route, body := range map[string]string{
		"PUT /api/customers/" + o.customer:               `{"name":"x"}`,
		"PUT /api/customers/external/E-" + didAccount:    `{"name":"y"}`,
		"DELETE /api/customers/" + o.customer:            ``,
		"POST /api/customers/" + o.deleted + "/restore":  ``,
		"POST /api/customers/" + o.customer + "/restore": ``,
		"POST /api/invoices/" + o.invoice + "/finalize":  ``,
		"PUT /api/customers/external/new":                `{}`,
		"POST /api/customers":                            `{"name":""}`,
	} {
		method, path, _ := strings.Cut(route, " ")
		before := s.state(t)
		for _, wrong := range []string{`"9"`, `W/"1"`, `"x", "8"`} {
			s.send(t, method, path, body, "If-Match", wrong).refused(t, 412, "If-Match")
		}
		s.send(t, method, path, body, "If-Match", `9`).refused(t, 400, "If-Match")
		if s.state(t) != before {
			t.Errorf("%s: a refused request changed something", route)
		}
	}
	s.send(t, "DELETE", "/api/customers/"+o.customer, "", "If-Match", `"1"`).must(t, 200)
	s.send(t, "POST", "/api/customers/"+o.deleted+"/restore", "", "If-Match", `"2"`).must(t, 200)
	s.send(t, "PUT", "/api/customers/external/nobody", `{}`, "If-Match", `*`).refused(t, 412,
		"If-Match") // RFC 9110, 13.1.1
}

// Settings that nobody has changed are at version 0: of two first changes that name it, one is made.
func TestTheFirstChangeOfSettingsIsHeldToo(t *testing.T) {
	t.Parallel()
	for path, body := range map[string]string{
		"/api/settings": `{"uncollectible_after_days":9}`, "/api/account": `{"name":"x"}`,
	} {
		s := start(t)
		tag := s.send(t, "GET", path, "").must(t, 200).header.Get("ETag")
		if tag != `"0"` {
			t.Errorf("%s that nobody has changed has the ETag %s, want \"0\"", path, tag)
		}
		s.send(t, "PUT", path, body, "If-Match", `"1"`).refused(t, 412, "If-Match")
		if got := s.send(t, "PUT", path, body, "If-Match", tag).must(t, 200).header.Get("ETag"); got != `"1"` {
			t.Errorf("%s that was changed once has the ETag %s, want \"1\"", path, got)
		}
		s.send(t, "PUT", path, body, "If-Match", tag).refused(t, 412, "If-Match")
		if got := s.send(t, "GET", path, "").must(t, 200).header.Get("ETag"); got != `"1"` {
			t.Errorf("%s that was changed once is read with the ETag %s, want \"1\"", path, got)
		}
	}
}
