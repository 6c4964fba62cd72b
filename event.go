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

	EventAPIKeyCreated = "api_key.created"
	EventAPIKeyRevoked = "api_key.revoked"
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
