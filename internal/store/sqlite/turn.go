package sqlite

import (
	"time"

	"zombiezen.com/go/sqlite"
)

// Processes that write into one file take turns as they can: nobody is told when another has ended, and each asks again
// after a while. One that writes without a pause would keep all others from it.

const (
	askAgain  = time.Millisecond      // how long whoever waits for another process sleeps
	longTurn  = 15 * time.Millisecond // how long one writes without a pause
	turnPause = 4 * askAgain
	company   = time.Second // how long others are expected to write again
)

// turn is since when a process writes without a pause.
type turn struct {
	pauses  bool // whether it makes any
	since   time.Time
	last    time.Time // when its last batch ended
	version int64     // what SQLite counts of the commits of others
	others  time.Time // when the last of those was seen
}

// begin is called before each batch. A process that has written for long makes a pause, if others write too.
func (t *turn) begin() {
	if time.Since(t.last) < turnPause && time.Since(t.since) > longTurn && time.Since(t.others) < company {
		time.Sleep(turnPause)
	}
	if time.Since(t.last) >= turnPause {
		t.since = time.Now()
	}
}

// begun is called when a batch has begun.
func (t *turn) begun(c *conn) error {
	if !t.pauses {
		return nil
	}
	was := t.version
	err := c.each("PRAGMA data_version", into(&t.version))
	if was != 0 && t.version != was {
		t.others = time.Now()
	}
	return err
}

// end is called after each batch.
func (t *turn) end() { t.last = time.Now() }

// beginImmediate begins a transaction that writes, once no other process does. SQLite itself would ask ever more
// seldom, at last ten times a second, and miss the pauses of others.
func (c *conn) beginImmediate() error {
	c.SetBusyTimeout(0)
	defer c.SetBusyTimeout(c.patience)
	for until := time.Now().Add(c.patience); ; time.Sleep(askAgain) {
		err := c.run("BEGIN IMMEDIATE")
		if sqlite.ErrCode(err).ToPrimary() != sqlite.ResultBusy || time.Now().After(until) {
			return err
		}
	}
}
