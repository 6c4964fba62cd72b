//go:build unix

package sqlite

import (
	"os"
	"sync"
	"syscall"
)

// mappings are the files that are mapped, by their paths. A file is not closed while a connection of this process uses
// it: that would end SQLite's locks on it (https://www.sqlite.org/howtocorrupt.html, "POSIX advisory locks").
var mappings = struct {
	sync.Mutex
	open map[string]*mapping
}{open: map[string]*mapping{}}

type mapping struct {
	file   *os.File
	mapped []byte
	users  int
}

// openWALIndex maps the index of a database's log; nil when there is none. The caller must call done when it has closed
// all of its connections.
func openWALIndex(path string) (index *walIndex, done func()) {
	mappings.Lock()
	defer mappings.Unlock()
	m := mappings.open[path]
	if m == nil {
		if m = mapFile(path + "-shm"); m == nil {
			return nil, func() {}
		}
		mappings.open[path] = m
	}
	m.users++
	return newWALIndex(m.mapped), func() {
		mappings.Lock()
		defer mappings.Unlock()
		if m.users--; m.users == 0 {
			delete(mappings.open, path)
			_ = m.file.Close() // the page stays mapped: somebody may just be reading it
		}
	}
}

func mapFile(path string) *mapping {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	mapped, err := syscall.Mmap(int(file.Fd()), 0, os.Getpagesize(), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return &mapping{file: file} // it stays open, as said above
	}
	return &mapping{file: file, mapped: mapped}
}
