package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	firstBackoff = 250 * time.Millisecond
	maxBackoff   = 8 * time.Second
	// A server that asks for more is not coming back soon enough to be waited for.
	maxRetryAfter = 60 * time.Second
)

// do sends the call until it is answered for good. Everything may be repeated: GET by its nature, the others by
// their Idempotency-Key.
func (c *Client) do(call *call) (*answer, error) {
	ctx := call.request.Context()
	for try := 0; ; try++ {
		got, err := c.send(call)
		if err == nil && got.status < 300 {
			return got, nil
		}
		var asked time.Duration
		again := ctx.Err() == nil && !errors.Is(err, errTooLarge)
		if err == nil {
			err = errorOf(got)
			asked, again = retryable(got)
		}
		if !again || try >= c.maxRetries {
			return nil, err
		}
		if stopped := c.sleep(ctx, max(asked, backoff(try))); stopped != nil {
			return nil, fmt.Errorf("clientele: %w while waiting to repeat %s after: %w", stopped, call.route, err)
		}
	}
}

// retryable says whether a refusal may pass, and how long the server asks to be left alone.
func retryable(a *answer) (asked time.Duration, again bool) {
	seconds, _ := strconv.ParseUint(a.header.Get("Retry-After"), 10, 31)
	asked = time.Duration(seconds) * time.Second
	switch a.status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return asked, asked <= maxRetryAfter
	}
	return 0, false
}

// backoff is exponential with full jitter: any time up to a bound that doubles with each try, so that callers who
// failed together do not come back together.
func backoff(try int) time.Duration {
	const doublings = 10 // more would be of no use, and overflow in the end
	return rand.N(min(firstBackoff<<min(try, doublings), maxBackoff))
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
