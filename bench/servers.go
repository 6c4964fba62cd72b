package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// server is a server in a process of its own.
type server struct {
	addr string
	key  string // of the API; "" for the floor
	cmd  *exec.Cmd
}

// startClientele builds the program and starts it as a user would, on a database it has a key for.
func startClientele(ctx context.Context, folder, db string) (*server, error) {
	program := filepath.Join(folder, "clientele")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "clientele.dev/cmd/clientele").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("building clientele: %w\n%s", err, out)
	}
	create := exec.CommandContext(ctx, program, "keys", "create", "--db", db, "--mode", "test", "--name", "bench")
	key, err := create.Output()
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	s, err := start(ctx, program+".log", program, "serve", "--db", db, "--addr")
	if err == nil {
		s.key = strings.TrimSpace(string(key))
	}
	return s, err
}

// startPeer starts this program again as one of the servers that Clientele is compared with.
func startPeer(ctx context.Context, peer, argument string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, os.DevNull, self, peer, argument)
}

// floor is the least a Go server can do: a constant answer of a size.
func floor(size, addr string) error {
	n, err := strconv.Atoi(size)
	if err != nil {
		return err
	}
	answer := bytes.Repeat([]byte("x"), n)
	return http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", size)
		w.Write(answer) //nolint:errcheck // the generator notices
	}))
}

// start starts a server, with a free address as its last argument, and waits until it answers. What it logs goes to a
// file.
func start(ctx context.Context, log, program string, args ...string) (*server, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{addr: free.Addr().String()}
	output, err := os.Create(log)
	if err := errors.Join(err, free.Close()); err != nil {
		return nil, err
	}
	defer output.Close() //nolint:errcheck // the server has its own
	s.cmd = exec.CommandContext(ctx, program, append(args, s.addr)...)
	s.cmd.Stdout, s.cmd.Stderr = output, output
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 500 {
		if answer, err := http.Get("http://" + s.addr + "/readyz"); err == nil {
			answer.Body.Close() //nolint:errcheck // its status is all that counts
			if answer.StatusCode == http.StatusOK {
				return s, nil
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("%s %v did not become ready; see %s", program, args, log)
}

// stop asks the server to end and waits until it has.
func (s *server) stop() {
	s.cmd.Process.Signal(os.Interrupt) //nolint:errcheck // it may have ended
	s.cmd.Wait()                       //nolint:errcheck // how it ended does not matter any more
}

// request is a request to the server, ready to be sent.
func (s *server) request(b []byte, method, target, body string) []byte {
	b = fmt.Appendf(b, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n", method, target, s.addr, s.key)
	if body != "" {
		b = fmt.Appendf(b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b = append(b, "\r\n"...)
	return append(b, body...)
}

// size is how many bytes the answer to a request has.
func (s *server) size(target string) (int, error) {
	request, err := http.NewRequest(http.MethodGet, "http://"+s.addr+target, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+s.key)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close() //nolint:errcheck // it was read to its end
	n, err := io.Copy(io.Discard, answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s", target, answer.Status)
	}
	return int(n), err
}
