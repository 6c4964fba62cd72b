package webhooks

import (
	"net/netip"
	"strings"
	"testing"
)

// forbidden are addresses that no event is sent to.
const forbidden = `
	0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.1.2.3 127.255.255.255 169.254.0.1
	169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
	192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
	240.0.0.1 255.255.255.255
	:: ::1 ::2 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:192.168.1.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
	::ffff:0:10.0.0.1 64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:10::1
	2001:db8::1 2001:20::1 2002:7f00:1::1 2002:a00:1::1 2002:c0a8:101::1 3fff::1 5f00::1 2620:4f:8000::1 fc00::1 fd00::1
	fd00:ec2::254 fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1 ff0e::1 ::ffff:100.64.0.1 ::ffff:0.0.0.0`

func TestForbiddenAddresses(t *testing.T) {
	t.Parallel()
	all := strings.Fields(forbidden)
	if len(all) < 60 {
		t.Errorf("there are %d", len(all))
	}
	control := guard(nil)
	for _, text := range all {
		if mayConnect(netip.MustParseAddr(text), nil) {
			t.Errorf("%s may be connected to", text)
		}
		if err := control("tcp", netip.AddrPortFrom(netip.MustParseAddr(text), 80).String(), nil); err == nil {
			t.Errorf("%s is not refused where it is connected to", text)
		}
	}
	for _, text := range strings.Fields("1.1.1.1 8.8.8.8 93.184.215.14 172.32.0.1 100.128.0.1 2606:4700:4700::1111 " +
		"2a00:1450:4001::200e ::ffff:8.8.8.8") {
		if !mayConnect(netip.MustParseAddr(text), nil) {
			t.Errorf("%s may not be connected to", text)
		}
	}
	allowed, err := ParseNetworks([]string{"10.1.0.0/16", "::1", "fd00::/8"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false, "::1": true, "::2": false, "fd12::1": true,
		"127.0.0.1": false,
	} {
		if mayConnect(netip.MustParseAddr(text), allowed) != want {
			t.Errorf("%s: may be connected to is not %t", text, want)
		}
	}
	for _, text := range []string{"10.0.0.0/33", "example.com", ""} {
		if _, err := ParseNetworks([]string{text}); err == nil {
			t.Errorf("%q is taken for a network", text)
		}
	}
}

func TestSeal(t *testing.T) {
	t.Parallel()
	const first, second = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI="
	seal := func(s Sealer, secret string) string {
		t.Helper()
		kept, err := s.Seal(secret)
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	sealer := func(keys ...string) Sealer {
		t.Helper()
		s, err := NewSealer(keys...)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	open, old := sealer(), sealer(first)
	plain, kept := seal(open, "whsec_a"), seal(old, "whsec_a")
	if plain != "whsec_a" || strings.Contains(kept, "whsec") || kept == seal(old, "whsec_a") {
		t.Errorf("they are kept as %s and %s", plain, kept)
	}
	for _, s := range []Sealer{old, sealer(second, first)} {
		for _, is := range []string{plain, kept} {
			if secret, err := s.Open(is); secret != "whsec_a" || err != nil {
				t.Errorf("%s opens as %q, %v", is, secret, err)
			}
		}
	}
	for _, is := range []string{kept, kept[:len(kept)-8], sealed + "!"} {
		if secret, err := sealer(second).Open(is); err == nil {
			t.Errorf("%s opens as %q with another key", is, secret)
		}
	}
	for _, bad := range []string{"", "short", first[:20], first + first} {
		if _, err := NewSealer(bad); err == nil {
			t.Errorf("%q is a key", bad)
		}
	}
}
