package clientele

import "encoding/json"

// Types of events, in the vendor's words.
const (
	EventCustomerCreated  = "customer.created"
	EventCustomerUpdated  = "customer.updated"
	EventCustomerDeleted  = "customer.deleted"
	EventCustomerRestored = "customer.restored"

	EventInvoiceUpdated             = "invoice.updated"
	EventInvoiceDeleted             = "invoice.deleted"
	EventInvoiceCreated             = "invoice.created"
	EventInvoiceFinalized           = "invoice.finalized"
	EventInvoicePaid                = "invoice.paid"
	EventInvoiceMarkedUncollectible = "invoice.marked_uncollectible"
	EventInvoiceVoided              = "invoice.voided"

	EventPaymentSucceeded = "payment_intent.succeeded"
	EventPaymentUpdated   = "payment_intent.updated"
	EventPaymentCanceled  = "payment_intent.canceled"

	EventCreditNoteCreated = "credit_note.created"
	EventRefundCreated     = "refund.created"

	EventSubscriptionCreated = "customer.subscription.created"

	EventSettingsUpdated = "settings.updated"

	EventPaymentCurrencyCreated = "payment_currency.created"
	EventPaymentMethodCreated   = "payment_method.created"

	EventWebhookEndpointCreated = "webhook_endpoint.created"
	EventWebhookEndpointUpdated = "webhook_endpoint.updated"
	EventWebhookEndpointDeleted = "webhook_endpoint.deleted"
	EventWebhookEndpointPinged  = "webhook_endpoint.pinged" // is sent to the endpoint alone, whatever it is told of

	EventAPIKeyCreated = "api_key.created"
	EventAPIKeyRevoked = "api_key.revoked"

	EventApplicationCreated = "application.created" // of both modes, as are the next two
	EventApplicationUpdated = "application.updated" // one that was revoked is trusted again
	EventApplicationRevoked = "application.revoked"

	EventSessionCreated = "session.created" // somebody signed in

	EventPruningCreated = "pruning.created" // old events were removed
)

// Event says that an object changed. It is written in the transaction of the change, so nothing changes without one.
type Event struct {
	// Unique identifier, starting with evt_.
	ID string `json:"id"`
	// Always "event".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// customer.updated.
	Type string `json:"type"`
	// The version of this shape.
	APIVersion string `json:"api_version"`
	// customer.
	ObjectType string `json:"object_type"`
	// The object's id.
	ObjectID string `json:"object_id"`
	// The object's version after the change, counting from 1 without gaps.
	ObjectVersion int64 `json:"object_version"`
	// The object after the change, and what it was before.
	Data EventData `json:"data"`
	// Who asked for the change.
	Request EventRequest `json:"request"`
	// How many webhook endpoints are still to be told.
	PendingWebhooks int64 `json:"pending_webhooks"`
	// SHA-256, in hexadecimal digits, over the hash of the event before in the feed and what this one says; absent until
	// it has its place there, a moment after the change.
	Hash string `json:"hash,omitempty"`
	// ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
}

// EventData is what an event carries.
type EventData struct {
	// The object after the change; for a deletion, as it was.
	Object json.RawMessage `json:"object"`
	// The former values of the fields that changed; absent for a creation.
	PreviousAttributes map[string]json.RawMessage `json:"previous_attributes,omitempty"`
}

// EventRequest says who asked for a change.
type EventRequest struct {
	// The request's id, as the X-Request-Id header gave it.
	ID string `json:"id"`
	// The Idempotency-Key, when there was one.
	IdempotencyKey string `json:"idempotency_key,omitempty"`
	// The API key's or the application's id, or "system".
	RequestedBy string `json:"requested_by"`
}

// EventListParams says which events to list.
type EventListParams struct {
	// The id of the last event that you have: the list begins after it. From the beginning when absent.
	After string `query:"after"`
	// Only of this type, such as invoice.paid.
	Type string `query:"type"`
	// Only about the object with this id.
	ObjectID string `query:"object_id"`
	// Only about the customer with this id, and what belongs to it.
	CustomerID string `query:"customer_id"`
	// How many events at most, 1 to 1000; 100 when absent.
	Limit int64 `query:"limit"`
	// How many seconds, 0 to 60, to wait for an event when there is none yet; 0 when absent.
	Wait int64 `query:"wait"`
}

// EventList is a part of the events, oldest first.
type EventList struct {
	// The events, in the one order of all: who asks for those after the last misses none.
	List []Event `json:"list"`
	// Whether there are more already.
	HasMore bool `json:"has_more"`
}

// EventHead is the last event of a mode, with the hash that stands for all events up to it.
type EventHead struct {
	// Its id; empty when there is none.
	EventID string `json:"event_id"`
	// SHA-256, in hexadecimal digits, over the hash of the event before and what this one says.
	Hash string `json:"hash"`
}

// Pruning says that old events were removed, as the event of it has that.
type Pruning struct {
	// Unique identifier, starting with prn_.
	ID string `json:"id"`
	// Always "pruning".
	Object string `json:"object"`
	// True in live mode, false in test mode: whose events were removed.
	Livemode Mode `json:"livemode"`
	// How many.
	Removed int64 `json:"removed"`
	// Before when they were written, ISO-8601 UTC with milliseconds.
	Before Time `json:"before"`
	// ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
}
