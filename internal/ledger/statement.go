package ledger

import (
	"clientele.dev"
	"clientele.dev/internal/store"
)

// Owed is what a customer owes at an end of the ledger, less the credit and the money that is not applied.
func Owed(end store.LedgerEnd) clientele.Amount {
	return Minus(Minus(end.Receivable, end.Credit), end.Unapplied)
}

// AddLine adds a movement to the account of a statement: number is that of its invoice, reference what its payment is
// called by the payer or the bank, if it is about one.
func AddLine(a *clientele.StatementAccount, m store.Movement, number, reference string) {
	a.ClosingBalance = Plus(a.ClosingBalance, Charged(m))
	a.Lines = append(a.Lines, clientele.StatementLine{
		ID: m.ID, Date: m.Date, At: m.CreatedAt, EnteredLater: m.RecordedDay > m.Date, Reason: m.Reason,
		Description: Describe(m.BalanceTransaction, reference), InvoiceNumber: number, Amount: Charged(m),
		Balance: a.ClosingBalance,
	})
}

// Charged is by how much a movement changes what a customer owes, less the credit and the money that is not applied.
func Charged(m store.Movement) clientele.Amount {
	return Minus(Minus(m.Receivable, m.Amount), m.Unapplied)
}

// NothingMoves are the reasons of movements that change no balance: they are no lines of a statement.
var NothingMoves = []clientele.BalanceReason{clientele.ReasonUncollectible, clientele.ReasonReopened}

// NothingCharged are the reasons of movements that change nothing of what a customer owes, less the credit and the
// money that is not applied: what they take off one balance they take off another.
var NothingCharged = append([]clientele.BalanceReason{
	clientele.ReasonCreditApplied, clientele.ReasonCreditUnapplied, clientele.ReasonAllocated,
	clientele.ReasonUnallocated, clientele.ReasonCredited, clientele.ReasonUncredited, clientele.ReasonRefundCovered,
}, NothingMoves...)

// descriptions are the reasons in words.
var descriptions = map[clientele.BalanceReason]string{
	clientele.ReasonAdjustment:       "Credit adjusted",
	clientele.ReasonRefund:           "Refund",
	clientele.ReasonInvoiceFinalized: "Invoice",
	clientele.ReasonInvoiceVoided:    "Invoice voided",
	clientele.ReasonCreditApplied:    "Paid with credit",
	clientele.ReasonCreditUnapplied:  "Payment with credit taken back",
	clientele.ReasonPayment:          "Payment",
	clientele.ReasonAllocated:        "Payment applied to the invoice",
	clientele.ReasonUnallocated:      "Payment taken back from the invoice",
	clientele.ReasonCredited:         "Payment kept as credit",
	clientele.ReasonUncredited:       "Payment no longer kept as credit",
	clientele.ReasonRefundCovered:    "Refund made up for with credit",
	clientele.ReasonPaymentReversed:  "Payment reversed",
	clientele.ReasonCreditNote:       "Credit note",
	clientele.ReasonCreditNoteMoved:  "Credit note takes off what was not paid after all",
	clientele.ReasonWrittenOff:       "Written off as bad debt",
	clientele.ReasonRecovered:        "Write-off undone",
	clientele.ReasonDebit:            "Debit",
}

// Describe says in words what a movement is, and how the payer or the bank calls the money that came.
func Describe(t clientele.BalanceTransaction, reference string) string {
	words := descriptions[t.Reason]
	cash := t.Reason == clientele.ReasonPayment || t.Reason == clientele.ReasonPaymentReversed
	if cash && reference != "" {
		words += " " + reference
	}
	if t.Description != "" {
		words += ": " + t.Description
	}
	return words
}
