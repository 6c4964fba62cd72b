package store

import "clientele.dev"

// TextSearch asks for invoices, payments or refunds that match every term.
type TextSearch struct {
	Livemode      clientele.Mode
	Terms         [][]string // folded, see package fold; of each, one of several writings
	Order         []Order    // the newest first when empty
	Limit, Offset int64
}

// MovementFilter selects movements: a customer's, or all of a mode. Zero fields do not restrict.
type MovementFilter struct {
	CustomerID string
	Customers  []string                  // in place of CustomerID: those of several, one customer's after the other's
	ID         string                    // of the customer: that one
	InvoiceID  string                    // of the customer
	PaymentID  string                    // of the customer
	CurrencyID string                    // with CustomerID: in the order of the books, which is that of the dates
	Since      BookPlace                 // with CurrencyID: at that place or after it
	Before     BookPlace                 // with CurrencyID: before that place; the zero one is open
	Late       bool                      // with CurrencyID: only those dated before one that was recorded earlier
	Without    []clientele.BalanceReason // with CurrencyID: not those of these reasons
	Backwards  bool                      // with CurrencyID: the last come first
	Livemode   clientele.Mode            // when CustomerID is ""
	Recorded   Days                      // with Livemode: when they were recorded, where the business was
	Dated      Days                      // with Livemode, in place of Recorded: in the order of the books
	After      BookPlace                 // with Dated: after that one; the zero place is before all
	Limit      int64                     // with CurrencyID or Dated: at most so many; 0 is all
	From, To   Position                  // at or after From and before To; 0 is open
}

// OutstandingFilter selects what was left to pay on a day, of what was recorded before a position. Empty texts do not
// restrict.
type OutstandingFilter struct {
	Livemode   clientele.Mode
	CustomerID string
	CurrencyID string
	Day        clientele.Day
	Until      Position
	// What was settled by this moment, in unix milliseconds, was on the day too.
	SettledAfter int64
	Now          bool // the day is today, and all counts that is known
}

// EventQuery selects events: of an object, oldest first; the latest of a mode, newest first; or those of a type and a
// customer. Those without a position are among them.
type EventQuery struct {
	ObjectType ObjectType // with ObjectID
	ObjectID   string
	From, To   int64 // with ObjectID: of these versions, both included; 0 is open
	Latest     bool  // of Livemode
	Livemode   clientele.Mode
	CustomerID string // with Type
	Type       string
	Limit      int64
}

// FeedQuery selects events from after a position on, in the one order of all. Zero fields do not restrict.
type FeedQuery struct {
	BothModes  bool           // in place of Livemode
	Livemode   clientele.Mode // of what restricts
	ObjectID   string
	CustomerID string
	Type       string
	After      int64
	Limit      int64
	// Unplaced selects in their place all events of both modes that have no position yet, in the order that they will
	// have.
	Unplaced bool
}

// FeedEnd is the last event that has a position.
type FeedEnd struct {
	Seq  int64  // 0 when there is none
	Hash []byte // nil when there is none, or when it has no hash yet
}

// UnpaidFilter selects invoices of a mode that have something left to pay. Zero fields do not restrict.
type UnpaidFilter struct {
	Livemode   clientele.Mode
	CustomerID string
	CurrencyID string
	Issued     clientele.Day // by which they were issued
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
