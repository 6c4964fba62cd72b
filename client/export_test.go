package client

import (
	"context"
	"time"
)

// WithSleep replaces waiting, so that tests never do.
func WithSleep(sleep func(context.Context, time.Duration) error) Option {
	return func(c *Client) { c.sleep = sleep }
}

// WithMaxAnswer bounds answers.
func WithMaxAnswer(n int64) Option { return func(c *Client) { c.maxAnswer = n } }

// Sleep is how a client really waits.
var Sleep = sleep
