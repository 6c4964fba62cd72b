package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// limits measures what one caller can cost the others.
func (b *bench) limits() error {
	search := func(buf []byte) []byte {
		query := []string{"kowalski", "gmail", "wo", "maria", "a"}[rand.IntN(5)]
		return b.real.request(buf, http.MethodGet, "/api/customers/search?query="+query, "")
	}
	list := func(buf []byte) []byte {
		page := rand.IntN(len(b.ids)/100) + 1
		return b.real.request(buf, http.MethodGet, fmt.Sprintf("/api/customers?pageSize=100&page=%d", page), "")
	}
	write := func(buf []byte) []byte {
		body := fmt.Sprintf(`{"name":"Renamed Person %d","metadata":{"note":%q}}`, rand.Uint32(),
			strings.Repeat("x", 2000))
		return b.real.request(buf, http.MethodPut, b.someCustomer(), body)
	}
	for _, test := range []struct {
		what             string
		readers, writers int
		read             func([]byte) []byte
	}{
		{"12 searching clients and 8 writers", 12, 8, search}, {"10 listing clients and 24 writers", 10, 24, list},
	} {
		largest, err := b.largestLog(test.readers, test.writers, test.read, write)
		if err != nil {
			return err
		}
		row("write-ahead log, "+test.what, fmt.Sprintf("%d MiB at most", largest>>20), "128 MiB",
			float64(largest)/(128<<20), "≤ 1")
	}
	one := func(buf []byte) []byte {
		return b.real.request(buf, http.MethodGet, "/api/customers/search?query=a", "")
	}
	p99, err := b.besides(500, one)
	if err == nil {
		row("retrieve, 99th percentile, beside 500 clients searching a", latency(p99.Seconds()), "250 ms",
			p99.Seconds()/0.25, "≤ 1")
	}
	return err
}

// largestLog is how large the write-ahead log becomes under readers and writers.
func (b *bench) largestLog(readers, writers int, read, write func([]byte) []byte) (largest int64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), b.duration*time.Duration(b.rounds))
	defer cancel()
	var group sync.WaitGroup
	group.Go(func() { b.crowd(ctx, readers, read) })
	group.Go(func() { b.crowd(ctx, writers, write) })
	for ctx.Err() == nil {
		info, err := os.Stat(b.file + "-wal")
		if err != nil {
			return 0, err
		}
		largest = max(largest, info.Size())
		time.Sleep(20 * time.Millisecond)
	}
	group.Wait()
	return largest, nil
}

// besides is the 99th percentile of a retrieval's latency beside a crowd.
func (b *bench) besides(clients int, request func([]byte) []byte) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(context.Background(), b.duration*time.Duration(b.rounds)+time.Second)
	defer cancel()
	var group sync.WaitGroup
	group.Go(func() { b.crowd(ctx, clients, request) })
	time.Sleep(time.Second) // until all are there
	latencies, err := loop(ctx, b.real.addr, func(buf []byte, _ int) []byte {
		return b.real.request(buf, http.MethodGet, b.someCustomer(), "")
	})
	cancel()
	group.Wait()
	if len(latencies) == 0 {
		return 0, errors.Join(err, errors.New("no retrieval was answered"))
	}
	slices.Sort(latencies)
	return latencies[len(latencies)*99/100], err
}

// crowd keeps clients busy until the context ends; they take any answer, refusals too.
func (b *bench) crowd(ctx context.Context, clients int, next func([]byte) []byte) {
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for ctx.Err() == nil {
				b.visit(ctx, next)
			}
		})
	}
	group.Wait()
}

// visit is one connection of a crowd.
func (b *bench) visit(ctx context.Context, next func([]byte) []byte) {
	conn, err := net.Dial("tcp", b.real.addr)
	if err != nil {
		return
	}
	defer conn.Close() //nolint:errcheck // nothing is lost
	in := newAnswers(conn)
	for ctx.Err() == nil {
		if _, err := conn.Write(next(nil)); err != nil {
			return
		}
		if _, err := skipAnswer(in); err != nil {
			return
		}
	}
}
