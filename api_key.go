package clientele

// APIKey is what opens the API in one mode: never its secret.
type APIKey struct {
	// Unique identifier, starting with key_.
	ID string `json:"id"`
	// Always "api_key".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// What the key is for.
	Name string `json:"name"`
	// What it allows: metrics, read, write or admin.
	Scope string `json:"scope"`
	// How the secret begins and ends.
	Hint string `json:"hint"`
	// Who made it: a key's id, a console link's, or command_line.
	CreatedBy string `json:"created_by"`
	// When it ends by itself; absent when it does not.
	ExpiresAt *Time `json:"expires_at,omitempty"`
	// From when on it is refused; absent while it was not revoked.
	RevokedAt *Time `json:"revoked_at,omitempty"`
	// When it was last used, within a minute; absent when it never was, and in events.
	LastUsedAt *Time `json:"last_used_at,omitempty"`
	// ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
}

// APIKeyCreated is a new key with its secret, which is shown this once.
type APIKeyCreated struct {
	APIKey
	// What goes into the header Authorization, after Bearer.
	Secret string `json:"secret"`
}
