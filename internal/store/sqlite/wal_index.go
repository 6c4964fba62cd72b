package sqlite

import (
	"encoding/binary"
	"sync/atomic"
	"unsafe"
)

// The head of the write-ahead log's index (https://www.sqlite.org/walformat.html) says which commit is the last, of any
// process: it changes before a COMMIT returns. It is 48 bytes, written twice, the second copy first, so that who reads
// both alike has read one that was whole.
const (
	headWords  = 12
	headBytes  = 4 * headWords
	changeWord = 2 // counts the commits
)

// walHead is a copy of it.
type walHead [headWords]uint32

// walIndex is the index's file, mapped. SQLite keeps the file as long as it has a connection, and the same file.
type walIndex struct{ words *[2 * headWords]uint32 }

// newWALIndex reads from a mapping of the file; nil when it is too short to be one.
func newWALIndex(mapped []byte) *walIndex {
	if len(mapped) < 2*headBytes {
		return nil
	}
	return &walIndex{(*[2 * headWords]uint32)(unsafe.Pointer(&mapped[0]))} //nolint:gosec // 96 bytes of a page
}

// read reads the head, and says whether it could: not while somebody writes it.
func (x *walIndex) read() (head walHead, ok bool) {
	if x == nil {
		return head, false
	}
	for i := range headWords {
		head[i] = atomic.LoadUint32(&x.words[i])
	}
	for i := range headWords {
		if atomic.LoadUint32(&x.words[headWords+i]) != head[i] {
			return head, false
		}
	}
	initialized := binary.NativeEndian.AppendUint32(nil, head[3])[0]
	return head, initialized != 0
}

// follows says whether one commit, and no other, lies between two heads.
func (h walHead) follows(before walHead) bool { return h[changeWord] == before[changeWord]+1 }
