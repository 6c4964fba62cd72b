package clientele

// Closing says that the books are closed up to a day: nothing dated on it or before is added, changed or taken back.
type Closing struct {
	// Unique identifier, starting with clo_.
	ID string `json:"id"`
	// Always "closing".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// The first day that it closed; absent when there was no other before.
	From Day `json:"from,omitzero"`
	// The last day that it closed.
	Through Day `json:"through"`
	// Whether it holds: false once it was reopened.
	Closed bool `json:"closed"`
	// A digest (SHA-256, in hexadecimal digits) over the digests of what is closed of each customer and currency, which
	// clientele verify proves; empty while it is being made.
	Digest string `json:"digest"`
	// How many movements are closed.
	Movements int64 `json:"movements"`
	// The accounts that the settings named then, onto which the journal books what is closed; absent when they named
	// none.
	Accounting Accounting `json:"accounting,omitzero"`
	// Who closed it: an API key's id, or "console".
	ClosedBy string `json:"closed_by"`
	// When, by whom and why it was reopened; absent unless it was.
	ReopenedAt *Time  `json:"reopened_at,omitempty"`
	ReopenedBy string `json:"reopened_by,omitempty"`
	Reason     string `json:"reason,omitempty"`
	// When it was closed, and last changed: ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
	UpdatedAt Time `json:"updated_at"`
}

// ClosingParams say up to which day the books are closed.
type ClosingParams struct {
	// The last day to close, such as 2026-10-31: at most yesterday where the business is, and later than the last that is
	// closed.
	Through *Day `json:"through"`
}

// ClosingReopenParams say why a closing is reopened.
type ClosingReopenParams struct {
	// Why, at most 1000 characters.
	Reason string `json:"reason"`
}

// Types of the events of closings.
const (
	EventClosingCreated  = "closing.created"
	EventClosingUpdated  = "closing.updated" // its digest is made
	EventClosingReopened = "closing.reopened"
)
