package api

import (
	"encoding/json"
	"reflect"
	"time"

	"clientele.dev"
)

// idExamples are ids in paths, by group and parameter.
var idExamples = map[string]any{
	"Customers id": "cus_xxxxxxxxxxxxxxxx", "Customers external_id": "user-456", "Invoices id": "in_yyyyyyyyyyyyyyyy",
	"Payment currencies id": "curr_zzzzzzzzzzzzzzzz", "Payment methods id": "pm_wwwwwwwwwwwwwwww",
	"Payments id": "pi_uuuuuuuuuuuuuuuu", "Credit notes id": "cn_tttttttttttttttt",
	"Refunds id": "re_ssssssssssssssss",
}

// queryExamples are values of query parameters.
var queryExamples = map[string]any{"query": "john.doe", "pageSize": 5}

// requestExamples are bodies, by operation.
var requestExamples = map[string]any{
	"createCustomer": obj("name", "John Doe", "email", "john.doe@example.com", "phone", "+1 555 123 4567",
		"address", obj("country", "US", "city", "San Francisco")),
	"retrieveCustomer": obj("create", true),
	"updateCustomer":   obj("email", "john.new.doe@example.com", "metadata", obj("internal_id", "user-456")),
	"upsertCustomer":   obj("name", "John Doe"),
	"createInvoice": obj("customer_id", exampleCustomer.ID, "currency_id", exampleCurrency.ID,
		"lines", []any{obj("description", "Consulting", "quantity", 1, "unit_amount", "2500")}),
	"updateInvoice":    obj("metadata", obj("order", "4711")),
	"payInvoice":       obj("method", "bank_transfer", "reference", "Transfer of 27 October"),
	"holdInvoice":      obj("until", 1798761600, "reason", "Promised to pay by the end of the year"),
	"createCreditNote": obj("amount", "500", "reason", "order_change"),
	"createPayment": obj("customer_id", exampleCustomer.ID, "currency_id", exampleCurrency.ID, "amount",
		"2500"),
	"allocatePayment":          obj("invoice_id", "in_yyyyyyyyyyyyyyyy", "amount", "1000"),
	"unallocatePayment":        obj("invoice_id", "in_yyyyyyyyyyyyyyyy"),
	"creditPayment":            obj("amount", "500"),
	"refundPayment":            obj("amount", "500", "reason", "requested_by_customer"),
	"reversePayment":           obj("reason", "The cheque bounced"),
	"createBalanceTransaction": obj("currency_id", exampleCurrency.ID, "amount", "1000", "description", "Goodwill"),
	"updateSettings":           obj("uncollectible_after_days", 45, "business", obj("name", "Acme Ltd")),
	"updateAccount":            obj("name", "Acme Ltd", "tax_id", "GB 123456789"),
	"createPortalSession":      obj("customer_id", exampleCustomer.ID),
	"createKey":                obj("name", "reports", "scope", "read"),
	"createCurrency":           obj("name", "US Dollar", "symbol", "USD", "decimal", 2),
	"createMethod":             obj("name", "Bank transfer", "type", "manual"),
}

// answerExamples are good answers, by type.
var answerExamples = map[reflect.Type]any{
	reflect.TypeFor[clientele.Customer]():         exampleCustomer,
	reflect.TypeFor[clientele.CustomerExpanded](): exampleExpanded(),
	reflect.TypeFor[clientele.Page[clientele.CustomerExpanded]](): clientele.Page[clientele.CustomerExpanded]{
		Count: 50, List: []clientele.CustomerExpanded{exampleExpanded()},
		Paging: clientele.Paging{Page: 1, PageSize: 5},
	},
	reflect.TypeFor[clientele.OverdueInvoices](): clientele.OverdueInvoices{
		Customer: exampleCustomer, Invoices: []clientele.Invoice{exampleInvoice()},
		Summary: map[string]clientele.OverdueSum{exampleCurrency.ID: {
			Amount: amount("2500"), Currency: exampleCurrency, Method: exampleMethod,
		}},
		PastDue: clientele.PastDue{Invoices: []clientele.Invoice{}, Summary: map[string]clientele.OverdueSum{}},
	},
	reflect.TypeFor[clientele.Deleted](): clientele.Deleted{ID: exampleCustomer.ID, Object: "customer", Deleted: true},
	reflect.TypeFor[clientele.Invoice](): exampleInvoice(),
	reflect.TypeFor[clientele.Page[clientele.InvoiceExpanded]](): clientele.Page[clientele.InvoiceExpanded]{
		Count: 1, List: []clientele.InvoiceExpanded{exampleInvoiceExpanded()},
		Paging: clientele.Paging{Page: 1, PageSize: 5},
	},
	reflect.TypeFor[clientele.InvoiceExpanded]():    exampleInvoiceExpanded(),
	reflect.TypeFor[[]clientele.PaymentCurrency]():  []clientele.PaymentCurrency{exampleCurrency},
	reflect.TypeFor[[]clientele.PaymentMethod]():    []clientele.PaymentMethod{exampleMethod},
	reflect.TypeFor[clientele.PaymentCurrency]():    exampleCurrency,
	reflect.TypeFor[clientele.PaymentMethod]():      exampleMethod,
	reflect.TypeFor[clientele.BalanceTransaction](): exampleMovement,
	reflect.TypeFor[clientele.Page[clientele.BalanceTransaction]](): clientele.Page[clientele.BalanceTransaction]{
		Count: 1, List: []clientele.BalanceTransaction{exampleMovement}, Paging: clientele.Paging{Page: 1, PageSize: 5},
	},
	reflect.TypeFor[clientele.Statement](): clientele.Statement{
		Object: "statement", Customer: exampleCustomer, From: exampleTime, To: exampleTime,
		Currencies: map[string]clientele.StatementAccount{exampleCurrency.ID: {
			Currency: exampleCurrency, OpeningBalance: amount("2500"), ClosingBalance: amount("1500"),
			Lines: []clientele.StatementLine{{
				ID: exampleMovement.ID, At: exampleTime, Reason: clientele.ReasonAdjustment,
				Description: "Credit adjusted: Goodwill", Amount: amount("-1000"), Balance: amount("1500"),
			}},
		}},
	},
	reflect.TypeFor[clientele.CreditNote](): exampleCreditNote,
	reflect.TypeFor[clientele.Page[clientele.CreditNote]](): clientele.Page[clientele.CreditNote]{
		Count: 1, List: []clientele.CreditNote{exampleCreditNote}, Paging: clientele.Paging{Page: 1, PageSize: 5},
	},
	reflect.TypeFor[clientele.Payment](): examplePayment,
	reflect.TypeFor[clientele.Refund]():  exampleRefund,
	reflect.TypeFor[clientele.RefundExpanded](): clientele.RefundExpanded{
		Refund: exampleRefund, Customer: exampleCustomer, PaymentCurrency: exampleCurrency, PaymentMethod: exampleMethod,
	},
	reflect.TypeFor[clientele.Page[clientele.RefundExpanded]](): clientele.Page[clientele.RefundExpanded]{
		Count: 1, List: []clientele.RefundExpanded{{
			Refund: exampleRefund, Customer: exampleCustomer, PaymentCurrency: exampleCurrency, PaymentMethod: exampleMethod,
		}}, Paging: clientele.Paging{Page: 1, PageSize: 5},
	},
	reflect.TypeFor[clientele.Page[clientele.PaymentExpanded]](): clientele.Page[clientele.PaymentExpanded]{
		Count: 1, List: []clientele.PaymentExpanded{{
			Payment: examplePayment, Customer: exampleCustomer, PaymentCurrency: exampleCurrency,
			PaymentMethod: exampleMethod,
		}}, Paging: clientele.Paging{Page: 1, PageSize: 5},
	},
	reflect.TypeFor[clientele.Page[clientele.Payment]](): clientele.Page[clientele.Payment]{
		Count: 1, List: []clientele.Payment{examplePayment}, Paging: clientele.Paging{Page: 1, PageSize: 5},
	},
	reflect.TypeFor[clientele.PaymentExpanded](): clientele.PaymentExpanded{
		Payment: examplePayment, Customer: exampleCustomer, PaymentCurrency: exampleCurrency, PaymentMethod: exampleMethod,
	},
	reflect.TypeFor[clientele.Aging](): clientele.Aging{
		AsOf: exampleTime, Currencies: map[string]clientele.AgingBuckets{exampleCurrency.ID: {
			NotDue: amount("2500"), Days1To30: amount("1200"), Days31To60: amount("0"), Days61To90: amount("0"),
			DaysOver90: amount("9900"), Total: amount("13600"),
		}},
	},
	reflect.TypeFor[clientele.ReceivablesSummary](): clientele.ReceivablesSummary{
		Currencies: map[string]clientele.ReceivablesSum{exampleCurrency.ID: {
			Outstanding: amount("13600"), PastDue: amount("1200"), Overdue: amount("9900"), Credit: amount("10000"),
			Invoices: 3, Customers: 2,
		}},
	},
	reflect.TypeFor[clientele.Page[clientele.Debtor]](): clientele.Page[clientele.Debtor]{
		Count: 1, Paging: clientele.Paging{Page: 1, PageSize: 20}, List: []clientele.Debtor{{
			CustomerID: exampleCustomer.ID, Name: exampleCustomer.Name, Email: exampleCustomer.Email,
			CurrencyID: exampleCurrency.ID, Overdue: amount("9900"), PastDue: amount("1200"), Invoices: 2,
			OldestDueDate: exampleTime.Unix(),
		}},
	},
	reflect.TypeFor[clientele.Settings](): clientele.Settings{
		Object: "settings", Livemode: true, Locale: "en", UncollectibleAfterDays: 30,
		Business:  clientele.Business{Name: "Acme Ltd"},
		UpdatedAt: exampleTime,
	},
	reflect.TypeFor[clientele.Business](): clientele.Business{Name: "Acme Ltd", TaxID: "GB 123456789"},
	reflect.TypeFor[clientele.PortalSession](): clientele.PortalSession{
		ID: "ps_xxxxxxxxxxxxxxxx", Object: "portal_session", Livemode: true, CustomerID: exampleCustomer.ID,
		URL: "https://billing.example.com/portal/XXXXXXXXXXXXXXXX", ExpiresAt: exampleTime,
	},
	reflect.TypeFor[clientele.APIKey](): exampleKey,
	reflect.TypeFor[clientele.APIKeyCreated](): clientele.APIKeyCreated{
		APIKey: exampleKey, Secret: "sk_live_XXXXXXXXXXXXXXXX",
	},
	reflect.TypeFor[clientele.Page[clientele.APIKey]](): clientele.Page[clientele.APIKey]{
		Count: 1, List: []clientele.APIKey{exampleKey}, Paging: clientele.Paging{Page: 1, PageSize: 20},
	},
	reflect.TypeFor[health](): health{"ok"},
}

var exampleKey = clientele.APIKey{
	ID: "key_xxxxxxxxxxxxxxxx", Object: "api_key", Livemode: true, Name: "reports", Scope: "read", Hint: "sk_live_…xxxx",
	CreatedBy: "key_yyyyyyyyyyyyyyyy", CreatedAt: exampleTime,
}

func exampleExpanded() clientele.CustomerExpanded {
	return clientele.CustomerExpanded{
		Customer: exampleCustomer, Payments: []clientele.Payment{}, Subscriptions: []json.RawMessage{},
		Invoices: []clientele.Invoice{exampleInvoice()}, InvoiceCount: 1,
	}
}

func exampleInvoiceExpanded() clientele.InvoiceExpanded {
	i := exampleInvoice()
	var lines []clientele.InvoiceLineExpanded
	for _, line := range i.Lines {
		none, at := []json.RawMessage{}, exampleTime
		lines = append(lines, clientele.InvoiceLineExpanded{
			InvoiceLine: line, Discounts: []string{}, DiscountAmounts: none, Metadata: clientele.Metadata{}, CreatedAt: at,
			UpdatedAt: at, Price: clientele.LinePrice{
				Object: "price", Active: true, Livemode: true, Type: "one_time", BillingScheme: "per_unit",
				UnitAmount: line.UnitAmount, CurrencyID: i.CurrencyID, Currency: exampleCurrency, CurrencyOptions: none,
				PricingType: "fixed", Metadata: clientele.Metadata{}, CreatedVia: "api", CreatedAt: at, UpdatedAt: at,
				Product: clientele.LineProduct{
					Active: true, Livemode: true, Type: "service", Name: line.Description, Images: none, Features: none,
					Metadata: clientele.Metadata{}, CreatedVia: "api", CreatedAt: at, UpdatedAt: at,
				},
			},
		})
	}
	return clientele.InvoiceExpanded{
		Invoice: i, Lines: lines, Customer: exampleCustomer, PaymentCurrency: exampleCurrency,
		PaymentMethod: exampleMethod,
	}
}

var exampleTime = clientele.At(time.Date(2023, 10, 27, 10, 0, 0, 0, time.UTC))

var exampleCustomer = clientele.Customer{
	ID: "cus_xxxxxxxxxxxxxxxx", Object: "customer", Livemode: true, DID: "zNKhmN1i3zutBkzMHrcSv8onT6CSitbVQhRk",
	Name: "John Doe", Email: "john.doe@example.com", Phone: "+15551234567",
	Address: clientele.Address{
		Country: "US", State: "CA", City: "San Francisco", Line1: "123 Main Street", Line2: "Apt 4B", PostalCode: "94105",
	},
	Balance: "100.00", TokenBalance: map[string]clientele.Amount{exampleCurrency.ID: amount("10000")},
	Metadata: clientele.Metadata{}, InvoicePrefix: "K7Q2ZDX9", NextInvoiceSequence: 2, Delinquent: true,
	CreatedAt: exampleTime, UpdatedAt: exampleTime,
}

var exampleCurrency = clientele.PaymentCurrency{
	ID: "curr_zzzzzzzzzzzzzzzz", Object: "payment_currency", PaymentMethodID: "pm_wwwwwwwwwwwwwwww", Active: true,
	Livemode: true, IsBaseCurrency: true, Name: "US Dollar", Symbol: "USD", Decimal: 2, MaximumPrecision: 2,
	Type: "standard", Metadata: clientele.Metadata{}, CreatedAt: exampleTime, UpdatedAt: exampleTime,
}

var exampleMethod = clientele.PaymentMethod{
	ID: "pm_wwwwwwwwwwwwwwww", Object: "payment_method", Active: true, Livemode: true, Type: "manual",
	Name: "Bank transfer", DefaultCurrencyID: exampleCurrency.ID, Settings: json.RawMessage("{}"),
	Confirmation: clientele.Confirmation{Type: "immediate"}, Metadata: clientele.Metadata{},
	CreatedAt: exampleTime, UpdatedAt: exampleTime,
}

// exampleInvoice is an uncollectible invoice.
func exampleInvoice() clientele.Invoice {
	sum, moment := amount("2500"), exampleTime.Unix()
	return clientele.Invoice{
		ID: "in_yyyyyyyyyyyyyyyy", Object: "invoice", Number: "K7Q2ZDX9-0001", Livemode: true,
		Status: clientele.InvoiceUncollectible, CollectionMethod: "send_invoice", BillingReason: "manual",
		CurrencyID: exampleCurrency.ID, CustomerID: "cus_xxxxxxxxxxxxxxxx", Subtotal: sum, SubtotalExcludingTax: sum,
		Total: sum, AmountDue: sum, AmountRemaining: sum, CustomFields: []clientele.CustomField{},
		DueDate: moment, EffectiveAt: moment, DefaultPaymentMethodID: exampleMethod.ID, Metadata: clientele.Metadata{},
		StatusTransitions: clientele.StatusTransitions{FinalizedAt: moment, MarkedUncollectibleAt: moment},
		Lines: []clientele.InvoiceLine{{
			ID: "ii_vvvvvvvvvvvvvvvv", Object: "invoice_item", Livemode: true, Amount: sum, Quantity: 1, UnitAmount: sum,
			Description: "Consulting", CurrencyID: exampleCurrency.ID, CustomerID: "cus_xxxxxxxxxxxxxxxx",
			InvoiceID: "in_yyyyyyyyyyyyyyyy",
		}},
		CreatedAt: exampleTime, UpdatedAt: exampleTime,
	}
}

func amount(units string) clientele.Amount {
	a, err := clientele.ParseAmount("curr_zzzzzzzzzzzzzzzz", units)
	if err != nil {
		panic(err)
	}
	return a
}

var exampleMovement = clientele.BalanceTransaction{
	ID: "txn_ssssssssssssssss", Object: "balance_transaction", Livemode: true, CustomerID: "cus_xxxxxxxxxxxxxxxx",
	CurrencyID: "curr_zzzzzzzzzzzzzzzz", Reason: clientele.ReasonAdjustment, Amount: amount("1000"),
	EndingBalance: amount("10000"), Receivable: amount("0"), Description: "Goodwill", Metadata: clientele.Metadata{},
	RequestedBy: "key_rrrrrrrrrrrrrrrr", CreatedAt: exampleTime,
}

var exampleCreditNote = clientele.CreditNote{
	ID: "cn_tttttttttttttttt", Object: "credit_note", Livemode: true, Number: "K7Q2ZDX9-0001-CN-01",
	InvoiceID: "in_yyyyyyyyyyyyyyyy", CustomerID: "cus_xxxxxxxxxxxxxxxx", CurrencyID: "curr_zzzzzzzzzzzzzzzz",
	Amount: amount("500"), AmountOff: amount("500"), AmountCredited: amount("0"), AmountRefunded: amount("0"),
	Lines: []clientele.CreditNoteLine{}, Reason: "order_change",
	Metadata: clientele.Metadata{}, CreatedAt: exampleTime,
}

var examplePayment = clientele.Payment{
	ID: "pi_uuuuuuuuuuuuuuuu", Object: "payment_intent", Livemode: true, Amount: amount("2500"),
	AmountReceived: amount("2500"), AmountAllocated: amount("2500"), AmountRefunded: amount("0"),
	AmountUnallocated: amount("0"), CurrencyID: "curr_zzzzzzzzzzzzzzzz", CustomerID: "cus_xxxxxxxxxxxxxxxx",
	PaymentMethodID: "pm_wwwwwwwwwwwwwwww", InvoiceID: "in_yyyyyyyyyyyyyyyy",
	Allocations: []clientele.Allocation{{InvoiceID: "in_yyyyyyyyyyyyyyyy", Amount: amount("2500")}},
	Method:      "bank_transfer", Reference: "Transfer of 27 October", ReceivedAt: exampleTime.Unix(),
	Status: clientele.PaymentSucceeded, LastPaymentError: json.RawMessage("null"), CaptureMethod: "manual",
	ConfirmationMethod: "manual", PaymentMethodTypes: []string{"manual"}, Metadata: clientele.Metadata{},
	CreatedAt: exampleTime, UpdatedAt: exampleTime,
}

var exampleRefund = clientele.Refund{
	ID: "re_ssssssssssssssss", Object: "refund", Livemode: true, Amount: amount("500"),
	CurrencyID: "curr_zzzzzzzzzzzzzzzz", CustomerID: "cus_xxxxxxxxxxxxxxxx", PaymentIntentID: "pi_uuuuuuuuuuuuuuuu",
	PaymentMethodID: "pm_wwwwwwwwwwwwwwww", Reason: "requested_by_customer", Status: "succeeded", Type: "refund",
	AttemptCount: 1, Attempted: true, LastAttemptError: json.RawMessage("null"), StartingBalance: amount("0"),
	EndingBalance: amount("0"), StartingTokenBalance: clientele.Balances{}, EndingTokenBalance: clientele.Balances{},
	Metadata: clientele.Metadata{}, CreatedAt: exampleTime, UpdatedAt: exampleTime,
}
