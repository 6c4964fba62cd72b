package clientele

// JournalParams says which days of the journal to write, and how.
type JournalParams struct {
	// The first day, where the business is, such as 2026-10-01, or a moment, of which that is the day; the first there is
	// when absent.
	From Moment `query:"from"`
	// The last day; today when absent.
	To Moment `query:"to"`
	// csv, hledger, beancount or datev; csv when absent.
	Format string `query:"format"`
	// Only this currency.
	CurrencyID string `query:"currency_id"`
}

// Journal is what there is to say of double entries before they come.
type Journal struct {
	Livemode Mode
	// The first and the last day; From is 0 when it is the first there is.
	From, To Day
	// Whether all of its days are closed, so that it never changes again.
	Closed bool
	// When the last of its days were closed; when it was made unless all are.
	At Time
	// The accounts that the settings name; those of the last closing when all days are closed.
	Accounting Accounting
	// The currencies of the mode, oldest first.
	Currencies []PaymentCurrency
}

// JournalEntry is a movement of a customer's ledger as double entry: its postings come to zero.
type JournalEntry struct {
	BalanceTransaction
	// Whose movement it is, by name; empty when the customer has none.
	CustomerName string
	// The account of its own onto which what it owes is booked; empty when it has none.
	CustomerAccount string
	// The number of the invoice or the credit note, or what the payer calls the payment; empty when there is none.
	Document string
	// In words, what happened.
	Text     string
	Postings []Posting
}

// Posting is an amount on an account: above nothing on its left side (debit), below on its right (credit).
type Posting struct {
	Account string
	// Whether it is what the customer owes: the customer has an account of its own for it, or a part of the account.
	Receivable bool
	Amount     Amount
}

// Accounting says onto which accounts the journal books. An account is a name or a number, of which colons part the
// levels: Assets:Receivable, or 1400. Each has a name by itself, which is that of an empty one.
type Accounting struct {
	// What customers owe: Assets:Receivable. Each customer has a part of it.
	Receivable string `json:"receivable,omitempty"`
	// What invoices charge, without tax: Income:Revenue.
	Revenue string `json:"revenue,omitempty"`
	// The tax in it: Liabilities:Tax.
	Tax string `json:"tax,omitempty"`
	// Money received and sent back: Assets:Cash.
	Cash string `json:"cash,omitempty"`
	// In place of that, by how the money came: the method of a payment, such as card, and its account.
	CashByMethod map[string]string `json:"cash_by_method,omitempty"`
	// The customers' credit: Liabilities:Credit.
	Credit string `json:"credit,omitempty"`
	// Money received that is not applied: Liabilities:Prepayments.
	Prepayments string `json:"prepayments,omitempty"`
	// What was written off: Expenses:BadDebt.
	BadDebt string `json:"bad_debt,omitempty"`
	// What was written off and is owed again, or was paid after all: Income:BadDebtRecovered.
	BadDebtRecovered string `json:"bad_debt_recovered,omitempty"`
	// Credit that was given or taken by hand: Expenses:CreditGranted.
	CreditGranted string `json:"credit_granted,omitempty"`
	// The metadata key of customers under which each has an account of its own, for what it owes; none when empty.
	CustomerAccountKey string `json:"customer_account_key,omitempty"`
	// What DATEV wants to know besides.
	Datev Datev `json:"datev,omitzero"`
}

// Datev is what a DATEV file says of whose it is.
type Datev struct {
	// The adviser's number (Beraternummer), 1001 to 9999999.
	Consultant int64 `json:"consultant,omitzero"`
	// The client's number with the adviser (Mandantennummer), 1 to 99999.
	Client int64 `json:"client,omitzero"`
	// The month in which the business's year begins, 1 to 12; 1 when absent.
	YearBegins int64 `json:"year_begins,omitzero"`
}

// WithNames are the accounts with the names that empty ones have by themselves.
func (a Accounting) WithNames() Accounting {
	for account, name := range map[*string]string{
		&a.Receivable: "Assets:Receivable", &a.Revenue: "Income:Revenue", &a.Tax: "Liabilities:Tax",
		&a.Cash: "Assets:Cash", &a.Credit: "Liabilities:Credit", &a.Prepayments: "Liabilities:Prepayments",
		&a.BadDebt: "Expenses:BadDebt", &a.BadDebtRecovered: "Income:BadDebtRecovered",
		&a.CreditGranted: "Expenses:CreditGranted",
	} {
		if *account == "" {
			*account = name
		}
	}
	return a
}
