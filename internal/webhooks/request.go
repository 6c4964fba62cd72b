package webhooks

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
)

// longestAnswer is how much of an answer is read and kept.
const longestAnswer = 64 << 10

// result is what became of a delivery.
type result struct {
	delivery store.Delivery
	attempt  clientele.WebhookAttempt
}

// sendAll sends what is due, some at once. When the endpoint does not answer, the rest is left for later, and has no
// result.
func (s *Sender) sendAll(ctx context.Context, e errand) (results []result) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var mu sync.Mutex
	var sending sync.WaitGroup
	next := make(chan int)
	for range min(atOnce, len(e.due)) {
		sending.Go(func() {
			for i := range next {
				attempt := s.send(ctx, e, i)
				if ctx.Err() != nil && attempt.Status == store.AttemptFailed {
					continue // it was not let come to an end
				}
				mu.Lock()
				results = append(results, result{e.due[i], attempt})
				if attempt.Status == store.AttemptFailed && attempt.ResponseStatus == 0 {
					stop()
				}
				mu.Unlock()
			}
		})
	}
	for i := range e.due {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	sending.Wait()
	return results
}

// send sends an event, once.
func (s *Sender) send(ctx context.Context, e errand, i int) clientele.WebhookAttempt {
	event, now := e.events[i], s.Now()
	a := clientele.WebhookAttempt{
		ID: "wa_" + strings.ToLower(rand.Text()), Object: "webhook_attempt", Livemode: e.endpoint.Livemode,
		EventID: e.due[i].EventID, WebhookEndpointID: e.endpoint.ID, Status: store.AttemptFailed,
		RetryCount: e.due[i].Tries, CreatedAt: clientele.At(now), UpdatedAt: clientele.At(now),
	}
	r, err := request(ctx, e, event, now.Unix())
	if err != nil {
		a.ResponseBody = err.Error()
		return a
	}
	answered, err := s.client.Do(r)
	if err != nil {
		a.ResponseBody = reason(err)
		return a
	}
	defer answered.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(answered.Body, longestAnswer))
	a.ResponseStatus = int64(answered.StatusCode)
	a.ResponseBody = strings.ReplaceAll(strings.ToValidUTF8(string(body), "\uFFFD"), "\x00", "\uFFFD")
	switch {
	case err != nil:
		a.ResponseBody += "\n" + reason(err)
	case answered.StatusCode >= http.StatusOK && answered.StatusCode < http.StatusMultipleChoices:
		a.Status = store.AttemptSucceeded
	}
	return a
}

// request is the signed request that tells of an event.
func request(ctx context.Context, e errand, event clientele.Event, unix int64) (*http.Request, error) {
	body, err := json.Marshal(event, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.endpoint.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	var signatures []string
	for _, secret := range e.secrets {
		signature, err := clientele.SignWebhook(secret, event.ID, unix, body)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, signature)
	}
	r.Header = http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"Clientele-Webhooks/1"}, "Accept": {"*/*"},
	}
	if e.key != nil {
		if err := auth.SignComponent(r, e.key, body, unix); err != nil {
			return nil, err
		}
	}
	r.Header.Set(clientele.WebhookIDHeader, event.ID)
	r.Header.Set(clientele.WebhookTimestampHeader, strconv.FormatInt(unix, 10))
	r.Header.Set(clientele.WebhookSignatureHeader, strings.Join(signatures, " "))
	return r, nil
}

// reason says why there was no answer, without the address, which may have a secret in it.
func reason(err error) string {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	var forbidden *net.AddrError
	if errors.As(err, &forbidden) {
		return forbidden.Err
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "there was no answer in time"
	}
	return err.Error()
}
