package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// askSocket asks a server on a socket whether it is ready.
func askSocket(t *testing.T, network, address string) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}}
	got, err := client.Get("http://any/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// started starts a server and waits until it says where it listens.
func started(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	line := make([]byte, 1<<10)
	n, err := stdout.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	return string(line[:n])
}

// A server listens on a socket that nobody else listens on, also where one was left behind, and takes it away again.
func TestListenOnASocket(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "c.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	c := command(newDatabase(t), "serve", "--addr", "unix:"+path)
	if says := started(t, c); !strings.Contains(says, "unix:"+path) {
		t.Errorf("it says %q", says)
	}
	if got := askSocket(t, "unix", path); got != `{"status":"ok"}` {
		t.Errorf("it answers %s", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("the socket is %v, %v", info, err)
	}
	out, err := command(newDatabase(t), "serve", "--addr", "unix:"+path).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another server listens") {
		t.Errorf("a second one: %v %s", err, out)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket is left behind")
	}
	if err := os.WriteFile(path, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err = command(newDatabase(t), "serve", "--addr", "unix:"+path).CombinedOutput()
	if kept, _ := os.ReadFile(path); err == nil || string(kept) != "kept" || !strings.Contains(string(out), "no socket") {
		t.Errorf("beside a file: %v %s", err, out)
	}
}

// keptSocket is a socket that stays while servers come and go, as systemd keeps it.
func keptSocket(t *testing.T) (address string, socket *os.File) {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	if socket, err = listener.File(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = listener.Close(), socket.Close() })
	return listener.Addr().String(), socket
}

// A socket that systemd passes is there while one server ends and the next begins: whoever calls meanwhile waits.
func TestListenOnAPassedSocket(t *testing.T) {
	t.Parallel()
	address, passed := keptSocket(t)
	db := newDatabase(t)
	for range 2 {
		asked := make(chan string, 1)
		go func() { asked <- askSocket(t, "tcp", address) }() // before anybody answers
		served := command(db, "serve")
		c := exec.Command("sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" serve`, served.Path)
		c.Env, c.Dir, c.ExtraFiles = served.Env, served.Dir, []*os.File{passed}
		if says := started(t, c); !strings.Contains(says, address) {
			t.Errorf("it says %q", says)
		}
		if got := <-asked; got != `{"status":"ok"}` {
			t.Errorf("it answers %s", got)
		}
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
}
