package client_test

import (
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/client"
)

// rows answers a page of n objects whose ids count from first.
func rows(prefix string, first, n int) http.HandlerFunc {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"id":"%s%d"}`, prefix, first+i)
	}
	return status(200, `{"count":250,"list":[`+strings.Join(list, ",")+`]}`)
}

func TestWalks(t *testing.T) {
	t.Parallel()
	customers := answers(rows("cus_", 1, 100), rows("cus_", 101, 100), rows("cus_", 201, 50))
	full := answers(rows("in_", 1, 100), rows("in_", 101, 0))
	for _, c := range []struct {
		name  string
		pages []http.HandlerFunc
		want  int
		walk  func(*client.Client) (ids []string, err error)
		sends []string
	}{
		{"customers", customers, 250, func(p *client.Client) ([]string, error) {
			return ids(p.Customers.All(t.Context(), clientele.CustomerListParams{
				Window: clientele.Window{Page: 3, PageSize: 7, EndingBefore: "x"},
				DID:    "z1",
			}), customerID)
		}, []string{
			"did=z1&expand=none&pageSize=100", "did=z1&expand=none&pageSize=100&starting_after=cus_100",
			"did=z1&expand=none&pageSize=100&starting_after=cus_200",
		}},
		{"customers after one", answers(rows("cus_", 9, 1)), 1, func(p *client.Client) ([]string, error) {
			return ids(p.Customers.All(t.Context(),
				clientele.CustomerListParams{Window: clientele.Window{StartingAfter: "cus_8"}}), customerID)
		}, []string{"expand=none&pageSize=100&starting_after=cus_8"}},
		{"found", customers, 250, func(p *client.Client) ([]string, error) {
			return ids(p.Customers.SearchAll(t.Context(),
				clientele.CustomerSearchParams{PageParams: clientele.PageParams{Page: 9}, Query: "a"}), customerID)
		}, []string{"expand=none&page=1&pageSize=100&query=a", "expand=none&page=2&pageSize=100&query=a",
			"expand=none&page=3&pageSize=100&query=a"}},
		{"invoices", full, 100, func(p *client.Client) ([]string, error) {
			return ids(p.Invoices.All(t.Context(), clientele.InvoiceListParams{
				Window: clientele.Window{Page: 3, PageSize: 7, EndingBefore: "x"},
			}), func(i clientele.Invoice) string { return i.ID })
		}, []string{"expand=none&pageSize=100", "expand=none&pageSize=100&starting_after=in_100"}},
		{"credit notes of a customer", full, 100, func(p *client.Client) ([]string, error) {
			return ids(p.CreditNotes.All(t.Context(), clientele.CreditNoteListParams{CustomerID: "cus_1"}),
				func(n clientele.CreditNote) string { return n.ID })
		}, []string{"customer_id=cus_1&pageSize=100", "customer_id=cus_1&pageSize=100&starting_after=in_100"}},
		{"refunds by number", full, 100, func(p *client.Client) ([]string, error) {
			return ids(p.Refunds.All(t.Context(), clientele.RefundListParams{Order: []string{"id:ASC"}}),
				func(r clientele.RefundExpanded) string { return r.ID })
		}, []string{"order=id%3AASC&pageSize=100", "order=id%3AASC&page=2&pageSize=100"}},
		{"nothing", answers(rows("", 1, 0)), 0, func(p *client.Client) ([]string, error) {
			return ids(p.Customers.All(t.Context(), clientele.CustomerListParams{}), customerID)
		}, []string{"expand=none&pageSize=100"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			payment, s := serve(t, c.pages)
			got, err := c.walk(payment)
			if err != nil || len(got) != c.want {
				t.Fatalf("met %d, %v; want %d", len(got), err, c.want)
			}
			for i, id := range got {
				if !strings.HasSuffix(id, fmt.Sprint("_", i+1)) && c.want > 1 {
					t.Fatalf("met %s at %d", id, i)
				}
			}
			var sent []string
			for _, saw := range s.tries {
				sent = append(sent, saw.query)
			}
			if fmt.Sprint(sent) != fmt.Sprint(c.sends) {
				t.Errorf("sent %q\nwant %q", sent, c.sends)
			}
		})
	}
}

func customerID(c clientele.Customer) string { return c.ID }

// ids walks to the end, or to the first error.
func ids[T any](walk func(func(T, error) bool), id func(T) string) (met []string, err error) {
	for item, e := range walk {
		if e != nil {
			err = e
			continue // a walk must end here by itself
		}
		met = append(met, id(item))
	}
	return met, err
}

func TestWalkEndsAfterAnError(t *testing.T) {
	t.Parallel()
	payment, s := serve(t, answers(rows("cus_", 1, 100), status(403, `{"error":"No","code":"forbidden"}`)))
	met, err := ids(payment.Customers.All(t.Context(), clientele.CustomerListParams{}), customerID)
	if code, _ := refusal(err); code != clientele.ErrorCodeForbidden || len(met) != 100 || len(s.tries) != 2 {
		t.Errorf("met %d in %d tries, %v", len(met), len(s.tries), err)
	}
}

func TestWalksStopAndStartAgain(t *testing.T) {
	t.Parallel()
	payment, s := serve(t, answers(rows("x_", 1, 100)))
	checkAgain(t, s, payment.Customers.All(t.Context(), clientele.CustomerListParams{}))
	checkAgain(t, s, payment.Invoices.All(t.Context(), clientele.InvoiceListParams{}))
}

// checkAgain leaves a walk in the middle of its second page, twice.
func checkAgain[T any](t *testing.T, s *server, all iter.Seq2[T, error]) {
	t.Helper()
	for range 2 {
		before, met := len(s.tries), 0
		for _, err := range all {
			if met++; err != nil || met == 150 {
				break
			}
		}
		sent := s.tries[before:]
		if len(sent) != 2 || sent[0].query != "expand=none&pageSize=100" ||
			sent[1].query != "expand=none&pageSize=100&starting_after=x_100" {
			t.Errorf("sent %+v", sent)
		}
	}
}
