package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
)

// follower follows the feed of a fleet: it begins anew with any of the servers whenever its own is gone.
type follower struct {
	f     *fleet
	name  string
	seen  []string // the ids of the events
	last  atomic.Pointer[string]
	tries int // how often it began
	ended chan struct{}
}

// follow starts a follower after the first event, until the context ends.
func follow(
	ctx context.Context, f *fleet, name, first string, read func(*follower, context.Context, string) error,
) *follower {
	w := &follower{f: f, name: name, ended: make(chan struct{})}
	w.see(first)
	go func() {
		defer close(w.ended)
		for ; ctx.Err() == nil; w.tries++ {
			_ = read(w, ctx, *f.urls[rand.IntN(len(f.urls))].Load()) // which ends when the server does
			select {
			case <-time.After(10 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
	return w
}

func (w *follower) see(id string) {
	w.seen = append(w.seen, id)
	w.last.Store(&id)
}

// waiting asks for the events after the last one, and waits for them, until the server fails.
func (w *follower) waiting(ctx context.Context, url string) error {
	events := client.New(url, w.f.key, client.WithMaxRetries(0)).Events
	for {
		page, err := events.List(ctx, clientele.EventListParams{
			After: *w.last.Load(), Limit: 1 + rand.Int64N(100), Wait: 5,
		})
		if err != nil {
			return err
		}
		for _, e := range page.List {
			w.see(e.ID)
		}
	}
}

// streaming reads server-sent events, and now and then hangs up as a browser does that loses its network.
func (w *follower) streaming(ctx context.Context, url string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/events", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+w.f.key)
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Last-Event-ID", *w.last.Load())
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	for left := 1 + rand.IntN(2000); left > 0; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		data, isData := strings.CutPrefix(line, "data: ")
		if !isData {
			continue
		}
		var e clientele.Event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return err
		}
		w.see(e.ID)
		left--
	}
	return io.EOF
}

// firstEvent is the id of the first event of a list.
func (r reply) firstEvent(t *testing.T) string {
	t.Helper()
	var page clientele.EventList
	if err := json.Unmarshal(r.body, &page); err != nil || len(page.List) == 0 {
		t.Fatal(err, page)
	}
	return page.List[0].ID
}

// wantAllSeen wants followers to have seen each event once, in the one order of all, once they had the time for it.
func (f *fleet) wantAllSeen(t *testing.T, cancel func(), followers ...*follower) {
	t.Helper()
	var all []string
	versions := map[string]int64{}
	for e, err := range client.New(*f.urls[0].Load(), f.key).Events.All(t.Context(), clientele.EventListParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, e.ID); e.ObjectVersion != versions[e.ObjectID]+1 {
			t.Errorf("after version %d of %s comes %s", versions[e.ObjectID], e.ObjectID, e.ID)
		}
		versions[e.ObjectID] = e.ObjectVersion
	}
	began := time.Now()
	for _, w := range followers {
		for time.Since(began) < answerDeadline && *w.last.Load() != all[len(all)-1] {
			time.Sleep(10 * time.Millisecond)
		}
	}
	cancel()
	for _, w := range followers {
		<-w.ended
		if !slices.Equal(w.seen, all) {
			t.Errorf("%s has seen %d events of %d, or others, or twice, or in another order", w.name, len(w.seen), len(all))
		}
		t.Logf("%s has seen %d events and began %d times", w.name, len(w.seen), w.tries+1)
	}
}
