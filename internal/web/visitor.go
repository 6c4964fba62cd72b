package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of the proxies that are believed what they say of a request: X-Forwarded-For and
// X-Forwarded-Proto.
type Proxies []netip.Prefix

// LocalProxies are those on this machine and on private networks (RFC 1918, RFC 4193).
var LocalProxies = Proxies{
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("fc00::/7"),
}

// ParseProxies reads networks such as 10.0.0.0/8, and addresses; none is nobody, and nothing at all [LocalProxies].
func ParseProxies(networks []string) (Proxies, error) {
	if len(networks) == 0 {
		return LocalProxies, nil
	}
	proxies := Proxies{}
	for _, text := range networks {
		if text == "none" {
			continue
		}
		network, err := netip.ParsePrefix(text)
		if address, e := netip.ParseAddr(text); e == nil && address.Zone() == "" {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("a proxy is an address, a network such as 10.0.0.0/8, or none; not %q", text)
		}
		proxies = append(proxies, network.Masked())
	}
	return proxies, nil
}

// believe says whether what is said of a request comes from one of the proxies. A socket is reached by a proxy on this
// machine alone.
func (p Proxies) believe(r *http.Request) bool {
	address, isSocket := connectedFrom(r)
	if isSocket {
		return true
	}
	for _, network := range p {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// connectedFrom is the other end of a request's connection; a socket's has no address.
func connectedFrom(r *http.Request) (address netip.Addr, isSocket bool) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	address, err = netip.ParseAddr(host)
	return address.Unmap().WithZone(""), err != nil
}

// Neighbourhood is where a request came from, as far as one person or firm has it: an IPv4 address, or the 48 bits of
// an IPv6 address that a provider gives to one customer (RFC 6177). Of a proxy that is believed it is the last address
// in X-Forwarded-For, which that proxy wrote itself.
func Neighbourhood(r *http.Request) string {
	address, isSocket := connectedFrom(r)
	if baseOf(r).proxies.believe(r) {
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
			address, isSocket = last.Unmap(), false
		}
	}
	switch {
	case isSocket:
		return r.RemoteAddr
	case address.Is6():
		const ofOneCustomer = 48
		network, _ := address.WithZone("").Prefix(ofOneCustomer) // 48 bits are as many as there are
		return network.String()
	}
	return address.String()
}
