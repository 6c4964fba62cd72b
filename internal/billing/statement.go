package billing

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Statement answers a customer's account from one moment to another, both included; zero moments are the first movement
// and now.
func (s Customers) Statement(
	ctx context.Context, mode clientele.Mode, ref string, from, to time.Time,
) (st clientele.Statement, err error) {
	if to.IsZero() {
		to = s.now()
	}
	err = s.scanStore(ctx, func(tx store.Tx) error {
		_, c, err := loadCustomer(tx, mode, ref)
		if err != nil {
			return err
		}
		st = clientele.Statement{
			Object: "statement", Customer: *c, From: clientele.At(from), To: clientele.At(to),
			Currencies: map[string]clientele.StatementAccount{},
		}
		m, err := moneyOf(tx, mode)
		if err != nil {
			return err
		}
		numbers, err := invoiceNumbers(tx, c.ID)
		if err != nil {
			return err
		}
		return tx.Ledger(c.ID, st.To.UnixMilli(), func(doc []byte) error {
			var t clientele.BalanceTransaction
			if err := json.Unmarshal(doc, &t); err != nil {
				return err
			}
			if from.IsZero() {
				from, st.From = t.CreatedAt.Time, t.CreatedAt
			}
			account := st.Currencies[t.CurrencyID]
			if account.Lines == nil {
				zero := clientele.Zero(t.CurrencyID)
				account = clientele.StatementAccount{
					Currency: m.currencies[t.CurrencyID], OpeningBalance: zero, ClosingBalance: zero,
					Lines: []clientele.StatementLine{},
				}
			}
			st.Currencies[t.CurrencyID] = stated(account, t, from, numbers[t.InvoiceID])
			return nil
		})
	})
	if st.From.IsZero() { // no movement at all
		st.From = st.To
	}
	return st, err
}

// stated is an account after one more movement, which is a line unless it was before the statement's time.
func stated(
	account clientele.StatementAccount, t clientele.BalanceTransaction, from time.Time, number string,
) clientele.StatementAccount {
	change := minus(t.Receivable, t.Amount)
	account.ClosingBalance = plus(account.ClosingBalance, change)
	if t.CreatedAt.Before(from) {
		account.OpeningBalance = account.ClosingBalance
		return account
	}
	account.Lines = append(account.Lines, clientele.StatementLine{
		ID: t.ID, At: t.CreatedAt, Reason: t.Reason, Description: describe(t), InvoiceNumber: number,
		Amount: change, Balance: account.ClosingBalance,
	})
	return account
}

// describe says in words what a movement is.
func describe(t clientele.BalanceTransaction) string {
	words := map[clientele.BalanceReason]string{
		clientele.ReasonAdjustment:       "Credit adjusted",
		clientele.ReasonRefund:           "Credit refunded",
		clientele.ReasonInvoiceFinalized: "Invoice",
		clientele.ReasonInvoiceVoided:    "Invoice voided",
		clientele.ReasonCreditApplied:    "Paid with credit",
		clientele.ReasonCreditUnapplied:  "Payment with credit taken back",
		clientele.ReasonPayment:          "Payment",
		clientele.ReasonAllocated:        "Paid with what an earlier payment left",
		clientele.ReasonUnallocated:      "Payment returned as credit",
		clientele.ReasonPaymentReversed:  "Payment reversed",
		clientele.ReasonCreditNote:       "Credit note",
	}[t.Reason]
	if t.Reason == clientele.ReasonPayment && t.InvoiceID == "" {
		words = "Payment kept as credit"
	}
	if t.Description != "" {
		words += ": " + t.Description
	}
	return words
}

// invoiceNumbers are the numbers of a customer's invoices by id.
func invoiceNumbers(tx store.Tx, customerID string) (map[string]string, error) {
	docs, err := tx.CustomerInvoices(customerID)
	numbers := map[string]string{}
	for _, doc := range docs {
		var invoice struct {
			ID     string `json:"id"`
			Number string `json:"number"`
		}
		if err := json.Unmarshal(doc, &invoice); err != nil {
			return nil, err
		}
		numbers[invoice.ID] = invoice.Number
	}
	return numbers, err
}
