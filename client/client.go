package client

import (
	"context"
	"net/http"
	"strings"
	"time"
)

const (
	defaultTimeout = 30 * time.Second
	// One page of the largest customers stays below this, so what is larger is not an answer of the API.
	maxAnswer = 64 << 20
)

// Client calls one Clientele server with one API key. Make it with [New]; it is safe for concurrent use.
type Client struct {
	Services
	base, key, userAgent string
	http                 *http.Client
	maxRetries           int
	maxAnswer            int64
	sleep                func(context.Context, time.Duration) error
}

// New makes a client of the server at baseURL, such as http://127.0.0.1:8080. The key, sk_test_… or sk_live_…, decides
// in which mode every call is made. New does not connect yet.
func New(baseURL, key string, opts ...Option) *Client {
	c := &Client{
		base: strings.TrimRight(baseURL, "/"), key: strings.TrimSpace(key), userAgent: "clientele-go",
		http: defaultHTTPClient(), maxRetries: 3, maxAnswer: maxAnswer, sleep: sleep,
	}
	c.Services = newServices(c)
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// Option changes how a [Client] works.
type Option func(*Client)

// WithHTTPClient sends through h. The default gives each try 30 seconds and keeps many connections open.
// Redirects are not followed, unless h says how: following one would turn a POST into a GET. A nil h is a mistake in
// the program, and panics.
func WithHTTPClient(h *http.Client) Option {
	if h == nil {
		panic("client: WithHTTPClient(nil): leave the option out for the default client")
	}
	own := *h
	if own.CheckRedirect == nil {
		own.CheckRedirect = refuseRedirect
	}
	return func(c *Client) { c.http = &own }
}

// WithMaxRetries repeats a failed call at most n times; 0 never repeats. The default is 3.
func WithMaxRetries(n int) Option { return func(c *Client) { c.maxRetries = n } }

// WithUserAgent says which program is calling.
func WithUserAgent(name string) Option { return func(c *Client) { c.userAgent = name } }

func defaultHTTPClient() *http.Client {
	return &http.Client{
		Timeout:       defaultTimeout,
		CheckRedirect: refuseRedirect,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
			// The standard transport keeps two a host, too few for a server's own client.
			MaxIdleConnsPerHost: 100, IdleConnTimeout: 90 * time.Second,
		},
	}
}

func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// CallOption changes one call.
type CallOption func(*call)

// IdempotencyKey replaces the automatic Idempotency-Key of a POST or PUT, so that the call stays safe to repeat even by
// another process. The server remembers a key for 7 days.
func IdempotencyKey(key string) CallOption {
	return func(c *call) { c.request.Header.Set("Idempotency-Key", key) }
}

// IfMatch makes an update fail with [clientele.ErrorCodePreconditionFailed] unless the object's ETag is still this one.
func IfMatch(etag string) CallOption { return func(c *call) { c.request.Header.Set("If-Match", etag) } }

// ResponseHeader stores the last answer's header in h: ETag, Idempotent-Replayed, X-Request-Id.
func ResponseHeader(h *http.Header) CallOption { return func(c *call) { c.answered = h } }
