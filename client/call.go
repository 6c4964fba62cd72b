package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"clientele.dev"
)

// request is what to ask of the API.
type request struct {
	// The operation: a method and a path that may hold one {name}, which ref fills.
	route, ref string
	query      any // a struct of parameters, or nil
	body       any // nil sends none
}

// call is a request about to be sent, as often as it takes.
type call struct {
	route    string
	request  *http.Request
	answered *http.Header
}

// answer is a whole answer, of any status.
type answer struct {
	status int
	header http.Header
	body   []byte
}

var (
	errAddress  = errors.New("clientele: the server's address must start with http:// or https://")
	errTooLarge = errors.New("clientele: the answer is too large")
)

// fetch makes the call and decodes its answer.
func fetch[T any](ctx context.Context, c *Client, opts []CallOption, r request) (*T, error) {
	call, err := c.prepare(ctx, opts, r)
	if err != nil {
		return nil, err
	}
	answer, err := c.do(call)
	if err != nil {
		return nil, err
	}
	into := new(T)
	if err := json.Unmarshal(answer.body, into); err != nil {
		return nil, fmt.Errorf("clientele: cannot read the answer to %s: %w", r.route, err)
	}
	return into, nil
}

// fetchList is fetch of an answer that is a list alone.
func fetchList[T any](ctx context.Context, c *Client, opts []CallOption, r request) ([]T, error) {
	list, err := fetch[[]T](ctx, c, opts, r)
	if err != nil {
		return nil, err
	}
	return *list, nil
}

// fetchFile makes the call and returns its answer as it is.
func fetchFile(ctx context.Context, c *Client, opts []CallOption, r request) ([]byte, error) {
	call, err := c.prepare(ctx, opts, r)
	if err != nil {
		return nil, err
	}
	call.request.Header.Set("Accept", "*/*")
	answer, err := c.do(call)
	if err != nil {
		return nil, err
	}
	return answer.body, nil
}

// prepare settles what every try sends alike.
func (c *Client) prepare(ctx context.Context, opts []CallOption, r request) (*call, error) {
	method, address, err := c.locate(r)
	if err != nil {
		return nil, err
	}
	var payload []byte
	if r.body != nil {
		if payload, err = json.Marshal(withoutNils(r.body)); err != nil {
			return nil, fmt.Errorf("clientele: cannot write the body of %s: %w", r.route, err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(payload))
	if err != nil {
		return nil, fmt.Errorf("clientele: cannot make %s: %w", r.route, err)
	}
	if s := req.URL.Scheme; s != "http" && s != "https" {
		return nil, errAddress
	}
	req.Header = http.Header{
		"Authorization": {"Bearer " + c.key}, "User-Agent": {c.userAgent}, "Accept": {"application/json"},
	}
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if method != http.MethodGet {
		req.Header.Set("Idempotency-Key", newKey())
	}
	call := &call{route: r.route, request: req}
	for _, opt := range opts {
		opt(call)
	}
	return call, nil
}

// withoutNils is a body without the fields of any kind that hold a nil map, list or pointer: null would clear what is
// there, and who has nothing to say of it means to leave it.
func withoutNils(body any) any {
	whole := reflect.New(reflect.TypeOf(body)).Elem()
	whole.Set(reflect.ValueOf(body))
	dropNils(whole)
	return whole.Interface()
}

func dropNils(of reflect.Value) {
	for i := range of.NumField() {
		field := of.Field(i)
		switch {
		case of.Type().Field(i).Anonymous:
			dropNils(field)
		case field.Kind() == reflect.Interface && !field.IsNil():
			if held := field.Elem(); held.Kind() == reflect.Map && held.IsNil() ||
				held.Kind() == reflect.Slice && held.IsNil() || held.Kind() == reflect.Pointer && held.IsNil() {
				field.SetZero()
			}
		}
	}
}

// locate makes the method and the address of a request.
func (c *Client) locate(r request) (method, address string, err error) {
	method, path, _ := strings.Cut(r.route, " ")
	if before, rest, found := strings.Cut(path, "{"); found {
		name, after, _ := strings.Cut(rest, "}")
		// A path cannot hold these; and GET /api/customers/search is not about a customer called search.
		if r.ref == "" || r.ref == "." || r.ref == ".." || r.ref == "search" && name == "id" {
			return "", "", clientele.Errorf(clientele.ErrorCodeInvalid, name, "%q cannot be the %s of %s", r.ref, name,
				r.route)
		}
		path = before + url.PathEscape(r.ref) + after
	}
	address = c.base + path
	if query := encodeQuery(r.query).Encode(); query != "" {
		address += "?" + query
	}
	return method, address, nil
}

func newKey() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails, as its documentation says
	return hex.EncodeToString(random[:])
}

// send makes one try.
func (c *Client) send(call *call) (*answer, error) {
	req := call.request.Clone(call.request.Context())
	req.Body, _ = call.request.GetBody() // of a bytes.Reader: never fails
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("clientele: the answer to %s broke off: %w", call.route, err)
	}
	if int64(len(body)) > c.maxAnswer {
		return nil, errTooLarge
	}
	if call.answered != nil {
		*call.answered = resp.Header
	}
	return &answer{status: resp.StatusCode, header: resp.Header, body: body}, nil
}
