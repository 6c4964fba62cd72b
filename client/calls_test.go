package client_test

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
)

// window is a page asked for in every way at once.
var window = clientele.Window{Page: 2, PageSize: 5, StartingAfter: "a", EndingBefore: "b"}

// calls are one call of every method: what it must send, and an answer it must read.
var calls = []struct {
	name          string
	sends, answer string
	body          string
	call          func(context.Context, *client.Client) (any, error)
}{
	{"retrieve", "GET /api/customers/cus_1", ada, "", func(ctx context.Context, p *client.Client) (any, error) {
		return p.Customers.Retrieve(ctx, "cus_1")
	}},
	{"retrieve a DID", "GET /api/customers/did:abt:z1", ada, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.Retrieve(ctx, "did:abt:z1")
		}},
	{"retrieve anything", "GET /api/customers/a%2Fb%3Fc%23%25%20..%2F", ada, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.Retrieve(ctx, "a/b?c#% ../")
		}},
	{"retrieve or create", "GET /api/customers/z1", ada, `{"create":true}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.RetrieveOrCreate(ctx, "z1")
		}},
	{"create", "POST /api/customers", ada, `{"did":"z1","external_id":"7","name":"Ada","preference":{"a":[1]}}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.Create(ctx, clientele.CustomerParams{
				DID: new("z1"), ExternalID: new("7"), Name: new("Ada"), Preference: map[string][]int{"a": {1}},
			})
		}},
	{"update nothing", "PUT /api/customers/cus_1", ada, `{}`, func(ctx context.Context, p *client.Client) (any, error) {
		return p.Customers.Update(ctx, "cus_1", clientele.CustomerParams{})
	}},
	{"update", "PUT /api/customers/cus_1", ada,
		`{"email":"a@b.c","phone":"","address":{"city":"Łódź","line2":""},` +
			`"shipping":{"address":{"country":"PL"},"phone":""},` +
			`"metadata":{"n":12345678901234567890,"old":null,"s":"x"},` +
			`"invoice_settings":{"footer":"Thanks"}}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.Update(ctx, "cus_1", clientele.CustomerParams{
				Email: new("a@b.c"), Phone: new(""),
				Address: &clientele.AddressParams{City: new("Łódź"), Line2: new("")},
				Shipping: &clientele.ShippingParams{
					Address: &clientele.AddressParams{Country: new("PL")}, Phone: new(""),
				},
				Metadata:        map[string]any{"s": "x", "old": nil, "n": json.Number("12345678901234567890")},
				InvoiceSettings: &clientele.InvoiceSettings{Footer: "Thanks"},
			})
		}},
	{"update with nothing to say", "PUT /api/customers/cus_1", ada, `{"name":"Ada"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.Update(ctx, "cus_1", clientele.CustomerParams{
				Name: new("Ada"), Metadata: map[string]any(nil), Preference: (*struct{})(nil),
			})
		}},
	{"draft with nothing to say", "POST /api/invoices", `{"id":"in_1"}`, `{"customer_id":"z1","currency_id":"c"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Create(ctx, clientele.InvoiceParams{
				CustomerID: "z1", CurrencyID: "c", InvoiceContent: clientele.InvoiceContent{Metadata: map[string]string(nil)},
			})
		}},
	{"list in no state", "GET /api/invoices", `{"count":0,"list":[]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.List(ctx, clientele.InvoiceListParams{
				Status: []clientele.InvoiceStatus{}, Order: []string{}, Metadata: map[string]string{},
			})
		}},
	{"upsert", "PUT /api/customers/external/user%2F7", ada, `{"name":"Ada"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.UpsertExternal(ctx, "user/7", clientele.CustomerParams{Name: new("Ada")})
		}},
	{"upsert search", "PUT /api/customers/external/search", ada, `{}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.UpsertExternal(ctx, "search", clientele.CustomerParams{})
		}},
	{"list", "GET /api/customers", `{"count":1,"list":[` + ada + `],"paging":{"page":1,"pageSize":20}}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.List(ctx, clientele.CustomerListParams{})
		}},
	{"list by everything", "GET /api/customers?created_at[gt]=2026-01-02T03:04:05.000Z" +
		"&created_at[gte]=2026-01-02T02:04:05.678Z&created_at[lt]=2026-01-02T03:04:05.000Z" +
		"&created_at[lte]=2026-01-02T03:04:05.000Z&delinquent=false&did=z1&email=a+b@c.d&ending_before=cus_9" +
		"&external_id=7&metadata.a&b=x=y&order=updated_at:ASC&page=2&pageSize=5&starting_after=cus_3",
		`{"count":0,"list":[]}`, "", func(ctx context.Context, p *client.Client) (any, error) {
			at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			east := time.FixedZone("", 3600)
			return p.Customers.List(ctx, clientele.CustomerListParams{
				Window:     clientele.Window{Page: 2, PageSize: 5, StartingAfter: "cus_3", EndingBefore: "cus_9"},
				DID:        "z1",
				Email:      "a+b@c.d",
				ExternalID: "7",
				Delinquent: new(false),
				CreatedAt:  clientele.TimeRange{GTE: time.Date(2026, 1, 2, 3, 4, 5, 678e6, east), GT: at, LTE: at, LT: at},
				Metadata:   map[string]string{"a&b": "x=y"},
				Order:      []string{"updated_at:ASC"},
			})
		}},
	{"list in two orders", "GET /api/customers?order[0][0]=name&order[0][1]=ASC" +
		"&order[1][0]=created_at&order[1][1]=DESC",
		`{"count":0,"list":[]}`, "", func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.List(ctx, clientele.CustomerListParams{Order: []string{"name:ASC", "created_at:DESC"}})
		}},
	{"search", "GET /api/customers/search?page=3&pageSize=2&query=王 \"50%\" & co", `{"count":0,"list":[]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.Search(ctx, clientele.CustomerSearchParams{
				PageParams: clientele.PageParams{Page: 3, PageSize: 2},
				Query:      `王 "50%" & co`,
			})
		}},
	{"search for nothing", "GET /api/customers/search?query=", `{"count":0,"list":[]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.Search(ctx, clientele.CustomerSearchParams{})
		}},
	{"overdue", "GET /api/customers/z1/overdue/invoices",
		`{"customer":` + ada + `,"invoices":[{"id":"in_1","status":"uncollectible","amount_remaining":"2500"}]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.OverdueInvoices(ctx, "z1")
		}},
	{"delete", "DELETE /api/customers/cus_1", `{"id":"cus_1","object":"customer","deleted":true}`, "",
		func(ctx context.Context, p *client.Client) (any, error) { return p.Customers.Delete(ctx, "cus_1") }},
	{"restore", "POST /api/customers/cus_1/restore", ada, "",
		func(ctx context.Context, p *client.Client) (any, error) { return p.Customers.Restore(ctx, "cus_1") }},
	{"create an invoice", "POST /api/invoices", `{"id":"in_1"}`,
		`{"customer_id":"z1","currency_id":"curr_1","lines":[{"description":"Hours","quantity":3,"unit_amount":"2500"}],` +
			`"due_date":1780000000,"description":"May","statement_descriptor":"ACME","footer":"Thanks",` +
			`"metadata":{"po":8}}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Create(ctx, clientele.InvoiceParams{
				CustomerID: "z1", CurrencyID: "curr_1",
				InvoiceContent: clientele.InvoiceContent{
					Description: new("May"),
					DueDate:     clientele.DueAt(time.Unix(1_780_000_000, 999).Unix()),
					Lines: []clientele.LineParams{{
						Description: "Hours", Quantity: new(int64(3)),
						UnitAmount: new(clientele.NewAmount("", 2500)),
					}},
					StatementDescriptor: new("ACME"), Footer: new("Thanks"),
					Metadata: map[string]any{"po": 8},
				},
			})
		}},
	{"create an invoice due on receipt", "POST /api/invoices", `{"id":"in_1"}`,
		`{"customer_id":"z1","currency_id":"curr_1"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Create(ctx,
				clientele.InvoiceParams{
					CustomerID: "z1", CurrencyID: "curr_1",
					InvoiceContent: clientele.InvoiceContent{
						Lines: []clientele.LineParams{},
					},
				})
		}},
	{"retrieve an invoice", "GET /api/invoices/in_1", `{"id":"in_1"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) { return p.Invoices.Retrieve(ctx, "in_1") }},
	{"list invoices", "GET /api/invoices?currency_id=curr_1&customer_did=z1&customer_id=cus_1&ending_before=in_9" +
		"&metadata.po=8&order=due_date:ASC&page=2&pageSize=5&starting_after=in_3&status=open,paid",
		`{"count":0,"list":[]}`, "", func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.List(ctx, clientele.InvoiceListParams{
				Window:      clientele.Window{Page: 2, PageSize: 5, StartingAfter: "in_3", EndingBefore: "in_9"},
				CustomerID:  "cus_1",
				CustomerDID: "z1",
				CurrencyID:  "curr_1",
				Status:      []clientele.InvoiceStatus{clientele.InvoiceOpen, clientele.InvoicePaid},
				Metadata:    map[string]string{"po": "8"},
				Order:       []string{"due_date:ASC"},
			})
		}},
	{"finalize", "POST /api/invoices/in_1/finalize", `{"id":"in_1"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) { return p.Invoices.Finalize(ctx, "in_1") }},
	{"pay", "POST /api/invoices/in_1/pay", `{"id":"in_1"}`, "{}",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Pay(ctx, "in_1", clientele.Receipt{})
		}},
	{"void", "POST /api/invoices/in_1/void", `{"id":"in_1"}`, `{"date":"2026-01-31"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			day, _ := clientele.ParseDay("2026-01-31")
			return p.Invoices.Void(ctx, "in_1", clientele.VoidParams{Date: &day})
		}},
	{"hold an invoice", "POST /api/invoices/in_1/hold", `{"id":"in_1","hold":{"until":1767312000,"reason":"promised"}}`,
		`{"until":1767312000,"reason":"promised"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Hold(ctx, "in_1",
				clientele.HoldParams{Until: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).Unix(), Reason: "promised"})
		}},
	{"release an invoice", "DELETE /api/invoices/in_1/hold", `{"id":"in_1"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) { return p.Invoices.Release(ctx, "in_1") }},
	{"credit lines", "POST /api/invoices/in_1/credit_notes", `{"id":"cn_1"}`,
		`{"lines":[{"invoice_line_id":"ii_1","quantity":2},{"invoice_line_id":"ii_2","amount":"5"}],"refund":true}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Credit(ctx, "in_1", clientele.CreditNoteParams{
				Lines: &[]clientele.CreditNoteLineParams{
					{InvoiceLineID: "ii_1", Quantity: new(int64(2))}, {
						InvoiceLineID: "ii_2", Amount: new(clientele.NewAmount("", 5)),
					},
				}, Refund: true,
			})
		}},
	{"mark uncollectible", "POST /api/invoices/in_1/mark_uncollectible", `{"id":"in_1"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.MarkUncollectible(ctx, "in_1")
		}},
	{"write off", "POST /api/invoices/in_1/write_off", `{"id":"in_1"}`, `{"amount":"5","reason":"insolvent"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.WriteOff(ctx, "in_1", clientele.WriteOffParams{
				Amount: new(clientele.NewAmount("c", 5)), Reason: "insolvent",
			})
		}},
	{"reopen", "POST /api/invoices/in_1/reopen", `{"id":"in_1"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Reopen(ctx, "in_1")
		}},
	{"pay by cheque", "POST /api/invoices/in_1/pay", `{"id":"in_1"}`,
		`{"method":"cheque","reference":"7","received_at":1780000000}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Pay(ctx, "in_1", clientele.Receipt{Method: "cheque", Reference: "7", ReceivedAt: 1_780_000_000})
		}},
	{"finalize at once", "POST /api/invoices", `{"id":"in_1"}`,
		`{"customer_id":"z1","currency_id":"curr_1","finalize":true,"lines":[{"quantity":1,"unit_amount":"1",` +
			`"tax_amount":"2"}]}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Create(ctx, clientele.InvoiceParams{
				CustomerID: "z1", CurrencyID: "curr_1", Finalize: true,
				InvoiceContent: clientele.InvoiceContent{
					Lines: []clientele.LineParams{{
						Quantity: new(int64(1)), UnitAmount: new(clientele.NewAmount("", 1)),
						TaxAmount: new(clientele.NewAmount("", 2)),
					}},
				},
			})
		}},
	{"list invoices over something", "GET /api/invoices?ignore_zero=true", `{"count":0,"list":[]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.List(ctx, clientele.InvoiceListParams{IgnoreZero: true})
		}},
	{"search invoices", "GET /api/invoices/search?page=2&query=K7Q2 王", `{"count":0,"list":[]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Search(ctx,
				clientele.InvoiceSearchParams{PageParams: clientele.PageParams{Page: 2}, Query: "K7Q2 王"})
		}},
	{"update an invoice", "PUT /api/invoices/in_1", `{"id":"in_1"}`,
		`{"due_date":1780000000,"footer":"","custom_fields":[],"metadata":{"a":null}}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Update(ctx, "in_1", clientele.InvoiceContent{
				DueDate: clientele.DueAt(1_780_000_000), Footer: new(""),
				CustomFields: &[]clientele.CustomField{},
				Metadata:     map[string]any{"a": nil},
			})
		}},
	{"delete an invoice", "DELETE /api/invoices/in_1", `{"id":"in_1","object":"invoice","deleted":true}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Delete(ctx, "in_1")
		}},
	{"credit an invoice", "POST /api/invoices/in_1/credit_notes", `{"id":"cn_1","amount":"5"}`,
		`{"amount":"5","reason":"duplicate"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Invoices.Credit(ctx, "in_1",
				clientele.CreditNoteParams{Amount: new(clientele.NewAmount("", 5)), Reason: "duplicate"})
		}},
	{"retrieve a credit note", "GET /api/credit-notes/cn_1", `{"id":"cn_1","amount":"5"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.CreditNotes.Retrieve(ctx, "cn_1")
		}},
	{"list credit notes",
		"GET /api/credit-notes?customer_did=z1&customer_id=cus_1&ending_before=b&invoice_id=in_1" +
			"&page=2&pageSize=5&starting_after=a", `{"count":0,"list":[]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.CreditNotes.List(ctx, clientele.CreditNoteListParams{
				Window: window, InvoiceID: "in_1", CustomerID: "cus_1", CustomerDID: "z1",
			})
		}},
	{"explain", "GET /api/customers/cus_1?explain=1", `{"id":"cus_1","delinquent_because":[{"id":"in_1"}]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.Explain(ctx, "cus_1")
		}},
	{"move credit", "POST /api/customers/z1/balance_transactions", `{"id":"txn_1","amount":"-5"}`,
		`{"currency_id":"curr_1","amount":"-5","reason":"applied_to_invoice","invoice_id":"in_1"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.MoveCredit(ctx, "z1", clientele.CreditParams{
				CurrencyID: "curr_1", Amount: new(clientele.NewAmount("", -5)),
				Reason: clientele.ReasonCreditApplied, InvoiceID: "in_1",
			})
		}},
	{"list movements",
		"GET /api/customers/z1/balance_transactions?credit=true&currency_id=curr_1&ending_before=b" +
			"&page=2&pageSize=5&starting_after=a", `{"count":0,"list":[]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.BalanceTransactions(ctx, "z1",
				clientele.LedgerParams{Window: window, CurrencyID: "curr_1", Credit: true})
		}},
	{"statement", "GET /api/customers/z1/statement?from=2026-01-02T00:00:00.000Z&to=2026-02-02T00:00:00.000Z",
		`{"object":"statement"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Customers.Statement(ctx, "z1",
				clientele.StatementParams{From: clientele.AtTime(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)),
					To: clientele.AtTime(time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC))})
		}},
	{"record a payment", "POST /api/payments", `{"id":"pi_1","amount":"5"}`,
		`{"customer_id":"z1","currency_id":"curr_1","amount":"5","invoice_id":"in_1","method":"cash"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Payments.Create(ctx, clientele.PaymentParams{
				CustomerID: "z1", CurrencyID: "curr_1",
				Amount: new(clientele.NewAmount("", 5)), InvoiceID: "in_1",
				Receipt: clientele.Receipt{Method: "cash"},
			})
		}},
	{"retrieve a payment", "GET /api/payments/pi_1", `{"id":"pi_1","customer":{"id":"cus_1"},"invoice":{"id":"in_1"}}`,
		"",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Payments.Retrieve(ctx, "pi_1")
		}},
	{"list payments",
		"GET /api/payments?created_at[gte]=2026-01-02T03:04:05.000Z&currency_id=curr_1&customer_did=z1&customer_id=cus_1" +
			"&ending_before=b&invoice_id=in_1" +
			"&metadata.a=b&order=id:ASC&page=2&pageSize=5&starting_after=a&status=canceled", `{"count":0,"list":[]}`,
		"",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Payments.List(ctx, clientele.PaymentListParams{
				Window: window, CustomerID: "cus_1", CustomerDID: "z1", InvoiceID: "in_1", CurrencyID: "curr_1",
				Status: clientele.PaymentCanceled, Metadata: map[string]string{"a": "b"}, Order: []string{"id:ASC"},
				CreatedAt: clientele.TimeRange{GTE: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
			})
		}},
	{"allocate", "POST /api/payments/pi_1/allocate", `{"id":"pi_1"}`, `{"invoice_id":"in_1","amount":"5"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Payments.Allocate(ctx, "pi_1", clientele.AllocateParams{
				InvoiceID: "in_1",
				Amount:    new(clientele.NewAmount("", 5)),
			})
		}},
	{"allocate to several", "POST /api/payments/pi_1/allocate", `{"id":"pi_1"}`,
		`{"allocations":[{"invoice_id":"in_1"}]}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Payments.Allocate(ctx, "pi_1",
				clientele.AllocateParams{Allocations: &[]clientele.AllocationParams{{InvoiceID: "in_1"}}})
		}},
	{"unallocate", "POST /api/payments/pi_1/unallocate", `{"id":"pi_1"}`, `{"invoice_id":"in_1","amount":"5"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Payments.Unallocate(ctx, "pi_1",
				clientele.UnallocateParams{InvoiceID: "in_1", Amount: new(clientele.NewAmount("", 5))})
		}},
	{"keep as credit", "POST /api/payments/pi_1/credit", `{"id":"pi_1"}`, `{"amount":"5"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Payments.Credit(ctx, "pi_1", clientele.RestParams{Amount: new(clientele.NewAmount("", 5))})
		}},
	{"refund", "POST /api/payments/pi_1/refund", `{"id":"re_1","amount":"5"}`,
		`{"amount":"5","reason":"duplicate","description":"d","metadata":{"a":1}}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Payments.Refund(ctx, "pi_1", clientele.RefundParams{
				RestParams: clientele.RestParams{Amount: new(clientele.NewAmount("", 5))},
				Reason:     "duplicate", Description: "d", Metadata: map[string]any{"a": 1},
			})
		}},
	{"search payments", "GET /api/payments/search?page=2&query=cheque", `{"count":0,"list":[]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Payments.Search(ctx,
				clientele.PaymentSearchParams{PageParams: clientele.PageParams{Page: 2}, Query: "cheque"})
		}},
	{"search refunds", "GET /api/refunds/search?order=created_at:ASC&query=pi_1", `{"count":0,"list":[]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Refunds.Search(ctx, clientele.RefundSearchParams{Query: "pi_1", Order: []string{"created_at:ASC"}})
		}},
	{"retrieve a refund", "GET /api/refunds/re_1", `{"id":"re_1","customer":{"id":"cus_1"}}`, "",
		func(ctx context.Context, p *client.Client) (any, error) { return p.Refunds.Retrieve(ctx, "re_1") }},
	{"list refunds", "GET /api/refunds?currency_id=c&customer_did=z1&customer_id=cus_1&ending_before=b" +
		"&invoice_id=in_1&order=created_at:ASC&page=2&pageSize=5" +
		"&payment_intent_id=pi_1&starting_after=a", `{"count":1,"list":[{"id":"re_1"}]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Refunds.List(ctx, clientele.RefundListParams{
				Window: window, PaymentID: "pi_1", CustomerID: "cus_1", CustomerDID: "z1", InvoiceID: "in_1", CurrencyID: "c",
				Order: []string{"created_at:ASC"},
			})
		}},
	{"reverse", "POST /api/payments/pi_1/reverse", `{"id":"pi_1"}`, `{"reason":"bounced"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Payments.Reverse(ctx, "pi_1", clientele.ReverseParams{Reason: "bounced"})
		}},
	{"aging", "GET /api/receivables/aging?as_of=2026-01-02T00:00:00.000Z&currency_id=curr_1&customer_id=z1",
		`{"as_of":"2026-01-02T00:00:00.000Z","currencies":{"curr_1":{"not_due":"5"}}}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Receivables.Aging(ctx, clientele.AgingParams{
				AsOf: clientele.AtTime(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)), CurrencyID: "curr_1", CustomerID: "z1",
			})
		}},
	{"aging by customer", "GET /api/receivables/aging?customer_id=z1&group_by=customer&page=2&pageSize=5",
		`{"as_of":"2026-01-02T00:00:00.000Z","currencies":{},"count":6,` +
			`"list":[{"customer_id":"cus_1","currencies":{"curr_1":{"unapplied":"7"}}}]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Receivables.Aging(ctx,
				clientele.AgingParams{CustomerID: "z1", GroupBy: "customer", Page: 2, PageSize: 5})
		}},
	{"summary",
		"GET /api/receivables/summary?as_of=2026-01-04&from=2026-01-02T00:00:00.000Z&known_at=2026-01-05&to=2026-01-03",
		`{"currencies":{"curr_1":{"overdue":"5","average_days_to_pay":1.5}}}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Receivables.Summary(ctx, clientele.SummaryParams{
				From: clientele.AtTime(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)), To: clientele.OnDay(20_456),
				AsOf: clientele.OnDay(20_457), KnownAt: clientele.OnDay(20_458),
			})
		}},
	{"late customers", "GET /api/receivables/overdue?currency_id=curr_1&page=2&pageSize=5",
		`{"count":1,"list":[{"customer_id":"cus_1","overdue":"5"}]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Receivables.Overdue(ctx, clientele.DebtorListParams{
				PageParams: clientele.PageParams{Page: 2, PageSize: 5},
				CurrencyID: "curr_1",
			})
		}},
	{"retrieve the settings", "GET /api/settings", `{"object":"settings","locale":"en"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Settings.Retrieve(ctx)
		}},
	{"update the settings", "PUT /api/settings", `{"object":"settings"}`,
		`{"locale":"de","uncollectible_after_days":-1}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Settings.Update(ctx, clientele.SettingsParams{
				Locale: new("de"), UncollectibleAfterDays: new(int64(clientele.NeverUncollectible)),
			})
		}},
	{"retrieve the account", "GET /api/account", `{"name":"Acme"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) { return p.Settings.Account(ctx) }},
	{"update the account", "PUT /api/account", `{"name":"Acme"}`, `{"name":"Acme","footer":"f"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Settings.UpdateAccount(ctx, clientele.AccountParams{Name: new("Acme"), Footer: new("f")})
		}},
	{"create a portal session", "POST /api/portal-sessions", `{"object":"portal_session","url":"http://h/portal/x"}`,
		`{"customer_id":"cus_1"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.PortalSessions.Create(ctx, clientele.PortalParams{CustomerID: "cus_1"})
		}},
	{"end a portal session", "DELETE /api/portal-sessions/ps_1", `{"id":"ps_1","object":"portal_session"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) { return p.PortalSessions.End(ctx, "ps_1") }},
	{"list keys", "GET /api/keys?page=2&pageSize=5", `{"count":1,"list":[{"id":"key_1"}]}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Keys.List(ctx, clientele.PageParams{Page: 2, PageSize: 5})
		}},
	{"create a key", "POST /api/keys", `{"id":"key_1","secret":"sk_test_x"}`, `{"name":"till","scope":"write"}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Keys.Create(ctx, clientele.KeyParams{Name: "till", Scope: "write"})
		}},
	{"revoke a key", "DELETE /api/keys/key_1?made=true", `{"id":"key_1"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.Keys.Revoke(ctx, "key_1", clientele.RevokeParams{Made: true})
		}},
	{"list currencies", "GET /api/payment-currencies", `[{"id":"curr_1","symbol":"USD"}]`, "",
		func(ctx context.Context, p *client.Client) (any, error) { return p.PaymentCurrencies.List(ctx) }},
	{"retrieve a currency", "GET /api/payment-currencies/curr_1", `{"id":"curr_1"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.PaymentCurrencies.Retrieve(ctx, "curr_1")
		}},
	{"create a currency", "POST /api/payment-currencies", `{"id":"curr_1"}`,
		`{"name":"Yen","symbol":"JPY","decimal":0,"maximum_precision":0}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.PaymentCurrencies.Create(ctx, clientele.CurrencyParams{
				Name: "Yen", Symbol: "JPY", Decimal: new(int64(0)), MaximumPrecision: new(int64(0)),
			})
		}},
	{"list methods", "GET /api/payment-methods", `[{"id":"pm_1","type":"manual"}]`, "",
		func(ctx context.Context, p *client.Client) (any, error) { return p.PaymentMethods.List(ctx) }},
	{"retrieve a method", "GET /api/payment-methods/pm_1", `{"id":"pm_1"}`, "",
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.PaymentMethods.Retrieve(ctx, "pm_1")
		}},
	{"create a method", "POST /api/payment-methods", `{"id":"pm_1"}`,
		`{"type":"base","name":"Base","settings":{"base":{"chain_id":"8453"}},"locked":true}`,
		func(ctx context.Context, p *client.Client) (any, error) {
			return p.PaymentMethods.Create(ctx, clientele.MethodParams{
				Type: "base", Name: "Base", Settings: map[string]any{"base": map[string]any{"chain_id": "8453"}}, Locked: true,
			})
		}},
}

func TestCalls(t *testing.T) {
	t.Parallel()
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			payment, s := serve(t, answers(status(200, c.answer)))
			got, err := c.call(t.Context(), payment)
			if err != nil {
				t.Fatal(err)
			}
			saw := s.tries[0]
			if sent := plain(t, saw); sent != c.sends {
				t.Errorf("sent %s\nwant %s", sent, c.sends)
			}
			if saw.body != c.body {
				t.Errorf("sent the body %s\nwant %s", saw.body, c.body)
			}
			checkHeader(t, saw)
			if encoded, err := json.Marshal(got); err != nil || !subset(t, c.answer, string(encoded)) {
				t.Errorf("answered %s (%v)\nwant the values of %s", encoded, err, c.answer)
			}
		})
	}
}

func checkHeader(t *testing.T, saw try) {
	t.Helper()
	want := map[string]string{
		"Authorization": "Bearer sk_test_1", "User-Agent": "clientele-go", "Accept": "application/json",
		"Content-Type": "",
	}
	if saw.body != "" {
		want["Content-Type"] = "application/json"
	}
	for name, value := range want {
		if got := saw.header.Get(name); got != value {
			t.Errorf("sent %s %q, want %q", name, got, value)
		}
	}
	key := saw.header.Get("Idempotency-Key")
	if writes := saw.method != http.MethodGet; writes != hexKey.MatchString(key) {
		t.Errorf("%s sent Idempotency-Key %q", saw.method, key)
	}
}

var hexKey = regexp.MustCompile(`^[0-9a-f]{32}$`)

// plain is what a try asked for, with its query decoded.
func plain(t *testing.T, saw try) string {
	t.Helper()
	sent := saw.method + " " + saw.path
	for i, pair := range strings.Split(saw.query, "&") {
		if saw.query == "" {
			break
		}
		name, value, _ := strings.Cut(pair, "=")
		sent += map[bool]string{true: "?", false: "&"}[i == 0] + unescape(t, name) + "=" + unescape(t, value)
	}
	return sent
}

// subset says whether the first JSON value's members are all in the second.
func subset(t *testing.T, part, whole string) bool {
	t.Helper()
	var a, b any
	if json.Unmarshal([]byte(part), &a) != nil || json.Unmarshal([]byte(whole), &b) != nil {
		t.Fatalf("not JSON: %s or %s", part, whole)
	}
	return within(a, b)
}

func within(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		of, _ := b.(map[string]any)
		for name, value := range a {
			if !within(value, of[name]) {
				return false
			}
		}
		return true
	case []any:
		of, _ := b.([]any)
		for i, value := range a {
			if i >= len(of) || !within(value, of[i]) {
				return false
			}
		}
		return len(a) == len(of)
	}
	return a == b
}

func TestNamesThatNoPathHolds(t *testing.T) {
	t.Parallel()
	payment, s := serve(t, answers(status(200, ada)))
	for _, ref := range []string{"", ".", "..", "search"} {
		_, err := payment.Customers.Retrieve(t.Context(), ref)
		if code, field := refusal(err); code != clientele.ErrorCodeInvalid || field != "id" {
			t.Errorf("Retrieve(%q) = %v", ref, err)
		}
	}
	_, err := payment.Customers.UpsertExternal(t.Context(), "..", clientele.CustomerParams{})
	if code, field := refusal(err); code != clientele.ErrorCodeInvalid || field != "external_id" {
		t.Errorf("UpsertExternal(..) = %v", err)
	}
	if len(s.tries) != 0 {
		t.Errorf("sent %v", s.tries)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	replayed := status(200, ada, "ETag", `"7"`, "Idempotent-Replayed", "true")
	payment, s := serve(t, answers(replayed), client.WithUserAgent("till/2"))
	var header http.Header
	_, err := payment.Customers.Update(t.Context(), "cus_1", clientele.CustomerParams{},
		client.IdempotencyKey("order-7"), client.IfMatch(`"6"`), client.ResponseHeader(&header))
	if err != nil {
		t.Fatal(err)
	}
	if header.Get("ETag") != `"7"` || header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("answered %v", header)
	}
	sent := s.tries[0].header
	for name, want := range map[string]string{"Idempotency-Key": "order-7", "If-Match": `"6"`, "User-Agent": "till/2"} {
		if got := sent.Get(name); got != want {
			t.Errorf("sent %s %q, want %q", name, got, want)
		}
	}
}
