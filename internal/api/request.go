package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/wire"
)

const (
	maxBody           = 1 << 20
	maxIdempotencyKey = 255
)

// request is a request that has been read and whose caller is known.
type request struct {
	*http.Request
	id     string
	query  *wire.Query
	body   []byte
	caller auth.Caller
	sorts  []string // what order takes
}

// invalid is the error about a parameter or header.
func invalid(field, format string, args ...any) error {
	return clientele.Errorf(clientele.ErrorCodeInvalid, field, format, args...)
}

// readBody reads the body, which is JSON or nothing, when there is memory for it beside those that are in memory.
func (a *API) readBody(w *recorder, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		wire.ReadAway(w, r, r.Body)
		return nil, clientele.Errorf(clientele.ErrorCodeTooLarge, "", "the body is larger than 1 MiB")
	}
	if r.ContentLength == 0 {
		return nil, nil
	}
	size := r.ContentLength
	if size < 0 { // it comes in chunks and may be as large as any
		size = maxBody
	}
	ctx, cancel := context.WithTimeout(r.Context(), bodyPatience)
	defer cancel()
	if a.bodies.Acquire(ctx, size) != nil {
		return nil, clientele.Errorf(clientele.ErrorCodeUnavailable, "",
			"too many large requests are being answered; try again in a moment")
	}
	w.release = func() { a.bodies.Release(size) }
	body, err := readAll(http.MaxBytesReader(w, r.Body, maxBody), r.ContentLength)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		wire.ReadAway(w, r, r.Body)
		return nil, clientele.Errorf(clientele.ErrorCodeTooLarge, "", "the body is larger than 1 MiB")
	case err != nil:
		return nil, invalid("", "the body could not be read: it ended early")
	case len(body) == 0:
		return nil, nil
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, clientele.Errorf(clientele.ErrorCodeUnsupportedMedia, "Content-Encoding",
			"the body must not be compressed")
	}
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := strings.ToLower(params["charset"])
	if err != nil || media != "application/json" || charset != "" && charset != "utf-8" {
		return nil, clientele.Errorf(clientele.ErrorCodeUnsupportedMedia, "Content-Type",
			"the body must be application/json in UTF-8")
	}
	return body, nil
}

// readAll reads a body of a known size, or -1, without making room for more.
func readAll(r io.Reader, size int64) ([]byte, error) {
	if size < 0 {
		return io.ReadAll(r)
	}
	body := make([]byte, size)
	_, err := io.ReadFull(r, body)
	return body, err
}

// call says in which mode a change is asked for, by whom, and how its repetition is recognised.
func (r *request) call() (billing.Call, error) {
	call := billing.Call{Livemode: r.caller.Livemode, Actor: r.caller.ID, RequestID: r.id}
	if !r.caller.Scope.Writes() {
		return call, clientele.Errorf(clientele.ErrorCodeForbidden, "",
			"this API key may only read; use one with write scope")
	}
	keys := r.Header.Values("Idempotency-Key")
	if len(keys) > 1 || len(keys) == 1 &&
		(keys[0] == "" || len(keys[0]) > maxIdempotencyKey || !utf8.ValidString(keys[0])) {
		return call, invalid("Idempotency-Key", "Idempotency-Key is given once, with 1 to %d bytes of UTF-8",
			maxIdempotencyKey)
	}
	if len(keys) == 1 {
		call.Repeat.Key = keys[0]
	}
	call.Repeat.Signature = r.caller.Signature
	call.Repeat.Fingerprint = r.fingerprint()
	var err error
	call.IfMatch, err = r.ifMatch()
	return call, err
}

// fingerprint is the same for the same request and differs for another. No body and an empty object ask for the same.
func (r *request) fingerprint() [32]byte {
	body := string(r.body)
	if strings.TrimSpace(body) == "" {
		body = "{}"
	}
	h := sha256.New()
	for _, part := range []string{
		r.Method, r.URL.EscapedPath(), string(r.query.JSON()), strings.Join(r.Header.Values("If-Match"), ","), body,
	} {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return [32]byte(h.Sum(nil))
}

// object is the id, or another name, of the object that the path is about.
func (r *request) object() string { return cmp.Or(r.PathValue("id"), r.PathValue("external_id")) }

// entityTag is RFC 9110's (8.8.3), of any server's making.
var entityTag = regexp.MustCompile(`^(W/)?"[^"]*"$`)

// ifMatch reads the versions that the request is conditional on: nil for none.
func (r *request) ifMatch() ([]int64, error) {
	header := strings.TrimSpace(strings.Join(r.Header.Values("If-Match"), ","))
	switch header {
	case "":
		return nil, nil
	case "*":
		return []int64{billing.AnyVersion}, nil
	}
	versions := []int64{}
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimSpace(tag)
		if !entityTag.MatchString(tag) {
			return nil, invalid("If-Match", `If-Match holds ETags in quotes, such as "3"`)
		}
		// A weak or foreign tag matches no version (RFC 9110, 13.1.1).
		version, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
		if err == nil && tag == strconv.Quote(strconv.FormatInt(version, 10)) {
			versions = append(versions, version)
		}
	}
	return versions, nil
}
