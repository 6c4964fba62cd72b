package clientele

import "encoding/json"

// BalanceTransaction is one movement in a customer's ledger, which is only ever appended to: what changed about what
// the customer owes, about its credit, and about the money it paid that has not paid an invoice yet. Every stored sum
// is a sum of these. A mistake is put right by a movement that reverses another.
type BalanceTransaction struct {
	// Unique identifier, starting with txn_.
	ID string `json:"id"`
	// Always "balance_transaction".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// Whose ledger.
	CustomerID string `json:"customer_id"`
	// The currency of every amount here.
	CurrencyID string `json:"currency_id"`
	// What happened.
	Reason BalanceReason `json:"reason"`
	// The change of the customer's credit: positive gives credit, negative uses it.
	Amount Amount `json:"amount"`
	// The customer's credit after it.
	EndingBalance Amount `json:"ending_balance"`
	// The change of what is left to pay on the invoice.
	Receivable Amount `json:"receivable"`
	// What is left to pay on all the customer's invoices after it.
	EndingReceivable Amount `json:"ending_receivable"`
	// The change of the money received that is not applied: it has paid no invoice and is no credit.
	Unapplied Amount `json:"unapplied"`
	// The customer's money that is not applied after it.
	EndingUnapplied Amount `json:"ending_unapplied"`
	// The invoice, the payment, the credit note and the refund it is about; absent when there is none.
	InvoiceID    string `json:"invoice_id,omitempty"`
	PaymentID    string `json:"payment_id,omitempty"`
	CreditNoteID string `json:"credit_note_id,omitempty"`
	RefundID     string `json:"refund_id,omitempty"`
	// The movement that this one takes back, which no other does; absent unless it does.
	Reverses string `json:"reverses,omitempty"`
	// Free text.
	Description string `json:"description"`
	// As on a customer.
	Metadata Metadata `json:"metadata"`
	// The day from which on the books count it, where the business is: its document's, or the later of two. What was
	// recorded later than its day has a later created_at.
	Date Day `json:"date"`
	// Who asked for it: an API key's or an application's id, or "system".
	RequestedBy string `json:"requested_by"`
	// When it was recorded: ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
}

// BalanceReason is why a ledger moved.
type BalanceReason string

// The reasons. The first two are what a request may say; the others come of what happens to invoices and payments.
const (
	ReasonAdjustment       BalanceReason = "adjustment"             // credit given or taken by hand
	ReasonRefund           BalanceReason = "refund"                 // credit sent back to the customer
	ReasonInvoiceFinalized BalanceReason = "invoice_finalized"      // an invoice is owed
	ReasonInvoiceVoided    BalanceReason = "invoice_voided"         // what was left to pay is no longer owed
	ReasonCreditApplied    BalanceReason = "applied_to_invoice"     // credit paid an invoice
	ReasonCreditUnapplied  BalanceReason = "unapplied_from_invoice" // such credit was given back
	ReasonPayment          BalanceReason = "payment"                // money was received
	ReasonAllocated        BalanceReason = "payment_allocated"      // what a payment had left paid an invoice
	ReasonUnallocated      BalanceReason = "payment_unallocated"    // that was taken back
	ReasonCredited         BalanceReason = "payment_credited"       // what a payment had left became credit
	ReasonUncredited       BalanceReason = "payment_uncredited"     // that was taken back
	ReasonRefundCovered    BalanceReason = "refund_covered"         // credit makes up for a refund of a reversed payment
	ReasonPaymentReversed  BalanceReason = "payment_reversed"       // the money did not come after all
	ReasonCreditNote       BalanceReason = "credit_note"            // a part of an invoice was taken back
	ReasonCreditNoteMoved  BalanceReason = "credit_note_moved"      // it had given back what was not paid after all
	ReasonWrittenOff       BalanceReason = "written_off"            // a part of an invoice is bad debt
	ReasonRecovered        BalanceReason = "write_off_undone"       // it is owed again, or is paid after all
	ReasonDebit            BalanceReason = "debit"                  // what was given back is owed
	ReasonUncollectible    BalanceReason = "marked_uncollectible"   // an invoice is overdue; no amount moves
	ReasonReopened         BalanceReason = "reopened"               // it is not after all
)

// UnmarshalJSON decodes a movement and gives its amounts their currency.
func (b *BalanceTransaction) UnmarshalJSON(data []byte) error {
	type plain BalanceTransaction
	if err := json.Unmarshal(data, (*plain)(b)); err != nil {
		return err
	}
	for _, a := range []*Amount{
		&b.Amount, &b.EndingBalance, &b.Receivable, &b.EndingReceivable, &b.Unapplied, &b.EndingUnapplied,
	} {
		*a = a.In(b.CurrencyID)
	}
	return nil
}
