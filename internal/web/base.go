// Package web is what the API and the console have in common about the web: where browsers reach the server, who calls,
// which status an error has, what becomes of a panic, queues and compression.
package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Base is where browsers reach the server: behind a proxy that is another address, with a path perhaps.
type Base struct {
	scheme, host string
	path         string // "" or /payment
	given        bool   // whether somebody has said it
	proxies      Proxies
}

// Trusting is the base with the proxies that are believed.
func (b Base) Trusting(proxies Proxies) Base {
	b.proxies = proxies
	return b
}

// ParseBase reads the address that browsers use, such as https://example.com/payment.
func ParseBase(address string) (Base, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !hostForm.MatchString(u.Host) || u.User != nil ||
		u.RawQuery != "" || u.Fragment != "" || u.RawPath != "" {
		return Base{}, fmt.Errorf("the address must be one such as https://example.com or https://example.com/payment, "+
			"not %q", address)
	}
	return Base{scheme: u.Scheme, host: u.Host, path: strings.TrimRight(u.Path, "/"), given: true}, nil
}

// hostForm is what a host can be that is shown to people.
var hostForm = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]+$`)

// Unless is the base, or another one when nobody has said it.
func (b Base) Unless(other Base) Base {
	if b.given {
		return b
	}
	other.given, other.proxies = false, b.proxies
	return other
}

type baseKey struct{}

// Handler lets a handler know the base of its requests, and takes its path from those that still have it: a proxy may
// have done so, or not.
func (b Base) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), baseKey{}, b))
		if b.given {
			r.Host = b.host // with which the Origin of a form is compared
		}
		if path, has := strings.CutPrefix(r.URL.Path, b.path); has && b.path != "" && (path == "" || path[0] == '/') {
			u := *r.URL
			u.Path, u.RawPath = "/"+strings.TrimPrefix(path, "/"), strings.TrimPrefix(u.RawPath, b.path)
			r.URL = &u
		}
		next.ServeHTTP(w, r)
	})
}

func baseOf(r *http.Request) Base {
	b, _ := r.Context().Value(baseKey{}).(Base)
	return b
}

// Root is what the paths of a request's pages begin with: "" or /payment.
func Root(r *http.Request) string { return baseOf(r).path }

// OverTLS says whether the browser came by TLS, to this server or to a proxy before it.
func OverTLS(r *http.Request) bool {
	if b := baseOf(r); b.given {
		return b.scheme == "https"
	}
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" && baseOf(r).proxies.believe(r)
}

// Address is where browsers reach the server, with the path. Without a base it is where the request was sent to; ""
// when that cannot be shown.
func Address(r *http.Request) string {
	b := baseOf(r)
	scheme, host := b.scheme, b.host
	if !b.given {
		scheme = map[bool]string{true: "https", false: "http"}[OverTLS(r)]
	}
	if host == "" {
		host = r.Host
	}
	if !hostForm.MatchString(host) {
		return ""
	}
	return scheme + "://" + host + b.path
}
