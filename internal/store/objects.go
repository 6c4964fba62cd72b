package store

import (
	"time"

	"clientele.dev"
)

// NameKind is a kind of name that at most one customer of a mode has.
type NameKind string

// The kinds of unique names.
const (
	NameDID        NameKind = "did"
	NameExternalID NameKind = "external_id"
	NamePrefix     NameKind = "invoice_prefix"
)

// Record is a stored object: its JSON is exactly what the wire answers.
type Record struct {
	ID        string
	Seq       Position
	Version   int64 // counts the object's changes from 1
	DeletedAt int64 // unix milliseconds; 0 when not deleted
	JSON      []byte
}

// StoredRow is an object with the values of its columns, in the order of its kind's.
type StoredRow struct {
	Record
	Livemode   clientele.Mode
	CustomerID string
	Values     []any
}

// ClaimedName is a unique name and whose it is: of the customer its id and its position.
type ClaimedName struct {
	Livemode clientele.Mode
	Ref      Ref
	Customer Record
}

// Ref names a customer: by ID, or else by another name.
type Ref struct {
	ID   string
	Kind NameKind
	Name string
}

// CustomerDocuments are the newest invoices, payments and subscriptions of a customer, and how many it has in all.
type CustomerDocuments struct {
	Invoices, Payments, Subscriptions             [][]byte
	InvoiceCount, PaymentCount, SubscriptionCount int64
}

// Document is an object as the wire answers it.
type Document struct {
	JSON     []byte
	Of       ObjectType // with ID: the object of which JSON is the Version; "" for another answer
	ID       string
	Version  int64 // of the object; 0 when it has none
	Created  bool  // the request made the object
	Replayed bool  // the answer was given before
}

// Answer is a kept answer to a request that may be repeated.
type Answer struct {
	Fingerprint [32]byte // of the request
	Document    Document
	Refusal     *clientele.Error // set when the request was refused
	At          time.Time
}
