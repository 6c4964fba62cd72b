package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestDrainAnswersEverybody stops servers while callers connect, on a socket that another server takes over: whoever
// connected is answered by the one or the other, also when the request comes late.
func TestDrainAnswersEverybody(t *testing.T) {
	t.Parallel()
	address, socket := keptSocket(t)
	begin := func() (*draining, chan error) {
		copied, err := net.FileListener(socket)
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{
			ReadHeaderTimeout: time.Minute,
			Handler:           http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Millisecond) }),
		}
		d, ended := newDraining(server, copied), make(chan error, 1)
		go func() { ended <- server.Serve(d) }()
		return d, ended
	}
	var answered atomic.Int64
	var done atomic.Bool
	var callers sync.WaitGroup
	for caller := range 8 {
		callers.Go(func() {
			for n := 0; !done.Load(); n++ {
				if err := askOnce(address, time.Duration(n%3)*time.Millisecond); err != nil {
					t.Errorf("request %d of caller %d: %v", n, caller, err)
					return
				}
				answered.Add(1)
			}
		})
	}
	for range 40 {
		d, ended := begin()
		for until := answered.Load() + 40; answered.Load() < until && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
		if err := d.shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}
	_, _ = begin() // for those who still ask; it ends with the test
	done.Store(true)
	callers.Wait()
	t.Logf("%d requests", answered.Load())
}

// askOnce connects, asks a while later, and reads the answer.
func askOnce(address string, later time.Duration) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	time.Sleep(later)
	const request = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
	if _, err := fmt.Fprint(c, request); err != nil {
		return err
	}
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// TestDrainEnds although somebody has connected and asks nothing, and a request does not come whole.
func TestDrainEnds(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.NotFoundHandler()}
	d, ended := newDraining(server, listener), make(chan error, 1)
	go func() { ended <- server.Serve(d) }()
	for _, says := range []string{"", "POST / HTTP/1.1\r\nHo"} {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if _, err := c.Write([]byte(says)); err != nil {
			t.Fatal(err)
		}
	}
	if err := askOnce(listener.Addr().String(), 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := d.shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ends with %v, want the end of its time", err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}
