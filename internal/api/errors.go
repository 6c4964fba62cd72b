package api

import (
	"context"
	"errors"
	"net/http"

	"clientele.dev"
)

// statusClientGone is logged for a request whose client did not wait for the answer (nginx's number).
const statusClientGone = 499

// statuses are the HTTP statuses of the kinds of errors.
var statuses = map[clientele.Code]int{
	clientele.Invalid:           http.StatusBadRequest,
	clientele.Unauthorized:      http.StatusUnauthorized,
	clientele.Forbidden:         http.StatusForbidden,
	clientele.NotFound:          http.StatusNotFound,
	clientele.MethodNotAllowed:  http.StatusMethodNotAllowed,
	clientele.Conflict:          http.StatusConflict,
	clientele.PreconditionFail:  http.StatusPreconditionFailed,
	clientele.TooLarge:          http.StatusRequestEntityTooLarge,
	clientele.UnsupportedMedia:  http.StatusUnsupportedMediaType,
	clientele.IdempotencyReused: http.StatusUnprocessableEntity,
	clientele.Internal:          http.StatusInternalServerError,
	clientele.Unavailable:       http.StatusServiceUnavailable,
}

// visible is an error as the client may see it. What is not a *clientele.Error is ours: the log has it, the client
// gets the request's id.
func visible(err error, requestID string) (status int, e clientele.Error) {
	var known *clientele.Error
	switch {
	case errors.As(err, &known):
		e = *known
	case errors.Is(err, context.Canceled):
		return statusClientGone, clientele.Error{Code: clientele.Unavailable, Message: "the client went away"}
	case errors.Is(err, context.DeadlineExceeded):
		e = clientele.Error{Code: clientele.Unavailable, Message: "the request took too long; try again in a moment"}
	default:
		e = clientele.Error{Code: clientele.Internal, Message: "something went wrong; the server's log has the details"}
	}
	e.RequestID = requestID
	return statuses[e.Code], e
}
