package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"clientele.dev"
)

// Statuses are the HTTP statuses of the kinds of errors.
var Statuses = map[clientele.ErrorCode]int{
	clientele.ErrorCodeInvalid:            http.StatusBadRequest,
	clientele.ErrorCodeUnauthorized:       http.StatusUnauthorized,
	clientele.ErrorCodeForbidden:          http.StatusForbidden,
	clientele.ErrorCodeNotFound:           http.StatusNotFound,
	clientele.ErrorCodeNotSupported:       http.StatusNotFound,
	clientele.ErrorCodeMethodNotAllowed:   http.StatusMethodNotAllowed,
	clientele.ErrorCodeConflict:           http.StatusConflict,
	clientele.ErrorCodeGone:               http.StatusGone,
	clientele.ErrorCodePreconditionFailed: http.StatusPreconditionFailed,
	clientele.ErrorCodeTooLarge:           http.StatusRequestEntityTooLarge,
	clientele.ErrorCodeUnsupportedMedia:   http.StatusUnsupportedMediaType,
	clientele.ErrorCodeIdempotencyReused:  http.StatusUnprocessableEntity,
	clientele.ErrorCodeInternal:           http.StatusInternalServerError,
	clientele.ErrorCodeStorageFull:        http.StatusInsufficientStorage,
	clientele.ErrorCodeUnavailable:        http.StatusServiceUnavailable,
}

// AnswerPanic is deferred by a handler: a panic is written to the log and answered as an error. One that cuts the
// connection, so that nobody takes half an answer for the whole, goes on.
func AnswerPanic(log *slog.Logger, requestID string, answer func(error)) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // a panic's value is no error that is wrapped
		panic(p)
	}
	log.Error("panic", "request_id", requestID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	answer(fmt.Errorf("panic: %v", p))
}
