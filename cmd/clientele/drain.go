package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// draining stops a server so that every request that came is answered. The Shutdown of net/http alone hangs up, without
// an answer, on connections whose request it reads just then, and nobody repeats a POST.
type draining struct {
	net.Listener
	server *http.Server

	mu        sync.Mutex
	open      map[net.Conn]connection // that a request is expected of, or was read from
	stopped   bool
	accepting chan struct{} // closed once no more connections come
	shut      chan struct{} // closed by Close
	shutOnce  sync.Once
}

// connection is one that is not between two requests.
type connection struct {
	state http.ConnState
	since time.Time
}

// firstRequest is how long the first request of a connection is waited for: browsers open some for later.
const firstRequest = 5 * time.Second

// newDraining lets a server that serves on the listener be drained.
func newDraining(server *http.Server, listener net.Listener) *draining {
	d := &draining{
		Listener: listener, server: server, open: map[net.Conn]connection{},
		accepting: make(chan struct{}), shut: make(chan struct{}),
	}
	before := server.ConnState
	server.ConnState = func(c net.Conn, state http.ConnState) {
		if before != nil {
			before(c, state)
		}
		d.note(c, state)
	}
	return d
}

func (d *draining) note(c net.Conn, state http.ConnState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch state {
	case http.StateNew, http.StateActive:
		d.open[c] = connection{state, time.Now()}
	default:
		delete(d.open, c)
	}
}

// Accept implements [net.Listener]. When no more connections come it ends with the server.
func (d *draining) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if err == nil {
		d.note(c, http.StateNew)
		return c, nil
	}
	d.mu.Lock()
	stopped := d.stopped
	d.mu.Unlock()
	if stopped {
		close(d.accepting)
		<-d.shut
	}
	return nil, err
}

// Close implements [net.Listener].
func (d *draining) Close() error {
	d.shutOnce.Do(func() { close(d.shut) })
	if err := d.Listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil // it was closed by shutdown
}

// shutdown takes no more connections, waits for the requests of those that there are, and stops the server.
func (d *draining) shutdown(ctx context.Context) error {
	d.mu.Lock()
	d.stopped = true
	d.mu.Unlock()
	if err := d.Listener.Close(); err != nil { // it ends Accept
		return err
	}
	select {
	case <-d.accepting:
	case <-ctx.Done():
	}
	for d.isBusy() && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	return d.server.Shutdown(ctx)
}

// isBusy says whether an answer is owed on a connection.
func (d *draining) isBusy() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.open {
		if c.state == http.StateActive || time.Since(c.since) < firstRequest {
			return true
		}
	}
	return false
}
