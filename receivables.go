package clientele

import "encoding/json"

// OverdueInvoices is what a customer owes on uncollectible invoices, and the sums per currency.
type OverdueInvoices struct {
	// Always 0: Clientele has no subscriptions.
	SubscriptionCount int64 `json:"subscriptionCount"`
	// Who owes.
	Customer Customer `json:"customer"`
	// The uncollectible invoices, oldest first.
	Invoices []Invoice `json:"invoices"`
	// The sum of amount_remaining per currency id.
	Summary map[string]OverdueSum `json:"summary"`
	// What is past due and not uncollectible.
	PastDue PastDue `json:"past_due"`
}

// PastDue is what a customer owes on open invoices after their due day, and the sums per currency.
type PastDue struct {
	// The invoices, oldest first.
	Invoices []Invoice `json:"invoices"`
	// The sum of amount_remaining per currency id.
	Summary map[string]OverdueSum `json:"summary"`
}

// OverdueSum is what is owed in one currency.
type OverdueSum struct {
	// In the currency's smallest unit.
	Amount Amount `json:"amount"`
	// The currency.
	Currency PaymentCurrency `json:"currency"`
	// The payment method the currency belongs to.
	Method PaymentMethod `json:"method"`
}

// UnmarshalJSON decodes a sum and gives its amount the currency beside it.
func (s *OverdueSum) UnmarshalJSON(data []byte) error {
	type plain OverdueSum
	if err := json.Unmarshal(data, (*plain)(s)); err != nil {
		return err
	}
	s.Amount = s.Amount.In(s.Currency.ID)
	return nil
}

// Aging is what was outstanding on a day, by how long it had been due: open and uncollectible invoices, less what had
// been paid, credited or written off by then, each of its own date. With known_at it is what was known of that at the
// moment, which nothing that is recorded later changes.
type Aging struct {
	// The moment, or the end of the day: ISO-8601 UTC with milliseconds.
	AsOf Time `json:"as_of"`
	// The moment up to which what was recorded counts; absent when all that is known now does.
	KnownAt *Time `json:"known_at,omitempty"`
	// Per currency id; a currency in which there is nothing is left out.
	Currencies map[string]AgingBuckets `json:"currencies"`
	// With group_by=customer: how many customers owe or have money that is not applied, a page of them in the order of
	// their ids, and which page that is.
	Count  *int64          `json:"count,omitempty"`
	List   []CustomerAging `json:"list,omitzero"`
	Paging *Paging         `json:"paging,omitempty"`
}

// CustomerAging is what was outstanding of one customer.
type CustomerAging struct {
	// Who owed.
	CustomerID string `json:"customer_id"`
	// The customer's name and email address, as they are today.
	Name  string `json:"name"`
	Email string `json:"email"`
	// Per currency id, as of all customers.
	Currencies map[string]AgingBuckets `json:"currencies"`
}

// AgingBuckets are the outstanding amounts of one currency by calendar days, where the business is, past the due day.
type AgingBuckets struct {
	// Not due yet, or due on the day itself.
	NotDue Amount `json:"not_due"`
	// 1 to 30 days past due.
	Days1To30 Amount `json:"days_1_30"`
	// 31 to 60 days past due.
	Days31To60 Amount `json:"days_31_60"`
	// 61 to 90 days past due.
	Days61To90 Amount `json:"days_61_90"`
	// 91 days past due and more.
	DaysOver90 Amount `json:"days_over_90"`
	// The sum of the others: what was outstanding.
	Total Amount `json:"total"`
	// Money received that was not applied, beside what was outstanding.
	Unapplied Amount `json:"unapplied"`
}

func (b AgingBuckets) in(currency string) AgingBuckets {
	return AgingBuckets{
		NotDue: b.NotDue.In(currency), Days1To30: b.Days1To30.In(currency), Days31To60: b.Days31To60.In(currency),
		Days61To90: b.Days61To90.In(currency), DaysOver90: b.DaysOver90.In(currency), Total: b.Total.In(currency),
		Unapplied: b.Unapplied.In(currency),
	}
}

// UnmarshalJSON decodes the buckets and gives each the currency it stands under.
func (a *Aging) UnmarshalJSON(data []byte) error {
	type plain Aging
	if err := json.Unmarshal(data, (*plain)(a)); err != nil {
		return err
	}
	for currency, b := range a.Currencies {
		a.Currencies[currency] = b.in(currency)
	}
	for _, customer := range a.List {
		for currency, b := range customer.Currencies {
			customer.Currencies[currency] = b.in(currency)
		}
	}
	return nil
}

// ReceivablesSummary is where a business stands with all its customers, per currency id.
type ReceivablesSummary struct {
	// When the business stands so: ISO-8601 UTC with milliseconds.
	AsOf Time `json:"as_of"`
	// The moment up to which what was recorded counts; absent when all that is known now does.
	KnownAt *Time `json:"known_at,omitempty"`
	// The first and the last day, where the business is, that what happened is told of, both included: 2026-01-31; empty
	// for no bound.
	From string `json:"from"`
	To   string `json:"to"`
	// Per currency id; a currency in which there is nothing is left out.
	Currencies map[string]ReceivablesSum `json:"currencies"`
}

// ReceivablesSum is where a business stands in one currency on a day, and what happened in a time.
type ReceivablesSum struct {
	// What is left to pay on open and uncollectible invoices: past_due, overdue and what is not due yet.
	Outstanding Amount `json:"outstanding"`
	// Of it, on open invoices after their due day.
	PastDue Amount `json:"past_due"`
	// Of it, on uncollectible invoices.
	Overdue Amount `json:"overdue"`
	// Money received that is not applied.
	Unapplied Amount `json:"unapplied"`
	// The customers' credit.
	Credit Amount `json:"credit"`
	// How many invoices have something left to pay.
	Invoices int64 `json:"invoices"`
	// How many customers owe on them.
	Customers int64 `json:"customers"`

	// What was invoiced: the totals of the invoices that were issued in the time.
	Invoiced Amount `json:"invoiced"`
	// The money that was received, less what did not come after all.
	Collected Amount `json:"collected"`
	// The money and credit that was sent back.
	Refunded Amount `json:"refunded"`
	// What credit notes took back.
	CreditNotes Amount `json:"credit_notes"`
	// What is no longer owed because invoices were voided.
	WrittenOff Amount `json:"written_off"`
	// What was written off as bad debt, less what was paid after all.
	BadDebt Amount `json:"bad_debt"`
	// How many invoices were paid with money, less those that turned out not to be.
	PaidInvoices int64 `json:"paid_invoices"`
	// How many days paying took on average, from the date of issue to the day when they were paid, to a tenth; absent
	// when none was paid.
	AverageDaysToPay *float64 `json:"average_days_to_pay,omitempty"`
}

// UnmarshalJSON decodes the sums and gives each the currency it stands under.
func (s *ReceivablesSummary) UnmarshalJSON(data []byte) error {
	type plain ReceivablesSummary
	if err := json.Unmarshal(data, (*plain)(s)); err != nil {
		return err
	}
	for currency, sum := range s.Currencies {
		for _, a := range []*Amount{
			&sum.Outstanding, &sum.PastDue, &sum.Overdue, &sum.Unapplied, &sum.Credit, &sum.Invoiced, &sum.Collected,
			&sum.Refunded, &sum.CreditNotes, &sum.WrittenOff, &sum.BadDebt,
		} {
			*a = a.In(currency)
		}
		s.Currencies[currency] = sum
	}
	return nil
}

// Debtor is a customer who is late, in one currency.
type Debtor struct {
	// Who owes.
	CustomerID string `json:"customer_id"`
	// The customer's name and email address.
	Name  string `json:"name"`
	Email string `json:"email"`
	// The currency of the amounts.
	CurrencyID string `json:"currency_id"`
	// What is left to pay on uncollectible invoices.
	Overdue Amount `json:"overdue"`
	// What is left to pay on open invoices after their due day.
	PastDue Amount `json:"past_due"`
	// How many invoices those are.
	Invoices int64 `json:"invoices"`
	// The earliest due date among them, in unix seconds.
	OldestDueDate int64 `json:"oldest_due_date"`
	// The earliest due day among them.
	OldestDueDay Day `json:"oldest_due_day"`
}

// UnmarshalJSON decodes a debtor and gives its amounts their currency.
func (d *Debtor) UnmarshalJSON(data []byte) error {
	type plain Debtor
	if err := json.Unmarshal(data, (*plain)(d)); err != nil {
		return err
	}
	d.Overdue, d.PastDue = d.Overdue.In(d.CurrencyID), d.PastDue.In(d.CurrencyID)
	return nil
}

// Statement is a customer's account over a time, or with limit a part of it: what was owed before the first line, every
// movement by its date, what was owed after the last line.
type Statement struct {
	// Always "statement".
	Object string `json:"object"`
	// Whose account.
	Customer Customer `json:"customer"`
	// The first and the last moment: ISO-8601 UTC with milliseconds.
	From Time `json:"from"`
	To   Time `json:"to"`
	// The moment up to which what was recorded counts; absent when all that is known now does.
	KnownAt *Time `json:"known_at,omitempty"`
	// Of a part: the ending_before of the lines before it, and the starting_after of those after it; each absent when
	// there are none.
	Previous string `json:"previous,omitzero"`
	Next     string `json:"next,omitzero"`
	// Per currency id; a currency that never moved is left out.
	Currencies map[string]StatementAccount `json:"currencies"`
}

// StatementAccount is a customer's account in one currency. A balance is what the customer owes, less its credit: it is
// negative when the business owes the customer.
type StatementAccount struct {
	// The currency.
	Currency PaymentCurrency `json:"currency"`
	// What was owed before the first movement.
	OpeningBalance Amount `json:"opening_balance"`
	// Every movement by its date, and of one date as they were recorded.
	Lines []StatementLine `json:"lines"`
	// What was owed after the last movement.
	ClosingBalance Amount `json:"closing_balance"`
}

// StatementLine is a movement on an account.
type StatementLine struct {
	// The movement: a balance transaction's id.
	ID string `json:"id"`
	// The day from which on the books count it, where the business is.
	Date Day `json:"date"`
	// When it was recorded: ISO-8601 UTC with milliseconds.
	At Time `json:"at"`
	// Whether it was recorded on a later day than its date; absent when not.
	EnteredLater bool `json:"entered_later,omitzero"`
	// What happened, as on a balance transaction.
	Reason BalanceReason `json:"reason"`
	// What happened, in words.
	Description string `json:"description"`
	// The number of the invoice it is about; empty when it is about none.
	InvoiceNumber string `json:"invoice_number"`
	// By how much it changed what is owed: positive for a charge, negative for money or credit received, 0 when credit
	// was turned into payment.
	Amount Amount `json:"amount"`
	// What was owed after it.
	Balance Amount `json:"balance"`
}

// UnmarshalJSON decodes an account and gives its amounts the currency beside them.
func (s *StatementAccount) UnmarshalJSON(data []byte) error {
	type plain StatementAccount
	if err := json.Unmarshal(data, (*plain)(s)); err != nil {
		return err
	}
	currency := s.Currency.ID
	s.OpeningBalance, s.ClosingBalance = s.OpeningBalance.In(currency), s.ClosingBalance.In(currency)
	for i := range s.Lines {
		s.Lines[i].Amount, s.Lines[i].Balance = s.Lines[i].Amount.In(currency), s.Lines[i].Balance.In(currency)
	}
	return nil
}
