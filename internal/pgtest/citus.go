package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// CitusVariable names the environment variable with the address of a database on the coordinator of a Citus cluster, of
// which the tests make databases of their own.
const CitusVariable = "CLIENTELE_CITUS_URL"

// citus is the cluster of all tests of this process.
type citus struct {
	config   *pgx.ConnConfig // of the coordinator
	workers  []node
	template string
	count    atomic.Int64
}

type node struct {
	host string
	port uint16
}

var sharedCitus struct {
	once sync.Once
	*citus
	err error
}

// CitusURL makes a new database on the cluster that CLIENTELE_CITUS_URL names, of which prepare has made the tables.
// The test's end removes it. Where no cluster is named, the test is skipped: there is none to install.
func CitusURL(t testing.TB, prepare func(url string) error) string {
	t.Helper()
	if os.Getenv(CitusVariable) == "" {
		t.Skip(CitusVariable, "names no Citus cluster")
	}
	url, drop, err := CitusDatabase(prepare)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Error(err)
		}
	})
	return url
}

// CitusDatabase is CitusURL outside of a test; the caller drops the database.
func CitusDatabase(prepare func(url string) error) (url string, drop func() error, err error) {
	sharedCitus.once.Do(func() { sharedCitus.citus, sharedCitus.err = startCitus(prepare) })
	c, err := sharedCitus.citus, sharedCitus.err
	if err != nil {
		return "", nil, err
	}
	name := c.name(c.count.Add(1))
	err = c.onAll(fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY", name, c.template))
	return c.url(name), func() error { return c.drop(name) }, err
}

// drop drops a database everywhere, again when one of the cluster's own processes is just at work in it.
func (c *citus) drop(name string) (err error) {
	for range 5 {
		if err = c.onAll("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// name is a database's that tells whose it is.
func (c *citus) name(n int64) string { return fmt.Sprintf("clientele_test_%d_%d", os.Getpid(), n) }

func (c *citus) url(database string) string {
	host := net.JoinHostPort(c.config.Host, strconv.Itoa(int(c.config.Port)))
	return fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", c.config.User, host, database)
}

// startCitus makes the database that all others are copies of.
func startCitus(prepare func(url string) error) (*citus, error) {
	config, err := pgx.ParseConfig(os.Getenv(CitusVariable))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", CitusVariable, err)
	}
	c := &citus{config: config}
	c.template = c.name(0)
	if err := c.findWorkers(); err != nil {
		return nil, fmt.Errorf("%s: %w", CitusVariable, err)
	}
	if err := errors.Join(c.dropLeftOver(), c.onAll("CREATE DATABASE "+c.template)); err != nil {
		return nil, err
	}
	if err := c.join(); err != nil {
		return nil, err
	}
	if err := prepare(c.url(c.template)); err != nil {
		return nil, err
	}
	if err := c.onAll("ALTER DATABASE " + c.template + " ALLOW_CONNECTIONS false"); err != nil {
		return nil, err
	}
	err = c.onAll("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + c.template + "'")
	return c, err
}

func (c *citus) findWorkers() error {
	return c.on(c.config.Database, node{c.config.Host, c.config.Port}, func(ctx context.Context, db *pgx.Conn) error {
		rows, err := db.Query(ctx, "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid <> 0 AND isactive")
		if err != nil {
			return err
		}
		c.workers, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (n node, err error) {
			var port int32
			err = r.Scan(&n.host, &port)
			n.port = uint16(port)
			return n, err
		})
		if err == nil && len(c.workers) == 0 {
			err = errors.New("the cluster has no workers")
		}
		return err
	})
}

// join makes the template's databases one cluster, with few shards, as tests have few rows.
func (c *citus) join() error {
	if err := c.onAllOf(c.template, "CREATE EXTENSION citus"); err != nil {
		return err
	}
	statements := []string{
		"ALTER DATABASE " + c.template + " SET citus.shard_count = 4",
		fmt.Sprintf("SELECT citus_set_coordinator_host('%s', %d)", c.config.Host, c.config.Port),
	}
	for _, w := range c.workers {
		statements = append(statements, fmt.Sprintf("SELECT citus_add_node('%s', %d)", w.host, w.port))
	}
	return c.on(c.template, node{c.config.Host, c.config.Port}, func(ctx context.Context, db *pgx.Conn) error {
		_, err := db.Exec(ctx, strings.Join(statements, ";"))
		return err
	})
}

// dropLeftOver drops databases that tests of processes left which are gone.
func (c *citus) dropLeftOver() error {
	var names []string
	err := c.on("postgres", node{c.config.Host, c.config.Port}, func(ctx context.Context, db *pgx.Conn) error {
		rows, err := db.Query(ctx, "SELECT datname FROM pg_database WHERE datname LIKE 'clientele\\_test\\_%'")
		if err != nil {
			return err
		}
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	for _, name := range names {
		pid, _ := strconv.Atoi(strings.Split(name, "_")[2])
		if pid == 0 || syscall.Kill(pid, 0) != nil {
			err = errors.Join(err, c.drop(name))
		}
	}
	return err
}

// onAll runs a statement on every machine, outside of any test's database.
func (c *citus) onAll(statement string) error { return c.onAllOf("postgres", statement) }

func (c *citus) onAllOf(database, statement string) error {
	errs := make([]error, len(c.workers)+1)
	var all sync.WaitGroup
	for i, n := range append([]node{{c.config.Host, c.config.Port}}, c.workers...) {
		all.Go(func() {
			errs[i] = c.on(database, n, func(ctx context.Context, db *pgx.Conn) error {
				_, err := db.Exec(ctx, statement)
				return err
			})
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// on connects to a database of one machine.
func (c *citus) on(database string, n node, fn func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	config := c.config.Copy()
	config.Database, config.Host, config.Port = database, n.host, n.port
	for _, other := range config.Fallbacks { // the same without TLS, when the URL does not say which
		other.Host, other.Port = n.host, n.port
	}
	db, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	return errors.Join(fn(ctx, db), db.Close(ctx))
}
