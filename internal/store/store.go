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
	Loads
	// PlaceEvents gives positions and hashes to the events that have none, which happens by itself a moment after they
	// were written.
	PlaceEvents(ctx context.Context) error
	// Ready says whether the database answers and can be written to, as far as is known.
	Ready(ctx context.Context) error
	// Figures are how large the database is, and how busy the connections to it.
	Figures(ctx context.Context) (Figures, error)
	// Close waits for the transactions under way and closes the database.
	Close() error
}

// Loads are how very many objects are written into an empty database.
type Loads interface {
	// BeginLoads makes a database ready for them, of which nobody may ask anything before EndLoads.
	BeginLoads(ctx context.Context) error
	// Load is Update for new objects, which a database may write at once.
	Load(ctx context.Context, fn func(Tx) error) error
	// EndLoads ends what was begun, also by somebody who was stopped meanwhile.
	EndLoads(ctx context.Context) error
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
	// Remembered is View for an answer about one customer and what belongs to it, and nothing else: fn says whose it is.
	// It may be the answer that was given before to who asked by the same name, if nothing of the customer has changed
	// since, by anybody. The answer is not to be written into.
	Remembered(ctx context.Context, mode clientele.Mode, name string, fn Answering) (Document, error)
	// Scan is View for what may take long: lists, searches and reports. Only so many run at once, so that they keep
	// nobody else from being answered; the others wait a moment and are then refused as
	// [clientele.ErrorCodeUnavailable].
	Scan(ctx context.Context, fn func(Tx) error) error
	// Update runs fn in one transaction and returns nil only when its changes are durable. When fn returns an error
	// nothing of it remains. fn may run more than once. It is not for lists, searches and sums, which need not show what
	// it has changed.
	Update(ctx context.Context, fn func(Tx) error) error
}

// Answering answers about one customer, and says whose id that is.
type Answering func(Tx) (doc Document, customerID string, err error)

// View is the function that runs within a view: it remembers nothing.
func (a Answering) View(doc *Document) func(Tx) error {
	return func(tx Tx) (err error) {
		*doc, _, err = a(tx)
		return err
	}
}

// Verified is what verifying reads.
type Verified interface {
	// Contradictions calls fn with every stored row that contradicts what it belongs to, or how many there are.
	Contradictions(fn func(id, text string)) error
	// BooksOf returns what belongs to the first of some customers of a mode, in their order: to one at least, and to as
	// many as a database reads at once.
	BooksOf(mode clientele.Mode, customerIDs []string) ([]Books, error)
}

// Books are what belongs to a customer: documents newest first, movements and the events of each object oldest first.
type Books struct {
	Invoices, Payments []Record
	Movements          []Movement
	Events             map[string][]EventRecord // by object, of the customer too
}

// Tx is one transaction or snapshot. Every look-up is bound to a mode: what belongs to the other is not found.
type Tx interface {
	// Nested runs fn so that its changes are undone when it fails, while the transaction goes on.
	Nested(fn func() error) error
	Verified

	Described
	CustomerLookups
	Allocations
	Ledger
	Undated
	ClosedDays
	Sums
	Receivables
	PaymentCurrency
	Events
	Answers
	Moved
	// Webhooks are what endpoints are told.
	Webhooks() Webhooks
	// Pruning is how old events are removed.
	Pruning() Pruning
}

// Described are objects of every kind that is described, see [Kind].
type Described interface {
	// NextSeq returns a free position in time for a new object created at the moment: later than every object of the
	// same millisecond, so that positions, and the ids made of them, order objects by creation.
	NextSeq(k *Kind, at time.Time) (Position, error)
	// Get finds an object by id, a deleted one too. In a transaction that writes, the customer that it is of is locked.
	Get(k *Kind, mode clientele.Mode, id string) (Record, bool, error)
	// GetAll returns objects by id, deleted ones too.
	GetAll(k *Kind, mode clientele.Mode, ids []string) (map[string]Record, error)
	// List returns the page and the exact count of everything that is selected. It is for what users ask.
	List(k *Kind, q Query) (page []Record, count int64, err error)
	// Select returns all that is selected, or the window of it when its limit is not 0. It is for what rules ask: few
	// forms of queries, of which each finds what it wants in an index.
	Select(k *Kind, q Query) ([]Record, error)
	// Count counts what is selected, for rules as Select is.
	Count(k *Kind, q Query) (int64, error)
	// Search returns the page of what is found by its text, and the exact count of everything that is.
	Search(k *Kind, s TextSearch) (page []Record, count int64, err error)
	// Save writes an object's next version, and what it is found and counted by; before is nil for a new one. The names
	// of a customer must have been claimed. See [Objects.Save].
	Save(k *Kind, rec Record, before, after *Row) error
	// Delete removes an object for good, which is at the record's version. See [Objects.Delete].
	Delete(k *Kind, rec Record, row *Row) error
	// RowsAfter returns up to limit objects of both modes, deleted ones too, from after a position on, with the values of
	// their columns as they are stored.
	RowsAfter(k *Kind, seq Position, limit int64) ([]StoredRow, error)
}

// CustomerLookups are how customers are found by more than their ids.
type CustomerLookups interface {
	// Customer finds a customer that is not deleted by id or, when the id is empty, by a unique name.
	Customer(mode clientele.Mode, ref Ref) (Record, bool, error)
	// SearchCustomers returns the page, best matches first, and the exact count of everything that matches.
	SearchCustomers(search CustomerSearch) (page []Record, count int64, err error)
	// ClaimName gives the unique name to the customer and returns "", or the id of the customer that has it. A database
	// may say the latter only when it runs the transaction again.
	ClaimName(mode clientele.Mode, kind NameKind, name string, customer Record) (holder string, err error)
	// ReleaseName frees a name.
	ReleaseName(mode clientele.Mode, kind NameKind, name string) error
	// CustomerDocuments returns the invoices, payments and subscriptions of customers, by their ids: up to limit of
	// each, newest first.
	CustomerDocuments(customerIDs []string, limit int64) (map[string]CustomerDocuments, error)
}

// Allocations are what payments and invoices ask of each other.
type Allocations interface {
	// InvoiceByNumber finds the invoice with a printed number, whatever its case, width and spacing (see [fold.Label]),
	// which no two invoices of a mode have.
	InvoiceByNumber(mode clientele.Mode, number string) (Record, bool, error)
	// PayableInvoices calls fn with a customer's open and uncollectible invoices in a currency, the oldest due first,
	// until fn wants no more. fn may change them.
	PayableInvoices(customerID, currencyID string, fn func(Record) (more bool, err error)) error
	// LateInvoices returns up to limit open invoices that nothing holds at a moment in unix seconds and that are late on
	// a day by more days than their customers allow, or than days; never for days below 0. It finds them by indexes;
	// whether the collection of one ends is decided above.
	LateInvoices(mode clientele.Mode, now int64, today clientele.Day, days, limit int64) ([]Record, error)
	// LastPayments returns, by invoice, the id of the last payment that paid a part of it, reversed or not. The customers
	// are those of the invoices.
	LastPayments(customerIDs, invoiceIDs []string) (map[string]string, error)
}

// Ledger is every customer's movements, only ever appended to.
type Ledger interface {
	// LedgerEnd returns where a customer's ledger ended before a position, and its balances in a currency.
	LedgerEnd(customerID, currencyID string, before Position) (LedgerEnd, error)
	// LastInOrder returns where a customer's ledger ended, before a position, with the last movement in a currency that
	// stands before a place in the books and is not dated before one that was recorded earlier: its balances are those
	// before the place, but for what was recorded after it and stands before the place.
	LastInOrder(customerID, currencyID string, place BookPlace, before Position) (LedgerEnd, error)
	// AppendToLedger appends movements, of which the positions of one customer's rise.
	AppendToLedger(movements []Movement) error
	// Movements calls fn with the movements that match, oldest first.
	Movements(filter MovementFilter, fn func(Movement) error) error
	// ListLedger returns the page, newest first, and the exact count of everything that matches.
	ListLedger(q Query) (page []Movement, count int64, err error)
}

// Undated is what is left of the ledger of before its movements had dates.
type Undated interface {
	// UndatedCustomers returns up to limit customers who have movements without dates.
	UndatedCustomers(limit int64) ([]string, error)
	// DateMovements writes the dates of movements, their days of recording and their last dates.
	DateMovements(movements []Movement) error
}

// ClosedDays are what keeps days closed, beside the closings, which are objects.
type ClosedDays interface {
	// ClosedThrough is the last closed day of a mode, 0 when none is. In a transaction that writes, whoever closes (which
	// begins with reading all closings) waits until it has ended.
	ClosedThrough(mode clientele.Mode) (clientele.Day, error)
	// SaveClosingDigests keeps digests; one that is kept already stays.
	SaveClosingDigests(digests []ClosingDigest) error
	// ClosingDigests calls fn with the digests of a closing, or of some of its customers, by customer and currency.
	ClosingDigests(closingID string, customerIDs []string, fn func(ClosingDigest)) error
}

// Sums are what the movements of all customers of a mode come to, kept by their dates.
type Sums interface {
	// AddToSums adds to the sums.
	AddToSums(mode clientele.Mode, parts []SumPart) error
	// Sums calls fn with parts of which the figures of a mode are made up, of dates. Of their days nothing is said.
	Sums(mode clientele.Mode, figures []Figure, dates Days, fn func(SumPart)) error
	// LateSums is Sums for what was recorded on another day than that of its date, on days in a range.
	LateSums(mode clientele.Mode, figures []Figure, dates, recorded Days, fn func(SumPart)) error
	// StoredSums calls fn with all sums of both modes, at each level: of a part the figure, the due day and the amount.
	StoredSums(fn func(mode clientele.Mode, cell SumCell, part SumPart)) error
}

// Receivables are what is left to pay, summed or in parts.
type Receivables interface {
	// UnpaidInvoices returns a customer's invoices in a state that have something left to pay, oldest first.
	UnpaidInvoices(customerID string, status clientele.InvoiceStatus) ([]UnpaidInvoice, error)
	// Outstanding calls fn with what was left to pay on every invoice that had something left.
	Outstanding(filter OutstandingFilter, fn func(UnpaidAmount)) error
	// UnappliedCustomers returns the customers of a mode that had money which was not applied; others may be among them.
	UnappliedCustomers(filter OutstandingFilter) ([]string, error)
	// UnpaidAmounts calls fn with what is left to pay of every invoice that matches.
	UnpaidAmounts(filter UnpaidFilter, fn func(UnpaidAmount)) error
}

// PaymentCurrency is how one currency is found.
type PaymentCurrency interface {
	// PaymentCurrency finds a currency by id, or the base currency when the id is empty.
	PaymentCurrency(mode clientele.Mode, id string) (c clientele.PaymentCurrency, found bool, err error)
}

// Events are what happened to objects.
type Events interface {
	// AddEvent appends to the events.
	AddEvent(e EventRecord) error
	// Events returns the events that are selected.
	Events(q EventQuery) ([]EventRecord, error)
	// Feed returns the events that have positions and are selected, in their order. An event gets its position, soon,
	// after what became visible before it had one: who has seen one has seen all that there will be before it.
	Feed(q FeedQuery) ([]EventRecord, error)
	// FeedEnd is the last event that has a position.
	FeedEnd() (FeedEnd, error)
}

// Pruning removes old events, which have positions, and keeps what proves the others.
type Pruning interface {
	// KeepState keeps the object as an event left it, whole.
	KeepState(e EventRecord, state []byte) error
	// Prune removes an event, but for its [PrunedEvent].
	Prune(e EventRecord) error
	// Pruned are events that were removed, up to limit, from after a position up to another, in their order.
	Pruned(after, through, limit int64) ([]PrunedEvent, error)
	// CountPruned is how many were removed.
	CountPruned() (int64, error)
	// AddPruned adds one that was removed of another database; one that is there stays.
	AddPruned(p PrunedEvent) error
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

// Moved is what a database has beside its objects and ledgers, for another to have it too.
type Moved interface {
	// NamesAfter returns up to limit unique names of the customers of both modes, in their order, from after one on.
	NamesAfter(name ClaimedName, limit int64) ([]ClaimedName, error)
	// KeptAnswers calls fn with the answers that are kept.
	KeptAnswers(fn func(actor, key string, a Answer)) error
}
