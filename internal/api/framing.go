package api

import (
	"bytes"
	"context"
	"net"
	"net/http"

	"clientele.dev"
)

// A request that has both Content-Length and Transfer-Encoding may be one whose end two servers see at different places
// (RFC 9112, 6.3). net/http believes the latter and drops the former, so it is looked for in what came over the
// connection.

// GuardFraming makes a server refuse requests with two lengths, and returns the listener it must serve on.
func GuardFraming(server *http.Server, listener net.Listener) net.Listener {
	server.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}
	server.ConnState = func(c net.Conn, state http.ConnState) {
		if h, ok := c.(*headConn); ok && state == http.StateIdle {
			h.head, h.whole = h.head[:0], false // the next request's comes
		}
	}
	return headListener{listener}
}

// connKey is what a request's context has its connection under.
type connKey struct{}

type headListener struct{ net.Listener }

// Accept implements [net.Listener].
func (l headListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &headConn{Conn: c}, nil
}

// headConn keeps the head of the request that it reads: the request line and the header.
type headConn struct {
	net.Conn
	head  []byte
	whole bool
}

const maxHead = 128 << 10 // more than the server takes

// Read implements [net.Conn].
func (c *headConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if !c.whole {
		c.head = append(c.head, b[:n]...)
		if end := bytes.Index(c.head, []byte("\r\n\r\n")); end >= 0 {
			c.head, c.whole = c.head[:end+2], true
		}
		c.whole = c.whole || len(c.head) > maxHead
	}
	return n, err
}

// checkFraming refuses a request that says its length in two ways. One that comes in chunks behind another on the same
// connection before that one was answered has no head of its own here, and is refused too.
func checkFraming(r *http.Request) error {
	c, guarded := r.Context().Value(connKey{}).(*headConn)
	if len(r.TransferEncoding) == 0 || !guarded {
		return nil
	}
	head := bytes.ToLower(c.head)
	if bytes.Contains(head, []byte("\ntransfer-encoding:")) && !bytes.Contains(head, []byte("\ncontent-length:")) {
		return nil
	}
	return clientele.Errorf(clientele.ErrorCodeInvalid, "Content-Length",
		"a request has Content-Length or Transfer-Encoding, not both")
}
