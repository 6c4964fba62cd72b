package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

const (
	defaultEvents = 100
	maxEvents     = 1000
	maxWait       = 60               // seconds
	heartbeat     = 15 * time.Second // after which a stream without events says that it is there
	streamedPart  = 100              // events that a stream sends at once
)

// feedQuery reads which events are asked for.
func (a *API) feedQuery(r *request, p *params) (store.FeedQuery, error) {
	q := store.FeedQuery{
		Livemode: r.caller.Livemode, Type: p.text("type"), ObjectID: p.text("object_id"), CustomerID: p.text("customer_id"),
		Limit: p.integer("limit", defaultEvents, 1, maxEvents),
	}
	after := p.text("after")
	if p.err != nil || after == "" {
		return q, p.err
	}
	var err error
	q.After, err = a.feed.Position(r.Context(), q.Livemode, after)
	return q, err
}

func (a *API) listEvents(r *request) (answer, error) {
	p := params{query: r.query}
	patience := time.Duration(p.integer("wait", 0, 0, maxWait)) * time.Second
	q, err := a.feedQuery(r, &p)
	if err != nil {
		return answer{}, err
	}
	if wantsStream(r) {
		return a.streamEvents(r, q)
	}
	a.feed.Settle(r.Context()) // who has changed something looks for it here
	limit := q.Limit
	q.Limit++ // to see whether there are more
	waiting, stop := a.untilStop(r.Context())
	defer stop()
	list, _, err := a.feed.ReadOrWait(waiting, q, patience)
	if waiting.Err() != nil && r.Context().Err() == nil { // the server stops
		list, err = nil, nil
	}
	page := clientele.EventList{List: list[:min(int64(len(list)), limit)], HasMore: int64(len(list)) > limit}
	if page.List == nil {
		page.List = []clientele.Event{}
	}
	return value(page, err)
}

// untilStop is a context that ends with another, and when the server stops.
func (a *API) untilStop(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(a.running, cancel)
	return ctx, func() { stop(); cancel() }
}

// wantsStream says whether a request asks for server-sent events.
func wantsStream(r *request) bool {
	for media := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		if name, _, err := mime.ParseMediaType(media); err == nil && name == "text/event-stream" {
			return true
		}
	}
	return false
}

// streamEvents answers with server-sent events: from those after the last that the client has, which a browser says as
// Last-Event-ID when it connects again, or from now on.
func (a *API) streamEvents(r *request, q store.FeedQuery) (answer, error) {
	last, err := r.Header.Get("Last-Event-ID"), error(nil)
	switch {
	case last != "":
		q.After, err = a.feed.Position(r.Context(), q.Livemode, last)
	case q.After == 0:
		q.After, err = a.feed.End(r.Context())
	}
	q.Limit = streamedPart
	return answer{status: http.StatusOK, contentType: "text/event-stream", live: true, stream: func(w io.Writer) error {
		ctx, stop := a.untilStop(r.Context())
		defer stop()
		return a.follow(ctx, w, q)
	}}, err
}

// follow writes events as they come, until the client goes or the server stops.
func (a *API) follow(ctx context.Context, w io.Writer, q store.FeedQuery) error {
	part := bytes.NewBufferString(": the events after now, one after the other\n\n")
	for {
		if _, err := w.Write(part.Bytes()); err != nil {
			return err
		}
		part.Reset()
		list, last, err := a.feed.ReadOrWait(ctx, q, heartbeat)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			part.WriteString(": none\n\n")
		}
		for _, e := range list {
			doc, err := json.Marshal(e, json.Deterministic(true))
			if err != nil {
				return err
			}
			fmt.Fprintf(part, "id: %s\nevent: %s\ndata: %s\n\n", e.ID, e.Type, doc)
		}
		q.After = last
	}
}

func (a *API) retrieveEvent(r *request) (answer, error) {
	event, found, err := a.feed.Find(r.Context(), r.caller.Livemode, r.object())
	if err == nil && !found {
		err = clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no event %q in this mode", r.object())
	}
	return value(event, err)
}

func (a *API) retrieveEventHead(r *request) (answer, error) {
	id, hash, err := a.feed.Head(r.Context(), r.caller.Livemode)
	return value(clientele.EventHead{EventID: id, Hash: hex.EncodeToString(hash)}, err)
}
