package billing

import (
	"cmp"
	"math/big"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/ledger"
)

// Arrival is a customer who moves in from elsewhere, with all that belongs to it. Times are those of elsewhere.
type Arrival struct {
	Customer ArrivingCustomer
	Invoices []*ArrivingInvoice
	Payments []*ArrivingPayment
	Refunds  []*ArrivingRefund
	Credits  []*ArrivingCredit // of a customer who is new
	// What is kept as it was.
	Subscriptions []*ArrivingSubscription
	UpdatedAt     time.Time
	// The currencies that would have been added before, when it is only asked what would become of it.
	Currencies []clientele.PaymentCurrency
}

// ArrivingCustomer is the customer. Its fields are those that [Customers.Create] takes, with did and created_at. A
// contact detail that cannot be taken is kept in the metadata, under imported.
type ArrivingCustomer struct {
	ID string
	// Whether it is not in the file and must be here: ID is its id, DID, external id or email.
	Known bool
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
	Numbered   bool // whether one that is here is recognised by its number
	CurrencyID string
	Content    clientele.InvoiceContent
	LineIDs    []string // of the lines, "" for a new one
	Status     clientele.InvoiceStatus
	Credited   clientele.Amount // what credit paid of it
	Noted      clientele.Amount // what credit notes took off it before it was paid
	// The customer as printed on it.
	Name, Email, Phone string
	Address            *clientele.Address

	CreatedAt, FinalizedAt, UpdatedAt time.Time
	SettledAt                         time.Time // when it was paid, voided or marked uncollectible
}

// ArrivingLine is a line of an invoice. Its amount is that of all of its quantity, and below nothing for a discount.
type ArrivingLine struct {
	ID, Description string
	Quantity        int64
	Amount          clientele.Amount
}

// SetLines gives an invoice its lines. They come to its total: where there are none, one says what it is for, and where
// they come to less or more without the tax, another says so. Tax has a line of its own beside others.
func (i *ArrivingInvoice) SetLines(lines []ArrivingLine, total, tax clientele.Amount, what string) {
	none, rest := clientele.Zero(total.Currency()), ledger.Minus(total, tax)
	add := func(id, description string, quantity int64, unit, tax clientele.Amount) {
		line := clientele.LineParams{Description: description, UnitAmount: &unit}
		if quantity > 1 {
			line.Quantity = &quantity
		}
		if tax.Sign() != 0 {
			line.TaxAmount = &tax
		}
		i.Content.Lines, i.LineIDs = append(i.Content.Lines, line), append(i.LineIDs, id)
	}
	for _, line := range lines {
		unit, quantity := line.Amount, max(1, line.Quantity)
		if part, whole := divided(unit, quantity); whole {
			unit = part
		} else {
			quantity = 1
		}
		add(line.ID, line.Description, quantity, unit, none)
		rest = ledger.Minus(rest, line.Amount)
	}
	switch {
	case len(lines) == 0:
		add("", cmp.Or(what, "As invoiced"), 1, rest, tax)
		return
	case rest.Sign() < 0:
		add("", "Discount", 1, rest, none)
	case rest.Sign() > 0:
		add("", "Other charges", 1, rest, none)
	}
	if tax.Sign() != 0 {
		add("", "Tax", 1, none, tax)
	}
}

// divided is an amount divided by a number, and whether nothing is left over.
func divided(a clientele.Amount, by int64) (part clientele.Amount, whole bool) {
	quotient, rest := new(big.Int).QuoRem(ledger.Number(a), big.NewInt(by), new(big.Int))
	part, err := clientele.ParseAmount(a.Currency(), quotient.String())
	return part, err == nil && rest.Sign() == 0
}

// ArrivingPayment is money that came, for an invoice or for none.
type ArrivingPayment struct {
	ID, CurrencyID, MethodID string
	InvoiceID                string // an id, or the number of one that is here
	Oldest                   bool   // whether it pays what is due the longest
	Amount                   clientele.Amount
	Receipt                  clientele.Receipt
	Description              string
	Metadata                 any
	CreatedAt, UpdatedAt     time.Time
}

// ArrivingSubscription is a subscription, which is kept to be read. Its members must be an object of JSON with its id,
// livemode and customer_id.
type ArrivingSubscription struct {
	ID        string
	JSON      jsontext.Value
	CreatedAt time.Time
}

// ArrivingRefund is money that was sent back, of a payment or of what had paid an invoice.
type ArrivingRefund struct {
	ID, CurrencyID, MethodID, PaymentID, InvoiceID string
	Amount                                         clientele.Amount
	Reason, Description                            string
	Metadata                                       any
	CreatedAt                                      time.Time
}

// ArrivingCredit is credit that the customer was given, or, below nothing, that was taken from it.
type ArrivingCredit struct {
	ID, CurrencyID, Description string
	Amount                      clientele.Amount
	CreatedAt                   time.Time
}

// Found is a customer in a file with all that belongs to it, and what cannot be read of that.
type Found struct {
	Mode    clientele.Mode
	Arrival Arrival
	Refused []Arrived
	Unkept  map[string]int64 // what has no home here, by what it is
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
	Object, ID string // customer, invoice, payment, refund or credit
	Outcome    Outcome
	Mistakes   []Mistake // why it was refused, or what of it is kept elsewhere
}

// Mistake is what is wrong with a field.
type Mistake struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}
