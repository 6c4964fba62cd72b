package sqlite

import (
	"context"
	"errors"
	"runtime"
	"time"

	"clientele.dev"
)

// A reader's snapshot keeps the write-ahead log from being restarted, and a scan keeps a core busy. So only so many
// scans run at once, and few connections are kept for what is quick.
const scanQueueTimeout = 2 * time.Second // how long a scan waits for its turn before it is refused

// errTooManyScans is what a scan gets whose turn did not come.
var errTooManyScans = clientele.Errorf(clientele.ErrorCodeUnavailable, "",
	"too many lists, searches and reports are running; try again in a moment")

// pool holds connections that read. They are opened when they are first needed.
type pool struct {
	path    string
	open    func(path string, pragmas ...string) (*conn, error)
	pragmas []string
	conns   chan *conn // nil for one that is not open yet
}

func newPool(
	path string, size int, open func(path string, pragmas ...string) (*conn, error), pragmas ...string,
) *pool {
	p := &pool{path: path, open: open, pragmas: append(pragmas, "query_only = 1"), conns: make(chan *conn, size)}
	for range size {
		p.conns <- nil
	}
	return p
}

// read runs fn with a connection.
func (p *pool) read(ctx context.Context, fn func(*conn) error) error {
	var c *conn
	select {
	case c = <-p.conns:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { p.conns <- c }()
	if c == nil {
		opened, err := p.open(p.path, p.pragmas...)
		if err != nil {
			return faultOf(err)
		}
		c = opened
	}
	return faultOf(fn(c))
}

// close closes the connections when whoever uses one is done.
func (p *pool) close() (err error) {
	for range cap(p.conns) {
		if c := <-p.conns; c != nil {
			err = errors.Join(err, c.Close())
		}
	}
	return err
}

// scans is how many scans run at once: as many as there are cores. Each gives way to quick look-ups every few
// milliseconds, as the Go scheduler has it.
func scans() int { return runtime.GOMAXPROCS(0) }

// turn waits until a scan may run. The caller must call done.
func (s *Store) turn(ctx context.Context) (done func(), err error) {
	done = func() { <-s.scanning }
	select {
	case s.scanning <- struct{}{}:
		return done, nil
	default:
	}
	patience := time.NewTimer(scanQueueTimeout)
	defer patience.Stop()
	select {
	case s.scanning <- struct{}{}:
		return done, nil
	case <-patience.C:
		return nil, errTooManyScans
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
