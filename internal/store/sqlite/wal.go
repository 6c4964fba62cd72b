package sqlite

import (
	"os"
	"time"
)

// SQLite starts the write-ahead log (https://www.sqlite.org/wal.html) from its beginning again only at a moment at
// which all of it is in the database and nobody reads from it. While readers overlap there is no such moment, and the
// log would grow for ever. So when it has become large, the writer makes one: it waits until the readers of before are
// done, which each are within their deadline, while those who come read what is in the database by then.
const (
	largeLog     = 64 << 20         // bytes
	logStep      = 8 << 20          // how much more it grows before it is tried again
	shortWait    = time.Second      // for the readers, as long as the log is not twice as large
	longWait     = 12 * time.Second // a little longer than a reader may take
	patienceEnds = largeLog + 4*logStep
)

// writeAheadLog is the log's file, as the writer sees it.
type writeAheadLog struct {
	path string
	next int64 // the size at which to try next; 0 for largeLog
}

// bound keeps the log from growing much beyond largeLog, and says whether it has tried to begin it anew.
func (l *writeAheadLog) bound(c *conn) (tried bool) {
	info, err := os.Stat(l.path)
	if err != nil || info.Size() < max(l.next, largeLog) {
		return false
	}
	wait := shortWait
	if info.Size() >= patienceEnds {
		wait = longWait
	}
	c.SetBusyTimeout(wait)
	defer c.SetBusyTimeout(c.patience)
	l.next = info.Size() + logStep
	read := func(r row) error {
		if r.int(0) == 0 { // nobody was in the way
			l.next = 0
		}
		return nil
	}
	// What goes wrong here has cost nothing: the log is as it was.
	_ = c.each("PRAGMA wal_checkpoint(TRUNCATE)", read)
	return true
}
