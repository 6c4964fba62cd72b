package clientele

// PortalSession is an address at which a customer, for a while, sees what is due, the invoices and statements, and
// edits the own contact details; nothing else.
type PortalSession struct {
	// Unique identifier, starting with ps_. It opens nothing.
	ID string `json:"id"`
	// Always "portal_session".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// Whose it is.
	CustomerID string `json:"customer_id"`
	// Where to send the customer: a secret, which is shown this once. The same session also opens /customer/invoice/{id}
	// and /customer/invoice/past-due. Absent when the session has been ended.
	URL string `json:"url,omitempty"`
	// When it ends: ISO-8601 UTC with milliseconds.
	ExpiresAt Time `json:"expires_at"`
}
