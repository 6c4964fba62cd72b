package clientele

import "encoding/json"

// HistoryParams says which changes of an object to list.
type HistoryParams struct {
	// Which page, from 1; 1 when absent.
	Page int64 `query:"page"`
	// How many changes a page holds, 1 to 100; 20 when absent.
	PageSize int64 `query:"pageSize,limit,size"`
	// Also fields that follow from others, such as balances (true).
	All bool `query:"all"`
}

// Change is a change of an object: who made it, when, and what it was.
type Change struct {
	// ISO-8601 UTC with milliseconds.
	At Time `json:"at"`
	// What was done: customer.updated.
	Type string `json:"type"`
	// The API key's or the application's id, "system", or "import".
	By string `json:"by"`
	// The request's id, as the X-Request-Id header gave it.
	RequestID string `json:"request_id"`
	// The event that has it.
	EventID string `json:"event_id"`
	// The object's version after the change, counting from 1.
	ObjectVersion int64 `json:"object_version"`
	// The fields that changed, by their names; none when it was created or deleted.
	Changes []FieldChange `json:"changes"`
}

// FieldChange is a field before and after a change.
type FieldChange struct {
	// Its name; of a member of a field with its name too: address.city, metadata.plan.
	Field string `json:"field"`
	// What it was, null when it was not there.
	From json.RawMessage `json:"from"`
	// What it is, null when it is not there.
	To json.RawMessage `json:"to"`
}
