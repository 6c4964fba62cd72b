package api

import (
	"clientele.dev"
)

// access is what a route asks of its caller.
type access int

const (
	public        access = iota // nobody needs to say who they are
	monitor                     // any good key or signature, also one that may do nothing else
	authenticated               // a good key or signature that reads; a change asks for write scope besides
)

// route is one row of the table: how a request is recognised, what it may say and who answers it.
type route struct {
	pattern string // of net/http's ServeMux
	handle  func(*request) (answer, error)
	access  access
	query   []param  // beside livemode
	body    any      // an example of the type of the body; nil when there is none
	answers any      // an example of the type of a good answer
	status  int      // of a good answer, when not 200
	media   string   // the good answer's media type, when not JSON
	also    []string // media types it can be asked for besides
	group   string   // which resource it belongs to
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

// bounds is how a range of time is given: created_at[gte]=2026-01-01.
type bounds struct {
	// At this moment or later.
	GTE string `json:"gte,omitempty"`
	// Later than this moment.
	GT string `json:"gt,omitempty"`
	// Earlier than this moment.
	LT string `json:"lt,omitempty"`
	// At this moment or earlier.
	LTE string `json:"lte,omitempty"`
}

var (
	paging = []param{
		{"page", "Which page, from 1; 1 when absent.", int64(1)},
		{"pageSize", "How many a page holds, 1 to 100; 20 when absent.", int64(1)},
		{"limit", "Another name of pageSize.", int64(1)},
		{"size", "Another name of pageSize.", int64(1)},
	}
	cursors = []param{
		{"starting_after", "The page starts after the object with this id, in place of page.", ""},
		{"ending_before", "The page ends before the object with this id, in place of page.", ""},
	}
	metadata = []param{
		{"metadata.", "Only objects whose metadata has this value: metadata.plan=gold. At most 10.", map[string]string{}},
		{"metadata", "The same as metadata[plan]=gold.", map[string]string{}},
	}
)

// bom is the parameter of what answers CSV.
var bom = param{"bom", "true begins CSV with a byte order mark, as some spreadsheets want UTF-8.", true}

// statementTime is the time of a statement.
var statementTime = []param{
	{"from", "The first day, or moment; the first movement when absent.", ""},
	{"to", "The last day, or moment; now when absent.", ""},
}

// payments are the parameters of a list of payments.
var payments = join(paging, cursors, order("created_at, updated_at or id"), metadata, []param{
	{"customer_id", "Only payments of this customer, by id or DID.", ""},
	{"customer_did", "Only payments of the customer with this DID.", ""},
	{"invoice_id", "Only payments that paid a part of this invoice.", ""},
	{"currency_id", "Only payments in this currency.", ""},
	{"status", "succeeded, or canceled for those that were reversed.", ""},
	{"created_at", "Only payments recorded in a range, as of customers.", bounds{}},
	{"unapplied", "Only payments that have something left that is not applied (true).", true},
})

// searching are the parameters of a search in some texts, by some fields when an order is given.
func searching(texts, fields string) []param {
	return join(paging, order(fields), []param{
		{"query", "Required. Words and \"phrases\" that must all occur in " + texts + ".", ""},
	})
}

var searchingPayments = searching("the id, reference, method or description", "created_at, updated_at or id")

// order is the sort order by some fields.
func order(fields string) []param {
	return []param{
		{"order", "The sort order, newest first when absent: created_at:DESC, several separated by commas, or " +
			"order[0][0]=created_at&order[0][1]=DESC. By " + fields + ".", ""},
		{"o", "An older name of order.", ""},
	}
}

func join(lists ...[]param) (all []param) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// routes is the table of everything the server answers.
func (a *API) routes() []route {
	return []route{
		{pattern: "POST /api/customers", handle: a.createCustomer, access: authenticated, group: "Customers",
			body: clientele.CustomerParams{}, answers: clientele.Customer{}, status: 201, summary: "Create a customer."},
		{pattern: "GET /api/customers", handle: a.listCustomers, access: authenticated, group: "Customers",
			query: join(paging, cursors, order("created_at, updated_at, name, email or id"), metadata, []param{
				{"did", "Only the customer with this DID, in any of its forms.", ""},
				{"email", "Only customers with this email address, in any case.", ""},
				{"external_id", "Only the customer with this external id.", ""},
				{"delinquent", "Only customers that are delinquent (true) or are not (false).", true},
				{"created_at", "Only customers created in a range: created_at[gte], [gt], [lt] or [lte], each a date, " +
					"an ISO-8601 moment with its zone, or unix seconds.", bounds{}},
				{"deleted", "The customers who are deleted (true), in place of those who are not.", true},
				{"expand", "none leaves out what belongs to each customer.", ""},
			}), answers: clientele.Page[clientele.CustomerExpanded]{}, summary: "List customers, and count all that match."},
		{pattern: "GET /api/customers/search", handle: a.searchCustomers, access: authenticated, group: "Customers",
			query: join(paging, order("created_at, updated_at, name, email or id"), []param{
				{"query", "Required. Words that must all occur, \"phrases\", email:part, metadata.key:part.", ""},
				{"expand", "none leaves out what belongs to each customer.", ""},
			}), answers: clientele.Page[clientele.CustomerExpanded]{},
			summary: "Search customers, best matches first unless an order is given, and count all that match."},
		{pattern: "GET /api/customers/{id}", handle: a.retrieveCustomer, access: authenticated, group: "Customers",
			query: []param{{"explain", "1 adds delinquent_because: the invoices that make the customer delinquent.", ""}},
			body:  clientele.RetrieveOptions{}, answers: clientele.CustomerExpanded{},
			summary: "Retrieve a customer by id or DID, with its invoices; {\"create\":true} creates one for a new DID."},
		{pattern: "PUT /api/customers/{id}", handle: a.updateCustomer, access: authenticated, group: "Customers",
			body: clientele.CustomerParams{}, answers: clientele.Customer{},
			summary: "Update the fields sent; metadata, address and shipping merge by key, and null clears."},
		{pattern: "DELETE /api/customers/{id}", handle: a.deleteCustomer, access: authenticated, group: "Customers",
			answers: clientele.Deleted{}, summary: "Delete a customer who owes nothing, freeing its DID and external id."},
		{pattern: "POST /api/customers/{id}/restore", handle: a.restoreCustomer, access: authenticated, group: "Customers",
			answers: clientele.Customer{}, summary: "Bring a deleted customer back."},
		{pattern: "GET /api/customers/{id}/overdue/invoices", handle: a.overdueInvoices, access: authenticated,
			group:   "Customers",
			answers: clientele.OverdueInvoices{},
			summary: "List a customer's uncollectible invoices and their sums per currency."},
		{pattern: "PUT /api/customers/external/{external_id}", handle: a.upsertCustomer, access: authenticated,
			group: "Customers",
			body:  clientele.CustomerParams{}, answers: clientele.Customer{}, upserts: true,
			summary: "Create or update the customer with an external id: 201 when it is new, else 200."},

		{pattern: "GET /api/customers/{id}/balance_transactions", handle: a.listBalanceTransactions, access: authenticated,
			group: "Customers", query: join(paging, cursors, []param{
				{"currency_id", "Only movements in this currency.", ""},
				{"credit", "Only movements that changed the customer's credit (true).", true},
			}), answers: clientele.Page[clientele.BalanceTransaction]{},
			summary: "List a customer's ledger, newest first: every change of its credit and of what it owes."},
		{pattern: "POST /api/customers/{id}/balance_transactions", handle: a.createBalanceTransaction,
			access: authenticated, group: "Customers", body: clientele.CreditParams{},
			answers: clientele.BalanceTransaction{}, status: 201,
			summary: "Give a customer credit, or use, refund or apply it; never below nothing."},
		{pattern: "GET /api/customers/{id}/statement", handle: a.retrieveStatement, access: authenticated,
			group: "Customers",
			query: join(statementTime, []param{
				{"format", "json, csv, html or pdf; the Accept header can say so too.", ""}, bom,
			}), answers: clientele.Statement{}, also: []string{"text/csv", "text/html", "application/pdf"},
			summary: "A customer's account per currency: opening balance, every movement, closing balance."},
		{pattern: "GET /api/customers/{id}/statement/page", handle: a.statementPage, access: authenticated,
			group: "Customers",
			query: statementTime, answers: "", media: "text/html", summary: "A statement as a page to print."},
		{pattern: "GET /api/customers/{id}/statement/pdf", handle: a.statementPDF, access: authenticated,
			group: "Customers",
			query: statementTime, answers: "", media: "application/pdf", summary: "A statement as PDF."},

		{pattern: "POST /api/invoices", handle: a.createInvoice, access: authenticated, group: "Invoices",
			body: clientele.InvoiceParams{}, answers: clientele.Invoice{}, status: 201,
			summary: "Draft an invoice, or with finalize issue it at once."},
		{pattern: "GET /api/invoices", handle: a.listInvoices, access: authenticated, group: "Invoices",
			query: join(paging, cursors, order("created_at, updated_at, due_date or id"), metadata, []param{
				{"status", "Only invoices in these states, separated by commas.", []clientele.InvoiceStatus{}},
				{"customer_id", "Only invoices of this customer, by id or DID.", ""},
				{"customer_did", "Only invoices of the customer with this DID.", ""},
				{"subscription_id", "Selects nothing: there are no subscriptions.", ""},
				{"currency_id", "Only invoices in this currency.", ""},
				{"ignore_zero", "Leave out invoices over nothing (true).", true},
				{"created_at", "Only invoices created in a range, as of customers.", bounds{}},
				{"due_date", "Only invoices due in a range: due_date[gte], [gt], [lt] or [lte], as created_at.", bounds{}},
				{"expand", "none leaves out the objects that each invoice refers to.", ""},
			}), answers: clientele.Page[clientele.InvoiceExpanded]{}, summary: "List invoices, and count all that match."},
		{pattern: "GET /api/invoices/search", handle: a.searchInvoices, access: authenticated, group: "Invoices",
			query: join(searching("the number, the id, the description or the customer as printed",
				"created_at, updated_at, due_date or id"), []param{
				{"expand", "none leaves out the objects that each invoice refers to.", ""},
			}), answers: clientele.Page[clientele.InvoiceExpanded]{},
			summary: "Search invoices, newest first, and count all that match."},
		{pattern: "GET /api/invoices/{id}", handle: a.retrieveInvoice, access: authenticated, group: "Invoices",
			answers: clientele.InvoiceExpanded{},
			summary: "Retrieve an invoice, by id or number, with its customer, currency and payment method."},
		{pattern: "PUT /api/invoices/{id}", handle: a.updateInvoice, access: authenticated, group: "Invoices",
			body: clientele.InvoiceContent{}, answers: clientele.Invoice{},
			summary: "Update what is sent of a draft; of a finalized invoice, only metadata."},
		{pattern: "DELETE /api/invoices/{id}", handle: a.deleteInvoice, access: authenticated, group: "Invoices",
			answers: clientele.Deleted{}, summary: "Delete a draft."},
		{pattern: "POST /api/invoices/{id}/finalize", handle: a.finalizeInvoice, access: authenticated, group: "Invoices",
			answers: clientele.Invoice{}, summary: "Open a draft: it gets its number."},
		{pattern: "POST /api/invoices/{id}/pay", handle: a.payInvoice, access: authenticated, group: "Invoices",
			body: clientele.Receipt{}, answers: clientele.Invoice{},
			summary: "Record a payment of all that is left to pay on an invoice."},
		{pattern: "POST /api/invoices/{id}/void", handle: a.voidInvoice, access: authenticated, group: "Invoices",
			answers: clientele.Invoice{},
			summary: "Take an invoice back: nothing is owed on it, and what was paid becomes the customer's credit."},
		{pattern: "POST /api/invoices/{id}/mark_uncollectible", handle: a.markInvoiceUncollectible, access: authenticated,
			group: "Invoices", answers: clientele.Invoice{}, summary: "Give an open invoice up: it counts as overdue."},
		{pattern: "POST /api/invoices/{id}/write_off", handle: a.writeOffInvoice, access: authenticated, group: "Invoices",
			body: clientele.WriteOffParams{}, answers: clientele.Invoice{},
			summary: "Write what is left to pay, or a part of it, off as bad debt: what was paid stays."},
		{pattern: "POST /api/invoices/{id}/reopen", handle: a.reopenInvoice, access: authenticated, group: "Invoices",
			answers: clientele.Invoice{},
			summary: "Open an uncollectible invoice again, and take back what was written off of it as bad debt."},
		{pattern: "POST /api/invoices/{id}/hold", handle: a.holdInvoice, access: authenticated, group: "Invoices",
			body: clientele.HoldParams{}, answers: clientele.Invoice{},
			summary: "Keep an open invoice from being marked uncollectible by itself until a day, and say why."},
		{pattern: "DELETE /api/invoices/{id}/hold", handle: a.releaseInvoice, access: authenticated, group: "Invoices",
			answers: clientele.Invoice{}, summary: "End a hold."},
		{pattern: "GET /api/invoices/{id}/page", handle: a.invoicePage, access: authenticated,
			group: "Invoices", answers: "",
			media: "text/html", summary: "An invoice as a page to print."},
		{pattern: "GET /api/invoices/{id}/pdf", handle: a.invoicePDF, access: authenticated, group: "Invoices", answers: "",
			media: "application/pdf", summary: "An invoice as PDF."},
		{pattern: "POST /api/invoices/{id}/credit_notes", handle: a.createCreditNote, access: authenticated,
			group: "Credit notes", body: clientele.CreditNoteParams{}, answers: clientele.CreditNote{}, status: 201,
			summary: "Take back a part of a finalized invoice or all: off what is left to pay, then as credit or refund."},
		{pattern: "GET /api/credit-notes", handle: a.listCreditNotes, access: authenticated, group: "Credit notes",
			query: join(paging, cursors, []param{
				{"invoice_id", "Only credit notes of this invoice.", ""},
				{"customer_id", "Only credit notes of this customer, by id or DID.", ""},
				{"customer_did", "Only credit notes of the customer with this DID.", ""},
			}), answers: clientele.Page[clientele.CreditNote]{}, summary: "List credit notes, and count all that match."},
		{pattern: "GET /api/credit-notes/{id}", handle: a.retrieveCreditNote, access: authenticated, group: "Credit notes",
			answers: clientele.CreditNote{}, summary: "Retrieve a credit note."},

		{pattern: "POST /api/payments", handle: a.createPayment, access: authenticated, group: "Payments",
			query: []param{{"preview", "true answers, with 200, what would become of the payment, and does nothing.", true}},
			body:  clientele.PaymentParams{}, answers: clientele.Payment{}, status: 201, previews: true,
			summary: "Record money received: it pays what it is for, or the oldest due first; the rest is not applied yet."},
		{pattern: "GET /api/payments", handle: a.listPayments, access: authenticated, group: "Payments", query: payments,
			answers: clientele.Page[clientele.Payment]{}, summary: "List payments, and count all that match."},
		{pattern: "GET /api/payments/{id}", handle: a.retrievePayment, access: authenticated, group: "Payments",
			answers: clientele.PaymentExpanded{},
			summary: "Retrieve a payment with its customer, currency, payment method and invoice."},
		{pattern: "POST /api/payments/{id}/allocate", handle: a.allocatePayment, access: authenticated, group: "Payments",
			body: clientele.AllocateParams{}, answers: clientele.Payment{},
			summary: "Pay invoices with what a payment has left."},
		{pattern: "POST /api/payments/{id}/unallocate", handle: a.unallocatePayment, access: authenticated,
			group: "Payments",
			body:  clientele.UnallocateParams{}, answers: clientele.Payment{},
			summary: "Take back what a payment paid: it has that left again."},
		{pattern: "POST /api/payments/{id}/credit", handle: a.creditPayment, access: authenticated, group: "Payments",
			body: clientele.RestParams{}, answers: clientele.Payment{},
			summary: "Make what a payment has left the customer's credit."},
		{pattern: "POST /api/payments/{id}/refund", handle: a.refundPayment, access: authenticated, group: "Payments",
			body: clientele.RefundParams{}, answers: clientele.Refund{}, status: 201,
			summary: "Record that what a payment has left was sent back."},
		{pattern: "GET /api/payments/search", handle: a.searchPayments, access: authenticated, group: "Payments",
			query: searchingPayments, answers: clientele.Page[clientele.Payment]{},
			summary: "Search payments, newest first, and count all that match."},
		{pattern: "POST /api/payments/{id}/reverse", handle: a.reversePayment, access: authenticated, group: "Payments",
			body: clientele.ReverseParams{}, answers: clientele.Payment{},
			summary: "Take a payment back: the money did not come after all."},
		{pattern: "GET /api/payment-intents", handle: a.listPaymentIntents, access: authenticated, group: "Payments",
			query: payments, answers: clientele.Page[clientele.PaymentExpanded]{},
			summary: "The published client's list of payments, each with what it refers to."},
		{pattern: "GET /api/payment-intents/search", handle: a.searchPaymentIntents, access: authenticated,
			group: "Payments",
			query: searchingPayments, answers: clientele.Page[clientele.PaymentExpanded]{},
			summary: "The published client's search for payments, each with what it refers to."},
		{pattern: "GET /api/payment-intents/{id}", handle: a.retrievePaymentIntent, access: authenticated,
			group:   "Payments",
			answers: clientele.PaymentExpanded{}, summary: "The published client's name of retrieving a payment."},

		{pattern: "GET /api/refunds", handle: a.listRefunds, access: authenticated, group: "Refunds",
			query: join(paging, cursors, order("created_at or id"), []param{
				{"payment_intent_id", "Only refunds of this payment.", ""},
				{"invoice_id", "Only refunds that came of this invoice.", ""},
				{"currency_id", "Only refunds in this currency.", ""},
				{"status", "succeeded: there are no others.", ""},
				{"customer_id", "Only refunds of this customer, by id or DID.", ""},
				{"customer_did", "Only refunds of the customer with this DID.", ""},
				{"subscription_id", "Selects nothing: there are no subscriptions.", ""},
			}), answers: clientele.Page[clientele.RefundExpanded]{},
			summary: "List refunds, newest first, each with what it refers to, and count all that match."},
		{pattern: "GET /api/refunds/search", handle: a.searchRefunds, access: authenticated, group: "Refunds",
			query: searching("the id, the payment's or invoice's id, the reason or the description",
				"created_at or id"),
			answers: clientele.Page[clientele.RefundExpanded]{},
			summary: "Search refunds, newest first, each with what it refers to, and count all that match."},
		{pattern: "GET /api/refunds/{id}", handle: a.retrieveRefund, access: authenticated, group: "Refunds",
			answers: clientele.RefundExpanded{},
			summary: "Retrieve a refund with its customer, currency and payment method."},

		{pattern: "GET /api/receivables/aging", handle: a.retrieveAging, access: authenticated, group: "Receivables",
			query: []param{
				{"as_of", "A day (its end, UTC) or a moment; now when absent. What was recorded later does not count.", ""},
				{"currency_id", "Only this currency.", ""},
				{"customer_id", "Only this customer, by id or DID.", ""},
				{"group_by", "customer adds a page of the customers, each with its own sums; CSV has every page.", ""},
				{"page", "Which page of customers, from 1; 1 when absent.", int64(1)},
				{"pageSize", "How many customers a page holds, 1 to 100; 20 when absent.", int64(1)},
				{"limit", "Another name of pageSize.", int64(1)},
				{"size", "Another name of pageSize.", int64(1)},
				{"format", "json or csv; the Accept header can say so too.", ""}, bom,
			}, answers: clientele.Aging{}, also: []string{"text/csv"},
			summary: "What was outstanding on a day, per currency, by how long it had been due."},
		{pattern: "GET /api/receivables/summary", handle: a.retrieveReceivables, access: authenticated,
			group: "Receivables",
			query: []param{
				{"from", "The first day of what happened; the first there is when absent.", ""},
				{"to", "The last day of what happened; today when absent.", ""},
				{"format", "json or csv; the Accept header can say so too.", ""}, bom,
			}, answers: clientele.ReceivablesSummary{}, also: []string{"text/csv"},
			summary: "What all customers owe and have as credit now, and what happened in a time, per currency."},
		{pattern: "GET /api/receivables/overdue", handle: a.listDebtors, access: authenticated, group: "Receivables",
			query: join(paging, []param{
				{"currency_id", "Only this currency.", ""},
				{"format", "json or csv, which has every page; the Accept header can say so too.", ""}, bom,
			}), answers: clientele.Page[clientele.Debtor]{}, also: []string{"text/csv"},
			summary: "The customers who are late, per currency, who owes most first."},

		{pattern: "GET /api/settings", handle: a.retrieveSettings, access: authenticated, group: "Settings",
			answers: clientele.Settings{}, summary: "What the business has decided for all its customers."},
		{pattern: "PUT /api/settings", handle: a.updateSettings, access: authenticated, group: "Settings",
			body: clientele.SettingsParams{}, answers: clientele.Settings{}, summary: "Update what is sent of the settings."},

		{pattern: "GET /api/account", handle: a.retrieveAccount, access: authenticated, group: "Settings",
			answers: clientele.Business{}, summary: "Who issues the invoices: the settings' business, alone."},
		{pattern: "PUT /api/account", handle: a.updateAccount, access: authenticated, group: "Settings",
			body: clientele.AccountParams{}, answers: clientele.Business{}, summary: "Update what is sent of it."},

		{pattern: "DELETE /api/portal-sessions/{id}", handle: a.deletePortalSession, access: authenticated,
			group:   "Customers",
			answers: clientele.PortalSession{}, fresh: true,
			summary: "End an address at which a customer sees what is their own, before its time is over."},
		{pattern: "POST /api/portal-sessions", handle: a.createPortalSession, access: authenticated, group: "Customers",
			body: clientele.PortalParams{}, answers: clientele.PortalSession{}, status: 201, fresh: true,
			summary: "Make an address, good for an hour, at which a customer sees what is due and edits contact details."},

		{pattern: "GET /api/keys", handle: a.listKeys, access: authenticated, group: "API keys",
			query: paging, answers: clientele.Page[clientele.APIKey]{},
			summary: "List the API keys of the mode, revoked ones too, newest first. It needs a key of scope admin."},
		{pattern: "POST /api/keys", handle: a.createKey, access: authenticated, group: "API keys",
			body: clientele.KeyParams{}, answers: clientele.APIKeyCreated{}, status: 201, fresh: true,
			summary: "Make an API key of the mode, and show its secret, this once. It needs a key of scope admin."},
		{pattern: "DELETE /api/keys/{id}", handle: a.revokeKey, access: authenticated, group: "API keys",
			query:   []param{{"made", "true also revokes the keys that it made, and those that they made.", true}},
			answers: clientele.APIKey{}, fresh: true,
			summary: "Revoke an API key: it is refused from the next request on. It needs a key of scope admin."},

		{pattern: "POST /api/payment-currencies", handle: a.createCurrency, access: authenticated,
			group: "Payment currencies",
			body:  clientele.CurrencyParams{}, answers: clientele.PaymentCurrency{}, status: 201, summary: "Add a currency."},
		{pattern: "GET /api/payment-currencies", handle: a.listCurrencies, access: authenticated,
			group:   "Payment currencies",
			answers: []clientele.PaymentCurrency{}, summary: "List all currencies."},
		{pattern: "GET /api/payment-currencies/{id}", handle: a.retrieveCurrency, access: authenticated,
			group: "Payment currencies", answers: clientele.PaymentCurrency{}, summary: "Retrieve a currency."},
		{pattern: "POST /api/payment-methods", handle: a.createMethod, access: authenticated, group: "Payment methods",
			body: clientele.MethodParams{}, answers: clientele.PaymentMethod{}, status: 201,
			summary: "Add a payment method."},
		{pattern: "GET /api/payment-methods", handle: a.listMethods, access: authenticated, group: "Payment methods",
			answers: []clientele.PaymentMethod{}, summary: "List all payment methods."},
		{pattern: "GET /api/payment-methods/{id}", handle: a.retrieveMethod, access: authenticated,
			group:   "Payment methods",
			answers: clientele.PaymentMethod{}, summary: "Retrieve a payment method."},

		{pattern: "GET /healthz", handle: a.health, access: public, group: "Operation", answers: health{},
			summary: "Whether the process is alive."},
		{pattern: "GET /readyz", handle: a.ready, access: public, group: "Operation", answers: health{},
			summary: "Whether it can serve: 503 when the database does not answer or the server is stopping."},
		{pattern: "GET /metrics", handle: a.metricsPage, access: monitor, group: "Operation", answers: "",
			media: "text/plain", summary: "Figures for Prometheus, in its text format."},
		{pattern: "GET /openapi.json", handle: a.openAPI, access: public, group: "Operation", answers: map[string]any{},
			summary: "This description."},
		{pattern: "GET /docs", handle: a.docs, access: public, group: "Operation", answers: "",
			query: []param{
				{"section", "The page to show, such as customers, objects or reference; the first one when absent.", ""},
				{"q", "Words, all of which must occur in what is found, at most 100 characters.", ""},
			},
			media: "text/html", summary: "This description as pages for people, with a search."},
	}
}
