package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// A server behind nginx, under a path that it strips or not, is all there by HTTP/2: links, assets, redirects, cookies,
// the documentation; and none follows the Host of a request.
func TestUnderAPath(t *testing.T) {
	t.Parallel()
	for name, strip := range map[string]bool{"stripped": true, "not stripped": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := newNginx(t)
			base := "https://" + proxy.address + "/payment"
			s := serve(t, newDatabase(t), "--url", base)
			where, err := url.Parse(s.url)
			if err != nil {
				t.Fatal(err)
			}
			location := strings.NewReplacer("127.0.0.1:8080", where.Host, "$host", "evil.example").Replace(
				documentedLocation(t))
			if strip {
				location = strings.Replace(location, where.Host+";", where.Host+"/;", 1)
			}
			proxy.start(location)
			browser := proxy.browser
			browser.Jar, _ = cookiejar.New(nil) // no options, no error
			get := func(address string) string {
				t.Helper()
				got, err := browser.Get(address)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = got.Body.Close() }()
				body, err := io.ReadAll(got.Body)
				if err != nil || got.StatusCode != http.StatusOK || got.Proto != "HTTP/2.0" {
					t.Errorf("%s: %s %d %v %.200s", address, got.Proto, got.StatusCode, err, body)
				}
				if strings.Contains(string(body), "evil.example") {
					t.Errorf("%s has the request's host", address)
				}
				return string(body)
			}
			c := string(s.want(http.StatusCreated, "POST", "/api/customers", s.testKey, `{"name":"Ada"}`).body)
			id := regexp.MustCompile(`cus_\w+`).FindString(c)
			portal := s.want(http.StatusCreated, "POST", "/api/portal-sessions", s.testKey, `{"customer_id":"`+id+`"}`)
			link := regexp.MustCompile(`"url":"([^"]+)"`).FindStringSubmatch(string(portal.body))
			if link == nil || !strings.HasPrefix(link[1], base+"/portal/") {
				t.Fatalf("the portal's link is %s", portal.body)
			}
			follow := func(page string) {
				t.Helper()
				found := regexp.MustCompile(`(?:href|src|action)="([^"#]+)"`).FindAllStringSubmatch(page, -1)
				if len(found) < 4 {
					t.Errorf("there are %d links", len(found))
				}
				for _, link := range found {
					if strings.HasPrefix(link[1], "/") && !strings.HasPrefix(link[1], "/payment/") && link[1] != "/payment" {
						t.Errorf("a link leads to %s", link[1])
					}
				}
				for _, asset := range regexp.MustCompile(`/payment/assets/[^"]+`).FindAllString(page, -1) {
					get("https://" + proxy.address + asset)
				}
			}
			follow(get(link[1]))
			get(base) // without the last slash
			console := output(t, s.db, "console", "link", "--url", base)
			follow(get(strings.TrimSpace(console)))
			follow(get(base + "/test/customers/" + id))
			follow(get(base + "/test/customers/new"))
			for _, cookie := range browser.Jar.Cookies(&url.URL{Scheme: "https", Host: where.Host, Path: "/"}) {
				t.Errorf("the cookie %s is good outside of the path", cookie.Name)
			}
			if docs := get(base + "/docs?section=customers"); !strings.Contains(docs, base+"/api/customers") {
				t.Error("the documentation has another address")
			}
			if document := get(base + "/openapi.json"); !strings.Contains(document, `"url":"`+base+`"`) {
				t.Error("the description has another address")
			}
			browser.Jar, _ = cookiejar.New(nil)
			if page := get(base + "/live/settings"); !strings.Contains(page, `action="/payment/sign-in"`) {
				t.Error("who has not signed in is not asked to")
			}
		})
	}
	for _, wrong := range []string{
		"example.com", "ftp://example.com", "https://", "https://a@example.com", "https://a.b/?x=1",
	} {
		if _, code := runCommand("serve", "--url", wrong); code != 2 {
			t.Errorf("--url %s: exit %d", wrong, code)
		}
	}
}

// Texts are compressed for whoever accepts that, but for pages that hold a token; what is small is not.
func TestCompression(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t), "--demo")
	jar, _ := cookiejar.New(nil) // no options, no error
	browser := &http.Client{Jar: jar, Transport: &http.Transport{DisableCompression: true}}
	signedIn, err := browser.Get(strings.TrimSpace(output(t, s.db, "console", "link", "--url", s.url)))
	if err = errors.Join(err, signedIn.Body.Close()); err != nil {
		t.Fatal(err)
	}
	for path, compressed := range map[string]bool{
		"/docs": true, "/openapi.json": true, "/api/customers?pageSize=50": true, "/healthz": false,
		"/test/customers": true, "/test/customers/new": false, "/test/developers/keys/new": false,
	} {
		var whole string
		for _, accepts := range []string{"identity", "gzip"} {
			r, err := http.NewRequest("GET", s.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept-Encoding", accepts)
			r.Header.Set("Authorization", "Bearer "+s.testKey)
			got, err := browser.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(got.Body)
			if err = errors.Join(err, got.Body.Close()); err != nil || got.StatusCode != http.StatusOK {
				t.Fatalf("%s: %d %v", path, got.StatusCode, err)
			}
			if is := got.Header.Get("Content-Encoding") == "gzip"; is != (compressed && accepts == "gzip") {
				t.Errorf("%s for who accepts %s: compressed is %t", path, accepts, is)
			}
			if accepts == "identity" {
				whole = string(body)
			} else if compressed && len(body)*2 > len(whole) {
				t.Errorf("%s has %d bytes of %d", path, len(body), len(whole))
			}
		}
	}
}
