package store

import "clientele.dev"

// CustomerFilter selects customers of a mode. Zero fields do not restrict.
type CustomerFilter struct {
	Livemode   clientele.Mode
	Deleted    bool   // those who are deleted, in place of those who are not
	Names      []Ref  // has all of these unique names
	Email      string // lower case
	Delinquent *bool
	From, To   int64 // created at or after From and before To, unix milliseconds
	Metadata   []MetadataMatch
	Order      []Order
	Window
}

// Window is the part of a list that is asked for: by offset, or beside an object.
type Window struct {
	Limit, Offset int64
	// The id of the object the page starts after or ends before; at most one is set.
	After, Before string
}

// MetadataMatch selects by a metadata key: a string value equal to Value, or another value whose JSON is Value.
type MetadataMatch struct{ Key, Value string }

// Order is one key of a sort order.
type Order struct {
	Field string // created_at, updated_at, name, email; due_date for invoices
	Desc  bool
}

// InvoiceFilter selects invoices of a mode. Zero fields do not restrict.
type InvoiceFilter struct {
	Livemode   clientele.Mode
	CustomerID string
	CurrencyID string
	States     []clientele.InvoiceStatus
	IgnoreZero bool
	From, To   int64 // created at or after From and before To, unix milliseconds
	DueFrom    int64 // due at or after, unix seconds
	DueTo      int64 // due before, unix seconds
	Metadata   []MetadataMatch
	Order      []Order
	Window
}

// TextSearch asks for invoices, payments or refunds that match every term.
type TextSearch struct {
	Livemode      clientele.Mode
	Terms         [][]string // folded, see package fold; of each, one of several writings
	Order         []Order    // the newest first when empty
	Limit, Offset int64
}

// PaymentFilter selects payments of a mode. Zero fields do not restrict.
type PaymentFilter struct {
	Livemode   clientele.Mode
	CustomerID string
	InvoiceID  string // that it ever paid a part of
	CurrencyID string
	Status     clientele.PaymentStatus
	Unapplied  bool  // only those that have something left
	From, To   int64 // recorded at or after From and before To, unix milliseconds
	Metadata   []MetadataMatch
	Order      []Order
	Window
}

// LedgerFilter selects a customer's movements. Zero fields do not restrict.
type LedgerFilter struct {
	Livemode   clientele.Mode
	CustomerID string
	CurrencyID string
	Credit     bool // only those that changed the credit
	Window
}

// CreditNoteFilter selects credit notes of a mode. Zero fields do not restrict.
type CreditNoteFilter struct {
	Livemode   clientele.Mode
	CustomerID string
	InvoiceID  string
	Window
}

// RefundFilter selects refunds of a mode. Zero fields do not restrict.
type RefundFilter struct {
	Livemode   clientele.Mode
	CustomerID string
	CurrencyID string
	PaymentID  string
	InvoiceID  string
	Order      []Order // created_at alone
	Window
}

// MovementFilter selects movements: a customer's, or all of a mode. Zero fields do not restrict.
type MovementFilter struct {
	CustomerID string
	InvoiceID  string         // of the customer
	PaymentID  string         // of the customer
	Livemode   clientele.Mode // when CustomerID is ""
	From, To   int64          // at or after From and before To, as positions in time
}

// OutstandingFilter selects what was left to pay at a moment. Zero fields do not restrict.
type OutstandingFilter struct {
	Livemode   clientele.Mode
	CustomerID string
	CurrencyID string
	Until      int64 // unix milliseconds: what was recorded later does not count
}

// UnpaidFilter selects invoices of a mode that have something left to pay. Zero fields do not restrict.
type UnpaidFilter struct {
	Livemode   clientele.Mode
	CustomerID string
	CurrencyID string
}

// UnpaidAmount is what is left to pay on an invoice.
type UnpaidAmount struct {
	CustomerID string
	Status     clientele.InvoiceStatus
	DueDate    int64 // unix seconds
	DueDay     clientele.Day
	Left       clientele.Amount
}

// UnpaidInvoice is an invoice that has something left to pay.
type UnpaidInvoice struct {
	DueDay clientele.Day
	Left   clientele.Amount
	JSON   []byte
}

// CustomerSearch asks for customers that match every term.
type CustomerSearch struct {
	Livemode clientele.Mode
	Terms    []Term
	// PhoneTerms must match too, or else the phone have the digits in Phone, when that is not "".
	PhoneTerms []Term
	Phone      string
	// Whole is what ranks: fields equal to it come first, then fields that start with it. Nil when nothing ranks.
	Whole         *Term
	Order         []Order // in place of the ranking; the best matches first when empty
	Limit, Offset int64
}

// Term is a text that must occur in a field.
type Term struct {
	Field SearchField // "" for any
	Key   string      // a metadata key; Field is "" then
	Text  string      // folded, see package fold
	Or    string      // another writing of it, or ""
}
