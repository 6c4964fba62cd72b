package api

import (
	"net/http"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/web"
)

// introduction is what a newcomer reads first.
var introduction = strings.Join([]string{
	"Clientele keeps the customers of a business: who they are, what they owe and what they paid. It speaks the " +
		"customers protocol of PaymentKit, so applications written against @blocklet/payment-js work unchanged.",
	"**Start.** Make a key with `clientele keys create` and send it as `Authorization: Bearer sk_…`.",
	"**Modes.** Test mode and live mode are two worlds that never see each other. An API key belongs to one of " +
		"them.",
	"**Money.** Amounts are strings of digits in the currency's smallest unit, of any size; there are no " +
		"fractions.",
	"**Strictness.** Unknown parameters and fields are refused rather than ignored. Bodies are JSON of at most 1 " +
		"MiB.",
	"**Errors.** Every error has the same shape (see Error): a message for people, a code for programs, the field " +
		"at fault and the request's id, which the server's log has too. A path that does not exist answers 404, a " +
		"method that a path does not have 405 with an Allow header.",
	"**Repeating safely.** Send an Idempotency-Key with every change: a repetition gets the answer that was given " +
		"and changes nothing. Retry only network errors, 5xx, and 409 with a Retry-After header.",
	"**Changing safely.** Answers carry the object's version as ETag; send it back as If-Match and a change " +
		"happens only if nobody else was quicker.",
}, "\n\n")

func securitySchemes() object {
	return obj(
		"apiKey", obj("type", "http", "scheme", "bearer", "bearerFormat", "sk_test_… or sk_live_…",
			"description", "A secret API key. It belongs to one mode; it may read only, or write too."),
		"componentSignature", obj("type", "apiKey", "in", "header", "name", "x-component-sig",
			"description", "The signature that the published JavaScript client makes: 0x and the 128 hex digits of an "+
				"Ed25519 signature by a trusted application's key. Signed is the SHA3-256 of the canonical JSON (RFC 8785) of "+
				"{body, exp, iat, method, query, url}. Its companions: x-component-sig-iat and x-component-sig-exp, when it "+
				"was made and when it ends (unix seconds, 10 digits, at most 300 apart); x-component-sig-version, which is 1; "+
				"and optionally x-component-did, a label that is not read."))
}

func sharedParameters() object {
	return obj(
		"livemode", obj("name", "livemode", "in", "query",
			"description", "true for live mode, false for test mode. With an API key it may be left out, or is the key's; "+
				"with a component signature it is true when absent.",
			"schema", obj("type", "boolean")),
		"Idempotency-Key", obj("name", "Idempotency-Key", "in", "header",
			"description", "A name for this request, such as a UUID. The same request with the same key gets the same "+
				"answer for seven days, without a second effect.",
			"schema", obj("type", "string", "minLength", 1, "maxLength", maxIdempotencyKey)),
		"If-Match", obj("name", "If-Match", "in", "header",
			"description", "The ETag that the object must have, or several, or *: otherwise it is not changed.",
			"schema", obj("type", "string"), "example", `"3"`))
}

func headers() object {
	header := func(required any, form, about string) object {
		return obj("description", about, "required", required, "schema", obj("type", "string", "pattern", form))
	}
	return obj(
		"ETag", header(true, `^"(0|[1-9][0-9]*)"$`,
			"The object's version, in quotes, for If-Match; 0 for settings that nobody has changed."),
		"X-Request-Id", header(true, "^req_[a-z0-9]+$", "The request's id, to be found in the server's log."),
		"Idempotent-Replayed", header(nil, "^true$", "true when the answer was given before, to the same request; absent "+
			"otherwise."),
		"Retry-After", header(nil, "^[0-9]+$", "After how many seconds to send the request again."),
		"WWW-Authenticate", header(true, "^Bearer$", "How to say who is asking."))
}

// failure says when an error status is answered, with an example.
type failure struct {
	status                int
	about, message, field string
	headers               []string // beside X-Request-Id
}

var failures = []failure{
	{http.StatusBadRequest, "A value cannot be accepted; field names it.",
		"email must be one email address, such as ada@example.com", "email", []string{"Idempotent-Replayed"}},
	{http.StatusUnauthorized, "There are no credentials, or not good ones.", "there is no such API key", "",
		[]string{"WWW-Authenticate"}},
	{http.StatusForbidden, "The API key may not do that.",
		"this API key may only read; use one with write scope", "", nil},
	{http.StatusNotFound, "There is no such object in this mode.", `no customer "cus_none" in this mode`, "id",
		[]string{"Idempotent-Replayed"}},
	{http.StatusConflict, "The state of things does not allow this.",
		"another customer, cus_xxxxxxxxxxxxxxxx, has this external_id", "external_id",
		[]string{"Idempotent-Replayed"}},
	{http.StatusGone, "The event was pruned.", `the event "evt_cus_xxxxxxxxxxxxxxxx_2" was pruned`, "after",
		[]string{"Idempotent-Replayed"}},
	{http.StatusPreconditionFailed, "If-Match names another version: somebody else was quicker.",
		"the object has changed since: it is at version 4; retrieve it and try again", "If-Match",
		[]string{"Idempotent-Replayed"}},
	{http.StatusRequestEntityTooLarge, "The body is too large.", "the body is larger than 1 MiB", "", nil},
	{http.StatusUnsupportedMediaType, "The body is not JSON, or compressed.",
		"the body must be application/json in UTF-8", "Content-Type", nil},
	{http.StatusUnprocessableEntity, "The Idempotency-Key was used for another request.",
		"this Idempotency-Key was used for another request; use a new key for a new request", "Idempotency-Key", nil},
	{http.StatusInternalServerError, "Something went wrong on the server.",
		"something went wrong on the server; its log has the details", "", nil},
	{http.StatusServiceUnavailable, "The server is busy or stopping: try again in a moment.",
		"the database is busy; try again in a moment", "", []string{"Retry-After"}},
}

// failures are the shared descriptions of error answers.
func (g *generator) failures() object {
	codes := map[int]clientele.ErrorCode{}
	for code, status := range web.Statuses {
		if code != clientele.ErrorCodeNotSupported { // which shares its status with what is not there
			codes[status] = code
		}
	}
	all := obj()
	for _, f := range failures {
		fields := obj("X-Request-Id", shared("headers", "X-Request-Id"))
		for _, name := range f.headers {
			fields.Set(name, shared("headers", name))
		}
		example := clientele.Error{Code: codes[f.status], Message: f.message, Field: f.field, RequestID: "req_3f2a"}
		all.Set(failureName(f.status), obj("description", f.about, "headers", fields,
			"content", obj("application/json", obj("schema", g.schema(g.answers, example), "example", example))))
	}
	return all
}

func failureName(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

// shared refers to a component.
func shared(kind, name string) object { return obj("$ref", "#/components/"+kind+"/"+name) }

// when is v, or nil for a member to be left out.
func when(condition bool, v any) any {
	if condition {
		return v
	}
	return nil
}
