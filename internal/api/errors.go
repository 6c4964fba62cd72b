package api

import (
	"context"
	"errors"

	"clientele.dev"
	"clientele.dev/internal/web"
)

// statusClientGone is logged for a request whose client did not wait for the answer (nginx's number).
const statusClientGone = 499

// visible is an error as the client may see it. What is not a *clientele.Error is ours: the log has it, the client
// gets the request's id.
func visible(err error, requestID string) (status int, e clientele.Error) {
	var known *clientele.Error
	switch {
	case errors.As(err, &known):
		e = *known
	case errors.Is(err, context.Canceled):
		return statusClientGone, clientele.Error{Code: clientele.ErrorCodeUnavailable, Message: "the client went away"}
	case errors.Is(err, context.DeadlineExceeded):
		e = clientele.Error{Code: clientele.ErrorCodeUnavailable,
			Message: "the request took too long; try again in a moment"}
	default:
		e = clientele.Error{Code: clientele.ErrorCodeInternal,
			Message: "something went wrong; the server's log has the details"}
	}
	if e.Code == clientele.ErrorCodeInvalid && e.Field != "" && e.Errors == nil {
		e.Errors = []clientele.FieldError{{Field: e.Field, Message: e.Message}}
	}
	e.RequestID = requestID
	return web.Statuses[e.Code], e
}
