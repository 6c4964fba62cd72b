//go:build unix

package sqlite

import (
	"os"
	"sync"
	"syscall"
)

// mappings are the files that are mapped, whatever path led to them. A file is not closed while a connection of this
// process uses it: that would end SQLite's locks on it (https://www.sqlite.org/howtocorrupt.html, "POSIX advisory
// locks").
var mappings = struct {
	sync.Mutex
	open map[fileID]*mapping
}{open: map[fileID]*mapping{}}

// fileID is a file's device and number.
type fileID struct{ device, inode uint64 }

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
	path += "-shm"
	var is syscall.Stat_t
	if syscall.Stat(path, &is) != nil {
		return nil, func() {}
	}
	id := fileID{uint64(is.Dev), is.Ino} //nolint:gosec,unconvert // Dev is an int32 on macOS
	m := mappings.open[id]
	if m == nil {
		if m = mapFile(path); m == nil {
			return nil, func() {}
		}
		mappings.open[id] = m
	}
	m.users++
	return newWALIndex(m.mapped), func() {
		mappings.Lock()
		defer mappings.Unlock()
		if m.users--; m.users == 0 {
			delete(mappings.open, id)
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
