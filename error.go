package clientele

import "fmt"

// Code says what kind of error an [Error] is; each has one HTTP status.
type Code string

// The kinds of errors.
const (
	Invalid           Code = "invalid"             // 400: a value that cannot be accepted; Field names it
	Unauthorized      Code = "unauthorized"        // 401: no credentials, or not good ones
	Forbidden         Code = "forbidden"           // 403: the credentials do not allow this
	NotFound          Code = "not_found"           // 404
	MethodNotAllowed  Code = "method_not_allowed"  // 405
	Conflict          Code = "conflict"            // 409: the state of things does not allow this
	PreconditionFail  Code = "precondition_failed" // 412: If-Match names another version
	TooLarge          Code = "too_large"           // 413
	UnsupportedMedia  Code = "unsupported_media"   // 415
	IdempotencyReused Code = "idempotency_reused"  // 422: the Idempotency-Key was used for another request
	Internal          Code = "internal"            // 500: our fault; the log has the request id
	Unavailable       Code = "unavailable"         // 503: try again in a moment
)

// Error is an error as a client sees it. Its JSON is the body of every error answer.
type Error struct {
	// What is wrong and what to do, for people.
	Message string `json:"error"`
	// What kind of error it is, for programs.
	Code Code `json:"code"`
	// The field or parameter at fault, as a path: metadata.plan, lines[0].quantity.
	Field string `json:"field,omitempty"`
	// The request's id, to be found in the server's log.
	RequestID string `json:"request_id,omitempty"`
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Errorf makes an error of a code about a field ("" for none).
func Errorf(code Code, field, format string, args ...any) *Error {
	return &Error{Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}
