package clientele

import "encoding/json"

// Payment is money received from a customer: the published types' payment intent, with what Clientele knows besides.
// Always amount = amount_allocated + amount_refunded + amount_credited + amount_unallocated, unless it was reversed.
type Payment struct {
	// Unique identifier, starting with pi_.
	ID string `json:"id"`
	// Always "payment_intent".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// Free text.
	Description string `json:"description"`
	// What was received, in the currency's smallest unit.
	Amount Amount `json:"amount"`
	// The same; 0 once the payment is reversed.
	AmountReceived Amount `json:"amount_received"`
	// What paid invoices, see allocations.
	AmountAllocated Amount `json:"amount_allocated"`
	// What was sent back.
	AmountRefunded Amount `json:"amount_refunded"`
	// What was made the customer's credit.
	AmountCredited Amount `json:"amount_credited"`
	// What is left: it has paid nothing and is no credit.
	AmountUnallocated Amount `json:"amount_unallocated"`
	// The currency of every amount here.
	CurrencyID string `json:"currency_id"`
	// Who paid.
	CustomerID string `json:"customer_id"`
	// The payment method its currency belongs to.
	PaymentMethodID string `json:"payment_method_id"`
	// The invoice it was made for, or else the first one it paid; absent when it paid none.
	InvoiceID string `json:"invoice_id,omitempty"`
	// Which invoices it paid, and how much of each.
	Allocations []Allocation `json:"allocations"`
	// How the money came: bank_transfer, cash, cheque, card, or any word of the business's own; empty when unknown.
	Method string `json:"method"`
	// What the payer or the bank calls it; empty when unknown.
	Reference string `json:"reference"`
	// When the money came, in unix seconds.
	ReceivedAt int64 `json:"received_at"`
	// The day of that where the business is, from which on the books count it.
	Date Day `json:"date,omitzero"`
	// succeeded, or canceled once it is reversed.
	Status PaymentStatus `json:"status"`
	// When it was reversed, in unix seconds; absent unless it was.
	CanceledAt int64 `json:"canceled_at,omitzero"`
	// Why it was reversed; absent unless it was.
	CancellationReason string `json:"cancellation_reason,omitempty"`
	// Always null: Clientele records money, it does not fetch it.
	LastPaymentError json.RawMessage `json:"last_payment_error"`
	// Always empty.
	StatementDescriptor string `json:"statement_descriptor"`
	// Always "manual".
	CaptureMethod string `json:"capture_method"`
	// Always "manual".
	ConfirmationMethod string `json:"confirmation_method"`
	// Always ["manual"].
	PaymentMethodTypes []string `json:"payment_method_types"`
	// An earlier payment of the customer with the same reference and amount; absent when there is none.
	PossibleDuplicate string `json:"possible_duplicate,omitempty"`
	// True when nothing was recorded, and this is what would be; absent otherwise.
	Preview bool `json:"preview,omitzero"`
	// As on a customer.
	Metadata Metadata `json:"metadata"`
	// When the payment was recorded: ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
	// When the payment last changed: ISO-8601 UTC with milliseconds.
	UpdatedAt Time `json:"updated_at"`
}

// PaymentStatus is where a payment is in its life.
type PaymentStatus string

// The states of a payment, in the published types' words.
const (
	PaymentSucceeded PaymentStatus = "succeeded"
	PaymentCanceled  PaymentStatus = "canceled" // reversed: the money did not come after all
)

// Allocation is what a payment paid of one invoice.
type Allocation struct {
	// The invoice.
	InvoiceID string `json:"invoice_id"`
	// In the payment's currency.
	Amount Amount `json:"amount"`
}

// UnmarshalJSON decodes a payment and gives its amounts the payment's currency.
func (p *Payment) UnmarshalJSON(data []byte) error {
	type plain Payment
	if err := json.Unmarshal(data, (*plain)(p)); err != nil {
		return err
	}
	for _, a := range []*Amount{
		&p.Amount, &p.AmountReceived, &p.AmountAllocated, &p.AmountRefunded, &p.AmountCredited, &p.AmountUnallocated,
	} {
		*a = a.In(p.CurrencyID)
	}
	for i := range p.Allocations {
		p.Allocations[i].Amount = p.Allocations[i].Amount.In(p.CurrencyID)
	}
	return nil
}

// PaymentExpanded is what retrieving one payment answers: the payment and the objects it refers to.
type PaymentExpanded struct {
	Payment
	// Who paid, as it is today.
	Customer Customer `json:"customer"`
	// The currency of its amounts.
	PaymentCurrency PaymentCurrency `json:"paymentCurrency"`
	// The payment method the currency belongs to.
	PaymentMethod PaymentMethod `json:"paymentMethod"`
	// The invoice it was made for; absent when there is none.
	Invoice *Invoice `json:"invoice,omitempty"`
}

// UnmarshalJSON decodes the payment and the objects beside it.
func (e *PaymentExpanded) UnmarshalJSON(data []byte) error {
	if err := e.Payment.UnmarshalJSON(data); err != nil {
		return err
	}
	var beside struct {
		Customer        Customer        `json:"customer"`
		PaymentCurrency PaymentCurrency `json:"paymentCurrency"`
		PaymentMethod   PaymentMethod   `json:"paymentMethod"`
		Invoice         *Invoice        `json:"invoice"`
	}
	if err := json.Unmarshal(data, &beside); err != nil {
		return err
	}
	e.Customer, e.PaymentCurrency, e.PaymentMethod = beside.Customer, beside.PaymentCurrency, beside.PaymentMethod
	e.Invoice = beside.Invoice
	return nil
}

// Refund is money that was sent back to a customer: of what a payment had left, or of the customer's credit.
type Refund struct {
	// Unique identifier, starting with re_.
	ID string `json:"id"`
	// Always "refund".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// Free text.
	Description string `json:"description"`
	// How much, in the currency's smallest unit.
	Amount Amount `json:"amount"`
	// The currency of every amount here.
	CurrencyID string `json:"currency_id"`
	// Who got it.
	CustomerID string `json:"customer_id"`
	// The payment it is of; empty when it is of the customer's credit.
	PaymentIntentID string `json:"payment_intent_id"`
	// The payment method its currency belongs to.
	PaymentMethodID string `json:"payment_method_id"`
	// The invoice and the credit note it came of; absent when it came of none.
	InvoiceID    string `json:"invoice_id,omitempty"`
	CreditNoteID string `json:"credit_note_id,omitempty"`
	// duplicate, fraudulent, requested_by_customer or requested_by_admin; empty when none was given.
	Reason string `json:"reason"`
	// Always succeeded: Clientele records what was sent, it sends nothing.
	Status string `json:"status"`
	// Always "refund".
	Type string `json:"type"`
	// Always 1, true and null.
	AttemptCount     int64           `json:"attempt_count"`
	Attempted        bool            `json:"attempted"`
	LastAttemptError json.RawMessage `json:"last_attempt_error"`
	// The customer's credit in this currency before and after.
	StartingBalance Amount `json:"starting_balance"`
	EndingBalance   Amount `json:"ending_balance"`
	// The customer's credit per currency id before and after.
	StartingTokenBalance Balances `json:"starting_token_balance"`
	EndingTokenBalance   Balances `json:"ending_token_balance"`
	// The day it was sent back where the business is, from which on the books count it.
	Date Day `json:"date,omitzero"`
	// As on a customer.
	Metadata Metadata `json:"metadata"`
	// When it was recorded: ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
	UpdatedAt Time `json:"updated_at"`
}

// UnmarshalJSON decodes a refund and gives its amounts their currency.
func (r *Refund) UnmarshalJSON(data []byte) error {
	type plain Refund
	if err := json.Unmarshal(data, (*plain)(r)); err != nil {
		return err
	}
	for _, a := range []*Amount{&r.Amount, &r.StartingBalance, &r.EndingBalance} {
		*a = a.In(r.CurrencyID)
	}
	return nil
}

// RefundExpanded is a refund and the objects it refers to.
type RefundExpanded struct {
	Refund
	// The payment it is of; absent when it is of the customer's credit.
	PaymentIntent *Payment `json:"paymentIntent,omitempty"`
	// Who got it, as it is today.
	Customer Customer `json:"customer"`
	// The currency of its amounts.
	PaymentCurrency PaymentCurrency `json:"paymentCurrency"`
	// The payment method the currency belongs to.
	PaymentMethod PaymentMethod `json:"paymentMethod"`
}

// UnmarshalJSON decodes the refund and the objects beside it.
func (e *RefundExpanded) UnmarshalJSON(data []byte) error {
	if err := e.Refund.UnmarshalJSON(data); err != nil {
		return err
	}
	var beside struct {
		Customer        Customer        `json:"customer"`
		PaymentCurrency PaymentCurrency `json:"paymentCurrency"`
		PaymentMethod   PaymentMethod   `json:"paymentMethod"`
		PaymentIntent   *Payment        `json:"paymentIntent"`
	}
	if err := json.Unmarshal(data, &beside); err != nil {
		return err
	}
	e.Customer, e.PaymentCurrency, e.PaymentMethod = beside.Customer, beside.PaymentCurrency, beside.PaymentMethod
	e.PaymentIntent = beside.PaymentIntent
	return nil
}

// CreditNote takes back a part or the whole of a finalized invoice. Always amount = amount_off + amount_credited +
// amount_refunded.
type CreditNote struct {
	// Unique identifier, starting with cn_.
	ID string `json:"id"`
	// Always "credit_note".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// The printed number: the invoice's, -CN- and a number.
	Number string `json:"number"`
	// The invoice it is about.
	InvoiceID string `json:"invoice_id"`
	// The invoice's customer.
	CustomerID string `json:"customer_id"`
	// The invoice's currency.
	CurrencyID string `json:"currency_id"`
	// What is taken back, in the currency's smallest unit.
	Amount Amount `json:"amount"`
	// How much of it lowered what was left to pay.
	AmountOff Amount `json:"amount_off"`
	// How much of it had been paid already and became the customer's credit.
	AmountCredited Amount `json:"amount_credited"`
	// How much of it had been paid already and was sent back; see refund_id.
	AmountRefunded Amount `json:"amount_refunded"`
	// The refund; absent when there is none.
	RefundID string `json:"refund_id,omitempty"`
	// What is taken back of which lines; empty when it is of the invoice as a whole.
	Lines []CreditNoteLine `json:"lines"`
	// duplicate, fraudulent, order_change or product_unsatisfactory; empty when none was given.
	Reason string `json:"reason"`
	// Free text for the customer.
	Memo string `json:"memo"`
	// The day of issue where the business is, from which on the books count it.
	Date Day `json:"date,omitzero"`
	// As on a customer.
	Metadata Metadata `json:"metadata"`
	// When it was issued: ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
}

// CreditNoteLine is what a credit note takes back of a line of the invoice.
type CreditNoteLine struct {
	// The invoice's line.
	InvoiceLineID string `json:"invoice_line_id"`
	// What it is, as on the invoice.
	Description string `json:"description"`
	// How many; 0 when it is an amount.
	Quantity int64 `json:"quantity"`
	// How much, with tax.
	Amount Amount `json:"amount"`
}

// UnmarshalJSON decodes a credit note and gives its amounts their currency.
func (n *CreditNote) UnmarshalJSON(data []byte) error {
	type plain CreditNote
	if err := json.Unmarshal(data, (*plain)(n)); err != nil {
		return err
	}
	for _, a := range []*Amount{&n.Amount, &n.AmountOff, &n.AmountCredited, &n.AmountRefunded} {
		*a = a.In(n.CurrencyID)
	}
	for i := range n.Lines {
		n.Lines[i].Amount = n.Lines[i].Amount.In(n.CurrencyID)
	}
	return nil
}
