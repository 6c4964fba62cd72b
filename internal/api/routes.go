package api

import (
	"reflect"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// access is what a route asks of its caller.
type access int

const (
	authenticated access = iota // a good key or signature that reads; a change asks for write scope besides
	monitor                     // any good key or signature, also one that may do nothing else
	public                      // nobody needs to say who they are
)

// route is one row of the table: how a request is recognised, what it may say and who answers it.
type route struct {
	id      string // of the operation: a verb first, as generated clients make methods of them
	pattern string // of net/http's ServeMux
	handle  handler
	access  access
	params  any      // an example of the type of the query parameters; nil when there are none, beside livemode
	query   []param  // more of them, which the SDK has another way to say
	sorts   []string // the fields that order takes
	body    any      // an example of the type of the body; nil when there is none
	answers any      // an example of the type of a good answer
	status  int      // of a good answer, when not 200
	media   string   // the good answer's media type, when not JSON
	also    []string // media types it can be asked for besides
	group   string   // which resource it belongs to
	sdk     string   // the Go SDK's method; empty when another one calls it
	summary string
	upserts bool // makes what is not there: answers 201 besides 200, and never 404
	// fresh says that each call makes something new, also one with an Idempotency-Key: a secret is not kept.
	fresh bool
	// previews says that it can be asked for what it would answer, which it does with 200.
	previews bool
}

// param is a query parameter; one ending in a dot is a family (metadata.plan).
type param struct {
	name, about string
	value       any // an example of the type of its value
}

// parameters are the names of a route's query parameters.
func (r route) parameters() (names []string) {
	if r.params != nil {
		for _, field := range clientele.QueryFields(reflect.TypeOf(r.params)) {
			names = append(names, strings.Split(field.Tag.Get("query"), ",")...)
		}
	}
	for _, p := range r.query {
		names = append(names, p.name)
	}
	return names
}

// bom is the parameter of what answers CSV.
var bom = param{"bom", "true begins CSV with a byte order mark, as some spreadsheets want UTF-8.", true}

// group is a resource that routes belong to, and what it is.
type group struct{ name, about string }

// groups are the resources that routes belong to, and what they are.
var groups = []group{
	{"Customers", "The people and companies the business serves."},
	{"Invoices", "What customers are asked to pay. A draft is finalized to be open; an open invoice that is marked " +
		"uncollectible makes its customer delinquent."},
	{"Credit notes", "What was taken back of finalized invoices."},
	{"Payments", "Money received: what it paid, and what is left of it."},
	{"Refunds", "Money sent back: of payments, and of credit."},
	{"Receivables", "What all customers owe, on any day."},
	{"Events", "What happened, in one order that never changes: a feed that can be followed."},
	{"Webhook endpoints", "Addresses that are told of events, by a signed request for each."},
	{"Closings", "Up to which day the books are closed."},
	{"Settings", "What the business has decided for all its customers."},
	{"API keys", "What opens the API in one mode. They need a key of scope admin."},
	{"Payment currencies", "The currencies that invoices may be written in."},
	{"Payment methods", "The ways money arrives."},
	{"Operation", "For those who run the server."},
}

// What lists can be sorted by.
var (
	customerSorts = []string{"created_at", "updated_at", "name", "email", "id"}
	invoiceSorts  = []string{"created_at", "updated_at", "due_date", "id"}
	paymentSorts  = []string{"created_at", "updated_at", "id"}
	refundSorts   = []string{"created_at", "id"}
)

// table is the table of routes of no server, to be read.
func table() []route { return (&API{service: new(billing.Service)}).routes() }

// routes is the table of everything the server answers.
func (a *API) routes() []route {
	return []route{
		{id: "createCustomer", pattern: "POST /api/customers", handle: byBody(a, a.service.Customers.Create),
			group: "Customers", sdk: "Customers.Create", body: clientele.CustomerParams{}, answers: clientele.Customer{},
			status:  201,
			summary: "Create a customer."},
		{id: "listCustomers", pattern: "GET /api/customers", handle: a.listCustomers, group: "Customers",
			sdk: "Customers.List", params: clientele.CustomerListParams{}, sorts: customerSorts,
			answers: clientele.Page[clientele.CustomerExpanded]{},
			summary: "List customers, and count all that match."},
		{id: "searchCustomers", pattern: "GET /api/customers/search",
			handle: search(a.service.Customers.Search, expandAsAsked), group: "Customers", sdk: "Customers.Search",
			params: clientele.CustomerSearchParams{}, sorts: customerSorts,
			answers: clientele.Page[clientele.CustomerExpanded]{},
			summary: "Search customers, best matches first unless an order is given, and count all that match."},
		{id: "retrieveCustomer", pattern: "GET /api/customers/{id}", handle: a.retrieveCustomer, group: "Customers",
			sdk:   "Customers.Retrieve",
			query: []param{{"explain", "1 adds delinquent_because: the invoices that make the customer delinquent.", ""}},
			body:  clientele.RetrieveOptions{}, answers: clientele.CustomerExpanded{},
			summary: "Retrieve a customer by id or DID, with its invoices; {\"create\":true} creates one for a new DID."},
		{id: "updateCustomer", pattern: "PUT /api/customers/{id}", handle: byIDAndBody(a, a.service.Customers.Update),
			group: "Customers", sdk: "Customers.Update", body: clientele.CustomerParams{}, answers: clientele.Customer{},
			summary: "Update the fields sent; metadata, address and shipping merge by key, and null clears."},
		{id: "deleteCustomer", pattern: "DELETE /api/customers/{id}", handle: byID(a, a.service.Customers.Delete),
			group: "Customers", sdk: "Customers.Delete", answers: clientele.Deleted{},
			summary: "Delete a customer who owes nothing, freeing its DID and external id."},
		{id: "restoreCustomer", pattern: "POST /api/customers/{id}/restore",
			handle: byID(a, a.service.Customers.Restore), group: "Customers", sdk: "Customers.Restore",
			answers: clientele.Customer{},
			summary: "Bring a deleted customer back."},
		{id: "listCustomerChanges", pattern: "GET /api/customers/{id}/history",
			handle: history(a.service.Customers.Changes), group: "Customers", sdk: "Customers.History",
			params: clientele.HistoryParams{}, answers: clientele.Page[clientele.Change]{},
			summary: "List who changed what of a customer and when, newest first; of a deleted one too."},
		{id: "listOverdueInvoices", pattern: "GET /api/customers/{id}/overdue/invoices", handle: a.overdueInvoices,
			group: "Customers", sdk: "Customers.OverdueInvoices", answers: clientele.OverdueInvoices{},
			summary: "List a customer's uncollectible invoices and their sums per currency."},
		{id: "upsertCustomer", pattern: "PUT /api/customers/external/{external_id}",
			handle: byIDAndBody(a, a.service.Customers.UpsertExternal), group: "Customers",
			sdk: "Customers.UpsertExternal", body: clientele.CustomerParams{}, answers: clientele.Customer{},
			upserts: true,
			summary: "Create or update the customer with an external id: 201 when it is new, else 200."},

		{id: "listBalanceTransactions", pattern: "GET /api/customers/{id}/balance_transactions",
			handle: a.listBalanceTransactions, group: "Customers", sdk: "Customers.BalanceTransactions",
			params: clientele.LedgerParams{}, answers: clientele.Page[clientele.BalanceTransaction]{},
			summary: "List a customer's ledger, newest first: every change of its credit and of what it owes."},
		{id: "createBalanceTransaction", pattern: "POST /api/customers/{id}/balance_transactions",
			handle: byIDAndBody(a, a.service.Customers.MoveCredit), group: "Customers", sdk: "Customers.MoveCredit",
			body: clientele.CreditParams{}, answers: clientele.BalanceTransaction{}, status: 201,
			summary: "Give a customer credit, or use, refund or apply it; never below nothing."},
		{id: "retrieveStatement", pattern: "GET /api/customers/{id}/statement", handle: a.retrieveStatement,
			group: "Customers", sdk: "Customers.Statement", params: clientele.StatementParams{},
			query:   []param{{"format", "json, csv, html or pdf; the Accept header can say so too.", ""}, bom},
			answers: clientele.Statement{}, also: []string{"text/csv", "text/html", "application/pdf"},
			summary: "A customer's account per currency: opening balance, every movement, closing balance."},
		{id: "showStatementPage", pattern: "GET /api/customers/{id}/statement/page", handle: a.statementPage,
			group: "Customers", sdk: "Customers.StatementHTML", params: clientele.StatementPrintParams{}, answers: "",
			media:   "text/html",
			summary: "A statement as a page to print."},
		{id: "printStatement", pattern: "GET /api/customers/{id}/statement/pdf", handle: a.statementPDF,
			group: "Customers", sdk: "Customers.StatementPDF", params: clientele.StatementPrintParams{}, answers: "",
			media:   "application/pdf",
			summary: "A statement as PDF."},

		{id: "createInvoice", pattern: "POST /api/invoices", handle: byBody(a, a.service.Invoices.Create),
			group: "Invoices", sdk: "Invoices.Create", body: clientele.InvoiceParams{}, answers: clientele.Invoice{},
			status:  201,
			summary: "Draft an invoice, or with finalize issue it at once."},
		{id: "listInvoices", pattern: "GET /api/invoices", handle: a.listInvoices, group: "Invoices",
			sdk: "Invoices.List", params: clientele.InvoiceListParams{}, sorts: invoiceSorts,
			answers: clientele.Page[clientele.InvoiceExpanded]{},
			summary: "List invoices, and count all that match."},
		{id: "searchInvoices", pattern: "GET /api/invoices/search",
			handle: search(a.service.Invoices.Search, expandAsAsked), group: "Invoices", sdk: "Invoices.Search",
			params: clientele.InvoiceSearchParams{}, sorts: invoiceSorts,
			answers: clientele.Page[clientele.InvoiceExpanded]{},
			summary: "Search invoices, newest first, and count all that match."},
		{id: "retrieveInvoice", pattern: "GET /api/invoices/{id}", handle: retrieve(a.service.Invoices.Retrieve),
			group: "Invoices", sdk: "Invoices.Retrieve", answers: clientele.InvoiceExpanded{},
			summary: "Retrieve an invoice, by id or number, with its customer, currency and payment method."},
		{id: "listInvoiceChanges", pattern: "GET /api/invoices/{id}/history",
			handle: history(a.service.Invoices.Changes), group: "Invoices", sdk: "Invoices.History",
			params: clientele.HistoryParams{}, answers: clientele.Page[clientele.Change]{},
			summary: "List who changed what of an invoice and when, newest first."},
		{id: "updateInvoice", pattern: "PUT /api/invoices/{id}", handle: byIDAndBody(a, a.service.Invoices.Update),
			group: "Invoices", sdk: "Invoices.Update", body: clientele.InvoiceContent{}, answers: clientele.Invoice{},
			summary: "Update what is sent of a draft; of a finalized invoice, only metadata."},
		{id: "deleteInvoice", pattern: "DELETE /api/invoices/{id}", handle: byID(a, a.service.Invoices.Delete),
			group: "Invoices", sdk: "Invoices.Delete", answers: clientele.Deleted{},
			summary: "Delete a draft."},
		{id: "finalizeInvoice", pattern: "POST /api/invoices/{id}/finalize",
			handle: byID(a, a.service.Invoices.Finalize), group: "Invoices", sdk: "Invoices.Finalize",
			answers: clientele.Invoice{},
			summary: "Open a draft: it gets its number."},
		{id: "payInvoice", pattern: "POST /api/invoices/{id}/pay", handle: byIDAndBody(a, a.service.Invoices.Pay),
			group: "Invoices", sdk: "Invoices.Pay", body: clientele.Receipt{}, answers: clientele.Invoice{},
			summary: "Record a payment of all that is left to pay on an invoice."},
		{id: "voidInvoice", pattern: "POST /api/invoices/{id}/void", handle: byIDAndBody(a, a.service.Invoices.Void),
			group: "Invoices", sdk: "Invoices.Void", body: clientele.VoidParams{}, answers: clientele.Invoice{},
			summary: "Take an invoice back: nothing is owed on it, and what was paid becomes the customer's credit."},
		{id: "markInvoiceUncollectible", pattern: "POST /api/invoices/{id}/mark_uncollectible",
			handle: byID(a, a.service.Invoices.MarkUncollectible), group: "Invoices", sdk: "Invoices.MarkUncollectible",
			answers: clientele.Invoice{},
			summary: "Give an open invoice up: it counts as overdue."},
		{id: "writeOffInvoice", pattern: "POST /api/invoices/{id}/write_off",
			handle: byIDAndBody(a, a.service.Invoices.WriteOff), group: "Invoices", sdk: "Invoices.WriteOff",
			body: clientele.WriteOffParams{}, answers: clientele.Invoice{},
			summary: "Write what is left to pay, or a part of it, off as bad debt: what was paid stays."},
		{id: "reopenInvoice", pattern: "POST /api/invoices/{id}/reopen", handle: byID(a, a.service.Invoices.Reopen),
			group: "Invoices", sdk: "Invoices.Reopen", answers: clientele.Invoice{},
			summary: "Open an uncollectible invoice again, and take back what was written off of it as bad debt."},
		{id: "holdInvoice", pattern: "POST /api/invoices/{id}/hold", handle: byIDAndBody(a, a.service.Invoices.Hold),
			group: "Invoices", sdk: "Invoices.Hold", body: clientele.HoldParams{}, answers: clientele.Invoice{},
			summary: "Keep an open invoice from being marked uncollectible by itself until a day, and say why."},
		{id: "releaseInvoice", pattern: "DELETE /api/invoices/{id}/hold", handle: byID(a, a.service.Invoices.Release),
			group: "Invoices", sdk: "Invoices.Release", answers: clientele.Invoice{},
			summary: "End a hold."},
		{id: "showInvoicePage", pattern: "GET /api/invoices/{id}/page", handle: a.invoicePage, group: "Invoices",
			sdk: "Invoices.HTML", answers: "", media: "text/html",
			summary: "An invoice as a page to print."},
		{id: "printInvoice", pattern: "GET /api/invoices/{id}/pdf", handle: a.invoicePDF, group: "Invoices",
			sdk: "Invoices.PDF", answers: "", media: "application/pdf",
			summary: "An invoice as PDF."},
		{id: "createCreditNote", pattern: "POST /api/invoices/{id}/credit_notes",
			handle: byIDAndBody(a, a.service.Invoices.Credit), group: "Credit notes", sdk: "Invoices.Credit",
			body: clientele.CreditNoteParams{}, answers: clientele.CreditNote{}, status: 201,
			summary: "Take back a part of a finalized invoice or all: off what is left to pay, then as credit or refund."},
		{id: "listCreditNotes", pattern: "GET /api/credit-notes", handle: a.listCreditNotes, group: "Credit notes",
			sdk: "CreditNotes.List", params: clientele.CreditNoteListParams{},
			answers: clientele.Page[clientele.CreditNote]{},
			summary: "List credit notes, and count all that match."},
		{id: "retrieveCreditNote", pattern: "GET /api/credit-notes/{id}",
			handle: retrieve(a.service.CreditNotes.Retrieve), group: "Credit notes", sdk: "CreditNotes.Retrieve",
			answers: clientele.CreditNote{},
			summary: "Retrieve a credit note."},

		{id: "createPayment", pattern: "POST /api/payments", handle: a.createPayment, group: "Payments",
			sdk:   "Payments.Create",
			query: []param{{"preview", "true answers, with 200, what would become of the payment, and does nothing.", true}},
			body:  clientele.PaymentParams{}, answers: clientele.Payment{}, status: 201, previews: true,
			summary: "Record money received: it pays what it is for, or the oldest due first; the rest is not applied yet."},
		{id: "listPayments", pattern: "GET /api/payments", handle: a.listPayments, group: "Payments",
			sdk: "Payments.List", params: clientele.PaymentListParams{}, sorts: paymentSorts,
			answers: clientele.Page[clientele.Payment]{},
			summary: "List payments, and count all that match."},
		{id: "retrievePayment", pattern: "GET /api/payments/{id}", handle: retrieve(a.service.Payments.Retrieve),
			group: "Payments", sdk: "Payments.Retrieve", answers: clientele.PaymentExpanded{},
			summary: "Retrieve a payment with its customer, currency, payment method and invoice."},
		{id: "listPaymentChanges", pattern: "GET /api/payments/{id}/history",
			handle: history(a.service.Payments.Changes), group: "Payments", sdk: "Payments.History",
			params: clientele.HistoryParams{}, answers: clientele.Page[clientele.Change]{},
			summary: "List who changed what of a payment and when, newest first."},
		{id: "allocatePayment", pattern: "POST /api/payments/{id}/allocate",
			handle: byIDAndBody(a, a.service.Payments.Allocate), group: "Payments", sdk: "Payments.Allocate",
			body: clientele.AllocateParams{}, answers: clientele.Payment{},
			summary: "Pay invoices with what a payment has left."},
		{id: "unallocatePayment", pattern: "POST /api/payments/{id}/unallocate",
			handle: byIDAndBody(a, a.service.Payments.Unallocate), group: "Payments", sdk: "Payments.Unallocate",
			body: clientele.UnallocateParams{}, answers: clientele.Payment{},
			summary: "Take back what a payment paid: it has that left again."},
		{id: "creditPayment", pattern: "POST /api/payments/{id}/credit",
			handle: byIDAndBody(a, a.service.Payments.Credit), group: "Payments", sdk: "Payments.Credit",
			body: clientele.RestParams{}, answers: clientele.Payment{},
			summary: "Make what a payment has left the customer's credit."},
		{id: "refundPayment", pattern: "POST /api/payments/{id}/refund",
			handle: byIDAndBody(a, a.service.Payments.Refund), group: "Payments", sdk: "Payments.Refund",
			body: clientele.RefundParams{}, answers: clientele.Refund{}, status: 201,
			summary: "Record that what a payment has left was sent back."},
		{id: "searchPayments", pattern: "GET /api/payments/search",
			handle: search(a.service.Payments.Search, expandNever), group: "Payments", sdk: "Payments.Search",
			params: clientele.PaymentSearchParams{}, sorts: paymentSorts, answers: clientele.Page[clientele.Payment]{},
			summary: "Search payments, newest first, and count all that match."},
		{id: "reversePayment", pattern: "POST /api/payments/{id}/reverse",
			handle: byIDAndBody(a, a.service.Payments.Reverse), group: "Payments", sdk: "Payments.Reverse",
			body: clientele.ReverseParams{}, answers: clientele.Payment{},
			summary: "Take a payment back: the money did not come after all."},
		{id: "listPaymentIntents", pattern: "GET /api/payment-intents", handle: a.listPaymentIntents, group: "Payments",
			params: clientele.PaymentListParams{}, sorts: paymentSorts,
			answers: clientele.Page[clientele.PaymentExpanded]{},
			summary: "The published client's list of payments, each with what it refers to."},
		{id: "searchPaymentIntents", pattern: "GET /api/payment-intents/search",
			handle: search(a.service.Payments.Search, expandAlways), group: "Payments",
			params: clientele.PaymentSearchParams{}, sorts: paymentSorts,
			answers: clientele.Page[clientele.PaymentExpanded]{},
			summary: "The published client's search for payments, each with what it refers to."},
		{id: "retrievePaymentIntent", pattern: "GET /api/payment-intents/{id}",
			handle: retrieve(a.service.Payments.Retrieve), group: "Payments", answers: clientele.PaymentExpanded{},
			summary: "The published client's name of retrieving a payment."},

		{id: "listRefunds", pattern: "GET /api/refunds", handle: a.listRefunds, group: "Refunds", sdk: "Refunds.List",
			params: clientele.RefundListParams{}, sorts: refundSorts, answers: clientele.Page[clientele.RefundExpanded]{},
			summary: "List refunds, newest first, each with what it refers to, and count all that match."},
		{id: "searchRefunds", pattern: "GET /api/refunds/search",
			handle: search(a.service.Refunds.Search, expandAlways), group: "Refunds", sdk: "Refunds.Search",
			params: clientele.RefundSearchParams{}, sorts: refundSorts,
			answers: clientele.Page[clientele.RefundExpanded]{},
			summary: "Search refunds, newest first, each with what it refers to, and count all that match."},
		{id: "retrieveRefund", pattern: "GET /api/refunds/{id}", handle: retrieve(a.service.Refunds.Retrieve),
			group: "Refunds", sdk: "Refunds.Retrieve", answers: clientele.RefundExpanded{},
			summary: "Retrieve a refund with its customer, currency and payment method."},

		{id: "retrieveAging", pattern: "GET /api/receivables/aging", handle: a.retrieveAging, group: "Receivables",
			sdk: "Receivables.Aging", params: clientele.AgingParams{},
			query:   []param{{"format", "json or csv; the Accept header can say so too.", ""}, bom},
			answers: clientele.Aging{}, also: []string{"text/csv"},
			summary: "What was outstanding on a day, per currency, by how long it had been due."},
		{id: "retrieveReceivables", pattern: "GET /api/receivables/summary", handle: a.retrieveReceivables,
			group: "Receivables", sdk: "Receivables.Summary", params: clientele.SummaryParams{},
			query:   []param{{"format", "json or csv; the Accept header can say so too.", ""}, bom},
			answers: clientele.ReceivablesSummary{}, also: []string{"text/csv"},
			summary: "What all customers owe and have as credit now, and what happened in a time, per currency."},
		{id: "listDebtors", pattern: "GET /api/receivables/overdue", handle: a.listDebtors, group: "Receivables",
			sdk: "Receivables.Overdue", params: clientele.DebtorListParams{},
			query:   []param{{"format", "json or csv, which has every page; the Accept header can say so too.", ""}, bom},
			answers: clientele.Page[clientele.Debtor]{}, also: []string{"text/csv"},
			summary: "The customers who are late, per currency, who owes most first."},
		{id: "retrieveJournal", pattern: "GET /api/receivables/journal", handle: a.retrieveJournal, group: "Receivables",
			sdk: "Receivables.Journal", params: clientele.JournalParams{}, query: []param{bom}, answers: "",
			media: "text/csv", also: []string{"text/plain"},
			summary: "Every movement of the days as double entry, for accounting programs."},

		{id: "listEvents", pattern: "GET /api/events", handle: a.listEvents, group: "Events", sdk: "Events.List",
			params: clientele.EventListParams{}, answers: clientele.EventList{}, also: []string{"text/event-stream"},
			summary: "List the events of the mode after one, oldest first; or follow them, as server-sent events."},
		{id: "retrieveEventHead", pattern: "GET /api/events/head", handle: a.retrieveEventHead, group: "Events",
			sdk: "Events.Head", answers: clientele.EventHead{},
			summary: "The last event, with a hash that stands for all up to it: kept elsewhere, it proves them."},
		{id: "retrieveEvent", pattern: "GET /api/events/{id}", handle: a.retrieveEvent, group: "Events",
			sdk: "Events.Retrieve", answers: clientele.Event{},
			summary: "Retrieve an event, with its object as the change left it."},

		{id: "createWebhookEndpoint", pattern: "POST /api/webhook-endpoints",
			handle: byBody(a, a.service.WebhookEndpoints.Create), group: "Webhook endpoints",
			sdk: "WebhookEndpoints.Create", body: clientele.WebhookEndpointParams{}, answers: clientele.WebhookEndpoint{},
			status:  201,
			summary: "Have an address told of events. The answer has the secret that signs them, this once."},
		{id: "listWebhookEndpoints", pattern: "GET /api/webhook-endpoints", handle: a.listWebhookEndpoints,
			group: "Webhook endpoints", sdk: "WebhookEndpoints.List", params: clientele.PageParams{},
			answers: clientele.Page[clientele.WebhookEndpointExpanded]{},
			summary: "List the webhook endpoints, newest first, each with the last attempts."},
		{id: "retrieveWebhookEndpoint", pattern: "GET /api/webhook-endpoints/{id}",
			handle: retrieve(a.service.WebhookEndpoints.Retrieve), group: "Webhook endpoints",
			sdk: "WebhookEndpoints.Retrieve", answers: clientele.WebhookEndpointExpanded{},
			summary: "Retrieve a webhook endpoint, with the last attempts."},
		{id: "updateWebhookEndpoint", pattern: "PUT /api/webhook-endpoints/{id}",
			handle: byIDAndBody(a, a.service.WebhookEndpoints.Update), group: "Webhook endpoints",
			sdk: "WebhookEndpoints.Update", body: clientele.WebhookEndpointParams{}, answers: clientele.WebhookEndpoint{},
			summary: "Update what is sent. One that is enabled again is told of what waits, not of what happened meanwhile."},
		{id: "deleteWebhookEndpoint", pattern: "DELETE /api/webhook-endpoints/{id}",
			handle: byID(a, a.service.WebhookEndpoints.Delete), group: "Webhook endpoints",
			sdk: "WebhookEndpoints.Delete", answers: clientele.WebhookEndpoint{},
			summary: "Delete a webhook endpoint; the answer is what it was."},
		{id: "listWebhookAttempts", pattern: "GET /api/webhook-endpoints/{id}/attempts", handle: a.listWebhookAttempts,
			group: "Webhook endpoints", sdk: "WebhookEndpoints.Attempts", params: clientele.PageParams{},
			answers: clientele.Page[clientele.WebhookAttempt]{},
			summary: "List what was sent to a webhook endpoint in the last 30 days, and what it answered, newest first."},
		{id: "rotateWebhookSecret", pattern: "POST /api/webhook-endpoints/{id}/rotate",
			handle: byID(a, a.service.WebhookEndpoints.Rotate), group: "Webhook endpoints",
			sdk: "WebhookEndpoints.Rotate", answers: clientele.WebhookEndpoint{},
			summary: "Make a new secret, which the answer has, this once. The former signs beside it for a day."},
		{id: "pingWebhookEndpoint", pattern: "POST /api/webhook-endpoints/{id}/ping",
			handle: byID(a, a.service.WebhookEndpoints.Ping), group: "Webhook endpoints", sdk: "WebhookEndpoints.Ping",
			answers: clientele.WebhookEndpoint{},
			summary: "Have an event, webhook_endpoint.pinged, sent to a webhook endpoint, to try it."},
		{id: "resendWebhookEvent", pattern: "POST /api/webhook-endpoints/{id}/resend",
			handle: accepted(byIDAndBody(a, a.service.WebhookEndpoints.Resend)), group: "Webhook endpoints",
			sdk: "WebhookEndpoints.Resend", body: clientele.WebhookEventParams{}, answers: clientele.WebhookQueued{},
			status:  202,
			summary: "Send an event to a webhook endpoint again, whatever types it is told of."},
		{id: "replayWebhookEvents", pattern: "POST /api/webhook-endpoints/{id}/replay",
			handle: accepted(byIDAndBody(a, a.service.WebhookEndpoints.Replay)), group: "Webhook endpoints",
			sdk: "WebhookEndpoints.Replay", body: clientele.WebhookReplayParams{}, answers: clientele.WebhookQueued{},
			status:  202,
			summary: "Send the events after one to a webhook endpoint again: up to 10,000, of the types it is told of."},

		{id: "createClosing", pattern: "POST /api/closings",
			handle: a.asAdmin(byBody(a, a.service.Closings.Create)), group: "Closings", sdk: "Closings.Create",
			body: clientele.ClosingParams{}, answers: clientele.Closing{}, status: 201,
			summary: "Close the books up to a day: nothing dated on it or before is recorded from then on. It needs a key " +
				"of scope admin."},
		{id: "listClosings", pattern: "GET /api/closings", handle: a.listClosings, group: "Closings",
			sdk: "Closings.List", params: clientele.PageParams{}, answers: clientele.Page[clientele.Closing]{},
			summary: "List the closings, newest first."},
		{id: "retrieveClosing", pattern: "GET /api/closings/{id}", handle: retrieve(a.service.Closings.Retrieve),
			group: "Closings", sdk: "Closings.Retrieve", answers: clientele.Closing{},
			summary: "Retrieve a closing."},
		{id: "reopenClosing", pattern: "POST /api/closings/{id}/reopen",
			handle: a.asAdmin(byIDAndBody(a, a.service.Closings.Reopen)), group: "Closings", sdk: "Closings.Reopen",
			body: clientele.ClosingReopenParams{}, answers: clientele.Closing{},
			summary: "Take the last closing back, and say why. It needs a key of scope admin."},

		{id: "retrieveSettings", pattern: "GET /api/settings", handle: a.retrieveSettings, group: "Settings",
			sdk: "Settings.Retrieve", answers: clientele.Settings{},
			summary: "What the business has decided for all its customers."},
		{id: "updateSettings", pattern: "PUT /api/settings", handle: byBody(a, a.service.Settings.Update),
			group: "Settings", sdk: "Settings.Update", body: clientele.SettingsParams{}, answers: clientele.Settings{},
			summary: "Update what is sent of the settings."},

		{id: "retrieveAccount", pattern: "GET /api/account", handle: a.retrieveAccount, group: "Settings",
			sdk: "Settings.Account", answers: clientele.Business{},
			summary: "Who issues the invoices: the settings' business, alone."},
		{id: "updateAccount", pattern: "PUT /api/account", handle: byBody(a, a.service.Settings.UpdateAccount),
			group: "Settings", sdk: "Settings.UpdateAccount", body: clientele.AccountParams{},
			answers: clientele.Business{},
			summary: "Update what is sent of it."},

		{id: "deletePortalSession", pattern: "DELETE /api/portal-sessions/{id}", handle: a.deletePortalSession,
			group: "Customers", sdk: "PortalSessions.End", answers: clientele.PortalSession{}, fresh: true,
			summary: "End an address at which a customer sees what is their own, before its time is over."},
		{id: "createPortalSession", pattern: "POST /api/portal-sessions", handle: a.createPortalSession,
			group: "Customers", sdk: "PortalSessions.Create", body: clientele.PortalParams{},
			answers: clientele.PortalSession{}, status: 201, fresh: true,
			summary: "Make an address, good for an hour, at which a customer sees what is due and edits contact details."},

		{id: "listKeys", pattern: "GET /api/keys", handle: a.listKeys, group: "API keys", sdk: "Keys.List",
			params: clientele.PageParams{}, answers: clientele.Page[clientele.APIKey]{},
			summary: "List the API keys of the mode, revoked ones too, newest first. It needs a key of scope admin."},
		{id: "createKey", pattern: "POST /api/keys", handle: a.createKey, group: "API keys", sdk: "Keys.Create",
			body: clientele.KeyParams{}, answers: clientele.APIKeyCreated{}, status: 201, fresh: true,
			summary: "Make an API key of the mode, and show its secret, this once. It needs a key of scope admin."},
		{id: "revokeKey", pattern: "DELETE /api/keys/{id}", handle: a.revokeKey, group: "API keys", sdk: "Keys.Revoke",
			params: clientele.RevokeParams{}, answers: clientele.APIKey{}, fresh: true,
			summary: "Revoke an API key: it is refused from the next request on. It needs a key of scope admin."},

		{id: "createCurrency", pattern: "POST /api/payment-currencies",
			handle: byBody(a, a.service.PaymentCurrencies.Create), group: "Payment currencies",
			sdk: "PaymentCurrencies.Create", body: clientele.CurrencyParams{}, answers: clientele.PaymentCurrency{},
			status:  201,
			summary: "Add a currency."},
		{id: "listCurrencies", pattern: "GET /api/payment-currencies", handle: a.listCurrencies,
			group: "Payment currencies", sdk: "PaymentCurrencies.List", answers: []clientele.PaymentCurrency{},
			summary: "List all currencies."},
		{id: "retrieveCurrency", pattern: "GET /api/payment-currencies/{id}", handle: a.retrieveCurrency,
			group: "Payment currencies", sdk: "PaymentCurrencies.Retrieve", answers: clientele.PaymentCurrency{},
			summary: "Retrieve a currency."},
		{id: "createMethod", pattern: "POST /api/payment-methods", handle: byBody(a, a.service.PaymentMethods.Create),
			group: "Payment methods", sdk: "PaymentMethods.Create", body: clientele.MethodParams{},
			answers: clientele.PaymentMethod{}, status: 201,
			summary: "Add a payment method."},
		{id: "listMethods", pattern: "GET /api/payment-methods", handle: a.listMethods, group: "Payment methods",
			sdk: "PaymentMethods.List", answers: []clientele.PaymentMethod{},
			summary: "List all payment methods."},
		{id: "retrieveMethod", pattern: "GET /api/payment-methods/{id}", handle: a.retrieveMethod,
			group: "Payment methods", sdk: "PaymentMethods.Retrieve", answers: clientele.PaymentMethod{},
			summary: "Retrieve a payment method."},

		{id: "checkHealth", pattern: "GET /healthz", handle: a.health, access: public, group: "Operation",
			answers: health{},
			summary: "Whether the process is alive."},
		{id: "checkReadiness", pattern: "GET /readyz", handle: a.ready, access: public, group: "Operation",
			answers: health{},
			summary: "Whether it can serve: 503 when the database does not answer or the server is stopping."},
		{id: "retrieveMetrics", pattern: "GET /metrics", handle: a.metricsPage, access: monitor, group: "Operation",
			answers: "", media: "text/plain",
			summary: "Figures for Prometheus, in its text format."},
		{id: "retrieveOpenAPI", pattern: "GET /openapi.json", handle: a.openAPI, access: public, group: "Operation",
			answers: map[string]any{},
			summary: "This description."},
		{id: "showDocs", pattern: "GET /docs", handle: a.docs, access: public, group: "Operation",
			query: []param{
				{"section", "The page to show, such as customers, objects or reference; the first one when absent.", ""},
				{"q", "Words, all of which must occur in what is found, at most 100 characters.", ""},
			},
			answers: "", media: "text/html",
			summary: "This description as pages for people, with a search."},
	}
}
