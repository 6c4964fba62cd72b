// Package pgtest gives tests databases of a real PostgreSQL, which it starts from the programs of the machine and ends
// with the test's process.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Option is a setting of the server, as in postgresql.conf: name=value.
type Option string

// Durable makes the server sync commits, which is left out otherwise, as no test cuts its power.
const Durable Option = "fsync=on"

// Server is a running PostgreSQL.
type Server struct {
	port  int
	dir   string
	keep  bool // the data, when it ends
	watch *exec.Cmd
	stdin interface{ Close() error }
	count atomic.Int64
	// suffix tells this process's databases from those of others.
	suffix string
	// template is a database that others are copies of, "" before the first.
	mu       sync.Mutex
	template string
	// own is the connection for statements of the server's own, nil before the first. A process of the server's begins
	// with each connection, which is what tests wait for most.
	owning sync.Mutex
	own    *pgx.Conn
}

// Variable names a server that is running, for processes that share one: a URL of its database postgres.
const Variable = "CLIENTELE_TEST_POSTGRES"

// shared is the server of all tests of this process.
var shared = sync.OnceValues(func() (*Server, error) {
	running, err := url.Parse(os.Getenv(Variable))
	if err != nil || running.Port() == "" {
		return Start()
	}
	port, err := strconv.Atoi(running.Port())
	return &Server{port: port, suffix: suffixOf(os.Getpid())}, err
})

// URL makes a new database, of a schema that prepare has brought up to date, on the server that all tests of this
// process share. The test's end removes it.
func URL(t testing.TB, prepare func(url string) error) string {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	name, err := s.Database(prepare)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Run("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return s.URL(name)
}

// New is URL for a database that stays as long as the process.
func New(prepare func(url string) error) (url string, err error) {
	s, err := shared()
	if err != nil {
		return "", err
	}
	name, err := s.Database(prepare)
	return s.URL(name), err
}

// Database makes a database and names it. prepare is called once, with the address of the database that all are copies
// of; nil makes an empty one.
func (s *Server) Database(prepare func(url string) error) (name string, err error) {
	name = fmt.Sprintf("test%d%s", s.count.Add(1), s.suffix)
	if prepare == nil {
		return name, s.Run("CREATE DATABASE " + name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.template == "" {
		template := "prepared" + s.suffix
		if err := s.Run("CREATE DATABASE " + template); err != nil {
			return "", err
		}
		if err := prepare(s.URL(template)); err != nil {
			return "", err
		}
		s.template = template
	}
	return name, s.Run("CREATE DATABASE " + name + " TEMPLATE " + s.template + " STRATEGY FILE_COPY")
}

// URL is the address of a database.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://clientele@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

// Program is the path of one of the programs that come with the server.
func (s *Server) Program(name string) (string, error) {
	bin, err := programs()
	return filepath.Join(bin, name), err
}

// Run runs a statement in the server's own database.
func (s *Server) Run(statement string) error {
	return s.inOwn(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, statement)
		return err
	})
}

// inOwn calls fn with the connection to the server's own database, one at a time.
func (s *Server) inOwn(fn func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	s.owning.Lock()
	defer s.owning.Unlock()
	if s.own == nil || s.own.IsClosed() {
		c, err := pgx.Connect(ctx, s.URL("postgres"))
		if err != nil {
			return err
		}
		s.own = c
	}
	return fn(ctx, s.own)
}

func suffixOf(pid int) string { return fmt.Sprintf("_of%d", pid) }

// DropOf removes the databases of another process that shared this server and has ended.
func (s *Server) DropOf(pid int) error {
	return s.inOwn(func(ctx context.Context, c *pgx.Conn) error {
		const ofSuffix = "SELECT datname FROM pg_database WHERE right(datname, length($1)) = $1"
		rows, err := c.Query(ctx, ofSuffix, suffixOf(pid))
		if err != nil {
			return err
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, name := range names {
			_, dropErr := c.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			err = errors.Join(err, dropErr)
		}
		return err
	})
}

// programs is the folder of the newest PostgreSQL on the machine.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if path, err := exec.LookPath("initdb"); err == nil && len(found) == 0 {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", errors.New("these tests need PostgreSQL 15 or newer: apt-get install -y postgresql")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// Memory is a folder in memory for data that need not last, "" where there is none with plenty of room. There a
// database is made in 13 ms, not 300, and a sync costs nothing.
func Memory() string {
	const memory, plenty = "/dev/shm", 4 << 30 // bytes
	var free syscall.Statfs_t
	if syscall.Statfs(memory, &free) != nil || free.Bavail*uint64(free.Bsize) < plenty {
		return ""
	}
	return memory
}

// Start starts a server on a free port, with its data in a temporary folder. It ends with this process, however that
// ends, or with Stop.
func Start(options ...Option) (*Server, error) {
	folder := ""
	if !slices.Contains(options, Durable) {
		folder = Memory()
	}
	dir, err := os.MkdirTemp(folder, "clientele-postgres")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir}
	return s, s.init(options)
}

// StartIn starts a server with its data in a folder, which stays when it ends.
func StartIn(dir string, options ...Option) (*Server, error) {
	s := &Server{dir: dir, keep: true}
	return s, errors.Join(os.MkdirAll(dir, 0o755), s.init(options))
}

// init makes the server's data, unless it is there, and starts it.
func (s *Server) init(options []Option) error {
	bin, err := programs()
	if err != nil {
		return err
	}
	account, err := Unprivileged(s.dir)
	if err != nil {
		return err
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(s.dir, "data")); err == nil {
		return s.start(bin, account, options)
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(s.dir, "data"), "-U", "clientele",
		"-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	initdb.SysProcAttr = account
	initdb.Dir = s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	err = s.start(bin, account, options)
	for errors.Is(err, errPortTaken) {
		if s.port, err = freePort(); err == nil {
			err = s.start(bin, account, options)
		}
	}
	if err != nil {
		return errors.Join(err, s.Stop())
	}
	return nil
}

// errPortTaken is what start fails with when somebody else has taken the port that was free a moment ago.
var errPortTaken = errors.New("the port is taken")

// watcher runs a server until its standard input ends, which it does when this process is gone, and removes its folder
// unless that is to stay.
const watcher = `"$@" & server=$!; cat >/dev/null
	if [ "$KEEP" = true ]; then kill -INT $server; wait $server; else
		kill -QUIT $server; wait $server 2>/dev/null; cd /; rm -rf "$FOLDER"; fi`

func (s *Server) start(bin string, account *syscall.SysProcAttr, options []Option) error {
	data := filepath.Join(s.dir, "data")
	args := []string{
		"-c", watcher, "watcher", filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=500",
		"-c", "shared_buffers=128MB", "-c", "timezone=UTC", "-c", "log_min_messages=fatal",
		"-c", "deadlock_timeout=100ms",
	}
	if !slices.Contains(options, Durable) {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
	}
	for _, o := range options {
		args = append(args, "-c", string(o))
	}
	s.watch = exec.Command("sh", args...)
	s.watch.SysProcAttr = account
	s.watch.Dir = s.dir
	s.watch.Env = append(os.Environ(), "FOLDER="+s.dir, fmt.Sprint("KEEP=", s.keep))
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	s.watch.Stdout, s.watch.Stderr = log, log
	if s.stdin, err = s.watch.StdinPipe(); err != nil {
		return err
	}
	if err := s.watch.Start(); err != nil {
		return err
	}
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := s.Run("SELECT 1")
		if err == nil {
			return nil
		}
		said, _ := os.ReadFile(log.Name())
		switch {
		case strings.Contains(string(said), "could not create any TCP"):
			return errPortTaken
		case strings.Contains(string(said), "FATAL") && !strings.Contains(string(said), "starting up"),
			time.Since(began) > 5*time.Minute:
			return fmt.Errorf("PostgreSQL did not start: %w: %s", err, said)
		}
	}
}

// Stop ends the server and removes its data.
func (s *Server) Stop() error {
	var err error
	if s.stdin != nil {
		err = s.stdin.Close()
		_ = s.watch.Wait() // how it ended does not matter any more
	}
	if s.keep {
		return err
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// Unprivileged says as whom the server runs: PostgreSQL refuses to be root. The folder becomes that account's.
func Unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{Setpgid: true}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			return nil, err
		}
		credential := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return &syscall.SysProcAttr{Setpgid: true, Credential: credential}, os.Chown(dir, uid, gid)
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no account postgres or nobody to run it as")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
