package api

import (
	"bufio"
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
	"clientele.dev/internal/web"
	"clientele.dev/internal/wire"
)

// answer is what a handler answers.
type answer struct {
	status      int
	contentType string // JSON when empty
	body        []byte
	stream      func(io.Writer) error // writes the body in place of body, a part at a time
	live        bool                  // each part of the stream is sent at once, for as long as the client listens
	version     int64                 // the ETag, unless it is 0 and not that of something nobody has changed yet
	untouched   bool                  // whether it may be that
	replayed    bool
}

// document answers with an object.
func document(doc store.Document) answer {
	status := http.StatusOK
	if doc.Created {
		status = http.StatusCreated
	}
	return answer{status: status, body: doc.JSON, version: doc.Version, replayed: doc.Replayed}
}

// encoded answers with anything else.
func encoded(status int, v any) (answer, error) {
	body, err := json.Marshal(v, json.Deterministic(true))
	return answer{status: status, body: body}, err
}

// page answers with a page of a list.
func page(docs [][]byte, count int64, paging clientele.Paging) answer {
	size := 96
	for _, doc := range docs {
		size += len(doc) + 1
	}
	b := append(make([]byte, 0, size), `{"count":`...)
	b = strconv.AppendInt(b, count, 10)
	b = billing.AppendList(append(b, `,"list":`...), docs)
	b = strconv.AppendInt(append(b, `,"paging":{"page":`...), paging.Page, 10)
	b = strconv.AppendInt(append(b, `,"pageSize":`...), paging.PageSize, 10)
	return answer{status: http.StatusOK, body: append(b, "}}"...)}
}

// change calls a method of the service that changes something and takes no body.
func (a *API) change(r *request, do func(billing.Call) (store.Document, error)) (answer, error) {
	call, err := r.call()
	if err != nil {
		return answer{}, err
	}
	doc, err := do(call)
	return document(doc), err
}

// changeBy calls a method of the service that changes something and takes a body.
func changeBy[T any](a *API, r *request, do func(billing.Call, T) (store.Document, error)) (answer, error) {
	var body T
	if err := wire.Decode(r.body, &body); err != nil {
		return answer{}, err
	}
	return a.change(r, func(call billing.Call) (store.Document, error) { return do(call, body) })
}

// handler answers a request.
type handler func(*request) (answer, error)

// byID makes the handler of a method of the service that changes the object of the path.
func byID(a *API, do func(context.Context, billing.Call, string) (store.Document, error)) handler {
	return func(r *request) (answer, error) {
		return a.change(r, func(call billing.Call) (store.Document, error) { return do(r.Context(), call, r.object()) })
	}
}

// byIDAndBody is byID for a method that takes a body.
func byIDAndBody[T any](a *API, do func(context.Context, billing.Call, string, T) (store.Document, error)) handler {
	return func(r *request) (answer, error) {
		return changeBy(a, r, func(call billing.Call, body T) (store.Document, error) {
			return do(r.Context(), call, r.object(), body)
		})
	}
}

// byBody is the same for what is about no object of the path.
func byBody[T any](a *API, do func(context.Context, billing.Call, T) (store.Document, error)) handler {
	return func(r *request) (answer, error) {
		return changeBy(a, r, func(call billing.Call, body T) (store.Document, error) {
			return do(r.Context(), call, body)
		})
	}
}

// retrieve makes the handler of a method of the service that answers the object of the path.
func retrieve(do func(context.Context, clientele.Mode, string) (store.Document, error)) handler {
	return func(r *request) (answer, error) {
		doc, err := do(r.Context(), r.caller.Livemode, r.object())
		return document(doc), err
	}
}

// history makes the handler of a method of the service that answers changes of the object of the path.
func history(
	do func(context.Context, clientele.Mode, string, store.Window, bool) ([]clientele.Change, int64, error),
) handler {
	return func(r *request) (answer, error) {
		p := params{query: r.query}
		all, paging := p.boolean("all"), p.page()
		if p.err != nil {
			return answer{}, p.err
		}
		window := store.PageWindow(paging.Page, paging.PageSize)
		changes, count, err := do(r.Context(), r.caller.Livemode, r.object(), window, all != nil && *all)
		return value(clientele.Page[clientele.Change]{Count: count, List: changes, Paging: paging}, err)
	}
}

// expansion says whether what is found carries what it refers to or what belongs to it.
type expansion int

const (
	expandAsAsked expansion = iota // unless expand=none
	expandNever
	expandAlways
)

// search makes the handler of a search.
func search(find func(context.Context, billing.Search) ([][]byte, int64, error), e expansion) handler {
	return func(r *request) (answer, error) {
		p := params{query: r.query}
		q, paging := p.search(r)
		q.Plain = e == expandNever || e == expandAsAsked && !p.expand()
		if p.err != nil {
			return answer{}, p.err
		}
		docs, count, err := find(r.Context(), q)
		return page(docs, count, paging), err
	}
}

// noBody refuses a body that says something.
func noBody(r *request) error { return wire.Decode(r.body, &struct{}{}) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// How large answers are sent.
const (
	largeAnswer  = 256 << 10        // bytes from which on it counts how many are in memory
	chunk        = 64 << 10         // bytes that a client must take
	chunkTimeout = 10 * time.Second // within this
)

// send sends an answer. A large one waits for nobody: who does not read it is hung up on, and when too many are being
// sent it is refused. The answer to a change is sent in any case, for the change was made.
func (a *API) send(out *recorder, r *http.Request, ans answer) error {
	if ans.stream != nil {
		ans.writeHeader(out, -1)
		if ans.live {
			_ = http.NewResponseController(out).SetReadDeadline(time.Time{}) // that of requests is over before its end
			_ = ans.stream(flushing{patient{out}})
			return nil
		}
		parts := bufio.NewWriterSize(patient{out}, chunk)
		if ans.stream(parts) == nil { // a client that went away cannot be told
			_ = parts.Flush()
		}
		return nil
	}
	size := int64(len(ans.body))
	if size < largeAnswer {
		ans.write(out)
		return nil
	}
	switch size = min(size, maxAnswers); {
	case a.answers.TryAcquire(size):
		defer a.answers.Release(size)
	case r.Method == http.MethodGet:
		return clientele.Errorf(clientele.ErrorCodeUnavailable, "",
			"too many large answers are being sent; try again in a moment, or ask for less")
	}
	ans.writeHeader(out, len(ans.body))
	for part := range slices.Chunk(ans.body, chunk) {
		if _, err := (patient{out}).Write(part); err != nil {
			return nil //nolint:nilerr // a client that went away cannot be told
		}
	}
	return nil
}

// patient writes parts of a large answer, each of which the client must take in a while.
type patient struct{ *recorder }

func (p patient) Write(part []byte) (int, error) {
	// Without a deadline of its own, the server's for the whole answer holds.
	_ = http.NewResponseController(p.recorder).SetWriteDeadline(time.Now().Add(chunkTimeout))
	return p.recorder.Write(part)
}

// flushing sends what is written to it at once.
type flushing struct{ patient }

func (f flushing) Write(part []byte) (int, error) {
	n, err := f.patient.Write(part)
	if err == nil {
		err = http.NewResponseController(f.recorder).Flush()
	}
	return n, err
}

// writeHeader writes what stands before the body; its length is below 0 when it is not known.
func (ans answer) writeHeader(w http.ResponseWriter, length int) {
	h := w.Header()
	if ans.contentType == "" {
		ans.contentType = "application/json; charset=utf-8"
	}
	h.Set("Content-Type", ans.contentType)
	if strings.HasPrefix(ans.contentType, "text/html") {
		web.Guard(h, web.StylePolicy(ans.body))
	}
	if length >= 0 {
		h.Set("Content-Length", strconv.Itoa(length))
	}
	if ans.version != 0 || ans.untouched {
		h.Set("ETag", `"`+strconv.FormatInt(ans.version, 10)+`"`)
	}
	if ans.replayed {
		h.Set("Idempotent-Replayed", "true")
	}
	w.WriteHeader(ans.status)
}

func (ans answer) write(w http.ResponseWriter) {
	ans.writeHeader(w, len(ans.body))
	w.Write(ans.body) //nolint:errcheck // a client that went away cannot be told
}
