package clientele

import (
	"errors"
	"fmt"
)

// ErrorCode says what kind of error an [Error] is; each has one HTTP status.
type ErrorCode string

// The kinds of errors.
const (
	ErrorCodeInvalid            ErrorCode = "invalid"             // 400: a value that cannot be accepted; Field names it
	ErrorCodeUnauthorized       ErrorCode = "unauthorized"        // 401: no credentials, or not good ones
	ErrorCodeForbidden          ErrorCode = "forbidden"           // 403: the credentials do not allow this
	ErrorCodeNotFound           ErrorCode = "not_found"           // 404
	ErrorCodeNotSupported       ErrorCode = "not_supported"       // 404: the vendor has this, and Clientele does not
	ErrorCodeMethodNotAllowed   ErrorCode = "method_not_allowed"  // 405
	ErrorCodeConflict           ErrorCode = "conflict"            // 409: the state of things does not allow this
	ErrorCodeGone               ErrorCode = "gone"                // 410: it was here, and was removed
	ErrorCodePreconditionFailed ErrorCode = "precondition_failed" // 412: If-Match names another version
	ErrorCodeTooLarge           ErrorCode = "too_large"           // 413
	ErrorCodeUnsupportedMedia   ErrorCode = "unsupported_media"   // 415
	ErrorCodeIdempotencyReused  ErrorCode = "idempotency_reused"  // 422: the Idempotency-Key was used for another request
	ErrorCodeInternal           ErrorCode = "internal"            // 500: our fault; the log has the request id
	ErrorCodeStorageFull        ErrorCode = "storage_full"        // 507: the disk of the database is full
	ErrorCodeUnavailable        ErrorCode = "unavailable"         // 503: try again in a moment
)

// Error is an error as a client sees it. Its JSON is the body of every error answer.
type Error struct {
	// What is wrong and what to do, for people.
	Message string `json:"error"`
	// What kind of error it is, for programs.
	Code ErrorCode `json:"code"`
	// The field or parameter at fault, as a path: metadata.plan, lines[0].quantity.
	Field string `json:"field,omitempty"`
	// Every value that cannot be accepted, the first included, in the order of the documentation; only of code invalid.
	Errors []FieldError `json:"errors,omitempty"`
	// The request's id, to be found in the server's log.
	RequestID string `json:"request_id,omitempty"`
}

// FieldError says what is wrong with one field or parameter.
type FieldError struct {
	// The field or parameter, as a path: metadata.plan, lines[0].quantity.
	Field string `json:"field"`
	// What is wrong and what to do, for people.
	Message string `json:"message"`
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Errorf makes an error of a code about a field ("" for none).
func Errorf(code ErrorCode, field, format string, args ...any) *Error {
	return &Error{Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

// JoinInvalid makes one error of several, some of them nil: the first, with every invalid value in its Errors. An error
// that is not about an invalid value goes before all others.
func JoinInvalid(errs ...error) error {
	var joined *Error
	for _, err := range errs {
		var e *Error
		switch {
		case err == nil:
			continue
		case !errors.As(err, &e) || e.Code != ErrorCodeInvalid:
			return err
		case joined == nil:
			copied := *e
			copied.Errors = e.fieldErrors()
			joined = &copied
		default:
			joined.Errors = append(joined.Errors, e.fieldErrors()...)
		}
	}
	if joined == nil {
		return nil
	}
	return joined
}

// fieldErrors are the invalid values that an error tells of.
func (e *Error) fieldErrors() []FieldError {
	if e.Errors == nil {
		return []FieldError{{e.Field, e.Message}}
	}
	return append([]FieldError(nil), e.Errors...)
}
