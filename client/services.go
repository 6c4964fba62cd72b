// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

// Services are what a client calls.
type Services struct {
	Customers         *Customers
	Invoices          *Invoices
	CreditNotes       *CreditNotes
	Payments          *Payments
	Refunds           *Refunds
	Receivables       *Receivables
	Events            *Events
	WebhookEndpoints  *WebhookEndpoints
	Closings          *Closings
	Settings          *Settings
	PortalSessions    *PortalSessions
	Keys              *Keys
	PaymentCurrencies *PaymentCurrencies
	PaymentMethods    *PaymentMethods
}

func newServices(c *Client) Services {
	return Services{
		Customers:         &Customers{c},
		Invoices:          &Invoices{c},
		CreditNotes:       &CreditNotes{c},
		Payments:          &Payments{c},
		Refunds:           &Refunds{c},
		Receivables:       &Receivables{c},
		Events:            &Events{c},
		WebhookEndpoints:  &WebhookEndpoints{c},
		Closings:          &Closings{c},
		Settings:          &Settings{c},
		PortalSessions:    &PortalSessions{c},
		Keys:              &Keys{c},
		PaymentCurrencies: &PaymentCurrencies{c},
		PaymentMethods:    &PaymentMethods{c},
	}
}

// Customers are the calls of /api/customers, in the mode of the key. The people and companies the business serves.
type Customers struct{ c *Client }

// Invoices are the calls of /api/invoices, in the mode of the key. What customers are asked to pay. A draft is
// finalized to be open; an open invoice that is marked uncollectible makes its customer delinquent.
type Invoices struct{ c *Client }

// CreditNotes are the calls of /api/credit-notes, in the mode of the key. What was taken back of finalized invoices.
type CreditNotes struct{ c *Client }

// Payments are the calls of /api/payments, in the mode of the key. Money received: what it paid, and what is left of
// it.
type Payments struct{ c *Client }

// Refunds are the calls of /api/refunds, in the mode of the key. Money sent back: of payments, and of credit.
type Refunds struct{ c *Client }

// Receivables are the calls of /api/receivables, in the mode of the key. What all customers owe, on any day.
type Receivables struct{ c *Client }

// Events are the calls of /api/events, in the mode of the key. What happened, in one order that never changes: a feed
// that can be followed.
type Events struct{ c *Client }

// WebhookEndpoints are the calls of /api/webhook-endpoints, in the mode of the key. Addresses that are told of events,
// by a signed request for each.
type WebhookEndpoints struct{ c *Client }

// Closings are the calls of /api/closings, in the mode of the key. Up to which day the books are closed.
type Closings struct{ c *Client }

// Settings are the calls of /api/settings, in the mode of the key. What the business has decided for all its
// customers.
type Settings struct{ c *Client }

// PortalSessions are the calls of /api/portal-sessions, in the mode of the key.
type PortalSessions struct{ c *Client }

// Keys are the calls of /api/keys, in the mode of the key. What opens the API in one mode. They need a key of scope
// admin.
type Keys struct{ c *Client }

// PaymentCurrencies are the calls of /api/payment-currencies, in the mode of the key. The currencies that invoices may
// be written in.
type PaymentCurrencies struct{ c *Client }

// PaymentMethods are the calls of /api/payment-methods, in the mode of the key. The ways money arrives.
type PaymentMethods struct{ c *Client }
