package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"clientele.dev"
	"clientele.dev/internal/store"
)

const (
	defaultConns     = 16               // of a server, unless pool_max_conns in the URL says otherwise: PostgreSQL has 97
	connectTimeout   = 3 * time.Second  // unless connect_timeout in the URL says otherwise
	commitTimeout    = 15 * time.Second // how long a commit is waited for, also when its client has gone
	maxAttempts      = 12               // of a transaction that the database undid
	reachPatience    = 5 * time.Second  // how long a transaction tries to reach the database before it is refused
	settlePatience   = 20 * time.Second // how long it is asked what became of a commit that was not answered
	scanQueueTimeout = 2 * time.Second  // how long a scan waits for its turn before it is refused
	sumInterval      = time.Second      // between two looks for counts to sum up
)

// errTooManyScans is what a scan gets whose turn did not come.
var errTooManyScans = clientele.Errorf(clientele.ErrorCodeUnavailable, "",
	"too many lists, searches and reports are running; try again in a moment")

// Store is an open database.
type Store struct {
	pool        *pgxpool.Pool
	scanning    chan struct{} // a place for each scan that may run
	positions   positions
	currencies  sync.Map // those that were found, by their id: none ever changes
	accessCache accessCache
	// distributed says whether the tables are distributed over several machines.
	distributed bool
	stop        func() // ends what it does by itself
}

// Option changes how a database is opened.
type Option func(*options)

type options struct {
	applying func(step store.Step, of int)
}

// WithProgress tells fn of each step of the schema before it is applied, and how many there are.
func WithProgress(fn func(step store.Step, of int)) Option {
	return func(o *options) { o.applying = fn }
}

func optionsOf(opts []Option) (o options) {
	for _, set := range opts {
		set(&o)
	}
	return o
}

// Open connects to the database that a URL names, postgres://…, and brings its schema up to date.
func Open(ctx context.Context, url string, opts ...Option) (*Store, error) {
	config, err := configOf(url)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, config, func(pool *pgxpool.Pool) error { return migrate(ctx, pool, optionsOf(opts).applying) })
	if err == nil {
		s.stop = s.start()
	}
	return s, err
}

// OpenReadOnly connects to the database that a URL names, postgres://…, and can change nothing of it. It must have the
// schema that this program knows.
func OpenReadOnly(ctx context.Context, url string) (*Store, error) {
	config, err := configOf(url)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	return open(ctx, config, func(pool *pgxpool.Pool) error {
		applied, err := appliedSteps(ctx, pool)
		if err != nil {
			return err
		}
		return store.CheckCurrent(applied)
	})
}

// open connects to a database, which prepare makes ready.
func open(ctx context.Context, config *pgxpool.Config, prepare func(*pgxpool.Pool) error) (*Store, error) {
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("the database %s: %w", nameOf(config), err)
	}
	if err = checkSession(ctx, pool); err == nil {
		err = prepare(pool)
	}
	distributed := false
	if err == nil {
		distributed, err = isDistributed(ctx, pool)
	}
	if err != nil || distributed {
		pool.Close()
	}
	if err == nil && distributed {
		pool, err = pgxpool.NewWithConfig(ctx, forDistributed(config))
	}
	if err != nil {
		return nil, fmt.Errorf("the database %s: %w", nameOf(config), err)
	}
	return &Store{
		pool: pool, distributed: distributed, scanning: make(chan struct{}, max(1, config.MaxConns/2)), stop: func() {},
	}, nil
}

// checkSession refuses connections on which the settings of a session are not in force, as through a pooler, which
// refuses or ignores them, and gives each transaction another connection perhaps.
func checkSession(ctx context.Context, pool *pgxpool.Pool) error {
	var isolation string
	err := pool.QueryRow(ctx, "SELECT current_setting('default_transaction_isolation')").Scan(&isolation)
	switch {
	case err != nil && strings.Contains(err.Error(), "unsupported startup parameter"):
	case err != nil:
		return err
	case isolation == sessionIsolation:
		return nil
	}
	return errors.Join(errors.New("the settings of a session are not in force, as through a pooler such as PgBouncer: "+
		"Clientele has a pool of its own; connect to PostgreSQL itself, with pool_max_conns in the URL if it has few "+
		"connections"), err)
}

// sessionIsolation is what transactions of a session are, unless they say otherwise.
const sessionIsolation = "repeatable read"

// start starts what a server does by itself, until stop is called.
func (s *Store) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { s.sumCountsRegularly(ctx) })
	all.Go(func() { s.listenForChanges(ctx) })
	all.Go(func() { s.placeEventsRegularly(ctx) })
	return func() {
		cancel()
		all.Wait()
	}
}

// nameOf names a database in messages, without secrets.
func nameOf(c *pgxpool.Config) string {
	return fmt.Sprintf("%s on %s", c.ConnConfig.Database, c.ConnConfig.Host)
}

// configOf reads the URL.
func configOf(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The error repeats the URL but for its password.
		return nil, fmt.Errorf("the database must be postgres://USER@HOST/NAME: %w", err)
	}
	if !strings.Contains(url, "pool_max_conns=") {
		config.MaxConns = defaultConns
	}
	if !strings.Contains(url, "connect_timeout=") {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	parameters := config.ConnConfig.RuntimeParams
	if parameters["application_name"] == "" {
		parameters["application_name"] = "clientele"
	}
	parameters["default_transaction_isolation"] = sessionIsolation
	// A kept statement looks something up: planning it takes longer than doing it.
	parameters["plan_cache_mode"] = "force_generic_plan"
	parameters["jit"] = "off" // compiling a search takes longer than the search
	// What a vanished server holds is free again soon.
	parameters["idle_in_transaction_session_timeout"] = "60000"
	// A statement that is given up is ended at the database, and its connection is kept.
	config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: time.Second}
	}
	return config, nil
}

// Close implements [store.Store].
func (s *Store) Close() error {
	s.stop()
	s.pool.Close()
	return nil
}

// Ready implements [store.Store].
func (s *Store) Ready(ctx context.Context) error {
	var standby bool
	err := s.pool.QueryRow(ctx, "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean").
		Scan(&standby)
	switch {
	case err != nil:
		return faultOf(ctx, err, true)
	case standby:
		return errReadOnly
	}
	return s.checkSchema(ctx)
}

// Figures implements [store.Store].
func (s *Store) Figures(ctx context.Context) (f store.Figures, err error) {
	err = s.pool.QueryRow(ctx, "SELECT pg_database_size(current_database())").Scan(&f.Bytes)
	if err != nil {
		return f, faultOf(ctx, err, true)
	}
	stat := s.pool.Stat()
	f.Used, f.Connections = int64(stat.AcquiredConns()), int64(stat.MaxConns())
	return f, nil
}

// checkSchema says whether a newer program has changed the schema meanwhile so that this one cannot go on.
func (s *Store) checkSchema(ctx context.Context) error {
	var oldest int
	err := s.pool.QueryRow(ctx, "SELECT "+oldestProgram+" FROM schema_migrations").Scan(&oldest)
	if err != nil {
		return faultOf(ctx, err, true)
	}
	if oldest > len(steps) {
		return store.ErrNewerSchema
	}
	return nil
}

// What a transaction begins with.
const (
	beginReading  = "begin isolation level repeatable read read only"
	beginScanning = beginReading + "; set local plan_cache_mode = force_custom_plan" // for what is looked for
	beginWriting  = "begin isolation level read committed read write"
	beginNothing  = "" // what is sent at once is one snapshot by itself: connections are at REPEATABLE READ
)

// View implements [store.Transactions]. Most views send one message, which needs no transaction around it; the others
// are run again in one.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	err := s.transaction(ctx, beginNothing, false, fn)
	if errors.Is(err, errSecondMessage) {
		err = s.transaction(ctx, beginReading, false, fn)
	}
	return err
}

// Scan implements [store.Transactions].
func (s *Store) Scan(ctx context.Context, fn func(store.Tx) error) error {
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.transaction(ctx, beginScanning, false, fn)
}

// Update implements [store.Transactions].
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.transaction(ctx, beginWriting, false, fn)
}

// turn waits until a scan may run. The caller must call done.
func (s *Store) turn(ctx context.Context) (done func(), err error) {
	patience := time.NewTimer(scanQueueTimeout)
	defer patience.Stop()
	select {
	case s.scanning <- struct{}{}:
		return func() { <-s.scanning }, nil
	case <-patience.C:
		return nil, errTooManyScans
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// transaction runs fn in a transaction, and again when the database undid it for the sake of others, or when it cannot
// be reached for a moment, as while another node takes over.
// load says that rows are written by COPY.
func (s *Store) transaction(ctx context.Context, begin string, load bool, fn func(store.Tx) error) error {
	began := time.Now()
	for attempt := 1; ; attempt++ {
		t := &tx{ctx: ctx, store: s, begin: begin, writing: begin == beginWriting, again: attempt > 1}
		if load {
			t.loading = &loading{of: map[string]*insertion{}}
		}
		err := s.attempt(t, fn)
		if err != nil && t.lost && t.committing && t.writing && t.wasCommitted() {
			return nil
		}
		wait := time.Duration(rand.Int64N(int64(attempt * int(4*time.Millisecond)))) // others come back at other times
		switch {
		case err == nil:
			return nil
		case t.outcomeOpen:
			return faultOf(ctx, err, true)
		case t.lost || isUnreachable(err):
			if time.Since(began) > reachPatience {
				return faultOf(ctx, err, true)
			}
			s.dropStale(err)
			wait = time.Duration(rand.Int64N(int64(200 * time.Millisecond)))
		case isCode(err, undefinedTable, undefinedColumn): // what was asked for may be there no longer
			return faultOf(ctx, cmp.Or(s.checkSchema(ctx), err), false)
		case !mayRetry(err) || attempt >= maxAttempts:
			return faultOf(ctx, err, false)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// dropStale closes the connections to a node that is no longer the one to write to.
func (s *Store) dropStale(err error) {
	if isCode(err, readOnlyTransaction) {
		s.pool.Reset()
	}
}

// attempt runs fn in one transaction.
func (s *Store) attempt(t *tx, fn func(store.Tx) error) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	conn, err := s.pool.Acquire(t.ctx)
	if err != nil {
		return errors.Join(errUnreachable, err)
	}
	defer conn.Release() // which closes one that is left in a transaction
	defer t.forgetPositions()
	t.conn = conn.Conn()
	defer func() { t.lost = t.conn.IsClosed() }()
	for statement := range strings.SplitSeq(t.begin, "; ") {
		if statement != beginNothing {
			t.run(statement)
		}
	}
	if t.writing {
		t.checkSchema()
	}
	t.opening = len(t.queued)
	if err := fn(t); err != nil {
		t.rollback()
		return err
	}
	return t.commit()
}
