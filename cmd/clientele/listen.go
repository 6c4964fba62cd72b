package main

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	unixScheme   = "unix:"
	firstPassed  = 3 // the first file that systemd passes, see sd_listen_fds(3)
	socketRights = 0o660
	dialPatience = time.Second
)

// listen listens where systemd says, which keeps the socket while the server is restarted, or else at an address:
// HOST:PORT, or unix:PATH.
func listen(address string) (net.Listener, error) {
	if passed, err := passedListener(); passed != nil || err != nil {
		return passed, err
	}
	path, isSocket := strings.CutPrefix(address, unixScheme)
	if !isSocket {
		return net.Listen("tcp", address)
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, socketRights); err != nil {
		_ = listener.Close() // the first error is the one to tell
		return nil, err
	}
	return listener, nil
}

// passedListener is the socket that systemd has passed; nil when it has not.
func passedListener() (net.Listener, error) {
	pid, err := strconv.Atoi(os.Getenv("LISTEN_PID"))
	if err != nil || pid != os.Getpid() {
		return nil, nil //nolint:nilnil // there is none, and nothing is wrong
	}
	if n := os.Getenv("LISTEN_FDS"); n != "1" {
		return nil, fmt.Errorf("systemd passes %s sockets; the server listens on one", n)
	}
	for _, name := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} { // which are for this process alone
		_ = os.Unsetenv(name) // it fails for impossible names only
	}
	f := os.NewFile(firstPassed, "systemd")
	defer f.Close() //nolint:errcheck // the listener has a copy
	listener, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("the socket that systemd passes: %w", err)
	}
	if socket, is := listener.(*net.UnixListener); is {
		socket.SetUnlinkOnClose(false) // it is systemd's
	}
	return listener, nil
}

// removeStale removes a socket that nobody listens on any more, and nothing else.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return nil //nolint:nilerr // it is not there, or listening on it tells
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is there and is no socket", path)
	}
	if c, err := net.DialTimeout("unix", path, dialPatience); err == nil {
		_ = c.Close() // it only asked whether somebody answers
		return fmt.Errorf("another server listens on %s", path)
	}
	return os.Remove(path)
}
