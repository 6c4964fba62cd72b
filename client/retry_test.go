package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
)

func unescape(t *testing.T, s string) string {
	t.Helper()
	plain, err := url.QueryUnescape(s)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// refusal is the code and field of the clientele.Error in err.
func refusal(err error) (clientele.ErrorCode, string) {
	if e, ok := errors.AsType[*clientele.Error](err); ok {
		return e.Code, e.Field
	}
	return "", ""
}

// firstBackoff bounds the first wait, when the server asks for none.
const firstBackoff = 250 * time.Millisecond

func TestRetries(t *testing.T) {
	t.Parallel()
	const refused = `{"error":"No","code":"conflict"}`
	for _, c := range []struct {
		name  string
		first http.HandlerFunc
		tries int           // in all, of a server that fails once
		asked time.Duration // to be left alone
	}{
		{"no answer", hangUp(""), 2, 0},
		{"half an answer", hangUp(`{"id"`), 2, 0},
		{"429", status(429, refused), 2, 0},
		{"429, later", status(429, refused, "Retry-After", "7"), 2, 7 * time.Second},
		{"429, in an hour", status(429, refused, "Retry-After", "3600"), 1, 0},
		{"429, in ages", status(429, refused, "Retry-After", "99999999999999999999"), 1, 0},
		{"429, at a date", status(429, refused, "Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"), 2, 0},
		{"500", status(500, refused), 2, 0},
		{"502", status(502, "<html>"), 2, 0},
		{"503", status(503, refused, "Retry-After", "60"), 2, 60 * time.Second},
		{"504", status(504, ""), 2, 0},
		{"409 of the state", status(409, refused), 1, 0},
		{"301", status(301, "", "Location", "/elsewhere"), 1, 0},
		{"400", status(400, refused, "Retry-After", "1"), 1, 0},
		{"401", status(401, refused), 1, 0},
		{"404", status(404, refused), 1, 0},
		{"412", status(412, refused), 1, 0},
		{"422", status(422, refused), 1, 0},
		{"501", status(501, refused), 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for method, call := range map[string]func(context.Context, *client.Client) error{
				http.MethodGet: func(ctx context.Context, p *client.Client) error {
					_, err := p.Customers.RetrieveOrCreate(ctx, "z1")
					return err
				},
				http.MethodPut: func(ctx context.Context, p *client.Client) error {
					_, err := p.Customers.Update(ctx, "cus_1", clientele.CustomerParams{Name: new("Ada")})
					return err
				},
				http.MethodPost: func(ctx context.Context, p *client.Client) error {
					_, err := p.Customers.Create(ctx, clientele.CustomerParams{Name: new("Ada")})
					return err
				},
				http.MethodDelete: func(ctx context.Context, p *client.Client) error {
					_, err := p.Customers.Delete(ctx, "cus_1")
					return err
				},
			} {
				// The standard transport repeats by itself what breaks on a used connection: have none.
				fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
				payment, s := serve(t, answers(c.first, status(200, ada)), client.WithHTTPClient(fresh))
				err := call(t.Context(), payment)
				if len(s.tries) != c.tries || (err == nil) != (c.tries == 2) {
					t.Fatalf("%s: %d tries, %v; want %d", method, len(s.tries), err, c.tries)
				}
				if len(s.slept) != c.tries-1 {
					t.Fatalf("%s: waited %v", method, s.slept)
				}
				if c.tries == 2 {
					checkWait(t, s.slept[0], c.asked)
					checkSame(t, s.tries[0], s.tries[1])
				}
			}
		})
	}
}

func checkWait(t *testing.T, waited, asked time.Duration) {
	t.Helper()
	if asked == 0 && (waited < 0 || waited >= firstBackoff) || asked > 0 && waited != asked {
		t.Errorf("waited %v, was asked for %v", waited, asked)
	}
}

func checkSame(t *testing.T, a, b try) {
	t.Helper()
	if a.method != b.method || a.path != b.path || a.body != b.body || a.method != http.MethodDelete && a.body == "" ||
		a.header.Get("Idempotency-Key") != b.header.Get("Idempotency-Key") {
		t.Errorf("%s repeated %+v as %+v", a.method, a, b)
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opts  []client.Option
		tries int
	}{
		"by default": {nil, 4},
		"never":      {[]client.Option{client.WithMaxRetries(0)}, 1},
		"often":      {[]client.Option{client.WithMaxRetries(99)}, 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			payment, s := serve(t, answers(status(503, `{"error":"Busy","code":"unavailable"}`)), c.opts...)
			_, err := payment.Customers.Retrieve(t.Context(), "cus_1")
			if code, _ := refusal(err); code != clientele.ErrorCodeUnavailable || len(s.tries) != c.tries {
				t.Errorf("%d tries, %v; want %d", len(s.tries), err, c.tries)
			}
			for i, waited := range s.slept {
				if waited < 0 || waited >= min(firstBackoff<<min(i, 10), 8*time.Second) {
					t.Errorf("wait %d was %v", i, waited)
				}
			}
			if c.tries == 100 && slices.Max(s.slept) < 4*time.Second {
				t.Errorf("waits did not grow: %v", s.slept) // by chance once in 2^94
			}
		})
	}
}

func TestKeysDiffer(t *testing.T) {
	t.Parallel()
	payment, s := serve(t, answers(status(200, ada)))
	for range 2 {
		if _, err := payment.Customers.Restore(t.Context(), "cus_1"); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := s.tries[0].header.Get("Idempotency-Key"), s.tries[1].header.Get("Idempotency-Key"); a == b {
		t.Errorf("two calls sent the key %s", a)
	}
}

func TestContextEndsACall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	arrived := make(chan struct{})
	payment, s := serve(t, answers(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	go func() { <-arrived; cancel() }()
	_, err := payment.Customers.Retrieve(ctx, "cus_1")
	if !errors.Is(err, context.Canceled) || len(s.tries) != 1 || len(s.slept) != 0 {
		t.Errorf("%d tries, waits %v, %v", len(s.tries), s.slept, err)
	}
}

func TestContextEndsAWait(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]client.Option{"noted": nil, "real": {client.WithSleep(client.Sleep)}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			slow := func(w http.ResponseWriter, r *http.Request) {
				status(503, `{"error":"Busy","code":"unavailable"}`, "Retry-After", "60")(w, r)
			}
			h := &http.Client{Transport: after{http.DefaultTransport, cancel}}
			payment, s := serve(t, answers(slow), append(opts, client.WithHTTPClient(h))...)
			_, err := payment.Customers.Retrieve(ctx, "cus_1")
			code, _ := refusal(err)
			if !errors.Is(err, context.Canceled) || code != clientele.ErrorCodeUnavailable || len(s.tries) != 1 {
				t.Errorf("%d tries, %v", len(s.tries), err)
			}
		})
	}
}

// after calls done when an answer has been read to its end.
type after struct {
	http.RoundTripper
	done func()
}

func (a after) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := a.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = closing{resp.Body, a.done}
	}
	return resp, err
}

type closing struct {
	io.ReadCloser
	done func()
}

func (c closing) Close() error {
	c.done()
	return c.ReadCloser.Close()
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		h    http.HandlerFunc
		want client.Error
		text string
	}{
		{"whole", status(400, `{"error":"Bad email","code":"invalid","field":"email","request_id":"req_1"}`),
			wanted(400, clientele.Error{Code: "invalid", Field: "email", Message: "Bad email", RequestID: "req_1"}),
			"clientele: 400: Bad email (email) [request req_1]"},
		{"request id of the header", status(404, `{"error":"None","code":"not_found"}`, "X-Request-Id", "req_2"),
			wanted(404, clientele.Error{Code: "not_found", Message: "None", RequestID: "req_2"}),
			"clientele: 404: None [request req_2]"},
		{"text", status(413, " Too large \n"),
			wanted(413, clientele.Error{Message: "Too large"}), "clientele: 413: Too large"},
		{"long text", status(413, strings.Repeat("é", 1000)),
			wanted(413, clientele.Error{Message: strings.Repeat("é", 100)}), ""},
		{"cut text", status(413, "a"+strings.Repeat("é", 1000)),
			wanted(413, clientele.Error{Message: "a" + strings.Repeat("é", 99)}), ""},
		{"nothing", status(404, ""), wanted(404, clientele.Error{Message: "Not Found"}), ""},
		{"other JSON", status(400, `{"error":{"code":7}}`),
			wanted(400, clientele.Error{Message: `{"error":{"code":7}}`}), ""},
		{"JSON without a message", status(400, `{}`), wanted(400, clientele.Error{Message: `{}`}), ""},
		{"redirect", status(307, "", "Location", "/"), wanted(307, clientele.Error{Message: "Temporary Redirect"}), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			payment, _ := serve(t, answers(c.h))
			_, err := payment.Customers.Retrieve(t.Context(), "cus_1")
			got, ok := errors.AsType[*client.Error](err)
			if !ok || !reflect.DeepEqual(*got, c.want) {
				t.Fatalf("%#v\nwant %#v", err, c.want)
			}
			if inner, ok := errors.AsType[*clientele.Error](err); !ok || inner.Message != c.want.Message {
				t.Errorf("as *clientele.Error: %v", inner)
			}
			if c.text != "" && err.Error() != c.text {
				t.Errorf("reads %q, want %q", err, c.text)
			}
		})
	}
}

func wanted(status int, e clientele.Error) client.Error {
	w := client.Error{StatusCode: status}
	w.Code, w.Field, w.Message, w.RequestID = e.Code, e.Field, e.Message, e.RequestID
	return w
}

func TestUnreadableAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"text":       {"<html>", "cannot read the answer to GET /api/customers/{id}"},
		"cut short":  {`{"id":"cus_1"`, "cannot read the answer to GET /api/customers/{id}"},
		"nothing":    {"", "cannot read the answer to GET /api/customers/{id}"},
		"wrong type": {`{"id":7}`, "cannot read the answer to GET /api/customers/{id}"},
		"too large":  {`{"id":"` + strings.Repeat("x", 1000) + `"}`, "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			payment, s := serve(t, answers(status(200, c.body)), client.WithMaxAnswer(1000))
			_, err := payment.Customers.Retrieve(t.Context(), "cus_1")
			if err == nil || !strings.Contains(err.Error(), c.want) || len(s.tries) != 1 {
				t.Errorf("%d tries, %v; want %q", len(s.tries), err, c.want)
			}
		})
	}
}

func TestLargestAnswer(t *testing.T) {
	t.Parallel()
	payment, _ := serve(t, answers(status(200, ada)), client.WithMaxAnswer(int64(len(ada))))
	if got, err := payment.Customers.Retrieve(t.Context(), "cus_1"); err != nil || got.Name != "Ada" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestMistakesAreNotSent(t *testing.T) {
	t.Parallel()
	noSleep := client.WithSleep(func(context.Context, time.Duration) error { t.Error("waited"); return nil })
	for _, address := range []string{"", "127.0.0.1:8080", "localhost:8080", "ftp://localhost", "http://[", "/api"} {
		if _, err := client.New(address, "sk", noSleep).Customers.Retrieve(t.Context(), "cus_1"); err == nil {
			t.Errorf("called %q", address)
		}
	}
	payment, s := serve(t, answers(status(200, ada)))
	_, err := payment.Customers.Create(t.Context(), clientele.CustomerParams{Preference: func() {}})
	if err == nil || !strings.Contains(err.Error(), "POST /api/customers") || len(s.tries) != 0 {
		t.Errorf("%d tries, %v", len(s.tries), err)
	}
}
