package store

import (
	"context"
	"time"

	"clientele.dev"
)

// Store is an open database.
type Store interface {
	Transactions
	Access
	Leases
	// Ready says whether the database answers and can be written to, as far as is known.
	Ready(ctx context.Context) error
	// Figures are how large the database is, and how busy the connections to it.
	Figures(ctx context.Context) (Figures, error)
	// Close waits for the transactions under way and closes the database.
	Close() error
}

// Figures are how large a database is, and how busy the connections to it.
type Figures struct {
	Bytes, LogBytes   int64 // of the database, and of its write-ahead log where that is a file of its own
	Used, Connections int64 // connections, and how many there can be
}

// Transactions are how the rules read and write.
type Transactions interface {
	// View runs fn on one snapshot of the database. A request that gives up (ctx) ends it. fn may run more than once.
	View(ctx context.Context, fn func(Tx) error) error
	// Scan is View for what may take long: lists, searches and reports. Only so many run at once, so that they keep
	// nobody else from being answered; the others wait a moment and are then refused as
	// [clientele.ErrorCodeUnavailable].
	Scan(ctx context.Context, fn func(Tx) error) error
	// Update runs fn in one transaction and returns nil only when its changes are durable. When fn returns an error
	// nothing of it remains. fn may run more than once. It is not for lists, searches and sums, which need not show what
	// it has changed.
	Update(ctx context.Context, fn func(Tx) error) error
}

// Tx is one transaction or snapshot. Every look-up is bound to a mode: what belongs to the other is not found. Its
// parts are the resources.
type Tx interface {
	// Nested runs fn so that its changes are undone when it fails, while the transaction goes on.
	Nested(fn func() error) error
	// NextSeq returns a free position in time for a new object created at the moment: later than every object of the
	// same millisecond, so that positions, and the ids made of them, order objects by creation.
	NextSeq(kind Kind, at time.Time) (int64, error)
	// Contradictions calls fn with every stored row that contradicts its own document, or what it belongs to.
	Contradictions(fn func(id, text string)) error

	Customers
	Invoices
	Payments
	CreditNotes
	Refunds
	Ledger
	Sums
	Receivables
	Currencies
	Settings
	Events
	Answers
}

// Customers are customers, deleted ones among them, and their names.
type Customers interface {
	// Customer finds a customer that is not deleted by id or, when the id is empty, by DID or external id.
	Customer(mode clientele.Mode, ref Ref) (Record, bool, error)
	// DeletedCustomer finds a deleted customer by id.
	DeletedCustomer(mode clientele.Mode, id string) (Record, bool, error)
	// CustomersByID returns customers by id, deleted ones too.
	CustomersByID(mode clientele.Mode, ids []string) (map[string]Record, error)
	// ListCustomers returns the page and the exact count of everything that matches.
	ListCustomers(filter CustomerFilter) (page []Record, count int64, err error)
	// SearchCustomers returns the page, best matches first, and the exact count of everything that matches.
	SearchCustomers(search CustomerSearch) (page []Record, count int64, err error)
	// SaveCustomer writes after, whose record says position, version and whether it is hidden; before is nil for a new
	// one. The names, search index and counts follow. Names must have been claimed.
	SaveCustomer(rec Record, before, after *clientele.Customer) error
	// ClaimName gives the unique name to the customer and returns "", or the id of the customer that has it. A database
	// may say the latter only when it runs the transaction again.
	ClaimName(mode clientele.Mode, kind NameKind, name string, customer Record) (holder string, err error)
	// ReleaseName frees a name.
	ReleaseName(mode clientele.Mode, kind NameKind, name string) error
	// CustomerDocuments returns the invoices and payments of customers, by their ids: up to limit of each, newest first.
	CustomerDocuments(customerIDs []string, limit int64) (map[string]CustomerDocuments, error)
	// CustomersAfter returns up to limit customers of both modes, deleted ones too, from after a position on.
	CustomersAfter(seq, limit int64) ([]Record, error)
	// CountCustomers counts the customers of both modes, deleted ones too.
	CountCustomers() (int64, error)
}

// Invoices reads and writes invoices, and finds those that are due or can be paid.
type Invoices interface {
	// Invoice finds an invoice by id.
	Invoice(mode clientele.Mode, id string) (Record, bool, error)
	// InvoiceByNumber finds the invoice with a printed number, whatever its case, width and spacing (see [fold.Label]),
	// which no two invoices of a mode have, unless they had it before that was so: then the one that has it exactly.
	InvoiceByNumber(mode clientele.Mode, number string) (Record, bool, error)
	// ListInvoices returns the page and the exact count of everything that matches.
	ListInvoices(filter InvoiceFilter) (docs [][]byte, count int64, err error)
	// SearchInvoices returns the page and the exact count of everything that matches.
	SearchInvoices(search TextSearch) (docs [][]byte, count int64, err error)
	// CustomerInvoices returns a customer's invoices, newest first; in any state when none is named.
	CustomerInvoices(customerID string, states ...clientele.InvoiceStatus) (docs [][]byte, err error)
	// PayableInvoices calls fn with a customer's open and uncollectible invoices in a currency, the oldest due first,
	// until fn wants no more. fn may change them.
	PayableInvoices(customerID, currencyID string, fn func(Record) (more bool, err error)) error
	// CreditedInvoices returns the invoices that a customer's credit in a currency paid, in whole or in part, newest
	// first.
	CreditedInvoices(customerID, currencyID string) ([]Record, error)
	// LateInvoices returns up to limit open invoices that nothing holds at a moment in unix seconds and that are late on
	// a day by more days than their customers allow, or than days; never for days below 0.
	LateInvoices(mode clientele.Mode, now int64, today clientele.Day, days, limit int64) ([]Record, error)
	// SaveInvoice writes the invoice; before, what is stored of it, is nil when it is new.
	SaveInvoice(rec Record, before, after *clientele.Invoice) error
	// DeleteInvoice removes a draft.
	DeleteInvoice(rec Record, invoice *clientele.Invoice) error
}

// Payments are payments.
type Payments interface {
	// Payment finds a payment by id.
	Payment(mode clientele.Mode, id string) (Record, bool, error)
	// PaymentsByID returns payments by id.
	PaymentsByID(mode clientele.Mode, ids []string) (map[string]Record, error)
	// ListPayments returns the page and the exact count of everything that matches.
	ListPayments(filter PaymentFilter) (docs [][]byte, count int64, err error)
	// CustomerPayments returns all payments of a customer, newest first.
	CustomerPayments(customerID string) (docs [][]byte, err error)
	// InvoicePayments returns the ids of the payments that ever paid an invoice.
	InvoicePayments(invoiceID string) ([]string, error)
	// LastPayments returns, by invoice, the id of the last payment that paid a part of it, reversed or not. The customers
	// are those of the invoices.
	LastPayments(customerIDs, invoiceIDs []string) (map[string]string, error)
	// DuplicatePayment finds a customer's oldest payment that was not reversed and has the same amount, currency
	// and reference, whatever its case, width and spacing; "" when there is none.
	DuplicatePayment(p *clientele.Payment) (id string, err error)
	// SearchPayments returns the page and the exact count of everything that matches.
	SearchPayments(search TextSearch) (docs [][]byte, count int64, err error)
	// SavePayment writes the payment; a record of version 1 is new.
	SavePayment(rec Record, p *clientele.Payment) error
}

// Refunds are refunds.
type Refunds interface {
	// Refund finds a refund by id.
	Refund(mode clientele.Mode, id string) (Record, bool, error)
	// ListRefunds returns the page, newest first, and the exact count of everything that matches.
	ListRefunds(filter RefundFilter) (docs [][]byte, count int64, err error)
	// SearchRefunds returns the page and the exact count of everything that matches.
	SearchRefunds(search TextSearch) (docs [][]byte, count int64, err error)
	// AddRefund writes a new refund.
	AddRefund(rec Record, r clientele.Refund) error
}

// CreditNotes are credit notes.
type CreditNotes interface {
	// CreditNote finds a credit note by id.
	CreditNote(mode clientele.Mode, id string) (Record, bool, error)
	// CreditNotes returns an invoice's credit notes, oldest first.
	CreditNotes(invoiceID string) (docs [][]byte, err error)
	// ListCreditNotes returns the page, newest first, and the exact count of everything that matches.
	ListCreditNotes(filter CreditNoteFilter) (docs [][]byte, count int64, err error)
	// AddCreditNote writes a new credit note.
	AddCreditNote(rec Record, n clientele.CreditNote) error
}

// Ledger is every customer's movements, only ever appended to.
type Ledger interface {
	// LedgerEnd returns where a customer's ledger ended before a position, and its balances in a currency.
	LedgerEnd(customerID, currencyID string, before int64) (LedgerEnd, error)
	// AppendToLedger appends movements, of which the positions of one customer's rise.
	AppendToLedger(movements []Movement) error
	// Movements calls fn with the movements that match, oldest first.
	Movements(filter MovementFilter, fn func(Movement) error) error
	// ListLedger returns the page, newest first, and the exact count of everything that matches.
	ListLedger(filter LedgerFilter) (page []Movement, count int64, err error)
}

// Sums are what the movements of all customers of a mode come to, kept by the day of the movement.
type Sums interface {
	// AddToSums adds to the sums.
	AddToSums(mode clientele.Mode, parts []SumPart) error
	// Sums calls fn with parts of which the figures of a mode are made up, from one day to another, both included. Of
	// their days nothing is said.
	Sums(mode clientele.Mode, figures []Figure, from, to int64, fn func(SumPart)) error
	// StoredSums calls fn with all sums of all days and modes, at each level.
	StoredSums(fn func(mode clientele.Mode, level int, part SumPart)) error
}

// Receivables are what is left to pay, summed or in parts.
type Receivables interface {
	// CountUnpaidInvoices counts a customer's open and uncollectible invoices with something left to pay.
	CountUnpaidInvoices(customerID string) (int64, error)
	// UnpaidInvoices returns a customer's invoices in a state that have something left to pay, oldest first.
	UnpaidInvoices(customerID string, status clientele.InvoiceStatus) ([]UnpaidInvoice, error)
	// ChangedOverdueInvoices returns up to limit uncollectible invoices of a mode that have something left to pay and
	// changed at or after a moment in unix milliseconds, the latest change first.
	ChangedOverdueInvoices(mode clientele.Mode, since, limit int64) (docs [][]byte, err error)
	// HasOverdueInvoice says whether a customer has an uncollectible invoice with something left to pay.
	HasOverdueInvoice(customerID string) (bool, error)
	// Outstanding calls fn with what was left to pay by each customer on each due day, in parts, customer by customer.
	Outstanding(filter OutstandingFilter, fn func(customerID string, due clientele.Day, part clientele.Amount)) error
	// UnappliedCustomers returns the customers, or the one, that had money which was not applied at a moment in unix
	// milliseconds, or have now; others may be among them.
	UnappliedCustomers(mode clientele.Mode, customerID string, at int64, now bool) ([]string, error)
	// UnpaidAmounts calls fn with what is left to pay of every invoice that matches.
	UnpaidAmounts(filter UnpaidFilter, fn func(UnpaidAmount)) error
}

// Currencies are currencies and payment methods.
type Currencies interface {
	// PaymentCurrency finds a currency by id, or the base currency when the id is empty.
	PaymentCurrency(mode clientele.Mode, id string) (c clientele.PaymentCurrency, found bool, err error)
	// PaymentCurrencies and PaymentMethods return all of a mode, oldest first.
	PaymentCurrencies(mode clientele.Mode) ([]clientele.PaymentCurrency, error)
	PaymentMethods(mode clientele.Mode) ([]clientele.PaymentMethod, error)
	// AddPaymentCurrency and AddPaymentMethod write new ones.
	AddPaymentCurrency(c clientele.PaymentCurrency) error
	AddPaymentMethod(m clientele.PaymentMethod) error
}

// Settings are a mode's settings.
type Settings interface {
	// Settings returns a mode's settings and their version, which is 0 when there are none.
	Settings(mode clientele.Mode) (settings clientele.Settings, version int64, err error)
	// SettingsAt returns a mode's settings as they were at a version; those of when versions began to be kept at 0.
	SettingsAt(mode clientele.Mode, version int64) (settings clientele.Settings, found bool, err error)
	// SaveSettings writes a mode's settings, and keeps them by their version.
	SaveSettings(rec Record, settings clientele.Settings) error
}

// Events are the events, and the objects they are about.
type Events interface {
	// AddEvent appends to the events.
	AddEvent(e EventRecord) error
	// ObjectEvents returns the events of an object, oldest first.
	ObjectEvents(kind ObjectType, id string) ([]EventRecord, error)
	// DeletedInvoices returns the ids of a customer's drafts that were deleted.
	DeletedInvoices(customerID string) (ids []string, err error)
	// EventsAfter returns up to limit events from after a position on, in order.
	EventsAfter(seq, limit int64) ([]EventRecord, error)
	// LatestEvents returns the last events, newest first.
	LatestEvents(mode clientele.Mode, limit int64) ([]EventRecord, error)
	// Object returns an object of either mode as it is now, deleted customers too, and its version; nil for none.
	Object(kind ObjectType, id string) (doc []byte, version int64, err error)
}

// Answers are the answers given to requests that may be sent again.
type Answers interface {
	// ClaimAnswer finds the answer given to a repeatable request, if it was given after the moment. When there is none,
	// whoever else claims it, on any server, waits until this transaction has ended and sees what came of it.
	ClaimAnswer(actor, key string, after time.Time) (Answer, bool, error)
	// SaveAnswer keeps an answer.
	SaveAnswer(actor, key string, a Answer) error
	// ForgetAnswers drops up to limit answers given before the moment and says how many.
	ForgetAnswers(before time.Time, limit int) (int64, error)
}
