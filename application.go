package clientele

// Application is a program that the server trusts to sign its requests, in both modes, as its events have it.
type Application struct {
	// Unique identifier, starting with app_.
	ID string `json:"id"`
	// Always "application".
	Object string `json:"object"`
	// What the application is called.
	Name string `json:"name"`
	// Its Ed25519 public key: 64 hexadecimal digits.
	PublicKey string `json:"public_key"`
	// From when on it is refused; absent while it is trusted.
	RevokedAt *Time `json:"revoked_at,omitempty"`
	// Since when it is trusted, ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
}

// Session is what somebody may do in the console for a while, as the event of signing in has it.
type Session struct {
	// Unique identifier, starting with ses_. It opens nothing.
	ID string `json:"id"`
	// Always "session".
	Object string `json:"object"`
	// True in live mode, false in test mode. Who signs in for both modes has a session in each.
	Livemode Mode `json:"livemode"`
	// By what it was opened: the id of an API key, or that of a one-time link.
	OpenedBy string `json:"opened_by"`
	// When it ends by itself, ISO-8601 UTC with milliseconds.
	ExpiresAt Time `json:"expires_at"`
	// ISO-8601 UTC with milliseconds.
	CreatedAt Time `json:"created_at"`
}
