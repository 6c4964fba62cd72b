package api_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/store"
)

func init() {
	resources = append(resources, resource{
		make: func(t testing.TB, p *client.Client, _ things) string {
			t.Helper()
			first := ok(clientele.ParseDay("1990-01-01"))(t)
			return ok(p.Closings.Create(t.Context(), clientele.ClosingParams{Through: &first}))(t).ID
		},
		reads: func(id string) []string { return []string{"/api/closings", "/api/closings/" + id} },
		writes: func(id string, _ things) map[string]string {
			return map[string]string{
				"POST /api/closings":                   `{"through":"1990-01-02"}`,
				"POST /api/closings/" + id + "/reopen": `{"reason":"x"}`,
			}
		},
	})
}

// testAdmin is the SDK with a key of scope admin of test mode.
func testAdmin(t testing.TB, s *server) *client.Client {
	t.Helper()
	return client.New(s.URL, ok(s.NewKey(clientele.Test, store.ScopeAdmin))(t), client.WithMaxRetries(0))
}

// through closes the books of a server up to a day.
func through(t testing.TB, s *server, date string) *clientele.Closing {
	t.Helper()
	return ok(testAdmin(t, s).Closings.Create(t.Context(), clientele.ClosingParams{Through: new(day(t, date))}))(t)
}

// TestClosedDaysAreNotChanged closes November, and tries everything that would change it: each is refused by name, and
// what takes back what is closed counts from today on.
func TestClosedDaysAreNotChanged(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, ctx := s.Test(), t.Context()
	c := s.post(t, `{"name":"Ada"}`)
	i := issueOn(t, s, c.ID, "100", "2025-11-10")
	pay := receiveOn(t, s, c.ID, 60, "2025-11-20", i.ID)
	left := receiveOn(t, s, c.ID, 50, "2025-11-25", "")
	draft := ok(p.Invoices.Create(ctx, clientele.InvoiceParams{
		CustomerID: c.ID, CurrencyID: usd, InvoiceContent: clientele.InvoiceContent{
			Date: new(day(t, "2025-11-15")), Lines: []clientele.LineParams{{UnitAmount: new(cents(7))}},
		},
	}))(t)
	closing := through(t, s, "2025-11-30")
	if closing.Through.String() != "2025-11-30" || !closing.Closed || len(closing.Digest) != 64 ||
		closing.Movements != 4 {
		t.Errorf("it is %+v", closing)
	}
	money := func(field string) string {
		return `{"customer_id":"` + c.ID + `","currency_id":"curr_test_usd","amount":"1",` + field + `}`
	}
	invoice := func(field string) string {
		return `{"customer_id":"` + c.ID + `","currency_id":"curr_test_usd","finalize":true,` +
			`"lines":[{"unit_amount":"1"}],` + field + `}`
	}
	for _, refused := range []struct{ path, body, field string }{
		{"payments", money(`"date":"2025-11-30"`), "date"},
		{"payments", money(`"received_at":1764543599`), "received_at"}, // the last second of the day
		{"invoices", invoice(`"date":"2025-11-30"`), "date"},
		{"invoices", invoice(`"effective_at":1764543599`), "date"},
		{"invoices/" + draft.ID + "/finalize", "", "date"},
		{"invoices/" + i.ID + "/pay", `{"date":"2025-11-30"}`, "date"},
		{"invoices/" + i.ID + "/credit_notes", `{"amount":"1","date":"2025-11-30"}`, "date"},
		{"invoices/" + i.ID + "/write_off", `{"amount":"1","date":"2025-11-30"}`, "date"},
		{"invoices/" + i.ID + "/void", `{"date":"2025-11-30"}`, "date"},
		{"payments/" + pay.ID + "/reverse", `{"date":"2025-11-30"}`, "date"},
		{"payments/" + pay.ID + "/unallocate", `{"date":"2025-11-30"}`, "date"},
		{"payments/" + left.ID + "/refund", `{"date":"2025-11-30"}`, "date"},
		{"customers/" + c.ID + "/balance_transactions",
			`{"currency_id":"curr_test_usd","amount":"1","date":"2025-11-30"}`, "date"},
	} {
		r := s.send(t, "POST", "/api/"+refused.path, refused.body)
		if r.refused(t, 409, refused.field); !strings.Contains(string(r.body), "the first open day is 2025-12-01") {
			t.Errorf("%s is refused with %s", refused.path, r.body)
		}
	}
	was := owedOn(t, s, c.ID, "2025-11-30", "")
	if was != "40 50" {
		t.Errorf("when it is closed %s is owed and not applied", was)
	}
	// What is dated as documents are counts from the first open day on; what is taken back, from today on.
	ok(p.Payments.Allocate(ctx, left.ID, clientele.AllocateParams{InvoiceID: i.ID, Amount: new(cents(10))}))(t)
	ok(p.Payments.Reverse(ctx, pay.ID, clientele.ReverseParams{}))(t)
	ok(p.Payments.Create(ctx, clientele.PaymentParams{
		CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(5)),
		Receipt: clientele.Receipt{Date: new(day(t, "2025-12-01"))},
	}))(t)
	for date, want := range map[string]string{"2025-11-30": was, "2025-12-01": "25 40", "2026-01-02": "85 40"} {
		if got := owedOn(t, s, c.ID, date, ""); got != want {
			t.Errorf("on %s %s is owed and not applied, want %s", date, got, want)
		}
	}
	s.rightBooks(t)
}

// TestWhatMayBeClosed is up to yesterday, later than the last, by an admin; and the last is reopened.
func TestWhatMayBeClosed(t *testing.T) {
	t.Parallel()
	s := start(t) // it is 2026-01-02
	admin := testAdmin(t, s)
	create := func(date string) error {
		_, err := admin.Closings.Create(t.Context(), clientele.ClosingParams{Through: new(day(t, date))})
		return err
	}
	for date, code := range map[string]clientele.ErrorCode{
		"2026-01-02": clientele.ErrorCodeInvalid, "2026-01-03": clientele.ErrorCodeInvalid,
		"1989-12-31": clientele.ErrorCodeInvalid,
	} {
		if err := create(date); !isCode(err, code, "through") {
			t.Errorf("through %s: %v, want %s", date, err, code)
		}
	}
	writer := client.New(s.URL, ok(s.NewKey(clientele.Test, store.ScopeWrite))(t), client.WithMaxRetries(0))
	_, err := writer.Closings.Create(t.Context(), clientele.ClosingParams{Through: new(day(t, "2025-12-31"))})
	if !isCode(err, clientele.ErrorCodeForbidden, "") {
		t.Errorf("a key that only writes closes: %v", err)
	}
	october, november := through(t, s, "2025-10-31"), through(t, s, "2025-11-30")
	if october.From != 0 || november.From.String() != "2025-11-01" {
		t.Errorf("they begin on %s and %s", october.From, november.From)
	}
	for _, date := range []string{"2025-11-30", "2025-10-31", "2025-11-29"} {
		if err := create(date); !isCode(err, clientele.ErrorCodeConflict, "through") {
			t.Errorf("through %s again: %v", date, err)
		}
	}
	why := clientele.ClosingReopenParams{Reason: "an invoice was forgotten"}
	if _, err := admin.Closings.Reopen(t.Context(), october.ID, why); !isCode(err, clientele.ErrorCodeConflict, "id") {
		t.Errorf("one before the last is reopened: %v", err)
	}
	if _, err := admin.Closings.Reopen(t.Context(), november.ID, clientele.ClosingReopenParams{Reason: " "}); !isCode(err,
		clientele.ErrorCodeInvalid, "reason") {
		t.Errorf("it is reopened for no reason: %v", err)
	}
	if _, err := writer.Closings.Reopen(t.Context(), november.ID, why); !isCode(err, clientele.ErrorCodeForbidden, "") {
		t.Errorf("a key that only writes reopens: %v", err)
	}
	again := ok(admin.Closings.Reopen(t.Context(), november.ID, why))(t)
	if again.Closed || again.ReopenedAt == nil || again.Reason != why.Reason || again.ReopenedBy == "" {
		t.Errorf("reopened it is %+v", again)
	}
	_, err = admin.Closings.Reopen(t.Context(), november.ID, why)
	if !isCode(err, clientele.ErrorCodeConflict, "closed") {
		t.Errorf("it is reopened twice: %v", err)
	}
	c := s.post(t, `{"name":"Ada"}`)
	issueOn(t, s, c.ID, "1", "2025-11-01")
	if r := s.send(t, "POST", "/api/payments", fmt.Sprintf(
		`{"customer_id":%q,"currency_id":%q,"amount":"1","date":"2025-10-31"}`, c.ID, usd)); r.status != 409 {
		t.Errorf("October is not closed any more: %s", r.body)
	}
	closed := through(t, s, "2025-12-31")
	if closed.From.String() != "2025-11-01" {
		t.Errorf("after the reopening it begins on %s", closed.From)
	}
	list := ok(s.Test().Closings.List(t.Context(), clientele.PageParams{PageSize: 2}))(t)
	if list.Count != 3 || len(list.List) != 2 || list.List[0].ID != closed.ID || list.List[1].ID != november.ID {
		t.Errorf("listed are %+v", list)
	}
	live := ok(s.Live().Closings.List(t.Context(), clientele.PageParams{}))(t)
	if live.Count != 0 {
		t.Errorf("in live mode %d are listed", live.Count)
	}
	var types []string
	for _, e := range s.events(t, november.ID) {
		types = append(types, e.Type)
	}
	if got := strings.Join(types, " "); got != "closing.created closing.updated closing.reopened" {
		t.Errorf("its events are %s", got)
	}
	s.rightBooks(t)
}

// TestAClosingAndARecordingHaveOneOrder closes while others record what is dated before: whatever was acknowledged is
// in what is closed, and everything else was refused.
func TestAClosingAndARecordingHaveOneOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	admin := testAdmin(t, s)
	const writers, each = 4, 15
	var customers []string
	for n := range writers {
		customers = append(customers, s.post(t, fmt.Sprintf(`{"name":"Customer %d"}`, n)).ID)
	}
	var all sync.WaitGroup
	recorded := make([]int, writers)
	begun := make(chan struct{}, writers*each)
	for n, customer := range customers {
		all.Go(func() {
			for range each {
				_, err := s.Test().Payments.Create(context.Background(), clientele.PaymentParams{
					CustomerID: customer, CurrencyID: usd, Amount: new(cents(1)),
					Receipt: clientele.Receipt{Date: new(day(t, "2025-12-31"))},
				})
				begun <- struct{}{}
				switch {
				case err == nil:
					recorded[n]++
				case !isCode(err, clientele.ErrorCodeConflict, "date"):
					t.Error(err)
				}
			}
		})
	}
	for range writers {
		<-begun
	}
	closing := ok(admin.Closings.Create(t.Context(), clientele.ClosingParams{Through: new(day(t, "2025-12-31"))}))(t)
	all.Wait()
	sum := 0
	for _, n := range recorded {
		sum += n
	}
	if closing.Movements != int64(sum) {
		t.Errorf("%d movements are closed, and %d were acknowledged", closing.Movements, sum)
	}
	s.rightBooks(t)
}

// isCode says whether an error of the SDK has a code and is about a field.
func isCode(err error, code clientele.ErrorCode, field string) bool {
	e, is := errors.AsType[*clientele.Error](err)
	return is && e.Code == code && e.Field == field
}
