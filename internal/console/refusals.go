package console

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// How failed sign-ins are slowed: the first few cost nothing, then each makes its address wait twice as long.
const (
	freeRefusals = 5
	longestWait  = time.Minute
	maxAddresses = 10_000 // that are remembered at once
)

// refusals remembers which addresses have failed to sign in.
type refusals struct {
	now func() time.Time
	mu  sync.Mutex
	of  map[string]refusal
}

type refusal struct {
	count int
	until time.Time // until when its address must wait
}

// wait is how long an address must wait before it may try again.
func (r *refusals) wait(address string) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of[address].until.Sub(r.now())
}

// add remembers that an address failed.
func (r *refusals) add(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if len(r.of) >= maxAddresses {
		for a, old := range r.of {
			if now.Sub(old.until) > longestWait {
				delete(r.of, a)
			}
		}
	}
	if r.of == nil || len(r.of) >= maxAddresses {
		r.of = map[string]refusal{}
	}
	failed := r.of[address]
	failed.count++
	failed.until = now
	if over := failed.count - freeRefusals; over > 0 {
		failed.until = now.Add(min(longestWait, time.Second<<min(over, 10)))
	}
	r.of[address] = failed
}

// forget lets an address begin anew.
func (r *refusals) forget(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.of, address)
}

// addressOf is the address that a request came from: what a proxy on this machine or network says, or else the other
// end of the connection. Of IPv6 it is the network of the address, all of which one person has.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	address, err := netip.ParseAddr(host)
	isSocket := err != nil // which only a proxy on this machine reaches
	if address = address.Unmap(); isSocket || address.IsLoopback() || address.IsPrivate() {
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
			address = last.Unmap()
		} else if isSocket {
			return host
		}
	}
	if address.Is6() {
		network, _ := address.WithZone("").Prefix(64) // 64 bits are as many as there are
		return network.String()
	}
	return address.String()
}
