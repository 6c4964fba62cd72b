package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

const connections = 32

// turns measures two things in turns and returns the median of each and of their ratio a/b, round by round.
func (b *bench) turns(first, second func() (float64, error)) (a, c, ratio float64, err error) {
	var as, cs, ratios []float64
	for range b.rounds {
		x, err1 := first()
		y, err2 := second()
		if err := errors.Join(err1, err2); err != nil {
			return 0, 0, 0, err
		}
		as, cs, ratios = append(as, x), append(cs, y), append(ratios, x/y)
	}
	return median(as), median(cs), median(ratios), nil
}

// gets measures requests a second of targets made by a function.
func (b *bench) gets(s *server, target func() string) func() (float64, error) {
	return func() (float64, error) {
		r, err := load(s.addr, connections, b.duration, func(buf []byte, _, _ int) []byte {
			return s.request(buf, http.MethodGet, target(), "")
		})
		return r.perSecond, err
	}
}

func (b *bench) randomID() string     { return b.ids[rand.IntN(len(b.ids))] }
func (b *bench) someCustomer() string { return "/api/customers/" + b.randomID() }

func (b *bench) retrieve() error {
	is, least, ratio, err := b.turns(b.gets(b.real, b.someCustomer), b.gets(b.floor, b.someCustomer))
	if err == nil {
		row("retrieve, random ids, 32 connections", perSecond(is), "floor "+perSecond(least), ratio, "≥ 0.5")
	}
	return err
}

func (b *bench) list() error {
	page := func(n int) func() string {
		return func() string { return fmt.Sprintf("/api/customers?expand=none&page=%d&pageSize=20", n) }
	}
	is, least, ratio, err := b.turns(b.gets(b.real, page(1)), b.gets(b.floor, page(1)))
	if err != nil {
		return err
	}
	row("list, page 1 of 20, 32 connections", perSecond(is), "floor "+perSecond(least), ratio, "≥ 0.12")
	far := len(b.ids) / 40 // 5,000 of 200,000
	first, deep, ratio, err := b.turns(b.gets(b.real, page(1)), b.gets(b.real, page(far)))
	if err == nil {
		row(fmt.Sprintf("list, page %d", far), perSecond(deep), "page 1 "+perSecond(first), ratio, "≤ 3")
	}
	return err
}

func (b *bench) search() error {
	db, err := sqlite.OpenConn(b.file, sqlite.OpenReadOnly)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it only reads
	if err := sqlitex.ExecuteTransient(db, "PRAGMA mmap_size = 1073741824", nil); err != nil {
		return err
	}
	for _, q := range []struct{ what, query, target string }{
		{"a surname", "kowalski", "≥ 50"}, {"a common word", "gmail", "no target"}, {"two letters", "wo", "no target"},
		{"8 characters of an id", b.randomID()[18:26], "≥ 50"},
	} {
		is, like, ratio, err := b.turns(
			func() (float64, error) {
				r, err := load(b.real.addr, 1, b.duration, func(buf []byte, _, _ int) []byte {
					return b.real.request(buf, http.MethodGet,
						"/api/customers/search?expand=none&query="+q.query+"&pageSize=20", "")
				})
				return r.median.Seconds(), err
			},
			func() (float64, error) { return b.like(db, q.query) },
		)
		if err != nil {
			return err
		}
		row(fmt.Sprintf("search for %s (%s), 1 connection", q.what, q.query), latency(is), "LIKE "+latency(like),
			1/ratio, q.target)
	}
	return nil
}

// like measures a search without an index, for the count and a page; the file is mapped as the server does.
func (b *bench) like(db *sqlite.Conn, query string) (float64, error) {
	const where = ` FROM customer_texts WHERE livemode = 0 AND (name LIKE ?1 OR email LIKE ?1 OR phone LIKE ?1
		OR did LIKE ?1 OR id LIKE ?1 OR external_id LIKE ?1)`
	var latencies []time.Duration
	for began := time.Now(); time.Since(began) < b.duration; {
		start := time.Now()
		for _, sql := range []string{
			"SELECT count(*)" + where,
			"SELECT doc FROM customers WHERE seq IN (SELECT seq" + where + " ORDER BY seq DESC LIMIT 20)",
		} {
			read := func(row *sqlite.Stmt) error { _ = row.ColumnText(0); return nil }
			err := sqlitex.Execute(db, sql, &sqlitex.ExecOptions{Args: []any{"%" + query + "%"}, ResultFunc: read})
			if err != nil {
				return 0, err
			}
		}
		latencies = append(latencies, time.Since(start))
	}
	return median(latencies).Seconds(), nil
}

func (b *bench) update() error {
	for _, kind := range []struct{ what, body, target string }{
		{"update of metadata", `{"metadata":{"seen":"%d"}}`, "≥ 2.4"},
		{"update of the name", `{"name":"Renamed Person %d"}`, "≥ 1.5"},
	} {
		by := func(clients int) func() (float64, error) {
			return func() (float64, error) {
				r, err := load(b.real.addr, clients, b.duration, func(buf []byte, _, _ int) []byte {
					return b.real.request(buf, http.MethodPut, b.someCustomer(), fmt.Sprintf(kind.body, rand.Uint32()))
				})
				return r.perSecond, err
			}
		}
		many, one, ratio, err := b.turns(by(connections), by(1))
		if err != nil {
			return err
		}
		row(kind.what+", 32 connections", perSecond(many), "1 connection "+perSecond(one), ratio, kind.target)
	}
	return nil
}

func perSecond(x float64) string     { return fmt.Sprintf("%.0f/s", x) }
func latency(seconds float64) string { return fmt.Sprintf("%.2f ms", seconds*1000) }
