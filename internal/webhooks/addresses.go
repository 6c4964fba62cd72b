package webhooks

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
)

// special are the networks that the internet at large does not route to, or that stand for another address (the IANA
// registries of special-purpose addresses: RFC 6890 and its followers).
var special = networks(`
	0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
	192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
	203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
	::/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48
	3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8`)

func networks(list string) (all []netip.Prefix) {
	for _, network := range strings.Fields(list) {
		all = append(all, netip.MustParsePrefix(network))
	}
	return all
}

// ParseNetworks reads networks such as 10.0.0.0/8, or addresses.
func ParseNetworks(list []string) (all []netip.Prefix, err error) {
	for _, text := range list {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			address, alone := netip.ParseAddr(text)
			if alone != nil {
				return nil, fmt.Errorf("%q is no network such as 10.0.0.0/8", text)
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		all = append(all, network.Masked())
	}
	return all, nil
}

// mayConnect says whether events may be sent to an address: one of the internet, or of a network that the operator has
// allowed.
func mayConnect(address netip.Addr, allowed []netip.Prefix) bool {
	address = address.Unmap().WithZone("")
	for _, network := range allowed {
		if network.Contains(address) {
			return true
		}
	}
	for _, network := range special {
		if network.Contains(address) {
			return false
		}
	}
	return address.IsGlobalUnicast()
}

// guard refuses connections where they are made, when the name has become an address: a name that means another address
// by then is seen through.
func guard(allowed []netip.Prefix) func(network, address string, c syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !mayConnect(to.Addr(), allowed) {
			return &net.AddrError{
				Err: "events are not sent to " + to.Addr().String() + " unless the server is started with --webhook-allow",
			}
		}
		return nil
	}
}
