package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/postgres"
)

// postgresBench is a run on PostgreSQL.
type postgresBench struct {
	bench
	pg  *pgtest.Server
	url string
	db  *postgres.Store
}

// runPostgres measures on a PostgreSQL that syncs its commits, beside what PostgreSQL does by itself.
func runPostgres(ctx context.Context, folder string, customers int, plain *bench, only string) (err error) {
	b := &postgresBench{bench: *plain}
	// Settings that keep a million customers in memory and checkpoints out of the measurements.
	if b.pg, err = pgtest.StartIn(filepath.Join(folder, "postgres"), pgtest.Durable, "shared_buffers=2GB",
		"max_wal_size=8GB", "checkpoint_timeout=30min", "autovacuum_naptime=1min"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.pg.Stop()) }()
	b.url = b.pg.URL("bench")
	if err := b.prepare(ctx, folder, customers); err != nil {
		return err
	}
	if b.db, err = postgres.Open(ctx, b.url); err != nil {
		return err
	}
	defer b.db.Close() //nolint:errcheck // nothing is lost
	if b.real, err = startClientele(ctx, folder, b.url); err != nil {
		return err
	}
	defer b.real.stop()
	if b.floor, err = startPeer(ctx, "bare", b.url); err != nil {
		return err
	}
	defer b.floor.stop()
	fmt.Printf("%d customers on PostgreSQL; %s\n\n", customers, machine())
	fmt.Println("| what | Clientele | against | ratio | target |\n| --- | --- | --- | --- | --- |")
	for _, group := range []struct {
		name    string
		measure func(context.Context) error
	}{{"retrieve", b.retrieve}, {"list", b.list}, {"search", b.search}, {"update", b.write}} {
		if ctx.Err() == nil && (only == "" || only == group.name) {
			if err := group.measure(ctx); err != nil {
				return fmt.Errorf("%s: %w", group.name, err)
			}
		}
	}
	return ctx.Err()
}

// prepare makes the customers, once.
func (b *postgresBench) prepare(ctx context.Context, folder string, customers int) error {
	list := filepath.Join(folder, "ids.txt")
	if text, err := os.ReadFile(list); err == nil {
		b.ids = strings.Fields(string(text))
		return nil
	}
	if err := errors.Join(b.pg.Run("DROP DATABASE IF EXISTS bench"), b.pg.Run("CREATE DATABASE bench")); err != nil {
		return err
	}
	db, err := postgres.Open(ctx, b.url)
	if err != nil {
		return err
	}
	b.ids, err = fill(ctx, db, customers)
	if err = errors.Join(err, db.Close(), b.exec(ctx, "VACUUM ANALYZE")); err != nil {
		return err
	}
	return os.WriteFile(list, []byte(strings.Join(b.ids, "\n")), 0o644)
}

func (b *postgresBench) exec(ctx context.Context, statement string) error {
	c, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, statement)
	return errors.Join(err, c.Close(ctx))
}

// bare is the least a Go server on PostgreSQL can do: the one query, and its document as it is.
func bare(url, addr string) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return err
	}
	config.MaxConns = 20
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return err
	}
	return http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, isCustomer := strings.CutPrefix(r.URL.Path, "/api/customers/")
		if !isCustomer {
			return
		}
		var doc []byte
		const query = "SELECT doc FROM customers WHERE id = $1 AND livemode = $2"
		if err := pool.QueryRow(r.Context(), query, id, false).Scan(&doc); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(doc)))
		w.Write(doc) //nolint:errcheck // the generator notices
	}))
}

func (b *postgresBench) retrieve(context.Context) error {
	is, least, ratio, err := b.turns(b.gets(b.real, b.someCustomer), b.gets(b.floor, b.someCustomer))
	if err == nil {
		row("retrieve, random ids, 32 connections", perSecond(is), "bare pgx handler "+perSecond(least), ratio, "≥ 0.9")
	}
	return err
}

// statements measures how long a look at the database takes, without HTTP.
func (b *postgresBench) statements(
	ctx context.Context, run func(context.Context, func(store.Tx) error) error, look func(store.Tx) error,
) func() (float64, error) {
	return func() (float64, error) {
		var latencies []time.Duration
		for began := time.Now(); time.Since(began) < b.duration; {
			start := time.Now()
			if err := run(ctx, look); err != nil {
				return 0, err
			}
			latencies = append(latencies, time.Since(start))
		}
		return median(latencies).Seconds(), nil
	}
}

func (b *postgresBench) list(ctx context.Context) error {
	page := func(n int64) func(store.Tx) error {
		return func(tx store.Tx) error {
			_, _, err := tx.List(store.Customers.Kind, store.Query{Window: store.Window{Limit: 20, Offset: (n - 1) * 20}})
			return err
		}
	}
	one := func(tx store.Tx) error {
		_, _, err := tx.Customer(false, store.Ref{ID: b.randomID()})
		return err
	}
	first, single, ratio, err := b.turns(b.statements(ctx, b.db.View, page(1)), b.statements(ctx, b.db.View, one))
	if err != nil {
		return err
	}
	row("list, page 1 of 20 with its count, statements", latency(first), "one customer "+latency(single), ratio, "≤ 2")
	last := int64(len(b.ids) / 20)
	for _, far := range []int64{last / 2, last} {
		deep, first, ratio, err := b.turns(b.statements(ctx, b.db.View, page(far)), b.statements(ctx, b.db.View, page(1)))
		if err != nil {
			return err
		}
		row(fmt.Sprintf("list, page %d, statements", far), latency(deep), "page 1 "+latency(first), ratio, "≤ 3")
	}
	return nil
}

func (b *postgresBench) search(ctx context.Context) error {
	c, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return err
	}
	defer c.Close(ctx) //nolint:errcheck // it only reads
	// As without an index.
	if _, err := c.Exec(ctx, "SET enable_bitmapscan = off; SET enable_indexscan = off"); err != nil {
		return err
	}
	for _, q := range []struct{ what, query, target string }{
		{"a surname", "kowalski", "≥ 10"}, {"a common word", "gmail", "no target"}, {"two letters", "wo", "no target"},
		{"8 characters of an id", b.randomID()[18:26], "≥ 10"},
	} {
		find := func(tx store.Tx) error {
			term := store.Term{Text: q.query}
			_, _, err := tx.SearchCustomers(store.CustomerSearch{Terms: []store.Term{term}, Whole: &term, Limit: 20})
			return err
		}
		is, like, ratio, err := b.turns(b.statements(ctx, b.db.Scan, find),
			func() (float64, error) { return b.like(ctx, c, q.query) })
		if err != nil {
			return err
		}
		row(fmt.Sprintf("search for %s (%s), statements", q.what, q.query), latency(is), "LIKE "+latency(like), 1/ratio,
			q.target)
	}
	return nil
}

// like measures a search without an index, for the count and a page.
func (b *postgresBench) like(ctx context.Context, c *pgx.Conn, query string) (float64, error) {
	var latencies []time.Duration
	for began := time.Now(); time.Since(began) < b.duration; {
		start := time.Now()
		var count int64
		err := c.QueryRow(ctx, "SELECT count(*) FROM customer_texts WHERE text LIKE $1", "%"+query+"%").Scan(&count)
		if err != nil {
			return 0, err
		}
		const page = "SELECT seq FROM customer_texts WHERE text LIKE $1 ORDER BY seq DESC LIMIT 20"
		rows, err := c.Query(ctx, page, "%"+query+"%")
		if err != nil {
			return 0, err
		}
		rows.Close()
		latencies = append(latencies, time.Since(start))
	}
	return median(latencies).Seconds(), nil
}

// What pgbench does: it writes the same rows that Clientele writes, and looks at no more than the row it changes.
const (
	pgbenchUpdate = `\set n random(1, 100000)
BEGIN;
SELECT id, version, doc FROM customers WHERE id = (SELECT id FROM picks WHERE n = :n) FOR UPDATE;
UPDATE customers SET version = version + 1, updated_at = updated_at + 1, doc = doc, deleted_at = NULL,
 delinquent = delinquent, email = email, name = name, did = did, external_id = external_id
 WHERE id = (SELECT id FROM picks WHERE n = :n);
DELETE FROM customer_metadata WHERE livemode = false AND key = 'seen' AND value = 'x' AND seq = :n;
INSERT INTO customer_metadata SELECT false, 'seen', random()::text, id, seq FROM picks WHERE n = :n;
INSERT INTO events (livemode, type, customer_id, object_id, object_version, created_at, request_id, idempotency_key,
 actor, undo, digest) SELECT false, 'customer.updated', id, id, 1000000 + random() * 1000000000, 1,
 'req_aaaaaaaaaaaaaaaaaaaaaaaaaa', '', 'key_aaaaaaaaaaaaaaaaaaaaaaaaaa',
 '{"metadata":{"seen":"1234567890"},"updated_at":"2026-01-01T00:00:00.000Z"}',
 '\x00000000000000000000000000000000' FROM picks WHERE n = :n;
COMMIT;
`
	pgbenchCreate = `\set n random(1, 100000)
\set s random(1, 1000000000000000)
BEGIN;
SELECT max(seq) FROM customers WHERE seq >= :s::bigint AND seq < :s::bigint + 65536;
INSERT INTO customer_names SELECT false, k, md5(:s::text || k), md5(:s::text)
 FROM unnest(ARRAY['did', 'external_id', 'invoice_prefix']) k;
INSERT INTO customers SELECT md5(:s::text), :s::bigint, false, NULL, 1, updated_at, false, email, name, did,
 external_id, 0, 0, doc FROM customers WHERE id = (SELECT id FROM picks WHERE n = :n);
INSERT INTO row_count_changes VALUES ('customers', false, 0, 0, 0);
INSERT INTO customer_texts SELECT md5(:s::text), :s::bigint, false, text FROM customer_texts
 WHERE customer_id = (SELECT id FROM picks WHERE n = :n);
INSERT INTO customer_metadata SELECT false, key, value, md5(:s::text), :s::bigint, NULL FROM customer_metadata
 WHERE seq = (SELECT seq FROM picks WHERE n = :n) AND livemode = false AND key = 'plan' AND value IN ('free', 'team');
INSERT INTO events (livemode, type, customer_id, object_id, object_version, created_at, request_id, idempotency_key,
 actor, digest) VALUES (false, 'customer.created', md5(:s::text), md5(:s::text), 1, 1, 'req_aaaaaaaaaaaaaaaaaaaaaaaaaa',
 '', 'key_aaaaaaaaaaaaaaaaaaaaaaaaaa', '\x00000000000000000000000000000000');
COMMIT;
`
)

func (b *postgresBench) write(ctx context.Context) error {
	err := b.exec(ctx, `DROP TABLE IF EXISTS picks; CREATE TABLE picks AS SELECT row_number() OVER () AS n, id, seq
		FROM (SELECT id, seq FROM customers ORDER BY random() LIMIT 100000) c;
		CREATE UNIQUE INDEX ON picks (n); ANALYZE picks`)
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		what, script string
		request      func([]byte) []byte
	}{
		{"update of metadata", pgbenchUpdate, func(buf []byte) []byte {
			return b.real.request(buf, http.MethodPut, b.someCustomer(), fmt.Sprintf(`{"metadata":{"seen":"%d"}}`,
				rand.Uint32()))
		}},
		{"create", pgbenchCreate, func(buf []byte) []byte {
			return b.real.request(buf, http.MethodPost, "/api/customers", fmt.Sprintf(
				`{"name":"Ada Lovelace %d","email":"ada%d@example.com","external_id":"x%d","did":"0x%040x",
				"address":{"city":"London","country":"GB"},"metadata":{"plan":"team"}}`,
				rand.IntN(1e9), rand.IntN(1e9), rand.Uint64(), rand.Uint64()))
		}},
	} {
		is, peer, ratio, err := b.turns(func() (float64, error) {
			r, err := load(b.real.addr, connections, b.duration,
				func(buf []byte, _, _ int) []byte { return kind.request(buf) })
			return r.perSecond, err
		}, func() (float64, error) { return b.pgbench(ctx, kind.script) })
		if err != nil {
			return err
		}
		row(kind.what+", 32 connections", perSecond(is), "pgbench "+perSecond(peer), ratio, "≥ 0.8")
	}
	return nil
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbench measures how often a second PostgreSQL's own load generator does a script.
func (b *postgresBench) pgbench(ctx context.Context, script string) (float64, error) {
	program, err := b.pg.Program("pgbench")
	if err != nil {
		return 0, err
	}
	file := filepath.Join(os.TempDir(), "clientele-pgbench.sql")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		return 0, err
	}
	defer os.Remove(file) //nolint:errcheck // the next run writes it again
	c := exec.CommandContext(ctx, program, "-n", "-M", "prepared", "-c", strconv.Itoa(connections), "-j", "2",
		"-T", strconv.Itoa(max(1, int(b.duration.Seconds()))), "-f", file, b.url)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, &out)
	}
	found := tps.FindStringSubmatch(out.String())
	if found == nil {
		return 0, fmt.Errorf("pgbench: %s", &out)
	}
	return strconv.ParseFloat(found[1], 64)
}
