package store

import (
	"reflect"
	"slices"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/fold"
)

// ObjectType is a kind of object that has events, in the words of the wire.
type ObjectType string

// The kinds of objects that have events.
const (
	TypeCustomer        ObjectType = "customer"
	TypeInvoice         ObjectType = "invoice"
	TypePayment         ObjectType = "payment_intent"
	TypeCreditNote      ObjectType = "credit_note"
	TypeRefund          ObjectType = "refund"
	TypeSettings        ObjectType = "settings"
	TypePaymentCurrency ObjectType = "payment_currency"
	TypePaymentMethod   ObjectType = "payment_method"
	TypeAPIKey          ObjectType = "api_key"
	TypeClosing         ObjectType = "closing"
	TypeSubscription    ObjectType = "subscription"
	TypeWebhookEndpoint ObjectType = "webhook_endpoint"
	TypeApplication     ObjectType = "application"
	TypeSession         ObjectType = "session"
	TypePruning         ObjectType = "pruning"
)

// Kinds are the kinds of objects that have a table of their own in the form of [Kind].
var Kinds = []*Kind{
	Customers.Kind, Invoices.Kind, Payments.Kind, CreditNotes.Kind, Refunds.Kind, PaymentCurrencies.Kind,
	PaymentMethods.Kind, Settings.Kind, APIKeys.Kind, Closings.Kind, Subscriptions.Kind, WebhookEndpoints.Kind,
	Applications.Kind,
}

// eventKinds are the kinds of objects that are kept by their events alone, which have the whole of each.
var eventKinds = []*Kind{SignIns.Kind, Prunings.Kind}

// KindOf finds the description of a type of objects; nil for what has none.
func KindOf(of ObjectType) *Kind {
	for _, k := range slices.Concat(Kinds, eventKinds) {
		if k.Type == of {
			return k
		}
	}
	return nil
}

// KindsOfID are the kinds that an object with an id may be of: that whose ids begin so, or all when none do.
func KindsOfID(id string) []*Kind {
	for _, k := range slices.Concat(Kinds, eventKinds) {
		if k.Prefix != "" && strings.HasPrefix(id, k.Prefix) {
			return []*Kind{k}
		}
	}
	return Kinds
}

// IsVersioned says whether a type is that of objects that have versions.
func IsVersioned(t reflect.Type) bool {
	return slices.ContainsFunc(Kinds, func(k *Kind) bool { return k.Versioned && k.of == t })
}

// Customers describes customers.
var Customers = describe(Kind{
	Type: TypeCustomer, Name: "customer", Table: "customers", Prefix: "cus_", Created: clientele.EventCustomerCreated,
	Versioned: true, Restorable: true, Counted: true, HasMetadata: true, Search: SearchRanked,
}, func(c *clientele.Customer) Row {
	return Row{ID: c.ID, Livemode: c.Livemode, Texts: searchedOfCustomer(c), Metadata: c.Metadata}
},
	[]columnOf[clientele.Customer]{
		{Column{Name: "updated_at", Type: Integer}, // unix milliseconds
			func(c *clientele.Customer) any { return c.UpdatedAt.UnixMilli() }},
		{Column{Name: "delinquent", Type: Boolean},
			func(c *clientele.Customer) any { return c.Delinquent }},
		{Column{Name: "email"},
			func(c *clientele.Customer) any { return strings.ToLower(c.Email) }},
		{Column{Name: "name", Long: true},
			func(c *clientele.Customer) any { return fold.Text(c.Name) }},
		{Column{Name: "uncollectible_after", Type: Integer}, uncollectibleAfter},
	})

// uncollectibleAfter is after how many days past due a customer's invoices become uncollectible, -1 for never; nil when
// the customer has no time of its own.
func uncollectibleAfter(c *clientele.Customer) any {
	if c.InvoiceSettings == nil || c.InvoiceSettings.UncollectibleAfterDays == nil {
		return nil
	}
	return *c.InvoiceSettings.UncollectibleAfterDays
}

// Invoices describes invoices.
var Invoices = describe(Kind{
	Type: TypeInvoice, Name: "invoice", Table: "invoices", Prefix: "in_", Created: clientele.EventInvoiceCreated,
	Owned: true, Versioned: true, Embedded: true, Counted: true, HasMetadata: true, Search: SearchText,
}, func(i *clientele.Invoice) Row {
	return Row{
		ID: i.ID, Livemode: i.Livemode, CustomerID: i.CustomerID, Metadata: i.Metadata,
		Texts: []string{
			i.Number, i.ID, i.Description, i.CustomerName, i.CustomerEmail, AmountWord(i.CurrencyID, i.Total),
			AmountWord(i.CurrencyID, i.AmountDue),
		},
	}
},
	[]columnOf[clientele.Invoice]{
		{Column{Name: "currency_id", Fixed: true},
			func(i *clientele.Invoice) any { return i.CurrencyID }},
		{Column{Name: "status", Literal: true},
			func(i *clientele.Invoice) any { return string(i.Status) }},
		{Column{Name: "number", Optional: true},
			func(i *clientele.Invoice) any { return i.Number }},
		{Column{Name: "number_key", Optional: true}, // equal for what is one number
			func(i *clientele.Invoice) any { return fold.Label(i.Number) }},
		{Column{Name: "due_date", Type: Integer, Optional: true}, // unix seconds
			func(i *clientele.Invoice) any { return i.DueDate }},
		{Column{Name: "due_day", Type: Integer}, // days since 1970
			func(i *clientele.Invoice) any { return int64(i.Due()) }},
		{Column{Name: "date", Type: Integer, Optional: true}, // of issue, days since 1970
			func(i *clientele.Invoice) any { return int64(i.Issued()) }},
		{Column{Name: "updated_at", Type: Integer},
			func(i *clientele.Invoice) any { return i.UpdatedAt.UnixMilli() }},
		{Column{Name: "total", Type: Amount},
			func(i *clientele.Invoice) any { return i.Total.String() }},
		{Column{Name: "remaining", Type: Amount},
			func(i *clientele.Invoice) any { return i.AmountRemaining.String() }},
		{Column{Name: "credited", Type: Amount}, // what credit paid
			func(i *clientele.Invoice) any { return i.AmountCredited.String() }},
		{Column{Name: "settled_at", Type: Integer}, // see SettledAt
			func(i *clientele.Invoice) any { return SettledAt(i) }},
		{Column{Name: "held_until", Type: Integer}, // see HeldUntil
			func(i *clientele.Invoice) any { return HeldUntil(i) }},
	})

// Payments describes payments.
var Payments = describe(Kind{
	Type: TypePayment, Name: "payment", Table: "payments", Prefix: "pi_", Created: clientele.EventPaymentSucceeded,
	Owned: true, Versioned: true, Embedded: true, Counted: true, HasMetadata: true, Search: SearchText,
}, func(p *clientele.Payment) Row {
	return Row{
		ID: p.ID, Livemode: p.Livemode, CustomerID: p.CustomerID, Metadata: p.Metadata,
		Texts: []string{p.ID, p.Reference, p.Method, p.Description, AmountWord(p.CurrencyID, p.Amount)},
	}
},
	[]columnOf[clientele.Payment]{
		{Column{Name: "currency_id", Fixed: true},
			func(p *clientele.Payment) any { return p.CurrencyID }},
		{Column{Name: "status", Literal: true},
			func(p *clientele.Payment) any { return string(p.Status) }},
		{Column{Name: "updated_at", Type: Integer},
			func(p *clientele.Payment) any { return p.UpdatedAt.UnixMilli() }},
		{Column{Name: "reference", Optional: true}, // as references are compared
			func(p *clientele.Payment) any { return fold.Reference(p.Reference) }},
		{Column{Name: "amount", Type: Amount, Fixed: true},
			func(p *clientele.Payment) any { return p.Amount.String() }},
		{Column{Name: "unallocated", Type: Amount}, // what is left of it
			func(p *clientele.Payment) any { return p.AmountUnallocated.String() }},
	})

// CreditNotes describes credit notes.
var CreditNotes = describe(Kind{
	Type: TypeCreditNote, Name: "credit_note", Table: "credit_notes", Prefix: "cn_",
	Created: clientele.EventCreditNoteCreated, Owned: true,
}, func(n *clientele.CreditNote) Row {
	return Row{ID: n.ID, Livemode: n.Livemode, CustomerID: n.CustomerID}
},
	[]columnOf[clientele.CreditNote]{
		{Column{Name: "invoice_id", Fixed: true, Few: true},
			func(n *clientele.CreditNote) any { return n.InvoiceID }},
	})

// Refunds describes refunds.
var Refunds = describe(Kind{
	Type: TypeRefund, Name: "refund", Table: "refunds", Prefix: "re_", Created: clientele.EventRefundCreated,
	Owned: true, Counted: true, Search: SearchText,
}, func(r *clientele.Refund) Row {
	return Row{
		ID: r.ID, Livemode: r.Livemode, CustomerID: r.CustomerID,
		Texts: []string{
			r.ID, r.PaymentIntentID, r.InvoiceID, r.Reason, r.Description, AmountWord(r.CurrencyID, r.Amount),
		},
	}
},
	[]columnOf[clientele.Refund]{
		{Column{Name: "currency_id", Fixed: true},
			func(r *clientele.Refund) any { return r.CurrencyID }},
		{Column{Name: "payment_id", Fixed: true, Optional: true, Few: true},
			func(r *clientele.Refund) any { return r.PaymentIntentID }},
		{Column{Name: "invoice_id", Fixed: true, Optional: true, Few: true},
			func(r *clientele.Refund) any { return r.InvoiceID }},
	})

// Subscriptions describes subscriptions that customers had elsewhere.
var Subscriptions = describe(Kind{
	Type: TypeSubscription, Name: "subscription", Table: "subscriptions", Prefix: "sub_",
	Created: clientele.EventSubscriptionCreated, Owned: true, Embedded: true,
}, func(s *clientele.Subscription) Row {
	return Row{ID: s.ID, Livemode: s.Livemode, CustomerID: s.CustomerID}
}, nil)

// Settings describes the settings of a mode, of which there is one.
var Settings = describe(Kind{
	Type: TypeSettings, Name: "settings", Table: "settings", Small: true, Versioned: true,
}, func(s *clientele.Settings) Row { return Row{ID: SettingsID(s.Livemode), Livemode: s.Livemode} }, nil)

// SettingsID is the id of the settings of a mode.
func SettingsID(mode clientele.Mode) string { return "settings_" + mode.String() }

// APIKeys describes API keys. When a key was last used is a column that the databases keep beside.
var APIKeys = describe(Kind{
	Type: TypeAPIKey, Name: "api_key", Table: "api_keys", Prefix: "key_", Private: true, Small: true, Versioned: true,
}, func(k *Key) Row { return Row{ID: k.ID, Livemode: k.Livemode} },
	[]columnOf[Key]{
		{Column{Name: "hash", Type: Bytes, Fixed: true}, func(k *Key) any { return k.Hash[:] }},
		{Column{Name: "created_at", Type: Integer, Fixed: true}, func(k *Key) any { return k.CreatedAt.UnixMilli() }},
	})

// Applications describes the applications that are trusted, in both modes.
var Applications = describe(Kind{
	Type: TypeApplication, Name: "app", Table: "apps", Prefix: "app_", Private: true, Small: true, Versioned: true,
	BothModes: true,
}, func(a *App) Row { return Row{ID: a.ID} },
	[]columnOf[App]{
		{Column{Name: "name"}, func(a *App) any { return a.Name }},
		{Column{Name: "public_key", Type: Bytes, Fixed: true}, func(a *App) any { return []byte(a.PublicKey) }},
		{Column{Name: "created_at", Type: Integer}, func(a *App) any { return a.CreatedAt.UnixMilli() }},
		{Column{Name: "revoked_at", Type: Integer}, func(a *App) any {
			if a.RevokedAt.IsZero() {
				return nil
			}
			return a.RevokedAt.UnixMilli()
		}},
	})

// SignIns describes the sessions of the console, in their events.
var SignIns = describe(Kind{
	Type: TypeSession, Name: "session", Prefix: "ses_", Private: true,
}, func(s *clientele.Session) Row { return Row{ID: s.ID, Livemode: s.Livemode} }, nil)

// Prunings describes removals of old events, in their events.
var Prunings = describe(Kind{
	Type: TypePruning, Name: "pruning", Prefix: "prn_", Private: true,
}, func(p *clientele.Pruning) Row { return Row{ID: p.ID, Livemode: p.Livemode} }, nil)

// WebhookEndpoints describes webhook endpoints. Their secrets are kept beside.
var WebhookEndpoints = describe(Kind{
	Type: TypeWebhookEndpoint, Name: "webhook_endpoint", Table: "webhook_endpoints", Prefix: "we_", Private: true,
	Small: true, Versioned: true,
}, func(w *clientele.WebhookEndpoint) Row { return Row{ID: w.ID, Livemode: w.Livemode} }, nil)

// Closings describes closings.
var Closings = describe(Kind{
	Type: TypeClosing, Name: "closing", Table: "closings", Prefix: "clo_", Small: true, Versioned: true,
}, func(c *clientele.Closing) Row { return Row{ID: c.ID, Livemode: c.Livemode} },
	[]columnOf[clientele.Closing]{
		{Column{Name: "through", Type: Integer, Fixed: true}, // days since 1970
			func(c *clientele.Closing) any { return int64(c.Through) }},
		{Column{Name: "closed", Type: Boolean},
			func(c *clientele.Closing) any { return c.Closed }},
	})

// Movements describes the movements of the ledger. Their rows are all that is kept of them: they have no document.
var Movements = &Kind{
	Type: "balance_transaction", Name: "movement", Table: "ledger", Prefix: "txn_", Owned: true,
	Columns: []Column{
		{Name: "currency_id", Fixed: true}, {Name: "credit", Type: Amount, Fixed: true},
		{Name: "invoice_id", Fixed: true, Optional: true, Few: true},
		{Name: "payment_id", Fixed: true, Optional: true, Few: true},
	},
}

// PaymentCurrencies describes payment currencies.
var PaymentCurrencies = describe(Kind{
	Type: TypePaymentCurrency, Name: "payment_currency", Table: "payment_currencies", Small: true,
}, func(c *clientele.PaymentCurrency) Row { return Row{ID: c.ID, Livemode: c.Livemode} },
	[]columnOf[clientele.PaymentCurrency]{
		{Column{Name: "is_base", Type: Boolean, Fixed: true},
			func(c *clientele.PaymentCurrency) any { return c.IsBaseCurrency }},
	})

// PaymentMethods describes payment methods.
var PaymentMethods = describe(Kind{
	Type: TypePaymentMethod, Name: "payment_method", Table: "payment_methods", Small: true,
}, func(m *clientele.PaymentMethod) Row { return Row{ID: m.ID, Livemode: m.Livemode} }, nil)
