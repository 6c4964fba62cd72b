package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// result is what a closed loop of connections achieved.
type result struct {
	perSecond float64
	median    time.Duration // of the latencies
}

// load keeps connections busy for the duration, each sending its next request when the last one is answered. next
// writes the n-th request of a connection. Any answer but a 200 or 201 ends the measurement.
func load(addr string, connections int, d time.Duration, next func(b []byte, worker, n int) []byte) (result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	var group sync.WaitGroup
	latencies, errs := make([][]time.Duration, connections), make([]error, connections)
	began := time.Now()
	for worker := range connections {
		group.Go(func() {
			latencies[worker], errs[worker] = loop(ctx, addr, func(b []byte, n int) []byte { return next(b, worker, n) })
		})
	}
	group.Wait()
	took := time.Since(began)
	all := slices.Concat(latencies...)
	if err := errors.Join(errs...); err != nil || len(all) == 0 {
		return result{}, errors.Join(err, fmt.Errorf("%d requests answered", len(all)))
	}
	return result{float64(len(all)) / took.Seconds(), median(all)}, nil
}

// loop is one connection's requests, one after the other.
func loop(ctx context.Context, addr string, next func(b []byte, n int) []byte) (latencies []time.Duration, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close() //nolint:errcheck // nothing is lost
	in := newAnswers(conn)
	var request []byte
	for n := 0; ctx.Err() == nil; n++ {
		request = next(request[:0], n)
		began := time.Now()
		if _, err := conn.Write(request); err != nil {
			return nil, err
		}
		status, err := skipAnswer(in)
		if err == nil && !strings.HasPrefix(status, "HTTP/1.1 20") {
			err = fmt.Errorf("answered %q", status)
		}
		if err != nil {
			return nil, err
		}
		latencies = append(latencies, time.Since(began))
	}
	return latencies, nil
}

func newAnswers(conn net.Conn) *bufio.Reader { return bufio.NewReaderSize(conn, 16<<10) }

// skipAnswer reads one HTTP/1.1 answer, which says how long it is, and returns its status line.
func skipAnswer(in *bufio.Reader) (status string, err error) {
	if status, err = in.ReadString('\n'); err != nil {
		return "", err
	}
	for length := -1; ; {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return "", err
		}
		name, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(": "))
		switch {
		case len(name) > 0 && bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return "", err
			}
		case len(name) == 0 && length >= 0:
			_, err = in.Discard(length)
			return status, err
		case len(name) == 0:
			return "", fmt.Errorf("answered %q without a length", status)
		}
	}
}

// median is the middle of the values.
func median[T float64 | time.Duration](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
