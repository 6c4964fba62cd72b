package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestNeighbourhood(t *testing.T) {
	t.Parallel()
	local, cloud, nobody := []string(nil), []string{"192.0.2.0/24", "2001:db8:ffff::1"}, []string{"none"}
	for _, test := range []struct {
		trusted   []string
		remote    string
		forwarded []string
		want      string
	}{
		{local, "192.0.2.1:1234", nil, "192.0.2.1"},
		{local, "192.0.2.1:1234", []string{"198.51.100.1"}, "192.0.2.1"}, // not from a proxy of ours
		{local, "127.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{local, "10.0.0.1:1", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"}, // the first could be made up
		{local, "10.0.0.1:1", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1"},
		{local, "10.0.0.1:1", []string{"203.0.113.9, 203.0.113.8", "", "198.51.100.1"}, "198.51.100.1"},
		{local, "[fd00::1]:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{local, "127.0.0.1:1", []string{"nonsense"}, "127.0.0.1"},
		{local, "127.0.0.1:1", []string{"198.51.100.1,"}, "127.0.0.1"},
		{local, "[::1]:1", []string{"2001:db8:1:2:3::4"}, "2001:db8:1::/48"},
		{local, "[2001:db8:1:ffff::1]:1", nil, "2001:db8:1::/48"},
		{local, "[::ffff:192.0.2.1]:1", nil, "192.0.2.1"},
		{local, "[fe80::1%eth0]:1", nil, "fe80::/48"},
		{local, "pipe", nil, "pipe"},
		{local, "@", []string{"198.51.100.1"}, "198.51.100.1"}, // of a proxy on a socket
		{cloud, "192.0.2.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{cloud, "[2001:db8:ffff::1]:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{cloud, "[2001:db8:ffff::2]:1", []string{"198.51.100.1"}, "2001:db8:ffff::/48"},
		{cloud, "127.0.0.1:1", []string{"198.51.100.1"}, "127.0.0.1"},
		{nobody, "127.0.0.1:1", []string{"198.51.100.1"}, "127.0.0.1"},
	} {
		proxies, err := ParseProxies(test.trusted)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = test.remote, test.forwarded
		r.Header.Set("X-Forwarded-Proto", "https")
		var got string
		var secure bool
		Base{}.Trusting(proxies).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got, secure = Neighbourhood(r), OverTLS(r)
		})).ServeHTTP(httptest.NewRecorder(), r)
		if got != test.want {
			t.Errorf("%s for %q, trusting %q, is %s, want %s", test.remote, test.forwarded, test.trusted, got, test.want)
		}
		if believed := proxies.believe(r); secure != believed {
			t.Errorf("%s, trusting %q, says that it came over TLS: %t", test.remote, test.trusted, secure)
		}
	}
}

func TestProxiesAreRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", "10.0.0.0/33", "fe80::1%eth0", "10.0.0.0/8,127.0.0.1"} {
		if p, err := ParseProxies([]string{text}); err == nil {
			t.Errorf("%q is read as %v", text, p)
		}
	}
}
