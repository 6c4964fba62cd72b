package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"clientele.dev"
)

// Error is a call the server refused: its status, and the fields of [clientele.Error], that is Message, Code, Field
// and RequestID. Code is empty when somebody before the server answered, such as a proxy.
type Error struct {
	// The HTTP status.
	StatusCode int
	apiError
}

// The name under which clientele.Error can be embedded: by its own it would hide the method Error.
type apiError = clientele.Error

// Error says the status, the message and where to look for more.
func (e *Error) Error() string {
	s := fmt.Sprintf("clientele: %d: %s", e.StatusCode, e.Message)
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if e.RequestID != "" {
		s += " [request " + e.RequestID + "]"
	}
	return s
}

// Unwrap gives errors.As the [*clientele.Error].
func (e *Error) Unwrap() error { return &e.apiError }

func errorOf(a *answer) *Error {
	e := &Error{StatusCode: a.status}
	var body clientele.Error
	if json.Unmarshal(a.body, &body) == nil && body.Message != "" {
		e.apiError = body
	} else {
		e.Message = plainMessage(a)
	}
	if e.RequestID == "" {
		e.RequestID = a.header.Get("X-Request-Id")
	}
	return e
}

// plainMessage is the start of a body that is not the API's, or what the status means.
func plainMessage(a *answer) string {
	const enough = 200
	text := strings.TrimSpace(string(a.body[:min(len(a.body), enough)]))
	if text == "" {
		return http.StatusText(a.status)
	}
	return strings.ToValidUTF8(text, "")
}
