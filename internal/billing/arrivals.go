package billing

import (
	"time"

	"clientele.dev"
)

// Arrival is a customer who moves in from elsewhere, with all that belongs to it. Times are those of elsewhere.
type Arrival struct {
	Customer  ArrivingCustomer
	Invoices  []*ArrivingInvoice
	Payments  []*ArrivingPayment
	Refunds   []*ArrivingRefund
	UpdatedAt time.Time
	// The currencies that would have been added before, when it is only asked what would become of it.
	Currencies []clientele.PaymentCurrency
}

// ArrivingCustomer is the customer. Its fields are those that [Customers.Create] takes, with did and created_at. A
// contact detail that cannot be taken is kept in the metadata, under imported.
type ArrivingCustomer struct {
	ID string
	// Whether one without an id is recognised by its DID, its external id or else its email, and whether every mistake
	// refuses it.
	Row      bool
	Fields   Fields
	Sequence int64                       // the number of its next invoice; 0 for the first
	Credit   map[string]clientele.Amount // that it has in the end, by currency
}

// ArrivingInvoice is an invoice: a draft, or one that was finalized and maybe paid, voided or given up.
type ArrivingInvoice struct {
	ID         string
	CurrencyID string
	Content    clientele.InvoiceContent
	LineIDs    []string // of the lines, "" for a new one
	Status     clientele.InvoiceStatus
	Credited   clientele.Amount // what credit paid of it
	// The customer as printed on it.
	Name, Email, Phone string
	Address            *clientele.Address

	CreatedAt, FinalizedAt, UpdatedAt time.Time
	SettledAt                         time.Time // when it was paid, voided or marked uncollectible
}

// ArrivingPayment is money that came, for an invoice or for none.
type ArrivingPayment struct {
	ID, CurrencyID, MethodID, InvoiceID string
	Amount                              clientele.Amount
	Receipt                             clientele.Receipt
	Description                         string
	Metadata                            any
	CreatedAt, UpdatedAt                time.Time
}

// ArrivingRefund is money that was sent back, of a payment or of what had paid an invoice.
type ArrivingRefund struct {
	ID, CurrencyID, MethodID, PaymentID, InvoiceID string
	Amount                                         clientele.Amount
	Reason, Description                            string
	Metadata                                       any
	CreatedAt                                      time.Time
}

// OnConflict says what becomes of a customer who is there already and is not the same.
type OnConflict string

// What becomes of it. Of invoices, payments and refunds that are there nothing is ever changed.
const (
	ConflictRefuse OnConflict = "refuse"
	ConflictUpdate OnConflict = "update"
	ConflictSkip   OnConflict = "skip"
)

// Outcome is what became of an object that moves in.
type Outcome string

// The outcomes.
const (
	OutcomeNew     Outcome = "new"
	OutcomeChanged Outcome = "changed"
	OutcomeEqual   Outcome = "equal"   // it was there already
	OutcomeSkipped Outcome = "skipped" // it was there, and is not the same
	OutcomeRefused Outcome = "refused"
)

// Arrived is what became of an object, and what is wrong with it.
type Arrived struct {
	Object, ID string // customer, invoice, payment or refund
	Outcome    Outcome
	Mistakes   []Mistake // why it was refused, or what of it is kept elsewhere
}

// Mistake is what is wrong with a field.
type Mistake struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}
