package client

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"clientele.dev"
)

// eventsAtOnce is how many events are asked for at once, and followWait how many seconds a request waits for one.
const (
	eventsAtOnce = 1000
	followWait   = 20
)

// All walks the events after p.After, oldest first, up to the last that there is. It ends after the first error.
func (s *Events) All(
	ctx context.Context, p clientele.EventListParams, opts ...CallOption,
) iter.Seq2[clientele.Event, error] {
	p.Limit, p.Wait = eventsAtOnce, 0
	return func(yield func(clientele.Event, error) bool) {
		for {
			page, err := s.List(ctx, p, opts...)
			if err != nil {
				yield(clientele.Event{}, err)
				return
			}
			for _, e := range page.List {
				if p.After = e.ID; !yield(e, nil) {
					return
				}
			}
			if !page.HasMore {
				return
			}
		}
	}
}

// Follow is All that goes on with the events that come, until the context ends. A server that is away for a while is
// waited for; it ends after any other error. Who keeps the id of the last event that was acted on, and gives it as
// p.After the next time, misses none.
func (s *Events) Follow(
	ctx context.Context, p clientele.EventListParams, opts ...CallOption,
) iter.Seq2[clientele.Event, error] {
	p.Limit, p.Wait = eventsAtOnce, followWait
	return func(yield func(clientele.Event, error) bool) {
		for failed := 0; ; {
			page, err := s.List(ctx, p, opts...)
			if err != nil {
				if !mayPass(err) || s.c.sleep(ctx, backoff(failed)) != nil {
					yield(clientele.Event{}, errors.Join(err, ctx.Err()))
					return
				}
				failed++
				continue
			}
			failed = 0
			for _, e := range page.List {
				if p.After = e.ID; !yield(e, nil) {
					return
				}
			}
		}
	}
}

// mayPass says whether a failure is one of the network, or of a server or a proxy that is not well.
func mayPass(err error) bool {
	var refused *Error
	return !errors.As(err, &refused) || refused.StatusCode >= http.StatusInternalServerError
}
