// Code generated from internal/api/routes.go by make generate. DO NOT EDIT.

package client

// Services are what a client calls.
type Services struct {
	Customers         *Customers
	Invoices          *Invoices
	Payments          *Payments
	CreditNotes       *CreditNotes
	Refunds           *Refunds
	Receivables       *Receivables
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
		Payments:          &Payments{c},
		CreditNotes:       &CreditNotes{c},
		Refunds:           &Refunds{c},
		Receivables:       &Receivables{c},
		Settings:          &Settings{c},
		PortalSessions:    &PortalSessions{c},
		Keys:              &Keys{c},
		PaymentCurrencies: &PaymentCurrencies{c},
		PaymentMethods:    &PaymentMethods{c},
	}
}

// Customers are the customers of the key's mode. Where one is asked for by id, its DID does too: zX, did:abt:zX or
// 0x….
type Customers struct{ c *Client }

// Invoices are the invoices of the key's mode: what customers are asked to pay.
type Invoices struct{ c *Client }

// Payments are the money received from the customers of the key's mode.
type Payments struct{ c *Client }

// CreditNotes are what was taken back of invoices; [Invoices.Credit] makes them.
type CreditNotes struct{ c *Client }

// Refunds are what was sent back; [Payments.Refund], [Customers.MoveCredit] and [Invoices.Credit] record it.
type Refunds struct{ c *Client }

// Receivables are what all customers of the key's mode owe.
type Receivables struct{ c *Client }

// Settings are what the business has decided for all its customers, in the key's mode.
type Settings struct{ c *Client }

// PortalSessions are addresses at which customers see what is their own.
type PortalSessions struct{ c *Client }

// Keys are the API keys of the key's mode. They need a key of scope admin.
type Keys struct{ c *Client }

// PaymentCurrencies are what invoices of the key's mode may be written in.
type PaymentCurrencies struct{ c *Client }

// PaymentMethods are how money arrives in the key's mode.
type PaymentMethods struct{ c *Client }
