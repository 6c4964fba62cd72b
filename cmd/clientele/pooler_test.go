package main

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"clientele.dev/internal/pgtest"
)

// pooled starts Debian's PgBouncer before a database, in a mode, and returns the URL through it.
func pooled(t *testing.T, database, mode, ignore string) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program = "/usr/sbin/pgbouncer"
	}
	if _, err := os.Stat(program); err != nil {
		t.Fatal("PgBouncer is missing: apt-get install pgbouncer")
	}
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	_ = free.Close() // which PgBouncer takes
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // another user reads it
		t.Fatal(err)
	}
	file := filepath.Join(dir, "pgbouncer.ini")
	host, dbPort := u.Hostname(), u.Port()
	config := fmt.Sprintf("[databases]\n* = host=%s port=%s user=%s\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"+
		"listen_port = %d\nunix_socket_dir =\nauth_type = any\npool_mode = %s\nignore_startup_parameters = %s\n",
		host, dbPort, u.User.Username(), port, mode, ignore)
	if os.Getuid() == 0 {
		config += "user = nobody\n"
	}
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil { //nolint:gosec // as above
		t.Fatal(err)
	}
	c := exec.Command(program, "-q", file)
	out, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Signal(syscall.SIGINT); _ = c.Process.Kill(); _ = c.Wait() })
	u.Host = fmt.Sprintf("127.0.0.1:%d", port)
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", u.Host); err == nil {
			_ = conn.Close()
			return u.String()
		}
		if time.Since(began) > time.Minute {
			said, _ := os.ReadFile(out.Name())
			t.Fatalf("PgBouncer does not start: %s", said)
		}
	}
}

// A pooler, in whose sessions our settings are not in force, is found when the server starts, and said.
func TestPoolersAreFoundAtTheStart(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t, nil)
	const ignored = "default_transaction_isolation,plan_cache_mode,jit,idle_in_transaction_session_timeout"
	for _, mode := range []string{"transaction", "session"} {
		for _, ignore := range []string{"", ignored} {
			out, err := command(pooled(t, database, mode, ignore), "serve", "--addr", "127.0.0.1:0").CombinedOutput()
			if err == nil || !strings.Contains(string(out), "such as PgBouncer") {
				t.Errorf("%s, ignoring %q: %v\n%s", mode, ignore, err, out)
			}
		}
	}
}
